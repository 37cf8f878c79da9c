//! The one door to XML: elements and text in order, within ceilings.
//!
//! Comes in: the bytes of a part. Goes out: events with local names; entities of a DTD stay unknown, so that nothing
//! multiplies. Must never know: which format the part belongs to.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::limits;

/// What a walk meets.
pub(super) enum Piece<'a> {
    /// An element begins.
    Start(Tag<'a>),
    /// An element ends; its local name.
    End(&'a str),
    /// Text.
    Text(&'a str),
}

/// A start tag.
pub(super) struct Tag<'a> {
    start: &'a BytesStart<'a>,
}

impl Tag<'_> {
    /// Name without prefix.
    pub(super) fn name(&self) -> &str {
        local(self.start)
    }

    /// An attribute by its name without prefix.
    pub(super) fn attr(&self, name: &str) -> Option<String> {
        let mut attributes = self.start.attributes();
        attributes
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|attribute| attribute.key.local_name().into_inner() == name)
            .map(|attribute| unescape(&attribute.value))
    }

    /// An attribute that is a small number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.attr(name).and_then(|value| value.trim().parse().ok())
    }
}

fn local<'a>(start: &'a BytesStart<'_>) -> &'a str {
    let name: &str = start.name().0;
    // The name borrows from the tag; its local part begins after the prefix.
    let at = start.find(name).unwrap_or(0);
    let whole = &start[at..at + name.len()];
    whole.split_once(':').map_or(whole, |(_, local)| local)
}

/// A count of XML events that several parts share.
#[derive(Debug, Default)]
pub(super) struct Work {
    events: usize,
}

/// Walks over a part. Says whether all of it was seen: no ceiling met, no fault in the markup.
pub(super) fn walk(bytes: &[u8], work: &mut Work, mut on: impl FnMut(Piece<'_>)) -> bool {
    let text = decode(bytes);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut depth = 0_usize;
    loop {
        work.events += 1;
        if work.events > limits::XML_EVENTS || depth > limits::DEPTH {
            return false;
        }
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                depth += 1;
                on(Piece::Start(Tag { start: &start }));
            }
            Ok(Event::Empty(start)) => {
                on(Piece::Start(Tag { start: &start }));
                on(Piece::End(local(&start)));
            }
            Ok(Event::End(end)) => {
                depth = depth.saturating_sub(1);
                let name: &str = end.name().0;
                on(Piece::End(name.split_once(':').map_or(name, |(_, local)| local)));
            }
            Ok(Event::Text(text)) => on(Piece::Text(&text)),
            Ok(Event::CData(text)) => on(Piece::Text(&text)),
            Ok(Event::GeneralRef(name)) => {
                if let Some(c) = entity(&name) {
                    on(Piece::Text(c.encode_utf8(&mut [0; 4])));
                }
            }
            Ok(Event::Eof) => return depth == 0,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(_) => return false,
        }
    }
}

/// An attribute's value with its references resolved.
fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some((name, next)) = after.split_once(';') else { break };
        out.extend(entity(name));
        rest = next;
    }
    out.push_str(rest);
    out
}

/// A character reference or one of the five entities that XML itself has.
fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0,
        None => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(source: &str) -> (String, bool) {
        let mut out = String::new();
        let whole = walk(source.as_bytes(), &mut Work::default(), |piece| match piece {
            Piece::Start(tag) => out.extend(["<".to_owned(), tag.name().to_owned(), format!(" {:?}", tag.attr("v"))]),
            Piece::End(name) => out.extend([">", name]),
            Piece::Text(text) => out.push_str(text),
        });
        (out, whole)
    }

    #[test]
    fn names_lose_their_prefix_and_entities_are_read() {
        let (out, whole) = seen("<w:p w:v='a&amp;b'>x &lt;&#x4e2d;<w:br/></w:p>");
        assert_eq!((out.as_str(), whole), ("<p Some(\"a&b\")x <中<br None>br>p", true));
    }

    #[test]
    fn entities_that_a_document_defines_stay_unknown() {
        let source = "<!DOCTYPE a [<!ENTITY b 'boom'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>";
        assert_eq!(seen(source), ("<a None>a".to_owned(), true));
    }

    #[test]
    fn depth_and_broken_markup_end_the_walk() {
        assert!(!seen(&"<a>".repeat(limits::DEPTH + 10)).1);
        assert!(!seen("<a><b").1);
        assert!(!seen("<a>").1);
    }
}
