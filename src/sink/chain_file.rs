//! `evidence/chain.jsonl`: the chain, written beside the evidence record by record, and built anew from the evidence when
//! a folder is opened again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::part_file::PartFile;
use super::{Manifest, RunFolder, SinkError, evidence};
use crate::model::{Digest, RecordId};
use crate::seal::{Chain, ChainEnd, ChainHead, ChainLine, Earlier, Written};
use crate::warc::{Reader, WarcRecord};

/// File name within the `evidence` folder.
pub(super) const FILE: &str = "chain.jsonl";

/// The chain of a run that is being written.
#[derive(Debug)]
pub(super) struct ChainFile {
    file: File,
    path: PathBuf,
    chain: Chain,
    records: u64,
}

impl ChainFile {
    /// Opens the chain. Records that stand in the evidence and not in the chain are added, lines whose record was cut off
    /// are left out; the torn ends of the evidence were cut before.
    pub(super) fn open(folder: &RunFolder) -> Result<Self, SinkError> {
        let path = folder.file(evidence::FOLDER).join(FILE);
        let left = read_left(&path)?;
        let head = left.as_ref().map(|(head, _)| head.clone()).filter(|head| head.run == folder.run());
        let head = head.unwrap_or_else(|| ChainHead::new(folder.run(), previous(folder.out())));
        let mut chain = Chain::new(&head);
        let mut found = found(&folder.file(evidence::FOLDER))?;
        let mut part = PartFile::create(path.clone())?;
        part.write(format!("{}\n", head.text()).as_bytes())?;
        for line in left.map(|(_, lines)| lines).unwrap_or_default() {
            let Some(there) = found.remove(&(line.file.clone(), line.offset)) else { break };
            if there != line.written() || chain.push(there) != line {
                let what = format!("record {} at byte {} is not the one that was written", line.record, line.offset);
                return Err(SinkError::Content { path: path.with_file_name(&line.file), what });
            }
            part.write(format!("{}\n", line.text()).as_bytes())?;
        }
        for (_, written) in found {
            part.write(format!("{}\n", chain.push(written).text()).as_bytes())?;
        }
        part.publish()?;
        let file = File::options().append(true).open(&path).map_err(SinkError::file("open", &path))?;
        let records = chain.end().records;
        Ok(Self { file, path, chain, records })
    }

    /// Takes in records that were just written to `name`, the first at `offset`.
    pub(super) fn append(
        &mut self,
        (name, mut offset): (&str, u64),
        records: &[WarcRecord],
        members: &[Vec<u8>],
    ) -> Result<(), SinkError> {
        let mut lines = String::new();
        for (record, member) in records.iter().zip(members) {
            let length = member.len() as u64;
            let record = record.id().unwrap_or_else(|| RecordId(String::new()));
            let file = name.to_owned();
            let line = self.chain.push(Written { file, offset, length, record, digest: Digest::of(member) });
            self.records += 1;
            lines.push_str(&line.text());
            lines.push('\n');
            offset += length;
        }
        self.file.write_all(lines.as_bytes()).map_err(SinkError::file("write", &self.path))
    }

    /// How many records it has.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// The file, to be brought to the disk.
    pub(super) fn handle(&self) -> Result<(PathBuf, Arc<File>), SinkError> {
        let file = self.file.try_clone().map_err(SinkError::file("open", &self.path))?;
        Ok((self.path.clone(), Arc::new(file)))
    }

    /// Brings the chain to the disk, and says what it came to.
    pub(super) fn finish(&self) -> Result<ChainEnd, SinkError> {
        self.file.sync_all().map_err(SinkError::file("write", &self.path))?;
        Ok(self.chain.end())
    }
}

/// Where each file of a run's evidence ends with the first `records` records of its chain.
pub(super) fn ends(run_folder: &Path, records: u64) -> Result<BTreeMap<String, u64>, SinkError> {
    let left = read_left(&run_folder.join(evidence::FOLDER).join(FILE))?;
    let lines = left.map(|(_, lines)| lines).unwrap_or_default();
    let mut ends: BTreeMap<String, u64> = BTreeMap::new();
    for line in lines.iter().take_while(|line| line.number <= records) {
        let end = ends.entry(line.file.clone()).or_default();
        *end = line.end().max(*end);
    }
    Ok(ends)
}

/// Whether the first `records` records of a run stand in its evidence, as far as the lengths of the files tell.
pub(super) fn holds(run_folder: &Path, records: u64) -> Result<bool, SinkError> {
    let folder = run_folder.join(evidence::FOLDER);
    let left = read_left(&folder.join(FILE))?;
    let there = left.and_then(|(_, lines)| lines.last().map(|line| line.number)).unwrap_or_default();
    let is_whole = |(file, end): (&String, &u64)| fs::metadata(folder.join(file)).is_ok_and(|file| file.len() >= *end);
    Ok(there >= records && ends(run_folder, records)?.iter().all(is_whole))
}

/// The complete night that `latest` points to.
fn previous(out: &Path) -> Option<Earlier> {
    let manifest = Manifest::read(&out.join("latest")).ok().filter(|manifest| manifest.complete)?;
    Some(Earlier { run: manifest.run, root: manifest.chain.root })
}

/// What a chain file holds that was written whole; `None` when there is not even its first line.
fn read_left(path: &Path) -> Result<Option<(ChainHead, Vec<ChainLine>)>, SinkError> {
    if !path.exists() {
        return Ok(None);
    }
    let bytes = fs::read(path).map_err(SinkError::file("read", path))?;
    let text = String::from_utf8_lossy(&bytes);
    // What follows the last line feed was torn.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let mut lines = whole.split('\n');
    let Some(head) = lines.next().and_then(ChainHead::parse) else { return Ok(None) };
    Ok(Some((head, lines.map_while(ChainLine::parse).collect())))
}

/// Every record of the evidence by its place.
fn found(folder: &Path) -> Result<BTreeMap<(String, u64), Written>, SinkError> {
    let mut found = BTreeMap::new();
    for path in evidence::files(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let file = File::open(&path).map_err(SinkError::file("read", &path))?;
        for placed in Reader::new(BufReader::new(&file)) {
            let placed = placed.map_err(|damage| SinkError::Damaged { path: path.clone(), damage })?;
            let (offset, length) = (placed.offset, placed.length);
            let record = placed.record.id().unwrap_or_else(|| RecordId(String::new()));
            let digest = Digest::of(&member(&path, offset, length)?);
            found.insert((name.clone(), offset), Written { file: name.clone(), offset, length, record, digest });
        }
    }
    Ok(found)
}

/// The bytes of a record as they stand in its file; fewer when the file ends before.
pub(super) fn member(path: &Path, offset: u64, length: u64) -> Result<Vec<u8>, SinkError> {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(SinkError::file("read", path))
}
