//! The Beijing service portal: arrays of steps and materials written into the page.

use super::{Dialect, GENERIC, Marks};

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "beijing",
    name_zh: "北京政务服务",
    name_en: "Beijing service portal",
    recognises: |sight| MARKS.on(sight),
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["/pubtask/", "guideservice"], source: &["pubtask/task"] };
