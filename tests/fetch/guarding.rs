//! The guard, seen from the server that must not be reached.

use super::fault::certificates::{Leaf, acceptor, authority, leaf};
use super::*;
use openssl::ssl::SslVersion;
use portal_probe::model::{BodyKind, QueryBody, QueryRule};

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

const LIST: QueryRule = QueryRule {
    dialect: "test",
    path: "/rest/list",
    kind: BodyKind::Form,
    fields: &["page", "area"],
    note: "reads a page of a list",
};

fn query(url: &str, fields: &[(&str, &str)]) -> Request {
    Request { method: Method::Post, body: Some(QueryBody::form(fields)), ..request(url) }
}

#[tokio::test]
async fn a_declared_query_is_sent_with_its_body_in_both_lanes_and_nothing_else_is_sent_by_post() {
    let root = authority("root", None);
    let good = leaf(&Leaf::default(), Some(&root));
    let script: fault::Script =
        Arc::new(|_| vec![send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"), Act::Close]);
    let today = (SslVersion::TLS1_2, SslVersion::TLS1_3);
    let opening = Opening::Tls(acceptor(&good, &[], today));
    let server = FaultServer::scripted("127.0.0.1", opening, script).await;
    let settings = Settings { extra_roots: vec![root.der()], ..settings() };
    let fetcher = fetcher(settings.clone()).declaring(vec![LIST]);
    let (list, other) = (server.https("portal.test", "/a/rest/list"), server.https("portal.test", "/a/rest/save"));
    for lane in [Lane::Strict, Lane::Lenient] {
        let asked = Request { lane, ..query(&list, &[("page", "2"), ("area", "榆林")]) };
        assert_eq!(answer(&fetch(&fetcher, asked).await).body, "ok");
    }
    let seen = server.seen();
    assert_eq!(seen.bodies, ["page=2&area=%E6%A6%86%E6%9E%97"; 2]);
    for number in 0..2 {
        assert!(seen.heads[number].starts_with("POST /a/rest/list HTTP/1.1"), "{}", seen.heads[number]);
        let kind = seen.header(number, "content-type").expect("a body has a type");
        assert!(kind.starts_with("application/x-www-form-urlencoded"), "{kind}");
    }

    let undeclared = Fetcher::with_lookup(settings, Arc::new(portal_test())).expect("usable settings");
    for (fetcher, asked) in [
        (&fetcher, query(&other, &[("page", "2")])),
        (&fetcher, query(&list, &[("page", "2"), ("name", "张三")])),
        (&fetcher, Request { method: Method::Post, ..request(&list) }),
        (&undeclared, query(&list, &[("page", "2")])),
    ] {
        for lane in [Lane::Strict, Lane::Lenient] {
            let exchange = fetch(fetcher, Request { lane, ..asked.clone() }).await;
            assert_eq!(failure(&exchange), (FailureKind::RefusedByGuard, Stage::Guard));
        }
    }
    assert_eq!(server.seen().connections, seen.connections, "what is refused never reaches the server");
}
