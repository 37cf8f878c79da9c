//! Masking within HTML: text between tags, and attributes that a visitor sees, without moving a single tag.
//!
//! A name often stands in another element than its label (`<th>来信人</th><td>张三丰</td>`, or a column under that
//! title), so cells are followed by row and column. This is no parser: it only has to tell text from tags.

use std::collections::BTreeSet;

use crate::model::redact;

/// Attributes that hold addresses or script: a number in them is part of an address, and a changed address is dead.
const ADDRESSES: [&str; 5] = ["href", "src", "action", "data-url", "data-href"];

/// The page with personal data masked; tags keep their places.
pub(super) fn mask(page: &str) -> String {
    let mut masker = Masker { out: String::with_capacity(page.len()), ..Masker::default() };
    let mut rest = page;
    while !rest.is_empty() {
        let (piece, after) = if rest.starts_with('<') { split_tag(rest) } else { split_text(rest) };
        if piece.starts_with('<') && piece.len() > 1 {
            masker.tag(piece);
        } else {
            masker.text(piece);
        }
        rest = after;
    }
    masker.out
}

/// Splits off a tag, a comment, or a lone `<`.
fn split_tag(rest: &str) -> (&str, &str) {
    if rest.starts_with("<!--") {
        let end = rest.find("-->").map_or(rest.len(), |at| at + 3);
        return rest.split_at(end);
    }
    if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
        return rest.split_at(1);
    }
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return rest.split_at(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None | Some(_), _) => {}
        }
    }
    rest.split_at(rest.len())
}

fn split_text(rest: &str) -> (&str, &str) {
    rest.split_at(rest.find('<').unwrap_or(rest.len()))
}

/// What the text before a piece announces.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Announced {
    #[default]
    Nothing,
    /// A label with a colon: a name follows, whatever its surname.
    Name,
    /// A label that fills its element: a name may follow.
    PerhapsName,
}

#[derive(Debug, Default)]
struct Table {
    column: usize,
    /// Columns under a title such as 来信人.
    names: BTreeSet<usize>,
}

#[derive(Debug, Default)]
struct Masker {
    out: String,
    announced: Announced,
    tables: Vec<Table>,
}

impl Masker {
    fn tag(&mut self, tag: &str) {
        match tag_name(tag).as_str() {
            "table" => self.tables.push(Table::default()),
            "/table" => drop(self.tables.pop()),
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.column = 0;
                }
                self.announced = Announced::Nothing;
            }
            "td" | "th" => match self.tables.last_mut() {
                Some(table) => table.column += 1,
                // A fragment of a table, as lists loaded by script have.
                None => self.tables.push(Table { column: 1, names: BTreeSet::new() }),
            },
            _ => {}
        }
        if tag.starts_with("<!--") {
            self.out.push_str(&redact::mask_letter(tag));
        } else {
            self.attributes(tag);
        }
    }

    /// Masks numbers in the values of attributes, addresses excepted, and names where letters show them.
    fn attributes(&mut self, tag: &str) {
        let mut rest = tag;
        while let Some(at) = rest.find('=') {
            let name = rest[..at].trim_end().rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).next();
            let name = name.unwrap_or_default().to_ascii_lowercase();
            let value_at = at + 1 + (rest[at + 1..].len() - rest[at + 1..].trim_start().len());
            let value = &rest[value_at..];
            let length = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].find(quote).map_or(value.len(), |end| end + 2),
                _ => value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len()),
            };
            let (value, after) = value.split_at(length);
            // A stray quotation mark can make text look like a tag, so numbers are masked here too.
            self.out.push_str(&redact::mask(&rest[..value_at]));
            let is_address = ADDRESSES.contains(&name.as_str()) || name.starts_with("on");
            let calls = value.trim_start_matches(['"', '\'']).to_ascii_lowercase();
            let dials = calls.starts_with("tel:") || calls.starts_with("sms:");
            if is_address && !dials {
                self.out.push_str(value);
            } else {
                self.out.push_str(&redact::mask_letter(value));
            }
            rest = after;
        }
        self.out.push_str(&redact::mask(rest));
    }

    fn text(&mut self, text: &str) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            self.out.push_str(text);
            return;
        }
        let in_name_column = self.tables.last().is_some_and(|table| table.names.contains(&table.column))
            && redact::looks_like_name(trimmed);
        let named = match self.announced {
            Announced::Nothing => in_name_column,
            Announced::Name => (2..=4).contains(&trimmed.chars().count()) && trimmed.chars().all(is_han),
            Announced::PerhapsName => redact::looks_like_name(trimmed),
        };
        if named || in_name_column {
            self.out.push_str(&text.replacen(trimmed, &redact::mask_name(trimmed), 1));
            self.announced = Announced::Nothing;
            return;
        }
        self.announced = announces(trimmed);
        if self.announced == Announced::PerhapsName
            && let Some(table) = self.tables.last_mut()
        {
            table.names.insert(table.column);
        }
        self.out.push_str(&redact::mask_letter(text));
    }
}

fn announces(text: &str) -> Announced {
    let bare = text.trim_end_matches(['：', ':', ' ', '\u{3000}']);
    if redact::LABELS.contains(&bare) && bare.len() == text.len() {
        Announced::PerhapsName
    } else if bare.len() < text.len() && redact::LABELS.iter().any(|label| bare.ends_with(label)) {
        Announced::Name
    } else {
        Announced::Nothing
    }
}

fn tag_name(tag: &str) -> String {
    let name = tag[1..].find(|c: char| c.is_whitespace() || c == '>').map_or(&tag[1..], |end| &tag[1..=end]);
    name.to_ascii_lowercase()
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_across_elements_and_down_columns() {
        for (page, safe) in [
            ("<b>来信人：</b><i>诸葛孔明</i>", "<b>来信人：</b><i>诸***</i>"),
            ("<th>姓名</th><td> 张三丰 </td>", "<th>姓名</th><td> 张** </td>"),
            (
                "<table><tr><td>标题</td><td>网友</td></tr><tr><td>王府</td><td>李四</td></tr></table>",
                "<table><tr><td>标题</td><td>网友</td></tr><tr><td>王府</td><td>李*</td></tr></table>",
            ),
        ] {
            assert_eq!(mask(page), safe);
        }
    }

    #[test]
    fn titles_beside_a_name_column_stay() {
        let page = "<table><tr><th>来信人</th><th>方式</th><th>办理状态</th></tr></table>";
        assert_eq!(mask(page), page);
    }

    #[test]
    fn numbers_are_masked_in_text_and_shown_attributes_but_not_in_addresses() {
        assert_eq!(
            mask("<a href='/x?id=13812345678' title='13812345678'>13812345678</a><a href=\"tel:13812345678\">"),
            "<a href='/x?id=13812345678' title='138****5678'>138****5678</a><a href=\"tel:138****5678\">"
        );
    }

    #[test]
    fn neighboring_cells_do_not_run_together() {
        let page = "<td>1</td><td>3812345678</td><td>2020-03-30</td>";
        assert_eq!(mask(page), page);
    }

    #[test]
    fn broken_markup_is_passed_through() {
        for page in ["<", "a < b", "<a title='x", "<!-- no end", "<a =", "</", "<td", "<a b=\"1\"c>", "<é"] {
            assert_eq!(mask(page), page);
        }
    }
}
