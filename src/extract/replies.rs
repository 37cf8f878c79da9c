//! Published letters and replies: lists in rows, lists in boxes, single letters.
//!
//! Comes in: a page. Goes out: a [`ReplyList`] with days, agency and masked titles; the letters' texts are not kept.
//! Must never know: what is in time. A letter of which the page shows only one day is kept with that day alone: it is
//! neither answered nor open, because the page does not say; rows without any day are counted as unreadable.

use jiff::civil::Date;

use super::dates;
use super::dom::{Css, Node};
use super::letters;
use super::links::words_of;
use super::page::Page;
use super::roles::span;
use super::words::{LETTER, any, width};
use crate::model::digest::Digest;
use crate::model::interaction::Topic;
use crate::model::redact;
use crate::model::{Reply, ReplyList};

/// One page of a list has no more rows than this.
const MAX_LETTERS: usize = 1000;

/// A page has few tables; more rows of headings than this are rows that look like headings.
const MAX_HEADINGS: usize = 20;

/// A page with more text than this is no page of letters for people.
const MAX_TEXT: usize = 1024 * 1024;

/// What was found, and in which of the two forms.
pub(super) enum Found {
    /// A list.
    List(ReplyList),
    /// One letter with its reply.
    One(ReplyList),
}

/// What a column or label holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Number of the letter.
    Number,
    /// Its title.
    Title,
    /// Day of submission.
    Asked,
    /// Day of the reply.
    Answered,
    /// Agency in charge.
    Agency,
    /// Whether it is still open.
    State,
    /// Consultation or complaint.
    Kind,
}

/// Reads the letters of a page.
pub(super) fn read(page: &Page<'_>) -> Option<Found> {
    if page.text.len() > MAX_TEXT {
        return None;
    }
    let mut found = grid(page)
        .or_else(|| letters::boxes(page))
        .map(Found::List)
        .or_else(|| letters::single(page).map(Found::One))
        .or_else(|| letters::bare_items(page).map(Found::List))?;
    let (Found::List(list) | Found::One(list)) = &mut found;
    list.letters.truncate(MAX_LETTERS);
    Some(found)
}

/// Whether the page is about letters at all.
pub(super) fn is_about_letters(page: &Page<'_>) -> bool {
    let address = page.url.as_str().to_ascii_lowercase();
    any(&page.about, &LETTER)
        || any(
            &address,
            &[
                "letter",
                "mailbox",
                "appeal",
                "consult",
                "complain",
                "tousu",
                "zixun",
                "hdjl",
                "zmhd",
                "xinxiang/",
                "ldxx",
                "reply",
            ],
        )
}

/// The column that a heading names.
pub(super) fn column_of(heading: &str) -> Option<Column> {
    let heading: String = heading.chars().filter(|c| !c.is_whitespace()).collect();
    if heading.is_empty() || width(&heading) > 10 {
        return None;
    }
    let is_day = any(&heading, &["时间", "日期"]);
    if is_day && any(&heading, &["发布", "公开", "更新", "办理时间", "工作时间"]) {
        // When a letter was put on the page says nothing of when it was written or answered.
        None
    } else if is_day && any(&heading, &["回复", "答复", "反馈", "办结", "处理", "办复", "回应"]) {
        Some(Column::Answered)
    } else if is_day {
        Some(Column::Asked)
    } else if any(&heading, &["状态", "是否回复", "办理进度", "办理情况"]) {
        Some(Column::State)
    } else if any(&heading, &["单位", "部门", "机构"]) {
        Some(Column::Agency)
    } else if any(&heading, &["编号", "查询码", "受理号", "信件号"]) {
        Some(Column::Number)
    } else if any(&heading, &["类型", "类别", "性质"]) {
        Some(Column::Kind)
    } else if any(&heading, &["标题", "主题", "题目", "内容", "问题", "信件名称"]) {
        Some(Column::Title)
    } else {
        None
    }
}

/// Words that say that a letter waits for its reply, unless others say that it has one.
pub(super) fn is_open_words(words: &str) -> bool {
    let open = [
        "处理中",
        "待回复",
        "未回复",
        "待处理",
        "办理中",
        "受理中",
        "待答复",
        "未答复",
        "正在办理",
        "已转办",
        "转办中",
        "待受理",
        "已受理",
        "未办结",
        "待办理",
        "已交办",
        "暂未回复",
        "尚未回复",
    ];
    any(words, &open) && !any(words, &["已回复", "已答复", "已办结", "已处理", "已办理"])
}

/// The topic that words name, if they name exactly one.
pub(super) fn row_topic(words: &str) -> Option<Topic> {
    match (words.contains("咨询"), any(words, &["投诉", "举报", "申诉"])) {
        (true, false) => Some(Topic::Consultation),
        (false, true) => Some(Topic::Complaint),
        (true, true) => None,
        (false, false) => any(words, &["建议", "求助", "意见"]).then_some(Topic::Consultation),
    }
}

/// What all letters of a page are, by title, headings of the list, open tab, breadcrumb and address, in this order.
pub(super) fn topic_of_page(page: &Page<'_>, headings: &str) -> Option<Topic> {
    let tabs: String = page
        .dom
        .select(&Css::new(".on, .active, .current, .cur, .selected"))
        .into_iter()
        .map(Node::text)
        .filter(|text| width(text) <= 12)
        .collect::<Vec<_>>()
        .join(" ");
    let address = page.url.as_str().to_ascii_lowercase();
    let by_address = match (
        any(&address, &["consult", "zixun", "zxly", "zxhf", "advice"]),
        any(&address, &["complain", "tousu", "tsjb", "jubao"]),
    ) {
        (true, false) => Some(Topic::Consultation),
        (false, true) => Some(Topic::Complaint),
        (true, true) | (false, false) => None,
    };
    row_topic(page.title_words())
        .or_else(|| row_topic(headings))
        .or_else(|| row_topic(&tabs))
        .or_else(|| row_topic(&page.about))
        .or(by_address)
}

/// The words of a heading's cell: its own, or those of the one element in it.
fn heading_words(cell: Node<'_>) -> String {
    let own = cell.own_text();
    if !own.is_empty() {
        return own;
    }
    let mut inner = cell.children();
    match (inner.next(), inner.next()) {
        (Some(only), None) => only.own_text(),
        _ => String::new(),
    }
}

/// A row of headings, by column position.
struct Headings {
    columns: Vec<(usize, Column)>,
    words: String,
}

impl Headings {
    fn of(row: Node<'_>) -> Option<Self> {
        if !matches!(row.name(), "tr" | "ul" | "li" | "div" | "dl" | "p" | "dt") {
            return None;
        }
        let mut columns: Vec<(usize, Column)> = Vec::new();
        let mut words = Vec::new();
        let mut at = 0;
        for cell in row.children() {
            let text = heading_words(cell);
            if let Some(column) = column_of(&text)
                && !columns.iter().any(|(_, known)| *known == column)
            {
                columns.push((at, column));
            }
            at += span(cell);
            words.push(text);
        }
        let has = |wanted| columns.iter().any(|(_, column)| *column == wanted);
        let is_list = has(Column::Title) && (has(Column::Asked) || has(Column::Answered));
        is_list.then(|| Self { columns, words: words.join(" ") })
    }

    fn has(&self, wanted: Column) -> bool {
        self.columns.iter().any(|(_, column)| *column == wanted)
    }

    fn cell<'a>(&self, row: Node<'a>, wanted: Column) -> Option<Node<'a>> {
        let position = self.columns.iter().find(|(_, column)| *column == wanted)?.0;
        let mut at = 0;
        row.children().find(|cell| {
            let here = at..at + span(*cell);
            at = here.end;
            here.contains(&position)
        })
    }
}

/// A list whose first row names the columns: a table, or boxes in the manner of one.
fn grid(page: &Page<'_>) -> Option<ReplyList> {
    let about = is_about_letters(page);
    let heads = page.dom.elements().filter_map(|head| Headings::of(head).map(|headings| (head, headings)));
    for (head, headings) in heads.take(MAX_HEADINGS) {
        let by_heading = any(&headings.words, &["来信", "信件", "咨询", "投诉", "留言", "诉求", "举报"]);
        let both_days = headings.has(Column::Asked) && headings.has(Column::Answered);
        if !(by_heading || about && (both_days || headings.has(Column::State))) {
            continue;
        }
        let mut list = ReplyList {
            topic: topic_of_page(page, &headings.words),
            letters: Vec::new(),
            unreadable: 0,
            at: head.parent().unwrap_or(head).locator(),
        };
        for row in rows_below(head) {
            match row_letter(page, row, &headings) {
                RowReading::Letter(letter) => list.letters.push(*letter),
                RowReading::Unreadable => list.unreadable += 1,
                RowReading::NotARow => {}
            }
            if list.letters.len() >= MAX_LETTERS {
                break;
            }
        }
        if !list.letters.is_empty() || list.unreadable > 0 {
            return Some(list);
        }
    }
    None
}

/// The rows that belong to a row of headings: its later siblings, or those in the boxes after it.
fn rows_below(head: Node<'_>) -> Vec<Node<'_>> {
    let columns = head.children().count();
    let fits = |row: &Node<'_>| row.children().count() + 1 >= columns && columns >= 2;
    let mut rows = Vec::new();
    let mut next = head.next();
    while let Some(row) = next.filter(|_| rows.len() < MAX_LETTERS) {
        if fits(&row) && row.name() == head.name() {
            rows.push(row);
        } else {
            rows.extend(row.children().filter(fits));
        }
        next = row.next();
    }
    rows.truncate(MAX_LETTERS);
    if rows.is_empty() {
        // <thead> and <tbody>, or a box for the head and a box for the rows.
        let mut next = head.parent().and_then(Node::next);
        while let Some(box_) = next {
            rows.extend(box_.children().filter(fits));
            next = box_.next();
        }
    }
    rows
}

enum RowReading {
    Letter(Box<Reply>),
    Unreadable,
    NotARow,
}

fn row_letter(page: &Page<'_>, row: Node<'_>, headings: &Headings) -> RowReading {
    let cell = |column| headings.cell(row, column);
    let words = |column| cell(column).map(Node::text).unwrap_or_default();
    let title_cell = cell(Column::Title);
    let title = title_cell.map(title_words).unwrap_or_default();
    if title.is_empty() || column_of(&title) == Some(Column::Title) {
        return RowReading::NotARow;
    }
    let (asked_words, answered_words) = (words(Column::Asked), words(Column::Answered));
    let asked = dates::of_cell(&asked_words, page.date);
    let answered = dates::of_cell(&answered_words, page.date);
    if asked.is_none() && answered.is_none() {
        return RowReading::Unreadable;
    }
    let state = if headings.has(Column::State) { words(Column::State) } else { answered_words.clone() };
    let link = title_cell
        .and_then(|cell| cell.first(&Css::new("a")))
        .or_else(|| row.first(&Css::new("a")))
        .or_else(|| row.ancestors().take(2).find(|around| around.name() == "a"));
    let number = words(Column::Number);
    RowReading::Letter(Box::new(
        Draft {
            number: (!number.is_empty()).then_some(number),
            topic: row_topic(&words(Column::Kind)),
            title,
            asked,
            answered,
            is_open: is_open_words(&state),
            agency: Some(words(Column::Agency)).filter(|agency| !agency.is_empty()),
            url: link.and_then(|link| link.attr("href")).and_then(|href| page.resolve(href)),
            raw: format!("{asked_words} {answered_words}").trim().to_owned(),
        }
        .finish(row),
    ))
}

/// The title in a cell: the link's words, uncut, where there is one.
pub(super) fn title_words(cell: Node<'_>) -> String {
    cell.first(&Css::new("a")).map(words_of).filter(|words| width(words) >= 2).unwrap_or_else(|| cell.text())
}

/// A letter before masking.
pub(super) struct Draft {
    /// Number on the page.
    pub(super) number: Option<String>,
    /// Topic of its own.
    pub(super) topic: Option<Topic>,
    /// Title as it stands.
    pub(super) title: String,
    /// Day of submission.
    pub(super) asked: Option<Date>,
    /// Day of the reply.
    pub(super) answered: Option<Date>,
    /// The page says that it is open.
    pub(super) is_open: bool,
    /// Agency.
    pub(super) agency: Option<String>,
    /// Detail page.
    pub(super) url: Option<url::Url>,
    /// The dates' words.
    pub(super) raw: String,
}

impl Draft {
    /// The letter as it may be kept: masked, with a key.
    pub(super) fn finish(self, at: Node<'_>) -> Reply {
        let title = redact::excerpt(&self.title);
        let raw = redact::excerpt(&self.raw);
        let place = self.url.as_ref().map_or("", url::Url::as_str);
        let key = self.number.map_or_else(
            || Digest::of_parts([place, title.as_str(), raw.as_str()]).short(16).to_owned(),
            |number| redact::excerpt(&number),
        );
        let bracketed =
            self.title.strip_prefix(['[', '【', '［']).and_then(|rest| rest.split([']', '】', '］']).next());
        Reply {
            key,
            topic: self.topic.or_else(|| bracketed.and_then(row_topic)),
            title,
            asked: self.asked,
            answered: self.answered,
            open: self.answered.is_none() && self.is_open,
            agency: self.agency.map(|agency| redact::excerpt(&agency)),
            url: self.url,
            at: at.locator(),
            raw,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_page;
    use super::*;

    fn list(html: &str) -> Option<ReplyList> {
        with_page("http://h.test/hd/list.html", html, |page| match read(page) {
            Some(Found::List(list)) => Some(list),
            Some(Found::One(_)) | None => None,
        })
    }

    fn days(letter: &Reply) -> (String, String, bool) {
        let day = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        (day(letter.asked), day(letter.answered), letter.open)
    }

    #[test]
    fn a_table_with_both_days_is_read_and_masked() {
        let html = "<title>投诉公开</title><table><tr><th>编号<th>标题<th>投诉时间<th>回复时间<th>办理单位<th>状态</tr>\
            <tr><td>TS1<td><a href=d1.html>张三丰先生反映噪音</a><td>2026-10-08<td>2026-10-12<td>城管局<td>已办结</tr>\
            <tr><td>TS2<td><a href=d2.html>路灯不亮</a><td>2026-11-20<td><td>住建局<td>处理中</tr>\
            <tr><td>TS3<td>没有日期<td>-<td>-<td><td>处理中</tr></table>";
        let list = list(html).expect("a list");
        assert_eq!((list.topic, list.unreadable), (Some(Topic::Complaint), 1));
        assert_eq!(days(&list.letters[0]), ("2026-10-08".to_owned(), "2026-10-12".to_owned(), false));
        assert_eq!(days(&list.letters[1]), ("2026-11-20".to_owned(), String::new(), true));
        assert_eq!(list.letters[0].title, "张**先生反映噪音");
        assert_eq!((list.letters[0].key.as_str(), list.letters[0].agency.as_deref()), ("TS1", Some("城管局")));
        assert_eq!(list.letters[0].url.as_ref().map(url::Url::path), Some("/hd/d1.html"));
    }

    #[test]
    fn boxes_in_the_manner_of_a_table_are_read() {
        let html = "<h1>咨询回复</h1><ul><li class=h><span>咨询标题</span><span>咨询时间</span><span>回复时间</span></li>\
            <li><a href=1>关于参保</a><span>2026/10/8</span><span>2026年10月9日</span></li></ul>";
        let list = list(html).expect("a list");
        assert_eq!(list.topic, Some(Topic::Consultation));
        assert_eq!(days(&list.letters[0]), ("2026-10-08".to_owned(), "2026-10-09".to_owned(), false));
    }

    #[test]
    fn one_day_alone_says_neither_answered_nor_open() {
        let html = "<h1>信件列表</h1><table><thead><tr><th>信件标题<th>日期<th>状态</tr></thead>\
            <tbody><tr><td>关于社保<td>11-20<td>已回复</tr></tbody></table>";
        let list = list(html).expect("a list");
        assert_eq!(days(&list.letters[0]), ("2026-11-20".to_owned(), String::new(), false));
    }

    #[test]
    fn a_mixed_list_keeps_the_topic_of_each_row() {
        let html = "<h1>互动交流</h1><table><tr><td>类型<td>标题<td>提交时间<td>答复时间</tr>\
            <tr><td>咨询<td>甲乙丙丁<td>2026-10-08<td>2026-10-09</tr><tr><td>投诉<td>戊己庚辛<td>2026-10-08<td>2026-10-09</tr></table>";
        let list = list(html).expect("a list");
        assert_eq!(list.topic, None);
        let topics: Vec<_> = list.letters.iter().map(|letter| letter.topic).collect();
        assert_eq!(topics, [Some(Topic::Consultation), Some(Topic::Complaint)]);
    }

    #[test]
    fn other_tables_with_dates_are_not_letters() {
        for html in [
            "<h1>办件公示</h1><table><tr><th>事项名称<th>受理时间<th>办结时间</tr><tr><td>许可<td>2026-10-08<td>2026-10-09</tr></table>",
            "<h1>通知公告</h1><table><tr><th>标题<th>发布时间</tr><tr><td>关于放假<td>2026-10-08</tr></table>",
            "<h1>通知公告</h1><ul><li><a href=1>关于放假的通知</a><span>2026-10-08</span></li></ul>",
        ] {
            assert!(list(html).is_none(), "{html}");
        }
    }
}
