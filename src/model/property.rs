//! Names of the properties (contract §5).

use serde::{Deserialize, Serialize};

use super::observation::SubjectKind;

/// A property's id, for example `guide.time_limits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PropertyId(pub &'static str);

impl PropertyId {
    /// The id as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for PropertyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// What `explain` prints of a property; each check carries one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    /// Id.
    pub id: PropertyId,
    /// What its subject is.
    pub subject: SubjectKind,
    /// Unit of the value, if it is a quantity.
    pub unit: Option<Unit>,
    /// Title in Chinese.
    pub title_zh: &'static str,
    /// Title in English.
    pub title_en: &'static str,
    /// When it is `passed`, in English.
    pub passed_when: &'static str,
    /// Why it matters to a visitor.
    pub rationale: &'static str,
    /// Rules and standards it comes from.
    pub basis: &'static [&'static str],
}

/// Units of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 工作日.
    WorkingDay,
    /// 日.
    Day,
    /// Milliseconds.
    Ms,
    /// A share, 0–1.
    Ratio,
    /// A number of things.
    Count,
    /// Visits in person.
    Visit,
    /// Clicks.
    Click,
}

impl Unit {
    /// Every unit, in the order of the contract.
    pub const ALL: [Self; 7] =
        [Self::WorkingDay, Self::Day, Self::Ms, Self::Ratio, Self::Count, Self::Visit, Self::Click];

    /// The word in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WorkingDay => "working_day",
            Self::Day => "day",
            Self::Ms => "ms",
            Self::Ratio => "ratio",
            Self::Count => "count",
            Self::Visit => "visit",
            Self::Click => "click",
        }
    }
}
