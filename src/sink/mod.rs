//! Where records go: the run folder of contract §3.
//!
//! Comes in: captures as they are made, observations, and at the end ledger and summary. Goes out: files, all opened
//! before the first request so that a full disk or a missing right ends the run at its beginning. Must never know: how a
//! page was fetched, read or judged; the clock (dates are given).
//!
//! A new sink is one file that implements [`Sink`] and one line in [`Outputs::open`].

pub mod audit;
mod chain_file;
pub mod chart_cache;
pub mod disk;
mod document;
mod error;
pub mod evidence;
mod in_order;
pub mod key_file;
pub mod ledger;
pub mod manifest;
pub mod observations;
mod part_file;
pub mod prove;
pub mod purge;
pub mod report;
pub mod run_folder;
pub mod summary;
mod walk;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::crash::{self, Point};
use crate::model::charted::ChartedPicture;
use crate::model::request::KeptPayload;
use crate::model::{Capture, City, CityCode, Digest, Observation, Property, Rendering};
use crate::observe::{Ledger, Summary};
use crate::seal::SecretKey;
use crate::warc::{CityCoverage, Place, Sender};

pub use error::SinkError;
pub use evidence::EvidenceSink;
pub use ledger::LedgerSink;
pub use manifest::{Manifest, ManifestFile};
pub use observations::ObservationsSink;
pub use report::ReportSink;
pub use run_folder::{OutFolder, RunFolder};
pub use summary::SummarySink;
pub use walk::{Found, Item, holds, walk};

/// JSON Schema of the observation record.
pub const OBSERVATION_SCHEMA: &str = include_str!("../../schemas/observation.schema.json");

/// One thing to be kept.
#[derive(Debug, Clone, Copy)]
pub enum Record<'a> {
    /// An exchange, and the digest of its payload as it came, if personal data were masked since.
    Capture {
        /// The exchange as it is to be stored.
        capture: &'a Capture,
        /// Digest before masking.
        masked_from: Option<&'a Digest>,
    },
    /// A page as a browser built it, after the exchange it is of; and the digest of the document before masking.
    Rendering {
        /// The rendering as it is to be stored.
        rendering: &'a Rendering,
        /// Digest before masking.
        masked_from: Option<&'a Digest>,
    },
    /// What was read of a flowchart's picture, after the exchange that brought it.
    Charted {
        /// The city whose guide it belongs to.
        city: &'a CityCode,
        /// What was read.
        charted: &'a ChartedPicture,
        /// Where the picture stands in the evidence.
        picture: &'a KeptPayload,
    },
    /// What the frontier did in one city.
    Coverage {
        /// The city.
        city: &'a CityCode,
        /// What was and was not done.
        coverage: &'a CityCoverage,
        /// When its visit ended.
        date: Timestamp,
    },
    /// What the run was configured with, for a replay.
    Context {
        /// In the form that the engine needs.
        context: &'a Value,
        /// When the run began.
        date: Timestamp,
    },
    /// An observation.
    Observation(&'a Observation),
    /// The ledger, once, at the end.
    Ledger(&'a Ledger),
    /// The assessment table, once, at the end.
    Summary(&'a Summary),
}

/// A place where records go. Records that do not concern a sink are passed over.
pub trait Sink: Send {
    /// Takes one record.
    ///
    /// # Errors
    /// When it cannot be written.
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError>;

    /// Brings everything to the disk under its final name.
    ///
    /// # Errors
    /// When it cannot be written.
    fn finish(self: Box<Self>) -> Result<(), SinkError>;
}

/// What the sinks must know before the run starts.
#[derive(Debug, Clone)]
pub struct OutputSettings {
    /// The header fields sent, for the `request` records.
    pub sender: Sender,
    /// Where the signing key lies; `None` is the output folder.
    pub key: Option<PathBuf>,
    /// Size at which a new evidence file is begun.
    pub evidence_file_bytes: u64,
    /// When the run began.
    pub started: Timestamp,
    /// The cities of the run, in its order.
    pub cities: Vec<City>,
    /// The properties of the run, in the order of the registry.
    pub properties: Vec<Property>,
}

/// What is known only when the run ends.
#[derive(Debug, Clone)]
pub struct Closing {
    /// When the run ended.
    pub finished: Timestamp,
    /// Digest of the effective configuration and catalogue.
    pub config_digest: Digest,
    /// Whether the run came to its end by itself.
    pub complete: bool,
}

/// All sinks of a run.
pub struct Outputs {
    folder: RunFolder,
    key: SecretKey,
    evidence: Box<EvidenceSink>,
    observations: Box<ObservationsSink>,
    /// Whether the spool holds lines that were not brought to the disk.
    unsynced_lines: bool,
    sinks: Vec<Box<dyn Sink>>,
    started: Timestamp,
    counts: BTreeMap<String, u64>,
    problems: Vec<String>,
}

impl std::fmt::Debug for Outputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outputs")
            .field("folder", &self.folder)
            .field("sinks", &self.sinks.len())
            .finish_non_exhaustive()
    }
}

/// Writes a file beside the manifest of a run that is over.
///
/// # Errors
/// When the disk refuses.
pub fn keep(run_folder: &std::path::Path, name: &str, bytes: &[u8]) -> Result<(), SinkError> {
    let mut file = part_file::PartFile::create(run_folder.join(name))?;
    file.write(bytes)?;
    file.publish()
}

/// Eight bytes that nobody can guess.
///
/// # Errors
/// When the system gives none.
pub fn random() -> Result<[u8; 8], SinkError> {
    let mut bytes = [0; 8];
    let path = std::path::Path::new("/dev/urandom");
    getrandom::fill(&mut bytes).map_err(|error| SinkError::file("read", path)(std::io::Error::other(error)))?;
    Ok(bytes)
}

impl Outputs {
    /// Opens every file of the run.
    ///
    /// # Errors
    /// When one of them cannot be opened.
    pub fn open(folder: RunFolder, settings: &OutputSettings) -> Result<Self, SinkError> {
        let evidence = EvidenceSink::open(&folder, settings)?;
        let observations = ObservationsSink::open(&folder)?;
        Self::with(folder, settings, evidence, observations)
    }

    /// Opens the files of a run that is resumed, with the first `spool_end` bytes of its spool; gives the observations
    /// that stand there. What stands in the evidence is to be given to [`Outputs::restored`], then comes
    /// [`Outputs::go_on`].
    ///
    /// # Errors
    /// When one of them cannot be opened.
    pub fn reopen(
        folder: RunFolder,
        settings: &OutputSettings,
        spool_end: u64,
    ) -> Result<(Self, Vec<Observation>), SinkError> {
        folder.unfinish()?;
        let evidence = EvidenceSink::waiting(&folder, settings)?;
        let (sink, observations) = ObservationsSink::reopen(&folder, spool_end)?;
        Ok((Self::with(folder, settings, evidence, sink)?, observations))
    }

    fn with(
        folder: RunFolder,
        settings: &OutputSettings,
        evidence: EvidenceSink,
        observations: ObservationsSink,
    ) -> Result<Self, SinkError> {
        let key = key_file::load_or_make(&key_file::path(folder.out(), settings.key.as_deref()))?;
        let sinks: Vec<Box<dyn Sink>> = vec![
            Box::new(LedgerSink::open(&folder)?),
            Box::new(SummarySink::open(&folder)?),
            Box::new(ReportSink::open(&folder, settings)?),
        ];
        let counts = ["requests", "failures", "masked", "renderings", "observations", "findings"];
        let counts = counts.into_iter().map(|key| (key.to_owned(), 0)).collect();
        Ok(Self {
            folder,
            key,
            evidence: Box::new(evidence),
            observations: Box::new(observations),
            unsynced_lines: false,
            sinks,
            started: settings.started,
            counts,
            problems: Vec::new(),
        })
    }

    /// Gives a record to every sink.
    ///
    /// # Errors
    /// When a sink cannot write it.
    pub fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        self.count_in(record);
        self.evidence.accept(record)?;
        self.observations.accept(record)?;
        self.unsynced_lines |= matches!(record, Record::Observation(_));
        self.sinks.iter_mut().try_for_each(|sink| sink.accept(record))
    }

    /// Takes in a record that stands in the evidence or the spool already.
    ///
    /// # Errors
    /// When the report cannot be written.
    pub fn restored(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        self.count_in(record);
        self.sinks.iter_mut().try_for_each(|sink| sink.accept(record))
    }

    /// The same for an exchange; gives the place of its answer.
    pub fn restored_capture(&mut self, capture: &Capture, masked: bool, answer: Option<&Place>) -> Option<KeptPayload> {
        self.count("requests", 1);
        self.count("failures", u64::from(capture.failure().is_some()));
        self.count("masked", u64::from(masked));
        self.evidence.restored(capture, answer)
    }

    /// Cuts off the evidence behind its first `records` records, and begins a new file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn go_on(&mut self, records: u64) -> Result<(), SinkError> {
        self.evidence.go_on(&self.folder, records)
    }

    /// How many records the evidence holds.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.evidence.records()
    }

    /// Bytes of evidence written since the files were opened.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.evidence.written()
    }

    /// Where the observations end in the spool.
    #[must_use]
    pub fn spool_end(&self) -> u64 {
        self.observations.end()
    }

    /// The files that hold what was not brought to the disk yet.
    ///
    /// # Errors
    /// When the system does not take what is still in memory.
    pub fn unsynced(&mut self) -> Result<Vec<(PathBuf, Arc<File>)>, SinkError> {
        let mut files = self.evidence.unsynced()?;
        if std::mem::take(&mut self.unsynced_lines) {
            files.push(self.observations.unsynced()?);
        }
        Ok(files)
    }

    fn count_in(&mut self, record: &Record<'_>) {
        match record {
            Record::Capture { capture, masked_from } => {
                self.count("requests", 1);
                self.count("failures", u64::from(capture.failure().is_some()));
                self.count("masked", u64::from(masked_from.is_some()));
            }
            Record::Rendering { rendering, masked_from } => {
                self.count("renderings", u64::from(rendering.outcome.is_ok()));
                self.count("masked", u64::from(masked_from.is_some()));
            }
            Record::Charted { .. } => self.count("charts", 1),
            Record::Observation(observation) => {
                self.count("observations", 1);
                self.count("findings", observation.findings.len() as u64);
            }
            Record::Ledger(ledger) if !ledger.balanced => self.problems.clone_from(&ledger.problems),
            Record::Ledger(_) | Record::Summary(_) | Record::Coverage { .. } | Record::Context { .. } => {}
        }
    }

    /// Where the answer of the last exchange stands; `None` if it gave none.
    pub fn last_answer(&mut self) -> Option<KeptPayload> {
        self.evidence.last_answer()
    }

    /// Finishes every sink, writes the manifest, and points `latest` to the run, unless the run was interrupted and
    /// `latest` is a complete one. Gives the run's folder.
    ///
    /// # Errors
    /// When something cannot be written, or the ledger does not add up; then everything is on the disk for inspection
    /// and `latest` stays where it was.
    pub fn finish(self, closing: &Closing) -> Result<PathBuf, SinkError> {
        let chain = self.evidence.chain_end()?;
        self.evidence.finish()?;
        crash::reached(Point::IndexWritten);
        self.observations.finish()?;
        crash::reached(Point::ObservationsPublished);
        let points = [Point::LedgerPublished, Point::SummaryPublished, Point::ReportPublished];
        for (sink, point) in self.sinks.into_iter().zip(points) {
            sink.finish()?;
            crash::reached(point);
        }
        let public_key = self.key.public().hex();
        let facts = manifest::Facts { started: self.started, closing, counts: self.counts, chain, public_key };
        Manifest::of(&self.folder, facts)?.write(&self.folder, &self.key)?;
        crash::reached(Point::ManifestWritten);
        if !self.problems.is_empty() {
            return Err(SinkError::Unbalanced { path: self.folder.file("ledger.json"), problems: self.problems });
        }
        if closing.complete {
            observations::remove_spool(&self.folder)?;
        }
        let path = self.folder.publish(closing.complete)?;
        crash::reached(Point::LatestLinked);
        Ok(path)
    }

    fn count(&mut self, key: &str, more: u64) {
        *self.counts.entry(key.to_owned()).or_default() += more;
    }
}
