//! The politeness clocks over a death: gaps long enough to be seen across the time that a process needs to start.

use std::time::Duration;

use crate::probe::{Portals, killed, said, smallest_gap};

/// Longer than a start takes, so that a clock that was forgotten would show.
const GAP: Duration = Duration::from_millis(1500);

const AFTER_THREE: [&str; 5] =
    ["lease_committed:4", "head_received:4", "body_complete:4", "evidence_written:4", "after_commit:5"];

fn over_a_death(name: &str, second: &[&str]) {
    let portals = Portals::start(name, &["110000"], GAP, &[]);
    for at in AFTER_THREE {
        let before = portals.arrived();
        let out = at.replace(':', "-");
        let first = portals.run(&out, &[], Some(at));
        assert!(killed(&first), "{at}: {}", said(&first));
        let again = portals.run(&out, second, Some("evidence_written:3"));
        assert!(killed(&again), "{at}: {}", said(&again));
        let arrivals = portals.since(before);
        let gap = smallest_gap(&arrivals).expect("several requests");
        assert!(arrivals.len() >= 5, "{at}: {} requests", arrivals.len());
        assert!(gap + Duration::from_millis(1) >= GAP, "{at}: two requests only {gap:?} apart");
    }
    portals.stop();
}

#[test]
fn no_gap_is_shortened_by_a_death_and_a_resumed_run() {
    over_a_death("gap-resumed", &["--resume"]);
}

#[test]
fn no_gap_is_shortened_by_a_death_and_a_new_run() {
    over_a_death("gap-new", &[]);
}
