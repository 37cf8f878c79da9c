//! robots.txt by RFC 9309.
//!
//! Comes in: the answers to `/robots.txt`. Goes out: whether an address may be asked for, and how far apart. Must never
//! know: queues and budgets.
//!
//! 4xx opens the host; 5xx, 429 and every failure close it for now, it is asked again a few times, and then the host
//! stays closed for the night: a site that cannot say its rules has not allowed anything.

use std::io::Read as _;
use std::time::Duration;

use url::Url;

use super::settings::Settings;
use crate::model::dossier::RobotsState;
use crate::model::{Capture, FailureKind, Lane, Response, Truncated};

/// Bytes of a robots.txt that are read, the limit of RFC 9309.
const BYTE_LIMIT: usize = 500 * 1024;

/// Redirects that are followed for a robots.txt, the number of RFC 9309.
const REDIRECT_LIMIT: usize = 5;

/// The rules of one host for us.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules(robotxt::Robots);

impl Rules {
    /// Reads the decoded bytes of a robots.txt for the crawler called `token`. Nothing in the file can make this fail:
    /// what is no rule is passed over.
    #[must_use]
    pub fn read(body: &[u8], token: &str) -> Self {
        Self(robotxt::Robots::parse(&plain_agents(whole_lines(body)), token))
    }

    /// Whether the rules let us ask for `url`.
    #[must_use]
    pub fn allow(&self, url: &Url) -> bool {
        self.0.is_url_allowed(url)
    }

    /// The crawl-delay for us.
    #[must_use]
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.0.crawl_delay()
    }
}

/// The file up to the limit, without a line that was cut by it.
fn whole_lines(body: &[u8]) -> &[u8] {
    let Some(window) = body.get(..=BYTE_LIMIT) else { return body };
    let end = window.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(0);
    &body[..end]
}

/// The file with `User-agent: name/1.0 (words)` written as `User-agent: name`: the product token is what counts, and the
/// crate compares whole values.
fn plain_agents(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|byte| matches!(byte, b'\n' | b'\r' | b'\0')) {
        match agent_value(line) {
            Some(at) => {
                let value = &line[at..];
                let blank = value.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let cut = |byte: &u8| *byte == b'/' || byte.is_ascii_whitespace();
                let token = value[blank..].iter().position(cut).map_or(value.len(), |end| blank + end);
                plain.extend_from_slice(&line[..at + token]);
                plain.push(b'\n');
            }
            None => plain.extend_from_slice(line),
        }
    }
    plain
}

/// Where the value of a `User-agent` line begins. The key may be written with a space or without a hyphen.
fn agent_value(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let key = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).split(|byte| *byte == b':').next()?;
    let letters = key.iter().filter(|byte| !matches!(byte, b'-' | b' ' | b'\t'));
    letters.map(u8::to_ascii_lowercase).eq(b"useragent".iter().copied()).then_some(colon + 1)
}

/// What is known of one host's robots.txt, and what is to be asked next.
#[derive(Debug, Clone)]
pub(super) struct RobotsDesk {
    state: State,
    ask: Url,
    lane: Lane,
    redirects: usize,
    attempts: u8,
}

#[derive(Debug, Clone)]
enum State {
    Unasked,
    Rules(Rules),
    Open,
    ClosedUntil(Duration),
    ClosedForTheNight,
}

/// What robots.txt says to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// Ask for it.
    Granted,
    /// A rule forbids it.
    Refused,
    /// robots.txt is to be asked for first.
    AskRobotsFirst,
    /// Closed until this moment.
    Later(Duration),
    /// Closed for the night.
    Closed,
}

/// What an answer to `/robots.txt` changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RobotsNews {
    /// The state is known.
    Known,
    /// Another request is needed at once: a redirect, or the lenient lane.
    AskAgain,
    /// Closed for now, to be asked again at this moment.
    ClosedUntil(Duration),
    /// Closed for the night.
    ClosedForTheNight,
}

impl RobotsDesk {
    /// Nothing is known yet of the host of `url`.
    pub(super) fn new(url: &Url) -> Self {
        let mut ask = url.clone();
        ask.set_path("/robots.txt");
        ask.set_query(None);
        ask.set_fragment(None);
        Self { state: State::Unasked, ask, lane: Lane::Strict, redirects: 0, attempts: 0 }
    }

    /// The request for robots.txt that is due: address, lane, attempt.
    pub(super) fn question(&self) -> (&Url, Lane, u8) {
        (&self.ask, self.lane, self.attempts.saturating_add(1))
    }

    pub(super) fn leave(&self, url: &Url, now: Duration) -> Leave {
        match &self.state {
            State::Open => Leave::Granted,
            State::Rules(rules) if rules.allow(url) => Leave::Granted,
            State::Rules(_) => Leave::Refused,
            State::ClosedUntil(until) if *until > now => Leave::Later(*until),
            State::Unasked | State::ClosedUntil(_) => Leave::AskRobotsFirst,
            State::ClosedForTheNight => Leave::Closed,
        }
    }

    pub(super) fn crawl_delay(&self) -> Option<Duration> {
        match &self.state {
            State::Rules(rules) => rules.crawl_delay(),
            State::Unasked | State::Open | State::ClosedUntil(_) | State::ClosedForTheNight => None,
        }
    }

    /// The state for the record; `None` before the first answer.
    pub(super) fn state(&self) -> Option<RobotsState> {
        match self.state {
            State::Unasked => None,
            State::Rules(_) => Some(RobotsState::Rules),
            State::Open => Some(RobotsState::Open),
            State::ClosedUntil(_) | State::ClosedForTheNight => Some(RobotsState::ClosedForNow),
        }
    }

    /// Takes in the answer. `may_follow` says whether a redirect's target may be asked in this place.
    pub(super) fn take_in(
        &mut self,
        capture: &Capture,
        now: Duration,
        settings: &Settings,
        may_follow: impl Fn(&Url) -> bool,
    ) -> RobotsNews {
        let Some(response) = capture.response() else {
            if super::retry::wants_lenient(capture) {
                self.lane = Lane::Lenient;
                return RobotsNews::AskAgain;
            }
            if capture.failure().is_some_and(|failure| failure.kind == FailureKind::RefusedByGuard) {
                // Our own guard will say the same in ten minutes.
                self.attempts = settings.robots_attempts;
            }
            return self.close(now, settings);
        };
        match response.status {
            200..=299 => match decoded(response) {
                Some(body) => {
                    self.state = State::Rules(Rules::read(&body, &settings.user_agent_token));
                    RobotsNews::Known
                }
                None => self.close(now, settings),
            },
            300..=399 => self.redirected(capture, response, may_follow),
            429 | 500..=u16::MAX => self.close(now, settings),
            // 4xx; and 1xx, which no client passes on.
            0..=499 => {
                self.state = State::Open;
                RobotsNews::Known
            }
        }
    }

    fn redirected(&mut self, capture: &Capture, response: &Response, may_follow: impl Fn(&Url) -> bool) -> RobotsNews {
        let target = response.header("location").and_then(|place| capture.request.url.join(place.trim()).ok());
        let target = target.map(|url| super::canonical(&url));
        match target {
            Some(url) if self.redirects < REDIRECT_LIMIT && may_follow(&url) => {
                self.redirects += 1;
                self.ask = url;
                RobotsNews::AskAgain
            }
            // Not reached within the limit, or kept where we may not go: RFC 9309 §2.3.1.2 calls that unavailable.
            Some(_) | None => {
                self.state = State::Open;
                RobotsNews::Known
            }
        }
    }

    fn close(&mut self, now: Duration, settings: &Settings) -> RobotsNews {
        self.attempts = self.attempts.saturating_add(1);
        self.redirects = 0;
        self.ask = Self::new(&self.ask).ask;
        if self.attempts >= settings.robots_attempts {
            self.state = State::ClosedForTheNight;
            return RobotsNews::ClosedForTheNight;
        }
        let until = now.saturating_add(settings.robots_ttl_closed);
        self.state = State::ClosedUntil(until);
        RobotsNews::ClosedUntil(until)
    }
}

/// The body without content coding, at most one byte more than the limit; `None` if it is broken or did not come whole
/// (a file that ends early may have lost the very line that forbids).
fn decoded(response: &Response) -> Option<Vec<u8>> {
    match response.truncated {
        Some(Truncated::Time | Truncated::Disconnect) => return None,
        Some(Truncated::Length) | None => {}
    }
    let limit = u64::try_from(BYTE_LIMIT + 1).unwrap_or(u64::MAX);
    let body: &[u8] = &response.body;
    let coding = response.header("content-encoding").unwrap_or_default().trim().to_ascii_lowercase();
    let mut plain = Vec::new();
    let read = match coding.as_str() {
        "" | "identity" => return Some(body.to_vec()),
        "gzip" | "x-gzip" => flate2::read::MultiGzDecoder::new(body).take(limit).read_to_end(&mut plain),
        "deflate" if body.first().is_some_and(|byte| byte & 0x0f == 8) => {
            flate2::read::ZlibDecoder::new(body).take(limit).read_to_end(&mut plain)
        }
        "deflate" => flate2::read::DeflateDecoder::new(body).take(limit).read_to_end(&mut plain),
        "br" => brotli_decompressor::Decompressor::new(body, 4096).take(limit).read_to_end(&mut plain),
        _ => return None,
    };
    // A coded body that our own ceiling cut ends in an error; what was read until then is whole up to there.
    (read.is_ok() || response.truncated.is_some()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "portal-probe";

    fn allows(file: &[u8], path: &str) -> bool {
        let url = Url::parse(&format!("http://portal.example{path}")).expect("absolute");
        Rules::read(file, TOKEN).allow(&url)
    }

    #[test]
    fn rules_are_read_as_rfc_9309_says() {
        let cases: &[(&str, &[u8], &str, bool)] = &[
            ("the longest match wins", b"User-agent: *\nDisallow: /bs\nAllow: /bs/zn\n", "/bs/zn/1", true),
            ("also when it forbids", b"User-agent: *\nAllow: /bs\nDisallow: /bs/zn\n", "/bs/zn/1", false),
            ("at equal length the host is open", b"User-agent: *\nDisallow: /bs\nAllow: /bs\n", "/bs", true),
            ("names ignore case", b"User-agent: Portal-Probe\nDisallow: /\nUser-agent: *\nAllow: /\n", "/x", false),
            (
                "groups of one name are one",
                b"User-agent: portal-probe\nDisallow: /a\n\nUser-agent: o\nDisallow: /\n\nUser-agent: portal-probe\nDisallow: /b\n",
                "/b",
                false,
            ),
            ("two names share a group", b"User-agent: o\nUser-agent: portal-probe\nDisallow: /b\n", "/b/1", false),
            ("our own group beats the star", b"User-agent: *\nDisallow: /\nUser-agent: portal-probe\nAllow: /\n", "/b", true),
            ("an empty rule forbids nothing", b"User-agent: *\nDisallow:\n", "/x", true),
            ("the dollar ends an address", b"User-agent: *\nDisallow: /*.xls$\n", "/f/a.xls", false),
            ("and only there", b"User-agent: *\nDisallow: /*.xls$\n", "/f/a.xlsx", true),
            ("the star stands for anything", b"User-agent: *\nDisallow: /*/search?\n", "/hz/search?q=1", false),
            ("an escaped rule", b"User-agent: *\nDisallow: /%E6%A0%B7/\n", "/%E6%A0%B7/1", false),
            ("a rule in raw UTF-8", "User-agent: *\nDisallow: /样/\n".as_bytes(), "/%E6%A0%B7/1", false),
            ("lower-case escapes", b"User-agent: *\nDisallow: /%e6%a0%b7/\n", "/%E6%A0%B7/1", false),
            ("a byte-order mark", b"\xef\xbb\xbfUser-agent: *\nDisallow: /a\n", "/a", false),
            ("a mark before a version", b"\xef\xbb\xbfUser-agent: portal-probe/2\nDisallow: /a\n", "/a", false),
            ("old Mac line ends", b"User-agent: *\rDisallow: /a\r", "/a", false),
            ("old Mac line ends after a version", b"User-agent: portal-probe/1\rDisallow: /a\r", "/a", false),
            ("a comment in GBK", b"# \xb0\xec\xca\xc2\nUser-agent: *\nDisallow: /a\n", "/a", false),
            ("a blank line inside a group", b"User-agent: *\n\nDisallow: /a\n", "/a", false),
            ("a crawl-delay inside a group", b"User-agent: portal-probe\nCrawl-delay: 5\nDisallow: /a\n", "/a", false),
            ("a query in a rule", b"User-agent: *\nDisallow: /list?\n", "/list?id=1", false),
            ("robots.txt itself is open", b"User-agent: *\nDisallow: /\n", "/robots.txt", true),
            ("an error page is no rule", "<html><body>您访问的页面不存在</body></html>".as_bytes(), "/a", true),
            ("part of a name is another name", b"User-agent: portal\nDisallow: /\n", "/a", true),
            ("a version behind the name", b"User-agent: portal-probe/1.0 (x)\nDisallow: /a\n", "/a", false),
            ("another's version", b"User-agent: other/1.0\nDisallow: /a\n", "/a", true),
            ("a forgotten colon", b"User-agent *\nDisallow /a\n", "/a", false),
            ("rules before any name bind nobody", b"Disallow: /a\n", "/a", true),
        ];
        for (name, file, path, want) in cases {
            assert_eq!(allows(file, path), *want, "{name}");
        }
    }

    #[test]
    fn the_file_counts_up_to_its_limit_and_no_cut_rule_applies() {
        let mut file = b"User-agent: *\nDisallow: /early\n".to_vec();
        file.resize(BYTE_LIMIT - 10, b'#');
        file.extend_from_slice(b"\nDisallow: /late-rule\nDisallow: /later\n");
        assert!(!allows(&file, "/early"));
        assert!(allows(&file, "/late"), "cut in the middle, it would forbid too much");
        assert!(allows(&file, "/later"));
    }

    #[test]
    fn the_crawl_delay_is_ours_or_everybodys() {
        let delay = |file: &[u8]| Rules::read(file, TOKEN).crawl_delay();
        assert_eq!(delay(b"User-agent: *\nCrawl-delay: 2.5\n"), Some(Duration::from_millis(2500)));
        assert_eq!(delay(b"User-agent: *\nCrawl-delay: 9\nUser-agent: portal-probe\nDisallow: /a\n"), None);
        for rubbish in ["-1", "NaN", "soon", "", "1e999"] {
            assert_eq!(delay(format!("User-agent: *\nCrawl-delay: {rubbish}\n").as_bytes()), None, "{rubbish}");
        }
    }

    #[test]
    fn coded_bodies_are_read_and_broken_ones_are_not() {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(b"User-agent: *\nDisallow: /a\n").expect("memory does not fail");
        let coded = encoder.finish().expect("memory does not fail");
        let response = |body: &[u8], coding: &str, truncated| Response {
            status: 200,
            version: "HTTP/1.1".into(),
            headers: vec![("content-encoding".into(), coding.as_bytes().to_vec())],
            body: body.to_vec().into(),
            truncated,
        };
        assert_eq!(decoded(&response(&coded, "gzip", None)).as_deref(), Some(&b"User-agent: *\nDisallow: /a\n"[..]));
        assert_eq!(decoded(&response(b"not gzip", "gzip", None)), None);
        assert_eq!(decoded(&response(&coded, "zstd", None)), None);
        assert_eq!(decoded(&response(b"User-agent: *", "", Some(Truncated::Disconnect))), None);
        assert!(decoded(&response(b"User-agent: *", "", Some(Truncated::Length))).is_some());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_rules_fail(body in prop::collection::vec(any::<u8>(), 0..200), lines in "([Uu]ser-?agent|Disallow|x)?[: ]{0,2}[a-z/1. *$%]{0,9}[\r\n]?") {
            let url = Url::parse("http://portal.example/a").expect("absolute");
            let _ = Rules::read(&body, TOKEN).allow(&url);
            let _ = Rules::read(lines.as_bytes(), TOKEN).allow(&url);
        }
    }
}
