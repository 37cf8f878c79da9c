//! `observations.jsonl`: the record stream for the scorer, one JSON object a line, sorted by id.
//!
//! The order by id is known only at the end, and a night over thousands of cities has gigabytes of lines: they wait in a
//! spool file beside the final one, and only their ids and places are held in memory.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

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
        let spool_path = folder.file(SPOOL);
        let spool = File::options().create(true).truncate(true).read(true).write(true).open(&spool_path);
        let spool = BufWriter::new(spool.map_err(SinkError::file("open", &spool_path))?);
        Ok(Self { file: PartFile::create(folder.file(FILE))?, spool, spool_path, lines: Vec::new(), written: 0 })
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
        self.file.publish()?;
        std::fs::remove_file(&self.spool_path).map_err(SinkError::file("remove", &self.spool_path))
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
