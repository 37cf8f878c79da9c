//! The result of an evaluation: tables, misses, reliability; as words and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::reliability::{Claim, Reliability};
use super::tally::{Share, Tally};
use super::{Case, Half, Miss, Outcome, Source, findings, readings};

/// The figures of some labelled cases.
#[derive(Debug, Clone, Default)]
pub struct Report {
    cases: u64,
    pages: u64,
    not_measured: Vec<String>,
    unmeasurable_pages: u64,
    failed_on_unmeasurable: u64,
    elements: BTreeMap<String, Tally>,
    groups: BTreeMap<String, (Tally, Tally)>,
    properties: BTreeMap<String, Tally>,
    claims: Vec<Claim>,
    /// Each with whether it may be shown: those of the closed half may not.
    misses: Vec<(bool, Miss)>,
}

/// Whether the misses of the closed half are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Only those of the development half and of real pages.
    Open,
    /// All.
    All,
}

impl Report {
    /// Adds a case with what the program made of it.
    pub fn add(&mut self, source: Source, case: &Case, outcome: &Outcome) {
        self.cases += 1;
        let open = source == Source::Real || Half::of(&case.id) == Half::Development;
        let mut misses = Vec::new();
        let mut of_readings = Tally::default();
        for (digest, page) in &case.pages {
            self.pages += 1;
            self.unmeasurable_pages += u64::from(page.unmeasurable.is_some());
            let read = outcome.readings.get(digest).and_then(Option::as_ref);
            for scored in readings::score((&case.id, digest), page, read, &mut misses) {
                of_readings.add(scored.tally);
                self.elements.entry(scored.of).or_default().add(scored.tally);
            }
        }
        let found = findings::score(case, outcome, &mut misses);
        let group = self.groups.entry(case.group.clone()).or_default();
        group.0.add(of_readings);
        for (property, tally) in found.tallies {
            group.1.add(tally);
            self.properties.entry(property).or_default().add(tally);
        }
        self.failed_on_unmeasurable += found.on_unmeasurable;
        self.claims.extend(found.claims);
        self.misses.extend(misses.into_iter().map(|miss| (open, miss)));
    }

    /// Notes a case whose pages are not there.
    pub fn add_not_measured(&mut self, case: &str, why: &str) {
        self.not_measured.push(format!("{case}: {why}"));
    }

    /// All elements together.
    #[must_use]
    pub fn elements(&self) -> Tally {
        total(&self.elements)
    }

    /// All findings together.
    #[must_use]
    pub fn findings(&self) -> Tally {
        total(&self.properties)
    }

    /// Findings that rest on pages which show nothing to be judged: there must be none.
    #[must_use]
    pub fn failed_on_unmeasurable(&self) -> u64 {
        self.failed_on_unmeasurable
    }

    /// How many cases were scored.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.cases
    }

    /// Cases that could not be scored, with the reason.
    #[must_use]
    pub fn not_measured(&self) -> &[String] {
        &self.not_measured
    }

    /// The misses that may be shown, in order.
    #[must_use]
    pub fn misses(&self, shown: Shown) -> Vec<&Miss> {
        let mut misses: Vec<&Miss> =
            self.misses.iter().filter(|(open, _)| *open || shown == Shown::All).map(|(_, miss)| miss).collect();
        misses.sort();
        misses
    }

    /// The reliability of stated confidences.
    #[must_use]
    pub fn reliability(&self) -> Reliability {
        Reliability::of(&self.claims)
    }

    /// For machines.
    #[must_use]
    pub fn json(&self, half: Half, shown: Shown) -> serde_json::Value {
        let misses = self.misses(shown);
        serde_json::json!({
            "half": half,
            "cases": self.cases,
            "pages": self.pages,
            "not_measured": self.not_measured,
            "unmeasurable": {"pages": self.unmeasurable_pages, "failed": self.failed_on_unmeasurable},
            "elements": {"all": Row::of(self.elements()), "by_element": rows(&self.elements)},
            "findings": {"all": Row::of(self.findings()), "by_property": rows(&self.properties)},
            "groups": self.groups.iter().map(|(name, (readings, findings))| {
                (name.clone(), serde_json::json!({"elements": Row::of(*readings), "findings": Row::of(*findings)}))
            }).collect::<serde_json::Map<_, _>>(),
            "reliability": self.reliability(),
            "misses_not_shown": self.misses.len() - misses.len(),
            "misses": misses,
        })
    }

    /// For people.
    #[must_use]
    pub fn words(&self, shown: Shown) -> String {
        let mut out = String::new();
        // Writing to memory cannot fail.
        let _ = self.write(&mut out, shown);
        out
    }

    fn write(&self, out: &mut String, shown: Shown) -> std::fmt::Result {
        writeln!(out, "cases {} · pages {} · not measured {}", self.cases, self.pages, self.not_measured.len())?;
        for line in &self.not_measured {
            writeln!(out, "  not measured: {line}")?;
        }
        table(out, "要素 elements", &self.elements)?;
        table(out, "问题 findings", &self.properties)?;
        if self.groups.len() > 1 {
            let of = |pick: fn(&(Tally, Tally)) -> Tally| -> BTreeMap<String, Tally> {
                self.groups.iter().map(|(name, both)| (name.clone(), pick(both))).collect()
            };
            table(out, "要素 elements, by group", &of(|both| both.0))?;
            table(out, "问题 findings, by group", &of(|both| both.1))?;
        }
        writeln!(
            out,
            "\npages blocked, not rendered or unreadable: {}; findings that rest on them: {}",
            self.unmeasurable_pages, self.failed_on_unmeasurable
        )?;
        self.write_reliability(out)?;
        let misses = self.misses(shown);
        writeln!(
            out,
            "\nmisses: {} shown, {} of the closed half not shown",
            misses.len(),
            self.misses.len() - misses.len()
        )?;
        for miss in misses {
            writeln!(out, "{} [{}] {} {}", miss.kind, miss.page, miss.of, miss.case)?;
            writeln!(out, "    expected {}", miss.expected)?;
            writeln!(out, "    read     {}", miss.read)?;
            if !miss.at.is_empty() {
                writeln!(out, "    at       {}", miss.at)?;
            }
        }
        Ok(())
    }

    fn write_reliability(&self, out: &mut String) -> std::fmt::Result {
        let reliability = self.reliability();
        writeln!(out, "\n置信度 stated confidence      mean  judgements  accusing  right (95 % interval)")?;
        for bin in &reliability.bins {
            let Share { n, .. } = bin.right;
            let words = bin.right.words();
            let bounds = format!("{:.2} < c <= {:.2}", bin.from, bin.to);
            writeln!(out, "  {bounds:<26} {:>6.3} {n:>11} {:>9}  {words}", bin.stated, bin.failed)?;
        }
        for score in &reliability.scores {
            let words = score.right.words();
            writeln!(
                out,
                "  states {:.4}, n {:>6}, right {words}, should state {:.4}",
                score.stated, score.right.n, score.calibrated
            )?;
        }
        let figure = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.4}"));
        writeln!(
            out,
            "  Brier score {}, expected calibration error {}",
            figure(reliability.brier),
            figure(reliability.expected_calibration_error)
        )
    }
}

fn total(tallies: &BTreeMap<String, Tally>) -> Tally {
    let mut sum = Tally::default();
    for tally in tallies.values() {
        sum.add(*tally);
    }
    sum
}

/// A row for machines.
#[derive(Debug, Serialize)]
struct Row {
    counts: Tally,
    precision: Share,
    recall: Share,
    cant_tell: Share,
}

impl Row {
    fn of(counts: Tally) -> Self {
        Self { counts, precision: counts.precision(), recall: counts.recall(), cant_tell: counts.unsure() }
    }
}

fn rows(tallies: &BTreeMap<String, Tally>) -> BTreeMap<&str, Row> {
    tallies.iter().map(|(name, tally)| (name.as_str(), Row::of(*tally))).collect()
}

fn table(out: &mut String, title: &str, tallies: &BTreeMap<String, Tally>) -> std::fmt::Result {
    writeln!(
        out,
        "\n{title}\n  {:<30} {:>6} {:>6} {:>6} {:>6}  {:<22} {:<22} cant_tell",
        "", "right", "wrong", "missed", "unsure", "precision", "recall"
    )?;
    let all = ("all".to_owned(), total(tallies));
    for (name, tally) in tallies.iter().chain([(&all.0, &all.1)]) {
        writeln!(
            out,
            "  {name:<30} {:>6} {:>6} {:>6} {:>6}  {:<22} {:<22} {}",
            tally.right,
            tally.wrong,
            tally.missed,
            tally.cant_tell,
            tally.precision().words(),
            tally.recall().words(),
            tally.unsure().words()
        )?;
    }
    Ok(())
}
