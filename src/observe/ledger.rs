//! The ledger (台账): for every target and property exactly one outcome row, and sums that add up.
//!
//! Comes in: the targets and properties of the run, and its observations. Goes out: a value that says of itself whether
//! it is balanced. A site gains nothing by not answering: what was not measured has its row too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{City, CityCode, Observation, Outcome, Reason};

/// The ledger of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Number of rows.
    pub rows: usize,
    /// Number of targets.
    pub targets: usize,
    /// Number of properties.
    pub properties: usize,
    /// Rows by outcome; every outcome has its key.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// Rows by reason, where they have one.
    pub reasons: BTreeMap<Reason, usize>,
    /// Whether everything adds up.
    pub balanced: bool,
    /// The rows, by city in the order of the run, then by property in its order.
    pub entries: Vec<LedgerEntry>,
    /// What does not add up, for people.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub problems: Vec<String>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// City code.
    pub city: CityCode,
    /// Property id.
    pub property: String,
    /// The worst outcome of the city's observations of this property.
    pub outcome: Outcome,
    /// Its reason.
    pub reason: Option<Reason>,
    /// How many observations it sums up.
    pub observations: usize,
}

impl Ledger {
    /// The ledger of a run over `cities` and `properties`.
    #[must_use]
    pub fn of(cities: &[City], properties: &[&str], observations: &[Observation]) -> Self {
        let mut cells: BTreeMap<(&str, &str), Vec<&Observation>> = BTreeMap::new();
        for observation in observations {
            let key = (observation.city.code.as_str(), observation.property.as_str());
            cells.entry(key).or_default().push(observation);
        }
        let mut entries = Vec::with_capacity(cities.len() * properties.len());
        for city in cities {
            for property in properties {
                let cell = cells.remove(&(city.code.as_str(), *property)).unwrap_or_default();
                entries.push(entry(&city.code, property, &cell));
            }
        }
        let mut problems = duplicates(observations, &entries);
        problems.extend(cells.iter().map(|((city, property), lost)| {
            format!("{} observations of `{property}` in `{city}` belong to no row", lost.len())
        }));
        let mut ledger = Self {
            rows: entries.len(),
            targets: cities.len(),
            properties: properties.len(),
            outcomes: count(Outcome::ALL, entries.iter().map(|entry| entry.outcome)),
            reasons: count([], entries.iter().filter_map(|entry| entry.reason)),
            balanced: false,
            entries,
            problems,
        };
        ledger.add_up();
        ledger
    }

    fn add_up(&mut self) {
        let sum: usize = self.outcomes.values().sum();
        if sum != self.rows || self.rows != self.targets * self.properties {
            let (rows, targets, properties) = (self.rows, self.targets, self.properties);
            self.problems.push(format!("{sum} outcomes, {rows} rows, {targets} targets × {properties} properties"));
        }
        self.balanced = self.problems.is_empty();
    }
}

fn entry(city: &CityCode, property: &str, cell: &[&Observation]) -> LedgerEntry {
    let worst = cell.iter().map(|observation| observation.outcome).max_by_key(|outcome| gravity(*outcome));
    let (outcome, reason) = match worst {
        Some(outcome) => (outcome, commonest_reason(cell, outcome)),
        None => (Outcome::Untested, Some(Reason::NotDiscovered)),
    };
    LedgerEntry { city: city.clone(), property: property.to_owned(), outcome, reason, observations: cell.len() }
}

/// What weighs more in a row: a fault that was shown, then what is not known, then what is well.
fn gravity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Failed => 4,
        Outcome::CantTell => 3,
        Outcome::Untested => 2,
        Outcome::Passed => 1,
        Outcome::Inapplicable => 0,
    }
}

/// The reason that most observations of this outcome give; the first in the contract's order where two are as common.
fn commonest_reason(cell: &[&Observation], outcome: Outcome) -> Option<Reason> {
    let of_outcome = cell.iter().filter(|observation| observation.outcome == outcome);
    let counts = count([], of_outcome.filter_map(|observation| observation.reason));
    counts.into_iter().rev().max_by_key(|(_, number)| *number).map(|(reason, _)| reason)
}

fn count<T: Ord>(keys: impl IntoIterator<Item = T>, values: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts: BTreeMap<T, usize> = keys.into_iter().map(|key| (key, 0)).collect();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}

fn duplicates(observations: &[Observation], entries: &[LedgerEntry]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut ids = BTreeSet::new();
    for observation in observations {
        if !ids.insert(&observation.id) {
            let Observation { id, property, city, subject, .. } = observation;
            problems.push(format!("the id {id} occurs twice: `{property}` of `{}` in `{}`", subject.key, city.code));
        }
    }
    let mut rows = BTreeSet::new();
    for entry in entries {
        if !rows.insert((&entry.city, &entry.property)) {
            problems.push(format!("the row `{}` × `{}` occurs twice", entry.city, entry.property));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::observe;
    use super::super::tests::{cite, dossier, statement};
    use super::*;
    use crate::model::Verdict;

    fn observations(verdicts: &[(&'static str, &str, Verdict)]) -> Vec<Observation> {
        let statements = verdicts.iter().map(|(property, key, verdict)| statement(property, key, verdict.clone()));
        observe("run", &dossier("330100", "华东"), statements.collect())
    }

    fn cities(codes: &[&str]) -> Vec<City> {
        codes.iter().map(|code| dossier(code, "华东").target.city).collect()
    }

    #[test]
    fn the_worst_observation_decides_and_missing_rows_are_untested() {
        let made = observations(&[
            ("a.a", "1", Verdict::passed(Value::Null)),
            ("a.a", "2", Verdict::failed(Value::Null).citing(cite("2026-11-23T16:00:00Z"))),
            ("a.a", "3", Verdict::cant_tell(Reason::Blocked)),
            ("a.b", "1", Verdict::passed(Value::Null)),
            ("a.b", "2", Verdict::cant_tell(Reason::Unreadable)),
            ("a.b", "3", Verdict::cant_tell(Reason::Blocked)),
            ("a.b", "4", Verdict::cant_tell(Reason::Unreadable)),
            ("a.c", "1", Verdict::inapplicable(None)),
        ]);
        let ledger = Ledger::of(&cities(&["330100", "440100"]), &["a.a", "a.b", "a.c"], &made);
        let rows: Vec<_> = ledger.entries.iter().map(|row| (row.outcome, row.reason, row.observations)).collect();
        let missing = (Outcome::Untested, Some(Reason::NotDiscovered), 0);
        assert_eq!(
            rows,
            [
                (Outcome::Failed, None, 3),
                (Outcome::CantTell, Some(Reason::Unreadable), 4),
                (Outcome::Inapplicable, None, 1),
                missing,
                missing,
                missing,
            ]
        );
        assert!(ledger.balanced);
        assert_eq!(ledger.rows, 6);
        assert_eq!(ledger.outcomes.values().sum::<usize>(), 6);
        assert_eq!(ledger.reasons[&Reason::NotDiscovered], 3);
    }

    #[test]
    fn every_outcome_has_its_key_in_the_file() {
        let ledger = Ledger::of(&cities(&["330100"]), &["a.a"], &[]);
        let json = serde_json::to_value(&ledger).expect("a ledger is JSON");
        for outcome in Outcome::ALL {
            assert!(json["outcomes"][outcome.as_str()].is_u64(), "{json}");
        }
        assert_eq!(json.get("problems"), None);
        assert_eq!(serde_json::from_value::<Ledger>(json).expect("it reads back"), ledger);
    }

    #[test]
    fn whatever_does_not_add_up_is_said() {
        let made = observations(&[("a.a", "1", Verdict::passed(Value::Null))]);
        let twice = [made[0].clone(), made[0].clone()];
        assert!(!Ledger::of(&cities(&["330100"]), &["a.a"], &twice).balanced, "a duplicate id");
        assert!(!Ledger::of(&cities(&["330100"]), &["a.b"], &made).balanced, "an unknown property");
        assert!(!Ledger::of(&cities(&["440100"]), &["a.a"], &made).balanced, "an unknown city");
        assert!(!Ledger::of(&cities(&["330100", "330100"]), &["a.a"], &made).balanced, "a city twice");
        assert!(Ledger::of(&cities(&["330100"]), &["a.a"], &made).balanced);
    }
}
