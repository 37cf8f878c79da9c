//! No request before its time.

use super::*;

/// One answer at `portal.example/0` after so many milliseconds to the head and in all; when may the next one go?
fn next_after(timing: Timing, settled: Duration) -> Duration {
    let offers = (0..2).map(|i| page("330100", &format!("http://portal.example/{i}"))).collect();
    let (mut frontier, now) = opened(Settings::for_tests(), offers);
    assert_eq!(now, s(2));
    let request = ready(&mut frontier, now);
    let mut capture = answer(&request, 200, &[], "");
    capture.exchange.timing = timing;
    frontier.settle(&capture, settled).next_allowed
}

#[test]
fn the_gap_begins_when_the_head_arrived() {
    let timing = |first_byte: f64, total: f64| Timing {
        dns: Some(100.0),
        connect: Some(100.0),
        tls: Some(300.0),
        first_byte: Some(first_byte),
        total,
        reused: false,
    };
    // Handed out at 2 s; the head came after 1 s, the body after 3 s.
    assert_eq!(next_after(timing(500.0, 3000.0), s(5)), s(5), "2 + 1 + 2: the body's time is not waited for again");
    // The same, but the exchange began 500 ms late: the end tells.
    assert_eq!(next_after(timing(500.0, 1000.0), Duration::from_millis(3500)), Duration::from_millis(5500));
    // Timing that cannot be does not shorten anything.
    assert_eq!(next_after(timing(f64::NAN, f64::INFINITY), s(3)), s(5));
    assert_eq!(next_after(timing(-9e9, 0.0), s(3)), s(5));
    assert_eq!(next_after(Timing { total: 1.0, ..Timing::default() }, s(3)), s(5), "without a first byte, its end");
}

#[test]
fn nothing_goes_out_while_something_is_in_transit() {
    let offers = (0..2).map(|i| page("330100", &format!("http://portal.example/{i}"))).collect();
    let (mut frontier, now) = opened(Settings::for_tests(), offers);
    let request = ready(&mut frontier, now);
    assert!(matches!(frontier.next(now + s(999)), Next::InTransit));
    frontier.settle(&answer(&request, 200, &[], ""), now + s(999));
    assert_eq!(waits(&mut frontier, now + s(999)), now + s(1001));
}

#[test]
fn a_gap_is_kept_whatever_the_answers_are() {
    let offers = (0..40).map(|i| page("330100", &format!("http://portal.example/{i}"))).collect();
    let settings = Settings {
        latency_factor: 2.0,
        requests_per_city: 1000,
        time_per_city: Duration::from_hours(99),
        ..Settings::for_tests()
    };
    let (mut frontier, now) = opened(settings, offers);
    let mut count = 0_u16;
    let made = run(&mut frontier, now, |request| {
        count += 1;
        let mut capture = match count % 7 {
            0 => failure(request, FailureKind::Timeout, Stage::Headers),
            1 => answer(request, 429, &[("retry-after", "1")], ""),
            2 => answer(request, 503, &[("retry-after", "rubbish")], ""),
            3 => answer(request, 500, &[], ""),
            4 => failure(request, FailureKind::Tls, Stage::Tls),
            5 => answer(request, 302, &[("location", "/elsewhere")], ""),
            _ => answer(request, 200, &[], ""),
        };
        capture.exchange.timing.first_byte = Some(f64::from(count % 3) * 700.0);
        capture
    });
    assert!(made.len() > 60, "retries and lenient attempts are requests too: {}", made.len());
    for pair in made.windows(2) {
        assert!(pair[1].0 >= pair[0].0 + s(2), "{:?} then {:?}", pair[0], pair[1]);
    }
}

#[test]
fn the_trouble_of_one_host_neither_slows_nor_is_cleared_by_another() {
    let targets = [city("1", &["a.example"], None), city("2", &["b.example"], None)];
    let mut frontier = Frontier::new(Settings::for_tests(), &targets);
    for i in 0..3 {
        frontier.offer(page("1", &format!("http://a.example/{i}")), s(0));
        frontier.offer(page("2", &format!("http://b.example/{i}")), s(0));
    }
    open_hosts(&mut frontier, s(0));
    let (a, b) = (ready(&mut frontier, s(2)), ready(&mut frontier, s(2)));
    let settlement = frontier.settle(&answer(&a, 429, &[("retry-after", "100")], ""), s(2));
    assert_eq!(settlement.next_allowed, s(102));
    assert_eq!(settlement.events[0], Event::BackOff { asked: Some(s(100)), level: 1, until: s(102) });
    frontier.settle(&answer(&b, 200, &[], ""), s(2));
    let mut now = s(4);
    for _ in 0..2 {
        let request = ready(&mut frontier, now);
        assert_eq!(request.url.host_str(), Some("b.example"), "b goes on at its own pace");
        frontier.settle(&answer(&request, 200, &[], ""), now);
        now += s(2);
    }
    assert_eq!(waits(&mut frontier, now), s(102), "and a stays away although b answered");
}

#[test]
fn a_date_in_retry_after_is_read_by_the_servers_own_clock() {
    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/")]);
    let request = ready(&mut frontier, now);
    // The server's clock is years off; the difference is what it means.
    let headers = [("date", "Wed, 01 Jan 2020 00:00:00 GMT"), ("retry-after", "Wed, 01 Jan 2020 00:01:00 GMT")];
    let settlement = frontier.settle(&answer(&request, 503, &headers, ""), now);
    assert_eq!(settlement.next_allowed, now + s(60));
    let request = ready(&mut frontier, now + s(60));
    let headers = [("retry-after", "Fri, 01 May 2026 02:00:45 GMT")];
    let settlement = frontier.settle(&answer(&request, 503, &headers, ""), now + s(60));
    assert_eq!(settlement.next_allowed, now + s(60 + 45), "without its date, by ours");
}

#[test]
fn a_wish_for_longer_than_the_night_ends_the_visit_of_that_group_only() {
    let targets = [city("330100", &["a.example"], None), city("2", &["b.example"], None)];
    let mut frontier = Frontier::new(Settings::for_tests(), &targets);
    for i in 0..3 {
        frontier.offer(page("330100", &format!("http://a.example/{i}")), s(0));
    }
    frontier.offer(page("2", "http://b.example/"), s(0));
    open_hosts(&mut frontier, s(0));
    let a = ready(&mut frontier, s(2));
    let settlement = frontier.settle(&answer(&a, 503, &[("retry-after", "86400")], ""), s(2));
    assert!(settlement.events.contains(&Event::Dropped { reason: SkipReason::BackedOff, count: 2 }));
    assert_eq!(frontier.offer(page("330100", "http://a.example/x"), s(3)), Offered::Skipped(SkipReason::BackedOff));
    assert_eq!(skipped(&frontier, SkipReason::BackedOff), 3);
    assert_eq!(ready(&mut frontier, s(2)).url.host_str(), Some("b.example"));
}

#[test]
fn a_polite_night_lasts_little_longer_than_it_must() {
    let offers = (0..100).map(|i| page("330100", &format!("http://portal.example/{i}"))).collect();
    let (mut frontier, now) = opened(Settings::for_tests(), offers);
    let made = run(&mut frontier, now, |request| answer(request, 200, &[], ""));
    assert_eq!(made.len(), 100);
    assert_eq!(made[99].0, s(2 + 99 * 2), "not a moment is given away");
}
