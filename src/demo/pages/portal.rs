//! Pages of the portals.
//!
//! Comes in: a site and a page. Goes out: an [`Answer`], or `None` for "not found".

use minijinja::{Value, context};
use serde::Serialize;
use serde_json::json;

use super::{Answer, MOBILE_HOST, Page, Site, files};
use crate::demo::content::SEGMENTS;
use crate::demo::errands::ERRANDS;
use crate::demo::letters::{Letter, Topic, letters};
use crate::demo::news::{Article, news};
use crate::demo::world::{DefectKind, Guidance, Paging, SimulatedCity};

/// A link of the navigation or a list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct LinkView {
    pub(super) text: String,
    pub(super) url: String,
    pub(super) date: String,
}

impl LinkView {
    pub(super) fn new(text: impl Into<String>, url: String) -> Self {
        Self { text: text.into(), url, date: String::new() }
    }
}

/// Links to the pages of a list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Pager {
    pub(super) current: usize,
    pub(super) last: usize,
    pub(super) total: usize,
    /// How the list leads on.
    pub(super) by: Paging,
    /// Name and extension of a page without its number, for pagers that a script writes.
    pub(super) name: String,
    pub(super) extension: String,
    pub(super) pages: Vec<LinkView>,
    pub(super) next: String,
}

#[derive(Debug, Clone, Serialize)]
struct LetterView {
    number: String,
    title: &'static str,
    url: String,
    asked: String,
    answered: String,
    status: &'static str,
    agency: String,
    writer: &'static str,
    phone: String,
    question: &'static str,
    reply: &'static str,
}

const NEWS_PER_PAGE: usize = 8;
const LETTERS_PER_PAGE: usize = 6;

/// Only the newest letters have a page of their own, so that a visit stays short.
const LETTERS_WITH_PAGES: usize = 4;

/// What every page of a portal shows.
pub(super) fn common(site: &Site<'_>) -> Value {
    let city = site.city;
    let channels = &city.channels;
    let has = |kind: &str| channels.iter().any(|channel| channel == kind);
    context! {
        frame => site.own("frame"),
        city => city.name,
        city_code => city.code,
        short => city.short(),
        site_name => format!("{}政务服务网", city.short()),
        area_code => city.area_code,
        identity => !city.has(DefectKind::NoIdentityTags),
        site_domain => format!("zwfw.{}.example", city.code),
        id_code => id_code(city),
        icp => icp(city),
        nav => nav(site),
        home => "/",
        account => site.address(&Page::Account),
        search => search_path(site),
        app => city.app,
        mobile_url => if has("mobile_web") { format!("http://{MOBILE_HOST}/") } else { String::new() },
        has_app => has("app"),
        has_wechat => has("wechat_official"),
        has_mini => has("wechat_mini"),
        channels_url => if channels.is_empty() { String::new() } else { site.address(&Page::Channels) },
        guidance => city.guidance,
        letter_form => site.family.letters,
        lie => city.has(DefectKind::CharsetLie),
    }
}

/// The title of the scenario page, where there is one.
fn guidance_title(guidance: Guidance) -> Option<&'static str> {
    Some(match guidance {
        Guidance::Package => "企业开办一件事",
        Guidance::Wizard => "企业开办智能导办",
        Guidance::Situations => "企业开办情形引导",
        Guidance::Topic => "主题服务·开办企业",
        Guidance::None => return None,
    })
}

fn nav(site: &Site<'_>) -> Vec<LinkView> {
    let mut nav = vec![LinkView::new("首页", "/".into()), LinkView::new("办事指南", site.address(&Page::List(1)))];
    if let Some(title) = guidance_title(site.city.guidance) {
        nav.push(LinkView::new(title, site.address(&Page::Scenario(1))));
    }
    nav.push(LinkView::new("政务动态", site.address(&Page::NewsList(1))));
    nav.push(LinkView::new("我要咨询", site.address(&Page::Entry(Topic::Consultation))));
    nav.push(LinkView::new("我要投诉", site.address(&Page::Entry(Topic::Complaint))));
    nav.push(LinkView::new("咨询回复", site.address(&Page::Letters(Topic::Consultation, 1))));
    nav.push(LinkView::new("投诉回复", site.address(&Page::Letters(Topic::Complaint, 1))));
    nav.push(LinkView::new("我的办件", site.address(&Page::Account)));
    nav
}

/// The answer for a page of a portal.
pub(super) fn answer(site: &Site<'_>, page: &Page) -> Option<Answer> {
    match page {
        Page::Home => Some(home(site)),
        Page::List(n) => list(site, *n),
        Page::Guide(number) => {
            let context = context! { g => site.view(*number), related => guide_links(site, 6) };
            Some(site.html(200, &site.own("guide"), context))
        }
        Page::Transit(number) => Some(Answer::elsewhere(site.address(&Page::Guide(*number)))),
        Page::Withdrawn => Some(site.html(200, &site.own("error"), Value::UNDEFINED)),
        Page::Scenario(step) => scenario(site, *step),
        Page::Entry(topic) => Some(entry(site, *topic)),
        Page::Letters(topic, n) => letter_list(site, *topic, *n),
        Page::Letter(topic, n) => {
            let letter = letters(site.city, *topic).into_iter().take(LETTERS_WITH_PAGES).nth(*n)?;
            let context = context! { letter => letter_view(site, *topic, *n, &letter), topic => topic_word(*topic) };
            Some(site.html(200, "shared/letter.html", context))
        }
        Page::NewsList(n) => {
            let links = news_links(site);
            let (start, pager) = pager(site, links.len(), (*n, NEWS_PER_PAGE), &Page::NewsList)?;
            let links: Vec<_> = links.into_iter().skip(start).take(NEWS_PER_PAGE).collect();
            Some(site.html(200, "shared/news_list.html", context! { links, pager }))
        }
        Page::News(n) => {
            let article: Article = news(site.city).into_iter().nth(*n)?;
            let related: Vec<LinkView> = news_links(site).into_iter().skip(*n + 1).take(4).collect();
            let context = context! {
                title => article.title, date => article.date, paragraphs => article.paragraphs, related,
            };
            Some(site.html(200, "shared/news.html", context))
        }
        Page::Search(query) => Some(search(site, query)),
        Page::Channels if !site.city.channels.is_empty() => {
            Some(site.html(200, "shared/channels.html", Value::UNDEFINED))
        }
        Page::Account => Some(site.html(200, "shared/account.html", Value::UNDEFINED)),
        Page::Frame(name) if ["guide", "news", "banner"].contains(&name.as_str()) => {
            let context = context! { guides => guide_links(site, 8), news => news_links(site) };
            Some(site.html(200, &format!("gbk/inc_{name}.html"), context))
        }
        Page::Calendar(year, month) if site.city.has(DefectKind::Calendar) => Some(calendar(site, *year, *month)),
        Page::Challenge if site.city.has(DefectKind::Challenge) => {
            Some(site.html(200, "shared/challenge.html", Value::UNDEFINED))
        }
        Page::Internal => Some(site.html(200, "shared/internal.html", Value::UNDEFINED)),
        Page::Assistant if site.city.has(DefectKind::HostileScripts) => {
            Some(site.html(200, "shared/assistant.html", Value::UNDEFINED))
        }
        _ => None,
    }
}

fn home(site: &Site<'_>) -> Answer {
    let context = context! {
        guides => guide_links(site, 8),
        news => news_links(site),
        extra => extra_links(site),
        internal => site.address(&Page::Internal),
        guidance_title => guidance_title(site.city.guidance),
        guidance_url => guidance_url(site),
        page_code => site.city.channels.len() == 1,
        frames => ["guide", "news", "banner"].map(|name| site.address(&Page::Frame(name.into()))),
    };
    site.html(200, &site.own("home"), context)
}

fn guidance_url(site: &Site<'_>) -> String {
    if site.city.guidance == Guidance::None { String::new() } else { site.address(&Page::Scenario(1)) }
}

/// The entry page as data, for portals that build it by script.
pub(super) fn data(site: &Site<'_>) -> serde_json::Value {
    let city = site.city;
    let pair = |link: LinkView| json!([link.text, link.url, link.date]);
    let pairs = |links: Vec<LinkView>| links.into_iter().map(pair).collect::<serde_json::Value>();
    let has = |kind: &str| city.channels.iter().any(|channel| channel == kind);
    let channels = site.address(&Page::Channels);
    let name = format!("{}政务服务网", city.short());
    let mut codes = Vec::new();
    if has("app") {
        let words = format!("下载{}APP", city.app);
        codes.push(json!([words, channels, "/qr/app.png", format!("{}APP下载二维码", city.app)]));
    }
    if has("wechat_official") {
        codes.push(json!(["关注微信公众号", channels, "/qr/wechat.png", format!("{name}微信公众号二维码")]));
    }
    if has("wechat_mini") {
        codes.push(json!(["微信小程序", channels, "/qr/mini.png", format!("{}微信小程序码", city.app)]));
    }
    let mut foot = vec![format!("主办单位：{0}人民政府办公室　承办单位：{0}政务服务管理局", city.name)];
    if !city.has(DefectKind::NoIdentityTags) {
        foot.push(format!("网站标识码：{}　{}", id_code(city), icp(city)));
    }
    json!({
        "name": name,
        "nav": pairs(nav(site)),
        "search": search_path(site),
        "scene": guidance_title(city.guidance).map(|title| json!([title, guidance_url(site)])),
        "guides": pairs(guide_links(site, 8)),
        "news": pairs(news_links(site)),
        "extra": pairs(extra_links(site)),
        "interact": pairs(nav(site).split_off(3)),
        "tips": [
            "办理事项前请先阅读办事指南，备齐申请材料。",
            format!("政务服务热线：{}-12345", city.area_code),
        ],
        "foot": foot,
        "codes": codes,
        "mobile": has("mobile_web").then(|| json!(["手机版", format!("http://{MOBILE_HOST}/")])),
    })
}

fn search_path(site: &Site<'_>) -> String {
    site.address(&Page::Search(String::new())).trim_end_matches("?q=").to_owned()
}

fn id_code(city: &SimulatedCity) -> String {
    format!("{}0087", city.code)
}

fn icp(city: &SimulatedCity) -> String {
    format!("{}ICP备{}号-1", city.abbreviation, 20_050_000 + city.base)
}

/// Links beside the guides and the news, where a city has them.
fn extra_links(site: &Site<'_>) -> Vec<LinkView> {
    let city = site.city;
    let mut extra = Vec::new();
    if city.has(DefectKind::Challenge) {
        extra.push(LinkView::new("办件统计数据", site.address(&Page::Challenge)));
    }
    if city.has(DefectKind::Calendar) {
        extra.push(LinkView::new("大厅活动日历", site.address(&Page::Calendar(2020, 4))));
    }
    if city.has(DefectKind::DeadLinks) {
        extra.push(LinkView::new("便民服务手册", "/old/handbook.html".into()));
        extra.push(LinkView::new("2018年度服务报告", "/old/2018/report.html".into()));
    }
    if city.has(DefectKind::HostileScripts) {
        extra.push(LinkView::new("智能客服", site.address(&Page::Assistant)));
    }
    if city.has(DefectKind::WithdrawnGuide) {
        extra.push(LinkView::new("老年人优待证办理", site.address(&Page::Withdrawn)));
    }
    extra
}

/// Links to the guides that a home page shows: no more than `n`, and never all six errands of the chain.
fn guide_links(site: &Site<'_>, n: usize) -> Vec<LinkView> {
    let picked = [0, 9, 3, 8, 6, 12, 10, 7];
    picked.iter().take(n).map(|number| guide_link(site, *number)).collect()
}

fn guide_link(site: &Site<'_>, number: usize) -> LinkView {
    LinkView::new(site.guides[number].title.clone(), way_to(site, number))
}

/// Where links to a guide lead: to the guide, or to the address that sends on to it.
fn way_to(site: &Site<'_>, number: usize) -> String {
    if site.city.segment_has(DefectKind::GuideAsFile, ERRANDS[number].slug) {
        return site.address(&Page::File(files::guide_name(number)));
    }
    let transit = site.address(&Page::Transit(number));
    if transit.is_empty() { site.address(&Page::Guide(number)) } else { transit }
}

fn news_links(site: &Site<'_>) -> Vec<LinkView> {
    news(site.city)
        .into_iter()
        .enumerate()
        .map(|(n, article)| LinkView {
            text: article.title.to_owned(),
            url: site.address(&Page::News(n)),
            date: article.date,
        })
        .collect()
}

/// The first position of a page of a list, and the links between its pages.
fn pager(
    site: &Site<'_>,
    total: usize,
    (current, rows): (usize, usize),
    page: &dyn Fn(usize) -> Page,
) -> Option<(usize, Pager)> {
    let last = total.div_ceil(rows).max(1);
    if current == 0 || current > last {
        return None;
    }
    let pages = (1..=last).map(|n| LinkView::new(n.to_string(), site.address(&page(n)))).collect();
    let next = if current < last { site.address(&page(current + 1)) } else { String::new() };
    let first = site.address(&page(1));
    let file = first.rsplit('/').next().unwrap_or_default();
    let (name, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let (name, extension) = (name.to_owned(), extension.to_owned());
    Some(((current - 1) * rows, Pager { current, last, total, by: site.family.paging, name, extension, pages, next }))
}

/// The order of the guide list: it spreads the six errands over the pages.
pub(super) const ORDER: [usize; 14] = [6, 0, 9, 1, 8, 2, 10, 7, 3, 12, 4, 11, 5, 13];

/// A page of the guide list.
fn list(site: &Site<'_>, n: usize) -> Option<Answer> {
    let rows = site.family.page_size;
    let (start, pager) = pager(site, ORDER.len(), (n, rows), &Page::List)?;
    let items: Vec<Value> = ORDER
        .iter()
        .skip(start)
        .take(rows)
        .map(|number| {
            let guide = &site.guides[*number];
            context! {
                title => guide.title,
                url => way_to(site, *number),
                department => guide.department,
                kind => guide.item_type,
                code => guide.code,
            }
        })
        .collect();
    Some(site.html(200, &site.own("list"), context! { items, pager, rows }))
}

fn scenario(site: &Site<'_>, step: usize) -> Option<Answer> {
    let title = guidance_title(site.city.guidance)?;
    let last = if site.city.guidance == Guidance::Wizard { 3 } else { 1 };
    if step == 0 || step > last {
        return None;
    }
    let guides: Vec<LinkView> = (0..SEGMENTS.len()).map(|number| guide_link(site, number)).collect();
    let next = if step < last { site.address(&Page::Scenario(step + 1)) } else { String::new() };
    Some(site.html(200, "shared/scenario.html", context! { title, guides, step, next }))
}

fn topic_word(topic: Topic) -> &'static str {
    match topic {
        Topic::Consultation => "咨询",
        Topic::Complaint => "投诉",
    }
}

fn entry(site: &Site<'_>, topic: Topic) -> Answer {
    if topic == Topic::Complaint && site.city.has(DefectKind::ComplaintLogin) {
        return site.html(200, "shared/account.html", Value::UNDEFINED);
    }
    let context = context! { topic => topic_word(topic), replies => site.address(&Page::Letters(topic, 1)) };
    site.html(200, "shared/entry.html", context)
}

fn letter_list(site: &Site<'_>, topic: Topic, n: usize) -> Option<Answer> {
    let letters = letters(site.city, topic);
    let (start, pager) = pager(site, letters.len(), (n, LETTERS_PER_PAGE), &|n| Page::Letters(topic, n))?;
    let views: Vec<LetterView> = letters
        .iter()
        .enumerate()
        .skip(start)
        .take(LETTERS_PER_PAGE)
        .map(|(position, letter)| letter_view(site, topic, position, letter))
        .collect();
    Some(site.html(200, "shared/letters.html", context! { letters => views, pager, topic => topic_word(topic) }))
}

fn letter_view(site: &Site<'_>, topic: Topic, position: usize, letter: &Letter) -> LetterView {
    LetterView {
        number: letter.number.clone(),
        title: letter.title,
        url: if position < LETTERS_WITH_PAGES { site.address(&Page::Letter(topic, position)) } else { String::new() },
        asked: day(site, letter.asked),
        answered: letter.answered.map(|date| day(site, date)).unwrap_or_default(),
        status: if letter.open { "处理中" } else { "已回复" },
        agency: letter.agency.clone(),
        writer: letter.writer,
        phone: letter.phone.clone(),
        question: letter.question,
        reply: if letter.open { "" } else { letter.reply },
    }
}

/// A date as the family writes it in letters.
fn day(site: &Site<'_>, date: &str) -> String {
    let parts: Vec<&str> = date.split('-').collect();
    match (site.family_name, parts.as_slice()) {
        ("sc" | "h5", [year, month, day]) => {
            format!("{year}年{}月{}日", month.trim_start_matches('0'), day.trim_start_matches('0'))
        }
        ("cms", [year, month, day]) => format!("{year}/{month}/{day}"),
        ("bj", _) => format!("{date} 10:26"),
        _ => date.to_owned(),
    }
}

/// The site's own search: guides whose title has the words, else news; one city's search finds nothing.
fn search(site: &Site<'_>, query: &str) -> Answer {
    let words = query.trim();
    let found = |title: &str| !words.is_empty() && title.contains(words);
    let broken = site.city.has(DefectKind::SearchFindsNothing);
    let mut links: Vec<LinkView> = if broken {
        Vec::new()
    } else {
        site.guides.iter().filter(|g| found(&g.title)).map(|g| guide_link(site, g.number)).collect()
    };
    if !broken {
        links.extend(news_links(site).into_iter().filter(|link| found(&link.text)));
    }
    site.html(200, "shared/search.html", context! { query => words, links })
}

fn calendar(site: &Site<'_>, year: i16, month: i8) -> Answer {
    let (before, after) = (
        if month == 1 { (year - 1, 12) } else { (year, month - 1) },
        if month == 12 { (year + 1, 1) } else { (year, month + 1) },
    );
    let context = context! {
        year, month,
        previous => site.address(&Page::Calendar(before.0, before.1)),
        next => site.address(&Page::Calendar(after.0, after.1)),
    };
    site.html(200, "shared/calendar.html", context)
}
