//! The guides of a channel, with the errands they are about.
//!
//! Comes in: the guide pages that were read, the scenarios. Goes out: a subject for each guide and each errand.

use std::collections::BTreeSet;

use crate::model::{Channel, PageKind, PageRecord, Scenario, Segment, ServiceGuide, Subject, SubjectKind};

use super::View;
use super::pages::succeeded;

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

impl<'a> View<'a> {
    pub(super) fn add_guides(&mut self, channel: &'a Channel) {
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
