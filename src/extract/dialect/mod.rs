//! Page families (dialects): which portal software made a page, and what is peculiar to it.
//!
//! Comes in: a page or a data answer. Goes out: the family, and what only it knows how to read. Must never know: cities.
//!
//! A family is a value, one file each, one line in [`DIALECTS`]. Whatever it does not say is read by the generic
//! readers, which go by structure; a family only adds what structure cannot tell: values without labels in reach,
//! addresses that only its scripts put together, the data those scripts load.

mod asking;
mod beijing;
mod code;
mod epoint;
mod eui;
mod gdzwfw;
mod h5;
mod icity;
mod jiq;
mod jpaas;
mod supplement;
mod trs;
mod visualsitebuilder;
mod zhejiang;

use serde_json::Value;
use url::Url;

use super::dom::Dom;
use super::guide::GuideReading;
use super::page::Page;
use crate::model::{Link, QueryBody, QueryRule};

pub(in crate::extract) use code::item_code;
pub(in crate::extract) use supplement::{Supplement, has_class};

/// A page family.
#[derive(Clone, Copy)]
pub struct Dialect {
    /// Stable id, as it stands in target files and records.
    pub id: &'static str,
    /// Name in Chinese.
    pub name_zh: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// The read-only queries by POST that its pages make.
    pub queries: &'static [QueryRule],
    /// How surely a page or answer is this family's: 0 is not at all; see [`Marks`].
    pub(in crate::extract) recognises: fn(&Sight<'_>) -> u8,
    /// Adds to the fields of a guide's page, or corrects them, before the guide is put together.
    pub(in crate::extract) fields: fn(&mut Supplement<'_, '_>),
    /// Adds links to those of a page: lists and paging that only scripts make, and the data that they load.
    pub(in crate::extract) links: fn(&Page<'_>, &mut Vec<Link>),
    /// Where a hash route (`…/#/guide?code=`) really leads; the address comes with its fragment.
    pub(in crate::extract) route: fn(&Url) -> Option<Ask>,
    /// Reads a data answer; `None` leaves it to the generic reader.
    pub(in crate::extract) data: fn(&Answer<'_>) -> Option<DataReading>,
}

impl std::fmt::Debug for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialect").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a family is recognised by.
#[derive(Clone, Copy)]
pub(in crate::extract) struct Sight<'a> {
    /// The address.
    pub(in crate::extract) url: &'a Url,
    /// The source.
    pub(in crate::extract) source: &'a str,
    /// The document; `None` for a data answer.
    pub(in crate::extract) dom: Option<&'a Dom>,
}

/// What is to be asked of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct Ask {
    /// Address.
    pub(in crate::extract) url: Url,
    /// Query, for a POST.
    pub(in crate::extract) query: Option<QueryBody>,
}

/// A data answer.
#[derive(Clone, Copy)]
pub(in crate::extract) struct Answer<'a> {
    /// The address it was asked at.
    pub(in crate::extract) url: &'a Url,
    /// The query it was asked with.
    pub(in crate::extract) query: Option<&'a QueryBody>,
    /// What it says.
    pub(in crate::extract) value: &'a Value,
}

/// What a family read of a data answer.
#[derive(Debug, Clone)]
pub(in crate::extract) struct DataReading {
    /// What it is.
    pub(in crate::extract) kind: DataKind,
    /// Where it leads: guides of a list, further pages, further data.
    pub(in crate::extract) links: Vec<Link>,
    /// The address under which a visitor sees it, where no page of ours has that address (hash routes).
    pub(in crate::extract) shown_at: Option<Url>,
}

/// What a data answer is.
#[derive(Debug, Clone)]
pub(in crate::extract) enum DataKind {
    /// A guide.
    Guide(Box<GuideReading>),
    /// A list of guides.
    List,
    /// The service says that there is nothing here.
    NotFound,
    /// Something else.
    Other,
}

/// Parts of address and source by which most families are known.
pub(in crate::extract) struct Marks {
    /// Parts of addresses, lower case.
    pub(in crate::extract) address: &'static [&'static str],
    /// Parts of the source.
    pub(in crate::extract) source: &'static [&'static str],
}

/// An address alone: other software may use the same words.
pub(in crate::extract) const BY_ADDRESS: u8 = 60;
/// The source alone.
pub(in crate::extract) const BY_SOURCE: u8 = 70;
/// Both.
pub(in crate::extract) const BY_BOTH: u8 = 90;

impl Marks {
    /// How surely the marks are those of what is seen.
    pub(in crate::extract) fn on(&self, sight: &Sight<'_>) -> u8 {
        let address = sight.url.as_str().to_ascii_lowercase();
        let by_address = self.address.iter().any(|part| address.contains(part));
        let by_source = self.source.iter().any(|part| sight.source.contains(part));
        match (by_address, by_source) {
            (true, true) => BY_BOTH,
            (true, false) => BY_ADDRESS,
            (false, true) => BY_SOURCE,
            (false, false) => 0,
        }
    }
}

/// No family that we know: the generic readers alone. Every family begins as this.
pub const GENERIC: Dialect = Dialect {
    id: "generic",
    name_zh: "通用",
    name_en: "generic",
    queries: &[],
    recognises: |_| 0,
    fields: |_| {},
    links: |_, _| {},
    route: |_| None,
    data: |_| None,
};

/// Every family, the more particular ones first: of two that are equally sure the first is taken.
pub const DIALECTS: &[&Dialect] = &[
    &epoint::DIALECT,
    &gdzwfw::DIALECT,
    &zhejiang::DIALECT,
    &beijing::DIALECT,
    &jiq::DIALECT,
    &jpaas::DIALECT,
    &icity::DIALECT,
    &eui::DIALECT,
    &trs::DIALECT,
    &visualsitebuilder::DIALECT,
    &h5::DIALECT,
    &GENERIC,
];

/// The family with this id.
#[must_use]
pub fn named(id: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.id == id)
}

/// The ids of all families, as target files may name them.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    DIALECTS.iter().map(|dialect| dialect.id).collect()
}

/// Every query by POST that any family declares.
#[must_use]
pub fn queries() -> Vec<QueryRule> {
    DIALECTS.iter().flat_map(|dialect| dialect.queries).copied().collect()
}

/// The family of a page or answer: the one that the target file names, else the surest.
pub(super) fn of(sight: &Sight<'_>, named_by_target: Option<&str>) -> &'static Dialect {
    if let Some(dialect) = named_by_target.and_then(named) {
        return dialect;
    }
    let mut best = (0, &GENERIC);
    for dialect in DIALECTS {
        let sureness = (dialect.recognises)(sight);
        if sureness > best.0 {
            best = (sureness, dialect);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn family(url: &str, source: &str) -> &'static str {
        let url = Url::parse(url).expect("a valid address");
        let dom = Dom::parse(source);
        of(&Sight { url: &url, source, dom: Some(&dom) }, None).id
    }

    #[test]
    fn families_are_known_by_address_or_source() {
        for (url, source, id) in [
            ("http://h.test/icity/proinfo?code=1", "", "icity"),
            ("http://h.test/a", "<div class=TRS_Editor>", "trs"),
            ("http://h.test/jiq/front/transition/ywTransToDetail?itemCode=1", "", "jiq"),
            ("http://h.test/jpaas-jiq-web-jnywtb/front/transition/ywTransToDetail?innerCode=1", "", "jpaas"),
            ("http://h.test/jpaas-zjservice-server/open-api/item/getMatterListByTheme", "", "zhejiang"),
            ("http://h.test/epointzwmhwz/pages/legal/personaleventdetail_new?taskguid=1", "", "epoint"),
            ("http://h.test/portal/api/v2/item-event/getAuditItemDetailCur?TASK_CODE=1", "", "gdzwfw"),
            ("http://h.test/pubtask/task/1/110000000000/0a.html", "", "beijing"),
            ("http://h.test/a", "<p>", "generic"),
        ] {
            assert_eq!(family(url, source), id, "{url}");
        }
    }

    #[test]
    fn the_family_that_a_target_file_names_overrides_what_the_page_shows() {
        let url = Url::parse("http://h.test/icity/proinfo?code=1").expect("a valid address");
        let sight = Sight { url: &url, source: "", dom: None };
        assert_eq!(of(&sight, Some("epoint")).id, "epoint");
        assert_eq!(of(&sight, Some("generic")).id, "generic");
        assert_eq!(of(&sight, None).id, "icity");
    }

    #[test]
    fn ids_are_unique_and_names_are_given_in_both_languages() {
        let known: BTreeSet<&str> = ids().into_iter().collect();
        assert_eq!(known.len(), DIALECTS.len());
        for dialect in DIALECTS {
            assert!(!dialect.name_zh.is_empty() && !dialect.name_en.is_empty(), "{}", dialect.id);
        }
    }

    #[test]
    fn every_declared_query_says_why_it_only_reads_and_asks_for_nothing_that_writes() {
        const WRITES: [&str; 8] = ["save", "delete", "submit", "insert", "update", "add", "remove", "login"];
        for dialect in DIALECTS {
            for rule in dialect.queries {
                assert_eq!(rule.dialect, dialect.id, "a rule belongs to its family");
                assert!(rule.path.starts_with('/') && rule.path.len() > 4, "{}", rule.path);
                assert!(rule.note.len() > 10 && !rule.fields.is_empty(), "{}", rule.path);
                let lower = rule.path.to_ascii_lowercase();
                assert!(WRITES.iter().all(|word| !lower.contains(word)), "{}", rule.path);
            }
        }
    }
}
