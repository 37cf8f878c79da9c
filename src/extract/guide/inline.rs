//! `label：value` in one text, once or several times in a row.
//!
//! Comes in: a page. Goes out: fields whose value is part of a text. Must never know: what values mean.

use super::fields::{Field, Layout, MOST_FIELDS};
use super::page::{Content, Page};
use crate::extract::dom::Node;
use crate::extract::lexicon::{self, LONGEST_LABEL, Label, Meaning};
use crate::extract::time_limit;
use crate::model::Element;

/// Text longer than this is not searched for labels.
const LONGEST_TEXT: usize = 6_000;

/// Siblings looked at to tell whether an inline element stands among blocks.
const SIBLINGS: usize = 64;

/// Collects the labelled parts of all texts.
pub(super) fn fields<'a>(page: &Page<'a>) -> Vec<Field<'a>> {
    let mut found = Vec::new();
    for node in &page.nodes {
        if !is_leaf(*node) || page.is_furniture(*node) || page.is_linked(*node) || page.label(*node).is_some() {
            continue;
        }
        let lines = node.lines();
        found.extend(lines.iter().filter_map(|line| sentence(*node, line)));
        let has_colon = lines.iter().any(|line| line.contains(['：', ':']));
        if !has_colon || lines.iter().map(String::len).sum::<usize>() > LONGEST_TEXT * 3 {
            continue;
        }
        read(*node, &lines, &mut found);
        if found.len() >= MOST_FIELDS {
            break;
        }
    }
    found
}

/// A block whose own text is not broken by other blocks, or an inline element that stands among blocks.
fn is_leaf(node: Node<'_>) -> bool {
    let holds_block = node.children().any(|child| child.is_block() && child.name() != "br");
    if holds_block {
        return false;
    }
    let block = node.is_block()
        && !matches!(node.name(), "tr" | "table" | "ul" | "ol" | "dl" | "br" | "hr" | "tbody" | "option");
    let inline = matches!(node.name(), "span" | "b" | "strong" | "label" | "em" | "font");
    let beside_blocks = || {
        // A wide row of inline elements has no block among the first either.
        let parent = node.parent();
        parent.is_some_and(|parent| {
            parent.children().take(SIBLINGS).any(|child| child.is_block() && child.name() != "br")
        })
    };
    block || (inline && beside_blocks())
}

/// `本事项承诺办结时限为20个工作日`: the one kind of sentence that states a value without a colon.
fn sentence<'a>(node: Node<'a>, line: &str) -> Option<Field<'a>> {
    let (head, rest) = line.split_once("限为").filter(|(head, _)| head.ends_with(['时', '期']))?;
    let words = format!("{head}限");
    let words = words.rsplit(['。', '；', ';', '，', ',']).next().unwrap_or_default();
    let words = ["本事项的", "本事项", "该事项的", "该事项", "本业务"]
        .iter()
        .find_map(|start| words.strip_prefix(start))
        .unwrap_or(words);
    let label = lexicon::label(words)?;
    let value = rest.split(['。', '；', ';', '，', ',']).next().unwrap_or_default().trim();
    let is_limit = matches!(label.meaning, Meaning::Element(Element::PromisedLimit | Element::StatutoryLimit));
    if !is_limit || time_limit::parse(value).is_none() {
        return None;
    }
    let content = Content::of_text(vec![value.to_owned()], node.locator());
    let mut field = Field::new(node, &label, Content { roots: vec![node], ..content }, Layout::Inline);
    words.clone_into(&mut field.label);
    Some(field)
}

/// A label and the text after it.
struct Part {
    label: Label,
    words: String,
    lines: Vec<String>,
}

fn read<'a>(node: Node<'a>, lines: &[String], found: &mut Vec<Field<'a>>) {
    let mut parts: Vec<Part> = Vec::new();
    for line in lines {
        let (head, labelled) = segments(line);
        if let (Some(last), false) = (parts.last_mut(), head.is_empty()) {
            last.lines.push(head.to_owned());
        }
        parts.extend(labelled);
    }
    if parts.is_empty() {
        return;
    }
    let at = node.locator();
    for part in parts.into_iter().filter(|part| part.label.meaning != Meaning::Border) {
        let lines: Vec<String> = part.lines.into_iter().filter(|line| !line.is_empty()).collect();
        let mut content = Content::of_text(lines, at.clone());
        content.roots.push(node);
        content.media = node.descendants().filter(|inner| matches!(inner.name(), "a" | "img")).collect();
        let mut field = Field::new(node, &part.label, content, Layout::Inline);
        field.label = part.words;
        found.push(field);
    }
}

/// Splits a line at its labels: the text before the first, and each label with its text.
fn segments(line: &str) -> (&str, Vec<Part>) {
    let mut borders: Vec<(usize, usize, Label)> = Vec::new();
    for (at, colon) in line.char_indices().filter(|(_, c)| matches!(c, '：' | ':')) {
        let from = borders.last().map_or(0, |(_, end, _)| *end);
        if let Some((start, label)) = label_before(&line[from..at]) {
            borders.push((from + start, at + colon.len_utf8(), Label { colon: true, ..label }));
        }
    }
    let Some((first, _, _)) = borders.first() else { return (line, Vec::new()) };
    let head = line[..*first].trim();
    let parts = borders
        .iter()
        .enumerate()
        .map(|(index, (start, end, label))| {
            let until = borders.get(index + 1).map_or(line.len(), |(next, _, _)| *next);
            Part {
                label: label.clone(),
                words: line[*start..*end].trim_end_matches(['：', ':']).to_owned(),
                lines: vec![line[*end..until].trim().to_owned()],
            }
        })
        .collect();
    (head, parts)
}

/// The label at the end of `text`, which must begin the text or follow the end of a sentence.
fn label_before(text: &str) -> Option<(usize, Label)> {
    let starts = std::iter::once(0).chain(
        text.char_indices()
            .filter(|(_, c)| matches!(c, '。' | '；' | ';' | '！' | ' ' | '\u{3000}' | '，' | ',' | '|'))
            .map(|(at, c)| at + c.len_utf8()),
    );
    starts
        .filter(|start| text[*start..].chars().count() <= LONGEST_LABEL)
        .find_map(|start| lexicon::label(text[start..].trim()).map(|label| (start, label)))
}
