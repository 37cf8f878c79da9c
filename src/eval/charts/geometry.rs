//! How much two areas share, and how alike two texts are.

use crate::eval::compare::key;
use crate::model::chart::Area;

fn size(area: Area) -> f64 {
    f64::from(area.width) * f64::from(area.height)
}

fn shared(a: Area, b: Area) -> f64 {
    let along = |a: u32, a_length: u32, b: u32, b_length: u32| {
        let (a, b) = (f64::from(a), f64::from(b));
        ((a + f64::from(a_length)).min(b + f64::from(b_length)) - a.max(b)).max(0.0)
    };
    along(a.x, a.width, b.x, b.width) * along(a.y, a.height, b.y, b.height)
}

/// What two areas share of what they cover together, 0 to 1.
pub(super) fn overlap(a: Area, b: Area) -> f64 {
    let common = shared(a, b);
    let all = size(a) + size(b) - common;
    if all > 0.0 { common / all } else { 0.0 }
}

/// How much of the first area lies in the second, 0 to 1.
pub(super) fn inside(a: Area, b: Area) -> f64 {
    if size(a) > 0.0 { shared(a, b) / size(a) } else { 0.0 }
}

/// Edits that make one text into the other.
pub(super) fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut corner = i;
        let mut before = i + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(b) {
            let changed = corner + usize::from(left != right);
            corner = *cell;
            before = changed.min(before + 1).min(corner + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// The letters and digits of a text.
pub(super) fn letters(text: &str) -> Vec<char> {
    key(text).chars().collect()
}

/// How alike two texts are, 0 to 1; two texts without letters are alike.
#[expect(clippy::cast_precision_loss, reason = "texts of figures are far shorter than 2^52 characters")]
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let (a, b) = (letters(a), letters(b));
    let longer = a.len().max(b.len());
    if longer == 0 { 1.0 } else { 1.0 - edits(&a, &b) as f64 / longer as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Area = Area { x: 0, y: 0, width: 10, height: 10 };

    #[test]
    fn areas_share_what_they_cover_together() {
        assert!((overlap(A, A) - 1.0).abs() < 1e-9);
        let half = Area { x: 5, y: 0, ..A };
        assert!((overlap(A, half) - 50.0 / 150.0).abs() < 1e-9);
        assert!((inside(Area { x: 2, y: 2, width: 4, height: 4 }, A) - 1.0).abs() < 1e-9);
        assert!(overlap(A, Area { x: 10, ..A }) < 1e-9);
        assert!(overlap(Area::default(), Area::default()) < 1e-9);
    }

    #[test]
    fn edits_are_counted_as_in_the_textbook() {
        let of = |a: &str, b: &str| edits(&letters(a), &letters(b));
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("受理（5个工作日）", "受理 5个工作日"), 0, "punctuation is not counted");
        assert_eq!(of("", "受理"), 2);
        assert_eq!(of("5个工作日", "6个工作日"), 1);
    }
}
