//! Labels (标注): what a careful reader says that pages say, keyed by the SHA-256 of each page.
//!
//! Comes in: JSON text. Goes out: cases, or an error that names the file, the line or the case. The format is
//! described in `docs/labels.md` and `schemas/labels.schema.json`. Must never know: what the program reads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expected::Expected;
use super::fields::{PAGE_KIND, field};
use crate::model::{PageKind, Reason};

/// Version of the label files.
pub const SCHEMA: &str = "portal-probe.labels/1";

/// One label file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSet {
    /// [`SCHEMA`].
    pub schema: String,
    /// Where the pages come from.
    pub source: Source,
    /// For people: who labelled what, and how.
    #[serde(default)]
    pub note: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// Where labelled pages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Pages of real portals.
    Real,
    /// Values of real items in layouts of our own.
    Synthetic,
}

/// One errand as one or more pages show it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Stable, unique name.
    pub id: String,
    /// For the table by group: the page family.
    #[serde(default)]
    pub group: String,
    /// For people.
    #[serde(default)]
    pub note: String,
    /// The pages by the SHA-256 of their bytes, 64 lower-case hexadecimal digits.
    pub pages: BTreeMap<String, Page>,
    /// Faults that the pages have. The list is complete for every property that is scored.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// Properties whose faults nobody labelled for this case; they are not scored.
    #[serde(default)]
    pub unlabelled: Vec<String>,
}

/// One page of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// What the page is in the case.
    pub role: Role,
    /// Where the page stands; several where the same bytes are offered twice. A made-up address if left out.
    #[serde(default)]
    pub urls: Vec<String>,
    /// HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// `Content-Type` header, if the server sent one.
    #[serde(default)]
    pub content_type: Option<String>,
    /// The JSON body of the POST that asked for it, as the page's script writes it; a GET if left out.
    #[serde(default)]
    pub query: Option<String>,
    /// Kind of the page; not scored if left out.
    #[serde(default)]
    pub kind: Option<PageKind>,
    /// Why the page shows nothing that could be judged; no finding may rest on it.
    #[serde(default)]
    pub unmeasurable: Option<Reason>,
    /// What stands there by element; an element left out is not scored.
    #[serde(default)]
    pub says: BTreeMap<String, Expected>,
}

fn ok() -> u16 {
    200
}

/// What a page is in its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A page of the portal.
    Portal,
    /// A page of the mobile site.
    Mobile,
    /// A form, a picture, a file.
    Attachment,
    /// An answer that a script asks for.
    Data,
}

impl Role {
    /// The word in labels and tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Mobile => "mobile",
            Self::Attachment => "attachment",
            Self::Data => "data",
        }
    }
}

/// A fault that the pages of a case have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The page it stands on: `portal` or `mobile`.
    pub page: Role,
    /// The property that must fail.
    pub property: String,
    /// The kind of the finding; several, joined by `|`, where a fair reader may use either word.
    pub kind: String,
    /// Words that the finding must name: an element's Chinese label, a material. Empty = any finding of the kind.
    #[serde(default)]
    pub about: String,
    /// A fair reader may or may not call this a fault: finding it is no false accusation, missing it no miss.
    #[serde(default)]
    pub optional: bool,
}

/// Why labels could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// Not the JSON we expect.
    #[error("`{file}`: {source}")]
    Json {
        /// The file.
        file: String,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// A label contradicts the format.
    #[error("`{file}`, case `{case}`: {what}")]
    Case {
        /// The file.
        file: String,
        /// The case.
        case: String,
        /// What is wrong and what would be right.
        what: String,
    },
}

/// Reads one label file; `file` is its name for error messages.
///
/// # Errors
/// When the text is no JSON of this format, or a case contradicts the format.
pub fn parse(file: &str, text: &str) -> Result<LabelSet, LabelError> {
    let mut set: LabelSet =
        serde_json::from_str(text).map_err(|source| LabelError::Json { file: file.to_owned(), source })?;
    let wrong = |case: &str, what: String| LabelError::Case { file: file.to_owned(), case: case.to_owned(), what };
    for case in &mut set.cases {
        for (digest, page) in case.pages.iter_mut().filter(|(_, page)| page.urls.is_empty()) {
            let name: String = digest.chars().take(12).collect();
            page.urls.push(format!("http://127.0.0.1/{}/{name}.html", page.role.as_str()));
        }
    }
    if set.schema != SCHEMA {
        return Err(wrong("", format!("schema `{}` is not `{SCHEMA}`", set.schema)));
    }
    let mut ids = std::collections::BTreeSet::new();
    for case in &set.cases {
        if !ids.insert(&case.id) {
            return Err(wrong(&case.id, "another case has the same id".to_owned()));
        }
        check(case).map_err(|what| wrong(&case.id, what))?;
    }
    Ok(set)
}

/// What is wrong with a case, in words.
pub(super) fn check(case: &Case) -> Result<(), String> {
    if case.pages.is_empty() {
        return Err("it has no page".to_owned());
    }
    for (digest, page) in &case.pages {
        if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(format!("`{digest}` is not the SHA-256 of a page: 64 lower-case hexadecimal digits"));
        }
        for name in page.says.keys() {
            if name == PAGE_KIND {
                return Err("the kind of a page is the key `kind` of the page".to_owned());
            }
            let known = field(name).ok_or_else(|| format!("`{name}` is no element (see docs/labels.md)"))?;
            let expected = &page.says[name];
            known.accepts(expected).map_err(|what| format!("`{name}`: {what}"))?;
        }
        for url in &page.urls {
            url::Url::parse(url).map_err(|error| format!("`{url}` is not an address: {error}"))?;
        }
    }
    for fault in &case.faults {
        if !case.pages.values().any(|page| page.role == fault.page) {
            return Err(format!("a fault stands on the page `{}`, which the case does not have", fault.page.as_str()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(case: &str) -> Result<LabelSet, LabelError> {
        parse("a.json", &format!("{{\"schema\":\"{SCHEMA}\",\"source\":\"real\",\"cases\":[{case}]}}"))
    }

    fn page(says: &str) -> String {
        let digest = "0".repeat(64);
        format!("{{\"id\":\"a\",\"pages\":{{\"{digest}\":{{\"role\":\"portal\",\"says\":{says}}}}}}}")
    }

    #[test]
    fn a_label_file_gives_its_cases() {
        let set = with(&page("{\"place\":\"一楼\",\"visits\":0,\"hours\":null,\"materials\":[\"申请表\"]}"));
        let set = set.expect("well formed");
        assert_eq!(set.cases[0].pages.len(), 1);
    }

    #[test]
    fn a_mistake_is_named_with_its_file_and_case() {
        for (case, words) in [
            (page("{\"plaice\":\"一楼\"}"), "`plaice` is no element"),
            (page("{\"visits\":\"none\"}"), "`visits`"),
            (page("{\"promised_limit\":\"7 weeks\"}"), "`promised_limit`"),
            ("{\"id\":\"a\",\"pages\":{}}".to_owned(), "no page"),
            ("{\"id\":\"a\",\"pages\":{\"12\":{\"role\":\"portal\"}}}".to_owned(), "SHA-256"),
            ("{\"id\":\"a\",\"pagez\":{}}".to_owned(), "line 1"),
        ] {
            let error = with(&case).expect_err("a mistake").to_string();
            assert!(error.contains("a.json") && error.contains(words), "{error}");
        }
        let twice = with(&format!("{0},{0}", page("{}"))).expect_err("a mistake").to_string();
        assert!(twice.contains("same id"), "{twice}");
    }
}
