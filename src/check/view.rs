//! A read-only view of a dossier: what several checks need, worked out once.
//!
//! Comes in: dossier and context. Goes out: guides with their errands and counterparts, the state of each channel,
//! clicks from the entry, soft "not found" pages, the state of files that guides offer.

mod channels;
mod clicks;
mod counterpart;
mod files;
mod guides;
mod pages;
mod replies;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::model::{ChannelId, CityDossier};

use super::Context;
use clicks::clicks_from_entry;
use pages::soft_shapes;

pub use channels::ChannelState;
pub use counterpart::Counterpart;
pub use files::FileState;
pub use guides::GuideSubject;
pub use replies::ReplySubject;

pub(super) use pages::succeeded;

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
    clicks: BTreeMap<ChannelId, BTreeMap<clicks::Place, u32>>,
    soft_shapes: BTreeSet<(String, String)>,
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
}

/// Text without white space and punctuation, for comparing titles and names.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The civil date of a moment in China, which has one time zone and no summer time.
#[must_use]
pub fn civil_date(moment: Timestamp) -> Date {
    Offset::constant(8).to_datetime(moment).date()
}
