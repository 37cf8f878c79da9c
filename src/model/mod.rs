//! The vocabulary every stage speaks: plain data with invariants, in reading order.
//!
//! Comes in: nothing. Goes out: types. Must never know: any other module of ours, files, network, clock.

pub mod calendar;
pub mod capture;
pub mod chart;
pub mod charted;
pub mod digest;
pub mod document;
pub mod dossier;
pub mod extraction;
pub mod finding;
pub mod guide;
pub mod interaction;
pub mod locator;
pub mod observation;
pub mod property;
pub mod query;
pub mod redact;
pub mod rendering;
pub mod request;
pub mod route;
pub mod scenario;
pub mod target;

pub use calendar::Calendar;
pub use capture::{Capture, Exchange, FailureKind, FetchFailure, Response, Stage, Timing, TlsFacts, Truncated};
pub use digest::{Digest, RecordId};
pub use document::{ArchiveEntry, Document, DocumentKind, DocumentReading, FillState, Filling};
pub use dossier::{CityDossier, Coverage, PageRecord, SkipReason};
pub use extraction::{Extraction, Issue, Link, PageKind};
pub use finding::{Finding, Outcome, Reason, Severity, Verdict};
pub use guide::{Element, Flowchart, FlowchartKind, Material, ServiceGuide, Step, Tiles, TimeLimit, TimeUnit};
pub use interaction::{Reply, ReplyList};
pub use locator::{Located, Locator, Reading};
pub use observation::{Evidence, Observation, Procedure, Statement, Subject, SubjectKind};
pub use property::{Property, PropertyId, Unit};
pub use query::{BodyKind, QueryBody, QueryRule};
pub use redact::SafeUrl;
pub use rendering::{Layout, RenderFacts, Rendering};
pub use request::{Hop, HopPath, Lane, Method, Profile, Purpose, Request, RequestId, Validators};
pub use route::{as_sent, hash_route, without_anchor};
pub use scenario::{Scenario, Segment};
pub use target::{Channel, ChannelId, ChannelKind, City, CityCode, Target};
