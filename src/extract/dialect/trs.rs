//! TRS CMS (拓尔思): articles with meta tags.

use super::{Dialect, GENERIC, Marks};

/// The family.
pub(super) const DIALECT: Dialect =
    Dialect { id: "trs", name_zh: "拓尔思 TRS", name_en: "TRS CMS", recognises: |sight| MARKS.on(sight), ..GENERIC };

const MARKS: Marks = Marks { address: &[], source: &["TRS_Editor", "ms-controller=", "trt-row"] };
