//! The Sichuan platform: list fragments with addresses in handlers, a head strip without labels.

use super::{Dialect, GENERIC, Marks, Supplement};
use crate::extract::dom::Node;
use crate::model::Element;

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "jiq",
    name_zh: "四川一体化政务服务平台",
    name_en: "Sichuan jiq",
    recognises: |sight| MARKS.on(sight),
    fields,
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["/jiq/", "sczwfw"], source: &["ywblurl(", "bannermmid"] };

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

fn has_class(node: Node<'_>, class: &str) -> bool {
    node.attr("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|one| one == class))
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::extracted;
    use crate::model::Element;

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
}
