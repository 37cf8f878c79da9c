//! Last night's answers: validators for conditional requests, and the bodies that a `304` says still hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use url::Url;

use crate::model::request::KeptPayload;
use crate::model::{Response, Validators};
use crate::sink::evidence;
use crate::telemetry;

/// What earlier nights of an output folder left behind. Only finished nights count: an unfinished one may be torn.
#[derive(Debug, Default)]
pub struct Kept {
    out: PathBuf,
    validators: BTreeMap<String, Validators>,
}

impl Kept {
    /// What the latest finished night of this output folder left; empty if there is none.
    #[must_use]
    pub fn of_latest(out: &Path) -> Self {
        let none = Self { out: out.to_owned(), validators: BTreeMap::new() };
        let Ok(folder) = out.join("latest").canonicalize() else { return none };
        let run = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match evidence::read_index(&folder) {
            Ok(lines) => {
                let mut there: BTreeMap<PathBuf, bool> = BTreeMap::new();
                // What was removed cannot be said to hold still.
                let mut is_there = |place: &KeptPayload| {
                    let path = evidence::path_of(out, place);
                    *there.entry(path).or_insert_with_key(|path| path.exists())
                };
                let known = lines.iter().filter_map(|line| Some((line.fields.url.clone(), line.validators(&run)?)));
                let known = known.filter(|(_, validators)| is_there(&validators.kept));
                Self { validators: known.collect(), ..none }
            }
            Err(error) => {
                // Without it every page is simply fetched whole.
                telemetry::kept_payload_missing(&run, &error.to_string());
                none
            }
        }
    }

    /// For reading the evidence of one run folder, whose neighbors are the earlier nights.
    #[must_use]
    pub fn beside(run: &Path) -> Self {
        let out = run.canonicalize().ok().and_then(|run| Some(run.parent()?.parent()?.to_owned()));
        Self { out: out.unwrap_or_default(), validators: BTreeMap::new() }
    }

    /// What an earlier night learnt of this address.
    #[must_use]
    pub fn validators(&self, url: &Url) -> Option<Validators> {
        self.validators.get(url.as_str()).cloned()
    }

    /// The earlier answer itself; `None`, and a line in the log, if it cannot be read any more.
    #[must_use]
    pub fn response(&self, place: &KeptPayload) -> Option<Response> {
        match evidence::kept_answer(&self.out, place) {
            Ok(response) => Some(response),
            Err(error) => {
                telemetry::kept_payload_missing(&place.run, &error.to_string());
                None
            }
        }
    }
}
