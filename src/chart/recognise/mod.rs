//! The words of a picture and where they stand (文字识别).
//!
//! Two steps, as PP-OCR has them: lines are found in the whole picture, then each is cut out, set upright and read. Comes
//! in: a picture and the models. Goes out: lines. Must never know: boxes and arrows.

mod characters;
mod detect;
mod network;
pub(crate) mod quad;
mod transcribe;

pub use network::{DETECTION, ModelError, ModelFile, Models, RECOGNITION};

use super::picture::Picture;
use quad::Quad;

/// A line read less surely than this is taken for marks that are no words.
const LEAST_SCORE: f32 = 0.5;

/// A line of words.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Line {
    /// Where it stands.
    pub(crate) quad: Quad,
    /// The words.
    pub(crate) text: String,
    /// Mean likelihood of its characters, 0 to 1.
    pub(crate) score: f32,
    /// For each character, how far along the line it stands, 0 to 1; empty if that is not known.
    pub(crate) places: Vec<f32>,
}

impl Line {
    /// Height of the print; for words that stand below each other, their width.
    pub(crate) fn print(&self) -> f32 {
        self.quad.height().min(self.quad.width())
    }

    /// Characters that are not blank.
    pub(crate) fn letters(&self) -> usize {
        self.text.chars().filter(|letter| !letter.is_whitespace()).count()
    }
}

/// The lines of words in a picture, from the top, then from the left. `None` if the engine fails.
pub(crate) fn lines(models: &Models, picture: &Picture) -> Option<Vec<Line>> {
    let engine = models.engine();
    let quads = detect::lines(&engine, picture)?;
    let readings = transcribe::lines(&engine, picture, &quads)?;
    let lines = quads.into_iter().zip(readings).map(|(quad, reading)| Line {
        quad,
        text: brackets_of_one_kind(&reading.text),
        score: reading.score,
        places: reading.places,
    });
    Some(lines.filter(|line| line.score >= LEAST_SCORE && line.letters() > 0).collect())
}

/// Wide and narrow brackets look alike in print, so the network takes one for the other; beside Chinese words they are wide.
fn brackets_of_one_kind(text: &str) -> String {
    if !text.contains(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)) {
        return text.to_owned();
    }
    text.replace('(', "（").replace(')', "）")
}
