//! What a page asks for while it is rendered goes through the same gates as everything else.

use super::*;

/// A page of the city, asked for and answered.
fn rendered_page(frontier: &mut Frontier) -> Request {
    frontier.offer(page("a", "http://portal.example/#/guide"), s(0));
    let robots = ticket(frontier, s(0));
    frontier.settle(&capture(&robots, Ok(answer(404))), s(0));
    let request = ticket(frontier, s(10));
    frontier.settle(&capture(&request, Ok(answer(200))), s(10));
    request
}

fn ticket(frontier: &mut Frontier, now: Duration) -> Request {
    match frontier.next(now) {
        Next::Ready(ticket) => ticket.into_request(),
        other => panic!("no ticket: {other:?}"),
    }
}

fn answer(status: u16) -> Response {
    Response { status, version: "HTTP/1.1".into(), headers: Vec::new(), body: bytes::Bytes::new(), truncated: None }
}

fn ask(via: &Request, address: &str) -> (Url, Purpose) {
    assert_eq!(via.purpose, Purpose::Page);
    (url(address), Purpose::Render)
}

#[test]
fn two_hash_routes_are_two_pages() {
    let mut frontier = Frontier::new(Settings::for_tests(), &[city("a", &["portal.example"], None)]);
    let first = frontier.offer(page("a", "http://portal.example/#/guide?id=1"), s(0));
    let second = frontier.offer(page("a", "http://portal.example/#/guide?id=2"), s(0));
    let anchor = frontier.offer(page("a", "http://portal.example/#/guide?id=2"), s(0));
    assert!(matches!((&first, &second), (Offered::Queued(a), Offered::Queued(b)) if a != b));
    assert!(matches!(anchor, Offered::Duplicate(_)));
}

#[test]
fn a_rendering_keeps_the_interval_and_comes_before_other_pages() {
    let mut frontier = Frontier::new(Settings::for_tests(), &[city("a", &["portal.example"], None)]);
    let via = rendered_page(&mut frontier);
    frontier.offer(page("a", "http://portal.example/other"), s(20));
    let (address, purpose) = ask(&via, "http://portal.example/api/guide");
    frontier.offer(Offer::found(&via, address, purpose, Hop::Embed), s(20));
    let asked = ticket(&mut frontier, s(20));
    assert_eq!(asked.url.path(), "/api/guide");
    frontier.settle(&capture(&asked, Ok(answer(200))), s(20));
    assert!(matches!(frontier.next(s(21)), Next::Wait(until) if until == s(22)));
}

#[test]
fn what_is_out_of_scope_or_forbidden_is_not_asked_for_a_rendering_either() {
    let mut frontier = Frontier::new(Settings::for_tests(), &[city("a", &["portal.example"], None)]);
    let via = rendered_page(&mut frontier);
    for (address, why) in [
        ("http://elsewhere.example/x.js", SkipReason::OutOfScope),
        ("http://portal.example/user/logout", SkipReason::ForbiddenVerb),
    ] {
        let (address, purpose) = ask(&via, address);
        assert_eq!(frontier.offer(Offer::found(&via, address, purpose, Hop::Embed), s(20)), Offered::Skipped(why));
    }
}

#[test]
fn what_a_rendering_waits_for_in_vain_is_told() {
    let mut frontier = Frontier::new(Settings::for_tests(), &[city("a", &["portal.example"], None)]);
    let via = rendered_page(&mut frontier);
    let (address, purpose) = ask(&via, "http://portal.example/api/guide");
    frontier.offer(Offer::found(&via, address, purpose, Hop::Embed), s(20));
    frontier.offer(page("a", "http://portal.example/other"), s(20));
    assert!(frontier.unasked().is_empty());
    frontier.interrupt();
    let told = frontier.unasked();
    assert_eq!(told.len(), 1, "pages are not told: nobody waits for them");
    assert_eq!((told[0].0.url.path(), told[0].1), ("/api/guide", SkipReason::Interrupted));
    assert!(frontier.unasked().is_empty(), "each once");
}
