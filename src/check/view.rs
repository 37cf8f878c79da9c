//! A read-only view of a dossier: what several checks need, worked out once.
//!
//! Comes in: dossier and context. Goes out: guides with their errands and counterparts, the state of each channel,
//! clicks from the entry, soft "not found" pages, the state of files that guides offer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use url::Url;

use crate::model::dossier::{Coverage, PageRecord, RobotsState, SkipReason};
use crate::model::extraction::{FileFacts, FileFormat, LinkRole};
use crate::model::interaction::{Reply, Topic};
use crate::model::{
    Channel, ChannelId, ChannelKind, CityDossier, Element, Extraction, Hop, Lane, PageKind, PropertyId, Purpose,
    Reason, Scenario, Segment, ServiceGuide, Subject, SubjectKind,
};

use super::Context;

/// The view.
pub struct View<'a> {
    /// What the night learnt.
    pub dossier: &'a CityDossier,
    /// Scenarios, calendar, settings.
    pub context: &'a Context<'a>,
    /// One per channel, scenario and segment; `page` is the segment's main guide there, if one was read.
    pub segments: Vec<GuideSubject<'a>>,
    /// Every guide that was read, and for each segment without one a subject without a page.
    pub guides: Vec<GuideSubject<'a>>,
    clicks: BTreeMap<ChannelId, BTreeMap<Url, u32>>,
    soft_shapes: BTreeSet<(String, String)>,
}

/// A guide on a channel, or the place where one should be.
#[derive(Clone)]
pub struct GuideSubject<'a> {
    /// Channel.
    pub channel: &'a Channel,
    /// Page on which the guide was read.
    pub page: Option<&'a PageRecord>,
    /// The guide.
    pub guide: Option<&'a ServiceGuide>,
    /// The scenario it belongs to.
    pub scenario: Option<&'a Scenario>,
    /// The errand it is about.
    pub segment: Option<&'a Segment>,
}

/// The letters of one topic on one channel.
pub struct ReplySubject<'a> {
    /// Channel.
    pub channel: &'a Channel,
    /// Topic.
    pub topic: Topic,
    /// Pages that hold letters of this topic, in order of address.
    pub pages: Vec<&'a PageRecord>,
    /// The letters with the page each stands on, one a key; where a letter is met twice, the one that knows more.
    pub letters: Vec<(&'a PageRecord, &'a Reply)>,
    /// Rows that could not be read.
    pub unreadable: usize,
}

/// Whether a channel can be judged.
#[derive(Debug, Clone, Copy)]
pub enum ChannelState<'a> {
    /// Its entry gave a usable page.
    Open(&'a PageRecord),
    /// It could not be judged, and why; with the exchange that shows it, if there was one.
    Shut(Reason, Option<&'a PageRecord>),
    /// The server itself says that it is gone for good (410).
    Withdrawn(&'a PageRecord),
}

/// What became of a file that a guide offers.
#[derive(Debug, Clone, Copy)]
pub enum FileState<'a> {
    /// It opens.
    Opens(&'a PageRecord, &'a FileFacts),
    /// It is there as a page that is not a file, or it is empty, or it is not found.
    Broken(&'a PageRecord),
    /// We do not know.
    Unknown(Reason),
}

impl<'a> View<'a> {
    /// The view of a sorted dossier.
    #[must_use]
    pub fn new(dossier: &'a CityDossier, context: &'a Context<'a>) -> Self {
        let mut view = Self {
            dossier,
            context,
            segments: Vec::new(),
            guides: Vec::new(),
            clicks: BTreeMap::new(),
            soft_shapes: soft_shapes(dossier),
        };
        for channel in dossier.target.web_channels() {
            let clicks = clicks_from_entry(dossier, channel);
            view.clicks.insert(channel.id.clone(), clicks);
            view.add_guides(channel);
        }
        view
    }

    fn add_guides(&mut self, channel: &'a Channel) {
        let mut read: Vec<GuideSubject<'a>> = Vec::new();
        let mut known = BTreeSet::new();
        for page in self.dossier.of_channel(&channel.id) {
            let Some(guide) = guide_on(page) else { continue };
            if self.is_soft_not_found(page) || !known.insert(guide_key(guide, page)) {
                continue;
            }
            let title = guide.title.value().map_or("", String::as_str);
            let named = self.context.scenarios.iter().find_map(|scenario| {
                scenario.segments.iter().find(|segment| segment.names(title)).map(|segment| (scenario, segment))
            });
            let (scenario, segment) = named.unzip();
            read.push(GuideSubject { channel, page: Some(page), guide: Some(guide), scenario, segment });
        }
        for scenario in self.context.scenarios {
            for segment in &scenario.segments {
                let main = read
                    .iter()
                    .filter(|subject| subject.scenario == Some(scenario) && subject.segment == Some(segment))
                    .min_by_key(|subject| {
                        (self.clicks_to(subject).unwrap_or(u32::MAX), subject.title().chars().count(), subject.key())
                    });
                let subject = main.cloned().unwrap_or(GuideSubject {
                    channel,
                    page: None,
                    guide: None,
                    scenario: Some(scenario),
                    segment: Some(segment),
                });
                if subject.page.is_none() {
                    self.guides.push(subject.clone());
                }
                self.segments.push(subject);
            }
        }
        self.guides.append(&mut read);
    }

    /// Clicks from the channel's entry to this guide, by the links of the pages that were read.
    #[must_use]
    pub fn clicks_to(&self, subject: &GuideSubject<'_>) -> Option<u32> {
        let page = subject.page?;
        self.clicks.get(&subject.channel.id)?.get(&page.request.url).copied()
    }

    /// Whether this channel can be judged.
    #[must_use]
    pub fn channel_state(&self, channel: &Channel) -> ChannelState<'a> {
        let entries: Vec<&PageRecord> = self.entry_answers(channel);
        if let Some(page) = entries.iter().copied().find(|page| self.usable(page)) {
            return ChannelState::Open(page);
        }
        if self.dossier.own_network == Some(false) {
            return ChannelState::Shut(Reason::OwnNetwork, entries.first().copied());
        }
        if let Some(page) = entries.iter().copied().find(|page| page.status == Some(410)) {
            return ChannelState::Withdrawn(page);
        }
        if let Some((page, reason)) =
            entries.iter().copied().find_map(|page| barrier(page).map(|reason| (page, reason)))
        {
            return ChannelState::Shut(reason, Some(page));
        }
        let robots = self.coverage(channel).is_some_and(|coverage| {
            coverage.skipped.contains_key(&SkipReason::RobotsDisallowed)
                || coverage.skipped.contains_key(&SkipReason::RobotsUnavailable)
        });
        if entries.is_empty() && robots {
            return ChannelState::Shut(Reason::RobotsDisallowed, None);
        }
        if entries.is_empty() && self.coverage(channel).is_some_and(|coverage| coverage.budget.is_some()) {
            return ChannelState::Shut(Reason::BudgetExhausted, None);
        }
        ChannelState::Shut(Reason::Unreachable, entries.first().copied())
    }

    /// The final exchange of each honest entry attempt (redirects followed, the lenient lane preferred).
    ///
    /// A dead server never gets as far as its entry: its robots.txt is asked for first, and without an answer the host
    /// stays closed. Those failed connections are then the honest attempts. A robots.txt that was answered badly is
    /// none: the entry behind it may be well.
    #[must_use]
    pub fn entry_answers(&self, channel: &Channel) -> Vec<&'a PageRecord> {
        let mut attempts: BTreeMap<u8, &'a PageRecord> = BTreeMap::new();
        for page in self.dossier.of_channel_owned(&channel.id) {
            if let Purpose::Entry { attempt } = page.request.purpose {
                if page.redirect_to.is_some() {
                    continue;
                }
                // An answer is preferred to a failure, then the lenient lane, then the later exchange.
                let rank = |page: &PageRecord| (page.status.is_some(), page.request.lane, page.date);
                let better = attempts.get(&attempt).is_none_or(|known| rank(known) <= rank(page));
                if better {
                    attempts.insert(attempt, page);
                }
            }
        }
        if attempts.is_empty() {
            let robots =
                self.dossier.of_channel_owned(&channel.id).filter(|page| page.request.purpose == Purpose::Robots);
            return robots.filter(|page| page.failure.is_some()).collect();
        }
        attempts.into_values().collect()
    }

    /// Whether a page gave content that a visitor can use.
    #[must_use]
    pub fn usable(&self, page: &PageRecord) -> bool {
        succeeded(page)
            && barrier(page).is_none()
            && page.kind() != Some(PageKind::SoftNotFound)
            && page.extraction.is_some()
    }

    /// Whether a page is "not found" in spite of its status: it says so, or it looks like the host's control page.
    #[must_use]
    pub fn is_soft_not_found(&self, page: &PageRecord) -> bool {
        let Some(extraction) = &page.extraction else { return false };
        if extraction.kind == PageKind::SoftNotFound {
            return true;
        }
        let host = crate::model::target::authority(&page.request.url);
        !matches!(page.request.purpose, Purpose::Entry { .. })
            && self.soft_shapes.contains(&(host, extraction.text_shape.clone()))
    }

    /// Why a page that was not usable cannot be judged; `None` if it was usable.
    #[must_use]
    pub fn page_barrier(&self, page: &PageRecord) -> Option<Reason> {
        barrier(page)
    }

    /// What the frontier did on this channel.
    #[must_use]
    pub fn coverage(&self, channel: &Channel) -> Option<&'a Coverage> {
        self.dossier.coverage.get(&channel.id)
    }

    /// Whether everything in reach was looked at; if not, why an absence proves nothing.
    #[must_use]
    pub fn search_gap(&self, channel: &Channel) -> Option<Reason> {
        match self.channel_state(channel) {
            ChannelState::Open(_) => {}
            ChannelState::Shut(reason, _) => return Some(reason),
            ChannelState::Withdrawn(_) => return Some(Reason::Unreachable),
        }
        let Some(coverage) = self.coverage(channel) else { return Some(Reason::NotDiscovered) };
        if coverage.budget.is_some() || coverage.waiting > 0 {
            return Some(Reason::BudgetExhausted);
        }
        if coverage.robots.values().any(|state| *state == RobotsState::ClosedForNow) {
            return Some(Reason::RobotsDisallowed);
        }
        let barrier_met =
            self.dossier.of_channel_owned(&channel.id).filter(|page| page.is_reading()).find_map(|page| {
                let promising = page.request.priority >= PROMISING;
                match barrier(page) {
                    Some(reason @ (Reason::Blocked | Reason::NotRendered)) if promising => Some(reason),
                    _ if page.failure.is_some() && promising && self.dossier.answer(&page.request.url).is_none() => {
                        Some(Reason::Unreachable)
                    }
                    _ => None,
                }
            });
        barrier_met
            .or_else(|| coverage.robots_disallowed.iter().any(looks_promising).then_some(Reason::RobotsDisallowed))
    }

    /// The same errand on a web channel of the other kind: by item code, else by title and department. `None` = none
    /// was read.
    #[must_use]
    pub fn counterpart(&self, subject: &GuideSubject<'_>) -> Option<&GuideSubject<'a>> {
        let guide = subject.guide?;
        let others = || self.guides.iter().filter(|other| other.channel.kind != subject.channel.kind);
        let code = guide.code.as_ref().map(|code| code.value.as_str());
        let by_code = code.and_then(|code| {
            others().find(|other| {
                other.guide.and_then(|guide| guide.code.as_ref()).is_some_and(|other| other.value == code)
            })
        });
        by_code.or_else(|| {
            others().find(|other| {
                let Some(other_guide) = other.guide else { return false };
                let both_coded = code.is_some() && other_guide.code.is_some();
                !both_coded
                    && plain(&other.title()) == plain(&subject.title())
                    && department(other_guide) == department(guide)
                    && department(guide).is_some()
            })
        })
    }

    /// What became of a file that a guide offers.
    #[must_use]
    pub fn file(&self, url: &Url) -> FileState<'a> {
        let Some(page) = self.dossier.answer(url) else {
            return FileState::Unknown(self.why_unread(url));
        };
        match page.status {
            Some(404 | 410) => return FileState::Broken(page),
            Some(_) if !succeeded(page) => {
                return FileState::Unknown(barrier(page).unwrap_or(Reason::Unreachable));
            }
            _ => {}
        }
        if let Some(reason) = barrier(page) {
            return FileState::Unknown(reason);
        }
        if self.is_soft_not_found(page) {
            return FileState::Broken(page);
        }
        match page.extraction.as_ref().and_then(|extraction| extraction.file.as_ref()) {
            Some(facts) if facts.opens && facts.format != FileFormat::Html => FileState::Opens(page, facts),
            Some(_) if page.truncated.is_some() => FileState::Unknown(Reason::Unreadable),
            Some(_) => FileState::Broken(page),
            None => FileState::Unknown(Reason::Unreadable),
        }
    }

    /// Why an address was not read.
    #[must_use]
    pub fn why_unread(&self, url: &Url) -> Reason {
        if self.dossier.own_network == Some(false) {
            return Reason::OwnNetwork;
        }
        if self.dossier.exchange(url).is_some() {
            return Reason::Unreachable;
        }
        let coverages = || self.dossier.coverage.values();
        if coverages().any(|coverage| coverage.robots_disallowed.contains(url)) {
            return Reason::RobotsDisallowed;
        }
        if coverages().any(|coverage| coverage.budget.is_some() || coverage.waiting > 0) {
            return Reason::BudgetExhausted;
        }
        Reason::NotDiscovered
    }

    /// The letters that a timeliness property is about, one subject a web channel.
    #[must_use]
    pub fn replies(&self, property: PropertyId) -> Vec<ReplySubject<'a>> {
        let topic = if property.as_str().contains("complaint") { Topic::Complaint } else { Topic::Consultation };
        let channels: Vec<&'a Channel> =
            self.dossier.target.web_channels().filter(|channel| channel.kind == ChannelKind::Portal).collect();
        channels.into_iter().map(|channel| self.replies_of(channel, topic)).collect()
    }

    fn replies_of(&self, channel: &'a Channel, topic: Topic) -> ReplySubject<'a> {
        let mut subject = ReplySubject { channel, topic, pages: Vec::new(), letters: Vec::new(), unreadable: 0 };
        let mut by_key: BTreeMap<&str, (&'a PageRecord, &'a Reply)> = BTreeMap::new();
        for page in self.dossier.of_channel_owned(&channel.id) {
            let Some(list) = page.extraction.as_ref().and_then(|extraction| extraction.replies.as_ref()) else {
                continue;
            };
            let mut any = list.topic == Some(topic);
            for letter in list.letters.iter().filter(|letter| letter.topic.or(list.topic) == Some(topic)) {
                any = true;
                let better = by_key.get(letter.key.as_str()).is_none_or(|(_, known)| knows(letter) > knows(known));
                if better {
                    by_key.insert(&letter.key, (page, letter));
                }
            }
            if any {
                subject.pages.push(page);
                subject.unreadable += list.unreadable;
            }
        }
        subject.letters = by_key.into_values().collect();
        subject
    }

    /// The pages at this many clicks from the channel's entry that were read well, one an address. At 0 clicks these
    /// are the entry page and the frames it is made of.
    #[must_use]
    pub fn at_clicks(&self, channel: &Channel, clicks: u32) -> Vec<(&'a PageRecord, &'a Extraction)> {
        let Some(distances) = self.clicks.get(&channel.id) else { return Vec::new() };
        let mut seen = BTreeSet::new();
        self.readings(channel)
            .filter(|(page, _)| page.is_reading() && distances.get(&page.request.url) == Some(&clicks))
            .filter(|(page, _)| seen.insert(&page.request.url))
            .collect()
    }

    /// Whether one of these pages loads a frame or data file in scope that was not read, so that words may be missing.
    #[must_use]
    pub fn has_unread_frames(&self, channel: &Channel, pages: &[(&PageRecord, &Extraction)]) -> bool {
        let embeds = pages.iter().flat_map(|(_, reading)| &reading.links).filter(|link| link.role == LinkRole::Embed);
        embeds
            .filter(|link| channel.scope.contains(&crate::model::target::authority(&link.url)))
            .any(|link| !self.dossier.answer(&link.url).is_some_and(|page| self.usable(page)))
    }

    /// The pages of a channel that were read well, with what was read.
    pub fn readings(&self, channel: &Channel) -> impl Iterator<Item = (&'a PageRecord, &'a Extraction)> {
        self.dossier.of_channel_owned(&channel.id).filter_map(|page| {
            page.extraction.as_deref().filter(|_| self.usable(page)).map(|extraction| (page, extraction))
        })
    }
}

impl GuideSubject<'_> {
    /// Title of the errand, or the segment's name.
    #[must_use]
    pub fn title(&self) -> String {
        let stated = self.guide.and_then(|guide| guide.title.value().cloned());
        stated.or_else(|| self.segment.map(|segment| segment.name.clone())).unwrap_or_default()
    }

    /// Item code where there is one, else the address, else the segment.
    #[must_use]
    pub fn key(&self) -> String {
        match (self.guide, self.page) {
            (Some(guide), Some(page)) => guide_key(guide, page),
            _ => self.segment_key(),
        }
    }

    fn segment_key(&self) -> String {
        let scenario = self.scenario.map_or("", |scenario| scenario.id.as_str());
        format!("{scenario}/{}", self.segment.map_or("", |segment| segment.id.as_str()))
    }

    /// The subject of statements about the guide.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject {
            kind: SubjectKind::Guide,
            key: self.key(),
            name: self.title(),
            url: self.page.map(|page| page.request.url.to_string()),
            scenario: self.scenario.map(|scenario| scenario.id.clone()),
            segment: self.segment.map(|segment| segment.id.clone()),
        }
    }

    /// The subject of statements about the place where the guide should be.
    #[must_use]
    pub fn segment_subject(&self) -> Subject {
        Subject {
            key: self.segment_key(),
            name: self.segment.map_or_else(String::new, |segment| segment.name.clone()),
            ..self.subject()
        }
    }

    /// The page family that read the guide.
    #[must_use]
    pub fn dialect(&self) -> Option<String> {
        self.page.and_then(|page| page.extraction.as_ref()).map(|extraction| extraction.dialect.clone())
    }
}

impl ReplySubject<'_> {
    /// The subject of statements about these letters.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let (key, name) = match self.topic {
            Topic::Consultation => ("consultation", "咨询回复"),
            Topic::Complaint => ("complaint", "投诉回复"),
        };
        Subject {
            kind: SubjectKind::ReplyList,
            key: key.to_owned(),
            name: name.to_owned(),
            url: self.pages.first().map(|page| page.request.url.to_string()),
            scenario: None,
            segment: None,
        }
    }
}

/// From this priority on, an address promised something that matters; missing it leaves a gap.
const PROMISING: u8 = 60;

fn looks_promising(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    ["guide", "bszn", "item", "matter", "service"].iter().any(|word| path.contains(word))
}

fn knows(letter: &Reply) -> u8 {
    u8::from(letter.asked.is_some()) + 2 * u8::from(letter.answered.is_some()) + u8::from(letter.open)
}

/// The guide on a page that is one.
fn guide_on(page: &PageRecord) -> Option<&ServiceGuide> {
    let extraction = page.extraction.as_ref()?;
    if extraction.kind != PageKind::Guide || !succeeded(page) {
        return None;
    }
    extraction.guide.as_deref()
}

fn guide_key(guide: &ServiceGuide, page: &PageRecord) -> String {
    guide.code.as_ref().map_or_else(|| page.request.url.to_string(), |code| code.value.clone())
}

fn department(guide: &ServiceGuide) -> Option<String> {
    guide.text(Element::Department).or_else(|| guide.text(Element::AcceptingBody)).map(plain)
}

/// Text without white space and punctuation, for comparing titles and names.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether the server gave the content, or said that the content of an earlier night still holds (304).
fn succeeded(page: &PageRecord) -> bool {
    page.status.is_some_and(|status| (200..300).contains(&status) || (status == 304 && page.extraction.is_some()))
}

/// The civil date of a moment in China, which has one time zone and no summer time.
#[must_use]
pub fn civil_date(moment: Timestamp) -> Date {
    Offset::constant(8).to_datetime(moment).date()
}

/// What stands between us and the content of an answered page.
fn barrier(page: &PageRecord) -> Option<Reason> {
    if page.failure.is_some() {
        return Some(Reason::Unreachable);
    }
    match page.kind() {
        Some(PageKind::Challenge) => return Some(Reason::Blocked),
        Some(PageKind::LoginWall) => return Some(Reason::LoginRequired),
        Some(PageKind::EmptyShell) => return Some(Reason::NotRendered),
        _ => {}
    }
    match page.status {
        Some(401) => Some(Reason::LoginRequired),
        Some(403 | 412 | 429 | 521) => Some(Reason::Blocked),
        Some(500..=599) => Some(Reason::Unreachable),
        _ => None,
    }
}

/// The looks of each host's "not found" page that came with status 200.
fn soft_shapes(dossier: &CityDossier) -> BTreeSet<(String, String)> {
    dossier
        .pages
        .iter()
        .filter(|page| {
            page.request.purpose == Purpose::Control404 && page.status.is_some_and(|s| (200..300).contains(&s))
        })
        .filter_map(|page| {
            let shape = page.extraction.as_ref()?.text_shape.clone();
            Some((crate::model::target::authority(&page.request.url), shape))
        })
        .collect()
}

/// Fewest clicks from the channel's entry to each address, over the pages that were read. Redirects and frames are free.
fn clicks_from_entry(dossier: &CityDossier, channel: &Channel) -> BTreeMap<Url, u32> {
    let by_url: BTreeMap<&Url, &PageRecord> = dossier
        .of_channel(&channel.id)
        .filter(|page| page.is_reading() && (page.extraction.is_some() || page.redirect_to.is_some()))
        .map(|page| (&page.request.url, page))
        .collect();
    let mut clicks = BTreeMap::new();
    let mut queue: VecDeque<(Url, u32)> = VecDeque::new();
    for page in dossier.of_channel(&channel.id) {
        if matches!(page.request.purpose, Purpose::Entry { .. }) && page.request.lane == Lane::Strict {
            queue.push_back((page.request.url.clone(), 0));
        }
    }
    while let Some((url, distance)) = queue.pop_front() {
        if clicks.get(&url).is_some_and(|known| *known <= distance) {
            continue;
        }
        clicks.insert(url.clone(), distance);
        let Some(page) = by_url.get(&url) else { continue };
        if let Some(next) = &page.redirect_to {
            queue.push_front((next.clone(), distance));
        }
        for link in page.extraction.iter().flat_map(|extraction| &extraction.links) {
            match link.hop {
                Hop::Link => queue.push_back((link.url.clone(), distance + 1)),
                Hop::Redirect | Hop::Embed => queue.push_front((link.url.clone(), distance)),
                Hop::Prerequisite | Hop::Search => {}
            }
        }
    }
    clicks
}
