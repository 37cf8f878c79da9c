//! Rows of materials and steps in data: one JSON object each.
//!
//! Comes in: an object. Goes out: a material or a step, if the object has the name of one. Must never know: where the
//! array stood.

use serde_json::{Map, Value};
use url::Url;

use super::script::words;
use super::{forms, step_text};
use crate::extract::lexicon::{self, Column};
use crate::extract::text::squeeze;
use crate::extract::time_limit;
use crate::model::guide::FormOffer;
use crate::model::{Element, Locator, Material, Step};

/// Keys of columns, lower case without `_`; Chinese keys are looked up as column names.
const KEYS: &[(Column, &[&str])] = &[
    (Column::MaterialName, &["materialname", "mname", "clmc", "name", "title", "material"]),
    (Column::Necessity, &["isneed", "necessity", "required", "materialnecessity", "mmust"]),
    (Column::Form, &["materialformat", "form", "materialform", "format", "materialtype", "mform"]),
    (Column::Copies, &["pagenum", "copies", "pagecopynum", "papernum", "count", "mcopies"]),
    (Column::Source, &["sourcetype", "source", "sourceexplain", "materialsource", "msource"]),
    (
        Column::BlankForm,
        &[
            "formguid",
            "blankform",
            "blankurl",
            "blank",
            "materialformguid",
            "emptyform",
            "blanktable",
            "formurl",
            "mblank",
        ],
    ),
    (
        Column::SampleForm,
        &[
            "exampleguid",
            "sampleform",
            "sampleurl",
            "sample",
            "materialexampleguid",
            "exampleform",
            "example",
            "exampleurl",
            "msample",
        ],
    ),
    (Column::StepName, &["stepname", "phasename", "nodename", "linkname", "name", "step", "title", "phaseapprove"]),
    (
        Column::StepLimit,
        &["limit", "timelimit", "limittime", "steplimit", "phaselimit", "days", "limitday", "duration"],
    ),
    (Column::StepDepartment, &["department", "deptname", "nodeoperator", "operator", "dept", "phasedept", "office"]),
    (Column::StepCounts, &["countsinlimit", "isinlimit"]),
];

/// Names of fields with the columns that a page's own definitions give them.
pub(super) type Columns = Vec<(String, Vec<Column>)>;

/// Column definitions of grid widgets: `[{"field": "M_NAME", "title": "材料名称"}, …]`.
pub(super) fn column_definitions(objects: &[(usize, &Map<String, Value>)]) -> Option<Columns> {
    let word = |map: &Map<String, Value>, keys: &[&str]| {
        keys.iter().find_map(|key| map.get(*key).and_then(Value::as_str)).map(str::to_owned)
    };
    let defined: Columns = objects
        .iter()
        .filter_map(|(_, map)| {
            let field = word(map, &["field", "prop", "dataIndex", "key", "name"])?;
            let title = word(map, &["title", "label", "text", "header"])?;
            let columns = lexicon::columns(&title);
            (!columns.is_empty()).then_some((field, columns))
        })
        .collect();
    (defined.len() >= 2 && defined.len() * 2 > objects.len()).then_some(defined)
}

fn get<'m>(map: &'m Map<String, Value>, columns: &Columns, column: Column) -> Option<&'m Value> {
    let defined = columns.iter().filter(|(_, known)| known.contains(&column)).find_map(|(field, _)| map.get(field));
    if defined.is_some() {
        return defined;
    }
    let names = KEYS.iter().find(|(known, _)| *known == column).map_or(&[][..], |(_, names)| *names);
    let folded = |key: &str| -> String {
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let by_name =
        names.iter().find_map(|name| map.iter().find(|(key, _)| folded(key) == *name).map(|(_, value)| value));
    by_name.or_else(|| map.iter().find(|(key, _)| lexicon::columns(key).contains(&column)).map(|(_, value)| value))
}

fn text(map: &Map<String, Value>, columns: &Columns, column: Column) -> Option<String> {
    get(map, columns, column).and_then(words).map(|lines| lines.join(" ")).filter(|text| !text.is_empty())
}

/// A material, if the object names one.
pub(super) fn material(map: &Map<String, Value>, columns: &Columns, (at, base): (Locator, &Url)) -> Option<Material> {
    let name =
        text(map, columns, Column::MaterialName).filter(|name| !lexicon::is_placeholder(Element::Place, name))?;
    Some(Material {
        name,
        at,
        necessity: text(map, columns, Column::Necessity),
        form: text(map, columns, Column::Form),
        copies: text(map, columns, Column::Copies),
        source: text(map, columns, Column::Source),
        blank_form: get(map, columns, Column::BlankForm).map_or(FormOffer::Absent, |value| offer(value, base)),
        sample_form: get(map, columns, Column::SampleForm).map_or(FormOffer::Absent, |value| offer(value, base)),
    })
}

/// The address in an attachment's object, or the text that is one.
pub(super) fn address(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(map) => ADDRESSES.iter().find_map(|key| map.get(*key)).and_then(Value::as_str).map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// Keys under which attachments have their address.
const ADDRESSES: [&str; 8] = ["url", "href", "path", "filePath", "FILEPATH", "filepath", "link", "address"];

/// What a value in the place of a form offers: an address, nothing, or an identifier that only scripts understand.
fn offer(value: &Value, base: &Url) -> FormOffer {
    match value {
        Value::Array(items) => {
            items.first().map_or_else(|| FormOffer::Nothing { raw: String::new() }, |item| offer(item, base))
        }
        Value::Object(map) => {
            let address = ADDRESSES.iter().find_map(|key| map.get(*key));
            let name = ["name", "ATTACHNAME", "attachName", "fileName", "text", "title"]
                .iter()
                .find_map(|key| map.get(*key).and_then(Value::as_str));
            match address.map(|address| offer(address, base)) {
                Some(FormOffer::Link { url, text }) => FormOffer::Link { url, text: name.map_or(text, str::to_owned) },
                Some(other) => other,
                None => FormOffer::Unfollowable { raw: name.unwrap_or_default().to_owned() },
            }
        }
        Value::String(text) => {
            let text = text.trim();
            let is_address =
                text.starts_with("http") || text.starts_with('/') || text.starts_with("./") || text.starts_with("../");
            let is_file = text.rsplit_once('.').is_some_and(|(head, ending)| {
                !head.is_empty()
                    && (2..=5).contains(&ending.len())
                    && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
            match base.join(text) {
                Ok(url)
                    if text.len() > 1
                        && (is_address || is_file)
                        && matches!(url.scheme(), "http" | "https" | "file") =>
                {
                    FormOffer::Link { text: forms::file_name(&url), url }
                }
                _ => forms::words_offer(text),
            }
        }
        Value::Null => FormOffer::Nothing { raw: String::new() },
        Value::Bool(_) | Value::Number(_) => FormOffer::Unfollowable { raw: value.to_string() },
    }
}

/// A step, if the object names one.
pub(super) fn step(map: &Map<String, Value>, columns: &Columns, at: Locator) -> Option<Step> {
    let name = text(map, columns, Column::StepName).filter(|name| !lexicon::is_placeholder(Element::Place, name))?;
    let limit = text(map, columns, Column::StepLimit).filter(|text| !lexicon::is_placeholder(Element::Place, text));
    let raw = map.values().filter_map(words).flatten().collect::<Vec<_>>().join(" ");
    let counts = text(map, columns, Column::StepCounts).map(|text| squeeze(&text));
    Some(Step {
        limit: limit.as_deref().and_then(time_limit::parse),
        department: [Column::StepDepartment, Column::StepPerson]
            .into_iter()
            .filter_map(|column| text(map, columns, column))
            .find(|text| !lexicon::is_placeholder(Element::Place, text)),
        outside_limit: matches!(counts.as_deref(), Some("否" | "0" | "false")) || step_text::says_outside(&raw),
        at,
        raw,
        name,
    })
}
