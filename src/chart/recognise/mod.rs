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

/// A single character must be read more surely: icons, ticks and arrow heads look like one.
const LEAST_SCORE_ALONE: f32 = 0.8;

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

    /// Whether it was read surely enough to be taken for words.
    fn holds_words(&self) -> bool {
        match self.letters() {
            0 => false,
            1 => self.score >= LEAST_SCORE_ALONE,
            _ => self.score >= LEAST_SCORE,
        }
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
    Some(lines.filter(Line::holds_words).collect())
}

/// Wide and narrow brackets look alike in print, so the network takes one for the other; beside Chinese words they are wide.
fn brackets_of_one_kind(text: &str) -> String {
    if !text.contains(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)) {
        return text.to_owned();
    }
    text.replace('(', "（").replace(')', "）")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_looks_like_a_character_is_none_and_a_sure_answer_is_one() {
        let line = |text: &str, score| Line { text: text.to_owned(), score, ..Line::default() };
        assert!(line("是", 0.97).holds_words() && line("受理", 0.6).holds_words());
        assert!(!line("日", 0.7).holds_words() && !line("受理", 0.4).holds_words() && !line(" ", 1.0).holds_words());
    }
}
