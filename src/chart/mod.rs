//! Reading a drawn flowchart (流程图) into a graph.
//!
//! Comes in: bytes of a picture, an SVG or a BPMN process, and the models that read words. Goes out: a [`Chart`](crate::model::chart::Chart), and
//! why nothing may rest on it, if so. The same bytes give the same chart. Must never know: files, pages, and what a
//! chart ought to say.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "places and counts in a picture lie far below the ceilings of its pixels, and its numbers are rounded anyway"
)]

mod blobs;
mod bpmn;
mod form;
mod gate;
mod overlay;
mod pages;
mod picture;
mod plane;
mod recognise;
mod structure;
mod svg;

pub use bpmn::read_bpmn;
pub use form::Form;
pub use overlay::overlay;
pub use pages::of_pages;
pub use picture::Picture;
pub use recognise::{DETECTION, ModelError, ModelFile, Models, RECOGNITION};
pub use svg::read_svg;

use crate::model::chart::{Chart, Words};
use gate::Quality;

/// Ceilings of reading (`[chart]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Most pixels of a picture that is decoded.
    pub max_pixels: u64,
}

/// What was read of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The chart, as far as it could be read.
    pub chart: Chart,
    /// Why nothing may rest on it; `None` if it was read well enough.
    pub refusal: Option<Unreadable>,
}

/// Reads a chart in any form. Drawings and processes need no models.
///
/// # Errors
///
/// When there is nothing to show, or no models for a picture.
pub fn read(bytes: &[u8], models: Option<&Models>, settings: &Settings) -> Result<Reading, Unreadable> {
    let text = String::from_utf8_lossy(bytes);
    let chart = match Form::of(bytes) {
        Form::Picture => return read_picture(bytes, models.ok_or(Unreadable::NoModels)?, settings),
        Form::Svg => read_svg(&text),
        Form::Bpmn => read_bpmn(&text),
    };
    Ok(Reading { chart: chart.ok_or(Unreadable::NoWords)?, refusal: None })
}

/// Reads a picture (png, jpeg, gif, webp, bmp).
///
/// # Errors
///
/// When there is nothing to show: no picture, too large a one, no words in it.
pub fn read_picture(bytes: &[u8], models: &Models, settings: &Settings) -> Result<Reading, Unreadable> {
    read_decoded(&Picture::decode(bytes, settings.max_pixels)?, models)
}

/// Reads a picture that is decoded.
///
/// # Errors
///
/// When there is nothing to show: no words in it.
pub fn read_decoded(picture: &Picture, models: &Models) -> Result<Reading, Unreadable> {
    let lines = recognise::lines(models, picture).ok_or(Unreadable::Engine)?;
    let quality = Quality::of(&lines).ok_or(Unreadable::NoWords)?;
    let mut chart = structure::read(picture, &lines);
    chart.confidence = quality.confidence;
    chart.smallest_print = Some(quality.smallest_print);
    Ok(Reading { chart, refusal: quality.refusal() })
}

/// The lines of words in a picture, from the top, then from the left, without looking for boxes and arrows.
///
/// # Errors
///
/// When there is no picture or too large a one, or the engine fails.
pub fn read_words(bytes: &[u8], models: &Models, settings: &Settings) -> Result<Vec<Words>, Unreadable> {
    let picture = Picture::decode(bytes, settings.max_pixels)?;
    let lines = recognise::lines(models, &picture).ok_or(Unreadable::Engine)?;
    let words = |line: recognise::Line| Words { area: line.quad.area(), text: line.text, confidence: line.score };
    Ok(lines.into_iter().map(words).collect())
}

/// Why nothing may rest on a chart.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unreadable {
    /// The bytes are no picture, or a damaged one.
    #[error("not a picture that can be decoded")]
    NotAPicture,
    /// More pixels than are decoded.
    #[error("{width} by {height} pixels are more than are read")]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// There are no words in it.
    #[error("no words were found")]
    NoWords,
    /// The print is too small to be relied on.
    #[error("the print is only {pixels} pixels high")]
    SmallPrint {
        /// Height of the middle one of the characters, in pixels as served.
        pixels: u32,
    },
    /// The words were read too unsurely.
    #[error("the words were read with a confidence of only {confidence:.2}")]
    Unsure {
        /// Mean over all characters, 0 to 1.
        confidence: f32,
    },
    /// The models that read pictures are not there.
    #[error("the models that read pictures are not there; `make setup` fetches them")]
    NoModels,
    /// The engine failed.
    #[error("the recognition engine failed")]
    Engine,
    /// No page of a file is a chart.
    #[error("no page holds boxes with arrows between them")]
    NoChart,
    /// The pictures that a chart seems to be cut into are no parts of one picture.
    #[error("the pictures do not fit together: other sizes, or no line goes on from one to the next")]
    NoTiles,
    /// More than one page of a file may be the chart, or parts of it.
    #[error("pages {first} and {second} both hold boxes with arrows: two charts, or one that goes on")]
    SeveralPages {
        /// A page.
        first: u32,
        /// Another one.
        second: u32,
    },
}
