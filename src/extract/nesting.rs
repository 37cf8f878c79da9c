//! Guards the parser: markup nested so deeply, or formatted so perversely, that a tree of it would take minutes.
//!
//! Comes in: text. Goes out: whether it may be parsed. Must never know: what the page says.

/// Deepest nesting that is parsed. Browsers stop at 512 as well; the deepest real portal page we know has 41 levels.
/// The parser looks through all open elements at many tags, so its time grows with the square of the depth.
pub(super) const MAX_DEPTH: usize = 512;

/// Copies of unclosed formatting elements that the parser may have to make. Each block after an unclosed `<b>`,
/// `<font>` … gets a copy of it; the worst real page made a few thousand, a hostile one makes millions.
const MAX_COPIES: usize = 500_000;

/// The parser keeps at most three equal formatting elements open.
const EQUAL_FORMATTING: usize = 3;

const VOID: [&str; 16] = [
    "area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param", "source",
    "track", "wbr",
];
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements whose end tag may be left out, and before which an open one of the same kind ends.
const SELF_ENDING: [&str; 15] =
    ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "rp", "rt"];
/// Elements that an omitted end tag does not reach across.
const BOUNDARY: [&str; 7] = ["table", "ul", "ol", "dl", "select", "div", "body"];
/// Elements whose content is not markup.
const RAW: [&str; 6] = ["script", "style", "textarea", "title", "xmp", "noscript"];

/// Whether the text may be handed to the parser.
pub(super) fn may_be_parsed(text: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut formatting: Vec<&str> = Vec::new();
    let mut copies = 0_usize;
    let mut rest = text;
    while let Some(found) = rest.find('<') {
        rest = &rest[found + 1..];
        if let Some(after) = rest.strip_prefix("!--") {
            rest = after.find("-->").map_or("", |end| &after[end..]);
            continue;
        }
        let closing = rest.starts_with('/');
        let name_start = usize::from(closing);
        let name_length = rest.as_bytes()[name_start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if name_length == 0 {
            continue;
        }
        let name = &rest[name_start..name_start + name_length];
        let tag_end = rest.find('>').unwrap_or(rest.len());
        let tag = &rest[..tag_end];
        rest = &rest[tag_end..];
        // Only drawings know elements that end themselves.
        let ends_itself = tag.ends_with('/') && open.iter().any(|known| known.eq_ignore_ascii_case("svg"));
        if closing {
            close(name, &mut open, &mut formatting);
        } else if !is_one_of(&VOID, name) && !ends_itself {
            if is_one_of(&RAW, name) {
                rest = skip_raw(rest, name);
                continue;
            }
            start(name, tag, &mut open, &mut formatting);
        }
        if (closing && !is_one_of(&FORMATTING, name)) || is_one_of(&SELF_ENDING, name) {
            copies += formatting.len();
        }
        if open.len() > MAX_DEPTH || copies > MAX_COPIES {
            return false;
        }
    }
    true
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn start<'a>(name: &'a str, tag: &'a str, open: &mut Vec<&'a str>, formatting: &mut Vec<&'a str>) {
    if is_one_of(&SELF_ENDING, name) {
        let earlier = open
            .iter()
            .enumerate()
            .rev()
            .take_while(|(_, known)| !is_one_of(&BOUNDARY, known))
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
            .map(|(index, _)| index);
        if let Some(index) = earlier {
            open.truncate(index);
        }
    }
    // A table cell begins with a clean slate.
    if name.eq_ignore_ascii_case("td") || name.eq_ignore_ascii_case("th") {
        formatting.clear();
    }
    if is_one_of(&FORMATTING, name) {
        let equal = formatting.iter().filter(|known| **known == tag).count();
        if equal < EQUAL_FORMATTING {
            formatting.push(tag);
        }
        // A second link ends the first.
        if name.eq_ignore_ascii_case("a")
            && let Some(index) = open.iter().rposition(|known| known.eq_ignore_ascii_case("a"))
        {
            open.remove(index);
        }
    }
    open.push(name);
}

fn close(name: &str, open: &mut Vec<&str>, formatting: &mut Vec<&str>) {
    if is_one_of(&FORMATTING, name) {
        let same = |tag: &&str| {
            tag.len() >= name.len()
                && tag.is_char_boundary(name.len())
                && tag[..name.len()].eq_ignore_ascii_case(name)
                && !tag[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
        };
        if let Some(index) = formatting.iter().rposition(same) {
            formatting.remove(index);
        }
    }
    if let Some(index) = open.iter().rposition(|known| known.eq_ignore_ascii_case(name)) {
        open.truncate(index);
    }
}

/// What follows the end tag of a raw text element; the whole rest belongs to it if there is none.
fn skip_raw<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(found) = rest[from..].find("</") {
        let after = from + found + 2;
        let end = after + name.len();
        if rest.get(after..end).is_some_and(|word| word.eq_ignore_ascii_case(name)) {
            return &rest[end..];
        }
        from = after;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_depth_is_refused_and_ordinary_depth_is_not() {
        assert!(!may_be_parsed(&"<div>".repeat(MAX_DEPTH + 1)));
        assert!(may_be_parsed(&format!("{}{}", "<div>".repeat(100), "</div>".repeat(100)).repeat(50)));
    }

    #[test]
    fn omitted_end_tags_are_not_depth() {
        assert!(may_be_parsed(&format!("<ul>{}</ul>", "<li>x<p>y<br><img src=a>".repeat(3000))));
        assert!(may_be_parsed(&format!("<table>{}</table>", "<tr><td><font color=red>1<td>2".repeat(3000))));
        assert!(may_be_parsed(&"<a href=1>x".repeat(3000)));
        assert!(may_be_parsed(&format!("<select>{}</select>", "<option>x".repeat(3000))));
    }

    #[test]
    fn scripts_and_comments_are_not_markup() {
        let tags = "<div>".repeat(2000);
        assert!(may_be_parsed(&format!("<script>var a='{tags}'</script><!-- {tags} --><p>x")));
        assert!(!may_be_parsed(&format!("<script>1</script>{tags}")));
    }

    #[test]
    fn unclosed_formatting_that_multiplies_is_refused() {
        let formats: String = (0..400).flat_map(|n| ["<b id=".to_owned(), n.to_string(), ">".to_owned()]).collect();
        assert!(!may_be_parsed(&format!("<p>{formats}{}", "</p><p>x".repeat(3000))));
    }
}
