//! Masks personal data (个人信息) in the payload of a reply page before it is stored.
//!
//! Comes in: an answer that the caller knows to be a list of letters or a letter. Goes out: the answer to be stored in
//! its place, readable by the same means (same character set; the content coding removed and its header renamed).
//! Must never know: what a letter is about. Mobile numbers, identity card numbers and names are masked; office numbers,
//! dates, agencies and addresses of pages stay, because the timeliness of replies is read from them.

use std::io::Read;

use bytes::Bytes;
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::model::{Digest, Response, redact};

use super::markup;

/// A page of text is far smaller; what decodes to more is not stored as text.
const DECODED_LIMIT: u64 = 64 * 1024 * 1024;

/// Browsers look for a declared character set this far into a page (WHATWG).
const META_WINDOW: usize = 1024;

/// An answer whose payload was masked.
#[derive(Debug, Clone, PartialEq)]
pub struct Masked {
    /// The answer to be archived and read in place of the original.
    pub response: Response,
    /// Digest of the payload as it came.
    pub original: Digest,
}

/// The answer with its personal data masked; `None` if there is nothing to mask or the payload is not text.
#[must_use]
pub fn masked(response: &Response) -> Option<Masked> {
    let content_type = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if !is_text(&content_type) {
        return None;
    }
    let plain = without_coding(response)?;
    let encoding = charset(&plain, &content_type);
    let (text, encoding, _) = encoding.decode(&plain);
    let is_markup = content_type.contains("html") || content_type.contains("xml") || text.trim_start().starts_with('<');
    let safe = if is_markup { markup::mask(&text) } else { redact::mask_letter(&text) };
    if safe == text {
        return None;
    }
    let headers = response.headers.iter().map(|(name, value)| {
        let renamed = if name == "content-encoding" { "x-archive-orig-content-encoding" } else { name };
        (renamed.to_owned(), value.clone())
    });
    Some(Masked {
        response: Response {
            headers: headers.collect(),
            body: Bytes::from(encode(&safe, encoding, &plain)),
            ..response.clone()
        },
        original: Digest::of(&response.body),
    })
}

fn is_text(content_type: &str) -> bool {
    let binary = ["image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/msword"];
    !binary.iter().any(|kind| content_type.starts_with(kind)) && !content_type.contains("officedocument")
}

/// The body without its content codings; `None` if one of them is unknown. A body that breaks off gives what it has.
fn without_coding(response: &Response) -> Option<Vec<u8>> {
    let codings = response.header("content-encoding").unwrap_or_default().to_ascii_lowercase();
    let mut body = response.body.to_vec();
    for coding in codings.split(',').map(str::trim).rev().filter(|coding| !coding.is_empty()) {
        body = match coding {
            "identity" => body,
            "gzip" | "x-gzip" => unpack(flate2::read::MultiGzDecoder::new(&body[..]))?,
            "deflate" if is_zlib(&body) => unpack(flate2::read::ZlibDecoder::new(&body[..]))?,
            "deflate" => unpack(flate2::read::DeflateDecoder::new(&body[..]))?,
            "br" => unpack(brotli_decompressor::Decompressor::new(&body[..], 4096))?,
            _ => return None,
        };
    }
    Some(body)
}

/// Servers send raw deflate under the name of zlib; the first two bytes tell (RFC 1950).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

fn unpack(mut decoder: impl Read) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let mut chunk = [0; 8192];
    while let Ok(read @ 1..) = decoder.read(&mut chunk) {
        plain.extend_from_slice(&chunk[..read]);
        if plain.len() as u64 > DECODED_LIMIT {
            return None;
        }
    }
    (!plain.is_empty()).then_some(plain)
}

/// The character set by byte-order mark, header, declaration in the page, detection, in this order.
fn charset(plain: &[u8], content_type: &str) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(plain) {
        return encoding;
    }
    let window = String::from_utf8_lossy(&plain[..plain.len().min(META_WINDOW)]).to_ascii_lowercase();
    let declared = label(content_type).or_else(|| label(&window));
    let is_utf_8 = std::str::from_utf8(plain).is_ok();
    match declared {
        // GB18030 contains GBK and GB 2312, so what any of them wrote is read and written back.
        Some(encoding) if encoding == GBK || encoding == GB18030 => {
            if is_utf_8 {
                UTF_8
            } else {
                GB18030
            }
        }
        Some(encoding) if encoding == UTF_8 && !is_utf_8 => detect(plain),
        Some(encoding) => encoding,
        None if is_utf_8 => UTF_8,
        None => detect(plain),
    }
}

fn label(text: &str) -> Option<&'static Encoding> {
    let after = &text[text.find("charset")? + "charset".len()..];
    let after = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(after.len());
    Encoding::for_label(&after.as_bytes()[..end])
}

fn detect(plain: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(plain, true);
    let guessed = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow);
    if guessed == GBK { GB18030 } else { guessed }
}

/// The text in its own character set, with the byte-order mark that it had.
fn encode(text: &str, encoding: &'static Encoding, plain: &[u8]) -> Vec<u8> {
    let mark = Encoding::for_bom(plain).map_or(0, |(_, length)| length);
    let mut bytes = plain[..mark].to_vec();
    // `Encoding::encode` writes UTF-8 where UTF-16 is asked for.
    if encoding == UTF_16LE {
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    } else if encoding == UTF_16BE {
        bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    } else {
        bytes.extend_from_slice(&encoding.encode(text).0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn response(content_type: &str, body: impl Into<Bytes>) -> Response {
        Response {
            status: 200,
            version: "HTTP/1.1".into(),
            headers: vec![("content-type".into(), content_type.into())],
            body: body.into(),
            truncated: None,
        }
    }

    #[test]
    fn a_gbk_page_is_masked_in_its_own_character_set() {
        let page =
            "<html><head><meta charset=gbk></head><td>来信人：张三丰</td><td>13812345678</td><td>2020-03-30</td>";
        let original = response("text/html", GBK.encode(page).0.into_owned());
        let masked = masked(&original).expect("there is something to mask");
        assert_eq!(masked.original, Digest::of(&original.body));
        let text = GBK.decode(&masked.response.body).0.into_owned();
        assert!(text.contains("来信人：张**</td><td>138****5678</td><td>2020-03-30"), "{text}");
    }

    #[test]
    fn a_compressed_page_is_stored_without_its_coding() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all("王小明先生".as_bytes()).expect("memory takes it");
        let mut original = response("text/html; charset=utf-8", encoder.finish().expect("memory takes it"));
        original.headers.push(("content-encoding".into(), b"gzip".to_vec()));
        let masked = masked(&original).expect("there is something to mask").response;
        assert_eq!(masked.body, "王**先生".as_bytes());
        assert_eq!(masked.header("content-encoding"), None);
        assert_eq!(masked.header("x-archive-orig-content-encoding").as_deref(), Some("gzip"));
    }

    #[test]
    fn raw_deflate_and_utf_16_are_read_too() {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"tel 13812345678").expect("memory takes it");
        let mut original = response("text/plain", encoder.finish().expect("memory takes it"));
        original.headers.push(("content-encoding".into(), b"deflate".to_vec()));
        assert_eq!(masked(&original).expect("a number").response.body, &b"tel 138****5678"[..]);
        let utf_16: Vec<u8> = "\u{feff}网友：李四".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let stored = masked(&response("text/plain", utf_16)).expect("a name").response.body;
        let expected: Vec<u8> = "\u{feff}网友：李*".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(stored, expected);
    }

    #[test]
    fn nothing_to_mask_leaves_the_answer_alone() {
        assert_eq!(masked(&response("text/html", "<p>电话：0571-85023456，答复时间 2020-03-30</p>")), None);
        assert_eq!(masked(&response("image/png", "13812345678")), None);
        let mut unknown = response("text/html", "13812345678");
        unknown.headers.push(("content-encoding".into(), b"zstd".to_vec()));
        assert_eq!(masked(&unknown), None);
    }

    #[test]
    fn masking_twice_changes_nothing_more() {
        let page = "<tr><td>来信人</td><td>标题</td></tr><tr><td>张三丰</td><td>13812345678 问</td></tr>";
        let once = masked(&response("text/html", page)).expect("there is something to mask").response;
        assert_eq!(masked(&once), None);
    }
}
