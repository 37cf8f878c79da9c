//! Where lines end: at which node, and whether with a head (箭头).
//!
//! A line's end lies at a node if it touches it or points at it from close by. A head is a place near the end where the ink
//! is wider on both sides than along the line: filled triangles, kites and open angles alike. Comes in: lines and the
//! places of nodes. Goes out: ends. Must never know: which end belongs to which other.

use super::strokes::{Place, Strokes};
use crate::chart::plane::Plane;

/// A line that ends this close to a node touches it.
const TOUCHES: i32 = 4;

/// Ink is looked at this far to each side of a line; what is wider is another line.
const ASIDE: i32 = 14;

/// A head begins within this distance of the end.
const HEAD_WITHIN: i32 = 18;

/// A line's width is taken from here on.
const LINE_FROM: i32 = 15;

/// And as far as this.
const LINE_TO: i32 = 30;

/// A head is wider than its line by this on each side.
const WIDER: f32 = 1.7;

/// An end of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct End {
    /// The vertex of the strokes.
    pub(crate) vertex: usize,
    /// Where it is.
    pub(crate) place: Place,
    /// Where it points to, as a step of length 1.
    pub(crate) outwards: (f32, f32),
    /// The node that it touches or points at.
    pub(crate) node: Option<usize>,
    /// How far that node is away.
    pub(crate) gap: i32,
    /// By how much the ink near the end is wider than the line, on each side; 0 if there is no head.
    pub(crate) head: f32,
    /// How far from the end it is widest.
    pub(crate) head_at: f32,
    /// How much it narrows evenly towards the end, 0 to about a half: a tip does, the line behind a head does not.
    pub(crate) taper: f32,
    /// Length of the line to where it meets another, at most.
    pub(crate) run: usize,
}

/// What ends are looked for on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'a> {
    /// Ink outside nodes.
    pub(crate) ink: &'a Plane<bool>,
    /// Where words stand whose ink does not count.
    pub(crate) words: Option<&'a Plane<bool>>,
    /// The node at each place, from 1; 0 where there is none.
    pub(crate) owner: &'a Plane<u16>,
    /// Height of the print.
    pub(crate) print: f32,
}

/// The ends of lines.
pub(crate) fn ends(strokes: &Strokes, ground: &Ground<'_>) -> Vec<End> {
    let degrees = strokes.degrees();
    let mut all = Vec::new();
    for segment in &strokes.segments {
        for (at, vertex) in segment.ends.into_iter().enumerate() {
            if degrees.get(vertex) != Some(&1) {
                continue;
            }
            let from_end: Vec<Place> = if at == 0 {
                segment.path.iter().take(40).copied().collect()
            } else {
                segment.path.iter().rev().take(40).copied().collect()
            };
            let other = segment.ends[1 - at];
            let run = if degrees.get(other) == Some(&1) { segment.path.len() } else { usize::from(u16::MAX) };
            all.extend(end(strokes, ground, (vertex, run), &from_end));
        }
    }
    all.extend(met_tips(strokes, ground, &degrees));
    all
}

/// Heads drawn as open angles whose three lines meet right before the node, so that none of them ends there.
fn met_tips(strokes: &Strokes, ground: &Ground<'_>, degrees: &[usize]) -> Vec<End> {
    let meetings =
        strokes.vertices.iter().enumerate().filter(|(vertex, _)| degrees.get(*vertex).is_some_and(|n| *n >= 2));
    let tips = meetings.filter_map(|(vertex, place)| {
        let (node, (right, down)) = touched(ground.owner, *place, TOUCHES + 3)?;
        let length = (right as f32).hypot(down as f32).max(1.0);
        let outwards = on_axis((right as f32 / length, down as f32 / length));
        let (head, head_at, taper) = head(strokes, ground, *place, outwards);
        let run = usize::from(u16::MAX);
        (head > 0.0).then_some(End {
            vertex,
            place: *place,
            outwards,
            node: Some(node),
            gap: 0,
            head,
            head_at,
            taper,
            run,
        })
    });
    tips.collect()
}

fn end(strokes: &Strokes, ground: &Ground<'_>, (vertex, run): (usize, usize), path: &[Place]) -> Option<End> {
    let place = *path.first()?;
    let touched = touched(ground.owner, place, TOUCHES);
    let mut outwards = direction(path);
    if path.len() < 6
        && let Some((_, (right, down))) = touched
    {
        // A stub is too short to have a direction of its own.
        let length = (right as f32).hypot(down as f32).max(1.0);
        outwards = on_axis((right as f32 / length, down as f32 / length));
    }
    let (mut wide, mut head_at, mut taper) = head(strokes, ground, place, outwards);
    let (mut node, mut gap) = match touched {
        Some((node, _)) => (Some(node), 0),
        None => pointed_at(ground, place, outwards, wide > 0.0),
    };
    if node.is_none()
        && let Some((found, step)) = through_ink(ground, place)
    {
        // A head right behind a bend: its line ends in the middle of it, aside of the tip.
        outwards = step;
        (wide, head_at, taper) = (tapering(&Ground { words: None, ..*ground }, place, outwards), 0.0, 0.5);
        (node, gap) = (Some(found), 0);
    }
    Some(End { vertex, place, outwards, node, gap, head: wide, head_at, taper, run })
}

/// The nearest node within reach of a touch, and the step to it.
fn touched(owner: &Plane<u16>, (x, y): Place, reach: i32) -> Option<(usize, Place)> {
    let mut best: Option<(i32, usize, Place)> = None;
    for down in -reach..=reach {
        for right in -reach..=reach {
            let distance = right * right + down * down;
            let node = owner.at(x + right, y + down);
            if node != 0 && distance <= reach * reach && best.is_none_or(|(least, ..)| distance < least) {
                best = Some((distance, usize::from(node) - 1, (right, down)));
            }
        }
    }
    best.map(|(_, node, step)| (node, step))
}

/// The node that lies behind ink in one of the four directions, with the direction.
fn through_ink(ground: &Ground<'_>, (x, y): Place) -> Option<(usize, (f32, f32))> {
    let reach = (0.7 * ground.print) as i32;
    [(0, 1), (1, 0), (0, -1), (-1, 0)].into_iter().find_map(|(right, down)| {
        let mut bare = 0;
        for step in 1..=reach {
            let place = (x + right * step, y + down * step);
            let node = ground.owner.at(place.0, place.1);
            if node != 0 {
                return Some((usize::from(node) - 1, (right as f32, down as f32)));
            }
            bare += i32::from(!ground.ink.at(place.0, place.1));
            if bare > 2 {
                return None;
            }
        }
        None
    })
}

/// Where the end of a path points: from some way back to the end.
fn direction(path: &[Place]) -> (f32, f32) {
    let (Some(end), Some(back)) = (path.first(), path.get(12).or(path.last())) else { return (0.0, 0.0) };
    // The very last pixels of a head's middle line wander.
    let end = path.get(2).filter(|_| path.len() > 8).unwrap_or(end);
    let (right, down) = ((end.0 - back.0) as f32, (end.1 - back.1) as f32);
    let length = right.hypot(down);
    if length < 1.0 { (0.0, 0.0) } else { on_axis((right / length, down / length)) }
}

/// Lines of charts run along rows and columns: a direction that nearly does is taken to.
fn on_axis((right, down): (f32, f32)) -> (f32, f32) {
    if down.abs() < 0.26 {
        (right.signum(), 0.0)
    } else if right.abs() < 0.26 {
        (0.0, down.signum())
    } else {
        (right, down)
    }
}

/// The first node in the direction of an end, and how far it is. Lines with heads reach farther: their heads often stop
/// short of the box.
fn pointed_at(ground: &Ground<'_>, (x, y): Place, (right, down): (f32, f32), has_head: bool) -> (Option<usize>, i32) {
    let reach = (ground.print * if has_head { 1.4 } else { 0.9 }) as i32;
    let (x, y) = (x as f32, y as f32);
    for step in 1..=reach {
        for aside in [0, 1, -1, 2, -2, 3, -3] {
            let (along, aside) = (step as f32, aside as f32);
            let place = ((x + right * along - down * aside).round(), (y + down * along + right * aside).round());
            let node = ground.owner.at(place.0 as i32, place.1 as i32);
            if node != 0 {
                return (Some(usize::from(node) - 1), step);
            }
        }
    }
    (None, 0)
}

/// How far ink reaches to one side of a line, some steps back from its end; -1 if there is none. Gaps of an open angle
/// are passed over.
fn aside(ground: &Ground<'_>, (x, y): Place, (right, down): (f32, f32), (step, sign): (i32, f32)) -> i32 {
    let back = (x as f32 - right * step as f32, y as f32 - down * step as f32);
    let on = |aside: i32| {
        let aside = aside as f32 * sign;
        let place = ((back.0 - down * aside).round(), (back.1 + right * aside).round());
        let (x, y) = (place.0 as i32, place.1 as i32);
        ground.ink.at(x, y) && ground.words.is_none_or(|words| !words.at(x, y))
    };
    (0..=ASIDE).rev().find(|aside| on(*aside)).unwrap_or(-1)
}

/// By how much a head whose line comes from aside is wider at its back than at its tip, on each side.
fn tapering(ground: &Ground<'_>, place: Place, outwards: (f32, f32)) -> f32 {
    let width = |step: i32| {
        let (one, other) = (aside(ground, place, outwards, (step, 1.0)), aside(ground, place, outwards, (step, -1.0)));
        (one.max(other) < ASIDE - 1 && one.min(other) >= 0).then(|| one.min(other))
    };
    let all: Vec<i32> = (-12..=2).filter_map(width).collect();
    match (all.iter().max(), all.first()) {
        (Some(widest), Some(tip)) if widest - tip >= 2 => (widest - tip) as f32,
        _ => 0.0,
    }
}

/// The head at an end. Letters that touch a line hide a head by making the line as wide; then it is looked for without
/// the ink of words.
fn head(strokes: &Strokes, ground: &Ground<'_>, place: Place, outwards: (f32, f32)) -> (f32, f32, f32) {
    let found = head_on(strokes, &Ground { words: None, ..*ground }, place, outwards);
    if found.0 > 0.0 { found } else { head_on(strokes, ground, place, outwards) }
}

/// By how much the ink near an end is wider than the line behind it, on both sides; how far from the end; how
/// evenly it narrows.
fn head_on(strokes: &Strokes, ground: &Ground<'_>, (x, y): Place, (right, down): (f32, f32)) -> (f32, f32, f32) {
    if (right, down) == (0.0, 0.0) {
        return (0.0, 0.0, 0.0);
    }
    let side = |step: i32, sign: f32| aside(ground, (x, y), (right, down), (step, sign));
    // Where words begin right beside the ink, what they cover was not seen: then the other side tells.
    let hidden = |step: i32, sign: f32, reach: i32| {
        let back = (x as f32 - right * step as f32, y as f32 - down * step as f32);
        let aside = (reach + 1) as f32 * sign;
        let place = ((back.0 - down * aside).round() as i32, (back.1 + right * aside).round() as i32);
        reach >= 0 && ground.words.is_some_and(|words| words.at(place.0, place.1))
    };
    let width = |step: i32| {
        let (one, other) = (side(step, 1.0), side(step, -1.0));
        // Something that goes on to both sides is another line, not a head.
        (one.max(other) < ASIDE - 1).then(|| match (hidden(step, 1.0, one), hidden(step, -1.0, other)) {
            (true, false) => other,
            (false, true) => one,
            _ => one.min(other),
        })
    };
    let mut behind: Vec<i32> = (LINE_FROM..=LINE_TO).filter_map(width).filter(|half| *half >= 0).collect();
    behind.sort_unstable();
    let (depth_x, depth_y) = (x - (right * 20.0) as i32, y - (down * 20.0) as i32);
    let thick = f32::from(strokes.depth.at(depth_x, depth_y)) / 3.0;
    let line = behind.get(behind.len() / 3).map_or(thick.max(1.0) - 1.0, |half| *half as f32);
    let halves: Vec<Option<f32>> =
        (-10..=HEAD_WITHIN + 8).map(|step| width(step).map(|half| half as f32 - line)).collect();
    let (mut widest, mut widest_at) = (0.0_f32, 0.0);
    for (at, half) in halves.iter().enumerate().take((HEAD_WITHIN + 11) as usize) {
        // Towards the tip there may be the box; a line beside ends the search.
        let Some(half) = *half else {
            if at > 12 {
                break;
            }
            continue;
        };
        // Behind a head the line goes on as thin as it was, or ends; a line that grows into another is no head.
        let thin_again =
            halves.iter().skip(at + 1).take(9).map_while(|half| *half).any(|behind| behind <= (0.4 * half).max(0.5));
        if thin_again && half > widest {
            (widest, widest_at) = (half, at as f32 - 10.0);
        }
    }
    if widest < WIDER.max(0.5 * line + 1.0) {
        return (0.0, 0.0, 0.0);
    }
    let towards: Vec<f32> =
        (-14..=widest_at as i32).filter_map(width).filter(|half| *half >= 0).map(|half| half as f32 + 1.0).collect();
    let most = towards.iter().copied().fold(1.0, f32::max);
    let mean = towards.iter().sum::<f32>() / towards.len().max(1) as f32;
    (widest, widest_at, (mean - towards.first().copied().unwrap_or(0.0)) / most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line from the top to a box below, with a head drawn by a function of the distance from its tip.
    fn drawn(head: impl Fn(i32) -> Option<(i32, i32)>, tip: i32) -> Vec<End> {
        let mut ink = Plane::new(120, 200);
        ink.fill((60, 10), (61, tip), true);
        for back in 0..14 {
            if let Some((from, to)) = head(back) {
                ink.fill((61 - to, tip - back), (61 - from, tip - back), true);
                ink.fill((60 + from, tip - back), (60 + to, tip - back), true);
            }
        }
        let mut owner = Plane::new(120, 200);
        owner.fill((20, 100), (100, 150), 1);
        ends(&Strokes::of(&ink), &Ground { ink: &ink, words: None, owner: &owner, print: 18.0 })
    }

    fn at_box(ends: &[End]) -> Vec<bool> {
        ends.iter().filter(|end| end.node == Some(0)).map(|end| end.head > 0.0).collect()
    }

    #[test]
    fn filled_and_open_heads_are_seen_and_plain_ends_are_none() {
        assert!(at_box(&drawn(|back| Some((0, back / 2 + 1)), 98)).contains(&true));
        assert!(at_box(&drawn(|back| (back < 10).then_some((back / 2, back / 2 + 1)), 98)).contains(&true));
        assert_eq!(at_box(&drawn(|_| None, 98)), [false]);
    }

    #[test]
    fn a_head_that_stops_short_of_its_box_points_at_it() {
        let ends = drawn(|back| Some((0, back / 2 + 1)), 86);
        let end = ends.iter().find(|end| end.head > 0.0).expect("a head");
        assert_eq!(end.node, Some(0));
        assert!(end.gap > 5, "{end:?}");
    }

    #[test]
    fn a_plain_end_far_from_every_box_lies_at_none() {
        assert_eq!(at_box(&drawn(|_| None, 70)), Vec::<bool>::new());
    }
}
