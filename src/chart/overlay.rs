//! A chart drawn over its picture (叠加图), so that a person sees what was read.
//!
//! Comes in: a chart and the bytes it was read from. Goes out: an SVG that needs no other file. Must never know: whether
//! the reading is right.

use std::fmt::Write as _;

use crate::model::chart::{Area, Chart, Edge, NodeKind};

/// Longest piece of text beside a box.
const MOST_LETTERS: usize = 24;

/// The drawing: the picture pale, boxes by kind, arrows from middle to middle, numbers as in the lists.
#[must_use]
pub fn overlay(chart: &Chart, media: &str, bytes: &[u8]) -> String {
    let (width, height) = chart.size;
    let print = (height.min(width) / 45).clamp(9, 28);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-size=\"{print}\" font-family=\"sans-serif\">\n<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" \
         refY=\"5\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\"><path d=\"M0,0 L10,5 L0,10 z\" \
         fill=\"#d0021b\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    if media.starts_with("image/") {
        let data = data_encoding::BASE64.encode(bytes);
        put(
            &mut out,
            format_args!(
                "<image href=\"data:{media};base64,{data}\" width=\"{width}\" height=\"{height}\" opacity=\"0.45\"/>"
            ),
        );
    }
    for lane in &chart.lanes {
        rectangle(&mut out, &lane.area, "#7b4fb5", "6 4");
        caption(&mut out, &lane.area, &lane.title, "#7b4fb5");
    }
    for words in chart.words.iter().chain(&chart.title) {
        rectangle(&mut out, &words.area, "#777777", "2 3");
    }
    for (number, node) in chart.nodes.iter().enumerate() {
        let colour = match node.kind {
            NodeKind::Terminal => "#1a7f37",
            NodeKind::Step => "#1f5fd0",
            NodeKind::Decision => "#c05c00",
            NodeKind::Borderless => "#555555",
        };
        rectangle(&mut out, &node.area, colour, "none");
        caption(&mut out, &node.area, &format!("{number} {}", node.text), colour);
        for note in &node.notes {
            rectangle(&mut out, &note.area, colour, "2 3");
        }
    }
    for edge in &chart.edges {
        arrow(&mut out, chart, edge);
    }
    out.push_str("</svg>\n");
    out
}

fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{line}");
}

fn rectangle(out: &mut String, area: &Area, colour: &str, dashes: &str) {
    let Area { x, y, width, height } = area;
    put(
        out,
        format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"none\" stroke=\"{colour}\" \
             stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>"
        ),
    );
}

fn caption(out: &mut String, area: &Area, text: &str, colour: &str) {
    let short: String = text.chars().take(MOST_LETTERS).collect();
    let (x, y) = (area.x + 2, area.y.saturating_sub(2));
    put(out, format_args!("<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\">{}</text>", escaped(&short)));
}

fn arrow(out: &mut String, chart: &Chart, edge: &Edge) {
    let Some([(x1, y1), (x2, y2)]) = chart.line(edge) else { return };
    let head = if edge.directed { " marker-end=\"url(#head)\"" } else { "" };
    let dashes = if edge.dashed { "7 5" } else { "none" };
    put(
        out,
        format_args!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#d0021b\" stroke-width=\"2\" \
             stroke-opacity=\"{:.2}\" stroke-dasharray=\"{dashes}\"{head}/>",
            0.35 + 0.65 * edge.confidence
        ),
    );
    if let Some(label) = &edge.label {
        let (x, y) = (f64::midpoint(x1, x2) + 4.0, f64::midpoint(y1, y2));
        put(out, format_args!("<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"#d0021b\">{}</text>", escaped(label)));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chart::Node;

    #[test]
    fn the_drawing_holds_picture_boxes_and_arrows_and_escapes_words() {
        let node = |text: &str, y: u32| Node {
            text: text.to_owned(),
            kind: NodeKind::Step,
            area: Area { x: 10, y, width: 80, height: 30 },
            confidence: 1.0,
            lane: None,
            notes: Vec::new(),
        };
        let edge =
            Edge { from: 0, to: 1, directed: true, dashed: false, label: Some("是".to_owned()), confidence: 1.0 };
        let nowhere = Edge { to: 9, ..edge.clone() };
        let chart = Chart {
            size: (100, 200),
            nodes: vec![node("申请<b>", 10), node("受理", 100)],
            edges: vec![edge, nowhere],
            ..Chart::default()
        };
        let drawing = overlay(&chart, "image/png", b"picture");
        assert!(drawing.contains("data:image/png;base64,cGljdHVyZQ=="));
        assert!(drawing.contains("0 申请&lt;b&gt;") && drawing.contains(">是</text>"));
        assert_eq!(drawing.matches("<line ").count(), 1);
        assert!(drawing.contains("x1=\"50.0\" y1=\"40.0\" x2=\"50.0\" y2=\"100.0\""), "{drawing}");
        assert!(!overlay(&chart, "application/xml", b"<x/>").contains("<image"));
    }
}
