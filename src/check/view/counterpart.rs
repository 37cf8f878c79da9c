//! The same errand on two channels: by item code, else by title and department, never by guesswork.
//!
//! Comes in: a guide and the guides of the other channels. Goes out: the one that is about the same errand, or that it
//! cannot be told which. Must never know: what the guides say besides.

use std::collections::BTreeSet;

use crate::check::wording::{core, same_body};
use crate::model::{Element, ServiceGuide};

use super::{GuideSubject, View};

/// What there is on the other channel.
pub enum Counterpart<'v, 'a> {
    /// The same errand.
    Found(&'v GuideSubject<'a>),
    /// Several that could be it, or one of which that cannot be told.
    Unclear,
    /// None was read.
    Nowhere,
}

/// How sure it is that two guides are about the same errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// Another errand.
    Other,
    /// It could be the same.
    Possible,
    /// Title and department are the same.
    Named,
    /// One code names the item, the other one of its handling items.
    Parent,
    /// The same code.
    Coded,
}

impl<'a> View<'a> {
    /// The same errand on a web channel of the other kind.
    #[must_use]
    pub fn counterpart(&self, subject: &GuideSubject<'_>) -> Counterpart<'_, 'a> {
        let Some(guide) = subject.guide else { return Counterpart::Nowhere };
        let alike = |other: &GuideSubject<'_>| other.guide.map_or(Likeness::Other, |other| likeness(guide, other));
        let of_kind =
            |same: bool| self.guides.iter().filter(move |other| (other.channel.kind == subject.channel.kind) == same);
        let mut best = Likeness::Other;
        let mut found: Vec<&GuideSubject<'a>> = Vec::new();
        for other in of_kind(false) {
            let how = alike(other);
            if how > best {
                found.clear();
                best = how;
            }
            if how == best && how > Likeness::Other {
                found.push(other);
            }
        }
        let one_page =
            found.iter().all(|other| other.channel.id != found[0].channel.id || other.key() == found[0].key());
        match (best, found.first()) {
            (Likeness::Other, _) | (_, None) => Counterpart::Nowhere,
            (Likeness::Coded, Some(other)) if one_page => Counterpart::Found(other),
            // The same item under another guide of our own channel: which of them the other side means is not said.
            (Likeness::Parent | Likeness::Named, Some(other))
                if one_page && of_kind(true).filter(|own| alike(own) >= Likeness::Named).count() <= 1 =>
            {
                Counterpart::Found(other)
            }
            _ => Counterpart::Unclear,
        }
    }
}

fn likeness(a: &ServiceGuide, b: &ServiceGuide) -> Likeness {
    let (codes, others) = (Codes::of(a), Codes::of(b));
    if let Some(likeness) = codes.compare(&others) {
        return likeness;
    }
    let (title, other) = (title(a), title(b));
    if title.is_empty() || title != other {
        return Likeness::Other;
    }
    match (department(a), department(b)) {
        (Some(ours), Some(theirs)) if same_body(ours, theirs) => Likeness::Named,
        (Some(_), Some(_)) => Likeness::Other,
        _ => Likeness::Possible,
    }
}

/// The codes of a guide that name one errand, by their form.
#[derive(Default)]
struct Codes {
    /// 31 characters: the item (实施编码), its own or that of a handling item.
    items: BTreeSet<String>,
    /// 33 characters: the handling item (业务办理项编码).
    handling: BTreeSet<String>,
    /// Older and local codes.
    others: BTreeSet<String>,
}

/// Length of an implementation code (实施编码).
const ITEM: usize = 31;

/// Length of a handling-item code (业务办理项编码).
const HANDLING: usize = 33;

/// Shorter codes are catalogue codes (基本编码), which every body that handles such items shares.
const SHORTEST: usize = 13;

impl Codes {
    fn of(guide: &ServiceGuide) -> Self {
        let mut codes = Self::default();
        let written = [Element::ItemCode, Element::HandlingItemCode].iter().filter_map(|element| guide.text(*element));
        let read = guide.code.iter().map(|code| code.value.as_str());
        let base = guide.text(Element::BaseCode).map(plain_code);
        for code in written.chain(read).map(plain_code) {
            let is_code = code.len() >= SHORTEST && code.bytes().any(|byte| byte.is_ascii_digit());
            if !is_code || base.as_ref() == Some(&code) {
                continue;
            }
            match code.len() {
                ITEM => {
                    codes.items.insert(code);
                }
                HANDLING => {
                    codes.items.insert(code[..ITEM].to_owned());
                    codes.handling.insert(code);
                }
                _ => {
                    codes.others.insert(code);
                }
            }
        }
        codes
    }

    /// What the codes say; `None` where they are not of the same form and say nothing of each other.
    fn compare(&self, other: &Self) -> Option<Likeness> {
        let shared = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.intersection(b).next().is_some();
        if shared(&self.handling, &other.handling) || shared(&self.others, &other.others) {
            return Some(Likeness::Coded);
        }
        if !self.handling.is_empty() && !other.handling.is_empty() {
            return Some(Likeness::Other);
        }
        if shared(&self.items, &other.items) {
            let both_items = self.handling.is_empty() && other.handling.is_empty();
            return Some(if both_items { Likeness::Coded } else { Likeness::Parent });
        }
        let clash = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_empty() && !b.is_empty();
        let of_one_length = self.others.iter().any(|code| other.others.iter().any(|known| known.len() == code.len()));
        (clash(&self.items, &other.items) || of_one_length).then_some(Likeness::Other)
    }
}

/// A code without separators, letters large.
fn plain_code(text: &str) -> String {
    core(text).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The title beneath its spelling; what stands in parentheses belongs to it (个人, 企业, 变更 …).
fn title(guide: &ServiceGuide) -> String {
    let title = guide.title.value().map_or("", String::as_str);
    let bare = core(title);
    let bare = bare.strip_prefix("办事指南").unwrap_or(&bare);
    bare.strip_suffix("办事指南").unwrap_or(bare).to_owned()
}

fn department(guide: &ServiceGuide) -> Option<&str> {
    guide.text(Element::Department).or_else(|| guide.text(Element::AcceptingBody))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{guide, located, put};

    const ITEM_CODE: &str = "11330100MB2D24374A4000131001000";

    fn coded(code: &str) -> ServiceGuide {
        let mut guide = guide("公司设立登记");
        guide.code = (!code.is_empty()).then(|| located(plain_code(code), code));
        guide
    }

    fn alike(a: &str, b: &str) -> Likeness {
        let (a, b) = (coded(a), coded(b));
        assert_eq!(likeness(&a, &b), likeness(&b, &a), "symmetric");
        likeness(&a, &b)
    }

    #[test]
    fn letter_case_and_separators_do_not_make_another_code() {
        assert_eq!(alike(ITEM_CODE, &ITEM_CODE.to_lowercase()), Likeness::Coded);
        assert_eq!(alike("511A0138000000-511602000000-000", "511a0138000000511602000000000"), Likeness::Coded);
        let other = ITEM_CODE.replace("1001000", "1002000");
        assert_eq!(alike(ITEM_CODE, &other), Likeness::Other);
    }

    #[test]
    fn a_handling_item_belongs_to_its_item_and_is_not_its_sibling() {
        let (first, second) = (format!("{ITEM_CODE}01"), format!("{ITEM_CODE}02"));
        assert_eq!(alike(&first, ITEM_CODE), Likeness::Parent);
        assert_eq!(alike(&first, &first), Likeness::Coded);
        assert_eq!(alike(&first, &second), Likeness::Other);
        // A page that shows both codes is known by the more exact one.
        let mut both = coded(ITEM_CODE);
        put(&mut both, Element::HandlingItemCode, &first);
        assert_eq!(likeness(&both, &coded(&first)), Likeness::Coded);
        assert_eq!(likeness(&both, &coded(&second)), Likeness::Other);
    }

    #[test]
    fn a_catalogue_code_names_a_kind_of_item_and_not_an_errand() {
        let mut other = coded("000131001000");
        put(&mut other, Element::Department, "宁波市市场监督管理局");
        assert_eq!(likeness(&coded("000131001000"), &other), Likeness::Other);
    }

    #[test]
    fn codes_of_different_generations_leave_it_to_title_and_department() {
        let old = "XK330100000131001000ABCD";
        assert_eq!(alike(ITEM_CODE, old), Likeness::Named);
        assert_eq!(alike(ITEM_CODE, ""), Likeness::Named);
        assert_eq!(alike(old, &old.replace("ABCD", "ABCE")), Likeness::Other);
        let mut elsewhere = coded("");
        put(&mut elsewhere, Element::Department, "杭州市公安局");
        assert_eq!(likeness(&coded(ITEM_CODE), &elsewhere), Likeness::Other);
        elsewhere.elements.remove(&Element::Department);
        assert_eq!(likeness(&coded(ITEM_CODE), &elsewhere), Likeness::Possible);
    }

    #[test]
    fn a_title_in_other_brackets_is_the_same_and_another_case_is_not() {
        let titled = |words: &str| {
            let mut guide = coded("");
            guide.title = crate::check::guide_testing::stated(words.to_owned(), words);
            guide
        };
        let portal = titled("公司设立登记（个人）");
        assert_eq!(likeness(&portal, &titled("公司设立登记(个人) 办事指南")), Likeness::Named);
        assert_eq!(likeness(&portal, &titled("公司设立登记（企业）")), Likeness::Other);
        assert_eq!(likeness(&portal, &titled("公司设立登记")), Likeness::Other);
    }
}
