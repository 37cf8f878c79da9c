//! Turns bytes into text: byte-order mark, header, meta, detection, in this order, and sees through lies.
//!
//! Comes in: plain bytes and the `Content-Type`. Goes out: text and how it was had. Must never know: markup beyond
//! the one `meta` that names a character set.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::model::extraction::Charset;

/// Where the `meta` is searched. The standard says 1024 bytes; pages saved by old editors begin with longer comments.
const META_WITHIN: usize = 4096;

/// The detector has seen enough after this many bytes; more only costs time.
const DETECT_WITHIN: usize = 256 * 1024;

/// A text in the declared encoding may have this share of malformed sequences (one in fifty of the characters beyond
/// ASCII) before another encoding is tried: titles cut in the middle of a character are common.
const TOLERATED: usize = 50;

/// Text of a body.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> (String, Charset) {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        let (text, malformed) = decode_with(encoding, &bytes[skip..]);
        return (text, charset(encoding, "bom", None, malformed));
    }
    let header = content_type.and_then(of_content_type);
    let meta = of_meta(&bytes[..bytes.len().min(META_WITHIN)]);
    let declared = header.map(|found| (found, "header")).or(meta.map(|found| (found, "meta")));
    let Some((encoding, from)) = declared else {
        return detect(bytes);
    };
    let (text, malformed) = decode_with(encoding, bytes);
    if let Some(truth) = truth_behind(encoding, bytes, &text, malformed) {
        let (text, malformed) = decode_with(truth, bytes);
        // A page that names its own encoding rightly under a wrong header has not to be guessed.
        let from = if from == "header" && meta == Some(truth) { "meta" } else { "detected" };
        return (text, charset(truth, from, Some(encoding), malformed));
    }
    (text, charset(encoding, from, None, malformed))
}

fn charset(used: &'static Encoding, from: &str, contradicted: Option<&'static Encoding>, malformed: usize) -> Charset {
    Charset {
        used: used.name().to_owned(),
        from: from.to_owned(),
        contradicted: contradicted.map(|encoding| encoding.name().to_owned()),
        malformed,
    }
}

fn detect(bytes: &[u8]) -> (String, Charset) {
    if bytes.is_ascii() {
        return (String::from_utf8_lossy(bytes).into_owned(), charset(UTF_8, "default", None, 0));
    }
    let encoding = guess(bytes);
    let (text, malformed) = decode_with(encoding, bytes);
    (text, charset(encoding, "detected", None, malformed))
}

/// The most probable encoding. Only the three that Chinese portals use are believed: the detector takes short Chinese
/// texts for Cyrillic or Latin ones, and with the hint it needs, traditional ones for simplified.
fn guess(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let head = &bytes[..bytes.len().min(DETECT_WITHIN)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, true);
    // Without the hint two bytes of GBK were taken for Cyrillic.
    let found = unify(detector.guess(Some(b"cn"), Utf8Detection::Allow));
    let (_, malformed) = decode_with(UTF_8, head);
    if found == UTF_8 || malformed * TOLERATED <= beyond_ascii(head) / 3 {
        return UTF_8;
    }
    if plausibility(BIG5, head) > plausibility(GB18030, head) { BIG5 } else { GB18030 }
}

/// How much a text reads like Chinese in this encoding. In the wrong one it is full of kana and private characters.
fn plausibility(encoding: &'static Encoding, bytes: &[u8]) -> i64 {
    let (text, malformed) = decode_with(encoding, bytes);
    let odd = text.chars().filter(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{3040}'..='\u{30ff}')).count();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX / 8);
    count(han(&text)) - 4 * count(odd + malformed)
}

/// The encoding the bytes are really in, if the declared one cannot be it.
fn truth_behind(declared: &'static Encoding, bytes: &[u8], text: &str, malformed: usize) -> Option<&'static Encoding> {
    if declared != UTF_8 && declared != UTF_16LE && declared != UTF_16BE {
        // Chinese text in GBK is almost never also valid UTF-8 that reads as Chinese.
        if let Ok(as_utf8) = std::str::from_utf8(bytes)
            && is_mostly_han(as_utf8)
        {
            return Some(UTF_8);
        }
    }
    let width = if declared == UTF_8 { 3 } else { 2 };
    if malformed == 0 || malformed * TOLERATED <= beyond_ascii(bytes) / width {
        return None;
    }
    let candidate = guess(bytes);
    if candidate == declared {
        return None;
    }
    let (other, other_malformed) = decode_with(candidate, bytes);
    let better = other_malformed * 10 < malformed && han(&other) >= han(text);
    better.then_some(candidate)
}

fn beyond_ascii(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !byte.is_ascii()).count()
}

fn han(text: &str) -> usize {
    text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count()
}

fn is_mostly_han(text: &str) -> bool {
    let wide = text.chars().filter(|c| !c.is_ascii()).count();
    wide > 0 && han(text) * 2 > wide
}

/// GB2312 and GBK are subsets of GB18030, and pages that declare them use its characters.
fn unify(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == encoding_rs::GBK { GB18030 } else { encoding }
}

fn decode_with(encoding: &'static Encoding, bytes: &[u8]) -> (String, usize) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    let mut malformed = 0;
    let mut rest = bytes;
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len());
        text.reserve(room.max(16));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            encoding_rs::DecoderResult::InputEmpty => return (text, malformed),
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => {
                malformed += 1;
                text.push('\u{fffd}');
            }
        }
    }
}

fn of_content_type(value: &str) -> Option<&'static Encoding> {
    label_after(value.as_bytes(), 0)
}

/// The encoding that a `meta` names.
fn of_meta(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = find(&lower[from..], b"<meta") {
        let start = from + found;
        let end = lower[start..].iter().position(|byte| *byte == b'>').map_or(lower.len(), |length| start + length);
        if let Some(encoding) = label_after(&lower[..end], start) {
            // A page whose bytes could be searched for `<meta` is not UTF-16, whatever it says.
            return Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding });
        }
        from = end;
    }
    None
}

/// The encoding named by `charset=…` at or after `from`.
fn label_after(bytes: &[u8], from: usize) -> Option<&'static Encoding> {
    let lower = bytes[from..].to_ascii_lowercase();
    let after = find(&lower, b"charset")? + b"charset".len();
    let value: Vec<u8> = lower[after..]
        .iter()
        .copied()
        .skip_while(u8::is_ascii_whitespace)
        .skip_while(|byte| *byte == b'=')
        .skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\''))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .collect();
    let label = if value == b"utf8" || value == b"utf_8" { b"utf-8".to_vec() } else { value };
    Encoding::for_label(&label).map(unify)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIMPLIFIED: &str = "企业开办一件事办事指南：申请人提交材料后，窗口在五个工作日内作出决定，并送达营业执照。\
                              咨询电话由市场监督管理局公布，投诉请拨打热线。";
    const TRADITIONAL: &str = "企業開辦一件事辦事指南：申請人提交材料後，窗口在五個工作日內作出決定，並送達營業執照。\
                               諮詢電話由市場監督管理局公布，投訴請撥打熱線。";

    fn page(charset: Option<&str>, text: &str) -> String {
        let meta = charset.map(|name| format!("<meta charset=\"{name}\">")).unwrap_or_default();
        format!("<html><head>{meta}</head><body><p>{text}</p></body></html>")
    }

    #[test]
    fn the_same_page_gives_the_same_text_in_every_encoding() {
        let cases = [
            ("utf-8", UTF_8, SIMPLIFIED),
            ("gbk", GB18030, SIMPLIFIED),
            ("gb2312", GB18030, SIMPLIFIED),
            ("gb18030", GB18030, SIMPLIFIED),
            ("utf-8", UTF_8, TRADITIONAL),
            ("big5", BIG5, TRADITIONAL),
        ];
        for (label, encoding, words) in cases {
            for meta in [None, Some(label)] {
                for header in [None, Some(format!("text/html; charset={label}"))] {
                    let whole = page(meta, words);
                    let (bytes, _, unmappable) = encoding.encode(&whole);
                    assert!(!unmappable, "{label}");
                    let (text, charset) = decode(&bytes, header.as_deref());
                    assert_eq!(text, whole, "{label} {meta:?} {header:?}");
                    assert_eq!((charset.used.as_str(), charset.malformed), (encoding.name(), 0));
                    assert_eq!(charset.contradicted, None);
                }
            }
        }
    }

    #[test]
    fn a_lie_in_the_header_or_the_page_is_recorded_and_not_believed() {
        for (claimed, real, words) in [
            ("utf-8", GB18030, SIMPLIFIED),
            ("utf-8", BIG5, TRADITIONAL),
            ("gbk", UTF_8, SIMPLIFIED),
            ("iso-8859-1", UTF_8, SIMPLIFIED),
            ("big5", UTF_8, TRADITIONAL),
        ] {
            let whole = page(None, words);
            let (bytes, _, _) = real.encode(&whole);
            let (text, charset) = decode(&bytes, Some(&format!("text/html;charset={claimed}")));
            assert_eq!(text, whole, "{claimed}");
            assert_eq!((charset.used.as_str(), charset.from.as_str()), (real.name(), "detected"));
            assert!(charset.contradicted.is_some());
            let lying = page(Some(claimed), words);
            assert_eq!(decode(&real.encode(&lying).0, None).0, lying, "{claimed}");
        }
    }

    #[test]
    fn the_page_is_believed_against_a_wrong_header() {
        let whole = page(Some("gbk"), SIMPLIFIED);
        let (_, charset) = decode(&GB18030.encode(&whole).0, Some("text/html; charset=UTF-8"));
        assert_eq!((charset.used.as_str(), charset.from.as_str()), ("gb18030", "meta"));
        assert_eq!(charset.contradicted.as_deref(), Some("UTF-8"));
    }

    #[test]
    fn a_byte_order_mark_wins_and_does_not_show() {
        let mut bytes = vec![0xef, 0xbb, 0xbf];
        bytes.extend_from_slice(SIMPLIFIED.as_bytes());
        let (text, charset) = decode(&bytes, Some("text/html; charset=gbk"));
        assert_eq!((text.as_str(), charset.from.as_str()), (SIMPLIFIED, "bom"));
    }

    #[test]
    fn one_cut_character_does_not_overthrow_the_declared_encoding() {
        let mut bytes = page(Some("utf-8"), &SIMPLIFIED.repeat(3)).into_bytes();
        bytes.extend_from_slice(&[0xe5, 0x8a]);
        let (_, charset) = decode(&bytes, None);
        assert_eq!((charset.used.as_str(), charset.malformed, charset.contradicted), ("UTF-8", 1, None));
    }

    #[test]
    fn plain_ascii_and_short_texts_need_no_guess() {
        assert_eq!(decode(b"hello", None).1.from, "default");
        assert_eq!(decode(&GB18030.encode("首页").0, None).0, "首页");
        assert_eq!(decode(b"", None).0, "");
    }
}
