//! Who is next, and what is one address.

use super::*;

#[test]
fn one_address_is_asked_for_once_however_it_is_spelled() {
    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a?id=1")]);
    for spelling in [
        "http://portal.example:80/a?id=1#x",
        "HTTP://PORTAL.example/./a?id=1&utm_source=q",
        "http://portal.example/a?id=1#top",
    ] {
        assert!(matches!(frontier.offer(page("330100", spelling), now), Offered::Duplicate(_)), "{spelling}");
    }
    let request = ready(&mut frontier, now);
    assert!(matches!(frontier.offer(page("330100", "http://portal.example/a?id=1"), now), Offered::Duplicate(_)));
    frontier.settle(&answer(&request, 200, &[], ""), now);
    assert!(matches!(frontier.offer(page("330100", "http://portal.example/a?id=1"), now), Offered::Duplicate(_)));
    assert!(matches!(frontier.offer(page("330100", "http://portal.example/a?id=2"), now), Offered::Queued(_)));
}

#[test]
fn a_second_offer_may_raise_the_rank_and_never_lowers_it() {
    let offers = ["/1", "/2", "/3"].map(|path| page("330100", &format!("http://portal.example{path}")));
    let (mut frontier, now) = opened(Settings::for_tests(), offers.to_vec());
    let mut promising = page("330100", "http://portal.example/3");
    promising.anchor = "设立登记".into();
    frontier.offer(promising, now);
    let mut idle = page("330100", "http://portal.example/3");
    idle.anchor = "关于我们".into();
    frontier.offer(idle, now);
    let order: Vec<String> = run(&mut frontier, now, |request| answer(request, 200, &[], ""))
        .into_iter()
        .map(|(_, one)| one.url.path().into())
        .collect();
    assert_eq!(order, ["/3", "/1", "/2"]);
}

#[test]
fn a_page_wins_over_attachment_and_link_check() {
    let address = "http://portal.example/a";
    let with = |purpose: Purpose, method: Method| Offer { method, purpose, ..page("330100", address) };
    let orders = [
        [Purpose::LinkCheck, Purpose::Attachment, Purpose::Page],
        [Purpose::Page, Purpose::LinkCheck, Purpose::Attachment],
        [Purpose::Attachment, Purpose::Page, Purpose::LinkCheck],
    ];
    for purposes in orders {
        let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/first")]);
        for purpose in purposes {
            let method = if purpose == Purpose::LinkCheck { Method::Head } else { Method::Get };
            frontier.offer(with(purpose, method), now);
        }
        let made = run(&mut frontier, now, |request| answer(request, 200, &[], ""));
        let of_address: Vec<&Request> = made.iter().map(|(_, one)| one).filter(|one| one.url == url(address)).collect();
        assert_eq!(of_address.len(), 1);
        assert_eq!((&of_address[0].purpose, of_address[0].method), (&Purpose::Page, Method::Get));
    }
}

#[test]
fn a_head_does_not_stand_for_a_reading() {
    let head = Offer { purpose: Purpose::LinkCheck, method: Method::Head, ..page("330100", "http://portal.example/a") };
    let (mut frontier, now) = opened(Settings::for_tests(), vec![head.clone()]);
    let request = ready(&mut frontier, now);
    frontier.settle(&answer(&request, 200, &[], ""), now);
    assert!(matches!(frontier.offer(head, now), Offered::Duplicate(_)));
    assert!(matches!(frontier.offer(page("330100", "http://portal.example/a"), now), Offered::Queued(_)));
}

#[test]
fn the_first_attempt_at_an_entry_reads_it_for_everybody() {
    let entry = |attempt, at| {
        Offer::entry((&code("330100"), &portal()), url("http://portal.example/"), Profile::Desktop, attempt, at)
    };
    let (mut frontier, now) = opened(Settings::for_tests(), vec![entry(1, s(0)), entry(2, s(60)), entry(3, s(120))]);
    assert!(matches!(frontier.offer(page("330100", "http://portal.example/#top"), now), Offered::Duplicate(_)));
    let made = run(&mut frontier, now, |request| answer(request, 200, &[], ""));
    let times: Vec<Duration> = made.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [s(2), s(60), s(120)]);
    assert!(matches!(frontier.offer(page("330100", "http://portal.example/"), now), Offered::Duplicate(_)));
}

#[test]
fn computer_and_phone_read_for_themselves() {
    let phone = Offer { profile: Profile::Phone, ..page("330100", "http://portal.example/a") };
    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a"), phone]);
    assert_eq!(run(&mut frontier, now, |request| answer(request, 200, &[], "")).len(), 2);
}

#[test]
fn groups_and_then_cities_take_turns() {
    let targets = [
        city("1", &["shared.example"], Some("province")),
        city("2", &["shared.example"], Some("province")),
        city("3", &["own.example"], None),
    ];
    let mut frontier = Frontier::new(Settings::for_tests(), &targets);
    for i in 0..3 {
        frontier.offer(page("1", &format!("http://shared.example/1/{i}")), s(0));
    }
    for i in 0..2 {
        frontier.offer(page("2", &format!("http://shared.example/2/{i}")), s(0));
        frontier.offer(page("3", &format!("http://own.example/3/{i}")), s(0));
    }
    let made = run(&mut frontier, s(0), |request| answer(request, 404, &[], ""));
    let order: Vec<String> = made.iter().map(|(at, one)| format!("{}:{}", at.as_secs(), one.url.path())).collect();
    let want =
        ["0:/robots.txt", "0:/robots.txt", "2:/2/0", "2:/3/0", "4:/1/0", "4:/3/1", "6:/2/1", "8:/1/1", "10:/1/2"];
    assert_eq!(order, want);
}

#[test]
fn hosts_of_one_catalogue_group_share_one_clock_even_through_another_channel() {
    let targets = [
        city("1", &["a.example", "b.example"], Some("province")),
        city("2", &["b.example", "c.example"], Some("platform")),
        city("3", &["c.example"], None),
        city("4", &["d.example"], None),
    ];
    let mut frontier = Frontier::new(Settings::for_tests(), &targets);
    for (name, host) in [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")] {
        frontier.offer(page(name, &format!("http://{host}.example/")), s(0));
    }
    let first = [ready(&mut frontier, s(0)), ready(&mut frontier, s(0))];
    assert!(matches!(frontier.next(s(0)), Next::InTransit), "a, b and c are one server to us");
    assert!(first.iter().any(|request| request.url.host_str() == Some("d.example")));
}

#[test]
fn a_drained_city_is_told_once_each_time() {
    let (mut frontier, now) = opened(Settings::for_tests(), vec![page("330100", "http://portal.example/a")]);
    assert!(frontier.drained().is_empty());
    let request = ready(&mut frontier, now);
    assert!(frontier.drained().is_empty(), "in transit is not drained");
    frontier.settle(&answer(&request, 200, &[], ""), now);
    frontier.offer(page("330100", "http://portal.example/b"), now);
    assert!(frontier.drained().is_empty(), "its link was offered in time");
    run(&mut frontier, now, |request| answer(request, 200, &[], ""));
    assert_eq!(frontier.drained(), [code("330100")]);
    assert!(frontier.drained().is_empty());
    frontier.offer(page("330100", "http://portal.example/c"), now);
    run(&mut frontier, now, |request| answer(request, 200, &[], ""));
    assert_eq!(frontier.drained(), [code("330100")]);
}

#[test]
fn a_city_of_which_nothing_could_be_queued_is_drained_too() {
    let mut frontier = Frontier::new(Settings::for_tests(), &[city("330100", &["portal.example"], None)]);
    assert_eq!(frontier.offer(page("330100", "http://other.example/"), s(0)), Offered::Skipped(SkipReason::OutOfScope));
    assert_eq!(frontier.drained(), [code("330100")]);
    assert!(matches!(frontier.next(s(0)), Next::Drained));
}

#[test]
fn a_shorter_way_reopens_an_address_that_was_too_deep() {
    let settings = Settings { max_clicks: 1, ..Settings::for_tests() };
    let (mut frontier, now) = opened(settings, vec![page("330100", "http://portal.example/")]);
    let home = ready(&mut frontier, now);
    frontier.settle(&answer(&home, 200, &[], ""), now);
    let first = Offer::found(&home, url("http://portal.example/1"), Purpose::Page, Hop::Link);
    assert!(matches!(frontier.offer(first, now), Offered::Queued(_)));
    let first = ready(&mut frontier, now + s(2));
    let deep = Offer::found(&first, url("http://portal.example/2"), Purpose::Page, Hop::Link);
    assert_eq!(frontier.offer(deep.clone(), now), Offered::Skipped(SkipReason::TooDeep));
    assert_eq!(frontier.offer(deep, now), Offered::Skipped(SkipReason::TooDeep));
    assert_eq!(skipped(&frontier, SkipReason::TooDeep), 1, "one address is counted once");
    let near = Offer::found(&home, url("http://portal.example/2"), Purpose::Page, Hop::Link);
    assert!(matches!(frontier.offer(near, now), Offered::Queued(_)));
    assert_eq!(skipped(&frontier, SkipReason::TooDeep), 0);
}

#[test]
fn paging_is_not_clicking_and_has_its_own_limit() {
    let settings = Settings { max_clicks: 1, max_list_pages: 3, ..Settings::for_tests() };
    let (mut frontier, mut now) = opened(settings, vec![page("330100", "http://portal.example/list")]);
    for number in 1..=4 {
        let list = ready(&mut frontier, now);
        frontier.settle(&answer(&list, 200, &[], ""), now);
        now += s(2);
        let mut next =
            Offer::found(&list, url(&format!("http://portal.example/list?p={number}")), Purpose::Page, Hop::Link);
        next.role = LinkRole::Paging;
        let offered = frontier.offer(next, now);
        assert_eq!(matches!(offered, Offered::Queued(_)), number <= 3, "{number}: {offered:?}");
    }
    assert_eq!(skipped(&frontier, SkipReason::Trap), 1);
}

#[test]
fn an_interrupted_run_hands_out_nothing_and_says_what_waited() {
    let offers = (0..4).map(|i| page("330100", &format!("http://portal.example/{i}"))).collect();
    let (mut frontier, now) = opened(Settings::for_tests(), offers);
    let request = ready(&mut frontier, now);
    frontier.interrupt();
    assert!(matches!(frontier.next(now + s(99)), Next::InTransit));
    let settlement = frontier.settle(&failure(&request, FailureKind::Timeout, Stage::Headers), now);
    assert_eq!(settlement.events, [], "no retry either");
    assert!(matches!(frontier.next(now + s(99)), Next::Drained));
    assert_eq!(skipped(&frontier, SkipReason::Interrupted), 3);
    assert_eq!(
        frontier.offer(page("330100", "http://portal.example/x"), now),
        Offered::Skipped(SkipReason::Interrupted)
    );
}

#[test]
fn closing_a_city_counts_what_is_left_as_waiting_and_leaves_others_alone() {
    let targets = [city("330100", &["shared.example"], None), city("330200", &["shared.example"], None)];
    let mut frontier = Frontier::new(Settings::for_tests(), &targets);
    for i in 0..3 {
        frontier.offer(page("330100", &format!("http://shared.example/a{i}")), s(0));
        frontier.offer(page("330200", &format!("http://shared.example/b{i}")), s(0));
    }
    assert_eq!(frontier.coverage(&code("330100"))[&portal()].waiting, 3);
    frontier.close(&code("330100"));
    assert_eq!(frontier.coverage(&code("330100"))[&portal()].waiting, 3);
    let made = run(&mut frontier, s(0), |request| answer(request, 404, &[], ""));
    assert_eq!(made.iter().filter(|(_, one)| one.target == code("330200")).count(), 4);
    assert_eq!(made.len(), 4);
    let progress = frontier.progress();
    assert_eq!((progress.waiting, progress.in_transit, progress.done, progress.cities_closed), (0, 0, 4, 1));
}
