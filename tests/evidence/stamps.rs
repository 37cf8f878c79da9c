//! Time-stamps, against an authority that is `openssl ts` behind a small server on loopback.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use portal_probe::model::Digest;
use portal_probe::sink::Manifest;
use portal_probe::stamp::{Authority, StampError, ask, check, nonce_of, request};
use url::Url;

use crate::small_run::{out, run};

const CONFIGURATION: &str = "
[tsa]
default_tsa = one
[one]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[extensions]
extendedKeyUsage = critical,timeStamping
[plain]
keyUsage = critical,digitalSignature
";

fn openssl(folder: &Path, arguments: &[&str]) {
    let done =
        Command::new("openssl").current_dir(folder).args(arguments).output().expect("openssl is there (`make setup`)");
    assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// An authority with a root of its own.
fn authority(folder: &Path) {
    fs::create_dir_all(folder).expect("ours");
    fs::write(folder.join("tsa.cnf"), CONFIGURATION).expect("written");
    fs::write(folder.join("serial"), "01\n").expect("written");
    let root = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    openssl(folder, &[&root[..], &["-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root"]].concat());
    for (name, extensions) in [("tsa", "extensions"), ("other", "plain")] {
        let (key, wish, certificate) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        let new =
            ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Signer"];
        openssl(folder, &[&new[..], &["-keyout", &key, "-out", &wish]].concat());
        let sign = ["x509", "-req", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "7", "-days", "2"];
        let named = ["-in", &wish, "-out", &certificate, "-extfile", "tsa.cnf", "-extensions", extensions];
        openssl(folder, &[&sign[..], &named].concat());
    }
}

/// What the authority says to a request.
fn reply(folder: &Path, request: &[u8]) -> Vec<u8> {
    fs::write(folder.join("query.tsq"), request).expect("written");
    openssl(folder, &["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr"]);
    fs::read(folder.join("reply.tsr")).expect("the reply")
}

/// Serves one request and gives the address.
fn served(folder: &Path) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/tsa", listener.local_addr().expect("an address"));
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a caller");
        let (mut bytes, mut chunk) = (Vec::new(), [0; 1024]);
        let body = loop {
            let read = stream.read(&mut chunk).expect("a request");
            bytes.extend_from_slice(&chunk[..read]);
            let head = bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
            // A request over SHA-256 with a nonce of eight bytes has 69.
            if let Some(body) = head.map(|at| &bytes[at..]).filter(|body| body.len() >= 69) {
                break body.to_vec();
            }
        };
        assert!(bytes.starts_with(b"POST /tsa HTTP/1.1\r\n"));
        let reply = reply(&folder, &body);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {}\r\n\r\n",
            reply.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&reply)).expect("answered");
    });
    Url::parse(&url).expect("an address")
}

fn known(folder: &Path, name: &str) -> Authority {
    Authority::from_pem(name, &fs::read(folder.join(name)).expect("certificates")).expect("certificates")
}

#[tokio::test]
async fn a_root_is_stamped_and_openssl_agrees() {
    let out = out("stamped");
    let tsa = out.join("tsa");
    authority(&tsa);
    let run: PathBuf = run(&out, "night", 2);
    let root = Manifest::read(&run).expect("the manifest").chain.root;
    let query = request(&root, [0xff; 8]);
    let answer = ask(&served(&tsa), query.clone()).await.expect("an answer");
    let nonce = nonce_of(&query).expect("a number");
    let trusted = known(&tsa, "root.pem");
    let stamped = check(&answer, &root, Some(&nonce), Some(&trusted)).expect("it holds");
    assert!(stamped.trusted);
    assert!(!check(&answer, &root, Some(&nonce), None).expect("it is whole").trusted);

    fs::write(out.join("manifest.tsq"), &query).expect("written");
    fs::write(out.join("manifest.tsr"), &answer).expect("written");
    openssl(&out, &["ts", "-verify", "-queryfile", "manifest.tsq", "-in", "manifest.tsr", "-CAfile", "tsa/root.pem"]);
    openssl(&out, &["ts", "-verify", "-digest", root.short(64), "-in", "manifest.tsr", "-CAfile", "tsa/root.pem"]);

    // Not over another root, not for another request, not by another authority, and with no byte altered.
    let other = Digest::of(b"other");
    assert!(matches!(check(&answer, &other, None, Some(&trusted)), Err(StampError::Imprint)));
    assert!(matches!(check(&answer, &root, Some(&[1]), Some(&trusted)), Err(StampError::Nonce)));
    authority(&out.join("stranger"));
    let stranger = known(&out.join("stranger"), "root.pem");
    assert!(matches!(check(&answer, &root, None, Some(&stranger)), Err(StampError::Signature(_))));
    for at in 0..answer.len() {
        let mut altered = answer.clone();
        altered[at] ^= 1;
        match check(&altered, &root, Some(&nonce), Some(&trusted)) {
            Err(_) => {}
            // Certificates that nobody needs, and fields outside the signature, may differ; what is said may not.
            Ok(said) => assert_eq!(said, stamped, "byte {at}"),
        }
    }
}

#[test]
fn a_certificate_that_is_not_for_time_stamps_signs_none() {
    let out = out("purpose");
    let tsa = out.join("tsa");
    authority(&tsa);
    let root = Digest::of(b"root");
    // `openssl ts` refuses to sign with it, so the token is made as any signed message is.
    let good = reply(&tsa, &request(&root, [7; 8]));
    fs::write(tsa.join("good.tsr"), &good).expect("written");
    openssl(&tsa, &["ts", "-reply", "-in", "good.tsr", "-token_out", "-out", "token.der"]);
    openssl(
        &tsa,
        &["cms", "-verify", "-noverify", "-inform", "DER", "-in", "token.der", "-out", "info.der", "-binary"],
    );
    let sign = ["cms", "-sign", "-binary", "-nodetach", "-cades", "-econtent_type", "1.2.840.113549.1.9.16.1.4"];
    let with =
        ["-signer", "other.pem", "-inkey", "other.key", "-in", "info.der", "-outform", "DER", "-out", "forged.der"];
    openssl(&tsa, &[&sign[..], &with].concat());
    let token = fs::read(tsa.join("forged.der")).expect("the token");
    let status = [0x30, 3, 2, 1, 0];
    let length = u16::try_from(token.len() + status.len()).expect("small").to_be_bytes();
    let forged = [&[0x30, 0x82], &length[..], &status, &token].concat();
    assert!(check(&forged, &root, None, None).is_ok(), "the message itself is signed");
    let refused = check(&forged, &root, None, Some(&known(&tsa, "root.pem")));
    assert!(matches!(refused, Err(StampError::Signature(_))), "{refused:?}");
}

#[tokio::test]
async fn an_authority_that_is_down_or_talks_nonsense_is_an_error_in_words() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = Url::parse(&format!("http://{}/", listener.local_addr().expect("an address"))).expect("an address");
    drop(listener);
    let error = ask(&url, vec![0]).await.expect_err("nobody is there");
    assert!(matches!(&error, StampError::Exchange { .. }) && error.to_string().contains(url.as_str()), "{error}");
    let error = ask(&Url::parse("ftp://127.0.0.1/").expect("an address"), vec![0]).await.expect_err("no such door");
    assert!(matches!(error, StampError::Address(_)));
}

#[test]
fn a_night_is_stamped_and_verified_by_the_program_and_an_authority_that_is_down_does_not_spoil_it() {
    let out = out("night");
    let tsa = out.join("tsa");
    authority(&tsa);
    let targets = out.join("targets");
    fs::create_dir_all(targets.join("a")).expect("ours");
    fs::create_dir_all(targets.join("calendar")).expect("ours");
    fs::copy("targets/calendar/holidays.csv", targets.join("calendar/holidays.csv")).expect("the calendar");
    let city = "code = \"330100\"\nname = \"杭州市\"\nregion = \"华东\"\n[[channel]]\nkind = \"portal\"\nseeds = [\"http://127.0.0.1:1/\"]\n";
    fs::write(targets.join("a/330100.toml"), city).expect("written");
    let night = |name: &str, url: &str| {
        let certificates = format!("evidence.tsa_certificates={}", tsa.join("root.pem").display());
        let folder = out.join(name).to_string_lossy().into_owned();
        let catalogue = targets.to_string_lossy().into_owned();
        let done = Command::new(env!("CARGO_BIN_EXE_portal-probe"))
            .args(["run", "--allow-unverified", "--targets", &catalogue, "--out", &folder])
            // Everything is stopped: the night itself is not the point.
            .args([
                "--set",
                &certificates,
                "--set",
                &format!("evidence.tsa_url={url}"),
                "--set",
                "render.enabled=false",
            ])
            .output()
            .expect("the program runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let run = out.join(name).join("latest");
        let place = run.to_string_lossy().into_owned();
        let verified = Command::new(env!("CARGO_BIN_EXE_portal-probe"))
            .args(["verify", &place, "--set", &certificates])
            .output()
            .expect("the program runs");
        (run, verified.status.code(), String::from_utf8_lossy(&verified.stderr).into_owned())
    };
    for name in ["stamped", "down"] {
        fs::create_dir_all(out.join(name)).expect("ours");
        fs::write(out.join(name).join("stop-hosts"), "*").expect("written");
    }
    let (run, code, words) = night("stamped", served(&tsa).as_str());
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("says an authority among"), "{words}");
    let path = run.join("manifest.tsr");
    let mut bytes = fs::read(&path).expect("the stamp");
    let end = bytes.len() - 3;
    bytes[end] ^= 1;
    fs::write(&path, bytes).expect("altered");
    let place = run.to_string_lossy().into_owned();
    let verified = Command::new(env!("CARGO_BIN_EXE_portal-probe")).args(["verify", &place]).output().expect("it runs");
    assert!(verified.status.code() == Some(2) && String::from_utf8_lossy(&verified.stderr).contains("`manifest.tsr`"));

    let (run, code, words) = night("down", "http://127.0.0.1:1/tsa");
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("there is no time-stamp: the time-stamping authority"), "{words}");
    assert!(run.join("manifest.tsr.missing.txt").exists());
}
