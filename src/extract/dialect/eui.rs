//! Pages made of the EUI widgets.

use super::{Dialect, GENERIC, Marks};

/// The family.
pub(super) const DIALECT: Dialect =
    Dialect {
        id: "eui", name_zh: "EUI 组件", name_en: "EUI widgets", recognises: |sight| MARKS.on(sight), ..GENERIC
    };

const MARKS: Marks = Marks { address: &[], source: &["eui-table-info", "eui-index-bjgs"] };
