//! Servers that close, stall, flood or lie.

use super::*;

#[tokio::test]
async fn closing_before_or_within_the_head_is_a_failure() {
    for acts in [vec![Act::Close], vec![send("HTTP/1.1 200 OK\r\nContent-Le"), Act::Close]] {
        let exchange = against(acts, settings()).await;
        assert_eq!(failure(&exchange), (FailureKind::Closed, Stage::Headers));
        assert!(exchange.remote_addr.is_some() && exchange.timing.connect.is_some());
    }
}

#[tokio::test]
async fn closing_within_the_body_leaves_what_arrived() {
    for (case, bytes) in [
        ("less than announced", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok"),
        ("no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
        ("a broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nXYZ\r\n"),
    ] {
        let exchange = against(vec![send(bytes), Act::Close], settings()).await;
        assert_eq!(answer(&exchange).truncated, Some(Truncated::Disconnect), "{case}");
        assert_eq!(answer(&exchange).body, "ok", "{case}");
    }
}

#[tokio::test]
async fn a_body_that_stops_coming_is_cut_by_time() {
    for settings in
        [Settings { body_timeout: SHORT, ..settings() }, Settings { total_timeout: SHORT + SHORT / 2, ..settings() }]
    {
        let begun = vec![send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok"), Act::Hang];
        let exchange = against(begun, settings).await;
        assert_eq!(answer(&exchange).truncated, Some(Truncated::Time));
        assert_eq!(answer(&exchange).body, "ok");
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_by_length() {
    let endless = vec![send("HTTP/1.1 200 OK\r\n\r\n"), Act::Flood(vec![b'x'; 1000])];
    let exchange = against(endless, Settings { max_body: 12_345, ..settings() }).await;
    assert_eq!(answer(&exchange).truncated, Some(Truncated::Length));
    assert_eq!(answer(&exchange).body.len(), 12_345);
}

#[tokio::test]
async fn a_body_exactly_at_the_ceiling_is_whole() {
    let exchange = against(page("12345"), Settings { max_body: 5, ..settings() }).await;
    assert_eq!((answer(&exchange).body.len(), answer(&exchange).truncated), (5, None));
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    for settings in
        [Settings { first_byte_timeout: SHORT, ..settings() }, Settings { total_timeout: SHORT, ..settings() }]
    {
        let exchange = against(vec![Act::Hang], settings).await;
        assert_eq!(failure(&exchange), (FailureKind::Timeout, Stage::Headers));
        assert!(exchange.timing.connect.is_some());
    }
}

#[tokio::test]
async fn a_flood_of_headers_is_a_fault_of_protocol() {
    let many = "X-A: b\r\n".repeat(100);
    let wide = format!("X-A: {}\r\n", "x".repeat(20_000));
    for flood in [many, wide] {
        let head = format!("HTTP/1.1 200 OK\r\n{flood}Content-Length: 0\r\n\r\n");
        let narrow = Settings { max_header_count: 50, max_header_bytes: 10_000, ..settings() };
        let exchange = against(vec![send(&head)], narrow).await;
        assert_eq!(failure(&exchange), (FailureKind::Protocol, Stage::Headers));
        assert_eq!(answer(&against(vec![send(&head)], settings()).await).status, 200);
    }
    let endless = vec![send("HTTP/1.1 200 OK\r\n"), Act::Flood(b"X-A: b\r\n".repeat(1000))];
    assert_eq!(failure(&against(endless, settings()).await), (FailureKind::Protocol, Stage::Headers));
}

#[tokio::test]
async fn what_is_not_http_is_a_fault_of_protocol() {
    for bytes in ["SSH-2.0-OpenSSH_9.2\r\n", "<html>old</html>", "HTTP/1.1 abc OK\r\n\r\n"] {
        let exchange = against(vec![send(bytes), Act::Close], settings()).await;
        assert_eq!(failure(&exchange), (FailureKind::Protocol, Stage::Headers), "{bytes}");
    }
}

#[tokio::test]
async fn a_closed_port_refuses() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
    let url = format!("http://{}/", listener.local_addr().expect("a bound listener has an address"));
    drop(listener);
    let exchange = get(&url).await;
    assert_eq!(failure(&exchange), (FailureKind::ConnectRefused, Stage::Connect));
    assert_eq!(exchange.remote_addr, None);
}

#[tokio::test]
async fn names_that_are_not_found_are_told_from_name_servers_that_fail() {
    struct Broken;
    impl Lookup for Broken {
        fn lookup(&self, _: &str) -> futures_util::future::BoxFuture<'static, Result<Vec<IpAddr>, LookupError>> {
            Box::pin(async { Err(LookupError::Failed("server failure".into())) })
        }
    }
    let exchange = get("http://absent.test/").await;
    assert_eq!(failure(&exchange), (FailureKind::DnsNotFound, Stage::Dns));
    let fetcher = Fetcher::with_lookup(settings(), Arc::new(Broken)).expect("usable settings");
    let exchange = fetch(&fetcher, request("http://portal.test/")).await;
    assert_eq!(failure(&exchange), (FailureKind::DnsFailed, Stage::Dns));
}

#[tokio::test]
async fn a_name_server_that_never_answers_is_given_up() {
    struct Silent;
    impl Lookup for Silent {
        fn lookup(&self, _: &str) -> futures_util::future::BoxFuture<'static, Result<Vec<IpAddr>, LookupError>> {
            Box::pin(std::future::pending())
        }
    }
    let settings = Settings { connect_timeout: SHORT, ..settings() };
    let fetcher = Fetcher::with_lookup(settings, Arc::new(Silent)).expect("usable settings");
    let exchange = fetch(&fetcher, request("http://portal.test/")).await;
    assert_eq!(failure(&exchange), (FailureKind::Timeout, Stage::Dns));
}
