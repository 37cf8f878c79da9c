//! Names of materials (材料名称) beneath their spelling: numbers, quotation marks, copies and originals.
//!
//! Comes in: names as they stand. Goes out: whether two lists name the same papers. Must never know: which pages they
//! came from.

use std::collections::BTreeSet;

use super::clipped;
use super::wording::{Agreement, abbreviates, core, fold, split_parentheses};

/// Words at the end of a name that say in which form the paper is handed in.
const FORMS: [&str; 17] = [
    "原件及复印件",
    "原件和复印件",
    "原件或复印件",
    "原件复印件",
    "复印件",
    "扫描件",
    "影印件",
    "原件",
    "正本",
    "副本",
    "电子版",
    "电子件",
    "纸质版",
    "纸质件",
    "一式两份",
    "一式三份",
    "一份",
];

/// A material's name without number, remarks, form and punctuation.
pub(crate) fn paper(text: &str) -> String {
    let mut name = bare(text);
    // What is left may begin with another number; each round only takes away.
    loop {
        let next = bare(&name);
        if next == name {
            return name;
        }
        name = next;
    }
}

fn bare(text: &str) -> String {
    let folded = fold(text);
    let outside = split_parentheses(&folded).0;
    let outside = if core(&outside).is_empty() { folded.as_str() } else { outside.as_str() };
    let named = core(without_number(outside));
    let full = named.trim_start_matches(|c: char| c.is_ascii_digit());
    let mut name = full;
    while let Some(shorter) = FORMS.iter().find_map(|form| name.strip_suffix(form)) {
        name = shorter;
    }
    // What is only a form (复印件) or a number is the name itself.
    let name = if name.is_empty() { full } else { name };
    if name.is_empty() { core(outside) } else { name.to_owned() }
}

/// Without `1.`, `2、`, `一、` before the name.
fn without_number(text: &str) -> &str {
    let figures = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-'));
    let chinese = figures.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    match chinese.strip_prefix([',', '.']) {
        Some(rest) if chinese.len() < figures.len() => rest,
        _ => figures,
    }
}

/// The same paper under a longer and a shorter name.
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.chars().count().min(b.chars().count()) >= 3 && abbreviates(a, b))
}

/// Whether two lists name the same papers, in any order. A list that ends in a mark of more (…, 展开) is not whole.
pub(crate) fn same_papers(a: &[&str], b: &[&str]) -> Agreement {
    let (left, right) = (List::of(a), List::of(b));
    if left.names.is_empty() || right.names.is_empty() {
        return Agreement::Unclear;
    }
    let (only_left, only_right) = (left.without(&right), right.without(&left));
    match (only_left, only_right) {
        (false, false) => Agreement::Same,
        (true, false) if right.cut => Agreement::Partly,
        (false, true) if left.cut => Agreement::Partly,
        (true, true) if left.cut || right.cut => Agreement::Unclear,
        _ => Agreement::Differs,
    }
}

/// A list of materials as names.
struct List {
    names: BTreeSet<String>,
    cut: bool,
}

impl List {
    fn of(names: &[&str]) -> Self {
        let mut list = Self { names: BTreeSet::new(), cut: false };
        for name in names {
            let (rest, cut) = clipped::without_mark(name);
            list.cut |= cut;
            list.names.insert(paper(&rest));
        }
        list.names.remove("");
        list
    }

    /// Whether this list names a paper that the other does not.
    fn without(&self, other: &Self) -> bool {
        self.names.iter().any(|name| !other.names.iter().any(|known| alike(name, known)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_numbers_marks_copies_and_remarks_make_no_other_paper() {
        let portal =
            ["1.《公司登记（备案）申请书》", "2、公司章程", "三、住所使用证明（复印件）", "身份证原件及复印件"];
        let mobile = ["居民身份证", "住所使用证明", "公司章程 一份", "公司登记申请书"];
        assert_eq!(same_papers(&portal, &mobile), Agreement::Same);
        assert_eq!(same_papers(&["复印件"], &["复印件"]), Agreement::Same);
    }

    #[test]
    fn a_paper_that_only_one_side_asks_for_is_a_difference() {
        let portal = ["公司登记申请书", "公司章程", "股东会决议"];
        assert_eq!(same_papers(&portal, &["公司登记申请书", "公司章程"]), Agreement::Differs);
        assert_eq!(same_papers(&["身份证复印件"], &["营业执照复印件"]), Agreement::Differs);
    }

    #[test]
    fn a_list_that_says_it_has_more_is_not_whole() {
        let portal = ["公司登记申请书", "公司章程", "股东会决议"];
        assert_eq!(same_papers(&portal, &["公司登记申请书", "公司章程", "展开更多"]), Agreement::Partly);
        assert_eq!(same_papers(&portal, &["公司登记申请书", "公司章程…"]), Agreement::Partly);
        assert_eq!(same_papers(&portal, &["公司登记申请书", "护照", "展开"]), Agreement::Unclear);
    }
}
