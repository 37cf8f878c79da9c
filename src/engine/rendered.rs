//! From a rendering to what was read of it, the same way in a live night and in a replay.
//!
//! Comes in: a page as the dossier has it, and a rendering of it. Goes out: the page's reading, renewed. Pure.

use std::sync::Arc;

use bytes::Bytes;

use super::amended::amended;
use super::reader::{self, Asked, Read};
use crate::extract;
use crate::model::extraction::LinkRole;
use crate::model::guide::FormOffer;
use crate::model::rendering::{MadeFor, RenderFailure};
use crate::model::{
    Capture, Exchange, Extraction, Issue, Locator, PageKind, PageRecord, Reading, Rendering, Response, ServiceGuide,
    Timing,
};
use crate::warc::rendering::DOCUMENT_TYPE;

/// What is read of the rendered document alone; `None` if there is none.
pub(super) fn read(
    page: &PageRecord,
    rendering: &Rendering,
    asked: Asked<'_>,
    settings: &extract::Settings,
) -> Option<Extraction> {
    let shown = rendering.outcome.as_ref().ok().filter(|shown| !shown.html.is_empty())?;
    let capture = capture(page, rendering, &shown.html);
    match reader::read(&capture, None, Asked { built: true, ..asked }, settings) {
        Read::Done(mut extraction) => {
            let facts = rendering.facts(true)?;
            if facts.is_whole() {
                // What the page's scripts ask for is on the page already.
                extraction.links.retain(|link| link.role != LinkRole::Data);
            } else if let Some(guide) = &mut extraction.guide {
                doubt(guide);
            }
            extraction.rendered = Some(Box::new(facts));
            Some(*extraction)
        }
        Read::Nothing | Read::Panicked => None,
    }
}

/// The page's reading after a rendering: the rendered document's, if the answer was an empty shell; else the answer's,
/// with what the browser showed besides and what was measured. `None` if nothing changes.
pub(super) fn renewed(page: &PageRecord, rendering: &Rendering, shown: Option<Extraction>) -> Option<Arc<Extraction>> {
    if rendering.made_for == MadeFor::Picture {
        return None;
    }
    let answered = page.extraction.as_deref()?;
    match (&rendering.outcome, shown) {
        (Ok(_), Some(shown)) if answered.kind == PageKind::EmptyShell && shows_more(answered, &shown) => {
            Some(Arc::new(shown))
        }
        (Ok(_), shown) => {
            let reading = shown.map_or_else(|| answered.clone(), |shown| amended(answered, &shown));
            Some(Arc::new(Extraction { rendered: rendering.facts(false).map(Box::new), ..reading }))
        }
        (Err(failure), _) => {
            let mut extraction = answered.clone();
            extraction.issues.push(not_rendered(failure));
            Some(Arc::new(extraction))
        }
    }
}

fn not_rendered(failure: &RenderFailure) -> Issue {
    Issue { kind: "not_rendered".to_owned(), detail: failure.detail.clone(), at: Locator::Whole }
}

/// Whether a shell is read from its rendering: an answer is not given up for an obstacle that only the browser met.
fn shows_more(answered: &Extraction, shown: &Extraction) -> bool {
    // What did not come whole proves no absence of anything: only what is there counts.
    let is_whole = shown.rendered.as_ref().is_some_and(|facts| facts.is_whole());
    is_whole || (!shown.kind.is_in_the_way() && shown.text_length > answered.text_length)
}

/// What looks blank where not everything came may only not have come.
fn doubt(guide: &mut ServiceGuide) {
    guide.elements.values_mut().for_each(doubt_one);
    doubt_one(&mut guide.title);
    doubt_one(&mut guide.statutory);
    doubt_one(&mut guide.promised);
    doubt_one(&mut guide.visits);
    doubt_one(&mut guide.fee);
    doubt_one(&mut guide.online_depth);
    doubt_one(&mut guide.courier);
    doubt_one(&mut guide.materials);
    doubt_one(&mut guide.steps);
    doubt_one(&mut guide.flowchart);
    let Reading::Stated(materials) = &mut guide.materials else { return };
    for material in &mut materials.value {
        for offer in [&mut material.blank_form, &mut material.sample_form] {
            if let FormOffer::Nothing { .. } | FormOffer::Absent = offer {
                *offer = FormOffer::Unfollowable { raw: String::new() };
            }
        }
    }
}

fn doubt_one<T>(reading: &mut Reading<T>) {
    let (at, raw) = match reading {
        Reading::Blank { at, label } => (at.clone(), label.clone()),
        Reading::Placeholder { at, raw } => (at.clone(), raw.clone()),
        Reading::Stated(_) | Reading::Absent | Reading::Unreadable { .. } => return,
    };
    *reading = Reading::Unreadable { at, raw };
}

/// The rendered document in the form in which readers expect a page.
fn capture(page: &PageRecord, rendering: &Rendering, html: &Bytes) -> Capture {
    let response = Response {
        // "Not changed" stands for the answer of an earlier night.
        status: page.status.filter(|status| *status != 304).unwrap_or(200),
        version: "HTTP/1.1".to_owned(),
        headers: vec![("content-type".to_owned(), DOCUMENT_TYPE.as_bytes().to_vec())],
        body: html.clone(),
        truncated: None,
    };
    Capture {
        record: rendering.document.clone(),
        request: page.request.clone(),
        date: page.date,
        exchange: Exchange {
            outcome: Ok(response),
            remote_addr: None,
            resolved: Vec::new(),
            tls: None,
            timing: Timing::default(),
        },
        revisit: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;
    use crate::model::rendering::{AskRefusal, Asked as AskedOf, AskedFor, Layout, RefusedAsk, RenderedPage};
    use crate::model::{ChannelId, ChannelKind, CityCode, Profile, Purpose, RecordId, Request};
    use url::Url;

    const GUIDE: &str = "<h1>公章刻制备案</h1><table><tr><th>实施主体</th><td>市公安局</td></tr>\
        <tr><th>承诺办结时限</th><td>5工作日</td></tr><tr><th>法定办结时限</th><td>9工作日</td></tr>\
        <tr><th>办理地点</th><td></td></tr><tr><th>受理条件</th><td>符合规定</td></tr>\
        <tr><th>咨询电话</th><td>020-12345678</td></tr></table>";

    fn id(word: &str) -> RecordId {
        RecordId(format!("urn:uuid:{word}"))
    }

    fn page(answered: &str) -> PageRecord {
        let url = Url::parse("http://h.test/#/guide").expect("an address");
        let request = Request::new(CityCode("000000".into()), ChannelId("portal".into()), url, Purpose::Page);
        let rendering = rendering(answered, AskedOf::default());
        let mut page = PageRecord::new(
            &Capture {
                record: id("page"),
                request: request.clone(),
                date: rendering.date,
                exchange: Exchange {
                    outcome: Ok(Response {
                        status: 200,
                        version: "HTTP/1.1".into(),
                        headers: vec![("content-type".into(), DOCUMENT_TYPE.into())],
                        body: Bytes::from(answered.to_owned()),
                        truncated: None,
                    }),
                    remote_addr: None,
                    resolved: Vec::new(),
                    tls: None,
                    timing: Timing::default(),
                },
                revisit: None,
            },
            None,
        );
        page.extraction = read(&page, &rendering, Asked::by_hand(ChannelKind::Portal), &extract::Settings::default())
            .map(|extraction| Arc::new(Extraction { rendered: None, ..extraction }));
        page
    }

    fn rendering(html: &str, asked: AskedOf) -> Rendering {
        Rendering {
            record: id("r"),
            document: id("d"),
            screenshot: id("s"),
            made_for: MadeFor::Reading,
            of: id("page"),
            url: Url::parse("http://h.test/#/guide").expect("an address"),
            date: "2020-04-10T12:00:00Z".parse().expect("a time"),
            profile: Profile::Desktop,
            asked,
            outcome: Ok(RenderedPage {
                html: Bytes::from(html.to_owned()),
                cut: false,
                layout: Layout::default(),
                screenshot: None,
            }),
        }
    }

    fn renewal(answered: &str, rendering: &Rendering) -> Arc<Extraction> {
        let page = page(answered);
        let shown = read(&page, rendering, Asked::by_hand(ChannelKind::Portal), &extract::Settings::default());
        renewed(&page, rendering, shown).expect("something is known of the rendering")
    }

    fn missing() -> AskedOf {
        let refused = RefusedAsk { url: "http://h.test/api".into(), what: AskedFor::Data, why: AskRefusal::Failed };
        AskedOf { refused: vec![refused], ..AskedOf::default() }
    }

    const SHELL: &str = "<div id=app></div><script src=/app.js></script>";

    #[test]
    fn a_shell_is_read_from_what_was_rendered_and_cites_that_record() {
        let reading = renewal(SHELL, &rendering(GUIDE, AskedOf::default()));
        assert_eq!(reading.kind, PageKind::Guide);
        let facts = reading.rendered.as_ref().expect("facts");
        assert!(facts.is_reading);
        assert_eq!(facts.document, Some((id("d"), Digest::of(GUIDE.as_bytes()))));
        let mut page = page(SHELL);
        page.extraction = Some(reading);
        assert_eq!(page.cite(&Locator::Whole, "x").record, id("d"));
        assert_eq!(page.cite_whole().record, id("page"), "the status is the answer's");
    }

    #[test]
    fn a_page_that_says_as_much_without_scripts_stays_what_it_was() {
        let reading = renewal(GUIDE, &rendering(GUIDE, AskedOf::default()));
        assert!(reading.rendered.as_ref().is_some_and(|facts| !facts.is_reading));
    }

    #[test]
    fn an_obstacle_that_only_the_browser_met_does_not_replace_a_page() {
        let answered = "<h1>通知</h1><p>短</p>";
        let reading = renewal(answered, &rendering("<h1>通知</h1><p>请向右滑动完成验证</p>", AskedOf::default()));
        assert_ne!(reading.kind, PageKind::Challenge);
        assert!(reading.rendered.as_ref().is_some_and(|facts| !facts.is_reading));
        assert!(reading.obstacle.is_none());
    }

    #[test]
    fn what_only_a_browser_shows_is_added_and_cites_the_rendered_document() {
        let answered = "<h1>江州政务服务网</h1><p>欢迎办事</p><a href=/a>个人办事</a><p>苏ICP备05012345号</p>";
        let built = "<h1>江州政务服务网</h1><p>欢迎办事</p><a href=/b>法人办事</a><p>苏ICP备99999999号</p>\
            <meta name=SiteIDCode content=3200000012>";
        let reading = renewal(answered, &rendering(built, AskedOf::default()));
        assert!(reading.rendered.as_ref().is_some_and(|facts| !facts.is_reading));
        let links: Vec<_> = reading.links.iter().map(|link| (link.url.path(), link.text.as_str())).collect();
        assert_eq!(links, [("/a", "个人办事"), ("/b", "法人办事")]);
        let stated = |fact: &Option<crate::model::Located<String>>| fact.as_ref().map(|fact| fact.value.clone());
        assert_eq!(stated(&reading.site.icp).as_deref(), Some("苏ICP备05012345号"), "what the answer says stays");
        assert_eq!(stated(&reading.site.site_id_code).as_deref(), Some("3200000012"));
        let mut page = page(answered);
        page.extraction = Some(Arc::clone(&reading));
        let cited = |at: &Locator| page.cite(at, "x");
        assert_eq!(cited(&reading.links[0].at).record, id("page"));
        assert_eq!(cited(&reading.links[1].at).record, id("d"));
        assert!(matches!(cited(&reading.links[1].at).locator, Locator::Selector(_)));
    }

    #[test]
    fn a_blank_is_a_blank_only_where_everything_came() {
        let place = |asked| {
            let reading = renewal(SHELL, &rendering(GUIDE, asked));
            reading.guide.as_ref().expect("a guide").element(crate::model::Element::Place)
        };
        assert!(matches!(place(AskedOf::default()), Reading::Blank { .. }));
        assert!(matches!(place(missing()), Reading::Unreadable { .. }));
    }

    #[test]
    fn a_rendering_that_failed_leaves_the_shell_and_its_reason() {
        let failed = Rendering {
            outcome: Err(RenderFailure {
                kind: crate::model::rendering::RenderFailureKind::Crashed,
                detail: "the browser has gone".into(),
            }),
            ..rendering(GUIDE, AskedOf::default())
        };
        let reading = renewal(SHELL, &failed);
        assert_eq!(reading.kind, PageKind::EmptyShell);
        assert!(reading.issues.iter().any(|issue| issue.kind == "not_rendered"));
    }

    #[test]
    fn a_picture_decides_nothing() {
        let picture = Rendering { made_for: MadeFor::Picture, ..rendering(GUIDE, AskedOf::default()) };
        assert!(renewed(&page(SHELL), &picture, None).is_none());
    }
}
