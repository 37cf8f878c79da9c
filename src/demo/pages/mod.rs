//! Pages of the simulated sites: from an address to an answer.
//!
//! Comes in: a city, a side, an address. Goes out: an [`Answer`]. Must never know: sockets or the crawling side.

mod address;
mod data;
mod files;
mod mobile;
mod portal;
mod services;
pub(crate) mod templates;
mod view;

use minijinja::Value;

pub(crate) use self::address::Page;
use super::content::{GuideContent, Side, guide, guides};
use super::letters::Topic;
pub(crate) use super::world::ChartForm;
use super::world::{DefectKind, Family, SimulatedCity, World};

/// Stands for `address:port` of the portal in cached pages; the server puts the true one in.
pub(crate) const PORTAL_HOST: &str = "portal-of-this-city.invalid";

/// Stands for `address:port` of the mobile site.
pub(crate) const MOBILE_HOST: &str = "mobile-of-this-city.invalid";

/// What a site answers.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// Status.
    pub(crate) status: u16,
    /// `Content-Type`.
    pub(crate) content_type: &'static str,
    /// Body; may hold [`PORTAL_HOST`] and [`MOBILE_HOST`].
    pub(crate) body: Vec<u8>,
    /// `Location`, where the answer sends elsewhere within the site.
    pub(crate) location: Option<String>,
}

impl Answer {
    /// An answer that sends nowhere else.
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into(), location: None }
    }

    /// Sends the visitor to another page of the site, as redirectors do.
    fn elsewhere(location: String) -> Self {
        Self { location: Some(location), ..Self::new(302, HTML, "") }
    }
}

/// One side of one city.
pub(crate) struct Site<'a> {
    city: &'a SimulatedCity,
    side: Side,
    family_name: &'a str,
    family: &'a Family,
    guides: Vec<GuideContent>,
}

const HTML: &str = "text/html; charset=utf-8";

impl<'a> Site<'a> {
    /// The site of one side of a city.
    pub(crate) fn new(world: &'a World, city: &'a SimulatedCity, side: Side) -> Self {
        let family_name = match side {
            Side::Portal => city.portal.as_str(),
            Side::Mobile => city.mobile.as_str(),
        };
        let family = world.family(family_name);
        debug_assert_eq!(family.mobile, side == Side::Mobile, "the world file puts each family on its side");
        Self { city, side, family_name, family, guides: guides(city, side) }
    }

    /// Which page an address names.
    pub(crate) fn page(&self, address: &str) -> Page {
        address::page(self.family, self.side, address, &self.guides)
    }

    /// Which page a query by POST names; `None` if this family takes no such query.
    pub(crate) fn posted(&self, path: &str, body: &[u8]) -> Option<Page> {
        services::posted(self, path, body)
    }

    /// Whether the guides of this family get their values from data.
    fn is_built_by_script(&self) -> bool {
        self.family.paths.contains_key("guide_data")
    }

    /// The address of a page; empty if this family has none.
    pub(crate) fn address(&self, page: &Page) -> String {
        address::address(self.family, page, &self.guides).unwrap_or_default()
    }

    /// The answer for a page.
    pub(crate) fn answer(&self, page: &Page) -> Answer {
        if self.side == Side::Mobile && !self.city.has_mobile_site() {
            return self.html(410, "mobile/gone.html", Value::UNDEFINED);
        }
        let answer = match page {
            Page::Robots => files::robots(self),
            Page::File(name) => files::file(self, name),
            Page::Chart(number) => files::chart(self, *number),
            Page::Qr(name) => files::qr(self, name),
            Page::Static(name) => templates::file(name),
            Page::Data(service, key) => data::answer(self, service, key),
            page if self.is_scripted(page) => Some(self.html(200, &self.own("shell"), data::of_shell(self, page))),
            Page::ListData(_) | Page::GuideData(_) => services::answer(self, page),
            Page::Withdrawn if self.is_built_by_script() => services::answer(self, page),
            Page::Style => Some(Answer::new(200, "text/css; charset=utf-8", templates::STYLE)),
            _ => match self.side {
                Side::Portal => portal::answer(self, page),
                Side::Mobile => mobile::answer(self, page),
            },
        };
        answer.unwrap_or_else(|| self.not_found())
    }

    /// "Not found": a true one, or with status 200 where the city has that fault.
    fn not_found(&self) -> Answer {
        let status = if self.side == Side::Portal && self.city.has(DefectKind::Soft404) { 200 } else { 404 };
        let name = if self.side == Side::Portal { "shared/not_found.html" } else { "mobile/not_found.html" };
        self.html(status, name, Value::UNDEFINED)
    }

    /// Whether the page comes as a shell that scripts fill.
    fn is_scripted(&self, page: &Page) -> bool {
        let name = match page {
            Page::Home => "home",
            Page::List(_) => "list",
            Page::Guide(_) => "guide",
            Page::Column(_) => "topic",
            Page::Article(_) => "news",
            Page::Apply(_) => "apply",
            Page::Entry(Topic::Consultation) => "consultation",
            _ => return false,
        };
        self.family.scripted.iter().any(|scripted| scripted == name)
    }

    /// A rendered page in the encoding of the family.
    fn html(&self, status: u16, template: &str, context: Value) -> Answer {
        let text = templates::render(template, self.common(), context);
        if self.family.charset == "gbk" {
            let (bytes, _, _) = encoding_rs::GBK.encode(&text);
            // Some servers name an encoding for everything they send, whatever the page itself is written in.
            let lie = self.city.has(DefectKind::CharsetLie);
            let content_type = if lie { "text/html;charset=UTF-8" } else { "text/html" };
            return Answer::new(status, content_type, bytes);
        }
        Answer::new(status, HTML, text)
    }

    /// The template of this family.
    fn own(&self, page: &str) -> String {
        format!("{}/{page}.html", self.family_name)
    }

    /// A guide in the words of this family.
    fn view(&self, number: usize) -> view::GuideView {
        let guide = guide(self.city, number, self.side);
        let file = |name: &str| self.address(&Page::File(name.to_owned()));
        let links = view::Links {
            guide: self.address(&Page::Guide(number)),
            chart: self.address(&Page::Chart(number)),
            file: &file,
        };
        view::view(self.family_name, self.family.chart, &guide, links)
    }

    /// What every page of the site shows.
    fn common(&self) -> Value {
        match self.side {
            Side::Portal => portal::common(self),
            Side::Mobile => mobile::common(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::world::{Change, Guidance};

    /// The world, with cities on the script-built families besides.
    fn world_with_scripts() -> World {
        [("610100", "hash"), ("220100", "chain"), ("230100", "feed")].into_iter().fold(
            World::load(),
            |world, (code, family)| {
                world.with_change(code, Change::Portal(family)).with_change(code, Change::Mobile("uni"))
            },
        )
    }

    /// Every page that a visitor can reach without traps.
    fn every_page(site: &Site<'_>) -> Vec<Page> {
        let mut pages = vec![Page::Home];
        pages.extend((0..site.guides.len()).map(Page::Guide));
        pages.extend((1..=3).map(Page::List));
        match site.side {
            Side::Portal => {
                pages.extend((1..=4).map(Page::Scenario));
                for topic in [Topic::Consultation, Topic::Complaint] {
                    pages.extend([Page::Entry(topic), Page::Letters(topic, 1), Page::Letters(topic, 2)]);
                    pages.extend((0..4).map(|n| Page::Letter(topic, n)));
                }
                pages.extend([Page::NewsList(1), Page::NewsList(2), Page::Channels, Page::Account]);
                pages.extend((0..12).map(Page::News));
                pages.extend(["guide", "news", "banner"].map(|name| Page::Frame(name.into())));
                pages.push(Page::Search("设立登记".into()));
            }
            Side::Mobile => {
                pages.extend([Page::Column(1), Page::Download, Page::Entry(Topic::Consultation)]);
                pages.extend((0..4).map(Page::Article));
                pages.push(Page::Apply(0));
            }
        }
        if !site.family.scripted.is_empty() {
            pages.extend(data::every_service(site));
            let files = ["kit.js", "portal.js", "hash.js", "feed.js", "chain.js", "chain_list.js", "uni.js"];
            pages.extend(files.map(|name| Page::Static(name.into())));
        }
        pages
    }

    fn texts(city: &SimulatedCity, world: &World) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for side in [Side::Portal, Side::Mobile] {
            let site = Site::new(world, city, side);
            for page in every_page(&site) {
                let answer = site.answer(&page);
                let text = match site.family.charset.as_str() {
                    "gbk" => {
                        let (text, _, malformed) = encoding_rs::GBK.decode(&answer.body);
                        assert!(!malformed, "{} {page:?}", city.name);
                        text.into_owned()
                    }
                    _ => String::from_utf8(answer.body).expect("UTF-8"),
                };
                texts.push((format!("{} {side:?} {page:?}", city.name), text));
            }
        }
        texts
    }

    #[test]
    fn every_template_renders_for_every_city_with_the_errands_titles() {
        let world = world_with_scripts();
        for city in world.cities() {
            let site = Site::new(&world, city, Side::Portal);
            for guide in &site.guides {
                let bytes = words_of_guide(&site, guide.number);
                // One item is answered with an error page, and then its page shows nothing.
                if bytes.contains("HTTP Status 500") {
                    continue;
                }
                assert!(bytes.contains(&guide.title), "{} {}", city.name, guide.title);
                let is_picture = view::is_picture(site.family_name, guide.number);
                assert!(bytes.contains(&guide.code) != is_picture, "{} {}", city.name, guide.title);
            }
        }
    }

    /// The page of a guide; with what its scripts ask for, if it is built by script.
    fn words_of_guide(site: &Site<'_>, number: usize) -> String {
        let page = Page::Guide(number);
        let data = if site.is_scripted(&page) {
            data::services_of_guide(site, number)
        } else if site.is_built_by_script() {
            vec![Page::GuideData(number)]
        } else {
            Vec::new()
        };
        let answers = std::iter::once(page).chain(data).map(|page| {
            let answer = site.answer(&page);
            assert_eq!(answer.status, 200, "{page:?}");
            match site.family.charset.as_str() {
                "gbk" => encoding_rs::GBK.decode(&answer.body).0.into_owned(),
                _ => String::from_utf8(answer.body).expect("UTF-8"),
            }
        });
        answers.collect()
    }

    #[test]
    fn words_of_guidance_stand_only_in_cities_that_offer_it() {
        let world = world_with_scripts();
        let words = ["一件事", "套餐", "主题", "情形", "智能导办", "场景", "一事联办"];
        for city in world.cities() {
            let found: BTreeSet<String> = texts(city, &world)
                .into_iter()
                .filter(|(_, text)| words.iter().any(|word| text.contains(word)))
                .map(|(place, _)| place)
                .collect();
            assert_eq!(found.is_empty(), city.guidance == Guidance::None, "{} {found:?}", city.name);
        }
    }

    #[test]
    fn words_of_mobile_channels_stand_only_where_there_are_such_channels() {
        let world = world_with_scripts();
        let any = ["手机", "移动", "APP", "微信", "公众号", "小程序", "客户端", "扫一扫", "掌上", "支付宝"];
        let second = ["APP", "微信", "公众号", "小程序", "客户端", "支付宝"];
        for city in world.cities() {
            let words: &[&str] = match city.channels.len() {
                0 => &any,
                1 => &second,
                _ => continue,
            };
            for (place, text) in texts(city, &world) {
                if place.contains("Mobile") && city.channels.is_empty() {
                    continue;
                }
                let found: Vec<&&str> = words.iter().filter(|word| text.contains(**word)).collect();
                assert!(found.is_empty(), "{place} {found:?}");
            }
        }
    }

    #[test]
    fn sample_forms_are_offered_only_where_the_world_says_so() {
        let world = world_with_scripts();
        for city in world.cities() {
            let site = Site::new(&world, city, Side::Portal);
            let sample = site.address(&Page::File("1011s.docx".into()));
            // Some services name a file by its identifier, and the page puts it into an address.
            let sample = sample.rsplit_once("attachguid=").map_or(sample.clone(), |(_, guid)| guid.to_owned());
            let text = words_of_guide(&site, 0).replace("&#x2f;", "/").replace("&amp;", "&").replace("\\\"", "\"");
            assert_eq!(text.contains(&sample), city.samples, "{} {sample}", city.name);
        }
    }

    #[test]
    fn cities_without_a_mobile_channel_say_that_the_site_is_gone() {
        let world = World::load();
        let gone: Vec<&str> = world
            .cities()
            .iter()
            .filter(|city| Site::new(&world, city, Side::Mobile).answer(&Page::Home).status == 410)
            .map(|city| city.code.as_str())
            .collect();
        assert_eq!(gone, ["540100", "630100"]);
    }

    #[test]
    fn pages_of_the_gbk_family_are_gbk_and_not_utf8() {
        let world = World::load();
        let city = world.cities().iter().find(|city| city.portal == "gbk").expect("the family is in use");
        let answer = Site::new(&world, city, Side::Portal).answer(&Page::Guide(0));
        assert!(std::str::from_utf8(&answer.body).is_err());
        let (text, _, malformed) = encoding_rs::GBK.decode(&answer.body);
        assert!(!malformed && text.contains("承诺期限"));
    }

    #[test]
    fn an_unknown_page_is_a_true_404_except_where_planted() {
        let world = world_with_scripts();
        for city in world.cities() {
            let site = Site::new(&world, city, Side::Portal);
            let status = site.answer(&site.page("/no/such/page.html")).status;
            assert_eq!(status == 200, city.has(DefectKind::Soft404), "{}", city.name);
        }
    }
}
