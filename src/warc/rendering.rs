//! Renderings to records and back: the document and the picture as `resource` records, and how it went as `metadata`.
//!
//! All are concurrent to the record of the page's answer. The document stands under an address of our own, so that no
//! replay tool takes it for what the server sent.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::rendering::{Asked, Layout, MadeFor, RenderFailure, RenderedPage};
use crate::model::{Digest, Profile, RecordId, Rendering};

use super::exchange::MASKED_FIELD;
use super::record::{RecordType, WARC_FIELDS, WarcRecord};

/// Beginning of the address of a rendered document; the page's address follows.
pub const DOCUMENT_URN: &str = "urn:portal-probe:rendered:";

/// Beginning of the address of a picture of a page; the page's address follows.
pub const SCREENSHOT_URN: &str = "urn:portal-probe:screenshot:";

/// Type of a rendered document.
pub const DOCUMENT_TYPE: &str = "text/html; charset=utf-8";

/// The field of a `metadata` block that holds how a rendering went, as JSON.
pub(super) const RENDERING_FIELD: &str = "rendering";

/// All of a rendering but document and picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Facts {
    record: RecordId,
    document: RecordId,
    screenshot: RecordId,
    made_for: MadeFor,
    of: RecordId,
    url: Url,
    date: Timestamp,
    profile: Profile,
    asked: Asked,
    /// The layout, or why there is none.
    outcome: Result<Shown, RenderFailure>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Shown {
    cut: bool,
    layout: Layout,
    has_document: bool,
    has_screenshot: bool,
}

/// The records of a rendering. `masked_from` is the digest of the document before personal data were masked.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
pub fn rendering_records(rendering: &Rendering, masked_from: Option<&Digest>) -> Vec<WarcRecord> {
    let mut records = Vec::with_capacity(3);
    if let Ok(page) = &rendering.outcome {
        if !page.html.is_empty() {
            let record = resource(rendering, &rendering.document, DOCUMENT_URN, &page.html);
            let record = record.with_some(MASKED_FIELD, masked_from.map(Digest::as_str));
            records.push(record.with_block(DOCUMENT_TYPE, page.html.to_vec()));
        }
        if let Some(picture) = &page.screenshot {
            let record = resource(rendering, &rendering.screenshot, SCREENSHOT_URN, picture);
            records.push(record.with_block("image/png", picture.to_vec()));
        }
    }
    let json = serde_json::to_string(&Facts::of(rendering)).expect("plain data with text keys is always JSON");
    let block = format!("{RENDERING_FIELD}: {json}\r\n");
    let record = beside(rendering, WarcRecord::new(RecordType::Metadata, &rendering.record, rendering.date));
    records.push(record.with("WARC-Target-URI", rendering.url.as_str()).with_block(WARC_FIELDS, block.into_bytes()));
    records
}

fn resource(rendering: &Rendering, id: &RecordId, urn: &str, payload: &[u8]) -> WarcRecord {
    beside(rendering, WarcRecord::new(RecordType::Resource, id, rendering.date))
        .with("WARC-Target-URI", &format!("{urn}{}", rendering.url))
        .with("WARC-Payload-Digest", Digest::of(payload).as_str())
}

fn beside(rendering: &Rendering, record: WarcRecord) -> WarcRecord {
    record.with("WARC-Concurrent-To", &format!("<{}>", rendering.of))
}

impl Facts {
    fn of(rendering: &Rendering) -> Self {
        let shown = |page: &RenderedPage| Shown {
            cut: page.cut,
            layout: page.layout.clone(),
            has_document: !page.html.is_empty(),
            has_screenshot: page.screenshot.is_some(),
        };
        Self {
            record: rendering.record.clone(),
            document: rendering.document.clone(),
            screenshot: rendering.screenshot.clone(),
            made_for: rendering.made_for,
            of: rendering.of.clone(),
            url: rendering.url.clone(),
            date: rendering.date,
            profile: rendering.profile,
            asked: rendering.asked.clone(),
            outcome: rendering.outcome.as_ref().map(shown).map_err(Clone::clone),
        }
    }

    /// The rendering, with document and picture taken from where they wait.
    pub(super) fn restore(self, mut take: impl FnMut(&RecordId) -> Option<Bytes>) -> Result<Rendering, &'static str> {
        let outcome = match self.outcome {
            Err(failure) => Err(failure),
            Ok(shown) => {
                let mut wanted = |is_there: bool, id: &RecordId, what: &'static str| {
                    if is_there { take(id).ok_or(what).map(Some) } else { Ok(None) }
                };
                let html = wanted(shown.has_document, &self.document, "the rendered document is missing")?;
                let screenshot = wanted(shown.has_screenshot, &self.screenshot, "the screenshot is missing")?;
                let html = html.unwrap_or_default();
                Ok(RenderedPage { html, cut: shown.cut, layout: shown.layout, screenshot })
            }
        };
        Ok(Rendering {
            record: self.record,
            document: self.document,
            screenshot: self.screenshot,
            made_for: self.made_for,
            of: self.of,
            url: self.url,
            date: self.date,
            profile: self.profile,
            asked: self.asked,
            outcome,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::rendering::{AskRefusal, AskedFor, RefusedAsk, RenderFailureKind};
    use crate::warc::{Restorer, rendering_records};

    use super::*;

    fn rendering(outcome: Result<RenderedPage, RenderFailure>) -> Rendering {
        let id = |word: &str| RecordId(format!("urn:uuid:{word}"));
        Rendering {
            record: id("r"),
            document: id("d"),
            screenshot: id("s"),
            made_for: MadeFor::Reading,
            of: id("page"),
            url: Url::parse("http://h.test/#/guide?id=7").expect("an address"),
            date: "2020-04-10T12:00:00Z".parse().expect("a time"),
            profile: Profile::Phone,
            asked: Asked {
                refused: vec![RefusedAsk {
                    url: "http://x.test/".to_owned(),
                    what: AskedFor::Data,
                    why: AskRefusal::Method,
                }],
                leads_to: vec![Url::parse("http://h.test/next").expect("an address")],
                ..Asked::default()
            },
            outcome,
        }
    }

    fn page() -> RenderedPage {
        RenderedPage {
            html: Bytes::from_static("<p>办事指南</p>".as_bytes()),
            cut: true,
            layout: Layout { layout_width: 390, content_width: 700, ..Layout::default() },
            screenshot: Some(Bytes::from_static(b"\x89PNG")),
        }
    }

    fn restored(rendering: &Rendering) -> Rendering {
        let mut restorer = Restorer::default();
        for record in rendering_records(rendering, None) {
            restorer.accept(&record);
        }
        let night = restorer.finish();
        assert!(night.problems.is_empty(), "{:?}", night.problems);
        night.renderings.into_iter().next().expect("one rendering")
    }

    #[test]
    fn a_rendering_comes_back_as_it_was() {
        let failure = RenderFailure { kind: RenderFailureKind::Deadline, detail: "too\nlong".to_owned() };
        let without_picture = RenderedPage { screenshot: None, ..page() };
        let only_picture = RenderedPage { html: Bytes::new(), ..page() };
        for outcome in [Ok(page()), Ok(without_picture), Ok(only_picture), Err(failure)] {
            let rendering = rendering(outcome);
            assert_eq!(restored(&rendering), rendering);
        }
    }

    #[test]
    fn document_and_picture_are_records_beside_the_pages_own() {
        let records = rendering_records(&rendering(Ok(page())), None);
        let types: Vec<_> = records.iter().filter_map(|record| record.field("Content-Type")).collect();
        assert_eq!(types, [DOCUMENT_TYPE, "image/png", WARC_FIELDS]);
        assert!(records.iter().all(|record| record.field("WARC-Concurrent-To") == Some("<urn:uuid:page>")));
        assert!(records[0].field("WARC-Target-URI").is_some_and(|uri| uri.starts_with(DOCUMENT_URN)));
    }

    #[test]
    fn a_rendering_whose_document_is_gone_is_a_problem_and_not_an_empty_page() {
        let mut records = rendering_records(&rendering(Ok(page())), None);
        records.remove(0);
        let mut restorer = Restorer::default();
        for record in &records {
            restorer.accept(record);
        }
        let night = restorer.finish();
        assert!(night.renderings.is_empty());
        assert_eq!(night.problems.len(), 1);
    }
}
