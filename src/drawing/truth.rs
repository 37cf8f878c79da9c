//! What must be read of a drawing: its figures and connectors as a [`Chart`], where they lie on a copy.

use super::measure::{LINE_HEIGHT, width_of};
use super::numbers::whole;
use super::projection::Projection;
use super::scene::{Align, Figure, Label, Line, Rect, Role, Scene, Shape};
use crate::model::chart::{Area, Chart, Edge, Lane, Node, Words};

/// What stands on a copy.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// What must be read.
    pub chart: Chart,
    /// Print that stands there too and that no reader is asked for: words on arrows at their places, numbers in
    /// circles.
    pub other: Vec<Words>,
}

/// What must be read of a drawing whose places lie on the copy as `map` says, a copy of this size in pixels.
#[must_use]
pub fn printed(scene: &Scene, map: Projection, size: (u32, u32)) -> Printed {
    let mut numbers: Vec<usize> = (0..scene.figures.len())
        .filter(|number| matches!(scene.figures.get(*number).map(|figure| figure.role), Some(Role::Node(..))))
        .collect();
    let areas: Vec<Area> = scene.figures.iter().map(|figure| map.area(figure.rect)).collect();
    numbers.sort_by_key(|number| areas.get(*number).map(|area| (area.y, area.x)));
    let node_of = |figure: usize| numbers.iter().position(|number| *number == figure);
    let of_role = |wanted: fn(&Role) -> bool| scene.figures.iter().filter(move |figure| wanted(&figure.role));
    let nodes = numbers.iter().filter_map(|number| node(scene, *number, map)).collect();
    let edges = scene.connectors.iter().filter(|connector| connector.flows).filter_map(|connector| {
        Some(Edge {
            from: node_of(connector.from)?,
            to: node_of(connector.to)?,
            directed: connector.head != super::scene::Head::None,
            dashed: connector.stroke.dashed,
            label: connector.label.as_ref().map(|label| label.line.text.clone()),
            confidence: 1.0,
        })
    });
    let lanes = scene.figures.iter().filter_map(|figure| match figure.role {
        Role::Lane(band) => Some(Lane { title: text_of(&figure.lines), area: map.area(band) }),
        _ => None,
    });
    let labels = scene.connectors.iter().filter_map(|connector| connector.label.as_ref());
    let chart = Chart {
        size,
        title: of_role(|role| matches!(role, Role::Title)).map(|figure| words(figure, map)).next(),
        nodes,
        edges: edges.collect(),
        lanes: lanes.collect(),
        words: of_role(|role| matches!(role, Role::Remark)).map(|figure| words(figure, map)).collect(),
        confidence: 1.0,
        smallest_print: smallest(scene, map),
        page: None,
    };
    let other = of_role(|role| matches!(role, Role::Print))
        .map(|figure| words(figure, map))
        .chain(labels.map(|label| words_of_label(label, map)))
        .collect();
    Printed { chart, other }
}

fn node(scene: &Scene, number: usize, map: Projection) -> Option<Node> {
    let figure = scene.figures.get(number)?;
    let Role::Node(kind, lane) = figure.role else { return None };
    let notes = scene.figures.iter().filter(|note| note.role == Role::Note(number));
    let area = if figure.shape == Shape::Words { map.area(ink(figure)) } else { map.area(figure.rect) };
    Some(Node {
        text: text_of(&figure.lines),
        kind,
        area,
        confidence: 1.0,
        lane,
        notes: notes.map(|note| words(note, map)).collect(),
    })
}

fn text_of(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.as_str()).collect()
}

fn words(figure: &Figure, map: Projection) -> Words {
    Words { text: text_of(&figure.lines), area: map.area(ink(figure)), confidence: 1.0 }
}

fn words_of_label(label: &Label, map: Projection) -> Words {
    let (width, height) = (width_of(&label.line.text, label.line.size), label.line.size * LINE_HEIGHT);
    let area = map.area(Rect::around(label.at, width, height));
    Words { text: label.line.text.clone(), area, confidence: 1.0 }
}

/// The rectangle around the words of a figure.
fn ink(figure: &Figure) -> Rect {
    let width = figure.lines.iter().map(|line| width_of(&line.text, line.size)).fold(0.0, f32::max);
    let height: f32 = figure.lines.iter().map(|line| line.size * LINE_HEIGHT).sum();
    let around = Rect::around(figure.rect.middle(), width, height);
    match figure.align {
        Align::Middle => around,
        Align::Left => Rect { x: figure.rect.x + if figure.shape == Shape::Words { 0.0 } else { 8.0 }, ..around },
    }
}

/// Height in pixels of the smallest words that must be read.
fn smallest(scene: &Scene, map: Projection) -> Option<u32> {
    let figures = scene.figures.iter().filter(|figure| !matches!(figure.role, Role::Print | Role::Ornament));
    let heights = figures.flat_map(|figure| {
        let (x, y) = figure.rect.middle();
        figure.lines.iter().map(move |line| {
            let (top, bottom) = (map.point((x, y)), map.point((x, y + line.size)));
            (bottom.0 - top.0).hypot(bottom.1 - top.1)
        })
    });
    heights.min_by(f32::total_cmp).map(|height| whole(height.round()))
}
