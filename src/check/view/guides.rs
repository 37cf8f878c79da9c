//! The guides of a channel, with the errands they are about.
//!
//! Comes in: the guide pages that were read, the scenarios. Goes out: a subject for each guide and each errand.

use std::collections::BTreeSet;

use url::Url;

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
            url: self.page.map(|page| shown_at(page).to_string()),
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

/// What identifies a guide from night to night: the item code as it is stated, else as the address carries it, else the
/// address under which a visitor sees it.
fn guide_key(guide: &ServiceGuide, page: &PageRecord) -> String {
    let stated = guide.code.as_ref().map(|code| code.value.clone());
    let carried = || page.extraction.as_ref().and_then(|extraction| extraction.item.clone());
    stated.or_else(carried).unwrap_or_else(|| shown_at(page).to_string())
}

/// The address under which a visitor sees a page.
fn shown_at(page: &PageRecord) -> &Url {
    page.extraction.as_ref().and_then(|extraction| extraction.shown_at.as_ref()).unwrap_or(&page.request.url)
}

#[cfg(test)]
mod tests {
    use crate::check::guide::elements;
    use crate::check::guide_testing::{Night, guide, page};
    use crate::model::ServiceGuide;

    /// Keys and addresses of the guides that a check is asked about, those of errands without a guide left out.
    fn subjects(night: &Night) -> Vec<(String, String)> {
        let statements = night.judge(&elements::CHECK).into_iter();
        let of_guides = statements.filter_map(|statement| Some((statement.subject.key, statement.subject.url?)));
        of_guides.collect()
    }

    fn uncoded() -> ServiceGuide {
        ServiceGuide { code: None, ..guide("公司设立登记") }
    }

    #[test]
    fn one_item_under_two_addresses_is_one_guide() {
        let coded = || guide("公司设立登记");
        let night = Night::new()
            .portal(page("/g?itemCode=1&sign=a").guide(coded()))
            .portal(page("/transit?to=7").guide(coded()))
            .portal(page("/app").guide(coded()).shown_at("/app#/guide?id=1"));
        assert_eq!(subjects(&night).len(), 1);
    }

    #[test]
    fn a_code_in_the_address_identifies_a_guide_that_does_not_state_it() {
        let code = "11330100MB2D24374A4000131001000";
        let night = Night::new()
            .portal(page(&format!("/g/{code}?t=1")).guide(uncoded()).item(code))
            .portal(page(&format!("/g/{code}?t=2")).guide(uncoded()).item(code));
        let found = subjects(&night);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, code);
        let other = Night::new().portal(page("/g?id=1").guide(uncoded())).portal(page("/g?id=2").guide(uncoded()));
        assert_eq!(subjects(&other).len(), 2, "without a code nothing says that they are one");
    }

    #[test]
    fn a_guide_behind_a_hash_route_is_named_by_the_address_that_a_visitor_sees() {
        let night = Night::new().portal(page("/api/item?id=1").guide(uncoded()).shown_at("/fe/#/guide?id=1"));
        let found = subjects(&night);
        assert!(found[0].0.ends_with("/fe/#/guide?id=1") && found[0].1 == found[0].0, "{found:?}");
    }
}
