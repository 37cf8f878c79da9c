//! The same thing said in other words: what may differ between two texts without meaning something else.
//!
//! Comes in: words as they stand. Goes out: folded words, and whether two texts agree, differ, or cannot be told.
//! Must never know: which pages the words came from.

use std::collections::BTreeSet;

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

/// Full-width letters, digits and punctuation made narrow, white space dropped, letters lower case.
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}' && *c != '\u{feff}')
        .map(|c| {
            if ('\u{ff01}'..='\u{ff5e}').contains(&c) { char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c) } else { c }
        })
        .map(|c| match c {
            '。' => '.',
            '、' => ',',
            '—' | '–' | '~' | '至' => '-',
            '【' | '〔' | '[' => '(',
            '】' | '〕' | ']' => ')',
            _ => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
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
