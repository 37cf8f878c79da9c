//! A run folder checked against its manifest: signature, chain, every record, every file, the night before.
//!
//! Each fault names the file, the byte and the record where it begins. What was removed under the retention setting is no
//! fault if the removal is on record and signed with the night's key.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::{Manifest, SinkError, chain_file, evidence, key_file, manifest, purge};
use crate::model::digest::Hasher;
use crate::seal::{Chain, ChainEnd, ChainHead, ChainLine, PublicKey};

/// What an audit found.
#[derive(Debug)]
pub struct Audit {
    /// The manifest that everything was compared with.
    pub manifest: Manifest,
    /// Records whose bytes were compared.
    pub records: u64,
    /// What is not as it was written, the first of each kind.
    pub faults: Vec<String>,
    /// What is worth knowing and no fault.
    pub notes: Vec<String>,
    /// The time-stamp, to be checked by whoever knows the authority.
    pub stamp: Option<Vec<u8>>,
}

/// The chain of a run, read whole.
#[derive(Debug)]
pub(super) struct ChainText {
    pub(super) head: ChainHead,
    pub(super) lines: Vec<ChainLine>,
    /// The first line that is none, if there is one.
    fault: Option<String>,
}

/// Checks a run folder. With `expected`, it must be signed with this key; without, with the key of its output folder, if
/// that is there.
///
/// # Errors
/// When there is no manifest, or a file cannot be read.
pub fn audit(run_folder: &Path, expected: Option<&PublicKey>) -> Result<Audit, SinkError> {
    let manifest = Manifest::read(run_folder)?;
    let stamp = fs::read(run_folder.join(manifest::STAMP)).ok();
    let mut audit = Audit { manifest, records: 0, faults: Vec::new(), notes: Vec::new(), stamp };
    audit.signature(run_folder, expected)?;
    let removed = audit.removed(run_folder)?;
    audit.chain(run_folder, &removed)?;
    let files: Vec<_> = manifest::files(run_folder)?;
    let differences = audit.manifest.differences(&files);
    audit
        .faults
        .extend(differences.into_iter().filter(|said| !removed.iter().any(|path| said.contains(&format!("`{path}`")))));
    if let Err(error) = evidence::each_record(run_folder, |_| {}) {
        audit.faults.push(error.to_string());
    }
    audit.night_before(run_folder);
    Ok(audit)
}

impl Audit {
    fn signature(&mut self, run_folder: &Path, expected: Option<&PublicKey>) -> Result<(), SinkError> {
        let path = run_folder.join(manifest::FILE);
        let bytes = fs::read(&path).map_err(SinkError::file("read", &path))?;
        let Some(key) = PublicKey::from_hex(&self.manifest.public_key) else {
            self.faults.push(format!("`{}`: its key is none", manifest::FILE));
            return Ok(());
        };
        match fs::read(run_folder.join(manifest::SIGNATURE)) {
            Err(_) => {
                self.faults.push(format!("`{}` is missing: nothing says who wrote the manifest", manifest::SIGNATURE));
            }
            Ok(signature) if !key.signed(&bytes, &signature) => self.faults.push(format!(
                "`{}` does not sign `{}`: one of the two was altered",
                manifest::SIGNATURE,
                manifest::FILE
            )),
            Ok(_) => {}
        }
        let own = || {
            let out = run_folder.canonicalize().ok()?.parent()?.parent()?.to_owned();
            key_file::load(&key_file::path(&out, None)).ok()?.map(|key| key.public())
        };
        match expected.cloned().or_else(own) {
            Some(expected) if expected != key => self.faults.push(format!(
                "the night is signed with the key {}, not with the expected key {}",
                key.hex(),
                expected.hex()
            )),
            Some(_) => self.notes.push(format!("signed with the key {}", key.hex())),
            None => self.notes.push(format!(
                "signed with the key {}; whether that is the operator's is not checked (`--key`)",
                key.hex()
            )),
        }
        Ok(())
    }

    /// The files that were removed and whose removal is on record, by path within the run folder.
    fn removed(&mut self, run_folder: &Path) -> Result<BTreeSet<String>, SinkError> {
        let Some(purged) = purge::read(run_folder)? else { return Ok(BTreeSet::new()) };
        if let Err(why) = purged.holds_for(run_folder, &self.manifest) {
            self.faults.push(format!("`{}`: {why}", purge::PATH));
            return Ok(BTreeSet::new());
        }
        let mut gone = BTreeSet::new();
        for removal in &purged.removals {
            let files: Vec<&str> = removal.files.iter().map(|file| file.path.as_str()).collect();
            let files: Vec<&str> = files.into_iter().filter(|path| !run_folder.join(path).exists()).collect();
            self.notes.push(format!(
                "removed on {} ({}): {}; what stood there cannot be shown any more, its digests are in the chain",
                removal.when,
                removal.why,
                files.join(", ")
            ));
            gone.extend(files.into_iter().map(str::to_owned));
        }
        Ok(gone)
    }

    fn chain(&mut self, run_folder: &Path, removed: &BTreeSet<String>) -> Result<(), SinkError> {
        let Some(text) = read_chain(run_folder)? else {
            self.faults.push(format!("`{}` is missing", chain_path().display()));
            return Ok(());
        };
        self.faults.extend(text.fault);
        if text.head.run != self.manifest.run {
            self.faults.push(format!("`{}` is the chain of the run {}", chain_path().display(), text.head.run));
        }
        let mut chain = Chain::new(&text.head);
        let mut bytes = Bytes::of(run_folder, removed);
        let (mut link_broken, mut bytes_broken) = (false, false);
        for line in &text.lines {
            if !bytes_broken && let Some(fault) = bytes.check(line)? {
                bytes_broken = true;
                self.faults.push(fault);
            }
            if !link_broken {
                let number = chain.end().records + 1;
                let made = chain.push(line.written());
                if made != *line {
                    link_broken = true;
                    let what = if line.number == number {
                        "its link does not follow from the lines before it"
                    } else {
                        "it is out of its place"
                    };
                    self.faults.push(format!(
                        "`{}` line {} (record {}): {what}",
                        chain_path().display(),
                        number + 1,
                        line.record
                    ));
                }
            }
        }
        if !bytes_broken {
            self.faults.extend(bytes.rest()?);
        }
        self.records = bytes.records;
        if !link_broken {
            self.faults.extend(end_fault(&chain.end(), &self.manifest.chain));
        }
        Ok(())
    }

    fn night_before(&mut self, run_folder: &Path) {
        let Some(previous) = self.manifest.chain.previous.clone() else {
            self.notes.push("no complete night came before it in its output folder".to_owned());
            return;
        };
        let plain = previous.run.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let beside = run_folder.canonicalize().ok().and_then(|path| Some(path.parent()?.join(&previous.run)));
        let Some(beside) = beside.filter(|path| plain && path.join(manifest::FILE).exists()) else {
            self.notes
                .push(format!("the night before, {}, is not beside it; the link to it was not checked", previous.run));
            return;
        };
        match Manifest::read(&beside) {
            Ok(before) if before.chain.root == previous.root => {
                self.notes.push(format!("goes on from the night before, {}", previous.run));
            }
            Ok(before) => self.faults.push(format!(
                "it goes on from the root {} of the night {}, whose manifest says {}",
                previous.root, previous.run, before.chain.root
            )),
            Err(error) => self.faults.push(format!("the night before it: {error}")),
        }
    }
}

fn end_fault(found: &ChainEnd, written: &ChainEnd) -> Option<String> {
    let name = chain_path();
    let name = name.display();
    if found.records != written.records {
        return Some(format!("`{name}` has {} records, the manifest says {}", found.records, written.records));
    }
    (found != written).then(|| {
        format!(
            "`{name}` comes to the root {} and the link {}, the manifest says {} and {}",
            found.root, found.head, written.root, written.head
        )
    })
}

fn chain_path() -> PathBuf {
    Path::new(evidence::FOLDER).join(chain_file::FILE)
}

/// The chain of a run; `None` if there is none. What follows the first line that is none is left out.
pub(super) fn read_chain(run_folder: &Path) -> Result<Option<ChainText>, SinkError> {
    let path = run_folder.join(chain_path());
    if !path.exists() {
        return Ok(None);
    }
    let bytes = fs::read(&path).map_err(SinkError::file("read", &path))?;
    let content = |what: String| SinkError::Content { path: path.clone(), what };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.split_terminator('\n');
    let head =
        lines.next().and_then(ChainHead::parse).ok_or_else(|| content("line 1 is no head of a chain".to_owned()))?;
    let (mut read, mut fault) = (Vec::new(), None);
    for (at, line) in lines.enumerate() {
        if let Some(line) = ChainLine::parse(line) {
            read.push(line);
        } else {
            fault = Some(format!("`{}` line {} is no line of a chain", chain_path().display(), at + 2));
            break;
        }
    }
    if fault.is_none() && !text.ends_with('\n') {
        fault = Some(format!("`{}` ends within its last line", chain_path().display()));
    }
    Ok(Some(ChainText { head, lines: read, fault }))
}

/// The evidence files, read once from front to back while the chain is walked.
struct Bytes<'a> {
    folder: PathBuf,
    removed: &'a BTreeSet<String>,
    open: BTreeMap<String, (BufReader<File>, u64)>,
    records: u64,
}

impl<'a> Bytes<'a> {
    fn of(run_folder: &Path, removed: &'a BTreeSet<String>) -> Self {
        Self { folder: run_folder.join(evidence::FOLDER), removed, open: BTreeMap::new(), records: 0 }
    }

    /// What is wrong with the bytes that a line speaks of.
    fn check(&mut self, line: &ChainLine) -> Result<Option<String>, SinkError> {
        let name = format!("{}/{}", evidence::FOLDER, line.file);
        if self.removed.contains(&name) {
            return Ok(None);
        }
        let place = format!("`{name}` byte {} (record {}, {})", line.offset, line.number, line.record);
        let path = self.folder.join(&line.file);
        if !line.file.ends_with(evidence::ENDING) || line.file.contains(['/', '\\']) {
            return Ok(Some(format!("{place}: the line names no file of evidence")));
        }
        if !self.open.contains_key(&line.file) {
            let Ok(file) = File::open(&path) else { return Ok(Some(format!("{place}: the file is missing"))) };
            self.open.insert(line.file.clone(), (BufReader::new(file), 0));
        }
        let Some((file, at)) = self.open.get_mut(&line.file) else { return Ok(None) };
        if *at != line.offset {
            return Ok(Some(format!("{place}: the record before it ends at byte {at}")));
        }
        let (mut hasher, mut chunk, mut left) = (Hasher::default(), [0; 1 << 14], line.length);
        while left > 0 {
            let wanted = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let read = file.read(&mut chunk[..wanted]).map_err(SinkError::file("read", &path))?;
            if read == 0 {
                return Ok(Some(format!("{place}: the file ends {left} bytes before the record does")));
            }
            hasher.update(&chunk[..read]);
            left -= read as u64;
        }
        *at = line.end();
        self.records += 1;
        Ok((hasher.finish() != line.digest).then(|| format!("{place}: the record's bytes were altered")))
    }

    /// What stands behind the last records.
    fn rest(&mut self) -> Result<Vec<String>, SinkError> {
        let mut faults = Vec::new();
        for (name, (file, at)) in &mut self.open {
            let path = self.folder.join(name);
            let more = std::io::copy(file, &mut std::io::sink()).map_err(SinkError::file("read", &path))?;
            if more > 0 {
                faults.push(format!(
                    "`{}/{name}` byte {at}: {more} bytes that no record of the chain speaks of",
                    evidence::FOLDER
                ));
            }
        }
        Ok(faults)
    }
}
