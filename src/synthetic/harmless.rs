//! Harmless variations: another dress for the same words. Nothing may be accused because of one.

use super::random::Random;
use super::words::widened;

/// A change of a page's text that changes nothing that it says.
type Variation = fn(&str) -> String;

/// Every variation.
const VARIATIONS: &[Variation] = &[byte_order_mark, padded, full_width_days, commented, upper_case_tags, entities];

/// Puts the page into another dress, now and then.
pub(super) fn vary(text: &str, random: &mut Random) -> String {
    if random.chance(40) { (random.pick(VARIATIONS))(text) } else { text.to_owned() }
}

fn byte_order_mark(text: &str) -> String {
    format!("\u{feff}{text}")
}

fn padded(text: &str) -> String {
    between_tags(text, |words| {
        if words.trim().is_empty() { words.to_owned() } else { format!("\r\n\t {words}&nbsp;\u{3000}\r\n") }
    })
}

fn full_width_days(text: &str) -> String {
    between_tags(text, |words| {
        if words.contains("工作日") && !words.contains(':') { widened(words) } else { words.to_owned() }
    })
}

fn commented(text: &str) -> String {
    text.replace("<td>", "<td><!-- 旧：5个工作日 -->").replace("</p>", "<!-- end --></p>")
}

fn upper_case_tags(text: &str) -> String {
    ["table", "tr", "td", "th", "p", "div"].iter().fold(text.to_owned(), |text, tag| {
        let upper = tag.to_ascii_uppercase();
        text.replace(&format!("<{tag}>"), &format!("<{upper}>")).replace(&format!("</{tag}>"), &format!("</{upper}>"))
    })
}

fn entities(text: &str) -> String {
    between_tags(text, |words| {
        words
            .chars()
            .map(|c| if c == '工' || c == '办' { format!("&#{};", u32::from(c)) } else { c.to_string() })
            .collect()
    })
}

/// Changes the text between tags, outside scripts and drawings.
fn between_tags(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut inside: Option<&str> = None;
    while let Some(open) = rest.find('<') {
        let words = &rest[..open];
        out.push_str(&if inside.is_some() { words.to_owned() } else { change(words) });
        let close = rest[open..].find('>').map_or(rest.len(), |close| open + close + 1);
        let tag = &rest[open..close];
        inside = match inside {
            Some(name) if tag.starts_with("</") && tag[2..].starts_with(name) => None,
            None => ["script", "svg", "title"].into_iter().find(|name| tag[1..].starts_with(name)),
            still => still,
        };
        out.push_str(tag);
        rest = &rest[close..];
    }
    out + rest
}
