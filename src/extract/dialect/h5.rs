//! Mobile H5 pages: headings followed by paragraphs, or label and value in a list of boxes.

use super::{Dialect, GENERIC, Sight};
use crate::extract::dom::Css;

/// The family.
pub(super) const DIALECT: Dialect =
    Dialect { id: "h5", name_zh: "手机 H5", name_en: "mobile H5 pages", recognises, ..GENERIC };

/// Structure alone: any software could make such a page, so every other family goes before.
const BY_STRUCTURE: u8 = 20;

fn recognises(sight: &Sight<'_>) -> u8 {
    let Some(dom) = sight.dom else { return 0 };
    let has_head = dom.first(&Css::new("header h2")).is_some();
    let has_body = dom.first(&Css::new("h5 + p, div.list > p")).is_some();
    if has_head && has_body { BY_STRUCTURE } else { 0 }
}
