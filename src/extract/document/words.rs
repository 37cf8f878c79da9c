//! A document's words as documents are compared: what differs between two copies of one blank form is left out.
//!
//! Comes in: blocks. Goes out: letters, digits and ticks in order. Must never know: formats, the document it is compared
//! with.

use unicode_normalization::UnicodeNormalization;

use super::blocks::{Block, Blocks};

/// Words that only mark a file as the blank form or as the sample. Without them two copies of one form are equal even
/// where one of them is headed 样表.
const MARKS: [&str; 18] = [
    "空白表格",
    "空白样表",
    "示例样表",
    "填写样表",
    "填写示例",
    "填写样例",
    "填写范例",
    "填写范本",
    "示范文本",
    "仅供参考",
    "空白表",
    "样表",
    "空表",
    "样本",
    "样例",
    "范本",
    "示例",
    "空白",
];

/// A mark stands alone or in parentheses, within a line no longer than this; in a sentence it is a word like others.
const MARKED_LINE: usize = 40;

/// The words of a document.
pub(super) fn of(blocks: &Blocks) -> String {
    let mut out = String::new();
    for block in blocks.list() {
        match block {
            Block::Heading(_, text) | Block::Paragraph(text) => text.lines().for_each(|line| add(&mut out, line)),
            Block::Table(rows) => {
                let cells = rows.iter().flatten();
                cells.for_each(|cell| cell.text.lines().for_each(|line| add(&mut out, line)));
            }
        }
    }
    out
}

fn add(out: &mut String, line: &str) {
    let plain = plain(line);
    if plain.chars().count() > MARKED_LINE {
        out.push_str(&plain);
        return;
    }
    let mut kept = plain;
    for mark in MARKS {
        if kept.contains(mark) {
            kept = kept.replace(mark, "");
        }
    }
    out.push_str(&kept);
}

/// Letters and digits in their plain form, lower case; every kind of tick as one.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if is_tick(c) { '√' } else { c })
        .nfkc()
        .filter(|c| c.is_alphanumeric() || *c == '√')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Signs that choose; an empty box does not.
pub(super) fn is_tick(c: char) -> bool {
    matches!(c, '√' | '✓' | '✔' | '☑' | '☒' | '🗹' | '■' | '●' | '◉' | '\u{f0fe}' | '\u{f0fc}' | '\u{f052}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(lines: &[&str]) -> String {
        let mut blocks = Blocks::default();
        for line in lines {
            blocks.paragraph(line);
        }
        of(&blocks)
    }

    #[test]
    fn two_copies_of_a_blank_form_have_the_same_words() {
        let blank = words(&["职工参保登记表（空表）", "姓名：______ □男 □女"]);
        let sample = words(&["职工参保登记表（样表）", "姓 名:", "□ 男 □ 女"]);
        assert_eq!(blank, sample);
        assert_eq!(blank, "职工参保登记表姓名男女");
    }

    #[test]
    fn what_is_filled_in_or_ticked_is_a_difference() {
        let blank = words(&["姓名：", "□男 □女"]);
        assert_ne!(blank, words(&["姓名：张三", "□男 □女"]));
        assert_ne!(blank, words(&["姓名：", "☑男 □女"]));
        assert_eq!(words(&["☑男"]), words(&["√男"]));
    }

    #[test]
    fn a_mark_in_a_sentence_is_a_word() {
        let sentence =
            "填表前请先阅读样表，并按照样表所示的格式用黑色签字笔逐项如实填写，不得涂改，涂改无效，谢谢您的合作。";
        assert!(words(&[sentence]).contains("样表"));
    }
}
