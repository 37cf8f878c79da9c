//! What can be labelled on a page: the elements of a guide, the forms of its materials, and the kind of the page.

use serde_json::Value;

use super::expected::Expected;
use crate::model::Element;

/// The kind of a page, as a row of the table.
pub(super) const PAGE_KIND: &str = "page_kind";

/// In which form a value is labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Words as they stand.
    Words,
    /// A time limit: `5 working_day`, `immediate`, `no_limit`.
    Limit,
    /// A whole number.
    Count,
    /// Yes or no.
    Flag,
    /// Names, in any order.
    Names,
    /// Names in their order.
    Sequence,
}

/// Something that can be labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// An element of the guide.
    Element(Element),
    /// Names of the materials that offer a blank form (空白表格).
    BlankForms,
    /// Names of the materials that offer a filled sample (示例样表).
    SampleForms,
}

/// The field of a name.
pub(super) fn field(name: &str) -> Option<Field> {
    match name {
        "blank_forms" => Some(Field::BlankForms),
        "sample_forms" => Some(Field::SampleForms),
        _ => Element::ALL.iter().copied().find(|element| element.as_str() == name).map(Field::Element),
    }
}

impl Field {
    /// In which form it is labelled.
    pub(super) fn form(self) -> Form {
        match self {
            Self::BlankForms | Self::SampleForms => Form::Names,
            Self::Element(element) => match element {
                Element::StatutoryLimit | Element::PromisedLimit => Form::Limit,
                Element::Visits => Form::Count,
                Element::Fee | Element::Courier => Form::Flag,
                Element::Materials => Form::Names,
                Element::Process => Form::Sequence,
                _ => Form::Words,
            },
        }
    }

    /// Whether a label has a value of the right form.
    pub(super) fn accepts(self, expected: &Expected) -> Result<(), String> {
        let values = match expected {
            Expected::Stated(values) => values,
            Expected::Begins(_) if self.form() != Form::Words => return Err("only words begin like this".to_owned()),
            Expected::Begins(_) | Expected::NotStated(_) => return Ok(()),
        };
        values.iter().try_for_each(|value| {
            let (right, wanted) = match self.form() {
                Form::Words => (value.is_string(), "words"),
                Form::Limit => (
                    value.as_str().is_some_and(is_limit),
                    "`N working_day|day|month|hour|minute`, `immediate`, `no_limit`",
                ),
                Form::Count => (value.is_u64(), "a whole number"),
                Form::Flag => (value.is_boolean(), "true or false"),
                Form::Names | Form::Sequence => (names(value).is_some(), "a list of names"),
            };
            if right { Ok(()) } else { Err(format!("`{value}` is not {wanted}")) }
        })
    }
}

fn is_limit(words: &str) -> bool {
    matches!(words, "immediate" | "no_limit")
        || words.split_once(' ').is_some_and(|(number, unit)| {
            number.parse::<f64>().is_ok() && ["working_day", "day", "month", "hour", "minute"].contains(&unit)
        })
}

/// A list of names.
pub(super) fn names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}
