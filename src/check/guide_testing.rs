//! Small worlds for the tests of guide checks: a city with a portal and a mobile site, built page by page.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use url::Url;

use super::{Check, Context, Settings, run_one};
use crate::model::charted::{Drawn, DrawnProcess};
use crate::model::dossier::PageRecord;
use crate::model::extraction::{FileFacts, FileFormat, GuidanceKind, LinkRole, ScenarioGuidance};
use crate::model::observation::Statement;
use crate::model::{
    Calendar, Channel, ChannelId, ChannelKind, City, CityCode, CityDossier, Coverage, Digest, Document, DocumentKind,
    DocumentReading, Element, Extraction, FillState, Filling, Hop, Link, PageKind, Purpose, RecordId, RenderFacts,
    Request, Scenario, Segment, ServiceGuide, Step, Target, Timing, Verdict,
};

mod pieces;
pub(crate) use pieces::*;

/// A night in one city.
pub(crate) struct Night {
    dossier: CityDossier,
    scenarios: Vec<Scenario>,
    calendar: Calendar,
    pub(crate) settings: Settings,
}

impl Night {
    /// A portal whose home page was read and nothing else; no mobile channel.
    pub(crate) fn new() -> Self {
        let target = Target {
            city: City { code: CityCode("330100".into()), name: "杭州市".into(), region: "华东".into() },
            province: "浙江省".into(),
            verified: None,
            source: String::new(),
            channels: vec![channel(ChannelKind::Portal, "portal")],
        };
        let mut night = Self {
            dossier: CityDossier::new(target),
            scenarios: vec![enterprise()],
            calendar: Calendar::new(BTreeMap::new(), date(2026, 1, 1), date(2026, 12, 31)),
            settings: settings(),
        };
        night.coverage("portal");
        night.portal(page("/").kind(PageKind::Home).entry())
    }

    /// With a mobile site whose home page was read.
    pub(crate) fn with_mobile(mut self) -> Self {
        self.dossier.target.channels.push(channel(ChannelKind::MobileWeb, "mobile_web"));
        self.coverage("mobile_web");
        self.mobile(page("/").kind(PageKind::MobileHome).entry())
    }

    /// With a mobile site whose entry gave this status and kind of page.
    pub(crate) fn with_shut_mobile(mut self, status: u16, kind: PageKind) -> Self {
        self.dossier.target.channels.push(channel(ChannelKind::MobileWeb, "mobile_web"));
        self.coverage("mobile_web");
        self.mobile(page("/").kind(kind).entry().status(status))
    }

    /// With this page on the portal.
    pub(crate) fn portal(self, page: Page) -> Self {
        self.add("portal", page)
    }

    /// With this page on the mobile site.
    pub(crate) fn mobile(self, page: Page) -> Self {
        self.add("mobile_web", page)
    }

    fn add(mut self, channel: &str, page: Page) -> Self {
        let record = page.record(channel);
        self.dossier.pages.push(record);
        self.dossier.sort();
        self
    }

    /// With a link on the portal's home page.
    pub(crate) fn home_link(mut self, to: &str, text: &str) -> Self {
        let home = url("portal", "/");
        let record =
            self.dossier.pages.iter_mut().find(|page| page.request.url == home).expect("the home page is there");
        let mut extraction = record.extraction.as_deref().cloned().expect("the home page was read");
        extraction.links.push(link("portal", to, text, LinkRole::Page));
        record.extraction = Some(Arc::new(extraction));
        self
    }

    /// What the frontier did on a channel.
    pub(crate) fn coverage(&mut self, channel: &str) -> &mut Coverage {
        self.dossier.coverage.entry(ChannelId(channel.into())).or_default()
    }

    /// The dossier as the checks see it.
    pub(crate) fn joined(&self) -> CityDossier {
        super::joined(&self.dossier)
    }

    /// Every statement of one check.
    pub(crate) fn judge(&self, check: &Check) -> Vec<Statement> {
        let context = Context { scenarios: &self.scenarios, calendar: &self.calendar, settings: &self.settings };
        let joined = super::joined(&self.dossier);
        run_one(check, &super::view::View::new(&joined, &context))
    }

    /// The verdict of one check on one segment of a channel, or on the scenario if the segment is empty.
    pub(crate) fn judge_one(&self, check: &Check, channel: &str, segment: &str) -> Verdict {
        let mut found: Vec<Verdict> = self
            .judge(check)
            .into_iter()
            .filter(|statement| {
                statement.channel.as_ref().map_or("", ChannelId::as_str) == channel
                    && statement.subject.segment.as_deref().unwrap_or_default() == segment
            })
            .map(|statement| statement.verdict)
            .collect();
        assert_eq!(found.len(), 1, "one statement for {channel}/{segment}");
        found.remove(0)
    }

    /// The verdict on the portal's registration guide, when this is its page.
    pub(crate) fn of_guide(check: &Check, guide: ServiceGuide) -> Verdict {
        Self::new().portal(page("/g").guide(guide)).judge_one(check, "portal", "registration")
    }
}

fn channel(kind: ChannelKind, id: &str) -> Channel {
    Channel {
        id: ChannelId(id.into()),
        kind,
        name: None,
        seeds: vec![url(id, "/")],
        scope: vec![format!("{}.test", id.replace('_', "-"))],
        dialect: None,
        politeness_group: None,
    }
}

/// 企业开办 with one required and one optional errand.
fn enterprise() -> Scenario {
    let segment = |id: &str, name: &str, required| Segment {
        id: id.into(),
        name: name.into(),
        titles: vec![name.into()],
        not: vec!["注销".into(), "变更".into()],
        required,
    };
    Scenario {
        id: "enterprise-start".into(),
        name: "企业开办".into(),
        segments: vec![segment("registration", "设立登记", true), segment("seal", "公章刻制", true)],
    }
}

fn settings() -> Settings {
    use Element as E;
    Settings {
        required_elements: vec![
            E::ItemName,
            E::Department,
            E::LegalBasis,
            E::Conditions,
            E::Materials,
            E::Process,
            E::StatutoryLimit,
            E::PromisedLimit,
            E::Fee,
            E::Place,
            E::Hours,
            E::ConsultPhone,
            E::Visits,
        ],
        max_clicks: 4,
        response_time_ms: 3000.0,
        max_failure_ratio: 0.05,
        freshness_days: 14,
        reply_working_days: 5,
        overdue_days: 90,
        link_sample: 20,
        seed: 1,
        certificate_days: 15,
        phone_width: 430,
        topics: Vec::new(),
        topic_days: 30,
        min_confidence: 0.8,
        search_rank: 10,
    }
}

/// A page to be added to a night.
pub(crate) struct Page {
    path: String,
    status: u16,
    purpose: Purpose,
    anchor: String,
    priority: u8,
    links: Vec<(String, String, LinkRole)>,
    extraction: Extraction,
    drawn: Option<Arc<Drawn>>,
}

/// A page that was read as nothing special.
pub(crate) fn page(path: &str) -> Page {
    let extraction =
        Extraction { text_length: 1000, text_shape: format!("shape of {path}"), ..Extraction::empty(PageKind::Other) };
    Page {
        path: path.into(),
        status: 200,
        purpose: Purpose::Page,
        anchor: String::new(),
        priority: 50,
        links: Vec::new(),
        extraction,
        drawn: None,
    }
}

/// A list of guides.
pub(crate) fn list(path: &str, title: &str) -> Page {
    page(path).kind(PageKind::GuideList).titled(title)
}

/// A file with these contents: equal contents have equal digests.
pub(crate) fn file(path: &str, format: FileFormat, contents: &str) -> Page {
    let mut page = page(path).kind(PageKind::Attachment);
    page.extraction.file = Some(facts(format, contents));
    page
}

fn facts(format: FileFormat, contents: &str) -> FileFacts {
    FileFacts {
        format,
        length: 1000,
        digest: Digest::of(contents.as_bytes()).as_str().to_owned(),
        pixels: None,
        qr: Vec::new(),
        steps: Vec::new(),
        drawn: None,
        opens: format != FileFormat::Tiny && format != FileFormat::Html,
        document: None,
    }
}

/// Facts of a Word document with these bytes and this text.
pub(crate) fn document_file(bytes: &str, text: &str, filling: Filling) -> FileFacts {
    let words: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let document = Document {
        kind: DocumentKind::Docx,
        reading: DocumentReading::Whole,
        pages: None,
        pictures: 0,
        text: text.into(),
        words_digest: Digest::of(words.as_bytes()).as_str().to_owned(),
        words: words.chars().count(),
        filling,
        entries: Vec::new(),
    };
    let mut facts = facts(FileFormat::Docx, bytes);
    facts.document = Some(Box::new(document));
    facts
}

/// A judgement with so many empty and filled places.
pub(crate) fn filling(state: FillState, empty: u32, filled: u32) -> Filling {
    Filling { state, certainty: 95, empty, filled, quotes: Vec::new() }
}

/// A Word document at a place.
pub(crate) fn document(path: &str, facts: FileFacts) -> Page {
    let mut page = page(path).kind(PageKind::Attachment);
    page.extraction.file = Some(facts);
    page
}

impl Page {
    /// As a guide that is a Word file itself.
    pub(crate) fn in_document(mut self) -> Self {
        self.extraction.file = Some(document_file("guide", "办事指南", filling(FillState::Unclear, 0, 0)));
        self
    }

    pub(crate) fn kind(mut self, kind: PageKind) -> Self {
        self.extraction.kind = kind;
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Found by a link that promised what we look for.
    pub(crate) fn promising(mut self) -> Self {
        self.priority = 80;
        self
    }

    /// The answer of the site's own search for a segment.
    pub(crate) fn searched(mut self, segment: &str) -> Self {
        self.purpose = Purpose::Search { segment: segment.into() };
        self
    }

    /// A flowchart's picture of which this was read.
    pub(crate) fn drawn(mut self, drawn: Drawn) -> Self {
        self.drawn = Some(Arc::new(drawn));
        self
    }

    /// Has a button for more (加载更多).
    pub(crate) fn with_button(mut self) -> Self {
        self.extraction.more = Some(located("加载更多".to_owned(), "button"));
        self
    }

    /// A browser showed it beside the answer; whether it still offered more, and what did not come.
    pub(crate) fn shown(mut self, goes_on: bool, missing: u32) -> Self {
        self.extraction.rendered = Some(Box::new(RenderFacts {
            document: None,
            screenshot: None,
            is_reading: false,
            profile: crate::model::Profile::Desktop,
            layout: crate::model::rendering::Layout { goes_on, ..Default::default() },
            missing,
            unstyled: 0,
            cut: false,
        }));
        self
    }

    pub(crate) fn titled(mut self, title: &str) -> Self {
        self.extraction.title = Some(located(title.to_owned(), title));
        self
    }

    pub(crate) fn anchor(mut self, anchor: &str) -> Self {
        self.anchor = anchor.into();
        self
    }

    pub(crate) fn link(self, to: &str, text: &str) -> Self {
        self.link_as(to, text, LinkRole::Page)
    }

    pub(crate) fn link_as(mut self, to: &str, text: &str, role: LinkRole) -> Self {
        self.links.push((to.into(), text.into(), role));
        self
    }

    pub(crate) fn guide(mut self, guide: ServiceGuide) -> Self {
        self.extraction.kind = PageKind::Guide;
        self.extraction.guide = Some(Box::new(guide));
        self
    }

    /// Shown to a visitor under this address.
    pub(crate) fn shown_at(mut self, path: &str) -> Self {
        self.extraction.shown_at = Some(url("portal", path));
        self
    }

    /// With this item code in its address.
    pub(crate) fn item(mut self, code: &str) -> Self {
        self.extraction.item = Some(code.to_owned());
        self
    }

    /// With these labels, whose values only scripts fill in.
    pub(crate) fn skeleton(mut self, guide: ServiceGuide) -> Self {
        self.extraction.skeleton = Some(Box::new(guide));
        self
    }

    pub(crate) fn drawing(mut self, steps: Vec<Step>) -> Self {
        if let Some(facts) = &mut self.extraction.file {
            let drawn = DrawnProcess { steps: steps.clone(), is_whole: true, ..DrawnProcess::default() };
            facts.drawn = Some(Box::new(drawn));
            facts.steps = steps;
        }
        self
    }

    pub(crate) fn scenario(mut self, kind: GuidanceKind, title: &str, to: Option<Url>) -> Self {
        let here = to.is_none();
        self.extraction.scenarios.push(ScenarioGuidance { kind, title: title.into(), url: to, at: at("h1"), here });
        self
    }

    fn entry(mut self) -> Self {
        self.purpose = Purpose::Entry { attempt: 1 };
        self
    }

    fn record(mut self, channel: &str) -> PageRecord {
        let address = url(channel, &self.path);
        self.extraction.links = self.links.iter().map(|(to, text, role)| link(channel, to, text, *role)).collect();
        let target = CityCode("330100".into());
        let request = Request {
            anchor: self.anchor,
            priority: self.priority,
            ..Request::new(target, ChannelId(channel.into()), address.clone(), self.purpose)
        };
        PageRecord {
            record: RecordId(format!("urn:test:{address}")),
            request,
            date: Timestamp::UNIX_EPOCH,
            status: Some(self.status),
            failure: None,
            timing: Timing::default(),
            remote_addr: None,
            tls: None,
            truncated: None,
            payload_digest: Some(Digest::of(self.path.as_bytes())),
            redirect_to: None,
            parts: Vec::new(),
            drawn: self.drawn,
            extraction: Some(Arc::new(self.extraction)),
        }
    }
}

/// An address on a channel's host; absolute addresses stay.
pub(crate) fn url(channel: &str, path: &str) -> Url {
    let base = Url::parse(&format!("http://{}.test/", channel.replace('_', "-"))).expect("a valid address");
    base.join(path).expect("a valid path")
}

fn link(channel: &str, to: &str, text: &str, role: LinkRole) -> Link {
    Link { url: url(channel, to), text: text.into(), hop: Hop::Link, role, at: at("a"), query: None }
}
