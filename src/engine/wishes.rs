//! What a page makes us want to ask next. The frontier decides whether, when, and in which order.

use url::Url;

use crate::model::extraction::LinkRole;
use crate::model::guide::FormOffer;
use crate::model::{Extraction, Hop, PageKind, Purpose, Reading, Request, Scenario};

/// One wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Address.
    pub url: Url,
    /// Why.
    pub purpose: Purpose,
    /// How a visitor gets there.
    pub hop: Hop,
    /// What the place promises.
    pub role: LinkRole,
    /// Words that lead there.
    pub anchor: String,
}

impl Wish {
    /// A wish for a page that is linked without words.
    pub(super) fn to(url: Url, role: LinkRole) -> Self {
        Self { url, purpose: Purpose::Page, hop: Hop::Link, role, anchor: String::new() }
    }
}

/// The wishes of one page.
#[must_use]
pub fn wishes(request: &Request, extraction: &Extraction, scenarios: &[Scenario], search: bool) -> Vec<Wish> {
    if !leads_on(request, extraction) {
        return Vec::new();
    }
    let mut wishes: Vec<Wish> = extraction
        .links
        .iter()
        .filter_map(|link| {
            let purpose = match link.role {
                LinkRole::Page | LinkRole::Paging | LinkRole::Embed | LinkRole::Data => Purpose::Page,
                LinkRole::BlankForm | LinkRole::SampleForm | LinkRole::Flowchart | LinkRole::QrImage => {
                    Purpose::Attachment
                }
                // Other downloads are not what we came for; the sample of dead links may still ask for them.
                LinkRole::File => return None,
            };
            let hop = if matches!(request.purpose, Purpose::Search { .. }) { Hop::Search } else { link.hop };
            Some(Wish { url: link.url.clone(), purpose, hop, role: link.role, anchor: link.text.clone() })
        })
        .collect();
    wishes.extend(guide_wishes(extraction));
    if search && request.purpose == (Purpose::Entry { attempt: 1 }) {
        wishes.extend(search_wishes(extraction, scenarios));
    }
    wishes
}

/// Whether the page's links are a visitor's next steps.
fn leads_on(request: &Request, extraction: &Extraction) -> bool {
    let asked_for_content = match request.purpose {
        Purpose::Entry { .. } | Purpose::Page | Purpose::Search { .. } => true,
        Purpose::Robots
        | Purpose::Attachment
        | Purpose::Control404
        | Purpose::LinkCheck
        | Purpose::Ipv6
        | Purpose::Render
        | Purpose::OwnNetwork => false,
    };
    let content = match extraction.kind {
        PageKind::Challenge | PageKind::SoftNotFound | PageKind::LoginWall | PageKind::Attachment => false,
        PageKind::Home
        | PageKind::MobileHome
        | PageKind::Guide
        | PageKind::GuideList
        | PageKind::Scenario
        | PageKind::ReplyList
        | PageKind::Reply
        | PageKind::News
        | PageKind::EmptyShell
        | PageKind::InteractionForm
        | PageKind::Data
        | PageKind::Other => true,
    };
    asked_for_content && content
}

fn guide_wishes(extraction: &Extraction) -> Vec<Wish> {
    let Some(guide) = &extraction.guide else { return Vec::new() };
    let mut wishes = Vec::new();
    let mut wish = |url: &Url, role: LinkRole, anchor: &str| {
        wishes.push(Wish {
            url: url.clone(),
            purpose: Purpose::Attachment,
            hop: Hop::Link,
            role,
            anchor: anchor.to_owned(),
        });
    };
    if let Reading::Stated(materials) = &guide.materials {
        for material in &materials.value {
            if let FormOffer::Link { url, text } = &material.blank_form {
                wish(url, LinkRole::BlankForm, text);
            }
            if let FormOffer::Link { url, text } = &material.sample_form {
                wish(url, LinkRole::SampleForm, text);
            }
        }
    }
    if let Reading::Stated(chart) = &guide.flowchart
        && let Some(url) = &chart.value.url
    {
        wish(url, LinkRole::Flowchart, "流程图");
    }
    wishes
}

fn search_wishes(extraction: &Extraction, scenarios: &[Scenario]) -> Vec<Wish> {
    let Some(form) = &extraction.search else { return Vec::new() };
    scenarios
        .iter()
        .flat_map(|scenario| &scenario.segments)
        .filter_map(|segment| {
            let words = segment.titles.first()?;
            Some(Wish {
                url: form.query(words),
                purpose: Purpose::Search { segment: segment.id.clone() },
                hop: Hop::Search,
                role: LinkRole::Page,
                anchor: words.clone(),
            })
        })
        .collect()
}
