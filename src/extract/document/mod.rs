//! Documents: forms, samples, guides and flowcharts that are Word, Excel, PDF, RTF, `OpenDocument` or an archive.
//!
//! Comes in: bytes whose format is known by content. Goes out: facts of the document, and the document as a simple page
//! for the readers of pages. Must never know: why it was fetched, what a guide is. It cannot fail: a library that
//! panics over a document is caught, and the document counts as broken.
//!
//! One file a format; `blocks` is what they all become, `limits` what none of them exceeds.

mod archive;
mod biff;
mod blocks;
mod bytes;
mod doc;
mod docx;
mod filling;
mod grid;
mod html;
mod limits;
mod ole;
mod open_document;
mod package;
mod paragraphs;
mod pdf;
mod rtf;
mod table_marks;
mod words;
mod xls;
mod xlsx;
mod xml;

#[cfg(test)]
mod any_bytes_tests;
#[cfg(test)]
mod realdata_tests;
#[cfg(test)]
pub(super) mod testing;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use self::pdf::{Scan, Sheet, sheets};

use self::blocks::Blocks;
use self::package::Package;
use crate::model::extraction::FileFormat;
use crate::model::{ArchiveEntry, Digest, Document, DocumentKind, DocumentReading, Issue, Locator};

/// What a place in the document's page is in the document itself.
pub(super) fn place(locator: &Locator) -> Locator {
    html::place(locator)
}

/// What a format's reader found.
struct Content {
    kind: DocumentKind,
    blocks: Blocks,
    /// Something was left out: a ceiling, a fault, characters that could not be decoded.
    part: bool,
    /// Why there is no text at all: a password, a broken structure, or no reader for this kind.
    barrier: Option<DocumentReading>,
    pages: Option<u32>,
    pictures: u32,
    entries: Vec<ArchiveEntry>,
}

impl Content {
    fn new(kind: DocumentKind) -> Self {
        Self {
            kind,
            blocks: Blocks::default(),
            part: false,
            barrier: None,
            pages: None,
            pictures: 0,
            entries: Vec::new(),
        }
    }

    fn barred(kind: DocumentKind, barrier: DocumentReading) -> Self {
        Self { barrier: Some(barrier), ..Self::new(kind) }
    }

    fn reading(&self) -> DocumentReading {
        if let Some(barrier) = self.barrier {
            barrier
        } else if self.part || self.blocks.is_cut() {
            DocumentReading::Part
        } else if self.blocks.is_empty() {
            DocumentReading::NoText
        } else {
            DocumentReading::Whole
        }
    }
}

/// A document that was read.
pub(super) struct Read {
    /// Its facts.
    pub(super) facts: Document,
    /// The document as a page, if it has text.
    pub(super) page: Option<String>,
}

/// Reads a document; `None` if bytes of this format are none.
pub(super) fn read(bytes: &[u8], format: FileFormat, issues: &mut Vec<Issue>) -> Option<Read> {
    let content = catch_unwind(AssertUnwindSafe(|| content(bytes, format)))
        .unwrap_or_else(|_| Some(Content::barred(DocumentKind::OtherOle, DocumentReading::Broken)))?;
    let facts = facts(&content);
    if let Some(issue) = issue(&facts) {
        issues.push(issue);
    }
    let page = (!content.blocks.is_empty()).then(|| html::page(content.blocks.list()));
    Some(Read { facts, page })
}

fn content(bytes: &[u8], format: FileFormat) -> Option<Content> {
    match format {
        FileFormat::Docx | FileFormat::Xlsx | FileFormat::Zip => Some(packaged(bytes)),
        FileFormat::Ole => Some(ole::read(bytes)),
        FileFormat::Rtf => Some(rtf::read(bytes)),
        FileFormat::Pdf => Some(pdf::read(bytes)),
        FileFormat::Png
        | FileFormat::Jpeg
        | FileFormat::Gif
        | FileFormat::Webp
        | FileFormat::Bmp
        | FileFormat::Svg
        | FileFormat::Html
        | FileFormat::Text
        | FileFormat::Tiny
        | FileFormat::Unknown => None,
    }
}

/// A ZIP is what its parts say that it is.
fn packaged(bytes: &[u8]) -> Content {
    let Some(mut package) = Package::open(bytes) else {
        return Content::barred(DocumentKind::Archive, DocumentReading::Broken);
    };
    let parts = package.parts();
    let has = |name: &str| parts.iter().any(|part| part.name == name);
    if has("word/document.xml") {
        docx::read(&mut package)
    } else if has("xl/workbook.xml") {
        xlsx::read(&mut package, &parts)
    } else if has("ppt/presentation.xml") {
        open_document::read_parts(&mut package, &parts, DocumentKind::Pptx)
    } else if has("OFD.xml") {
        open_document::read_parts(&mut package, &parts, DocumentKind::Ofd)
    } else if has("content.xml") && has("mimetype") {
        let kind = package.read("mimetype").unwrap_or_default();
        let sheet = String::from_utf8_lossy(&kind).contains("spreadsheet");
        open_document::read(&mut package, if sheet { DocumentKind::Ods } else { DocumentKind::Odt })
    } else {
        archive::read(&mut package, &parts)
    }
}

fn facts(content: &Content) -> Document {
    let reading = content.reading();
    let words = words::of(&content.blocks);
    let mut text = String::new();
    for line in content.blocks.lines() {
        if text.len() + line.len() + 1 > Document::TEXT_BYTES {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text.pop();
    Document {
        kind: content.kind,
        reading,
        pages: content.pages,
        pictures: content.pictures,
        text,
        words_digest: if words.is_empty() { String::new() } else { Digest::of(words.as_bytes()).as_str().to_owned() },
        words: words.chars().count(),
        filling: filling::judge(&content.blocks),
        entries: content.entries.clone(),
    }
}

fn issue(facts: &Document) -> Option<Issue> {
    let (kind, detail) = match facts.reading {
        DocumentReading::Whole => return None,
        DocumentReading::Part => {
            ("document_in_part", "a ceiling, a fault or an unknown encoding; the rest was not read")
        }
        DocumentReading::NoText => ("document_without_text", "pictures of pages, or nothing at all"),
        DocumentReading::Encrypted => ("document_encrypted", "it asks for a password"),
        DocumentReading::NotRead => ("document_not_read", "no reader for this kind"),
        DocumentReading::Broken => ("document_broken", "its structure cannot be followed"),
    };
    Some(Issue { kind: kind.to_owned(), detail: format!("{:?}: {detail}", facts.kind), at: Locator::Whole })
}
