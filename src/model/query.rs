//! Read-only queries by POST: what a page family declares, and what is asked within it.
//!
//! Some portals give their lists and guides only to scripts that ask by POST. Such a query reads and changes nothing;
//! still, a POST can do anything, so only those that a family of [`QueryRule`]s names may leave this program.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Url, form_urlencoded};

/// A query's body is a handful of short fields; anything longer is something else.
const LONGEST_BODY: usize = 4096;

/// Objects within objects: `{token, params: {…}}` has two levels.
const DEEPEST_BODY: usize = 4;

/// How the fields of a query are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

impl BodyKind {
    /// The media type on the wire.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Form => "application/x-www-form-urlencoded; charset=UTF-8",
            Self::Json => "application/json; charset=UTF-8",
        }
    }
}

/// The body of a query by POST.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QueryBody {
    /// How the fields are written.
    pub kind: BodyKind,
    /// The body as it is sent.
    pub text: String,
}

impl QueryBody {
    /// A form with these fields.
    #[must_use]
    pub fn form(fields: &[(&str, &str)]) -> Self {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self { kind: BodyKind::Form, text }
    }

    /// A JSON document.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Self { kind: BodyKind::Json, text: value.to_string() }
    }

    /// The body as a JSON document; `None` for a form, and for what is no document.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        match self.kind {
            BodyKind::Form => None,
            BodyKind::Json => serde_json::from_str(&self.text).ok(),
        }
    }

    /// The names of all fields, those of inner objects too; `None` if the body is not what it says it is.
    fn names(&self) -> Option<Vec<String>> {
        match self.kind {
            BodyKind::Form => {
                Some(form_urlencoded::parse(self.text.as_bytes()).map(|(name, _)| name.into_owned()).collect())
            }
            BodyKind::Json => {
                let Some(Value::Object(map)) = self.value() else { return None };
                let mut names = Vec::new();
                names_within(&Value::Object(map), 0, &mut names).then_some(names)
            }
        }
    }
}

/// Collects the names of an object's fields; false if it goes too deep.
fn names_within(value: &Value, depth: usize, names: &mut Vec<String>) -> bool {
    if depth > DEEPEST_BODY {
        return false;
    }
    match value {
        Value::Object(map) => map.iter().all(|(name, inner)| {
            names.push(name.clone());
            names_within(inner, depth + 1, names)
        }),
        Value::Array(items) => items.iter().all(|item| names_within(item, depth + 1, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// A read-only query by POST that a page family declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryRule {
    /// The family's id.
    pub dialect: &'static str,
    /// The end of the path, from a slash on: what stands before it is the place where a city put the software.
    pub path: &'static str,
    /// How the fields are written.
    pub kind: BodyKind,
    /// The names that fields may have, those of inner objects and of the address's own query too.
    pub fields: &'static [&'static str],
    /// Why this reads and changes nothing, for people.
    pub note: &'static str,
}

impl QueryRule {
    /// Whether this rule allows exactly this query: path, form of the body, and every name.
    #[must_use]
    pub fn allows(&self, url: &Url, body: &QueryBody) -> bool {
        let known = |name: &str| self.fields.contains(&name);
        self.path.starts_with('/')
            && url.path().ends_with(self.path)
            && body.kind == self.kind
            && body.text.len() <= LONGEST_BODY
            && url.query_pairs().all(|(name, _)| known(&name))
            && body.names().is_some_and(|names| names.iter().all(|name| known(name)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULE: QueryRule = QueryRule {
        dialect: "x",
        path: "/rest/task/detail",
        kind: BodyKind::Json,
        fields: &["token", "params", "taskguid"],
        note: "reads one item",
    };

    fn allows(url: &str, body: &QueryBody) -> bool {
        RULE.allows(&Url::parse(url).expect("a valid address"), body)
    }

    #[test]
    fn a_declared_query_passes_wherever_the_software_stands() {
        let body = QueryBody::json(&json!({"token": "", "params": {"taskguid": "1"}}));
        assert!(allows("http://h.test/rest/task/detail", &body));
        assert!(allows("http://h.test:81/web/rest/task/detail", &body));
    }

    #[test]
    fn anything_else_is_refused() {
        let body = QueryBody::json(&json!({"token": "", "params": {"taskguid": "1"}}));
        for url in [
            "http://h.test/rest/task/detail/x",
            "http://h.test/forest/task/detail2",
            "http://h.test/unrest/task/detail",
            "http://h.test/rest/task/detail?do=save",
        ] {
            assert!(!allows(url, &body), "{url}");
        }
        let url = "http://h.test/rest/task/detail";
        assert!(!allows(url, &QueryBody::form(&[("token", "")])), "another form of body");
        assert!(!allows(url, &QueryBody::json(&json!({"token": "", "params": {"delete": "1"}}))), "an unknown name");
        assert!(!allows(url, &QueryBody::json(&json!({"params": [{"save": 1}]}))), "an unknown name in a list");
        assert!(!allows(url, &QueryBody::json(&json!(["token"]))), "not an object");
        assert!(!allows(url, &QueryBody { kind: BodyKind::Json, text: "{".into() }), "not JSON");
        assert!(!allows(url, &QueryBody::json(&json!({"token": "x".repeat(LONGEST_BODY)}))), "too long");
        let deep = json!({"params": {"params": {"params": {"params": {"params": {"params": 1}}}}}});
        assert!(!allows(url, &QueryBody::json(&deep)), "too deep");
    }
}
