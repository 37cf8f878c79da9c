//! The process drawn in SVG.
//!
//! Comes in: an `svg` element or a file's text. Goes out: steps. Must never know: what the text beside the drawing says.
//!
//! Boxes and arrows are read by the reader of charts. Drawings that it makes nothing of (words in HTML within SVG, words
//! without boxes) still give their texts by place, from top to bottom and left to right, and no order.

use super::{drawn, step_text};
use crate::chart;
use crate::extract::dom::{Css, Dom, Node, fold};
use crate::extract::text::squeeze;
use crate::model::Step;
use crate::model::charted::DrawnProcess;

/// Texts whose heights differ by less than this stand in one row.
const SAME_ROW: f64 = 12.0;

/// A drawing with more texts or boxes than this is no flowchart.
const MOST_TEXTS: usize = 400;

/// A rectangle around more texts than this is no node's box.
const MOST_TEXTS_IN_BOX: usize = 6;

/// A transformation of the plane: a, b, c, d, e, f as in SVG.
#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First `inner`, then this one.
    fn then(self, inner: Self) -> Self {
        let (m, n) = (self.0, inner.0);
        Self([
            m[0] * n[0] + m[2] * n[1],
            m[1] * n[0] + m[3] * n[1],
            m[0] * n[2] + m[2] * n[3],
            m[1] * n[2] + m[3] * n[3],
            m[0] * n[4] + m[2] * n[5] + m[4],
            m[1] * n[4] + m[3] * n[5] + m[5],
        ])
    }

    fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let m = self.0;
        (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
    }
}

/// A text and its anchor.
struct Text<'a> {
    node: Node<'a>,
    lines: Vec<String>,
    x: f64,
    y: f64,
}

/// A box: left, top, right, bottom.
#[derive(Clone, Copy, PartialEq)]
struct Rect {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Rect {
    fn holds(&self, x: f64, y: f64) -> bool {
        self.left <= x && x <= self.right && self.top <= y && y <= self.bottom
    }

    fn area(&self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }
}

/// Fewer boxes than this are no process that was read.
const FEWEST_STEPS: usize = 2;

/// The process of a standalone SVG file; without steps if it holds no text that could be steps.
#[must_use]
pub fn svg_process(svg_text: &str) -> DrawnProcess {
    read(svg_text).unwrap_or_else(|| {
        let dom = Dom::parse(svg_text);
        dom.first(&Css::new("svg")).map(by_place).unwrap_or_default()
    })
}

/// The process of an `svg` element.
pub(super) fn process(svg: Node<'_>) -> DrawnProcess {
    read(&as_document(&svg.markup())).unwrap_or_else(|| by_place(svg))
}

/// What the reader of charts makes of a drawing, if it finds a process.
fn read(svg_text: &str) -> Option<DrawnProcess> {
    let process = drawn::process(&chart::read_svg(svg_text)?);
    (process.steps.len() >= FEWEST_STEPS).then_some(process)
}

/// Markup of HTML made a document of XML: names of things that HTML knows without being told.
fn as_document(markup: &str) -> String {
    let declare = |prefix: &str, name: &str| {
        let is_declared = markup.split('>').next().is_some_and(|head| head.contains(prefix));
        if is_declared { String::new() } else { format!(" {prefix}\"{name}\"") }
    };
    let names =
        declare("xmlns=", "http://www.w3.org/2000/svg") + &declare("xmlns:xlink=", "http://www.w3.org/1999/xlink");
    markup.replacen("<svg", &format!("<svg{names}"), 1).replace("&nbsp;", " ")
}

/// Texts by their place alone.
fn by_place(svg: Node<'_>) -> DrawnProcess {
    DrawnProcess { steps: steps(svg), is_whole: true, ..DrawnProcess::default() }
}

/// Steps of an `svg` element by the places of its texts.
fn steps(svg: Node<'_>) -> Vec<Step> {
    let mut texts: Vec<Text<'_>> = Vec::new();
    let mut rects: Vec<Rect> = Vec::new();
    walk(svg, &mut texts, &mut rects);
    let boxes: Vec<Rect> = rects.iter().filter(|rect| is_box(rect, &rects, &texts)).copied().collect();
    let mut groups: Vec<(Option<Rect>, Vec<Text<'_>>)> = Vec::new();
    for text in texts {
        let around = boxes
            .iter()
            .filter(|rect| rect.holds(text.x, text.y))
            .min_by(|a, b| a.area().total_cmp(&b.area()))
            .copied();
        match groups.iter_mut().find(|(rect, _)| rect.is_some() && *rect == around) {
            Some((_, members)) => members.push(text),
            None => groups.push((around, vec![text])),
        }
    }
    let mut nodes: Vec<(f64, f64, Vec<String>, Node<'_>)> = groups
        .into_iter()
        .filter_map(|(_, mut members)| {
            members.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
            let first = members.first()?;
            let (x, y, node) = (first.x, first.y, first.node);
            let lines: Vec<String> = members.into_iter().flat_map(|member| member.lines).collect();
            Some((x, y, lines, node))
        })
        .collect();
    nodes.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.total_cmp(&b.0)));
    sort_rows(&mut nodes);
    nodes
        .into_iter()
        .filter(|(_, _, lines, _)| is_step(lines))
        .filter_map(|(_, _, lines, node)| step_text::step(&lines, node.locator()))
        .collect()
}

/// Whether a rectangle is the box of one node: not the background, not a lane around other boxes.
fn is_box(rect: &Rect, rects: &[Rect], texts: &[Text<'_>]) -> bool {
    let held = texts.iter().filter(|text| rect.holds(text.x, text.y)).count();
    let holds_box = rects.iter().any(|inner| {
        inner.area() < rect.area() && texts.iter().any(|text| inner.holds(text.x, text.y) && rect.holds(text.x, text.y))
    });
    held > 0 && held <= MOST_TEXTS_IN_BOX && !holds_box
}

/// Within one row, left to right. Rows are cut where the height jumps.
fn sort_rows(nodes: &mut [(f64, f64, Vec<String>, Node<'_>)]) {
    let mut start = 0;
    while start < nodes.len() {
        let top = nodes[start].1;
        let end = nodes[start..].iter().position(|node| node.1 - top > SAME_ROW).map_or(nodes.len(), |at| start + at);
        nodes[start..end].sort_by(|a, b| a.0.total_cmp(&b.0));
        start = end.max(start + 1);
    }
}

/// Titles, answers at branches and the ends of the chart are no steps.
pub(super) fn is_step(lines: &[String]) -> bool {
    let words = squeeze(&lines.concat());
    let marks = [
        "是",
        "否",
        "Y",
        "N",
        "YES",
        "NO",
        "yes",
        "no",
        "Yes",
        "No",
        "开始",
        "结束",
        "符合",
        "不符合",
        "通过",
        "不通过",
        "合格",
        "不合格",
        "齐全",
        "不齐全",
        "同意",
        "不同意",
        "流程结束",
        "准予许可",
        "材料齐全",
        "材料不全",
        "需补正",
        "不受理",
    ];
    words.chars().any(crate::extract::text::is_han) && !words.contains("流程图") && !marks.contains(&words.as_str())
}

fn walk<'a>(svg: Node<'a>, texts: &mut Vec<Text<'a>>, rects: &mut Vec<Rect>) {
    // A stack of our own: drawings may nest groups without end.
    let mut stack: Vec<(Node<'a>, Matrix)> = svg.children().map(|child| (child, Matrix::IDENTITY)).collect();
    stack.reverse();
    while let Some((node, outer)) = stack.pop() {
        if texts.len() >= MOST_TEXTS || rects.len() >= MOST_TEXTS {
            return;
        }
        let matrix = outer.then(node.attr("transform").map_or(Matrix::IDENTITY, transform));
        let number = |name: &str| node.attr(name).and_then(leading_number).unwrap_or(0.0);
        match node.name() {
            "text" => {
                let mut lines: Vec<String> =
                    node.select(&Css::new("tspan")).into_iter().map(words).filter(|line| !line.is_empty()).collect();
                let own = node.own_text();
                if !own.is_empty() {
                    lines.insert(0, own);
                }
                let inner = node.children().find(|child| child.attr("y").is_some());
                let at = |name: &str| {
                    node.attr(name)
                        .or_else(|| inner.and_then(|inner| inner.attr(name)))
                        .and_then(leading_number)
                        .unwrap_or(0.0)
                };
                let (x, y) = matrix.apply(at("x"), at("y"));
                if !lines.is_empty() {
                    texts.push(Text { node, lines, x, y });
                }
                continue;
            }
            "rect" | "foreignobject" | "foreignObject" => {
                let (left, top) = matrix.apply(number("x"), number("y"));
                let (right, bottom) = matrix.apply(number("x") + number("width"), number("y") + number("height"));
                let rect = Rect {
                    left: left.min(right),
                    top: top.min(bottom),
                    right: left.max(right),
                    bottom: top.max(bottom),
                };
                if node.name() == "rect" {
                    rects.push(rect);
                } else {
                    let lines = node.lines();
                    if !lines.is_empty() {
                        texts.push(Text { node, lines, x: rect.left, y: rect.top });
                    }
                    continue;
                }
            }
            "ellipse" | "circle" => {
                let (across, down) =
                    if node.name() == "circle" { (number("r"), number("r")) } else { (number("rx"), number("ry")) };
                let (x, y) = matrix.apply(number("cx"), number("cy"));
                rects.push(Rect { left: x - across, top: y - down, right: x + across, bottom: y + down });
            }
            "polygon" => rects.extend(node.attr("points").and_then(|points| around(points, matrix))),
            "defs" | "title" | "desc" | "style" | "script" | "marker" | "metadata" => continue,
            _ => {}
        }
        let mut inner: Vec<(Node<'a>, Matrix)> = node.children().map(|child| (child, matrix)).collect();
        inner.reverse();
        stack.extend(inner);
    }
}

fn words(node: Node<'_>) -> String {
    fold(&node.text())
}

/// The box around the corners of a polygon.
fn around(points: &str, matrix: Matrix) -> Option<Rect> {
    let numbers = numbers(points);
    let corners: Vec<(f64, f64)> = numbers.chunks_exact(2).map(|pair| matrix.apply(pair[0], pair[1])).collect();
    let (x, y) = *corners.first()?;
    let start = Rect { left: x, top: y, right: x, bottom: y };
    Some(corners.iter().fold(start, |rect, (x, y)| Rect {
        left: rect.left.min(*x),
        top: rect.top.min(*y),
        right: rect.right.max(*x),
        bottom: rect.bottom.max(*y),
    }))
}

/// Reads `translate`, `matrix` and `scale`; other transformations leave the place as it is.
fn transform(text: &str) -> Matrix {
    let mut all = Matrix::IDENTITY;
    for call in text.split(')') {
        let Some((name, arguments)) = call.split_once('(') else { continue };
        let n = numbers(arguments);
        let at = |index: usize| n.get(index).copied();
        let next = match name.trim().trim_start_matches(',').trim() {
            "translate" => Matrix([1.0, 0.0, 0.0, 1.0, at(0).unwrap_or(0.0), at(1).unwrap_or(0.0)]),
            "scale" => {
                let x = at(0).unwrap_or(1.0);
                Matrix([x, 0.0, 0.0, at(1).unwrap_or(x), 0.0, 0.0])
            }
            "matrix" if n.len() == 6 => Matrix([n[0], n[1], n[2], n[3], n[4], n[5]]),
            _ => Matrix::IDENTITY,
        };
        all = all.then(next);
    }
    all
}

fn numbers(text: &str) -> Vec<f64> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter_map(leading_number).collect()
}

/// A number, with a unit after it ignored; nothing that is not finite.
fn leading_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|(_, c)| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E')))
        .map_or(text.len(), |(at, _)| at);
    text[..end].trim_end_matches(['e', 'E']).parse::<f64>().ok().filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(steps: &[Step]) -> Vec<&str> {
        steps.iter().map(|step| step.name.as_str()).collect()
    }

    #[test]
    fn texts_are_read_from_top_to_bottom_with_the_limits_in_their_boxes() {
        let DrawnProcess { steps, .. } = svg_process(
            r#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="300" height="400">
            <text x="150" y="12">办理流程图</text>
            <rect x="50" y="100" width="200" height="50"/><text x="150" y="115">受理</text><text x="150" y="140">（1个工作日）</text>
            <rect x="50" y="20" width="200" height="50"/><text x="150" y="45">申请</text>
            <text x="260" y="90">是</text>
            <rect x="50" y="180" width="200" height="50"/><text x="150"><tspan x="150" y="195">审查</tspan><tspan x="150" dy="20">登记科</tspan></text>
            </svg>"#,
        );
        assert_eq!(names(&steps), ["申请", "受理", "审查"]);
        assert_eq!(steps[1].limit.as_ref().and_then(crate::model::TimeLimit::working_days), Some(1.0));
        assert_eq!(steps[2].department.as_deref(), Some("登记科"));
    }

    #[test]
    fn groups_move_their_texts() {
        let DrawnProcess { steps, .. } = svg_process(
            r#"<svg><g transform="translate(0, 200)"><g transform="matrix(1,0,0,1,5,0)"><text x="0" y="0">决定</text></g></g>
            <g transform="translate(0 20)"><text y="3">申请</text></g><g transform="translate(90 20)"><text y="0">受理</text></g></svg>"#,
        );
        assert_eq!(names(&steps), ["申请", "受理", "决定"]);
    }

    #[test]
    fn a_drawing_without_words_has_no_steps() {
        assert!(svg_process("<svg><path d='M0 0'/><text>OK</text></svg>").steps.is_empty());
        assert!(svg_process("not a drawing").steps.is_empty());
    }
}
