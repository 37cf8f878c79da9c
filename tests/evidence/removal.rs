//! What may show personal data is kept apart, and can be removed without breaking the chain.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::Timestamp;
use portal_probe::model::Purpose;
use portal_probe::seal::SecretKey;
use portal_probe::sink::audit::audit;
use portal_probe::sink::purge::{PATH, Purged, lacking, older_than, purge};
use portal_probe::sink::{Manifest, SinkError, evidence, key_file};
use portal_probe::warc::RecordType;

use crate::small_run::{add, archives, begun, date, ended, out, run};

/// A run of pages and attachments in turn.
fn mixed(out: &Path, name: &str) -> PathBuf {
    let mut outputs = begun(out, name);
    for number in 0..6 {
        add(&mut outputs, number, if number % 2 == 0 { Purpose::Page } else { Purpose::Attachment });
    }
    ended(outputs)
}

fn key(out: &Path) -> SecretKey {
    key_file::load(&out.join("key.pem")).expect("readable").expect("there")
}

fn now() -> Timestamp {
    "2027-06-01T00:00:00Z".parse().expect("a time")
}

fn addresses(run: &Path) -> Vec<String> {
    let mut addresses = Vec::new();
    evidence::each_record(run, |record| {
        if record.kind() == Some(RecordType::Response) {
            addresses.extend(record.field("WARC-Target-URI").map(str::to_owned));
        }
    })
    .expect("whole");
    addresses
}

fn probe(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portal-probe")).args(arguments).output().expect("the program runs")
}

#[test]
fn attachments_lie_apart_and_everything_is_read_in_the_order_in_which_it_was_written() {
    let out = out("apart");
    let run = mixed(&out, "night");
    let (apart, shared): (Vec<String>, Vec<String>) =
        archives(&run).into_iter().partition(|name| evidence::is_apart("night", Path::new(name)));
    assert!(!apart.is_empty() && !shared.is_empty());
    let plain: Vec<String> = (0..6).map(|number| format!("http://127.0.0.1/{number}")).collect();
    assert_eq!(addresses(&run), plain);
    for line in evidence::read_index(&run).expect("the index") {
        let odd = line.fields.url.ends_with(['1', '3', '5']);
        assert_eq!(apart.contains(&line.fields.filename), odd, "{}", line.fields.url);
    }
    assert!(!evidence::is_apart("night", Path::new("portal-probe-night-00001.warc.gz")));
    assert!(!evidence::is_apart("a", Path::new("portal-probe-a-apart-1-00001.warc.gz.torn")));
}

#[test]
fn what_is_removed_leaves_its_digests_and_the_run_verifies() {
    let out = out("removed");
    let run = mixed(&out, "night");
    let removed = purge(&run, &key(&out), (now(), "on request")).expect("it can be removed");
    assert!(removed.iter().all(|file| !run.join(&file.path).exists()) && !removed.is_empty());
    let audit = audit(&run, None).expect("it can be read");
    assert_eq!(audit.faults, Vec::<String>::new());
    assert!(audit.notes.iter().any(|note| note.contains("removed on 2027-06-01") && note.contains("on request")));
    assert!(audit.records < audit.manifest.chain.records);
    assert_eq!(addresses(&run), ["http://127.0.0.1/0", "http://127.0.0.1/2", "http://127.0.0.1/4"]);
    let lacking = lacking(&run).expect("it can be read").expect("something lacks");
    assert!(lacking.contains("http://127.0.0.1/3") && lacking.contains("on request"), "{lacking}");

    // Once more removes nothing and records nothing.
    let record = fs::read(run.join(PATH)).expect("the record");
    assert_eq!(purge(&run, &key(&out), (now(), "again")).expect("nothing to do"), []);
    assert_eq!(fs::read(run.join(PATH)).expect("the record"), record);

    // What is left can still not be altered.
    let name = archives(&run)[0].clone();
    let mut bytes = fs::read(run.join("evidence").join(&name)).expect("evidence");
    bytes[30] ^= 1;
    fs::write(run.join("evidence").join(&name), bytes).expect("altered");
    let faults = portal_probe::sink::audit::audit(&run, None).expect("it can be read").faults;
    assert!(faults[0].contains(&name), "{faults:?}");
}

#[test]
fn only_the_night_s_own_key_can_excuse_a_missing_file_and_only_one_that_is_kept_apart() {
    let out = out("excuses");
    let run = mixed(&out, "night");
    let apart = archives(&run).into_iter().find(|name| evidence::is_apart("night", Path::new(name))).expect("one");
    let path = run.join("evidence").join(&apart);
    let bytes = fs::read(&path).expect("evidence");
    fs::remove_file(&path).expect("it is there");
    let faults = || audit(&run, None).expect("it can be read").faults;
    assert!(faults()[0].contains("the file is missing"), "{:?}", faults());
    fs::write(&path, &bytes).expect("whole again");

    let other = SecretKey::from_random([3; 32]);
    let error = purge(&run, &other, (now(), "why")).expect_err("another key");
    assert!(error.to_string().contains("another key"), "{error}");
    let mut altered = bytes.clone();
    altered[40] ^= 1;
    fs::write(&path, &altered).expect("altered");
    let error = purge(&run, &key(&out), (now(), "why")).expect_err("altered");
    assert!(matches!(&error, SinkError::Content { what, .. } if what.contains("altered")), "{error}");
    fs::write(&path, &bytes).expect("whole again");

    purge(&run, &key(&out), (now(), "a wish")).expect("it can be removed");
    assert_eq!(faults(), Vec::<String>::new());
    let text = fs::read_to_string(run.join(PATH)).expect("the record");
    let signature = fs::read(run.join("evidence/purged.sig")).expect("the signature");
    fs::write(run.join(PATH), text.replace("a wish", "a duty")).expect("altered");
    assert!(faults()[0].contains("not signed with the key of the night"), "{:?}", faults());
    fs::write(run.join(PATH), &text).expect("whole again");
    fs::write(run.join("evidence/purged.sig"), other.sign(text.as_bytes())).expect("altered");
    assert!(faults()[0].contains("not signed with the key of the night"));
    fs::write(run.join("evidence/purged.sig"), &signature).expect("whole again");

    // The operator himself cannot excuse a page that is not kept apart.
    let mut purged: Purged = serde_json::from_str(&text).expect("the record");
    let manifest = Manifest::read(&run).expect("the manifest");
    let page = manifest.files.iter().find(|file| file.path.ends_with("night-00001.warc.gz")).expect("one");
    purged.removals[0].files.push(page.clone());
    let json = serde_json::to_vec(&purged).expect("JSON");
    fs::write(run.join(PATH), &json).expect("altered");
    fs::write(run.join("evidence/purged.sig"), key(&out).sign(&json)).expect("altered");
    assert!(faults()[0].contains("no file that may be removed"), "{:?}", faults());
}

#[test]
fn runs_are_removed_by_age_and_a_replay_says_what_it_lacks() {
    let out = out("age");
    let old = mixed(&out, "night");
    assert_eq!(older_than(&out, 30, date()).expect("readable"), Vec::<PathBuf>::new());
    assert_eq!(older_than(&out, 30, now()).expect("readable"), std::slice::from_ref(&old));
    let (shown, folder) = (old.to_string_lossy().into_owned(), out.to_string_lossy().into_owned());
    let words = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();

    let refused = probe(&["purge", "--out", &folder, "--set", "evidence.retention_days=0"]);
    assert_eq!(refused.status.code(), Some(3), "{}", words(&refused));
    let done = probe(&["purge", &shown, "--why", "a person asked"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let verified = probe(&["verify", &shown]);
    assert_eq!(verified.status.code(), Some(0), "{}", words(&verified));
    assert!(words(&verified).contains("a person asked"), "{}", words(&verified));
    let replayed = probe(&["replay", &shown]);
    assert_eq!(replayed.status.code(), Some(2));
    assert!(replayed.stdout.is_empty() && words(&replayed).contains("http://127.0.0.1/1"), "{}", words(&replayed));
    let gone = probe(&["prove", &shown, "urn:uuid:00000000-0000-7000-8000-000000000001"]);
    assert!(gone.status.code() == Some(2) && words(&gone).contains("removed"), "{}", words(&gone));

    // A run that is not over holds everything.
    drop(begun(&out, "unfinished"));
    assert!(purge(&out.join("runs/unfinished"), &key(&out), (now(), "why")).is_err());
    let plain = run(&out.join("other"), "plain", 1);
    assert_eq!(purge(&plain, &key(&out.join("other")), (now(), "why")).expect("nothing to do"), []);
}
