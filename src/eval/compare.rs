//! When a reading is what the label says: the same words without regard to width, blanks and punctuation.

/// Letters and digits only, full-width forms made narrow, letters upper case.
pub(super) fn key(words: &str) -> String {
    words
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Whether two texts are the same words. Texts without letters and digits are compared as they stand.
pub(super) fn same_words(a: &str, b: &str) -> bool {
    let (left, right) = (key(a), key(b));
    if left.is_empty() && right.is_empty() { a.trim() == b.trim() } else { left == right }
}

/// Which of two lists of names have a partner in the other; in order, where the order matters.
pub(super) fn partners(expected: &[String], read: &[String], ordered: bool) -> (Vec<bool>, Vec<bool>) {
    if ordered { in_order(expected, read) } else { in_any_order(expected, read) }
}

fn in_any_order(expected: &[String], read: &[String]) -> (Vec<bool>, Vec<bool>) {
    let (mut left, mut right) = (vec![false; expected.len()], vec![false; read.len()]);
    for (i, one) in expected.iter().enumerate() {
        let partner = (0..read.len()).find(|j| !right[*j] && same_words(one, &read[*j]));
        if let Some(j) = partner {
            (left[i], right[j]) = (true, true);
        }
    }
    (left, right)
}

/// Longest common subsequence.
fn in_order(expected: &[String], read: &[String]) -> (Vec<bool>, Vec<bool>) {
    let (n, m) = (expected.len(), read.len());
    let mut longest = vec![vec![0_usize; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            longest[i][j] = if same_words(&expected[i], &read[j]) {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut left, mut right) = (vec![false; n], vec![false; m]);
    let (mut i, mut j) = (0, 0);
    while i < n && j < m {
        if same_words(&expected[i], &read[j]) {
            (left[i], right[j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn width_blanks_and_punctuation_do_not_matter_and_everything_else_does() {
        assert!(same_words("０２０－１２３４５", "020-12345"));
        assert!(same_words("一楼 3号窗口。", "一楼3号窗口"));
        assert!(!same_words("一楼3号窗口", "一楼5号窗口"));
        assert!(same_words("-", " - ") && !same_words("-", "/"));
    }

    #[test]
    fn names_find_their_partners_once() {
        let (left, right) = partners(&names(&["甲", "乙", "乙"]), &names(&["乙", "甲"]), false);
        assert_eq!((left, right), (vec![true, true, false], vec![true, true]));
        let (left, right) = partners(&names(&["受理", "审查", "决定"]), &names(&["受理", "决定", "审查"]), true);
        assert_eq!((left.iter().filter(|x| **x).count(), right.iter().filter(|x| **x).count()), (2, 2));
    }
}
