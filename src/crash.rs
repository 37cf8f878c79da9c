//! Where a test may kill the program, to see that nothing is lost.
//!
//! Inert unless the environment variable `PORTAL_PROBE_CRASH` names a point and a count (`evidence_written:17`): then the
//! process kills itself with SIGKILL when it comes to that point for that time, and nothing is tidied up. The points lie
//! in the shell only; the core has no place where a process could die between two of its states.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The variable that names a point and a count.
pub const VARIABLE: &str = "PORTAL_PROBE_CRASH";

/// A place where the program may be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The run is in the registry; its folder is not there yet.
    RunRegistered,
    /// The first evidence file and the context are written, nothing is committed.
    ContextWritten,
    /// Leases and acknowledgements wait to be committed.
    BeforeEvidenceSync,
    /// Half of the evidence of an exchange is written.
    EvidenceTorn,
    /// An exchange is written to its file and not brought to the disk.
    EvidenceWritten,
    /// An exchange is written to its file, and not entered in the chain.
    BeforeChain,
    /// The evidence is on the disk, its acknowledgement is not committed.
    AfterEvidenceSync,
    /// Within the transaction.
    BeforeCommit,
    /// The transaction is on the disk, nobody has heard of it.
    AfterCommit,
    /// A lease is committed, the request is not sent.
    LeaseCommitted,
    /// The request is about to be sent.
    BeforeSend,
    /// The head of the answer has come.
    HeadReceived,
    /// Part of the body has come.
    BodyBegun,
    /// The whole answer has come, and was not read.
    BodyComplete,
    /// The answer was settled, and is not in the evidence.
    Settled,
    /// The links of a page are offered, its acknowledgement is not committed.
    LinksOffered,
    /// An evidence file is full, and the next one is begun.
    FileRotated,
    /// A rendering is in the evidence.
    RenderingArchived,
    /// What was read of a picture is in the evidence.
    ChartArchived,
    /// The sample of links is offered.
    FollowedUp,
    /// The coverage of a city is in the evidence.
    CoverageWritten,
    /// The observations of a city are in the spool.
    ObservationsWritten,
    /// A city is done, and committed.
    CityCommitted,
    /// Every city is done; nothing of the end is written.
    NightOver,
    /// The index of the evidence is written.
    IndexWritten,
    /// The observations are sorted and have their name.
    ObservationsPublished,
    /// The ledger has its name.
    LedgerPublished,
    /// The assessment table has its name.
    SummaryPublished,
    /// The report is written.
    ReportPublished,
    /// The manifest has its name.
    ManifestWritten,
    /// `latest` points to the run.
    LatestLinked,
    /// A resumed run has read what was done, and asked nothing.
    Resumed,
}

impl Point {
    /// Every point.
    pub const ALL: [Self; 32] = [
        Self::RunRegistered,
        Self::ContextWritten,
        Self::BeforeEvidenceSync,
        Self::EvidenceTorn,
        Self::EvidenceWritten,
        Self::BeforeChain,
        Self::AfterEvidenceSync,
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::LeaseCommitted,
        Self::BeforeSend,
        Self::HeadReceived,
        Self::BodyBegun,
        Self::BodyComplete,
        Self::Settled,
        Self::LinksOffered,
        Self::FileRotated,
        Self::RenderingArchived,
        Self::ChartArchived,
        Self::FollowedUp,
        Self::CoverageWritten,
        Self::ObservationsWritten,
        Self::CityCommitted,
        Self::NightOver,
        Self::IndexWritten,
        Self::ObservationsPublished,
        Self::LedgerPublished,
        Self::SummaryPublished,
        Self::ReportPublished,
        Self::ManifestWritten,
        Self::LatestLinked,
        Self::Resumed,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RunRegistered => "run_registered",
            Self::ContextWritten => "context_written",
            Self::BeforeEvidenceSync => "before_evidence_sync",
            Self::EvidenceTorn => "evidence_torn",
            Self::EvidenceWritten => "evidence_written",
            Self::BeforeChain => "before_chain",
            Self::AfterEvidenceSync => "after_evidence_sync",
            Self::BeforeCommit => "before_commit",
            Self::AfterCommit => "after_commit",
            Self::LeaseCommitted => "lease_committed",
            Self::BeforeSend => "before_send",
            Self::HeadReceived => "head_received",
            Self::BodyBegun => "body_begun",
            Self::BodyComplete => "body_complete",
            Self::Settled => "settled",
            Self::LinksOffered => "links_offered",
            Self::FileRotated => "file_rotated",
            Self::RenderingArchived => "rendering_archived",
            Self::ChartArchived => "chart_archived",
            Self::FollowedUp => "followed_up",
            Self::CoverageWritten => "coverage_written",
            Self::ObservationsWritten => "observations_written",
            Self::CityCommitted => "city_committed",
            Self::NightOver => "night_over",
            Self::IndexWritten => "index_written",
            Self::ObservationsPublished => "observations_published",
            Self::LedgerPublished => "ledger_published",
            Self::SummaryPublished => "summary_published",
            Self::ReportPublished => "report_published",
            Self::ManifestWritten => "manifest_written",
            Self::LatestLinked => "latest_linked",
            Self::Resumed => "resumed",
        }
    }
}

/// The point that this process dies at, and how often it may pass there before.
fn chosen() -> Option<&'static (Point, AtomicU32)> {
    static CHOSEN: OnceLock<Option<(Point, AtomicU32)>> = OnceLock::new();
    let read = || {
        let text = std::env::var(VARIABLE).ok()?;
        let (name, count) = text.split_once(':').unwrap_or((&text, "1"));
        let point = Point::ALL.into_iter().find(|point| point.name() == name)?;
        Some((point, AtomicU32::new(count.parse().ok()?)))
    };
    CHOSEN.get_or_init(read).as_ref()
}

/// Whether the process dies here when it comes here now; counts the visit.
#[must_use]
pub fn is_due(point: Point) -> bool {
    chosen().is_some_and(|(at, left)| *at == point && left.fetch_sub(1, Ordering::Relaxed) == 1)
}

/// Dies here, if that was asked for.
pub fn reached(point: Point) {
    if is_due(point) {
        die();
    }
}

/// Ends the process as `kill -9` does.
pub fn die() {
    // It cannot fail: it is our own process.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_has_a_name_of_its_own_and_none_is_due_unasked() {
        let names: std::collections::BTreeSet<&str> = Point::ALL.into_iter().map(Point::name).collect();
        assert_eq!(names.len(), Point::ALL.len());
        assert!(Point::ALL.into_iter().all(|point| !is_due(point)));
    }
}
