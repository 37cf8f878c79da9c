//! Tables by their ruled lines: forms are drawn as boxes, and an empty box is a place for a value.
//!
//! Comes in: ruled lines and the texts of a page. Goes out: tables with the texts in their cells, and the texts that
//! stand in none. Must never know: fonts, instructions.

use super::super::blocks::Cell;
use super::super::limits;
use super::content::Run;
use super::lines;

/// Lines that are closer than this are one: borders are drawn by neighbouring cells.
const NEAR: f64 = 3.0;

/// A row is at least this high.
const ROW: f64 = 5.0;

/// More lines than this are a drawing.
const MOST_RULES: usize = 3_000;

/// Comparisons that the tables of one document are worth; a page of a form takes about ten thousand.
pub(super) const COMPARISONS: usize = 60_000_000;

/// A ruled line, or a thin box that looks like one: lower left corner and extent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    /// Left.
    pub(super) x: f64,
    /// Bottom.
    pub(super) y: f64,
    /// Extent to the right.
    pub(super) width: f64,
    /// Extent upwards.
    pub(super) height: f64,
}

impl Rule {
    /// Whether it lies; else it stands.
    pub(super) fn is_level(&self) -> bool {
        self.width >= self.height
    }

    /// Whether it passes a height.
    pub(super) fn spans_height(&self, y: f64) -> bool {
        self.y <= y && y <= self.y + self.height
    }

    /// Whether it passes a place from left to right.
    pub(super) fn spans_width(&self, x: f64) -> bool {
        self.x <= x && x <= self.x + self.width
    }

    /// Whether two lines meet or nearly do.
    pub(super) fn touches(&self, other: &Self, near: f64) -> bool {
        let apart = |a: f64, a_extent: f64, b: f64, b_extent: f64| a > b + b_extent + near || b > a + a_extent + near;
        !apart(self.x, self.width, other.x, other.width) && !apart(self.y, self.height, other.y, other.height)
    }
}

/// A table with the place of its upper edge.
#[derive(Debug)]
pub(super) struct Table {
    /// Upper edge.
    pub(super) top: f64,
    /// Its rows.
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A box under construction: its sides, the texts in it, and the rows it covers.
struct Area {
    left: f64,
    right: f64,
    runs: Vec<Run>,
    rows: usize,
}

/// Takes the tables out of a page; the runs that stand in no table are left. `room` is what remains of the document's
/// comparisons.
pub(super) fn tables(rules: &[Rule], runs: &mut Vec<Run>, room: &mut usize) -> Vec<Table> {
    if rules.len() > MOST_RULES || !spend(room, rules.len() * rules.len()) {
        return Vec::new();
    }
    let mut tables = Vec::new();
    for group in touching(rules) {
        if let Some(table) = table(&group, runs, room) {
            tables.push(table);
        }
    }
    tables
}

/// Lines that touch belong to one table.
fn touching(rules: &[Rule]) -> Vec<Vec<Rule>> {
    let mut group: Vec<usize> = (0..rules.len()).collect();
    for (index, rule) in rules.iter().enumerate() {
        for other in 0..index {
            if group[other] != group[index] && rule.touches(&rules[other], NEAR) {
                let (from, to) = (group[index], group[other]);
                group.iter_mut().filter(|number| **number == from).for_each(|number| *number = to);
            }
        }
    }
    let mut groups: std::collections::BTreeMap<usize, Vec<Rule>> = std::collections::BTreeMap::new();
    for (number, rule) in group.into_iter().zip(rules) {
        groups.entry(number).or_default().push(*rule);
    }
    groups.into_values().collect()
}

/// Places that are near each other as one, in order.
fn merged(mut places: Vec<f64>) -> Vec<f64> {
    places.sort_by(f64::total_cmp);
    places.dedup_by(|next, kept| *next - *kept < NEAR);
    places
}

fn spend(room: &mut usize, comparisons: usize) -> bool {
    let left = room.checked_sub(comparisons);
    *room = left.unwrap_or(0);
    left.is_some()
}

fn table(rules: &[Rule], runs: &mut Vec<Run>, room: &mut usize) -> Option<Table> {
    let level = |rule: &&Rule| rule.is_level();
    let heights = merged(rules.iter().filter(level).map(|rule| rule.y).collect());
    let sides = merged(rules.iter().filter(|rule| !rule.is_level()).map(|rule| rule.x).collect());
    if heights.len() < 2 || sides.len() < 2 || sides.len() > limits::COLUMNS {
        return None;
    }
    let boxes = heights.len() * sides.len();
    if !spend(room, boxes.saturating_mul(rules.len() + runs.len())) {
        return None;
    }
    let mut rows: Vec<Vec<Area>> = Vec::new();
    // From the top down.
    for pair in heights.windows(2).rev() {
        let (bottom, top) = (pair[0], pair[1]);
        if top - bottom < ROW {
            continue;
        }
        let middle = f64::midpoint(bottom, top);
        let borders: Vec<f64> = sides
            .iter()
            .copied()
            .filter(|x| {
                rules.iter().any(|rule| !rule.is_level() && (rule.x - x).abs() <= NEAR && rule.spans_height(middle))
            })
            .collect();
        let mut row = Vec::new();
        for pair in borders.windows(2) {
            let (left, right) = (pair[0], pair[1]);
            let inside = take(runs, |run| {
                let (x, y) = (f64::midpoint(run.x, run.end), run.y + run.size * 0.3);
                x > left && x < right && y > bottom && y < top
            });
            let closed = rules.iter().any(|rule| {
                rule.is_level() && (rule.y - top).abs() <= NEAR && rule.spans_width(f64::midpoint(left, right))
            });
            let above = rows
                .iter_mut()
                .rev()
                .flatten()
                .find(|area| !closed && (area.left - left).abs() <= NEAR && (area.right - right).abs() <= NEAR);
            match above {
                Some(area) => {
                    area.rows += 1;
                    area.runs.extend(inside);
                }
                None => row.push(Area { left, right, runs: inside, rows: 1 }),
            }
        }
        rows.push(row);
    }
    let top = heights.last().copied().unwrap_or_default();
    let cells = |row: Vec<Area>| -> Vec<Cell> {
        row.into_iter()
            .map(|area| {
                let covered = sides.iter().filter(|x| **x > area.left + NEAR && **x < area.right - NEAR).count();
                Cell { text: lines::of_box(area.runs, area.right), columns: covered + 1, rows: area.rows }
            })
            .collect()
    };
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(cells).filter(|row| !row.is_empty()).collect();
    (!rows.is_empty()).then_some(Table { top, rows })
}

/// Takes the runs that fulfil a condition.
fn take(runs: &mut Vec<Run>, condition: impl Fn(&Run) -> bool) -> Vec<Run> {
    let (inside, outside) = std::mem::take(runs).into_iter().partition(condition);
    *runs = outside;
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(y: f64, x: f64, end: f64) -> Rule {
        Rule { x, y, width: end - x, height: 0.0 }
    }

    fn upright(x: f64, y: f64, end: f64) -> Rule {
        Rule { x, y, width: 0.0, height: end - y }
    }

    fn run(x: f64, y: f64, text: &str) -> Run {
        let count = text.chars().fold(0.0, |count, _| count + 1.0);
        Run { x, end: x + 10.0 * count, y, size: 10.0, text: text.to_owned() }
    }

    /// Three columns; the first cell covers both rows, the last row's right cell two columns.
    fn ruled() -> Vec<Rule> {
        vec![
            level(100.0, 0.0, 300.0),
            level(80.0, 100.0, 300.0),
            level(60.0, 0.0, 300.0),
            upright(0.0, 60.0, 100.0),
            upright(100.0, 60.0, 100.0),
            upright(200.0, 80.0, 100.5),
            upright(300.0, 60.0, 100.0),
        ]
    }

    #[test]
    fn texts_stand_in_their_boxes_and_empty_boxes_stay() {
        let mut runs = vec![
            run(10.0, 85.0, "申请"),
            run(10.0, 70.0, "人"),
            run(110.0, 86.0, "姓名"),
            run(110.0, 66.0, "住址"),
            run(0.0, 20.0, "下"),
        ];
        let mut room = COMPARISONS;
        let tables = tables(&ruled(), &mut runs, &mut room);
        assert_eq!((tables.len(), runs.len(), runs[0].text.as_str()), (1, 1, "下"));
        let cell = |text: &str, columns, rows| Cell { text: text.to_owned(), columns, rows };
        assert_eq!(
            tables[0].rows,
            [vec![cell("申请\n人", 1, 2), cell("姓名", 1, 1), cell("", 1, 1)], vec![cell("住址", 2, 1)]]
        );
    }

    #[test]
    fn lines_that_make_no_boxes_are_no_table() {
        let mut runs = vec![run(10.0, 85.0, "标题")];
        let mut room = COMPARISONS;
        assert!(tables(&[level(80.0, 0.0, 300.0), level(60.0, 0.0, 300.0)], &mut runs, &mut room).is_empty());
        let apart = [level(80.0, 0.0, 50.0), upright(200.0, 0.0, 50.0)];
        assert!(tables(&apart, &mut runs, &mut room).is_empty());
        assert_eq!(runs.len(), 1);
    }
}
