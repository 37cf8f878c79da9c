//! Taking in what an exchange gave.
//!
//! Comes in: a capture. Goes out: what follows for the frontier: another attempt, a redirect's target, rules, a slower
//! pace, the end of a budget. Must never know: what the page says.

use std::time::Duration;

use url::Url;

use super::politeness::{Sign, back_off};
use super::queue::{InTransit, Waiting};
use super::retry::{self, Retry};
use super::retry_after::{http_date, retry_after};
use super::robots::{Leave, RobotsNews};
use super::seen::{Key, State};
use super::{Frontier, Offer, Offered, canonical};
use crate::model::dossier::RobotsState;
use crate::model::route::carry_route;
use crate::model::{Capture, FailureKind, Hop, Lane, Method, RequestId, Response, SkipReason, Timing};

/// What settling a capture changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// The request that was settled.
    pub request: RequestId,
    /// Its politeness group; `None` if the frontier had not handed it out (the control probe of our own network).
    pub group: Option<String>,
    /// The earliest moment of the group's next request.
    pub next_allowed: Duration,
    /// What follows, in order.
    pub events: Vec<Event>,
}

/// One thing that follows from a capture.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// It will be asked again.
    Retry {
        /// The number of the next attempt.
        attempt: u8,
        /// Not before.
        not_before: Duration,
    },
    /// It will be asked once more in the lenient lane.
    Lenient,
    /// It redirects.
    Redirect {
        /// The place, in canonical spelling.
        to: Url,
        /// What became of it.
        offered: Offered,
    },
    /// The state of a host's robots.txt is known, or known anew.
    Robots {
        /// The origin, for example `https://portal.example`.
        origin: String,
        /// The state.
        state: RobotsState,
    },
    /// The host asks for a crawl-delay.
    CrawlDelay {
        /// What it asks for.
        asked: Duration,
    },
    /// The server asked us to slow down (429 or 503).
    BackOff {
        /// What it asked for, if it did and could be understood.
        asked: Option<Duration>,
        /// The back-off's level, 1 = first.
        level: u32,
        /// Nothing before this moment.
        until: Duration,
    },
    /// Waiting addresses were dropped.
    Dropped {
        /// Why.
        reason: SkipReason,
        /// How many.
        count: u64,
    },
}

/// A capture that is being settled.
struct Settling<'a> {
    capture: &'a Capture,
    group: usize,
    city: usize,
    now: Duration,
    events: Vec<Event>,
}

impl Frontier {
    /// Takes in what an exchange gave, and releases its group.
    pub fn settle(&mut self, capture: &Capture, now: Duration) -> Settlement {
        let request = capture.request.id.clone();
        let Some((group, transit)) = self.release(capture) else {
            return Settlement { request, group: None, next_allowed: now, events: Vec::new() };
        };
        let mut settling = Settling { capture, group, city: transit.city, now, events: Vec::new() };
        self.count_answer(&settling);
        self.adapt_pace(&mut settling, transit.since);
        match &transit.robots_of {
            Some(origin) => self.settle_robots(&mut settling, origin),
            None => self.settle_reading(&mut settling, transit.waiting),
        }
        self.queue.arm(group);
        let state = self.queue.group(group);
        let (name, next_allowed) = (state.name.clone(), state.pace.next_allowed());
        Settlement { request, group: Some(name), next_allowed, events: settling.events }
    }

    /// The group of a capture that is in transit, and what the frontier kept of it.
    fn release(&mut self, capture: &Capture) -> Option<(usize, InTransit)> {
        let group = self.queue.find(&self.group_name(&capture.request.url))?;
        let in_transit = &mut self.queue.group_mut(group).in_transit;
        let transit = in_transit.take_if(|transit| transit.waiting.request.id == capture.request.id)?;
        Some((group, transit))
    }

    fn count_answer(&mut self, settling: &Settling<'_>) {
        self.progress.in_transit -= 1;
        self.progress.done += 1;
        let bytes = settling.capture.response().map_or(0, |response| response.body.len() as u64);
        let city = &mut self.cities[settling.city];
        city.in_transit -= 1;
        city.spent.bytes(bytes);
        if let Some(channel) = city.channels.get_mut(&settling.capture.request.channel) {
            channel.coverage.bytes += bytes;
        }
        self.note_if_empty(settling.city);
    }

    fn adapt_pace(&mut self, settling: &mut Settling<'_>, since: Duration) {
        let sign = sign(settling.capture, since, settling.now);
        let group = self.queue.group_mut(settling.group);
        group.pace.take_in(sign, settling.now, &self.settings, &group.name);
        let Sign::Block(asked) = sign else { return };
        let (level, until, away) = (group.pace.level(), group.pace.next_allowed(), group.pace.is_away());
        settling.events.push(Event::BackOff { asked, level, until });
        if away {
            let waiting = self.queue.extract(settling.group, None, |_| true);
            self.drop_all(waiting, SkipReason::BackedOff, settling);
        }
    }

    fn settle_robots(&mut self, settling: &mut Settling<'_>, origin: &str) {
        let (capture, city, now) = (settling.capture, settling.city, settling.now);
        let channel = &capture.request.channel;
        let scope = self.cities[city].channels.get(channel).map(|channel| channel.scope.clone());
        let refusal = |url: &Url| scope.as_ref().map_or(Some(SkipReason::OutOfScope), |scope| scope.refusal(url));
        let (groups, own) = (&self.group_of_host, self.queue.group(settling.group).name.as_str());
        let may_follow = |url: &Url| refusal(url).is_none() && super::group_name(groups, url) == own;
        let Some(host) = self.hosts.get_mut(origin) else { return };
        let news = host.robots.take_in(capture, now, &self.settings, may_follow);
        let (state, delay) = (host.robots.state(), host.robots.crawl_delay());
        if news == RobotsNews::Known
            && let Some(target) = redirect_target(capture)
        {
            // A redirect that was not followed: too long a chain, or out of where we may go.
            self.count_skip(city, channel, &target, refusal(&target).unwrap_or(SkipReason::RedirectLimit));
        }
        if let (Some(state), true) = (state, news != RobotsNews::AskAgain) {
            settling.events.push(Event::Robots { origin: origin.to_owned(), state });
        }
        if let Some(asked) = delay {
            let pace = &mut self.queue.group_mut(settling.group).pace;
            pace.heed_crawl_delay(asked, &self.settings);
            // It holds from this very answer on.
            pace.take_in(Sign::Nothing, now, &self.settings, "");
            let away = pace.is_away();
            settling.events.push(Event::CrawlDelay { asked });
            if away {
                let waiting = self.queue.extract(settling.group, None, |_| true);
                self.drop_all(waiting, SkipReason::BackedOff, settling);
            }
        }
        self.apply_robots(settling, origin, news);
    }

    /// Brings what waits for a host in line with its robots.txt.
    fn apply_robots(&mut self, settling: &mut Settling<'_>, origin: &str, news: RobotsNews) {
        let (group, now) = (settling.group, settling.now);
        match news {
            RobotsNews::AskAgain => {}
            RobotsNews::Known => {
                let Some(robots) = self.hosts.get(origin).map(|host| host.robots.clone()) else { return };
                let refused = self.queue.extract(group, None, |request| {
                    super::origin(&request.url) == origin && robots.leave(&request.url, now) == Leave::Refused
                });
                self.drop_all(refused, SkipReason::RobotsDisallowed, settling);
            }
            RobotsNews::ClosedUntil(until) => {
                let waiting = self.queue.extract(group, None, |request| super::origin(&request.url) == origin);
                for (city, mut one) in waiting {
                    one.not_before = one.not_before.max(until);
                    self.put_back(city, group, one);
                }
            }
            RobotsNews::ClosedForTheNight => {
                let waiting = self.queue.extract(group, None, |request| super::origin(&request.url) == origin);
                self.drop_all(waiting, SkipReason::RobotsUnavailable, settling);
            }
        }
    }

    fn settle_reading(&mut self, settling: &mut Settling<'_>, mut waiting: Waiting) {
        let (capture, group, city) = (settling.capture, settling.group, settling.city);
        let request = &mut waiting.request;
        let retry = retry::after(capture, &self.settings);
        if retry == Retry::Lenient
            && let Some(host) = self.hosts.get_mut(&super::origin(&request.url))
        {
            host.lenient = true;
        }
        let goes_on = self.cities[city].closed.is_none() && !self.queue.group(group).pace.is_away();
        match retry {
            Retry::Lenient if goes_on => {
                request.lane = Lane::Lenient;
                waiting.not_before = Duration::ZERO;
                settling.events.push(Event::Lenient);
                self.ask_again(city, group, waiting);
            }
            Retry::Again if goes_on => {
                let pause = back_off(u32::from(request.attempt), &self.settings, &[&request.id.0]);
                request.attempt += 1;
                let (attempt, not_before) = (request.attempt, settling.now.saturating_add(pause));
                waiting.not_before = not_before;
                settling.events.push(Event::Retry { attempt, not_before });
                self.ask_again(city, group, waiting);
            }
            Retry::No | Retry::Again | Retry::Lenient => {
                let key = Key::of(request.asks(), &request.purpose, request.profile);
                let target = redirect_target(capture);
                self.cities[city].seen.set_state(&key, State::Settled { redirected: target.is_some() });
                if let Some(to) = target {
                    self.follow(settling, to);
                }
            }
        }
    }

    fn ask_again(&mut self, city: usize, group: usize, mut waiting: Waiting) {
        waiting.sequence = self.queue.next_sequence();
        self.enqueue(city, group, waiting);
    }

    fn follow(&mut self, settling: &mut Settling<'_>, to: Url) {
        let (capture, request) = (settling.capture, &settling.capture.request);
        let status = capture.response().map(|response| response.status);
        if request.method == Method::Post && status != Some(303) {
            // What a redirect would have us send elsewhere is no query that anybody declared.
            self.count_skip(settling.city, &request.channel, &to, SkipReason::UndeclaredQuery);
            let offered = Offered::Skipped(SkipReason::UndeclaredQuery);
            settling.events.push(Event::Redirect { to, offered });
            return;
        }
        let mut offer = Offer::found(request, to.clone(), request.purpose.clone(), Hop::Redirect);
        // `303 See Other` answers a query with a page to be read.
        offer.method = if request.method == Method::Post { Method::Get } else { request.method };
        offer.anchor.clone_from(&request.anchor);
        let sets_cookie = capture.response().is_some_and(|response| response.header("set-cookie").is_some());
        let offered = self.take_offer(offer, sets_cookie, settling.now);
        settling.events.push(Event::Redirect { to, offered });
    }

    fn drop_all(&mut self, dropped: Vec<(usize, Waiting)>, reason: SkipReason, settling: &mut Settling<'_>) {
        if dropped.is_empty() {
            return;
        }
        settling.events.push(Event::Dropped { reason, count: dropped.len() as u64 });
        for (city, waiting) in dropped {
            self.drop_waiting(city, &waiting, reason);
        }
    }
}

/// What a capture says about the load of the server.
fn sign(capture: &Capture, since: Duration, now: Duration) -> Sign {
    match &capture.exchange.outcome {
        Ok(response) if matches!(response.status, 429 | 503) => Sign::Block(asked_wait(response, capture)),
        Ok(response) => Sign::Answer {
            ok: response.status == 200,
            arrived: arrival(capture, since, now),
            latency: milliseconds(capture.exchange.timing.first_byte.unwrap_or(capture.exchange.timing.total)),
        },
        Err(failure) if failure.kind.is_transient() || failure.kind == FailureKind::Protocol => Sign::Failure,
        Err(_) => Sign::Nothing,
    }
}

fn asked_wait(response: &Response, capture: &Capture) -> Option<Duration> {
    // The server's own clock is the one its date is meant by.
    let answered = response.header("date").and_then(|date| http_date(&date)).unwrap_or(capture.date);
    retry_after(&response.header("retry-after")?, answered)
}

/// When the head of the answer arrived. Reckoned from both ends, and the later one believed: the exchange may have begun
/// later than it was handed out.
fn arrival(capture: &Capture, since: Duration, now: Duration) -> Duration {
    let Timing { dns, connect, tls, first_byte, total, reused: _ } = capture.exchange.timing;
    let Some(first_byte) = first_byte else { return now };
    let head = [dns, connect, tls].into_iter().flatten().sum::<f64>() + first_byte;
    // Durations that cannot be must not shorten the gap.
    if !(0.0..=total).contains(&head) || !total.is_finite() {
        return now;
    }
    let from_start = since.saturating_add(milliseconds(head));
    let from_end = now.saturating_sub(milliseconds(total - head));
    from_start.max(from_end).min(now)
}

fn milliseconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number / 1000.0).unwrap_or(Duration::ZERO)
}

fn redirect_target(capture: &Capture) -> Option<Url> {
    let response = capture.response().filter(|response| response.is_redirect())?;
    let place = response.header("location")?;
    let to = capture.request.url.join(place.trim()).ok()?;
    Some(canonical(&carry_route(to, &capture.request.url)))
}
