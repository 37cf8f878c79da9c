//! The record that leaves the program (contract §4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::digest::Digest;
use super::finding::{Cite, Finding, Outcome, Reason, Verdict};
use super::property::{PropertyId, Unit};
use super::target::{ChannelId, City};

/// Version of the record.
pub const SCHEMA: &str = "portal-probe.observation/1";

/// One statement about one subject, with evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// [`SCHEMA`].
    pub schema: String,
    /// Digest of run, target, channel, subject key and property.
    pub id: Digest,
    /// Run id.
    pub run: String,
    /// RFC 3339 with +08:00: when the evidence was captured.
    pub observed_at: String,
    /// The city.
    pub city: City,
    /// Channel, or none for a statement about the whole city.
    pub channel: Option<ChannelId>,
    /// What the statement is about.
    pub subject: Subject,
    /// Property id.
    pub property: String,
    /// Outcome.
    pub outcome: Outcome,
    /// Why, when not `passed` or `failed`.
    pub reason: Option<Reason>,
    /// Measured value.
    pub value: Value,
    /// Unit of the value.
    pub unit: Option<String>,
    /// 0–1.
    pub confidence: f64,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Evidence.
    pub evidence: Vec<Evidence>,
    /// What computed it.
    pub procedure: Procedure,
}

/// A citation in the record.
pub type Evidence = Cite;

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// Kind.
    pub kind: SubjectKind,
    /// Stable across nights.
    pub key: String,
    /// For people.
    pub name: String,
    /// Address, if it has one.
    pub url: Option<String>,
    /// Scenario id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scenario: Option<String>,
    /// Segment id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub segment: Option<String>,
}

/// Kinds of subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// The whole city.
    City,
    /// One channel.
    Channel,
    /// One page.
    Page,
    /// One guide.
    Guide,
    /// One scenario.
    Scenario,
    /// One list of replies.
    ReplyList,
}

impl SubjectKind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 6] = [Self::City, Self::Channel, Self::Page, Self::Guide, Self::Scenario, Self::ReplyList];

    /// The word in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Channel => "channel",
            Self::Page => "page",
            Self::Guide => "guide",
            Self::Scenario => "scenario",
            Self::ReplyList => "reply_list",
        }
    }
}

/// What computed a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    /// This program.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// The check and its version, for example `guide.time_limits/1`.
    pub check: String,
    /// Page family that read the page; none where several pages are involved.
    pub dialect: Option<String>,
}

/// What one check says of one subject of a city: all of an observation but the run, the city and the date.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The property.
    pub property: PropertyId,
    /// Unit of the value.
    pub unit: Option<Unit>,
    /// Version of the check.
    pub version: u32,
    /// Channel, or none for a statement about the whole city.
    pub channel: Option<ChannelId>,
    /// What it is about.
    pub subject: Subject,
    /// Page family that read the page; none where several pages are involved.
    pub dialect: Option<String>,
    /// Outcome, value, findings and evidence.
    pub verdict: Verdict,
}
