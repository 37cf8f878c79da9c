//! Which pages a visitor can use, and what stands between us and the others.
//!
//! Comes in: exchanges. Goes out: usable or not, and why not; soft "not found" pages.

use std::collections::BTreeSet;

use crate::model::extraction::{FileFormat, LinkRole, ObstacleKind};
use crate::model::target::authority;
use crate::model::{Channel, CityDossier, Extraction, Method, PageKind, PageRecord, Purpose, Reason};

use super::View;

impl<'a> View<'a> {
    /// Whether a page gave content that a visitor can use.
    #[must_use]
    pub fn usable(&self, page: &PageRecord) -> bool {
        succeeded(page)
            && barrier(page).is_none()
            && page.kind() != Some(PageKind::SoftNotFound)
            && page.extraction.is_some()
    }

    /// Whether a page is "not found" in spite of its status: it says so, or it looks like the host's control page.
    #[must_use]
    pub fn is_soft_not_found(&self, page: &PageRecord) -> bool {
        let Some(extraction) = &page.extraction else { return false };
        if extraction.kind == PageKind::SoftNotFound {
            return true;
        }
        let host = authority(&page.request.url);
        !matches!(page.request.purpose, Purpose::Entry { .. })
            && self.soft_shapes.contains(&(host, extraction.text_shape.clone()))
    }

    /// Why a page that was not usable cannot be judged; `None` if it was usable.
    #[must_use]
    pub fn page_barrier(&self, page: &PageRecord) -> Option<Reason> {
        barrier(page)
    }

    /// Whether one of these pages loads a frame or data file in scope that was not read, so that words may be missing.
    #[must_use]
    pub fn has_unread_frames(&self, channel: &Channel, pages: &[(&PageRecord, &Extraction)]) -> bool {
        let embeds = pages
            .iter()
            .flat_map(|(_, reading)| &reading.links)
            .filter(|link| matches!(link.role, LinkRole::Embed | LinkRole::Data));
        embeds
            .filter(|link| channel.scope.contains(&authority(&link.url)))
            .any(|link| !self.dossier.answer_to(link.asks()).is_some_and(|page| self.usable(page)))
    }

    /// The pages of a channel that were read well, with what was read.
    pub fn readings(&self, channel: &Channel) -> impl Iterator<Item = (&'a PageRecord, &'a Extraction)> {
        self.dossier.of_channel_owned(&channel.id).filter_map(|page| {
            page.extraction.as_deref().filter(|_| self.usable(page)).map(|extraction| (page, extraction))
        })
    }
}

/// Whether the server gave the content, or said that the content of an earlier night still holds (304).
pub(in crate::check) fn succeeded(page: &PageRecord) -> bool {
    page.status.is_some_and(|status| (200..300).contains(&status) || (status == 304 && page.extraction.is_some()))
}

/// What stands between us and the content of an answered page.
pub(super) fn barrier(page: &PageRecord) -> Option<Reason> {
    if page.failure.is_some() {
        return Some(Reason::Unreachable);
    }
    match page.kind() {
        Some(PageKind::Challenge) if is_out_of_service(page) => return Some(Reason::Unreachable),
        Some(PageKind::Challenge) => return Some(Reason::Blocked),
        Some(PageKind::LoginWall) => return Some(Reason::LoginRequired),
        Some(PageKind::EmptyShell) => return Some(Reason::NotRendered),
        _ => {}
    }
    match page.status {
        Some(401) => Some(Reason::LoginRequired),
        // Gone is gone, and no barrier.
        Some(404 | 410) => None,
        // The server is up and does not want to answer us.
        Some(400..=499) => Some(Reason::Blocked),
        None | Some(200..=399) => is_unread(page).then_some(Reason::Unreadable),
        // A server that fails, or answers in no way that anybody defined.
        Some(_) => Some(Reason::Unreachable),
    }
}

/// Whether the answer held nothing that we could read: markup too deep, bytes of no known format, data without words for
/// a visitor, or nothing at all. Our weakness or a passing fault; what is not in it may be on the page.
fn is_unread(page: &PageRecord) -> bool {
    let Some(reading) = &page.extraction else { return page.redirect_to.is_none() && page.is_reading() };
    let is_empty = reading.links.is_empty() && reading.guide.is_none() && reading.replies.is_none();
    let is_file = reading.file.is_some();
    let too_deep = reading.issues.iter().any(|issue| issue.kind == "nested_too_deep");
    let broken_data = reading.issues.iter().any(|issue| issue.kind == "no_data") && is_empty && !is_file;
    let of_no_format = reading.file.as_ref().is_some_and(|facts| facts.format == FileFormat::Unknown);
    let says_nothing = page.request.method == Method::Get && reading.text_length == 0 && is_empty && !is_file;
    let in_place_of_a_file = page.request.purpose == Purpose::Attachment;
    let bare_data = reading.kind == PageKind::Data && (is_empty || in_place_of_a_file);
    too_deep || broken_data || of_no_format || says_nothing || bare_data
}

/// Whether a page is only a notice of maintenance (维护): nobody was refused, and nobody can use the site.
pub(super) fn is_out_of_service(page: &PageRecord) -> bool {
    let obstacle = page.extraction.as_ref().and_then(|extraction| extraction.obstacle.as_ref());
    obstacle.is_some_and(|obstacle| obstacle.kind == ObstacleKind::Maintenance)
}

/// The looks of each host's "not found" page that came with status 200.
pub(super) fn soft_shapes(dossier: &CityDossier) -> BTreeSet<(String, String)> {
    dossier
        .pages
        .iter()
        .filter(|page| {
            page.request.purpose == Purpose::Control404 && page.status.is_some_and(|s| (200..300).contains(&s))
        })
        .filter_map(|page| {
            let shape = page.extraction.as_ref()?.text_shape.clone();
            Some((authority(&page.request.url), shape))
        })
        .collect()
}
