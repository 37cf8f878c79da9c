//! The guide reader: a page, or data in it, to a [`ServiceGuide`] with the place of every value.
//!
//! Comes in: a parsed document and its address. Goes out: a reading, how surely it is a guide at all, and issues; never an
//! error. Must never know: cities, portals' names, files, network.
//!
//! Order of reading: `page` finds labels once; `fields` joins them with content over all layouts (`tables`,
//! `tabs`, `labels`, `anchors`, `inline`, `strip`, `script`); `assembly` turns fields into the guide with
//! `values`, `materials`, `steps` and `flowchart`.

mod anchors;
mod assembly;
mod box_words;
mod data_rows;
mod drawn;
mod fields;
mod flowchart;
mod forms;
mod inline;
mod labels;
mod materials;
mod page;
mod script;
mod slots;
mod step_text;
mod steps;
mod strip;
mod svg;
mod tables;
mod tabs;
mod tiles;
mod title;
mod values;
mod way;

#[cfg(test)]
mod layout_tests;
#[cfg(test)]
mod part_tests;
#[cfg(test)]
mod realdata_tests;

use serde_json::Value;
use url::Url;

use crate::extract::dialect::{Dialect, GENERIC, Supplement};
use crate::extract::dom::Dom;
use crate::model::extraction::Issue;
use crate::model::{Locator, ServiceGuide, Step};

pub use drawn::drawn;
pub(in crate::extract) use fields::{Field, Found, Layout, Pictured};
pub(in crate::extract) use page::{Content, Page as GuidePage};
pub(in crate::extract) use script::Vocabulary;
pub use svg::svg_process;

/// A guide as it was read.
#[derive(Debug, Clone)]
pub struct GuideReading {
    /// The guide.
    pub guide: ServiceGuide,
    /// How surely the page is a guide at all, 0 to 1; a page below one half is something else that mentions one.
    pub confidence: f64,
    /// What could not be read, or was read with a doubt.
    pub issues: Vec<Issue>,
    /// Elements that are labelled and have something in the place of the value.
    pub labels_with_value: usize,
    /// Elements that are labelled and have nothing there, or the remains of a template.
    pub labels_blank: usize,
}

/// Reads the guide of a page of no particular family; `None` if the page has no trace of one.
#[must_use]
pub fn read(dom: &Dom, base: &Url) -> Option<GuideReading> {
    read_as(dom, base, &GENERIC)
}

/// Reads the guide of a page of this family; `None` if the page has no trace of one.
#[must_use]
pub fn read_as(dom: &Dom, base: &Url, dialect: &Dialect) -> Option<GuideReading> {
    let mut page = page::Page::new(dom, base);
    let mut found = fields::collect(&mut page);
    (dialect.fields)(&mut Supplement::new(&page, &mut found));
    let data = script::read(&page.scripts, base);
    let chart = flowchart::read(&page, &found);
    let title = title::read(dom, &page);
    let article = assembly::is_article(dom);
    assembly::assemble(found, data, assembly::Surroundings { chart, title, article, base })
}

/// The steps of a line that is a chain of arrows (受理 → 审查 → 决定); `None` for any other line.
#[must_use]
pub fn chain_of_steps(line: &str, at: &Locator) -> Option<Vec<Step>> {
    step_text::arrows(&[line.to_owned()], at)
}

/// Reads a guide that is a JSON document of its own; `None` if it has no trace of one.
#[must_use]
pub fn read_json(value: &Value, base: &Url) -> Option<GuideReading> {
    read_data(value, base, &Vocabulary::GENERIC)
}

/// Reads a guide that is a JSON document in the words of one page family; `None` if it has no trace of one.
#[must_use]
pub(in crate::extract) fn read_data(value: &Value, base: &Url, words: &'static Vocabulary) -> Option<GuideReading> {
    let data = script::read_document(value, base, words);
    let found = fields::Found { fields: Vec::new(), grids: Vec::new(), pictured: None };
    let around = assembly::Surroundings {
        chart: crate::model::Reading::Absent,
        title: crate::model::Reading::Absent,
        article: false,
        base,
    };
    assembly::assemble(found, data, around)
}
