//! What a guide offers in the place of a form: a link, nothing, or something that only a script can open.
//!
//! Comes in: cells, links, sections of downloads. Goes out: [`FormOffer`]s. Must never know: whether a file opens.

use url::Url;

use crate::extract::dom::Node;
use crate::extract::lexicon::{self, FormKind};
use crate::extract::text::squeeze;
use crate::model::guide::FormOffer;
use crate::model::{Element, Material};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// An address.
    Url(Url),
    /// Only a script knows.
    Script(String),
}

/// Something in a cell or section that offers a file.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Its words.
    pub(super) text: String,
    /// Where it leads.
    pub(super) destination: Destination,
    /// Which kind of form its words or its file name say it is.
    pub(super) kind: Option<FormKind>,
}

/// Endings of files that a visitor fills in.
const FORM_FILES: [&str; 8] = ["doc", "docx", "xls", "xlsx", "pdf", "wps", "et", "rtf"];

impl Candidate {
    /// Whether the address names a document.
    pub(super) fn is_file(&self) -> bool {
        match &self.destination {
            Destination::Url(url) => file_name(url)
                .rsplit_once('.')
                .is_some_and(|(_, ending)| FORM_FILES.contains(&ending.to_ascii_lowercase().as_str())),
            Destination::Script(_) => false,
        }
    }

    fn into_offer(self) -> FormOffer {
        match self.destination {
            Destination::Url(url) => FormOffer::Link { url, text: self.text },
            Destination::Script(script) => {
                FormOffer::Unfollowable { raw: if self.text.is_empty() { script } else { self.text } }
            }
        }
    }
}

/// Where an element leads; `None` if it is no link at all.
pub(super) fn destination(node: Node<'_>, base: &Url) -> Option<Destination> {
    let href = node.attr("href").or_else(|| node.attr("src").filter(|_| node.name() == "img"));
    let script =
        node.attr("onclick").or_else(|| href.filter(|href| href.to_ascii_lowercase().starts_with("javascript:")));
    if let Some(href) = href.filter(|href| !href.is_empty() && !href.starts_with('#') && script != Some(*href))
        && let Ok(url) = base.join(href)
        && matches!(url.scheme(), "http" | "https" | "file")
    {
        return Some(Destination::Url(url));
    }
    if let Some(script) = script {
        return Some(
            literal_address(script, base).map_or_else(|| Destination::Script(script.to_owned()), Destination::Url),
        );
    }
    // `href="#"` or none: a script listens, or nothing happens; we cannot know.
    (node.name() == "a" && href.is_some()).then(|| Destination::Script(href.unwrap_or_default().to_owned()))
}

/// `window.open('/files/1.doc')` and `location.href='…'` say their address themselves; other calls do not.
fn literal_address(script: &str, base: &Url) -> Option<Url> {
    let compact = script.trim_start_matches("javascript:").trim().trim_end_matches(';');
    let compact = compact.strip_prefix("return ").unwrap_or(compact);
    let rest =
        ["window.open(", "window.location.href=", "location.href=", "window.location=", "location=", "self.location="]
            .iter()
            .find_map(|call| compact.strip_prefix(call))?
            .trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (address, after) = rest[1..].split_once(quote)?;
    let after = after.trim_start();
    // An address put together from parts is not the address.
    if address.is_empty() || after.starts_with('+') {
        return None;
    }
    base.join(address).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "file"))
}

/// Which kind of form the words say.
pub(super) fn kind_of(words: &str) -> Option<FormKind> {
    let key = squeeze(words);
    let says = |list: &[&str]| list.iter().any(|word| key.contains(word));
    let sample = says(&["样表", "示例", "样本", "样例", "示范", "范本", "范例", "填写说明"]);
    let blank = says(&["空表", "空白"]);
    match (sample, blank) {
        // 空白样表 is a blank form in the language of portals.
        (_, true) => Some(FormKind::Blank),
        (true, false) => Some(FormKind::Sample),
        (false, false) => None,
    }
}

/// Everything in an element that offers a file.
pub(super) fn candidates(node: Node<'_>, base: &Url) -> Vec<Candidate> {
    let inside = std::iter::once(node).chain(node.descendants());
    let mut found: Vec<Candidate> = Vec::new();
    for item in inside {
        let is_picture = item.name() == "img"
            && !item.ancestors().any(|outer| outer.name() == "a" || outer.attr("onclick").is_some());
        if item.name() != "a" && item.attr("onclick").is_none() && !is_picture {
            continue;
        }
        if is_picture && super::flowchart::is_icon(item) && item.attr("onclick").is_none() {
            continue;
        }
        let Some(destination) = destination(item, base) else { continue };
        let text = [item.text(), item.attr("title").unwrap_or_default().to_owned(), picture_words(item)]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default();
        let file = match &destination {
            Destination::Url(url) => file_name(url),
            Destination::Script(_) => String::new(),
        };
        let kind = kind_of(&text).or_else(|| item.attr("title").and_then(kind_of)).or_else(|| kind_of(&file));
        found.push(Candidate { text, destination, kind });
    }
    found
}

fn picture_words(node: Node<'_>) -> String {
    let own = node.attr("alt");
    own.or_else(|| node.descendants().find(|inner| inner.name() == "img").and_then(|image| image.attr("alt")))
        .unwrap_or_default()
        .to_owned()
}

/// The last part of an address's path, decoded.
pub(super) fn file_name(url: &Url) -> String {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    percent_decoded(last)
}

/// Percent-encoding undone as far as it gives text.
pub(super) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |index: usize| bytes.get(index).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
            }
            (byte, _, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What a cell of a column of one kind offers.
pub(super) fn offer(cell: Node<'_>, kind: FormKind, base: &Url) -> FormOffer {
    let mut found = candidates(cell, base);
    let at = found
        .iter()
        .position(|candidate| candidate.kind == Some(kind))
        .or_else(|| found.iter().position(|candidate| candidate.kind.is_none()))
        .or_else(|| (!found.is_empty()).then_some(0));
    match at {
        Some(at) => found.swap_remove(at).into_offer(),
        None => words_offer(&cell.text()),
    }
}

/// What bare words in the place of a form offer.
pub(super) fn words_offer(text: &str) -> FormOffer {
    let key = squeeze(text);
    let nothing = matches!(key.as_str(), "无" | "没有" | "否" | "不需要" | "无需" | "不提供" | "无需提供" | "不涉及");
    let points_elsewhere = key.contains("附件");
    if nothing || (lexicon::is_placeholder(Element::Place, text) && !points_elsewhere) {
        FormOffer::Nothing { raw: text.to_owned() }
    } else {
        FormOffer::Unfollowable { raw: text.to_owned() }
    }
}

/// What a cell offers whose column says both kinds, or only that there are files: blank form and sample.
pub(super) fn offers_of_any(cell: Node<'_>, head: &str, base: &Url) -> (FormOffer, FormOffer) {
    let found = candidates(cell, base);
    let head = squeeze(head);
    let promises_sample = head.contains('样') || head.contains("示例");
    let promises_blank = head.contains('空') || head.contains("表格");
    let pick = |kind: FormKind| {
        found.iter().find(|candidate| candidate.kind == Some(kind)).cloned().map(Candidate::into_offer)
    };
    let unnamed = found.iter().find(|candidate| candidate.kind.is_none()).cloned().map(Candidate::into_offer);
    let raw = cell.text();
    let sample = pick(FormKind::Sample);
    // An unnamed file in a column that promises both could be either: we cannot say that the other is missing.
    let missing = |promised: bool| match (promised, &unnamed) {
        (true, Some(FormOffer::Link { text, .. })) => FormOffer::Unfollowable { raw: text.clone() },
        (true, Some(other)) => other.clone(),
        (true, None) if found.is_empty() => words_offer(&raw),
        (true, None) => FormOffer::Nothing { raw: raw.clone() },
        (false, _) => FormOffer::Absent,
    };
    let blank = pick(FormKind::Blank).or_else(|| unnamed.clone()).unwrap_or_else(|| missing(promises_blank));
    let sample = sample.unwrap_or_else(|| missing(promises_sample));
    (blank, sample)
}

/// Attaches the files of a download section (样表下载, 表格下载) to the materials they name.
///
/// A file whose material is not clear makes the forms of the remaining materials uncertain, never missing.
pub(super) fn attach(materials: &mut [Material], files: Vec<Candidate>, section: FormKind) {
    let mut left: Vec<String> = Vec::new();
    for file in files {
        let kind = file.kind.unwrap_or(section);
        let name = bare_name(&file.text);
        let matching: Vec<usize> =
            (0..materials.len()).filter(|at| same_name(&bare_name(&materials[*at].name), &name)).collect();
        if let [only] = matching.as_slice() {
            let slot = slot(&mut materials[*only], kind);
            if matches!(slot, FormOffer::Absent | FormOffer::Nothing { .. }) {
                *slot = file.into_offer();
            }
        } else {
            left.push(file.text);
        }
    }
    let Some(words) = left.first() else { return };
    for material in materials.iter_mut() {
        let slot = slot(material, section);
        if matches!(slot, FormOffer::Absent) {
            *slot = FormOffer::Unfollowable { raw: words.clone() };
        }
    }
}

fn slot(material: &mut Material, kind: FormKind) -> &mut FormOffer {
    match kind {
        FormKind::Blank => &mut material.blank_form,
        FormKind::Sample => &mut material.sample_form,
    }
}

/// A form's name without numbering, marks, extension and the words for its kind.
fn bare_name(name: &str) -> String {
    let key = squeeze(crate::extract::text::without_numbering(name));
    let key = key
        .rsplit_once('.')
        .filter(|(_, ending)| ending.len() <= 4 && ending.is_ascii())
        .map_or(key.clone(), |(head, _)| head.to_owned());
    let mut key = key;
    for word in
        ["示例样表", "空白表格", "空白样表", "样表", "空表", "空白", "示例", "样本", "样例", "范本", "下载", "填写"]
    {
        key = key.replace(word, "");
    }
    key.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn same_name(material: &str, file: &str) -> bool {
    // Names of three characters or fewer (申请表) are too common to be found inside others.
    let long = |name: &str| name.chars().count() > 3;
    !file.is_empty()
        && (material == file || (long(file) && material.contains(file)) || (long(material) && file.contains(material)))
}
