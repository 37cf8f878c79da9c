//! The kill switch: a file that stops requests to a host within a second, while the night goes on.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use portal_probe::model::{Observation, Outcome, Reason};
use portal_probe::sink::{evidence, observations};
use portal_probe::warc::RecordType;

use crate::small_run::out;

fn probe(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal-probe"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// The simulated portals; they end with their standard input.
struct Portals(Child);

impl Portals {
    fn start(catalogue: &Path) -> Self {
        let place = catalogue.to_string_lossy().into_owned();
        let mut child = probe(&["simulate", "--port", "0", "--cities", "2", "--catalogue", &place, "--prompt"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("the word that they are up");
        assert!(line.contains("catalogue in"), "{line}");
        Self(child)
    }
}

impl Drop for Portals {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn night(catalogue: &Path, out: &Path) -> Command {
    let mut night = probe(&["run", "--allow-unverified", "-vv", "--targets"]);
    night.arg(catalogue).arg("--out").arg(out);
    for set in [
        "guard.allow=[\"127.36.0.0/14\"]",
        "politeness.min_interval=40ms",
        "politeness.latency_factor=0",
        "politeness.robots_retry=100ms",
        "visit.entry_spacing=50ms",
        "render.enabled=false",
        "chart.enabled=false",
    ] {
        night.args(["--set", set]);
    }
    night.stdout(Stdio::null()).stderr(Stdio::piped());
    night
}

fn latest(out: &Path) -> PathBuf {
    fs::canonicalize(out.join("latest")).expect("a run")
}

/// Host and date of every request that was sent.
fn sent(run: &Path) -> Vec<(String, Timestamp)> {
    let mut sent = Vec::new();
    evidence::each_record(run, |record| {
        if record.kind() == Some(RecordType::Request) {
            let field = |name: &str| record.field(name).expect("every request has it").to_owned();
            let url = url::Url::parse(&field("WARC-Target-URI")).expect("an address");
            let date = field("WARC-Date").parse().expect("a time");
            sent.push((url.host_str().expect("a host").to_owned(), date));
        }
    })
    .expect("whole");
    sent
}

fn failed(observations: &[Observation]) -> BTreeSet<String> {
    let failed = observations.iter().filter(|one| one.outcome == Outcome::Failed);
    failed.map(|one| format!("{} {:?} {} {}", one.city.code, one.channel, one.subject.key, one.property)).collect()
}

#[test]
fn a_stopped_host_is_asked_for_nothing_within_a_second_and_nobody_is_accused_for_it() {
    let out = out("stop");
    let catalogue = out.join("targets");
    let _portals = Portals::start(&catalogue);
    let undisturbed = night(&catalogue, &out.join("whole")).output().expect("the program runs");
    assert!(undisturbed.status.success(), "{}", String::from_utf8_lossy(&undisturbed.stderr));
    let whole = latest(&out.join("whole"));
    let hosts: BTreeSet<String> = sent(&whole).into_iter().map(|(host, _)| host).collect();
    let stopped = hosts.first().expect("a host").clone();

    let folder = out.join("stopped");
    fs::create_dir_all(&folder).expect("ours");
    let mut child = night(&catalogue, &folder).spawn().expect("the program runs");
    let mut errors = BufReader::new(child.stderr.take().expect("piped"));
    let (mut line, mut seen) = (String::new(), 0);
    while seen < 12 {
        line.clear();
        assert_ne!(errors.read_line(&mut line).expect("text"), 0, "the night ended after {seen} exchanges");
        seen += usize::from(line.contains("exchange"));
    }
    fs::write(folder.join("stop-hosts"), format!("{stopped} # asked for by telephone\n")).expect("written");
    let at = Timestamp::now();
    let mut rest = String::new();
    errors.read_to_string(&mut rest).expect("text");
    assert!(child.wait().expect("an end").success(), "{rest}");
    assert!(rest.contains("stopped by the stop file"), "{rest}");

    let run = latest(&folder);
    let requests = sent(&run);
    let to_stopped: Vec<&Timestamp> =
        requests.iter().filter(|(host, _)| *host == stopped).map(|(_, date)| date).collect();
    assert!(to_stopped.len() < sent(&whole).iter().filter(|(host, _)| *host == stopped).count() / 2);
    let limit = at + Duration::from_secs(1);
    assert!(to_stopped.iter().all(|date| **date <= limit), "asked after {limit}: {to_stopped:?}");
    let last = requests.iter().map(|(_, date)| date).max().expect("requests");
    assert!(*last > limit, "the other host was asked on");

    let (before, after) = (observations::read(&whole).expect("there"), observations::read(&run).expect("there"));
    let accused: Vec<String> = failed(&after).difference(&failed(&before)).cloned().collect();
    assert_eq!(accused, Vec::<String>::new());
    let unasked = after.iter().filter(|one| one.reason == Some(Reason::BudgetExhausted)).count();
    assert!(unasked > before.iter().filter(|one| one.reason == Some(Reason::BudgetExhausted)).count());

    // Everything is stopped before the night begins.
    let nothing = out.join("nothing");
    fs::create_dir_all(&nothing).expect("ours");
    fs::write(nothing.join("stop-hosts"), "*\n").expect("written");
    let ended = night(&catalogue, &nothing).output().expect("the program runs");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let run = latest(&nothing);
    assert_eq!(sent(&run), []);
    let made = observations::read(&run).expect("there");
    assert_eq!(failed(&made), BTreeSet::new());
    let unasked = |one: &&Observation| matches!(one.outcome, Outcome::CantTell | Outcome::Untested);
    assert!(made.iter().filter(unasked).count() > made.len() / 2);
}
