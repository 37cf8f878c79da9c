//! Values that one side shows in part: cut by “…”, folded behind 展开, or the beginning of what the other side says.
//!
//! Comes in: words as they stand. Goes out: the words without the mark, and whether one text is part of another. Must
//! never know: elements, pages.

use super::wording::{core, fold};

/// Marks by which a page says that there is more. Folded, longest first.
const MARKS: [&str; 22] = [
    "点击查看更多",
    "查看更多内容",
    "点击查看全部",
    "点击查看详情",
    "查看全部材料",
    "显示全部",
    "查看全部",
    "查看更多",
    "展开更多",
    "加载更多",
    "展开全部",
    "查看详情",
    "[详情]",
    "(详情)",
    "(展开)",
    "(更多)",
    "更多",
    "展开",
    "......",
    "...",
    ">>",
    "等等",
];

/// The text without a mark of more at its end, and whether there was one. Folded if there was.
pub(crate) fn without_mark(text: &str) -> (String, bool) {
    let folded = fold(text);
    let mut rest = folded.as_str();
    while let Some(shorter) = MARKS.iter().find_map(|mark| rest.strip_suffix(mark)) {
        rest = shorter;
    }
    if rest.len() == folded.len() { (text.to_owned(), false) } else { (rest.to_owned(), true) }
}

/// A beginning shorter than this could be the beginning of anything.
const TELLING: usize = 2;

/// Whether one of two texts is cut, and is the beginning of the other as far as it goes.
pub(crate) fn is_beginning(a: &str, b: &str) -> bool {
    let ((a, a_cut), (b, b_cut)) = (without_mark(a), without_mark(b));
    let (a, b) = (core(&a), core(&b));
    let begins = |short: &str, long: &str| short.chars().count() >= TELLING && long.starts_with(short);
    (a_cut && begins(&a, &b)) || (b_cut && begins(&b, &a))
}

/// Whether one of two texts stands in the other, word for word.
pub(crate) fn is_part(a: &str, b: &str) -> bool {
    let (a, b) = (core(a), core(b));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.chars().count() >= TELLING * 2 && long.contains(&short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_value_is_the_beginning_of_the_whole_one() {
        let whole = "杭州市解放东路18号市民中心G座2楼综合窗口";
        for cut in [
            "杭州市解放东路18号…",
            "杭州市解放东路18号市民中心......",
            "杭州市解放东路18号 展开",
            "杭州市解放东路18号[更多]",
        ] {
            assert!(is_beginning(whole, cut) && is_beginning(cut, whole), "{cut}");
        }
    }

    #[test]
    fn a_cut_value_that_begins_otherwise_is_none() {
        assert!(!is_beginning("杭州市解放东路18号", "杭州市文一西路…"));
        // Nothing says that this one is cut.
        assert!(!is_beginning("杭州市解放东路18号", "杭州市解放东路1"));
        assert!(!is_beginning("杭州市解放东路18号", "…"));
    }

    #[test]
    fn a_part_stands_word_for_word_in_the_whole() {
        assert!(is_part("有符合规定的名称和住所", "申请人应当有符合规定的名称和住所。"));
        assert!(!is_part("有符合规定的名称", "没有住所"));
        assert!(!is_part("名称", "有符合规定的名称和住所"));
    }
}
