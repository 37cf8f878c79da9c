//! What the frontier keeps for one city.
//!
//! Comes in: what happens to its requests. Goes out: its coverage. Must never know: other cities.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::budget::Spent;
use super::scope::Scope;
use super::seen::Seen;
use super::trap::Variants;
use crate::model::target::authority;
use crate::model::{ChannelId, CityCode, Coverage, SkipReason, Target};

/// How many closed addresses are listed by name; beyond that only their number is kept.
const LISTED: usize = 50;

/// One city.
#[derive(Debug)]
pub(super) struct City {
    pub(super) code: CityCode,
    pub(super) channels: BTreeMap<ChannelId, ChannelState>,
    pub(super) seen: Seen,
    pub(super) variants: Variants,
    pub(super) spent: Spent,
    /// Groups in which it has, or had, requests.
    pub(super) groups: BTreeSet<usize>,
    pub(super) waiting: u64,
    pub(super) in_transit: u64,
    /// Whether the engine is done with it, and why nothing more is taken in.
    pub(super) closed: Option<SkipReason>,
}

/// One channel.
#[derive(Debug)]
pub(super) struct ChannelState {
    pub(super) scope: Scope,
    pub(super) coverage: Coverage,
}

impl City {
    pub(super) fn new(target: &Target) -> Self {
        let channels = target.web_channels().map(|channel| {
            let state = ChannelState { scope: Scope::of(channel), coverage: Coverage::default() };
            (channel.id.clone(), state)
        });
        Self {
            code: target.city.code.clone(),
            channels: channels.collect(),
            seen: Seen::default(),
            variants: Variants::default(),
            spent: Spent::default(),
            groups: BTreeSet::new(),
            waiting: 0,
            in_transit: 0,
            closed: None,
        }
    }

    /// Whether nothing of it waits or is in transit.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting == 0 && self.in_transit == 0
    }

    /// Counts an address that is not asked for.
    pub(super) fn count_skip(&mut self, channel: &ChannelId, url: &Url, reason: SkipReason) {
        let Some(coverage) = self.channels.get_mut(channel).map(|state| &mut state.coverage) else { return };
        *coverage.skipped.entry(reason).or_default() += 1;
        match reason {
            SkipReason::RobotsDisallowed if coverage.robots_disallowed.len() < LISTED => {
                coverage.robots_disallowed.push(url.clone());
            }
            SkipReason::BudgetRequests | SkipReason::BudgetBytes | SkipReason::BudgetTime => {
                coverage.budget.get_or_insert(reason);
            }
            SkipReason::OutOfScope
            | SkipReason::Scheme
            | SkipReason::RobotsDisallowed
            | SkipReason::RobotsUnavailable
            | SkipReason::TooDeep
            | SkipReason::Trap
            | SkipReason::RedirectLimit
            | SkipReason::ForbiddenVerb
            | SkipReason::UndeclaredQuery
            | SkipReason::BackedOff
            | SkipReason::Interrupted
            | SkipReason::Stopped => {}
        }
    }

    /// Takes a count back: the address turned out to be nearer than thought.
    pub(super) fn uncount_skip(&mut self, channel: &ChannelId, reason: SkipReason) {
        let Some(skipped) = self.channels.get_mut(channel).map(|state| &mut state.coverage.skipped) else { return };
        let left = skipped.get(&reason).copied().unwrap_or_default().saturating_sub(1);
        if left == 0 {
            skipped.remove(&reason);
        } else {
            skipped.insert(reason, left);
        }
    }
}

/// The politeness group of every host in the catalogue. A host is in one group only, whatever the channels say: groups
/// that share a host become one, or one server would have two clocks.
pub(super) fn groups_by_host(targets: &[Target]) -> BTreeMap<String, String> {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for channel in targets.iter().flat_map(Target::web_channels) {
        let Some(group) = &channel.politeness_group else { continue };
        let seeds = channel.seeds.iter().map(authority);
        for host in Scope::of(channel).hosts().iter().cloned().chain(seeds) {
            named.entry(host).or_default().insert(group.clone());
        }
    }
    let mut stands_for: BTreeMap<String, String> = BTreeMap::new();
    for groups in named.values() {
        let roots: BTreeSet<String> = groups.iter().map(|group| root(&stands_for, group)).collect();
        let Some(first) = roots.first().cloned() else { continue };
        for other in roots.into_iter().filter(|other| *other != first) {
            stands_for.insert(other, first.clone());
        }
    }
    named.into_iter().filter_map(|(host, groups)| Some((host, root(&stands_for, groups.first()?)))).collect()
}

fn root(stands_for: &BTreeMap<String, String>, group: &str) -> String {
    let mut name = group;
    while let Some(next) = stands_for.get(name) {
        name = next;
    }
    name.to_owned()
}
