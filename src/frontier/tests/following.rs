//! Redirects, retries and the lenient lane are requests like any other.

use super::*;

fn paths(made: &[(Duration, Request)]) -> Vec<&str> {
    made.iter().map(|(_, one)| one.url.path()).collect()
}

#[test]
fn a_redirect_is_a_request_with_its_own_hop() {
    let entry = Offer::entry((&code("330100"), &portal()), url("http://portal.example/"), Profile::Desktop, 1, s(0));
    let (mut frontier, now) = opened(Settings::for_tests(), vec![entry]);
    let made = run(&mut frontier, now, |request| match request.url.path() {
        "/" => answer(request, 302, &[("location", " /hz/index.html#top ")], ""),
        _ => answer(request, 200, &[], ""),
    });
    assert_eq!(paths(&made), ["/", "/hz/index.html"]);
    let (first, second) = (&made[0].1, &made[1].1);
    assert_eq!(second.purpose, Purpose::Entry { attempt: 1 });
    assert_eq!((&second.via, &second.hops), (&Some(first.id.clone()), &HopPath(vec![Hop::Redirect])));
    assert!(matches!(
        frontier.offer(page("330100", "http://portal.example/hz/index.html"), now),
        Offered::Duplicate(_)
    ));
}

#[test]
fn redirects_end_at_their_limit_at_the_scope_and_in_circles() {
    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/0")]);
    let made = run(&mut frontier, now, |request| {
        let number: u32 = request.url.path()[1..].parse().expect("numbered");
        answer(request, 301, &[("location", &format!("/{}", number + 1))], "")
    });
    assert_eq!(paths(&made), ["/0", "/1", "/2", "/3", "/4", "/5"]);
    assert_eq!(skipped(&frontier, SkipReason::RedirectLimit), 1);

    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/0")]);
    let request = ready(&mut frontier, now);
    let settlement = frontier.settle(&answer(&request, 301, &[("location", "https://evil.example/")], ""), now);
    let offered = Offered::Skipped(SkipReason::OutOfScope);
    assert_eq!(settlement.events, [Event::Redirect { to: url("https://evil.example/"), offered }]);

    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a")]);
    let made = run(&mut frontier, now, |request| {
        let other = if request.url.path() == "/a" { "/b" } else { "/a" };
        answer(request, 302, &[("location", other)], "")
    });
    assert_eq!(paths(&made), ["/a", "/b"]);
}

#[test]
fn a_gate_that_sets_a_cookie_and_sends_back_is_passed() {
    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a")]);
    let mut visits = 0;
    let made = run(&mut frontier, now, |request| {
        visits += 1;
        match visits {
            1 => answer(request, 302, &[("location", "/gate")], ""),
            2 => answer(request, 302, &[("location", "/a"), ("set-cookie", "seen=1")], ""),
            _ => answer(request, 200, &[], ""),
        }
    });
    assert_eq!(paths(&made), ["/a", "/gate", "/a"]);

    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a")]);
    let endless =
        run(&mut frontier, now, |request| answer(request, 302, &[("location", "/a"), ("set-cookie", "x=1")], ""));
    assert_eq!(endless.len(), 6, "five redirects and no more");
}

#[test]
fn transient_failures_are_asked_again_with_growing_pauses_and_others_are_not() {
    let attempts = |make: fn(&Request) -> Capture| {
        let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a")]);
        let made = run(&mut frontier, now, make);
        made.iter().map(|(at, one)| (at.as_secs(), one.attempt)).collect::<Vec<_>>()
    };
    let thrice = vec![(2, 1), (12, 2), (32, 3)];
    assert_eq!(attempts(|request| failure(request, FailureKind::Timeout, Stage::Headers)), thrice);
    assert_eq!(attempts(|request| failure(request, FailureKind::ConnectRefused, Stage::Connect)), thrice);
    assert_eq!(attempts(|request| answer(request, 500, &[], "")), thrice);
    assert_eq!(attempts(|request| answer(request, 502, &[], "")), thrice);
    let once = vec![(2, 1)];
    assert_eq!(attempts(|request| failure(request, FailureKind::DnsNotFound, Stage::Dns)), once);
    assert_eq!(attempts(|request| failure(request, FailureKind::RefusedByGuard, Stage::Guard)), once);
    assert_eq!(attempts(|request| answer(request, 404, &[], "")), once);
    assert_eq!(attempts(|request| answer(request, 501, &[], "")), once);
    assert_eq!(attempts(|request| answer(request, 200, &[], "")), once);
}

#[test]
fn an_answer_that_was_cut_off_is_asked_for_again() {
    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a")]);
    let made = run(&mut frontier, now, |request| {
        let mut cut = response(200, &[], "<html");
        cut.truncated = (request.attempt == 1).then_some(crate::model::Truncated::Disconnect);
        capture(request, Ok(cut))
    });
    assert_eq!(made.len(), 2);
}

#[test]
fn attempts_at_an_entry_are_measurements_and_not_retried() {
    let entry = |attempt, at| {
        Offer::entry((&code("330100"), &portal()), url("http://portal.example/"), Profile::Desktop, attempt, at)
    };
    let (mut frontier, now) = opened(Settings::for_tests(), vec![entry(1, s(0)), entry(2, s(60))]);
    let made = run(&mut frontier, now, |request| failure(request, FailureKind::Timeout, Stage::Connect));
    assert_eq!(made.len(), 2);
    assert!(made.iter().all(|(_, one)| one.attempt == 1));
    let settings = Settings { entry_attempts: 1, ..Settings::for_tests() };
    let (mut frontier, now) = opened(settings, vec![entry(1, s(0))]);
    let made = run(&mut frontier, now, |request| failure(request, FailureKind::Timeout, Stage::Connect));
    assert_eq!(made.len(), 3, "a single attempt is not left to chance");
}

#[test]
fn a_tls_fault_is_recorded_and_the_page_read_in_the_lenient_lane() {
    let settings = Settings { robots_attempts: 1, ..Settings::for_tests() };
    let mut frontier = Frontier::new(settings, &[city("330100", &["portal.example"], None)]);
    let entry = |attempt, at| {
        Offer::entry((&code("330100"), &portal()), url("https://portal.example/"), Profile::Desktop, attempt, at)
    };
    frontier.offer(entry(1, s(0)), s(0));
    frontier.offer(entry(2, s(60)), s(0));
    frontier.offer(page("330100", "https://portal.example/a"), s(0));
    let made = run(&mut frontier, s(0), |request| match request.lane {
        Lane::Strict => failure(request, FailureKind::Tls, Stage::Tls),
        Lane::Lenient if request.purpose == Purpose::Robots => answer(request, 404, &[], ""),
        Lane::Lenient => answer(request, 200, &[], ""),
    });
    let lanes: Vec<(String, Lane)> = made.iter().map(|(_, one)| (one.purpose.word(), one.lane)).collect();
    let want = [
        ("robots", Lane::Strict),
        ("robots", Lane::Lenient),
        ("entry-1", Lane::Strict),
        ("entry-1", Lane::Lenient),
        ("read", Lane::Lenient),
        ("entry-2", Lane::Strict),
        ("entry-2", Lane::Lenient),
    ];
    assert_eq!(lanes, want.map(|(word, lane)| (word.to_owned(), lane)), "pages do not ask twice, entries judge anew");
    for pair in made.windows(2) {
        assert!(pair[1].0 >= pair[0].0 + s(2));
    }
}

#[test]
fn a_capture_that_was_not_handed_out_changes_nothing() {
    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a")]);
    let mut stranger = ready(&mut frontier, now);
    stranger.id = RequestId("0000".into());
    let settlement = frontier.settle(&answer(&stranger, 200, &[], ""), now);
    assert_eq!((settlement.group, settlement.events.len()), (None, 0));
    assert!(matches!(frontier.next(now + s(99)), Next::InTransit));
}

/// A page of a list that is given only by POST.
fn query(number: u32) -> Offer<'static> {
    let body = Some(QueryBody::form(&[("pageNum", &number.to_string())]));
    Offer { method: Method::Post, body, ..page("330100", "http://portal.example/list") }
}

#[test]
fn queries_to_one_address_are_requests_of_their_own_and_each_is_asked_once() {
    let offers = vec![page("330100", "http://portal.example/list"), query(1), query(2)];
    let (mut frontier, now) = opened(Settings::for_tests(), offers);
    assert!(matches!(frontier.offer(query(1), now), Offered::Duplicate(_)));
    let made = run(&mut frontier, now, |request| answer(request, 200, &[], ""));
    let asked: Vec<(Method, Option<&str>)> =
        made.iter().map(|(_, one)| (one.method, one.body.as_ref().map(|body| body.text.as_str()))).collect();
    assert_eq!(asked, [(Method::Get, None), (Method::Post, Some("pageNum=1")), (Method::Post, Some("pageNum=2"))]);
    let ids: std::collections::BTreeSet<&RequestId> = made.iter().map(|(_, one)| &one.id).collect();
    assert_eq!(ids.len(), 3, "what is sent is part of what a request is");
    for pair in made.windows(2) {
        assert!(pair[1].0 >= pair[0].0 + Settings::for_tests().min_interval, "queries keep the pace");
    }
    assert!(matches!(frontier.offer(query(2), now), Offered::Duplicate(_)));
}

#[test]
fn queries_obey_robots_scope_and_verbs_and_are_limited_for_each_address() {
    let elsewhere = Offer { url: url("http://other.example/list"), ..query(1) };
    let verb = Offer { url: url("http://portal.example/item/delete"), ..query(1) };
    let settings = Settings { max_query_variants: 2, ..Settings::for_tests() };
    let (mut frontier, now) = opened(settings, vec![query(1), query(2), query(3)]);
    assert_eq!(frontier.offer(elsewhere, now), Offered::Skipped(SkipReason::OutOfScope));
    assert_eq!(frontier.offer(verb, now), Offered::Skipped(SkipReason::ForbiddenVerb));
    let made = run(&mut frontier, now, |request| answer(request, 200, &[], ""));
    assert_eq!(made.len(), 2, "no endless list by numbers in a body");

    let mut frontier = Frontier::new(Settings::for_tests(), &[city("330100", &["portal.example"], None)]);
    frontier.offer(query(1), s(0));
    let made = run(&mut frontier, s(0), |request| answer(request, 200, &[], "User-agent: *\nDisallow: /list\n"));
    assert_eq!(made.len(), 1, "robots.txt alone");
    assert_eq!(skipped(&frontier, SkipReason::RobotsDisallowed), 1);
}

#[test]
fn a_query_is_sent_on_by_303_as_a_get_and_by_no_other_redirect() {
    for (status, paths_made) in [(303, vec!["/list", "/page"]), (302, vec!["/list"]), (307, vec!["/list"])] {
        let (mut frontier, now) = opened(Settings::for_tests(), vec![query(1)]);
        let made = run(&mut frontier, now, |request| match request.method {
            Method::Post => answer(request, status, &[("location", "/page")], ""),
            Method::Get | Method::Head => answer(request, 200, &[], ""),
        });
        assert_eq!(paths(&made), paths_made, "{status}");
        let refused = skipped(&frontier, SkipReason::UndeclaredQuery);
        assert_eq!(refused, u64::from(status != 303), "{status}");
        if let Some((_, page)) = made.get(1) {
            assert_eq!((page.method, page.body.as_ref()), (Method::Get, None));
        }
    }
}

#[test]
fn a_query_that_failed_is_asked_again_with_the_same_body() {
    let (mut frontier, now) = opened(Settings::for_tests(), vec![query(1)]);
    let made = run(&mut frontier, now, |request| match request.attempt {
        1 => answer(request, 502, &[], ""),
        _ => answer(request, 200, &[], ""),
    });
    let bodies: Vec<_> = made.iter().map(|(_, one)| one.body.as_ref().map(|body| body.text.clone())).collect();
    assert_eq!(bodies, [Some("pageNum=1".to_owned()), Some("pageNum=1".to_owned())]);
}
