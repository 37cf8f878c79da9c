//! Where a value stood, and how certainly it was read.

use serde::{Deserialize, Serialize};

/// A place within a payload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Locator {
    /// A CSS path from the root, for example `html>body>table:nth-of-type(2)>tr:nth-of-type(3)>td`.
    Selector(String),
    /// An RFC 6901 pointer into a JSON document; for JSON inside a page, preceded by the variable's name and `#`.
    JsonPointer(String),
    /// A place in a Word, Excel, PDF or RTF document in reading order, for example `table 2, row 3, cell 2` or
    /// `paragraph 5`.
    Document(String),
    /// A rectangle of a picture in its own pixels, as a media fragment: `xywh=120,40,160,60`.
    Fragment(String),
    /// A response header.
    Header(String),
    /// The whole payload.
    Whole,
    /// Within data that were joined to the page: which of its parts, and where in that. Never leaves the program: a
    /// citation names the part's own record.
    Part(usize, Box<Locator>),
    /// Within the document that a browser built, of a page that is read from its answer. Never leaves the program: a
    /// citation names the document's own record.
    Rendered(Box<Locator>),
}

/// A value with its place and the words as they stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stood.
    pub at: Locator,
    /// The words as they stood, white space folded.
    pub raw: String,
}

/// One reading of a field, as of an instrument: it says what was seen, not whether that is right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Reading<T> {
    /// A value stands there.
    Stated(Located<T>),
    /// The label is there, the value is empty.
    Blank {
        /// The label's place.
        at: Locator,
        /// The label's words.
        label: String,
    },
    /// The label is there, the value is a stand-in (`-`, `/`, 详见附件 …).
    Placeholder {
        /// The place.
        at: Locator,
        /// The stand-in.
        raw: String,
    },
    /// Neither label nor value is on the page.
    #[default]
    Absent,
    /// Something stands there that we could not read: our weakness, never the city's fault.
    Unreadable {
        /// The place.
        at: Locator,
        /// The words.
        raw: String,
    },
}

impl<T> Reading<T> {
    /// The value, if stated.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Stated(located) => Some(&located.value),
            Self::Blank { .. } | Self::Placeholder { .. } | Self::Absent | Self::Unreadable { .. } => None,
        }
    }

    /// The located value, if stated.
    pub fn stated(&self) -> Option<&Located<T>> {
        match self {
            Self::Stated(located) => Some(located),
            Self::Blank { .. } | Self::Placeholder { .. } | Self::Absent | Self::Unreadable { .. } => None,
        }
    }

    /// The words as they stood: value, stand-in, or what could not be read.
    pub fn raw(&self) -> Option<&str> {
        match self {
            Self::Stated(located) => Some(&located.raw),
            Self::Placeholder { raw, .. } | Self::Unreadable { raw, .. } => Some(raw),
            Self::Blank { .. } | Self::Absent => None,
        }
    }

    /// Where it stood; `None` when absent.
    pub fn at(&self) -> Option<&Locator> {
        match self {
            Self::Stated(located) => Some(&located.at),
            Self::Blank { at, .. } | Self::Placeholder { at, .. } | Self::Unreadable { at, .. } => Some(at),
            Self::Absent => None,
        }
    }

    /// The state's word, as in the value of `guide.elements`.
    pub fn state(&self) -> &'static str {
        match self {
            Self::Stated(_) => "stated",
            Self::Blank { .. } => "blank",
            Self::Placeholder { .. } => "placeholder",
            Self::Absent => "absent",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// Whether nothing was found, not even a label.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}
