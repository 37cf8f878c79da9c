//! What is asked, and answers that are to be read.

use super::*;

#[tokio::test]
async fn a_page_is_read_with_the_facts_of_its_connection() {
    let server = FaultServer::start(page("你好")).await;
    let names = Arc::new(portal_test());
    let fetcher = Fetcher::with_lookup(settings(), names).expect("usable settings");
    let exchange = fetch(&fetcher, request(&format!("http://portal.test:{}/a?b=c", server.port()))).await;

    let page = answer(&exchange);
    assert_eq!((page.status, page.version.as_str(), page.truncated), (200, "HTTP/1.1", None));
    assert_eq!(page.body, "你好".as_bytes());
    assert_eq!(exchange.remote_addr, Some(server.address()));
    assert_eq!(exchange.resolved, [address("127.0.0.1")]);
    assert_eq!(exchange.tls, None);
    let timing = exchange.timing;
    assert!(timing.dns.is_some() && timing.connect.is_some() && timing.first_byte.is_some(), "{timing:?}");
    assert!(timing.tls.is_none() && !timing.reused, "{timing:?}");
    let parts = [timing.dns, timing.connect, timing.first_byte].into_iter().flatten().sum::<f64>();
    assert!(parts <= timing.total, "{timing:?}");

    let seen = server.seen();
    assert!(seen.heads[0].starts_with("GET /a?b=c HTTP/1.1\r\n"), "{}", seen.heads[0]);
    assert_eq!(seen.header(0, "host"), Some(format!("portal.test:{}", server.port())));
    assert_eq!(seen.header(0, "accept-encoding").as_deref(), Some("gzip, deflate, br"));
    assert!(seen.header(0, "accept-language").is_some_and(|value| value.starts_with("zh-CN")));
    assert_eq!(seen.header(0, "cookie"), None);
    assert_eq!(seen.header(0, "if-none-match"), None);
}

#[tokio::test]
async fn both_profiles_say_who_we_are() {
    let server = FaultServer::start(page("")).await;
    let fetcher = fetcher(settings());
    fetch(&fetcher, request(&server.url("/"))).await;
    fetch(&fetcher, Request { profile: Profile::Phone, ..request(&server.url("/")) }).await;
    let seen = server.seen();
    let agents: Vec<String> = (0..2).filter_map(|number| seen.header(number, "user-agent")).collect();
    assert!(agents.iter().all(|agent| agent.contains("portal-probe")), "{agents:?}");
    assert!(!agents[0].contains("Mobile") && agents[1].contains("Mobile"), "{agents:?}");
}

#[tokio::test]
async fn a_user_agent_that_hides_us_is_refused() {
    let error = Fetcher::new(Settings { user_agent: "Mozilla/5.0".into(), ..settings() }).expect_err("a disguise");
    assert_eq!(error.to_string(), "user agent `Mozilla/5.0` must be plain text and contain `portal-probe`");
}

#[tokio::test]
async fn a_kept_connection_is_used_again_and_keeps_its_facts() {
    let server = FaultServer::start(page("x")).await;
    let fetcher = fetcher(settings());
    let first = fetch(&fetcher, request(&server.url("/1"))).await;
    let second = fetch(&fetcher, request(&server.url("/2"))).await;
    assert_eq!(server.seen().connections, 1);
    assert!(!first.timing.reused && second.timing.reused);
    assert_eq!((second.timing.dns, second.timing.connect, second.timing.tls), (None, None, None));
    assert!(second.timing.first_byte.is_some());
    assert_eq!(second.remote_addr, Some(server.address()));
}

#[tokio::test]
async fn a_redirect_is_returned_and_not_followed() {
    let exchange_with = async |status: &str| {
        let head = format!("HTTP/1.1 {status}\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n");
        let server = FaultServer::start(vec![send(head)]).await;
        let exchange = fetch(&fetcher(settings()), request(&server.url("/"))).await;
        (exchange, server.seen().heads.len())
    };
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let (exchange, requests) = exchange_with(status).await;
        assert_eq!(answer(&exchange).header("location").as_deref(), Some("/next"), "{status}");
        assert!(answer(&exchange).is_redirect());
        assert_eq!(requests, 1, "{status}");
    }
}

#[tokio::test]
async fn an_error_page_is_an_answer_asked_for_once() {
    for status in [404, 429, 500, 503] {
        let head = format!("HTTP/1.1 {status} No\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\nno");
        let server = FaultServer::start(vec![send(head)]).await;
        let exchange = get(&server.url("/")).await;
        assert_eq!((answer(&exchange).status, server.seen().heads.len()), (status, 1));
    }
}

#[tokio::test]
async fn validators_are_sent_and_a_304_is_an_answer() {
    let server = FaultServer::start(vec![send("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n")]).await;
    let kept = KeptPayload {
        run: "r".into(),
        file: "f".into(),
        offset: 0,
        record: RecordId("urn:uuid:0".into()),
        payload_digest: Digest::of(b""),
    };
    let validators =
        Validators { etag: Some("\"a\"".into()), last_modified: Some("Mon, 23 Nov 2026 00:00:00 GMT".into()), kept };
    let unusable = Validators { etag: Some("a\nb".into()), last_modified: None, ..validators.clone() };
    let fetcher = fetcher(settings());
    let exchange = fetch(&fetcher, Request { validators: Some(validators), ..request(&server.url("/")) }).await;
    assert_eq!((answer(&exchange).status, answer(&exchange).body.len()), (304, 0));
    fetch(&fetcher, Request { validators: Some(unusable), ..request(&server.url("/")) }).await;

    let seen = server.seen();
    assert_eq!(seen.header(0, "if-none-match").as_deref(), Some("\"a\""));
    assert_eq!(seen.header(0, "if-modified-since").as_deref(), Some("Mon, 23 Nov 2026 00:00:00 GMT"));
    assert_eq!(seen.header(1, "if-none-match"), None);
}

#[tokio::test]
async fn head_asks_without_a_body() {
    let server = FaultServer::start(vec![send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")]).await;
    let exchange = fetch(&fetcher(settings()), Request { method: Method::Head, ..request(&server.url("/")) }).await;
    assert_eq!((answer(&exchange).body.len(), answer(&exchange).truncated), (0, None));
    assert!(server.seen().heads[0].starts_with("HEAD / "));
}

#[tokio::test]
async fn cookies_come_back_for_their_own_target_only() {
    let server =
        FaultServer::start(vec![send("HTTP/1.1 200 OK\r\nSet-Cookie: SESSION=7; Path=/\r\nContent-Length: 0\r\n\r\n")])
            .await;
    let fetcher = fetcher(settings());
    for city in ["330100", "440100", "330100"] {
        fetch(&fetcher, Request { target: CityCode(city.into()), ..request(&server.url("/")) }).await;
    }
    let seen = server.seen();
    let sent: Vec<_> = (0..3).map(|number| seen.header(number, "cookie")).collect();
    assert_eq!(sent, [None, None, Some("SESSION=7".into())]);
}

#[tokio::test]
async fn content_coding_stays_as_it_came() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &vec![0; 4 << 20]).expect("a vector takes all");
    let bomb = encoder.finish().expect("a vector takes all");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len());
    let exchange = against(vec![send(head), send(&bomb)], settings()).await;
    assert_eq!(answer(&exchange).body, bomb);
    assert_eq!(answer(&exchange).header("content-encoding").as_deref(), Some("gzip"));
}

#[tokio::test]
async fn old_and_sloppy_answers_are_understood() {
    let cases: [(&str, &[u8]); 8] = [
        ("line feeds alone", b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
        ("HTTP/1.0 until close", b"HTTP/1.0 200 OK\r\n\r\nok"),
        ("no reason", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
        ("a reason in GBK", b"HTTP/1.1 200 \xb3\xc9\xb9\xa6\r\nContent-Length: 2\r\n\r\nok"),
        ("space before the colon", b"HTTP/1.1 200 OK\r\nX-A : b\r\nContent-Length: 2\r\n\r\nok"),
        ("a line that is no header", b"HTTP/1.1 200 OK\r\nrubbish\r\nContent-Length: 2\r\n\r\nok"),
        ("chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"),
        ("more than announced", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"),
    ];
    for (case, bytes) in cases {
        let exchange = against(vec![send(bytes), Act::Close], settings()).await;
        assert_eq!((&answer(&exchange).body[..], answer(&exchange).truncated), (&b"ok"[..], None), "{case}");
    }
}

#[tokio::test]
async fn header_values_are_kept_as_bytes() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\xd1\xf9\xb1\xed.doc\r\nContent-Length: 0\r\n\r\n";
    let exchange = against(vec![send(head)], settings()).await;
    let (_, value) = answer(&exchange)
        .headers
        .iter()
        .find(|(name, _)| name == "content-disposition")
        .expect("the header that was sent");
    assert!(value.ends_with(b"filename=\xd1\xf9\xb1\xed.doc"));
}

#[tokio::test]
async fn proxies_of_the_environment_are_ignored() {
    let proxy = FaultServer::start(page("from the proxy")).await;
    let module = module_path!().split_once("::").map_or("", |(_, rest)| rest);
    let inner = format!("{module}::a_page_is_read_with_the_facts_of_its_connection");
    let mut command = std::process::Command::new(std::env::current_exe().expect("this test's own program"));
    command.args(["--exact", &inner]);
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(variable, proxy.url(""));
    }
    let running = tokio::task::spawn_blocking(move || command.output());
    let output = running.await.expect("no panic").expect("the program that runs now can be run again");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("1 passed"), "{text}");
    assert_eq!(proxy.seen().connections, 0);
}
