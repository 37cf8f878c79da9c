//! Reads one payload: bytes become text, text becomes a document, a document becomes an [`Extraction`].
//!
//! Comes in: an answer's bytes with its address and headers. Goes out: what was read, and issues for what could not
//! be. Must never know: how the bytes were fetched, what is asked of the city, the clock. It cannot fail.

mod as_page;
pub mod blocks;
mod charset;
mod classify;
mod coding;
mod dated;
mod dates;
pub mod dialect;
mod document;
pub mod dom;
mod file;
pub mod guide;
mod interaction;
mod json;
mod letters;
pub mod lexicon;
mod links;
mod mobile;
mod more;
mod nesting;
mod not_found;
mod page;
mod paging;
mod pseudo_json;
mod raster;
mod replies;
mod roles;
mod scenario;
mod script_links;
mod search;
mod site;
pub mod text;
pub mod time_limit;
mod words;

#[cfg(test)]
mod realdata;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use url::Url;

use crate::model::digest::Digest;
use crate::model::extraction::{Extraction, FileFormat, LinkRole, Obstacle};
use crate::model::target::ChannelKind;
use crate::model::{Issue, Locator, PageKind, Purpose, QueryBody};

use self::blocks::{Blocks, Seen};
use self::classify::{Classified, Evidence, Letters};
use self::dialect::{Answer, DataKind, DataReading, Sight};
use self::dom::Dom;
use self::page::Page;

/// One answer.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Address it was asked at.
    pub url: &'a Url,
    /// Why it was asked.
    pub purpose: &'a Purpose,
    /// The query it was asked with, for a POST.
    pub query: Option<&'a QueryBody>,
    /// Kind of the channel it was asked for.
    pub channel: ChannelKind,
    /// The page family that the target file names; `None` = recognised from the page.
    pub dialect: Option<&'a str>,
    /// Whether the body is what a browser had built of the answer.
    pub built: bool,
    /// Status code.
    pub status: u16,
    /// Headers, names lower case.
    pub headers: &'a [(String, Vec<u8>)],
    /// Body as received, still content-coded.
    pub body: &'a [u8],
    /// Day of capture in China, for dates without a year.
    pub date: Date,
}

/// Ceilings of reading, and the table of pages that stand in the way.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// Bytes after content decoding.
    pub max_decoded: usize,
    /// Decoded bytes for each coded one, beyond the first mebibyte.
    pub max_ratio: usize,
    /// Pixels of a picture that is decoded.
    pub max_pixels: u64,
    /// Links of a page.
    pub max_links: usize,
    /// Signatures of pages that stand in the way. Runs of releases that did not archive theirs had the built-in ones.
    #[serde(default = "Blocks::builtin")]
    pub blocks: Blocks,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            // The largest guide page known has 1.2 MB; attachments are larger.
            max_decoded: 16 * 1024 * 1024,
            // The best that text of ordinary pages reaches is about 60.
            max_ratio: 200,
            // A page scanned at 300 dpi has 9 million.
            max_pixels: 16_000_000,
            // The largest site map known has 3,100.
            max_links: 5_000,
            blocks: Blocks::builtin(),
        }
    }
}

/// The beginning of [`Extraction::kind_because`] for a guide whose labels stand there and whose values do not.
pub const SKELETON: &str = "a guide's skeleton";

/// The pages of a PDF, for the reader of charts.
pub mod sheets {
    pub use super::document::{Scan, Sheet, sheets as of_pdf};
}

/// The plain bytes of a body: its content codings removed, within the ceilings.
#[must_use]
pub fn decoded(headers: &[(String, Vec<u8>)], body: &[u8], settings: &Settings) -> bytes::Bytes {
    bytes::Bytes::from(coding::decode(headers, body, settings).0)
}

/// The content type under which a browser reads markup as we do: the encoding that its bytes are really in. `None` for
/// what is no markup.
#[must_use]
pub fn truthful_type(headers: &[(String, Vec<u8>)], body: &[u8]) -> Option<String> {
    let content_type = coding::header(headers, "content-type");
    let kind = content_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is_markup = ["text/html", "application/xhtml+xml"].iter().any(|markup| kind.eq_ignore_ascii_case(markup));
    is_markup.then(|| format!("{kind}; charset={}", charset::decode(body, content_type.as_deref()).1.used))
}

/// Reads an answer.
#[must_use]
pub fn extract(input: &Input<'_>, settings: &Settings) -> Extraction {
    let (bytes, mut issues) = coding::decode(input.headers, input.body, settings);
    let format = file::format_of(&bytes);
    let is_file = match format {
        FileFormat::Html | FileFormat::Text | FileFormat::Tiny | FileFormat::Unknown => false,
        FileFormat::Png
        | FileFormat::Jpeg
        | FileFormat::Gif
        | FileFormat::Webp
        | FileFormat::Bmp
        | FileFormat::Svg
        | FileFormat::Pdf
        | FileFormat::Docx
        | FileFormat::Xlsx
        | FileFormat::Ole
        | FileFormat::Zip
        | FileFormat::Rtf => true,
    };
    let wanted_file = *input.purpose == Purpose::Attachment || is_download(input.headers);
    let is_binary = format == FileFormat::Unknown && !bytes.is_empty();
    // A server may answer for a file as it answers scripts: that it is refused, or not there.
    let is_data = wanted_file && matches!(format, FileFormat::Text | FileFormat::Tiny) && json::is_object(&bytes);
    let mut extraction = if is_file || is_binary || (wanted_file && format != FileFormat::Html && !is_data) {
        let mut extraction = blank(PageKind::Attachment, format!("{format:?} by its content").to_lowercase());
        let (facts, page) = file::facts(&bytes, format, settings, &mut issues);
        extraction.file = Some(facts);
        if let Some(page) = page {
            as_page::read(input, &page, &mut extraction);
        }
        extraction
    } else {
        let mut extraction = read_text(input, &bytes, settings, &mut issues);
        if wanted_file {
            let (mut facts, _) = file::facts(&bytes, format, settings, &mut issues);
            facts.opens = !is_data && is_page_in_place_of_file(input.url, extraction.kind);
            extraction.file = Some(facts);
        }
        extraction
    };
    if is_file && !(200..300).contains(&input.status) {
        extraction.kind_because = format!("{}, answered with {}", extraction.kind_because, input.status);
    }
    extraction.issues.splice(0..0, issues);
    extraction
}

fn is_download(headers: &[(String, Vec<u8>)]) -> bool {
    coding::header(headers, "content-disposition")
        .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("attachment"))
}

/// A page serves in place of a file only where the address does not promise another format and the page is about
/// something.
fn is_page_in_place_of_file(url: &Url, kind: PageKind) -> bool {
    !kind.is_in_the_way() && !roles::has_file_extension(url.as_str())
}

/// An extraction in which nothing was read.
fn blank(kind: PageKind, because: String) -> Extraction {
    Extraction { kind_because: because, text_shape: shape("", None), ..Extraction::empty(kind) }
}

fn read_text(input: &Input<'_>, bytes: &[u8], settings: &Settings, issues: &mut Vec<Issue>) -> Extraction {
    let content_type = coding::header(input.headers, "content-type");
    let (text, charset) = charset::decode(bytes, content_type.as_deref());
    if let Some(declared) = &charset.contradicted {
        issues.push(Issue {
            kind: "charset_lie".to_owned(),
            detail: format!("declared {declared}, really {}", charset.used),
            at: Locator::Whole,
        });
    }
    let value = json::parse(&text);
    let promises_data = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
    if promises_data && value.is_none() && !text.trim().is_empty() {
        issues.push(Issue {
            kind: "no_data".to_owned(),
            detail: "the type says JSON, and it is something else: often an error page".to_owned(),
            at: Locator::Whole,
        });
    }
    let mut extraction = if let Some(value) = value {
        read_data(input, &text, &value, settings)
    } else if nesting::may_be_parsed(&text) {
        if file::format_of(bytes) == FileFormat::Text {
            read_page(input, &paragraphs(&text), settings)
        } else {
            read_page(input, &text, settings)
        }
    } else {
        issues.push(Issue {
            kind: "nested_too_deep".to_owned(),
            detail: format!("deeper than {} levels, or made to multiply; not parsed", nesting::MAX_DEPTH),
            at: Locator::Whole,
        });
        blank(PageKind::Other, "markup too deep to be parsed".to_owned())
    };
    extraction.charset = charset;
    extraction
}

/// Plain text as a document: one paragraph a line.
fn paragraphs(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    escaped.lines().flat_map(|line| ["<p>", line, "</p>\n"]).collect()
}

fn read_data(input: &Input<'_>, source: &str, value: &serde_json::Value, settings: &Settings) -> Extraction {
    let dialect = dialect::of(&Sight { url: input.url, source, dom: None }, input.dialect);
    let answer = Answer { url: input.url, query: input.query, value };
    let mut extraction = match (dialect.data)(&answer) {
        Some(reading) => of_family(reading, input, value, settings),
        None => of_structure(input, value, settings),
    };
    dialect.id.clone_into(&mut extraction.dialect);
    extraction
}

/// A data answer that its family has read.
fn of_family(reading: DataReading, input: &Input<'_>, value: &serde_json::Value, settings: &Settings) -> Extraction {
    let DataReading { kind, links, shown_at } = reading;
    let (kind, because, guide) = match kind {
        DataKind::Guide(guide) => (PageKind::Guide, "data of a guide, by its family", Some(guide)),
        DataKind::List => (PageKind::GuideList, "a list of guides, by its family", None),
        DataKind::NotFound => (PageKind::SoftNotFound, "its family's words for `not found`", None),
        DataKind::Other => (PageKind::Data, "data, by its family", None),
    };
    if let (PageKind::Data, Some(obstacle)) = (kind, refusal(input, &json::text(value), links.len(), settings)) {
        let (kind, because) = (classify::kind_of(&obstacle), classify::words_of(&obstacle));
        return Extraction { obstacle: Some(obstacle), links, ..data(kind, because, input, value) };
    }
    let mut extraction = Extraction { shown_at, links, ..data(kind, because.to_owned(), input, value) };
    if let Some(reading) = guide {
        keep_guide(*reading, &mut extraction);
    }
    extraction
}

/// A data answer as the generic reader sees it.
fn of_structure(input: &Input<'_>, value: &serde_json::Value, settings: &Settings) -> Extraction {
    let text = json::text(value);
    let links = json::links(value, input.url, settings.max_links);
    let replies = json::letters(value, input.url, input.date);
    let reading = guide::read_json(value, input.url).filter(|reading| classify::is_guide(Some(reading)));
    let obstacle = reading.is_none().then(|| refusal(input, &text, links.len(), settings)).flatten();
    let (kind, because) = if reading.is_some() {
        (PageKind::Guide, "data of a guide".to_owned())
    } else if let Some(obstacle) = &obstacle {
        (classify::kind_of(obstacle), classify::words_of(obstacle))
    } else if links.is_empty() && replies.is_none() && not_found::says_not_found(&text, "") {
        (PageKind::SoftNotFound, "data that say that there is nothing here".to_owned())
    } else {
        (PageKind::Data, "JSON".to_owned())
    };
    let mut extraction = Extraction { obstacle, replies, links, ..data(kind, because, input, value) };
    if let Some(reading) = reading {
        keep_guide(reading, &mut extraction);
    }
    extraction
}

fn data(kind: PageKind, because: String, input: &Input<'_>, value: &serde_json::Value) -> Extraction {
    let text = json::text(value);
    Extraction {
        text_length: words::width(&text),
        text_shape: shape(&text, Some(input.url)),
        item: dialect::item_code(input.url),
        ..blank(kind, because)
    }
}

fn keep_guide(reading: guide::GuideReading, extraction: &mut Extraction) {
    roles::of_guide(&reading.guide, &mut extraction.links);
    extraction.issues.extend(reading.issues);
    extraction.title = reading.guide.title.stated().cloned();
    extraction.guide = Some(Box::new(reading.guide));
}

/// The obstacle in the clothes of data: a firewall or a login that answers scripts in their own language.
fn refusal(input: &Input<'_>, text: &str, links: usize, settings: &Settings) -> Option<Obstacle> {
    let path = input.url.path();
    let (title, linked, source, password, article) = ("", "", "", false, false);
    if links > 0 && (200..300).contains(&input.status) {
        return None;
    }
    settings.blocks.find(&Seen { status: input.status, path, text, linked, title, source, links, password, article })
}

fn read_page(input: &Input<'_>, source: &str, settings: &Settings) -> Extraction {
    let dom = Dom::parse(source);
    let dialect = dialect::of(&Sight { url: input.url, source, dom: Some(&dom) }, input.dialect);
    let page = Page::new(&dom, input, dialect);
    let mut issues = Vec::new();
    let mut links = links::read(&page, settings, &mut issues);
    (dialect.links)(&page, &mut links);
    let reading = guide::read_as(&dom, &page.base, dialect);
    let found = replies::read(&page);
    let letters = found.as_ref().map(|found| match found {
        replies::Found::List(_) => Letters::List,
        replies::Found::One(_) => Letters::One,
    });
    let scenarios = scenario::read(&page, &links);
    let dated = dated::read(&page);
    let Classified { kind, because, obstacle } = classify::classify(&Evidence {
        page: &page,
        status: input.status,
        built: input.built,
        source,
        guide: reading.as_ref(),
        links: &links,
        scenarios: &scenarios,
        letters,
        dated: &dated,
        blocks: &settings.blocks,
    });
    let asks_for_data = links.iter().any(|link| link.role == LinkRole::Data);
    let skeleton = reading
        .as_ref()
        .filter(|reading| asks_for_data && reading.labels_with_value + reading.labels_blank >= SKELETON_LABELS)
        .map(|reading| Box::new(reading.guide.clone()));
    let guide = reading.filter(|_| kind == PageKind::Guide).map(|reading| {
        issues.extend(reading.issues);
        roles::of_guide(&reading.guide, &mut links);
        Box::new(reading.guide)
    });
    let mut mobile = mobile::read(&page);
    for (node, bytes) in mobile::inline_pictures(&page, MAX_INLINE_PICTURES) {
        let codes = raster::read(&bytes, settings, &mut issues).qr;
        mobile.extend(codes.iter().filter_map(|text| mobile::decoded(node, text)));
    }
    Extraction {
        dialect: dialect.id.to_owned(),
        item: dialect::item_code(input.url),
        skeleton,
        guide,
        scenarios,
        replies: found.map(|(replies::Found::List(list) | replies::Found::One(list))| list),
        entries: interaction::entries(&page, &links),
        mobile,
        site: site::read(&dom),
        dated,
        search: search::read(&page),
        more: more::read(&dom),
        links,
        issues,
        text_length: words::width(&page.text),
        text_shape: shape(&page.text, Some(input.url)),
        title: page.title,
        obstacle,
        ..blank(kind, because)
    }
}

/// So many labels of a guide make a page whose missing labels are missing for a visitor too.
const SKELETON_LABELS: usize = 5;

/// Pictures written into a page that are searched for codes; a page offers a handful of channels.
const MAX_INLINE_PICTURES: usize = 6;

/// The digest of a text without digits, white space and the page's own address, which pages that say "not found"
/// like to repeat.
fn shape(text: &str, url: Option<&Url>) -> String {
    let mut text = text.to_owned();
    if let Some(url) = url {
        text = text.replace(url.as_str(), "");
        if url.path().len() > 1 {
            text = text.replace(url.path(), "");
        }
    }
    let shape: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_numeric()).collect();
    Digest::of(shape.as_bytes()).as_str().to_owned()
}
