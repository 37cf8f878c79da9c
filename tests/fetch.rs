//! Fetching from servers that misbehave: every vice gives its failure or its mark, and the page is read where it can be.

#[path = "fetch/answers.rs"]
mod answers;
mod fault;
#[path = "fetch/guarding.rs"]
mod guarding;
#[path = "fetch/hostile/mod.rs"]
mod hostile;
#[path = "fetch/tls.rs"]
mod tls;
#[path = "fetch/vices.rs"]
mod vices;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use fault::{Act, FaultServer, Opening, page, send};
use portal_probe::fetch::{Fetcher, Lookup, LookupError, Settings, StaticNames};
use portal_probe::frontier::Ticket;
use portal_probe::model::request::KeptPayload;
use portal_probe::model::{
    ChannelId, CityCode, Digest, Exchange, FailureKind, Lane, Method, Profile, Purpose, RecordId, Request, Response,
    Stage, Truncated, Validators,
};

/// Long enough for anything loopback does on a busy machine, short enough to be noticed.
const SHORT: Duration = Duration::from_millis(200);

fn request(url: &str) -> Request {
    let url = url.parse().expect("a URL written in this test");
    let target = CityCode("330100".into());
    Request::new(target, ChannelId("portal".into()), url, Purpose::OwnNetwork)
}

fn settings() -> Settings {
    Settings { allow: vec!["127.0.0.1/32".parse().expect("a range")], ..Settings::default() }
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address written in this test")
}

fn portal_test() -> StaticNames {
    StaticNames::default().with("portal.test", &[address("127.0.0.1")])
}

fn fetcher(settings: Settings) -> Fetcher {
    Fetcher::with_lookup(settings, Arc::new(portal_test())).expect("usable settings")
}

async fn fetch(fetcher: &Fetcher, request: Request) -> Exchange {
    fetcher.fetch(Ticket::own_network(request).expect("a control probe")).await.1
}

async fn get(url: &str) -> Exchange {
    fetch(&fetcher(settings()), request(url)).await
}

/// The exchange with a server that does `acts`, under `settings`.
async fn against(acts: Vec<Act>, settings: Settings) -> Exchange {
    let server = FaultServer::start(acts).await;
    fetch(&fetcher(settings), request(&server.url("/"))).await
}

#[track_caller]
fn answer(exchange: &Exchange) -> &Response {
    exchange.outcome.as_ref().unwrap_or_else(|failure| panic!("an answer, not {failure:?}"))
}

#[track_caller]
fn failure(exchange: &Exchange) -> (FailureKind, Stage) {
    let failure = exchange.outcome.as_ref().expect_err("a failure");
    assert!(!failure.detail.is_empty(), "a failure says what happened");
    (failure.kind, failure.stage)
}
