//! The rows of the tables as values, and their way in and out.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Row, Transaction, params};

use super::moment::{Moment, Noted};

/// A run in the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Run id.
    pub id: String,
    /// When it began.
    pub started: Timestamp,
    /// Digest of everything that must not change while it goes on.
    pub settings: String,
    /// How it stands.
    pub state: RunState,
    /// How far its clock had come with the last commit.
    pub elapsed: Duration,
    /// How many records of its evidence are acknowledged.
    pub records: u64,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Under way, or its process died.
    Running,
    /// The operator ended it.
    Interrupted,
    /// It came to the end of its window.
    Overrun,
    /// It stopped before the disk was full.
    DiskFull,
    /// It came to its end.
    Complete,
    /// Another run began before it was resumed.
    GivenUp,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Running, Self::Interrupted, Self::Overrun, Self::DiskFull, Self::Complete, Self::GivenUp];

    /// The word in the registry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Overrun => "overrun",
            Self::DiskFull => "disk_full",
            Self::Complete => "complete",
            Self::GivenUp => "given_up",
        }
    }
}

/// A request that was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Its number in the run.
    pub number: u64,
    /// The request's identity.
    pub request: String,
    /// Which attempt.
    pub attempt: u8,
    /// The politeness group.
    pub group: String,
    /// For a robots.txt: the origin it is asked for.
    pub robots_of: Option<String>,
    /// When, since the start of the run.
    pub since: Duration,
    /// The smallest gap to the group's next request.
    pub gap: Duration,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckKind {
    /// An exchange was settled, and stands in the evidence.
    Exchange,
    /// A rendering stands in the evidence.
    Rendering,
    /// What was read of a picture stands in the evidence.
    Chart,
    /// The sample of a city's links was offered.
    FollowUp,
    /// A city's visit has ended; its coverage stands in the evidence.
    Coverage,
    /// A city's observations are in the spool.
    City,
}

impl AckKind {
    const ALL: [Self; 6] = [Self::Exchange, Self::Rendering, Self::Chart, Self::FollowUp, Self::Coverage, Self::City];

    fn as_str(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Rendering => "rendering",
            Self::Chart => "chart",
            Self::FollowUp => "follow_up",
            Self::Coverage => "coverage",
            Self::City => "city",
        }
    }
}

/// An acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// Its number: the order in which things were done.
    pub seq: u64,
    /// What was done.
    pub kind: AckKind,
    /// When, since the start of the run.
    pub at: Duration,
    /// For which city.
    pub city: String,
    /// For an exchange of the frontier's: its lease.
    pub lease: Option<u64>,
    /// The record in the evidence.
    pub record: Option<String>,
    /// How many records of the chain there are with its set.
    pub records: Option<u64>,
    /// Status or failure; for [`AckKind::City`], where its observations end in the spool.
    pub outcome: String,
}

/// The politeness clock of a server group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupClock {
    /// The group.
    pub group: String,
    /// How long to wait from now on.
    pub wait: Duration,
    /// The gap between two requests.
    pub gap: Duration,
}

/// What one transaction takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Requests handed out.
    pub leases: Vec<Lease>,
    /// What was done.
    pub acks: Vec<Ack>,
    /// Clocks that moved on.
    pub clocks: Vec<GroupClock>,
    /// How many records of the evidence are acknowledged.
    pub records: u64,
    /// How far the run's clock has come.
    pub elapsed: Duration,
}

impl Batch {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leases.is_empty() && self.acks.is_empty()
    }
}

pub(super) fn insert(tx: &Transaction<'_>, run: &str, batch: &Batch) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached("INSERT INTO lease VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    for lease in &batch.leases {
        let Lease { number, request, attempt, group, robots_of, since, gap } = lease;
        statement.execute(params![run, number, request, attempt, group, robots_of, whole(*since), whole(*gap)])?;
    }
    let mut statement = tx.prepare_cached("INSERT INTO ack VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for ack in &batch.acks {
        let Ack { seq, kind, at, city, lease, record, records, outcome } = ack;
        statement.execute(params![run, seq, kind.as_str(), whole(*at), city, lease, record, records, outcome])?;
    }
    insert_clocks(tx, &batch.clocks)?;
    let sql = "UPDATE run SET elapsed = max(elapsed, ?2), records = max(records, ?3) WHERE id = ?1";
    tx.prepare_cached(sql)?.execute(params![run, whole(batch.elapsed), batch.records])?;
    Ok(())
}

pub(super) fn insert_clocks(tx: &Transaction<'_>, clocks: &[GroupClock]) -> rusqlite::Result<()> {
    let now = Moment::now();
    let mut statement = tx.prepare_cached("INSERT OR REPLACE INTO clock VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for clock in clocks {
        let next = jiff::SignedDuration::try_from(clock.wait).ok().and_then(|wait| now.wall.checked_add(wait).ok());
        let (wall, next) = (now.wall.to_string(), next.unwrap_or(Timestamp::MAX).to_string());
        let (wait, gap) = (whole(clock.wait), whole(clock.gap));
        statement.execute(params![clock.group, wait, wall, next, now.boot, whole(now.since_boot), gap])?;
    }
    Ok(())
}

pub(super) fn run(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: row.get(0)?,
        started: timestamp(row, 1)?,
        settings: row.get(2)?,
        state: one_of(row, 3, RunState::ALL, RunState::as_str)?,
        elapsed: duration(row, 4)?,
        records: row.get(5)?,
    })
}

pub(super) fn lease(row: &Row<'_>) -> rusqlite::Result<Lease> {
    Ok(Lease {
        number: row.get(0)?,
        request: row.get(1)?,
        attempt: row.get(2)?,
        group: row.get(3)?,
        robots_of: row.get(4)?,
        since: duration(row, 5)?,
        gap: duration(row, 6)?,
    })
}

pub(super) fn ack(row: &Row<'_>) -> rusqlite::Result<Ack> {
    Ok(Ack {
        seq: row.get(0)?,
        kind: one_of(row, 1, AckKind::ALL, AckKind::as_str)?,
        at: duration(row, 2)?,
        city: row.get(3)?,
        lease: row.get(4)?,
        record: row.get(5)?,
        records: row.get(6)?,
        outcome: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
    })
}

pub(super) fn clock(row: &Row<'_>) -> rusqlite::Result<(String, Noted)> {
    let at = Moment { wall: timestamp(row, 2)?, boot: row.get(3)?, since_boot: duration(row, 4)? };
    Ok((row.get(0)?, Noted { wait: duration(row, 1)?, at, gap: duration(row, 5)? }))
}

/// Nanoseconds; what does not fit is for ever.
fn whole(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

pub(super) fn duration(row: &Row<'_>, at: usize) -> rusqlite::Result<Duration> {
    row.get::<_, i64>(at).map(|nanoseconds| Duration::from_nanos(nanoseconds.unsigned_abs()))
}

fn timestamp(row: &Row<'_>, at: usize) -> rusqlite::Result<Timestamp> {
    let text: String = row.get(at)?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))
}

fn one_of<T: Copy, const N: usize>(
    row: &Row<'_>,
    at: usize,
    all: [T; N],
    word: fn(T) -> &'static str,
) -> rusqlite::Result<T> {
    let text: String = row.get(at)?;
    let found = all.into_iter().find(|one| word(*one) == text);
    found.ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, format!("`{text}`").into()))
}
