//! Runs of text into reading order: lines from top to bottom, and rows where wide gaps part a line.
//!
//! Comes in: runs with their places, tables by ruled lines. Goes out: paragraphs and tables. Without ruled lines a row is
//! known only by wide gaps, and a cell that is empty cannot be seen.

use super::super::blocks::{Blocks, Cell};
use super::content::Run;
use super::rules::Table;

/// Runs whose base lines differ by less than this share of their size stand on one line.
const SAME_LINE: f64 = 0.5;

/// A gap wider than this share of the size is a blank.
const BLANK: f64 = 0.25;

/// A gap wider than this many characters parts two columns.
const COLUMN: f64 = 1.5;

/// A piece of a line between wide gaps.
#[derive(Debug)]
struct Segment {
    x: f64,
    end: f64,
    text: String,
}

/// A line.
#[derive(Debug)]
struct Line {
    y: f64,
    size: f64,
    segments: Vec<Segment>,
}

/// Adds the text of a page: its tables by ruled lines, and what stands above, between and below them.
pub(super) fn write(mut runs: Vec<Run>, mut tables: Vec<Table>, blocks: &mut Blocks) {
    tables.sort_by(|a, b| b.top.total_cmp(&a.top));
    for table in tables {
        let (above, below) = runs.into_iter().partition(|run| run.y > table.top);
        write_lines(above, blocks);
        blocks.table(table.rows);
        runs = below;
    }
    write_lines(runs, blocks);
}

/// The text of a box, with line breaks only where a line ends before the right side.
pub(super) fn of_box(mut runs: Vec<Run>, right: f64) -> String {
    runs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut text = String::new();
    let mut full = true;
    for line in lines(runs) {
        if !full {
            text.push('\n');
        }
        let words: Vec<&str> = line.segments.iter().map(|segment| segment.text.as_str()).collect();
        text.push_str(&words.join(" "));
        full = line.segments.last().is_some_and(|last| right - last.end < COLUMN * line.size);
    }
    text
}

fn write_lines(mut runs: Vec<Run>, blocks: &mut Blocks) {
    runs.retain(|run| !run.text.trim().is_empty());
    runs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let usual = usual_size(&runs);
    let mut table: Vec<Vec<Cell>> = Vec::new();
    let mut columns: Vec<f64> = Vec::new();
    let mut before: Option<(f64, f64)> = None;
    for line in lines(runs) {
        let gap = before.map_or(0.0, |(y, size)| (y - line.y) / size.max(1.0));
        before = Some((line.y, line.size));
        if let [only] = line.segments.as_slice() {
            // A line that begins where a column of the row above begins goes on in its cell.
            let column = columns.iter().position(|x| (x - only.x).abs() < line.size * 0.6);
            let cell = column
                .filter(|column| *column > 0 && gap < 2.2)
                .and_then(|column| table.last_mut().and_then(|row| row.get_mut(column)));
            if let Some(cell) = cell {
                cell.text.push_str(&only.text);
                continue;
            }
            blocks.table(std::mem::take(&mut table));
            columns.clear();
            if line.size > usual * 1.2 && only.text.chars().count() <= 40 {
                blocks.heading(if line.size > usual * 1.5 { 1 } else { 2 }, &only.text);
            } else {
                blocks.paragraph(&only.text);
            }
            continue;
        }
        columns = line.segments.iter().map(|segment| segment.x).collect();
        table.push(line.segments.into_iter().map(|segment| Cell::new(segment.text)).collect());
    }
    blocks.table(table);
}

/// The size of most characters.
fn usual_size(runs: &[Run]) -> f64 {
    let mut sizes: Vec<(f64, usize)> = runs.iter().map(|run| (run.size, run.text.chars().count())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, count)| count).sum::<usize>() / 2;
    let mut seen = 0;
    sizes
        .iter()
        .find(|(_, count)| {
            seen += count;
            seen > half
        })
        .map_or(1.0, |(size, _)| *size)
}

fn lines(runs: Vec<Run>) -> Vec<Line> {
    let mut groups: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        match groups.last_mut() {
            Some(group) if (group[0].y - run.y).abs() < SAME_LINE * group[0].size.max(run.size).min(40.0) => {
                group.push(run);
            }
            _ => groups.push(vec![run]),
        }
    }
    groups.into_iter().map(line).collect()
}

fn line(mut runs: Vec<Run>) -> Line {
    runs.sort_by(|a, b| a.x.total_cmp(&b.x));
    let (y, size) = (runs[0].y, runs.iter().map(|run| run.size).fold(0.0, f64::max));
    let mut segments: Vec<Segment> = Vec::new();
    for run in runs {
        match segments.last_mut() {
            Some(last) if run.x - last.end < COLUMN * size => {
                // Bold is sometimes made by showing a text twice.
                let again = run.x < last.end - size * 0.5 && last.text.ends_with(&run.text);
                if again {
                    continue;
                }
                if run.x - last.end > BLANK * size {
                    last.text.push(' ');
                }
                last.text.push_str(&run.text);
                last.end = run.end.max(last.end);
            }
            _ => segments.push(Segment { x: run.x, end: run.end, text: run.text }),
        }
    }
    Line { y, size, segments }
}

#[cfg(test)]
mod tests {
    use super::super::super::blocks::Block;
    use super::*;

    fn run(x: f64, y: f64, size: f64, text: &str) -> Run {
        let count = text.chars().fold(0.0, |count, _| count + 1.0);
        Run { x, end: x + size * count, y, size, text: text.to_owned() }
    }

    #[test]
    fn lines_rows_and_headings_are_told_apart() {
        let mut blocks = Blocks::default();
        let runs = vec![
            run(200.0, 700.0, 20.0, "办事指南"),
            run(50.0, 640.0, 10.0, "办理地点"),
            run(150.0, 640.4, 10.0, "市民中心"),
            run(150.0, 626.0, 10.0, "二楼"),
            run(50.0, 600.0, 10.0, "请携带"),
            run(83.0, 600.0, 10.0, "身份证"),
        ];
        write(runs, Vec::new(), &mut blocks);
        assert_eq!(
            blocks.list(),
            [
                Block::Heading(1, "办事指南".to_owned()),
                Block::Table(vec![vec![Cell::new("办理地点"), Cell::new("市民中心二楼")]]),
                Block::Paragraph("请携带 身份证".to_owned()),
            ]
        );
    }
}
