//! The command line: exit codes, and data on standard output only.

use std::process::{Command, Output};

use crate::support::Folder;

fn probe(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portal-probe")).args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn explain_blocks_prints_the_table_that_a_run_would_use() {
    let built_in = probe(&["explain", "blocks"]);
    assert!(built_in.status.success());
    let text = String::from_utf8_lossy(&built_in.stdout).into_owned();
    for signature in portal_probe::extract::blocks::Blocks::builtin().signatures {
        assert!(text.contains(&format!("\n{} ", signature.id)), "{} is not in\n{text}", signature.id);
    }
    let absent = probe(&["explain", "blocks", "--set", "read.block_signatures=absent.toml"]);
    assert_eq!(absent.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&absent.stderr).contains("absent.toml: cannot be read"));
}

#[test]
fn explain_lists_every_property_and_prints_each_page() {
    let all = probe(&["explain"]);
    assert_eq!(all.status.code(), Some(0));
    assert_eq!(text(&all.stdout).lines().count(), portal_probe::check::CHECKS.len());
    let one = probe(&["explain", "guide.time_limits"]);
    assert!(text(&one.stdout).contains("Why it matters"), "{one:?}");
}

#[test]
fn a_misspelt_property_is_a_configuration_error_with_a_suggestion() {
    let output = probe(&["explain", "guide.time_limit"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains("did you mean `guide.time_limits`?"), "{output:?}");
}

#[test]
fn the_schema_is_json_on_standard_output() {
    let output = probe(&["schema"]);
    assert_eq!(output.status.code(), Some(0));
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn an_unknown_key_exits_with_3_and_fetches_nothing() {
    let folder = Folder::new("unknown-key");
    let out = folder.0.join("out");
    let output =
        probe(&["demo", "--out", &out.to_string_lossy(), "--port", "0", "--set", "politeness.min_intervall=1s"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("did you mean `politeness.min_interval`?"), "{output:?}");
    assert!(!out.exists());
}

#[test]
fn the_shipped_catalogue_is_refused_because_nobody_has_verified_it() {
    let folder = Folder::new("unverified");
    let out = folder.0.join("out");
    let targets = concat!(env!("CARGO_MANIFEST_DIR"), "/targets");
    let output = probe(&["run", "--targets", targets, "--out", &out.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("36 of 36 cities"), "{output:?}");
    assert!(!out.exists());
}

#[test]
fn lint_passes_the_shipped_catalogue() {
    let output = probe(&["targets", "lint", "--targets", concat!(env!("CARGO_MANIFEST_DIR"), "/targets")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_run_folder_that_is_not_one_is_named_in_the_error() {
    for command in ["replay", "verify", "summary", "report"] {
        let output = probe(&[command, "/nowhere/at/all"]);
        assert_eq!(output.status.code(), Some(2), "{command}: {output:?}");
        assert!(text(&output.stderr).contains("/nowhere/at/all"), "{command}: {output:?}");
    }
}

#[test]
fn a_guide_in_a_file_is_read_and_judged() {
    let folder = Folder::new("guide-file");
    let path = folder.0.join("guide.html");
    let page = "<html><head><title>办事指南</title></head><body><h1>公章刻制备案</h1><table>\
        <tr><th>事项名称</th><td>公章刻制备案</td></tr><tr><th>实施主体</th><td>市公安局</td></tr>\
        <tr><th>法定办结时限</th><td>3个工作日</td></tr><tr><th>承诺办结时限</th><td>5个工作日</td></tr>\
        <tr><th>是否收费</th><td>否</td></tr><tr><th>到办事现场次数</th><td>1次</td></tr>\
        <tr><th>受理条件</th><td>已取得营业执照</td></tr><tr><th>办理地点</th><td>市民中心一楼</td></tr></table></body></html>";
    std::fs::write(&path, page).expect("a page");
    let output = probe(&["check", &path.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let words = text(&output.stdout);
    assert!(words.contains("✗ guide.time_limits"), "{words}");
    assert!(words.contains("5个工作日") && words.contains("3个工作日"), "both sides are quoted: {words}");
}
