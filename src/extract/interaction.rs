//! Ways to ask (咨询) and to complain (投诉), and the forms they lead to.
//!
//! Comes in: a page. Goes out: [`Entry`]s and whether the page is such a form. Must never know: what happens after
//! sending; nothing is ever sent.

use super::dom::{Css, Node};
use super::links::words_of;
use super::page::MAX_LOOKED_AT;
use super::page::{Page, is_in_dated_entry};
use super::words::{COMPLAIN, CONSULT, any, is_newsy, width};
use crate::model::Link;
use crate::model::interaction::{Entry, Topic};

const ASKS: [&str; 15] = [
    "在线咨询",
    "我要咨询",
    "咨询建议",
    "网上咨询",
    "咨询提问",
    "我要提问",
    "我要留言",
    "咨询投诉",
    "投诉咨询",
    "我要建议",
    "政务咨询",
    "业务咨询",
    "我要写信",
    "咨询留言",
    "办事咨询",
];
const COMPLAINS: [&str; 11] = [
    "投诉举报",
    "我要投诉",
    "在线投诉",
    "网上投诉",
    "投诉建议",
    "我要举报",
    "咨询投诉",
    "投诉咨询",
    "举报投诉",
    "监督投诉",
    "投诉受理",
];
/// Both in one place.
const BOTH: [&str; 7] = ["12345", "市长信箱", "领导信箱", "区长信箱", "局长信箱", "网络问政", "便民热线平台"];

/// Words that make of a link something to read, not to write to.
const READS: [&str; 18] = [
    "回复",
    "公开",
    "公示",
    "选登",
    "列表",
    "查询",
    "统计",
    "须知",
    "电话",
    "热线电话",
    "办法",
    "指南",
    "制度",
    "规定",
    "结果",
    "汇总",
    "情况",
    "答复",
];

/// A way in is a label, not a sentence.
const ENTRY_CHARS: usize = 20;

/// The topics that a link's words promise.
fn topics(words: &str) -> Vec<Topic> {
    let mut topics = Vec::new();
    if !(2..=ENTRY_CHARS).contains(&width(words)) || any(words, &READS) || is_newsy(words) {
        return topics;
    }
    let bare = words.trim();
    if any(words, &ASKS) || any(words, &BOTH) || bare == "咨询" || bare == "我要咨询投诉" {
        topics.push(Topic::Consultation);
    }
    if any(words, &COMPLAINS) || any(words, &BOTH) || bare == "投诉" || bare == "举报" {
        topics.push(Topic::Complaint);
    }
    topics
}

/// All ways in, each topic and address once.
pub(super) fn entries(page: &Page<'_>, links: &[Link]) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for node in page.dom.select(&Css::new("a, area, [onclick]")).into_iter().take(MAX_LOOKED_AT) {
        let words = words_of(node);
        let topics = topics(&words);
        if topics.is_empty() || is_in_dated_entry(node) {
            continue;
        }
        let at = node.locator();
        let by_href = node.attr("href").and_then(|href| page.resolve(href));
        let Some(url) = by_href.or_else(|| links.iter().find(|link| link.at == at).map(|link| link.url.clone())) else {
            continue;
        };
        for topic in topics {
            if !found.iter().any(|known| known.topic == topic && known.url == url) {
                found.push(Entry { topic, url: url.clone(), text: words.clone(), at: at.clone() });
            }
        }
    }
    found
}

/// The page is a form for a consultation or complaint: a box to write in, and words about it.
pub(super) fn is_form(page: &Page<'_>) -> bool {
    let box_ = page.dom.first(&Css::new("form textarea, textarea"));
    let Some(box_) = box_ else { return false };
    let around = box_.ancestors().find(|around| around.name() == "form").map(Node::text).unwrap_or_default();
    let about = format!("{} {}", page.about, around);
    any(&about, &CONSULT) || any(&about, &COMPLAIN) || any(&about, &["信箱", "写信", "留言", "来信"])
}

#[cfg(test)]
mod tests {
    use super::super::testing::with_page;
    use super::*;

    fn of(html: &str) -> Vec<(Topic, String)> {
        with_page("http://h.test/", html, |page| {
            entries(page, &[]).into_iter().map(|entry| (entry.topic, entry.url.path().to_owned())).collect()
        })
    }

    #[test]
    fn ways_in_are_found_by_their_words() {
        let html = "<a href=/zx>我要咨询</a><a href=/ts title=投诉举报><img src=a.png></a><a href=/12345>12345便民服务平台</a>";
        assert_eq!(
            of(html),
            [
                (Topic::Consultation, "/zx".to_owned()),
                (Topic::Complaint, "/ts".to_owned()),
                (Topic::Consultation, "/12345".to_owned()),
                (Topic::Complaint, "/12345".to_owned()),
            ]
        );
    }

    #[test]
    fn places_to_read_and_places_without_address_are_not_ways_in() {
        for html in [
            "<a href=/l>咨询回复选登</a>",
            "<a href=/t>投诉电话：12345</a>",
            "<a href='#'>我要投诉</a>",
            "<ul><li><a href=/n>我要投诉噪音扰民</a> 2026-11-01</li></ul>",
            "<a href=/n>关于规范投诉举报工作的通知</a>",
        ] {
            assert!(of(html).is_empty(), "{html}");
        }
    }

    #[test]
    fn a_box_to_write_in_makes_a_form() {
        let is = |html: &str| with_page("http://h.test/", html, is_form);
        assert!(is("<h1>在线咨询</h1><form><input name=title><textarea name=content></textarea></form>"));
        assert!(!is("<h1>好差评</h1><form><textarea name=c></textarea></form>"));
        assert!(!is("<h1>在线咨询</h1><p>敬请期待</p>"));
    }
}
