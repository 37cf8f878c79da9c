//! Whatever a page holds, it is read and judged: no input makes a reader or a check panic.

use portal_probe::engine::single::{self, Page};
use portal_probe::model::ChannelKind;
use url::Url;

use crate::support;

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_page_holds_it_is_judged(pieces in proptest::collection::vec(piece(), 0..40)) {
        let url = Url::parse("http://127.0.0.1/guide/1.html").expect("a valid address");
        let pages = [
            Page { channel: ChannelKind::Portal, url: url.clone(), body: pieces.concat().into_bytes() },
            Page { channel: ChannelKind::MobileWeb, url: url.clone(), body: pieces.iter().rev().cloned().collect::<String>().into_bytes() },
        ];
        let (extractions, observations) = single::judge_pages(&support::single_page(&url), &pages, support::DAY.parse().expect("a valid time"));
        // `None` would be a reader that panicked.
        proptest::prop_assert!(extractions.iter().all(Option::is_some));
        proptest::prop_assert!(!observations.is_empty());
    }
}

/// Tags, labels, values and noise, of which guides are made.
fn piece() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::{Just, Strategy, prop_oneof};
    const PARTS: &[&str] = &[
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "<th>",
        "</td>",
        "<td rowspan=99999 colspan=0>",
        "<div class=",
        "<p>",
        "<script>",
        "</script>",
        "<svg><g><text>受理</text></g>",
        "<li>",
        "<iframe src=x>",
        "<a href=\"/f.docx\">空白表格</a>",
        "<!--",
        "-->",
        "<title>",
        "公司设立登记",
        "法定办结时限",
        "承诺办结时限",
        "5个工作日",
        "99999999999999999999个工作日",
        "-1天",
        "到办事现场次数",
        "0次",
        "是否收费",
        "否",
        "收费标准",
        "每件200元",
        "申请材料",
        "其他材料",
        "办理流程",
        "受理→审查→决定",
        "流程图",
        "办理地点",
        "详见附件",
        "：",
        "、",
        "&nbsp;",
        "&#x0;",
        "{\"data\":[{\"a\":",
        "2020-02-30",
        "\u{feff}",
        "９９",
        "（",
        "）",
        "《",
        "》",
        "\u{202e}",
        "𠀀",
    ];
    prop_oneof![
        4 => (0..PARTS.len()).prop_map(|at| PARTS[at].to_owned()),
        1 => ".{0,12}",
        1 => Just("\n".to_owned()),
    ]
}
