//! What was read of a drawn flowchart (流程图): a graph of boxes and arrows.
//!
//! It says what was seen, not whether that is right. The same form serves pictures, drawings in SVG, pages of a PDF and
//! BPMN; what a form knows for certain has confidence 1.

use serde::{Deserialize, Serialize};

/// A rectangle: in pixels of a picture as served, in user units of a drawing, in points of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Area {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// How a node is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A rounded box or circle where the way begins or ends.
    Terminal,
    /// A box.
    Step,
    /// A diamond.
    Decision,
    /// Words without an outline that arrows begin or end at.
    Borderless,
}

/// A node (节点).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its words, lines joined without a space, white space folded.
    pub text: String,
    /// Form.
    pub kind: NodeKind,
    /// Place.
    pub area: Area,
    /// How surely the words were recognised, 0 to 1: the mean over its characters.
    pub confidence: f32,
    /// The lane (泳道) that it stands in, as an index into [`Chart::lanes`].
    pub lane: Option<usize>,
    /// Words beside it that belong to it: limits, departments, in reading order.
    pub notes: Vec<Words>,
}

/// An arrow or line between two nodes, as indices into [`Chart::nodes`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Whether a head was seen; without one `from` and `to` are in reading order.
    pub directed: bool,
    /// Whether the line is dashed.
    pub dashed: bool,
    /// Words on it (是, 否, 不予受理, 补正).
    pub label: Option<String>,
    /// How surely its two ends and its direction were seen, 0 to 1.
    pub confidence: f32,
}

/// A swim lane or a column with a heading (泳道): usually a department or a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// The heading.
    pub title: String,
    /// Place, heading included.
    pub area: Area,
}

/// Words that stand in no node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// The words.
    pub text: String,
    /// Place.
    pub area: Area,
    /// How surely they were recognised, 0 to 1.
    pub confidence: f32,
}

/// A flowchart as it was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Width and height of the picture or drawing, in the unit of the areas.
    pub size: (u32, u32),
    /// The heading, if words at the top stand in no node.
    pub title: Option<Words>,
    /// Nodes, in reading order (from the top, then from the left).
    pub nodes: Vec<Node>,
    /// Arrows and lines.
    pub edges: Vec<Edge>,
    /// Lanes, from the left or from the top.
    pub lanes: Vec<Lane>,
    /// Words that belong to nothing: legends, remarks.
    pub words: Vec<Words>,
    /// Mean confidence over all recognised characters, 0 to 1.
    pub confidence: f32,
    /// Height in pixels of the smallest line of words as served; `None` if it is not a picture.
    pub smallest_print: Option<u32>,
    /// The page that it stands on, from 1, if it is one of a file with pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

impl Chart {
    /// Where an arrow is drawn: from the edge of one box to the edge of the other, along the line between their middles;
    /// `None` if it names a node that is not there.
    #[must_use]
    pub fn line(&self, edge: &Edge) -> Option<[(f64, f64); 2]> {
        let (from, to) = (self.nodes.get(edge.from)?.area, self.nodes.get(edge.to)?.area);
        let middle = |area: Area| {
            (f64::from(area.x) + f64::from(area.width) / 2.0, f64::from(area.y) + f64::from(area.height) / 2.0)
        };
        let (a, b) = (middle(from), middle(to));
        let way = (b.0 - a.0, b.1 - a.1);
        let leaving = |area: Area| {
            let share = |half: f64, way: f64| if way.abs() < 1e-9 { f64::MAX } else { half / way.abs() };
            share(f64::from(area.width) / 2.0, way.0).min(share(f64::from(area.height) / 2.0, way.1)).min(0.5)
        };
        let (start, end) = (leaving(from), leaving(to));
        Some([(a.0 + way.0 * start, a.1 + way.1 * start), (b.0 - way.0 * end, b.1 - way.1 * end)])
    }
}
