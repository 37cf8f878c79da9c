//! The run's outputs as the loop uses them: everything is opened before the first request, and closed in order.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::judge::RunContext;
use crate::check::CHECKS;
use crate::config::Config;
use crate::model::charted::ChartedPicture;
use crate::model::request::KeptPayload;
use crate::model::{Capture, City, CityCode, Digest, Observation, Rendering};
use crate::observe::{Ledger, Summary};
use crate::sink::{Closing, OutputSettings, Outputs, Record, RunFolder, SinkError};
use crate::warc::{CityCoverage, Sender};

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
    /// Takes the output folder and opens every file of the run.
    pub(super) fn create(
        out: &Path,
        context: &RunContext,
        config: &Config,
        started: Timestamp,
    ) -> Result<Self, SinkError> {
        let folder = RunFolder::create(out, &context.run)?;
        let path = folder.path().to_owned();
        let cities: Vec<City> = context.targets.iter().map(|target| target.city.clone()).collect();
        let settings = OutputSettings {
            sender: sender(config),
            key: config.evidence.key.clone(),
            evidence_file_bytes: config.evidence.rotate,
            started,
            cities: cities.clone(),
            properties: CHECKS.iter().map(|check| check.property).collect(),
        };
        let mut outputs = Outputs::open(folder, &settings)?;
        let context = serde_json::to_value(context).expect("the context is plain data with text keys");
        outputs.accept(&Record::Context { context: &context, date: started })?;
        let config_digest = Digest::of(context.to_string().as_bytes());
        Ok(Self { outputs, folder: path, cities, config_digest, observations: Vec::new() })
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
            // Ledger and summary need neither words nor evidence: what is kept until the end is small.
            self.observations.push(Observation { findings: Vec::new(), evidence: Vec::new(), ..observation });
        }
        Ok(())
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
