//! What only the frontier's tickets can ask for: gaps between requests, version 6 alone, entry pages.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::model::{ChannelId, CityCode};

/// A server that answers every request with an empty page and notes when each arrived, on which connection.
struct Server {
    address: SocketAddr,
    arrivals: Arc<Mutex<Vec<(Instant, SocketAddr)>>>,
}

impl Server {
    async fn start(host: &str) -> Self {
        let listener = TcpListener::bind((host, 0)).await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let arrivals: Arc<Mutex<Vec<(Instant, SocketAddr)>>> = Arc::default();
        let noted = Arc::clone(&arrivals);
        tokio::spawn(async move {
            while let Ok((mut stream, client)) = listener.accept().await {
                let noted = Arc::clone(&noted);
                tokio::spawn(async move {
                    let mut head = [0; 4096];
                    while stream.read(&mut head).await.is_ok_and(|bytes| bytes > 0) {
                        noted.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), client));
                        let answered = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
                        answered.expect("the client reads its answer");
                    }
                });
            }
        });
        Self { address, arrivals }
    }

    fn arrivals(&self) -> Vec<(Instant, SocketAddr)> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn request(url: &str, purpose: Purpose) -> Request {
    let url = url.parse().expect("a URL written in this test");
    let target = CityCode("330100".into());
    Request::new(target, ChannelId("portal".into()), url, purpose)
}

fn fetcher(names: StaticNames) -> Fetcher {
    let allow = ["127.0.0.1", "::1"].map(|text| text.parse().expect("an address")).to_vec();
    Fetcher::with_lookup(Settings { allow, ..Settings::default() }, Arc::new(names)).expect("usable settings")
}

#[tokio::test]
async fn two_quick_tickets_of_one_group_reach_the_server_apart() {
    let server = Server::start("127.0.0.1").await;
    let fetcher = fetcher(StaticNames::default());
    let request = request(&format!("http://{}/", server.address), Purpose::Page);
    let gap = Duration::from_millis(150);
    let begin = Instant::now();
    let first = fetcher.perform("group", gap, &request).await;
    let between = begin.elapsed();
    let second = fetcher.perform("group", gap, &request).await;
    assert!(first.outcome.is_ok() && second.outcome.is_ok());
    let arrivals = server.arrivals();
    // The first may have lost a moment between gate and server.
    assert!(arrivals[1].0 - arrivals[0].0 + between >= gap);
    let waited = begin.elapsed().saturating_sub(Duration::from_secs_f64(second.timing.total / 1e3));
    assert!(waited >= gap, "waiting is no part of the exchange: {waited:?}");
    assert_eq!(fetcher.late_tickets(), 1);
}

#[tokio::test]
async fn a_refused_request_uses_no_time_of_its_group() {
    let fetcher = fetcher(StaticNames::default());
    for _ in 0..2 {
        let exchange =
            fetcher.perform("group", Duration::from_hours(1), &request("http://10.0.0.1/", Purpose::Page)).await;
        let failure = exchange.outcome.expect_err("refused");
        assert_eq!((failure.kind, failure.stage), (FailureKind::RefusedByGuard, Stage::Guard));
    }
    assert_eq!(fetcher.late_tickets(), 0);
}

#[tokio::test]
async fn entry_pages_are_asked_for_over_a_connection_of_their_own() {
    let server = Server::start("127.0.0.1").await;
    let fetcher = fetcher(StaticNames::default());
    for attempt in 1..=2 {
        let request = request(&format!("http://{}/", server.address), Purpose::Entry { attempt });
        let exchange = fetcher.perform("group", Duration::ZERO, &request).await;
        assert!(!exchange.timing.reused && exchange.timing.connect.is_some(), "{:?}", exchange.timing);
    }
    let arrivals = server.arrivals();
    assert_ne!(arrivals[0].1, arrivals[1].1);
}

#[tokio::test]
async fn version_6_is_dialed_alone_when_asked_for_alone() {
    let (four, six) = (Server::start("127.0.0.1").await, Server::start("::1").await);
    let addresses = [four.address.ip(), six.address.ip()];
    let names = StaticNames::default().with("both.test", &addresses).with("four.test", &addresses[..1]);
    let fetcher = fetcher(names);
    let at = |host: &str, server: &Server| format!("http://{host}:{}/", server.address.port());

    for lane in [Lane::Strict, Lane::Lenient] {
        let ask = async |url: String, purpose: Purpose| {
            fetcher.perform("group", Duration::ZERO, &Request { lane, ..request(&url, purpose) }).await
        };
        let over_six = ask(at("both.test", &six), Purpose::Ipv6).await;
        assert_eq!(over_six.remote_addr, Some(six.address));
        assert_eq!(over_six.resolved, addresses);
        let over_four = ask(at("both.test", &four), Purpose::Page).await;
        assert_eq!(over_four.remote_addr, Some(four.address));
        // The version 4 server's port is closed at ::1, and version 4 is not tried instead.
        let closed = ask(at("both.test", &four), Purpose::Ipv6).await;
        assert_eq!(closed.outcome.expect_err("nobody there").kind, FailureKind::ConnectRefused);
        for url in [at("four.test", &four), at("127.0.0.1", &four)] {
            let absent = ask(url, Purpose::Ipv6).await.outcome.expect_err("no version 6");
            assert_eq!((absent.kind, absent.stage), (FailureKind::DnsNotFound, Stage::Dns));
        }
    }
}

#[test]
fn settings_that_cannot_be_are_named() {
    let error = Fetcher::new(Settings { max_body: 0, ..Settings::default() }).expect_err("nothing could be read");
    assert_eq!(error.to_string(), "`max_body` must not be zero");
    let rubbish = Settings { extra_roots: vec![b"rubbish".to_vec()], ..Settings::default() };
    assert!(Fetcher::new(rubbish).expect_err("no certificate").to_string().contains("extra root"));
}
