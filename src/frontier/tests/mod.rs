//! The frontier as a whole: tables of (time, event) → answer, with no clock and no network.

mod budgets;
mod following;
mod invariants;
mod order;
mod pace;
mod portal;
mod rendering;
mod repeat;
mod robots;
mod stopping;

use std::time::Duration;

use url::Url;

use super::*;
use crate::model::capture::Exchange;
use crate::model::extraction::LinkRole;
use crate::model::{
    Capture, Channel, ChannelKind, City as CityName, FailureKind, FetchFailure, HopPath, Method, Profile, QueryBody,
    RecordId, RequestId, Response, Stage, Timing,
};

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("test addresses are absolute")
}

fn code(city: &str) -> CityCode {
    CityCode(city.into())
}

fn portal() -> ChannelId {
    ChannelId("portal".into())
}

/// A city with one portal on these hosts.
fn city(name: &str, hosts: &[&str], group: Option<&str>) -> Target {
    Target {
        city: CityName { code: code(name), name: name.into(), region: "华东".into() },
        province: "测试省".into(),
        verified: None,
        source: "test".into(),
        channels: vec![Channel {
            id: portal(),
            kind: ChannelKind::Portal,
            name: None,
            seeds: vec![],
            scope: hosts.iter().map(|host| (*host).to_owned()).collect(),
            dialect: None,
            politeness_group: group.map(str::to_owned),
        }],
    }
}

/// A page of a city, found nowhere in particular.
fn page(city: &str, address: &str) -> Offer<'static> {
    Offer {
        target: code(city),
        channel: portal(),
        url: url(address),
        method: Method::Get,
        body: None,
        purpose: Purpose::Page,
        via: None,
        hop: Hop::Link,
        anchor: String::new(),
        role: LinkRole::Page,
        profile: Profile::Desktop,
        lane: Lane::Strict,
        validators: None,
        not_before: Duration::ZERO,
    }
}

fn capture(request: &Request, outcome: Result<Response, FetchFailure>) -> Capture {
    Capture {
        record: RecordId("urn:uuid:test".into()),
        request: request.clone(),
        date: "2026-05-01T02:00:00Z".parse().expect("a date"),
        exchange: Exchange { outcome, remote_addr: None, resolved: vec![], tls: None, timing: Timing::default() },
        revisit: None,
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response {
        status,
        version: "HTTP/1.1".into(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
        body: body.as_bytes().to_vec().into(),
        truncated: None,
    }
}

fn answer(request: &Request, status: u16, headers: &[(&str, &str)], body: &str) -> Capture {
    capture(request, Ok(response(status, headers, body)))
}

fn failure(request: &Request, kind: FailureKind, stage: Stage) -> Capture {
    capture(request, Err(FetchFailure { kind, stage, detail: String::new() }))
}

/// The ticket that must be ready now.
fn ready(frontier: &mut Frontier, now: Duration) -> Request {
    match frontier.next(now) {
        Next::Ready(ticket) => ticket.into_request(),
        other @ (Next::Wait(_) | Next::InTransit | Next::Drained) => panic!("at {now:?}: {other:?}"),
    }
}

/// The moment until which nothing is ready.
fn waits(frontier: &mut Frontier, now: Duration) -> Duration {
    match frontier.next(now) {
        Next::Wait(until) => until,
        other @ (Next::Ready(_) | Next::InTransit | Next::Drained) => panic!("at {now:?}: {other:?}"),
    }
}

/// Settles the robots.txt of every host as missing, which opens it. Returns when the groups are free again.
fn open_hosts(frontier: &mut Frontier, now: Duration) -> Duration {
    while let Next::Ready(ticket) = frontier.next(now) {
        assert_eq!(ticket.request().purpose, Purpose::Robots, "robots.txt comes before anything else");
        frontier.settle(&answer(ticket.request(), 404, &[], ""), now);
    }
    now + frontier.settings.min_interval
}

/// A frontier with one city on `portal.example`, whose robots.txt is missing, ready at the returned moment for `offers`.
fn opened(settings: Settings, offers: Vec<Offer<'_>>) -> (Frontier, Duration) {
    let mut frontier = Frontier::new(settings, &[city("330100", &["portal.example"], None)]);
    for offer in offers {
        assert!(matches!(frontier.offer(offer, s(0)), Offered::Queued(_)));
    }
    let now = open_hosts(&mut frontier, s(0));
    (frontier, now)
}

/// Runs everything that is left, answering every request by `answer`. Returns (when, request) in order.
fn run(
    frontier: &mut Frontier,
    mut now: Duration,
    mut answers: impl FnMut(&Request) -> Capture,
) -> Vec<(Duration, Request)> {
    let mut made = Vec::new();
    loop {
        match frontier.next(now) {
            Next::Ready(ticket) => {
                let request = ticket.into_request();
                frontier.settle(&answers(&request), now);
                made.push((now, request));
            }
            Next::Wait(until) => {
                assert!(until > now, "waiting must lead somewhere");
                now = until;
            }
            Next::InTransit => panic!("everything was settled at once"),
            Next::Drained => return made,
        }
        assert!(made.len() < 100_000, "the frontier goes round in circles");
    }
}

fn skipped(frontier: &Frontier, reason: SkipReason) -> u64 {
    frontier.coverage(&code("330100"))[&portal()].skipped.get(&reason).copied().unwrap_or_default()
}
