//! Which pages are rendered, and when, by what was read of them. Pure.

use crate::extract;
use crate::model::{Extraction, PageKind, Purpose, Request};

/// When a page that was read is to be rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// At once: nothing but a browser will ever show it.
    Now,
    /// When the city has nothing else to ask: its data may come by a query of its family, the rest of its list by a
    /// button, or it is only to be photographed and measured.
    Later,
    /// Not at all.
    Never,
}

/// When a page is to be rendered, by what was read of it.
pub(super) fn when(request: &Request, extraction: &Extraction) -> When {
    if extraction.rendered.is_some() || leads_to_letters(request) {
        return When::Never;
    }
    let is_entry = matches!(request.purpose, Purpose::Entry { .. });
    let is_page = is_entry || matches!(request.purpose, Purpose::Page | Purpose::Search { .. });
    let skeleton = extraction.kind_because.starts_with(extract::SKELETON);
    if is_page && extraction.offers_more() {
        return When::Later;
    }
    match extraction.kind {
        PageKind::EmptyShell if is_page && (skeleton || !extraction.wants_rendering()) => When::Later,
        PageKind::EmptyShell if is_page => When::Now,
        PageKind::Challenge
        | PageKind::LoginWall
        | PageKind::SoftNotFound
        | PageKind::ReplyList
        | PageKind::Reply
        | PageKind::Attachment
        | PageKind::Data => When::Never,
        PageKind::Home
        | PageKind::MobileHome
        | PageKind::Guide
        | PageKind::GuideList
        | PageKind::Scenario
        | PageKind::News
        | PageKind::EmptyShell
        | PageKind::InteractionForm
        | PageKind::Other => {
            if request.purpose == (Purpose::Entry { attempt: 1 }) {
                When::Later
            } else {
                When::Never
            }
        }
    }
}

/// Words of links that lead to letters of private persons, whose pages are not rendered: a picture cannot be masked.
const LETTERS: [&str; 8] = ["信箱", "信件", "来信", "写信", "留言", "咨询投诉", "互动交流", "答复选登"];

fn leads_to_letters(request: &Request) -> bool {
    LETTERS.iter().any(|word| request.anchor.contains(word))
}
