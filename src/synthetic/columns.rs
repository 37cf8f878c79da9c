//! The columns of a materials table and what real portals call them.

/// Columns of a materials table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column {
    Number,
    Name,
    Form,
    Need,
    Copies,
    Source,
    Blank,
    Sample,
}

impl Column {
    /// Heads seen for a column.
    pub(super) fn heads(self) -> &'static [&'static str] {
        match self {
            Self::Number => &["序号"],
            Self::Name => &["材料名称"],
            Self::Form => &["材料形式", "材料类型"],
            Self::Need => &["材料必要性", "是否必要"],
            Self::Copies => &["纸质材料份数", "份数"],
            Self::Source => &["来源渠道", "材料来源"],
            Self::Blank => &["空白表格", "空表下载", "表格下载"],
            Self::Sample => &["示例样表", "样表下载", "示例样本", "样表"],
        }
    }
}
