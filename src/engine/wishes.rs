//! What a page makes us want to ask next. The frontier decides whether, when, and in which order.

use url::Url;

use crate::model::extraction::LinkRole;
use crate::model::guide::FormOffer;
use crate::model::{Extraction, Hop, Link, PageKind, Purpose, QueryBody, Reading, Request, Scenario};

/// One wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Address.
    pub url: Url,
    /// Query, for a POST.
    pub query: Option<QueryBody>,
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
        Self { url, query: None, purpose: Purpose::Page, hop: Hop::Link, role, anchor: String::new() }
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
                // Some guides are only a file, and are asked for like a page. Other downloads are not what we came for;
                // the sample of dead links may still ask for them.
                LinkRole::File if is_guide_in_a_file(link, extraction) => Purpose::Page,
                LinkRole::File => return None,
            };
            let hop = if matches!(request.purpose, Purpose::Search { .. }) { Hop::Search } else { link.hop };
            let (url, query, anchor) = (link.url.clone(), link.query.clone(), link.text.clone());
            Some(Wish { url, query, purpose, hop, role: link.role, anchor })
        })
        .collect();
    wishes.extend(guide_wishes(extraction));
    if search && request.purpose == (Purpose::Entry { attempt: 1 }) {
        wishes.extend(search_wishes(extraction, scenarios));
    }
    wishes
}

/// What a guide calls itself.
const GUIDE_NAMES: [&str; 4] = ["办事指南", "服务指南", "办理指南", "办事须知"];

/// Endings of files that have text; a picture of a guide is not read.
const DOCUMENTS: [&str; 12] = ["doc", "docx", "wps", "xls", "xlsx", "et", "pdf", "rtf", "odt", "ods", "ofd", "wpt"];

/// Whether a link leads to a guide that is a file: it says so, or it is the attachment of an article that says so and
/// holds no guide itself.
fn is_guide_in_a_file(link: &Link, extraction: &Extraction) -> bool {
    let names_guide = |words: &str| GUIDE_NAMES.iter().any(|name| words.contains(name));
    let path = link.url.path().to_lowercase();
    let query = link.url.query().unwrap_or_default().to_lowercase();
    let ends = |text: &str| text.rsplit_once('.').is_some_and(|(_, ending)| DOCUMENTS.contains(&ending));
    let is_document = ends(&path)
        || query.split('&').any(ends)
        || ends(link.text.trim().to_lowercase().trim_end_matches(['）', ')']));
    let of_article = extraction.guide.is_none()
        && extraction.title.as_ref().is_some_and(|title| names_guide(&title.value))
        && !["表", "样本", "格式"].iter().any(|word| link.text.contains(word));
    is_document && (names_guide(&link.text) || of_article)
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
            query: None,
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
        let tiles = chart.value.tiles.iter().flat_map(|tiles| &tiles.urls);
        tiles.filter(|tile| *tile != url).for_each(|tile| wish(tile, LinkRole::Flowchart, "流程图"));
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
                query: None,
                purpose: Purpose::Search { segment: segment.id.clone() },
                hop: Hop::Search,
                role: LinkRole::Page,
                anchor: words.clone(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Located, Locator};

    fn link(path: &str, text: &str) -> Link {
        let url = Url::parse("http://h.test").and_then(|base| base.join(path)).expect("a valid address");
        Link { url, text: text.to_owned(), hop: Hop::Link, role: LinkRole::File, at: Locator::Whole, query: None }
    }

    fn article(title: &str) -> Extraction {
        let title = Located { value: title.to_owned(), at: Locator::Whole, raw: title.to_owned() };
        Extraction { title: Some(title), ..Extraction::empty(PageKind::News) }
    }

    #[test]
    fn a_guide_that_is_a_file_is_wished_for_and_other_files_are_not() {
        let list = article("下载专区");
        for (path, text) in [("/1.docx", "企业设立登记办事指南"), ("/d?f=2.xls", "服务指南"), ("/3", "办事指南.pdf")]
        {
            assert!(is_guide_in_a_file(&link(path, text), &list), "{path}");
        }
        for (path, text) in
            [("/1.jpg", "办事指南"), ("/2.doc", "年度报告"), ("/3.doc", "附件1"), ("/4.zip", "办事指南")]
        {
            assert!(!is_guide_in_a_file(&link(path, text), &list), "{path}");
        }
        let guide = article("企业设立登记办事指南");
        assert!(is_guide_in_a_file(&link("/P020.doc", "附件"), &guide));
        assert!(!is_guide_in_a_file(&link("/P021.doc", "附件2：申请表"), &guide));
    }
}
