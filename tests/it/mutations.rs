//! Harmless changes of a guide change no outcome; a harmful change is found where it belongs and nowhere else.
//!
//! The pages are those of six simulated cities, one a page family, as their servers send them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use jiff::Timestamp;
use portal_probe::demo::{Change, Simulation, World};
use portal_probe::engine::single::{self, Page};
use portal_probe::model::guide::{FormOffer, Span};
use portal_probe::model::{ChannelKind, Element, Extraction, Observation, Outcome};
use url::Url;

use crate::support;

/// One clean city for each family of pages: gd, sc, tabs, gbk, cms, sd.
const CITIES: [&str; 6] = ["440300", "510100", "340100", "360100", "210100", "370200"];

/// One errand without a fee and one with a fee.
const SEGMENTS: [&str; 2] = ["registration", "seal"];

/// A guide as its server sent it, with the files that it offers.
struct Sample {
    city: String,
    text: String,
    gbk: bool,
    guide: Page,
    files: Vec<Page>,
    before: Vec<Judged>,
    extraction: Extraction,
}

/// What a check said: its property, its outcome, and the kinds of its findings.
type Judged = (String, Outcome, Vec<String>);

fn get(url: &Url) -> Vec<u8> {
    let address = format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"));
    let address: SocketAddr = address.parse().expect("a loopback address");
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).expect("the simulation listens");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a time limit");
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let request = format!("GET {}{query} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n", url.path());
    stream.write_all(request.as_bytes()).expect("the request is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the answer comes");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    answer.split_off(end + 4)
}

fn now() -> Timestamp {
    support::DAY.parse().expect("a valid time")
}

fn judge(guide: &Page, files: &[Page]) -> (Option<Extraction>, Vec<Judged>) {
    let pages: Vec<Page> = std::iter::once(guide).chain(files).cloned().collect();
    let (mut extractions, observations) = single::judge_pages(&support::single_page(&guide.url), &pages, now());
    let mut judged: Vec<Judged> = observations.iter().filter(|seen| of_guide(seen)).map(word).collect();
    judged.sort();
    (extractions.swap_remove(0), judged)
}

fn of_guide(observation: &Observation) -> bool {
    ["guide.", "handling."].iter().any(|family| observation.property.starts_with(family))
        && observation.subject.url.is_some()
}

fn word(observation: &Observation) -> Judged {
    let mut kinds: Vec<String> = observation.findings.iter().map(|finding| finding.kind.clone()).collect();
    kinds.sort();
    (observation.property.clone(), observation.outcome, kinds)
}

/// Two guides of each of the six cities.
async fn samples() -> Vec<Sample> {
    let mut world = World::load();
    for city in CITIES {
        world = world.with_change(city, Change::NoDefects);
    }
    let folder = support::Folder::new("mutations");
    let simulation = Simulation::start(world, 0).await.expect("free loopback addresses");
    let report = support::visit(&folder, &simulation, "mutations", &CITIES, &[]).await;
    let observations = portal_probe::sink::observations::read(&report.folder).expect("readable observations");
    let samples =
        tokio::task::spawn_blocking(move || CITIES.iter().flat_map(|city| of_city(city, &observations)).collect());
    let samples: Vec<Sample> = samples.await.expect("the pages are there");
    simulation.stop().await;
    assert_eq!(samples.len(), CITIES.len() * SEGMENTS.len());
    samples
}

fn of_city(city: &str, observations: &[Observation]) -> Vec<Sample> {
    let guides = observations.iter().filter(|seen| {
        seen.city.code.as_str() == city
            && seen.property == "guide.elements"
            && seen.subject.segment.as_deref().is_some_and(|segment| SEGMENTS.contains(&segment))
            && seen.channel.as_ref().is_some_and(|channel| channel.as_str() == "portal")
    });
    let mut urls: Vec<_> = guides
        .filter_map(|seen| Some((seen.subject.segment.clone()?, Url::parse(seen.subject.url.as_deref()?).ok()?)))
        .collect();
    urls.sort();
    urls.iter().map(|(_, url)| sample(city, url)).collect()
}

fn sample(city: &str, url: &Url) -> Sample {
    let body = get(url);
    let guide = Page { channel: ChannelKind::Portal, url: url.clone(), body: body.clone() };
    let (extraction, _) = judge(&guide, &[]);
    let extraction = extraction.expect("a page that is read");
    let reading = extraction.guide.as_ref().expect("a guide");
    let mut files: Vec<Url> = reading
        .materials
        .value()
        .into_iter()
        .flatten()
        .flat_map(|material| [&material.blank_form, &material.sample_form])
        .filter_map(|offer| match offer {
            FormOffer::Link { url, .. } => Some(url.clone()),
            _ => None,
        })
        .collect();
    files.extend(reading.flowchart.value().and_then(|chart| chart.url.clone()));
    files.sort();
    files.dedup();
    let files: Vec<Page> =
        files.into_iter().map(|url| Page { channel: ChannelKind::Portal, body: get(&url), url }).collect();
    let (_, before) = judge(&guide, &files);
    let (text, gbk) = match String::from_utf8(body) {
        Ok(text) => (text, false),
        Err(error) => (encoding_rs::GBK.decode(error.as_bytes()).0.into_owned(), true),
    };
    let text = text.replace("&#x2f;", "/");
    Sample { city: city.to_owned(), text, gbk, guide, files, before, extraction }
}

impl Sample {
    /// What the checks say of the page with another text.
    fn with(&self, text: &str) -> Vec<Judged> {
        let body = if self.gbk { encoding_rs::GBK.encode(text).0.into_owned() } else { text.as_bytes().to_vec() };
        self.with_bytes(body)
    }

    fn with_bytes(&self, body: Vec<u8>) -> Vec<Judged> {
        judge(&Page { body, ..self.guide.clone() }, &self.files).1
    }

    /// What stands beside a label.
    fn stated(&self, element: Element) -> Option<&str> {
        self.extraction.guide.as_ref()?.elements.get(&element)?.raw()
    }

    /// The text with the value of an element replaced, as the page shows it.
    fn replaced(&self, element: Element, by: &str) -> Option<String> {
        self.replaced_all(&[(element, by)])
    }

    /// The text with the values of several elements replaced.
    fn replaced_all(&self, changes: &[(Element, &str)]) -> Option<String> {
        changes.iter().try_fold(self.text.clone(), |text, (element, by)| {
            let whole = format!(">{}<", self.stated(*element)?);
            // A yes or no stands in many cells; that of one element stands after its label.
            let from = match element {
                Element::Courier => text.find("快递<")?,
                _ => 0,
            };
            let at = from + text[from..].find(&whole)?;
            let by = format!(">{by}<");
            let tail = if from > 0 { text[at..].replacen(&whole, &by, 1) } else { text[at..].replace(&whole, &by) };
            Some(format!("{}{tail}", &text[..at]))
        })
    }

    /// The text with every cell that holds exactly this value holding another.
    fn replaced_value(&self, raw: &str, by: &str) -> Option<String> {
        let whole = format!(">{raw}<");
        self.text.contains(&whole).then(|| self.text.replace(&whole, &format!(">{by}<")))
    }
}

/// What differs between two judgements.
fn differences(before: &[Judged], after: &[Judged]) -> Vec<String> {
    let gone = before.iter().filter(|one| !after.contains(one)).map(|one| format!("- {one:?}"));
    let come = after.iter().filter(|one| !before.contains(one)).map(|one| format!("+ {one:?}"));
    gone.chain(come).collect()
}

/// Changes the text between tags inside the body, outside scripts and styles.
fn in_text(text: &str, change: impl Fn(&str) -> String) -> String {
    let Some(body) = text.find("<body") else { return change_between_tags(text, change) };
    format!("{}{}", &text[..body], change_between_tags(&text[body..], change))
}

fn change_between_tags(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut raw = false;
    while let Some(open) = rest.find('<') {
        out.push_str(&if raw { rest[..open].to_owned() } else { change(&rest[..open]) });
        let close = rest[open..].find('>').map_or(rest.len(), |close| open + close + 1);
        let tag = &rest[open..close];
        // Scripts are no text, and a drawing has tags of its own.
        raw = match tag {
            "</script>" | "</style>" | "</svg>" => false,
            _ => raw || ["<script", "<style", "<svg"].iter().any(|start| tag.starts_with(start)),
        };
        out.push_str(tag);
        rest = &rest[close..];
    }
    out.push_str(&change(rest));
    out
}

fn full_width_digits(text: &str) -> String {
    let wide = |c: char| match c {
        '0'..='9' => char::from_u32(u32::from('０') + u32::from(c) - u32::from('0')).expect("a digit"),
        c => c,
    };
    in_text(text, |words| if words.contains("工作日") { words.chars().map(wide).collect() } else { words.to_owned() })
}

fn spaces(text: &str) -> String {
    in_text(
        text,
        |words| if words.trim().is_empty() { words.to_owned() } else { format!("\r\n\t &nbsp;{words}\u{3000} \n") },
    )
}

/// The first two rows of the first table of labels change places.
fn rows_swapped(text: &str) -> String {
    let Some(first) = text.find("<tr>") else { return text.to_owned() };
    let Some(second) = text[first + 4..].find("<tr>").map(|at| first + 4 + at) else { return text.to_owned() };
    let Some(third) = text[second + 4..].find("<tr>").map(|at| second + 4 + at) else { return text.to_owned() };
    let row = |part: &str| part.trim_end().ends_with("</tr>");
    if !row(&text[first..second]) || !row(&text[second..third]) {
        return text.to_owned();
    }
    format!("{}{}{}{}", &text[..first], &text[second..third], &text[first..second], &text[third..])
}

fn values_in_spans(text: &str) -> String {
    in_text(text, |words| {
        let trimmed = words.trim();
        let middle = trimmed.char_indices().nth(trimmed.chars().count() / 2).map_or(0, |(at, _)| at);
        if trimmed.chars().count() < 4 || trimmed.contains('&') {
            return words.to_owned();
        }
        format!("<span>{}</span><span>{}</span>", &trimmed[..middle], &trimmed[middle..])
    })
}

const LABELS: [&str; 6] = ["办理地点", "办理时间", "办件类型", "咨询电话", "法定办结时限", "承诺办结时限"];

fn labels_with_colons(text: &str) -> String {
    LABELS.iter().fold(text.to_owned(), |text, label| text.replace(&format!(">{label}<"), &format!(">{label}：<")))
}

fn uppercase_tags(text: &str) -> String {
    ["table", "tr", "td", "th", "div", "span", "p"].iter().fold(text.to_owned(), |text, tag| {
        let upper = tag.to_ascii_uppercase();
        text.replace(&format!("<{tag}>"), &format!("<{upper}>"))
            .replace(&format!("<{tag} "), &format!("<{upper} "))
            .replace(&format!("</{tag}>"), &format!("</{upper}>"))
    })
}

fn heads_as_cells(text: &str) -> String {
    text.replace("<th>", "<td>").replace("<th ", "<td ").replace("</th>", "</td>")
}

fn wrapped(text: &str) -> String {
    text.replace("<table", "<div class=\"w1\"><div><table").replace("</table>", "</table></div></div>")
}

fn commented(text: &str) -> String {
    text.replace("<td>", "<td><!-- 办理地点 旧 -->").replace("</td>", "<!-- end --></td>")
}

fn after_body(text: &str, addition: &str) -> String {
    let Some(body) = text.find("<body") else { return text.to_owned() };
    let Some(end) = text[body..].find('>').map(|end| body + end + 1) else { return text.to_owned() };
    format!("{}{addition}{}", &text[..end], &text[end..])
}

fn login_link(text: &str) -> String {
    after_body(text, "<div class=\"top\"><a href=\"/login\">登录</a> | <a href=\"/register\">注册</a></div>")
}

fn breadcrumbs(text: &str) -> String {
    after_body(
        text,
        "<div class=\"crumbs\">当前位置：<a href=\"/\">首页</a> &gt; <a href=\"/zw\">政务服务</a> &gt; 办事指南</div>",
    )
}

type Mutation = (&'static str, fn(&str) -> String);

const HARMLESS: [Mutation; 11] = [
    ("full-width digits", full_width_digits),
    ("spaces", spaces),
    ("rows swapped", rows_swapped),
    ("values in spans", values_in_spans),
    ("labels with colons", labels_with_colons),
    ("uppercase tags", uppercase_tags),
    ("th as td", heads_as_cells),
    ("wrapped", wrapped),
    ("comments in cells", commented),
    ("a login link", login_link),
    ("breadcrumbs", breadcrumbs),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checks_hear_what_harms_and_only_that() {
    let samples = samples().await;
    harmless_changes_change_no_outcome(&samples);
    harmful_changes_are_found_where_they_belong_and_nowhere_else(&samples);
}

fn harmless_changes_change_no_outcome(samples: &[Sample]) {
    let mut touched = [0; HARMLESS.len()];
    let mut wrong = Vec::new();
    for sample in samples {
        assert!(sample.before.iter().filter(|one| one.1 == Outcome::Passed).count() >= 8, "{:?}", sample.before);
        for (number, (name, change)) in HARMLESS.iter().enumerate() {
            let text = change(&sample.text);
            touched[number] += usize::from(text != sample.text);
            let differences = differences(&sample.before, &sample.with(&text));
            if !differences.is_empty() {
                wrong.push(format!("{} {} {name}: {differences:?}", sample.city, sample.guide.url));
            }
        }
        let other = transcoded(sample);
        let differences = differences(&sample.before, &sample.with_bytes(other));
        if !differences.is_empty() {
            wrong.push(format!("{} {} transcoded: {differences:?}", sample.city, sample.guide.url));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(touched.iter().all(|count| *count >= 2), "each change changes pages: {touched:?}");
}

/// The same page in the other encoding, with its declaration.
fn transcoded(sample: &Sample) -> Vec<u8> {
    let (from, to) = if sample.gbk { (["gbk", "gb2312", "GBK"], "utf-8") } else { (["utf-8", "UTF-8", "utf8"], "gbk") };
    let text = from.iter().fold(sample.text.clone(), |text, name| {
        text.replace(&format!("charset={name}"), &format!("charset={to}"))
            .replace(&format!("charset=\"{name}\""), &format!("charset=\"{to}\""))
    });
    if sample.gbk { text.into_bytes() } else { encoding_rs::GBK.encode(&text).0.into_owned() }
}

/// A harmful change, and where alone it must be found.
struct Harm {
    name: &'static str,
    /// `None` where the page does not state what the change needs.
    change: fn(&Sample) -> Option<String>,
    property: &'static str,
    kind: &'static str,
    /// What the change says besides, truly.
    also: &'static [&'static str],
}

const HARMFUL: [Harm; 9] = [
    harm("hours blank", |sample| sample.replaced(Element::Hours, ""), "guide.elements", "blank"),
    harm("place elsewhere", |sample| sample.replaced(Element::Place, "详见附件"), "guide.elements", "placeholder"),
    harm("no legal basis", |sample| sample.replaced(Element::LegalBasis, "暂无"), "guide.elements", "placeholder"),
    harm("no complaint telephone", no_complaint, "guide.elements", "missing"),
    harm("promise over the law", over_the_law, "guide.time_limits", "promised_exceeds_statutory"),
    harm("free with a tariff", free_with_a_tariff, "guide.self_consistency", "free_but_tariff"),
    harm("wholly online at the window", online_at_the_window, "guide.self_consistency", "fully_online_window_only"),
    Harm {
        also: &["handling.delivery"],
        ..harm("no visit, window only", window_only, "guide.self_consistency", "zero_visits_window_only")
    },
    harm("a catch-all material", catch_all, "guide.materials_clear", "vague"),
];

const fn harm(
    name: &'static str,
    change: fn(&Sample) -> Option<String>,
    property: &'static str,
    kind: &'static str,
) -> Harm {
    Harm { name, change, property, kind, also: &[] }
}

fn over_the_law(sample: &Sample) -> Option<String> {
    // Of a case that is settled on the spot a long promise is a second fault.
    let on_the_spot = sample.stated(Element::HandlingKind).is_some_and(|kind| kind.contains("即办"));
    let law = sample.extraction.guide.as_ref()?.statutory.value()?.span;
    if on_the_spot || !matches!(law, Span::Amount { .. }) {
        None
    } else {
        sample.replaced(Element::PromisedLimit, "180个工作日")
    }
}

fn no_complaint(sample: &Sample) -> Option<String> {
    let raw = sample.extraction.guide.as_ref()?.elements.get(&Element::ComplaintPhone)?.raw()?;
    let at = sample.text.find(&format!(">{raw}<"))?;
    let label = sample.text[..at].rfind("投诉").or_else(|| sample.text[..at].rfind("监督"))?;
    let start = sample.text[..label].rfind('>')? + 1;
    let end = start + sample.text[start..].find('<')?;
    let value = at + 1..at + 1 + raw.len();
    Some(format!("{}{}{}", &sample.text[..start], &sample.text[end..value.start], &sample.text[value.end..]))
}

fn free_with_a_tariff(sample: &Sample) -> Option<String> {
    // What the city answers to “is there a fee” becomes a fee scale too, in a row like the one that asks.
    let free = sample.extraction.guide.as_ref()?.fee.value() == Some(&false);
    let label = sample.text.find("是否收费<")?;
    let start = sample.text[..label].rfind("<tr")?;
    let end = label + sample.text[label..].find("</tr>")? + "</tr>".len();
    let row = &sample.text[start..end];
    let scale =
        row.replace("是否收费", "收费标准").replace(&format!(">{}<", sample.stated(Element::Fee)?), ">每件200元<");
    (free && scale.contains("200")).then(|| format!("{}{scale}{}", &sample.text[..end], &sample.text[end..]))
}

fn online_at_the_window(sample: &Sample) -> Option<String> {
    sample.replaced_all(&[(Element::HandlingForm, "窗口办理"), (Element::OnlineDepth, "全程网办（Ⅳ级）")])
}

fn window_only(sample: &Sample) -> Option<String> {
    // A reason for a visit would contradict it a second time.
    if sample.stated(Element::VisitReason).is_some() {
        return None;
    }
    sample.replaced_all(&[
        (Element::HandlingForm, "窗口办理"),
        (Element::OnlineDepth, "互联网咨询（Ⅰ级）"),
        (Element::Visits, "0次"),
        (Element::Courier, "否"),
        (Element::ResultDelivery, "窗口领取"),
    ])
}

fn catch_all(sample: &Sample) -> Option<String> {
    let materials = sample.extraction.guide.as_ref()?.materials.value()?;
    sample.replaced_value(&materials.last()?.name, "其他相关材料")
}

fn harmful_changes_are_found_where_they_belong_and_nowhere_else(samples: &[Sample]) {
    let mut tried = [0; HARMFUL.len()];
    let mut wrong = Vec::new();
    for sample in samples {
        for (number, harm) in HARMFUL.iter().enumerate() {
            let Some(text) = (harm.change)(sample) else { continue };
            tried[number] += 1;
            let after = sample.with(&text);
            let found = after.iter().any(|(property, outcome, kinds)| {
                property == harm.property && *outcome == Outcome::Failed && kinds.iter().any(|kind| kind == harm.kind)
            });
            let other = after.iter().any(|one| {
                one.1 == Outcome::Failed
                    && one.0 != harm.property
                    && !harm.also.contains(&one.0.as_str())
                    && !sample.before.contains(one)
            });
            if !found || other {
                let differences = differences(&sample.before, &after);
                wrong.push(format!("{} {} {}: {differences:?}", sample.city, sample.guide.url, harm.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{tried:?}", wrong.join("\n"));
    assert!(tried.iter().all(|count| *count >= 2), "each change was tried: {tried:?}");
}
