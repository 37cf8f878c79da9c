//! The hostile city (docs/hostile.md): one night over as many small portals as there are vices, each with one, and what
//! must be said of each. A table, so that a new vice is one line.

mod portal;
mod vices;

use std::fmt::Write as _;
use std::time::Duration;

use portal_probe::engine::clock::Clock;
use portal_probe::engine::judge::RunContext;
use portal_probe::engine::night::{self, Night, Scope};
use portal_probe::extract::dialect;
use portal_probe::model::{Observation, Outcome};
use portal_probe::{catalogue, config};

use crate::fault::{FaultServer, Opening};
use vices::{FORBIDDEN, FORBIDDEN_PORT, Guide, Vice};

/// What a vice may take; a night over all of them may take no longer, because they are visited at once.
const LIMIT: Duration = Duration::from_secs(90);

/// Most memory that this process may ever have held, in KiB.
const MEMORY: u64 = 1_500_000;

/// The guide's own mistakes: elements and a flowchart are missing, and the promise is longer than the law allows.
const MISTAKES: [&str; 3] = ["guide.elements", "guide.time_limits", "guide.flowchart"];

/// What the entry page lacks, and nobody else can be asked for.
const MISTAKES_OF_ENTRY: [&str; 3] = ["site.identity", "site.freshness", "mobile.channels"];

/// What the portal lacks; only who saw all of it may say so.
const MISTAKES_OF_SITE: [&str; 4] =
    ["guide.found", "scenario.guidance", "interaction.consultation_channel", "interaction.complaint_channel"];

/// Impatient, so that a server that stalls is given up soon.
const SETS: [&str; 14] = [
    "guard.allow=[\"127.41.0.0/16\"]",
    "politeness.min_interval=8ms",
    "politeness.latency_factor=0",
    "politeness.backoff_base=50ms",
    "politeness.robots_retry=100ms",
    "politeness.max_retry_after=2s",
    "visit.entry_spacing=50ms",
    "visit.ipv6=false",
    "fetch.first_byte_timeout=600ms",
    "fetch.body_timeout=600ms",
    "fetch.total_timeout=2s",
    "fetch.max_body=4MiB",
    "render.enabled=false",
    "chart.enabled=false",
];

fn code(number: usize) -> String {
    format!("{}", 659_000 + number)
}

fn target(number: usize, vice: &Vice, base: &str) -> (String, String) {
    let code = code(number);
    let own = base.trim_start_matches("http://");
    // The forbidden addresses are in the scope of those who send us there, so that only the guard keeps us from them.
    let forbidden = FORBIDDEN.iter().filter(|(name, _)| *name == vice.name);
    let forbidden = forbidden.filter_map(|(_, host)| url::Url::parse(&format!("http://{host}:{FORBIDDEN_PORT}/")).ok());
    let forbidden = forbidden.map(|url| format!(", \"{}:{FORBIDDEN_PORT}\"", url.host_str().unwrap_or_default()));
    let forbidden: String = forbidden.collect();
    let toml = format!(
        "code = \"{code}\"\nname = \"临江{number}\"\nregion = \"西北\"\nverified = 2020-04-01\n\n[[channel]]\n\
         kind = \"portal\"\nname = \"临江政务\"\nseeds = [\"{base}/index.html\"]\nscope = [\"{own}\"{forbidden}]\n"
    );
    (format!("hostile/{code}.toml"), toml)
}

/// What is wrong with what was said of one city.
fn complaints(vice: &Vice, said: &[&Observation]) -> Vec<String> {
    let mut complaints = Vec::new();
    let of = |property: &str| said.iter().find(|one| one.property == property);
    match of("site.reachable") {
        Some(one) if one.outcome == vice.reachable => {}
        other => complaints.push(format!("site.reachable: {:?}", other.map(|one| (one.outcome, one.reason)))),
    }
    for property in MISTAKES {
        let of_seal =
            said.iter().find(|one| one.property == property && one.subject.segment.as_deref() == Some("seal"));
        let is_right = of_seal.is_some_and(|one| match vice.guide.expected(property) {
            None => one.outcome == Outcome::Failed,
            reason => one.outcome == Outcome::CantTell && one.reason == reason,
        });
        if !is_right {
            complaints.push(format!("{property}: {:?}", of_seal.map(|one| (one.outcome, one.reason))));
        }
    }
    let saw_all = vice.guide == Guide::Read || vice.guide == Guide::Gone;
    for one in said.iter().filter(|one| one.outcome == Outcome::Failed) {
        let is_known = |of: &[&str]| of.contains(&one.property.as_str());
        let of_guide = is_known(&MISTAKES) && vice.guide.expected(&one.property).is_none();
        let of_entry = vice.reachable == Outcome::Passed && is_known(&MISTAKES_OF_ENTRY);
        let of_site = saw_all && is_known(&MISTAKES_OF_SITE);
        if !of_guide && !of_entry && !of_site && !is_known(vice.fault) {
            let kinds: Vec<&str> = one.findings.iter().map(|finding| finding.kind.as_str()).collect();
            complaints.push(format!("accused: {} of {} {kinds:?}", one.property, one.subject.key));
        }
    }
    complaints
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_server_does_the_night_ends_and_nobody_is_accused_of_what_was_not_seen() {
    let vices = vices::vices();
    assert!(vices.len() >= 60, "{} vices", vices.len());
    let inside = FaultServer::at("127.9.9.9", FORBIDDEN_PORT).await;
    let (mut servers, mut texts) = (Vec::new(), Vec::new());
    for (number, vice) in vices.iter().enumerate() {
        let script = portal::with_vice(vice.place, vice.acts.clone());
        let host = format!("127.41.1.{}", number + 1);
        let server = FaultServer::scripted(&host, Opening::Plain, script).await;
        texts.push(target(number, vice, server.url("").trim_end_matches('/')));
        servers.push(server);
    }
    let catalogue = catalogue::from_texts(&texts, &dialect::ids()).expect("a valid catalogue");
    let config = config::parse(None, &SETS.map(str::to_owned)).expect("a valid configuration");
    let context = RunContext {
        run: "hostile".to_owned(),
        version: "test".to_owned(),
        targets: catalogue.targets,
        scenarios: catalogue.scenarios,
        calendar: catalogue.calendar,
        check: config.check.clone(),
        read: config.read.clone(),
    };
    let clock = Clock::starting_at("2020-04-10T20:00:00+08:00".parse().expect("a valid time"));
    let folder = std::env::temp_dir().join(format!("portal-probe-hostile-{}", std::process::id()));
    let night = Night { config, context, clock, out: folder.clone(), progress: false, scope: Scope::Night };
    let report = tokio::time::timeout(LIMIT, night::run(night, std::future::pending()));
    let report = report.await.expect("a night in time").expect("a night");
    let observations = portal_probe::sink::observations::read(&report.folder).expect("observations");

    let mut wrong = String::new();
    for (number, vice) in vices.iter().enumerate() {
        let said: Vec<&Observation> =
            observations.iter().filter(|one| one.city.code.as_str() == code(number)).collect();
        for complaint in complaints(vice, &said) {
            let _ = writeln!(wrong, "{:<50} {complaint}", vice.name);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(inside.seen().connections, 0, "a connection arrived where none may");
    assert!(!std::path::Path::new("/tmp/portal-probe-climbed").exists(), "a name climbed out of its folder");
    let ledger = portal_probe::sink::ledger::read(&report.folder).expect("a ledger");
    assert!(ledger.balanced);
    for page in std::fs::read_dir(report.folder.join("report")).expect("a report") {
        let path = page.expect("an entry").path();
        if path.extension().is_some_and(|ending| ending == "html") {
            let text = std::fs::read_to_string(&path).expect("text");
            assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{}", path.display());
        }
    }
    std::fs::remove_dir_all(&folder).expect("our own folder");
    assert!(most_memory().is_none_or(|held| held < MEMORY), "{:?} KiB", most_memory());
}

/// The most memory that this process held at once, in KiB, where the system tells.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
