//! Which addresses of one city are known, and how far each has come.
//!
//! Comes in: every address that is offered. Goes out: whether it is new. Must never know: pages.
//!
//! Addresses are kept as exact strings: a digest that meets another by chance would lose a page and nobody would know.
//! An address counts as settled only when its exchange is, so an interrupted night forgets nothing.

use std::collections::BTreeMap;

use url::Url;

use super::queue::Place;
use crate::model::{Method, Profile, Purpose, QueryBody, SkipReason};

/// Addresses of one city.
#[derive(Debug, Default)]
pub(super) struct Seen {
    known: BTreeMap<Key, Known>,
}

/// An address as one of its readers sees it. Page, attachment and link check are one reading; each attempt at an entry,
/// each search and each probe is its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(String);

impl Key {
    pub(super) fn of((url, body): (&Url, Option<&QueryBody>), purpose: &Purpose, profile: Profile) -> Self {
        let reader = match profile {
            Profile::Desktop => "desktop",
            Profile::Phone => "phone",
        };
        // No address has a line break in it, so a query can never be taken for one.
        let query = body.map(|body| format!("\n{}", body.text)).unwrap_or_default();
        Self(format!("{url} {} {reader}{query}", purpose.word()))
    }
}

/// What is known of an address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) state: State,
    /// With which method it was, or is to be, asked for.
    pub(super) method: Method,
    /// The way to it.
    pub(super) way: Way,
}

/// How far an address is from the entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Way {
    /// Clicks, list paging not counted.
    pub(super) depth: usize,
    /// List pages in a row.
    pub(super) list_pages: usize,
}

/// How far an address has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// In the queue, at this place.
    Waiting(Place),
    /// Handed out.
    InTransit,
    /// Answered or failed, for good.
    Settled {
        /// Whether the answer was a redirect.
        redirected: bool,
    },
    /// Not to be asked for.
    Skipped(SkipReason),
}

impl Seen {
    pub(super) fn get(&self, key: &Key) -> Option<Known> {
        self.known.get(key).copied()
    }

    pub(super) fn set(&mut self, key: Key, known: Known) {
        self.known.insert(key, known);
    }

    /// Notes where an address waits now.
    pub(super) fn place(&mut self, key: &Key, place: Place, method: Method, way: Way) {
        if let Some(known) = self.known.get_mut(key) {
            *known = Known { state: State::Waiting(place), method, way };
        }
    }

    pub(super) fn set_state(&mut self, key: &Key, state: State) {
        if let Some(known) = self.known.get_mut(key) {
            known.state = state;
        }
    }

    pub(super) fn forget_all(&mut self) {
        self.known.clear();
    }
}
