//! The button by which a script brings the rest of a list (加载更多).
//!
//! Comes in: a document. Goes out: the button, if there is one. Must never know: what a browser makes of it.
//!
//! The browser's own side of this is `render/script/more.js`, which presses the button.

use super::dom::{Dom, Node};
use super::text::squeeze;
use crate::model::Located;

/// Longest words of such a button.
const LONGEST: usize = 14;

/// What a visitor is told to do first.
const FIRST: [&str; 6] = ["点击", "点此", "上拉", "上滑", "下拉", "继续"];

/// What then happens.
const VERBS: [&str; 4] = ["加载", "查看", "显示", "展开"];

/// To what. A bare “更多” leads to other pages.
const OBJECTS: [&str; 3] = ["更多", "下一页", "全部"];

/// Of what.
const NOUNS: [&str; 6] = ["内容", "数据", "事项", "信息", "结果", "服务"];

/// The first such button of a page.
pub(super) fn read(dom: &Dom) -> Option<Located<String>> {
    dom.root().descendants().find_map(|node| {
        let words = squeeze(&node.own_text());
        let words = words.trim_end_matches(['.', '…', '>', '»', '∨', '↓']);
        (says_more(words) && !is_away(node)).then(|| Located {
            value: words.to_owned(),
            at: node.locator(),
            raw: words.to_owned(),
        })
    })
}

fn says_more(words: &str) -> bool {
    if words.is_empty() || words.chars().count() > LONGEST {
        return false;
    }
    let rest = strip_one(words, &FIRST).unwrap_or(words);
    let Some(rest) = strip_one(rest, &VERBS).and_then(|rest| strip_one(rest, &OBJECTS)) else { return false };
    rest.is_empty() || NOUNS.contains(&rest)
}

fn strip_one<'a>(words: &'a str, starts: &[&str]) -> Option<&'a str> {
    starts.iter().find_map(|start| words.strip_prefix(start))
}

/// Whether it is a link to another page, which is followed as such, or no button that a visitor sees.
fn is_away(node: Node<'_>) -> bool {
    if matches!(node.name(), "script" | "style" | "title" | "option" | "template" | "noscript") {
        return true;
    }
    std::iter::once(node).chain(node.ancestors()).filter(|outer| outer.name() == "a").any(|link| {
        link.attr("href").is_some_and(|href| {
            let href = href.trim().to_ascii_lowercase();
            !href.is_empty() && !href.starts_with('#') && !href.starts_with("javascript:")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> bool {
        read(&Dom::parse(html)).is_some()
    }

    #[test]
    fn a_button_that_brings_the_rest_of_a_list_is_seen_whatever_it_is_made_of() {
        for html in [
            "<button>加载更多</button>",
            "<div class=more onclick=more()>点击加载更多</div>",
            "<p><a href=\"javascript:;\">查看更多事项 &gt;</a></p>",
            "<div>上拉加载更多...</div>",
            "<a href=#>展开全部</a>",
        ] {
            assert!(found(html), "{html}");
        }
    }

    #[test]
    fn links_to_other_pages_ends_of_lists_and_sentences_are_none() {
        for html in [
            "<a href=/list?page=2>查看更多</a>",
            "<a href=/news>更多</a>",
            "<div>没有更多了</div>",
            "<p>点击加载更多办事指南后即可选择所在区县</p>",
            "<script>var words = '加载更多';</script>",
        ] {
            assert!(!found(html), "{html}");
        }
    }
}
