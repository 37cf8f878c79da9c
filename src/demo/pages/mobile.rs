//! Pages of the mobile sites.
//!
//! Comes in: a site and a page. Goes out: an [`Answer`], or `None` for "not found".

use minijinja::{Value, context};

use super::portal::LinkView;
use super::{Answer, Page, Site};
use crate::demo::letters::Topic;
use crate::demo::news::topic;
use crate::demo::world::DefectKind;

/// What every page of a mobile site shows.
pub(super) fn common(site: &Site<'_>) -> Value {
    let city = site.city;
    let offers = |what: &str| city.depth.iter().any(|offer| offer == what);
    context! {
        frame => site.own("frame"),
        city => city.name,
        area_code => city.area_code,
        short => city.short(),
        site_name => format!("{}政务服务", city.short()),
        fixed_width => city.has(DefectKind::MobileFixedWidth),
        handling => offers("handling"),
        ask => if offers("interaction") { site.address(&Page::Entry(Topic::Consultation)) } else { String::new() },
        list => site.address(&Page::List(1)),
        column => if topic(city).is_empty() { String::new() } else { site.address(&Page::Column(1)) },
        app => city.app,
    }
}

/// The answer for a page of a mobile site.
pub(super) fn answer(site: &Site<'_>, page: &Page) -> Option<Answer> {
    let city = site.city;
    let offers = |what: &str| city.depth.iter().any(|offer| offer == what);
    match page {
        Page::Home => {
            let context = context! { guides => guide_links(site), entries => entries(site) };
            Some(site.html(200, &site.own("home"), context))
        }
        Page::List(1) => Some(site.html(200, &site.own("list"), context! { guides => guide_links(site) })),
        Page::Guide(number) => {
            let apply = if offers("handling") { site.address(&Page::Apply(0)) } else { String::new() };
            Some(site.html(200, &site.own("guide"), context! { g => site.view(*number), apply }))
        }
        Page::Column(1) if !topic(city).is_empty() => {
            Some(site.html(200, "mobile/column.html", context! { entries => entries(site) }))
        }
        Page::Article(n) => {
            let entry = topic(city).into_iter().nth(*n)?;
            let context = context! { title => entry.title, date => entry.date, paragraphs => entry.paragraphs };
            Some(site.html(200, "mobile/article.html", context))
        }
        Page::Apply(0) if offers("handling") => {
            Some(site.html(200, "mobile/apply.html", context! { guides => guide_links(site) }))
        }
        Page::Entry(Topic::Consultation) if offers("interaction") => {
            Some(site.html(200, "mobile/ask.html", Value::UNDEFINED))
        }
        Page::Download if city.channels.iter().any(|kind| kind == "app") => {
            Some(site.html(200, "mobile/download.html", Value::UNDEFINED))
        }
        _ => None,
    }
}

fn guide_links(site: &Site<'_>) -> Vec<LinkView> {
    site.guides
        .iter()
        .map(|guide| LinkView::new(guide.title.clone(), site.address(&Page::Guide(guide.number))))
        .collect()
}

fn entries(site: &Site<'_>) -> Vec<LinkView> {
    topic(site.city)
        .into_iter()
        .enumerate()
        .map(|(n, entry)| LinkView {
            text: entry.title.to_owned(),
            url: site.address(&Page::Article(n)),
            date: entry.date,
        })
        .collect()
}
