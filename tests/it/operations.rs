//! What operators do to a program: stop it, start it twice, point it at the wrong place, damage its files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use portal_probe::model::{Observation, Outcome};
use portal_probe::sink::{self, Manifest};

use crate::stranger::Stranger;
use crate::support::Folder;

/// Fast enough for a test, slow enough to be interrupted in the middle.
const SETS: [&str; 6] = [
    "guard.allow=[\"127.36.0.0/14\"]",
    "politeness.min_interval=8ms",
    "politeness.latency_factor=0",
    "politeness.robots_retry=100ms",
    "visit.entry_spacing=50ms",
    "render.enabled=false",
];

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal-probe"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn probe(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The simulated portals in a process of their own, as `simulate` gives them; they end with their standard input.
struct Portals(Child);

impl Portals {
    fn start(catalogue: &Path, cities: &str) -> Self {
        let mut child = command(&["simulate", "--port", "0", "--cities", cities, "--catalogue", &shown(catalogue)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("the word that the portals are up");
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

fn night(catalogue: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = command(&["run", "--targets", &shown(catalogue), "--out", &shown(out)]);
    for set in SETS {
        command.args(["--set", set]);
    }
    command.args(more);
    command
}

/// Starts a night and gives it back when it has made this many exchanges, with the rest of its standard error.
fn begun(mut night: Command, exchanges: usize) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = night.arg("-vv").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut errors = BufReader::new(child.stderr.take().expect("piped"));
    let (mut line, mut seen) = (String::new(), 0);
    while seen < exchanges {
        line.clear();
        assert_ne!(errors.read_line(&mut line).expect("text"), 0, "the night ended after {seen} exchanges");
        seen += usize::from(line.contains("exchange"));
    }
    (child, errors)
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
}

fn ended(mut child: Child, mut errors: impl Read) -> (Option<i32>, String, String) {
    let (mut said, mut data) = (String::new(), String::new());
    errors.read_to_string(&mut said).expect("text");
    child.stdout.take().expect("piped").read_to_string(&mut data).expect("text");
    (child.wait().expect("an end").code(), data, said)
}

fn failed(observations: &[Observation]) -> BTreeSet<String> {
    let failed = observations.iter().filter(|observation| observation.outcome == Outcome::Failed);
    failed.map(|seen| format!("{} {:?} {} {}", seen.city.code, seen.channel, seen.subject.key, seen.property)).collect()
}

fn only_run(out: &Path) -> PathBuf {
    let mut runs: Vec<PathBuf> =
        fs::read_dir(out.join("runs")).expect("runs").map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(runs.len(), 1);
    runs.pop().expect("one run")
}

#[test]
fn ctrl_c_leaves_a_valid_partial_run_that_accuses_nobody_and_never_replaces_a_complete_one() {
    let folder = Folder::new("interrupted");
    let (catalogue, cut, whole) = (folder.0.join("targets"), folder.0.join("cut"), folder.0.join("whole"));
    let _portals = Portals::start(&catalogue, "6");

    let (child, errors) = begun(night(&catalogue, &cut, &[]), 150);
    interrupt(&child);
    let (code, _, said) = ended(child, errors);
    assert_eq!(code, Some(130), "{said}");
    let run = only_run(&cut);
    assert!(!Manifest::read(&run).expect("a manifest").complete);
    assert!(sink::ledger::read(&run).expect("a ledger").balanced);
    assert_eq!(fs::canonicalize(cut.join("latest")).expect("latest"), fs::canonicalize(&run).expect("a run"));
    assert_eq!(probe(&["verify", &shown(&run)]).status.code(), Some(0));
    let records = fs::read(run.join("observations.jsonl")).expect("records");
    assert!(probe(&["replay", &shown(&run)]).stdout == records, "a replay of what was seen gives the same records");
    let partial = sink::observations::read(&run).expect("valid records");
    let ledger = sink::ledger::read(&run).expect("a ledger");
    assert_eq!((ledger.targets, ledger.rows), (6, 6 * ledger.properties));
    assert!(partial.iter().any(|seen| seen.outcome == Outcome::CantTell && seen.reason.is_some()));

    let output = night(&catalogue, &whole, &[]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let complete = fs::canonicalize(whole.join("latest")).expect("latest");
    let all = failed(&sink::observations::read(&complete).expect("records"));
    let made_up: Vec<String> = failed(&partial).into_iter().filter(|one| !all.contains(one)).collect();
    assert!(made_up.is_empty(), "failed only because the night was interrupted: {made_up:#?}");

    let (child, errors) = begun(night(&catalogue, &whole, &[]), 60);
    let second = night(&catalogue, &whole, &[]).output().expect("the program runs");
    assert_eq!(second.status.code(), Some(4), "{}", text(&second.stderr));
    assert!(text(&second.stderr).contains(&child.id().to_string()), "the holder is named: {}", text(&second.stderr));
    interrupt(&child);
    let (code, _, said) = ended(child, errors);
    assert_eq!(code, Some(130), "the first run was not disturbed by the second: {said}");
    assert_eq!(fs::canonicalize(whole.join("latest")).expect("latest"), complete);
}

#[test]
fn a_file_in_place_of_the_output_folder_exits_with_2_and_a_remedy() {
    let folder = Folder::new("no-folder");
    let out = folder.0.join("out");
    fs::write(&out, "something else").expect("a file");
    let output = probe(&["demo", "--port", "0", "--city", "330100", "--out", &shown(&out)]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&shown(&out)) && said.contains("move it"), "{said}");
    assert_eq!(said.matches("os error").count(), 1, "the cause is said once: {said}");
    assert!(!said.contains("exchanges") && output.stdout.is_empty());
}

/// What is done to a file's bytes.
type Damage = fn(&mut Vec<u8>);

#[test]
fn damage_to_a_run_is_found_and_named_and_what_is_whole_is_given_back_byte_for_byte() {
    let folder = Folder::new("damage");
    let out = folder.0.join("out");
    let demo = probe(&["demo", "--port", "0", "--city", "330100", "--fail-on", "notice", "--out", &shown(&out)]);
    assert_eq!(demo.status.code(), Some(1), "{}", text(&demo.stderr));
    let run = fs::canonicalize(out.join("latest")).expect("a run");
    let place = shown(&run);
    assert_eq!(text(&demo.stdout), text(&probe(&["summary", &place]).stdout), "the table and nothing else");
    let read = |name: &str| fs::read(run.join(name)).expect("a file of the run");
    assert!(probe(&["replay", &place]).stdout == read("observations.jsonl"));
    assert!(probe(&["summary", "--json", &place]).stdout == read("summary.json"));
    let index = read("report/index.html");
    assert_eq!(probe(&["report", &place]).status.code(), Some(0));
    assert!(read("report/index.html") == index, "the report comes out the same");

    let evidence = fs::read_dir(run.join("evidence")).expect("evidence");
    let archive = evidence.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let archive = format!("evidence/{}", archive.into_iter().find(|name| name.ends_with(".warc.gz")).expect("one"));
    let damages: [(&str, Damage); 3] = [
        (&archive, |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }),
        (&archive, |bytes| bytes.truncate(bytes.len() - 7)),
        ("observations.jsonl", |bytes| bytes.extend_from_slice(b"{}\n")),
    ];
    for (name, damage) in damages {
        let whole = read(name);
        let mut bytes = whole.clone();
        damage(&mut bytes);
        fs::write(run.join(name), &bytes).expect("a damaged file");
        let said = probe(&["verify", &place]);
        assert_eq!(said.status.code(), Some(2));
        assert!(text(&said.stderr).contains(&format!("`{name}` was altered")), "{}", text(&said.stderr));
        if name == archive {
            let said = probe(&["replay", &place]);
            assert_eq!(said.status.code(), Some(2));
            let words = text(&said.stderr);
            assert!(words.contains(&archive) && (words.contains("offset") || words.contains("byte")), "{words}");
        }
        fs::write(run.join(name), whole).expect("the whole file again");
    }
    fs::remove_file(run.join("ledger.json")).expect("a file less");
    assert!(text(&probe(&["verify", &place]).stderr).contains("`ledger.json` is missing"));
}

#[test]
fn a_catalogue_error_or_an_unknown_city_exits_with_3_and_an_operator_can_verify_a_city() {
    let folder = Folder::new("catalogue");
    let (catalogue, out) = (folder.0.join("targets"), folder.0.join("out"));
    let portals = Portals::start(&catalogue, "2");
    let unknown = night(&catalogue, &out, &["--city", "999999"]).output().expect("the program runs");
    assert_eq!(unknown.status.code(), Some(3));
    assert!(text(&unknown.stderr).contains("999999"));
    let listed = text(&probe(&["targets", "list", "--targets", &shown(&catalogue)]).stdout);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    let code = listed.split('\t').next().expect("a code").to_owned();
    let path = portal_probe::catalogue::file_of(&catalogue, &code, &portal_probe::extract::dialect::ids())
        .expect("the city's file");
    let written = fs::read_to_string(&path).expect("a target");
    let unverified: Vec<&str> = written.lines().filter(|line| !line.starts_with("verified")).collect();
    fs::write(&path, unverified.join("\n")).expect("an unverified target");
    let refused = night(&catalogue, &out, &["--city", &code]).output().expect("the program runs");
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    assert_eq!(probe(&["targets", "verify", &code, "--targets", &shown(&catalogue)]).status.code(), Some(0));
    let accepted =
        night(&catalogue, &out, &["--city", &code, "--fail-on", "error"]).output().expect("the program runs");
    assert!(matches!(accepted.status.code(), Some(0 | 1)), "{}", text(&accepted.stderr));
    drop(portals);
    fs::write(&path, written.replace("[[channel]]", "[[chanel]]")).expect("a broken target");
    let elsewhere = folder.0.join("elsewhere");
    let broken = night(&catalogue, &elsewhere, &[]).output().expect("the program runs");
    assert_eq!(broken.status.code(), Some(3));
    assert!(text(&broken.stderr).contains(".toml:"), "file and line: {}", text(&broken.stderr));
    assert!(!elsewhere.exists(), "nothing was begun");
}

const GUIDE: &str = "<html><head><meta charset=utf-8><title>公章刻制备案</title></head><body><h1>公章刻制备案</h1><dl>\
    <dt>事项名称</dt><dd>公章刻制备案</dd><dt>实施主体</dt><dd>临江县公安局</dd><dt>法定办结时限</dt><dd>3个工作日</dd>\
    <dt>承诺办结时限</dt><dd>1个工作日</dd><dt>到办事现场次数</dt><dd>1次</dd><dt>受理条件</dt><dd>已领取营业执照</dd>\
    <dt>办理地点</dt><dd>县政务服务大厅二楼</dd><dt>是否收费</dt><dd>否</dd></dl></body></html>";

#[tokio::test(flavor = "multi_thread")]
async fn check_reads_a_page_on_loopback_only_when_that_is_allowed_and_says_so_at_once() {
    let server = Stranger::serve("127.39.201.7", &[("/guide.html", 200, GUIDE)]).await;
    let address = format!("{}/guide.html", server.base());
    let refused = probe(&["check", &address]);
    assert!(text(&refused.stderr).contains("guard.allow"), "{refused:?}");
    let allow = "guard.allow=[\"127.39.0.0/16\"]";
    let allowed = probe(&["check", &address, "--set", allow]);
    assert!(text(&allowed.stdout).contains("✓ guide.time_limits"), "{}", text(&allowed.stdout));
    let nowhere = probe(&["check", &format!("{}/gone.html", server.base()), "--set", allow]);
    assert!(text(&nowhere.stderr).contains("answered 404"), "{}", text(&nowhere.stderr));
    let asked = server.stop();
    assert_eq!(asked.iter().filter(|path| *path == "/guide.html").count(), 1, "refused means not asked: {asked:?}");
}

#[test]
fn two_files_that_differ_are_quoted_against_each_other() {
    let folder = Folder::new("two-files");
    let (portal, mobile) = (folder.0.join("portal.html"), folder.0.join("mobile.html"));
    fs::write(&portal, GUIDE).expect("a page");
    fs::write(&mobile, GUIDE.replace("<dd>1个工作日", "<dd>2个工作日")).expect("a page");
    let words = text(&probe(&["check", &shown(&portal), "--mobile", &shown(&mobile)]).stdout);
    let part = words.split("✗ guide.channel_consistency").nth(1).expect("a failed comparison");
    assert!(part.contains("「1个工作日」") && part.contains("「2个工作日」"), "{words}");
    let same = text(&probe(&["check", &shown(&portal), "--mobile", &shown(&portal)]).stdout);
    assert!(same.contains("✓ guide.channel_consistency"), "{same}");
    let json = text(&probe(&["check", &shown(&portal), "--mobile", &shown(&mobile), "--json"]).stdout);
    assert!(json.lines().all(|line| serde_json::from_str::<Observation>(line).is_ok()) && !json.is_empty());
}
