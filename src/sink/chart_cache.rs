//! Readings of flowchart pictures kept across nights, by the digest of the picture: a picture costs seconds, and most are
//! the same every night.
//!
//! It is a cache and no evidence: a run's evidence has every reading it rests on. What is torn or of another reader
//! counts as not there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::model::charted::ChartReading;

use super::SinkError;
use super::part_file::PartFile;

/// Folder within the output folder, beside the runs.
const FOLDER: &str = "charts";

/// The cache of an output folder.
#[derive(Debug, Clone)]
pub struct ChartCache {
    folder: PathBuf,
}

impl ChartCache {
    /// The cache beside the runs of this output folder.
    #[must_use]
    pub fn of(out: &Path) -> Self {
        Self { folder: out.join(FOLDER) }
    }

    /// What this reader made of a picture with this digest (hexadecimal, as in [`crate::model::extraction::FileFacts`]).
    #[must_use]
    pub fn get(&self, digest: &str, reader: &str) -> Option<ChartReading> {
        let text = fs::read(self.path(digest)?).ok()?;
        let reading: ChartReading = serde_json::from_slice(&text).ok()?;
        (reading.reader == reader).then_some(reading)
    }

    /// Keeps a reading.
    ///
    /// # Errors
    /// When it cannot be written; nothing is lost but time.
    #[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
    pub fn put(&self, digest: &str, reading: &ChartReading) -> Result<(), SinkError> {
        let Some(path) = self.path(digest) else { return Ok(()) };
        fs::create_dir_all(&self.folder).map_err(SinkError::file("make the folder", &self.folder))?;
        let mut file = PartFile::create(path)?;
        file.write(&serde_json::to_vec(reading).expect("plain data with text keys is always JSON"))?;
        file.publish()
    }

    /// Digests are letters and digits; anything else must not lead out of the folder.
    fn path(&self, digest: &str) -> Option<PathBuf> {
        let name: String = digest.chars().filter(char::is_ascii_alphanumeric).collect();
        (!name.is_empty()).then(|| self.folder.join(format!("{name}.json")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_found_again_by_its_reader_and_a_torn_one_is_not_there() {
        let out = std::env::temp_dir().join(format!("portal-probe-chart-cache-{}", std::process::id()));
        let _ = fs::remove_dir_all(&out);
        let cache = ChartCache::of(&out);
        let reading =
            ChartReading { reader: "one".to_owned(), refusal: Some("small".to_owned()), ..ChartReading::default() };
        assert_eq!(cache.get("sha256:ab", "one"), None);
        cache.put("sha256:ab", &reading).expect("a folder to write in");
        assert_eq!(cache.get("sha256:ab", "one"), Some(reading));
        assert_eq!(cache.get("sha256:ab", "two"), None, "another reader reads for itself");
        fs::write(out.join("charts/sha256ab.json"), "{\"reader\":\"one\"").expect("a file to tear");
        assert_eq!(cache.get("sha256:ab", "one"), None);
        assert_eq!(cache.get("../../etc/passwd", "one"), None);
        fs::remove_dir_all(&out).expect("a folder to remove");
    }
}
