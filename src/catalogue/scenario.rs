//! One scenario's file.
//!
//! Comes in: its text. Goes out: a chain of errands, or every mistake.

use std::collections::BTreeSet;

use super::CatalogueErrors;
use super::source::{Section, Source};
use crate::model::{Scenario, Segment};

const SCENARIO_KEYS: [&str; 3] = ["id", "name", "segment"];
const SEGMENT_KEYS: [&str; 5] = ["id", "name", "titles", "not", "required"];

/// Reads one scenario's file.
///
/// # Errors
///
/// Every mistake in the file.
pub fn parse_scenario(text: &str, file_name: &str) -> Result<Scenario, CatalogueErrors> {
    let (mut source, root) = Source::parse(text, file_name);
    let scenario = root.and_then(|root| read(&mut source, &Source::root(&root)));
    match scenario {
        Some(scenario) if source.problems.is_empty() => Ok(scenario),
        _ => {
            source.problems.sort_by_key(|problem| problem.line);
            Err(CatalogueErrors(source.problems))
        }
    }
}

fn read(source: &mut Source<'_>, root: &Section<'_>) -> Option<Scenario> {
    source.known_keys(root, &SCENARIO_KEYS);
    let id = id(source, root);
    let name = source.required_text(root, "name");
    let sections = source.sections(root, "segment");
    if sections.is_empty() && !Source::has(root, "segment") {
        let hint = Some("add `[[segment]]` with `id`, `name` and `titles`".to_owned());
        source.wrong(1, "segment".to_owned(), "no segment".to_owned(), hint);
    }
    let mut known = BTreeSet::new();
    let mut segments = Vec::new();
    for section in &sections {
        let Some(segment) = segment(source, section) else { continue };
        if !known.insert(segment.id.clone()) {
            let line = source.line_of(section, "id");
            let message = format!("`{}` is used twice", segment.id);
            source.wrong(line, section.key("id"), message, Some("give each segment its own id".to_owned()));
        }
        segments.push(segment);
    }
    Some(Scenario { id: id?, name: name?.value, segments })
}

fn segment(source: &mut Source<'_>, section: &Section<'_>) -> Option<Segment> {
    source.known_keys(section, &SEGMENT_KEYS);
    let id = id(source, section);
    let name = source.required_text(section, "name");
    let before = source.problems.len();
    let titles = texts(source, section, "titles");
    if titles.is_empty() && source.problems.len() == before {
        let line = source.line_of(section, "titles");
        let hint = Some("add the words by which a guide's title names the errand".to_owned());
        source.wrong(line, section.key("titles"), "no title words".to_owned(), hint);
    }
    let not = texts(source, section, "not");
    if let Some(word) = not.iter().find(|word| titles.contains(word)) {
        let line = source.line_of(section, "not");
        let message = format!("`{word}` stands under `titles` too");
        source.wrong(line, section.key("not"), message, Some("keep it in one of the two lists".to_owned()));
    }
    let required = source.flag(section, "required", true);
    Some(Segment { id: id?, name: name?.value, titles, not, required })
}

/// An id is part of records and addresses: small letters, digits and hyphens.
fn id(source: &mut Source<'_>, section: &Section<'_>) -> Option<String> {
    let id = source.required_text(section, "id")?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !id.value.bytes().all(plain) {
        let hint = Some("use small letters, digits and hyphens, for example `social-insurance`".to_owned());
        source.wrong(id.line, section.key("id"), format!("`{}` is not an id", id.value), hint);
    }
    Some(id.value)
}

fn texts(source: &mut Source<'_>, section: &Section<'_>, key: &str) -> Vec<String> {
    source.texts(section, key).into_iter().map(|text| text.value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id = \"s\"\nname = \"企业开办\"\n";

    #[test]
    fn a_scenario_is_read() {
        let text = format!("{HEAD}[[segment]]\nid = \"seal\"\nname = \"公章刻制\"\ntitles = [\"公章\"]\n");
        let scenario = parse_scenario(&text, "s.toml").expect("a sound file");
        assert_eq!((scenario.id.as_str(), scenario.segments[0].required), ("s", true));
    }

    #[test]
    fn mistakes_are_named_with_line_key_and_remedy() {
        for (segment, expected) in [
            ("", "s.toml:1: `segment`: no segment\n  hint: add `[[segment]]` with `id`, `name` and `titles`"),
            (
                "[[segment]]\nid = \"seal\"\nname = \"公章刻制\"\ntitles = []\n",
                "s.toml:6: `segment[1].titles`: no title words\n  hint: add the words by which a guide's title names the errand",
            ),
            (
                "[[segment]]\nid = \"seal\"\nname = \"公章刻制\"\ntitles = [\" \"]\n",
                "s.toml:6: `segment[1].titles[1]`: is empty\n  hint: write a text, or leave it out",
            ),
            (
                "[[segment]]\nid = \"Seal 1\"\nname = \"公章刻制\"\ntitles = [\"公章\"]\n",
                "s.toml:4: `segment[1].id`: `Seal 1` is not an id\n  hint: use small letters, digits and hyphens, for example `social-insurance`",
            ),
            (
                "[[segment]]\nid = \"seal\"\nname = \"公章刻制\"\ntitles = [\"公章\"]\nrequired = \"yes\"\n",
                "s.toml:7: `segment[1].required`: must be true or false, not string\n  hint: write it as `true`",
            ),
            (
                "[[segment]]\nid = \"a\"\nname = \"甲\"\ntitles = [\"甲\"]\n[[segment]]\nid = \"a\"\nname = \"乙\"\ntitles = [\"乙\"]\n",
                "s.toml:8: `segment[2].id`: `a` is used twice\n  hint: give each segment its own id",
            ),
            (
                "[[segment]]\nid = \"a\"\nname = \"甲\"\ntitles = [\"甲\"]\nnot = [\"甲\"]\n",
                "s.toml:7: `segment[1].not`: `甲` stands under `titles` too\n  hint: keep it in one of the two lists",
            ),
            (
                "[[segment]]\nid = \"a\"\nname = \"甲\"\ntitle = [\"甲\"]\ntitles = [\"甲\"]\n",
                "s.toml:6: `segment[1].title`: unknown key\n  hint: did you mean `titles`?",
            ),
        ] {
            let errors = parse_scenario(&format!("{HEAD}{segment}"), "s.toml").expect_err("a mistake");
            assert_eq!(errors.to_string(), expected);
        }
    }
}
