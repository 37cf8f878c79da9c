//! A judgement: outcome, reason, value, findings and the evidence they rest on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::digest::{Digest, RecordId};
use super::locator::Locator;

/// W3C EARL outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The requirement is met.
    Passed,
    /// The requirement is not met, and the evidence shows it.
    Failed,
    /// It could not be determined.
    CantTell,
    /// The requirement does not apply.
    Inapplicable,
    /// It was not tried.
    Untested,
}

impl Outcome {
    /// Every outcome, in the order of the contract.
    pub const ALL: [Self; 5] = [Self::Passed, Self::Failed, Self::CantTell, Self::Inapplicable, Self::Untested];

    /// The word in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::CantTell => "cant_tell",
            Self::Inapplicable => "inapplicable",
            Self::Untested => "untested",
        }
    }
}

/// Why an outcome is `cant_tell`, `inapplicable` or `untested`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No answer.
    Unreachable,
    /// 403, challenge page, block page.
    Blocked,
    /// Behind a login.
    LoginRequired,
    /// Content comes by script and was not rendered.
    NotRendered,
    /// There, but we could not read it.
    Unreadable,
    /// Both sides read, but they cannot be compared.
    NotComparable,
    /// Not met on the way.
    NotDiscovered,
    /// robots.txt forbids it.
    RobotsDisallowed,
    /// A budget ended first.
    BudgetExhausted,
    /// Too early to say (an open letter whose time has not run out).
    RightCensored,
    /// Our own network was down.
    OwnNetwork,
    /// The calendar does not cover the dates.
    CalendarMissing,
}

impl Reason {
    /// Every reason, in the order of the contract.
    pub const ALL: [Self; 12] = [
        Self::Unreachable,
        Self::Blocked,
        Self::LoginRequired,
        Self::NotRendered,
        Self::Unreadable,
        Self::NotComparable,
        Self::NotDiscovered,
        Self::RobotsDisallowed,
        Self::BudgetExhausted,
        Self::RightCensored,
        Self::OwnNetwork,
        Self::CalendarMissing,
    ];

    /// The word in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Blocked => "blocked",
            Self::LoginRequired => "login_required",
            Self::NotRendered => "not_rendered",
            Self::Unreadable => "unreadable",
            Self::NotComparable => "not_comparable",
            Self::NotDiscovered => "not_discovered",
            Self::RobotsDisallowed => "robots_disallowed",
            Self::BudgetExhausted => "budget_exhausted",
            Self::RightCensored => "right_censored",
            Self::OwnNetwork => "own_network",
            Self::CalendarMissing => "calendar_missing",
        }
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Notice,
    /// A visitor is hindered.
    Warning,
    /// A visitor is misled or cannot go on.
    Error,
}

impl Severity {
    /// Every weight, lightest first.
    pub const ALL: [Self; 3] = [Self::Notice, Self::Warning, Self::Error];

    /// The word in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing found, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Short stable word, for example `placeholder`, `time_limit_differs`.
    pub kind: String,
    /// Weight.
    pub severity: Severity,
    /// In Chinese.
    pub message_zh: String,
    /// In English.
    pub message_en: String,
    /// What to do about it, in Chinese.
    pub remedy_zh: String,
    /// What to do about it, in English.
    pub remedy_en: String,
    /// The words on each side.
    pub quotes: Vec<String>,
    /// Indices into the verdict's evidence.
    pub at: Vec<usize>,
}

/// A citation of recorded evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cite {
    /// WARC record.
    pub record: RecordId,
    /// Address.
    pub target_uri: Url,
    /// When it was captured.
    pub date: Timestamp,
    /// Digest of the payload; `None` for a failure.
    pub payload_digest: Option<Digest>,
    /// Where in the payload.
    pub locator: Locator,
    /// The words themselves, at most 200 characters, personal data masked.
    pub excerpt: String,
}

/// What a check says of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Outcome.
    pub outcome: Outcome,
    /// Why, when it is not `passed` or `failed`.
    pub reason: Option<Reason>,
    /// Measured value.
    pub value: Value,
    /// 0–1, of the reading.
    pub confidence: f64,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Evidence.
    pub evidence: Vec<Cite>,
}

impl Verdict {
    /// A verdict without findings.
    #[must_use]
    pub fn new(outcome: Outcome, value: Value) -> Self {
        Self { outcome, reason: None, value, confidence: 1.0, findings: Vec::new(), evidence: Vec::new() }
    }

    /// `passed`.
    #[must_use]
    pub fn passed(value: Value) -> Self {
        Self::new(Outcome::Passed, value)
    }

    /// `failed`; to be completed with findings and evidence.
    #[must_use]
    pub fn failed(value: Value) -> Self {
        Self::new(Outcome::Failed, value)
    }

    /// `cant_tell` with its reason.
    #[must_use]
    pub fn cant_tell(reason: Reason) -> Self {
        Self { reason: Some(reason), confidence: 0.0, ..Self::new(Outcome::CantTell, Value::Null) }
    }

    /// `inapplicable`, with a reason where one of the list fits.
    #[must_use]
    pub fn inapplicable(reason: Option<Reason>) -> Self {
        Self { reason, ..Self::new(Outcome::Inapplicable, Value::Null) }
    }

    /// `untested` with its reason.
    #[must_use]
    pub fn untested(reason: Reason) -> Self {
        Self { reason: Some(reason), confidence: 0.0, ..Self::new(Outcome::Untested, Value::Null) }
    }

    /// With this value.
    #[must_use]
    pub fn with_value(mut self, value: Value) -> Self {
        self.value = value;
        self
    }

    /// With this confidence.
    #[must_use]
    pub fn with_confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// Cites evidence and returns its index, the same index for the same citation.
    pub fn cite(&mut self, cite: Cite) -> usize {
        if let Some(index) = self.evidence.iter().position(|known| *known == cite) {
            return index;
        }
        self.evidence.push(cite);
        self.evidence.len() - 1
    }

    /// With this citation.
    #[must_use]
    pub fn citing(mut self, cite: Cite) -> Self {
        self.cite(cite);
        self
    }
}
