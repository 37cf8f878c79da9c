//! The run's outputs as the loop uses them: everything is opened before the first request, and closed in order.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::judge::RunContext;
use crate::check::CHECKS;
use crate::config::Config;
use crate::model::charted::ChartedPicture;
use crate::model::request::KeptPayload;
use crate::model::{Capture, City, CityCode, Digest, Observation, Rendering};
use crate::observe::{Ledger, Summary};
use crate::sink::{Closing, OutputSettings, Outputs, Record, RunFolder, SinkError};
use crate::warc::{CityCoverage, Place, Sender};

/// The open outputs of a run.
#[derive(Debug)]
pub(super) struct RunOutput {
    outputs: Outputs,
    folder: PathBuf,
    cities: Vec<City>,
    config_digest: Digest,
    observations: Vec<Observation>,
}

impl RunOutput {
    /// Opens every file of a run that begins.
    pub(super) fn create(
        folder: RunFolder,
        context: &RunContext,
        config: &Config,
        started: Timestamp,
    ) -> Result<Self, SinkError> {
        let path = folder.path().to_owned();
        let (settings, context) = (settings(context, config, started), as_json(context));
        let mut outputs = Outputs::open(folder, &settings)?;
        outputs.accept(&Record::Context { context: &context, date: started })?;
        Ok(Self::with(outputs, path, settings.cities, &context))
    }

    /// Opens the files of a run that is resumed, with the observations that stand in its spool.
    pub(super) fn reopen(
        folder: RunFolder,
        context: &RunContext,
        config: &Config,
        (started, spool_end): (Timestamp, u64),
    ) -> Result<(Self, Vec<Observation>), SinkError> {
        let path = folder.path().to_owned();
        let (settings, context) = (settings(context, config, started), as_json(context));
        let (outputs, observations) = Outputs::reopen(folder, &settings, spool_end)?;
        Ok((Self::with(outputs, path, settings.cities, &context), observations))
    }

    fn with(outputs: Outputs, folder: PathBuf, cities: Vec<City>, context: &serde_json::Value) -> Self {
        let config_digest = Digest::of(context.to_string().as_bytes());
        Self { outputs, folder, cities, config_digest, observations: Vec::new() }
    }

    /// Cuts off the evidence behind its first `records` records and begins a new file; with none the run begins anew.
    pub(super) fn go_on(&mut self, records: u64, context: &RunContext, started: Timestamp) -> Result<(), SinkError> {
        self.outputs.go_on(records)?;
        if records == 0 {
            self.outputs.accept(&Record::Context { context: &as_json(context), date: started })?;
        }
        Ok(())
    }

    /// Takes in what stands in the evidence already.
    pub(super) fn restored(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        self.outputs.restored(record)
    }

    /// The same for an exchange; gives the place of its answer.
    pub(super) fn restored_capture(
        &mut self,
        capture: &Capture,
        masked: bool,
        answer: Option<&Place>,
    ) -> Option<KeptPayload> {
        self.outputs.restored_capture(capture, masked, answer)
    }

    /// The same for observations that stand in the spool.
    pub(super) fn restored_observations(&mut self, observations: Vec<Observation>) -> Result<(), SinkError> {
        for observation in observations {
            self.outputs.restored(&Record::Observation(&observation))?;
            self.remember(observation);
        }
        Ok(())
    }

    /// How many records the evidence holds.
    pub(super) fn records(&self) -> u64 {
        self.outputs.records()
    }

    /// Bytes of evidence written by this process.
    pub(super) fn written(&self) -> u64 {
        self.outputs.written()
    }

    /// Where the observations end in the spool.
    pub(super) fn spool_end(&self) -> u64 {
        self.outputs.spool_end()
    }

    /// The files that hold what was not brought to the disk yet.
    pub(super) fn unsynced(&mut self) -> Result<Vec<(PathBuf, Arc<File>)>, SinkError> {
        self.outputs.unsynced()
    }

    /// The run's folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps an exchange; gives the place of its answer.
    pub(super) fn capture(
        &mut self,
        capture: &Capture,
        masked_from: Option<&Digest>,
    ) -> Result<Option<KeptPayload>, SinkError> {
        self.outputs.accept(&Record::Capture { capture, masked_from })?;
        Ok(self.outputs.last_answer())
    }

    /// Keeps a rendering.
    pub(super) fn rendering(&mut self, rendering: &Rendering, masked_from: Option<&Digest>) -> Result<(), SinkError> {
        self.outputs.accept(&Record::Rendering { rendering, masked_from })
    }

    /// Keeps what was read of a picture.
    pub(super) fn charted(
        &mut self,
        city: &CityCode,
        charted: &ChartedPicture,
        picture: &KeptPayload,
    ) -> Result<(), SinkError> {
        self.outputs.accept(&Record::Charted { city, charted, picture })
    }

    pub(super) fn coverage(
        &mut self,
        city: &CityCode,
        coverage: &CityCoverage,
        date: Timestamp,
    ) -> Result<(), SinkError> {
        self.outputs.accept(&Record::Coverage { city, coverage, date })
    }

    pub(super) fn observations(&mut self, observations: Vec<Observation>) -> Result<(), SinkError> {
        for observation in observations {
            self.outputs.accept(&Record::Observation(&observation))?;
            self.remember(observation);
        }
        Ok(())
    }

    fn remember(&mut self, observation: Observation) {
        // Ledger and summary need neither words nor evidence: what is kept until the end is small.
        self.observations.push(Observation { findings: Vec::new(), evidence: Vec::new(), ..observation });
    }

    /// Writes ledger, summary, report and manifest, and points `latest` here.
    pub(super) fn finish(mut self, finished: Timestamp, complete: bool) -> Result<(), SinkError> {
        let properties: Vec<&str> = CHECKS.iter().map(|check| check.property.id.as_str()).collect();
        self.outputs.accept(&Record::Ledger(&Ledger::of(&self.cities, &properties, &self.observations)))?;
        self.outputs.accept(&Record::Summary(&Summary::of(&self.cities, &self.observations)))?;
        self.outputs.finish(&Closing { finished, config_digest: self.config_digest, complete })?;
        Ok(())
    }
}

fn settings(context: &RunContext, config: &Config, started: Timestamp) -> OutputSettings {
    OutputSettings {
        sender: sender(config),
        key: config.evidence.key.clone(),
        evidence_file_bytes: config.evidence.rotate,
        started,
        cities: context.targets.iter().map(|target| target.city.clone()).collect(),
        properties: CHECKS.iter().map(|check| check.property).collect(),
    }
}

fn as_json(context: &RunContext) -> serde_json::Value {
    serde_json::to_value(context).expect("the context is plain data with text keys")
}

/// The header fields that go with every request, for the evidence.
fn sender(config: &Config) -> Sender {
    let with = |agent: &str| {
        crate::fetch::standing_headers(agent)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Vec<(String, String)>>()
    };
    Sender { desktop: with(&config.fetch.user_agent), phone: with(&config.fetch.phone_user_agent) }
}
