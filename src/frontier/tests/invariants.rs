//! What must hold whatever the servers do and whenever they answer.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// One of the things a server can do.
fn reply(request: &Request, kind: u8) -> Capture {
    match kind {
        0 => failure(request, FailureKind::Timeout, Stage::Headers),
        1 => failure(request, FailureKind::Tls, Stage::Tls),
        2 => answer(request, 429, &[("retry-after", "7")], ""),
        3 => answer(request, 503, &[("retry-after", "Fri, 01 May 2026 02:00:09 GMT")], ""),
        4 => answer(request, 302, &[("location", "/gate"), ("set-cookie", "a=b")], ""),
        5 => answer(request, 301, &[("location", "http://c.example/moved")], ""),
        6 => answer(request, 500, &[], ""),
        7 => answer(request, 200, &[], "User-agent: *\nDisallow: /3\nCrawl-delay: 3\n"),
        8 => answer(request, 503, &[("retry-after", "99999")], ""),
        _ => answer(request, 200, &[], "<html></html>"),
    }
}

/// Answers come in any order and late; between them the clock runs.
struct Night {
    frontier: Frontier,
    now: Duration,
    open: BTreeMap<String, Request>,
    last_settled: BTreeMap<String, Duration>,
    asked: BTreeSet<String>,
    handed_out: usize,
}

impl Night {
    fn hand_out(&mut self) -> Next {
        let next = self.frontier.next(self.now);
        if let Next::Ready(ticket) = &next {
            let group = ticket.group().to_owned();
            if let Some(settled) = self.last_settled.get(&group) {
                assert!(self.now >= *settled + s(2), "the gap of {group} at {:?}", self.now);
            }
            let request = ticket.request();
            if request.purpose != Purpose::Robots {
                self.asked.insert(format!("{} {}", request.target, request.url));
            }
            assert!(self.open.insert(group, request.clone()).is_none(), "one request in transit per group");
            self.handed_out += 1;
        }
        next
    }

    fn settle_one(&mut self, which: u8, kind: u8) {
        let groups: Vec<String> = self.open.keys().cloned().collect();
        let Some(group) = groups.get(usize::from(which) % groups.len().max(1)) else { return };
        if let Some(request) = self.open.remove(group) {
            let before = self.frontier.settle(&reply(&request, kind), self.now).next_allowed;
            assert!(before >= self.now + s(2));
            self.last_settled.insert(group.clone(), self.now);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn gaps_are_kept_nothing_is_lost_and_the_night_ends(
        offers in prop::collection::vec((0_u8..3, 0_u8..4, 0_u8..6), 1..40),
        steps in prop::collection::vec((any::<u8>(), 0_u8..14, 0_u64..9), 0..120),
    ) {
        let targets = [
            city("0", &["a.example", "c.example"], Some("province")),
            city("1", &["b.example", "c.example"], None),
            city("2", &["d.example"], None),
        ];
        let settings = Settings { retries: 1, robots_attempts: 2, requests_per_city: 25, ..Settings::for_tests() };
        let mut night = Night {
            frontier: Frontier::new(settings, &targets),
            now: s(0),
            open: BTreeMap::new(),
            last_settled: BTreeMap::new(),
            asked: BTreeSet::new(),
            handed_out: 0,
        };
        let mut known = BTreeSet::new();
        for (target, host, path) in offers {
            let address = format!("http://{}.example/{path}", ["a", "b", "c", "d"][usize::from(host)]);
            night.frontier.offer(page(&target.to_string(), &address), s(0));
            known.insert(format!("{target} {address}"));
        }
        let mut steps = steps.into_iter();
        loop {
            let (which, kind, pause) = steps.next().unwrap_or((0, 9, 1));
            match night.hand_out() {
                Next::Ready(_) => {}
                Next::Wait(until) if night.open.is_empty() => night.now = until,
                Next::Wait(_) | Next::InTransit => {
                    night.now += s(pause);
                    night.settle_one(which, kind);
                }
                Next::Drained => break,
            }
            prop_assert!(night.handed_out < 1000, "the night ends");
        }
        let progress = night.frontier.progress();
        prop_assert_eq!((progress.waiting, progress.in_transit), (0, 0));
        prop_assert_eq!(progress.done, night.handed_out as u64);
        let mut skipped = 0;
        let mut requests = 0;
        for name in ["0", "1", "2"] {
            let coverage = &night.frontier.coverage(&code(name))[&portal()];
            prop_assert!(coverage.requests <= 25);
            skipped += coverage.skipped.values().sum::<u64>();
            requests += coverage.requests;
        }
        prop_assert_eq!(requests, night.handed_out as u64);
        // Each address that was offered was asked for or counted as skipped; redirects and retries add to both.
        let unasked = known.difference(&night.asked).count() as u64;
        prop_assert!(skipped >= unasked, "{unasked} were not asked for, {skipped} are accounted for");
        prop_assert_eq!(night.frontier.drained().len(), 3);
    }
}
