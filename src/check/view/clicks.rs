//! How far pages lie from the entry of their channel.
//!
//! Comes in: the links of the pages that were read. Goes out: clicks. Must never know: what the pages are for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use url::Url;

use crate::model::{Channel, CityDossier, Extraction, Hop, Lane, PageRecord, Purpose, QueryBody};

use super::{GuideSubject, View};

impl<'a> View<'a> {
    /// Clicks from the channel's entry to this guide, by the links of the pages that were read.
    #[must_use]
    pub fn clicks_to(&self, subject: &GuideSubject<'_>) -> Option<u32> {
        let page = subject.page?;
        self.clicks.get(&subject.channel.id)?.get(&place(page.request.asks())).copied()
    }

    /// The pages at this many clicks from the channel's entry that were read well, one an address. At 0 clicks these
    /// are the entry page and the frames it is made of.
    #[must_use]
    pub fn at_clicks(&self, channel: &Channel, clicks: u32) -> Vec<(&'a PageRecord, &'a Extraction)> {
        let Some(distances) = self.clicks.get(&channel.id) else { return Vec::new() };
        let mut seen = BTreeSet::new();
        self.readings(channel)
            .filter(|(page, _)| page.is_reading() && distances.get(&place(page.request.asks())) == Some(&clicks))
            .filter(|(page, _)| seen.insert(page.request.asks()))
            .collect()
    }
}

/// A place that can be asked for: an address, and a query where it takes one.
pub(super) type Place = (Url, Option<QueryBody>);

fn place((url, query): (&Url, Option<&QueryBody>)) -> Place {
    (url.clone(), query.cloned())
}

/// Fewest clicks from the channel's entry to each place, over the pages that were read. Redirects, frames and data are
/// free.
pub(super) fn clicks_from_entry(dossier: &CityDossier, channel: &Channel) -> BTreeMap<Place, u32> {
    let by_place: BTreeMap<(&Url, Option<&QueryBody>), &PageRecord> = dossier
        .of_channel(&channel.id)
        .filter(|page| page.is_reading() && (page.extraction.is_some() || page.redirect_to.is_some()))
        .map(|page| (page.request.asks(), page))
        .collect();
    let mut clicks = BTreeMap::new();
    let mut queue: VecDeque<(Place, u32)> = VecDeque::new();
    for page in dossier.of_channel(&channel.id) {
        if matches!(page.request.purpose, Purpose::Entry { .. }) && page.request.lane == Lane::Strict {
            queue.push_back((place(page.request.asks()), 0));
        }
    }
    while let Some((here, distance)) = queue.pop_front() {
        if clicks.get(&here).is_some_and(|known| *known <= distance) {
            continue;
        }
        let page = by_place.get(&(&here.0, here.1.as_ref())).copied();
        clicks.insert(here, distance);
        let Some(page) = page else { continue };
        if let Some(next) = &page.redirect_to {
            queue.push_front(((next.clone(), None), distance));
        }
        for link in page.extraction.iter().flat_map(|extraction| &extraction.links) {
            match link.hop {
                Hop::Link => queue.push_back((place(link.asks()), distance + 1)),
                Hop::Redirect | Hop::Embed => queue.push_front((place(link.asks()), distance)),
                Hop::Prerequisite | Hop::Search => {}
            }
        }
    }
    clicks
}
