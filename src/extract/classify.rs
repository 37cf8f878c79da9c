//! Decides what kind of page something is, and says why.
//!
//! Comes in: what the readers found. Goes out: a [`PageKind`] with a reason in words. Must never know: what follows
//! from the kind.

use super::blocks::{Blocks, LONGEST, Seen};
use super::dom::Css;
use super::guide::GuideReading;
use super::interaction;
use super::not_found;
use super::page::Page;
use super::words::{is_errand, is_guide_address, width};
use crate::model::extraction::{DatedEntry, LinkRole, Obstacle, ObstacleKind, ScenarioGuidance};
use crate::model::target::ChannelKind;
use crate::model::{Link, PageKind, Purpose};

/// A page is a guide from this confidence of the guide reader on.
const GUIDE: f64 = 0.5;

/// A guide's skeleton: so many labels without a value, and not one value to four of them.
const SKELETON_LABELS: usize = 5;

/// Fewer characters than this, and scripts, and a place for them to write: an empty shell.
const SHELL_CHARS: usize = 200;

/// A page that a browser has built and that says less than this ("loading", a title) is still to be built.
const BUILT_CHARS: usize = 16;

/// So many links to guides make a list of guides.
const LIST_GUIDES: usize = 3;

/// So many errands by name make a list of guides where no address gives them away.
const LIST_ERRANDS: usize = 5;

/// What the readers found on a page.
pub(super) struct Evidence<'a> {
    /// The page.
    pub(super) page: &'a Page<'a>,
    /// Status of the answer.
    pub(super) status: u16,
    /// Whether a browser had built the page.
    pub(super) built: bool,
    /// Its source.
    pub(super) source: &'a str,
    /// The guide, if one was read.
    pub(super) guide: Option<&'a GuideReading>,
    /// Links.
    pub(super) links: &'a [Link],
    /// Scenario guidance.
    pub(super) scenarios: &'a [ScenarioGuidance],
    /// Whether letters were found: a list, or one.
    pub(super) letters: Option<Letters>,
    /// Dated entries.
    pub(super) dated: &'a [DatedEntry],
    /// Signatures of pages that stand in the way.
    pub(super) blocks: &'a Blocks,
}

/// What kind of page it is.
pub(super) struct Classified {
    /// The kind.
    pub(super) kind: PageKind,
    /// Why, in words.
    pub(super) because: String,
    /// The obstacle that the page is, if it is one.
    pub(super) obstacle: Option<Obstacle>,
}

/// In which form letters were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// A list.
    List,
    /// One.
    One,
}

/// The kind of a page and why.
pub(super) fn classify(evidence: &Evidence<'_>) -> Classified {
    if let Some(obstacle) = obstacle(evidence) {
        return Classified { kind: kind_of(&obstacle), because: words_of(&obstacle), obstacle: Some(obstacle) };
    }
    let (kind, because) = refused(evidence)
        .or_else(|| guide(evidence))
        .or_else(|| nothing_there(evidence))
        .or_else(|| entry(evidence))
        .or_else(|| letters(evidence))
        .or_else(|| lists(evidence))
        .or_else(|| rest(evidence))
        .unwrap_or_else(|| (PageKind::Other, "nothing tells what it is".to_owned()));
    Classified { kind, because, obstacle: None }
}

/// The kind of a page that is this obstacle.
pub(super) fn kind_of(obstacle: &Obstacle) -> PageKind {
    match obstacle.kind {
        ObstacleKind::Login => PageKind::LoginWall,
        ObstacleKind::Challenge
        | ObstacleKind::Block
        | ObstacleKind::Maintenance
        | ObstacleKind::RateLimit
        | ObstacleKind::Region
        | ObstacleKind::Gateway => PageKind::Challenge,
    }
}

/// Why a page is this obstacle, with the name of the signature.
pub(super) fn words_of(obstacle: &Obstacle) -> String {
    format!("{}, by the signature `{}`", obstacle.kind.as_str(), obstacle.signature)
}

fn because(kind: PageKind, why: impl Into<String>) -> (PageKind, String) {
    (kind, why.into())
}

/// Whether the guide reader is sure enough.
pub(super) fn is_guide(guide: Option<&GuideReading>) -> bool {
    guide.is_some_and(|guide| guide.confidence >= GUIDE)
}

fn obstacle(evidence: &Evidence<'_>) -> Option<Obstacle> {
    let page = evidence.page;
    // A guide that mentions a test of humanity in a corner is a guide.
    if is_sound(evidence.status) && is_guide(evidence.guide) {
        return None;
    }
    let anchors = page.dom.select(&Css::new("a"));
    let linked: Vec<String> =
        if width(&page.text) < LONGEST { anchors.iter().map(|node| node.text()).collect() } else { Vec::new() };
    evidence.blocks.find(&Seen {
        status: evidence.status,
        // Only the names in the path count: a return address in the query often speaks of logging in.
        path: page.url.path(),
        text: &page.text,
        linked: &linked.join(" "),
        title: &page.about,
        source: evidence.source,
        links: anchors.iter().filter(|node| node.attr("href").is_some()).count(),
        password: page.dom.first(&Css::new("input[type=password]")).is_some(),
        article: page.article.is_some(),
    })
}

fn is_sound(status: u16) -> bool {
    (200..300).contains(&status)
}

fn refused(evidence: &Evidence<'_>) -> Option<(PageKind, String)> {
    (!is_sound(evidence.status)).then(|| because(PageKind::Other, format!("the server answered {}", evidence.status)))
}

/// Labels of fields (not of sections) that every guide fills in.
const FIELDS: [&str; 16] = [
    "到现场大厅次数",
    "到办事现场次数",
    "咨询电话",
    "投诉电话",
    "咨询方式",
    "监督投诉方式",
    "服务承诺",
    "承诺办结时限",
    "法定办结时限",
    "承诺时限",
    "法定时限",
    "实施编码",
    "咨询窗口",
    "办件类型",
    "实施主体",
    "受理机构",
];

/// Labels of a guide, each followed by nothing or by the next label.
fn fields_left_blank(page: &Page<'_>) -> usize {
    let lines = page.dom.root().lines();
    let is_field = |line: &String| FIELDS.contains(&line.trim_end_matches(['：', ':', ' ']));
    lines.iter().enumerate().filter(|(index, line)| is_field(line) && lines.get(index + 1).is_none_or(is_field)).count()
}

fn guide(evidence: &Evidence<'_>) -> Option<(PageKind, String)> {
    let hardly_any_value = evidence.guide.is_none_or(|guide| guide.labels_with_value <= 2);
    if hardly_any_value || !is_guide(evidence.guide) {
        let blank = fields_left_blank(evidence.page);
        if blank >= SKELETON_LABELS {
            return Some(because(PageKind::EmptyShell, format!("a guide's skeleton: {blank} fields without a value")));
        }
    }
    let guide = evidence.guide?;
    let (with, blank) = (guide.labels_with_value, guide.labels_blank);
    let has_scripts = evidence.page.dom.first(&Css::new("script")).is_some() || has_template_marks(evidence.source);
    let is_skeleton = blank >= SKELETON_LABELS && (with <= 1 || (has_scripts && with * 4 <= blank));
    if is_skeleton {
        return Some(because(
            PageKind::EmptyShell,
            format!("a guide's skeleton: {blank} labels without, {with} with a value"),
        ));
    }
    is_guide(Some(guide)).then(|| because(PageKind::Guide, format!("{with} labels of a guide with their values")))
}

fn has_template_marks(source: &str) -> bool {
    ["{{", "ms-controller", "v-if", "v-for", "ng-app", "data-bind=", "ms-text"].iter().any(|mark| source.contains(mark))
}

fn nothing_there(evidence: &Evidence<'_>) -> Option<(PageKind, String)> {
    let page = evidence.page;
    if not_found::says_not_found(&page.text, page.title_words()) {
        return Some(because(PageKind::SoftNotFound, "the page says that there is nothing here"));
    }
    let scripts = page.dom.select(&Css::new("script")).len();
    let mount = page.dom.select(&Css::new(
        "#app, #root, #__nuxt, #__next, [ng-app], [v-cloak], app-root, #container:empty, #main:empty",
    ));
    let content = page.dom.select(&Css::new("iframe[src], frame[src], a[href], img[src]")).len();
    // What a browser has built is short because there is little to say.
    let is_short = width(&page.text) < if evidence.built { BUILT_CHARS } else { SHELL_CHARS };
    if is_short && scripts > 0 && !mount.is_empty() && content < 5 {
        return Some(because(PageKind::EmptyShell, "scripts, a place for them to write, and hardly any text"));
    }
    if width(&page.text) < if evidence.built { BUILT_CHARS } else { 60 } && scripts > 0 && content == 0 {
        return Some(because(PageKind::EmptyShell, "scripts and hardly any text"));
    }
    (is_short && content < 5 && evidence.source.contains("{{"))
        .then(|| because(PageKind::EmptyShell, "templates that no script has filled in"))
}

fn entry(evidence: &Evidence<'_>) -> Option<(PageKind, String)> {
    let page = evidence.page;
    let path = page.url.path().to_ascii_lowercase();
    let is_root = page.url.query().is_none()
        && matches!(path.as_str(), "/" | "/index.html" | "/index.htm" | "/index.jsp" | "/index.do" | "/m/" | "/wap/");
    let why = match page.purpose {
        Purpose::Entry { .. } | Purpose::Ipv6 => "the channel's entry address",
        Purpose::Page | Purpose::LinkCheck if is_root && evidence.links.len() >= 3 => {
            "the root of its host, with links"
        }
        Purpose::Robots
        | Purpose::Page
        | Purpose::Attachment
        | Purpose::Control404
        | Purpose::Search { .. }
        | Purpose::LinkCheck
        | Purpose::Render
        | Purpose::OwnNetwork => return None,
    };
    let is_mobile = page.channel == ChannelKind::MobileWeb || matches!(path.as_str(), "/m/" | "/wap/");
    Some(because(if is_mobile { PageKind::MobileHome } else { PageKind::Home }, why))
}

fn letters(evidence: &Evidence<'_>) -> Option<(PageKind, String)> {
    Some(match evidence.letters? {
        Letters::List => because(PageKind::ReplyList, "a list of letters with their days"),
        Letters::One => because(PageKind::Reply, "one letter with its days"),
    })
}

fn lists(evidence: &Evidence<'_>) -> Option<(PageKind, String)> {
    if let Some(here) = evidence.scenarios.iter().find(|guidance| guidance.here) {
        return Some(because(PageKind::Scenario, format!("scenario guidance: {:?}", here.kind).to_lowercase()));
    }
    let page = evidence.page;
    let pages = || evidence.links.iter().filter(|link| link.role == LinkRole::Page);
    let is_guide_link = |link: &&Link| is_guide_address(link.url.as_str()) || link.text.contains("办事指南");
    let guides = pages().filter(is_guide_link).count();
    let errands = pages().filter(|link| is_errand(&link.text)).count();
    if page.article.is_some() && !page.title_words().contains("办事指南") {
        return Some(because(PageKind::News, "it says when it was published"));
    }
    // A list of news often has a few guides at its side; a list of guides may have a day beside each of them.
    let news = evidence.dated.iter().filter(|entry| is_news_entry(entry, evidence.links)).count();
    if guides >= LIST_GUIDES && news <= guides {
        return Some(because(PageKind::GuideList, format!("{guides} links to guides")));
    }
    if errands >= LIST_ERRANDS && news <= errands {
        return Some(because(PageKind::GuideList, format!("{errands} links that name errands")));
    }
    if page.about.contains("办事指南") && errands >= LIST_GUIDES && news <= errands {
        return Some(because(PageKind::GuideList, "its headings say guides, and it links errands"));
    }
    if interaction::is_form(page) {
        return Some(because(PageKind::InteractionForm, "a box to write in, and words about asking or complaining"));
    }
    (evidence.dated.len() >= 3)
        .then(|| because(PageKind::News, format!("{} entries with a date", evidence.dated.len())))
}

/// Whether a dated entry is anything but a guide with the day of its last change.
fn is_news_entry(entry: &DatedEntry, links: &[Link]) -> bool {
    let is_errand_link = entry.url.as_ref().is_some_and(|url| {
        is_guide_address(url.as_str()) || links.iter().any(|link| link.url == *url && is_errand(&link.text))
    });
    !is_errand_link
}

fn rest(evidence: &Evidence<'_>) -> Option<(PageKind, String)> {
    let page = evidence.page;
    if page.article.is_some() {
        return Some(because(PageKind::News, "it says when it was published"));
    }
    // Frames of old portals: the page is only a holder for others.
    let is_frameset = page.dom.first(&Css::new("frame[src]")).is_some();
    is_frameset.then(|| because(PageKind::Other, "a set of frames"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{extracted, input};
    use super::super::{Input, Settings, extract};
    use crate::model::PageKind;

    fn kind(html: &str) -> PageKind {
        extracted("http://h.test/a/b.html", html).kind
    }

    #[test]
    fn lists_of_guides_are_recognised_by_addresses_or_errands() {
        let by_address: String =
            ["1", "2", "3"].map(|n| ["<li><a href='/bszn/", n, "'>事项</a></li>"].concat()).concat();
        assert_eq!(kind(&format!("<ul>{by_address}</ul>")), PageKind::GuideList);
        let by_errand: String = ["设立", "变更", "注销", "延续", "补证"]
            .map(|word| ["<li><a href='/i/", word, "'>公司", word, "登记</a></li>"].concat())
            .concat();
        assert_eq!(kind(&format!("<ul>{by_errand}</ul>")), PageKind::GuideList);
        assert_eq!(kind("<ul><li><a href=/a>首页</a><li><a href=/b>关于我们</a></ul>"), PageKind::Other);
    }

    #[test]
    fn news_are_news_even_if_they_speak_of_guides() {
        let html = "<h1>关于办事指南的通知</h1><p>发布时间：2026-10-01 来源：市府</p><p>办事指南如下</p>";
        assert_eq!(kind(html), PageKind::News);
    }

    #[test]
    fn an_empty_shell_is_not_an_empty_page() {
        assert_eq!(kind("<div id=app></div><script src=/a.js></script>"), PageKind::EmptyShell);
        assert_eq!(kind("<p>敬请期待</p>"), PageKind::Other);
        assert_eq!(kind("<p>抱歉，页面不存在</p>"), PageKind::SoftNotFound);
    }

    #[test]
    fn what_a_browser_has_built_is_short_because_it_has_little_to_say() {
        let built = |html: &str| {
            let url = url::Url::parse("http://h.test/m/ask").expect("an address");
            let input = Input { built: true, ..input(&url, &[], html.as_bytes()) };
            extract(&input, &Settings::default()).kind
        };
        let form = "<div id=app><h2>我要咨询</h2><form><textarea name=c></textarea><button>提交咨询</button></form>\
            <p>我们将在五个工作日内答复。</p></div><script src=/a.js></script>";
        assert_eq!((kind(form), built(form)), (PageKind::EmptyShell, PageKind::InteractionForm));
        for nothing in ["<div id=app></div><script src=/a.js></script>", "<div id=app>加载中…</div><script></script>"]
        {
            assert_eq!(built(nothing), PageKind::EmptyShell, "{nothing}");
        }
    }

    #[test]
    fn walls_and_forms_are_told_apart() {
        assert_eq!(kind("<form>账号<input><input type=password></form>"), PageKind::LoginWall);
        assert_eq!(
            kind("<h1>我要咨询</h1><form><textarea name=c></textarea><button>提交</button></form>"),
            PageKind::InteractionForm
        );
        assert_eq!(kind("<p>请向右滑动完成验证</p>"), PageKind::Challenge);
    }
}
