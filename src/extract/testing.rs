//! What the tests of the readers share: a page from a few lines of markup.

use url::Url;

use super::dom::Dom;
use super::page::Page;
use super::{Input, Settings, extract};
use crate::model::extraction::Extraction;
use crate::model::target::ChannelKind;
use crate::model::{Link, Purpose};

/// The day on which all tests of the readers take place.
pub(super) fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 23)
}

/// An answer with status 200 to an ordinary request.
pub(super) fn input<'a>(url: &'a Url, headers: &'a [(String, Vec<u8>)], body: &'a [u8]) -> Input<'a> {
    Input {
        url,
        purpose: &Purpose::Page,
        query: None,
        channel: ChannelKind::Portal,
        dialect: None,
        built: false,
        status: 200,
        headers,
        body,
        date: today(),
    }
}

/// Shows a page to a reader.
pub(super) fn with_page<T>(url: &str, html: &str, read: impl FnOnce(&Page<'_>) -> T) -> T {
    let url = Url::parse(url).expect("a valid address");
    let dom = Dom::parse(html);
    read(&Page::new(&dom, &input(&url, &[], html.as_bytes()), &super::dialect::GENERIC))
}

/// Reads a page with everything.
pub(super) fn extracted(url: &str, html: &str) -> Extraction {
    let url = Url::parse(url).expect("a valid address");
    extract(&input(&url, &[], html.as_bytes()), &Settings::default())
}

/// The links of a page.
pub(super) fn links_of(url: &str, html: &str) -> Vec<Link> {
    with_page(url, html, |page| super::links::read(page, &Settings::default(), &mut Vec::new()))
}

/// Reads a data answer with everything.
pub(super) fn answered(url: &str, query: Option<&crate::model::QueryBody>, body: &str) -> Extraction {
    let url = Url::parse(url).expect("a valid address");
    extract(&Input { query, ..input(&url, &[], body.as_bytes()) }, &Settings::default())
}
