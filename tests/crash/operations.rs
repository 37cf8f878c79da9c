//! What an operator does with runs that can be resumed.

use std::process::{Command, Stdio};
use std::time::Duration;

use portal_probe::sink::Manifest;

use crate::probe::{Portals, left, said, same};

const SMALL: [&str; 1] = ["check.link_sample=5"];

#[test]
fn ctrl_c_leaves_a_run_with_a_table_and_resume_brings_it_to_its_end() {
    let portals = Portals::start("interrupted", &["110000", "310000"], Duration::from_millis(20), &SMALL);
    let whole = portals.run("whole", &["--name", "night"], None);
    assert_eq!(whole.status.code(), Some(0), "{}", said(&whole));
    for signal in ["-INT", "-TERM"] {
        let out = format!("cut{signal}");
        let before = portals.arrived();
        let mut command = portals.command(&out, &["--name", "night"], None);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        while portals.arrived() < before + 30 {
            std::thread::yield_now();
        }
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill is there");
        assert!(sent.success());
        let output = child.wait_with_output().expect("an end");
        assert_eq!(output.status.code(), Some(130), "{}", said(&output));
        assert!(said(&output).contains("--resume"), "{}", said(&output));
        let run = portals.out(&out).join("runs/night");
        assert!(!Manifest::read(&run).expect("a manifest").complete);
        let partial = left(&run);
        assert!(partial.ledger.contains("\"balanced\": true"));
        let asked = portals.arrived();
        let output = portals.run(&out, &["--resume"], None);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(Manifest::read(&run).expect("a manifest").complete);
        same(&left(&portals.out("whole/latest")), &left(&run)).unwrap_or_else(|why| panic!("{signal}: {why}"));
        assert_eq!(portals.arrived() - before, left(&run).exchanges.len(), "nothing was asked twice");
        assert!(asked < portals.arrived());
    }
    portals.stop();
}

#[test]
fn what_cannot_be_resumed_is_refused_with_a_remedy() {
    let portals = Portals::start("refused", &["110000"], Duration::from_millis(5), &SMALL);
    let nothing = portals.run("nothing", &["--resume"], None);
    assert_eq!(nothing.status.code(), Some(3), "{}", said(&nothing));
    assert!(said(&nothing).contains("no run to resume"), "{}", said(&nothing));
    portals.run("out", &["--name", "night"], Some("evidence_written:10"));
    let changed = portals.run("out", &["--resume", "--set", "limits.max_clicks=3"], None);
    assert_eq!(changed.status.code(), Some(3), "{}", said(&changed));
    assert!(said(&changed).contains("another configuration") && said(&changed).contains("hint:"));
    let same_name = portals.run("out", &["--name", "night"], None);
    assert_eq!(same_name.status.code(), Some(2), "{}", said(&same_name));
    let resumed = portals.run("out", &["--resume"], None);
    assert_eq!(resumed.status.code(), Some(0), "the refusals changed nothing: {}", said(&resumed));
    let again = portals.run("out", &["--resume"], None);
    assert_eq!(again.status.code(), Some(3), "{}", said(&again));
    assert!(said(&again).contains("is complete"), "{}", said(&again));
    portals.stop();
}

#[test]
fn a_run_that_outlasts_its_window_ends_in_order_and_goes_on_later() {
    let window = ["run.window=600ms", "check.link_sample=5"];
    let portals = Portals::start("window", &["110000"], Duration::from_millis(40), &window);
    let output = portals.run("out", &["--name", "night"], None);
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    assert!(said(&output).contains("run.window"), "{}", said(&output));
    let run = portals.out("out/runs/night");
    assert!(!Manifest::read(&run).expect("a manifest").complete);
    let first = left(&run).exchanges.len();
    // The window may be changed: it changes nothing that is asked.
    let resumed = portals.run("out", &["--resume", "--set", "run.window=0s"], None);
    assert_eq!(resumed.status.code(), Some(0), "{}", said(&resumed));
    let all = left(&run).exchanges.len();
    assert!(first < all && portals.arrived() == all, "{first} of {all}, {} asked", portals.arrived());
    portals.stop();
}

#[test]
fn a_disk_without_room_and_a_folder_without_leave_end_a_run_before_its_first_request() {
    let portals = Portals::start("room", &["110000"], Duration::from_millis(5), &[]);
    let full = portals.run("full", &["--set", "run.disk_reserve=999999GiB"], None);
    assert_eq!(full.status.code(), Some(2), "{}", said(&full));
    assert!(said(&full).contains("run.disk_reserve") && said(&full).contains("hint:"), "{}", said(&full));
    // Not even root may make a folder there.
    let refused = portals.run("/sys/kernel/portal-probe", &[], None);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("/sys/kernel/portal-probe") && said(&refused).contains("hint:"));
    assert_eq!(portals.arrived(), 0);
    portals.stop();
}

#[test]
fn out_of_file_descriptors_is_our_fault_and_accuses_no_city() {
    let portals = Portals::start("files", &["110000", "310000"], Duration::from_millis(5), &["check.link_sample=5"]);
    let command = portals.command("out", &["--name", "night"], None);
    let mut limited = Command::new("sh");
    // Enough for the run's own files, not for its connections.
    limited.args(["-c", "ulimit -n 26; exec \"$@\"", "sh"]).arg(command.get_program()).args(command.get_args());
    let output = limited.stdin(Stdio::null()).output().expect("the program runs");
    match output.status.code() {
        Some(0) => {
            let records = portal_probe::sink::observations::read(&portals.out("out/latest")).expect("records");
            let accused = records.iter().filter(|seen| seen.property == "site.reachable");
            for seen in accused {
                assert_ne!(seen.outcome, portal_probe::model::Outcome::Failed, "{seen:?}");
            }
        }
        // Or it could not even write: then it says so, and goes on when there are descriptors again.
        Some(2) => assert!(said(&output).contains("hint:"), "{}", said(&output)),
        other => panic!("{other:?} {}", said(&output)),
    }
    let resumed = portals.run("out", &["--resume"], None);
    assert!(matches!(resumed.status.code(), Some(0 | 3)), "{}", said(&resumed));
    portals.stop();
}
