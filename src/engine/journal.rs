//! What was handed out and what was done, on its way to the disk.
//!
//! Comes in: tickets, and what became of them, in the order in which the loop dealt with them. Goes out: batches, each one
//! transaction, and the tickets whose leases are committed: nothing is sent before. While a batch is brought to the disk
//! the next one fills (group commit), so the loop never waits for the disk.
//!
//! A batch first brings the evidence to the disk and then its acknowledgements, so that none refers to what is not there.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::EngineError;
use super::night::{Done, Loop};
use crate::crash::{self, Point};
use crate::frontier::{Settlement, Ticket};
use crate::model::{Capture, CityCode, RecordId};
use crate::sink::SinkError;
use crate::state::{Ack, AckKind, Batch, GroupClock, Lease, Store};

/// A ticket with what it was entered under.
#[derive(Debug)]
pub(super) struct Leased {
    pub(super) ticket: Ticket,
    pub(super) record: RecordId,
    /// `None` in a run that keeps no journal.
    pub(super) lease: Option<u64>,
}

/// An exchange that was made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) capture: Capture,
    pub(super) lease: Option<u64>,
    /// When it ended.
    pub(super) ended: Duration,
    /// The smallest gap to its group's next request.
    pub(super) gap: Duration,
}

/// What is on its way to the disk.
#[derive(Debug)]
pub(super) struct Journal {
    run: String,
    /// Away while a batch is committed; always in a run that keeps no journal.
    store: Option<Store>,
    is_kept: bool,
    next_lease: u64,
    next_seq: u64,
    batch: Batch,
    unsent: Vec<Leased>,
    /// Tickets of the batch that is being committed.
    committing: Vec<Leased>,
    is_committing: bool,
    /// Whether the batch that is being committed says that a city is done.
    ends_a_city: bool,
}

impl Journal {
    /// A journal whose next lease and acknowledgement have these numbers; without a store none is kept.
    pub(super) fn new(run: &str, store: Option<Store>, (next_lease, next_seq): (u64, u64)) -> Self {
        Self {
            run: run.to_owned(),
            is_kept: store.is_some(),
            store,
            next_lease,
            next_seq,
            batch: Batch::default(),
            unsent: Vec::new(),
            committing: Vec::new(),
            is_committing: false,
            ends_a_city: false,
        }
    }

    /// Enters a ticket; gives it back if it may be sent at once.
    fn lease(&mut self, ticket: Ticket, record: RecordId) -> Option<Leased> {
        if !self.is_kept {
            return Some(Leased { ticket, record, lease: None });
        }
        let number = self.next_lease;
        self.next_lease += 1;
        let (request, handed_out) = (ticket.request(), ticket.handed_out());
        self.batch.leases.push(Lease {
            number,
            request: request.id.0.clone(),
            attempt: request.attempt,
            group: ticket.group().to_owned(),
            robots_of: handed_out.robots_of.clone(),
            since: handed_out.since,
            gap: ticket.interval(),
        });
        self.unsent.push(Leased { ticket, record, lease: Some(number) });
        None
    }

    fn enter(&mut self, ack: Ack) {
        if self.is_kept {
            self.batch.acks.push(Ack { seq: self.next_seq, ..ack });
            self.next_seq += 1;
        }
    }

    /// Whether everything that was entered is on the disk.
    pub(super) fn is_settled(&self) -> bool {
        !self.is_committing && self.batch.is_empty() && self.unsent.is_empty()
    }

    /// Enters nothing more: what follows is a judgement of what was seen so far, and a resumed run will judge anew.
    pub(super) fn close(&mut self) {
        self.is_kept = false;
    }

    /// The database; `None` while a batch is committed, and in a run that keeps no journal.
    pub(super) fn into_store(self) -> Option<Store> {
        self.store
    }
}

impl Loop {
    /// Takes a ticket in: it is sent when its lease is on the disk.
    pub(super) fn lease(&mut self, ticket: Ticket) {
        self.in_transit += 1;
        let record = self.record_ids.next(ticket.request());
        if let Some(leased) = self.journal.lease(ticket, record) {
            self.send(leased);
        }
    }

    /// Enters an exchange that stands in the evidence.
    pub(super) fn acknowledge(&mut self, made: &Made) {
        let capture = &made.capture;
        let outcome = match &capture.exchange.outcome {
            Ok(response) => response.status.to_string(),
            Err(failure) => format!("{:?}", failure.kind),
        };
        let record = Some(capture.record.0.clone());
        let (at, lease) = (made.ended, made.lease);
        self.enter(AckKind::Exchange, &capture.request.target, Ack { at, lease, record, outcome, ..nothing() });
    }

    /// Enters a probe of our own network, which has no lease.
    pub(super) fn acknowledge_probe(&mut self, capture: &Capture) {
        let record = Some(capture.record.0.clone());
        self.enter(AckKind::Exchange, &capture.request.target, Ack { at: self.now(), record, ..nothing() });
    }

    /// Enters something that was done for a city, with its record in the evidence if it has one.
    pub(super) fn done(&mut self, kind: AckKind, city: &CityCode, record: Option<&RecordId>) {
        let (at, record) = (self.now(), record.map(|record| record.0.clone()));
        let outcome = if kind == AckKind::City { self.output.spool_end().to_string() } else { String::new() };
        self.enter(kind, city, Ack { at, record, outcome, ..nothing() });
    }

    fn enter(&mut self, kind: AckKind, city: &CityCode, ack: Ack) {
        let records = ack.record.as_ref().map(|_| self.output.records());
        self.journal.enter(Ack { kind, city: city.0.clone(), records, ..ack });
    }

    /// Enters how long a group must be left alone.
    pub(super) fn note_pace(&mut self, settled: &Settlement, gap: Duration) {
        if let Some(group) = &settled.group {
            let wait = settled.next_allowed.saturating_sub(self.now());
            self.journal.batch.clocks.push(GroupClock { group: group.clone(), wait, gap });
        }
    }

    /// Begins to bring to the disk what was entered, unless a batch is on its way already.
    pub(super) fn commit(&mut self) -> Result<(), EngineError> {
        let is_due = self.journal.is_kept && !self.journal.batch.is_empty();
        let Some(store) = self.journal.store.take_if(|_| is_due) else { return Ok(()) };
        crash::reached(Point::BeforeEvidenceSync);
        let files = self.output.unsynced()?;
        let batch =
            Batch { records: self.output.records(), elapsed: self.now(), ..std::mem::take(&mut self.journal.batch) };
        self.journal.committing = std::mem::take(&mut self.journal.unsent);
        self.journal.is_committing = true;
        self.journal.ends_a_city = batch.acks.iter().any(|ack| ack.kind == AckKind::City);
        let run = self.journal.run.clone();
        self.tasks.spawn_blocking(move || Done::Committed(Box::new(write(store, &run, &files, &batch))));
        Ok(())
    }

    /// A batch is on the disk: its tickets are sent.
    pub(super) fn committed(&mut self, store: Store) {
        crash::reached(Point::AfterCommit);
        if self.journal.ends_a_city {
            crash::reached(Point::CityCommitted);
        }
        self.journal.store = Some(store);
        self.journal.is_committing = false;
        for leased in std::mem::take(&mut self.journal.committing) {
            self.send(leased);
        }
    }
}

fn write(mut store: Store, run: &str, files: &[(PathBuf, Arc<File>)], batch: &Batch) -> Result<Store, EngineError> {
    for (path, file) in files {
        file.sync_data().map_err(SinkError::on("write", path))?;
    }
    crash::reached(Point::AfterEvidenceSync);
    store.commit(run, batch)?;
    Ok(store)
}

fn nothing() -> Ack {
    Ack {
        seq: 0,
        kind: AckKind::Exchange,
        at: Duration::ZERO,
        city: String::new(),
        lease: None,
        record: None,
        records: None,
        outcome: String::new(),
    }
}
