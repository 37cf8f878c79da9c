//! Working days (工作日) by the State Council's holiday notices; refuses years it does not cover.
//!
//! The rules are those of `docs/calendar.md`: the day of submission is day 0, then working days are counted; a
//! year without a notice is unknown, never guessed.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// What a notice says of a day that is not as its weekday suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// 放假.
    Holiday,
    /// 调休上班.
    Workday,
}

/// A working-day calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    exceptions: BTreeMap<Date, DayKind>,
    first: Date,
    last: Date,
}

impl Calendar {
    /// A calendar that knows these exceptions and covers `first` to `last`, both included.
    #[must_use]
    pub fn new(exceptions: BTreeMap<Date, DayKind>, first: Date, last: Date) -> Self {
        Self { exceptions, first, last }
    }

    /// Whether `date` is a working day; `None` if the calendar does not cover it.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> Option<bool> {
        if date < self.first || date > self.last {
            return None;
        }
        Some(match self.exceptions.get(&date) {
            Some(DayKind::Holiday) => false,
            Some(DayKind::Workday) => true,
            None => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        })
    }

    /// Working days from `start` (day 0) to `end`: 0 on the same day. `None` if a day is not covered or `end` is earlier.
    #[must_use]
    pub fn working_days_between(&self, start: Date, end: Date) -> Option<u32> {
        if end < start {
            return None;
        }
        self.is_working_day(start)?;
        let mut day = start;
        let mut count = 0;
        while day < end {
            day = day.tomorrow().ok()?;
            if self.is_working_day(day)? {
                count += 1;
            }
        }
        Some(count)
    }

    /// The `n`-th working day after `start` (day 0). `None` if a day on the way is not covered.
    #[must_use]
    pub fn deadline(&self, start: Date, n: u32) -> Option<Date> {
        self.is_working_day(start)?;
        let mut day = start;
        let mut left = n;
        while left > 0 {
            day = day.tomorrow().ok()?;
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Some(day)
    }

    /// First and last day covered.
    #[must_use]
    pub fn range(&self) -> (Date, Date) {
        (self.first, self.last)
    }
}
