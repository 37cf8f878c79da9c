//! The guard, seen from the server that must not be reached.

use super::*;

/// A loopback address that is not among those allowed.
const FORBIDDEN: &str = "127.9.9.9";

async fn forbidden_server() -> FaultServer {
    FaultServer::scripted(FORBIDDEN, Opening::Plain, Arc::new(|_| page("inside"))).await
}

#[tokio::test]
async fn a_forbidden_address_is_never_dialed_however_it_is_spelled() {
    let server = forbidden_server().await;
    let names = portal_test()
        .with("inside.test", &[address(FORBIDDEN)])
        .with("mixed.test", &[address("127.0.0.1"), address(FORBIDDEN)])
        .with("mapped.test", &[address("::ffff:127.9.9.9")]);
    let fetcher = Fetcher::with_lookup(settings(), Arc::new(names)).expect("usable settings");
    for lane in [Lane::Strict, Lane::Lenient] {
        for host in
            ["127.9.9.9", "2131298569", "0x7f.9.9.9", "[::ffff:127.9.9.9]", "inside.test", "mixed.test", "mapped.test"]
        {
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://{host}:{}/", server.port());
                let exchange = fetch(&fetcher, Request { lane, ..request(&url) }).await;
                assert_eq!(failure(&exchange), (FailureKind::RefusedByGuard, Stage::Guard), "{url}");
            }
        }
    }
    assert_eq!(server.seen().connections, 0);
}

#[tokio::test]
async fn a_name_that_turns_inside_is_refused_at_its_second_answer() {
    let server = forbidden_server().await;
    let outside = FaultServer::start(vec![send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), Act::Close]).await;
    let names =
        StaticNames::default().with("rebind.test", &[address("127.0.0.1")]).with("rebind.test", &[address(FORBIDDEN)]);
    let fetcher = Fetcher::with_lookup(settings(), Arc::new(names)).expect("usable settings");
    let first = fetch(&fetcher, request(&format!("http://rebind.test:{}/", outside.port()))).await;
    assert_eq!(answer(&first).status, 200);
    let second = fetch(&fetcher, request(&format!("http://rebind.test:{}/", server.port()))).await;
    assert_eq!(failure(&second), (FailureKind::RefusedByGuard, Stage::Guard));
    assert_eq!(second.resolved, [address(FORBIDDEN)], "the evidence names the address");
    assert_eq!(server.seen().connections, 0);
}

#[tokio::test]
async fn the_address_really_connected_to_is_judged() {
    // The system takes "this network" for loopback: one address is dialed, another one answers.
    let server = FaultServer::start(page("inside")).await;
    let odd = Settings { allow: vec!["0.0.0.0/32".parse().expect("a range")], ..Settings::default() };
    let fetcher = fetcher(odd);
    for (lane, scheme) in [(Lane::Strict, "http"), (Lane::Lenient, "https")] {
        let url = format!("{scheme}://0.0.0.0:{}/", server.port());
        let exchange = fetch(&fetcher, Request { lane, ..request(&url) }).await;
        assert_eq!(failure(&exchange), (FailureKind::RefusedByGuard, Stage::Guard));
        assert_eq!(exchange.remote_addr, Some(server.address()));
    }
    assert!(server.seen().heads.is_empty(), "nothing was asked");
}

#[tokio::test]
async fn ports_and_user_information_are_refused_before_anything_is_sent() {
    let server = FaultServer::start(page("")).await;
    for url in [
        "http://127.0.0.1:22/".to_owned(),
        format!("http://user:secret@127.0.0.1:{}/", server.port()),
        "ftp://127.0.0.1/".to_owned(),
    ] {
        let exchange = get(&url).await;
        assert_eq!(failure(&exchange), (FailureKind::RefusedByGuard, Stage::Guard), "{url}");
        let detail = exchange.outcome.expect_err("a failure").detail;
        assert!(!detail.contains("secret"), "{detail}");
    }
    assert_eq!(server.seen().connections, 0);
}
