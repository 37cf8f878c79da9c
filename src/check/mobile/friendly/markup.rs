//! The entry page judged by what its markup states, where no browser showed it.
//!
//! Comes in: the viewport tag and the widest fixed width of the page. Goes out: the verdict; tap targets need a layout and
//! are not measured.

use serde_json::json;

use super::{NO_VIEWPORT, title_of};
use crate::check::phrasing::{Wording, inferred};
use crate::check::view::View;
use crate::model::{Located, Locator, PageRecord, Reason, Severity, Verdict};

const TOO_WIDE: Wording = Wording {
    kind: "fixed_width",
    severity: Severity::Warning,
    remedy_zh: "将固定宽度改为相对宽度或最大宽度。",
    remedy_en: "Replace the fixed width by a relative or a maximum width.",
};

/// A fixed width may still be tamed by a style sheet that is not read here.
const CONFIDENCE_OF_WIDTH: f64 = 0.8;

/// The verdict on a page that no browser showed.
pub(super) fn judge(view: &View<'_>, home: &PageRecord) -> Verdict {
    let Some(reading) = &home.extraction else { return Verdict::cant_tell(Reason::Unreadable) };
    let site = &reading.site;
    let settings = view.context.settings;
    let screen = site.viewport.as_ref().map_or(f64::from(settings.phone_width), |viewport| {
        screen_of(&viewport.value, f64::from(settings.phone_width))
    });
    let too_wide = site.widest_fixed.as_ref().filter(|width| f64::from(width.value) > screen);
    let value = json!({
        "viewport": site.viewport.is_some(), "overflow": too_wide.is_some(), "tap_targets": null,
    });
    match (&site.viewport, too_wide) {
        (Some(viewport), None) => Verdict::passed(value).citing(home.cite(&viewport.at, &viewport.raw)),
        (Some(_), Some(_)) if CONFIDENCE_OF_WIDTH < settings.min_confidence => Verdict::cant_tell(Reason::NotRendered)
            .with_value(value)
            .with_confidence(CONFIDENCE_OF_WIDTH)
            .citing(home.cite_whole()),
        (None, _) if home.is_cut() => {
            Verdict::cant_tell(Reason::Unreadable).with_value(value).citing(home.cite_whole())
        }
        (None, too_wide) => inferred(view, accuse(Verdict::failed(value), home, true, too_wide)),
        (Some(_), too_wide) => {
            accuse(Verdict::failed(value), home, false, too_wide).with_confidence(CONFIDENCE_OF_WIDTH)
        }
    }
}

fn accuse(mut verdict: Verdict, home: &PageRecord, no_viewport: bool, wide: Option<&Located<u32>>) -> Verdict {
    if no_viewport {
        let words = title_of(home);
        let at = verdict.cite(home.cite(&Locator::Whole, &words));
        verdict.findings.push(NO_VIEWPORT.finding(
            "移动端首页没有 viewport 声明，手机会按电脑宽度显示。".to_owned(),
            "the mobile entry page declares no viewport, so a phone shows it at a computer's width.".to_owned(),
            vec![words],
            vec![at],
        ));
    }
    if let Some(width) = wide {
        let at = verdict.cite(home.cite(&width.at, &width.raw));
        let pixels = width.value;
        verdict.findings.push(TOO_WIDE.finding(
            format!("移动端首页有 {pixels} 像素的固定宽度，超出手机屏幕。"),
            format!("the mobile entry page has a fixed width of {pixels} pixels, wider than a phone's screen."),
            vec![width.raw.clone()],
            vec![at],
        ));
    }
    verdict
}

/// The width in CSS pixels that a phone gives a page with this viewport: pages drawn for 750 pixels and scaled down, or
/// scaled by a factor, fit although their widths are larger than the phone.
fn screen_of(viewport: &str, phone: f64) -> f64 {
    let stated = |name: &str| {
        viewport.split([',', ';']).find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key.trim().eq_ignore_ascii_case(name)).then(|| value.trim().parse::<f64>().ok()).flatten()
        })
    };
    let fixed = stated("width").unwrap_or(0.0);
    let scaled =
        stated("initial-scale").filter(|scale| (0.1..1.0).contains(scale)).map_or(phone, |scale| phone / scale);
    fixed.max(scaled).max(phone)
}

#[cfg(test)]
mod tests {
    use super::super::CHECK;
    use super::*;
    use crate::check::testing::{Visit, World, located, reading};
    use crate::model::extraction::SiteFacts;
    use crate::model::{Extraction, Outcome, PageKind};

    fn verdict(viewport: Option<&str>, widest: Option<u32>) -> Verdict {
        let site = SiteFacts {
            viewport: viewport.map(|text| located(text.to_owned(), text)),
            widest_fixed: widest.map(|width| located(width, &format!("width:{width}px"))),
            ..SiteFacts::default()
        };
        let home = Visit::entry("http://m.test/", 1).read(Extraction { site, ..reading(PageKind::MobileHome) });
        World::of(vec![home]).judge(&CHECK)
    }

    #[test]
    fn a_page_with_a_viewport_and_no_fixed_width_passes() {
        let verdict = verdict(Some("width=device-width, initial-scale=1"), Some(320));
        assert_eq!(verdict.outcome, Outcome::Passed);
        assert_eq!(verdict.value, json!({"viewport": true, "overflow": false, "tap_targets": null}));
    }

    #[test]
    fn a_page_without_a_viewport_fails() {
        let verdict = verdict(None, None);
        assert_eq!((verdict.outcome, verdict.findings[0].kind.as_str()), (Outcome::Failed, "no_viewport"));
    }

    #[test]
    fn a_fixed_width_beyond_the_screen_fails_with_its_words() {
        let verdict = verdict(Some("width=device-width"), Some(1200));
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.findings[0].quotes, ["width:1200px"]);
    }

    #[test]
    fn a_page_drawn_wide_and_scaled_to_the_screen_passes() {
        assert_eq!(verdict(Some("width=750, user-scalable=no"), Some(750)).outcome, Outcome::Passed);
        assert_eq!(verdict(Some("width=device-width,initial-scale=0.5"), Some(750)).outcome, Outcome::Passed);
    }
}
