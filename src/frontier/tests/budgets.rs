//! What a city may cost, and that it says so.

use super::*;

fn many(n: usize) -> Vec<Offer<'static>> {
    (0..n).map(|i| page("330100", &format!("http://portal.example/{i}"))).collect()
}

#[test]
fn the_budget_of_requests_ends_the_visit_and_is_recorded() {
    let settings = Settings { requests_per_city: 10, ..Settings::for_tests() };
    let (mut frontier, now) = opened(settings, many(15));
    let made = run(&mut frontier, now, |request| answer(request, 200, &[], ""));
    assert_eq!(made.len(), 9, "robots.txt was one of ten");
    let coverage = &frontier.coverage(&code("330100"))[&portal()];
    assert_eq!(coverage.budget, Some(SkipReason::BudgetRequests));
    assert_eq!((coverage.requests, coverage.skipped[&SkipReason::BudgetRequests], coverage.waiting), (10, 6, 0));
    assert_eq!(frontier.drained(), [code("330100")]);
    let late = frontier.offer(page("330100", "http://portal.example/late"), now);
    assert_eq!(late, Offered::Skipped(SkipReason::BudgetRequests));
}

#[test]
fn pages_leave_the_reserve_to_the_link_sample() {
    let settings = Settings { requests_per_city: 10, requests_reserved: 3, ..Settings::for_tests() };
    let (mut frontier, now) = opened(settings, many(15));
    assert_eq!(run(&mut frontier, now, |request| answer(request, 200, &[], "")).len(), 6);
    for i in 0..5 {
        let check = Offer { purpose: Purpose::LinkCheck, ..page("330100", &format!("http://portal.example/link/{i}")) };
        assert!(matches!(frontier.offer(check, now), Offered::Queued(_)));
    }
    assert_eq!(run(&mut frontier, s(900), |request| answer(request, 200, &[], "")).len(), 3);
}

#[test]
fn the_budget_of_bytes_counts_bodies() {
    let settings = Settings { bytes_per_city: 1000, ..Settings::for_tests() };
    let (mut frontier, now) = opened(settings, many(15));
    let body = "x".repeat(400);
    assert_eq!(run(&mut frontier, now, |request| answer(request, 200, &[], &body)).len(), 3);
    let coverage = &frontier.coverage(&code("330100"))[&portal()];
    assert_eq!((coverage.bytes, coverage.budget), (1200, Some(SkipReason::BudgetBytes)));
}

#[test]
fn the_budget_of_time_runs_from_the_first_request_and_ends_without_waiting() {
    let settings = Settings { time_per_city: s(10), ..Settings::for_tests() };
    let mut frontier = Frontier::new(settings, &[city("330100", &["portal.example"], None)]);
    for offer in many(15) {
        frontier.offer(offer, s(0));
    }
    let made = run(&mut frontier, s(1000), |request| answer(request, 200, &[], ""));
    assert_eq!(made.len(), 5, "at 1000, 1002, 1004, 1006, 1008");
    assert_eq!(frontier.coverage(&code("330100"))[&portal()].budget, Some(SkipReason::BudgetTime));
    assert_eq!(skipped(&frontier, SkipReason::BudgetTime), 11);
}

#[test]
fn time_spent_at_the_servers_wish_is_not_called_our_budget() {
    let settings = Settings { time_per_city: s(100), ..Settings::for_tests() };
    let (mut frontier, now) = opened(settings, many(3));
    let request = ready(&mut frontier, now);
    frontier.settle(&answer(&request, 429, &[("retry-after", "500")], ""), now);
    assert_eq!(waits(&mut frontier, now), s(100), "the engine is not kept waiting for what will not come");
    assert!(matches!(frontier.next(s(100)), Next::Drained));
    assert_eq!(skipped(&frontier, SkipReason::BackedOff), 3);
    assert_eq!(frontier.coverage(&code("330100"))[&portal()].budget, None);
}

#[test]
fn one_citys_budget_is_not_anothers() {
    let targets = [city("1", &["shared.example"], None), city("2", &["shared.example"], None)];
    let mut frontier = Frontier::new(Settings { requests_per_city: 5, ..Settings::for_tests() }, &targets);
    for i in 0..8 {
        frontier.offer(page("1", &format!("http://shared.example/1/{i}")), s(0));
    }
    frontier.offer(page("2", "http://shared.example/2/0"), s(0));
    let made = run(&mut frontier, s(0), |request| answer(request, 404, &[], ""));
    assert_eq!(made.iter().filter(|(_, one)| one.target == code("1")).count(), 5);
    assert_eq!(made.iter().filter(|(_, one)| one.target == code("2")).count(), 1);
}

#[test]
fn what_could_never_have_its_turn_is_forgotten_from_the_bottom() {
    let settings = Settings { requests_per_city: 10, ..Settings::for_tests() };
    let (mut frontier, now) = opened(settings, many(20));
    let mut guide = page("330100", "http://portal.example/guide");
    guide.anchor = "设立登记".into();
    assert!(matches!(frontier.offer(guide, now), Offered::Queued(_)));
    let mut idle = page("330100", "http://portal.example/about");
    idle.anchor = "关于我们".into();
    assert_eq!(frontier.offer(idle, now), Offered::Skipped(SkipReason::BudgetRequests));
    assert_eq!(frontier.coverage(&code("330100"))[&portal()].waiting, 20);
    assert_eq!(ready(&mut frontier, now).url.path(), "/guide");
}

#[test]
fn query_variants_of_one_path_end_and_the_best_of_them_had_their_turn() {
    let settings = Settings { max_query_variants: 4, ..Settings::for_tests() };
    let mut offers: Vec<Offer<'_>> =
        (0..9).map(|i| page("330100", &format!("http://portal.example/item?id={i}"))).collect();
    offers[8].anchor = "设立登记".into();
    offers.push(page("330100", "http://portal.example/other?id=1"));
    let (mut frontier, now) = opened(settings, offers);
    let made = run(&mut frontier, now, |request| answer(request, 200, &[], ""));
    assert_eq!(made[0].1.url.query(), Some("id=8"));
    assert_eq!(made.len(), 5);
    assert_eq!(skipped(&frontier, SkipReason::Trap), 5);
}

#[test]
fn the_sums_add_up_when_everything_goes_wrong_at_once() {
    let settings = Settings { requests_per_city: 20, max_query_variants: 2, retries: 0, ..Settings::for_tests() };
    let mut frontier = Frontier::new(settings, &[city("330100", &["portal.example", "www.portal.example"], None)]);
    let mut queued = 0;
    for i in 0..40 {
        let address = match i % 4 {
            0 => format!("http://portal.example/{i}"),
            1 => format!("http://www.portal.example/list?p={i}"),
            2 => format!("http://portal.example/closed/{i}"),
            _ => format!("http://www.portal.example/{i}"),
        };
        queued += u64::from(matches!(frontier.offer(page("330100", &address), s(0)), Offered::Queued(_)));
    }
    let mut count = 0_u32;
    let made = run(&mut frontier, s(0), |request| {
        count += 1;
        match (&request.purpose, count % 5) {
            (Purpose::Robots, _) => answer(request, 200, &[], "User-agent: *\nDisallow: /closed"),
            (_, 0) => failure(request, FailureKind::Closed, Stage::Body),
            (_, 1) => answer(request, 500, &[], ""),
            _ => answer(request, 200, &[], ""),
        }
    });
    let pages: std::collections::BTreeSet<&str> =
        made.iter().filter(|(_, one)| one.purpose == Purpose::Page).map(|(_, one)| one.url.as_str()).collect();
    let coverage = &frontier.coverage(&code("330100"))[&portal()];
    let skipped: u64 = coverage.skipped.values().sum();
    assert_eq!(queued, 40);
    assert_eq!(pages.len() as u64 + skipped + coverage.waiting, queued, "every address is asked for or counted");
    assert_eq!(coverage.skipped.len(), 3, "robots.txt, trap and budget: {:?}", coverage.skipped);
    assert_eq!(coverage.requests, made.len() as u64);
    assert_eq!(frontier.progress().skipped, coverage.skipped);
}
