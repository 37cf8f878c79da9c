//! A file that is opened before the run, written at its end, and gets its name only when it is whole.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::SinkError;

/// Ending of the name while a file is not whole.
const ENDING: &str = ".part";

/// A file under its temporary name.
#[derive(Debug)]
pub(super) struct PartFile {
    out: BufWriter<File>,
    part: PathBuf,
    path: PathBuf,
}

impl PartFile {
    /// Opens the file that is to become `path`.
    pub(super) fn create(path: PathBuf) -> Result<Self, SinkError> {
        let mut part = path.clone().into_os_string();
        part.push(ENDING);
        let part = PathBuf::from(part);
        let file = File::create(&part).map_err(SinkError::file("open", &part))?;
        Ok(Self { out: BufWriter::new(file), part, path })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), SinkError> {
        self.out.write_all(bytes).map_err(SinkError::file("write", &self.part))
    }

    /// Brings the bytes to the disk and gives the file its name.
    pub(super) fn publish(mut self) -> Result<(), SinkError> {
        self.out.flush().map_err(SinkError::file("write", &self.part))?;
        self.out.get_ref().sync_all().map_err(SinkError::file("write", &self.part))?;
        fs::rename(&self.part, &self.path).map_err(SinkError::file("rename", &self.part))?;
        // The name itself must reach the disk, too.
        sync_folder_of(&self.path)
    }
}

/// Brings the names in the folder of `path` to the disk.
pub(super) fn sync_folder_of(path: &Path) -> Result<(), SinkError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    let sync = File::open(folder).and_then(|folder| folder.sync_all());
    sync.map_err(SinkError::file("write", folder))
}

/// Whether a file is one that was never finished.
pub(super) fn is_part(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(ENDING.as_bytes())
}
