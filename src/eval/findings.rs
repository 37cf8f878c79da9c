//! Findings against labelled faults, one case at a time.
//!
//! A finding that no label explains is a false accusation. A labelled fault that was not found is a miss; where the
//! program says that it cannot tell, it is counted as that.

use std::collections::BTreeMap;

use super::compare::key;
use super::labels::{Case, Fault, Role};
use super::reliability::Claim;
use super::tally::Tally;
use super::{Miss, Outcome};
use crate::model::{self, Finding, Observation};

/// Properties of a guide that depend on how it was reached, which a page alone does not show.
const NOT_OF_THE_PAGE: [&str; 2] = ["guide.found", "guide.findability"];

/// What came of one case.
#[derive(Default)]
pub(super) struct Found {
    /// By property.
    pub(super) tallies: BTreeMap<String, Tally>,
    /// Each judgement with its confidence and whether it was right.
    pub(super) claims: Vec<Claim>,
    /// Findings that rest on a page that shows nothing to be judged.
    pub(super) on_unmeasurable: u64,
}

/// Scores the findings of a case; misses go to `out`.
pub(super) fn score(case: &Case, outcome: &Outcome, out: &mut Vec<Miss>) -> Found {
    let mut found = Found::default();
    let judged: Vec<(&Observation, Role)> =
        outcome.observations.iter().filter_map(|seen| role_of(case, seen).map(|role| (seen, role))).collect();
    for (seen, role) in &judged {
        found.on_unmeasurable += accusations_without_ground(case, seen, out);
        if !case.unlabelled.contains(&seen.property) {
            one(case, (seen, *role), &mut found, out);
        }
    }
    for fault in case.faults.iter().filter(|fault| !fault.optional && !case.unlabelled.contains(&fault.property)) {
        // A guide that was not even recognised has no statement about it.
        if !judged.iter().any(|(seen, role)| seen.property == fault.property && *role == fault.page) {
            found.tallies.entry(fault.property.clone()).or_default().cant_tell += 1;
            out.push(miss(case, fault.page, &fault.property, "cant_tell", (&words(fault), "no statement")));
        }
    }
    found
}

fn one(case: &Case, (seen, role): (&Observation, Role), found: &mut Found, out: &mut Vec<Miss>) {
    let faults: Vec<&Fault> =
        case.faults.iter().filter(|fault| fault.property == seen.property && fault.page == role).collect();
    let failed = seen.outcome == model::Outcome::Failed;
    let findings: &[Finding] = if failed { &seen.findings } else { &[] };
    let mut tally = Tally::default();
    let mut met = vec![false; faults.len()];
    for finding in findings {
        let explained: Vec<usize> = (0..faults.len()).filter(|n| explains(faults[*n], finding)).collect();
        if let Some(first) = explained.iter().find(|n| !met[**n]).or(explained.first()) {
            if !met[*first] && !faults[*first].optional {
                tally.right += 1;
            }
            met[*first] = true;
        } else {
            tally.wrong += 1;
            let words = format!("{}: {}", finding.kind, finding.message_zh);
            let at = finding.at.first().and_then(|at| seen.evidence.get(*at));
            let mut miss = miss(case, role, &seen.property, "false_accusation", ("no such fault", &words));
            miss.at = at.map(|cite| cite.excerpt.clone()).unwrap_or_default();
            out.push(miss);
        }
    }
    for (fault, _) in faults.iter().zip(&met).filter(|(fault, met)| !**met && !fault.optional) {
        let reason = seen.reason.map_or("", model::Reason::as_str);
        let read = format!("{} {reason}", seen.outcome.as_str());
        let kind = match seen.outcome {
            model::Outcome::CantTell | model::Outcome::Untested => "cant_tell",
            model::Outcome::Passed | model::Outcome::Failed | model::Outcome::Inapplicable => "missed",
        };
        if kind == "cant_tell" {
            tally.cant_tell += 1;
        } else {
            tally.missed += 1;
        }
        out.push(miss(case, role, &seen.property, kind, (&words(fault), read.trim())));
    }
    // An accusation is right if all that it says is so; an acquittal, if there was nothing to find.
    let right = if failed { tally.wrong == 0 } else { tally.missed == 0 };
    if matches!(seen.outcome, model::Outcome::Passed | model::Outcome::Failed) {
        found.claims.push(Claim { confidence: seen.confidence, failed, right });
    }
    found.tallies.entry(seen.property.clone()).or_default().add(tally);
}

fn explains(fault: &Fault, finding: &Finding) -> bool {
    let about = key(&fault.about);
    let names = |text: &String| key(text).contains(&about);
    fault.kind.split('|').any(|kind| kind == finding.kind)
        && (names(&finding.message_zh) || finding.quotes.iter().any(names))
}

/// The page that a statement is about; `None` for statements that no page of the case can settle.
fn role_of(case: &Case, seen: &Observation) -> Option<Role> {
    let of_a_guide = seen.property.starts_with("guide.") || seen.property.starts_with("handling.");
    if !of_a_guide || NOT_OF_THE_PAGE.contains(&seen.property.as_str()) {
        return None;
    }
    let url = seen.subject.url.as_ref()?;
    let on = |role: Role| case.pages.values().any(|page| page.role == role && page.urls.contains(url));
    let of_channel = match seen.channel.as_ref()?.as_str() {
        "mobile_web" => Role::Mobile,
        _ => Role::Portal,
    };
    (on(of_channel) || on(Role::Attachment) || on(Role::Data)).then_some(of_channel)
}

/// Findings that rest on a page which was blocked, not rendered or unreadable: there must be none.
fn accusations_without_ground(case: &Case, seen: &Observation, out: &mut Vec<Miss>) -> u64 {
    if seen.outcome != model::Outcome::Failed {
        return 0;
    }
    let without_ground = |url: &str| {
        case.pages.values().any(|page| page.unmeasurable.is_some() && page.urls.iter().any(|one| one == url))
    };
    let cited = |finding: &&Finding| {
        finding.at.iter().filter_map(|at| seen.evidence.get(*at)).any(|cite| without_ground(cite.target_uri.as_str()))
    };
    let subject = seen.subject.url.as_deref().is_some_and(without_ground);
    let count = if subject { seen.findings.len().max(1) } else { seen.findings.iter().filter(cited).count() };
    if count > 0 {
        let words: Vec<&str> = seen.findings.iter().map(|finding| finding.message_zh.as_str()).collect();
        let role = role_of(case, seen).unwrap_or(Role::Portal);
        out.push(miss(case, role, &seen.property, "accused_unmeasured", ("cant_tell", &words.join(" "))));
    }
    count as u64
}

fn words(fault: &Fault) -> String {
    if fault.about.is_empty() { fault.kind.clone() } else { format!("{}: {}", fault.kind, fault.about) }
}

fn miss(case: &Case, role: Role, of: &str, kind: &'static str, (expected, read): (&str, &str)) -> Miss {
    Miss {
        case: case.id.clone(),
        page: role.as_str().to_owned(),
        of: of.to_owned(),
        kind,
        expected: expected.to_owned(),
        read: read.to_owned(),
        at: String::new(),
    }
}
