//! The shape of a region (形状): its extent row by row and column by column, and what kind of node it is.
//!
//! Comes in: a region. Goes out: its extents, its kind, and the mask of the node with its outline. Must never know: words.

use super::rect::Rect;
use crate::chart::blobs::Blobs;
use crate::chart::plane::Plane;
use crate::chart::recognise::quad::{Point, hull};
use crate::model::chart::NodeKind;

/// A diamond fills half of its rectangle, an ellipse three quarters; between them lies this.
const DIAMOND_FILL: f32 = 0.7;

/// An outline is never thicker than this share of the print's height: what goes on beyond is something else.
const MOST_OUTLINE: f32 = 1.1;

/// First and last cell of each row and of each column; what lies between belongs to the shape, words included.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spans {
    /// By row from the top of the rectangle.
    pub(crate) rows: Vec<Option<(i32, i32)>>,
    /// By column from the left of the rectangle.
    pub(crate) columns: Vec<Option<(i32, i32)>>,
}

impl Spans {
    /// Of a region.
    pub(crate) fn of(blobs: &Blobs, number: u32, rect: &Rect) -> Self {
        let mut rows = vec![None; rect.height().max(0) as usize];
        let mut columns = vec![None; rect.width().max(0) as usize];
        for y in rect.top..=rect.bottom {
            for x in rect.left..=rect.right {
                if blobs.labels.at(x, y) != number {
                    continue;
                }
                widen(rows.get_mut((y - rect.top) as usize), x);
                widen(columns.get_mut((x - rect.left) as usize), y);
            }
        }
        Self { rows, columns }
    }

    /// Cells between the first and the last: by rows or by columns, whichever is less.
    pub(crate) fn size(&self) -> i64 {
        let sum = |spans: &[Option<(i32, i32)>]| -> i64 {
            spans.iter().flatten().map(|(from, to)| i64::from(to - from + 1)).sum()
        };
        sum(&self.rows).min(sum(&self.columns))
    }
}

fn widen(span: Option<&mut Option<(i32, i32)>>, place: i32) {
    if let Some(span) = span {
        *span = Some(span.map_or((place, place), |(from, to)| (from.min(place), to.max(place))));
    }
}

/// The smallest convex shape around the spans.
fn convex(spans: &Spans, rect: &Rect) -> Vec<Point> {
    let places: Vec<Point> = (rect.top..)
        .zip(&spans.rows)
        .filter_map(|(y, span)| span.map(|span| (y, span)))
        .flat_map(|(y, (from, to))| {
            [(from, y), (to + 1, y), (from, y + 1), (to + 1, y + 1)].map(|(x, y)| (x as f32, y as f32))
        })
        .collect();
    hull(places)
}

/// Size of the smallest convex shape around the spans.
pub(crate) fn hull_size(spans: &Spans, rect: &Rect) -> f32 {
    let corners = convex(spans, rect);
    let twice: f32 = corners.iter().zip(corners.iter().cycle().skip(1)).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    twice.abs() / 2.0
}

/// The spans of a convex shape, as far as it lies below row 0 and right of column 0.
fn filled(corners: &[Point]) -> (Spans, Rect) {
    let low = corners.iter().fold((f32::MAX, f32::MAX), |low, at| (low.0.min(at.0), low.1.min(at.1)));
    let high = corners.iter().fold((0.0_f32, 0.0_f32), |high, at| (high.0.max(at.0), high.1.max(at.1)));
    let rect = Rect {
        left: low.0.max(0.0) as i32,
        top: low.1.max(0.0) as i32,
        right: (high.0 - 0.5) as i32,
        bottom: (high.1 - 0.5) as i32,
    };
    // Where a line through the middle of a row or column enters and leaves.
    let span = |middle: f32, across: fn(&Point) -> f32, along: fn(&Point) -> f32| {
        let (mut from, mut to) = (f32::MAX, f32::MIN);
        for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            let (low, high) = (across(a).min(across(b)), across(a).max(across(b)));
            if (low..=high).contains(&middle) && high > low {
                let share = (middle - across(a)) / (across(b) - across(a));
                let place = along(a) + share * (along(b) - along(a));
                (from, to) = (from.min(place), to.max(place));
            }
        }
        (from <= to).then(|| (from.max(0.0) as i32, (to - 0.5).max(0.0) as i32))
    };
    let rows = (rect.top..=rect.bottom).map(|y| span(y as f32 + 0.5, |at| at.1, |at| at.0)).collect();
    let columns = (rect.left..=rect.right).map(|x| span(x as f32 + 0.5, |at| at.0, |at| at.1)).collect();
    (Spans { rows, columns }, rect)
}

/// The spans of the smallest convex shape around others.
pub(crate) fn convex_spans(spans: &Spans, rect: &Rect) -> (Spans, Rect) {
    filled(&convex(spans, rect))
}

/// The corners of a diamond whose sharp tips were taken for outline: its sides, drawn on until they meet.
fn with_tips(mut corners: Vec<Point>, spans: &Spans, rect: &Rect) -> Vec<Point> {
    let row = |share: f32| spans.rows.get((rect.height() as f32 * share) as usize).copied().flatten();
    let (Some(a), Some(b), Some(c), Some(d)) = (row(0.2), row(0.4), row(0.6), row(0.8)) else { return corners };
    let (left, right) = ((b.0 + c.0 - a.0 - d.0) as f32 / 4.0, (b.1 + c.1 - a.1 - d.1) as f32 / 4.0);
    let middle = rect.centre().1;
    let reach = rect.width() as f32 * 0.3;
    let tip = |place: i32, other: i32, step: f32| (place + other) as f32 / 2.0 + step.clamp(-reach, reach);
    corners.push((tip(b.0, c.0, left).max(0.0), middle));
    corners.push((tip(b.1, c.1, right).max(0.0), middle));
    hull(corners)
}

/// What kind of node a shape is drawn as.
pub(crate) fn kind(spans: &Spans, rect: &Rect) -> NodeKind {
    let fill = spans.size() as f32 / rect.size().max(1) as f32;
    if fill < DIAMOND_FILL && is_pointed(spans, rect) {
        return NodeKind::Decision;
    }
    let inset = |share: f32| {
        let row = (rect.height() as f32 * share) as usize;
        let span = spans.rows.get(row).copied().flatten()?;
        Some((span.0 - rect.left, rect.right - span.1))
    };
    let rounded = [0.1, 0.88].into_iter().all(|share| {
        inset(share).is_some_and(|(left, right)| {
            let (least, most) = (left.min(right) as f32, left.max(right) as f32);
            least > 0.12 * rect.height() as f32 && most < 2.0 * least + 4.0
        })
    });
    if rounded { NodeKind::Terminal } else { NodeKind::Step }
}

/// Whether a shape is narrow at its top and bottom and wide in the middle.
fn is_pointed(spans: &Spans, rect: &Rect) -> bool {
    let wide = |share: f32| {
        let row = (rect.height() as f32 * share) as usize;
        spans.rows.get(row).copied().flatten().map_or(0, |(from, to)| to - from + 1) as f32
    };
    let whole = rect.width() as f32;
    wide(0.04) < 0.42 * whole && wide(0.96) < 0.42 * whole && wide(0.5) > 0.8 * whole
}

/// The mask of a node: its shape and the outline around it.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    /// What the shape covers with its outline.
    pub(crate) rect: Rect,
    spans: Spans,
    inner: Rect,
    outline: [i32; 4],
}

impl Body {
    /// Grows a shape, made convex, over its outline: on each side by as much as is not paper in most of its rows or
    /// columns, so that arrows that touch it do not count.
    pub(crate) fn of(spans: &Spans, inner: &Rect, wall: &Plane<bool>, print: f32) -> Self {
        let mut corners = convex(spans, inner);
        let pointed = kind(spans, inner) == NodeKind::Decision;
        if pointed {
            corners = with_tips(corners, spans, inner);
        }
        let (spans, inner) = filled(&corners);
        let most = (MOST_OUTLINE * print) as i32;
        let reach = |mut place: Point, (right, down): (f32, f32)| {
            let mut steps = 0;
            while steps < most {
                place = (place.0 + right, place.1 + down);
                if !wall.at(place.0 as i32, place.1 as i32) {
                    break;
                }
                steps += 1;
            }
            steps
        };
        let mut sides: [Vec<i32>; 4] = Default::default();
        for (y, span) in (inner.top..).zip(&spans.rows) {
            if let Some((from, to)) = span {
                sides[0].push(reach((*from as f32, y as f32), (-1.0, 0.0)));
                sides[1].push(reach((*to as f32, y as f32), (1.0, 0.0)));
            }
        }
        for (x, span) in (inner.left..).zip(&spans.columns) {
            if let Some((from, to)) = span {
                sides[2].push(reach((x as f32, *from as f32), (0.0, -1.0)));
                sides[3].push(reach((x as f32, *to as f32), (0.0, 1.0)));
            }
        }
        let outline = sides.map(|mut steps| {
            steps.sort_unstable();
            // Words and heads that touch a straight side may hide more than half of it; at a diamond's tips the outline
            // is thicker than along its sides.
            steps.get(steps.len() / if pointed { 2 } else { 4 }).copied().unwrap_or(0).min(most) + 1
        });
        let [left, right, top, bottom] = outline;
        let rect = Rect {
            left: inner.left - left,
            top: inner.top - top,
            right: inner.right + right,
            bottom: inner.bottom + bottom,
        };
        Self { rect, spans, inner, outline }
    }

    /// Writes a value wherever the node is.
    pub(crate) fn draw<T: Copy + Default>(&self, plane: &mut Plane<T>, value: T) {
        let [left, right, top, bottom] = self.outline;
        for (y, span) in (self.inner.top..).zip(&self.spans.rows) {
            if let Some((from, to)) = span {
                plane.fill((from - left, y), (to + right, y), value);
            }
        }
        for (x, span) in (self.inner.left..).zip(&self.spans.columns) {
            if let Some((from, to)) = span {
                plane.fill((x, from - top), (x, to + bottom), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::blobs::Neighbours;

    fn shape(inside: impl Fn(i32, i32) -> bool) -> (Spans, Rect) {
        let mut mask = Plane::new(120, 60);
        for y in 0..60 {
            for x in 0..120 {
                mask.set(x, y, inside(x - 60, y - 30));
            }
        }
        let blobs = Blobs::of(&mask, Neighbours::Four);
        let rect = Rect::from(blobs.blob(1).expect("a shape"));
        (Spans::of(&blobs, 1, &rect), rect)
    }

    #[test]
    fn kinds_are_told_by_the_outline() {
        let (diamond, at) = shape(|x, y| x.abs() + 2 * y.abs() < 50);
        assert_eq!(kind(&diamond, &at), NodeKind::Decision);
        let (rectangle, at) = shape(|x, y| x.abs() < 50 && y.abs() < 20);
        assert_eq!(kind(&rectangle, &at), NodeKind::Step);
        let (ellipse, at) = shape(|x, y| x * x + 4 * y * y < 2500);
        assert_eq!(kind(&ellipse, &at), NodeKind::Terminal);
        let (stadium, at) = shape(|x, y| y.abs() < 20 && (x.abs() - 30).max(0).pow(2) + y * y < 400);
        assert_eq!(kind(&stadium, &at), NodeKind::Terminal);
        let (slanted, at) = shape(|x, y| y.abs() < 20 && (x + y / 2).abs() < 40);
        assert_eq!(kind(&slanted, &at), NodeKind::Step);
    }

    #[test]
    fn a_convex_shape_is_solid_and_a_corner_is_not() {
        let (rectangle, at) = shape(|x, y| x.abs() < 50 && y.abs() < 20);
        assert!(rectangle.size() as f32 / hull_size(&rectangle, &at) > 0.98);
        let (corner, at) = shape(|x, y| x.abs() < 50 && y.abs() < 20 && (x < -40 || y > 12));
        assert!((corner.size() as f32) < 0.6 * hull_size(&corner, &at));
    }

    #[test]
    fn the_body_covers_the_outline_and_not_the_arrow() {
        let (spans, inner) = shape(|x, y| x.abs() < 50 && y.abs() < 20);
        let mut wall = Plane::new(120, 60);
        wall.fill((inner.left - 3, inner.top - 3), (inner.right + 3, inner.bottom + 3), true);
        wall.fill((60, 0), (61, 10), true);
        let body = Body::of(&spans, &inner, &wall, 18.0);
        let mut mask = Plane::new(120, 60);
        body.draw(&mut mask, true);
        assert!(mask.at(inner.left - 3, 30) && mask.at(30, inner.top - 3));
        assert!(!mask.at(60, inner.top - 6) && !mask.at(inner.left - 6, 30));
    }
}
