//! A scene as SVG text.

use std::fmt::Write;

use super::measure::LINE_HEIGHT;
use super::scene::{
    Align, Color, Connector, Face, Figure, Fill, Head, Line, Point, Rect, Scene, Shape, Stroke, Watermark,
};

/// Length of an arrow's head, and half of its width, for a line of width 1.
const HEAD: (f32, f32) = (7.5, 3.2);

/// The drawing as SVG text, 1 unit a pixel.
#[must_use]
pub fn to_svg(scene: &Scene) -> String {
    let (width, height) = (scene.width, scene.height);
    let family = match scene.face {
        Face::Hei => "'Microsoft YaHei',SimHei,sans-serif",
        Face::Song => "SimSun,宋体,serif",
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{family}\">\n"
    );
    definitions(&mut out, scene);
    let paper = Rect { x: 0.0, y: 0.0, w: width, h: height };
    if scene.paper != Fill::None {
        let fill = filling(scene.paper, "paper");
        let _ = writeln!(out, "<rect width=\"{}\" height=\"{}\" fill=\"{fill}\"/>", paper.w, paper.h);
    }
    // Bands of lanes lie below the arrows, everything with words above them.
    for (number, figure) in scene.figures.iter().enumerate().filter(|(_, figure)| figure.lines.is_empty()) {
        form(&mut out, figure, number);
    }
    for connector in &scene.connectors {
        line(&mut out, connector, scene.markers);
    }
    for (number, figure) in scene.figures.iter().enumerate().filter(|(_, figure)| !figure.lines.is_empty()) {
        out.push_str("<g>");
        form(&mut out, figure, number);
        words(&mut out, figure);
        out.push_str("</g>\n");
    }
    for label in scene.connectors.iter().filter_map(|connector| connector.label.as_ref()) {
        text(&mut out, &label.line, (label.at.0, label.at.1 + 0.35 * label.line.size), Align::Middle);
        out.push('\n');
    }
    if let Some(mark) = &scene.watermark {
        watermark(&mut out, mark, paper);
    }
    out.push_str("</svg>\n");
    out
}

fn definitions(out: &mut String, scene: &Scene) {
    out.push_str("<defs>");
    let gradient = |out: &mut String, name: &str, fill: Fill| {
        if let Fill::Gradient(top, bottom) = fill {
            let _ = write!(
                out,
                "<linearGradient id=\"{name}\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" \
                 stop-color=\"{}\"/><stop offset=\"1\" stop-color=\"{}\"/></linearGradient>",
                hex(top),
                hex(bottom)
            );
        }
    };
    gradient(out, "paper", scene.paper);
    for (number, figure) in scene.figures.iter().enumerate() {
        gradient(out, &format!("g{number}"), figure.fill);
    }
    if let Some(connector) = scene.connectors.first().filter(|_| scene.markers) {
        let _ = write!(
            out,
            "<marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" \
             orient=\"auto\"><path d=\"M0 0 L10 5 L0 10 z\" fill=\"{}\"/></marker>",
            hex(connector.stroke.color)
        );
    }
    out.push_str("</defs>\n");
}

fn hex(Color(r, g, b): Color) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn filling(fill: Fill, name: &str) -> String {
    match fill {
        Fill::None => "none".to_owned(),
        Fill::Plain(color) => hex(color),
        Fill::Gradient(..) => format!("url(#{name})"),
    }
}

fn stroke(stroke: Option<Stroke>) -> String {
    let Some(stroke) = stroke else { return String::new() };
    let dashes = if stroke.dashed { " stroke-dasharray=\"6 4\"" } else { "" };
    format!(" stroke=\"{}\" stroke-width=\"{}\"{dashes}", hex(stroke.color), stroke.width)
}

fn form(out: &mut String, figure: &Figure, number: usize) {
    if figure.shape == Shape::Words {
        return;
    }
    if figure.shadow {
        let under = Rect { x: figure.rect.x + 4.0, y: figure.rect.y + 4.0, ..figure.rect };
        outline(out, figure.shape, under, " fill=\"#000000\" fill-opacity=\"0.22\"");
    }
    let look = format!(" fill=\"{}\"{}", filling(figure.fill, &format!("g{number}")), stroke(figure.outline));
    outline(out, figure.shape, figure.rect, &look);
}

fn outline(out: &mut String, shape: Shape, rect: Rect, look: &str) {
    let Rect { x, y, w, h } = rect;
    let (mx, my) = rect.middle();
    let radius = match shape {
        Shape::Rounded(radius) => radius,
        Shape::Stadium => h / 2.0,
        _ => 0.0,
    };
    let points =
        |corners: &[Point]| corners.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<String>>().join(" ");
    let _ = match shape {
        Shape::Box => write!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\"{look}/>"),
        Shape::Rounded(_) | Shape::Stadium => {
            write!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"{radius:.1}\"{look}/>")
        }
        Shape::Ellipse => {
            write!(out, "<ellipse cx=\"{mx:.1}\" cy=\"{my:.1}\" rx=\"{:.1}\" ry=\"{:.1}\"{look}/>", w / 2.0, h / 2.0)
        }
        Shape::Diamond => {
            let corners = [(mx, y), (x + w, my), (mx, y + h), (x, my)];
            write!(out, "<polygon points=\"{}\"{look}/>", points(&corners))
        }
        Shape::Slanted => {
            let lean = (h / 3.0).min(16.0);
            let corners = [(x + lean, y), (x + w, y), (x + w - lean, y + h), (x, y + h)];
            write!(out, "<polygon points=\"{}\"{look}/>", points(&corners))
        }
        Shape::Chevron => {
            let tip = (h / 2.6).min(24.0);
            let corners = [(x, y), (x + w - tip, y), (x + w, my), (x + w - tip, y + h), (x, y + h), (x + tip, my)];
            write!(out, "<polygon points=\"{}\"{look}/>", points(&corners))
        }
        Shape::Words => Ok(()),
    };
}

fn words(out: &mut String, figure: &Figure) {
    let height: f32 = figure.lines.iter().map(|line| line.size * LINE_HEIGHT).sum();
    let (middle, center) = figure.rect.middle();
    let mut y = center - height / 2.0;
    for line in &figure.lines {
        y += line.size * LINE_HEIGHT;
        let x = match figure.align {
            Align::Middle => middle,
            Align::Left => figure.rect.x + if figure.shape == Shape::Words { 0.0 } else { 8.0 },
        };
        // The baseline lies about a third of the line's height above its lower edge.
        text(out, line, (x, y - 0.32 * line.size), figure.align);
    }
}

fn text(out: &mut String, line: &Line, (x, y): Point, align: Align) {
    let anchor = if align == Align::Middle { " text-anchor=\"middle\"" } else { "" };
    let color = hex(line.color);
    // The fonts have no bold cut; a thin outline looks the same.
    let bold =
        if line.bold { format!(" stroke=\"{color}\" stroke-width=\"{:.2}\"", line.size / 28.0) } else { String::new() };
    let _ = write!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{}\" fill=\"{color}\"{bold}{anchor}>{}</text>",
        line.size,
        escaped(&line.text)
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn line(out: &mut String, connector: &Connector, markers: bool) {
    let (Some(&last), true) = (connector.path.last(), connector.path.len() >= 2) else { return };
    // Only a straight connector can be one thick arrow.
    if connector.head == Head::Block && connector.path.len() == 2 {
        block(out, connector);
        return;
    }
    let drawn: Vec<String> = connector
        .path
        .iter()
        .enumerate()
        .map(|(n, (x, y))| format!("{}{x:.1} {y:.1}", if n == 0 { 'M' } else { 'L' }))
        .collect();
    let marked = if markers && connector.head == Head::Filled { " marker-end=\"url(#head)\"" } else { "" };
    let look = stroke(Some(connector.stroke));
    let _ = writeln!(out, "<path d=\"{}\" fill=\"none\"{look}{marked}/>", drawn.join(" "));
    if connector.head == Head::None || !marked.is_empty() {
        return;
    }
    let along = direction(connector);
    let scale = connector.stroke.width.max(1.0).sqrt() * 1.15;
    let wing = |side: f32| {
        let (length, half) = (HEAD.0 * scale, HEAD.1 * scale * side);
        (last.0 - along.0 * length - along.1 * half, last.1 - along.1 * length + along.0 * half)
    };
    let (left, right) = (wing(1.0), wing(-1.0));
    let color = hex(connector.stroke.color);
    let ends = format!("M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1}", left.0, left.1, last.0, last.1, right.0, right.1);
    let look = match connector.head {
        Head::Open => format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\"", connector.stroke.width),
        Head::Filled | Head::Block | Head::None => format!("fill=\"{color}\""),
    };
    let close = if connector.head == Head::Open { "" } else { " z" };
    let _ = writeln!(out, "<path d=\"{ends}{close}\" {look}/>");
}

/// The direction of the last piece of a connector.
fn direction(connector: &Connector) -> Point {
    let [.., (ax, ay), (bx, by)] = connector.path.as_slice() else { return (0.0, 1.0) };
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx.hypot(dy).max(0.01);
    (dx / length, dy / length)
}

/// A thick arrow from the first point to the last.
fn block(out: &mut String, connector: &Connector) {
    let (Some(first), Some(last)) = (connector.path.first(), connector.path.last()) else { return };
    let (ux, uy) = direction(connector);
    let length = (last.0 - first.0).hypot(last.1 - first.1);
    let (body, wing) = (connector.stroke.width, connector.stroke.width * 2.2);
    let neck = (length - wing * 1.3).max(length * 0.35);
    let at = |along: f32, aside: f32| (first.0 + ux * along - uy * aside, first.1 + uy * along + ux * aside);
    let corners = [
        at(0.0, body),
        at(neck, body),
        at(neck, wing),
        at(length, 0.0),
        at(neck, -wing),
        at(neck, -body),
        at(0.0, -body),
    ];
    let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(out, "<polygon points=\"{}\" fill=\"{}\"/>", points.join(" "), hex(connector.stroke.color));
}

fn watermark(out: &mut String, mark: &Watermark, paper: Rect) {
    let step = mark.size * 7.0;
    let mut y = mark.size;
    let mut row = 0_u8;
    while y < paper.h + mark.size {
        let mut x = if row.is_multiple_of(2) { 0.0 } else { step / 2.0 };
        while x < paper.w {
            let _ = write!(
                out,
                "<text transform=\"translate({x:.0} {y:.0}) rotate(-24)\" font-size=\"{}\" fill=\"#6e6e6e\" \
                 fill-opacity=\"{}\">{}</text>",
                mark.size,
                mark.strength,
                escaped(&mark.text)
            );
            x += step;
        }
        y += mark.size * 5.0;
        row = row.wrapping_add(1);
    }
    out.push('\n');
}
