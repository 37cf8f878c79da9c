//! Records to captures: the night as it was, for a replay without any network.

use std::collections::BTreeMap;

use serde_json::Value;

use bytes::Bytes;

use crate::model::charted::ChartedPicture;
use crate::model::{Capture, CityCode, Exchange, RecordId, Rendering, Response, Truncated};

use super::conversion;
use super::exchange::{CONTEXT_URN, COVERAGE_URN, CityCoverage, EXCHANGE_FIELD, Facts};
use super::http_block;
use super::record::{RecordType, WarcRecord};
use super::rendering::{self, DOCUMENT_URN, RENDERING_FIELD, SCREENSHOT_URN};

/// All that an archive says of a night.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Night {
    /// Every exchange, in the order in which they were archived.
    pub captures: Vec<Capture>,
    /// Every rendering, in the order in which they were archived; each after the exchange it is of.
    pub renderings: Vec<Rendering>,
    /// Every reading of a picture, each after the exchange that brought the picture.
    pub charted: Vec<ChartedPicture>,
    /// What the frontier did, by city.
    pub coverage: BTreeMap<CityCode, CityCoverage>,
    /// What the run was configured with.
    pub context: Option<Value>,
    /// Records that could not be understood.
    pub problems: Vec<Problem>,
}

/// A record that is whole but does not say what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {record}: {what}")]
pub struct Problem {
    /// The record.
    pub record: RecordId,
    /// What is wrong with it.
    pub what: &'static str,
}

/// The captures of an archive, and what could not be understood.
#[must_use]
pub fn captures(records: impl IntoIterator<Item = WarcRecord>) -> (Vec<Capture>, Vec<Problem>) {
    let night = night(records);
    (night.captures, night.problems)
}

/// Everything of an archive.
#[must_use]
pub fn night(records: impl IntoIterator<Item = WarcRecord>) -> Night {
    let mut restorer = Restorer::default();
    for record in records {
        restorer.accept(&record);
    }
    restorer.finish()
}

/// Restores a night from records that come one by one, from one file or several.
#[derive(Debug, Default)]
pub struct Restorer {
    night: Night,
    /// Answers whose facts have not come yet.
    answers: BTreeMap<RecordId, Response>,
    /// Rendered documents and pictures whose facts have not come yet.
    shown: BTreeMap<RecordId, Bytes>,
}

impl Restorer {
    /// Takes the next record.
    pub fn accept(&mut self, record: &WarcRecord) {
        let id = record.id().unwrap_or_else(|| RecordId(String::new()));
        let outcome = match record.kind() {
            Some(RecordType::Response | RecordType::Revisit) => self.accept_answer(&id, record),
            Some(RecordType::Metadata) => self.accept_facts(record),
            Some(RecordType::Resource) => self.accept_own(&id, record),
            Some(RecordType::Conversion) => conversion::restore(record).map(|charted| self.night.charted.push(charted)),
            // What was sent follows from the facts; the file's head is for people.
            Some(RecordType::Request | RecordType::Warcinfo) | None => Ok(()),
        };
        if let Err(what) = outcome {
            self.night.problems.push(Problem { record: id, what });
        }
    }

    /// The captures restored since the last call, for a reader that does not want to hold a whole night at once.
    pub fn take_captures(&mut self) -> Vec<Capture> {
        std::mem::take(&mut self.night.captures)
    }

    /// The renderings restored since the last call.
    pub fn take_renderings(&mut self) -> Vec<Rendering> {
        std::mem::take(&mut self.night.renderings)
    }

    /// The readings of pictures restored since the last call.
    pub fn take_charted(&mut self) -> Vec<ChartedPicture> {
        std::mem::take(&mut self.night.charted)
    }

    /// The coverage of cities restored since the last call.
    pub fn take_coverage(&mut self) -> BTreeMap<CityCode, CityCoverage> {
        std::mem::take(&mut self.night.coverage)
    }

    /// What the run was configured with, once its record has come.
    #[must_use]
    pub fn context(&self) -> Option<&Value> {
        self.night.context.as_ref()
    }

    /// The night, when the last record was taken.
    #[must_use]
    pub fn finish(mut self) -> Night {
        let left = self.answers.into_keys().map(|record| Problem { record, what: "an answer without its exchange" });
        self.night.problems.extend(left);
        self.night
    }

    fn accept_answer(&mut self, id: &RecordId, record: &WarcRecord) -> Result<(), &'static str> {
        let answer = answer(record).ok_or("not an HTTP message")?;
        if record.field("WARC-Truncated").is_some() && answer.truncated.is_none() {
            return Err("an unknown reason of truncation");
        }
        self.answers.insert(id.clone(), answer);
        Ok(())
    }

    fn accept_facts(&mut self, record: &WarcRecord) -> Result<(), &'static str> {
        let text = std::str::from_utf8(record.block()).map_err(|_| "the fields are not UTF-8")?;
        let field = |name: &str| text.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        if let Some(json) = field(RENDERING_FIELD) {
            let facts: rendering::Facts = serde_json::from_str(json).map_err(|_| "the rendering cannot be read")?;
            self.night.renderings.push(facts.restore(|id| self.shown.remove(id))?);
            return Ok(());
        }
        let json = field(EXCHANGE_FIELD).ok_or("the exchange is missing")?;
        let facts: Facts = serde_json::from_str(json).map_err(|_| "the exchange cannot be read")?;
        let outcome = if let Some(failure) = facts.failure {
            Err(failure)
        } else {
            let answer = self.answers.remove(&facts.record).ok_or("the answer is missing")?;
            Ok(Response { version: facts.version.unwrap_or_default(), ..answer })
        };
        self.night.captures.push(Capture {
            record: facts.record,
            request: facts.request,
            date: facts.date,
            exchange: Exchange {
                outcome,
                remote_addr: facts.remote_addr,
                resolved: facts.resolved,
                tls: facts.tls,
                timing: facts.timing,
            },
            revisit: facts.revisit,
        });
        Ok(())
    }

    fn accept_own(&mut self, id: &RecordId, record: &WarcRecord) -> Result<(), &'static str> {
        let uri = record.field("WARC-Target-URI").unwrap_or_default();
        if uri.starts_with(DOCUMENT_URN) || uri.starts_with(SCREENSHOT_URN) {
            self.shown.insert(id.clone(), Bytes::copy_from_slice(record.block()));
        } else if uri == CONTEXT_URN {
            let context = serde_json::from_slice(record.block()).map_err(|_| "the context is not JSON")?;
            self.night.context = Some(context);
        } else if let Some(code) = uri.strip_prefix(COVERAGE_URN) {
            let coverage = serde_json::from_slice(record.block()).map_err(|_| "the coverage cannot be read")?;
            self.night.coverage.insert(CityCode(code.to_owned()), coverage);
        }
        Ok(())
    }
}

/// The answer that a `response` or `revisit` record holds; `None` for other records and for what is no HTTP message.
#[must_use]
pub fn answer(record: &WarcRecord) -> Option<Response> {
    record.kind().filter(|kind| matches!(kind, RecordType::Response | RecordType::Revisit))?;
    let answer = http_block::parse_response(record.block())?;
    let version = if record.field("WARC-Protocol") == Some("h2") { "HTTP/2".to_owned() } else { answer.version };
    let truncated = record.field("WARC-Truncated").and_then(truncated);
    Some(Response { version, truncated, ..answer })
}

fn truncated(word: &str) -> Option<Truncated> {
    [Truncated::Length, Truncated::Time, Truncated::Disconnect].into_iter().find(|reason| reason.as_str() == word)
}
