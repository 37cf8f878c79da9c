//! Whether a channel can be judged, and whether an absence on it proves anything.
//!
//! Comes in: the exchanges of a channel and what the frontier did there. Goes out: a state, or the reason why not.

use std::collections::BTreeMap;

use url::Url;

use crate::model::dossier::{Coverage, PageRecord, RobotsState, SkipReason};
use crate::model::{Channel, Purpose, Reason};

use super::View;
use super::pages::barrier;

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

impl<'a> View<'a> {
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
        let ended = self.coverage(channel).is_some_and(|coverage| coverage.budget.is_some()) || self.stopped(channel);
        if entries.is_empty() && ended {
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

    /// Whether the operator had a host of this channel stopped, so that not all was asked.
    #[must_use]
    pub fn stopped(&self, channel: &Channel) -> bool {
        self.coverage(channel).is_some_and(|coverage| coverage.skipped.contains_key(&SkipReason::Stopped))
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
        self.dossier
            .of_channel_owned(&channel.id)
            .filter(|page| page.is_reading() && page.request.priority >= PROMISING)
            .find_map(|page| self.gap_behind(page))
            .or_else(|| self.closed_by_robots(channel, coverage).then_some(Reason::RobotsDisallowed))
    }

    /// Why something may stand behind a page that promised what we look for and was not read to its end.
    fn gap_behind(&self, page: &PageRecord) -> Option<Reason> {
        // A list whose rest only a script brings, or a page that a browser did not see to its end.
        let partly = |page: &PageRecord| {
            let Some(extraction) = page.extraction.as_deref() else { return false };
            let has_button = extraction.offers_more();
            match extraction.rendered.as_deref() {
                Some(rendered) if rendered.is_reading || has_button => rendered.layout.goes_on || !rendered.is_whole(),
                Some(_) | None => has_button,
            }
        };
        let is_whole = |page: &PageRecord| barrier(page).is_none() && !page.is_cut() && !partly(page);
        if self.dossier.answer(&page.request.url).is_some_and(is_whole) {
            return None;
        }
        if page.redirect_to.is_some() && self.dossier.answer(&page.request.url).is_none() {
            // It leads round in a circle, to another host, or to no page at all: what is behind it was not seen.
            return Some(Reason::Unreachable);
        }
        match barrier(page) {
            // What wants to know who comes before it begins an errand hides no guide.
            Some(Reason::LoginRequired) if begins_errand(&page.request.anchor) => None,
            Some(reason) => Some(reason),
            None if partly(page) => Some(Reason::NotRendered),
            None => page.is_cut().then_some(Reason::Unreadable),
        }
    }

    /// Whether robots.txt keeps an address closed that promised what we look for, by its path or by the words of a link.
    fn closed_by_robots(&self, channel: &Channel, coverage: &Coverage) -> bool {
        let closed = &coverage.robots_disallowed;
        closed.iter().any(looks_promising)
            || (!closed.is_empty()
                && self
                    .readings(channel)
                    .flat_map(|(_, reading)| &reading.links)
                    .any(|link| closed.contains(&link.url) && SERVICES.iter().any(|word| link.text.contains(word))))
    }
}

/// Words of links that lead to guides and lists of them.
const SERVICES: [&str; 12] =
    ["办事", "指南", "事项", "服务", "个人", "法人", "企业", "部门", "主题", "一件事", "登记", "清单"];

/// Words of links that begin an errand or show the visitor's own, and rightly ask who comes.
const ERRAND_BEGINS: [&str; 14] = [
    "登录",
    "注册",
    "我的",
    "在线办理",
    "立即办理",
    "在线申办",
    "在线申报",
    "立即申请",
    "我要办",
    "预约",
    "个人中心",
    "用户中心",
    "办件",
    "进度",
];

fn begins_errand(anchor: &str) -> bool {
    // A link's words may be those of several; one that also names a service is more than a button.
    let is_button =
        |words: &str| words.chars().count() <= BUTTON && ERRAND_BEGINS.iter().any(|word| words.contains(word));
    anchor.split(" · ").all(is_button)
}

/// Buttons have no more characters than this.
const BUTTON: usize = 8;

/// From this priority on, an address promised something that matters; missing it leaves a gap.
const PROMISING: u8 = 60;

fn looks_promising(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    ["guide", "bszn", "item", "matter", "service", "search", "query"].iter().any(|word| path.contains(word))
}
