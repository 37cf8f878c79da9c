//! Epoint (新点): skeleton pages whose values come from calls by `taskguid`.

use super::{Dialect, GENERIC, Marks};

/// The family.
pub(super) const DIALECT: Dialect =
    Dialect { id: "epoint", name_zh: "新点", name_en: "Epoint", recognises: |sight| MARKS.on(sight), ..GENERIC };

const MARKS: Marks = Marks { address: &["epoint", "personaleventdetail", "taskguid="], source: &["epointzwmhwz"] };
