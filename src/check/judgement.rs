//! A verdict in the making: what was cited, what was found, and what stayed in doubt.
//!
//! Comes in: citations, accusations with their certainty, doubts. Goes out: one verdict. Must never know: any single
//! property.

use serde_json::Value;

use super::calibration::probability;
use super::view::{GuideSubject, View};
use crate::model::dossier::PageRecord;
use crate::model::extraction::LinkRole;
use crate::model::redact;
use crate::model::{
    Extraction, Finding, Hop, Link, Locator, Outcome, PageKind, Reading, Reason, ServiceGuide, Severity, Verdict,
};

/// A typed value was read: the reading is as good as the page.
pub(crate) const READ: f64 = 0.98;
/// A label stands there with nothing or a stand-in beside it.
pub(crate) const SEEN: f64 = 0.95;
/// Two wordings were compared, or a whole, well-read page does not have something.
pub(crate) const INFERRED: f64 = 0.9;
/// Too little was recognised to say that something is not there.
pub(crate) const THIN: f64 = 0.5;

/// With fewer recognised labels than this a page was hardly read as a guide, and its silence proves nothing.
const WELL_READ: usize = 5;

/// The words of a finding.
pub(crate) struct Words {
    pub(crate) kind: &'static str,
    pub(crate) severity: Severity,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) remedy_zh: String,
    pub(crate) remedy_en: String,
}

/// A verdict in the making.
pub(crate) struct Judgement {
    verdict: Verdict,
    least: f64,
    confidence: f64,
    doubt: Option<Reason>,
}

impl Judgement {
    /// Nothing cited, nothing found.
    pub(crate) fn new(view: &View<'_>) -> Self {
        Self {
            verdict: Verdict::passed(Value::Null),
            least: view.context.settings.min_confidence,
            confidence: READ,
            doubt: None,
        }
    }

    /// Cites words of a page.
    pub(crate) fn cite(&mut self, page: &PageRecord, at: &Locator, words: &str) -> usize {
        self.verdict.cite(page.cite(at, words))
    }

    /// Cites an exchange as a whole.
    pub(crate) fn cite_whole(&mut self, page: &PageRecord) -> usize {
        self.verdict.cite(page.cite_whole())
    }

    /// Cites a reading, if there is something to cite.
    pub(crate) fn cite_reading<T>(&mut self, page: &PageRecord, reading: &Reading<T>) -> Option<usize> {
        let words = match reading {
            Reading::Blank { label, .. } => label.as_str(),
            other => other.raw().unwrap_or_default(),
        };
        reading.at().map(|at| self.cite(page, at, words))
    }

    /// Something could not be told; the first reason stands.
    pub(crate) fn doubt(&mut self, reason: Reason) {
        self.doubt.get_or_insert(reason);
    }

    /// Everything rests on a reading of this certainty.
    pub(crate) fn rests_on(&mut self, confidence: f64) {
        self.confidence = self.confidence.min(confidence);
    }

    /// Something was found. If it is less certain than the settings ask for, it becomes a doubt and accuses nobody.
    pub(crate) fn accuse(&mut self, words: Words, confidence: f64, quotes: &[&str], at: Vec<usize>) {
        if confidence < self.least || at.is_empty() {
            self.doubt(Reason::Unreadable);
            return;
        }
        self.rests_on(confidence);
        self.verdict.findings.push(Finding {
            kind: words.kind.to_owned(),
            severity: words.severity,
            message_zh: redact::mask(&words.zh),
            message_en: redact::mask(&words.en),
            remedy_zh: words.remedy_zh,
            remedy_en: words.remedy_en,
            quotes: quotes.iter().map(|quote| redact::excerpt(quote)).collect(),
            at,
        });
    }

    /// Whether something was found so far.
    pub(crate) fn accuses(&self) -> bool {
        !self.verdict.findings.is_empty()
    }

    /// Whether something stayed in doubt so far.
    pub(crate) fn doubts(&self) -> bool {
        self.doubt.is_some()
    }

    /// `failed` if something was found, `cant_tell` if something stayed in doubt, else `passed`.
    pub(crate) fn finish(self, value: Value) -> Verdict {
        let Self { verdict, confidence, doubt, .. } = self;
        let (findings, evidence) = (verdict.findings, verdict.evidence);
        let confidence = probability(confidence);
        let base = match doubt {
            _ if !findings.is_empty() => Verdict::failed(value).with_confidence(confidence),
            Some(reason) => Verdict::cant_tell(reason).with_value(value),
            None => Verdict::passed(value).with_confidence(confidence),
        };
        Verdict { findings, evidence, ..base }
    }
}

/// A guide that was read, with the page it stands on.
pub(crate) struct Sheet<'a> {
    pub(crate) page: &'a PageRecord,
    pub(crate) extraction: &'a Extraction,
    pub(crate) guide: &'a ServiceGuide,
    /// Why something that is not on this page may stand elsewhere.
    gap: Option<Reason>,
}

impl<'a> Sheet<'a> {
    /// What a check of the guide itself says of the subject; of a guide that could not be looked at, that.
    pub(crate) fn judged(
        view: &View<'_>,
        subject: &GuideSubject<'a>,
        judge: impl FnOnce(&View<'_>, &Self) -> Verdict,
    ) -> Verdict {
        match Self::open(view, subject) {
            Ok(sheet) => {
                let mut verdict = judge(view, &sheet);
                // What could not be told of a page whose data did not come was not rendered.
                if verdict.outcome == Outcome::CantTell && sheet.gap == Some(Reason::NotRendered) {
                    verdict.reason = Some(Reason::NotRendered);
                }
                verdict
            }
            Err(verdict) => verdict,
        }
    }

    /// The subject's guide, or the verdict that it could not be looked at.
    pub(crate) fn open(view: &View<'_>, subject: &GuideSubject<'a>) -> Result<Self, Verdict> {
        let (Some(page), Some(guide)) = (subject.page, subject.guide) else {
            return Err(Verdict::cant_tell(view.search_gap(subject.channel).unwrap_or(Reason::NotDiscovered)));
        };
        let Some(extraction) = page.extraction.as_deref() else { return Err(Verdict::cant_tell(Reason::Unreadable)) };
        Ok(Self { page, extraction, guide, gap: gap(view, page, extraction) })
    }

    /// How certainly something that was not seen on this page is not there; or why that cannot be said.
    pub(crate) fn absence(&self) -> Result<f64, Reason> {
        match self.gap {
            Some(reason) => Err(reason),
            None if self.guide.elements.values().filter(|reading| !reading.is_absent()).count() < WELL_READ => Ok(THIN),
            None => Ok(INFERRED),
        }
    }

    /// Whether the guide is a Word, Excel or PDF file: what belongs to it (forms, a chart) stands beside it.
    pub(crate) fn is_document(&self) -> bool {
        self.extraction.file.as_ref().is_some_and(|file| file.document.is_some())
    }

    /// Whether the page was cut or garbled: what stands last on it, and what is missing at its end, is not the city's word.
    pub(crate) fn is_cut(&self) -> bool {
        self.page.is_cut() || self.extraction.charset.malformed > MALFORMED
    }

    /// Cites the page by its title, for what is missing from it.
    pub(crate) fn cite_title(&self, judgement: &mut Judgement) -> usize {
        judgement.cite_reading(self.page, &self.guide.title).unwrap_or_else(|| judgement.cite_whole(self.page))
    }
}

/// Why the page may not be the whole guide: cut, garbled, or in pieces of which we do not know all.
fn gap(view: &View<'_>, page: &PageRecord, extraction: &Extraction) -> Option<Reason> {
    if page.is_cut() || extraction.charset.malformed > MALFORMED {
        return Some(Reason::Unreadable);
    }
    if extraction.rendered.as_ref().is_some_and(|rendered| rendered.is_reading && !rendered.is_whole()) {
        return Some(Reason::NotRendered);
    }
    // What a document shows as a picture, and what was not read of it, may be what seems to be missing.
    let document = extraction.file.as_ref().and_then(|file| file.document.as_ref());
    if document.is_some_and(|document| !document.is_whole() || document.pictures > 0) {
        return Some(Reason::Unreadable);
    }
    let of_frames = extraction.links.iter().filter(|link| link.role == LinkRole::Embed).find_map(|link| {
        let Some(piece) = view.dossier.answer(&link.url) else { return Some(view.why_unread(&link.url)) };
        let holds_more = piece.kind() == Some(PageKind::Data) || has_guide(piece);
        view.page_barrier(piece).or_else(|| holds_more.then_some(Reason::Unreadable))
    });
    let of_data = data_gap(view, extraction);
    let framed = page.request.hops.0.last() == Some(&Hop::Embed)
        && page
            .request
            .via
            .as_ref()
            .is_some_and(|via| view.dossier.pages.iter().any(|host| host.request.id == *via && has_guide(host)));
    of_data.or(of_frames).or_else(|| framed.then_some(Reason::Unreadable))
}

/// Why data that belong to the page may not be all that it shows: an answer did not come, or the page has no labels of
/// its own, and then a key that we do not know may hold what seems to be missing.
fn data_gap(view: &View<'_>, extraction: &Extraction) -> Option<Reason> {
    if extraction.rendered.as_ref().is_some_and(|rendered| rendered.is_reading) {
        return None;
    }
    let mut calls = extraction.links.iter().filter(|link| link.role == LinkRole::Data).peekable();
    calls.peek()?;
    let came = |link: &Link| view.dossier.answer_to(link.asks()).is_some_and(super::join::holds_data);
    if !calls.all(came) {
        return Some(Reason::NotRendered);
    }
    extraction.skeleton.is_none().then_some(Reason::Unreadable)
}

/// A few stray bytes do not hide a label; more than this and the page is in another encoding than we think.
const MALFORMED: usize = 20;

fn has_guide(page: &PageRecord) -> bool {
    page.extraction.as_ref().is_some_and(|extraction| extraction.guide.is_some())
}

/// The reason for a value that a page does not state: an unreadable one is our weakness, the rest was not met.
pub(crate) fn why_unstated<T>(reading: &Reading<T>) -> Reason {
    match reading {
        Reading::Unreadable { .. } => Reason::Unreadable,
        Reading::Stated(_) | Reading::Blank { .. } | Reading::Placeholder { .. } | Reading::Absent => {
            Reason::NotDiscovered
        }
    }
}
