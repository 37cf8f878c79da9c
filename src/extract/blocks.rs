//! Pages that stand in the way, known by their signatures (`blocks.toml`): tests of humanity, firewalls, walls to log
//! in, maintenance.
//!
//! Comes in: the table, and status, address, text and source of a page. Goes out: the obstacle that the page is, by the
//! name of its signature. Must never know: how to get past it, for we never try.

mod gateway;
mod table;

use serde::{Deserialize, Serialize};

pub use gateway::Gateway;
pub(super) use table::LONGEST;
pub use table::{BUILTIN, BlocksError, overlay};

use crate::model::extraction::{Obstacle, ObstacleKind};

/// One known obstacle. Every condition that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Its name.
    pub id: String,
    /// What it is.
    pub kind: ObstacleKind,
    /// Only with one of these statuses; empty = any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<u16>,
    /// One of these words stands in the visible text or in the title.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<String>,
    /// One of these words stands in the title or a heading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub title: Vec<String>,
    /// One of these strings stands in the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// All of these strings stand in the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_all: Vec<String>,
    /// One part of the address's path is one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The page has a field for a password.
    #[serde(default)]
    pub password: bool,
    /// The page shows fewer characters than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_text: Option<usize>,
    /// The page has fewer links than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_links: Option<usize>,
    /// So many different words must be met in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_matches: Option<usize>,
    /// Where it was seen or what it rests on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The table of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocks {
    /// Every known obstacle, most telling first.
    pub signatures: Vec<Signature>,
    /// Gateways that rewrite the hosts of links.
    pub gateways: Vec<Gateway>,
}

/// What the table looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    /// Status of the answer.
    pub(super) status: u16,
    /// The address's path.
    pub(super) path: &'a str,
    /// Visible text.
    pub(super) text: &'a str,
    /// What of the text stands in links: names of other pages, which say nothing of this one.
    pub(super) linked: &'a str,
    /// Title and headings.
    pub(super) title: &'a str,
    /// Markup.
    pub(super) source: &'a str,
    /// Number of links.
    pub(super) links: usize,
    /// Whether there is a field for a password.
    pub(super) password: bool,
    /// The page says when it was published: then it may report of maintenance, and is not the notice itself.
    pub(super) article: bool,
}

/// Shells of shields show their script at once; beyond this a script is the site's own.
const SOURCE_BYTES: usize = 64 * 1024;

/// A page's text and source in the form in which words are compared.
struct Folded {
    text: String,
    linked: String,
    title: String,
    source: String,
}

impl Folded {
    fn of(seen: &Seen<'_>) -> Self {
        let mut end = seen.source.len().min(SOURCE_BYTES);
        while !seen.source.is_char_boundary(end) {
            end -= 1;
        }
        let (text, linked) = (fold(seen.text), fold(seen.linked));
        Self { text, linked, title: fold(seen.title), source: fold(&seen.source[..end]) }
    }

    /// Whether the page itself says a word, and not only the name of a page that it leads to.
    fn says(&self, word: &str) -> bool {
        self.title.contains(word) || self.text.matches(word).count() > self.linked.matches(word).count()
    }
}

/// Without white space, in lower case, with one kind of quotation mark and of colon.
fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '"' => '\'',
            '，' => ',',
            _ => c.to_ascii_lowercase(),
        })
        .collect()
}

impl Blocks {
    /// The obstacle that a page is, if it is one.
    pub(super) fn find(&self, seen: &Seen<'_>) -> Option<Obstacle> {
        let length = super::words::width(seen.text);
        // Most pages are too long for every signature that looks at words, and are never folded.
        let mut folded = None;
        let mut fits = |signature: &&Signature| {
            signature.admits(seen, length)
                && (!signature.has_words() || signature.is_met_by(folded.get_or_insert_with(|| Folded::of(seen))))
        };
        let found = self.signatures.iter().find(&mut fits)?;
        Some(Obstacle { signature: found.id.clone(), kind: found.kind })
    }
}

impl Signature {
    /// Everything but the words.
    fn admits(&self, seen: &Seen<'_>, length: usize) -> bool {
        let named = || {
            let lower = seen.path.to_ascii_lowercase();
            lower.split(['/', '.', '?', ';']).any(|part| self.path.iter().any(|name| name == part))
        };
        let of_status = self.status.is_empty() || self.status.contains(&seen.status);
        let reported = seen.article && self.kind == ObstacleKind::Maintenance;
        of_status
            && !reported
            && self.max_text.is_none_or(|limit| length < limit)
            && self.max_links.is_none_or(|limit| seen.links < limit)
            && (!self.password || seen.password)
            && (self.path.is_empty() || named())
    }

    fn has_words(&self) -> bool {
        [&self.text, &self.title, &self.source, &self.source_all].iter().any(|words| !words.is_empty())
    }

    fn is_met_by(&self, page: &Folded) -> bool {
        let text = count(&self.text, |word| page.says(word));
        let title = count(&self.title, |word| page.title.contains(word));
        let source = count(&self.source, |word| page.source.contains(word));
        let each = [(&self.text, text), (&self.title, title), (&self.source, source)];
        each.iter().all(|(words, met)| words.is_empty() || *met > 0)
            && text + title + source >= self.min_matches.unwrap_or_default()
            && self.source_all.iter().all(|word| page.source.contains(word.as_str()))
    }
}

fn count(words: &[String], is_met: impl Fn(&str) -> bool) -> usize {
    words.iter().filter(|word| is_met(word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLANK: Seen<'static> = Seen {
        status: 200,
        path: "/g/1",
        text: "",
        linked: "",
        title: "",
        source: "",
        links: 0,
        password: false,
        article: false,
    };

    fn named(seen: &Seen<'_>) -> Option<String> {
        Blocks::builtin().find(seen).map(|obstacle| obstacle.signature)
    }

    #[test]
    fn white_space_case_and_quotes_do_not_hide_a_word() {
        assert_eq!(named(&Seen { text: "访问\n 过于 频繁", ..BLANK }).as_deref(), Some("too-many-visits"));
        assert_eq!(named(&Seen { text: "ACCESS  denied", ..BLANK }).as_deref(), Some("block-page"));
        assert_eq!(named(&Seen { source: "<meta content=x r=\"m\">", ..BLANK }).as_deref(), Some("script-shell"));
    }

    #[test]
    fn a_long_page_and_a_page_with_many_links_only_talk_about_it() {
        let long = format!("{}本站不会要求滑动验证，访问被拒绝时请联系我们。", "政务服务".repeat(300));
        assert_eq!(named(&Seen { text: &long, ..BLANK }), None);
        assert_eq!(named(&Seen { text: "系统维护中", links: 40, ..BLANK }), None);
        assert_eq!(named(&Seen { text: "系统维护中", ..BLANK }).as_deref(), Some("maintenance"));
    }

    #[test]
    fn the_names_of_other_pages_say_nothing_of_this_one() {
        let list =
            Seen {
                text: "禁止访问区域通行许可 公司设立登记", linked: "禁止访问区域通行许可 公司设立登记", ..BLANK
            };
        assert_eq!(named(&list), None);
        assert_eq!(named(&Seen { text: "禁止访问 禁止访问区域通行许可", ..list }).as_deref(), Some("block-page"));
    }

    #[test]
    fn news_of_maintenance_is_news() {
        let notice = Seen { text: "关于系统升级维护的公告：今晚停机维护。", ..BLANK };
        assert_eq!(named(&notice).as_deref(), Some("maintenance"));
        assert_eq!(named(&Seen { article: true, ..notice }), None);
        // A firewall's page may carry a time of its own.
        assert!(named(&Seen { article: true, text: "您的请求带有不合法参数", ..BLANK }).is_some());
    }

    #[test]
    fn every_list_must_be_met_and_so_many_words_in_all() {
        let widget = "<script src='https://turing.captcha.qcloud.com/TCaptcha.js'></script>";
        assert_eq!(named(&Seen { source: widget, ..BLANK }), None);
        assert_eq!(named(&Seen { source: widget, text: "请先验证", ..BLANK }).as_deref(), Some("captcha-widget"));
        assert_eq!(named(&Seen { text: "您的IP", ..BLANK }), None);
        assert_eq!(named(&Seen { text: "您的IP已进入黑名单", ..BLANK }).as_deref(), Some("address-banned"));
    }

    #[test]
    fn a_status_alone_is_the_last_word() {
        assert_eq!(named(&Seen { status: 403, text: "请向右滑动", ..BLANK }).as_deref(), Some("slider"));
        assert_eq!(named(&Seen { status: 403, ..BLANK }).as_deref(), Some("status-403"));
        assert_eq!(named(&Seen { status: 404, ..BLANK }), None);
    }
}
