//! `state.db`: what a run has acknowledged, so that another process can go on where one died.
//!
//! Comes in: batches of leases and acknowledgements, each one transaction. Goes out: the newest run with its leases and
//! acknowledgements in order, and how long each server group must still be left alone. Must never know: pages, queues,
//! the form of the evidence.
//!
//! A commit has reached the disk when [`Store::commit`] returns (WAL, `synchronous = FULL`). The caller brings the evidence
//! to the disk before, so that no acknowledgement ever refers to what is not there.

mod moment;
mod rows;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::crash::{self, Point};

pub use moment::{Moment, Noted, remaining};
pub use rows::{Ack, AckKind, Batch, GroupClock, Lease, RunRow, RunState};

const FILE: &str = "state.db";

const SCHEMA: &str = include_str!("schema.sql");

/// Raised when tables change their meaning; an older file is refused.
const VERSION: i64 = 1;

/// Why the state could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// SQLite refused.
    #[error("cannot {action} `{}`: {source}\nhint: {}", path.display(), remedy(source))]
    Database {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Written by another version of the program.
    #[error("`{}` was written by another version of the program (format {found}, expected {VERSION})\nhint: choose another folder with `--out`", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
    },
}

impl StateError {
    /// Whether the disk is full.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database { source, .. } => source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Self::Version { .. } => false,
        }
    }
}

fn remedy(error: &rusqlite::Error) -> &'static str {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::DiskFull) => "free space on this disk, then `run --resume`",
        Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => {
            "give this user the right to write there, or choose another folder with `--out`"
        }
        Some(Code::NotADatabase | Code::DatabaseCorrupt) => {
            "the file is damaged; move it away: the evidence of its runs stays readable, they cannot be resumed"
        }
        _ => "check the disk, then run again",
    }
}

/// The open database. The output folder's lock must be held.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the database of an output folder, and makes it if there is none.
    ///
    /// # Errors
    /// When it cannot be opened, or another version wrote it.
    pub fn open(out: &Path) -> Result<Self, StateError> {
        let path = out.join(FILE);
        let fault = |action| database(action, &path);
        let connection = Connection::open(&path).map_err(fault("open"))?;
        let set_up = |connection: &Connection| -> rusqlite::Result<i64> {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            if found == 0 {
                connection.execute_batch(SCHEMA)?;
                connection.pragma_update(None, "user_version", VERSION)?;
                return Ok(VERSION);
            }
            Ok(found)
        };
        let found = set_up(&connection).map_err(fault("open"))?;
        if found != VERSION {
            return Err(StateError::Version { path, found });
        }
        Ok(Self { connection, path })
    }

    /// Enters a run that begins, and gives up what was left of earlier ones: only the newest run can be resumed. `clocks`
    /// are the waits that the groups still have from then.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn begin(&mut self, run: &RunRow, clocks: &[GroupClock]) -> Result<(), StateError> {
        self.write("begin a run in", |tx| {
            rows::insert_clocks(tx, clocks)?;
            tx.execute("UPDATE run SET state = 'given_up' WHERE state NOT IN ('complete', 'overrun')", [])?;
            tx.execute("DELETE FROM lease", [])?;
            tx.execute("DELETE FROM ack", [])?;
            tx.execute(
                "INSERT OR REPLACE INTO run (id, started, settings, state, pid) VALUES (?1, ?2, ?3, 'running', ?4)",
                params![run.id, run.started.to_string(), run.settings, std::process::id()],
            )?;
            Ok(())
        })
    }

    /// The newest run.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn newest(&self) -> Result<Option<RunRow>, StateError> {
        let sql = "SELECT id, started, settings, state, elapsed, records FROM run ORDER BY rowid DESC LIMIT 1";
        let row = self.connection.query_row(sql, [], rows::run).optional();
        row.map_err(database("read", &self.path))
    }

    /// The leases of a run, in the order of their numbers.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn leases(&self, run: &str) -> Result<Vec<Lease>, StateError> {
        let sql =
            "SELECT number, request, attempt, grp, robots_of, since, gap FROM lease WHERE run = ?1 ORDER BY number";
        self.all(sql, run, rows::lease)
    }

    /// The acknowledgements of a run, in order.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn acks(&self, run: &str) -> Result<Vec<Ack>, StateError> {
        let sql = "SELECT seq, kind, at, city, lease, record, records, outcome FROM ack WHERE run = ?1 ORDER BY seq";
        self.all(sql, run, rows::ack)
    }

    /// How long each server group must still be left alone, whichever run asked it last. A request whose answer was lost
    /// may have arrived the moment the process died: its group waits a whole gap from now.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn waits(&self, now: &Moment) -> Result<Vec<(String, Duration)>, StateError> {
        let sql = "SELECT grp, wait, wall, boot, since_boot, gap FROM clock";
        let mut waits: Vec<(String, Duration)> = self
            .all_of(sql, rows::clock)?
            .into_iter()
            .map(|(group, clock)| (group, remaining(&clock, now)))
            .filter(|(_, wait)| !wait.is_zero())
            .collect();
        let lost = "SELECT DISTINCT grp, max(gap) FROM lease WHERE NOT EXISTS \
                    (SELECT 1 FROM ack WHERE ack.run = lease.run AND ack.lease = lease.number) GROUP BY grp";
        waits.extend(self.all_of(lost, |row| Ok((row.get(0)?, rows::duration(row, 1)?)))?);
        Ok(waits)
    }

    /// Writes a batch: all of it, or nothing. It has reached the disk when this returns.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn commit(&mut self, run: &str, batch: &Batch) -> Result<(), StateError> {
        self.write("write to", |tx| rows::insert(tx, run, batch))
    }

    /// Takes back acknowledgements from `seq` on, because their evidence is not there.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn take_back(&mut self, run: &str, seq: u64) -> Result<(), StateError> {
        self.write("write to", |tx| {
            tx.execute("DELETE FROM ack WHERE run = ?1 AND seq >= ?2", params![run, seq])?;
            Ok(())
        })
    }

    /// Notes how a run stands. Of a run that is complete neither leases nor acknowledgements are needed any more.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn set_state(&mut self, run: &str, state: RunState) -> Result<(), StateError> {
        self.write("write to", |tx| {
            let pid = std::process::id();
            tx.execute("UPDATE run SET state = ?2, pid = ?3 WHERE id = ?1", params![run, state.as_str(), pid])?;
            if state == RunState::Complete {
                tx.execute("DELETE FROM lease WHERE run = ?1", [run])?;
                tx.execute("DELETE FROM ack WHERE run = ?1", [run])?;
            }
            Ok(())
        })
    }

    fn write(
        &mut self,
        action: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StateError> {
        let path = self.path.clone();
        let in_transaction = || {
            let tx = self.connection.transaction()?;
            work(&tx)?;
            crash::reached(Point::BeforeCommit);
            tx.commit()
        };
        in_transaction().map_err(database(action, &path))
    }

    fn all<T>(
        &self,
        sql: &str,
        run: &str,
        row: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StateError> {
        let read = || self.connection.prepare(sql)?.query_map([run], row)?.collect::<rusqlite::Result<Vec<T>>>();
        read().map_err(database("read", &self.path))
    }

    fn all_of<T>(
        &self,
        sql: &str,
        row: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StateError> {
        let read = || self.connection.prepare(sql)?.query_map([], row)?.collect::<rusqlite::Result<Vec<T>>>();
        read().map_err(database("read", &self.path))
    }
}

fn database(action: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> StateError + use<> {
    let path = path.to_owned();
    move |source| StateError::Database { action, path, source }
}

#[cfg(test)]
mod tests;
