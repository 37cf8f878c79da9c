//! Statements to observations: the record that leaves the program (contract §4).
//!
//! Comes in: what the checks say of one city, and its dossier. Goes out: observations sorted by id, the same for the
//! same evidence. Must never know: the clock, files, the network, or how a check judged.
//!
//! [`ledger`] counts that nothing was lost; [`summary`] is the assessment table; [`table`] shows it on a terminal.

pub mod ledger;
pub mod summary;
pub mod table;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::model::observation::SCHEMA;
use crate::model::{CityDossier, Digest, Finding, Observation, Outcome, Procedure, Reason, Statement, Verdict, redact};

pub use ledger::{Ledger, LedgerEntry};
pub use summary::{Summary, Visits, cities_of};

/// The name under which records and archives mention this program.
pub const TOOL: &str = "portal-probe";

/// Version of this program.
pub const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Digits after the decimal point of every measured number: enough for milliseconds and shares, and few enough that two
/// machines print the same.
const DECIMALS: f64 = 10_000.0;

/// Seconds from UTC to the time that Chinese portals and readers live in; without daylight saving since 1992.
const BEIJING_SECONDS: i32 = 8 * 60 * 60;

/// The observations that `statements` about the city of `dossier` make in `run`.
#[must_use]
pub fn observe(run: &str, dossier: &CityDossier, statements: Vec<Statement>) -> Vec<Observation> {
    let latest_page = dossier.pages.iter().map(|page| page.date).max();
    let mut observations: Vec<Observation> = statements
        .into_iter()
        .map(|statement| {
            // A city of which not one exchange was made has no date; the epoch is a date that nobody takes for a visit.
            let date = statement.verdict.evidence.iter().map(|cite| cite.date).max().or(latest_page);
            observation(run, dossier, statement, date.unwrap_or(Timestamp::UNIX_EPOCH))
        })
        .collect();
    observations.sort_by(|a, b| a.id.cmp(&b.id));
    observations
}

fn observation(run: &str, dossier: &CityDossier, statement: Statement, date: Timestamp) -> Observation {
    let city = dossier.target.city.clone();
    let property = statement.property.as_str();
    let channel = statement.channel.as_ref().map_or("", |channel| channel.as_str());
    let id = Digest::of_parts([run, city.code.as_str(), channel, &statement.subject.key, property]);
    let verdict = guarded(statement.verdict);
    Observation {
        schema: SCHEMA.to_owned(),
        id,
        run: run.to_owned(),
        observed_at: beijing(date),
        city,
        channel: statement.channel,
        subject: statement.subject,
        property: property.to_owned(),
        outcome: verdict.outcome,
        reason: verdict.reason,
        value: rounded(verdict.value),
        unit: statement.unit.map(|unit| unit.as_str().to_owned()),
        confidence: round(verdict.confidence.clamp(0.0, 1.0)),
        findings: verdict.findings,
        evidence: verdict.evidence,
        procedure: Procedure {
            tool: TOOL.to_owned(),
            version: TOOL_VERSION.to_owned(),
            check: format!("{property}/{}", statement.version),
            dialect: statement.dialect,
        },
    }
}

/// The last line of defense for the rules of the contract: a `failed` without evidence is not let out, a reason stands
/// exactly where one belongs, and no finding points to evidence that is not there.
fn guarded(mut verdict: Verdict) -> Verdict {
    if verdict.outcome == Outcome::Failed && verdict.evidence.is_empty() {
        verdict.outcome = Outcome::CantTell;
        verdict.reason = Some(Reason::Unreadable);
        verdict.findings.clear();
    }
    verdict.reason = match (verdict.outcome, verdict.reason) {
        (Outcome::Passed | Outcome::Failed, _) => None,
        (Outcome::CantTell, None) => Some(Reason::Unreadable),
        (Outcome::Untested, None) => Some(Reason::NotDiscovered),
        (Outcome::CantTell | Outcome::Untested | Outcome::Inapplicable, reason) => reason,
    };
    let known = verdict.evidence.len();
    for finding in &mut verdict.findings {
        mask(finding, known);
    }
    verdict
}

fn mask(finding: &mut Finding, known: usize) {
    finding.at.retain(|index| *index < known);
    for text in finding.quotes.iter_mut().chain([&mut finding.message_zh, &mut finding.message_en]) {
        *text = redact::mask(text);
    }
}

/// RFC 3339 with milliseconds and `+08:00`.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "eight hours are a valid offset")]
pub fn beijing(date: Timestamp) -> String {
    let offset = jiff::tz::Offset::from_seconds(BEIJING_SECONDS).expect("eight hours are a valid offset");
    date.to_zoned(TimeZone::fixed(offset)).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

fn rounded(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => number.as_f64().map_or(Value::Null, |float| round(float).into()),
        Value::Array(items) => items.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, field)| (key, rounded(field))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn round(float: f64) -> f64 {
    let scaled = (float * DECIMALS).round() / DECIMALS;
    // What is too large to be scaled has no decimals to lose; adding zero turns -0.0 into 0.0.
    if scaled.is_finite() { scaled + 0.0 } else { float }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{
        ChannelId, City, CityCode, Locator, PropertyId, RecordId, Severity, Subject, SubjectKind, Target, finding::Cite,
    };

    pub(crate) fn dossier(code: &str, region: &str) -> CityDossier {
        CityDossier::new(Target {
            city: City { code: CityCode(code.into()), name: format!("{code}市"), region: region.into() },
            province: "省".into(),
            verified: None,
            source: "test".into(),
            channels: Vec::new(),
        })
    }

    pub(crate) fn cite(date: &str) -> Cite {
        Cite {
            record: RecordId("urn:uuid:1".into()),
            target_uri: url::Url::parse("http://portal.example/a").expect("a valid address"),
            date: date.parse().expect("a valid date"),
            payload_digest: Some(Digest::of(b"page")),
            locator: Locator::Whole,
            excerpt: "words".into(),
        }
    }

    pub(crate) fn statement(property: &'static str, key: &str, verdict: Verdict) -> Statement {
        Statement {
            property: PropertyId(property),
            unit: None,
            version: 1,
            channel: Some(ChannelId("portal".into())),
            subject: Subject {
                kind: SubjectKind::Guide,
                key: key.into(),
                name: key.into(),
                url: None,
                scenario: Some("enterprise-start".into()),
                segment: None,
            },
            dialect: None,
            verdict,
        }
    }

    #[test]
    fn the_date_is_the_latest_of_the_cited_evidence_in_beijing_time() {
        let verdict =
            Verdict::passed(Value::Null).citing(cite("2026-11-23T17:00:00.5Z")).citing(cite("2026-11-23T16:00:00Z"));
        let made = observe("run", &dossier("330100", "华东"), vec![statement("a.b", "k", verdict)]);
        assert_eq!(made[0].observed_at, "2026-11-24T01:00:00.500+08:00");
        assert_eq!(made[0].procedure.check, "a.b/1");
    }

    #[test]
    fn the_order_of_statements_does_not_matter_and_ids_depend_on_all_parts() {
        let city = dossier("330100", "华东");
        let make = |property, key| statement(property, key, Verdict::passed(Value::Null));
        let forward = observe("run", &city, vec![make("a.b", "1"), make("a.b", "2"), make("a.c", "1")]);
        let backward = observe("run", &city, vec![make("a.c", "1"), make("a.b", "2"), make("a.b", "1")]);
        assert_eq!(forward, backward);
        assert_eq!(forward.iter().map(|made| &made.id).collect::<std::collections::BTreeSet<_>>().len(), 3);
        assert_ne!(observe("other", &city, vec![make("a.b", "1")])[0].id, forward[0].id);
    }

    #[test]
    fn floats_are_rounded_everywhere_and_whole_numbers_stay() {
        let value = serde_json::json!({"ratio": 1.0 / 3.0, "list": [-0.000_01, 66], "huge": f64::MAX});
        let expected = serde_json::json!({"ratio": 0.3333, "list": [0.0, 66], "huge": f64::MAX});
        let verdict = Verdict::passed(value).with_confidence(0.123_456);
        let made = observe("run", &dossier("1", "华东"), vec![statement("a.b", "k", verdict)]);
        assert_eq!(made[0].value.to_string(), expected.to_string());
        assert!((made[0].confidence - 0.1235).abs() < f64::EPSILON);
    }

    #[test]
    fn a_failed_without_evidence_is_not_let_out() {
        let finding = |at| Finding {
            kind: "k".into(),
            severity: Severity::Error,
            message_zh: "错".into(),
            message_en: "wrong".into(),
            remedy_zh: "改".into(),
            remedy_en: "fix".into(),
            quotes: vec!["13812345678".into()],
            at,
        };
        let mut bare = Verdict::failed(Value::Null);
        bare.findings.push(finding(vec![]));
        let mut founded = Verdict::failed(Value::Null).citing(cite("2026-11-23T16:00:00Z"));
        founded.findings.push(finding(vec![0, 7]));
        let city = dossier("330100", "华东");
        let made = observe("run", &city, vec![statement("a.b", "bare", bare)]);
        assert_eq!((made[0].outcome, made[0].reason), (Outcome::CantTell, Some(Reason::Unreadable)));
        assert_eq!(made[0].findings, []);
        let made = observe("run", &city, vec![statement("a.b", "founded", founded)]);
        assert_eq!((made[0].outcome, made[0].reason), (Outcome::Failed, None));
        assert_eq!(made[0].findings[0].at, [0]);
        assert_eq!(made[0].findings[0].quotes, ["138****5678"]);
    }
}
