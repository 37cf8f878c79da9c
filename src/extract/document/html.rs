//! A document as a simple page, so that the readers of pages read it too.
//!
//! Comes in: blocks. Goes out: HTML of headings, paragraphs and tables, and for a path in it the place in the document
//! in words. Must never know: what the words mean.

use super::blocks::{Block, Cell};
use crate::model::Locator;

/// The page: blocks stand directly in the body, in order.
pub(super) fn page(blocks: &[Block]) -> String {
    let mut out = String::from("<!DOCTYPE html><html><body>\n");
    for block in blocks {
        match block {
            Block::Heading(level, text) => {
                let tag = format!("h{level}");
                element(&mut out, &tag, "", text);
            }
            Block::Paragraph(text) => element(&mut out, "p", "", text),
            Block::Table(rows) => {
                out.push_str("<table>\n");
                for row in rows {
                    out.push_str("<tr>");
                    for cell in row {
                        element(&mut out, "td", &spans(cell), &cell.text);
                    }
                    out.push_str("</tr>\n");
                }
                out.push_str("</table>");
            }
        }
        out.push('\n');
    }
    out.push_str("</body></html>");
    out
}

fn spans(cell: &Cell) -> String {
    let mut out = String::new();
    for (name, count) in [("colspan", cell.columns), ("rowspan", cell.rows)] {
        if count > 1 {
            out.extend([" ", name, "=\"", &count.to_string(), "\""]);
        }
    }
    out
}

fn element(out: &mut String, tag: &str, attributes: &str, text: &str) {
    out.extend(["<", tag, attributes, ">"]);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\n' => out.push_str("<br>"),
            c => out.push(c),
        }
    }
    out.extend(["</", tag, ">"]);
}

/// What a path in the page is in the document: `table 2, row 3, cell 2`, `paragraph 5`, `heading 1`.
///
/// A heading is counted among all of its level, since that is what a path counts.
pub(super) fn place(locator: &Locator) -> Locator {
    let Locator::Selector(path) = locator else { return locator.clone() };
    let mut words = Vec::new();
    for step in path.split('>') {
        let (tag, number) = match step.split_once(":nth-of-type(") {
            Some((tag, number)) => (tag, number.trim_end_matches(')')),
            None => (step, ""),
        };
        match tag {
            "table" => words.push(format!("table {number}")),
            "tr" => words.push(format!("row {number}")),
            "td" => words.push(format!("cell {number}")),
            "p" => words.push(format!("paragraph {number}")),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => words.push(format!("heading {number} of level {}", &tag[1..])),
            _ => {}
        }
    }
    if words.is_empty() { Locator::Whole } else { Locator::Document(words.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dom::{Css, Dom};

    #[test]
    fn places_are_said_in_words() {
        let blocks = [
            Block::Heading(1, "指南".to_owned()),
            Block::Paragraph("a<b>&c\nd".to_owned()),
            Block::Table(vec![vec![Cell { columns: 2, ..Cell::new("x") }], vec![Cell::new("y"), Cell::new("z")]]),
        ];
        let source = page(&blocks);
        let dom = Dom::parse(&source);
        let at = |css: &'static str| {
            let node = dom.first(&Css::new(css)).expect("it is there");
            (node.text(), place(&node.locator()))
        };
        let document = |words: &str| Locator::Document(words.to_owned());
        assert_eq!(at("p"), ("a<b>&c d".to_owned(), document("paragraph 1")));
        assert_eq!(at("h1").1, document("heading 1 of level 1"));
        assert_eq!(at("tr + tr td + td"), ("z".to_owned(), document("table 1, row 2, cell 2")));
        assert_eq!(place(&Locator::Selector("html>body".to_owned())), Locator::Whole);
    }
}
