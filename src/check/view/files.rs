//! What became of the files that guides offer.
//!
//! Comes in: an address. Goes out: what stands there, or why we do not know.

use url::Url;

use crate::model::dossier::PageRecord;
use crate::model::extraction::{FileFacts, FileFormat};
use crate::model::{DocumentReading, Reason};

use super::View;
use super::pages::{barrier, succeeded};

/// What became of a file that a guide offers.
#[derive(Debug, Clone, Copy)]
pub enum FileState<'a> {
    /// It opens.
    Opens(&'a PageRecord, &'a FileFacts),
    /// It is there as a page that is not a file, or it is empty, or it is not found.
    Broken(&'a PageRecord),
    /// We do not know.
    Unknown(Reason),
}

impl<'a> View<'a> {
    /// What became of a file that a guide offers.
    #[must_use]
    pub fn file(&self, url: &Url) -> FileState<'a> {
        let Some(page) = self.dossier.answer(url) else {
            return FileState::Unknown(self.why_unread(url));
        };
        match page.status {
            Some(404 | 410) => return FileState::Broken(page),
            Some(_) if !succeeded(page) => {
                return FileState::Unknown(barrier(page).unwrap_or(Reason::Unreachable));
            }
            _ => {}
        }
        if let Some(reason) = barrier(page) {
            return FileState::Unknown(reason);
        }
        if self.is_soft_not_found(page) {
            return FileState::Broken(page);
        }
        match page.extraction.as_ref().and_then(|extraction| extraction.file.as_ref()) {
            // Whether a visitor is told the password, or has a program that mends the file, we do not know.
            Some(facts) if facts.opens && is_barred(facts) => FileState::Unknown(Reason::Unreadable),
            Some(facts) if facts.opens && facts.format != FileFormat::Html => FileState::Opens(page, facts),
            Some(_) if page.is_cut() => FileState::Unknown(Reason::Unreadable),
            Some(_) => FileState::Broken(page),
            None => FileState::Unknown(Reason::Unreadable),
        }
    }

    /// Why an address was not read.
    #[must_use]
    pub fn why_unread(&self, url: &Url) -> Reason {
        if self.dossier.own_network == Some(false) {
            return Reason::OwnNetwork;
        }
        if self.dossier.exchange(url).is_some() {
            return Reason::Unreachable;
        }
        let coverages = || self.dossier.coverage.values();
        if coverages().any(|coverage| coverage.robots_disallowed.contains(url)) {
            return Reason::RobotsDisallowed;
        }
        if coverages().any(|coverage| coverage.budget.is_some() || coverage.waiting > 0) {
            return Reason::BudgetExhausted;
        }
        Reason::NotDiscovered
    }
}

/// A document that asks for a password, or whose structure our reader could not follow.
fn is_barred(facts: &FileFacts) -> bool {
    facts
        .document
        .as_ref()
        .is_some_and(|document| matches!(document.reading, DocumentReading::Encrypted | DocumentReading::Broken))
}
