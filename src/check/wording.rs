//! The same thing said in other words: what may differ between two texts without meaning something else.
//!
//! Comes in: words as they stand. Goes out: folded words, and whether two texts agree, differ, or cannot be told.
//! Must never know: which pages the words came from.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// Whether two texts say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// They say the same.
    Same,
    /// They certainly do not.
    Differs,
    /// One says more, nothing that both say differs.
    Partly,
    /// The words do not allow an answer.
    Unclear,
}

/// Compatibility forms (full width, ①, Ⅲ, …) made plain, white space dropped, punctuation of one kind, letters lower
/// case. Folding what is folded changes nothing.
pub(crate) fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '。' => '.',
        '、' => ',',
        '—' | '–' | '~' | '至' | '−' | '‐' | '‑' => '-',
        '【' | '〔' | '[' => '(',
        '】' | '〕' | ']' => ')',
        '“' | '”' | '‘' | '’' => '"',
        _ => c,
    };
    let plain: String = text
        .nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}'))
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect();
    plain.nfkc().collect()
}

/// Folded, with a mark where white space parts two words, so that two numbers stay two.
pub(crate) fn spaced(text: &str) -> String {
    fold(&text.split_whitespace().collect::<Vec<_>>().join(";")).replace(";-", "-").replace("-;", "-")
}

/// Folded, letters and digits only.
pub(crate) fn core(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Splits a folded text into what stands outside parentheses and what stands inside.
pub(crate) fn split_parentheses(folded: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_u32);
    for c in folded.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => inside.push(c),
            _ => outside.push(c),
        }
    }
    (outside, inside)
}

/// Length of the longest common subsequence, in characters. Texts are cut at 200 characters: names and addresses.
pub(crate) fn common(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(200).collect();
    let mut row = vec![0_usize; b.len() + 1];
    for x in a.chars().take(200) {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == *y { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

/// Whether the shorter text is the longer one with characters left out, as in 人社局 for 人力资源和社会保障局.
pub(crate) fn abbreviates(a: &str, b: &str) -> bool {
    let (short, long) = if a.chars().count() <= b.chars().count() { (a, b) } else { (b, a) };
    let mut rest = long.chars();
    !short.is_empty() && short.chars().all(|c| rest.any(|d| d == c))
}

/// Whether most of the shorter text stands in the longer one. `false` for empty texts.
pub(crate) fn mostly_shared(a: &str, b: &str) -> bool {
    let shorter = a.chars().count().min(b.chars().count());
    shorter > 0 && common(a, b) * 2 >= shorter
}

/// What is left of two names after the region that both begin with (浙江省杭州市).
pub(crate) fn without_region<'t>(a: &'t str, b: &'t str) -> (&'t str, &'t str) {
    let mut end = 0;
    for ((at, c), d) in a.char_indices().zip(b.chars()) {
        if c != d {
            break;
        }
        if matches!(c, '省' | '市' | '区' | '县') {
            end = at + c.len_utf8();
        }
    }
    (&a[end..], &b[end..])
}

/// Names of organisations (单位名称): short forms, and forms without the city, are the same.
pub(crate) fn same_organisation(a: &str, b: &str) -> Agreement {
    let (a, b) = (core(&split_parentheses(&fold(a)).0), core(&split_parentheses(&fold(b)).0));
    if a.is_empty() || b.is_empty() {
        return Agreement::Unclear;
    }
    if abbreviates(&a, &b) {
        return Agreement::Same;
    }
    let telling = |name: &str| -> String {
        name.chars().filter(|c| !"省市区县局委厅部会办中心科处股管理的".contains(*c)).collect()
    };
    let (a, b) = without_region(&a, &b);
    let (a, b) = (telling(a), telling(b));
    if a.is_empty() || b.is_empty() || mostly_shared(&a, &b) { Agreement::Unclear } else { Agreement::Differs }
}

/// Whether two names are certainly of the same body: equal beneath spelling and region, or one a short form of the
/// other. A body's name with more behind it is a part of that body, and a district's body is not the city's.
pub(crate) fn same_body(a: &str, b: &str) -> bool {
    let (a, b) = (core(&split_parentheses(&fold(a)).0), core(&split_parentheses(&fold(b)).0));
    let (short, long) = if a.chars().count() <= b.chars().count() { (&a, &b) } else { (&b, &a) };
    let ranks = |name: &str| name.chars().filter(|c| "局委厅院所站队科处".contains(*c)).count();
    let is_short_form = abbreviates(short, long)
        && short.chars().last() == long.chars().last()
        && ranks(short) == ranks(long)
        && in_district(short) == in_district(long);
    (a == b && !a.is_empty()) || is_short_form
}

/// Whether the name of a body begins with that of a district or county (西湖区, 桐庐县).
fn in_district(name: &str) -> bool {
    name.chars().take(9).skip(1).any(|c| matches!(c, '区' | '县'))
}

/// The laws that a text cites in 《》, without the republic's name.
fn laws(text: &str) -> BTreeSet<String> {
    let cited = text.split('《').skip(1).filter_map(|rest| rest.split_once('》'));
    let names = cited.map(|(name, _)| core(name).replace("中华人民共和国", ""));
    names.filter(|name| !name.is_empty()).collect()
}

/// Legal bases (设定依据): by the laws they cite. One side may cite fewer.
pub(crate) fn same_laws(a: &str, b: &str) -> Agreement {
    same_sets(&laws(a), &laws(b), |a, b| a == b || abbreviates(a, b))
}

/// Who is served (服务对象): by the groups they name. One side may name fewer.
pub(crate) fn same_people(a: &str, b: &str) -> Agreement {
    let groups = |text: &str| -> BTreeSet<String> {
        let folded = fold(text).replace("个人", "自然人").replace(['或', '和', '及'], ",");
        let parts = folded.split(|c: char| !c.is_alphanumeric());
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    same_sets(&groups(a), &groups(b), |a, b| a.contains(b) || b.contains(a))
}

/// Two sets of names: the same, one within the other, nothing in common, or something between.
fn same_sets(a: &BTreeSet<String>, b: &BTreeSet<String>, alike: impl Fn(&str, &str) -> bool) -> Agreement {
    if a.is_empty() || b.is_empty() {
        return Agreement::Unclear;
    }
    let known = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        one.iter().filter(|name| other.iter().any(|known| alike(name, known))).count()
    };
    let (left, right) = (known(a, b), known(b, a));
    match (left == a.len(), right == b.len()) {
        (true, true) => Agreement::Same,
        (true, false) | (false, true) => Agreement::Partly,
        (false, false) if left == 0 => Agreement::Differs,
        (false, false) => Agreement::Unclear,
    }
}

/// 是 or 否 in one of their many words.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    let text = core(text);
    if ["否", "不支持", "不提供", "不可以", "没有", "无", "0", "不需要", "不能"].contains(&text.as_str())
    {
        return Some(false);
    }
    ["是", "支持", "提供", "可以", "可", "有", "1", "能"].contains(&text.as_str()).then_some(true)
}

/// Amounts of money (元), as they are written.
pub(crate) fn amounts(text: &str) -> BTreeSet<String> {
    let folded = fold(text).replace("人民币", "");
    let chars: Vec<char> = folded.chars().collect();
    let mut out = BTreeSet::new();
    let mut run = String::new();
    for c in chars {
        if c.is_ascii_digit() || (c == '.' && !run.is_empty()) {
            run.push(c);
            continue;
        }
        let figure = std::mem::take(&mut run);
        if c == '元' && !figure.is_empty() {
            let figure = figure.trim_end_matches('.');
            let figure = if figure.contains('.') { figure.trim_end_matches('0').trim_end_matches('.') } else { figure };
            out.insert(figure.to_owned());
        }
    }
    out
}

/// Whether a text only says that there is nothing (无). For several elements that is an answer.
pub(crate) fn says_none(text: &str) -> bool {
    let text = core(text);
    ["无", "没有", "暂无", "不涉及", "无要求", "无需", "不需要", "无限制", "无数量限制", "不适用"]
        .contains(&text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_of_an_authority_are_the_same_and_others_differ() {
        assert_eq!(same_organisation("杭州市人力资源和社会保障局", "人社局"), Agreement::Same);
        assert_eq!(same_organisation("市市场监管局", "杭州市市场监督管理局"), Agreement::Same);
        assert_eq!(same_organisation("杭州市公安局", "杭州市市场监督管理局"), Agreement::Differs);
    }

    #[test]
    fn a_part_of_a_body_and_a_districts_body_are_others() {
        for (a, b) in [
            ("杭州市人力资源和社会保障局", "人社局"),
            ("市市场监管局", "杭州市市场监督管理局"),
            ("杭州市公安局", "市公安局"),
            ("杭州市市场监督管理局（知识产权局）", "杭州市市场监督管理局"),
            ("西湖区市场监管局", "杭州市西湖区市场监督管理局"),
        ] {
            assert!(same_body(a, b) && same_body(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("杭州市公安局", "杭州市公安局西湖分局"),
            ("杭州市市场监督管理局", "杭州市西湖区市场监督管理局"),
            ("市公安局", "市民政局"),
            ("市财政局", "市财政局税政处"),
            ("", ""),
        ] {
            assert!(!same_body(a, b) && !same_body(b, a), "{a} {b}");
        }
    }

    #[test]
    fn fewer_laws_are_no_difference_and_other_laws_are() {
        let portal = "《中华人民共和国公司法》第六条；《中华人民共和国市场主体登记管理条例》第三条";
        assert_eq!(same_laws(portal, "《公司法》第六条"), Agreement::Partly);
        assert_eq!(same_laws(portal, "《市场主体登记管理条例》；《公司法》"), Agreement::Same);
        assert_eq!(same_laws(portal, "《护照法》第五条"), Agreement::Differs);
        assert_eq!(same_laws(portal, "国家规定"), Agreement::Unclear);
    }

    #[test]
    fn people_are_compared_group_by_group() {
        assert_eq!(same_people("自然人、企业法人", "企业法人，个人"), Agreement::Same);
        assert_eq!(same_people("自然人", "自然人,企业法人"), Agreement::Partly);
        assert_eq!(same_people("自然人", "企业法人"), Agreement::Differs);
    }

    #[test]
    fn compatibility_forms_are_plain() {
        assert_eq!(fold("Ⅲ级（①ＡＢ）……"), fold("III级(1ab)......"));
        assert_eq!(core("“营业 执照”"), core("营业执照"));
        assert_ne!(core("1号楼"), core("2号楼"));
    }

    #[test]
    fn amounts_are_read_only_before_yuan() {
        assert_eq!(amounts("160.00元/本，第30条"), BTreeSet::from(["160".to_owned()]));
        assert!(amounts("不收费").is_empty());
    }

    #[test]
    fn the_longest_common_subsequence_is_counted() {
        assert_eq!(common("abcde", "ace"), 3);
        assert_eq!(common("", "ace"), 0);
    }
}
