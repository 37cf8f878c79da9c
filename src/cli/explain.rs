//! `explain`: what a property means, from the registry itself; how pages that stand in the way are recognised.

use std::fmt::Write as _;

use super::{ConfigArguments, Ended, Failure, print};
use crate::check::{CHECKS, Check};
use crate::extract::blocks::Blocks;
use crate::model::Element;

pub(super) fn run(property: Option<&str>, configuration: &ConfigArguments) -> Result<Ended, Failure> {
    if property == Some("blocks") {
        return print(&table(&configuration.load(&[])?.read.blocks));
    }
    let Some(word) = property else {
        let lines: Vec<String> = CHECKS
            .iter()
            .map(|check| {
                let property = check.property;
                format!("{:<40} {} · {}", property.id, property.title_zh, property.title_en)
            })
            .collect();
        return print(&lines.join("\n"));
    };
    if let Some(check) = CHECKS.iter().find(|check| check.property.id.as_str() == word) {
        return print(&page(check));
    }
    let nearest = CHECKS
        .iter()
        .map(|check| check.property.id.as_str())
        .max_by(|a, b| strsim::jaro_winkler(a, word).total_cmp(&strsim::jaro_winkler(b, word)))
        .unwrap_or_default();
    Err(Failure::Configuration(anyhow::anyhow!("no property `{word}`; did you mean `{nearest}`?")))
}

/// The table of signatures that a run with this configuration would use, in the order in which they are tried.
fn table(blocks: &Blocks) -> String {
    let signatures = blocks.signatures.iter().map(|signature| {
        let kind = signature.kind.as_str();
        let words =
            [&signature.text, &signature.title, &signature.source].iter().map(|words| words.len()).sum::<usize>();
        format!("{:<22} {kind:<12} {words:>3}  {}", signature.id, signature.note)
    });
    let gateways =
        blocks.gateways.iter().map(|gateway| format!("{:<22} links             {}", gateway.id, gateway.note));
    let head = "signature              kind       words  note".to_owned();
    std::iter::once(head).chain(signatures).chain(gateways).collect::<Vec<_>>().join("\n")
}

fn page(check: &Check) -> String {
    let property = check.property;
    let basis: Vec<String> = property.basis.iter().map(|basis| format!("  - {basis}")).collect();
    let mut text = format!(
        "{} (version {})\n{} · {}\n\nPassed when: {}\nUnit of the value: {}\n\nWhy it matters: {}\n\nBased on:\n{}\n",
        property.id,
        check.version,
        property.title_zh,
        property.title_en,
        property.passed_when,
        property.unit.map_or("none", crate::model::property::Unit::as_str),
        property.rationale,
        basis.join("\n"),
    );
    if property.id.as_str() == "guide.flowchart_consistency" {
        text.push_str(
            "\nHandbook: docs/flowchart-check.md, 使用说明: docs/flowchart-check.zh.md; a report has it as \
             charts/handbook.html. Figures: docs/charts.md\n",
        );
    }
    if property.id.as_str() == "guide.elements" {
        text.push_str("\nElements:\n");
        // Writing to a String cannot fail.
        for element in Element::ALL {
            let _ = writeln!(text, "  {:<20} {} · {}", element.as_str(), element.zh(), element.en());
        }
    }
    text
}
