//! A frontier made again from what was acknowledged goes on as the one that died would have.

use proptest::prelude::*;

use super::*;

/// What was handed out, and when it was settled.
#[derive(Debug)]
struct Step {
    capture: Capture,
    handed_out: HandedOut,
    settled: Duration,
}

/// A server's answer, the same for the same request every time.
fn reply(request: &Request, kinds: &[u8]) -> Capture {
    let digest = crate::model::Digest::of_parts([request.url.as_str(), &request.attempt.to_string()]);
    let at = usize::from_str_radix(digest.short(4), 16).unwrap_or_default();
    match kinds[at % kinds.len()] {
        0 => failure(request, FailureKind::Timeout, Stage::Headers),
        1 => failure(request, FailureKind::Tls, Stage::Tls),
        2 => answer(request, 429, &[("retry-after", "7")], ""),
        3 => answer(request, 302, &[("location", "/gate"), ("set-cookie", "a=b")], ""),
        4 => answer(request, 301, &[("location", "http://c.example/moved")], ""),
        5 => answer(request, 500, &[], ""),
        6 => answer(request, 200, &[], "User-agent: *\nDisallow: /3\nCrawl-delay: 3\n"),
        _ => answer(request, 200, &[], "<html></html>"),
    }
}

fn frontier(offers: &[(u8, u8, u8)]) -> Frontier {
    let targets = [
        city("0", &["a.example", "c.example"], Some("province")),
        city("1", &["b.example", "c.example"], None),
        city("2", &["d.example"], None),
    ];
    let settings = Settings { retries: 1, robots_attempts: 2, requests_per_city: 40, ..Settings::for_tests() };
    let mut frontier = Frontier::new(settings, &targets);
    for (target, host, path) in offers {
        let address = format!("http://{}.example/{path}", ["a", "b", "c", "d"][usize::from(*host)]);
        frontier.offer(page(&target.to_string(), &address), s(0));
    }
    frontier
}

/// What a page leads to: found once its answer is there.
fn links(frontier: &mut Frontier, capture: &Capture, now: Duration) {
    if capture.request.purpose == Purpose::Page && capture.request.url.as_str().len() < 40 {
        for more in ["a", "b"] {
            let to = url(&format!("{}{more}", capture.request.url));
            frontier.offer(Offer::found(&capture.request, to, Purpose::Page, Hop::Link), now);
        }
    }
}

/// The night from here to its end.
fn go_on(frontier: &mut Frontier, mut now: Duration, kinds: &[u8]) -> Vec<Step> {
    let mut steps = Vec::new();
    loop {
        match frontier.next(now) {
            Next::Ready(ticket) => {
                let handed_out = ticket.handed_out().clone();
                let capture = reply(&ticket.into_request(), kinds);
                now += s(1);
                frontier.settle(&capture, now);
                links(frontier, &capture, now);
                steps.push(Step { capture, handed_out, settled: now });
            }
            Next::Wait(until) => now = until,
            Next::InTransit | Next::Drained => return steps,
        }
        assert!(steps.len() < 1000, "the night ends");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whenever_it_dies_the_rest_of_the_night_is_the_same(
        offers in prop::collection::vec((0_u8..3, 0_u8..4, 0_u8..6), 1..12),
        kinds in prop::collection::vec(0_u8..14, 1..20),
        cut in 0.0..1.0_f64,
    ) {
        let mut whole = frontier(&offers);
        let steps = go_on(&mut whole, s(0), &kinds);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short list")]
        let cut = (steps.len() as f64 * cut) as usize;
        let mut again = frontier(&offers);
        for step in &steps[..cut] {
            again.repeat(&step.capture, step.handed_out.clone(), step.settled);
            links(&mut again, &step.capture, step.settled);
        }
        let now = cut.checked_sub(1).map_or(s(0), |last| steps[last].settled);
        let rest = go_on(&mut again, now, &kinds);
        let asked = |steps: &[Step]| -> Vec<(String, u8, Duration)> {
            let of = |step: &Step| {
                let request = &step.capture.request;
                (format!("{} {:?} {:?}", request.url, request.purpose, request.lane), request.attempt, step.handed_out.since)
            };
            steps.iter().map(of).collect()
        };
        prop_assert_eq!(asked(&rest), asked(&steps[cut..]));
        // Which of two cities that share a host asks for its robots.txt is a matter of turns; how often is not.
        let costs = |frontier: &Frontier| -> (u64, u64, u64) {
            let all = ["0", "1", "2"].map(|name| frontier.coverage(&code(name))[&portal()].clone());
            let skipped = all.iter().flat_map(|coverage| coverage.skipped.values()).sum();
            let of = |count: fn(&Coverage) -> u64| all.iter().map(count).sum::<u64>();
            (of(|coverage| coverage.requests), of(|coverage| coverage.bytes), skipped)
        };
        prop_assert_eq!(costs(&again), costs(&whole));
        prop_assert_eq!(again.progress(), whole.progress());
    }
}

#[test]
fn a_lost_answer_costs_one_gap_and_no_request() {
    let mut live = frontier(&[(2, 3, 1), (2, 3, 2)]);
    let Next::Ready(robots) = live.next(s(0)) else { panic!("robots.txt comes first") };
    let (handed_out, capture) = (robots.handed_out().clone(), answer(robots.request(), 404, &[], ""));
    live.settle(&capture, s(1));
    let Next::Ready(lost) = live.next(s(5)) else { panic!("a page comes next") };
    let mut again = frontier(&[(2, 3, 1), (2, 3, 2)]);
    again.repeat(&capture, handed_out, s(1));
    again.hold(lost.group(), s(5) + s(2));
    assert!(
        matches!(again.next(s(5)), Next::Wait(until) if until == s(7)),
        "no sooner than a gap after it may have come"
    );
    let Next::Ready(asked) = again.next(s(7)) else { panic!("it still waits") };
    assert_eq!(asked.request(), lost.request());
}
