//! What hostile servers do, and what may be said of a city whose server does it.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use portal_probe::model::{Outcome, Reason};

use super::portal::{FORM, GUIDE, LOGIN, Place, answer, html, well_behaved};
use crate::fault::{Act, send};

/// What must be said of the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guide {
    /// It was read in spite of the vice: its mistakes are found.
    Read,
    /// Its beginning was read: what stands there is judged, what does not stand there is not missed.
    Begun,
    /// It is not there, as a visitor sees, too.
    Gone,
    /// It was not read: nothing is said of it, for this reason.
    Untold(Reason),
}

impl Guide {
    /// Why this property of the guide cannot be told; `None` if its mistake must be found.
    pub(super) fn expected(self, property: &str) -> Option<Reason> {
        match self {
            Self::Read => None,
            // Both limits stand in the first half of the page.
            Self::Begun => (property != "guide.time_limits").then_some(Reason::Unreadable),
            Self::Gone => Some(Reason::NotDiscovered),
            Self::Untold(reason) => Some(reason),
        }
    }
}

/// What a server does when it is asked for this path.
pub(super) type Acts = Arc<dyn Fn(&str) -> Vec<Act> + Send + Sync>;

/// One vice.
pub(super) struct Vice {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) acts: Acts,
    pub(super) guide: Guide,
    /// What must be said of the entry page.
    pub(super) reachable: Outcome,
    /// What the city may be accused of besides the guide's own mistakes, because a visitor meets it, too.
    pub(super) fault: &'static [&'static str],
}

const HTML: &str = "Content-Type: text/html; charset=utf-8\r\n";

/// A vice of the guide, which leaves the entry page as it is.
fn guide(name: &'static str, guide: Guide, acts: impl Fn(&str) -> Vec<Act> + Send + Sync + 'static) -> Vice {
    Vice { name, place: Place::Guide, acts: Arc::new(acts), guide, reachable: Outcome::Passed, fault: &[] }
}

/// The same for an answer that is always the same.
fn page(name: &'static str, expected: Guide, acts: Vec<Act>) -> Vice {
    guide(name, expected, move |_| acts.clone())
}

impl Vice {
    fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    fn entry(self, reachable: Outcome) -> Self {
        Self { reachable, ..self }
    }

    fn fault(self, fault: &'static [&'static str]) -> Self {
        Self { fault, ..self }
    }
}

/// All of them.
pub(super) fn vices() -> Vec<Vice> {
    let mut all = vec![page("nothing", Guide::Read, well_behaved("/guide.html"))];
    all.extend(connection());
    all.extend(codings());
    all.extend(characters());
    all.extend(statuses());
    all.extend(pages());
    all.extend(redirects());
    all.extend(robots());
    all.extend(retry_after());
    all.extend(forms());
    all
}

/// Connections that break, stall or say more than they should.
fn connection() -> Vec<Vice> {
    let head = format!("HTTP/1.1 200 OK\r\n{HTML}");
    let chunked = |chunks: &str| send(format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunks}"));
    let half = &GUIDE[..GUIDE.find("<dt>受理条件").expect("in the guide")];
    let announced = |length: usize, body: &str| send(format!("{head}Content-Length: {length}\r\n\r\n{body}"));
    let unreachable = Guide::Untold(Reason::Unreachable);
    let unreadable = Guide::Untold(Reason::Unreadable);
    vec![
        page("closes before the head", unreachable, vec![Act::Close]),
        page("closes within the head", unreachable, vec![send("HTTP/1.1 200 OK\r\nContent-Le"), Act::Close]),
        page("closes within the body", Guide::Begun, vec![announced(GUIDE.len(), half), Act::Close]),
        page("announces more than it sends", Guide::Begun, vec![announced(GUIDE.len() + 9, GUIDE), Act::Close]),
        page("stalls before the head", unreachable, vec![Act::Hang]),
        page("stalls within the head", unreachable, vec![send("HTTP/1.1 200 OK\r\nX-A: b\r\n"), Act::Hang]),
        page("stalls within the body", Guide::Begun, vec![announced(GUIDE.len(), half), Act::Hang]),
        page("never ends", Guide::Begun, vec![send(format!("{head}\r\n{half}")), Act::Flood(vec![b'x'; 4096])]),
        page(
            "a chunk that is none",
            Guide::Begun,
            vec![chunked(&format!("{:x}\r\n{half}\r\nXYZ\r\n", half.len())), Act::Close],
        ),
        page("a chunk larger than the world", unreadable, vec![chunked("ffffffffffffffff0\r\nx"), Act::Close]),
        page(
            "chunks without the last",
            Guide::Begun,
            vec![chunked(&format!("{:x}\r\n{half}\r\n", half.len())), Act::Close],
        ),
        page(
            "two lengths",
            unreachable,
            vec![send(format!("{head}Content-Length: 5\r\nContent-Length: 7\r\n\r\nabcdefg")), Act::Close],
        ),
        page(
            "a length that is no number",
            unreachable,
            vec![send(format!("{head}Content-Length: many\r\n\r\n{GUIDE}")), Act::Close],
        ),
        page("no HTTP at all", unreachable, vec![send("SSH-2.0-OpenSSH_9.2\r\n"), Act::Close]),
        page("a page without a head", unreachable, vec![send(GUIDE), Act::Close]),
        page(
            "a thousand header lines",
            unreachable,
            vec![send(format!("HTTP/1.1 200 OK\r\n{}Content-Length: 0\r\n\r\n", "X-A: b\r\n".repeat(1000)))],
        ),
        page(
            "a head without end",
            unreachable,
            vec![send("HTTP/1.1 200 OK\r\n"), Act::Flood(b"X-A: b\r\n".repeat(1000))],
        ),
        page("closes everywhere", unreachable, vec![Act::Close]).at(Place::Everywhere).entry(Outcome::CantTell),
        page("stalls everywhere", unreachable, vec![Act::Hang]).at(Place::Everywhere).entry(Outcome::CantTell),
        page("the entry closes", Guide::Untold(Reason::Unreachable), vec![Act::Close])
            .at(Place::Entry)
            .entry(Outcome::Failed)
            .fault(&["site.reachable"]),
    ]
}

/// Content codings: bombs, lies and damage.
fn codings() -> Vec<Vice> {
    let coded = |coding: &str, bytes: &[u8]| answer("200 OK", &format!("{HTML}Content-Encoding: {coding}\r\n"), bytes);
    let gzip = gzipped(GUIDE.as_bytes());
    let bomb = gzipped(&vec![b' '; 40 << 20]);
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(GUIDE.as_bytes()).expect("memory");
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(GUIDE.as_bytes()).expect("memory");
    let unreadable = Guide::Untold(Reason::Unreadable);
    vec![
        page("gzip", Guide::Read, coded("gzip", &gzip)),
        page("deflate with a head", Guide::Read, coded("deflate", &zlib.finish().expect("memory"))),
        page("deflate without a head", Guide::Read, coded("deflate", &deflate.finish().expect("memory"))),
        page("gzip in gzip", Guide::Read, coded("gzip, gzip", &gzipped(&gzip))),
        page("a bomb", unreadable, coded("gzip", &bomb)),
        page("a bomb in a bomb", unreadable, coded("gzip, gzip", &gzipped(&bomb))),
        page("gzip without its end", Guide::Begun, coded("gzip", &gzip[..gzip.len() * 3 / 4])),
        page("plain text called gzip", Guide::Read, coded("gzip", GUIDE.as_bytes())),
        page("a coding nobody knows, of bytes that everybody does", Guide::Read, coded("x-odd", &gzip)),
    ]
}

/// Character sets that lie.
fn characters() -> Vec<Vice> {
    let gbk = encoding_rs::GBK.encode(GUIDE).0.into_owned();
    let gbk_named = encoding_rs::GBK.encode(&GUIDE.replace("charset=utf-8", "charset=gb2312")).0.into_owned();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(GUIDE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let broken: Vec<u8> = GUIDE.bytes().chain([0xff, 0xfe, 0x00, 0xc3, 0x28]).collect();
    let with = |kind: &str, body: &[u8]| answer("200 OK", &format!("Content-Type: {kind}\r\n"), body);
    vec![
        page("GBK said to be UTF-8", Guide::Read, with("text/html; charset=utf-8", &gbk)),
        page("UTF-8 said to be GBK", Guide::Read, with("text/html; charset=gbk", GUIDE.as_bytes())),
        page("GBK known by its page alone", Guide::Read, with("text/html", &gbk_named)),
        page("UTF-16 with its mark", Guide::Read, with("text/html", &utf16)),
        page("a set nobody knows", Guide::Read, with("text/html; charset=x-odd", GUIDE.as_bytes())),
        page("a few broken bytes", Guide::Read, with("text/html; charset=utf-8", &broken)),
        page("a page called a picture", Guide::Read, with("image/png", GUIDE.as_bytes())),
    ]
}

/// Answers that are no pages.
fn statuses() -> Vec<Vice> {
    let status = |line: &str| answer(line, HTML, format!("<h1>{line}</h1>").as_bytes());
    let unreachable = Guide::Untold(Reason::Unreachable);
    let blocked = Guide::Untold(Reason::Blocked);
    let gone: &[&str] = &["site.dead_links"];
    vec![
        page("401", Guide::Untold(Reason::LoginRequired), status("401 Unauthorized")),
        page("403", blocked, status("403 Forbidden")),
        page("412", blocked, status("412 Precondition Failed")),
        page("429 for ever", blocked, status("429 Too Many Requests")),
        page("500", unreachable, status("500 Internal Server Error")),
        page("502", unreachable, status("502 Bad Gateway")),
        page("503 for ever", unreachable, status("503 Service Unavailable")),
        page("a status nobody knows", unreachable, status("799 Odd")),
        page("404", Guide::Gone, status("404 Not Found")).fault(gone),
        page("204", Guide::Untold(Reason::Unreadable), vec![send("HTTP/1.1 204 No Content\r\n\r\n")]),
        page(
            "304 without having been asked",
            Guide::Untold(Reason::Unreadable),
            vec![send("HTTP/1.1 304 Not Modified\r\n\r\n")],
        ),
        page("nothing with status 200", Guide::Untold(Reason::Unreadable), html("")),
    ]
}

/// Pages that are not what they should be.
fn pages() -> Vec<Vice> {
    let deep = format!("<html><body>{}{GUIDE}", "<div>".repeat(200_000));
    let wide = format!("<html><body><p {}>x</p>{GUIDE}", "a=b ".repeat(200_000));
    let nested = format!("{}1{}", "[".repeat(500_000), "]".repeat(500_000));
    let scripted = GUIDE.replace(
        "临江县公安局",
        "临江县公安局&lt;script&gt;alert(1)&lt;/script&gt;\"&gt;&lt;img src=x onerror=alert(2)&gt;",
    );
    let challenge = "<html><head><script>var _0x1=['cookie'];document[_0x1[0]]='__jsl_clearance=1|abc';\
        location.href=location.pathname;</script></head><body></body></html>";
    let captcha =
        "<html><head><title>安全验证</title></head><body>请完成下方验证后继续访问<div id=captcha></div></body></html>";
    let upkeep = "<html><head><title>系统维护</title></head><body><h1>系统维护中</h1><p>系统升级维护，暂停服务。</p></body></html>";
    let soft =
        "<html><head><title>404</title></head><body><h1>您访问的页面不存在</h1><p>404 Not Found</p></body></html>";
    let blocked = Guide::Untold(Reason::Blocked);
    vec![
        page("two hundred thousand boxes in each other", Guide::Untold(Reason::Unreadable), html(&deep)),
        page("two hundred thousand attributes", Guide::Read, html(&wide)),
        page(
            "a megabyte of comment",
            Guide::Read,
            html(&GUIDE.replace("<h2>", &format!("<!--{}--><h2>", "x".repeat(1 << 20)))),
        ),
        page("zeros between the letters", Guide::Read, html(&GUIDE.replace("<dt>", "<dt>\0"))),
        page(
            "half a million brackets of JSON",
            Guide::Untold(Reason::Unreadable),
            answer("200 OK", "Content-Type: application/json\r\n", nested.as_bytes()),
        ),
        page("script and markup meant for our report", Guide::Read, html(&scripted)),
        page("a challenge that sets a cookie by script", blocked, html(challenge)),
        page("a captcha", blocked, html(captcha)),
        page("out of service for upkeep", Guide::Untold(Reason::Unreachable), html(upkeep)),
        page("a page that says it is not there", Guide::Gone, html(soft)).fault(&["site.dead_links"]),
        page("a form for logging in", Guide::Untold(Reason::LoginRequired), html(LOGIN)),
    ]
}

/// Redirects that lead nowhere, and to where nobody may go.
fn redirects() -> Vec<Vice> {
    let to = |place: &str| answer("302 Found", &format!("Location: {place}\r\n"), b"");
    let unreachable = Guide::Untold(Reason::Unreachable);
    // The guard refuses its robots.txt already, and what nobody allowed stays closed.
    let closed = Guide::Untold(Reason::RobotsDisallowed);
    let mut all = vec![
        page("a redirect to itself", unreachable, to("/guide.html")),
        guide("a redirect without end", unreachable, move |path| {
            let step: u32 = path.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or(0);
            answer("302 Found", &format!("Location: /to/{}\r\n", step + 1), b"")
        }),
        page(
            "a redirect to nowhere",
            Guide::Untold(Reason::Unreadable),
            vec![send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")],
        ),
        page("a redirect to a script", unreachable, to("javascript:alert(1)")),
        page("a redirect to a file", unreachable, to("file:///etc/passwd")),
        page("a redirect to a login", Guide::Untold(Reason::LoginRequired), to("/login?returnUrl=%2Fguide.html")),
        page("a redirect with a password", unreachable, to("http://user:secret@127.9.9.9/")),
    ];
    for (name, host) in FORBIDDEN {
        all.push(page(name, closed, to(&format!("http://{host}:{FORBIDDEN_PORT}/guide.html"))));
    }
    all
}

/// Spellings of a loopback address that no portal may send us to.
pub(super) const FORBIDDEN: &[(&str, &str)] = &[
    ("a redirect inside", "127.9.9.9"),
    ("a redirect inside, as one number", "2131298569"),
    ("a redirect inside, in hexadecimal", "0x7f.9.9.9"),
    ("a redirect inside, in octal", "0177.9.9.9"),
    ("a redirect inside, shortened", "127.9.2313"),
    ("a redirect inside, as version 6", "[::ffff:127.9.9.9]"),
    ("a redirect inside, as version 6 in hexadecimal", "[::ffff:7f09:909]"),
    ("a redirect inside, with dots of another script", "127。9。9。9"),
    ("a redirect inside, in wide digits", "１２７.９.９.９"),
];

/// The port of the listener that must not be reached.
pub(super) const FORBIDDEN_PORT: u16 = 38_999;

/// robots.txt.
fn robots() -> Vec<Vice> {
    let status = |line: &str| answer(line, HTML, format!("<h1>{line}</h1>").as_bytes());
    let plain = |text: &str| answer("200 OK", "Content-Type: text/plain\r\n", text.as_bytes());
    let closed = Guide::Untold(Reason::RobotsDisallowed);
    let at = |name, expected, acts| page(name, expected, acts).at(Place::Robots);
    let huge = format!("User-agent: *\nDisallow: /none/\n{}", "# x\n".repeat(500_000));
    let bomb =
        answer("200 OK", "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n", &gzipped(&vec![b'\n'; 40 << 20]));
    vec![
        at("robots.txt: 403", Guide::Read, status("403 Forbidden")),
        at("robots.txt: empty", Guide::Read, plain("")),
        at("robots.txt: a page", Guide::Read, html("<html><body>Disallow: /</body></html>")),
        at("robots.txt: two megabytes", Guide::Read, plain(&huge)),
        at("robots.txt: with a mark", Guide::Read, plain("\u{feff}User-agent: *\r\nDisallow: /none/\r\n")),
        at("robots.txt: closed to all", closed, plain("User-agent: *\nDisallow: /\n")).entry(Outcome::CantTell),
        at("robots.txt: closed to us", closed, plain("User-agent: portal-probe\nDisallow: /\n"))
            .entry(Outcome::CantTell),
        at("robots.txt: 429", closed, status("429 Too Many Requests")).entry(Outcome::CantTell),
        at("robots.txt: 500", closed, status("500 Internal Server Error")).entry(Outcome::CantTell),
        at("robots.txt: stalls", Guide::Untold(Reason::Unreachable), vec![Act::Hang]).entry(Outcome::CantTell),
        at("robots.txt: a bomb", Guide::Read, bomb),
        at("robots.txt: a redirect to itself", Guide::Read, answer("302 Found", "Location: /robots.txt\r\n", b"")),
    ]
}

/// Retry-After: once, then the guide.
fn retry_after() -> Vec<Vice> {
    let once = |name: &'static str, value: &'static str, expected: Guide| {
        let asked = AtomicU32::new(0);
        guide(name, expected, move |path| {
            if asked.fetch_add(1, Ordering::Relaxed) == 0 {
                answer("503 Service Unavailable", &format!("{HTML}Retry-After: {value}\r\n"), b"")
            } else {
                well_behaved(path)
            }
        })
    };
    vec![
        once("Retry-After: a second", "1", Guide::Read),
        once("Retry-After: nothing", "", Guide::Read),
        once("Retry-After: no number", "soon", Guide::Read),
        once("Retry-After: less than nothing", "-5", Guide::Read),
        once("Retry-After: a fraction", "0.5", Guide::Read),
        once("Retry-After: a day that is over", "Wed, 01 Apr 2020 00:00:00 GMT", Guide::Read),
        once("Retry-After: a year", "31536000", Guide::Untold(Reason::Unreachable)),
        once("Retry-After: more than any clock", "99999999999999999999999", Guide::Untold(Reason::Unreachable)),
    ]
}

/// Forms that the guide offers. The guide itself is read.
fn forms() -> Vec<Vice> {
    let file = |name: &str, body: &[u8]| {
        answer(
            "200 OK",
            &format!(
                "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n"
            ),
            body,
        )
    };
    let at = |name, acts| page(name, Guide::Read, acts).at(Place::Form);
    vec![
        at("a form that stalls", vec![Act::Hang]),
        at(
            "a form that never ends",
            vec![
                send("HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\n"),
                Act::Flood(vec![b'x'; 4096]),
            ],
        ),
        at("a form whose name climbs out", file("../../../../../../tmp/portal-probe-climbed", FORM.as_bytes())),
        at("a form that is a bomb", file("form.zip", &zip_bomb())),
        at(
            "a form called PDF that is none",
            file("form.pdf", b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 1 0 R >> endobj\ntrailer << /Root 1 0 R >>"),
        )
        // It does not open for anybody.
        .fault(&["guide.blank_form"]),
    ]
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// A Word file whose text would fill a disk.
fn zip_bomb() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    writer.start_file("word/document.xml", options).expect("memory");
    for _ in 0..64 {
        writer.write_all(&vec![b' '; 1 << 20]).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}
