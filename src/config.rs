//! Configuration: the embedded defaults, a user's file and `--set` laid over them, every value with its place.
//!
//! Comes in: `config.toml` (compiled in), an optional file, `key=value` words. Goes out: the settings of each stage.
//! Must never know: what the stages do with them. Errors name file, line and key and say what would be right.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use crate::extract::blocks::{self, Blocks};
use crate::model::Element;

mod stages;
mod value;

pub use stages::{Charts, Config, Evidence, Rendering, Visit};

/// The defaults, and their documentation.
pub const DEFAULTS: &str = include_str!("../config.toml");

/// What is wrong with the configuration; every fault found, in the order met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// A value and where it came from, for example `mine.toml:12` or `--set`.
#[derive(Debug, Clone)]
struct Leaf {
    value: toml::Value,
    origin: String,
}

/// All values by dotted key.
#[derive(Debug)]
struct Values {
    leaves: BTreeMap<String, Leaf>,
    faults: Vec<String>,
    read: BTreeSet<String>,
}

/// Reads the configuration: defaults, then the file, then each `key=value`.
///
/// # Errors
/// Every unknown key, wrong type and impossible value, with file and line.
pub fn load(file: Option<&Path>, sets: &[String]) -> Result<Config, ConfigError> {
    let text = match file {
        None => None,
        Some(path) => match std::fs::read_to_string(path) {
            Ok(text) => Some((path.display().to_string(), text)),
            Err(error) => return Err(ConfigError(vec![format!("{}: cannot be read: {error}", path.display())])),
        },
    };
    parse(text.as_ref().map(|(name, text)| (name.as_str(), text.as_str())), sets)
}

/// The same from text in memory: `file` is its name and content.
///
/// # Errors
/// As [`load`].
pub fn parse(file: Option<(&str, &str)>, sets: &[String]) -> Result<Config, ConfigError> {
    let mut values = Values { leaves: BTreeMap::new(), faults: Vec::new(), read: BTreeSet::new() };
    values.overlay("config.toml (built in)", DEFAULTS, None);
    let known: BTreeSet<String> = values.leaves.keys().cloned().collect();
    if let Some((name, text)) = file {
        values.overlay(name, text, Some(&known));
    }
    for set in sets {
        values.set(set, &known);
    }
    let config = stages::read(&mut values);
    debug_assert!(!values.faults.is_empty() || values.read == known, "every key of config.toml is used");
    if values.faults.is_empty() { Ok(config) } else { Err(ConfigError(values.faults)) }
}

impl Values {
    /// Lays a document over what is there; keys outside `known` are faults.
    fn overlay(&mut self, name: &str, text: &str, known: Option<&BTreeSet<String>>) {
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_of(text, span.start));
                self.faults.push(format!("{name}:{line}: {}", error.message()));
                return;
            }
        };
        // Parsing the same text again cannot fail: the spanned parse has just accepted it.
        let Ok(plain) = text.parse::<toml::Table>() else { return };
        let mut found = Vec::new();
        flatten(table.get_ref(), "", &mut found);
        for (key, offset) in found {
            let origin = format!("{name}:{}", line_of(text, offset));
            if let Some(known) = known
                && !known.contains(&key)
            {
                self.faults.push(unknown(&origin, &key, known));
                continue;
            }
            if let Some(value) = lookup(&plain, &key) {
                self.leaves.insert(key, Leaf { value: value.clone(), origin });
            }
        }
    }

    fn set(&mut self, set: &str, known: &BTreeSet<String>) {
        let origin = format!("--set {set}");
        let Some((key, text)) = set.split_once('=') else {
            self.faults.push(format!("{origin}: expected key=value, for example politeness.min_interval=5s"));
            return;
        };
        let key = key.trim();
        if !known.contains(key) {
            self.faults.push(unknown(&origin, key, known));
            return;
        }
        // A bare word such as 5s is meant as a string; numbers, booleans and lists are TOML.
        let value = format!("v = {}", text.trim())
            .parse::<toml::Table>()
            .ok()
            .and_then(|mut table| table.remove("v"))
            .unwrap_or_else(|| toml::Value::String(text.trim().to_owned()));
        self.leaves.insert(key.to_owned(), Leaf { value, origin });
    }
}

fn unknown(origin: &str, key: &str, known: &BTreeSet<String>) -> String {
    let nearest = known.iter().max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
    match nearest {
        Some(nearest) if strsim::jaro_winkler(nearest, key) > 0.75 => {
            format!("{origin}: unknown key `{key}`; did you mean `{nearest}`?")
        }
        _ => format!("{origin}: unknown key `{key}`; `portal-probe config` prints every key"),
    }
}

/// Dotted keys of all leaves with the byte offset of the key. Arrays are leaves.
fn flatten(table: &DeTable<'_>, prefix: &str, out: &mut Vec<(String, usize)>) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
        match value.get_ref() {
            DeValue::Table(inner) => flatten(inner, &path, out),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => out.push((path, key.span().start)),
        }
    }
}

fn lookup<'a>(table: &'a toml::Table, key: &str) -> Option<&'a toml::Value> {
    let mut parts = key.split('.');
    let mut value = table.get(parts.next()?)?;
    for part in parts {
        value = value.get(part)?;
    }
    Some(value)
}

/// The line, from 1, of a byte offset.
fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}

/// Typed access; a wrong value is noted as a fault and a neutral one returned, so that all faults are found at once.
impl Values {
    fn get<T>(&mut self, key: &str, expected: &str, convert: impl Fn(&toml::Value) -> Option<T>) -> Option<T> {
        self.read.insert(key.to_owned());
        let Some(leaf) = self.leaves.get(key) else {
            self.faults.push(format!("config.toml (built in): key `{key}` is missing"));
            return None;
        };
        let value = convert(&leaf.value);
        if value.is_none() {
            self.faults.push(format!("{}: `{key}` is {}; expected {expected}", leaf.origin, leaf.value));
        }
        value
    }

    fn duration(&mut self, key: &str) -> Duration {
        let expected = "a duration such as \"250ms\", \"2s\", \"5m\" or \"8h\"";
        self.get(key, expected, |value| value.as_str().and_then(value::duration)).unwrap_or_default()
    }

    fn size(&mut self, key: &str) -> u64 {
        self.get(key, "a size such as \"512KiB\" or \"8MiB\"", |value| value.as_str().and_then(value::size))
            .unwrap_or_default()
    }

    fn count(&mut self, key: &str) -> u64 {
        self.get(key, "a whole number from 0", |value| value.as_integer().and_then(|n| u64::try_from(n).ok()))
            .unwrap_or_default()
    }

    fn small(&mut self, key: &str) -> u32 {
        self.get(key, "a whole number from 0 to 4294967295", |value| {
            value.as_integer().and_then(|n| u32::try_from(n).ok())
        })
        .unwrap_or_default()
    }

    fn byte(&mut self, key: &str) -> u8 {
        self.get(key, "a whole number from 0 to 255", |value| value.as_integer().and_then(|n| u8::try_from(n).ok()))
            .unwrap_or_default()
    }

    fn number(&mut self, key: &str) -> usize {
        self.get(key, "a whole number from 0", |value| value.as_integer().and_then(|n| usize::try_from(n).ok()))
            .unwrap_or_default()
    }

    fn bytes(&mut self, key: &str) -> usize {
        usize::try_from(self.size(key)).unwrap_or(usize::MAX)
    }

    fn factor(&mut self, key: &str) -> f64 {
        self.get(key, "a number from 0", value::number).unwrap_or_default()
    }

    fn share(&mut self, key: &str) -> f64 {
        self.get(key, "a share from 0 to 1", |value| value::number(value).filter(|n| *n <= 1.0)).unwrap_or_default()
    }

    fn flag(&mut self, key: &str) -> bool {
        self.get(key, "true or false", toml::Value::as_bool).unwrap_or_default()
    }

    fn text(&mut self, key: &str) -> String {
        self.get(key, "a text", |value| value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned))
            .unwrap_or_default()
    }

    /// The name of a file, or none.
    fn file(&mut self, key: &str) -> Option<std::path::PathBuf> {
        let name = self.get(key, "the name of a file, or \"\"", |value| value.as_str().map(str::to_owned));
        name.filter(|name| !name.is_empty()).map(std::path::PathBuf::from)
    }

    fn texts(&mut self, key: &str) -> Vec<String> {
        self.list(key, "a list of texts", |text| Some(text.to_owned()))
    }

    fn list<T>(&mut self, key: &str, expected: &str, convert: impl Fn(&str) -> Option<T>) -> Vec<T> {
        self.get(key, expected, |value| {
            value.as_array()?.iter().map(|item| item.as_str().and_then(&convert)).collect::<Option<Vec<T>>>()
        })
        .unwrap_or_default()
    }

    fn elements(&mut self, key: &str) -> Vec<Element> {
        let expected = "a list of elements such as \"item_name\"; `portal-probe explain guide.elements` names them all";
        self.list(key, expected, |word| Element::ALL.iter().copied().find(|element| element.as_str() == word))
    }

    fn family(&mut self, key: &str) -> crate::fetch::AddressFamily {
        use crate::fetch::AddressFamily;
        self.get(key, "\"ipv4_first\", \"ipv4_only\" or \"ipv6_only\"", |value| match value.as_str()? {
            "ipv4_first" => Some(AddressFamily::Ipv4First),
            "ipv4_only" => Some(AddressFamily::Ipv4Only),
            "ipv6_only" => Some(AddressFamily::Ipv6Only),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// An http or https address, or none.
    fn web_address(&mut self, key: &str) -> Option<url::Url> {
        self.get(key, "an http or https address, or \"\"", |value| match value.as_str()? {
            "" => Some(None),
            text => url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(Some),
        })
        .flatten()
    }

    /// The built-in table of signatures, with the named file laid over it.
    fn blocks(&mut self, key: &str) -> Blocks {
        let path = self.get(key, "the name of a file, or \"\"", |value| value.as_str().map(str::to_owned));
        let builtin = Blocks::builtin();
        let Some(path) = path.filter(|path| !path.is_empty()) else { return builtin };
        let origin = self.leaves.get(key).map_or_else(String::new, |leaf| leaf.origin.clone());
        let laid = std::fs::read_to_string(&path)
            .map_err(|error| format!("{path}: cannot be read: {error}; give a file in the form of `blocks.toml`"))
            .and_then(|text| blocks::overlay(&path, &text, builtin.clone()).map_err(|error| error.to_string()));
        laid.unwrap_or_else(|fault| {
            self.faults.push(format!("{origin}: `{key}`: {fault}"));
            builtin
        })
    }

    fn topics(&mut self, key: &str) -> Vec<crate::check::Topic> {
        self.get(key, "a list of tables with `id`, `name` and `words`", |value| {
            value.as_array()?.iter().map(|item| item.clone().try_into().ok()).collect::<Option<Vec<_>>>()
        })
        .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
