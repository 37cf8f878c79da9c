//! The key that signs the nights of an output folder: made at the first run, readable by its owner alone.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::SinkError;
use crate::seal::SecretKey;

/// File name in the output folder, unless the configuration names another place.
pub const FILE: &str = "key.pem";

/// Rights that let others read or change the file.
const OTHERS: u32 = 0o077;

/// Where the key of an output folder lies.
#[must_use]
pub fn path(out: &Path, configured: Option<&Path>) -> PathBuf {
    configured.map_or_else(|| out.join(FILE), Path::to_owned)
}

/// The key; made if there is none.
///
/// # Errors
/// When the file cannot be read or made, is no key, or others may read it.
pub fn load_or_make(path: &Path) -> Result<SecretKey, SinkError> {
    match load(path)? {
        Some(key) => Ok(key),
        None => make(path),
    }
}

/// The key; `None` if there is none.
///
/// # Errors
/// When the file cannot be read, is no key, or others may read it.
pub fn load(path: &Path) -> Result<Option<SecretKey>, SinkError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(SinkError::file("read", path)(error)),
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & OTHERS != 0 {
        return Err(SinkError::Exposed { path: path.to_owned(), mode });
    }
    let text = fs::read_to_string(path).map_err(SinkError::file("read", path))?;
    let key = SecretKey::from_pem(&text).ok_or_else(|| SinkError::Content {
        path: path.to_owned(),
        what: "it is no Ed25519 key in PEM form".to_owned(),
    })?;
    Ok(Some(key))
}

fn make(path: &Path) -> Result<SecretKey, SinkError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| SinkError::file("make", path)(io::Error::other(error)))?;
    let key = SecretKey::from_random(random);
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let write = || -> io::Result<()> {
        // Left behind by a process that died here.
        let _ = fs::remove_file(&part);
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&part)?;
        file.write_all(key.pem().as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(SinkError::file("make", path))?;
    Ok(key)
}
