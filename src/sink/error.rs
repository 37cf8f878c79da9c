//! Errors of the sinks: each names the file it concerns and what an operator can do.

use std::io;
use std::path::{Path, PathBuf};

use crate::warc::Damage;

/// Why something could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// Another run holds the output folder.
    #[error("another run{} holds the output folder `{}`\nhint: wait for it to end, or choose another folder with `--out`",
        pid.map(|pid| format!(" (process {pid})")).unwrap_or_default(), folder.display())]
    Held {
        /// The output folder.
        folder: PathBuf,
        /// The process that holds it, if it left its number.
        pid: Option<u32>,
    },
    /// An operation on a file failed.
    #[error("cannot {action} `{}`: {source}\nhint: {}", path.display(), remedy(source))]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The run folder is there already.
    #[error("the run folder `{}` is there already\nhint: remove it, or choose another output folder", path.display())]
    RunExists {
        /// The folder.
        path: PathBuf,
    },
    /// The run folder is not there.
    #[error("there is no run folder `{}`\nhint: `latest` and the names under `runs` are runs", path.display())]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
    /// A run id that cannot be a folder's name.
    #[error("`{run}` cannot be the name of a run folder\nhint: use letters, digits, `-`, `_` and `.`")]
    RunName {
        /// The id.
        run: String,
    },
    /// Evidence that is not as it was written.
    #[error("the evidence `{}` is damaged: {damage}\nhint: restore the file from a copy; what stands before it can be read", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        damage: Damage,
    },
    /// A file of the run that does not have the form we write.
    #[error("`{}` cannot be read: {what}\nhint: it was altered, or written by another version", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A secret key that others may read.
    #[error("the key `{}` may be read by others (mode {mode:03o})\nhint: `chmod 600` it; if others did read it, move it away, and the next run makes a new one", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its rights.
        mode: u32,
    },
    /// A record that cannot be proved.
    #[error("record `{record}` of `{}`: {why}", path.display())]
    NoProof {
        /// The run folder.
        path: PathBuf,
        /// What was asked for.
        record: String,
        /// Why not.
        why: String,
    },
    /// There is less room than a run must leave.
    #[error("only {} MiB are free on the disk of `{}`, and {} MiB must stay free\nhint: free space, or lower `run.disk_reserve`", free >> 20, path.display(), reserve >> 20)]
    NoRoom {
        /// The output folder.
        path: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that must stay free.
        reserve: u64,
    },
    /// The ledger does not add up.
    #[error("the ledger `{}` does not add up: {}\nhint: this is a fault of the program; please report it with the run folder", path.display(), problems.join("; "))]
    Unbalanced {
        /// The ledger.
        path: PathBuf,
        /// What does not add up.
        problems: Vec<String>,
    },
}

impl SinkError {
    /// What failed on a file of the run, to be given to `map_err`.
    pub fn on(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        Self::file(action, path)
    }

    /// To be given to `map_err`.
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "give this user the right to write there, or choose another folder with `--out`"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free space on this disk, then run again",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only; choose another folder with `--out`",
        io::ErrorKind::NotFound => {
            "the file or one of its folders is missing and cannot be made; is the path right, or was it removed meanwhile?"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory | io::ErrorKind::AlreadyExists => {
            "a file stands where a folder should be, or the reverse; move it, or choose another folder with `--out`"
        }
        _ => "check the disk, then run again",
    }
}
