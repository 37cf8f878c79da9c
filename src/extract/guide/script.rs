//! Data in scripts: state objects, `var process=[…]`, `application/json`.
//!
//! Comes in: script elements, or a whole JSON answer. Goes out: fields, materials and steps with a pointer into the data.
//! Must never know: how a page would show them; code is never run.

use serde_json::{Map, Value};
use url::Url;

use super::fields::{Field, Layout};
use super::page::Content;
use super::step_text;
use crate::extract::dom::{Dom, Node, fold};
use crate::extract::guide::data_rows;
use crate::extract::lexicon::{self, Meaning};
use crate::extract::pseudo_json;
use crate::model::{Element, Located, Locator, Material, Reading, Step};

/// Assignments tried in one script.
const MOST_ASSIGNMENTS: usize = 60;

/// Scripts longer than this are libraries.
const LONGEST_SCRIPT: usize = 3 << 20;

/// Levels of data that are walked.
const DEEPEST: usize = 24;

/// What data says.
#[derive(Debug, Default)]
pub(super) struct Data<'a> {
    /// Fields.
    pub(super) fields: Vec<Field<'a>>,
    /// Materials.
    pub(super) materials: Reading<Vec<Material>>,
    /// Steps.
    pub(super) steps: Reading<Vec<Step>>,
}

/// What a page family calls things in its data, beside the names that the lexicon knows.
pub(in crate::extract) struct Vocabulary {
    /// Names of fields, lower case without `_`.
    pub(in crate::extract) names: &'static [(Meaning, &'static [&'static str])],
    /// The words that the family's pages show for a value, where these are not the value's own: codes, and flags.
    /// Called with the key, the value, and the object both stand in.
    pub(in crate::extract) shows: fn(&str, &Value, &Map<String, Value>) -> Option<String>,
}

impl Vocabulary {
    /// Nothing beside the lexicon.
    pub(in crate::extract) const GENERIC: Self = Self { names: &[], shows: |_, _, _| None };

    fn meaning(&self, key: &str) -> Option<Meaning> {
        let folded: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        let own = self.names.iter().find(|(_, names)| names.contains(&folded.as_str())).map(|(meaning, _)| *meaning);
        own.or_else(|| lexicon::field_name(key))
    }
}

/// Reads the data in all scripts of a page.
pub(super) fn read<'a>(scripts: &[Node<'a>], base: &Url) -> Data<'a> {
    let mut walk = Walk::new(base, &Vocabulary::GENERIC);
    for script in scripts {
        let source = script.source();
        if source.len() > LONGEST_SCRIPT || !source.contains(['{', '[']) {
            continue;
        }
        let kind = script.attr("type").unwrap_or_default().to_ascii_lowercase();
        if kind.contains("json") {
            if let Ok(value) = serde_json::from_str::<Value>(&source) {
                script.attr("id").unwrap_or("script").clone_into(&mut walk.variable);
                walk.value("", &value, "", 0);
            }
            continue;
        }
        for (name, value) in assignments(&source) {
            walk.variable.clone_from(&name);
            let key = name.rsplit('.').next().unwrap_or_default().to_owned();
            walk.value(&key, &value, "", 0);
        }
    }
    walk.data
}

/// Reads one JSON document in these words.
pub(super) fn read_document<'a>(value: &Value, base: &Url, words: &'static Vocabulary) -> Data<'a> {
    let mut walk = Walk::new(base, words);
    walk.value("", value, "", 0);
    walk.data
}

/// Literals that are assigned to a name: JSON, what only looks like it, and `JSON.parse('…')` of a text.
fn assignments(source: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut tried = 0;
    let mut from = 0;
    while let Some(at) = source[from..].find('=').map(|at| from + at) {
        from = at + 1;
        let rest = source[at + 1..].trim_start();
        let quoted = rest.strip_prefix("JSON.parse(").map(str::trim_start);
        if quoted.is_none() && !rest.starts_with(['{', '[']) {
            continue;
        }
        tried += 1;
        if tried > MOST_ASSIGNMENTS {
            break;
        }
        let Some((value, rest)) = quoted.map_or_else(|| literal(rest), parsed) else { continue };
        found.push((name_before(source, at), value));
        from = source.len() - rest.len();
    }
    found
}

/// The name that an `=` at this place assigns to.
fn name_before(source: &str, at: usize) -> String {
    let head = source[..at].trim_end();
    let start = head
        .char_indices()
        .rev()
        .find(|(_, c)| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.')))
        .map_or(0, |(at, c)| at + c.len_utf8());
    head[start..].to_owned()
}

/// The value at the beginning of a text, and what follows it.
fn literal(text: &str) -> Option<(Value, &str)> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    if let Some(Ok(value)) = stream.next() {
        return Some((value, &text[stream.byte_offset()..]));
    }
    pseudo_json::prefix(text).map(|(value, length)| (value, &text[length..]))
}

/// The value in a quoted text, and what follows the text.
fn parsed(text: &str) -> Option<(Value, &str)> {
    let (inner, length) = pseudo_json::string_prefix(text)?;
    let value = serde_json::from_str(&inner).ok()?;
    Some((value, &text[length..]))
}

struct Walk<'u, 'a> {
    base: &'u Url,
    variable: String,
    /// Names of fields that a script's own column definitions explain.
    columns: data_rows::Columns,
    words: &'static Vocabulary,
    data: Data<'a>,
}

impl<'u> Walk<'u, '_> {
    fn new(base: &'u Url, words: &'static Vocabulary) -> Self {
        Self { base, variable: String::new(), columns: Vec::new(), words, data: Data::default() }
    }

    fn locator(&self, pointer: &str) -> Locator {
        Locator::JsonPointer(if self.variable.is_empty() {
            pointer.to_owned()
        } else {
            format!("{}#{pointer}", self.variable)
        })
    }

    fn value(&mut self, key: &str, value: &Value, pointer: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match value {
            Value::Object(map) => self.object(map, pointer, depth),
            Value::Array(items) => self.array(key, items, pointer, depth),
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => self.scalar(key, value, pointer),
        }
    }

    fn object(&mut self, map: &Map<String, Value>, pointer: &str, depth: usize) {
        if let Some((name, value)) = pair(map) {
            let at = format!("{pointer}/{}", value.0);
            if lexicon::label(name).is_some() {
                self.labelled((name, lexicon::label(name).map(|label| label.meaning)), value.1, &at, depth);
                return;
            }
        }
        for (key, value) in map {
            let at = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            let meaning = self.words.meaning(key);
            match (meaning, (self.words.shows)(key, value, map)) {
                (Some(meaning), Some(shown)) => self.push(key, meaning, vec![shown], &at),
                _ => self.labelled((key, meaning), value, &at, depth),
            }
        }
    }

    /// A value under a key or label.
    fn labelled(&mut self, (key, meaning): (&str, Option<Meaning>), value: &Value, pointer: &str, depth: usize) {
        match (meaning, value) {
            (Some(meaning @ Meaning::Element(Element::Flowchart)), Value::Array(items)) => {
                let lines = items.iter().filter_map(data_rows::address).collect();
                self.push(key, meaning, lines, pointer);
            }
            (_, Value::Array(items)) if items.iter().any(Value::is_object) => {
                self.array(key, items, pointer, depth + 1);
            }
            (Some(meaning), Value::Array(items)) => {
                let lines = items.iter().filter_map(words).flatten().collect();
                self.push(key, meaning, lines, pointer);
            }
            (_, Value::Object(_)) => self.value(key, value, pointer, depth + 1),
            (Some(meaning), _) => self.push(key, meaning, words(value).unwrap_or_default(), pointer),
            (None, _) => {}
        }
    }

    fn scalar(&mut self, key: &str, value: &Value, pointer: &str) {
        if let Some(meaning) = self.words.meaning(key) {
            self.push(key, meaning, words(value).unwrap_or_default(), pointer);
        }
    }

    fn push(&mut self, key: &str, meaning: Meaning, lines: Vec<String>, pointer: &str) {
        if meaning == Meaning::Border {
            return;
        }
        let at = self.locator(pointer);
        self.data.fields.push(Field {
            meaning,
            label: key.to_owned(),
            unit: lexicon::label(key).and_then(|label| label.unit),
            label_at: at.clone(),
            content: Content::of_text(lines, at),
            means: None,
            layout: Layout::Script,
            node: None,
        });
    }

    fn array(&mut self, key: &str, items: &[Value], pointer: &str, depth: usize) {
        let lower = key.to_lowercase();
        let meaning = self.words.meaning(key).and_then(Meaning::element);
        let objects: Vec<(usize, &Map<String, Value>)> =
            items.iter().enumerate().filter_map(|(index, item)| item.as_object().map(|map| (index, map))).collect();
        if let Some(columns) = data_rows::column_definitions(&objects) {
            self.columns.extend(columns);
            return;
        }
        let names_materials =
            meaning == Some(Element::Materials) || lower.contains("material") || lower.contains("cailiao");
        let names_steps = meaning == Some(Element::Process)
            || ["process", "step", "flow", "phase", "环节", "流程"].iter().any(|word| lower.contains(word));
        let at = |index: usize| format!("{pointer}/{index}");
        if names_materials && self.data.materials.value().is_none_or(Vec::is_empty) {
            let found: Vec<Material> = objects
                .iter()
                .filter_map(|(index, map)| {
                    data_rows::material(map, &self.columns, (self.locator(&at(*index)), self.base))
                })
                .collect();
            if !found.is_empty() || objects.is_empty() {
                let place = self.locator(pointer);
                self.data.materials = if found.is_empty() {
                    Reading::Blank { at: place, label: key.to_owned() }
                } else {
                    Reading::Stated(Located { raw: super::materials::names(&found), value: found, at: place })
                };
                return;
            }
        }
        if names_steps && !names_materials && self.data.steps.value().is_none() {
            let found: Vec<Step> = items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| {
                    let place = self.locator(&at(index));
                    match item {
                        Value::Object(map) => data_rows::step(map, &self.columns, place),
                        Value::String(text) => step_text::step(&[fold(text)], place),
                        _ => None,
                    }
                })
                .collect();
            if found.len() >= 2 {
                let raw = found.iter().map(|step| step.raw.as_str()).collect::<Vec<_>>().join("；");
                self.data.steps = Reading::Stated(Located { raw, value: found, at: self.locator(pointer) });
                return;
            }
        }
        if is_list_of_items(&objects) {
            return;
        }
        for (index, map) in objects {
            self.object(map, &at(index), depth + 1);
        }
    }
}

/// Whether several objects state the same element: then they are entries of a list, not parts of one guide.
fn is_list_of_items(objects: &[(usize, &Map<String, Value>)]) -> bool {
    let mut seen: Vec<Element> = Vec::new();
    for (_, map) in objects {
        let mut own: Vec<Element> = map
            .iter()
            .filter(|(_, value)| !value.is_object() && !value.is_array())
            .filter_map(|(key, _)| lexicon::field_name(key).and_then(Meaning::element))
            .collect();
        own.sort_unstable();
        own.dedup();
        if own.iter().any(|element| seen.contains(element)) && pair(map).is_none() {
            return true;
        }
        seen.extend(own);
    }
    false
}

/// `{label: …, value: …}`: the label's words, and key and value of the value.
fn pair(map: &Map<String, Value>) -> Option<(&str, (&str, &Value))> {
    let name = ["label", "labelName", "fieldName", "name", "title", "key", "text"]
        .iter()
        .find_map(|key| map.get(*key).and_then(Value::as_str).filter(|words| lexicon::label(words).is_some()))?;
    ["value", "val", "content", "fieldValue", "desc", "items", "children", "list", "data", "rows"]
        .iter()
        .find_map(|key| map.get_key_value(*key))
        .map(|(key, value)| (name, (key.as_str(), value)))
}

/// The words of a scalar; markup in them is read as a page would show it.
pub(super) fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => {
            let mut text = text.clone();
            // Some systems escape markup twice.
            for _ in 0..2 {
                if text.contains('&') && text.contains(';') && !text.contains('<') {
                    text = Dom::parse(&text).root().text();
                }
            }
            if text.contains('<') && text.contains('>') {
                return Some(Dom::parse(&text).root().lines());
            }
            Some(text.split(['\n', '\r']).map(fold).filter(|line| !line.is_empty()).collect())
        }
        Value::Number(number) => Some(vec![number.to_string()]),
        Value::Bool(yes) => Some(vec![if *yes { "是" } else { "否" }.to_owned()]),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
