//! Words that stand in no box, gathered: lines below each other belong together (自由文字).
//!
//! Comes in: lines. Goes out: groups. Must never know: what a group is to the chart.

use super::rect::Rect;
use crate::chart::recognise::Line;

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// Words, lines joined.
    pub(crate) text: String,
    /// Place.
    pub(crate) rect: Rect,
    /// Mean likelihood of its characters.
    pub(crate) score: f32,
    /// Height of its print.
    pub(crate) print: f32,
}

impl Group {
    /// Joins lines in reading order: rows from the top, each from the left.
    pub(crate) fn of(lines: &[&Line]) -> Self {
        let mut order: Vec<(&Line, Rect)> = lines.iter().map(|line| (*line, Rect::around(&line.quad))).collect();
        order.sort_by_key(|(_, rect)| (rect.top + rect.bottom, rect.left));
        let mut rows: Vec<Vec<(&Line, Rect)>> = Vec::new();
        for (line, rect) in order {
            let beside = |row: &Vec<(&Line, Rect)>| {
                row.first()
                    .is_some_and(|(_, first)| (rect.centre().1 - first.centre().1).abs() < 0.5 * rect.height() as f32)
            };
            match rows.last_mut().filter(|row| beside(row)) {
                Some(row) => row.push((line, rect)),
                None => rows.push(vec![(line, rect)]),
            }
        }
        let mut text = String::new();
        for row in &mut rows {
            row.sort_by_key(|(_, rect)| rect.left);
            text.extend(row.iter().map(|(line, _)| line.text.trim()));
        }
        let letters: usize = lines.iter().map(|line| line.letters()).sum();
        let sum: f32 = lines.iter().map(|line| line.score * line.letters() as f32).sum();
        let rects = lines.iter().map(|line| Rect::around(&line.quad));
        Self {
            text: folded(&text),
            rect: rects.reduce(|all, rect| all.with(&rect)).unwrap_or_default(),
            score: sum / letters.max(1) as f32,
            print: lines.iter().map(|line| line.print()).fold(0.0, f32::max),
        }
    }
}

/// White space folded.
pub(crate) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Gathers lines.
pub(crate) fn groups(lines: &[&Line]) -> Vec<Group> {
    let rects: Vec<Rect> = lines.iter().map(|line| Rect::around(&line.quad)).collect();
    let mut group: Vec<usize> = (0..lines.len()).collect();
    for (b, below) in rects.iter().enumerate() {
        for (a, above) in rects.iter().enumerate().take(b) {
            if together(above, below) || together(below, above) {
                let (Some(one), Some(other)) = (group.get(a).copied(), group.get(b).copied()) else { continue };
                for own in &mut group {
                    if *own == one.max(other) {
                        *own = one.min(other);
                    }
                }
            }
        }
    }
    let mut all: Vec<Group> = (0..lines.len())
        .filter_map(|first| {
            let own: Vec<&Line> =
                lines.iter().zip(&group).filter(|(_, group)| **group == first).map(|(line, _)| *line).collect();
            (!own.is_empty()).then(|| Group::of(&own))
        })
        .collect();
    all.sort_by_key(|group| (group.rect.top, group.rect.left));
    all
}

/// Whether a line goes on in the one below: close, of like print, aligned by its middle or its start.
fn together(above: &Rect, below: &Rect) -> bool {
    let (low, high) = (above.height().min(below.height()) as f32, above.height().max(below.height()) as f32);
    let gap = (below.top - above.bottom) as f32;
    let middle = (above.centre().0 - below.centre().0).abs();
    let start = (above.left - below.left).abs() as f32;
    (-0.5 * low..0.45 * low).contains(&gap)
        && above.gap_across(below) < 0
        && above.top < below.top
        && high < 1.3 * low
        && (middle < low || start < low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::recognise::quad::Quad;

    fn line(text: &str, left: f32, top: f32) -> Line {
        let width = 18.0 * text.chars().count() as f32;
        let quad = Quad::upright((left, top), (left + width, top + 20.0));
        Line { quad, text: text.to_owned(), score: 0.9, places: Vec::new() }
    }

    #[test]
    fn lines_below_each_other_are_one_group_and_others_are_not() {
        let lines = [line("一次性告知", 100.0, 50.0), line("补正内容", 104.0, 72.0), line("是", 300.0, 50.0)];
        let lines: Vec<&Line> = lines.iter().collect();
        let texts: Vec<String> = groups(&lines).into_iter().map(|group| group.text).collect();
        assert_eq!(texts, ["一次性告知补正内容", "是"]);
    }

    #[test]
    fn rows_are_read_from_the_left() {
        let lines = [line("受理", 150.0, 51.0), line("窗口", 100.0, 50.0), line("一日", 100.0, 80.0)];
        let lines: Vec<&Line> = lines.iter().collect();
        assert_eq!(Group::of(&lines).text, "窗口受理一日");
    }
}
