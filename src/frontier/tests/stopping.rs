//! The kill switch.

use super::*;
use crate::frontier::StopList;

fn frontier() -> Frontier {
    let targets = [city("a", &["a.test", "a.test:8080", "b.test"], Some("one")), city("c", &["c.test"], None)];
    let mut frontier = Frontier::new(Settings::for_tests(), &targets);
    for address in ["http://a.test/1", "http://a.test:8080/2", "http://b.test/3"] {
        frontier.offer(page("a", address), s(0));
    }
    frontier.offer(page("c", "http://c.test/4"), s(0));
    frontier
}

/// The hosts that are asked for something from now on.
fn asked(frontier: &mut Frontier) -> Vec<String> {
    let (mut hosts, mut now) = (Vec::new(), s(0));
    loop {
        match frontier.next(now) {
            Next::Ready(ticket) => {
                hosts.push(ticket.request().url.host_str().expect("a host").to_owned());
                let capture = capture(ticket.request(), Ok(answer(404)));
                frontier.settle(&capture, now);
            }
            Next::Wait(until) => now = until,
            Next::InTransit => unreachable!("everything is settled at once"),
            Next::Drained => return hosts,
        }
    }
}

fn answer(status: u16) -> Response {
    Response { status, version: "HTTP/1.1".into(), headers: Vec::new(), body: bytes::Bytes::new(), truncated: None }
}

#[test]
fn what_waits_for_a_stopped_host_is_dropped_and_counted_and_the_others_go_on() {
    let mut all = frontier();
    let everybody = asked(&mut all);
    assert!(everybody.contains(&"a.test".to_owned()) && everybody.contains(&"c.test".to_owned()));

    let mut frontier = frontier();
    assert_eq!(frontier.stop(&StopList::parse("A.test # 打来电话")), 2);
    let hosts = asked(&mut frontier);
    assert!(hosts.contains(&"b.test".to_owned()) && hosts.contains(&"c.test".to_owned()));
    assert!(!hosts.contains(&"a.test".to_owned()));
    let coverage = frontier.coverage(&code("a"));
    assert_eq!(coverage[&portal()].skipped[&SkipReason::Stopped], 2);
}

#[test]
fn nothing_more_is_taken_in_for_a_stopped_host_even_when_it_is_named_no_more() {
    let mut frontier = frontier();
    frontier.stop(&StopList::parse("c.test"));
    frontier.stop(&StopList::parse(""));
    let offered = frontier.offer(page("c", "http://c.test/5"), s(1));
    assert_eq!(offered, Offered::Skipped(SkipReason::Stopped));
    assert!(!asked(&mut frontier).contains(&"c.test".to_owned()));
}

#[test]
fn a_request_that_is_under_way_is_not_asked_again() {
    let mut frontier = frontier();
    let Next::Ready(ticket) = frontier.next(s(0)) else { panic!("something is due") };
    frontier.stop(&StopList::everything());
    let failure = FetchFailure { stage: Stage::Connect, kind: FailureKind::ConnectRefused, detail: String::new() };
    frontier.settle(&capture(ticket.request(), Err(failure)), s(1));
    assert_eq!(asked(&mut frontier), Vec::<String>::new());
}

#[test]
fn names_are_read_with_ports_addresses_comments_and_the_star() {
    let holds = |text: &str, address: &str| StopList::parse(text).holds(&url(address));
    assert!(holds("\n # all\n*\n", "http://any.test/"));
    assert!(holds("http://zwfw.test/path", "https://zwfw.test/"));
    assert!(holds("zwfw.test:8080", "http://zwfw.test:8080/") && !holds("zwfw.test:8080", "http://zwfw.test/"));
    assert!(holds("127.0.0.1", "http://127.0.0.1:9000/") && !holds("zwfw.test", "http://m.zwfw.test/"));
    assert!(StopList::parse("# nothing\n\n").is_empty() && !StopList::parse("x").is_empty());
}
