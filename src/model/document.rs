//! What was read of a document: Word, Excel, PDF, RTF, `OpenDocument`, or an archive of them.

use serde::{Deserialize, Serialize};

/// Facts of a document, by content and never by name. Small by construction: a night keeps one for every form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is, inside its container.
    pub kind: DocumentKind,
    /// How far it was read.
    pub reading: DocumentReading,
    /// Pages of a PDF, sheets of a workbook; `None` where the format does not say.
    pub pages: Option<u32>,
    /// Pictures and drawings in it, of which nothing was read.
    pub pictures: u32,
    /// The beginning of its text, at most [`Document::TEXT_BYTES`]: a line a paragraph or row, a tab between cells.
    pub text: String,
    /// Digest of all its words as [`Document`]s are compared: no white space, no punctuation, nothing that only marks
    /// a blank form or a sample; ticks stay. Empty where there are no words.
    pub words_digest: String,
    /// Characters that the digest is made of.
    pub words: usize,
    /// Whether somebody filled it in.
    pub filling: Filling,
    /// What an archive holds.
    pub entries: Vec<ArchiveEntry>,
}

impl Document {
    /// As much text is kept as a check can quote and compare.
    pub const TEXT_BYTES: usize = 8 * 1024;

    /// Whether all of its text was read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.reading == DocumentReading::Whole
    }
}

/// Kinds of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Word 97–2003, and WPS Writer since 2005 (wps).
    Doc,
    /// Word since 2007.
    Docx,
    /// Excel 5–2003, and WPS Spreadsheets (et).
    Xls,
    /// Excel since 2007.
    Xlsx,
    /// `PowerPoint` 97–2003, and WPS Presentation (dps).
    Ppt,
    /// `PowerPoint` since 2007.
    Pptx,
    /// `OpenDocument` text.
    Odt,
    /// `OpenDocument` spreadsheet.
    Ods,
    /// OFD (GB/T 33190), the national fixed layout.
    Ofd,
    /// PDF.
    Pdf,
    /// RTF.
    Rtf,
    /// A ZIP archive of files.
    Archive,
    /// An OLE container with something else in it.
    OtherOle,
}

/// How far a document was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentReading {
    /// All of its text.
    Whole,
    /// Up to a ceiling or a fault, or without characters that could not be decoded.
    Part,
    /// It has no text: pictures of pages, or nothing at all.
    NoText,
    /// A password is needed to open it.
    Encrypted,
    /// It is of a kind that we do not read.
    NotRead,
    /// Its own structure is broken.
    Broken,
}

/// Whether a form is blank (空白表格) or filled in (示例样表), by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// The judgement.
    pub state: FillState,
    /// How certain it is, in hundredths.
    pub certainty: u8,
    /// Places for a value that are empty.
    pub empty: u32,
    /// Places that hold what only an applicant writes: names, numbers, days, ticks.
    pub filled: u32,
    /// Up to five of the things that are filled in, or of the labels that have nothing beside them.
    pub quotes: Vec<String>,
}

/// Blank, filled, or we do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillState {
    /// Places for values, and nothing in them.
    Blank,
    /// Somebody filled it in.
    Filled,
    /// Neither can be said.
    Unclear,
}

impl Default for Filling {
    fn default() -> Self {
        Self { state: FillState::Unclear, certainty: 0, empty: 0, filled: 0, quotes: Vec::new() }
    }
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveEntry {
    /// Its name without the way to it: a path that climbs out of the archive says nothing and harms nothing.
    pub name: String,
    /// Unpacked length in bytes, as far as it was unpacked.
    pub length: u64,
    /// What it is, by content.
    pub format: super::extraction::FileFormat,
}
