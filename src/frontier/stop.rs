//! The kill switch: hosts that the operator had taken off the list while the night runs.
//!
//! Comes in: the names. Goes out: what waits for them is dropped, and nothing more is taken in for them this night; an
//! exchange under way ends by itself. Must never know: where the names come from.

use std::collections::BTreeSet;

use url::Url;

use super::Frontier;
use super::scope::spelled;
use crate::model::SkipReason;
use crate::model::target::authority;

/// Hosts that must not be asked any more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StopList {
    all: bool,
    hosts: BTreeSet<String>,
}

impl StopList {
    /// Every host.
    #[must_use]
    pub fn everything() -> Self {
        Self { all: true, hosts: BTreeSet::new() }
    }

    /// The names in a text: one a line, with or without a port (without: every port), `*` for every host, and comments
    /// after `#`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut list = Self::default();
        for line in text.lines() {
            match line.split('#').next().unwrap_or_default().trim().trim_start_matches('\u{feff}') {
                "" => {}
                "*" => list.all = true,
                // Whoever is in a hurry pastes the whole address.
                name => {
                    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
                    list.hosts.insert(spelled(name.split('/').next().unwrap_or(name)));
                }
            }
        }
        list
    }

    /// Whether nothing is to be stopped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.all && self.hosts.is_empty()
    }

    /// Whether this address must not be asked.
    #[must_use]
    pub fn holds(&self, url: &Url) -> bool {
        self.all
            || self.hosts.contains(&authority(url))
            || url.host_str().is_some_and(|host| self.hosts.contains(&spelled(host)))
    }

    fn add(&mut self, more: &Self) {
        self.all |= more.all;
        self.hosts.extend(more.hosts.iter().cloned());
    }
}

impl Frontier {
    /// Asks these hosts for nothing more in this night; answers how many waiting addresses were dropped.
    pub fn stop(&mut self, list: &StopList) -> u64 {
        self.stopped.add(list);
        let mut dropped = 0;
        for city in 0..self.cities.len() {
            let stopped = self.stopped.clone();
            for waiting in self.take_out(city, |request| stopped.holds(&request.url)) {
                self.drop_waiting(city, &waiting, SkipReason::Stopped);
                dropped += 1;
            }
        }
        dropped
    }
}
