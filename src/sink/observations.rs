//! `observations.jsonl`: the record stream for the scorer, one JSON object a line, sorted by id.
//!
//! The order by id is known only at the end, and a night over thousands of cities has gigabytes of lines: they wait in a
//! spool file beside the final one, and only their ids and places are held in memory. The spool stays until the run is
//! complete: a run that is resumed takes from it what its cities came to.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{Digest, Observation};

use super::part_file::PartFile;
use super::{Record, RunFolder, Sink, SinkError};

/// File name in the run folder.
pub const FILE: &str = "observations.jsonl";

/// Where the lines wait for their order; its ending marks it as unfinished.
const SPOOL: &str = "observations.spool.part";

/// Writes observations.
#[derive(Debug)]
pub struct ObservationsSink {
    file: PartFile,
    spool: BufWriter<File>,
    spool_path: PathBuf,
    /// Id, offset in the spool, and length of each line.
    lines: Vec<(Digest, u64, usize)>,
    written: u64,
}

impl ObservationsSink {
    /// Opens the file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &RunFolder) -> Result<Self, SinkError> {
        Self::reopen(folder, 0).map(|(sink, _)| sink)
    }

    /// Opens the file and takes up the first `end` bytes of the spool; gives the observations that stand there.
    ///
    /// # Errors
    /// When it cannot be opened, or the spool does not hold so much.
    pub fn reopen(folder: &RunFolder, end: u64) -> Result<(Self, Vec<Observation>), SinkError> {
        let spool_path = folder.file(SPOOL);
        let file = || -> std::io::Result<(File, Vec<u8>)> {
            let mut spool = File::options().create(true).truncate(false).read(true).write(true).open(&spool_path)?;
            let mut bytes = vec![0; usize::try_from(end).unwrap_or(usize::MAX).min(1 << 40)];
            spool.read_exact(&mut bytes)?;
            spool.set_len(end)?;
            Ok((spool, bytes))
        };
        let (spool, bytes) = file().map_err(SinkError::file("open", &spool_path))?;
        let (mut lines, mut observations, mut written) = (Vec::new(), Vec::new(), 0);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let observation: Observation = serde_json::from_slice(line).map_err(|error| SinkError::Content {
                path: spool_path.clone(),
                what: format!("the line at byte {written} is not an observation: {error}"),
            })?;
            lines.push((observation.id.clone(), written, line.len()));
            written += line.len() as u64;
            observations.push(observation);
        }
        let spool = BufWriter::new(spool);
        let sink = Self { file: PartFile::create(folder.file(FILE))?, spool, spool_path, lines, written };
        Ok((sink, observations))
    }

    /// Where the last line ends.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.written
    }

    /// The spool, everything handed to the system, to be brought to the disk.
    ///
    /// # Errors
    /// When the system does not take it.
    pub fn unsynced(&mut self) -> Result<(PathBuf, Arc<File>), SinkError> {
        let file = self.spool.flush().and_then(|()| self.spool.get_ref().try_clone());
        let file = file.map_err(SinkError::file("write", &self.spool_path))?;
        Ok((self.spool_path.clone(), Arc::new(file)))
    }
}

/// Removes the spool of a run that is complete.
///
/// # Errors
/// When the disk refuses.
pub(super) fn remove_spool(folder: &RunFolder) -> Result<(), SinkError> {
    let path = folder.file(SPOOL);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(SinkError::file("remove", &path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

impl Sink for ObservationsSink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        if let Record::Observation(observation) = record {
            let line = line(observation);
            self.spool.write_all(line.as_bytes()).map_err(SinkError::file("write", &self.spool_path))?;
            self.lines.push((observation.id.clone(), self.written, line.len()));
            self.written += line.len() as u64;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SinkError> {
        self.lines.sort_unstable();
        self.spool.flush().map_err(SinkError::file("write", &self.spool_path))?;
        let spool = self.spool.get_mut();
        let mut line = Vec::new();
        for (_, offset, length) in &self.lines {
            line.resize(*length, 0);
            spool.seek(SeekFrom::Start(*offset)).map_err(SinkError::file("read", &self.spool_path))?;
            spool.read_exact(&mut line).map_err(SinkError::file("read", &self.spool_path))?;
            self.file.write(&line)?;
        }
        self.file.publish()
    }
}

/// An observation as its line, with the line feed.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
pub fn line(observation: &Observation) -> String {
    let mut line = serde_json::to_string(observation).expect("an observation is plain data with text keys");
    line.push('\n');
    line
}

/// Reads the observations of a run.
///
/// # Errors
/// When the file cannot be read, or a line is not an observation.
pub fn read(run_folder: &std::path::Path) -> Result<Vec<Observation>, SinkError> {
    let path = run_folder.join(FILE);
    let text = std::fs::read_to_string(&path).map_err(SinkError::file("read", &path))?;
    text.lines()
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|error| SinkError::Content {
                path: path.clone(),
                what: format!("line {} is not an observation: {error}", index + 1),
            })
        })
        .collect()
}
