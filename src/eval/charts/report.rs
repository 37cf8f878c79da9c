//! The tables: by look what was read, by kind what was found, and every false accusation.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::counts::{Characters, Counts};
use super::labels::{ChartCase, Class};
use super::{Judged, Reading, characters, graph, verdicts};
use crate::eval::Half;
use crate::eval::tally::{Share, Tally};
use crate::model::Outcome;

/// The figures of one look, or of all.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Table {
    /// Pairs.
    pub pairs: u64,
    /// Charts that were read.
    pub read: u64,
    /// Charts that were looked at and not relied on.
    pub refused: u64,
    /// Charts for which there is no reader.
    pub no_reader: u64,
    /// Characters of the charts that were looked at.
    pub characters: Characters,
    /// Nodes.
    pub nodes: Counts,
    /// Directed edges.
    pub edges: Counts,
    /// Words on edges.
    pub labels: Counts,
    /// Findings.
    pub findings: Tally,
    /// Pairs on which the comparison said that it cannot tell, or was not made.
    pub cant_tell: u64,
}

/// The figures of some labelled pairs.
#[derive(Debug, Clone, Default)]
pub struct Report {
    looks: BTreeMap<String, Table>,
    /// By how well the print can be read.
    prints: BTreeMap<Print, Table>,
    kinds: BTreeMap<String, Tally>,
    differences: BTreeMap<(Class, String), Outcomes>,
    false_accusations: Vec<Line>,
    misses: Vec<Line>,
    not_measured: Vec<String>,
}

/// How well the print of a look can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Print {
    Normal,
    Hard,
    Unreadable,
}

impl Print {
    const ALL: [Self; 3] = [Self::Normal, Self::Hard, Self::Unreadable];

    fn of(case: &ChartCase) -> Self {
        match (case.readable, case.hard) {
            (false, _) => Self::Unreadable,
            (true, true) => Self::Hard,
            (true, false) => Self::Normal,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "(normal)",
            Self::Hard => "(hard)",
            Self::Unreadable => "(unreadable)",
        }
    }
}

/// What came of the pairs with one difference.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Outcomes {
    passed: u64,
    failed: u64,
    cant_tell: u64,
    other: u64,
}

/// One thing that went wrong.
#[derive(Debug, Clone, Serialize)]
struct Line {
    case: String,
    look: String,
    difference: String,
    kind: String,
    what: String,
}

impl Report {
    /// Adds a pair with what the program made of it.
    pub fn add(&mut self, case: &ChartCase, judged: &Judged) {
        let mut table = Table { pairs: 1, ..Table::default() };
        for (drawn, reading) in case.charts.iter().zip(&judged.readings) {
            let chart = match reading {
                Reading::Read(chart) => {
                    table.read += 1;
                    Some(chart)
                }
                Reading::Refused(_, chart) => {
                    table.refused += 1;
                    chart.as_ref()
                }
                Reading::NoReader => {
                    table.no_reader += 1;
                    None
                }
            };
            let Some(chart) = chart else { continue };
            table.characters.add(characters::score(&drawn.chart, &drawn.other, chart));
            let graph = graph::score(&drawn.chart, &drawn.other, chart);
            table.nodes.add(graph.nodes);
            table.edges.add(graph.edges);
            table.labels.add(graph.labels);
        }
        let verdict = verdicts::score(case, &judged.outcome.observations);
        let outcomes = self.differences.entry((case.class, case.difference.clone())).or_default();
        match verdict.compared {
            Some(Outcome::Passed) => outcomes.passed += 1,
            Some(Outcome::Failed) => outcomes.failed += 1,
            Some(Outcome::CantTell | Outcome::Untested) => outcomes.cant_tell += 1,
            Some(Outcome::Inapplicable) | None => outcomes.other += 1,
        }
        table.cant_tell = u64::from(!matches!(verdict.compared, Some(Outcome::Passed | Outcome::Failed)));
        for (kind, tally) in &verdict.kinds {
            table.findings.add(*tally);
            self.kinds.entry(kind.clone()).or_default().add(*tally);
        }
        let line = |(kind, what): (String, String)| Line {
            case: case.case.id.clone(),
            look: case.look.clone(),
            difference: case.difference.clone(),
            kind,
            what,
        };
        self.false_accusations.extend(verdict.false_accusations.into_iter().map(line));
        if Half::of(&case.case.id) == Half::Development {
            self.misses.extend(verdict.misses.into_iter().map(line));
        }
        self.looks.entry(case.look.clone()).or_default().add(table);
        self.prints.entry(Print::of(case)).or_default().add(table);
    }

    /// Adds a pair whose pages are not there.
    pub fn add_not_measured(&mut self, id: &str, why: &str) {
        self.not_measured.push(format!("{id}: {why}"));
    }

    /// All looks together.
    #[must_use]
    pub fn all(&self) -> Table {
        let mut all = Table::default();
        self.looks.values().for_each(|table| all.add(*table));
        all
    }

    /// The looks whose print can be read equally well, together.
    fn together(&self) -> impl Iterator<Item = (&str, Table)> {
        Print::ALL.iter().filter_map(|print| Some((print.as_str(), *self.prints.get(print)?)))
    }

    /// Pairs of a class on which the comparison failed; the words of a failed pair without a planted difference are a
    /// false accusation.
    #[must_use]
    pub fn failed(&self, class: Class) -> u64 {
        self.differences.iter().filter(|((of, _), _)| *of == class).map(|(_, outcomes)| outcomes.failed).sum()
    }

    /// For people.
    #[must_use]
    pub fn words(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{:<14}{:>6}{:>6}{:>8}{:>8}{:>9}{:>8}{:>8}{:>8}{:>11}{:>8}{:>11}",
            "look",
            "pairs",
            "read",
            "refused",
            "unread",
            "CER",
            "nodes",
            "edges",
            "labels",
            "precision",
            "recall",
            "cant_tell"
        );
        let looks = self.looks.iter().map(|(look, table)| (look.as_str(), *table));
        for (look, table) in looks.chain(self.together()).chain([("all", self.all())]) {
            let _ = writeln!(
                out,
                "{look:<14}{:>6}{:>6}{:>8}{:>8}{:>9}{:>8}{:>8}{:>8}{:>11}{:>8}{:>11}",
                table.pairs,
                table.read,
                table.refused,
                table.no_reader,
                percent(table.characters.rate()),
                number(table.nodes.f1()),
                number(table.edges.f1()),
                number(Share::of(table.labels.right, table.labels.there).value),
                number(table.findings.precision().value),
                number(table.findings.recall().value),
                percent(Share::of(table.cant_tell, table.pairs).value),
            );
        }
        self.verdicts(&mut out);
        let _ = writeln!(out, "\n{} false accusations", self.false_accusations.len());
        for line in &self.false_accusations {
            let _ = writeln!(out, "  {} {} {} {}: {}", line.case, line.look, line.difference, line.kind, line.what);
        }
        if !self.misses.is_empty() {
            let _ = writeln!(out, "\n{} misses of the development half", self.misses.len());
        }
        for line in &self.misses {
            let _ = writeln!(out, "  {} {} {} {}: {}", line.case, line.look, line.difference, line.kind, line.what);
        }
        if !self.not_measured.is_empty() {
            let _ = writeln!(out, "\n{} pairs not measured", self.not_measured.len());
        }
        for line in &self.not_measured {
            let _ = writeln!(out, "not measured: {line}");
        }
        out
    }

    fn verdicts(&self, out: &mut String) {
        let _ =
            writeln!(out, "\n{:<26}{:>24}{:>24}{:>8}{:>11}", "finding", "precision", "recall", "there", "cant_tell");
        for (kind, tally) in &self.kinds {
            let _ = writeln!(
                out,
                "{kind:<26}{:>24}{:>24}{:>8}{:>11}",
                tally.precision().words(),
                tally.recall().words(),
                tally.there(),
                percent(tally.unsure().value)
            );
        }
        let _ = writeln!(
            out,
            "\n{:<26}{:>12}{:>8}{:>8}{:>11}{:>8}",
            "difference", "class", "passed", "failed", "cant_tell", "other"
        );
        for ((class, difference), outcomes) in &self.differences {
            let class = match class {
                Class::Consistent => "consistent",
                Class::Planted => "planted",
                Class::Legitimate => "legitimate",
            };
            let _ = writeln!(
                out,
                "{difference:<26}{class:>12}{:>8}{:>8}{:>11}{:>8}",
                outcomes.passed, outcomes.failed, outcomes.cant_tell, outcomes.other
            );
        }
    }

    /// For machines.
    #[must_use]
    pub fn json(&self, half: Half) -> Value {
        let figures = |table: &Table| {
            json!({
                "counts": table,
                "character_error_rate": table.characters.rate(),
                "node_f1": table.nodes.f1(),
                "edge_f1": table.edges.f1(),
                "precision": table.findings.precision(),
                "recall": table.findings.recall(),
                "cant_tell": Share::of(table.cant_tell, table.pairs),
            })
        };
        let looks: serde_json::Map<String, Value> =
            self.looks.iter().map(|(look, table)| (look.clone(), figures(table))).collect();
        let kinds: serde_json::Map<String, Value> = self
            .kinds
            .iter()
            .map(|(kind, tally)| {
                let value = json!({"counts": tally, "precision": tally.precision(), "recall": tally.recall()});
                (kind.clone(), value)
            })
            .collect();
        let differences: Vec<Value> = self
            .differences
            .iter()
            .map(|((class, name), outcomes)| json!({"class": class, "difference": name, "outcomes": outcomes}))
            .collect();
        let prints: serde_json::Map<String, Value> = self
            .together()
            .map(|(print, table)| (print.trim_matches(['(', ')']).to_owned(), figures(&table)))
            .collect();
        json!({
            "half": half,
            "all": figures(&self.all()),
            "prints": prints,
            "looks": looks,
            "findings": kinds,
            "differences": differences,
            "false_accusations": self.false_accusations,
            "misses": self.misses,
            "not_measured": self.not_measured,
        })
    }
}

impl Table {
    fn add(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.read += other.read;
        self.refused += other.refused;
        self.no_reader += other.no_reader;
        self.characters.add(other.characters);
        self.nodes.add(other.nodes);
        self.edges.add(other.edges);
        self.labels.add(other.labels);
        self.findings.add(other.findings);
        self.cant_tell += other.cant_tell;
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.2}%", share * 100.0))
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}
