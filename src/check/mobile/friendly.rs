//! `mobile.friendly`: does the mobile entry page fit a phone's screen?
//!
//! Comes in: the entry page as it was read and, where a browser built it, its layout. Goes out: what speaks for or against
//! it. With a layout the page is measured (`layout`); without one only what the markup states can count (`markup`).

mod layout;
mod markup;

use crate::check::phrasing::Wording;
use crate::check::site::open_home;
use crate::check::view::{ChannelState, View};
use crate::check::{Check, Test};
use crate::model::{Channel, PageRecord, Profile, Property, PropertyId, RenderFacts, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("mobile.friendly"),
        subject: SubjectKind::Channel,
        unit: None,
        title_zh: "适合手机屏幕",
        title_en: "fits a phone's screen",
        passed_when: "on a phone's screen the entry page is laid out for the phone's width and nothing makes it wider; tap targets are measured and reported, they do not fail the page. Where no browser showed the page: it declares a viewport, no fixed width goes beyond the screen, and tap targets are not measured",
        rationale: "A page that must be enlarged and pushed sideways to be read is given up by applicants, first of all by the old.",
        basis: &[
            "mobile friendliness is a measure of user support in the EU eGovernment Benchmark; the limits are this tool's configuration",
            "WCAG 2.2, 2.5.8 target size (minimum): 24 by 24 CSS pixels, or as much room around; 1.4.10 reflow: no pushing in two directions",
        ],
    },
    version: 2,
    test: Test::MobileChannel(judge),
};

const NO_VIEWPORT: Wording = Wording {
    kind: "no_viewport",
    severity: Severity::Warning,
    remedy_zh: "在页面头部加入 viewport 声明（width=device-width）。",
    remedy_en: "Declare a viewport in the page's head (width=device-width).",
};

fn judge(view: &View<'_>, channel: &Channel) -> Verdict {
    if let ChannelState::Withdrawn(page) = view.channel_state(channel) {
        return Verdict::inapplicable(None).citing(page.cite_whole());
    }
    let home = match open_home(view, channel) {
        Ok(home) => home,
        Err(verdict) => return *verdict,
    };
    let attempts = view.entry_answers(channel);
    let measured = attempts.iter().filter(|page| view.usable(page)).find_map(|page| Some((*page, shown(page)?)));
    match measured {
        Some((page, facts)) => layout::judge(view, page, facts),
        None => markup::judge(view, home),
    }
}

/// How a phone showed the page, if a browser did.
fn shown(page: &PageRecord) -> Option<&RenderFacts> {
    let facts = page.extraction.as_ref()?.rendered.as_deref()?;
    (facts.profile == Profile::Phone && facts.layout.layout_width > 0).then_some(facts)
}

/// Words that stand for the page itself.
fn title_of(page: &PageRecord) -> String {
    let title = page.extraction.as_ref().and_then(|reading| reading.title.as_ref());
    title.map_or_else(|| page.request.url.to_string(), |title| title.raw.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Visit, World, reading};
    use crate::model::{Outcome, PageKind, Reason};

    #[test]
    fn a_page_built_by_script_is_not_judged_and_a_withdrawn_one_is_out_of_question() {
        let shell = Visit::entry("http://m.test/", 1).read(reading(PageKind::EmptyShell));
        assert_eq!(World::of(vec![shell]).judge(&CHECK).reason, Some(Reason::NotRendered));
        let gone = Visit::entry("http://m.test/", 1).status(410);
        assert_eq!(World::of(vec![gone]).judge(&CHECK).outcome, Outcome::Inapplicable);
    }
}
