use std::path::PathBuf;

use super::*;
use crate::state::moment::Noted;

/// An empty folder of this test's own.
fn folder(test: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("portal-probe-state-{}-{test}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder for the test");
    path
}

fn row(id: &str) -> RunRow {
    RunRow {
        id: id.into(),
        started: "2026-11-23T18:00:00Z".parse().expect("a time"),
        settings: "sha256:0".into(),
        state: RunState::Running,
        elapsed: Duration::ZERO,
        records: 0,
    }
}

fn lease(number: u64, group: &str) -> Lease {
    Lease {
        number,
        request: format!("request {number}"),
        attempt: 2,
        group: group.into(),
        robots_of: (number == 1).then(|| "http://h.test".into()),
        since: Duration::from_nanos(1_234_567_891),
        gap: Duration::from_secs(3),
    }
}

fn ack(seq: u64, lease: u64) -> Ack {
    Ack {
        seq,
        kind: AckKind::Exchange,
        at: Duration::from_millis(1500),
        city: "330100".into(),
        lease: Some(lease),
        record: Some(format!("urn:uuid:{seq}")),
        records: Some(3 * seq),
        outcome: "200".into(),
    }
}

fn batch(leases: Vec<Lease>, acks: Vec<Ack>) -> Batch {
    let records = acks.last().and_then(|ack| ack.records).unwrap_or_default();
    Batch { leases, acks, clocks: Vec::new(), records, elapsed: Duration::from_secs(2) }
}

#[test]
fn what_was_committed_is_there_for_another_process() {
    let out = folder("committed");
    let mut store = Store::open(&out).expect("a database");
    store.begin(&row("night"), &[]).expect("begun");
    store.commit("night", &batch(vec![lease(1, "g"), lease(2, "g")], vec![ack(1, 1)])).expect("committed");
    drop(store);
    let mut store = Store::open(&out).expect("the same database");
    let newest = store.newest().expect("read").expect("a run");
    assert_eq!(newest, RunRow { elapsed: Duration::from_secs(2), records: 3, ..row("night") });
    assert_eq!(store.leases("night").expect("read"), [lease(1, "g"), lease(2, "g")]);
    assert_eq!(store.acks("night").expect("read"), [ack(1, 1)]);
    store.take_back("night", 1).expect("taken back");
    assert_eq!(store.acks("night").expect("read"), []);
    store.set_state("night", RunState::Complete).expect("noted");
    assert_eq!(store.newest().expect("read").map(|run| run.state), Some(RunState::Complete));
    assert_eq!(store.leases("night").expect("read"), [], "a complete run needs none");
    let _ = std::fs::remove_dir_all(out);
}

#[test]
fn a_commit_is_all_or_nothing() {
    let out = folder("atomic");
    let mut store = Store::open(&out).expect("a database");
    store.begin(&row("night"), &[]).expect("begun");
    let twice = batch(vec![lease(1, "g"), lease(1, "g")], vec![ack(1, 1)]);
    assert!(store.commit("night", &twice).is_err());
    assert_eq!((store.leases("night").expect("read"), store.acks("night").expect("read")), (vec![], vec![]));
    let _ = std::fs::remove_dir_all(out);
}

#[test]
fn groups_wait_over_the_death_of_a_run_and_into_the_next_one() {
    let out = folder("waits");
    let mut store = Store::open(&out).expect("a database");
    store.begin(&row("night"), &[]).expect("begun");
    let clock = GroupClock { group: "slow".into(), wait: Duration::from_hours(1), gap: Duration::from_secs(3) };
    let clocks = vec![clock, GroupClock { group: "quick".into(), wait: Duration::ZERO, gap: Duration::ZERO }];
    let lost = Batch { clocks, ..batch(vec![lease(1, "lost"), lease(2, "answered")], vec![ack(1, 2)]) };
    store.commit("night", &lost).expect("committed");
    let waits = store.waits(&Moment::now()).expect("read");
    let of = |group: &str| waits.iter().find(|(name, _)| name == group).map(|(_, wait)| *wait);
    assert!(of("slow").is_some_and(|wait| wait > Duration::from_mins(59)), "{waits:?}");
    assert_eq!(of("lost"), Some(Duration::from_secs(3)), "its request may have arrived this very moment");
    assert_eq!((of("quick"), of("answered")), (None, None));
    let carried: Vec<GroupClock> = waits
        .iter()
        .map(|(group, wait)| GroupClock { group: group.clone(), wait: *wait, gap: Duration::from_secs(3) })
        .collect();
    store.begin(&row("next"), &carried).expect("begun");
    let waits = store.waits(&Moment::now()).expect("read");
    assert!(waits.iter().any(|(group, wait)| group == "lost" && *wait > Duration::from_secs(1)), "{waits:?}");
    assert_eq!(store.newest().expect("read").map(|run| run.id), Some("next".into()));
    let _ = std::fs::remove_dir_all(out);
}

#[test]
fn a_clock_that_is_set_neither_shortens_a_gap_nor_holds_up_for_longer_than_was_left() {
    let moment = |wall: &str, boot: &str, since_boot: u64| Moment {
        wall: wall.parse().expect("a time"),
        boot: boot.into(),
        since_boot: Duration::from_secs(since_boot),
    };
    let noted = |wait: u64| Noted {
        wait: Duration::from_secs(wait),
        at: moment("2026-11-23T18:00:00Z", "a", 1000),
        gap: Duration::from_secs(3),
    };
    let cases = [
        ("ten seconds later", 60, moment("2026-11-23T18:00:10Z", "a", 1010), 50),
        ("the wall clock is put forward by an hour", 60, moment("2026-11-23T19:00:10Z", "a", 1010), 50),
        ("the wall clock is put back by an hour", 60, moment("2026-11-23T17:00:10Z", "a", 1010), 50),
        ("long gone", 60, moment("2026-11-23T18:00:10Z", "a", 9999), 0),
        ("after a restart of the machine", 60, moment("2026-11-23T18:00:40Z", "b", 5), 20),
        ("restarted, and the clock put back", 60, moment("2026-11-23T17:00:00Z", "b", 5), 60),
        ("restarted, and the clock put forward", 60, moment("2026-11-23T19:00:00Z", "b", 5), 3),
        ("restarted, a short wait", 2, moment("2026-11-23T19:00:00Z", "b", 5), 2),
        ("a machine that does not tell its boots", 60, moment("2026-11-23T19:00:00Z", "", 1010), 3),
    ];
    for (name, wait, now, left) in cases {
        assert_eq!(remaining(&noted(wait), &now), Duration::from_secs(left), "{name}");
    }
}

#[test]
fn a_file_of_another_version_and_one_that_is_none_are_refused_with_a_remedy() {
    let out = folder("version");
    let store = Store::open(&out).expect("a database");
    store.connection.pragma_update(None, "user_version", 99).expect("altered");
    drop(store);
    assert!(Store::open(&out).is_err_and(|error| error.to_string().contains("another version")));
    std::fs::write(
        out.join(FILE),
        "not a database, but long enough to be looked at as one, hundred bytes and more …….",
    )
    .expect("a file");
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(out.join(format!("{FILE}{ending}")));
    }
    let error = Store::open(&out).expect_err("it is none").to_string();
    assert!(error.contains("state.db") && error.contains("hint:"), "{error}");
    let _ = std::fs::remove_dir_all(out);
}
