//! One TOML file being read: typed values with their lines, and the mistakes met on the way.
//!
//! Comes in: text. Goes out: values where they are right, problems where they are not. Must never know: what the keys
//! mean.

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One mistake: where it is, what is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named.
    pub file: String,
    /// The line, counted from 1; `None` if the file as a whole is meant.
    pub line: Option<usize>,
    /// The key, for example `channel[2].seeds`.
    pub key: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of a whole file.
    pub(super) fn of_file(file: &str, message: &str) -> Self {
        Self { file: file.to_owned(), line: None, key: None, message: message.to_owned(), hint: None }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(key) = &self.key {
            write!(f, ": `{key}`")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

/// A value with the line on which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

/// A table of the file, with the prefix of its keys and the line on which it begins.
pub(super) struct Section<'t> {
    table: &'t DeTable<'t>,
    prefix: String,
    pub(super) line: usize,
}

impl Section<'_> {
    /// The full name of a key of this table.
    pub(super) fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

/// A file and the mistakes found in it so far.
pub(super) struct Source<'t> {
    file: &'t str,
    text: &'t str,
    pub(super) problems: Vec<Problem>,
}

impl<'t> Source<'t> {
    /// The file, and its root table if its syntax is right.
    pub(super) fn parse(text: &'t str, file: &'t str) -> (Self, Option<Spanned<DeTable<'t>>>) {
        let mut source = Self { file, text, problems: Vec::new() };
        match DeTable::parse(text) {
            Ok(root) => (source, Some(root)),
            Err(error) => {
                let line = source.line(error.span().map_or(0, |span| span.start));
                let first = error.message().lines().next().unwrap_or_default().to_owned();
                source.problems.push(Problem {
                    file: file.to_owned(),
                    line: Some(line),
                    key: None,
                    message: format!("not valid TOML: {first}"),
                    hint: None,
                });
                (source, None)
            }
        }
    }

    /// The root table as a section.
    pub(super) fn root<'r>(root: &'r Spanned<DeTable<'r>>) -> Section<'r> {
        Section { table: root.get_ref(), prefix: String::new(), line: 1 }
    }

    /// Notes a mistake.
    pub(super) fn wrong(&mut self, line: usize, key: String, message: String, hint: Option<String>) {
        self.problems.push(Problem { file: self.file.to_owned(), line: Some(line), key: Some(key), message, hint });
    }

    /// Every key of a table must be one of these.
    pub(super) fn known_keys(&mut self, section: &Section<'_>, known: &[&str]) {
        for key in section.table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let line = self.line(key.span().start);
                self.wrong(line, section.key(name), "unknown key".to_owned(), Some(did_you_mean(name, known)));
            }
        }
    }

    /// A text that must be there and must not be empty.
    pub(super) fn required_text(&mut self, section: &Section<'_>, key: &str) -> Option<Stated<String>> {
        if !section.table.contains_key(key) {
            let hint = format!("add `{key} = \"…\"`");
            self.wrong(section.line, section.key(key), "is missing".to_owned(), Some(hint));
        }
        self.text(section, key)
    }

    /// A text that may be absent but must not be empty.
    pub(super) fn text(&mut self, section: &Section<'_>, key: &str) -> Option<Stated<String>> {
        let value = section.table.get(key)?;
        self.text_of(value, &section.key(key))
    }

    /// A list of texts, none of them empty; an absent key is an empty list.
    pub(super) fn texts(&mut self, section: &Section<'_>, key: &str) -> Vec<Stated<String>> {
        let Some(value) = section.table.get(key) else { return Vec::new() };
        let Some(values) = value.get_ref().as_array() else {
            self.wrong_type(value, section.key(key), "a list of texts", "[\"…\", \"…\"]");
            return Vec::new();
        };
        let named =
            values.iter().enumerate().map(|(index, value)| (value, format!("{}[{}]", section.key(key), index + 1)));
        named.filter_map(|(value, key)| self.text_of(value, &key)).collect()
    }

    /// The line of a key, or of its table where the key is absent.
    pub(super) fn line_of(&self, section: &Section<'_>, key: &str) -> usize {
        section.table.get(key).map_or(section.line, |value| self.line(value.span().start))
    }

    /// Whether a key is there at all, right or wrong.
    pub(super) fn has(section: &Section<'_>, key: &str) -> bool {
        section.table.contains_key(key)
    }

    /// A yes or no; the default where the key is absent.
    pub(super) fn flag(&mut self, section: &Section<'_>, key: &str, default: bool) -> bool {
        let Some(value) = section.table.get(key) else { return default };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(value, section.key(key), "true or false", "true");
            default
        })
    }

    /// A day, written `2026-11-01` with or without quotes.
    pub(super) fn date(&mut self, section: &Section<'_>, key: &str) -> Option<Date> {
        let value = section.table.get(key)?;
        let words = match value.get_ref() {
            DeValue::Datetime(day) => day.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let day = (words.len() == "2026-11-01".len()).then(|| words.parse::<Date>().ok()).flatten();
        if day.is_none() {
            let line = self.line(value.span().start);
            let hint = Some("write it as `2026-11-01`, or leave the key out".to_owned());
            self.wrong(line, section.key(key), "is not a date".to_owned(), hint);
        }
        day
    }

    /// The tables of a list (`[[key]]`), counted from 1.
    pub(super) fn sections<'r>(&mut self, section: &Section<'r>, key: &str) -> Vec<Section<'r>> {
        let Some(value) = section.table.get(key) else { return Vec::new() };
        let tables = value.get_ref().as_array().map(|values| {
            values.iter().map(|value| value.get_ref().as_table().map(|table| (table, value.span().start))).collect()
        });
        let Some(Some(tables)): Option<Option<Vec<_>>> = tables else {
            self.wrong_type(value, section.key(key), "a list of tables", &format!("[[{key}]]"));
            return Vec::new();
        };
        let named = tables.into_iter().enumerate();
        named
            .map(|(index, (table, start))| Section {
                table,
                prefix: format!("{}[{}].", section.key(key), index + 1),
                line: self.line(start),
            })
            .collect()
    }

    fn text_of(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Stated<String>> {
        let line = self.line(value.span().start);
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, key.to_owned(), "a text", "\"…\"");
            return None;
        };
        if text.trim().is_empty() {
            self.wrong(line, key.to_owned(), "is empty".to_owned(), Some("write a text, or leave it out".to_owned()));
            return None;
        }
        Some(Stated { value: text.trim().to_owned(), line })
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: String, wanted: &str, example: &str) {
        let line = self.line(value.span().start);
        let message = format!("must be {wanted}, not {}", value.get_ref().type_str());
        self.wrong(line, key, message, Some(format!("write it as `{example}`")));
    }

    fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }
}

/// A hint that names the likeliest of the words allowed, or all of them.
pub(super) fn did_you_mean(word: &str, allowed: &[&str]) -> String {
    let nearest = allowed.iter().map(|known| (strsim::osa_distance(word, known), *known)).min();
    // Half of the letters wrong is another word, not a slip.
    match nearest {
        Some((distance, known)) if distance * 2 <= word.chars().count().max(known.chars().count()) => {
            format!("did you mean `{known}`?")
        }
        _ => format!("one of {}", allowed.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ")),
    }
}
