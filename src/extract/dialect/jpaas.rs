//! Hanweb `JPaaS` (大汉), Shandong: anchors `md1` to `md7`, the flowchart behind a link.

use super::{Dialect, GENERIC, Marks};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "jpaas",
    name_zh: "大汉 JPaaS",
    name_en: "Hanweb JPaaS",
    recognises: |sight| MARKS.on(sight),
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["jpaas", "ywtranstodetail"], source: &["jpaas-", "ywTransToDetail"] };
