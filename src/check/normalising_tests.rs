//! What holds of every comparison beneath spelling: folding twice is folding once, the sides may be exchanged, and a
//! value never differs from itself in other clothes.

use proptest::prelude::*;

use super::wording::{self, Agreement, core, fold};
use super::{clipped, papers, phones, whereabouts};

/// Words, figures, units and punctuation of guides, and noise.
fn text() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "办理地点：",
        "地址",
        "杭州市",
        "西湖区",
        "解放东路",
        "18号",
        "2楼",
        "三层",
        "首层",
        "１号窗口",
        "G座",
        "周一至周五",
        "工作日",
        "上午9:00",
        "-12:00",
        "下午1点半",
        "17：30",
        "0571-",
        "85023456",
        "（0571）",
        "转1",
        "12345",
        "400-810-0000",
        "市场监督管理局",
        "人社局",
        "西湖分局",
        "《中华人民共和国公司法》",
        "《公司法》第六条",
        "自然人",
        "个人",
        "企业法人",
        "1.",
        "一、",
        "身份证",
        "原件",
        "复印件",
        "（复印件）",
        "申请书",
        "公司章程",
        "…",
        "更多",
        "[展开]",
        "、",
        "，",
        "；",
        "。",
        " ",
        "\n",
        "160元",
        "或",
        "和",
        "Ⅲ级",
        "①",
        "\u{301}",
        "ﬁ",
        "İ",
        "¨",
        "\u{feff}",
    ];
    let part = prop_oneof![8 => (0..PARTS.len()).prop_map(|at| PARTS[at].to_owned()), 1 => ".{0,4}"];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

/// The same text as another editor would type it: full-width figures and letters, white space between words.
fn in_other_clothes(text: &str) -> String {
    let wide = |c: char| match c {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        ':' => '：',
        '(' => '（',
        ')' => '）',
        _ => c,
    };
    format!(" {} ", text.chars().map(wide).collect::<String>())
}

/// A comparison of two texts.
type Comparison = fn(&str, &str) -> Agreement;

/// A form that a text is brought into.
type Form = fn(&str) -> String;

/// Every comparison of two texts.
fn comparisons() -> Vec<(&'static str, Comparison)> {
    vec![
        ("organisation", wording::same_organisation),
        ("laws", wording::same_laws),
        ("people", wording::same_people),
        ("place", whereabouts::same_place),
        ("hours", whereabouts::same_hours),
        ("phones", phones::same_phones),
        ("papers", |a, b| {
            let list = |text: &str| text.split('、').map(str::to_owned).collect::<Vec<_>>();
            let (a, b) = (list(a), list(b));
            let (a, b): (Vec<&str>, Vec<&str>) =
                (a.iter().map(String::as_str).collect(), b.iter().map(String::as_str).collect());
            papers::same_papers(&a, &b)
        }),
    ]
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(text in text()) {
        let forms: [(&str, Form); 5] = [
            ("fold", fold),
            ("core", core),
            ("place", whereabouts::place),
            ("paper", papers::paper),
            ("unmarked", |text| fold(&clipped::without_mark(text).0)),
        ];
        for (name, form) in forms {
            let once = form(&text);
            prop_assert_eq!(form(&once), once, "{} of {:?}", name, text);
        }
    }

    #[test]
    fn the_sides_may_be_exchanged(a in text(), b in text()) {
        for (name, compare) in comparisons() {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a), "{} of {:?} and {:?}", name, a, b);
        }
        prop_assert_eq!(wording::same_body(&a, &b), wording::same_body(&b, &a));
        prop_assert_eq!(clipped::is_beginning(&a, &b), clipped::is_beginning(&b, &a));
        prop_assert_eq!(clipped::is_part(&a, &b), clipped::is_part(&b, &a));
    }

    #[test]
    fn a_value_never_differs_from_itself_in_other_clothes(text in text()) {
        let other = in_other_clothes(&text);
        for (name, compare) in comparisons() {
            prop_assert_ne!(compare(&text, &text), Agreement::Differs, "{} of {:?}", name, text);
            prop_assert_ne!(compare(&text, &other), Agreement::Differs, "{} of {:?}", name, text);
        }
        prop_assert_eq!(core(&text), core(&other));
    }
}
