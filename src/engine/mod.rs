//! The only module that knows every stage: it composes them into a night, a replay, or the check of one guide.

mod amended;
pub mod beside;
mod chart_desk;
pub mod chart_reader;
pub mod charts;
mod cities;
pub mod clock;
mod ending;
pub mod evaluation;
mod journal;
pub mod judge;
mod keeping;
pub mod kept;
pub mod night;
mod output;
mod own_network;
pub mod reader;
mod reading;
mod record_ids;
mod render_when;
mod rendered;
mod rendering;
mod renderings;
pub mod replay;
mod resume;
mod seeds;
pub mod single;
mod stopping;
pub mod stopwatch;
pub mod wishes;

use std::sync::Arc;

use crate::frontier::canonical;
use crate::model::{Capture, Extraction, PageRecord};

/// What stopped a night or a replay.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The output folder or a file in it.
    #[error(transparent)]
    Sink(#[from] crate::sink::SinkError),
    /// The database of what was done.
    #[error(transparent)]
    State(#[from] crate::state::StateError),
    /// There is nothing to resume, or it would not go on as it began.
    #[error("{0}")]
    Resume(String),
    /// The network client could not be set up.
    #[error("the network client could not be set up: {0}")]
    Fetch(String),
    /// A task of ours died.
    #[error("an inner task died: {0}")]
    Task(String),
    /// A run folder that cannot be replayed.
    #[error("{0}")]
    Replay(String),
}

impl EngineError {
    pub(crate) fn fetch(error: impl std::fmt::Display) -> Self {
        Self::Fetch(error.to_string())
    }

    pub(crate) fn task(error: impl std::fmt::Display) -> Self {
        Self::Task(error.to_string())
    }

    /// Whether what was asked for cannot be, rather than that something failed.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Resume(_) | Self::Sink(crate::sink::SinkError::RunName { .. }))
    }

    /// Whether another run holds the output folder.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Sink(crate::sink::SinkError::Held { .. }))
    }
}

/// The dossier's record of a capture, its redirect in canonical form.
#[must_use]
pub fn page_record(capture: &Capture, extraction: Option<Arc<Extraction>>) -> PageRecord {
    let mut record = PageRecord::new(capture, extraction);
    record.redirect_to = record.redirect_to.as_ref().map(canonical);
    record
}
