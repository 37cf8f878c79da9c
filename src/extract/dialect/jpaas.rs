//! Hanweb `JPaaS` (大汉), Shandong: anchors `md1` to `md7`, the flowchart behind a link.
//!
//! Rows of `td.td-l` and `td.td-r` and the anchored sections are read by structure. What only this family has: a chart
//! behind `a#more`, whatever its words; the legal basis and the telephones in boxes known by their class; and `-`,
//! which says "none".

use super::{Dialect, GENERIC, Marks, Supplement};
use crate::extract::lexicon;
use crate::model::Element;

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "jpaas",
    name_zh: "大汉 JPaaS",
    name_en: "Hanweb JPaaS",
    recognises: |sight| MARKS.on(sight),
    fields,
    ..GENERIC
};

const MARKS: Marks = Marks { address: &["jpaas", "ywtranstodetail"], source: &["jpaas-", "ywTransToDetail"] };

fn fields(page: &mut Supplement<'_, '_>) {
    page.translate(|element, words| (words == "-" && lexicon::none_is_an_answer(element)).then_some("无"));
    if !page.states(Element::Flowchart)
        && let Some(more) = page.nodes().find(|node| node.name() == "a" && node.attr("id") == Some("more"))
    {
        page.add_named(Element::Flowchart, more);
    }
    if !page.states(Element::LegalBasis)
        && let Some(basis) = page.with_classes(&["fljj"]).find(|node| !node.text().is_empty())
    {
        page.add_named(Element::LegalBasis, basis);
    }
    telephones(page);
}

/// How the boxes of telephones begin.
const CALLED: [(&str, Element); 4] = [
    ("咨询", Element::ConsultPhone),
    ("监督投诉", Element::ComplaintPhone),
    ("投诉", Element::ComplaintPhone),
    ("监督", Element::ComplaintPhone),
];

/// `咨询 022-…` in a box: the word is too short to be a label elsewhere.
fn telephones(page: &mut Supplement<'_, '_>) {
    let boxes: Vec<_> = page.with_classes(&["con-r-list", "pt3"]).collect();
    for line in boxes {
        let words = line.text();
        let said = CALLED.iter().find_map(|(start, element)| words.strip_prefix(start).map(|rest| (*element, rest)));
        let Some((element, rest)) = said else { continue };
        let number = rest.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '(');
        let is_number = number.chars().filter(char::is_ascii_digit).count() >= SHORTEST_NUMBER;
        if is_number && !page.states(element) {
            page.add_words(element, line, number.to_owned());
        }
    }
}

/// The shortest telephone number that is an answer, as 12345.
const SHORTEST_NUMBER: usize = 5;

#[cfg(test)]
mod tests {
    use crate::extract::testing::extracted;
    use crate::model::{Element, Reading, ServiceGuide};

    fn guide(more: &str) -> ServiceGuide {
        let html = format!(
            "<h2>参保登记</h2><table><tr><td class=td-l>办件类型<td class=td-r>承诺件<tr><td class=td-l>收费标准<td class=td-r>-\
             <tr><td class=td-l>办理地点<td class=td-r>-</table><h3>受理条件</h3><p>有住所</p>{more}"
        );
        *extracted("http://h.test/jpaas-jiq-web-sdywtb/front/item?innerCode=1", &html).guide.expect("a guide")
    }

    #[test]
    fn a_stroke_says_none_where_none_is_an_answer_and_stands_in_for_a_value_elsewhere() {
        let guide = guide("");
        assert_eq!(guide.text(Element::FeeStandard), Some("无"));
        assert_eq!(guide.element(Element::FeeStandard).raw(), Some("-"));
        assert!(matches!(guide.element(Element::Place), Reading::Placeholder { .. }));
    }

    #[test]
    fn the_chart_is_behind_the_link_whatever_it_says() {
        let guide = guide("<div class=lct><a id=more href=/WebDiskServerDemo/doc?doc_id=7>更多</a></div>");
        let chart = guide.flowchart.value().expect("a chart");
        assert_eq!(chart.url.as_ref().and_then(url::Url::query), Some("doc_id=7"));
        let without = self::guide("<a id=more href=''>更多</a>");
        assert!(without.flowchart.value().is_none());
    }

    #[test]
    fn boxes_known_by_their_class_give_basis_and_telephones() {
        let guide = guide(
            "<div class=fljj>《社会保险法》第五十八条</div><div class='con-r-list pt3'><span>咨询</span><em>0531-12333</em></div>\
             <div class='con-r-list pt3'><span>投诉</span><em>12345</em></div><div class='con-r-list pt3'>监督员风采</div>",
        );
        assert_eq!(guide.text(Element::LegalBasis), Some("《社会保险法》第五十八条"));
        assert_eq!(guide.text(Element::ConsultPhone), Some("0531-12333"));
        assert_eq!(guide.text(Element::ComplaintPhone), Some("12345"));
    }
}
