//! The layouts of real page families, as templates of our own, with what each has room for.
//!
//! Comes in: a view. Goes out: the text of a page. Must never know: what is said there.

use std::sync::OnceLock;

use minijinja::{Environment, context};

use super::services::{self, Service};
use super::view::View;
use crate::demo::pages::templates::environment_of;
use crate::model::Element;

/// One layout.
#[derive(Debug)]
pub(super) struct Layout {
    /// Name of the family, and of the template.
    pub(super) name: &'static str,
    /// Whether it is a page for telephones.
    pub(super) mobile: bool,
    /// The encoding of its pages.
    pub(super) charset: Charset,
    /// Whether materials are a numbered list, which has no place for forms.
    pub(super) listed: bool,
    /// Rows it has no room for.
    pub(super) lacks: &'static [Element],
    /// Elements that the template shows by itself; their absence is not labelled.
    pub(super) adds: &'static [Element],
    /// The service that the page's scripts ask for all that it says; `None` if it stands in the page.
    pub(super) service: Option<Service>,
    /// Whether a chart can be drawn in the page itself.
    pub(super) drawn: bool,
    /// What stands where nothing is offered.
    pub(super) none: &'static str,
    /// Words of a link to a blank form.
    pub(super) blank_link: &'static str,
    /// Words of a link to a sample.
    pub(super) sample_link: &'static str,
}

impl Layout {
    /// Whether limits and visits stand in a strip of cards instead of the rows.
    pub(super) fn has_strip(&self) -> bool {
        self.lacks.contains(&Element::Visits)
    }
}

/// Encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    Gbk,
}

const PLAIN: Layout = Layout {
    name: "",
    mobile: false,
    charset: Charset::Utf8,
    listed: false,
    lacks: &[],
    adds: &[],
    service: None,
    drawn: true,
    none: "无",
    blank_link: "下载",
    sample_link: "下载",
};

const STRIP: &[Element] = &[Element::StatutoryLimit, Element::PromisedLimit, Element::Visits];

/// Every layout.
pub(super) const LAYOUTS: &[Layout] = &[
    Layout { name: "gd", ..PLAIN },
    Layout { name: "sc", adds: &[Element::Faq, Element::HallEntry], ..PLAIN },
    Layout { name: "sd", none: "-", ..PLAIN },
    Layout { name: "bj", none: "", ..PLAIN },
    Layout { name: "epoint", adds: &[Element::SpecialProcedure], ..PLAIN },
    Layout { name: "icity", blank_link: "空白表格", sample_link: "示例样表", ..PLAIN },
    Layout { name: "cms", blank_link: "空表", sample_link: "样表", ..PLAIN },
    Layout {
        name: "tabs",
        adds: &[Element::SpecialProcedure],
        blank_link: "空表下载",
        sample_link: "样表下载",
        ..PLAIN
    },
    Layout { name: "gbk", charset: Charset::Gbk, ..PLAIN },
    Layout { name: "vue", none: "--", ..PLAIN },
    Layout { name: "state", none: "", drawn: false, ..PLAIN },
    Layout { name: "cards", lacks: STRIP, ..PLAIN },
    Layout { name: "h5", mobile: true, none: "", ..PLAIN },
    Layout { name: "divlist", mobile: true, ..PLAIN },
    Layout {
        name: "wcq",
        mobile: true,
        lacks: &[Element::StatutoryLimit, Element::PromisedLimit, Element::Visits, Element::ItemCode],
        ..PLAIN
    },
    Layout { name: "msgs", mobile: true, none: "-", ..PLAIN },
    Layout { name: "grid", ..PLAIN },
    Layout { name: "prose", listed: true, ..PLAIN },
    Layout { name: "gdapi", service: Some(Service::Guangdong), lacks: services::LACKS, drawn: false, ..PLAIN },
    Layout { name: "epointapi", service: Some(Service::Epoint), lacks: services::LACKS, drawn: false, ..PLAIN },
    Layout { name: "sheet", mobile: true, listed: true, ..PLAIN },
];

macro_rules! embedded {
    ($($name:literal)*) => {
        const TEMPLATES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../fixtures/layouts/", $name, ".html")))),*];
    };
}

embedded! {
    "parts" "gd" "sc" "sd" "bj" "epoint" "icity" "cms" "tabs" "gbk" "vue" "state" "cards" "h5" "divlist" "wcq" "msgs" "grid"
    "prose" "sheet" "gdapi" "epointapi"
}

/// What a page shows besides the guide.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// Titles of other guides.
    pub(super) related: Vec<String>,
    /// Name of the site.
    pub(super) site: &'static str,
    /// What follows labels where the layout allows it.
    pub(super) colon: &'static str,
}

/// The text of a page.
pub(super) fn render(layout: &Layout, view: &View, around: &Surroundings) -> String {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    let environment = ENVIRONMENT.get_or_init(|| environment_of(TEMPLATES));
    let template = environment.get_template(layout.name).expect("every layout has an embedded template");
    template
        .render(context! { g => view, related => around.related, site => around.site, colon => around.colon })
        .expect("the embedded templates render, which the tests prove")
}
