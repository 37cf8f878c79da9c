//! Labels of drawn charts, `portal-probe.chart-labels/1`: what stands on each chart, and what must be found of the pair.
//!
//! The format is described in `docs/charts.md`.

use serde::{Deserialize, Serialize};

use crate::eval::labels::{self, Case, LabelError};
use crate::model::chart::{Chart, Words};

/// Version of the label files.
pub const SCHEMA: &str = "portal-probe.chart-labels/1";

/// One label file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartLabels {
    /// [`SCHEMA`].
    pub schema: String,
    /// For people.
    #[serde(default)]
    pub note: String,
    /// The pairs.
    pub cases: Vec<ChartCase>,
}

/// Whether there is something to find in a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Both sides tell the same.
    Consistent,
    /// One difference was planted.
    Planted,
    /// They differ in what leads nobody astray.
    Legitimate,
}

/// One pair of guide and chart.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartCase {
    /// The look of the chart.
    pub look: String,
    /// Whether its print is bad.
    pub hard: bool,
    /// Whether a person can read it; where not, only silence is right.
    pub readable: bool,
    /// The difference between text and chart.
    pub difference: String,
    /// Its class.
    pub class: Class,
    /// The charts; none where the file does not open.
    pub charts: Vec<DrawnChart>,
    /// Pages and faults, as in other label files.
    pub case: Case,
}

/// One chart.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnChart {
    /// SHA-256 of its file; none if it stands in the page.
    pub page: Option<String>,
    /// How its boxes are placed.
    pub layout: String,
    /// What must be read.
    pub chart: Chart,
    /// Print that stands there too and need not be read: words on arrows at their places, numbers in circles.
    #[serde(default)]
    pub other: Vec<Words>,
}

/// Reads one label file; `file` is its name for error messages.
///
/// # Errors
/// When the text is no JSON of this format, or a case contradicts the format.
pub fn parse(file: &str, text: &str) -> Result<ChartLabels, LabelError> {
    let set: ChartLabels =
        serde_json::from_str(text).map_err(|source| LabelError::Json { file: file.to_owned(), source })?;
    let wrong = |case: &str, what: String| LabelError::Case { file: file.to_owned(), case: case.to_owned(), what };
    if set.schema != SCHEMA {
        return Err(wrong("", format!("schema `{}` is not `{SCHEMA}`", set.schema)));
    }
    for case in &set.cases {
        let id = &case.case.id;
        labels::check(&case.case).map_err(|what| wrong(id, what))?;
        for drawn in &case.charts {
            if let Some(page) = drawn.page.as_ref().filter(|page| !case.case.pages.contains_key(*page)) {
                return Err(wrong(id, format!("the chart `{page}` is not among its pages")));
            }
            let count = drawn.chart.nodes.len();
            if let Some(edge) = drawn.chart.edges.iter().find(|edge| edge.from.max(edge.to) >= count) {
                return Err(wrong(
                    id,
                    format!("an edge from {} to {} where there are {count} nodes", edge.from, edge.to),
                ));
            }
        }
    }
    Ok(set)
}
