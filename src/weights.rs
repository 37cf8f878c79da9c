//! Where the recognition models are, and opening them.
//!
//! `scripts/setup.sh` puts them into a cache folder; they are not part of the program. Comes in: a folder. Goes out: the
//! models, or what is missing and how to get it. Must never know: pictures.

use std::path::{Path, PathBuf};

use crate::chart::{DETECTION, ModelError, ModelFile, Models, RECOGNITION};

/// Why charts cannot be read; everything else works without.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// There is no home folder to look in.
    #[error("no folder of models: neither `chart.models` nor XDG_CACHE_HOME nor HOME is set")]
    NoFolder,
    /// A file is not there or cannot be read.
    #[error("the model `{}` cannot be read: {source}; `make setup` fetches it", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not the model we know.
    #[error("in `{}`: {source}; remove the file, `make setup` fetches it again", folder.display())]
    Wrong {
        /// Where it lies.
        folder: PathBuf,
        /// Why.
        source: ModelError,
    },
}

/// The folder the set-up script puts the models into: `portal-probe/models` in the user's cache folder.
#[must_use]
pub fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    Some(cache.join("portal-probe").join("models"))
}

/// Opens the models in a folder, by default [`cache_folder`].
///
/// # Errors
///
/// When a file is missing or is another one than the readings were measured with.
pub fn open(folder: Option<&Path>, threads: usize) -> Result<Models, WeightsError> {
    let folder = folder.map(Path::to_path_buf).or_else(cache_folder).ok_or(WeightsError::NoFolder)?;
    let read = |file: &ModelFile| {
        let path = folder.join(file.name);
        std::fs::read(&path).map_err(|source| WeightsError::Missing { path, source })
    };
    let (detection, recognition) = (read(&DETECTION)?, read(&RECOGNITION)?);
    Models::open(detection, recognition, threads).map_err(|source| WeightsError::Wrong { folder, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_model_is_named_with_the_remedy() {
        let said = open(Some(Path::new("/nonexistent/models")), 1).expect_err("no such folder").to_string();
        assert!(said.contains(DETECTION.name) && said.contains("make setup"), "{said}");
    }
}
