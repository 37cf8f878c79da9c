//! Undoes content codings (gzip, deflate, br) under ceilings, and sees through lies about them.
//!
//! Comes in: headers and the body as received. Goes out: plain bytes and issues. Must never know: what the bytes mean.

use std::io::Read;

use super::Settings;
use crate::model::{Issue, Locator};

/// Codings laid over each other more often than this are an attack, not a server.
const MAX_LAYERS: usize = 3;

/// Up to this size the ratio does not matter: short pages of one repeated row compress very well.
const RATIO_FREE: usize = 1024 * 1024;

/// One coding of `Content-Encoding`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// The first header of this lower-case name, as text.
pub(super) fn header<'a>(headers: &'a [(String, Vec<u8>)], name: &str) -> Option<std::borrow::Cow<'a, str>> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| String::from_utf8_lossy(value))
}

/// The plain bytes of a body.
pub(super) fn decode(headers: &[(String, Vec<u8>)], body: &[u8], settings: &Settings) -> (Vec<u8>, Vec<Issue>) {
    let mut issues = Vec::new();
    let mut layers = declared(headers, &mut issues);
    if layers.is_empty() && is_gzip(body) && promises_text(headers) {
        issues.push(issue("coding_undeclared", "the body is gzip, the header does not say so"));
        layers.push(Coding::Gzip);
    }
    let mut bytes = body.to_vec();
    for coding in layers.into_iter().rev() {
        match undo(coding, &bytes, settings) {
            Undone::Plain(plain) => bytes = plain,
            Undone::Cut(plain) => {
                issues.push(issue("decoding_ceiling", "the decoded body is larger than allowed; the rest is not read"));
                bytes = plain;
                break;
            }
            Undone::Broken(plain) => {
                issues.push(issue("decoding_incomplete", "the coded body ends early; what came before is read"));
                bytes = plain;
                break;
            }
            Undone::Not => {
                issues.push(issue("coding_lie", "the header names a content coding, the body is not coded"));
                break;
            }
        }
    }
    if bytes.len() > settings.max_decoded {
        bytes.truncate(settings.max_decoded);
        issues.push(issue("decoding_ceiling", "the body is larger than allowed; the rest is not read"));
    }
    (bytes, issues)
}

fn issue(kind: &str, detail: &str) -> Issue {
    Issue { kind: kind.to_owned(), detail: detail.to_owned(), at: Locator::Header("content-encoding".to_owned()) }
}

fn declared(headers: &[(String, Vec<u8>)], issues: &mut Vec<Issue>) -> Vec<Coding> {
    let mut layers = Vec::new();
    for (_, value) in headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding")) {
        for word in String::from_utf8_lossy(value).split(',').map(|word| word.trim().to_ascii_lowercase()) {
            match word.as_str() {
                "gzip" | "x-gzip" => layers.push(Coding::Gzip),
                "deflate" => layers.push(Coding::Deflate),
                "br" => layers.push(Coding::Brotli),
                "" | "identity" | "none" | "utf-8" => {}
                other => issues.push(issue("coding_unknown", &format!("unknown content coding `{other}`"))),
            }
        }
    }
    if layers.len() > MAX_LAYERS {
        issues.push(issue("decoding_ceiling", "too many content codings over each other"));
        layers.drain(..layers.len() - MAX_LAYERS);
    }
    layers
}

fn is_gzip(body: &[u8]) -> bool {
    body.starts_with(&[0x1f, 0x8b, 0x08])
}

fn promises_text(headers: &[(String, Vec<u8>)]) -> bool {
    header(headers, "content-type").is_none_or(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind.starts_with("text/") || kind.contains("json") || kind.contains("xml") || kind.contains("javascript")
    })
}

/// What came of undoing one coding.
enum Undone {
    /// All of it.
    Plain(Vec<u8>),
    /// Up to a ceiling.
    Cut(Vec<u8>),
    /// Up to a fault in the data.
    Broken(Vec<u8>),
    /// The bytes are not coded this way at all.
    Not,
}

fn undo(coding: Coding, bytes: &[u8], settings: &Settings) -> Undone {
    if bytes.is_empty() {
        return Undone::Plain(Vec::new());
    }
    match coding {
        Coding::Gzip if !is_gzip(bytes) => Undone::Not,
        Coding::Gzip => drain(flate2::read::MultiGzDecoder::new(bytes), bytes.len(), settings),
        Coding::Deflate => {
            // "deflate" should be zlib, but some servers send the raw stream; a zlib header is divisible by 31.
            let zlib = bytes.len() > 1
                && bytes[0] & 0x0f == 8
                && (u16::from(bytes[0]) * 256 + u16::from(bytes[1])).is_multiple_of(31);
            if zlib {
                drain(flate2::read::ZlibDecoder::new(bytes), bytes.len(), settings)
            } else {
                not_if_nothing_came(drain(flate2::read::DeflateDecoder::new(bytes), bytes.len(), settings), bytes)
            }
        }
        Coding::Brotli => {
            let reader = brotli_decompressor::Decompressor::new(bytes, 4096);
            not_if_nothing_came(drain(reader, bytes.len(), settings), bytes)
        }
    }
}

/// Raw deflate and brotli have no magic bytes: a plain page shows by failing at once, or by beginning with `<` or `{`
/// and failing later.
fn not_if_nothing_came(undone: Undone, bytes: &[u8]) -> Undone {
    let looks_plain = bytes.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| matches!(b, b'<' | b'{' | b'['));
    match undone {
        Undone::Broken(plain) if plain.is_empty() || looks_plain => Undone::Not,
        other => other,
    }
}

fn drain(mut reader: impl Read, coded: usize, settings: &Settings) -> Undone {
    let by_ratio = coded.saturating_mul(settings.max_ratio).max(RATIO_FREE);
    let ceiling = settings.max_decoded.min(by_ratio);
    let mut plain = Vec::new();
    let mut chunk = [0_u8; 16 * 1024];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Undone::Plain(plain),
            Ok(read) => {
                let room = ceiling - plain.len();
                plain.extend_from_slice(&chunk[..read.min(room)]);
                if read > room {
                    return Undone::Cut(plain);
                }
            }
            Err(_) => return Undone::Broken(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn coded(name: &str) -> Vec<(String, Vec<u8>)> {
        vec![("content-encoding".to_owned(), name.as_bytes().to_vec())]
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(plain).expect("writing to memory");
        writer.finish().expect("writing to memory")
    }

    fn kinds(issues: &[Issue]) -> Vec<&str> {
        issues.iter().map(|issue| issue.kind.as_str()).collect()
    }

    #[test]
    fn gzip_and_both_kinds_of_deflate_are_undone() {
        let plain = "办事指南".repeat(50).into_bytes();
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        raw.write_all(&plain).expect("writing to memory");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(&plain).expect("writing to memory");
        let bodies = [
            ("gzip", gzip(&plain)),
            ("deflate", raw.finish().expect("writing to memory")),
            ("deflate", zlib.finish().expect("writing to memory")),
            ("gzip, gzip", gzip(&gzip(&plain))),
        ];
        for (name, body) in bodies {
            assert_eq!(decode(&coded(name), &body, &Settings::default()), (plain.clone(), Vec::new()), "{name}");
        }
    }

    #[test]
    fn brotli_is_undone() {
        // An uncompressed meta-block with the five bytes `hello`, then an empty last block.
        let body = [0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        assert_eq!(decode(&coded("br"), &body, &Settings::default()).0, b"hello");
    }

    #[test]
    fn a_lie_about_the_coding_is_seen_through() {
        let page = b"<html><body>plain</body></html>";
        for name in ["gzip", "deflate", "br"] {
            let (bytes, issues) = decode(&coded(name), page, &Settings::default());
            assert_eq!((bytes.as_slice(), kinds(&issues)), (&page[..], vec!["coding_lie"]), "{name}");
        }
        let (bytes, issues) = decode(&[], &gzip(page), &Settings::default());
        assert_eq!((bytes.as_slice(), kinds(&issues)), (&page[..], vec!["coding_undeclared"]));
    }

    #[test]
    fn a_bomb_stops_at_the_ceiling_and_the_beginning_is_kept() {
        let settings = Settings { max_decoded: 1000, ..Settings::default() };
        let (bytes, issues) = decode(&coded("gzip"), &gzip(&b"a".repeat(100_000)), &settings);
        assert_eq!((bytes.len(), kinds(&issues)), (1000, vec!["decoding_ceiling"]));
        let wide = Settings { max_decoded: usize::MAX, max_ratio: 10, ..Settings::default() };
        let (bytes, issues) = decode(&coded("gzip"), &gzip(&b"a".repeat(3 * RATIO_FREE)), &wide);
        assert_eq!((bytes.len(), kinds(&issues)), (RATIO_FREE, vec!["decoding_ceiling"]));
    }

    #[test]
    fn a_body_cut_by_the_network_is_read_as_far_as_it_goes() {
        let mut noise = 7_u32;
        let plain: Vec<u8> = std::iter::repeat_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.to_be_bytes()[0]
        })
        .take(100_000)
        .collect();
        let whole = gzip(&plain);
        let (bytes, issues) = decode(&coded("gzip"), &whole[..whole.len() / 2], &Settings::default());
        assert!(!bytes.is_empty() && plain.starts_with(&bytes));
        assert_eq!(kinds(&issues), ["decoding_incomplete"]);
    }
}
