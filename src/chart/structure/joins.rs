//! Lines that are interrupted (虚线, 断线): ends that face each other across a gap are one line.
//!
//! Gaps come from dashes, from frames that were taken out, and from labels that stand in the middle of a line. Comes in:
//! lines, their loose ends, and where words stand. Goes out: lines with the gaps closed. Must never know: nodes.

use super::ends::End;
use super::rect::Rect;
use super::strokes::{Place, Segment, Strokes};

/// Ends further apart across a gap than this share of the print's height are not one line, unless words stand between.
const MOST_GAP: f32 = 0.8;

/// Most gap with words between, in heights of the print.
const MOST_GAP_WITH_WORDS: f32 = 6.0;

/// More loose ends than this are noise.
const MOST_LOOSE: usize = 1500;

/// Closes gaps between loose ends that face each other. Gives the labels that stood in one with the vertices beside it.
pub(crate) fn close_gaps(
    strokes: &mut Strokes,
    ends: &mut Vec<End>,
    words: &[Rect],
    print: f32,
) -> Vec<(usize, usize)> {
    let loose: Vec<usize> =
        (0..ends.len()).filter(|end| ends.get(*end).is_some_and(|end| end.node.is_none())).collect();
    if loose.len() > MOST_LOOSE {
        return Vec::new();
    }
    let mut found: Vec<(i32, usize, usize, Option<usize>)> = Vec::new();
    for (at, a) in loose.iter().enumerate() {
        for b in loose.iter().skip(at + 1) {
            let (Some(one), Some(other)) = (ends.get(*a), ends.get(*b)) else { continue };
            if one.vertex == other.vertex {
                continue;
            }
            if let Some((gap, word)) = facing(one, other, words, print) {
                found.push((gap, *a, *b, word));
            }
        }
    }
    found.sort_unstable();
    let mut taken: Vec<usize> = Vec::new();
    let mut labels = Vec::new();
    for (_, a, b, word) in found {
        if taken.contains(&a) || taken.contains(&b) {
            continue;
        }
        taken.extend([a, b]);
        if let (Some(one), Some(other)) = (ends.get(a), ends.get(b)) {
            let segment = Segment {
                ends: [one.vertex, other.vertex],
                path: between(one.place, other.place),
                gap: word.is_none(),
            };
            strokes.segments.push(segment);
            labels.extend(word.map(|word| (word, one.vertex)));
        }
    }
    let mut at = 0;
    ends.retain(|_| {
        at += 1;
        !taken.contains(&(at - 1))
    });
    labels
}

/// The gap between two ends that face each other, and the words in it.
fn facing(a: &End, b: &End, words: &[Rect], print: f32) -> Option<(i32, Option<usize>)> {
    let (right, down) = ((b.place.0 - a.place.0) as f32, (b.place.1 - a.place.1) as f32);
    let gap = right.hypot(down);
    if gap > MOST_GAP_WITH_WORDS * print {
        return None;
    }
    let (right, down) = if gap < 1.0 { a.outwards } else { (right / gap, down / gap) };
    let along = |end: &End, sign: f32| (end.outwards.0 * right + end.outwards.1 * down) * sign;
    // A dash of a few pixels has no direction: it goes with any.
    let dot = |end: &End| end.outwards == (0.0, 0.0);
    if !(dot(a) || along(a, 1.0) > 0.93) || !(dot(b) || along(b, -1.0) > 0.93) {
        return None;
    }
    if gap <= MOST_GAP * print {
        return Some((gap as i32, None));
    }
    let middle = ((a.place.0 + b.place.0) as f32 / 2.0, (a.place.1 + b.place.1) as f32 / 2.0);
    let word = words.iter().position(|rect| {
        let across = if right.abs() > down.abs() { rect.width() } else { rect.height() };
        rect.widened(2).holds(middle) && gap < across as f32 + 1.2 * print
    })?;
    Some((gap as i32, Some(word)))
}

/// The pixels of a straight line.
fn between(a: Place, b: Place) -> Vec<Place> {
    let steps = (b.0 - a.0).abs().max((b.1 - a.1).abs()).max(1);
    (0..=steps).map(|step| (a.0 + (b.0 - a.0) * step / steps, a.1 + (b.1 - a.1) * step / steps)).collect()
}
