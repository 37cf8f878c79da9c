//! Nodes as they are drawn (节点): regions with words, and circles and diamonds without.
//!
//! Comes in: regions. Goes out: nodes with their bodies. Must never know: arrows.

use super::loose::Group;
use super::morphology::grown;
use super::rect::Rect;
use super::regions::{Region, Regions};
use super::shape::{Body, Spans, convex_spans, hull_size, kind};
use super::walls::is_lone_mark;
use crate::chart::blobs::{Blobs, Neighbours};
use crate::chart::plane::Plane;
use crate::chart::recognise::Line;
use crate::model::chart::NodeKind;

/// A node on the sheet.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    /// Words; empty for a shape without.
    pub(crate) text: String,
    /// How surely they were read.
    pub(crate) score: f32,
    /// Form.
    pub(crate) kind: NodeKind,
    /// The shape with its outline; `None` for words without one.
    pub(crate) body: Option<Body>,
    /// Place.
    pub(crate) rect: Rect,
    /// Whether it points to the right as chevrons do.
    pub(crate) chevron: bool,
    /// Words of the same row of a table.
    pub(crate) cells: Vec<Group>,
}

/// Smallest and largest side of a shape without words, in heights of the print.
const WORDLESS: (f32, f32) = (0.8, 4.0);

/// The nodes of regions.
pub(crate) fn nodes(regions: &Regions, wall: &Plane<bool>, print: f32) -> Vec<Drawn> {
    let mut all: Vec<Drawn> =
        regions.nodes.iter().filter_map(|region| with_words(regions, region, wall, print)).collect();
    let boxes: Vec<Rect> = all.iter().map(|node| node.rect).collect();
    let taken: Vec<u32> = regions.nodes.iter().map(|region| region.number).collect();
    for (number, blob) in regions.blobs.numbered() {
        let rect = Rect::from(blob);
        let fits = |side: i32| (WORDLESS.0 * print..WORDLESS.1 * print).contains(&(side as f32));
        if taken.contains(&number) || !fits(rect.width()) || !fits(rect.height()) {
            continue;
        }
        if boxes.iter().any(|other| other.holds(rect.centre())) {
            continue;
        }
        let spans = Spans::of(&regions.blobs, number, &rect);
        all.extend(without_words(&spans, rect, wall, print));
    }
    let boxes: Vec<Rect> = all.iter().map(|node| node.rect).collect();
    all.extend(with_signs(regions, &boxes, wall, print));
    all
}

/// Shapes that a sign which was not read as a letter cuts into pieces: the pieces together have the shape.
fn with_signs(regions: &Regions, boxes: &[Rect], wall: &Plane<bool>, print: f32) -> Vec<Drawn> {
    let small: Vec<bool> = std::iter::once(false)
        .chain(regions.blobs.numbered().map(|(number, blob)| {
            let rect = Rect::from(blob);
            blob.cells >= 4
                && (rect.width().max(rect.height()) as f32) < WORDLESS.1 * print
                && !regions.is_page(number)
                && !boxes.iter().any(|other| other.holds(rect.centre()))
        }))
        .collect();
    let pieces = regions.blobs.labels.map(|number| small.get(number as usize).copied().unwrap_or(false));
    let whole = Blobs::of(&grown(&pieces, 3), Neighbours::Eight);
    let mut all = Vec::new();
    for (number, blob) in whole.numbered() {
        let rect = Rect::from(blob).widened(-3);
        if (rect.width().min(rect.height()) as f32) < WORDLESS.0 * print || rect.width() > 3 * rect.height() {
            continue;
        }
        let own = pieces.with(&whole.labels, |piece, label| piece && label == number);
        let spans = Spans::of(&Blobs { labels: own.map(u32::from), all: Vec::new() }, 1, &rect);
        let (spans, rect) = convex_spans(&spans, &rect);
        all.extend(without_words(&spans, rect, wall, print).filter(|node| node.kind == NodeKind::Decision));
    }
    all
}

fn with_words(regions: &Regions, region: &Region, wall: &Plane<bool>, print: f32) -> Option<Drawn> {
    let lines: Vec<&Line> = region.lines.iter().filter_map(|line| regions.lines.get(*line)).collect();
    let group = Group::of(&without_icons(&lines));
    let spans = Spans::of(&regions.blobs, region.number, &region.rect);
    let form = kind(&spans, &region.rect);
    let chevron = points_right(&spans, &region.rect);
    let body = Body::of(&spans, &region.rect, wall, print);
    // The sign in a gateway (网关) is no word.
    let sign = is_lone_mark(&group.text) && !group.text.contains(|letter: char| letter.is_ascii_digit());
    if sign && form == NodeKind::Step {
        return None;
    }
    let text = if sign { String::new() } else { group.text };
    Some(Drawn { text, score: group.score, kind: form, rect: body.rect, body: Some(body), chevron, cells: Vec::new() })
}

/// Icons in a box are read as single characters; a single character is a word only if it is the last row's, or the end
/// of a row that did not fit (承办：失业保险|科).
fn without_icons<'a>(lines: &[&'a Line]) -> Vec<&'a Line> {
    let last = lines.iter().map(|line| Rect::around(&line.quad).bottom).max().unwrap_or(0);
    let kept: Vec<&Line> = lines
        .iter()
        .filter(|line| {
            let rect = Rect::around(&line.quad);
            let digit = line.text.chars().any(|letter| letter.is_ascii_digit());
            let beside = lines.iter().any(|other| {
                let other = Rect::around(&other.quad);
                other != rect && (other.centre().1 - rect.centre().1).abs() < 0.4 * rect.height() as f32
            });
            let wrapped = || lines.iter().any(|other| is_end_of(line, other));
            line.letters() > 1 || lines.len() == 1 || digit || beside || rect.bottom >= last || wrapped()
        })
        .copied()
        .collect();
    if kept.is_empty() { lines.to_vec() } else { kept }
}

/// A row has at least so many characters where its end does not fit.
const SHORTEST_FULL_ROW: usize = 5;

/// Whether a single sure character stands right below a long row of the same print, under its middle or its beginning.
fn is_end_of(line: &Line, above: &Line) -> bool {
    let (rect, row) = (Rect::around(&line.quad), Rect::around(&above.quad));
    let print = row.height() as f32;
    let gap = rect.centre().1 - row.centre().1;
    let alike = (rect.height() as f32 / print - 1.0).abs() <= 0.3;
    let under = rect.centre().0 - row.centre().0;
    let begins = (rect.left - row.left) as f32;
    above.letters() >= SHORTEST_FULL_ROW
        && line.score >= 0.9
        && alike
        && (0.8 * print..2.0 * print).contains(&gap)
        && (under.abs() <= print || begins.abs() <= print)
}

fn without_words(spans: &Spans, rect: Rect, wall: &Plane<bool>, print: f32) -> Option<Drawn> {
    let (width, height) = (wall.width(), wall.height());
    if rect.left <= 1 || rect.top <= 1 || rect.right >= width - 2 || rect.bottom >= height - 2 {
        return None;
    }
    let form = kind(spans, &rect);
    let aspect = rect.width() as f32 / rect.height() as f32;
    let solid = spans.size() as f32 / hull_size(spans, &rect).max(1.0);
    let fill = spans.size() as f32 / rect.size().max(1) as f32;
    let fits = match form {
        NodeKind::Decision => (0.5..2.0).contains(&aspect) && fill > 0.4,
        NodeKind::Terminal => (0.8..1.25).contains(&aspect) && (0.68..0.88).contains(&fill),
        NodeKind::Step | NodeKind::Borderless => false,
    };
    if !fits || solid < 0.88 {
        return None;
    }
    let body = Body::of(spans, &rect, wall, print);
    Some(Drawn {
        text: String::new(),
        score: 1.0,
        kind: form,
        rect: body.rect,
        body: Some(body),
        chevron: false,
        cells: Vec::new(),
    })
}

/// Whether the middle row lies further right than the first and last, at both its ends.
fn points_right(spans: &Spans, rect: &Rect) -> bool {
    let at = |share: f32| spans.rows.get((rect.height() as f32 * share) as usize).copied().flatten();
    let (Some(top), Some(middle), Some(bottom)) = (at(0.05), at(0.5), at(0.94)) else { return false };
    let least = (rect.height() / 6).max(4);
    let tip = middle.1 - top.1.max(bottom.1) >= least;
    let notch = middle.0 >= top.0.min(bottom.0) - 1;
    let even = (top.1 - bottom.1).abs() <= least && (top.0 - bottom.0).abs() <= least;
    tip && notch && even
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::recognise::quad::Quad;

    fn line(text: &str, left: f32, top: f32) -> Line {
        let width = 18.0 * text.chars().count() as f32;
        let quad = Quad::upright((left, top), (left + width, top + 20.0));
        Line { quad, text: text.to_owned(), score: 0.9, places: Vec::new() }
    }

    #[test]
    fn an_icon_above_the_words_is_left_out_and_a_last_character_is_not() {
        let lines = [line("日", 10.0, 10.0), line("局领导审批", 40.0, 35.0)];
        let lines: Vec<&Line> = lines.iter().collect();
        assert_eq!(Group::of(&without_icons(&lines)).text, "局领导审批");
        let lines = [line("不属于职权范", 10.0, 10.0), line("围", 60.0, 32.0)];
        let lines: Vec<&Line> = lines.iter().collect();
        assert_eq!(Group::of(&without_icons(&lines)).text, "不属于职权范围");
    }

    #[test]
    fn a_character_that_did_not_fit_into_its_row_is_none_of_the_icons() {
        let kept = |middle: Line| {
            let lines = [line("承办：失业保险", 10.0, 10.0), middle, line("时限：2个工作日", 10.0, 60.0)];
            let lines: Vec<&Line> = lines.iter().collect();
            Group::of(&without_icons(&lines)).text
        };
        assert_eq!(kept(line("科", 64.0, 34.0)), "承办：失业保险科时限：2个工作日");
        assert_eq!(kept(Line { score: 0.6, ..line("田", 64.0, 34.0) }), "承办：失业保险时限：2个工作日");
    }
}
