//! Whole nights with flowcharts that are pictures: what is read, kept, compared and replayed. Needs the models that
//! `sh scripts/setup.sh` fetches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use portal_probe::demo::{Simulation, World};
use portal_probe::engine::replay;
use portal_probe::model::{Observation, Outcome, Reason};
use portal_probe::sink::{evidence, observations, report};
use portal_probe::warc::Restorer;

use crate::{support, world};

/// Cities of a family whose flowcharts are pictures: one clean, one with three planted differences.
const CITIES: [&str; 2] = ["330100", "530100"];

fn compared(observations: &[Observation]) -> BTreeMap<(&str, &str), &Observation> {
    let on_portal = |seen: &&Observation| {
        seen.property == "guide.flowchart_consistency"
            && seen.channel.as_ref().is_some_and(|channel| channel.as_str() == "portal")
    };
    let of_segment = |seen| -> Option<_> {
        let seen: &Observation = seen;
        Some(((seen.city.code.as_str(), seen.subject.segment.as_deref()?), seen))
    };
    observations.iter().filter(on_portal).filter_map(of_segment).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_are_read_once_compared_and_replayed() {
    let folder = support::Folder::new("pictures");
    let simulation = Simulation::start(World::load(), 0).await.expect("free loopback addresses");
    let first = support::visit(&folder, &simulation, "first", &CITIES, &["chart.enabled=true"]).await;
    let second = support::visit(&folder, &simulation, "second", &CITIES, &["chart.enabled=true"]).await;
    simulation.stop().await;
    assert!(first.charts >= 24, "{} pictures", first.charts);
    assert!(first.charts_from_cache < first.charts);
    assert_eq!(second.charts_from_cache, second.charts, "a second night reads no picture again");
    assert_eq!(second.charts, first.charts);
    let seen = observations::read(&first.folder).expect("readable observations");
    let surprises = world::surprises(&World::load(), &seen);
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    let compared = compared(&seen);
    let planted =
        [("registration", "time_limit_differs"), ("invoice", "step_missing_in_chart"), ("bank-account", "other_item")];
    for ((city, segment), observation) in &compared {
        let kind = planted.iter().find(|(at, _)| *city == "530100" && at == segment).map(|(_, kind)| *kind);
        let found: Vec<&str> = observation.findings.iter().map(|finding| finding.kind.as_str()).collect();
        assert_eq!(found, Vec::from_iter(kind), "{city} {segment}: {observation:#?}");
        let outcome = if kind.is_some() { Outcome::Failed } else { Outcome::Passed };
        assert_eq!(observation.outcome, outcome, "{city} {segment}: {observation:#?}");
    }
    assert_eq!(compared.len(), 12, "six errands in each city");
    // The finding points at the box, in the picture's own record.
    let limit = compared[&("530100", "registration")];
    let box_of = limit.evidence.iter().find(|cite| cite.target_uri.path().contains("chart"));
    let box_of = box_of.expect("the picture is cited");
    assert!(serde_json::to_string(&box_of.locator).expect("a locator").contains("xywh="), "{box_of:?}");
    let mut restorer = Restorer::default();
    evidence::each_record(&first.folder, |record| restorer.accept(record)).expect("readable evidence");
    let night = restorer.finish();
    assert!(night.captures.iter().any(|capture| capture.record == box_of.record));
    assert_eq!(u64::try_from(night.charted.len()).expect("a count"), first.charts);
    for run in [&first.folder, &second.folder] {
        the_report_shows_pictures_and_marks_what_differs(run);
        let lines = |seen: &[Observation]| seen.iter().map(observations::line).collect::<String>();
        let again = replay::observations(run).expect("replayed");
        assert_eq!(lines(&again), lines(&observations::read(run).expect("readable observations")));
    }
}

/// Three guides of the second city differ; the clean city's are shown, and nothing is marked there.
fn the_report_shows_pictures_and_marks_what_differs(run: &Path) {
    let pages = chart_pages(run);
    let of = |city: &'static str| {
        let own = pages.iter().filter(move |(name, _)| name.starts_with(city));
        own.map(|(_, html)| html.as_str())
    };
    for html in of("330100") {
        assert!(html.contains("<g class=\"read\"") && !html.contains("class=\"differs\""), "{html}");
    }
    assert!(of("330100").count() > 0, "some guides that agree are shown");
    let limit = of("530100").find(|html| html.contains("时限不一致")).expect("the planted limit has a page");
    assert_eq!(limit.matches("<g class=\"differs\"").count(), 1, "one box is marked: {limit}");
    assert_eq!(limit.matches("<tr class=\"differs\"").count(), 1, "one row is marked: {limit}");
    assert!(limit.contains("5工作日") && limit.contains("1个工作日"), "both sides are quoted: {limit}");
    let missing = of("530100").find(|html| html.contains("在流程图中没有")).expect("the missing step has a page");
    assert_eq!(missing.matches("<g class=\"differs\"").count(), 0, "no box is to blame: {missing}");
    assert_eq!(missing.matches("<tr class=\"differs\"").count(), 1, "{missing}");
    let other = of("530100").find(|html| html.contains("食品经营许可")).expect("the other errand has a page");
    assert_eq!(other.matches("<g class=\"differs\"").count(), 1, "the heading is marked: {other}");
    for (name, html) in &pages {
        let picture = html.split("<image href=\"").nth(1).and_then(|rest| rest.split('"').next());
        let picture = picture.unwrap_or_else(|| panic!("{name} has no picture")).replace("&#x2f;", "/");
        let bytes = std::fs::read(run.join("report/charts").join(&picture)).expect("the picture lies beside the page");
        assert!(bytes.starts_with(b"\x89PNG"), "{picture}");
    }
    let properties: Vec<_> = portal_probe::check::CHECKS.iter().map(|check| check.property).collect();
    let name = run.file_name().expect("a run has a name").to_string_lossy().into_owned();
    report::rewrite(run, &name, &properties).expect("the report can be made again");
    assert_eq!(chart_pages(run), pages, "made again it is the same");
}

fn chart_pages(run: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(run.join("report/charts")).expect("pages of charts");
    let files = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file() && !path.ends_with("handbook.html"));
    let page = |path: PathBuf| {
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).expect("a readable page"))
    };
    files.map(page).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_models_pictures_are_unreadable_and_the_night_goes_on() {
    let seen = support::night(
        "no-models",
        World::load(),
        &["530100"],
        &["chart.enabled=true", "chart.models=\"/nowhere/models\""],
    )
    .await;
    assert_eq!(seen.report.charts, 0);
    let compared = compared(&seen.observations);
    assert_eq!(compared.len(), 6);
    for observation in compared.values() {
        let said = (observation.outcome, observation.reason);
        assert_eq!(said, (Outcome::CantTell, Some(Reason::Unreadable)), "{observation:#?}");
    }
}
