//! How a page looked when a browser had built it: the document, its layout, and what was not loaded.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::digest::{Digest, RecordId};
use super::dossier::SkipReason;
use super::request::Profile;

/// One rendering of one page, as it is archived.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendering {
    /// The record that says how it went.
    pub record: RecordId,
    /// The record of the rendered document.
    pub document: RecordId,
    /// The record of the picture.
    pub screenshot: RecordId,
    /// What it was made for.
    pub made_for: MadeFor,
    /// The record of the page's answer, which the browser was given.
    pub of: RecordId,
    /// The page's address, with its hash route.
    pub url: Url,
    /// When the browser began.
    pub date: Timestamp,
    /// As a computer or as a phone.
    pub profile: Profile,
    /// What the page asked for.
    pub asked: Asked,
    /// The page, or why there is none.
    pub outcome: Result<RenderedPage, RenderFailure>,
}

/// What a rendering is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeFor {
    /// The page is read from it: what it shows decides.
    Reading,
    /// A picture for people, taken after the page was judged: it decides nothing.
    Picture,
}

/// A page as a browser built it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedPage {
    /// The document after its scripts ran, as HTML in UTF-8; frames of the same origin and open shadow roots are
    /// written where they are seen. Empty if only a picture was wanted.
    pub html: Bytes,
    /// Whether `html` was cut at its ceiling.
    pub cut: bool,
    /// Its layout.
    pub layout: Layout,
    /// A picture of it (PNG), if one was taken.
    pub screenshot: Option<Bytes>,
}

/// Why there is no rendered page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderFailure {
    /// In one word.
    pub kind: RenderFailureKind,
    /// For people.
    pub detail: String,
}

/// What kept a page from being rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenderFailureKind {
    /// There is no browser, or rendering is switched off.
    NoBrowser,
    /// The browser died.
    Crashed,
    /// The page took longer than a page may take.
    Deadline,
    /// The page took more memory than a page may take.
    Memory,
    /// The browser did not understand us, or we not it.
    Protocol,
    /// The operator stopped the run.
    Interrupted,
}

/// What a page asked for while it was rendered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Requests that were answered.
    pub answered: u32,
    /// Of these, those answered from what was fetched before.
    pub from_record: u32,
    /// Requests that were not made, or failed; pictures, fonts and films are not counted.
    pub refused: Vec<RefusedAsk>,
    /// Requests refused beyond those listed.
    pub refused_more: u32,
    /// Pictures, fonts and films, which are not loaded.
    pub not_wanted: u32,
    /// Connections that the browser tried by itself and our proxy refused.
    pub by_itself: u32,
    /// Pages that the page wanted to lead the visitor to, by itself.
    pub leads_to: Vec<Url>,
}

/// A request of a page that was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedAsk {
    /// Address; personal data in it are masked.
    pub url: String,
    /// What it was to be: `script`, `data`, `frame` …
    pub what: AskedFor,
    /// Why not.
    pub why: AskRefusal,
}

/// What a request of a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedFor {
    /// A page in a frame.
    Frame,
    /// A script, also of a worker.
    Script,
    /// A style sheet.
    Style,
    /// Data.
    Data,
    /// A picture, font or film.
    Media,
    /// Anything else: streams, beacons, prefetches.
    Other,
}

/// Why a page's request was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskRefusal {
    /// The frontier does not let it pass.
    Skipped(SkipReason),
    /// It would send something.
    Method,
    /// Nothing that is needed to read the page.
    NotWanted,
    /// The page asked for more than a page may ask for.
    TooMany,
    /// It was asked for, and the exchange failed.
    Failed,
    /// Only what is on record was to be used, and this is not.
    NotOnRecord,
}

/// The layout of a page, in CSS pixels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Width of the screen.
    pub screen_width: u32,
    /// Height of the screen.
    pub screen_height: u32,
    /// Width that the page is laid out for, by its viewport declaration.
    pub layout_width: u32,
    /// Width of the content: wider than `layout_width` means that it must be pushed sideways.
    pub content_width: u32,
    /// Height of the content.
    pub content_height: u32,
    /// The element that reaches furthest beyond the right edge, if one does.
    pub widest: Option<LaidOut>,
    /// Elements to be tapped: visible links, buttons and fields. Links within a sentence are not counted (WCAG 2.2,
    /// 2.5.8, exception "inline").
    pub tap_targets: u32,
    /// Of these, those too small to be tapped surely: smaller than 24 by 24, and a circle of 24 around their middle
    /// meets another target (WCAG 2.2, 2.5.8).
    pub small_targets: u32,
    /// Some of the small ones.
    pub small_examples: Vec<LaidOut>,
    /// Characters of visible text.
    pub text_chars: u32,
    /// Of these, those smaller than 12 pixels as the screen shows them.
    pub small_text_chars: u32,
    /// The page offered more when the last round of scrolling was over: a list whose end was not seen.
    pub goes_on: bool,
}

impl Layout {
    /// Whether the content is wider than what the page is laid out for. One pixel is rounding.
    #[must_use]
    pub fn overflows(&self) -> bool {
        self.content_width > self.layout_width.saturating_add(1)
    }
}

/// An element and its box.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaidOut {
    /// A selector in the rendered document.
    pub selector: String,
    /// Its words, shortened.
    pub text: String,
    /// Left edge; may be negative.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// What an extraction says of the rendering it rests on, or that was made beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderFacts {
    /// The record that holds the rendered document; `None` if only a picture and the layout were kept.
    pub document: Option<(RecordId, Digest)>,
    /// The record that holds the picture.
    pub screenshot: Option<RecordId>,
    /// Whether the extraction was read from the rendered document; otherwise from the answer itself.
    pub is_reading: bool,
    /// As a computer or as a phone.
    pub profile: Profile,
    /// Its layout.
    pub layout: Layout,
    /// Scripts, frames and data that the page asked for in vain: what is blank there may only not have come.
    pub missing: u32,
    /// Style sheets that the page asked for in vain: its layout is not the one a visitor sees.
    pub unstyled: u32,
    /// The document was cut at its ceiling.
    pub cut: bool,
}

impl Rendering {
    /// What an extraction says of this rendering; `None` if it gave no page.
    #[must_use]
    pub fn facts(&self, is_reading: bool) -> Option<RenderFacts> {
        let page = self.outcome.as_ref().ok()?;
        Some(RenderFacts {
            document: (!page.html.is_empty()).then(|| (self.document.clone(), Digest::of(&page.html))),
            screenshot: page.screenshot.as_ref().map(|_| self.screenshot.clone()),
            is_reading,
            profile: self.profile,
            layout: page.layout.clone(),
            missing: self.asked.missing(),
            unstyled: self.asked.unstyled(),
            cut: page.cut,
        })
    }
}

impl RenderFacts {
    /// Whether everything that the page asked for came, so that a blank place is blank to a visitor too.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing == 0 && !self.cut
    }
}

impl Asked {
    /// Scripts, frames and data asked for in vain, but for those known to have no part in what a page says.
    #[must_use]
    pub fn missing(&self) -> u32 {
        let counts = |ask: &&RefusedAsk| match ask.what {
            AskedFor::Frame | AskedFor::Script | AskedFor::Data => !ask.is_bystander(),
            AskedFor::Style | AskedFor::Media | AskedFor::Other => false,
        };
        count(self.refused.iter().filter(counts)).saturating_add(self.refused_more)
    }

    /// Style sheets asked for in vain.
    #[must_use]
    pub fn unstyled(&self) -> u32 {
        count(self.refused.iter().filter(|ask| ask.what == AskedFor::Style)).saturating_add(self.refused_more)
    }
}

fn count<T>(of: impl Iterator<Item = T>) -> u32 {
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}

/// Hosts whose scripts count visitors, share pages, or show the site's badge: common on portals, and without part in
/// what a page says. Any other script that is missing may be one that fills in the values.
const BYSTANDERS: [&str; 14] = [
    "hm.baidu.com",
    "share.baidu.com",
    "push.zhanzhang.baidu.com",
    "zz.bdstatic.com",
    "bdimg.share.baidu.com",
    "cnzz.com",
    "51.la",
    "51yes.com",
    "conac.cn",
    "jiathis.com",
    "pv.sohu.com",
    "tongji.linezing.com",
    "zfwzgl.www.gov.cn",
    "google-analytics.com",
];

impl RefusedAsk {
    fn is_bystander(&self) -> bool {
        let host = Url::parse(&self.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        BYSTANDERS
            .iter()
            .any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pixel_too_many_is_rounding_and_two_are_overflow() {
        let layout = |content_width| Layout { layout_width: 390, content_width, ..Layout::default() };
        assert!(!layout(391).overflows());
        assert!(layout(392).overflows());
    }

    #[test]
    fn a_beacon_that_was_refused_leaves_the_page_whole_and_missing_data_do_not() {
        let refused = |what| RefusedAsk {
            url: "http://portal.example/x".to_owned(),
            what,
            why: AskRefusal::Skipped(SkipReason::OutOfScope),
        };
        let asked = |what| Asked { refused: vec![refused(what)], ..Asked::default() };
        assert_eq!(asked(AskedFor::Other).missing(), 0);
        assert_eq!(asked(AskedFor::Data).missing(), 1);
    }

    #[test]
    fn a_visitor_counter_that_was_not_loaded_leaves_the_page_whole_and_an_unknown_script_does_not() {
        let asked = |url: &str| Asked {
            refused: vec![RefusedAsk {
                url: url.to_owned(),
                what: AskedFor::Script,
                why: AskRefusal::Skipped(SkipReason::OutOfScope),
            }],
            ..Asked::default()
        };
        assert_eq!(asked("https://hm.baidu.com/hm.js?1").missing(), 0);
        assert_eq!(asked("https://s4.cnzz.com/z.js").missing(), 0);
        assert_eq!(asked("https://notcnzz.com/z.js").missing(), 1);
        assert_eq!(asked("https://cdn.example/vue.js").missing(), 1);
    }
}
