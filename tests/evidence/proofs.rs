//! The proof of one record, checked without the run.

use std::fs;

use portal_probe::seal::{Flaw, Proof, SecretKey};
use portal_probe::sink::prove::prove;
use portal_probe::sink::{Manifest, SinkError};

use crate::small_run::{capture, out, run};

#[test]
fn every_record_is_proved_alone() {
    let out = out("proofs");
    let run = run(&out, "night", 4);
    let manifest = Manifest::read(&run).expect("the manifest");
    for number in 1..=manifest.chain.records {
        let proof = prove(&run, &number.to_string()).expect("there is such a record");
        let shown = proof.check(None).expect("it holds");
        assert_eq!(shown.line.number, number);
        assert_eq!(shown.sealed.chain, manifest.chain);
    }
    let wanted = capture(2, portal_probe::model::Purpose::Page).record;
    let proof = prove(&run, &format!("<{wanted}>")).expect("named as observations do");
    fs::remove_dir_all(&run).expect("the run is not needed");
    let read = Proof::parse(&serde_json::to_string(&proof).expect("JSON")).expect("a proof");
    let shown = read.check(None).expect("it holds");
    assert_eq!(shown.record.field("WARC-Target-URI"), Some("http://127.0.0.1/2"));
    assert!(read.check(Some(&shown.key)).is_ok());
    let other = SecretKey::from_random([1; 32]).public();
    assert!(matches!(read.check(Some(&other)), Err(Flaw::Key { .. })));
}

#[test]
fn a_proof_with_one_other_character_holds_no_more() {
    let out = out("flipped");
    let run = run(&out, "night", 3);
    let proof = prove(&run, "5").expect("there is such a record");
    let text = serde_json::to_string(&proof).expect("JSON");
    let mut refused = 0;
    for at in 0..text.len() {
        for flip in [1_u8, 2, 0x20] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= flip;
            let Ok(altered) = String::from_utf8(bytes) else { continue };
            match Proof::parse(&altered) {
                // A name that is read over, or a number spelled in another way.
                Ok(read) if read == proof => {}
                Ok(read) => {
                    assert!(read.check(None).is_err(), "character {at}: {altered}");
                    refused += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 2 * text.len(), "{refused} of {}", text.len());
}

#[test]
fn a_proof_is_of_its_own_record_and_tree() {
    let out = out("mixed");
    let one = run(&out, "a", 3);
    let two = run(&out, "b", 3);
    let (first, other, next) =
        (prove(&one, "3").expect("one"), prove(&two, "3").expect("one"), prove(&one, "4").expect("one"));
    let mixed = |proof: Proof| proof.check(None).map(|_| ()).expect_err("mixed");
    assert_eq!(mixed(Proof { member: next.member.clone(), ..first.clone() }), Flaw::Member);
    assert_eq!(mixed(Proof { path: other.path.clone(), ..first.clone() }), Flaw::Path);
    assert_eq!(mixed(Proof { manifest: other.manifest.clone(), ..first.clone() }), Flaw::Path);
    assert_eq!(mixed(Proof { signature: other.signature.clone(), ..first.clone() }), Flaw::Signature);
    assert_eq!(mixed(Proof { tree_size: 2, ..first.clone() }), Flaw::Place);
    assert!(matches!(mixed(Proof { record: next.record.clone(), ..first }), Flaw::Record(_)));
}

#[test]
fn what_was_altered_or_is_not_there_is_not_proved() {
    let out = out("unproved");
    let run = run(&out, "night", 1);
    let error = prove(&run, "urn:uuid:none").expect_err("no such record");
    assert!(matches!(&error, SinkError::NoProof { why, .. } if why.contains("no such record")), "{error}");
    let line = prove(&run, "3").expect("there").check(None).expect("it holds").line;
    let path = run.join("evidence").join(&line.file);
    let mut bytes = fs::read(&path).expect("evidence");
    bytes[usize::try_from(line.offset + 15).expect("small")] ^= 1;
    fs::write(&path, bytes).expect("altered");
    let error = prove(&run, "3").expect_err("altered");
    assert!(error.to_string().contains("altered"), "{error}");
}
