//! Whole nights with flowcharts that are pictures: what is read, kept, compared and replayed. Needs the models that
//! `sh scripts/setup.sh` fetches.

use std::collections::BTreeMap;

use portal_probe::demo::{Simulation, World};
use portal_probe::engine::replay;
use portal_probe::model::{Observation, Outcome, Reason};
use portal_probe::sink::{evidence, observations};
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
        let lines = |seen: &[Observation]| seen.iter().map(observations::line).collect::<String>();
        let again = replay::observations(run).expect("replayed");
        assert_eq!(lines(&again), lines(&observations::read(run).expect("readable observations")));
    }
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
