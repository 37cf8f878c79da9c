//! One spelling for each address.
//!
//! Comes in: an absolute address as a page wrote it. Goes out: the spelling under which it is asked for and remembered.
//! Must never know: whether it will be asked for.
//!
//! The `url` crate already lower-cases the host, leaves out the default port and resolves dot segments. Here come the
//! escapes, and the parts that change from visit to visit without changing the page. The order of query keys is kept:
//! some portals sign their queries.

use url::Url;

use crate::model::without_anchor;

/// Query keys that only say where a visitor came from or who the session is. They never choose the page.
const TRACKING_KEYS: [&str; 5] = ["spm", "jsessionid", "phpsessid", "share_token", "from_source"];

/// Query keys that defeat caches when their value is a number; with any other value they may mean something.
const TIMESTAMP_KEYS: [&str; 8] = ["_", "t", "ts", "_t", "timestamp", "rnd", "rand", "random"];

/// A time stamp in seconds has ten digits; a shorter number after `t=` may be a type or a tab.
const TIMESTAMP_DIGITS: usize = 10;

/// The canonical spelling of `url`. Applying it twice changes nothing. An anchor is dropped; a hash route (`#/…`) stays:
/// the server sees the same request, but a visitor, and a browser that renders, see another page.
#[must_use]
pub fn canonical(url: &Url) -> Url {
    let mut current = url.clone();
    // A decoded escape can complete another one (`%%32e`), so rounds go on until nothing changes. Every round that
    // changes something shortens the address or puts digits in upper case: the loop ends.
    loop {
        let next = one_round(&current);
        if next == current {
            return next;
        }
        current = next;
    }
}

fn one_round(url: &Url) -> Url {
    let mut next = without_anchor(url.clone());
    if let Some(fragment) = next.fragment() {
        let plain = plain_escapes(fragment);
        next.set_fragment(Some(&plain));
    }
    if next.cannot_be_a_base() || !matches!(next.scheme(), "http" | "https") {
        return next;
    }
    // Setting credentials fails only for addresses without a host, which http(s) does not have.
    if !next.username().is_empty() && next.set_username("").is_err() {
        return next;
    }
    if next.password().is_some() && next.set_password(None).is_err() {
        return next;
    }
    if let Some(host) = url.domain().and_then(|host| host.strip_suffix('.'))
        && next.set_host(Some(host)).is_err()
    {
        // A host of nothing but dots stays as it is; scope will refuse it.
        return next;
    }
    let path = plain_escapes(&without_session(url.path()));
    if path != url.path() {
        next.set_path(&path);
    }
    if let Some(query) = url.query() {
        let kept: Vec<String> = query.split('&').filter(|pair| !is_noise(pair)).map(plain_escapes).collect();
        let query = kept.join("&");
        next.set_query((!query.is_empty()).then_some(query.as_str()));
    }
    next
}

/// The path without `;jsessionid=…`, which Java portals add for visitors without cookies.
fn without_session(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let mut parts = segment.split(';');
        let mut kept = parts.next().unwrap_or_default().to_owned();
        for part in parts.filter(|part| !starts_with_ignoring_case(part, "jsessionid=")) {
            kept.push(';');
            kept.push_str(part);
        }
        kept
    });
    segments.collect::<Vec<_>>().join("/")
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_noise(pair: &str) -> bool {
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    let key = key.to_ascii_lowercase();
    pair.is_empty()
        || key.starts_with("utm_")
        || TRACKING_KEYS.contains(&key.as_str())
        || (TIMESTAMP_KEYS.contains(&key.as_str()) && is_stamp(value))
}

/// A time stamp (`1589265600123`) or a random fraction (`0.7342…`).
fn is_stamp(value: &str) -> bool {
    let fraction = value.strip_prefix("0.").is_some_and(|rest| rest.len() > 3);
    (fraction || value.len() >= TIMESTAMP_DIGITS) && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Escapes of unreserved characters are decoded, all others get upper-case digits; a `%` that begins no escape stays.
fn plain_escapes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        plain.push_str(&rest[..at]);
        let start = text.len() - rest.len() + at;
        let Some(byte) = escape_at(bytes, start) else {
            plain.push('%');
            rest = &rest[at + 1..];
            continue;
        };
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            plain.push(char::from(byte));
        } else {
            plain.push_str(&rest[at..at + 3].to_ascii_uppercase());
        }
        rest = &rest[at + 3..];
    }
    plain.push_str(rest);
    plain
}

fn escape_at(bytes: &[u8], start: usize) -> Option<u8> {
    let digit = |offset: usize| bytes.get(start + offset).and_then(|byte| char::from(*byte).to_digit(16));
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelled(text: &str) -> String {
        canonical(&Url::parse(text).expect("test addresses are absolute")).to_string()
    }

    #[test]
    fn different_spellings_of_one_address_become_one() {
        let cases = [
            ("HTTP://Portal.Example:80/a", "http://portal.example/a"),
            ("https://portal.example:443/a", "https://portal.example/a"),
            ("http://portal.example:8083/a", "http://portal.example:8083/a"),
            ("http://portal.example./a", "http://portal.example/a"),
            ("http://me:secret@portal.example/a", "http://portal.example/a"),
            ("http://portal.example/x/../a/./b", "http://portal.example/a/b"),
            ("http://portal.example/%61%7eb/%e6%a0%b7", "http://portal.example/a~b/%E6%A0%B7"),
            ("http://portal.example/样", "http://portal.example/%E6%A0%B7"),
            ("http://portal.example/a#top", "http://portal.example/a"),
            ("http://portal.example/a#/guide?id=1", "http://portal.example/a#/guide?id=1"),
            ("http://portal.example/a#!/%61?id=%e6", "http://portal.example/a#!/a?id=%E6"),
            ("http://portal.example/#/", "http://portal.example/"),
            ("http://portal.example/a;jsessionid=0A1B?x=1", "http://portal.example/a?x=1"),
            ("http://portal.example/a;JSESSIONID=0A/b;v=2", "http://portal.example/a/b;v=2"),
            ("http://portal.example/a?utm_source=w&id=3&spm=1.2", "http://portal.example/a?id=3"),
            ("http://portal.example/a?_=1589265600123", "http://portal.example/a"),
            ("http://portal.example/a?rnd=0.83472&id=3", "http://portal.example/a?id=3"),
            ("http://portal.example/a?", "http://portal.example/a"),
        ];
        for (written, want) in cases {
            assert_eq!(spelled(written), want, "{written}");
        }
    }

    #[test]
    fn what_may_choose_the_page_stays() {
        for text in [
            "http://portal.example/a?b=2&a=1",
            "http://portal.example/a?t=3",
            "http://portal.example/a?t=list",
            "http://portal.example/100%",
            "http://portal.example/a?q=%2F",
            "http://portal.example/A",
        ] {
            assert_eq!(spelled(text), text);
        }
    }

    #[test]
    fn an_escape_completed_by_another_is_also_plain() {
        assert_eq!(spelled("http://portal.example/a/%%32e%2e/b"), "http://portal.example/b");
    }

    proptest! {
        #[test]
        fn canonical_twice_is_canonical_once(tail in "[a-z%0-9A-F/;?&=.#_~-]{0,40}") {
            if let Ok(url) = Url::parse(&format!("http://Portal.example/{tail}")) {
                let once = canonical(&url);
                prop_assert_eq!(canonical(&once), once.clone());
                prop_assert_eq!(Url::parse(once.as_str()).expect("still an address"), once);
            }
        }

        #[test]
        fn any_address_has_a_canonical_spelling(text in "\\PC{0,60}") {
            if let Ok(url) = Url::parse(&text) {
                let once = canonical(&url);
                prop_assert_eq!(canonical(&once), once);
            }
        }
    }
}
