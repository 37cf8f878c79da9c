//! Not measured is not absent: whatever stands in the way of a page, whichever page it is, no check accuses for it.
//!
//! A night's evidence of whole cities is taken once; then pages of it are replaced by obstacles, what only they led to is
//! taken away, and every check judges again. Nothing may fail that did not fail before, and no accusation may rest on
//! what was not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use portal_probe::demo::{Change, World};
use portal_probe::engine::judge::{RunContext, judge};
use portal_probe::engine::reader::{self, Asked, Read};
use portal_probe::model::capture::{FailureKind, FetchFailure, Response, Stage, Truncated};
use portal_probe::model::{
    Capture, ChannelKind, CityDossier, Coverage, Extraction, Observation, Outcome, PageKind, PageRecord, Purpose,
    SkipReason,
};
use portal_probe::sink::evidence;
use portal_probe::warc::{CityCoverage, Restorer};
use url::Url;

use crate::support;

/// Clean cities of different page families.
const CITIES: [&str; 3] = ["440100", "370200", "510100"];

/// What stands in the way.
#[derive(Clone)]
struct Obstacle {
    name: String,
    put: Put,
}

#[derive(Clone)]
enum Put {
    /// An answer in the place of the page.
    Answer { status: u16, content_type: &'static str, body: Vec<u8> },
    /// The page itself, cut after so many hundredths.
    Cut(Truncated, usize),
    /// No answer.
    Failure(FailureKind, Stage),
    /// robots.txt forbids it: it was never asked for.
    Robots,
}

impl Obstacle {
    /// Whether the place itself is out of order, so that to say it cannot be reached is no false accusation.
    fn is_outage(&self) -> bool {
        match &self.put {
            Put::Answer { status, .. } => *status >= 500,
            Put::Failure(..) => true,
            Put::Cut(..) | Put::Robots => false,
        }
    }
}

fn answer(name: &str, status: u16, content_type: &'static str, body: &[u8]) -> Obstacle {
    Obstacle { name: name.to_owned(), put: Put::Answer { status, content_type, body: body.to_vec() } }
}

/// An answer without a byte.
const NOTHING: &str = "nothing at all";

/// The obstacles that no signature is needed for.
fn plain_obstacles() -> Vec<Obstacle> {
    let html = "text/html; charset=utf-8";
    let skeleton = "<h1>办事指南</h1><ul><li>到现场大厅次数：</li><li>咨询电话：</li><li>投诉电话：</li>\
                    <li>承诺办结时限：</li><li>法定办结时限：</li><li>办件类型：</li><li>实施主体：</li></ul>\
                    <script src=/a.js></script>";
    let deep = format!("{}x{}", "<div>".repeat(4000), "</div>".repeat(4000));
    let failure = |name: &str, kind, stage| Obstacle { name: name.to_owned(), put: Put::Failure(kind, stage) };
    vec![
        answer("an empty shell", 200, html, b"<div id=app></div><script src=/app.js></script>"),
        answer("templates", 200, html, "<div ms-controller='a'>{{title}}</div><script></script>".as_bytes()),
        answer("a skeleton", 200, html, skeleton.as_bytes()),
        answer("too deep", 200, html, deep.as_bytes()),
        answer(NOTHING, 200, html, b""),
        answer("binary rubbish", 200, html, &[0, 159, 146, 150, 3, 7, 255, 254, 1, 2, 3, 4].repeat(20)),
        answer("data of nothing", 200, "application/json", b"{\"code\":500,\"msg\":\"error\"}"),
        answer("500", 500, html, "<h1>服务器内部错误</h1>".as_bytes()),
        answer("502", 502, html, b"<h1>502 Bad Gateway</h1>"),
        answer("503", 503, html, b""),
        answer("504", 504, html, b""),
        answer("400", 400, html, b"<h1>Bad Request</h1>"),
        Obstacle { name: "cut early by the ceiling".to_owned(), put: Put::Cut(Truncated::Length, 35) },
        Obstacle { name: "cut by the server".to_owned(), put: Put::Cut(Truncated::Disconnect, 60) },
        Obstacle { name: "cut late by the clock".to_owned(), put: Put::Cut(Truncated::Time, 85) },
        failure("time-out", FailureKind::Timeout, Stage::Headers),
        failure("refused", FailureKind::ConnectRefused, Stage::Connect),
        failure("closed", FailureKind::Closed, Stage::Body),
        Obstacle { name: "robots.txt".to_owned(), put: Put::Robots },
    ]
}

/// One page of each signature of `blocks.toml`.
fn signed_obstacles() -> Vec<Obstacle> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/blocks");
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let read = std::fs::read_dir(folder).expect("a readable folder");
        let mut paths: Vec<PathBuf> = read.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths
    };
    let mut obstacles = Vec::new();
    for case in entries(&folder).iter().filter(|case| !case.ends_with("silent")) {
        let file = entries(case).remove(0);
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let (head, body) = text.split_once("\n\n").expect("a head and a body");
        let status = head.lines().nth(1).and_then(|line| line.parse().ok()).expect("a status");
        let is_data = head.contains("application/json");
        let content_type = if is_data { "application/json" } else { "text/html; charset=utf-8" };
        // Some are known by the address alone, which here is another page's.
        if !case.ends_with("login-address") {
            obstacles.push(answer(&case.display().to_string(), status, content_type, body.as_bytes()));
        }
    }
    obstacles
}

/// A city as its night was archived.
struct City {
    context: RunContext,
    dossier: CityDossier,
    captures: Vec<Capture>,
    before: BTreeSet<Accusation>,
}

/// Who is accused of what.
type Accusation = (String, Option<String>, String);

fn accusations(observations: &[Observation]) -> BTreeSet<Accusation> {
    observations
        .iter()
        .filter(|one| one.outcome == Outcome::Failed)
        .map(|one| {
            // A guide that was not read is known by its place, and one that was by its code: both are the errand's.
            let errand = one.subject.segment.clone().unwrap_or_else(|| one.subject.key.clone());
            (one.property.clone(), one.channel.as_ref().map(ToString::to_string), errand)
        })
        .collect()
}

async fn cities() -> Vec<City> {
    let world = CITIES.iter().fold(World::load(), |world, city| world.with_change(city, Change::NoDefects));
    let seen = support::night("obstacles", world, &CITIES, &[]).await;
    let mut restorer = Restorer::default();
    evidence::each_record(&seen.report.folder, |record| restorer.accept(record)).expect("readable evidence");
    let context: RunContext =
        serde_json::from_value(restorer.context().expect("a context").clone()).expect("a readable context");
    let captures = restorer.take_captures();
    let coverage = restorer.finish().coverage;
    context.targets.iter().map(|target| city(&context, target, &captures, &coverage[&target.city.code])).collect()
}

fn city(
    context: &RunContext,
    target: &portal_probe::model::Target,
    captures: &[Capture],
    coverage: &CityCoverage,
) -> City {
    let captures: Vec<Capture> =
        captures.iter().filter(|capture| capture.request.target == target.city.code).cloned().collect();
    let mut dossier = CityDossier::new(target.clone());
    dossier.coverage.clone_from(&coverage.channels);
    dossier.own_network = Some(true);
    dossier.pages = captures.iter().map(|capture| record(context, target, capture)).collect();
    let before = accusations(&judge(context, &mut dossier.clone()));
    // The pages keep the order of the captures.
    City { context: context.clone(), dossier, captures, before }
}

fn record(context: &RunContext, target: &portal_probe::model::Target, capture: &Capture) -> PageRecord {
    let asked = target.channel(&capture.request.channel).map_or(Asked::by_hand(ChannelKind::Portal), Asked::of);
    let extraction: Option<Arc<Extraction>> = match reader::read(capture, None, asked, &context.read) {
        Read::Done(extraction) => Some(Arc::from(extraction)),
        Read::Nothing => None,
        Read::Panicked => panic!("the reader panicked on {}", capture.request.url),
    };
    portal_probe::engine::page_record(capture, extraction)
}

impl City {
    /// The pages that a visitor is led through: what is asked about the host itself stays.
    fn pages(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.captures.len()).filter(|at| match self.captures[*at].request.purpose {
            Purpose::Entry { .. }
            | Purpose::Page
            | Purpose::Attachment
            | Purpose::Search { .. }
            | Purpose::LinkCheck => true,
            Purpose::Robots | Purpose::Control404 | Purpose::Ipv6 | Purpose::Render | Purpose::OwnNetwork => false,
        })
    }

    /// Pages by what they are, by name.
    fn groups(&self) -> Vec<(&'static str, BTreeSet<usize>)> {
        let of = |pick: &dyn Fn(&PageRecord) -> bool| -> BTreeSet<usize> {
            self.pages().filter(|at| pick(&self.dossier.pages[*at])).collect()
        };
        let mobile = |page: &PageRecord| {
            self.dossier.target.channel(&page.request.channel).is_some_and(|one| one.kind == ChannelKind::MobileWeb)
        };
        let entry = |page: &PageRecord| matches!(page.request.purpose, Purpose::Entry { .. });
        let is = |page: &PageRecord, kinds: &[PageKind]| page.kind().is_some_and(|kind| kinds.contains(&kind));
        vec![
            ("everything", of(&|_| true)),
            ("everything but the entries", of(&|page| !entry(page))),
            ("the portal", of(&|page| !mobile(page))),
            ("the mobile site", of(&mobile)),
            ("the mobile site but its entry", of(&|page| mobile(page) && !entry(page))),
            ("lists", of(&|page| is(page, &[PageKind::GuideList]))),
            ("guides", of(&|page| is(page, &[PageKind::Guide]))),
            ("guides of the portal", of(&|page| is(page, &[PageKind::Guide]) && !mobile(page))),
            ("guides of the mobile site", of(&|page| is(page, &[PageKind::Guide]) && mobile(page))),
            ("scenarios", of(&|page| is(page, &[PageKind::Scenario]))),
            ("letters", of(&|page| is(page, &[PageKind::Reply, PageKind::ReplyList, PageKind::InteractionForm]))),
            ("news", of(&|page| is(page, &[PageKind::News]))),
            ("files", of(&|page| page.request.purpose == Purpose::Attachment)),
            ("searches", of(&|page| matches!(page.request.purpose, Purpose::Search { .. }))),
        ]
    }

    /// What is falsely said when these pages are replaced.
    fn false_accusations(&self, replaced: &BTreeSet<usize>, obstacle: &Obstacle) -> Vec<String> {
        // A file of no bytes is what it is; so only pages are replaced by nothing.
        let is_file = |at: &usize| self.captures[*at].request.purpose == Purpose::Attachment;
        let replaced: &BTreeSet<usize> = &match obstacle.name.as_str() {
            NOTHING => replaced.iter().filter(|at| !is_file(at)).copied().collect(),
            _ => replaced.clone(),
        };
        let cut = matches!(obstacle.put, Put::Cut(..));
        let mut dossier = self.dossier.clone();
        let replacements: BTreeMap<usize, Option<PageRecord>> = replaced
            .iter()
            .map(|at| {
                let coverage = dossier.coverage.entry(self.captures[*at].request.channel.clone()).or_default();
                let capture = Self::replacement(&self.captures[*at], obstacle, coverage);
                (*at, capture.map(|capture| record(&self.context, &self.dossier.target, &capture)))
            })
            .collect();
        let now = |at: usize| replacements.get(&at).map_or(Some(&self.dossier.pages[at]), Option::as_ref);
        // A page that is cut still leads to what stands at its beginning.
        let seen = if cut { (0..self.captures.len()).collect() } else { self.in_reach(&now) };
        dossier.pages = seen.iter().filter_map(|at| now(*at).cloned()).collect();
        let unseen: BTreeSet<&str> = (0..self.captures.len())
            .filter(|at| !seen.contains(at) || replaced.contains(at))
            .map(|at| self.captures[at].record.0.as_str())
            .collect();
        let observations = judge(&self.context, &mut dossier);
        let outage = obstacle.is_outage();
        let mut wrong: Vec<String> = accusations(&observations)
            .difference(&self.before)
            .filter(|(property, ..)| !(outage && property.ends_with(".reachable")))
            // A median over the answers that are left: on a busy machine it says how busy the machine was.
            .filter(|(property, ..)| property != "site.response_time")
            .map(|accusation| format!("{accusation:?}"))
            .collect();
        for one in
            observations.iter().filter(|one| one.outcome == Outcome::Failed && !one.property.ends_with(".reachable"))
        {
            let rests = one.findings.iter().flat_map(|finding| &finding.at);
            let on: Vec<&str> = rests.map(|at| one.evidence[*at].record.0.as_str()).collect();
            // A page that is cut may still be quoted for what stands on it.
            if !cut && on.iter().any(|record| unseen.contains(record)) {
                wrong.push(format!("{} of {} rests on what was not seen", one.property, one.subject.key));
            }
        }
        wrong
    }

    /// The exchanges that would have been made: those that began the visit, and those that a page still leads to.
    fn in_reach<'a>(&'a self, now: &impl Fn(usize) -> Option<&'a PageRecord>) -> BTreeSet<usize> {
        let led_by = |at: usize| self.captures[at].request.via.as_ref();
        let mut seen: BTreeSet<usize> = (0..self.captures.len()).filter(|at| led_by(*at).is_none()).collect();
        loop {
            let shown: Vec<&PageRecord> = seen.iter().filter_map(|at| now(*at)).collect();
            let links: BTreeSet<&Url> = shown
                .iter()
                .filter_map(|page| page.extraction.as_deref())
                .flat_map(|page| &page.links)
                .map(|link| &link.url)
                .collect();
            let redirects: BTreeSet<&Url> = shown.iter().filter_map(|page| page.redirect_to.as_ref()).collect();
            // Searches and forms are led to by more than links; they follow while their page is as it was.
            let as_it_was = |at: usize| {
                now(at).is_some_and(|page| {
                    page.extraction.as_ref().map(|page| &page.text_shape)
                        == self.dossier.pages[at].extraction.as_ref().map(|page| &page.text_shape)
                })
            };
            let parents: BTreeSet<&str> =
                seen.iter().filter(|at| as_it_was(**at)).map(|at| self.captures[*at].request.id.0.as_str()).collect();
            let more: Vec<usize> = (0..self.captures.len())
                .filter(|at| !seen.contains(at))
                .filter(|at| {
                    let url = &self.captures[*at].request.url;
                    links.contains(url)
                        || redirects.contains(url)
                        || led_by(*at).is_some_and(|via| parents.contains(via.0.as_str()))
                })
                .collect();
            if more.is_empty() {
                return seen;
            }
            seen.extend(more);
        }
    }

    /// The exchange with the obstacle in the place of the page; `None` where it was never made.
    fn replacement(capture: &Capture, obstacle: &Obstacle, coverage: &mut Coverage) -> Option<Capture> {
        let mut capture = capture.clone();
        match &obstacle.put {
            Put::Answer { status, content_type, body } => {
                capture.exchange.outcome = Ok(Response {
                    status: *status,
                    version: "HTTP/1.1".to_owned(),
                    headers: vec![("content-type".to_owned(), content_type.as_bytes().to_vec())],
                    body: Bytes::from(body.clone()),
                    truncated: None,
                });
            }
            Put::Cut(why, percent) => {
                if let Ok(response) = &mut capture.exchange.outcome {
                    response.body = response.body.slice(..response.body.len() * percent / 100);
                    response.truncated = Some(*why);
                }
            }
            Put::Failure(kind, stage) => {
                capture.exchange.outcome = Err(FetchFailure { kind: *kind, stage: *stage, detail: String::new() });
            }
            Put::Robots => {
                *coverage.skipped.entry(SkipReason::RobotsDisallowed).or_default() += 1;
                if coverage.robots_disallowed.len() < 50 {
                    coverage.robots_disallowed.push(capture.request.url.clone());
                }
                return None;
            }
        }
        Some(capture)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_fails_for_a_page_that_stood_behind_an_obstacle() {
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut tried = 0;
    let mut note = |what: String, found: Vec<String>| {
        tried += 1;
        for accusation in found {
            wrong.entry(accusation).or_default().push(what.clone());
        }
    };
    let cities = cities().await;
    let plain = plain_obstacles();
    let signed = signed_obstacles();
    for city in &cities[..2] {
        let name = city.dossier.target.city.code.as_str();
        assert!(city.captures.len() > 30, "{name} was visited");
        for (number, (group, pages)) in city.groups().into_iter().enumerate() {
            // The signatures lead to few kinds of page; each is tried on one city and some of its groups.
            let of_table: &[Obstacle] = if name == CITIES[0] { &signed } else { &[] };
            for obstacle in plain.iter().chain(of_table.iter().skip(number % 2).step_by(2)) {
                note(format!("{name}: {group}: {}", obstacle.name), city.false_accusations(&pages, obstacle));
            }
        }
    }
    // Each page by itself, with one obstacle of each sort in turn.
    let city = &cities[2];
    for (at, obstacle) in city.pages().zip(plain.iter().cycle()) {
        let url = &city.captures[at].request.url;
        let every_time = city.pages().filter(|other| city.captures[*other].request.url == *url).collect();
        note(format!("{}: {}", url.path(), obstacle.name), city.false_accusations(&every_time, obstacle));
    }
    let listed: Vec<String> = wrong
        .iter()
        .map(|(accusation, cases)| {
            format!("{accusation}\n    {} cases: {}", cases.len(), cases[..cases.len().min(6)].join(" | "))
        })
        .collect();
    assert!(wrong.is_empty(), "{} false accusations in {tried} cases:\n{}", listed.len(), listed.join("\n"));
    assert!(tried > 800, "{tried} cases");
}
