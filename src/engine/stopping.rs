//! The kill switch of a running night: a file with names of hosts, looked at twice a second.

use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

use super::night::Loop;
use crate::frontier::StopList;
use crate::telemetry;

/// How often the file is looked at: requests must stop within a second.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A list of hosts is small; a larger file is something else.
const MOST: u64 = 1024 * 1024;

/// The file, and what it said when it was looked at last.
#[derive(Debug)]
pub(super) struct StopFile {
    path: PathBuf,
    said: Result<Vec<u8>, String>,
}

impl StopFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, said: Ok(Vec::new()) }
    }

    /// The list, if it is another one than before. A file that is there and cannot be read stops everything: whoever put
    /// it there wanted something stopped.
    fn news(&mut self) -> Option<StopList> {
        let now = self.read().map_err(|error| error.to_string());
        if now == self.said {
            return None;
        }
        let list = match &now {
            Ok(bytes) => StopList::parse(&String::from_utf8_lossy(bytes)),
            Err(error) => {
                telemetry::stop_file_unreadable(&self.path, error);
                StopList::everything()
            }
        };
        self.said = now;
        Some(list)
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match std::fs::File::open(&self.path) {
            Ok(file) => file.take(MOST).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        Ok(bytes)
    }
}

impl Loop {
    /// Stops what the operator wants stopped.
    pub(super) fn look_for_stop(&mut self) {
        let Some(list) = self.stop_file.news() else { return };
        let dropped = self.frontier.stop(&list);
        telemetry::hosts_stopped(&list, dropped);
    }
}
