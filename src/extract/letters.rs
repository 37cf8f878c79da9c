//! Letters that are not rows of a table: boxes with labels, single letters, bare list items.
//!
//! Comes in: a page. Goes out: a [`ReplyList`]. Must never know: tables with headings; those are read elsewhere.

use super::dates;
use super::dom::{Css, Node};
use super::links::words_of;
use super::page::Page;
use super::replies::{Draft, column_of, is_about_letters, is_open_words, row_topic, title_words, topic_of_page};
use super::words::{any, width};
use crate::model::{Reply, ReplyList};

/// Labels of the day of submission that stand on letters and on nothing else.
const ASKED: [&str; 14] = [
    "咨询时间",
    "来信时间",
    "写信时间",
    "投诉时间",
    "留言时间",
    "提问时间",
    "来信日期",
    "咨询日期",
    "投诉日期",
    "诉求时间",
    "举报时间",
    "信件时间",
    "写信日期",
    "提交时间",
];
const ANSWERED: [&str; 10] = [
    "回复时间",
    "答复时间",
    "回复日期",
    "答复日期",
    "反馈时间",
    "办结时间",
    "办结日期",
    "处理时间",
    "办复时间",
    "回应时间",
];
const AGENCY: [&str; 9] =
    ["回复单位", "办理单位", "答复单位", "处理单位", "承办单位", "受理单位", "答复部门", "办理部门", "回复部门"];
const NUMBER: [&str; 5] = ["信件编号", "受理编号", "诉求编号", "编号", "查询码"];
const TITLE: [&str; 9] =
    ["来信主题", "信件标题", "咨询标题", "投诉标题", "咨询主题", "投诉主题", "来信标题", "信息标题", "标题"];
const STATE: [&str; 5] = ["办理状态", "处理状态", "信件状态", "回复状态", "状态"];
const KIND: [&str; 4] = ["信件类型", "来信类型", "诉求类型", "信件类别"];
/// Labels of texts; their presence shows that the page is a letter.
const TEXTS: [&str; 12] = [
    "信件内容",
    "来信内容",
    "咨询内容",
    "投诉内容",
    "留言内容",
    "回复内容",
    "答复内容",
    "办理结果",
    "处理结果",
    "回复意见",
    "答复意见",
    "受理意见",
];

/// Labels are searched in this many lines; letters are short, pages of laws are not.
const MAX_LINES: usize = 5000;

/// A page of a list has no more letters than this; each is searched for in its surroundings.
const MAX_BOXES: usize = 200;

/// The label in a line and the words after it, up to the next label.
fn after_label<'t>(line: &'t str, labels: &[&str]) -> Option<&'t str> {
    let (at, label) = labels.iter().filter_map(|label| line.find(label).map(|at| (at, *label))).min()?;
    let rest = &line[at + label.len()..];
    let end = every_label().filter_map(|other| rest.find(other)).min().unwrap_or(rest.len());
    Some(
        rest[..end]
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':' | '|' | '【' | '】' | '[' | ']')),
    )
}

/// The words of a line before its first label or day: a title without a link.
fn before_labels(line: &str) -> &str {
    let end = every_label().filter_map(|label| line.find(label)).min().unwrap_or(line.len());
    let end = dates::find_all(line).first().map_or(end, |found| found.range.start.min(end));
    line[..end].trim()
}

/// All labels that letters have.
fn every_label() -> impl Iterator<Item = &'static str> {
    let all: [&'static [&'static str]; 8] = [&ASKED, &ANSWERED, &AGENCY, &NUMBER, &TITLE, &STATE, &KIND, &TEXTS];
    all.into_iter().flatten().copied()
}

/// The value of a label: the words after it, or the next line.
fn value(lines: &[String], labels: &[&str]) -> Option<String> {
    lines.iter().enumerate().take(MAX_LINES).find_map(|(index, line)| {
        let after = after_label(line, labels)?;
        if !after.is_empty() {
            return Some(after.to_owned());
        }
        let next = lines.get(index + 1)?;
        let is_label = every_label().any(|label| next.contains(label));
        (!is_label).then(|| next.trim_matches(['：', ':', ' ']).to_owned())
    })
}

/// A letter from labelled lines.
fn letter(page: &Page<'_>, box_: Node<'_>, lines: &[String]) -> Option<Reply> {
    let asked_words = value(lines, &ASKED).unwrap_or_default();
    let answered_words = value(lines, &ANSWERED).unwrap_or_default();
    let asked = dates::of_cell(&asked_words, page.date);
    let answered = dates::of_cell(&answered_words, page.date);
    if asked.is_none() && answered.is_none() {
        return None;
    }
    let link = box_.select(&Css::new("a")).into_iter().max_by_key(|link| width(&words_of(*link)));
    let title = value(lines, &TITLE)
        .or_else(|| link.map(words_of).filter(|words| width(words) >= 4))
        .or_else(|| lines.iter().map(|line| before_labels(line)).find(|words| width(words) >= 4).map(str::to_owned))
        .unwrap_or_default();
    let state = value(lines, &STATE).unwrap_or_else(|| {
        // A state without a label is a short word of its own.
        let words: Vec<String> = lines.iter().filter(|line| width(line) <= 8).cloned().collect();
        format!("{} {answered_words}", words.join(" "))
    });
    Some(
        Draft {
            number: value(lines, &NUMBER).filter(|number| !number.is_empty() && width(number) <= 40),
            topic: value(lines, &KIND).as_deref().and_then(row_topic),
            title,
            asked,
            answered,
            is_open: is_open_words(&state),
            agency: value(lines, &AGENCY).filter(|agency| width(agency) <= 60),
            url: link.and_then(|link| link.attr("href")).and_then(|href| page.resolve(href)),
            raw: format!("{asked_words} {answered_words}").trim().to_owned(),
        }
        .finish(box_),
    )
}

/// The elements that hold a label of the day of submission.
fn asked_labels<'a>(page: &Page<'a>) -> Vec<Node<'a>> {
    page.dom
        .elements()
        .filter(|node| {
            !matches!(node.name(), "script" | "style" | "title" | "option" | "label" | "noscript" | "textarea")
        })
        .filter(|node| any(&node.own_text(), &ASKED))
        .take(MAX_BOXES)
        .collect()
}

/// A letter with its reply has no more text than this in a list; beyond it the box is the list.
const LETTER_BYTES: usize = 8000;

/// Whether a box holds the label of one letter only.
fn is_one_letter(box_: Node<'_>) -> bool {
    let text = box_.text_up_to(LETTER_BYTES);
    text.len() < LETTER_BYTES && ASKED.iter().map(|label| text.matches(label).count()).sum::<usize>() == 1
}

/// A list of boxes, each with its own labels.
pub(super) fn boxes(page: &Page<'_>) -> Option<ReplyList> {
    let labels = asked_labels(page);
    if labels.len() < 2 {
        return None;
    }
    let mut list =
        ReplyList { topic: topic_of_page(page, ""), letters: Vec::new(), unreadable: 0, at: labels[0].locator() };
    for (index, label) in labels.iter().enumerate() {
        // The largest box that still belongs to this letter alone.
        let mut box_ = *label;
        while let Some(around) = box_.parent().filter(|around| around.name() != "body" && is_one_letter(*around)) {
            box_ = around;
        }
        if index == 0
            && let Some(around) = box_.parent()
        {
            list.at = around.locator();
        }
        match letter(page, box_, &box_.lines()) {
            Some(letter) => list.letters.push(letter),
            None => list.unreadable += 1,
        }
    }
    (!list.letters.is_empty()).then_some(list)
}

/// A page with one letter: label and value side by side, in whatever elements.
pub(super) fn single(page: &Page<'_>) -> Option<ReplyList> {
    let labels = asked_labels(page);
    let [label] = labels.as_slice() else { return None };
    let lines = page.dom.root().lines();
    let is_letter =
        lines.iter().any(|line| any(line, &TEXTS) || any(line, &ANSWERED) || any(line, &["处理状态", "办理状态"]));
    if !is_letter {
        return None;
    }
    let mut letter = letter(page, *label, &lines)?;
    if value(&lines, &TITLE).is_none_or(|title| title.is_empty()) {
        letter.title = crate::model::redact::excerpt(page.title_words());
    }
    // The page itself is the letter's place.
    letter.url = Some(page.url.clone());
    let topic = topic_of_page(page, &label.own_text());
    Some(ReplyList { topic, letters: vec![letter], unreadable: 0, at: label.locator() })
}

/// List items with days and states but no labels, on a page that is about letters.
pub(super) fn bare_items(page: &Page<'_>) -> Option<ReplyList> {
    if !is_about_letters(page) {
        return None;
    }
    let is_mailbox =
        any(&page.about, &["信件", "来信", "信箱", "留言", "咨询回复", "投诉回复", "回复选登", "答复选登"]);
    let mut letters = Vec::new();
    let mut place = None;
    for item in page.dom.select(&Css::new("li")) {
        // Neighboring elements may stand without a blank between them, so each is read by itself.
        let days: Vec<_> = std::iter::once(item)
            .chain(item.descendants())
            .map(Node::own_text)
            .flat_map(|words| dates::find_all(&words).into_iter().map(move |found| (found.date, words.clone())))
            .collect();
        let states: Vec<String> =
            item.descendants().map(Node::own_text).filter(|words| (2..=8).contains(&width(words))).collect();
        let states = states.join(" ");
        let has_state = is_open_words(&states) || any(&states, &["已回复", "已答复", "已办结", "已处理"]);
        let is_letter = (days.len() == 2 || (days.len() == 1 && (has_state || is_mailbox)))
            && item.first(&Css::new("li")).is_none()
            && item.first(&Css::new("a")).is_some();
        if !is_letter {
            continue;
        }
        let asked = days.iter().map(|(date, _)| *date).min();
        let answered = (days.len() == 2).then(|| days.iter().map(|(date, _)| *date).max()).flatten();
        let link = item.first(&Css::new("a"));
        place.get_or_insert_with(|| item.parent().unwrap_or(item).locator());
        letters.push(
            Draft {
                number: None,
                topic: None,
                title: title_words(item),
                asked,
                answered,
                is_open: is_open_words(&states),
                agency: None,
                url: link.and_then(|link| link.attr("href")).and_then(|href| page.resolve(href)),
                raw: days.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join(" "),
            }
            .finish(item),
        );
    }
    let headings: String = page
        .dom
        .elements()
        .map(Node::own_text)
        .filter(|words| column_of(words).is_some())
        .take(20)
        .collect::<Vec<_>>()
        .join(" ");
    let at = place?;
    (letters.len() >= 2).then(|| ReplyList { topic: topic_of_page(page, &headings), letters, unreadable: 0, at })
}

#[cfg(test)]
mod tests {
    use super::super::replies::{Found, read};
    use super::super::testing::with_page;
    use super::*;
    use crate::model::interaction::Topic;

    fn found(html: &str) -> Option<(ReplyList, bool)> {
        with_page("http://h.test/hd/x.html", html, |page| match read(page) {
            Some(Found::List(list)) => Some((list, false)),
            Some(Found::One(list)) => Some((list, true)),
            None => None,
        })
    }

    fn days(letter: &Reply) -> String {
        let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
        format!("{}/{}{}", day(letter.asked), day(letter.answered), if letter.open { " open" } else { "" })
    }

    #[test]
    fn a_letter_of_label_and_value_cells_is_read() {
        let html = "<title>市长信箱</title><table><tr><td class=t>信件编号</td><td class=c>20260510008</td></tr>\
            <tr><td>来信主题</td><td>咨询落户</td></tr><tr><td>来信时间</td><td>2026年5月10日</td></tr>\
            <tr><td>信件内容</td><td>王小明先生问</td></tr><tr><td>回复时间</td><td>2026年5月12日</td></tr>\
            <tr><td>回复单位</td><td>公安局</td></tr></table>";
        let (list, single) = found(html).expect("a letter");
        assert!(single);
        assert_eq!(days(&list.letters[0]), "2026-05-10/2026-05-12");
        assert_eq!((list.letters[0].key.as_str(), list.letters[0].title.as_str()), ("20260510008", "咨询落户"));
        assert_eq!(list.letters[0].agency.as_deref(), Some("公安局"));
    }

    #[test]
    fn boxes_with_labels_are_a_list() {
        let html = "<h2>投诉公开</h2><div class=l><div class=i><a href=1>路灯不亮怎么办</a><p>投诉时间：2026-10-08 \
            回复时间：2026-10-12</p></div><div class=i><a href=2>井盖丢失怎么办</a><p>投诉时间：2026-10-09</p><em>处理中</em></div></div>";
        let (list, single) = found(html).expect("a list");
        assert!(!single);
        assert_eq!(list.letters.iter().map(days).collect::<Vec<_>>(), ["2026-10-08/2026-10-12", "2026-10-09/ open"]);
        assert_eq!((list.topic, list.letters[1].title.as_str()), (Some(Topic::Complaint), "井盖丢失怎么办"));
    }

    #[test]
    fn a_letter_without_a_link_keeps_its_title() {
        let item = |words: &str, days: &str| {
            ["<li><b>", words, "</b> <span>编号：7</span> <span>咨询时间：", days, "</span></li>"].concat()
        };
        let html =
            ["<h1>咨询回复</h1><ul>", &item("公章遗失怎么办", "2026-10-08"), &item("如何参保", "2026-10-09"), "</ul>"]
                .concat();
        let (list, _) = found(&html).expect("a list");
        assert_eq!(list.letters[0].title, "公章遗失怎么办");
        assert_eq!(days(&list.letters[0]), "2026-10-08/");
    }

    #[test]
    fn bare_items_need_a_page_about_letters() {
        let items = "<ul><li><a href=1>如何参保登记</a><i>2026-10-08</i><i>2026-10-09</i></li>\
            <li><a href=2>如何办理落户</a><i>2026-11-08</i><b>待回复</b></li></ul>";
        let (list, _) = found(&format!("<h1>咨询回复</h1>{items}")).expect("a list");
        assert_eq!(list.letters.iter().map(days).collect::<Vec<_>>(), ["2026-10-08/2026-10-09", "2026-11-08/ open"]);
        assert_eq!(list.topic, Some(Topic::Consultation));
        assert!(found(&format!("<h1>通知公告</h1>{items}")).is_none());
    }

    #[test]
    fn a_form_that_asks_for_a_letter_is_not_one() {
        assert!(found("<h1>我要咨询</h1><form><label>咨询内容</label><textarea></textarea></form>").is_none());
    }
}
