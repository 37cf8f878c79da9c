//! Tables: rows of labels and values, a header above one row of values, and grids of materials or steps.
//!
//! Comes in: a page. Goes out: fields, and grids with known columns. Must never know: what values mean.

use std::collections::BTreeSet;

use super::fields::{Field, Layout, MOST_FIELDS};
use super::page::{Border, Content, Page};
use crate::extract::dom::{Node, NodeKey};
use crate::extract::lexicon::{self, Column, LONGEST_LABEL, Label, Meaning};
use crate::extract::time_limit;

/// A cell does not reach further than this, whatever its attribute claims.
const WIDEST_SPAN: usize = 40;

/// Rows beyond this are no guide's.
const MOST_ROWS: usize = 2_000;

/// What a grid lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum GridKind {
    /// Materials.
    Materials,
    /// Steps.
    Steps,
    /// Something else (items, news …): its header cells are no labels.
    List,
}

/// A table, or a part of one, with a row of column names.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Grid<'a> {
    /// The table.
    pub(super) table: Node<'a>,
    /// What it lists.
    pub(super) kind: GridKind,
    /// Meaning of each column.
    pub(super) columns: Vec<Option<Column>>,
    /// The cells that name the columns.
    pub(super) heads: Vec<Option<Node<'a>>>,
    /// Rows of cells, spans filled in; with the row's own node.
    pub(super) rows: Vec<(Node<'a>, Vec<Option<Node<'a>>>)>,
}

impl<'a> Grid<'a> {
    /// Whether it lists steps.
    pub(super) fn is_steps(&self) -> bool {
        self.kind == GridKind::Steps
    }

    /// Whether it lists materials.
    pub(super) fn is_materials(&self) -> bool {
        self.kind == GridKind::Materials
    }

    /// Whether it has such a column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&Some(column))
    }

    /// The cell of a row under a column; of several, the first.
    pub(super) fn cell(&self, row: &[Option<Node<'a>>], column: Column) -> Option<Node<'a>> {
        let at = self.columns.iter().position(|known| *known == Some(column))?;
        row.get(at).copied().flatten()
    }

    /// The words of the cell that names a column.
    pub(super) fn head(&self, column: Column) -> Option<String> {
        let at = self.columns.iter().position(|known| *known == Some(column))?;
        self.heads.get(at).copied().flatten().map(Node::text)
    }
}

/// The tables of a page, read once.
pub(super) struct Tables<'a> {
    /// Grids.
    pub(super) grids: Vec<Grid<'a>>,
    /// Rows that belong to no grid, with their cells, table by table.
    loose: Vec<Vec<Vec<Node<'a>>>>,
}

/// Reads all tables; header cells of grids cease to be labels.
pub(super) fn read<'a>(page: &mut Page<'a>) -> Tables<'a> {
    let mut tables = Tables { grids: Vec::new(), loose: Vec::new() };
    let nodes: Vec<Node<'a>> =
        page.nodes.iter().copied().filter(|node| node.name() == "table" && !page.is_furniture(*node)).collect();
    for table in nodes {
        let rows = rows_of(table);
        if let Some(grid) = transposed(table, &rows) {
            rows.iter().filter_map(|row| cells_of(*row).first().copied()).for_each(|cell| page.unlabel(cell));
            tables.grids.push(grid);
            continue;
        }
        split(page, table, &rows, &mut tables);
    }
    tables
}

/// Splits one table into grids and loose rows.
fn split<'a>(page: &mut Page<'a>, table: Node<'a>, rows: &[Node<'a>], tables: &mut Tables<'a>) {
    let filled = fill_spans(rows);
    let mut loose = Vec::new();
    let mut index = 0;
    while index < rows.len() {
        let cells = cells_of(rows[index]);
        let next = rows.get(index + 1).map(|row| cells_of(*row));
        let Some((kind, columns)) = header(page, &cells, &filled[index], next.as_deref()) else {
            loose.push(cells);
            index += 1;
            continue;
        };
        for cell in &cells {
            page.unlabel(*cell);
        }
        let mut grid = Grid { table, kind, columns, heads: filled[index].clone(), rows: Vec::new() };
        index += 1;
        while index < rows.len() {
            let cells = cells_of(rows[index]);
            let ends = ends_grid(page, &cells, kind)
                || header(page, &cells, &filled[index], None).is_some_and(|(kind, _)| kind != GridKind::List);
            if ends {
                break;
            }
            let second_header = grid.rows.is_empty() && cells.len() > 1 && cells.iter().all(|cell| cell.name() == "th");
            if second_header {
                for cell in &cells {
                    page.unlabel(*cell);
                }
            } else if cells.len() > 1 || grid.columns.len() == 1 {
                grid.rows.push((rows[index], filled[index].clone()));
            }
            index += 1;
        }
        tables.grids.push(grid);
    }
    tables.loose.push(loose);
}

/// A row with one cell that is a label, or with a label in a header cell, begins something else.
fn ends_grid(page: &Page<'_>, cells: &[Node<'_>], kind: GridKind) -> bool {
    match cells {
        [only] => page.label(*only).is_some(),
        [first, ..] => kind != GridKind::List && first.name() == "th" && page.label(*first).is_some(),
        [] => false,
    }
}

/// The rows of a table itself, not of tables within it.
fn rows_of(table: Node<'_>) -> Vec<Node<'_>> {
    let mut rows = Vec::new();
    for child in table.children() {
        match child.name() {
            "tr" => rows.push(child),
            "thead" | "tbody" | "tfoot" => rows.extend(child.children().filter(|row| row.name() == "tr")),
            _ => {}
        }
    }
    rows.truncate(MOST_ROWS);
    rows
}

fn cells_of(row: Node<'_>) -> Vec<Node<'_>> {
    row.children().filter(|cell| matches!(cell.name(), "td" | "th")).collect()
}

/// Cells by position, with row and column spans filled in.
fn fill_spans<'a>(rows: &[Node<'a>]) -> Vec<Vec<Option<Node<'a>>>> {
    let span = |cell: Node<'_>, name: &str| {
        cell.attr(name).and_then(|value| value.parse::<usize>().ok()).unwrap_or(1).clamp(1, WIDEST_SPAN)
    };
    // What hangs down from rows above: cell and remaining rows, by position.
    let mut hanging: Vec<Option<(Node<'a>, usize)>> = Vec::new();
    let mut filled = Vec::with_capacity(rows.len());
    for row in rows {
        let mut line: Vec<Option<Node<'a>>> = Vec::new();
        let hang = |line: &mut Vec<Option<Node<'a>>>, hanging: &mut Vec<Option<(Node<'a>, usize)>>| {
            while let Some(Some((cell, left))) = hanging.get_mut(line.len()) {
                line.push(Some(*cell));
                *left -= 1;
                if *left == 0 {
                    hanging[line.len() - 1] = None;
                }
            }
        };
        for cell in cells_of(*row) {
            hang(&mut line, &mut hanging);
            let down = span(cell, "rowspan");
            for _ in 0..span(cell, "colspan") {
                if down > 1 {
                    hanging.resize(hanging.len().max(line.len() + 1), None);
                    hanging[line.len()] = Some((cell, down - 1));
                }
                line.push(Some(cell));
            }
        }
        hang(&mut line, &mut hanging);
        filled.push(line);
    }
    filled
}

/// Whether a row names columns, and which.
fn header<'a>(
    page: &Page<'a>,
    cells: &[Node<'a>],
    filled: &[Option<Node<'a>>],
    next: Option<&[Node<'a>]>,
) -> Option<(GridKind, Vec<Option<Column>>)> {
    if cells.len() < 2 {
        return None;
    }
    let names = |cell: Node<'_>| cell.short_text(LONGEST_LABEL).map(|text| lexicon::columns(&text)).unwrap_or_default();
    let candidates: Vec<Vec<Column>> = filled.iter().map(|cell| cell.map(names).unwrap_or_default()).collect();
    let known = candidates.iter().filter(|columns| !columns.is_empty()).count();
    let has = |column| candidates.iter().any(|columns| columns.contains(&column));
    if known >= 2 && known * 2 > filled.len() {
        let kind = if has(Column::StepName) {
            Some(GridKind::Steps)
        } else if has(Column::MaterialName) {
            Some(GridKind::Materials)
        } else {
            None
        };
        if let Some(kind) = kind {
            return Some((kind, choose(kind, &candidates)));
        }
    }
    let all_header_cells = cells.len() >= 3 && cells.iter().all(|cell| cell.name() == "th");
    let all_labels = cells.iter().all(|cell| page.label(*cell).is_some());
    let next = next?;
    let values_below =
        next.len() == cells.len() && next.iter().all(|cell| page.label(*cell).is_none() && cell.name() == "td");
    // One row below a row of labels is the layout "header above values", not a list.
    let is_list = values_below && (all_header_cells || all_labels) && !(all_labels && is_single(cells));
    is_list.then(|| (GridKind::List, vec![None; filled.len()]))
}

/// Whether the table has exactly two rows with cells: the header and one row of values.
fn is_single(cells: &[Node<'_>]) -> bool {
    let Some(table) = cells.first().and_then(|cell| cell.ancestors().find(|node| node.name() == "table")) else {
        return false;
    };
    rows_of(table).iter().filter(|row| cells_of(**row).len() == cells.len()).count() == 2
}

/// Picks for each position the column that fits the kind of grid, each column once.
fn choose(kind: GridKind, candidates: &[Vec<Column>]) -> Vec<Option<Column>> {
    let mut taken: Vec<Column> = Vec::new();
    candidates
        .iter()
        .map(|columns| {
            let fits = |column: &&Column| {
                let of_steps = matches!(
                    column,
                    Column::StepName
                        | Column::StepLimit
                        | Column::StepDepartment
                        | Column::StepPerson
                        | Column::StepCounts
                        | Column::StepOther
                );
                **column == Column::Index || of_steps == (kind == GridKind::Steps)
            };
            let column = columns.iter().find(fits).copied()?;
            let repeatable = matches!(column, Column::MaterialOther | Column::StepOther | Column::AnyForm);
            if taken.contains(&column) && !repeatable {
                return None;
            }
            taken.push(column);
            Some(column)
        })
        .collect()
}

/// A steps table that runs from left to right: names of the columns in the first cell of each row.
fn transposed<'a>(table: Node<'a>, rows: &[Node<'a>]) -> Option<Grid<'a>> {
    let lines: Vec<Vec<Node<'a>>> = rows.iter().map(|row| cells_of(*row)).filter(|cells| !cells.is_empty()).collect();
    let width = lines.first()?.len();
    if lines.len() < 2 || width < 3 || lines.len() > 8 || lines.iter().any(|cells| cells.len() != width) {
        return None;
    }
    let names = |cell: Node<'_>| cell.short_text(LONGEST_LABEL).map(|text| lexicon::columns(&text)).unwrap_or_default();
    let candidates: Vec<Vec<Column>> = lines.iter().map(|cells| names(cells[0])).collect();
    let known = candidates.iter().filter(|columns| !columns.is_empty()).count();
    let across = lines[0][1..].iter().any(|cell| !names(*cell).is_empty());
    if across || known * 2 <= lines.len() || known < 2 || !candidates[0].contains(&Column::StepName) {
        return None;
    }
    let columns = choose(GridKind::Steps, &candidates);
    let data = (1..width).map(|at| (lines[0][at], lines.iter().map(|cells| Some(cells[at])).collect())).collect();
    let heads = lines.iter().map(|cells| Some(cells[0])).collect();
    Some(Grid { table, kind: GridKind::Steps, columns, heads, rows: data })
}

/// Fields of all rows that belong to no grid.
pub(super) fn fields<'a>(page: &Page<'a>, tables: &Tables<'a>) -> Vec<Field<'a>> {
    let mut found = Vec::new();
    for rows in &tables.loose {
        let mut used: BTreeSet<NodeKey> = BTreeSet::new();
        for (index, cells) in rows.iter().enumerate() {
            if found.len() >= MOST_FIELDS {
                return found;
            }
            let below = rows.get(index + 1).map_or(&[][..], Vec::as_slice);
            read_row(page, cells, below, &mut used, &mut found);
        }
    }
    found
}

fn label_of<'p>(page: &'p Page<'_>, cell: Node<'_>) -> Option<&'p Label> {
    page.label(cell).filter(|_| !page.is_linked(cell))
}

fn read_row<'a>(
    page: &Page<'a>,
    cells: &[Node<'a>],
    below: &[Node<'a>],
    used: &mut BTreeSet<NodeKey>,
    found: &mut Vec<Field<'a>>,
) {
    let all_labels = !cells.is_empty() && cells.iter().all(|cell| label_of(page, *cell).is_some());
    let stacked = all_labels
        && below.len() == cells.len()
        && below.iter().all(|cell| page.label(*cell).is_none() && cell.name() == "td")
        && (cells.len() != 2 || cells.iter().all(|cell| cell.name() == "th"));
    if stacked {
        for (cell, value) in cells.iter().zip(below) {
            used.insert(value.key());
            push(page, *cell, &[*value], found);
        }
        return;
    }
    let mut at = 0;
    while at < cells.len() {
        let cell = cells[at];
        at += 1;
        if used.contains(&cell.key()) || label_of(page, cell).is_none() {
            continue;
        }
        let Some(next) = cells.get(at).copied() else {
            // A label at the end of a row has its value cell in our imagination only, unless the row is all label.
            if cells.len() == 1 && below.is_empty() && cell.name() == "th" {
                push(page, cell, &[], found);
            }
            continue;
        };
        // th th td: the first heads a group of rows. td td td likewise, if the second is a label and the count is odd.
        let heads_group = (next.name() == "th" && cell.name() == "th")
            || (at == 1 && cells.len() % 2 == 1 && label_of(page, next).is_some());
        if heads_group {
            continue;
        }
        at += 1;
        let unit = cells
            .get(at)
            .copied()
            .filter(|unit| time_limit::is_bare_number(&next.text()) && time_limit::is_bare_unit(&unit.text()));
        at += usize::from(unit.is_some());
        let values: Vec<Node<'a>> = std::iter::once(next).chain(unit).collect();
        push(page, cell, &values, found);
    }
}

/// Joins the text of the value cells and notes the field.
fn push<'a>(page: &Page<'a>, cell: Node<'a>, values: &[Node<'a>], found: &mut Vec<Field<'a>>) {
    let Some(label) = page.label(cell) else { return };
    if label.meaning == Meaning::Border {
        return;
    }
    let border = Border::of(label.meaning);
    let mut content: Option<Content<'a>> = None;
    for value in values {
        let next = Content::of_node(page, *value, &border);
        match &mut content {
            None => content = Some(next),
            Some(content) => {
                let joined = format!("{}{}", content.text(), next.text());
                content.lines = vec![joined];
            }
        }
    }
    let content = content.unwrap_or_else(|| Content::of_text(Vec::new(), cell.locator()));
    found.push(Field::new(cell, label, content, Layout::Cells));
}
