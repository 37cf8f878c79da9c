//! The Beijing service portal: arrays of steps and materials written into the page, letters by a list of their own.
//!
//! `process=[{'…':'…'}]` and `material=[…]` are literals with single quotes, which the reader of scripts knows. What
//! only this family has is the list of letters (`letterListJson.action`), whose entries carry an identifier and no
//! address.

use serde_json::Value;
use url::Url;

use super::{Answer, DataKind, DataReading, Dialect, GENERIC, Marks, asking};
use crate::extract::dom::fold;
use crate::extract::page::Page;
use crate::model::Link;

/// The family.
pub(super) const DIALECT: Dialect = Dialect {
    id: "beijing",
    name_zh: "北京政务服务",
    name_en: "Beijing service portal",
    recognises: |sight| MARKS.on(sight),
    links,
    data,
    ..GENERIC
};

const MARKS: Marks = Marks {
    address: &["/pubtask/", "guideservice", "letterlistjson.action"],
    source: &["pubtask/task", "letterListJson.action"],
};

/// How the service of letters ends, and where the portal shows them.
const LETTERS: &str = "letterListJson.action";
const SHOWN_AT: &str = "/hudong/hdjl/com.web.";

/// Which page shows a letter of a kind.
const PAGES: [(&str, &str); 3] = [
    ("咨询", "consult.consultDetail.flow"),
    ("建议", "suggest.suggesDetail.flow"),
    ("投诉", "complain.complainDetail.flow"),
];

fn links(page: &Page<'_>, links: &mut Vec<Link>) {
    let (scripts, at) = asking::scripts(page);
    let Some(mut service) = asking::service(page, &scripts, LETTERS) else { return };
    let kind = asking::literal(&scripts, &["letterType"]).unwrap_or_else(|| "0".to_owned());
    service.query_pairs_mut().clear().extend_pairs([
        ("keyword", ""),
        ("startDate", ""),
        ("endDate", ""),
        ("letterType", &kind),
        ("page.pageNo", "1"),
        ("page.pageSize", "6"),
        ("orgtitleLength", "26"),
    ]);
    links.push(asking::data(service, None, at));
}

fn data(answer: &Answer<'_>) -> Option<DataReading> {
    if !answer.url.path().ends_with(LETTERS) {
        return None;
    }
    let letters = answer.value.get("result").and_then(Value::as_array)?;
    let mut links: Vec<Link> = letters
        .iter()
        .enumerate()
        .filter_map(|(index, letter)| {
            let letter = letter.as_object()?;
            let id = asking::text(letter, &["originalId"])?;
            let kind = asking::text(letter, &["letterTypeName"])?;
            let (_, page) = PAGES.iter().find(|(name, _)| kind.contains(name))?;
            let mut url = answer.url.join(&format!("{SHOWN_AT}{page}")).ok()?;
            url.query_pairs_mut().append_pair("originalId", id);
            let title = fold(asking::text(letter, &["letterTitle", "showLetterTitle"])?);
            Some(asking::guide(url, &title, format!("/result/{index}")))
        })
        .collect();
    if let Some(page) = answer.value.get("page") {
        let number = |key: &str| asking::number(page.get(key)).unwrap_or(0);
        let numbers = (number("pageNo"), number("pageSize"), number("totalCount"));
        links.extend(asking::next_page(numbers, |next| Some((turned(answer.url, next), None)), "/page"));
    }
    Some(DataReading { kind: DataKind::Other, links, shown_at: None })
}

/// The same list at another page.
fn turned(url: &Url, number: u64) -> Url {
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| {
            let value = if name == "page.pageNo" { number.to_string() } else { value.into_owned() };
            (name.into_owned(), value)
        })
        .collect();
    let mut turned = url.clone();
    turned.query_pairs_mut().clear().extend_pairs(pairs);
    turned
}

#[cfg(test)]
mod tests {
    use crate::extract::testing::{answered, extracted};
    use crate::model::extraction::LinkRole;
    use crate::model::{Element, PageKind};

    #[test]
    fn arrays_with_single_quotes_give_materials_and_steps() {
        let html = "<h1>参保登记</h1><table><tr><th>办件类型</th><td>承诺件</td><th>实施主体</th><td>市人社局</td></tr></table>\
            <h3>申请材料</h3><div id=material></div><script>\
            process=[{'PHASE_NAME':'受理','PHASE_LIMIT':'1个工作日',},{'PHASE_NAME':'决定','PHASE_LIMIT':'2个工作日',},];\n\
            material=[{'M_NAME':'参保登记表','M_MUST':'必要'},];</script>";
        let guide = extracted("http://h.test/pubtask/task/1/110000000000/0a.html", html).guide.expect("a guide");
        assert_eq!(guide.materials.value().map(|list| list[0].name.as_str()), Some("参保登记表"));
        assert_eq!(guide.steps.value().map(Vec::len), Some(2));
        assert_eq!(guide.text(Element::HandlingKind), Some("承诺件"));
    }

    #[test]
    fn the_list_of_letters_is_asked_for_and_leads_to_each_letter_and_on() {
        let html =
            "<script>var letterType='1'; $.post('/hudong/hdjl/sindex/bjah-index-hdjl!letterListJson.action')</script>";
        let page = extracted("http://h.test/hudong/hdjl/", html);
        let asked = page.links.iter().find(|link| link.role == LinkRole::Data).expect("data to ask for");
        assert!(asked.query.is_none(), "the list is asked for by GET");
        let json = "{page:{pageNo:'1',totalCount:'7',totalPages:'2',pageSize:'6'},result:[\
            {originalId:'AH1',letterType:'1',letterTypeName:'咨询',letterTitle:'关于参保的咨询',writeDate:'2020-04-01',orgNames:'市人社局'},\
            {originalId:'AH2',letterTypeName:'投诉',letterTitle:'关于窗口的投诉',writeDate:'2020-04-02'},\
            {originalId:'AH3',letterTypeName:'其他',letterTitle:'x'}]}";
        let list = answered(asked.url.as_str(), None, json);
        assert_eq!((list.kind, list.dialect.as_str()), (PageKind::Data, "beijing"));
        let addresses: Vec<&str> = list.links.iter().map(|link| link.url.path()).collect();
        assert_eq!(
            addresses,
            [
                "/hudong/hdjl/com.web.consult.consultDetail.flow",
                "/hudong/hdjl/com.web.complain.complainDetail.flow",
                "/hudong/hdjl/sindex/bjah-index-hdjl!letterListJson.action",
            ]
        );
        assert!(list.links[2].url.query().is_some_and(|query| query.contains("page.pageNo=2")));
    }
}
