//! robots.txt before anything else.

use super::*;

fn frontier(offers: &[&str]) -> Frontier {
    let mut frontier =
        Frontier::new(Settings::for_tests(), &[city("330100", &["portal.example", "www.portal.example"], None)]);
    for address in offers {
        frontier.offer(page("330100", address), s(0));
    }
    frontier
}

fn robots_of(frontier: &Frontier, host: &str) -> Option<RobotsState> {
    frontier.coverage(&code("330100"))[&portal()].robots.get(host).copied()
}

#[test]
fn robots_txt_is_asked_for_once_per_host_and_obeyed() {
    let mut frontier =
        frontier(&["http://portal.example/open", "http://portal.example/closed/1", "http://portal.example/closed/2"]);
    let rules = "User-agent: portal-probe/1.0\nDisallow: /closed\nCrawl-delay: 5\n";
    let made = run(&mut frontier, s(0), |request| answer(request, 200, &[], rules));
    let order: Vec<(u64, &str)> = made.iter().map(|(at, one)| (at.as_secs(), one.url.path())).collect();
    assert_eq!(order, [(0, "/robots.txt"), (5, "/open")], "and the crawl-delay holds from the first page on");
    let late = frontier.offer(page("330100", "http://portal.example/closed/3"), s(9));
    assert_eq!(late, Offered::Skipped(SkipReason::RobotsDisallowed));
    let coverage = &frontier.coverage(&code("330100"))[&portal()];
    assert_eq!(coverage.skipped[&SkipReason::RobotsDisallowed], 3);
    assert_eq!(coverage.robots_disallowed.len(), 3);
    assert_eq!(coverage.robots["portal.example"], RobotsState::Rules);
    assert_eq!(coverage.requests, 2);
}

#[test]
fn a_crawl_delay_is_told_and_a_huge_one_ends_the_visit() {
    let mut patient = frontier(&["http://portal.example/a"]);
    let request = ready(&mut patient, s(0));
    let settlement = patient.settle(&answer(&request, 200, &[], "User-agent: *\nCrawl-delay: 20\n"), s(1));
    assert!(settlement.events.contains(&Event::CrawlDelay { asked: s(20) }));
    assert_eq!(settlement.next_allowed, s(21));

    let mut frontier = frontier(&["http://portal.example/a"]);
    let request = ready(&mut frontier, s(0));
    frontier.settle(&answer(&request, 200, &[], "User-agent: *\nCrawl-delay: 900\n"), s(1));
    assert!(matches!(frontier.next(s(1)), Next::Drained));
    let coverage = &frontier.coverage(&code("330100"))[&portal()];
    assert_eq!(coverage.skipped[&SkipReason::BackedOff], 1);
}

#[test]
fn only_4xx_opens_and_everything_else_closes_for_now() {
    for status in [400, 401, 403, 404, 410, 451] {
        let mut frontier = frontier(&["http://portal.example/a"]);
        let request = ready(&mut frontier, s(0));
        frontier.settle(&answer(&request, status, &[], "User-agent: *\nDisallow: /"), s(0));
        assert_eq!(robots_of(&frontier, "portal.example"), Some(RobotsState::Open), "{status}");
        assert_eq!(ready(&mut frontier, s(2)).url.path(), "/a");
    }
    let closed: [fn(&Request) -> Capture; 6] = [
        |request| answer(request, 500, &[], ""),
        |request| answer(request, 503, &[], ""),
        |request| answer(request, 429, &[], ""),
        |request| failure(request, FailureKind::Timeout, Stage::Headers),
        |request| failure(request, FailureKind::DnsNotFound, Stage::Dns),
        |request| answer(request, 200, &[("content-encoding", "gzip")], "not gzip at all"),
    ];
    for (number, close) in closed.into_iter().enumerate() {
        let mut frontier = frontier(&["http://portal.example/a"]);
        let request = ready(&mut frontier, s(0));
        frontier.settle(&close(&request), s(0));
        assert_eq!(robots_of(&frontier, "portal.example"), Some(RobotsState::ClosedForNow), "case {number}");
        assert_eq!(waits(&mut frontier, s(2)), s(120), "case {number}");
        let again = ready(&mut frontier, s(120));
        assert_eq!((again.url.path(), again.attempt), ("/robots.txt", 2), "case {number}");
        frontier.settle(&answer(&again, 404, &[], ""), s(120));
        assert_eq!(ready(&mut frontier, s(122)).url.path(), "/a", "case {number}: what waited is not lost");
    }
}

#[test]
fn a_host_that_never_says_its_rules_stays_closed_after_a_bounded_number_of_questions() {
    let mut frontier = frontier(&["http://portal.example/a", "http://portal.example/b", "http://www.portal.example/c"]);
    let made = run(&mut frontier, s(0), |request| match request.url.host_str() {
        Some("portal.example") => failure(request, FailureKind::Timeout, Stage::Connect),
        _ => answer(request, 404, &[], ""),
    });
    let asked: Vec<(u64, String)> = made.iter().map(|(at, one)| (at.as_secs(), one.url.to_string())).collect();
    let of_closed: Vec<u64> =
        asked.iter().filter(|(_, one)| one == "http://portal.example/robots.txt").map(|(at, _)| *at).collect();
    assert_eq!(of_closed, [0, 120, 240]);
    assert!(asked.iter().any(|(_, one)| one == "http://www.portal.example/c"), "the other host is open");
    assert_eq!(asked.len(), 5);
    assert_eq!(skipped(&frontier, SkipReason::RobotsUnavailable), 2);
    let late = frontier.offer(page("330100", "http://portal.example/d"), s(999));
    assert_eq!(late, Offered::Skipped(SkipReason::RobotsUnavailable));
    assert_eq!(frontier.drained(), [code("330100")]);
}

#[test]
fn an_address_found_while_the_host_is_closed_waits_with_the_others() {
    let mut frontier = frontier(&["http://portal.example/a"]);
    let request = ready(&mut frontier, s(0));
    frontier.settle(&answer(&request, 500, &[], ""), s(0));
    assert!(matches!(frontier.offer(page("330100", "http://portal.example/b"), s(5)), Offered::Queued(_)));
    assert_eq!(waits(&mut frontier, s(50)), s(120));
}

#[test]
fn redirects_of_robots_txt_are_followed_within_scope() {
    let mut frontier = frontier(&["http://portal.example/a"]);
    let made = run(&mut frontier, s(0), |request| match request.url.as_str() {
        "http://portal.example/robots.txt" => answer(request, 301, &[("location", "/static/robots.txt")], ""),
        "http://portal.example/static/robots.txt" => answer(request, 200, &[], "User-agent: *\nDisallow: /a"),
        other => panic!("{other} is forbidden"),
    });
    assert_eq!(made.len(), 2);
    assert!(made.iter().all(|(_, one)| one.purpose == Purpose::Robots));
    assert_eq!(skipped(&frontier, SkipReason::RobotsDisallowed), 1);
}

#[test]
fn a_robots_txt_out_of_reach_is_unavailable_and_said_so() {
    for (place, reason) in
        [("http://evil.example/robots.txt", SkipReason::OutOfScope), ("/again/robots.txt", SkipReason::RedirectLimit)]
    {
        let mut frontier = frontier(&["http://portal.example/a"]);
        let made = run(&mut frontier, s(0), |request| match request.purpose {
            Purpose::Robots => answer(request, 302, &[("location", place)], ""),
            _ => answer(request, 200, &[], ""),
        });
        assert!(made.iter().all(|(_, one)| one.url.host_str() == Some("portal.example")), "never out of scope");
        assert!(made.len() <= 7, "five redirects, the page, no more");
        assert_eq!(skipped(&frontier, reason), 1);
        assert_eq!(robots_of(&frontier, "portal.example"), Some(RobotsState::Open));
    }
}

#[test]
fn a_tls_fault_does_not_hide_the_rules() {
    let mut frontier = frontier(&["https://portal.example/a"]);
    let made = run(&mut frontier, s(0), |request| match request.lane {
        Lane::Strict => failure(request, FailureKind::Tls, Stage::Tls),
        Lane::Lenient => answer(request, 200, &[], "User-agent: *\nDisallow: /a"),
    });
    let lanes: Vec<Lane> = made.iter().map(|(_, one)| one.lane).collect();
    assert_eq!(lanes, [Lane::Strict, Lane::Lenient]);
    assert_eq!(skipped(&frontier, SkipReason::RobotsDisallowed), 1);
}

#[test]
fn one_city_asks_for_all_that_share_the_host() {
    let targets = [city("1", &["shared.example"], None), city("2", &["shared.example"], None)];
    let mut frontier = Frontier::new(Settings::for_tests(), &targets);
    frontier.offer(page("1", "http://shared.example/1"), s(0));
    frontier.offer(page("2", "http://shared.example/2"), s(0));
    let made = run(&mut frontier, s(0), |request| answer(request, 200, &[], "User-agent: *\nDisallow: /2"));
    assert_eq!(made.len(), 2, "robots.txt once, and the open page");
    let robots = |name: &str| frontier.coverage(&code(name))[&portal()].robots["shared.example"];
    assert_eq!((robots("1"), robots("2")), (RobotsState::Rules, RobotsState::Rules));
}
