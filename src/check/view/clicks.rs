//! How far pages lie from the entry of their channel.
//!
//! Comes in: the links of the pages that were read. Goes out: clicks. Must never know: what the pages are for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use url::Url;

use crate::model::{Channel, CityDossier, Extraction, Hop, Lane, PageRecord, Purpose};

use super::{GuideSubject, View};

impl<'a> View<'a> {
    /// Clicks from the channel's entry to this guide, by the links of the pages that were read.
    #[must_use]
    pub fn clicks_to(&self, subject: &GuideSubject<'_>) -> Option<u32> {
        let page = subject.page?;
        self.clicks.get(&subject.channel.id)?.get(&page.request.url).copied()
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
}

/// Fewest clicks from the channel's entry to each address, over the pages that were read. Redirects and frames are free.
pub(super) fn clicks_from_entry(dossier: &CityDossier, channel: &Channel) -> BTreeMap<Url, u32> {
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
