//! Removing what a run keeps apart because it may hold personal data, with a signed record of what, when and why.
//!
//! The record is written before the files go. Chain, index and manifest stay as they are: they still say that something
//! was there, and its digest.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::part_file::PartFile;
use super::{Manifest, ManifestFile, SinkError, audit, evidence};
use crate::observe::beijing;
use crate::seal::{PublicKey, SecretKey};

/// The record of removals, by path within the run folder.
pub const PATH: &str = "evidence/purged.json";

/// Its signature.
pub const SIGNATURE: &str = "evidence/purged.sig";

/// Version of the record.
pub const SCHEMA: &str = "portal-probe.purged/1";

/// Everything that was removed from a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// [`SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// The removals in their order.
    pub removals: Vec<Removal>,
}

/// One removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// When.
    pub when: String,
    /// Why.
    pub why: String,
    /// The files, as the manifest names them.
    pub files: Vec<ManifestFile>,
}

impl Purged {
    /// Whether the record may excuse missing files: signed with the night's key, and of files that are kept apart.
    pub(super) fn holds_for(&self, run_folder: &Path, manifest: &Manifest) -> Result<(), String> {
        let read = |name: &str| fs::read(run_folder.join(name)).map_err(|_| format!("`{name}` is missing"));
        let key = PublicKey::from_hex(&manifest.public_key).ok_or("the manifest's key is none")?;
        if !key.signed(&read(PATH)?, &read(SIGNATURE)?) {
            return Err("the record of removals is not signed with the key of the night".to_owned());
        }
        if self.run != manifest.run {
            return Err(format!("the removals are those of the run {}", self.run));
        }
        let strange = |file: &&ManifestFile| {
            !manifest.files.contains(file) || !evidence::is_apart(&manifest.run, Path::new(&file.path))
        };
        match self.removals.iter().flat_map(|removal| &removal.files).find(strange) {
            Some(file) => Err(format!("`{}` is no file that may be removed", file.path)),
            None => Ok(()),
        }
    }
}

/// What was removed from a run; `None` if nothing was.
///
/// # Errors
/// When the record is there and cannot be read.
pub fn read(run_folder: &Path) -> Result<Option<Purged>, SinkError> {
    let path = run_folder.join(PATH);
    if !path.exists() {
        return Ok(None);
    }
    let bytes = fs::read(&path).map_err(SinkError::file("read", &path))?;
    let purged: Option<Purged> = serde_json::from_slice(&bytes).ok();
    purged
        .filter(|purged| purged.schema == SCHEMA)
        .map(Some)
        .ok_or_else(|| SinkError::Content { path, what: "it is no record of removals".to_owned() })
}

/// Removes what a complete run keeps apart; gives the files that were removed now.
///
/// # Errors
/// When the run did not end, is signed with another key, a file is not as it was written, or the disk refuses.
#[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
pub fn purge(
    run_folder: &Path,
    key: &SecretKey,
    (when, why): (Timestamp, &str),
) -> Result<Vec<ManifestFile>, SinkError> {
    let manifest = Manifest::read(run_folder)?;
    let refuse = |path: &Path, what: &str| SinkError::Content { path: path.to_owned(), what: what.to_owned() };
    if key.public().hex() != manifest.public_key {
        return Err(refuse(
            &run_folder.join(super::manifest::FILE),
            "the run is signed with another key than this one",
        ));
    }
    let there: Vec<ManifestFile> = manifest
        .files
        .iter()
        .filter(|file| evidence::is_apart(&manifest.run, Path::new(&file.path)) && run_folder.join(&file.path).exists())
        .cloned()
        .collect();
    if there.is_empty() {
        return Ok(there);
    }
    // What was altered is not removed: that would turn an alteration into a removal.
    let found = super::manifest::files(run_folder)?;
    if let Some(altered) = there.iter().find(|file| !found.contains(file)) {
        return Err(refuse(&run_folder.join(&altered.path), "it was altered, and is not removed as if it were whole"));
    }
    let mut purged = read(run_folder)?.unwrap_or_else(|| Purged {
        schema: SCHEMA.to_owned(),
        run: manifest.run.clone(),
        removals: Vec::new(),
    });
    let listed: BTreeSet<&ManifestFile> = purged.removals.iter().flat_map(|removal| &removal.files).collect();
    // A purge that died between the record and the removal is carried to its end.
    let new: Vec<ManifestFile> = there.iter().filter(|file| !listed.contains(file)).cloned().collect();
    if !new.is_empty() {
        purged.removals.push(Removal { when: beijing(when), why: why.to_owned(), files: new });
        let mut json = serde_json::to_vec_pretty(&purged).expect("plain data with text keys is always JSON");
        json.push(b'\n');
        for (name, bytes) in [(SIGNATURE, &key.sign(&json)), (PATH, &json)] {
            let mut file = PartFile::create(run_folder.join(name))?;
            file.write(bytes)?;
            file.publish()?;
        }
    }
    for file in &there {
        let path = run_folder.join(&file.path);
        fs::remove_file(&path).map_err(SinkError::file("remove", &path))?;
    }
    Ok(there)
}

/// Whether a run still holds something that is kept apart.
#[must_use]
pub fn holds_any(run_folder: &Path) -> bool {
    Manifest::read(run_folder).is_ok_and(|manifest| {
        let apart = |file: &&ManifestFile| evidence::is_apart(&manifest.run, Path::new(&file.path));
        manifest.files.iter().filter(apart).any(|file| run_folder.join(&file.path).exists())
    })
}

/// The complete runs of an output folder that ended before so many days, the oldest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn older_than(out: &Path, days: u32, now: Timestamp) -> Result<Vec<PathBuf>, SinkError> {
    let runs = out.join("runs");
    let entries = fs::read_dir(&runs).map_err(SinkError::file("read the folder", &runs))?;
    let mut old = Vec::new();
    for entry in entries {
        let path = entry.map_err(SinkError::file("read the folder", &runs))?.path();
        // A run without a manifest is not over.
        let Ok(manifest) = Manifest::read(&path) else { continue };
        let Ok(finished) = manifest.finished.parse::<Timestamp>() else { continue };
        if now.duration_since(finished) > SignedDuration::from_hours(24 * i64::from(days)) {
            old.push(path);
        }
    }
    old.sort();
    Ok(old)
}

/// What a replay of this run lacks, in words; `None` if everything is there.
///
/// # Errors
/// When chain or index cannot be read.
pub fn lacking(run_folder: &Path) -> Result<Option<String>, SinkError> {
    /// So many addresses are named.
    const NAMED: usize = 5;
    let Some(chain) = audit::read_chain(run_folder)? else { return Ok(None) };
    let folder = run_folder.join(evidence::FOLDER);
    let files: BTreeSet<&str> = chain.lines.iter().map(|line| line.file.as_str()).collect();
    let gone: BTreeSet<&str> = files.into_iter().filter(|name| !folder.join(name).exists()).collect();
    if gone.is_empty() {
        return Ok(None);
    }
    let index = evidence::read_index(run_folder).unwrap_or_default();
    let pages: Vec<&str> = index
        .iter()
        .filter(|line| gone.contains(line.fields.filename.as_str()))
        .map(|line| line.fields.url.as_str())
        .collect();
    let more = pages.len().saturating_sub(NAMED);
    let why = match read(run_folder)?.and_then(|purged| purged.removals.last().cloned()) {
        Some(removal) => format!("removed on {} ({})", removal.when, removal.why),
        None => "missing, and no removal is on record".to_owned(),
    };
    Ok(Some(format!(
        "{} files that guides attach are not there any more: {}{}; {why}",
        pages.len(),
        pages.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "),
        if more > 0 { format!(" and {more} more") } else { String::new() },
    )))
}
