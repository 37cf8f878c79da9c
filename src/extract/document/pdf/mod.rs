//! PDF: text in lines, from the pages' own instructions.
//!
//! Comes in: bytes. Goes out: blocks; pages that are pictures give none. Objects are found by scanning, so that a file
//! with a broken table of places is still read. Encrypted files are not decrypted.
//!
//! `lexer` reads objects, `file` finds them, `stream` unpacks them, `cmap` and `font` turn codes into characters,
//! `content` follows a page's instructions, `rules` finds boxes between ruled lines, `lines` puts what was shown into
//! reading order. `sheets` gives whole pages to the reader of charts: `ink` and `sketch` follow what is drawn besides words,
//! `scan` takes the picture out of a scanned page.

mod cmap;
mod content;
mod file;
mod font;
mod ink;
mod lexer;
mod lines;
mod matrix;
mod rules;
mod scan;
mod sheets;
mod sketch;
mod stream;

#[cfg(test)]
mod sheets_tests;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;

pub use scan::Scan;
pub use sheets::{Sheet, sheets};

use super::{Content, limits};
use crate::model::{DocumentKind, DocumentReading};

/// Reads a PDF.
pub(super) fn read(bytes: &[u8]) -> Content {
    let mut file = file::File::open(bytes);
    if file.is_encrypted() {
        return Content::barred(DocumentKind::Pdf, DocumentReading::Encrypted);
    }
    let pages = file.pages();
    if pages.is_empty() {
        return Content::barred(DocumentKind::Pdf, DocumentReading::Broken);
    }
    let mut content = Content::new(DocumentKind::Pdf);
    content.pages = u32::try_from(pages.len()).ok();
    content.part = pages.len() > limits::PAGES;
    let mut fonts = font::Fonts::default();
    let mut room = rules::COMPARISONS;
    for page in pages.iter().take(limits::PAGES) {
        let shown = content::show(&mut file, page, &mut fonts);
        content.pictures = content.pictures.saturating_add(shown.pictures).saturating_add(page.drawn_over);
        content.part |= shown.unknown;
        let mut runs = shown.runs;
        let tables = rules::tables(&shown.rules, &mut runs, &mut room);
        lines::write(runs, tables, &mut content.blocks);
        if content.blocks.is_cut() {
            break;
        }
    }
    for value in file.form_values() {
        content.blocks.paragraph(&value);
    }
    content.part |= file.is_cut();
    content
}
