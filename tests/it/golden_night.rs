//! The acceptance case: the assessment of 2020 recovered from the pages of 36 simulated cities, politely, with a
//! ledger that adds up and evidence that gives the same records again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use portal_probe::demo::World;
use portal_probe::engine::reader::{self, Asked, Read};
use portal_probe::model::ChannelKind;
use portal_probe::model::{Outcome, Reason};
use portal_probe::sink::evidence;
use portal_probe::warc::Restorer;
use serde_json::{Value, json};

use crate::support::{self, INTERVAL, Seen};
use crate::world;

fn file(seen: &Seen, name: &str) -> Value {
    let path = seen.report.folder.join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("valid JSON")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_night_recovers_the_assessment_politely_and_can_be_replayed() {
    // Pictures of failed findings have their own tests; here one a city is enough.
    let rendering = ["render.enabled=true", "render.screenshots_per_city=1", "chart.enabled=true"];
    let seen = support::night("golden", World::load(), &[], &rendering).await;
    assert!(seen.report.rendered > 100, "script-built pages were rendered: {}", seen.report.rendered);
    the_summary_is_golden(&seen);
    the_ledger_adds_up(&seen);
    the_records_obey_the_contract(&seen);
    the_expected_defects_are_found_and_no_others(&seen);
    the_servers_were_treated_politely(&seen);
    pages_built_from_data_are_judged_as_a_visitor_sees_them(&seen);
    the_evidence_gives_the_same_records(&seen);
    only_the_planted_pages_stand_in_the_way(&seen);
    a_page_that_calls_where_it_should_not_is_shown_and_asks_in_vain(&seen);
    the_report_shows_the_entry_pages_of_every_city(&seen);
    nothing_personal_is_stored(&seen);
}

fn the_summary_is_golden(seen: &Seen) {
    let summary = file(seen, "summary.json");
    let golden = json!({
        "cities": 36, "without_scenario_guidance": 14, "without_sample_forms": 9, "channels_fully_same": 10,
        "with_mobile_channel": 34, "with_two_mobile_kinds": 28, "with_topic_on_mobile": 27,
        "consultation_within_5": 22, "complaint_within_5": 11,
        "visits": {"sum": 66, "mean": 1.83, "by_region": {"华北": 1.2, "华东": 1.6, "华中": 1.67, "东北": 1.75,
            "西南": 2.0, "华南": 2.25, "西北": 2.6}},
        "zero_visit_cities": ["330100"],
    });
    for (key, value) in golden.as_object().expect("an object") {
        assert_eq!(&summary[key], value, "{key}\n{summary:#}");
    }
    for (key, value) in summary["not_measured"].as_object().expect("not_measured") {
        assert_eq!(value, 0, "not measured: {key}");
    }
}

fn the_ledger_adds_up(seen: &Seen) {
    let ledger = file(seen, "ledger.json");
    let properties = portal_probe::check::CHECKS.len() as u64;
    assert_eq!(ledger["balanced"], true);
    assert_eq!(ledger["targets"], 36);
    assert_eq!(ledger["properties"], properties);
    assert_eq!(ledger["rows"], 36 * properties);
    let sum: u64 = ledger["outcomes"].as_object().expect("outcomes").values().filter_map(Value::as_u64).sum();
    assert_eq!(sum, 36 * properties);
}

fn the_records_obey_the_contract(seen: &Seen) {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/observation.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let text = std::fs::read_to_string(seen.report.folder.join("observations.jsonl")).expect("observations");
    let mut ids = BTreeSet::new();
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).expect("one JSON object a line");
        let errors: Vec<String> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{record:#}");
        assert!(ids.insert(record["id"].to_string()), "an id twice: {}", record["id"]);
        if record["outcome"] == "failed" {
            assert!(
                !record["findings"].as_array().expect("findings").is_empty(),
                "failed without a finding: {record:#}"
            );
            assert!(
                !record["evidence"].as_array().expect("evidence").is_empty(),
                "failed without evidence: {record:#}"
            );
        }
    }
    assert!(ids.len() > 36 * portal_probe::check::CHECKS.len());
}

/// The world file says which defects it planted; a check must find each and be silent elsewhere.
fn the_expected_defects_are_found_and_no_others(seen: &Seen) {
    let world = World::load();
    let missed = world::missed(&world, &seen.observations);
    assert!(missed.is_empty(), "planted but not found:\n{}", missed.join("\n"));
    let surprises = world::surprises(&world, &seen.observations);
    assert!(surprises.is_empty(), "found but not planted:\n{}", surprises.join("\n"));
}

fn the_servers_were_treated_politely(seen: &Seen) {
    let mut last: BTreeMap<&str, std::time::Instant> = BTreeMap::new();
    let mut smallest: Option<Duration> = None;
    for arrival in &seen.arrivals {
        assert!(matches!(arrival.method.as_str(), "GET" | "HEAD") || is_declared(arrival), "{arrival:?}");
        assert_ne!(arrival.status, 405, "nothing is sent that the portal does not take: {arrival:?}");
        assert!(arrival.user_agent.contains("portal-probe/"), "{arrival:?}");
        if let Some(before) = last.insert(&arrival.group, arrival.at) {
            let gap = arrival.at.duration_since(before);
            smallest = Some(smallest.map_or(gap, |known| known.min(gap)));
        }
    }
    let smallest = smallest.expect("more than one request a group");
    assert!(
        smallest + Duration::from_millis(1) >= INTERVAL,
        "two requests to one server group only {smallest:?} apart"
    );
    // Every portal links /internal/ and all but one forbid it; that one has no robots.txt, so nothing is forbidden there.
    let robots = |status: u16| -> BTreeSet<_> {
        let asked = seen.arrivals.iter().filter(|arrival| arrival.path_and_query == "/robots.txt");
        asked.filter(|arrival| arrival.status == status).map(|arrival| arrival.address).collect()
    };
    let open = robots(404);
    assert!(robots(200).len() >= 35, "the portals' rules were asked for");
    let forbidden: Vec<_> = seen
        .arrivals
        .iter()
        .filter(|arrival| arrival.path_and_query.starts_with("/internal/") && !open.contains(&arrival.address))
        .collect();
    assert!(forbidden.is_empty(), "robots.txt was not obeyed: {forbidden:?}");
}

/// Guides whose values come from data: the subject is the page that a visitor opens, the words are cited where they
/// stand, and of the item whose data did not come nothing is said that is not known.
fn pages_built_from_data_are_judged_as_a_visitor_sees_them(seen: &Seen) {
    for (city, dialect, page, service) in [
        ("440100", "gdzwfw", "/portal/v2/guide/", "getAuditItemDetailCur"),
        ("630100", "epoint", "personaleventdetail_new?taskguid=", "getTaskBasicInfo"),
        ("540100", "epoint", "personaleventdetail_new?taskguid=", "getTaskBasicInfo"),
    ] {
        let of_city = |property: &str| -> Vec<&portal_probe::model::Observation> {
            let all = seen.observations.iter().filter(|observation| observation.city.code.as_str() == city);
            let portal =
                all.filter(|observation| observation.channel.as_ref().is_some_and(|id| id.as_str() == "portal"));
            portal.filter(|observation| observation.property == property).collect()
        };
        let visits = of_city("handling.visits");
        let read: Vec<_> =
            visits.iter().filter(|observation| observation.outcome == portal_probe::model::Outcome::Passed).collect();
        assert!(read.len() >= 13, "{city}: {} guides were read", read.len());
        for observation in read {
            let url = observation.subject.url.as_deref().unwrap_or_default();
            assert!(url.contains(page), "{city}: {url}");
            assert!(observation.subject.key.len() == 31, "{city}: known by its code, {}", observation.subject.key);
            assert_eq!(observation.procedure.dialect.as_deref(), Some(dialect));
            let cited = observation.evidence.iter().any(|cite| {
                cite.target_uri.path().contains(service)
                    && matches!(cite.locator, portal_probe::model::Locator::JsonPointer(_))
            });
            assert!(cited, "{city}: {:?}", observation.evidence);
        }
    }
}

/// Whether a request that is no GET or HEAD is a query that a page family declares. The servers take no other body.
fn is_declared(arrival: &portal_probe::demo::Arrival) -> bool {
    let queries = portal_probe::extract::dialect::queries();
    arrival.method == "POST" && queries.iter().any(|rule| arrival.path_and_query.ends_with(rule.path))
}

fn the_evidence_gives_the_same_records(seen: &Seen) {
    let replayed = portal_probe::engine::replay::observations(&seen.report.folder).expect("a replay");
    let lines: Vec<String> =
        replayed.iter().map(|observation| serde_json::to_string(observation).expect("serialisable")).collect();
    let recorded = std::fs::read_to_string(seen.report.folder.join("observations.jsonl")).expect("observations");
    let recorded: Vec<&str> = recorded.lines().collect();
    assert_eq!(recorded.len(), lines.len());
    for (recorded, replayed) in recorded.iter().zip(&lines) {
        assert_eq!(recorded, replayed);
    }
}

/// Parts of the addresses at which the world keeps pages that stand in the way: a slider, the visitor's own cases, a
/// complaint that wants a login. Who plants another one names it here.
const IN_THE_WAY: &[&str] = &["/data/statistics.html", "cases", "/my", "/wdbj.html", "/interact/complain.do"];

fn only_the_planted_pages_stand_in_the_way(seen: &Seen) {
    let settings = portal_probe::extract::Settings::default();
    let mut restorer = Restorer::default();
    let (mut read, mut met) = (0, BTreeSet::new());
    evidence::each_record(&seen.report.folder, |record| {
        restorer.accept(record);
        for capture in restorer.take_captures() {
            if let Read::Done(page) = reader::read(&capture, None, Asked::by_hand(ChannelKind::Portal), &settings) {
                read += 1;
                met.extend(page.obstacle.map(|found| (capture.request.url.path().to_owned(), found.signature)));
            }
        }
    })
    .expect("readable evidence");
    assert!(read > 1_000, "{read} pages");
    let surprises: Vec<_> = met.iter().filter(|(path, _)| !IN_THE_WAY.iter().any(|part| path.contains(part))).collect();
    assert!(surprises.is_empty(), "taken for obstacles: {surprises:?}");
    assert!(met.iter().any(|(_, signature)| signature == "slider"), "the planted one is met: {met:?}");
}

fn a_page_that_calls_where_it_should_not_is_shown_and_asks_in_vain(seen: &Seen) {
    let mut restorer = Restorer::default();
    evidence::each_record(&seen.report.folder, |record| restorer.accept(record)).expect("readable evidence");
    let night = restorer.finish();
    let is_theirs = |host: Option<&str>| host == Some("127.99.0.7");
    let shown = night.renderings.iter().find(|rendering| rendering.url.path() == "/assistant.html");
    let shown = shown.expect("the page was rendered");
    assert!(shown.outcome.is_ok(), "it ends with its budget: {:?}", shown.outcome);
    let refused: Vec<&str> = shown.asked.refused.iter().map(|ask| ask.url.as_str()).collect();
    for path in ["/fetch", "/worker", "/frame", "/beacon"] {
        assert!(refused.iter().any(|url| url.ends_with(path)), "{path} was not tried: {refused:?}");
    }
    assert!(shown.asked.by_itself >= 1, "the sockets came to the proxy: {:?}", shown.asked);
    assert!(shown.asked.leads_to.iter().any(|url| is_theirs(url.host_str())), "{:?}", shown.asked);
    let met = night.captures.iter().filter(|capture| is_theirs(capture.request.url.host_str()));
    assert_eq!(met.count(), 0, "no request was made");
}

fn the_report_shows_the_entry_pages_of_every_city(seen: &Seen) {
    let report = seen.report.folder.join("report");
    for city in World::load().cities() {
        let page = std::fs::read_to_string(report.join(format!("{}.html", city.code))).expect("a city's page");
        let files: Vec<&str> =
            page.split("<img src=\"").skip(1).filter_map(|rest| rest.split_once('"').map(|(file, _)| file)).collect();
        assert!(!files.is_empty(), "{} shows no picture", city.name);
        for file in files {
            let file = file.replace("&#x2f;", "/");
            let bytes = std::fs::read(report.join(&file)).expect("the picture lies beside the report");
            assert!(bytes.starts_with(b"\x89PNG"), "{file}");
        }
    }
}

fn nothing_personal_is_stored(seen: &Seen) {
    use std::io::Read as _;
    let secrets = world::personal_data();
    let folder = seen.report.folder.join("evidence");
    for entry in std::fs::read_dir(folder).expect("evidence") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a readable file");
        let mut plain = Vec::new();
        if path.extension().is_some_and(|extension| extension == "gz") {
            flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).expect("whole members");
        } else {
            plain = bytes;
        }
        for secret in &secrets {
            let found = plain.windows(secret.len()).any(|window| window == secret.as_slice());
            assert!(!found, "{} holds {:?}", path.display(), String::from_utf8_lossy(secret));
        }
    }
}

/// Portals and mobile sites of the world file that only scripts build, in whole or in their guides.
const SCRIPTED: [(&str, &str); 6] = [
    ("210200", "portal"),
    ("210200", "mobile_web"),
    ("320100", "portal"),
    ("420100", "portal"),
    ("430100", "mobile_web"),
    ("510100", "mobile_web"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_browser_script_built_cities_are_not_measured_and_nothing_is_held_against_them() {
    let cities: BTreeSet<&str> = SCRIPTED.iter().map(|(city, _)| *city).collect();
    let cities: Vec<&str> = cities.into_iter().collect();
    let nowhere = ["render.enabled=true", "render.executables=[\"/nowhere/browser\"]"];
    let seen = support::night("no-browser", World::load(), &cities, &nowhere).await;
    assert_eq!(seen.report.rendered, 0);
    let surprises = world::surprises(&World::load(), &seen.observations);
    assert!(surprises.is_empty(), "held against a city without being seen:\n{}", surprises.join("\n"));
    for (city, channel) in SCRIPTED {
        let guides = seen.observations.iter().filter(|seen| {
            seen.city.code.as_str() == city
                && seen.channel.as_ref().is_some_and(|known| known.as_str() == channel)
                && seen.subject.segment.is_some()
        });
        let mut count = 0;
        for observation in guides {
            let outcome = (observation.outcome, observation.reason);
            assert_eq!(outcome, (Outcome::CantTell, Some(Reason::NotRendered)), "{observation:?}");
            count += 1;
        }
        assert!(count > 0, "{city} {channel} has its rows");
    }
    let summary = file(&seen, "summary.json");
    let gaps = [
        ("without_sample_forms", 3),
        ("channels_fully_same", 5),
        ("with_topic_on_mobile", 3),
        ("consultation_within_5", 2),
        ("visits", 3),
    ];
    for (count, cities) in gaps {
        assert_eq!(summary["not_measured"][count], cities, "{count}: {summary:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_on_one_citys_page_changes_its_observation_and_no_other() {
    use portal_probe::demo::Change;
    let cities = ["440300", "350200"];
    let before = support::night("before", World::load(), &cities, &[]).await;
    let changed = World::load().with_change("440300", Change::PromisedLimit { segment: 0, days: 2 });
    let after = support::night("after", changed, &cities, &[]).await;
    let limits = |seen: &Seen, city: &str| -> Vec<Value> {
        seen.observations
            .iter()
            .filter(|observation| observation.city.code.as_str() == city)
            .filter(|observation| observation.property == "guide.time_limits" && observation.subject.segment.is_some())
            .map(|observation| observation.value.clone())
            .collect()
    };
    assert!(!limits(&before, "440300").is_empty());
    assert_ne!(limits(&before, "440300"), limits(&after, "440300"));
    assert_eq!(limits(&before, "350200"), limits(&after, "350200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_budget_is_said_to_be_the_reason_and_accuses_nobody() {
    let seen = support::night(
        "budget",
        World::load(),
        &["440300"],
        &["limits.requests_per_city=12", "limits.requests_reserved=2"],
    )
    .await;
    let guides = seen.observations.iter().filter(|observation| observation.property == "guide.found");
    for observation in guides {
        assert_ne!(observation.outcome, portal_probe::model::Outcome::Failed, "{observation:?}");
    }
    let exhausted = seen
        .observations
        .iter()
        .any(|observation| observation.reason == Some(portal_probe::model::Reason::BudgetExhausted));
    assert!(exhausted, "the budget is named as the reason");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_night_asks_what_has_changed_and_comes_to_the_same_judgement() {
    use portal_probe::demo::Simulation;
    let folder = support::Folder::new("second");
    let simulation = Simulation::start(World::load(), 0).await.expect("free loopback addresses");
    let first = support::visit(&folder, &simulation, "first", &["330100"], &[]).await;
    let second = support::visit(&folder, &simulation, "second", &["330100"], &[]).await;
    let unchanged = simulation.log().iter().filter(|arrival| arrival.status == 304).count();
    simulation.stop().await;
    assert!(unchanged > 0, "the second night is answered `304` at least once");
    let outcomes = |report: &portal_probe::engine::night::NightReport| -> Vec<(String, String, String)> {
        portal_probe::sink::observations::read(&report.folder)
            .expect("observations")
            .into_iter()
            .filter(|observation| observation.property != "site.response_time")
            .map(|observation| {
                (
                    observation.property,
                    observation.subject.key,
                    format!("{:?} {}", observation.outcome, observation.value),
                )
            })
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    assert_eq!(outcomes(&first), outcomes(&second));
    let replayed =
        portal_probe::engine::replay::observations(&second.folder).expect("a replay over both nights' evidence");
    let recorded = portal_probe::sink::observations::read(&second.folder).expect("observations");
    assert_eq!(replayed, recorded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guide_that_is_only_a_word_file_is_judged_like_a_page() {
    let seen = support::night("guide-file", World::load(), &["350100"], &[]).await;
    let of_file = |observation: &&portal_probe::model::Observation| {
        observation.subject.url.as_deref().is_some_and(|url| url.ends_with("/guide-8.docx"))
    };
    let outcomes: std::collections::BTreeMap<&str, Outcome> =
        seen.observations.iter().filter(of_file).map(|seen| (seen.property.as_str(), seen.outcome)).collect();
    for property in ["guide.time_limits", "guide.materials_clear", "guide.self_consistency", "handling.visits"] {
        assert_eq!(outcomes.get(property), Some(&Outcome::Passed), "{property}: {outcomes:?}");
    }
    // Forms and a chart may stand beside the file: what it lacks is not missing.
    assert_eq!(outcomes.get("guide.elements"), Some(&Outcome::CantTell));
    let failed: Vec<_> = outcomes.iter().filter(|(_, outcome)| **outcome == Outcome::Failed).collect();
    assert_eq!(failed, [(&"handling.delivery", &Outcome::Failed)], "the errand's results are not posted");
}
