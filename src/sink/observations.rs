//! `observations.jsonl`: the record stream for the scorer, one JSON object a line, sorted by id.
//!
//! The lines are kept until the end, because the order by id is known only then.

use crate::model::{Digest, Observation};

use super::part_file::PartFile;
use super::{Record, RunFolder, Sink, SinkError};

/// File name in the run folder.
pub const FILE: &str = "observations.jsonl";

/// Writes observations.
#[derive(Debug)]
pub struct ObservationsSink {
    file: PartFile,
    lines: Vec<(Digest, String)>,
}

impl ObservationsSink {
    /// Opens the file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &RunFolder) -> Result<Self, SinkError> {
        Ok(Self { file: PartFile::create(folder.file(FILE))?, lines: Vec::new() })
    }
}

impl Sink for ObservationsSink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        if let Record::Observation(observation) = record {
            self.lines.push((observation.id.clone(), line(observation)));
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SinkError> {
        self.lines.sort_unstable();
        for (_, line) in &self.lines {
            self.file.write(line.as_bytes())?;
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
