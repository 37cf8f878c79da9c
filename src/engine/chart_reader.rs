//! The reader of flowchart pictures (流程图): models, ceilings, and the readings that are kept.
//!
//! Comes in: bytes. Goes out: what was read, never a panic. A night, a single check and an evaluation use the same one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::chart::{self, Models, Settings, Unreadable};
use crate::config;
use crate::model::charted::ChartReading;
use crate::sink::SinkError;
use crate::sink::chart_cache::ChartCache;
use crate::weights::{self, WeightsError};

/// Raised whenever the same picture is read otherwise than before.
const READER: u32 = 5;

/// Models with their settings, and a cache of what they read.
pub struct ChartReader {
    models: Models,
    settings: Settings,
    name: String,
    cache: Option<ChartCache>,
}

impl ChartReader {
    /// Opens the models.
    ///
    /// # Errors
    /// When they are not there or are others than the readings were measured with.
    pub fn open(settings: &config::Charts, cache: Option<ChartCache>) -> Result<Self, WeightsError> {
        let models = weights::open(settings.models.as_deref(), settings.threads)?;
        let known = |file: &chart::ModelFile| file.sha256.chars().take(12).collect::<String>();
        let name = format!("chart/{READER} {} {}", known(&chart::DETECTION), known(&chart::RECOGNITION));
        Ok(Self { models, settings: settings.reading, name, cache })
    }

    /// What this reader made of a picture with this digest, if it was kept.
    #[must_use]
    pub fn kept(&self, digest: &str) -> Option<ChartReading> {
        self.cache.as_ref()?.get(digest, &self.name)
    }

    /// Keeps a reading for another time.
    ///
    /// # Errors
    /// When it cannot be written; nothing is lost but time.
    pub fn keep(&self, digest: &str, reading: &ChartReading) -> Result<(), SinkError> {
        self.cache.as_ref().map_or(Ok(()), |cache| cache.put(digest, reading))
    }

    /// Reads a picture; `None` if the bytes are no picture.
    #[must_use]
    pub fn read(&self, bytes: &[u8]) -> Option<ChartReading> {
        let read = catch_unwind(AssertUnwindSafe(|| chart::read_picture(bytes, &self.models, &self.settings)));
        let (chart, refusal) = match read {
            Ok(Ok(reading)) => (Some(reading.chart), reading.refusal.map(|why| why.to_string())),
            Ok(Err(Unreadable::NotAPicture)) => return None,
            Ok(Err(why)) => (None, Some(why.to_string())),
            // Our fault, so the picture counts as unreadable.
            Err(_) => (None, Some("the reader of pictures failed".to_owned())),
        };
        Some(ChartReading { reader: self.name.clone(), chart, refusal })
    }

    /// What is made of a file that counts as a picture and turns out to be none.
    #[must_use]
    pub fn no_picture(&self) -> ChartReading {
        let refusal = Some(Unreadable::NotAPicture.to_string());
        ChartReading { reader: self.name.clone(), chart: None, refusal }
    }
}
