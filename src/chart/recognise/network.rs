//! The one door to the inference engine: two models that were checked, and how they are run.
//!
//! Comes in: the bytes of the PP-OCRv6 models that `scripts/setup.sh` fetches, and numbers. Goes out: numbers. Must never
//! know: files, and what the numbers mean.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rten::{Model, ModelOptions, RunOptions, ThreadPool, Value};
use sha2::{Digest as _, Sha256};

use super::characters;
use crate::chart::plane::Plane;

/// A model as it is published: name of its file and SHA-256 of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFile {
    /// Name of the file in the folder of models.
    pub name: &'static str,
    /// SHA-256, hexadecimal.
    pub sha256: &'static str,
}

/// Finds lines of words in a picture (文字检测): PP-OCRv6 small, Apache-2.0.
pub const DETECTION: ModelFile = ModelFile {
    name: "PP-OCRv6_det_small.onnx",
    sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
};

/// Reads one line of words (文字识别): PP-OCRv6 small, Apache-2.0.
pub const RECOGNITION: ModelFile = ModelFile {
    name: "PP-OCRv6_rec_small.onnx",
    sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
};

/// Why models cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The bytes are not those of the model we know.
    #[error("`{name}` has the SHA-256 {found}, not {expected}")]
    Other {
        /// The file.
        name: &'static str,
        /// What its bytes have.
        found: String,
        /// What they should have.
        expected: &'static str,
    },
    /// The engine does not take the model.
    #[error("`{name}` cannot be loaded: {detail}")]
    Refused {
        /// The file.
        name: &'static str,
        /// In the engine's words.
        detail: String,
    },
}

/// The two models and the characters that the second one knows.
pub struct Models {
    detection: Model,
    recognition: Model,
    characters: Vec<String>,
    threads: usize,
}

impl std::fmt::Debug for Models {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Models").field("characters", &self.characters.len()).finish_non_exhaustive()
    }
}

impl Models {
    /// Checks and loads both models. Each picture is computed by `threads` threads; their number changes the time, not
    /// the numbers.
    ///
    /// # Errors
    ///
    /// When the bytes are other ones than those that the readings were measured with, or the engine refuses them.
    pub fn open(detection: Vec<u8>, recognition: Vec<u8>, threads: usize) -> Result<Self, ModelError> {
        let characters = checked(&RECOGNITION, &recognition).map(|()| characters::listed(&recognition))?;
        checked(&DETECTION, &detection)?;
        Ok(Self {
            detection: load(&DETECTION, detection)?,
            recognition: load(&RECOGNITION, recognition)?,
            characters,
            threads: threads.max(1),
        })
    }

    /// The engine for one picture.
    pub(super) fn engine(&self) -> Engine<'_> {
        let pool = |threads| Arc::new(ThreadPool::with_num_threads(threads));
        let lanes: Vec<_> = (0..self.threads).map(|_| pool(1)).collect();
        let whole = lanes.first().filter(|_| self.threads == 1).map_or_else(|| pool(self.threads), Arc::clone);
        Engine { models: self, whole, lanes }
    }
}

/// The models with the threads that compute one picture. Pictures that are read at once must not share threads: the
/// engine lets only one computation into a pool of one thread.
pub(super) struct Engine<'a> {
    models: &'a Models,
    /// All threads, for what is computed of the whole picture.
    whole: Arc<ThreadPool>,
    /// Each thread by itself, for lines: one is too small to be shared.
    lanes: Vec<Arc<ThreadPool>>,
}

impl Engine<'_> {
    /// How surely each pixel of a picture belongs to words. The sides are multiples of 32; the numbers are channel after
    /// channel. `None` if the engine fails.
    pub(super) fn detect(&self, width: usize, height: usize, numbers: Vec<f32>) -> Option<Plane<f32>> {
        let value = Value::from_shape([1, 3, height, width], numbers).ok()?;
        let answer = self.models.detection.run_one((&value).into(), Some(with(&self.whole))).ok()?;
        let ([_, _, rows, columns], numbers) = answer.into_shape_vec::<f32, 4>().ok()?;
        ((columns, rows) == (width, height)).then(|| Plane::from_cells(width, height, numbers))
    }

    /// Does one thing for each of many, as many at once as there are threads; the answers are in the order of the things.
    pub(super) fn shared<T: Sync, A: Send>(&self, things: &[T], work: impl Fn(&Lane<'_>, &T) -> A + Sync) -> Vec<A> {
        let next = AtomicUsize::new(0);
        let turn = |pool| {
            let lane = Lane { models: self.models, pool };
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(thing) = things.get(number) else { return done };
                done.push((number, work(&lane, thing)));
            }
        };
        let mut all: Vec<(usize, A)> = std::thread::scope(|scope| {
            let workers: Vec<_> = self.lanes.iter().map(|pool| scope.spawn(|| turn(pool))).collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        });
        all.sort_by_key(|(number, _)| *number);
        all.into_iter().map(|(_, answer)| answer).collect()
    }
}

/// The models with one thread.
pub(super) struct Lane<'a> {
    models: &'a Models,
    pool: &'a Arc<ThreadPool>,
}

impl Lane<'_> {
    /// The characters by class number; class 0 is the pause between two.
    pub(super) fn characters(&self) -> &[String] {
        &self.models.characters
    }

    /// For each place of a line from left to right, how likely each class is. Gives places, classes and the numbers.
    /// `None` if the engine fails.
    pub(super) fn recognise(
        &self,
        (width, height): (usize, usize),
        numbers: Vec<f32>,
    ) -> Option<(usize, usize, Vec<f32>)> {
        let value = Value::from_shape([1, 3, height, width], numbers).ok()?;
        let answer = self.models.recognition.run_one((&value).into(), Some(with(self.pool))).ok()?;
        let ([_, places, classes], numbers) = answer.into_shape_vec::<f32, 3>().ok()?;
        Some((places, classes, numbers))
    }
}

fn with(pool: &Arc<ThreadPool>) -> RunOptions {
    let mut options = RunOptions::default();
    options.thread_pool = Some(Arc::clone(pool));
    options
}

fn checked(file: &ModelFile, bytes: &[u8]) -> Result<(), ModelError> {
    let found = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
    if found == file.sha256 {
        return Ok(());
    }
    Err(ModelError::Other { name: file.name, found, expected: file.sha256 })
}

fn load(file: &ModelFile, bytes: Vec<u8>) -> Result<Model, ModelError> {
    // Weights that are brought into the order of the computation once need not be for each picture.
    let loaded = ModelOptions::with_all_ops().prepack_weights(true).load(bytes);
    loaded.map_err(|error| ModelError::Refused { name: file.name, detail: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_than_the_known_ones_are_refused_with_both_digests() {
        let refused = Models::open(Vec::new(), b"not a model".to_vec(), 1).expect_err("not the model");
        let ModelError::Other { name, found, expected } = &refused else { panic!("{refused}") };
        assert_eq!((*name, *expected), (RECOGNITION.name, RECOGNITION.sha256));
        assert_ne!(found, expected);
        assert_eq!(found.len(), 64);
    }
}
