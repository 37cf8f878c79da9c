//! Defaults are complete; bad input gets exact messages.

use super::*;

fn faults(text: &str) -> Vec<String> {
    parse(Some(("mine.toml", text)), &[]).expect_err("a faulty configuration").0
}

#[test]
fn the_defaults_are_complete_and_valid() {
    let config = parse(None, &[]).expect("valid defaults");
    assert_eq!(config.frontier.min_interval, Duration::from_secs(3));
    assert_eq!(config.check.topics.len(), 1);
}

#[test]
fn every_default_has_a_comment_above_it() {
    let mut commented = false;
    for line in DEFAULTS.lines() {
        if line.starts_with('#') {
            commented = true;
        } else if line.trim().is_empty() {
            commented = false;
        } else if line.contains(" = ") && !line.starts_with(' ') {
            assert!(commented || line.starts_with("name") || line.starts_with("words"), "no comment above `{line}`");
        }
    }
}

#[test]
fn a_file_changes_only_what_it_names() {
    let config = parse(Some(("mine.toml", "[politeness]\nmin_interval = \"5s\"\n")), &[]).expect("valid");
    assert_eq!(config.frontier.min_interval, Duration::from_secs(5));
    assert_eq!(config.frontier.backoff_base, Duration::from_secs(30));
}

#[test]
fn a_set_word_wins_over_the_file() {
    let sets = ["politeness.min_interval=40ms".to_owned(), "guard.allow=[\"127.0.0.0/8\"]".to_owned()];
    let config = parse(Some(("mine.toml", "[politeness]\nmin_interval = \"5s\"\n")), &sets).expect("valid");
    assert_eq!(config.frontier.min_interval, Duration::from_millis(40));
}

#[test]
fn bad_configurations_get_exact_messages() {
    let table: &[(&str, &str)] = &[
        (
            "\n[politeness]\nmin_intervall = \"2s\"\n",
            "mine.toml:3: unknown key `politeness.min_intervall`; did you mean `politeness.min_interval`?",
        ),
        ("[zzz]\nqqq = 1\n", "mine.toml:2: unknown key `zzz.qqq`; `portal-probe config` prints every key"),
        (
            "[politeness]\nmin_interval = 2\n",
            "mine.toml:2: `politeness.min_interval` is 2; expected a duration such as \"250ms\", \"2s\", \"5m\" or \"8h\"",
        ),
        (
            "[fetch]\n\nmax_body = \"8MB\"\n",
            "mine.toml:3: `fetch.max_body` is \"8MB\"; expected a size such as \"512KiB\" or \"8MiB\"",
        ),
        (
            "[check]\nmax_failure_ratio = 5\n",
            "mine.toml:2: `check.max_failure_ratio` is 5; expected a share from 0 to 1",
        ),
        ("[visit]\nipv6 = \"yes\"\n", "mine.toml:2: `visit.ipv6` is \"yes\"; expected true or false"),
        (
            "[check]\nrequired_elements = [\"titel\"]\n",
            "mine.toml:2: `check.required_elements` is [\"titel\"]; expected a list of elements such as \"item_name\"; \
             `portal-probe explain guide.elements` names them all",
        ),
        (
            "[guard]\nallow = [\"127.0.0.0/99\"]\n",
            "mine.toml:2: `guard.allow` is [\"127.0.0.0/99\"]; expected a list of address ranges such as \"127.0.0.0/8\"",
        ),
    ];
    for (text, message) in table {
        assert_eq!(faults(text), [(*message).to_owned()], "{text}");
    }
}

#[test]
fn a_syntax_error_names_file_and_line() {
    let faults = faults("[politeness]\nmin_interval = \n");
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("mine.toml:2: "), "{faults:?}");
}

#[test]
fn all_faults_are_found_at_once() {
    assert_eq!(faults("[visit]\nipv6 = 1\nsearch = 1\n").len(), 2);
}

#[test]
fn a_set_word_without_a_value_is_explained() {
    let error = parse(None, &["politeness.min_interval".to_owned()]).expect_err("faulty");
    assert_eq!(error.0, ["--set politeness.min_interval: expected key=value, for example politeness.min_interval=5s"]);
}

#[test]
fn a_missing_file_is_named() {
    let error = load(Some(Path::new("/nowhere/mine.toml")), &[]).expect_err("missing");
    assert!(error.0[0].starts_with("/nowhere/mine.toml: cannot be read: "), "{error}");
}
