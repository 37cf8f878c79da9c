//! `VisualSiteBuilder` (博达): content management of many cities.

use super::{Dialect, GENERIC, Marks};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "visualsitebuilder",
    name_zh: "博达 VSB",
    name_en: "VisualSiteBuilder",
    recognises: |sight| MARKS.on(sight),
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["wbtreeid="], source: &["_jsq_", "winstyle"] };
