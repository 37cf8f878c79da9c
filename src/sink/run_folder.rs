//! The folder of a run, and the lock that keeps a second run out of the output folder.
//!
//! The lock is the operating system's on an open file: it ends with the process that holds it, however that ends, so a
//! lock file left behind by a dead process holds nobody up. The number in the file is for the message only.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::{Manifest, SinkError};

const LOCK: &str = "lock";
const RUNS: &str = "runs";
const LATEST: &str = "latest";

/// The folder of a run; while it is held, no other run can use the output folder.
#[derive(Debug)]
pub struct RunFolder {
    out: PathBuf,
    run: String,
    path: PathBuf,
    /// Held open, because closing it gives the lock back.
    _lock: File,
}

impl RunFolder {
    /// Takes the output folder and makes the folder of a new run.
    ///
    /// # Errors
    /// When another run holds the output folder, the run is there already, or the disk refuses.
    pub fn create(out: &Path, run: &str) -> Result<Self, SinkError> {
        let folder = Self::hold(out, run)?;
        if folder.path.exists() {
            return Err(SinkError::RunExists { path: folder.path });
        }
        folder.make("evidence")?;
        folder.make("report")?;
        Ok(folder)
    }

    /// Takes the output folder and opens the folder of a run that was interrupted.
    ///
    /// # Errors
    /// When another run holds the output folder, the run is not there, or the disk refuses.
    pub fn reopen(out: &Path, run: &str) -> Result<Self, SinkError> {
        let folder = Self::hold(out, run)?;
        if !folder.path.is_dir() {
            return Err(SinkError::NoRun { path: folder.path });
        }
        folder.make("evidence")?;
        folder.make("report")?;
        Ok(folder)
    }

    fn hold(out: &Path, run: &str) -> Result<Self, SinkError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if run.is_empty() || run.starts_with('.') || !run.chars().all(fits) {
            return Err(SinkError::RunName { run: run.to_owned() });
        }
        fs::create_dir_all(out).map_err(SinkError::file("make the folder", out))?;
        let lock = lock(out)?;
        Ok(Self { out: out.to_owned(), run: run.to_owned(), path: path_of(out, run), _lock: lock })
    }

    fn make(&self, name: &str) -> Result<(), SinkError> {
        let path = self.path.join(name);
        fs::create_dir_all(&path).map_err(SinkError::file("make the folder", &path))
    }

    /// Run id.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The output folder that the runs lie in.
    #[must_use]
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// The run's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file in the run's folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Points `latest` to this run, at once and never to nothing, and gives the output folder back.
    ///
    /// A night that was interrupted does not take the place of one that came to its end: readers of `latest` would see
    /// gaps where the night before had answers, and the next night would have fewer pages to ask for conditionally.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn publish(self, complete: bool) -> Result<PathBuf, SinkError> {
        let latest = self.out.join(LATEST);
        if !complete && Manifest::read(&latest).is_ok_and(|manifest| manifest.complete) {
            return Ok(self.path);
        }
        let next = self.out.join(format!(".{LATEST}-{}", std::process::id()));
        // Left behind by a process that had our number and died here.
        let _ = fs::remove_file(&next);
        let target = Path::new(RUNS).join(&self.run);
        std::os::unix::fs::symlink(target, &next).map_err(SinkError::file("make the link", &next))?;
        fs::rename(&next, &latest).map_err(SinkError::file("replace the link", &latest))?;
        Ok(self.path)
    }
}

/// The folder of a run under an output folder; nothing is opened.
#[must_use]
pub fn path_of(out: &Path, run: &str) -> PathBuf {
    out.join(RUNS).join(run)
}

fn lock(out: &Path) -> Result<File, SinkError> {
    let path = out.join(LOCK);
    let open = File::options().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = open.map_err(SinkError::file("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
            return Err(SinkError::Held { folder: out.to_owned(), pid });
        }
        Err(TryLockError::Error(source)) => return Err(SinkError::file("lock", &path)(source)),
    }
    leave_number(&mut file).map_err(SinkError::file("write", &path))?;
    Ok(file)
}

fn leave_number(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}
