//! A scenario (场景): the chain of errands a visitor walks, for example 企业开办.

use serde::{Deserialize, Serialize};

/// A chain of errands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Stable id, for example `enterprise-start`.
    pub id: String,
    /// Name in Chinese.
    pub name: String,
    /// Its errands in walking order.
    pub segments: Vec<Segment>,
}

/// One errand of a scenario (环节).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Stable id, for example `registration`.
    pub id: String,
    /// Name in Chinese, for example `设立登记`.
    pub name: String,
    /// Title words that name the errand; one of them in a guide's title is enough.
    pub titles: Vec<String>,
    /// Title words that rule the errand out (注销, 变更 …).
    pub not: Vec<String>,
    /// Whether the chain is incomplete without it.
    pub required: bool,
}

impl Segment {
    /// Whether a guide with this title is about this errand. White space in the title does not count.
    #[must_use]
    pub fn names(&self, title: &str) -> bool {
        let title: String = title.chars().filter(|c| !c.is_whitespace()).collect();
        self.titles.iter().any(|word| title.contains(word.as_str()))
            && !self.not.iter().any(|word| title.contains(word.as_str()))
    }
}
