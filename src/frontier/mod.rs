//! Which request is next, when, for whom, and whether at all.
//!
//! Comes in: targets, offers of addresses, captures, and the time since the start of the run. Goes out: [`Ticket`]s, one
//! at a time, and what was not asked for and why. Must never know: a clock, the network, files, what pages say.
//!
//! The frontier is a state machine without any effect of its own:
//!
//! ```text
//!   offer ──► canonical ─ seen ─ scope ─ trap ─ robots ─ budget ──► queue ──► next ──Ticket──► (fetch)
//!     ▲                                                                                            │
//!     └──────── redirect, retry, lenient lane, robots.txt ◄──────────── settle ◄──────Capture──────┘
//! ```
//!
//! Everything that goes to a server passes through [`Frontier::next`], also redirects, retries and robots.txt: there is
//! no second way out, so scope, rules, pace and budget hold for every request.

mod budget;
mod canonical;
mod city;
mod offer;
mod politeness;
mod priority;
mod progress;
mod queue;
mod repeat;
mod retry;
mod retry_after;
mod robots;
mod sample;
mod scope;
mod seen;
mod settings;
mod settle;
mod stop;
mod ticket;
mod trap;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use url::Url;

pub use canonical::canonical;
pub use offer::{Offer, Offered};
pub use politeness::Pace;
pub use progress::Progress;
pub use repeat::HandedOut;
pub use robots::Rules;
pub use sample::stable_sample;
pub use settings::Settings;
pub use settle::{Event, Settlement};
pub use stop::StopList;
pub use ticket::Ticket;

use crate::model::dossier::RobotsState;
use crate::model::target::authority;
use crate::model::{ChannelId, CityCode, Coverage, Hop, Lane, Purpose, Request, SkipReason, Target};
use city::City;
use queue::{Due, InTransit, Queue, Waiting};
use robots::{Leave, RobotsDesk};
use seen::{Key, State};

/// The frontier of one run.
#[derive(Debug)]
pub struct Frontier {
    settings: Settings,
    cities: Vec<City>,
    index: BTreeMap<CityCode, usize>,
    group_of_host: BTreeMap<String, String>,
    queue: Queue,
    /// By origin, for example `https://portal.example`.
    hosts: BTreeMap<String, Host>,
    deadlines: BTreeSet<(Duration, usize)>,
    emptied: BTreeSet<usize>,
    /// What a page that is rendered waits for and will not get.
    unasked: Vec<(Request, SkipReason)>,
    /// Hosts that the operator had stopped.
    stopped: StopList,
    progress: Progress,
}

/// What is known of one origin.
#[derive(Debug)]
struct Host {
    robots: RobotsDesk,
    /// Whether its TLS failed in the strict lane: the fault is on record, and pages are read without asking twice.
    lenient: bool,
}

/// What to do next.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it lives for one statement, and a box would be made for every request")]
pub enum Next {
    /// Make this exchange.
    Ready(Ticket),
    /// Nothing before this moment since the start of the run, unless a capture or an offer comes first.
    Wait(Duration),
    /// Nothing until something in transit comes back.
    InTransit,
    /// Nothing waits and nothing is in transit.
    Drained,
}

impl Frontier {
    /// A frontier for these targets, with nothing in it.
    #[must_use]
    pub fn new(settings: Settings, targets: &[Target]) -> Self {
        let cities: Vec<City> = targets.iter().map(City::new).collect();
        let index = cities.iter().enumerate().map(|(at, city)| (city.code.clone(), at)).collect();
        let progress = Progress { cities: cities.len(), ..Progress::default() };
        Self {
            emptied: (0..cities.len()).collect(),
            group_of_host: city::groups_by_host(targets),
            settings,
            cities,
            index,
            queue: Queue::default(),
            hosts: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            unasked: Vec::new(),
            stopped: StopList::default(),
            progress,
        }
    }

    /// The next exchange, or how long there is none.
    pub fn next(&mut self, now: Duration) -> Next {
        self.end_overdue(now);
        loop {
            match self.queue.due(now) {
                Due::Group(group) => {
                    if let Some(ticket) = self.serve(group, now) {
                        return Next::Ready(ticket);
                    }
                }
                Due::At(wake) => {
                    let deadline = self.deadlines.first().map_or(Duration::MAX, |(deadline, _)| *deadline);
                    return Next::Wait(wake.min(deadline));
                }
                Due::Nothing if self.progress.in_transit > 0 => return Next::InTransit,
                Due::Nothing => return Next::Drained,
            }
        }
    }

    /// Targets with nothing waiting and nothing in transit, each once per time it becomes so.
    pub fn drained(&mut self) -> Vec<CityCode> {
        let emptied = std::mem::take(&mut self.emptied);
        let still = emptied.into_iter().map(|city| &self.cities[city]);
        still.filter(|city| city.is_empty() && city.closed.is_none()).map(|city| city.code.clone()).collect()
    }

    /// What pages that are being rendered asked for, that waited, and that will not be asked for after all; each once.
    pub fn unasked(&mut self) -> Vec<(Request, SkipReason)> {
        std::mem::take(&mut self.unasked)
    }

    /// Whether nothing of this target waits or is in transit.
    #[must_use]
    pub fn is_idle(&self, target: &CityCode) -> bool {
        self.index.get(target).is_none_or(|city| self.cities[*city].is_empty())
    }

    /// At least this long until everything that waits now has been asked for: the slowest group's queue at its pace.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        let group_time = |group: &queue::Group| {
            group.pace.interval(&self.settings).saturating_mul(u32::try_from(group.waiting()).unwrap_or(u32::MAX))
        };
        self.queue.groups().map(group_time).max().unwrap_or_default()
    }

    /// Ends the visit of a target: what is left counts as waiting, and nothing more is taken in. What it remembered of
    /// addresses is let go.
    pub fn close(&mut self, target: &CityCode) {
        let Some(city) = self.index.get(target).copied() else { return };
        for waiting in self.take_out(city, |_| true) {
            self.progress.waiting -= 1;
            let state = &mut self.cities[city];
            state.waiting -= 1;
            if let Some(channel) = state.channels.get_mut(&waiting.request.channel) {
                channel.coverage.waiting += 1;
            }
        }
        if self.cities[city].closed.is_none() {
            self.progress.cities_closed += 1;
        }
        let state = &mut self.cities[city];
        state.closed.get_or_insert(SkipReason::Interrupted);
        state.seen.forget_all();
        state.variants = trap::Variants::default();
        self.deadlines.retain(|(_, other)| *other != city);
    }

    /// Hands out nothing more; what waits counts as interrupted. What is in transit may still be settled.
    pub fn interrupt(&mut self) {
        for city in 0..self.cities.len() {
            for waiting in self.take_out(city, |_| true) {
                self.drop_waiting(city, &waiting, SkipReason::Interrupted);
            }
            if self.cities[city].closed.replace(SkipReason::Interrupted).is_none() {
                self.progress.cities_closed += 1;
            }
        }
        self.deadlines.clear();
    }

    /// What was and was not done for a target, by channel.
    #[must_use]
    pub fn coverage(&self, target: &CityCode) -> BTreeMap<ChannelId, Coverage> {
        let Some(city) = self.index.get(target).copied() else { return BTreeMap::new() };
        let state = &self.cities[city];
        let mut coverage: BTreeMap<ChannelId, Coverage> = BTreeMap::new();
        for (id, channel) in &state.channels {
            let mut of_channel = channel.coverage.clone();
            of_channel.robots_disallowed.sort();
            for host in channel.scope.hosts() {
                if let Some(robots) = self.robots_state(host) {
                    of_channel.robots.insert(host.clone(), robots);
                }
            }
            coverage.insert(id.clone(), of_channel);
        }
        for waiting in state.groups.iter().flat_map(|group| self.queue.of_city(*group, city)) {
            if let Some(of_channel) = coverage.get_mut(&waiting.request.channel) {
                of_channel.waiting += 1;
            }
        }
        coverage
    }

    /// Numbers for a display.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// robots.txt of a host, whichever scheme it was had by.
    fn robots_state(&self, host: &str) -> Option<RobotsState> {
        let of = |scheme: &str| self.hosts.get(&format!("{scheme}://{host}")).and_then(|host| host.robots.state());
        // In the order of the enum, what was read goes before what was not.
        of("https").into_iter().chain(of("http")).min()
    }

    fn serve(&mut self, group: usize, now: Duration) -> Option<Ticket> {
        let Some((city, waiting)) = self.queue.take(group, now) else {
            self.queue.arm(group);
            return None;
        };
        let request = &waiting.request;
        if let Some(reason) = self.cities[city].spent.limit_reached(&request.purpose, now, &self.settings) {
            self.drop_waiting(city, &waiting, reason);
            self.end_of_budget(city, now);
            return None;
        }
        if self.stopped.holds(&request.url) {
            // It was on its way and waits again.
            self.drop_waiting(city, &waiting, SkipReason::Stopped);
            return None;
        }
        if request.purpose == Purpose::Page && self.cities[city].variants.exhausted(request.asks(), &self.settings) {
            self.drop_waiting(city, &waiting, SkipReason::Trap);
            return None;
        }
        let origin = origin(&request.url);
        let host = self
            .hosts
            .entry(origin.clone())
            .or_insert_with(|| Host { robots: RobotsDesk::new(&request.url), lenient: false });
        match host.robots.leave(&request.url, now) {
            Leave::Granted => Some(self.hand_out(group, city, waiting, now)),
            Leave::AskRobotsFirst => {
                let question = robots_request(&host.robots, request);
                self.put_back(city, group, waiting);
                Some(self.hand_out_robots(group, city, question, (origin, now)))
            }
            Leave::Later(until) => {
                let deferred = Waiting { not_before: until, ..waiting };
                self.put_back(city, group, deferred);
                None
            }
            Leave::Refused => {
                self.drop_waiting(city, &waiting, SkipReason::RobotsDisallowed);
                None
            }
            Leave::Closed => {
                self.drop_waiting(city, &waiting, SkipReason::RobotsUnavailable);
                None
            }
        }
    }

    fn hand_out(&mut self, group: usize, city: usize, mut waiting: Waiting, now: Duration) -> Ticket {
        let request = &mut waiting.request;
        let lenient = self.hosts.get(&origin(&request.url)).is_some_and(|host| host.lenient);
        match request.purpose {
            // Each attempt at an entry judges the certificate anew.
            Purpose::Entry { .. } | Purpose::Ipv6 | Purpose::Robots | Purpose::OwnNetwork => {}
            Purpose::Page
            | Purpose::Attachment
            | Purpose::Control404
            | Purpose::Search { .. }
            | Purpose::LinkCheck
            | Purpose::Render => {
                if lenient {
                    request.lane = Lane::Lenient;
                }
            }
        }
        let state = &mut self.cities[city];
        if request.purpose == Purpose::Page {
            state.variants.count(request.asks());
        }
        state.seen.set_state(&Key::of(request.asks(), &request.purpose, request.profile), State::InTransit);
        state.waiting -= 1;
        self.progress.waiting -= 1;
        self.issue(group, InTransit { city, waiting, since: now, robots_of: None })
    }

    fn hand_out_robots(
        &mut self,
        group: usize,
        city: usize,
        request: Request,
        (origin, now): (String, Duration),
    ) -> Ticket {
        let waiting = Waiting { request, way: seen::Way::default(), not_before: now, sequence: 0 };
        self.issue(group, InTransit { city, waiting, since: now, robots_of: Some(origin) })
    }

    fn issue(&mut self, group: usize, transit: InTransit) -> Ticket {
        let (city, since) = (transit.city, transit.since);
        let request = transit.waiting.request.clone();
        let state = &mut self.cities[city];
        if let Some(deadline) = state.spent.request(transit.since, &self.settings) {
            self.deadlines.insert((deadline, city));
        }
        if let Some(channel) = state.channels.get_mut(&request.channel) {
            channel.coverage.requests += 1;
        }
        state.in_transit += 1;
        self.progress.in_transit += 1;
        let of_group = self.queue.group_mut(group);
        of_group.in_transit = Some(transit);
        let robots_of = of_group.in_transit.as_ref().and_then(|transit| transit.robots_of.clone());
        let handed_out = HandedOut { since, robots_of };
        let ticket = Ticket::new(request, of_group.name.clone(), of_group.pace.interval(&self.settings), handed_out);
        self.queue.arm(group);
        ticket
    }

    /// Drops what its budget no longer pays for.
    fn end_of_budget(&mut self, city: usize, now: Duration) {
        let (spent, settings) = (self.cities[city].spent, self.settings.clone());
        let unpaid = self.take_out(city, |request| spent.limit_reached(&request.purpose, now, &settings).is_some());
        for waiting in unpaid {
            let reason = spent.limit_reached(&waiting.request.purpose, now, &settings);
            self.drop_waiting(city, &waiting, reason.unwrap_or(SkipReason::BudgetRequests));
        }
    }

    /// Ends the visits whose time is over. What the server kept closed is not called a matter of our budget.
    fn end_overdue(&mut self, now: Duration) {
        while let Some((deadline, city)) = self.deadlines.first().copied().filter(|(deadline, _)| *deadline <= now) {
            self.deadlines.remove(&(deadline, city));
            for waiting in self.take_out(city, |_| true) {
                let url = &waiting.request.url;
                let robots = self.hosts.get(&origin(url)).map(|host| host.robots.leave(url, now));
                let pace = self.queue.find(&self.group_name(url)).map(|group| &self.queue.group(group).pace);
                let reason = if matches!(robots, Some(Leave::Later(_) | Leave::Closed)) {
                    SkipReason::RobotsUnavailable
                } else if pace.is_some_and(|pace| pace.level() > 0 && pace.next_allowed() > now) {
                    SkipReason::BackedOff
                } else {
                    SkipReason::BudgetTime
                };
                self.drop_waiting(city, &waiting, reason);
            }
        }
    }

    /// Takes out of the queue what is `wanted` of one city.
    fn take_out(&mut self, city: usize, wanted: impl Fn(&Request) -> bool) -> Vec<Waiting> {
        let groups: Vec<usize> = self.cities[city].groups.iter().copied().collect();
        let mut out = Vec::new();
        for group in groups {
            let taken = self.queue.extract(group, Some(city), &wanted);
            out.extend(taken.into_iter().map(|(_, waiting)| waiting));
        }
        out
    }

    /// Puts a new, or renewed, request into the queue.
    fn enqueue(&mut self, city: usize, group: usize, waiting: Waiting) {
        let state = &mut self.cities[city];
        state.waiting += 1;
        state.groups.insert(group);
        self.progress.waiting += 1;
        self.emptied.remove(&city);
        self.put_back(city, group, waiting);
    }

    /// Puts a request that was counted before into the queue again.
    fn put_back(&mut self, city: usize, group: usize, waiting: Waiting) {
        let request = &waiting.request;
        let key = Key::of(request.asks(), &request.purpose, request.profile);
        self.cities[city].seen.place(&key, waiting.place(group), request.method, waiting.way);
        self.queue.push(group, city, waiting);
    }

    /// Forgets a request that was just taken out of the queue.
    fn drop_waiting(&mut self, city: usize, waiting: &Waiting, reason: SkipReason) {
        let request = &waiting.request;
        if request.purpose == Purpose::Render {
            self.unasked.push((request.clone(), reason));
        }
        let key = Key::of(request.asks(), &request.purpose, request.profile);
        self.progress.waiting -= 1;
        self.cities[city].waiting -= 1;
        self.cities[city].seen.set_state(&key, State::Skipped(reason));
        self.count_skip(city, &request.channel, &request.url, reason);
        self.note_if_empty(city);
    }

    fn count_skip(&mut self, city: usize, channel: &ChannelId, url: &Url, reason: SkipReason) {
        *self.progress.skipped.entry(reason).or_default() += 1;
        self.cities[city].count_skip(channel, url, reason);
    }

    fn skipped_taken_back(&mut self, reason: SkipReason) {
        if let Some(count) = self.progress.skipped.get_mut(&reason) {
            *count = count.saturating_sub(1);
        }
    }

    fn note_if_empty(&mut self, city: usize) {
        if self.cities[city].is_empty() {
            self.emptied.insert(city);
        }
    }

    fn group_name(&self, url: &Url) -> String {
        group_name(&self.group_of_host, url)
    }

    fn group_is_away(&self, url: &Url) -> bool {
        self.queue.find(&self.group_name(url)).is_some_and(|group| self.queue.group(group).pace.is_away())
    }
}

/// The politeness group of an address: as the catalogue says, else the host itself.
fn group_name(groups: &BTreeMap<String, String>, url: &Url) -> String {
    let host = authority(url);
    groups.get(&host).cloned().unwrap_or(host)
}

/// Scheme and host: what one robots.txt speaks for.
fn origin(url: &Url) -> String {
    format!("{}://{}", url.scheme(), authority(url))
}

/// The request for robots.txt that must go before `request`.
fn robots_request(desk: &RobotsDesk, request: &Request) -> Request {
    let (url, lane, attempt) = desk.question();
    Request {
        via: request.via.clone(),
        hops: request.hops.then(Hop::Prerequisite),
        attempt,
        lane,
        profile: request.profile,
        priority: 100,
        ..Request::new(request.target.clone(), request.channel.clone(), url.clone(), Purpose::Robots)
    }
}
