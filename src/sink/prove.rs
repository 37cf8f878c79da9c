//! The proof of one record, taken from a run folder.

use std::fs;
use std::path::Path;

use super::{Manifest, SinkError, audit, chain_file, evidence, manifest};
use crate::model::Digest;
use crate::seal::merkle::{self, Node};
use crate::seal::proof::Parts;
use crate::seal::{ChainLine, Proof};

/// The proof of a record, named by its id as observations cite it, with or without `urn:uuid:`, or by its number.
///
/// # Errors
/// When the run has no such record, or its bytes are not there any more or not as they were.
pub fn prove(run_folder: &Path, wanted: &str) -> Result<Proof, SinkError> {
    let refuse =
        |why: &str| SinkError::NoProof { path: run_folder.to_owned(), record: wanted.to_owned(), why: why.to_owned() };
    // An unfinished run has none, and says so.
    Manifest::read(run_folder)?;
    let text = audit::read_chain(run_folder)?.ok_or_else(|| refuse("the run has no chain"))?;
    let line = text.lines.iter().find(|line| is_wanted(line, wanted));
    let line =
        line.ok_or_else(|| refuse("there is no such record\nhint: observations name records under `evidence`"))?;
    let path = run_folder.join(evidence::FOLDER).join(&line.file);
    if !path.exists() {
        return Err(refuse("its file was removed; see evidence/purged.json"));
    }
    let member = chain_file::member(&path, line.offset, line.length)?;
    if Digest::of(&member) != line.digest {
        return Err(refuse("its bytes were altered\nhint: `portal-probe verify` says what else was"));
    }
    let leaves: Vec<Node> = text.lines.iter().map(|line| merkle::leaf(line.text().as_bytes())).collect();
    let read = |name: &str| {
        let path = run_folder.join(name);
        fs::read(&path).map_err(SinkError::file("read", &path))
    };
    let manifest = String::from_utf8_lossy(&read(manifest::FILE)?).into_owned();
    let signature = read(manifest::SIGNATURE)?;
    let stamp = fs::read(run_folder.join(manifest::STAMP)).ok();
    let parts = Parts { member: &member, leaves: &leaves, manifest, signature: &signature, stamp: stamp.as_deref() };
    Ok(Proof::of(line, parts))
}

fn is_wanted(line: &ChainLine, wanted: &str) -> bool {
    let wanted = wanted.trim().trim_start_matches('<').trim_end_matches('>');
    let id = line.record.0.as_str();
    id == wanted || id.strip_prefix("urn:uuid:") == Some(wanted) || line.number.to_string() == wanted
}
