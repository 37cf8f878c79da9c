//! The pace of one politeness group.
//!
//! Comes in: what the exchanges with the group's servers were like. Goes out: the earliest moment of the next request.
//! Must never know: other groups, cities, addresses. One server's trouble neither slows another nor is it forgiven
//! because another one answered.
//!
//! The gap is measured where it matters, at the server: it starts when the head of the answer arrived, for then the
//! server surely had the request. Rules:
//!
//! - the gap is the largest of our own minimum, the server's crawl-delay and the adaptive delay;
//! - the adaptive delay is the average of the delay so far and latency × factor, and no less than the latter; an answer
//!   other than 200 may raise it and never lowers it (an error page is quick, and says nothing about the load);
//! - 429 and 503 begin a back-off, doubled each time, which is forgiven only after quiet time and not by one success;
//! - failures to connect in a row double the gap, for a server that is down need not be asked often.

use std::fmt;
use std::time::Duration;

use super::settings::Settings;
use crate::model::Digest;

/// The pace of one politeness group.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    crawl_delay: Duration,
    adaptive: Duration,
    level: u32,
    last_block: Option<Duration>,
    strikes: u32,
    next_allowed: Duration,
    away: bool,
}

/// What an exchange says about the load of the server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    /// An answer; `ok` only for status 200.
    Answer {
        /// Whether the status was 200.
        ok: bool,
        /// When the head of the answer arrived.
        arrived: Duration,
        /// How long the server took to its first byte.
        latency: Duration,
    },
    /// 429 or 503, with the wait the server asked for.
    Block(Option<Duration>),
    /// No answer, and the server's or the network's doing.
    Failure,
    /// No answer, and none was to be expected: nothing says anything about the server's load.
    Nothing,
}

impl Pace {
    /// The gap between two requests as it is now.
    #[must_use]
    pub fn interval(&self, settings: &Settings) -> Duration {
        settings.min_interval.max(self.crawl_delay).max(self.adaptive)
    }

    /// The earliest moment of the next request.
    #[must_use]
    pub fn next_allowed(&self) -> Duration {
        self.next_allowed
    }

    /// How many back-offs are running up: 0 = none.
    #[must_use]
    pub fn level(&self) -> u32 {
        self.level
    }

    /// Whether the server asked us to stay away longer than the night lasts.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.away
    }

    /// Heeds a crawl-delay in full: one longer than a night can afford sends us away rather than being shortened.
    pub(super) fn heed_crawl_delay(&mut self, asked: Duration, settings: &Settings) {
        self.crawl_delay = self.crawl_delay.max(asked);
        self.away |= asked > settings.max_crawl_delay;
    }

    /// Allows nothing before `until`.
    pub(super) fn hold(&mut self, until: Duration) {
        self.next_allowed = self.next_allowed.max(until);
    }

    /// Takes in what an exchange, settled `now`, said. `name` is the group's, for its jitter.
    pub(super) fn take_in(&mut self, sign: Sign, now: Duration, settings: &Settings, name: &str) {
        let from = match sign {
            Sign::Answer { arrived, .. } => arrived.min(now),
            Sign::Block(_) | Sign::Failure | Sign::Nothing => now,
        };
        let pause = match sign {
            Sign::Answer { ok, latency, .. } => {
                self.strikes = 0;
                self.adapt(latency, ok, settings);
                self.forgive(now, settings);
                Duration::ZERO
            }
            Sign::Block(asked) => {
                self.strikes = 0;
                self.block(asked, now, settings, name)
            }
            Sign::Failure => {
                self.strikes = self.strikes.saturating_add(1);
                doubled(self.interval(settings), self.strikes - 1).min(settings.max_delay)
            }
            Sign::Nothing => Duration::ZERO,
        };
        let gap = self.interval(settings).max(pause);
        self.next_allowed = self.next_allowed.max(from.saturating_add(gap));
    }

    fn adapt(&mut self, latency: Duration, ok: bool, settings: &Settings) {
        let wanted = Duration::try_from_secs_f64(latency.as_secs_f64() * settings.latency_factor)
            .unwrap_or(Duration::ZERO)
            .min(settings.max_delay);
        let average = (self.adaptive.saturating_add(wanted) / 2).max(wanted);
        if ok || average > self.adaptive {
            self.adaptive = average;
        }
    }

    fn block(&mut self, asked: Option<Duration>, now: Duration, settings: &Settings, name: &str) -> Duration {
        self.forgive(now, settings);
        self.level = self.level.saturating_add(1);
        self.last_block = Some(now);
        if asked.is_some_and(|asked| asked > settings.max_retry_after) {
            self.away = true;
        }
        let own = back_off(self.level, settings, &[name, &now.as_nanos().to_string()]);
        match asked {
            // The first time the server knows best; if it must say so again, its wish was too small.
            Some(asked) if self.level == 1 => asked,
            Some(asked) => asked.max(own),
            None => own,
        }
    }

    fn forgive(&mut self, now: Duration, settings: &Settings) {
        if self.last_block.is_some_and(|block| now.saturating_sub(block) > settings.quiet_time) {
            self.level = 0;
            self.last_block = None;
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |duration: Duration| duration.as_secs_f64();
        write!(f, "next at {:.1} s", seconds(self.next_allowed))?;
        if self.crawl_delay > Duration::ZERO {
            write!(f, ", crawl-delay {:.1} s", seconds(self.crawl_delay))?;
        }
        if self.adaptive > Duration::ZERO {
            write!(f, ", adaptive delay {:.1} s", seconds(self.adaptive))?;
        }
        if self.level > 0 {
            write!(f, ", back-off {}", self.level)?;
        }
        if self.strikes > 0 {
            write!(f, ", {} failures in a row", self.strikes)?;
        }
        if self.away {
            f.write_str(", asked to stay away")?;
        }
        Ok(())
    }
}

/// The back-off of the given level (1 = first), capped, with jitter that depends on nothing but the seed and `what`.
pub(super) fn back_off(level: u32, settings: &Settings, what: &[&str]) -> Duration {
    let pause = doubled(settings.backoff_base, level.saturating_sub(1)).min(settings.max_delay);
    let jitter = pause.as_secs_f64() * settings.jitter_ratio * fraction(settings.seed, what);
    pause.saturating_add(Duration::try_from_secs_f64(jitter).unwrap_or(Duration::ZERO))
}

fn doubled(duration: Duration, times: u32) -> Duration {
    duration.saturating_mul(1_u32.checked_shl(times).unwrap_or(u32::MAX))
}

/// A number from 0 to 1 that looks like chance and is not.
fn fraction(seed: u64, what: &[&str]) -> f64 {
    let seed = seed.to_string();
    let digest = Digest::of_parts(std::iter::once(seed.as_str()).chain(what.iter().copied()));
    let number = u32::from_str_radix(digest.short(8), 16).unwrap_or_default();
    f64::from(number) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Case<'a> = (&'static str, &'a [(u64, Sign)], u64);

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const fn answer(ok: bool, arrived: u64, latency: u64) -> Sign {
        Sign::Answer { ok, arrived: s(arrived), latency: s(latency) }
    }

    fn run(settings: &Settings, events: &[(u64, Sign)]) -> Pace {
        let mut pace = Pace::default();
        for (now, sign) in events {
            let before = pace.next_allowed();
            pace.take_in(*sign, s(*now), settings, "g");
            assert!(pace.next_allowed() >= before, "an interval is never shortened");
        }
        pace
    }

    #[test]
    fn each_event_moves_the_next_request_as_it_should() {
        let settings = Settings::for_tests();
        let cases: &[Case] = &[
            ("the gap starts at the head", &[(15, answer(true, 10, 1))], 12),
            ("a head from the future is not believed", &[(15, answer(true, 99, 1))], 17),
            ("a failure counts from its end", &[(15, Sign::Failure)], 17),
            ("two failures double the gap", &[(15, Sign::Failure), (20, Sign::Failure)], 24),
            ("failures stop doubling at the cap", &[(0, Sign::Failure); 40], 60),
            ("an answer ends the row of failures", &[(1, Sign::Failure), (9, answer(false, 9, 1))], 11),
            ("429 without words backs off", &[(10, Sign::Block(None))], 20),
            ("again: doubled", &[(10, Sign::Block(None)), (30, Sign::Block(None))], 50),
            ("the cap of the back-off", &[(100, Sign::Block(None)); 9], 160),
            ("Retry-After is believed", &[(10, Sign::Block(Some(s(5))))], 15),
            ("Retry-After of nothing is still a gap", &[(10, Sign::Block(Some(s(0))))], 12),
            (
                "a second Retry-After is no less than ours",
                &[(10, Sign::Block(None)), (30, Sign::Block(Some(s(5))))],
                50,
            ),
            (
                "a success forgives nothing",
                &[(1, Sign::Block(None)), (20, answer(true, 20, 1)), (30, Sign::Block(None))],
                50,
            ),
            ("quiet time does", &[(1, Sign::Block(None)), (400, Sign::Block(None))], 410),
            ("what never left us is only the gap", &[(10, Sign::Nothing)], 12),
        ];
        for (name, events, want) in cases {
            assert_eq!(run(&settings, events).next_allowed(), s(*want), "{name}");
        }
    }

    #[test]
    fn a_shorter_wait_never_shortens_a_longer_one() {
        let pace = run(&Settings::for_tests(), &[(10, Sign::Block(Some(s(500)))), (11, answer(true, 11, 1))]);
        assert_eq!(pace.next_allowed(), s(510));
    }

    #[test]
    fn a_slow_server_slows_us_and_only_a_200_lets_us_hurry_again() {
        let mut settings = Settings::for_tests();
        settings.latency_factor = 4.0;
        let mut pace = Pace::default();
        let steps =
            [(true, 5, 20), (false, 0, 20), (false, 6, 24), (true, 0, 12), (true, 0, 6), (true, 0, 3), (true, 0, 2)];
        for (ok, latency, want) in steps {
            pace.take_in(answer(ok, 0, latency), s(0), &settings, "g");
            assert_eq!(pace.interval(&settings).as_secs(), want, "ok {ok}, latency {latency}");
        }
        pace.take_in(answer(true, 0, 999), s(0), &settings, "g");
        assert_eq!(pace.interval(&settings), settings.max_delay);
    }

    #[test]
    fn the_larger_delay_rules_and_a_huge_crawl_delay_sends_us_away() {
        let settings = Settings::for_tests();
        let mut pace = Pace::default();
        pace.heed_crawl_delay(s(1), &settings);
        assert_eq!(pace.interval(&settings), s(2), "ours is larger");
        pace.heed_crawl_delay(s(10), &settings);
        assert_eq!(pace.interval(&settings), s(10), "theirs is larger");
        pace.heed_crawl_delay(s(3), &settings);
        assert_eq!(pace.interval(&settings), s(10), "another host of the group does not lower it");
        assert!(!pace.is_away());
        pace.heed_crawl_delay(s(86_400), &settings);
        assert!(pace.is_away(), "a day between two requests is obeyed by making none");
    }

    #[test]
    fn a_wish_beyond_the_night_sends_us_away() {
        let settings = Settings::for_tests();
        assert!(!run(&settings, &[(0, Sign::Block(Some(s(600))))]).is_away());
        assert!(run(&settings, &[(0, Sign::Block(Some(s(601))))]).is_away());
        assert!(run(&settings, &[(0, Sign::Block(Some(s(u64::MAX))))]).is_away());
    }

    #[test]
    fn jitter_only_adds_is_bounded_and_repeats() {
        let mut settings = Settings::for_tests();
        settings.jitter_ratio = 0.25;
        let pauses: Vec<Duration> = ["a", "b", "c", "d"].map(|name| back_off(1, &settings, &[name])).to_vec();
        assert!(pauses.iter().all(|pause| (10.0..=12.5).contains(&pause.as_secs_f64())), "{pauses:?}");
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        assert_eq!(back_off(1, &settings, &["a"]), pauses[0]);
    }

    #[test]
    fn settings_that_make_no_sense_do_not_panic() {
        let mut settings = Settings::for_tests();
        settings.latency_factor = f64::NAN;
        settings.jitter_ratio = -5.0;
        let pace = run(&settings, &[(1, answer(true, 1, 1)), (2, Sign::Block(None)), (u64::MAX, Sign::Block(None))]);
        assert!(pace.next_allowed() > s(2));
    }

    #[test]
    fn a_pace_is_one_line_for_people() {
        let pace = run(&Settings::for_tests(), &[(10, Sign::Block(None))]);
        assert_eq!(pace.to_string(), "next at 20.0 s, back-off 1");
    }
}
