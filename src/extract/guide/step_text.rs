//! Steps that stand in text: arrows, lists, numbered lines, prose.
//!
//! Comes in: the content of a process. Goes out: steps, and in which manner they were written. Must never know: tables.

use super::box_words;
use super::page::Content;
use crate::extract::dom::{Node, fold};
use crate::extract::lexicon::{self, LONGEST_LABEL};
use crate::extract::text::{numbering, split_enumeration, trim_punctuation, without_numbering};
use crate::extract::time_limit;
use crate::model::{Locator, Step, TimeLimit};

/// A part between arrows that is longer than this is prose with an arrow in it.
const LONGEST_ARROW_PART: usize = 80;

/// A first clause longer than this is no name of a step.
const LONGEST_NAME: usize = 24;

/// More boxes than this are no process.
const MOST_BOXES: usize = 80;

/// How steps are written, which says how surely they are steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// A table.
    Table,
    /// Arrows between them.
    Arrows,
    /// A list or numbered lines.
    List,
    /// Running text.
    Prose,
}

impl Manner {
    /// Higher is surer. Arrows and lists are equals: the first on the page counts.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Table => 2,
            Self::Arrows | Self::List => 1,
            Self::Prose => 0,
        }
    }
}

/// Whether the words say that something does not count towards the limit.
pub(super) fn says_outside(words: &str) -> bool {
    ["不计入", "不含在", "不包含在", "不计算", "不计时限", "不包括在", "特殊环节", "不算在", "不在承诺"]
        .iter()
        .any(|word| words.contains(word))
}

/// Reads steps out of content.
pub(super) fn from_content(content: &Content<'_>) -> (Vec<Step>, Manner) {
    let lines = &content.lines;
    let drawn = drawn_boxes(content);
    if drawn.len() >= 2 {
        return (drawn.into_iter().filter_map(box_step).collect(), Manner::List);
    }
    if let Some(steps) = arrows(lines, &content.at) {
        return (steps, Manner::Arrows);
    }
    let items = list_items(content);
    if items.len() >= 2 {
        return (items.into_iter().filter_map(box_step).collect(), Manner::List);
    }
    if let Some(steps) = numbered(lines, &content.at) {
        return (steps, Manner::List);
    }
    let short = lines.len() >= 2 && lines.iter().all(|line| line.chars().count() <= LONGEST_NAME);
    if short {
        let steps = lines.iter().filter_map(|line| step(std::slice::from_ref(line), content.at.clone())).collect();
        return (steps, Manner::List);
    }
    (prose(lines, &content.at), Manner::Prose)
}

/// The step of an element, whose facts may stand in one line: 受理承办：综合窗口时限：1个工作日.
fn box_step(node: Node<'_>) -> Option<Step> {
    let lines: Vec<String> = node.lines().iter().flat_map(|line| box_words::labelled(line)).collect();
    step(&lines, node.locator())
}

/// Replaces every way to write an arrow by one character.
fn with_plain_arrows(text: &str) -> String {
    let mut out = text.to_owned();
    for arrow in [
        "——>",
        "—>",
        "－>",
        "-->",
        "->",
        "=>",
        "——›",
        "﹣>",
        "→",
        "⇒",
        "➜",
        "➔",
        "➡",
        "⟶",
        "►",
        "▶",
        "↓",
        "⬇",
        "⇓",
        "»",
        ">>",
    ] {
        out = out.replace(arrow, "\u{1}");
    }
    out
}

/// Splits a sentence at its arrows, or at dashes that stand for arrows.
fn arrow_parts(text: &str) -> Option<Vec<String>> {
    let plain = with_plain_arrows(text);
    let mark = |separator: &str, least: usize, longest: usize| {
        let parts: Vec<String> = plain
            .split(separator)
            .map(|part| {
                part.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '—' | '－' | '>' | '\u{1}'))
                    .to_owned()
            })
            .filter(|part| !part.is_empty())
            .collect();
        (parts.len() >= least && parts.iter().all(|part| part.chars().count() <= longest)).then_some(parts)
    };
    // One or two dashes may be an aside in a sentence; three short parts are a chain.
    mark("\u{1}", 2, LONGEST_ARROW_PART)
        .or_else(|| mark("——", 3, LONGEST_ARROW_PART))
        .or_else(|| mark(" - ", 3, LONGEST_NAME))
        .or_else(|| mark("--", 3, LONGEST_NAME))
        .or_else(|| mark("—", 3, LONGEST_NAME))
        .or_else(|| mark(">", 3, LONGEST_NAME))
}

pub(super) fn arrows(lines: &[String], at: &Locator) -> Option<Vec<Step>> {
    // Arrows on lines of their own, or at the ends of lines: the lines are the parts of one chain.
    let alone = |line: &String| {
        let plain = with_plain_arrows(line);
        plain.trim().starts_with('\u{1}') || plain.trim().ends_with('\u{1}')
    };
    if lines.iter().any(alone) {
        let parts = arrow_parts(&lines.join(" "))?;
        return steps_of(&parts, at);
    }
    // Several chains: the one at the counter, else the first.
    let chains: Vec<(&String, Vec<String>)> =
        lines.iter().filter_map(|line| arrow_parts(line).map(|parts| (line, parts))).collect();
    let online = |line: &String| ["网上", "线上", "在线"].iter().any(|word| line.trim_start().starts_with(word));
    let (_, parts) = chains.iter().find(|(line, _)| !online(line)).or_else(|| chains.first())?;
    steps_of(parts, at)
}

fn steps_of(parts: &[String], at: &Locator) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let mut words = part.as_str();
        // 办理流程：申请 → …: the first part may begin with a title.
        if index == 0
            && let Some((head, rest)) = words.rsplit_once(['：', ':']).filter(|(_, rest)| !rest.trim().is_empty())
            && time_limit::parse(rest).is_none()
            && (lexicon::label(head).is_some() || head.contains("流程") || head.contains("程序"))
        {
            words = rest;
        }
        steps.extend(step(&[words.to_owned()], at.clone()));
    }
    (steps.len() >= 2).then_some(steps)
}

/// All elements of the content.
fn elements<'a>(content: &Content<'a>) -> Vec<Node<'a>> {
    let all = content.roots.iter().flat_map(|root| std::iter::once(*root).chain(root.descendants()));
    all.filter(|node| content.keys.contains(&node.key())).collect()
}

/// List items that are one step each.
fn list_items<'a>(content: &Content<'a>) -> Vec<Node<'a>> {
    elements(content)
        .into_iter()
        .filter(|node| node.name() == "li" && !node.descendants().any(|inner| inner.name() == "li"))
        .filter(|node| !node.text().is_empty() && !is_arrow(&node.text()))
        .collect()
}

fn is_arrow(text: &str) -> bool {
    with_plain_arrows(text).chars().all(|c| matches!(c, '\u{1}' | ' ' | '-' | '—' | '>' | '|'))
}

/// Boxes drawn with elements whose class is a word for steps.
fn drawn_boxes<'a>(content: &Content<'a>) -> Vec<Node<'a>> {
    let is_box = |node: &Node<'a>| {
        let class = node.attr("class").unwrap_or_default().to_ascii_lowercase();
        let named = class.split_whitespace().any(|word| {
            ["step", "flow", "node", "lct", "process", "liucheng", "box", "stage", "环节"]
                .iter()
                .any(|known| word.contains(known))
                && !["arrow", "line", "title", "jiantou", "name", "num", "text", "time", "desc"]
                    .iter()
                    .any(|not| word.contains(not))
        });
        named
            && !matches!(node.name(), "table" | "tr" | "td" | "th" | "img" | "a")
            && !node.text().is_empty()
            && !is_arrow(&node.text())
    };
    let mut boxes: Vec<Node<'a>> = elements(content).into_iter().filter(is_box).collect();
    boxes.truncate(MOST_BOXES);
    // Innermost only: the box around the boxes has a class of the same kind.
    boxes.iter().copied().filter(|node| !node.descendants().any(|inner| boxes.contains(&inner))).collect()
}

fn numbered(lines: &[String], at: &Locator) -> Option<Vec<Step>> {
    let parts: Vec<String> = lines.iter().flat_map(|line| split_enumeration(line)).collect();
    if parts.iter().filter(|part| numbering(part).is_some()).count() < 2 {
        return None;
    }
    let style = parts.iter().find_map(|part| numbering(part)).map(|(mark, _)| mark.style);
    let mut grouped: Vec<Vec<String>> = Vec::new();
    for part in parts {
        // Marks of another style are points within a step.
        if numbering(&part).is_some_and(|(mark, _)| Some(mark.style) == style) {
            grouped.push(vec![part]);
        } else if let Some(last) = grouped.last_mut() {
            last.push(part);
        }
    }
    let steps: Vec<Step> = grouped.iter().filter_map(|part| step(part, at.clone())).collect();
    (steps.len() >= 2).then_some(steps)
}

/// Clauses that name an action of handling.
fn prose(lines: &[String], at: &Locator) -> Vec<Step> {
    let mut clauses: Vec<Vec<String>> = Vec::new();
    for sentence in lines.iter().flat_map(|line| line.split(['。', '；', ';'])) {
        let mut acts = false;
        for clause in sentence.split(['，', ',']).map(str::trim) {
            if lexicon::names_a_step(clause) {
                clauses.push(vec![clause.to_owned()]);
                acts = true;
            } else if let Some(last) = clauses.last_mut().filter(|_| acts && is_limit(clause)) {
                // 由登记科审查，时限5个工作日: the limit is that of the act before.
                last.push(clause.to_owned());
            }
        }
    }
    clauses.iter().filter_map(|clause| step(clause, at.clone())).collect()
}

/// Whether a clause says nothing but how long something takes.
fn is_limit(clause: &str) -> bool {
    clause.chars().count() <= LONGEST_NAME && amount(clause).is_some()
}

/// One step from its lines: name, and what stands beside it of limit and department.
pub(super) fn step(lines: &[String], at: Locator) -> Option<Step> {
    let raw = fold(&lines.join(" "));
    let mut rest = lines
        .iter()
        .map(|line| without_numbering(line))
        .filter(|line| !trim_punctuation(line).chars().all(|c| c.is_ascii_digit()) && !is_arrow(line));
    let first = rest.next()?;
    let (name, details) = split_name(first);
    // The heading of a column is no step.
    if name.is_empty() || (details.is_empty() && lexicon::columns(name).contains(&lexicon::Column::StepName)) {
        return None;
    }
    let mut step = Step {
        name: name.to_owned(),
        limit: None,
        department: None,
        outside_limit: says_outside(&raw),
        at,
        raw: raw.clone(),
    };
    if let Some((who, act)) = who_acts(name) {
        (step.name, step.department) = (act.to_owned(), Some(who.to_owned()));
    }
    let mut words: Vec<&str> = details;
    words.extend(rest);
    // What is called a limit is one: 当场 in an explanation is not.
    step.limit = labelled_limit(&raw);
    for part in words {
        note_detail(&mut step, part);
    }
    // 承诺后…5日内补正 speaks of the applicant, not of the step.
    let about_others = ["补正", "投诉", "复议", "有效期", "补齐"].iter().any(|word| raw.contains(word));
    if step.limit.is_none() && !about_others {
        step.limit = amount(&raw);
    }
    Some(step)
}

/// 由登记科审查: who does it, and what.
fn who_acts(name: &str) -> Option<(&str, &str)> {
    let rest = name.strip_prefix('由')?;
    let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
    // The longest name of an office or a head that leaves an act: 由市场监督管理局登记科审查, 由分管局领导决定.
    let is_body = |who: &str| is_department(who) || ["领导", "负责人"].iter().any(|head| who.ends_with(head));
    let mut parts = ends.map(|end| rest.split_at(end)).filter(|(who, act)| is_body(who) && lexicon::names_a_step(act));
    parts.next_back()
}

/// Name and the parts after it: brackets and what follows a colon or comma.
fn split_name(line: &str) -> (&str, Vec<&str>) {
    let end = line
        .char_indices()
        .find(|(at, c)| *at > 0 && matches!(c, '：' | ':' | '，' | ',' | '。' | '；' | ';' | '（' | '(' | '【' | '['))
        .map_or(line.len(), |(at, _)| at);
    let (head, tail) = line.split_at(end);
    // A colon after the name parts it from what follows; later ones stand between a label and its value.
    let tail = tail.trim_start_matches(['：', ':', ' ']);
    let details = tail.split(['（', '(', '）', ')', '，', ',', '；', ';', '【', '】', '[', ']', '。']).map(str::trim);
    let details = details.filter(|part| !part.is_empty()).collect();
    let head = trim_punctuation(head);
    // `受理 1个工作日`: the limit after a blank is no part of the name.
    match head.rsplit_once(' ') {
        Some((name, limit)) if amount(limit).is_some() => {
            let mut details: Vec<&str> = details;
            details.insert(0, limit);
            (trim_punctuation(name), details)
        }
        _ => (head, details),
    }
}

fn note_detail(step: &mut Step, part: &str) {
    let (head, value) = part.split_once(['：', ':']).unwrap_or(("", part));
    let columns = if head.chars().count() <= LONGEST_LABEL { lexicon::columns(head) } else { Vec::new() };
    let value = trim_punctuation(value);
    let value = ["承办", "负责", "办理"]
        .iter()
        .find_map(|verb| value.strip_suffix(verb))
        .filter(|who| is_department(who))
        .unwrap_or(value);
    if value.is_empty() || lexicon::is_placeholder(crate::model::Element::Place, value) {
        return;
    }
    let says_who = columns.contains(&lexicon::Column::StepDepartment);
    if step.limit.is_none()
        && !says_who
        && !says_outside(value)
        && let Some(limit) = amount(value).filter(|_| value.chars().count() <= LONGEST_NAME)
    {
        step.limit = Some(limit);
        return;
    }
    if step.department.is_none() && (says_who || is_department(value)) {
        step.department = Some(value.to_owned());
    }
}

/// The limit behind the words 时限, 期限 and a colon.
fn labelled_limit(words: &str) -> Option<TimeLimit> {
    let value = words.split_once("限：").or_else(|| words.split_once("限:"))?.1;
    let value = value.split(['，', ',', '。', '；', ';', '）', ')', '】', ']', ' ']).find(|part| !part.is_empty())?;
    amount(value).filter(|_| value.chars().count() <= LONGEST_NAME && !says_outside(value))
}

/// A limit that is a length of time or "on the spot".
fn amount(words: &str) -> Option<TimeLimit> {
    time_limit::parse(words).filter(|limit| limit.span != crate::model::guide::Span::NoLimit)
}

/// Whether the words are the name of an office.
pub(super) fn is_department(words: &str) -> bool {
    let count = words.chars().count();
    (2..=LONGEST_NAME).contains(&count)
        && [
            "局",
            "科",
            "窗口",
            "部门",
            "厅",
            "处",
            "中心",
            "委",
            "大厅",
            "股",
            "室",
            "队",
            "所",
            "机关",
            "委员会",
            "政府",
            "人员",
        ]
        .iter()
        .any(|ending| words.ends_with(ending))
}
