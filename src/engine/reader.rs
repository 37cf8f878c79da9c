//! From a capture to what was read of it, the same way in a live night and in a replay.
//!
//! Comes in: a capture, and for a `304` the earlier answer. Goes out: an extraction with canonical addresses, or
//! nothing where there is nothing to read.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use url::Url;

use crate::extract;
use crate::extract::blocks::Blocks;
use crate::frontier::canonical;
use crate::model::guide::FormOffer;
use crate::model::{
    Capture, Channel, ChannelKind, Extraction, Issue, Locator, PageKind, Purpose, Reading, Response, ServiceGuide,
};

/// The channel that a payload was asked for, as far as reading depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Its kind.
    pub kind: ChannelKind,
    /// The page family that the target file names.
    pub dialect: Option<&'a str>,
    /// Whether the payload is what a browser had built.
    pub built: bool,
}

impl<'a> Asked<'a> {
    /// What the catalogue says of the channel.
    #[must_use]
    pub fn of(channel: &'a Channel) -> Self {
        Self { kind: channel.kind, dialect: channel.dialect.as_deref(), built: false }
    }

    /// A page given by hand, or one of a channel that the catalogue does not know.
    #[must_use]
    pub fn by_hand(kind: ChannelKind) -> Self {
        Self { kind, dialect: None, built: false }
    }
}

/// What came of reading a payload.
#[derive(Debug)]
pub enum Read {
    /// It was read.
    Done(Box<Extraction>),
    /// There is nothing to read: a failure, a redirect, robots.txt.
    Nothing,
    /// The reader panicked: our fault, so the page counts as unreadable.
    Panicked,
}

/// Reads the answer of a capture; `kept` is the earlier answer of a `304`.
#[must_use]
pub fn read(capture: &Capture, kept: Option<&Response>, channel: Asked<'_>, settings: &extract::Settings) -> Read {
    let Some(response) = capture.response() else { return Read::Nothing };
    if response.is_redirect()
        || matches!(capture.request.purpose, Purpose::Robots | Purpose::Render | Purpose::OwnNetwork)
    {
        return Read::Nothing;
    }
    let response = match (response.status, kept) {
        (304, Some(kept)) => kept,
        (304, None) => return Read::Nothing,
        _ => response,
    };
    let input = extract::Input {
        url: &capture.request.url,
        purpose: &capture.request.purpose,
        query: capture.request.body.as_ref(),
        channel: channel.kind,
        dialect: channel.dialect,
        built: channel.built,
        status: response.status,
        headers: &response.headers,
        body: &response.body,
        date: capture.date.to_zoned(shanghai()).date(),
    };
    match catch_unwind(AssertUnwindSafe(|| extract::extract(&input, settings))) {
        Ok(mut extraction) => {
            canonicalise(&mut extraction, &settings.blocks);
            Read::Done(Box::new(extraction))
        }
        Err(_) => Read::Panicked,
    }
}

/// Asia/Shanghai, which has had no daylight saving since 1991.
#[must_use]
pub fn shanghai() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::fixed(jiff::tz::offset(8))
}

/// Whether the page shows letters of private persons, whose data must be masked before anything is stored.
#[must_use]
pub fn shows_letters(extraction: &Extraction) -> bool {
    matches!(extraction.kind, PageKind::ReplyList | PageKind::Reply) || extraction.replies.is_some()
}

/// Brings every address that may be compared with a request's into its canonical form: the one behind a gateway, if it
/// leads through one.
fn canonicalise(extraction: &mut Extraction, blocks: &Blocks) {
    let mut rewritten: BTreeMap<String, usize> = BTreeMap::new();
    let mut canonical = |url: &Url| {
        let Some((gateway, real)) = blocks.behind_gateway(url) else { return canonical(url) };
        *rewritten.entry(gateway.to_owned()).or_default() += 1;
        canonical(&real)
    };
    for link in &mut extraction.links {
        link.url = canonical(&link.url);
    }
    for entry in &mut extraction.entries {
        entry.url = canonical(&entry.url);
    }
    for claim in &mut extraction.mobile {
        claim.url = claim.url.as_ref().map(&mut canonical);
    }
    for guidance in &mut extraction.scenarios {
        guidance.url = guidance.url.as_ref().map(&mut canonical);
    }
    for entry in &mut extraction.dated {
        entry.url = entry.url.as_ref().map(&mut canonical);
    }
    for letter in extraction.replies.iter_mut().flat_map(|list| &mut list.letters) {
        letter.url = letter.url.as_ref().map(&mut canonical);
    }
    if let Some(guide) = &mut extraction.guide {
        of_guide(guide, &mut canonical);
    }
    extraction.issues.extend(rewritten.into_iter().map(|(gateway, count)| Issue {
        kind: "gateway_links".to_owned(),
        detail: format!("{count} addresses lead through the gateway `{gateway}`; the hosts behind it are used"),
        at: Locator::Whole,
    }));
}

fn of_guide(guide: &mut ServiceGuide, canonical: &mut impl FnMut(&Url) -> Url) {
    if let Reading::Stated(materials) = &mut guide.materials {
        for material in &mut materials.value {
            for offer in [&mut material.blank_form, &mut material.sample_form] {
                if let FormOffer::Link { url, .. } = offer {
                    *url = canonical(url);
                }
            }
        }
    }
    if let Reading::Stated(chart) = &mut guide.flowchart {
        chart.value.url = chart.value.url.as_ref().map(canonical);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::extraction::LinkRole;
    use crate::model::{Hop, Link};

    #[test]
    fn links_through_a_gateway_lead_to_the_hosts_behind_it_and_the_page_says_so() {
        let link = |address: &str| Link {
            url: Url::parse(address).expect("a valid address"),
            text: String::new(),
            hop: Hop::Link,
            role: LinkRole::Page,
            at: Locator::Whole,
            query: None,
        };
        let mut page = Extraction::empty(PageKind::Home);
        page.links.push(link("http://zwfw.city.gov.cn.https.443.ipv6.site.gov.cn/bszn/1"));
        page.links.push(link("https://zwfw.city.gov.cn/bszn/2"));
        canonicalise(&mut page, &Blocks::builtin());
        let addresses: Vec<&str> = page.links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(addresses, ["https://zwfw.city.gov.cn/bszn/1", "https://zwfw.city.gov.cn/bszn/2"]);
        assert_eq!(page.issues.len(), 1);
        assert!(page.issues[0].detail.contains("`spelled`"), "{:?}", page.issues);
    }
}
