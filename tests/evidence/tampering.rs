//! Every way to alter a night after it was sealed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use portal_probe::model::Purpose;
use portal_probe::seal::{ChainLine, SecretKey};
use portal_probe::sink::audit::{Audit, audit};
use portal_probe::sink::{Manifest, Outputs, RunFolder, SinkError, key_file};

use crate::small_run::{add, archives, begun, ended, out, run, settings};

fn whole(run: &Path) -> Audit {
    let audit = audit(run, None).expect("it can be read");
    assert_eq!(audit.faults, Vec::<String>::new());
    audit
}

fn faults(run: &Path) -> Vec<String> {
    match audit(run, None) {
        Ok(audit) => audit.faults,
        Err(error) => vec![error.to_string()],
    }
}

fn chain(run: &Path) -> Vec<ChainLine> {
    let text = fs::read_to_string(run.join("evidence/chain.jsonl")).expect("the chain");
    text.lines().skip(1).map(|line| ChainLine::parse(line).expect("a line")).collect()
}

/// Writes the chain anew over what the evidence holds now, as somebody would who knows how.
fn rechain(run: &Path) {
    let out = run.parent().and_then(Path::parent).expect("an output folder");
    fs::remove_file(run.join("evidence/chain.jsonl")).expect("it is there");
    let name = run.file_name().expect("a name").to_string_lossy().into_owned();
    drop(Outputs::open(RunFolder::reopen(out, &name).expect("free"), &settings()).expect("it opens"));
}

#[test]
fn a_night_verifies_and_altered_bytes_of_every_kind_are_found() {
    let out = out("bytes");
    let run = run(&out, "night", 2);
    assert_eq!(whole(&run).records, chain(&run).len() as u64);
    let mut files: Vec<PathBuf> = archives(&run).iter().map(|name| run.join("evidence").join(name)).collect();
    files.extend(
        ["evidence/chain.jsonl", "evidence/index.cdxj", "manifest.json", "manifest.sig", "ledger.json"]
            .map(|name| run.join(name)),
    );
    for path in files {
        let bytes = fs::read(&path).expect("a file of the run");
        // Five is prime to the lengths of lines and fields, so that bytes of every kind are met.
        for at in (0..bytes.len()).step_by(5) {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            fs::write(&path, &altered).expect("it can be altered");
            assert_ne!(faults(&run), Vec::<String>::new(), "{} byte {at}", path.display());
        }
        fs::write(&path, &bytes).expect("whole again");
    }
    whole(&run);
}

#[test]
fn the_first_broken_record_is_named_with_its_file_and_byte() {
    let out = out("named");
    let run = run(&out, "night", 3);
    let line = chain(&run)[4].clone();
    let path = run.join("evidence").join(&line.file);
    let mut bytes = fs::read(&path).expect("evidence");
    bytes[usize::try_from(line.offset + 20).expect("small")] ^= 0x80;
    fs::write(&path, &bytes).expect("altered");
    let said = &faults(&run)[0];
    let place = format!("`evidence/{}` byte {} (record 5, {})", line.file, line.offset, line.record);
    assert!(said.starts_with(&place), "{said}");
}

#[test]
fn records_cannot_change_places_and_the_last_cannot_go() {
    let out = out("order");
    let run = run(&out, "night", 2);
    let lines = chain(&run);
    let (a, b) = (&lines[2], &lines[3]);
    assert_eq!(a.file, b.file);
    let path = run.join("evidence").join(&a.file);
    let bytes = fs::read(&path).expect("evidence");
    let range =
        |line: &ChainLine| usize::try_from(line.offset).expect("small")..usize::try_from(line.end()).expect("small");
    let swapped = [&bytes[..range(a).start], &bytes[range(b)], &bytes[range(a)], &bytes[range(b).end..]].concat();
    fs::write(&path, swapped).expect("altered");
    assert!(faults(&run)[0].contains("(record 3, "), "{:?}", faults(&run));
    fs::write(&path, &bytes).expect("whole again");

    let text = fs::read_to_string(run.join("evidence/chain.jsonl")).expect("the chain");
    let mut turned: Vec<&str> = text.lines().collect();
    turned.swap(3, 4);
    fs::write(run.join("evidence/chain.jsonl"), format!("{}\n", turned.join("\n"))).expect("altered");
    assert!(faults(&run).iter().any(|said| said.contains("line 4") && said.contains("out of its place")));
    fs::write(run.join("evidence/chain.jsonl"), &text).expect("whole again");

    // The last record goes, and its line with it: only the manifest still knows.
    let last = lines.last().expect("a last one");
    let path = run.join("evidence").join(&last.file);
    let bytes = fs::read(&path).expect("evidence");
    fs::write(&path, &bytes[..range(last).start]).expect("altered");
    assert!(faults(&run)[0].contains("the file ends"), "{:?}", faults(&run));
    let shorter = text.trim_end().rsplit_once('\n').expect("lines").0;
    fs::write(run.join("evidence/chain.jsonl"), format!("{shorter}\n")).expect("altered");
    let said = format!("has {} records, the manifest says {}", lines.len() - 1, lines.len());
    assert!(faults(&run)[0].contains(&said), "{:?}", faults(&run));
}

#[test]
fn a_missing_file_a_foreign_one_and_bytes_behind_the_end_are_named() {
    let out = out("files");
    let run = run(&out, "night", 4);
    let name = archives(&run)[1].clone();
    let path = run.join("evidence").join(&name);
    let bytes = fs::read(&path).expect("evidence");
    fs::remove_file(&path).expect("it is there");
    assert!(faults(&run)[0].contains(&format!("`evidence/{name}` byte 0 ")) && faults(&run)[0].contains("missing"));
    fs::write(&path, [&bytes[..], &bytes[..]].concat()).expect("altered");
    assert!(faults(&run)[0].contains(&format!("`evidence/{name}` byte {}: {} bytes", bytes.len(), bytes.len())));
    fs::write(&path, &bytes).expect("whole again");
    fs::write(run.join("evidence/portal-probe-night-00009.warc.gz"), &bytes).expect("one more");
    assert!(faults(&run)[0].contains("00009.warc.gz` was added"), "{:?}", faults(&run));
}

#[test]
fn manifest_signature_and_key_hold_each_other() {
    let out = out("seal");
    let run = run(&out, "night", 1);
    let manifest = fs::read(run.join("manifest.json")).expect("the manifest");
    let signature = fs::read(run.join("manifest.sig")).expect("the signature");
    let text = String::from_utf8(manifest.clone()).expect("text");
    let write = |name: &str, bytes: &[u8]| fs::write(run.join(name), bytes).expect("altered");

    write("manifest.json", text.replace("\"complete\": true", "\"complete\": false").as_bytes());
    assert!(faults(&run)[0].contains("does not sign"), "{:?}", faults(&run));
    write("manifest.json", &manifest);
    fs::remove_file(run.join("manifest.sig")).expect("it is there");
    assert!(faults(&run)[0].contains("`manifest.sig` is missing"));

    // Somebody seals it anew with another key: then it is the wrong key.
    let other = SecretKey::from_random([9; 32]);
    let ours = Manifest::read(&run).expect("the manifest").public_key;
    let resealed = text.replace(&ours, &other.public().hex());
    write("manifest.json", resealed.as_bytes());
    write("manifest.sig", &other.sign(resealed.as_bytes()));
    assert!(faults(&run)[0].contains("not with the expected key"), "{:?}", faults(&run));
    write("manifest.json", &manifest);
    write("manifest.sig", &other.sign(&manifest));
    assert!(faults(&run)[0].contains("does not sign"));
    write("manifest.sig", &signature);
    whole(&run);
    let said = audit(&run, Some(&other.public())).expect("it can be read").faults;
    assert!(said[0].contains("not with the expected key"));
}

#[test]
fn evidence_that_was_altered_and_chained_anew_does_not_fit_the_manifest() {
    let out = out("rechained");
    let run = run(&out, "night", 3);
    let root = Manifest::read(&run).expect("the manifest").chain.root;
    fs::remove_file(run.join("evidence").join(archives(&run).last().expect("one"))).expect("it is there");
    rechain(&run);
    let said = faults(&run);
    assert!(
        said.iter().any(|said| said.contains("records, the manifest says") || said.contains(root.as_str())),
        "{said:?}"
    );
}

#[test]
fn a_night_goes_on_from_the_complete_one_before_it() {
    let out = out("nights");
    let (first, second) = (run(&out, "a", 1), run(&out, "b", 1));
    let (before, after) = (Manifest::read(&first).expect("one"), Manifest::read(&second).expect("two"));
    assert_eq!(before.chain.previous, None);
    let previous = after.chain.previous.expect("there was a night before");
    assert_eq!((previous.run.as_str(), &previous.root), ("a", &before.chain.root));
    assert!(whole(&second).notes.iter().any(|note| note.contains("goes on from the night before, a")));

    // The night before is replaced by another one of the same name.
    fs::remove_dir_all(&first).expect("ours");
    let others = out.join("elsewhere");
    fs::rename(run(&others, "a", 2), &first).expect("the same disk");
    let said = faults(&second);
    assert!(said.len() == 1 && said[0].contains("goes on from the root"), "{said:?}");
    fs::remove_dir_all(&first).expect("ours");
    assert!(whole(&second).notes.iter().any(|note| note.contains("was not checked")));
}

#[test]
fn a_run_that_died_goes_on_with_the_chain_that_its_evidence_gives() {
    let out = out("died");
    let mut outputs = begun(&out, "night");
    (0..3).for_each(|number| add(&mut outputs, number, Purpose::Page));
    drop(outputs);
    let run = out.join("runs/night");
    let chain_path = run.join("evidence/chain.jsonl");
    let written = fs::read_to_string(&chain_path).expect("it is written with the records");
    let torn = run.join("evidence").join(archives(&run).last().expect("evidence"));
    let bytes = fs::read(&torn).expect("evidence");
    fs::write(&torn, &bytes[..bytes.len() - 3]).expect("torn");
    for cut in [0, 10, written.len() / 2, written.len() - 2, written.len()] {
        fs::write(&chain_path, &written[..cut]).expect("torn");
        let outputs = Outputs::open(RunFolder::reopen(&out, "night").expect("free"), &settings()).expect("it opens");
        drop(outputs);
        let rebuilt = fs::read_to_string(&chain_path).expect("rebuilt");
        let kept: Vec<&str> = rebuilt.lines().filter(|line| written.contains(line)).collect();
        // The head, two exchanges with three records each, the head of each file, and the context.
        assert!(kept.len() >= 9, "{cut}: {kept:?}");
    }
    let mut outputs = Outputs::open(RunFolder::reopen(&out, "night").expect("free"), &settings()).expect("it opens");
    add(&mut outputs, 9, Purpose::Page);
    let run = ended(outputs);
    whole(&run);
}

#[test]
fn evidence_that_was_altered_while_the_run_was_down_is_not_gone_on_with() {
    let out = out("down");
    let mut outputs = begun(&out, "night");
    add(&mut outputs, 0, Purpose::Page);
    drop(outputs);
    let run = out.join("runs/night");
    let other = self::run(&out.join("elsewhere"), "night", 2);
    let name = archives(&run)[0].clone();
    fs::copy(other.join("evidence").join(&name), run.join("evidence").join(&name)).expect("whole, but another");
    let chain = fs::read_to_string(run.join("evidence/chain.jsonl")).expect("the chain");
    fs::write(run.join("evidence/chain.jsonl"), chain.replacen("\"length\":", "\"length\":1", 1)).expect("altered");
    let error = Outputs::open(RunFolder::reopen(&out, "night").expect("free"), &settings()).expect_err("altered");
    assert!(
        matches!(&error, SinkError::Content { what, .. } if what.contains("not the one that was written")),
        "{error}"
    );
}

#[test]
fn the_key_is_its_owners_alone_and_openssl_agrees_with_the_signature() {
    let out = out("key");
    let run = run(&out, "night", 1);
    let path = out.join("key.pem");
    assert_eq!(fs::metadata(&path).expect("it was made").permissions().mode() & 0o777, 0o600);
    let key = key_file::load(&path).expect("readable").expect("there").public();
    assert_eq!(Manifest::read(&run).expect("the manifest").public_key, key.hex());
    fs::write(out.join("public.pem"), key.pem()).expect("written");
    let agreed = Command::new("openssl")
        .args(["pkeyutl", "-verify", "-pubin", "-rawin", "-inkey"])
        .arg(out.join("public.pem"))
        .arg("-in")
        .arg(run.join("manifest.json"))
        .arg("-sigfile")
        .arg(run.join("manifest.sig"))
        .output()
        .expect("openssl is there (`make setup`)");
    assert!(agreed.status.success(), "{}", String::from_utf8_lossy(&agreed.stderr));

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("ours");
    let error = Outputs::open(RunFolder::create(&out, "next").expect("free"), &settings()).expect_err("exposed");
    let said = error.to_string();
    assert!(said.contains("key.pem` may be read by others (mode 640)") && said.contains("chmod 600"), "{said}");
}
