//! Which page an address names, and which address a page has, by page family.
//!
//! Comes in: the patterns of the world file. Goes out: [`Page`] values and addresses. Must never know: content.

use url::form_urlencoded;

use crate::demo::content::{GuideContent, Side};
use crate::demo::letters::Topic;
use crate::demo::world::{Family, GuideKey, Paging};

/// A page of a site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Page {
    /// Entry page.
    Home,
    /// List of guides, from page 1.
    List(usize),
    /// A guide, by its position among the errands.
    Guide(usize),
    /// The address that only sends on to a guide.
    Transit(usize),
    /// A guide that is no longer there.
    Withdrawn,
    /// A page of the list as data for a script.
    ListData(usize),
    /// A guide as data for a script.
    GuideData(usize),
    /// Scenario guidance; the step of the wizard, or the number of the situation.
    Scenario(usize),
    /// A form to ask or complain.
    Entry(Topic),
    /// Published letters.
    Letters(Topic, usize),
    /// One letter, by position.
    Letter(Topic, usize),
    /// List of news.
    NewsList(usize),
    /// An article, by position.
    News(usize),
    /// A form or sample.
    File(String),
    /// A flowchart as a file.
    Chart(usize),
    /// Results of the site's search.
    Search(String),
    /// Mobile channels.
    Channels,
    /// 我的办件: asks to log in.
    Account,
    /// A frame of the home page.
    Frame(String),
    /// Mobile: a topic column.
    Column(usize),
    /// Mobile: a topic entry.
    Article(usize),
    /// Mobile: where an errand is begun.
    Apply(usize),
    /// Mobile: where the app is to be had.
    Download,
    /// Rules for crawlers.
    Robots,
    /// A month of the calendar without end.
    Calendar(i16, i8),
    /// A page that asks to move a slider.
    Challenge,
    /// A page that robots.txt forbids.
    Internal,
    /// A chat window whose scripts call where they should not.
    Assistant,
    /// A QR code.
    Qr(String),
    /// Style sheet.
    Style,
    /// A script or style sheet of a script-built site.
    Static(String),
    /// Data for scripts: the service and what it is asked for.
    Data(String, String),
    /// Nothing.
    NotFound,
}

const GUIDE: &str = "guide";
const TRANSIT: &str = "transit";
const LETTER: &str = "letter";

/// How the names of data services begin.
const DATA: &str = "api_";

/// The address of a page within its site; `None` where the family has no such page.
pub(crate) fn address(family: &Family, page: &Page, guides: &[GuideContent]) -> Option<String> {
    let fill = |name: &str, key: &str| family.paths.get(name).map(|pattern| pattern.replace("{}", key));
    let numbered = |name: &str, n: usize| match (family.paging, n) {
        (Paging::Script, 1) => family.paths.get(name).map(|pattern| pattern.replace(FIRST_WITHOUT_NUMBER, "")),
        (Paging::Script, n) => fill(name, &(n - 1).to_string()),
        (Paging::Links | Paging::Calls, n) => fill(name, &n.to_string()),
    };
    match page {
        Page::Home => Some("/".into()),
        Page::List(n) => numbered("list", *n),
        Page::Guide(number) => guides.get(*number).and_then(|guide| fill(GUIDE, &guide_key(family, guide))),
        Page::Transit(number) => guides.get(*number).and_then(|guide| fill(TRANSIT, &guide_key(family, guide))),
        Page::Withdrawn if family.withdrawn => fill(GUIDE, withdrawn_key(family)),
        Page::ListData(_) => fill("list_data", ""),
        Page::GuideData(number) => guides.get(*number).and_then(|guide| fill("guide_data", &guide_key(family, guide))),
        Page::Scenario(step) => fill("scenario", &step.to_string()),
        Page::Entry(Topic::Consultation) => fill("consultation", ""),
        Page::Entry(Topic::Complaint) => fill("complaint", ""),
        Page::Letters(Topic::Consultation, n) => numbered("consultation_list", *n),
        Page::Letters(Topic::Complaint, n) => numbered("complaint_list", *n),
        Page::Letter(Topic::Consultation, n) => fill(LETTER, &format!("1{n:03}")),
        Page::Letter(Topic::Complaint, n) => fill(LETTER, &format!("2{n:03}")),
        Page::NewsList(n) => numbered("news_list", *n),
        Page::News(n) => fill("news", &(5001 + n).to_string()),
        Page::File(name) => fill("file", name),
        Page::Chart(number) => fill("chart", &chart_name(family, *number)),
        Page::Search(query) => {
            let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
            family.paths.get("search").map(|path| format!("{path}?q={query}"))
        }
        Page::Channels => fill("channels", ""),
        Page::Account => fill("account", ""),
        Page::Frame(name) => fill("frame", name),
        Page::Column(n) => fill("topic", &n.to_string()),
        Page::Article(n) => fill("news", &(7001 + n).to_string()),
        Page::Apply(number) => fill("apply", &(301 + number).to_string()),
        Page::Download => Some("/app/download.html".into()),
        Page::Robots => Some("/robots.txt".into()),
        Page::Calendar(year, month) => Some(format!("/calendar?month={year:04}-{month:02}")),
        Page::Challenge => Some("/data/statistics.html".into()),
        Page::Internal => Some("/internal/report.html".into()),
        Page::Assistant => Some("/assistant.html".into()),
        Page::Qr(name) => Some(format!("/qr/{name}.png")),
        Page::Style => Some("/static/site.css".into()),
        Page::Static(name) => Some(format!("/static/{name}")),
        Page::Data(service, key) => fill(&format!("{DATA}{service}"), key),
        Page::Withdrawn | Page::NotFound => None,
    }
}

/// Families whose pagers a script writes count from the page without a number.
const FIRST_WITHOUT_NUMBER: &str = "_{}";

/// The page of a list that an address pattern means with this key.
fn page_number(family: &Family, key: &str) -> Option<usize> {
    let number: usize = key.parse().ok()?;
    match family.paging {
        Paging::Script => number.checked_add(1),
        Paging::Links | Paging::Calls => (number > 0).then_some(number),
    }
}

/// A key that no guide has, of the family's own kind.
fn withdrawn_key(family: &Family) -> &'static str {
    match family.key {
        GuideKey::Code => "11440000000000095X4000000000000",
        GuideKey::Number => "1999",
        GuideKey::Uuid => "6d000000000000000000000000000000",
    }
}

fn chart_name(family: &Family, number: usize) -> String {
    let extension = if family.chart == super::ChartForm::SvgFile { "svg" } else { "png" };
    format!("{}.{extension}", 801 + number)
}

/// The page that an address names. Query parameters may stand in any order.
pub(crate) fn page(family: &Family, side: Side, address: &str, guides: &[GuideContent]) -> Page {
    let address = ordered(address);
    if let Some(page) = fixed(side, &address) {
        return page;
    }
    if let Some(path) = family.paths.get("search")
        && let Some(query) = address.strip_prefix(path.as_str()).and_then(|rest| rest.strip_prefix('?'))
    {
        let words = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q");
        return Page::Search(words.map(|(_, value)| value.into_owned()).unwrap_or_default());
    }
    for (name, pattern) in &family.paths {
        if family.paging == Paging::Script
            && pattern.contains(FIRST_WITHOUT_NUMBER)
            && ordered(&pattern.replace(FIRST_WITHOUT_NUMBER, "")) == address
            && let Some(page) = named(family, side, (name, "0"), guides)
        {
            return page;
        }
        if let Some(key) = matched(&ordered(pattern), &address)
            && let Some(page) = named(family, side, (name, key), guides)
        {
            return page;
        }
    }
    Page::NotFound
}

fn fixed(side: Side, address: &str) -> Option<Page> {
    Some(match address {
        "/" | "/index.html" => Page::Home,
        "/robots.txt" => Page::Robots,
        "/static/site.css" => Page::Style,
        "/data/statistics.html" => Page::Challenge,
        "/internal/report.html" => Page::Internal,
        "/assistant.html" if side == Side::Portal => Page::Assistant,
        "/app/download.html" if side == Side::Mobile => Page::Download,
        _ => {
            if let Some(name) = address.strip_prefix("/static/") {
                return Some(Page::Static(name.to_owned()));
            }
            if let Some(name) = address.strip_prefix("/qr/").and_then(|rest| rest.strip_suffix(".png")) {
                return Some(Page::Qr(name.to_owned()));
            }
            let (year, month) = address.strip_prefix("/calendar?month=")?.split_once('-')?;
            let month: i8 = month.parse().ok()?;
            Page::Calendar(year.parse().ok()?, month.clamp(1, 12))
        }
    })
}

fn named(family: &Family, side: Side, (name, key): (&str, &str), guides: &[GuideContent]) -> Option<Page> {
    let number = || key.parse::<usize>().ok();
    let from = |first: usize| number()?.checked_sub(first);
    // A pattern without a place for a number names the only page of its kind.
    let only = |first: usize| if key.is_empty() { Some(0) } else { from(first) };
    let from_one = || if key.is_empty() { Some(1) } else { number().filter(|n| *n > 0) };
    Some(match name {
        "list" => Page::List(if key.is_empty() { 1 } else { page_number(family, key)? }),
        GUIDE => match guides.iter().position(|guide| guide_key(family, guide) == key) {
            Some(position) => Page::Guide(position),
            None if family.withdrawn => Page::Withdrawn,
            None => return None,
        },
        "guide_data" => Page::GuideData(guides.iter().position(|guide| guide_key(family, guide) == key)?),
        TRANSIT => Page::Transit(guides.iter().position(|guide| guide_key(family, guide) == key)?),
        "scenario" => Page::Scenario(number()?),
        "consultation" => Page::Entry(Topic::Consultation),
        "complaint" => Page::Entry(Topic::Complaint),
        "consultation_list" => Page::Letters(Topic::Consultation, page_number(family, key)?),
        "complaint_list" => Page::Letters(Topic::Complaint, page_number(family, key)?),
        LETTER => match (key.get(..1)?, key.get(1..)?.parse().ok()?) {
            ("1", n) => Page::Letter(Topic::Consultation, n),
            ("2", n) => Page::Letter(Topic::Complaint, n),
            _ => return None,
        },
        "news_list" => Page::NewsList(page_number(family, key)?),
        "news" if side == Side::Portal => Page::News(from(5001)?),
        "news" => Page::Article(from(7001)?),
        "file" => Page::File(key.to_owned()),
        "chart" => Page::Chart(key.split('.').next()?.parse::<usize>().ok()?.checked_sub(801)?),
        "channels" => Page::Channels,
        "account" => Page::Account,
        "frame" => Page::Frame(key.to_owned()),
        "topic" => Page::Column(from_one()?),
        "apply" => Page::Apply(only(301)?),
        _ => Page::Data(name.strip_prefix(DATA)?.to_owned(), key.to_owned()),
    })
}

/// How a guide's address names it in this family.
pub(crate) fn guide_key(family: &Family, guide: &GuideContent) -> String {
    match family.key {
        GuideKey::Code => guide.code.clone(),
        GuideKey::Number => (1301 + guide.number * 17).to_string(),
        GuideKey::Uuid => {
            use sha2::Digest as _;
            let digest = sha2::Sha256::digest(guide.code.as_bytes());
            data_encoding::HEXLOWER.encode(&digest[..16])
        }
    }
}

/// What stands in the place of `{}`; an empty key for a pattern without one.
fn matched<'a>(pattern: &str, address: &'a str) -> Option<&'a str> {
    let Some((before, after)) = pattern.split_once("{}") else {
        return (pattern == address).then_some("");
    };
    let key = address.strip_prefix(before)?.strip_suffix(after)?;
    (!key.is_empty() && !key.contains(['/', '&', '?'])).then_some(key)
}

/// The address with its query parameters sorted, so that a crawler that reorders them is understood.
fn ordered(address: &str) -> String {
    let Some((path, query)) = address.split_once('?') else { return address.to_owned() };
    let mut parameters: Vec<&str> = query.split('&').filter(|parameter| !parameter.is_empty()).collect();
    parameters.sort_unstable();
    if parameters.is_empty() { path.to_owned() } else { format!("{path}?{}", parameters.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::World;
    use crate::demo::content::guides;
    use crate::demo::world::Change;

    #[test]
    fn every_page_of_every_family_is_found_again_by_its_address() {
        let scripted = [("610100", "hash"), ("220100", "chain"), ("230100", "feed")];
        let world = scripted.into_iter().fold(World::load(), |world, (code, family)| {
            world.with_change(code, Change::Portal(family)).with_change(code, Change::Mobile("uni"))
        });
        for city in world.cities() {
            for (side, name) in [(Side::Portal, &city.portal), (Side::Mobile, &city.mobile)] {
                let family = world.family(name);
                let guides = guides(city, side);
                let mut pages = vec![Page::Home, Page::List(1), Page::Entry(Topic::Consultation)];
                if family.paths["list"].contains("{}") {
                    pages.push(Page::List(2));
                }
                pages.extend(data_pages(family));
                pages.push(Page::Static("kit.js".into()));
                pages.extend((0..guides.len()).map(Page::Guide));
                if family.paths.contains_key(TRANSIT) {
                    pages.extend((0..guides.len()).map(Page::Transit));
                }
                pages.extend(family.withdrawn.then_some(Page::Withdrawn));
                pages.extend([Page::Robots, Page::Calendar(2020, 4), Page::Qr("app".into()), Page::Style]);
                match side {
                    Side::Portal => pages.extend([
                        Page::Scenario(2),
                        Page::Letters(Topic::Complaint, 2),
                        Page::Letter(Topic::Complaint, 3),
                        Page::NewsList(1),
                        Page::News(11),
                        Page::File("1011b.docx".into()),
                        Page::Chart(3),
                        Page::Search("设立登记".into()),
                        Page::Channels,
                        Page::Account,
                    ]),
                    Side::Mobile => pages.extend([Page::Column(1), Page::Article(2), Page::Apply(0), Page::Download]),
                }
                for wanted in pages {
                    let address = address(family, &wanted, &guides).expect("the family has the page");
                    assert_eq!(page(family, side, &address, &guides), wanted, "{name} {address}");
                }
            }
        }
    }

    fn data_pages(family: &Family) -> Vec<Page> {
        let services = family.paths.iter().filter_map(|(name, path)| Some((name.strip_prefix(DATA)?, path)));
        let key = |path: &String| if path.contains("{}") { "a1" } else { "" };
        services.map(|(service, path)| Page::Data(service.to_owned(), key(path).to_owned())).collect()
    }

    #[test]
    fn an_unknown_address_is_not_found_and_reordered_parameters_are() {
        let world = World::load();
        let city = &world.cities()[27];
        let guides = guides(city, Side::Portal);
        let family = world.family("sc");
        assert_eq!(page(family, Side::Portal, "/nothing/here", &guides), Page::NotFound);
        let reordered = "/jiq/interface/item/tags?pageno=2&dxType=2&areaCode=000000";
        assert_eq!(page(family, Side::Portal, reordered, &guides), Page::List(2));
    }
}
