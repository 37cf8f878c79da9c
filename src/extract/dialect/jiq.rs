//! The Sichuan platform: list fragments with addresses in handlers, a head strip without labels.
//!
//! Lists are fragments whose hidden inputs count the pages and whose handlers (`ywblurl('…')`) hold the addresses;
//! the generic readers know both. Guides stand behind a redirector (`ywTransToDetail`). What only this family has is
//! the strip of three values at the head of a guide, and the list of areas that a script asks for.

use serde_json::Value;

use super::{Answer, DataKind, DataReading, Dialect, GENERIC, Sight, Supplement, has_class};
use super::{BY_ADDRESS, BY_BOTH, BY_SOURCE};
use crate::extract::dom::{Css, Node};
use crate::model::Element;

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "jiq",
    name_zh: "四川一体化政务服务平台",
    name_en: "Sichuan jiq",
    recognises,
    fields,
    data,
    ..GENERIC
};

/// By address, and by structure rather than by words: a style sheet may name the strip without having it.
fn recognises(sight: &Sight<'_>) -> u8 {
    let address = sight.url.as_str().to_ascii_lowercase();
    let by_address = address.contains("/jiq/") || address.contains("sczwfw");
    let by_structure = sight.dom.is_some_and(|dom| {
        dom.first(&Css::new(".bannermmid li, .sub_list1_main, input#pageNoDept")).is_some()
            || sight.source.contains("ywblurl(")
    });
    match (by_address, by_structure) {
        (true, true) => BY_BOTH,
        (true, false) => BY_ADDRESS,
        (false, true) => BY_SOURCE,
        (false, false) => 0,
    }
}

/// The strip at the head says by position alone: visits, statutory limit, promised limit.
const STRIP: [Element; 3] = [Element::Visits, Element::StatutoryLimit, Element::PromisedLimit];

fn fields(page: &mut Supplement<'_, '_>) {
    let Some(strip) = page.nodes().find(|node| has_class(*node, "bannermmid")) else { return };
    let cells: Vec<Node<'_>> = strip.descendants().filter(|node| node.name() == "li").collect();
    if cells.len() != STRIP.len() {
        return;
    }
    for (element, cell) in STRIP.into_iter().zip(cells) {
        if !page.states(element) {
            page.add(element, cell);
        }
    }
}

/// The list of areas leads to the portals of other places; a city's visit does not follow it.
fn data(answer: &Answer<'_>) -> Option<DataReading> {
    let is_areas = answer.url.path().ends_with("/jitem/find-by-code") && answer.value.is_array()
        || answer.value.get("data").is_some_and(Value::is_array) && answer.url.path().ends_with("/find-by-code");
    is_areas.then(|| DataReading { kind: DataKind::Other, links: Vec::new(), shown_at: None })
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::{answered, extracted};
    use crate::model::{Element, PageKind};

    const URL: &str = "http://h.test/jiq/front/transition/ywTransToDetail?itemCode=1";

    #[test]
    fn the_strip_without_labels_is_read_by_position_and_labels_go_before_it() {
        let rows = "<table><tr><td>实施主体<td>某局<td>办件类型<td>承诺件</table><h3>受理条件</h3><p>有住所</p>";
        let strip = "<ul class=bannermmid><li>0次</li><li>无法定时限</li><li>即办</li></ul>";
        let guide = extracted(URL, &format!("{strip}{rows}")).guide.expect("a guide");
        assert_eq!(guide.text(Element::Visits), Some("0次"));
        assert_eq!(guide.text(Element::PromisedLimit), Some("即办"));
        let labelled = "<table><tr><td>承诺办结时限<td>3个工作日</table>";
        let guide = extracted(URL, &format!("{strip}{rows}{labelled}")).guide.expect("a guide");
        assert_eq!(guide.text(Element::PromisedLimit), Some("3个工作日"));
    }

    #[test]
    fn a_promise_longer_than_the_law_is_read_as_it_stands_and_another_number_of_cells_is_not_read() {
        let rows = "<table><tr><td>实施主体<td>某局<td>办件类型<td>承诺件</table><h3>受理条件</h3><p>有住所</p>";
        let strip = "<ul class=bannermmid><li>1次</li><li>5个工作日</li><li>9个工作日</li></ul>";
        let guide = extracted(URL, &format!("{strip}{rows}")).guide.expect("a guide");
        assert_eq!(
            (guide.text(Element::StatutoryLimit), guide.text(Element::PromisedLimit)),
            (Some("5个工作日"), Some("9个工作日"))
        );
        let four = "<ul class=bannermmid><li>1次</li><li>5个工作日</li><li>9个工作日</li><li>98%</li></ul>";
        let guide = extracted(URL, &format!("{four}{rows}")).guide.expect("a guide");
        assert!(guide.element(Element::PromisedLimit).is_absent() && guide.element(Element::Visits).is_absent());
    }

    #[test]
    fn a_style_sheet_that_names_the_strip_makes_no_page_of_this_family() {
        let page = extracted("http://h.test/a", "<style>.bannermmid li{}</style><p>设立登记</p>");
        assert_eq!(page.dialect, "generic");
    }

    #[test]
    fn the_list_of_areas_leads_nowhere() {
        let areas = r#"showAreas([{"name":"某区","code":"510104000000","url":"http://other.test/jiq/front"}])"#;
        let read = answered("http://h.test/jiq/interface/jitem/find-by-code?callback=showAreas", None, areas);
        assert_eq!((read.kind, read.links.len(), read.dialect.as_str()), (PageKind::Data, 0, "jiq"));
    }
}
