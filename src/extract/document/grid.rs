//! A sheet of cells becomes blocks: what workbooks of every format have in common.
//!
//! Comes in: cells with their row and column, merged areas. Goes out: headings and tables as a reader sees them. Must
//! never know: formats.

use std::collections::BTreeMap;

use super::blocks::{Blocks, Cell};
use super::limits;

/// A cell's place: row and column from 0.
type Place = (usize, usize);

/// A sheet under construction.
#[derive(Debug, Default)]
pub(super) struct Grid {
    cells: BTreeMap<Place, String>,
    merged: Vec<(Place, Place)>,
    /// Text that floats over the cells: text boxes and notes.
    floating: Vec<String>,
    cut: bool,
}

impl Grid {
    /// Puts a text into a cell. Places beyond the ceilings are left out.
    pub(super) fn put(&mut self, (row, column): Place, text: String) {
        if text.trim().is_empty() {
            return;
        }
        if row >= limits::ROWS || column >= limits::COLUMNS || self.cells.len() >= limits::CELLS {
            self.cut = true;
            return;
        }
        self.cells.insert((row, column), text);
    }

    /// Joins the cells of an area, both corners included.
    pub(super) fn merge(&mut self, first: Place, last: Place) {
        let sound = first.0 <= last.0 && first.1 <= last.1 && first.0 < limits::ROWS && first.1 < limits::COLUMNS;
        if sound && self.merged.len() < limits::CELLS {
            self.merged.push((first, (last.0.min(limits::ROWS - 1), last.1.min(limits::COLUMNS - 1))));
        }
    }

    /// A text box or note over the cells.
    pub(super) fn float(&mut self, text: &str) {
        if self.floating.len() < limits::ROWS {
            self.floating.push(text.to_owned());
        }
    }

    /// Whether something was left out.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Adds the sheet to the blocks. A row that is one wide cell stands above or between tables as a line of its own:
    /// titles and notes are written so.
    pub(super) fn finish(self, blocks: &mut Blocks) {
        let Some((rows, columns)) = self.size() else {
            self.floating.iter().for_each(|text| blocks.paragraph(text));
            return;
        };
        let area: BTreeMap<Place, Place> = self.merged.iter().map(|(first, last)| (*first, *last)).collect();
        let mut covered_until: Vec<usize> = vec![0; columns];
        let mut table: Vec<Vec<Cell>> = Vec::new();
        let mut first_line = true;
        let mut total = 0;
        for row in 0..rows {
            let cells = self.row(row, columns, &area, &mut covered_until);
            total += cells.len();
            if total > limits::CELLS {
                break;
            }
            if let [only] = cells.as_slice()
                && only.columns >= columns.min(3)
                && only.rows == 1
                && !only.text.is_empty()
            {
                blocks.table(std::mem::take(&mut table));
                if first_line {
                    blocks.heading(1, &only.text);
                } else {
                    blocks.paragraph(&only.text);
                }
                first_line = false;
                continue;
            }
            first_line &= cells.iter().all(|cell| cell.text.is_empty());
            if cells.iter().any(|cell| !cell.text.is_empty() || cell.rows > 1 || cell.columns > 1) {
                table.push(cells);
            }
        }
        blocks.table(table);
        self.floating.iter().for_each(|text| blocks.paragraph(text));
    }

    /// Rows and columns up to the last cell with text; merged areas reach as far as they begin beside text.
    fn size(&self) -> Option<(usize, usize)> {
        let rows = self.cells.keys().map(|place| place.0 + 1).max()?;
        let columns = self.cells.keys().map(|place| place.1 + 1).max()?;
        let wide = self.merged.iter().filter(|(first, _)| first.0 < rows && first.1 < columns + 2);
        let columns = wide.map(|(_, last)| last.1 + 1).max().unwrap_or(0).max(columns);
        Some((rows, columns))
    }

    /// The cells of a row that no other cell reaches over. Empty cells at the end of a row stay: they are places for
    /// values.
    fn row(&self, row: usize, columns: usize, area: &BTreeMap<Place, Place>, covered_until: &mut [usize]) -> Vec<Cell> {
        let mut cells = Vec::new();
        let mut column = 0;
        while column < columns {
            if covered_until[column] > row {
                column += 1;
                continue;
            }
            let text = self.cells.get(&(row, column)).cloned().unwrap_or_default();
            let last = area.get(&(row, column)).copied().unwrap_or((row, column));
            let width = (last.1.min(columns - 1) - column) + 1;
            let height = last.0 - row + 1;
            for until in &mut covered_until[column..column + width] {
                *until = row + height;
            }
            cells.push(Cell { text, columns: width, rows: height });
            column += width;
        }
        cells
    }
}

/// A number as a spreadsheet shows it in a general format.
pub(super) fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { format!("{value}") }
}

/// The day that a serial number stands for, if it is one between 1900 and 2199: 43920 is 2020-03-30.
pub(super) fn day(serial: f64, from_1904: bool) -> Option<String> {
    // Day 60 of the 1900 system is a 29 February that never was.
    let offset = if from_1904 { 24_107 } else { 25_569 };
    if !(61.0..109_574.0).contains(&serial) {
        return None;
    }
    let days = format!("{:.0}", serial.floor()).parse::<i64>().ok()? - offset;
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).ok()?;
    Some(format!("{}年{}月{}日", date.year(), date.month(), date.day()))
}

/// Whether a number format shows a day.
pub(super) fn shows_day(code: &str) -> bool {
    let mut quoted = false;
    let mut in_brackets = false;
    let plain: String = code
        .chars()
        .filter(|c| {
            match c {
                '"' => quoted = !quoted,
                '[' => in_brackets = true,
                ']' => in_brackets = false,
                _ => {}
            }
            !quoted && !in_brackets
        })
        .collect();
    let lower = plain.to_lowercase();
    lower.contains("yy") || (lower.contains('d') && lower.contains('m')) || code.contains('年')
}

/// Whether a built-in number format shows a day.
pub(super) fn is_day_format(id: usize) -> bool {
    matches!(id, 14..=17 | 22 | 27..=31 | 36 | 50..=58)
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Block;
    use super::*;

    #[test]
    fn a_wide_row_is_a_heading_and_empty_places_stay() {
        let mut grid = Grid::default();
        grid.put((0, 0), "参保登记表".to_owned());
        grid.merge((0, 0), (0, 3));
        grid.put((1, 0), "姓名".to_owned());
        grid.put((1, 2), "电话".to_owned());
        grid.put((2, 0), "住址".to_owned());
        grid.merge((2, 1), (2, 3));
        let mut blocks = Blocks::default();
        grid.finish(&mut blocks);
        let wide = Cell { columns: 3, ..Cell::new("") };
        let rows = vec![
            vec![Cell::new("姓名"), Cell::new(""), Cell::new("电话"), Cell::new("")],
            vec![Cell::new("住址"), wide],
        ];
        assert_eq!(blocks.list(), [Block::Heading(1, "参保登记表".to_owned()), Block::Table(rows)]);
    }

    #[test]
    fn a_cell_far_away_makes_no_large_sheet() {
        let mut grid = Grid::default();
        grid.put((1_000_000, 16_000), "x".to_owned());
        grid.put((0, 0), "a".to_owned());
        grid.merge((0, 0), (1_000_000, 16_000));
        assert!(grid.is_cut());
        let mut blocks = Blocks::default();
        grid.finish(&mut blocks);
        assert_eq!(blocks.lines().collect::<Vec<_>>(), ["a"]);
        let mut grid = Grid::default();
        (0..limits::ROWS).for_each(|row| grid.put((row, limits::COLUMNS - 1), "x".to_owned()));
        let mut blocks = Blocks::default();
        grid.finish(&mut blocks);
        assert!(blocks.list().len() <= 1);
    }

    #[test]
    fn serial_numbers_are_days_where_the_format_says_so() {
        assert_eq!(day(43_920.0, false).as_deref(), Some("2020年3月30日"));
        assert_eq!(day(42_458.0, true).as_deref(), Some("2020年3月30日"));
        assert_eq!(day(5.0, false), None);
        assert!(
            shows_day("yyyy\"年\"m\"月\"d\"日\"") && shows_day("m/d/yy") && !shows_day("0.00") && !shows_day("[Red]0")
        );
        assert_eq!((number(3.0), number(2.5)), ("3".to_owned(), "2.5".to_owned()));
    }
}
