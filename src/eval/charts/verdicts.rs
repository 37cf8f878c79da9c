//! Findings on a pair against what was planted.

use std::collections::BTreeMap;

use super::labels::ChartCase;
use crate::eval::labels::Fault;
use crate::eval::tally::Tally;
use crate::model::{self, Finding, Observation};

/// The properties that rest on a chart.
pub(super) const PROPERTIES: [&str; 2] = ["guide.flowchart", "guide.flowchart_consistency"];

/// What came of one pair.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict {
    /// By kind of finding.
    pub(super) kinds: BTreeMap<String, Tally>,
    /// Findings that nothing explains: kind and words.
    pub(super) false_accusations: Vec<(String, String)>,
    /// What was planted and not found: kind, and what was said instead.
    pub(super) misses: Vec<(String, String)>,
    /// Whether text and chart were compared: the outcome of `guide.flowchart_consistency`.
    pub(super) compared: Option<model::Outcome>,
}

/// Scores the findings on a pair.
pub(super) fn score(case: &ChartCase, observations: &[Observation]) -> Verdict {
    let mut verdict = Verdict::default();
    let faults = &case.case.faults;
    let mut met = vec![false; faults.len()];
    // Statements on errands of the catalogue that this page does not offer are no statements on the pair.
    let on_page = |seen: &&Observation| {
        let url = seen.subject.url.as_ref();
        url.is_some_and(|url| case.case.pages.values().any(|page| page.urls.contains(url)))
    };
    let about_charts =
        || observations.iter().filter(on_page).filter(|seen| PROPERTIES.contains(&seen.property.as_str()));
    for seen in about_charts().filter(|seen| seen.outcome == model::Outcome::Failed) {
        for finding in &seen.findings {
            let explains = |fault: &&Fault| fault.property == seen.property && is_of(fault, finding);
            if let Some(met) = faults.iter().position(|fault| explains(&fault)).and_then(|number| met.get_mut(number)) {
                *met = true;
            } else {
                verdict.kinds.entry(finding.kind.clone()).or_default().wrong += 1;
                verdict.false_accusations.push((finding.kind.clone(), finding.message_zh.clone()));
            }
        }
    }
    for (fault, met) in faults.iter().zip(met).filter(|(fault, _)| !fault.optional) {
        let tally = verdict.kinds.entry(first(&fault.kind)).or_default();
        if met {
            tally.right += 1;
            continue;
        }
        if !case.readable {
            // Nobody can read the chart, so nothing need be found.
            continue;
        }
        let outcome = about_charts().find(|seen| seen.property == fault.property);
        let silent = matches!(
            outcome.map(|seen| seen.outcome),
            None | Some(model::Outcome::CantTell | model::Outcome::Untested | model::Outcome::Inapplicable)
        );
        if silent {
            tally.cant_tell += 1;
        } else {
            tally.missed += 1;
        }
        let reason = outcome.and_then(|seen| seen.reason).map_or("", model::Reason::as_str);
        let said = outcome.map_or("no statement", |seen| seen.outcome.as_str());
        verdict.misses.push((first(&fault.kind), format!("{said} {reason}").trim().to_owned()));
    }
    verdict.compared = about_charts().find(|seen| seen.property == PROPERTIES[1]).map(|seen| seen.outcome);
    verdict
}

fn is_of(fault: &Fault, finding: &Finding) -> bool {
    fault.kind.split('|').any(|kind| kind == finding.kind)
}

/// The first of several kinds, which stands for them in the table.
fn first(kinds: &str) -> String {
    kinds.split('|').next().unwrap_or_default().to_owned()
}
