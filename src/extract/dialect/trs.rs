//! TRS CMS (拓尔思): articles with meta tags.
//!
//! Pagers (`createPageHTML`), attachments and identity are read by structure. What only this family has is a guide
//! that is one picture: an article of the column 办事指南 whose body (`TRS_Editor`) holds an image and hardly a word.
//! Such a guide is there; that we cannot read its elements is our weakness and not their absence.

use super::{Dialect, GENERIC, Marks, Supplement};
use crate::extract::dom::{Css, Node};
use crate::model::Element;

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "trs",
    name_zh: "拓尔思 TRS",
    name_en: "TRS CMS",
    recognises: |sight| MARKS.on(sight),
    fields,
    ..GENERIC
};

const MARKS: Marks = Marks { address: &[], source: &["TRS_Editor", "ms-controller=", "trt-row"] };

/// An article with more words than this is not only a picture.
const FEW_WORDS: usize = 30;

/// What a guide states somewhere, hence somewhere in the picture.
const IN_THE_PICTURE: [Element; 15] = [
    Element::Conditions,
    Element::Materials,
    Element::Process,
    Element::Flowchart,
    Element::LegalBasis,
    Element::Department,
    Element::StatutoryLimit,
    Element::PromisedLimit,
    Element::Fee,
    Element::Visits,
    Element::Place,
    Element::Hours,
    Element::ConsultPhone,
    Element::ComplaintPhone,
    Element::HandlingForm,
];

fn fields(page: &mut Supplement<'_, '_>) {
    let Some(root) = page.nodes().next().filter(|node| node.name() == "html") else { return };
    let Some(body) = page.with_classes(&["TRS_Editor"]).next() else { return };
    let is_guide = names_a_guide(&meta(root, "ColumnName")) || names_a_guide(&meta(root, "ArticleTitle"));
    if !is_guide || meta(root, "ArticleTitle").contains("流程图") || body.short_text(FEW_WORDS).is_none() {
        return;
    }
    let Some(picture) = body.descendants().find(|node| node.name() == "img" && node.attr("src").is_some()) else {
        return;
    };
    page.pictured(&IN_THE_PICTURE, picture);
}

fn names_a_guide(words: &str) -> bool {
    ["办事指南", "办理指南", "服务指南"].iter().any(|name| words.contains(name))
}

fn meta(root: Node<'_>, name: &str) -> String {
    let tags = root.select(&Css::new("meta[name][content]"));
    let wanted = tags.into_iter().find(|tag| tag.attr("name").is_some_and(|known| known.eq_ignore_ascii_case(name)));
    wanted.and_then(|tag| tag.attr("content")).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::extracted;
    use crate::model::{Element, PageKind, Reading};

    fn article(column: &str, title: &str, body: &str) -> crate::model::Extraction {
        let html = format!(
            "<html ms-controller=windowRoot><head><meta name=ColumnName content='{column}'><meta name=ArticleTitle \
             content='{title}'><meta name=PubDate content='2020-03-10 10:12'></head><body><h1>{title}</h1>\
             <p>时间：2020-03-10 10:12</p><div class=TRS_Editor>{body}</div></body></html>"
        );
        extracted("http://h.test/zwfw/bszn/202003/t20200310_1.html", &html)
    }

    const PICTURE: &str = "<p align=center><img src=./W020200310.jpg alt=zn.jpg OLDSRC=W020200310.jpg></p>";

    #[test]
    fn a_guide_that_is_one_picture_is_a_guide_whose_elements_cannot_be_read() {
        let page = article("办事指南", "参保登记办事指南", PICTURE);
        assert_eq!((page.kind, page.dialect.as_str()), (PageKind::Guide, "trs"), "{}", page.kind_because);
        let guide = page.guide.expect("a guide");
        assert_eq!(guide.title.value().map(String::as_str), Some("参保登记"));
        for element in super::IN_THE_PICTURE {
            assert!(matches!(guide.element(element), Reading::Unreadable { .. }), "{element:?}");
        }
        assert!(guide.element(Element::Courier).is_absent());
    }

    #[test]
    fn pictures_elsewhere_are_no_guides() {
        for (column, title, body) in [
            ("政务动态", "全市政务服务工作会议召开", PICTURE),
            ("申请流程", "流程图", PICTURE),
            ("办事指南", "参保登记流程图", PICTURE),
            ("办事指南", "参保登记办事指南", "<p>附件：<a href=./P1.doc>参保登记办事指南</a></p>"),
        ] {
            assert!(article(column, title, body).guide.is_none(), "{column} {title}");
        }
    }
}
