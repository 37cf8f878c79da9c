//! Faults of TLS: the strict lane names them, the lenient lane names them and reads the page.

use super::fault::certificates::{DAY, Identity, Leaf, acceptor, acceptor_builder, authority, leaf, rsa_key};
use super::fault::http2;
use super::*;
use openssl::hash::MessageDigest;
use openssl::ssl::SslVersion;
use portal_probe::model::TlsFacts;
use portal_probe::model::capture::TlsFault;

const TODAY: (SslVersion, SslVersion) = (SslVersion::TLS1_2, SslVersion::TLS1_3);

/// Both lanes against a server of `portal.test` that presents `chain`, with `root` trusted.
async fn both(chain: &[&Identity], versions: (SslVersion, SslVersion), root: &Identity) -> [Exchange; 2] {
    let server = FaultServer::tls(acceptor(chain[0], &chain[1..], versions)).await;
    let fetcher = fetcher(Settings { extra_roots: vec![root.der()], ..settings() });
    let url = server.https("portal.test", "/");
    let strict = fetch(&fetcher, request(&url)).await;
    let lenient = fetch(&fetcher, Request { lane: Lane::Lenient, ..request(&url) }).await;
    [strict, lenient]
}

#[track_caller]
fn facts(exchange: &Exchange) -> &TlsFacts {
    exchange.tls.as_ref().expect("a handshake was begun")
}

#[track_caller]
fn expect_fault([strict, lenient]: &[Exchange; 2], faults: &[TlsFault]) {
    assert_eq!(failure(strict), (FailureKind::Tls, Stage::Tls));
    assert_eq!(facts(strict).faults, faults, "strict: {:?}", strict.outcome);
    assert_eq!(answer(lenient).body, "read");
    assert_eq!(facts(lenient).faults, faults, "lenient");
}

#[tokio::test]
async fn a_good_chain_has_no_fault_in_either_lane() {
    let root = authority("root", None);
    let intermediate = authority("intermediate", Some(&root));
    let good = leaf(&Leaf::default(), Some(&intermediate));
    for (versions, protocol) in [(TODAY, "TLSv1.3"), ((SslVersion::TLS1_2, SslVersion::TLS1_2), "TLSv1.2")] {
        for exchange in both(&[&good, &intermediate], versions, &root).await {
            assert_eq!(answer(&exchange).body, "read");
            let facts = facts(&exchange);
            assert_eq!(facts.faults, []);
            assert_eq!(facts.protocol.as_deref(), Some(protocol));
            assert!(facts.cipher.as_deref().is_some_and(|name| name.starts_with("TLS_")), "{facts:?}");
            assert_eq!(facts.chain, [Digest::of(&good.der()), Digest::of(&intermediate.der())]);
            assert_eq!(facts.subject.as_deref(), Some("CN=portal.test"));
            assert_eq!(facts.issuer.as_deref(), Some("CN=intermediate"));
            assert!(facts.not_after.is_some());
            assert!(exchange.timing.tls.is_some() && exchange.timing.connect.is_some());
        }
    }
}

#[tokio::test]
async fn both_lanes_agree_on_the_suite_they_name() {
    let root = authority("root", None);
    let good = leaf(&Leaf::default(), Some(&root));
    let [strict, lenient] = both(&[&good], (SslVersion::TLS1_3, SslVersion::TLS1_3), &root).await;
    assert_eq!(facts(&strict).cipher, facts(&lenient).cipher);
}

#[tokio::test]
async fn a_kept_connection_keeps_its_facts() {
    let root = authority("root", None);
    let good = leaf(&Leaf::default(), Some(&root));
    let server = FaultServer::tls(acceptor(&good, &[], TODAY)).await;
    let fetcher = fetcher(Settings { extra_roots: vec![root.der()], ..settings() });
    let first = fetch(&fetcher, request(&server.https("portal.test", "/1"))).await;
    let second = fetch(&fetcher, request(&server.https("portal.test", "/2"))).await;
    assert!(second.timing.reused && server.seen().connections == 1);
    assert_eq!(first.tls, second.tls);
    assert_eq!(facts(&second).chain.len(), 1);
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered() {
    let root = authority("root", None);
    let good = leaf(&Leaf::default(), Some(&root));
    let mut builder = acceptor_builder(&good, &[], TODAY);
    http2::only(&mut builder);
    let port = http2::serve(builder.build()).await;
    let fetcher = fetcher(Settings { extra_roots: vec![root.der()], ..settings() });
    let ask = async |path: &str| fetch(&fetcher, request(&format!("https://portal.test:{port}{path}"))).await;
    let (first, second) = (ask("/1").await, ask("/2").await);
    for exchange in [&first, &second] {
        assert_eq!((answer(exchange).status, answer(exchange).version.as_str()), (200, "HTTP/2"));
        assert_eq!(answer(exchange).body, "read");
        assert_eq!(facts(exchange).faults, []);
    }
    assert!(!first.timing.reused && second.timing.reused);
    assert_eq!(first.tls, second.tls);
}

#[tokio::test]
async fn an_expired_certificate() {
    let root = authority("root", None);
    let expired = leaf(&Leaf { valid: (-9 * DAY, -DAY), ..Leaf::default() }, Some(&root));
    expect_fault(&both(&[&expired], TODAY, &root).await, &[TlsFault::Expired]);
}

#[tokio::test]
async fn a_certificate_of_tomorrow() {
    let root = authority("root", None);
    let early = leaf(&Leaf { valid: (DAY, 9 * DAY), ..Leaf::default() }, Some(&root));
    expect_fault(&both(&[&early], TODAY, &root).await, &[TlsFault::NotYetValid]);
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let root = authority("root", None);
    let other = leaf(&Leaf { name: "other.test", ..Leaf::default() }, Some(&root));
    expect_fault(&both(&[&other], TODAY, &root).await, &[TlsFault::WrongHost]);
}

#[tokio::test]
async fn a_certificate_that_signs_itself() {
    let root = authority("root", None);
    let own = leaf(&Leaf::default(), None);
    expect_fault(&both(&[&own], TODAY, &root).await, &[TlsFault::SelfSigned]);
    // Such as devices make for themselves, with the flag of an authority.
    let device = authority("portal.test", None);
    expect_fault(&both(&[&device], TODAY, &root).await, &[TlsFault::WrongHost, TlsFault::SelfSigned]);
}

#[tokio::test]
async fn a_root_nobody_knows() {
    let (root, private) = (authority("root", None), authority("private", None));
    let intermediate = authority("intermediate", Some(&private));
    let one = leaf(&Leaf::default(), Some(&intermediate));
    expect_fault(&both(&[&one, &intermediate], TODAY, &root).await, &[TlsFault::UntrustedRoot]);
    expect_fault(&both(&[&one, &intermediate, &private], TODAY, &root).await, &[TlsFault::UntrustedRoot]);
}

#[tokio::test]
async fn a_missing_intermediate_certificate() {
    let root = authority("root", None);
    let intermediate = authority("intermediate", Some(&root));
    let lonely = leaf(&Leaf { names_its_issuer: true, ..Leaf::default() }, Some(&intermediate));
    expect_fault(&both(&[&lonely], TODAY, &root).await, &[TlsFault::IncompleteChain]);
}

#[tokio::test]
async fn several_faults_are_all_named() {
    let root = authority("root", None);
    let bad = leaf(&Leaf { name: "other.test", valid: (-9 * DAY, -DAY), ..Leaf::default() }, None);
    let faults = [TlsFault::Expired, TlsFault::WrongHost, TlsFault::SelfSigned];
    expect_fault(&both(&[&bad], TODAY, &root).await, &faults);
}

#[tokio::test]
async fn weak_keys_and_weak_signatures() {
    let root = authority("root", None);
    let short = leaf(&Leaf { key: rsa_key(1024), ..Leaf::default() }, Some(&root));
    expect_fault(&both(&[&short], TODAY, &root).await, &[TlsFault::WeakKey]);
    let old = leaf(&Leaf { digest: MessageDigest::sha1(), ..Leaf::default() }, Some(&root));
    expect_fault(&both(&[&old], TODAY, &root).await, &[TlsFault::WeakKey]);
}

#[tokio::test]
async fn a_server_of_yesterday() {
    let root = authority("root", None);
    let good = leaf(&Leaf { key: rsa_key(2048), ..Leaf::default() }, Some(&root));
    for (version, name) in [(SslVersion::TLS1, "TLSv1"), (SslVersion::TLS1_1, "TLSv1.1")] {
        let exchanges = both(&[&good], (version, version), &root).await;
        expect_fault(&exchanges, &[TlsFault::OldProtocol]);
        assert_eq!(facts(&exchanges[1]).protocol.as_deref(), Some(name));
    }
}

#[tokio::test]
async fn a_port_without_tls_fails_in_both_lanes() {
    let opening = Opening::Acts(vec![send("HTTP/1.1 400 Bad Request\r\n\r\n"), Act::Close]);
    let server = FaultServer::scripted("127.0.0.1", opening, Arc::new(|_| Vec::new())).await;
    let fetcher = fetcher(settings());
    for lane in [Lane::Strict, Lane::Lenient] {
        let exchange = fetch(&fetcher, Request { lane, ..request(&server.https("portal.test", "/")) }).await;
        assert_eq!(failure(&exchange), (FailureKind::Tls, Stage::Tls), "{lane:?}");
        assert_eq!(facts(&exchange).faults, [TlsFault::Other], "{lane:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_stops_is_no_fault_of_tls() {
    for (act, kind, connect_timeout) in [
        (Act::Hang, FailureKind::Timeout, SHORT),
        (Act::Close, FailureKind::Closed, Settings::default().connect_timeout),
    ] {
        let opening = Opening::Acts(vec![act]);
        let server = FaultServer::scripted("127.0.0.1", opening, Arc::new(|_| Vec::new())).await;
        let fetcher = fetcher(Settings { connect_timeout, ..settings() });
        for lane in [Lane::Strict, Lane::Lenient] {
            let exchange = fetch(&fetcher, Request { lane, ..request(&server.https("portal.test", "/")) }).await;
            assert_eq!(failure(&exchange), (kind, Stage::Tls), "{lane:?}");
            assert_eq!(facts(&exchange).faults, [], "{lane:?}");
            assert_eq!(exchange.resolved, [address("127.0.0.1")]);
        }
    }
}

#[tokio::test]
async fn the_lenient_lane_has_the_same_ceilings_and_manners() {
    let root = authority("root", None);
    let good = leaf(&Leaf::default(), Some(&root));
    let script: fault::Script = Arc::new(|head| {
        if head.starts_with("GET /cut") {
            vec![send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok"), Act::Close]
        } else if head.starts_with("GET /long") {
            vec![send("HTTP/1.1 200 OK\r\n\r\n"), Act::Flood(vec![b'x'; 1000])]
        } else if head.starts_with("GET /slow") {
            vec![Act::Hang]
        } else if head.starts_with("GET /none") {
            vec![Act::Close]
        } else {
            vec![send("HTTP/1.1 302 Found\r\nLocation: /x\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")]
        }
    });
    let opening = Opening::Tls(acceptor(&good, &[], TODAY));
    let server = FaultServer::scripted("127.0.0.1", opening, script).await;
    let fetcher = fetcher(Settings {
        extra_roots: vec![root.der()],
        first_byte_timeout: Duration::from_millis(300),
        max_body: 5_000,
        ..settings()
    });
    let ask = |path: &str| Request { lane: Lane::Lenient, ..request(&server.https("portal.test", path)) };
    assert!(answer(&fetch(&fetcher, ask("/")).await).is_redirect());
    let cut = fetch(&fetcher, ask("/cut")).await;
    assert_eq!((&answer(&cut).body[..], answer(&cut).truncated), (&b"ok"[..], Some(Truncated::Disconnect)));
    let long = fetch(&fetcher, ask("/long")).await;
    assert_eq!((answer(&long).body.len(), answer(&long).truncated), (5_000, Some(Truncated::Length)));
    assert_eq!(failure(&fetch(&fetcher, ask("/slow")).await), (FailureKind::Timeout, Stage::Headers));
    assert_eq!(failure(&fetch(&fetcher, ask("/none")).await), (FailureKind::Closed, Stage::Headers));

    let seen = server.seen();
    assert_eq!(seen.heads.len(), 5);
    assert_eq!(seen.header(0, "host"), Some(format!("portal.test:{}", server.port())));
    assert_eq!(seen.header(0, "cookie"), None);
    assert_eq!(seen.header(1, "cookie").as_deref(), Some("a=b"));
    assert!(seen.header(1, "user-agent").is_some_and(|agent| agent.contains("portal-probe")));
}
