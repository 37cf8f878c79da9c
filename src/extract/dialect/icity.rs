//! Inspur iCity (浪潮): overview tables whose rows are known by their number.

use super::{Dialect, GENERIC, Marks};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "icity",
    name_zh: "浪潮 iCity",
    name_en: "Inspur iCity",
    recognises: |sight| MARKS.on(sight),
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["/icity/"], source: &["its-table-overview"] };
