//! What a label says of one element.
//!
//! In JSON: a value (words, number, yes or no, list of names) = it stands there; `{"any": [..]}` = one of these
//! stands there; `{"begins": ".."}` = a long text that begins like this; `null` = nothing is stated; `{"state": "blank"}` = nothing is stated, in this way.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What a label says of one element.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// One of these stands there; usually one.
    Stated(Vec<Value>),
    /// A long text that begins like this.
    Begins(String),
    /// Nothing is stated; in which way (`blank`, `placeholder`, `absent`), if the label says so.
    NotStated(Option<String>),
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::of(value).map_err(serde::de::Error::custom)
    }
}

impl Expected {
    fn of(value: Value) -> Result<Self, String> {
        let Value::Object(mut map) = value else {
            return Ok(if value.is_null() { Self::NotStated(None) } else { Self::Stated(vec![value]) });
        };
        if map.len() != 1 {
            return Err("an object here has exactly one key, `any`, `begins` or `state`".to_owned());
        }
        if let Some(Value::String(words)) = map.remove("begins") {
            return Ok(Self::Begins(words));
        }
        match (map.remove("any"), map.remove("state")) {
            (Some(Value::Array(values)), None) if !values.is_empty() => Ok(Self::Stated(values)),
            (None, Some(Value::String(state))) if ["blank", "placeholder", "absent"].contains(&state.as_str()) => {
                Ok(Self::NotStated(Some(state)))
            }
            _ => Err("`any` takes a list of values; `begins` words; `state` one of `blank`, `placeholder`, `absent`"
                .to_owned()),
        }
    }

    /// For people.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Stated(values) => values.iter().map(plain).collect::<Vec<_>>().join(" | "),
            Self::Begins(words) => format!("{words}…"),
            Self::NotStated(state) => format!("({})", state.as_deref().unwrap_or("not stated")),
        }
    }
}

/// A value without quotation marks.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
