//! The folder of a run, and the lock that keeps a second run out of the output folder.
//!
//! The lock is the operating system's on an open file: it ends with the process that holds it, however that ends, so a
//! lock file left behind by a dead process holds nobody up. The number in the file is for the message only.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::part_file::sync_folder_of;
use super::{Manifest, SinkError, manifest};

const LOCK: &str = "lock";
const RUNS: &str = "runs";
const LATEST: &str = "latest";

/// An output folder that no other run can use as long as this is held.
#[derive(Debug)]
pub struct OutFolder {
    path: PathBuf,
    lock: File,
}

impl OutFolder {
    /// Takes the output folder, and makes it if it is not there.
    ///
    /// # Errors
    /// When another run holds it, or the disk refuses.
    pub fn hold(path: &Path) -> Result<Self, SinkError> {
        fs::create_dir_all(path).map_err(SinkError::file("make the folder", path))?;
        let lock = lock(path)?;
        Ok(Self { path: path.to_owned(), lock })
    }

    /// Makes the folder of a new run.
    ///
    /// # Errors
    /// When the run is there already, or the disk refuses.
    pub fn begin(self, run: &str) -> Result<RunFolder, SinkError> {
        let folder = self.of(run)?;
        if folder.path.exists() {
            return Err(SinkError::RunExists { path: folder.path });
        }
        folder.make("evidence")?;
        folder.make("report")?;
        Ok(folder)
    }

    /// Opens the folder of a run that did not come to its end; one that died before it had a folder gets one.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn reopen(self, run: &str) -> Result<RunFolder, SinkError> {
        let folder = self.of(run)?;
        folder.make("evidence")?;
        folder.make("report")?;
        Ok(folder)
    }

    fn of(self, run: &str) -> Result<RunFolder, SinkError> {
        check_name(run)?;
        let path = path_of(&self.path, run);
        Ok(RunFolder { out: self.path, run: run.to_owned(), path, _lock: self.lock })
    }
}

/// Whether a run may be called so: its name is a folder's.
///
/// # Errors
/// When it may not.
pub fn check_name(run: &str) -> Result<(), SinkError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if run.is_empty() || run.starts_with('.') || !run.chars().all(fits) {
        return Err(SinkError::RunName { run: run.to_owned() });
    }
    Ok(())
}

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
        check_name(run)?;
        OutFolder::hold(out)?.begin(run)
    }

    /// Takes the output folder and opens the folder of a run that was interrupted.
    ///
    /// # Errors
    /// When another run holds the output folder, the run is not there, or the disk refuses.
    pub fn reopen(out: &Path, run: &str) -> Result<Self, SinkError> {
        check_name(run)?;
        let held = OutFolder::hold(out)?;
        let path = path_of(out, run);
        if path.is_dir() { held.reopen(run) } else { Err(SinkError::NoRun { path }) }
    }

    /// Removes what a judgement of what was seen so far had left: the run goes on, and will be judged anew. `latest` must
    /// not lead to a run that is under way.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn unfinish(&self) -> Result<(), SinkError> {
        let latest = self.out.join(LATEST);
        if fs::read_link(&latest).is_ok_and(|target| target.file_name().is_some_and(|name| name == self.run.as_str())) {
            fs::remove_file(&latest).map_err(SinkError::file("remove", &latest))?;
        }
        let about = [manifest::FILE, manifest::SIGNATURE, manifest::STAMP, manifest::STAMP_REQUEST, manifest::NO_STAMP];
        for name in about.into_iter().chain(["ledger.json", "summary.json", "observations.jsonl"]) {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(SinkError::file("remove", &path)(error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
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
        sync_folder_of(&latest)?;
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
