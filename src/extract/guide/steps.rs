//! The process (办理流程): tables, lists, sentences with arrows, numbered lines, prose.
//!
//! Comes in: grids and fields. Goes out: steps in order, and issues where a second flow or mere prose was met. Must never
//! know: which steps a process ought to have.

use super::fields::{Field, Found};
use super::step_text::{self, Manner};
use super::tables::Grid;
use crate::extract::dom::Node;
use crate::extract::lexicon::{self, Column, Flow, Meaning};
use crate::extract::text::squeeze;
use crate::extract::time_limit;
use crate::model::extraction::Issue;
use crate::model::{Element, Located, Locator, Reading, Step, TimeLimit};

/// Longest words kept of a whole process.
const LONGEST_RAW: usize = 1_200;

/// What was read of the process.
#[derive(Debug, Default)]
pub(super) struct Process {
    /// The steps.
    pub(super) steps: Reading<Vec<Step>>,
    /// Limits of special steps, which are none of the guide's.
    pub(super) other_limits: Vec<Located<String>>,
    /// Notes.
    pub(super) issues: Vec<Issue>,
}

/// One flow that the page states.
struct Candidate {
    flow: Option<Flow>,
    manner: Manner,
    reading: Reading<Vec<Step>>,
    strength: u8,
}

/// Reads the process of a page.
pub(super) fn read(found: &Found<'_>) -> Process {
    let mut process = Process::default();
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut special: Vec<Step> = Vec::new();
    let mut used_tables: Vec<Node<'_>> = Vec::new();
    for field in process_fields(found) {
        if field.meaning == Meaning::SpecialSteps {
            special.extend(special_steps(field, found, &mut used_tables, &mut process));
            continue;
        }
        candidates.push(from_field(field, found, &mut used_tables));
    }
    let charts = chart_tables(found);
    used_tables.extend(charts.iter().copied());
    for grid in found.grids.iter().filter(|grid| grid.is_steps() && !used_tables.contains(&grid.table)) {
        if grid.has(Column::StepCounts) {
            let steps = from_grid(grid, true);
            note_limits(&steps, &mut process);
            special.extend(steps);
        } else {
            candidates.push(grid_candidate(grid, None, 3));
        }
    }
    if candidates.is_empty() {
        // A page that gives its process only as a table titled 流程图 still gives it.
        let charts = found.grids.iter().filter(|grid| grid.is_steps() && charts.contains(&grid.table));
        candidates.extend(charts.map(|grid| grid_candidate(grid, None, 3)));
    }
    choose(candidates, &mut process);
    append_special(special, &mut process);
    process
}

/// Tables that stand under the label 流程图, or are titled so: they are the chart, not the text.
pub(super) fn chart_tables<'a>(found: &Found<'a>) -> Vec<Node<'a>> {
    let titled =
        |table: Node<'a>| table.children().any(|child| child.name() == "caption" && child.text().contains("流程图"));
    let labelled = |table: Node<'a>| {
        found
            .fields
            .iter()
            .any(|field| field.meaning == Meaning::Element(Element::Flowchart) && field.content.media.contains(&table))
    };
    found.grids.iter().map(|grid| grid.table).filter(|table| titled(*table) || labelled(*table)).collect()
}

fn process_fields<'f, 'a>(found: &'f Found<'a>) -> Vec<&'f Field<'a>> {
    let is_process = |field: &&Field<'a>| {
        matches!(field.meaning, Meaning::Element(Element::Process) | Meaning::Flow(_) | Meaning::SpecialSteps)
    };
    // Special steps first, so that their table is not taken for the process.
    let (special, plain): (Vec<_>, Vec<_>) =
        found.fields.iter().filter(is_process).partition(|field| field.meaning == Meaning::SpecialSteps);
    special.into_iter().chain(plain).collect()
}

fn from_field<'a>(field: &Field<'a>, found: &Found<'a>, used: &mut Vec<Node<'a>>) -> Candidate {
    let flow = match field.meaning {
        Meaning::Flow(flow) => Some(flow),
        _ => None,
    };
    let strength = field.layout.strength();
    let grid = found.grids.iter().find(|grid| {
        let caption = grid.table.children().any(|child| child.name() == "caption" && child.text().contains("流程图"));
        grid.is_steps() && !caption && field.content.media.contains(&grid.table) && !used.contains(&grid.table)
    });
    if let Some(grid) = grid {
        used.push(grid.table);
        let candidate = grid_candidate(grid, flow, strength);
        if !candidate.reading.is_absent() {
            return candidate;
        }
    }
    let at = field.content.at.clone();
    let raw: String = field.content.text().chars().take(LONGEST_RAW).collect();
    let none = |reading| Candidate { flow, manner: Manner::Prose, reading, strength };
    if field.is_blank() {
        return none(Reading::Blank { at: field.label_at.clone(), label: field.label.clone() });
    }
    if raw.is_empty() || lexicon::is_unrendered(&raw) {
        return none(Reading::Unreadable { at, raw });
    }
    if lexicon::is_placeholder(Element::Process, &raw) || lexicon::points_to_flowchart(&raw) {
        return none(Reading::Placeholder { at, raw });
    }
    let (steps, manner) = step_text::from_content(&field.content);
    if steps.is_empty() {
        return none(Reading::Unreadable { at, raw });
    }
    Candidate { flow, manner, reading: Reading::Stated(Located { value: steps, at, raw }), strength }
}

fn grid_candidate(grid: &Grid<'_>, flow: Option<Flow>, strength: u8) -> Candidate {
    let steps = from_grid(grid, false);
    let at = grid.table.locator();
    let reading = if steps.is_empty() {
        Reading::Blank { at, label: grid.head(Column::StepName).unwrap_or_default() }
    } else if let Some(step) = steps.iter().find(|step| lexicon::is_unrendered(&step.name)) {
        Reading::Unreadable { at, raw: step.name.clone() }
    } else {
        let raw = steps.iter().map(|step| step.raw.as_str()).collect::<Vec<_>>().join("；");
        Reading::Stated(Located { value: steps, at, raw: raw.chars().take(LONGEST_RAW).collect() })
    };
    Candidate { flow, manner: Manner::Table, reading, strength }
}

/// Rows of a steps table.
pub(super) fn from_grid(grid: &Grid<'_>, special: bool) -> Vec<Step> {
    let unit = grid.head(Column::StepLimit).and_then(|head| {
        let key = squeeze(&head);
        let (_, bracket) = key.strip_suffix(')')?.rsplit_once('(')?;
        time_limit::is_bare_unit(bracket).then(|| bracket.to_owned())
    });
    grid.rows
        .iter()
        .filter_map(|(row, cells)| {
            let name = grid.cell(cells, Column::StepName).map(Node::text)?;
            let name = crate::extract::text::without_numbering(&name).to_owned();
            if lexicon::is_placeholder(Element::Place, &name) {
                return None;
            }
            let text = |column: Column| {
                grid.cell(cells, column).map(Node::text).filter(|text| !lexicon::is_placeholder(Element::Place, text))
            };
            let counts = text(Column::StepCounts);
            let limit_words = text(Column::StepLimit);
            let outside_by_words = limit_words.as_deref().is_some_and(step_text::says_outside);
            let outside = match counts.as_deref().map(squeeze).as_deref() {
                Some("是" | "1" | "计入" | "计算") => false,
                Some("否" | "0" | "不计入" | "不计算") => true,
                _ => special || outside_by_words || step_text::says_outside(&name),
            };
            Some(Step {
                limit: limit_words.as_deref().and_then(|words| limit_of(words, unit.as_deref())),
                department: text(Column::StepDepartment).or_else(|| text(Column::StepPerson)),
                outside_limit: outside,
                at: row.locator(),
                raw: cells_text(grid, *row, cells),
                name,
            })
        })
        .collect()
}

/// The words of a row; of a table that runs sideways, of its column.
fn cells_text(grid: &Grid<'_>, row: Node<'_>, cells: &[Option<Node<'_>>]) -> String {
    if row.name() == "tr" {
        return row.text();
    }
    let _ = grid;
    cells.iter().flatten().map(|cell| cell.text()).collect::<Vec<_>>().join(" ")
}

fn limit_of(words: &str, unit: Option<&str>) -> Option<TimeLimit> {
    time_limit::parse(words).or_else(|| {
        let unit = unit.filter(|_| time_limit::is_bare_number(words))?;
        time_limit::parse(&format!("{words}{unit}"))
    })
}

fn special_steps<'a>(
    field: &Field<'a>,
    found: &Found<'a>,
    used: &mut Vec<Node<'a>>,
    process: &mut Process,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for grid in found.grids.iter().filter(|grid| grid.is_steps() && field.content.media.contains(&grid.table)) {
        if !used.contains(&grid.table) {
            used.push(grid.table);
            steps.extend(from_grid(grid, true));
        }
    }
    note_limits(&steps, process);
    let words = field.content.text();
    if steps.is_empty() && time_limit::parse(&words).is_some() {
        process.other_limits.push(Located { value: words.clone(), at: field.content.at.clone(), raw: words });
    }
    steps
}

fn note_limits(steps: &[Step], process: &mut Process) {
    for step in steps.iter().filter(|step| step.limit.is_some()) {
        process.other_limits.push(Located { value: step.raw.clone(), at: step.at.clone(), raw: step.raw.clone() });
    }
}

/// Takes the flow at the counter, or the only one; says what else there was.
fn choose(mut candidates: Vec<Candidate>, process: &mut Process) {
    let rank = |candidate: &Candidate| {
        let state = match candidate.reading {
            Reading::Stated(_) => 4,
            Reading::Unreadable { .. } => 3,
            Reading::Placeholder { .. } => 2,
            Reading::Blank { .. } => 1,
            Reading::Absent => 0,
        };
        let flow = u8::from(candidate.flow != Some(Flow::Online));
        let trusted = u8::from(candidate.strength >= 2);
        (state, flow, trusted, candidate.manner.rank())
    };
    // A stable sort keeps the first stated of equals in front.
    candidates.sort_by_key(|candidate| std::cmp::Reverse(rank(candidate)));
    let mut candidates = candidates.into_iter();
    let Some(best) = candidates.next() else { return };
    if let Reading::Stated(stated) = &best.reading {
        if best.manner == Manner::Prose {
            process.issues.push(issue(
                "steps_from_prose",
                "the process is running text; its steps are a guess",
                &stated.at,
            ));
        }
        for other in candidates {
            let Reading::Stated(second) = &other.reading else { continue };
            let same = second.at == stated.at || squeeze(&second.raw) == squeeze(&stated.raw);
            if !same && other.strength >= 2 {
                let names: Vec<&str> = second.value.iter().map(|step| step.name.as_str()).collect();
                process.issues.push(issue("second_flow", &names.join(" → "), &second.at));
            }
        }
    }
    process.steps = best.reading;
}

/// Special steps follow the others, marked as outside the limit.
fn append_special(special: Vec<Step>, process: &mut Process) {
    if let Reading::Stated(stated) = &mut process.steps {
        for step in special {
            if !stated.value.iter().any(|known| known.name == step.name) {
                stated.value.push(step);
            }
        }
    }
}

fn issue(kind: &str, detail: &str, at: &Locator) -> Issue {
    Issue { kind: kind.to_owned(), detail: detail.chars().take(300).collect(), at: at.clone() }
}
