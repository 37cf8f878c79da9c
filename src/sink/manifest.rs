//! `manifest.json`: what a run was and the digest of every file that it left.
//!
//! The manifest is the one place that knows when a run was computed; records know only when their evidence was captured.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Digest;
use crate::observe::{TOOL, TOOL_VERSION, beijing};
use crate::seal::{ChainEnd, SecretKey};

use super::document;
use super::part_file::{PartFile, is_part};
use super::{Closing, RunFolder, SinkError};

/// File name in the run folder.
pub const FILE: &str = "manifest.json";

/// The 64 bytes of the signature over the bytes of [`FILE`].
pub const SIGNATURE: &str = "manifest.sig";

/// The time-stamp over the root of the chain, if an authority was asked.
pub const STAMP: &str = "manifest.tsr";

/// The request that was stamped.
pub const STAMP_REQUEST: &str = "manifest.tsq";

/// Why there is no time-stamp although an authority is configured.
pub const NO_STAMP: &str = "manifest.tsr.missing.txt";

/// What stands beside the manifest or is written after it; `verify` checks each by itself.
const NOT_LISTED: [&str; 7] =
    [FILE, SIGNATURE, STAMP, STAMP_REQUEST, NO_STAMP, "evidence/purged.json", "evidence/purged.sig"];

/// Version of the manifest.
pub const SCHEMA: &str = "portal-probe.manifest/1";

/// What a run was and what it left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// This program.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// When the run began.
    pub started: String,
    /// When it ended.
    pub finished: String,
    /// Whether it came to its end by itself.
    pub complete: bool,
    /// Digest of the effective configuration and catalogue.
    pub config_digest: Digest,
    /// How many requests, failures, masked payloads, observations, findings.
    pub counts: BTreeMap<String, u64>,
    /// What the chain through the evidence came to.
    pub chain: ChainEnd,
    /// The key that signed this manifest: 64 hexadecimal digits, Ed25519.
    pub public_key: String,
    /// Every file of the run but the manifest, what is about it, and what is written later, by path.
    pub files: Vec<ManifestFile>,
}

/// One file of a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Path within the run folder, with `/`.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// Digest of the content.
    pub digest: Digest,
}

/// What a manifest says besides the files.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) started: Timestamp,
    pub(super) closing: &'a Closing,
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) chain: ChainEnd,
    pub(super) public_key: String,
}

impl Manifest {
    pub(super) fn of(folder: &RunFolder, facts: Facts<'_>) -> Result<Self, SinkError> {
        Ok(Self {
            schema: SCHEMA.to_owned(),
            run: folder.run().to_owned(),
            tool: TOOL.to_owned(),
            version: TOOL_VERSION.to_owned(),
            started: beijing(facts.started),
            finished: beijing(facts.closing.finished),
            complete: facts.closing.complete,
            config_digest: facts.closing.config_digest.clone(),
            counts: facts.counts,
            chain: facts.chain,
            public_key: facts.public_key,
            files: files(folder.path())?,
        })
    }

    /// In what the files of a run folder differ from the manifest, one sentence a file.
    #[must_use]
    pub fn differences(&self, found: &[ManifestFile]) -> Vec<String> {
        let of = |files: &[ManifestFile]| -> BTreeMap<String, ManifestFile> {
            files.iter().map(|file| (file.path.clone(), file.clone())).collect()
        };
        let (written, found) = (of(&self.files), of(found));
        let changed = written.iter().filter_map(|(path, file)| match found.get(path) {
            None => Some(format!("`{path}` is missing")),
            Some(now) if now.digest != file.digest => {
                Some(format!("`{path}` was altered: {} bytes, then {}", now.bytes, file.bytes))
            }
            Some(_) => None,
        });
        let added = found.keys().filter(|path| !written.contains_key(*path)).map(|path| format!("`{path}` was added"));
        changed.chain(added).collect()
    }

    /// Writes the signature, then the manifest: where a manifest stands, it is signed.
    pub(super) fn write(&self, folder: &RunFolder, key: &SecretKey) -> Result<(), SinkError> {
        let mut json = serde_json::to_vec_pretty(self).expect("a manifest is plain data with text keys");
        json.push(b'\n');
        for (name, bytes) in [(SIGNATURE, &key.sign(&json)), (FILE, &json)] {
            let mut file = PartFile::create(folder.file(name))?;
            file.write(bytes)?;
            file.publish()?;
        }
        Ok(())
    }

    /// Reads the manifest of a run.
    ///
    /// # Errors
    /// When the file cannot be read or does not hold a manifest.
    pub fn read(run_folder: &Path) -> Result<Self, SinkError> {
        document::read(run_folder, FILE)
    }
}

/// Every file under a run folder with its digest, sorted by path; what is about the manifest, and unfinished files, left out.
///
/// # Errors
/// When a file cannot be read.
pub fn files(run_folder: &Path) -> Result<Vec<ManifestFile>, SinkError> {
    let mut found = Vec::new();
    let mut folders = vec![run_folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(SinkError::file("read the folder", &folder))?;
        for entry in entries {
            let path = entry.map_err(SinkError::file("read the folder", &folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if !is_part(&path) && !is_about_the_run(run_folder, &path) {
                found.push(measured(run_folder, &path)?);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_about_the_run(run_folder: &Path, path: &Path) -> bool {
    NOT_LISTED.iter().any(|name| run_folder.join(name) == path)
}

fn measured(run_folder: &Path, path: &PathBuf) -> Result<ManifestFile, SinkError> {
    let mut file = fs::File::open(path).map_err(SinkError::file("read", path))?;
    let mut hasher = crate::model::digest::Hasher::default();
    let mut chunk = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut chunk).map_err(SinkError::file("read", path))?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        bytes += read as u64;
    }
    let relative = path.strip_prefix(run_folder).unwrap_or(path);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Ok(ManifestFile { path: parts.join("/"), bytes, digest: hasher.finish() })
}
