//! The registry of checks is the contract's table: ids unique, well formed, documented.

use std::collections::BTreeSet;

use portal_probe::check::CHECKS;

/// The properties of the contract, §5, in its order.
const CONTRACT: &[&str] = &[
    "site.reachable",
    "site.response_time",
    "site.tls",
    "site.ipv6",
    "site.dead_links",
    "site.search",
    "site.identity",
    "site.freshness",
    "guide.found",
    "guide.findability",
    "guide.elements",
    "guide.materials_clear",
    "guide.blank_form",
    "guide.sample_form",
    "guide.flowchart",
    "guide.flowchart_consistency",
    "guide.time_limits",
    "guide.self_consistency",
    "guide.channel_consistency",
    "handling.visits",
    "handling.online_depth",
    "handling.delivery",
    "scenario.guidance",
    "scenario.visits",
    "interaction.consultation_channel",
    "interaction.complaint_channel",
    "interaction.consultation_timeliness",
    "interaction.complaint_timeliness",
    "mobile.channels",
    "mobile.reachable",
    "mobile.friendly",
    "mobile.depth",
    "mobile.topic",
];

#[test]
fn the_registry_holds_the_contracts_properties_in_its_order() {
    let ids: Vec<&str> = CHECKS.iter().map(|check| check.property.id.as_str()).collect();
    assert_eq!(ids, CONTRACT);
}

#[test]
fn every_property_says_why_it_matters_and_what_it_is_based_on() {
    for check in CHECKS {
        let property = check.property;
        for text in [property.title_zh, property.title_en, property.passed_when, property.rationale] {
            assert!(text.chars().count() >= 4, "{}: `{text}` says too little", property.id);
        }
        assert!(!property.basis.is_empty(), "{} has no basis", property.id);
        assert!(check.version >= 1);
    }
}

#[test]
fn titles_are_not_used_twice() {
    let titles: BTreeSet<&str> = CHECKS.iter().map(|check| check.property.title_zh).collect();
    assert_eq!(titles.len(), CHECKS.len());
}

#[test]
fn every_check_has_a_file_and_tests() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check");
    for check in CHECKS {
        let id = check.property.id.as_str();
        let (family, name) = id.split_once('.').expect("family.name");
        assert!(root.join(family).join(format!("{name}.rs")).exists(), "{id} has no file of its own");
        // Siblings such as `consultation_channel` and `complaint_channel` share `channel.rs` and are tested there.
        let tested = std::fs::read_dir(root.join(family)).expect("the family's folder").any(|entry| {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let text = std::fs::read_to_string(&path).or_else(|_| std::fs::read_to_string(path.join("tests.rs")));
            name.ends_with(&stem) && text.is_ok_and(|text| text.contains("#[test]"))
        });
        assert!(tested, "{id}: no tests in its file or in the one that it shares");
    }
}
