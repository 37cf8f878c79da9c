//! What a link's words promise: the focused part of the crawl.
//!
//! Comes in: the words of a link, its address, its role, and the page it stands on. Goes out: 0–100, higher is sooner.
//! Must never know: what is queued.
//!
//! The order that lets a small budget find the guides in a large portal: addresses that name the errand come first, then
//! the ways to lists of guides and the next pages of such lists, then guides of other errands, and last news and footers.
//! A page passes part of its promise on to its links, so that a headline that only mentions the errand stays behind.

use url::Url;

use super::settings::Settings;
use crate::model::extraction::LinkRole;
use crate::model::{Purpose, Request};

/// Where a link without any words begins.
const NEUTRAL: i32 = 40;

/// What a word of the scenario's errands is worth.
const FOCUS: i32 = 45;

/// What the next page of a list can be worth at most: more than a guide of another errand, less than one of ours.
const PAGING_LIMIT: i32 = 72;

/// Labels of a menu are short; in a longer text a word of the menu is only part of a title and counts half.
const LABEL_LENGTH: usize = 8;

/// Words of links that lead to what is assessed, with their worth.
const PROMISING: [(&str, i32); 44] = [
    ("企业开办", 42),
    ("开办企业", 42),
    ("一件事", 40),
    ("一次办", 32),
    ("一事联办", 36),
    ("办事指南", 40),
    ("服务指南", 36),
    ("申报指引", 30),
    ("主题服务", 38),
    ("主题套餐", 36),
    ("套餐", 30),
    ("智能导办", 36),
    ("智能引导", 32),
    ("情形导办", 34),
    ("场景", 28),
    ("导办", 28),
    ("设立变更", 36),
    ("经营活动", 24),
    ("样表", 32),
    ("示例", 26),
    ("空表", 30),
    ("空白表格", 32),
    ("表格下载", 32),
    ("表格", 22),
    ("流程图", 32),
    ("办理流程", 26),
    ("法人", 28),
    ("企业", 18),
    ("事项", 20),
    ("权责清单", 6),
    ("办事", 26),
    ("政务服务", 22),
    ("咨询", 28),
    ("投诉", 28),
    ("信箱", 26),
    ("信件", 24),
    ("互动", 22),
    ("答复", 22),
    ("回复", 22),
    ("手机版", 20),
    ("移动", 20),
    ("客户端", 20),
    ("公众号", 20),
    ("疫情防控", 24),
];

/// Words of links that lead elsewhere: news, and what stands in footers.
const IDLE: [(&str, i32); 43] = [
    ("新闻", -28),
    ("要闻", -28),
    ("动态", -26),
    ("快讯", -26),
    ("公告", -22),
    ("公示", -18),
    ("通知", -18),
    ("图片", -18),
    ("视频", -20),
    ("专题", -10),
    ("解读", -18),
    ("政策", -10),
    ("政府信息公开", -16),
    ("领导", -20),
    ("会议", -24),
    ("召开", -24),
    ("我市", -16),
    ("全市", -16),
    ("推进", -14),
    ("提速", -14),
    ("印发", -18),
    ("开展", -18),
    ("举行", -24),
    ("调研", -24),
    ("招标", -24),
    ("采购", -22),
    ("招聘", -24),
    ("统计", -16),
    ("天气", -30),
    ("旅游", -24),
    ("日历", -30),
    ("友情链接", -30),
    ("关于我们", -30),
    ("版权", -32),
    ("隐私", -30),
    ("网站声明", -30),
    ("网站地图", -12),
    ("联系我们", -14),
    ("无障碍", -28),
    ("收藏", -30),
    ("设为首页", -34),
    ("登录", -20),
    ("注册", -20),
];

/// Parts of an address that say what the words did not: English, and the pinyin initials portals use.
const PATH_HINTS: [(&str, i32); 23] = [
    ("bszn", 22),
    ("guide", 20),
    ("fwzn", 18),
    ("qykb", 30),
    ("yjs", 20),
    ("ztfw", 20),
    ("/item", 8),
    ("banshi", 12),
    ("bsfw", 14),
    ("frfw", 12),
    ("frbs", 12),
    ("zxts", 14),
    ("zxzx", 12),
    ("tousu", 14),
    ("xinxiang", 12),
    ("hudong", 10),
    ("news", -22),
    ("xwzx", -22),
    ("xwdt", -22),
    ("tzgg", -20),
    ("zcjd", -16),
    ("video", -20),
    ("login", -18),
];

/// A dated article (`/202005/t20200512_1.html`, `/2020/5/12/`) is news far more often than a guide.
const DATED: i32 = -14;

/// The most a dated article is worth: some portals keep guides in their news system, but a headline that repeats the
/// words of the errand must not outrank the way to the real list. News link to news with the same words without end.
const DATED_LIMIT: i32 = NEUTRAL + 6;

/// The most an address is worth that says itself that it is news.
const NEWS_LIMIT: i32 = NEUTRAL - 8;

/// What a link is offered with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promise<'a> {
    pub(super) purpose: &'a Purpose,
    pub(super) anchor: &'a str,
    pub(super) url: &'a Url,
    pub(super) role: LinkRole,
    pub(super) via: Option<&'a Request>,
    /// Clicks from the entry, list paging not counted.
    pub(super) depth: usize,
}

/// The priority of a link.
pub(super) fn priority(promise: Promise<'_>, settings: &Settings) -> u8 {
    match promise.purpose {
        Purpose::Robots | Purpose::OwnNetwork | Purpose::Entry { .. } => 100,
        // A browser waits for it, and so does everybody who waits for the browser.
        Purpose::Render => 99,
        // Few in number, and other results wait for them.
        Purpose::Control404 => 97,
        Purpose::Ipv6 => 96,
        Purpose::Search { .. } => 94,
        // The sample comes when everything else is done.
        Purpose::LinkCheck => 3,
        Purpose::Page | Purpose::Attachment => of_page(promise, settings),
    }
}

fn of_page(promise: Promise<'_>, settings: &Settings) -> u8 {
    // An entry is urgent, but its links promise nothing by standing on it.
    let page = promise.via.filter(|page| !matches!(page.purpose, Purpose::Entry { .. }));
    let inherited = page.map_or(0, |page| i32::from(page.priority) - NEUTRAL);
    let depth = i32::try_from(promise.depth.saturating_sub(1)).unwrap_or(i32::MAX).min(10);
    let score = match promise.role {
        // The next page of a list is worth what the list is worth, however many pages came before.
        LinkRole::Paging => (NEUTRAL + inherited).min(PAGING_LIMIT),
        LinkRole::BlankForm | LinkRole::SampleForm | LinkRole::Flowchart => 66 + inherited / 3,
        // What the page itself loads is part of the page.
        LinkRole::Embed | LinkRole::Data => 60 + inherited / 3,
        LinkRole::QrImage => 56 + inherited / 4,
        LinkRole::File => 30 + words(promise.anchor, settings) / 2 + inherited / 3,
        LinkRole::Page => {
            let (place, limit) = place(promise.url);
            (NEUTRAL + words(promise.anchor, settings) + place + inherited / 3 - 2 * depth).min(limit)
        }
    };
    u8::try_from(score.clamp(1, 93)).unwrap_or(1)
}

/// The worth of a link's words: the best that is promised and the worst.
fn words(anchor: &str, settings: &Settings) -> i32 {
    let anchor: String = anchor.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_label = anchor.chars().count() <= LABEL_LENGTH;
    let named = settings.focus_words.iter().any(|word| !word.is_empty() && anchor.contains(word.as_str()));
    let best = best_of(&PROMISING, &anchor) / if is_label { 1 } else { 2 };
    let best = if named { FOCUS.max(best) } else { best };
    best + worst_of(&IDLE, &anchor)
}

/// What an address adds or takes, and the most it may be worth.
fn place(url: &Url) -> (i32, i32) {
    // The host says nothing: whole portals live on hosts called `news` or `zwdt`.
    let text = format!("{}?{}", url.path(), url.query().unwrap_or_default()).to_ascii_lowercase();
    let (best, worst) = (best_of(&PATH_HINTS, &text), worst_of(&PATH_HINTS, &text));
    let dated = is_dated(url.path());
    let limit = match (worst < 0, dated) {
        (true, _) => NEWS_LIMIT,
        (false, true) => DATED_LIMIT,
        (false, false) => i32::MAX,
    };
    (best / 2 + worst.min(if dated { DATED } else { 0 }), limit)
}

fn best_of(table: &[(&str, i32)], text: &str) -> i32 {
    table.iter().filter(|(word, _)| text.contains(word)).map(|(_, worth)| *worth).fold(0, i32::max)
}

fn worst_of(table: &[(&str, i32)], text: &str) -> i32 {
    table.iter().filter(|(word, _)| text.contains(word)).map(|(_, worth)| *worth).fold(0, i32::min)
}

/// Whether the path holds a day: `20200512`, or year, month and day as segments.
fn is_dated(path: &str) -> bool {
    let year = |text: &str| text.starts_with("19") || text.starts_with("20");
    let runs: Vec<&str> = path.split(|letter: char| !letter.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let whole_day = runs.iter().any(|run| run.len() == 8 && year(run));
    let split_day =
        runs.windows(3).any(|run| run[0].len() == 4 && year(run[0]) && run[1].len() <= 2 && run[2].len() <= 2);
    whole_day || split_day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(anchor: &str, path: &str, role: LinkRole) -> u8 {
        let url = Url::parse(&format!("http://portal.example{path}")).expect("absolute");
        let promise = Promise { purpose: &Purpose::Page, anchor, url: &url, role, via: None, depth: 1 };
        priority(promise, &Settings::for_tests())
    }

    fn page(anchor: &str, path: &str) -> u8 {
        of(anchor, path, LinkRole::Page)
    }

    #[test]
    fn words_are_ranked_as_an_assessor_would() {
        let best_first = [
            page("有限责任公司设立登记", "/item/17"),
            page("企业开办", "/c/3"),
            page("办事指南", "/c/1"),
            page("法人服务", "/c/2"),
            page("市教育局", "/c/4"),
            page("公告", "/c/6"),
            page("关于我们", "/about"),
        ];
        assert!(best_first.is_sorted_by(|a, b| a > b), "{best_first:?}");
    }

    #[test]
    fn a_headline_that_mentions_the_errand_stays_behind_the_guide() {
        let guide = page("公章刻制备案", "/guide/17.html");
        let headline = page("我市召开公章刻制改革会议", "/xwdt/202005/t20200512_88.html");
        assert!(guide > 80 && headline < 45, "{guide} {headline}");
    }

    #[test]
    fn a_form_of_a_guide_is_worth_more_than_a_page_without_promise() {
        assert!(of("下载", "/f/1.doc", LinkRole::SampleForm) > page("市教育局", "/c/4"));
    }

    #[test]
    fn deeper_is_later() {
        let url = Url::parse("http://portal.example/c/4").expect("absolute");
        let at = |depth| {
            let promise = Promise {
                purpose: &Purpose::Page,
                anchor: "市教育局",
                url: &url,
                role: LinkRole::Page,
                via: None,
                depth,
            };
            priority(promise, &Settings::for_tests())
        };
        assert!(at(1) > at(3) && at(3) > at(6));
    }

    #[test]
    fn probes_come_first_and_the_link_sample_last() {
        let url = Url::parse("http://portal.example/").expect("absolute");
        let of = |purpose: &Purpose| {
            let promise =
                Promise { purpose, anchor: "设立登记", url: &url, role: LinkRole::Page, via: None, depth: 0 };
            priority(promise, &Settings::for_tests())
        };
        assert!(of(&Purpose::Entry { attempt: 1 }) > of(&Purpose::Control404));
        assert!(of(&Purpose::Control404) > of(&Purpose::Page));
        assert!(of(&Purpose::LinkCheck) < page("关于我们", "/about"));
    }

    #[test]
    fn a_host_called_news_does_not_make_its_guides_news() {
        let url = Url::parse("http://news.example/item/1").expect("absolute");
        let promise = Promise {
            purpose: &Purpose::Page,
            anchor: "设立登记",
            url: &url,
            role: LinkRole::Page,
            via: None,
            depth: 1,
        };
        assert!(priority(promise, &Settings::for_tests()) > 80);
    }

    #[test]
    fn days_in_addresses_are_recognised() {
        assert!(is_dated("/art/2020/5/12/art_1.html") && is_dated("/202005/t20200512_1.html"));
        assert!(!is_dated("/guide/11330100002489559.html") && !is_dated("/item/2020"));
    }
}
