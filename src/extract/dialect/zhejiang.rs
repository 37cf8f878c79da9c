//! The Zhejiang service portal: hash routes over the matters service.

use super::{Dialect, GENERIC, Marks};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "zhejiang",
    name_zh: "浙江政务服务网",
    name_en: "Zhejiang service portal",
    recognises: |sight| MARKS.on(sight),
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["zjservice", "localinnercode="], source: &["zjservice"] };
