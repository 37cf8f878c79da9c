//! What the entry page shows: the assessment table, the matrix of cities and properties, the ledger, the coverage.

use std::collections::BTreeMap;

use minijinja::{Value as View, context};

use crate::model::{City, CityCode, Outcome, Property, Severity};
use crate::observe::table::INDICATORS;
use crate::observe::{LedgerEntry, Summary};

use super::{Contents, both, page_name, words};

/// The data of the entry page.
pub(super) fn view(contents: &Contents<'_>) -> View {
    let (first, last) = period(contents);
    context! {
        first, last,
        cities => contents.cities.len(),
        observations => contents.tallies.values().map(|tally| tally.observations).sum::<usize>(),
        indicators => indicators(contents.summary),
        visits => visits(contents),
        families => families(contents.properties),
        columns => contents.properties.iter().map(column).collect::<Vec<_>>(),
        rows => rows(contents),
        legend => Outcome::ALL.map(|outcome| context! {
            class => outcome.as_str(), sign => words::sign(outcome), words => both(words::outcome(outcome)),
        }),
        ledger => ledger(contents),
        coverage => contents.cities.iter().map(|city| coverage(contents, city)).collect::<Vec<_>>(),
    }
}

/// First and last moment at which evidence was captured.
fn period<'a>(contents: &Contents<'a>) -> (&'a str, &'a str) {
    let first = contents.tallies.values().filter_map(|tally| tally.first.as_deref()).min();
    let last = contents.tallies.values().filter_map(|tally| tally.last.as_deref()).max();
    (first.unwrap_or("–"), last.unwrap_or("–"))
}

fn indicators(summary: &Summary) -> Vec<View> {
    let indicator = |(key, zh, en): (&'static str, &'static str, &'static str)| {
        let count = summary.count(key).unwrap_or_default();
        context! { zh, en, count, of => summary.cities, gap => summary.not_measured(key) }
    };
    INDICATORS.into_iter().map(indicator).collect()
}

fn visits(contents: &Contents<'_>) -> View {
    let summary = contents.summary;
    let most = summary.visits.by_region.iter().filter_map(|(_, mean)| *mean).fold(1.0, f64::max);
    let regions = summary.visits.by_region.iter().map(|(name, mean)| {
        let text = mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.2}"));
        // Width of the bar in hundredths of its track.
        context! { name, mean => text, width => format!("{:.1}", mean.unwrap_or_default() / most * 100.0) }
    });
    let zero = contents.cities.iter().filter(|city| summary.zero_visit_cities.contains(&city.code));
    context! {
        mean => summary.visits.mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.2}")),
        sum => summary.visits.sum,
        gap => summary.not_measured("visits"),
        regions => regions.collect::<Vec<_>>(),
        zero => zero.map(|city| context! { name => city.name, page => page_name(&city.code) }).collect::<Vec<_>>(),
    }
}

fn prefix(id: &str) -> &str {
    id.split('.').next().unwrap_or(id)
}

/// Neighboring properties of one family share a heading.
fn families(properties: &[Property]) -> Vec<View> {
    let chunks = properties.chunk_by(|a, b| prefix(a.id.as_str()) == prefix(b.id.as_str()));
    let family = |chunk: &[Property]| {
        let name = chunk.first().map_or("", |property| prefix(property.id.as_str()));
        context! { words => both(words::family(name)), span => chunk.len() }
    };
    chunks.map(family).collect()
}

fn column(property: &Property) -> View {
    context! { id => property.id.as_str(), zh => property.title_zh, en => property.title_en }
}

fn rows(contents: &Contents<'_>) -> Vec<View> {
    let entries: BTreeMap<(&CityCode, &str), &LedgerEntry> =
        contents.ledger.entries.iter().map(|entry| ((&entry.city, entry.property.as_str()), entry)).collect();
    let row = |city: &City| {
        let tally = contents.tallies.get(&city.code);
        let found = |severity| tally.and_then(|tally| tally.findings.get(&severity)).copied().unwrap_or_default();
        let cells =
            contents.properties.iter().map(|property| cell(property, entries.get(&(&city.code, property.id.as_str()))));
        context! {
            code => city.code.as_str(), name => city.name, region => city.region, page => page_name(&city.code),
            errors => found(Severity::Error), warnings => found(Severity::Warning),
            cells => cells.collect::<Vec<_>>(),
        }
    };
    contents.cities.iter().map(row).collect()
}

fn cell(property: &Property, entry: Option<&&LedgerEntry>) -> View {
    let outcome = entry.map_or(Outcome::Untested, |entry| entry.outcome);
    let reason = entry.and_then(|entry| entry.reason).map(words::reason);
    context! {
        property => property.id.as_str(), title => property.title_zh,
        class => outcome.as_str(), sign => words::sign(outcome), words => both(words::outcome(outcome)),
        reason => reason.map(both),
    }
}

fn ledger(contents: &Contents<'_>) -> View {
    let ledger = contents.ledger;
    let outcomes = Outcome::ALL.map(|outcome| {
        let rows = ledger.outcomes.get(&outcome).copied().unwrap_or_default();
        context! { class => outcome.as_str(), sign => words::sign(outcome), words => both(words::outcome(outcome)), rows }
    });
    let reasons = ledger.reasons.iter().map(|(reason, rows)| context! { words => both(words::reason(*reason)), rows });
    context! {
        rows => ledger.rows, targets => ledger.targets, properties => ledger.properties, balanced => ledger.balanced,
        problems => ledger.problems, outcomes, reasons => reasons.collect::<Vec<_>>(),
    }
}

fn coverage(contents: &Contents<'_>, city: &City) -> View {
    let known = contents.coverage.get(&city.code);
    let channels = || known.into_iter().flat_map(|coverage| coverage.channels.values());
    let budgets = channels().filter_map(|channel| channel.budget).map(|reason| both(words::skip(reason)));
    context! {
        name => city.name, page => page_name(&city.code), known => known.is_some(),
        requests => channels().map(|channel| channel.requests).sum::<u64>(),
        bytes => megabytes(channels().map(|channel| channel.bytes).sum()),
        skipped => channels().flat_map(|channel| channel.skipped.values()).sum::<u64>(),
        waiting => channels().map(|channel| channel.waiting).sum::<u64>(),
        budgets => budgets.collect::<Vec<_>>(),
        own_network => known.and_then(|coverage| coverage.own_network),
    }
}

/// Bytes for people.
#[expect(clippy::cast_precision_loss, reason = "shown with two digits after the point")]
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
