//! Labelled pages through the same reader and the same checks as a night's, without network.
//!
//! Comes in: labels, bytes by digest. Goes out: the scored report. Must never know: how a label was made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use url::Url;

use super::judge::RunContext;
use super::single::{self, Given};
use crate::eval::labels::{self, LabelError};
use crate::eval::{Case, Half, LabelSet, Outcome, Report, Role};
use crate::model::{BodyKind, ChannelKind, Digest, Purpose, QueryBody};

/// Why an evaluation could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A file or folder could not be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The labels are wrong.
    #[error(transparent)]
    Labels(#[from] LabelError),
    /// There is no label in the place that was named.
    #[error("`{0}` holds no label file (*.json)")]
    NoLabels(PathBuf),
}

/// Reads labels from a file, or from every `*.json` of a folder in the order of their names.
///
/// # Errors
/// When a file cannot be read or is no label file.
pub fn read_labels(place: &Path) -> Result<Vec<LabelSet>, EvaluationError> {
    let mut files = if place.is_dir() { files_below(place)? } else { vec![place.to_owned()] };
    if place.is_dir() {
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    }
    if files.is_empty() {
        return Err(EvaluationError::NoLabels(place.to_owned()));
    }
    files
        .iter()
        .map(|file| {
            let text =
                std::fs::read_to_string(file).map_err(|source| EvaluationError::Read { path: file.clone(), source })?;
            Ok(labels::parse(&file.display().to_string(), &text)?)
        })
        .collect()
}

/// Every file below a folder, sorted.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, EvaluationError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| EvaluationError::Read { path, source }
    };
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
            let path = entry.map_err(failed(&folder))?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// Pages by the digest of their bytes.
#[derive(Debug, Default)]
pub struct Pages(BTreeMap<String, Place>);

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Memory(Vec<u8>),
}

impl Pages {
    /// The files below these folders; a folder that is not there holds none.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn below(folders: &[PathBuf]) -> Result<Self, EvaluationError> {
        let mut pages = Self::default();
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            for file in files_below(folder)? {
                let bytes =
                    std::fs::read(&file).map_err(|source| EvaluationError::Read { path: file.clone(), source })?;
                pages.0.insert(Digest::of(&bytes).short(64).to_owned(), Place::File(file));
            }
        }
        Ok(pages)
    }

    /// These bytes.
    pub fn add(&mut self, bytes: Vec<u8>) {
        self.0.insert(Digest::of(&bytes).short(64).to_owned(), Place::Memory(bytes));
    }

    /// The bytes with this digest.
    #[must_use]
    pub fn get(&self, digest: &str) -> Option<Vec<u8>> {
        match self.0.get(digest)? {
            Place::File(path) => std::fs::read(path).ok(),
            Place::Memory(bytes) => Some(bytes.clone()),
        }
    }
}

/// Reads, judges and scores every case of a half.
#[must_use]
pub fn evaluate(sets: &[LabelSet], half: Half, pages: &Pages, context: &RunContext) -> Report {
    let mut report = Report::default();
    for set in sets {
        for case in set.cases.iter().filter(|case| half.holds(&case.id)) {
            match given(case, pages) {
                Ok(given) => report.add(set.source, case, &outcome(context, given)),
                Err(missing) => report.add_not_measured(&case.id, &missing),
            }
        }
    }
    report
}

/// The pages of a case, or which one is not there.
pub(super) fn given(case: &Case, pages: &Pages) -> Result<Vec<(String, Given)>, String> {
    let mut all = Vec::new();
    for (digest, page) in &case.pages {
        let body = pages.get(digest).ok_or_else(|| format!("the page {} is in none of the folders", &digest[..12]))?;
        for url in &page.urls {
            let given = Given {
                channel: if page.role == Role::Mobile { ChannelKind::MobileWeb } else { ChannelKind::Portal },
                url: Url::parse(url).expect("the labels were checked when they were read"),
                purpose: if page.role == Role::Attachment { Purpose::Attachment } else { Purpose::Page },
                status: page.status,
                query: page.query.clone().map(|text| QueryBody { kind: BodyKind::Json, text }),
                headers: page.content_type.iter().map(|kind| ("content-type".to_owned(), kind.clone())).collect(),
                body: body.clone(),
                chart: None,
            };
            all.push((digest.clone(), given));
        }
    }
    Ok(all)
}

pub(super) fn outcome(context: &RunContext, given: Vec<(String, Given)>) -> Outcome {
    let mut seeds: Vec<(ChannelKind, Url)> = Vec::new();
    for (_, page) in given.iter().filter(|(_, page)| page.purpose == Purpose::Page) {
        if !seeds.iter().any(|(kind, _)| *kind == page.channel) {
            seeds.push((page.channel, page.url.clone()));
        }
    }
    let context = RunContext { targets: vec![single::nobody(&seeds)], ..context.clone() };
    let (digests, given): (Vec<String>, Vec<Given>) = given.into_iter().unzip();
    let (readings, observations) = single::judge_given(&context, &given, Timestamp::UNIX_EPOCH);
    Outcome { readings: digests.into_iter().zip(readings).collect(), observations }
}
