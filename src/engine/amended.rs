//! What a browser shows beyond the answer, added to the answer's reading.
//!
//! Comes in: the reading of an answer that says something by itself, and the reading of the document that a browser
//! built of it. Goes out: the answer's reading with what only the browser showed. Pure.
//!
//! Nothing is taken away and nothing replaced: a browser moves things about, and what its document lacks is not missing
//! on the page. What is added cites the rendered document.

use crate::model::extraction::{DatedEntry, MobileClaim, ScenarioGuidance, SearchForm, SiteFacts};
use crate::model::interaction::Entry;
use crate::model::{Extraction, Link, Located, Locator};

/// The answer's reading with what the browser showed besides.
pub(super) fn amended(answered: &Extraction, shown: &Extraction) -> Extraction {
    let mut out = answered.clone();
    if shown.kind.is_in_the_way() {
        return out;
    }
    add(&mut out.links, &shown.links, |a, b| a.asks() == b.asks());
    add(&mut out.scenarios, &shown.scenarios, |a, b| a.url == b.url && a.title == b.title && a.kind == b.kind);
    add(&mut out.entries, &shown.entries, |a, b| a.url == b.url && a.topic == b.topic);
    add(&mut out.mobile, &shown.mobile, |a, b| a.kind == b.kind && a.url == b.url && a.proof == b.proof);
    add(&mut out.dated, &shown.dated, |a, b| a.date == b.date && a.title == b.title);
    site(&mut out.site, &shown.site);
    if out.search.is_none()
        && let Some(search) = &shown.search
    {
        let at = beside(&search.at);
        out.search = Some(SearchForm { at, ..search.clone() });
    }
    out
}

/// Something that stands at a place.
trait Placed: Clone {
    fn place(&mut self) -> &mut Locator;
}

macro_rules! placed {
    ($($kind:ty),*) => {
        $(impl Placed for $kind {
            fn place(&mut self) -> &mut Locator {
                &mut self.at
            }
        })*
    };
}

placed!(Link, ScenarioGuidance, Entry, MobileClaim, DatedEntry);

fn add<T: Placed>(own: &mut Vec<T>, shown: &[T], same: impl Fn(&T, &T) -> bool) {
    for one in shown {
        if !own.iter().any(|known| same(known, one)) {
            let mut one = one.clone();
            let at = beside(one.place());
            *one.place() = at;
            own.push(one);
        }
    }
}

fn beside(at: &Locator) -> Locator {
    Locator::Rendered(Box::new(at.clone()))
}

/// Facts of the site that the answer does not state. Widths are measured, not added.
fn site(own: &mut SiteFacts, shown: &SiteFacts) {
    let SiteFacts { site_name, site_domain, site_id_code, icp, viewport, widest_fixed: _, tap_targets: _ } = shown;
    let facts = [
        (&mut own.site_name, site_name),
        (&mut own.site_domain, site_domain),
        (&mut own.site_id_code, site_id_code),
        (&mut own.icp, icp),
        (&mut own.viewport, viewport),
    ];
    for (own, shown) in facts {
        if own.is_none()
            && let Some(shown) = shown
        {
            *own = Some(Located { at: beside(&shown.at), ..shown.clone() });
        }
    }
}
