//! The entry page judged by its layout on a phone's screen.
//!
//! Comes in: the layout that a browser measured. Goes out: the verdict: what the page is laid out for, whether anything
//! makes it wider, and how many of its tap targets are too small.

use serde_json::{Value, json};

use super::{NO_VIEWPORT, title_of};
use crate::check::phrasing::{Wording, inferred};
use crate::check::view::View;
use crate::model::rendering::{LaidOut, Layout};
use crate::model::{Locator, PageRecord, Reason, RenderFacts, Severity, Verdict};

const OVERFLOW: Wording = Wording {
    kind: "overflow",
    severity: Severity::Warning,
    remedy_zh: "将该元素的宽度改为相对宽度，或让它在自己的区域内滚动。",
    remedy_en: "Give the element a relative width, or let it scroll within a box of its own.",
};

const SMALL_TARGETS: Wording = Wording {
    kind: "small_targets",
    severity: Severity::Notice,
    remedy_zh: "加大链接和按钮（不小于 24×24 CSS 像素），或加大它们之间的间距。",
    remedy_en: "Make links and buttons larger (24 by 24 CSS pixels at least), or leave more room between them.",
};

/// So many pixels beyond the edge are forgiven: shadows, rounding, a border too many. Nobody has to push for them.
const TOLERANCE: u32 = 8;

/// The rule excuses single targets that cannot be told apart here: the same function is offered again by a larger one,
/// or the size is essential. Excuses for more than a quarter of a page are not likely, and of a handful nothing can be
/// said.
const SMALL_SHARE: u32 = 4;
const FEWEST_SMALL: u32 = 5;

/// What a browser could not load may have styled the page.
const CONFIDENCE_OF_PARTS: f64 = 0.8;

/// Small targets quoted.
const QUOTED: usize = 3;

/// The verdict on a page that a browser showed.
pub(super) fn judge(view: &View<'_>, page: &PageRecord, facts: &RenderFacts) -> Verdict {
    let layout = &facts.layout;
    let declared = page.extraction.as_ref().is_some_and(|reading| reading.site.viewport.is_some());
    // A script may declare what the markup does not: what the page is laid out for is what counts.
    let unadapted = !declared && layout.layout_width > layout.screen_width;
    let widest = layout.widest.as_ref().filter(|_| layout.content_width > layout.layout_width + TOLERANCE);
    let overflow = widest.is_some();
    let value = value(layout, !unadapted, overflow);
    if (unadapted || overflow) && !is_as_seen(facts) {
        return Verdict::cant_tell(Reason::NotRendered).with_value(value).citing(page.cite_whole());
    }
    let mut verdict = if unadapted || overflow { Verdict::failed(value) } else { passed(page, facts, value) };
    if unadapted {
        no_viewport(&mut verdict, page, layout);
    }
    if let Some(widest) = widest {
        too_wide(&mut verdict, page, layout, widest);
    }
    if is_as_seen(facts)
        && layout.small_targets >= FEWEST_SMALL
        && layout.small_targets * SMALL_SHARE > layout.tap_targets
    {
        small_targets(&mut verdict, page, layout);
    }
    // That nothing declares a viewport is inferred; that something is too wide was seen.
    if unadapted && !overflow { inferred(view, verdict) } else { verdict }
}

/// Whether everything came that may have to do with how the page looks.
fn is_as_seen(facts: &RenderFacts) -> bool {
    facts.is_whole() && facts.unstyled == 0
}

fn value(layout: &Layout, viewport: bool, overflow: bool) -> Value {
    json!({
        "viewport": viewport,
        "overflow": overflow,
        "tap_targets": { "count": layout.tap_targets, "small": layout.small_targets },
        "layout": {
            "screen": layout.screen_width, "laid_out_for": layout.layout_width, "content": layout.content_width,
        },
    })
}

fn passed(page: &PageRecord, facts: &RenderFacts, value: Value) -> Verdict {
    let viewport = page.extraction.as_ref().and_then(|reading| reading.site.viewport.as_ref());
    let cite = viewport.map_or_else(|| page.cite_whole(), |viewport| page.cite(&viewport.at, &viewport.raw));
    let verdict = Verdict::passed(value).citing(cite);
    if is_as_seen(facts) { verdict } else { verdict.with_confidence(CONFIDENCE_OF_PARTS) }
}

fn no_viewport(verdict: &mut Verdict, page: &PageRecord, layout: &Layout) {
    let words = title_of(page);
    let at = verdict.cite(page.cite(&Locator::Whole, &words));
    let (width, screen) = (layout.layout_width, layout.screen_width);
    verdict.findings.push(NO_VIEWPORT.finding(
        format!("移动端首页没有 viewport 声明，在 {screen} 像素宽的手机上按 {width} 像素排版，文字被缩小。"),
        format!(
            "the mobile entry page declares no viewport: a phone {screen} pixels wide lays it out for {width} pixels and shrinks it."
        ),
        vec![words],
        vec![at],
    ));
}

fn too_wide(verdict: &mut Verdict, page: &PageRecord, layout: &Layout, widest: &LaidOut) {
    let at = verdict.cite(page.cite(&Locator::Selector(widest.selector.clone()), &quote(widest)));
    let (content, width) = (layout.content_width, layout.layout_width);
    verdict.findings.push(OVERFLOW.finding(
        format!("移动端首页在 {width} 像素宽的手机屏幕上宽达 {content} 像素，须左右滑动才能看全。"),
        format!("on a screen {width} pixels wide the mobile entry page is {content} pixels wide and must be pushed sideways."),
        vec![quote(widest)],
        vec![at],
    ));
}

fn small_targets(verdict: &mut Verdict, page: &PageRecord, layout: &Layout) {
    let examples: Vec<&LaidOut> = layout.small_examples.iter().take(QUOTED).collect();
    let at: Vec<usize> = examples
        .iter()
        .map(|target| verdict.cite(page.cite(&Locator::Selector(target.selector.clone()), &quote(target))))
        .collect();
    if at.is_empty() {
        return;
    }
    let (small, all) = (layout.small_targets, layout.tap_targets);
    verdict.findings.push(SMALL_TARGETS.finding(
        format!("移动端首页 {all} 个可点击区域中有 {small} 个小于 24×24 像素且彼此过近，容易点错。"),
        format!(
            "{small} of {all} tap targets of the mobile entry page are smaller than 24 by 24 pixels and too close to others."
        ),
        examples.into_iter().map(quote).collect(),
        at,
    ));
}

/// What the element says, and its size.
fn quote(element: &LaidOut) -> String {
    let size = format!("{}×{}", element.width, element.height);
    if element.text.is_empty() { size } else { format!("{}（{size}）", element.text) }
}

#[cfg(test)]
mod tests {
    use super::super::CHECK;
    use super::*;
    use crate::check::testing::{Visit, World, located, reading};
    use crate::model::extraction::SiteFacts;
    use crate::model::{Digest, Extraction, Outcome, PageKind, Profile, RecordId};

    fn banner(width: u32) -> LaidOut {
        let selector = "html>body>div:nth-of-type(1)".to_owned();
        LaidOut { selector, text: "让办事更方便".to_owned(), width, height: 180, ..LaidOut::default() }
    }

    /// A page laid out for a phone, nothing wider than its screen.
    fn fitting() -> Layout {
        Layout {
            screen_width: 390,
            screen_height: 844,
            layout_width: 390,
            content_width: 390,
            tap_targets: 20,
            ..Layout::default()
        }
    }

    fn facts(layout: Layout) -> RenderFacts {
        RenderFacts {
            document: Some((RecordId("urn:uuid:dom".to_owned()), Digest::of(b"dom"))),
            screenshot: None,
            is_reading: true,
            profile: Profile::Phone,
            layout,
            missing: 0,
            unstyled: 0,
            cut: false,
        }
    }

    fn verdict(viewport: Option<&str>, facts: RenderFacts) -> Verdict {
        let site = SiteFacts {
            viewport: viewport.map(|text| located(text.to_owned(), text)),
            // A carousel's track: wide by its style, and clipped by its frame.
            widest_fixed: Some(located(1950, "width: 1950px")),
            ..SiteFacts::default()
        };
        let rendered = Some(Box::new(facts));
        let home =
            Visit::entry("http://m.test/", 1).read(Extraction { site, rendered, ..reading(PageKind::MobileHome) });
        World::of(vec![home]).judge(&CHECK)
    }

    const DECLARED: Option<&str> = Some("width=device-width, initial-scale=1");

    #[test]
    fn a_page_that_fits_passes_with_its_measures_although_its_markup_speaks_of_wide_things() {
        let verdict = verdict(DECLARED, facts(fitting()));
        assert_eq!((verdict.outcome, verdict.findings.len()), (Outcome::Passed, 0));
        let layout = json!({"screen": 390, "laid_out_for": 390, "content": 390});
        let targets = json!({"count": 20, "small": 0});
        assert_eq!(
            verdict.value,
            json!({"viewport": true, "overflow": false, "tap_targets": targets, "layout": layout})
        );
    }

    #[test]
    fn a_page_wider_than_the_screen_fails_and_cites_what_makes_it_so_in_the_rendered_document() {
        let layout = Layout { content_width: 960, widest: Some(banner(960)), ..fitting() };
        let verdict = verdict(DECLARED, facts(layout));
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "overflow"));
        assert_eq!(verdict.findings[0].quotes, ["让办事更方便（960×180）"]);
        let cite = &verdict.evidence[verdict.findings[0].at[0]];
        assert_eq!(cite.record.0, "urn:uuid:dom");
        assert_eq!(cite.locator, Locator::Selector("html>body>div:nth-of-type(1)".to_owned()));
    }

    #[test]
    fn a_few_pixels_are_no_overflow_and_neither_is_one_without_a_cause() {
        let layout = Layout { content_width: 398, widest: Some(banner(398)), ..fitting() };
        assert_eq!(verdict(DECLARED, facts(layout)).outcome, Outcome::Passed);
        let layout = Layout { content_width: 500, ..fitting() };
        assert_eq!(verdict(DECLARED, facts(layout)).outcome, Outcome::Passed);
    }

    #[test]
    fn a_page_that_a_phone_lays_out_for_a_computer_fails() {
        let layout = Layout { layout_width: 980, content_width: 980, ..fitting() };
        let verdict = verdict(None, facts(layout));
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "no_viewport"));
        assert_eq!(verdict.value["viewport"], json!(false));
    }

    #[test]
    fn a_viewport_declared_by_script_or_drawn_wide_and_scaled_is_one() {
        assert_eq!(verdict(None, facts(fitting())).outcome, Outcome::Passed);
        let scaled = Layout { layout_width: 750, content_width: 750, ..fitting() };
        assert_eq!(verdict(Some("width=750"), facts(scaled)).outcome, Outcome::Passed);
    }

    #[test]
    fn a_page_whose_style_did_not_come_is_not_accused_of_how_it_looks() {
        let layout = Layout { content_width: 960, widest: Some(banner(960)), ..fitting() };
        for facts in
            [RenderFacts { unstyled: 1, ..facts(layout.clone()) }, RenderFacts { missing: 1, ..facts(layout.clone()) }]
        {
            let verdict = verdict(DECLARED, facts);
            assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::NotRendered)));
            assert_eq!(verdict.value["overflow"], json!(true));
            assert!(verdict.findings.is_empty());
        }
    }

    #[test]
    fn many_small_targets_are_noted_and_do_not_fail_the_page() {
        let small = |small_targets| Layout { small_targets, small_examples: vec![banner(18); 4], ..fitting() };
        let noted = verdict(DECLARED, facts(small(6)));
        assert_eq!((noted.outcome, noted.findings[0].kind.as_str()), (Outcome::Passed, "small_targets"));
        assert_eq!(
            (noted.findings[0].severity, noted.value["tap_targets"]["small"].clone()),
            (Severity::Notice, json!(6))
        );
        assert!(verdict(DECLARED, facts(small(5))).findings.is_empty(), "a quarter is not more than a quarter");
        let few = Layout { tap_targets: 6, ..small(4) };
        assert!(verdict(DECLARED, facts(few)).findings.is_empty(), "of a handful nothing can be said");
    }

    #[test]
    fn how_a_computer_shows_the_page_says_nothing_of_a_phone() {
        let layout = Layout { screen_width: 1366, layout_width: 1366, content_width: 1366, ..fitting() };
        let seen = verdict(None, RenderFacts { profile: Profile::Desktop, ..facts(layout) });
        assert_eq!(seen.value["tap_targets"], Value::Null);
        assert_eq!(seen.findings[0].kind, "no_viewport");
    }
}
