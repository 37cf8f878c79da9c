//! Mobile H5 pages: headings followed by paragraphs, or label and value in a list of boxes.
//!
//! All of it is read by structure. What only this family has: the heading in the page's header is the errand, even
//! where its words are those of a section elsewhere (行政复议); `<title>` says nothing (`Document`).

use super::{Dialect, GENERIC, Sight, Supplement};
use crate::extract::dom::Css;
use crate::extract::text::squeeze;
use crate::model::Element;

/// The family.
pub(super) const DIALECT: Dialect =
    Dialect { id: "h5", name_zh: "手机 H5", name_en: "mobile H5 pages", recognises, fields, ..GENERIC };

/// Structure alone: any software could make such a page, so every other family goes before.
const BY_STRUCTURE: u8 = 20;

fn recognises(sight: &Sight<'_>) -> u8 {
    let Some(dom) = sight.dom else { return 0 };
    let has_head = dom.first(&Css::new("header h2")).is_some();
    let has_body = dom.first(&Css::new("h5 + p, div.list > p")).is_some();
    if has_head && has_body { BY_STRUCTURE } else { 0 }
}

/// Errands whose names are also those of sections.
const ALSO_SECTIONS: [&str; 3] = ["行政复议", "行政诉讼", "告知承诺"];

fn fields(page: &mut Supplement<'_, '_>) {
    let head = page.nodes().find(|node| {
        node.name() == "h2"
            && node.ancestors().any(|around| around.name() == "header")
            && ALSO_SECTIONS.contains(&squeeze(&node.text_up_to(LONGEST_TITLE)).as_str())
    });
    if let Some(head) = head.filter(|_| !page.states(Element::ItemName)) {
        page.add_named(Element::ItemName, head);
    }
}

/// The bytes of a heading that are looked at; the names above have twelve.
const LONGEST_TITLE: usize = 60;

#[cfg(test)]
mod tests {
    use crate::extract::testing::extracted;

    fn title(head: &str) -> Option<String> {
        let html = format!(
            "<title>Document</title><header><h2>{head}</h2></header><h5>受理条件</h5><p>不服决定的</p>\
             <h5>申请材料</h5><p>申请书</p><h5>承诺期限</h5><p>60日</p>"
        );
        extracted("http://h.test/m/1.html", &html).guide.expect("a guide").title.value().cloned()
    }

    #[test]
    fn the_heading_of_the_header_is_the_errand_even_where_it_is_a_section_elsewhere() {
        assert_eq!(title("行政复议").as_deref(), Some("行政复议"));
        assert_eq!(title("居住证申领").as_deref(), Some("居住证申领"));
        assert_eq!(title("办理须知"), None);
    }
}
