//! From lines to arrows (连线方向): which end belongs to which.
//!
//! All lines that hang together are one net. Its ends without heads at nodes are where arrows begin, its ends with heads
//! where they end; each beginning goes with each end. Where two lines cross, the net is taken apart if both parts then
//! make sense. Comes in: lines and their ends. Goes out: edges between nodes with their paths. Must never know: words.

use std::collections::{BTreeMap, VecDeque};

use super::ends::End;
use super::strokes::{Place, Segment, Strokes};

/// A head must be this much wider than another at the other end of the same line for the other to be a beginning.
const CLEARLY_WIDER: f32 = 1.15;

/// Two crossings closer than this are one.
const ONE_CROSSING: usize = 7;

/// What a line leaves open at its ends is at most this many times its length.
const MOST_OPEN: i32 = 2;

/// Two ends that see one head narrow towards it to degrees that differ by at least this, or neither is believed.
const TAPERS_APART: f32 = 0.1;

/// On a line shorter than this a head is all there is, and its tip is not told from its back.
const SHORTEST: f32 = 12.0;

/// A net with more beginnings and more ends than this is no arrow but a frame that was not known as one.
const MOST_BOTH: usize = 2;

/// A net with more ends than this is no flowchart's.
const MOST_ENDS: usize = 40;

/// A line between two nodes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    /// Where it begins.
    pub(crate) from: usize,
    /// Where it ends.
    pub(crate) to: usize,
    /// Whether a head was seen.
    pub(crate) directed: bool,
    /// How surely, 0 to 1.
    pub(crate) confidence: f32,
    /// Its pixels.
    pub(crate) path: Vec<Place>,
    /// How many gaps were closed along it.
    pub(crate) gaps: usize,
}

/// The links that lines make. `earlier` says which of two nodes is read first.
pub(crate) fn links(strokes: &mut Strokes, ends: &[End], earlier: impl Fn(usize, usize) -> bool) -> Vec<Link> {
    join_crossings(strokes);
    part_crossings(strokes, ends);
    let parts = strokes.parts();
    let mut nets: BTreeMap<usize, Vec<&End>> = BTreeMap::new();
    for end in ends {
        nets.entry(parts.get(end.vertex).copied().unwrap_or(end.vertex)).or_default().push(end);
    }
    let meeting = strokes.meeting();
    let mut all: Vec<Link> = Vec::new();
    for net in nets.values().filter(|net| net.len() <= MOST_ENDS) {
        for (from, to, directed, confidence) in joined(net, &earlier) {
            let (Some(a), Some(b)) = (from.node, to.node) else { continue };
            let (path, gaps) = path(strokes, &meeting, from.vertex, to.vertex);
            // A stroke that is short against what it leaves open on both sides is no line between boxes.
            if from.gap + to.gap > MOST_OPEN * path.len() as i32 {
                continue;
            }
            let link = Link { from: a, to: b, directed, confidence, path, gaps };
            match all.iter_mut().find(|other| (other.from, other.to) == (a, b)) {
                Some(other) if other.confidence < confidence => *other = link,
                Some(_) => {}
                None => all.push(link),
            }
        }
    }
    all.sort_by_key(|link| (link.from, link.to));
    all
}

/// The ends of a net in pairs: beginning, end, whether a head was seen, how surely.
fn joined(net: &[&End], earlier: &impl Fn(usize, usize) -> bool) -> Vec<(End, End, bool, f32)> {
    let own = own_heads(net);
    let at_nodes = one_each(&own.iter().collect::<Vec<_>>());
    let sure = |a: &End, b: &End| 0.95 - 0.02 * (a.gap + b.gap).min(20) as f32;
    let (mut heads, mut tails): (Vec<&End>, Vec<&End>) = at_nodes.iter().copied().partition(|end| end.head > 0.0);
    let stray = net.iter().any(|end| end.node.is_none());
    if let ([a, b], true) = (heads.as_slice(), tails.is_empty()) {
        let (thin, thick) = if a.head <= b.head { (*a, *b) } else { (*b, *a) };
        if thick.head < CLEARLY_WIDER * thin.head {
            // Something that looks like a head at both ends: which of them is one was not seen.
            let first = matches!((a.node, b.node), (Some(a), Some(b)) if earlier(a, b));
            let (from, to) = if first { (*a, *b) } else { (*b, *a) };
            return vec![(*from, *to, false, 0.4)];
        }
        return vec![(*thin, *thick, true, 0.7)];
    }
    if heads.is_empty() {
        if tails.len() < 2 || stray {
            return Vec::new();
        }
        // No head anywhere: from the one that is read first to all others.
        tails.sort_by(|a, b| match (a.node, b.node) {
            (Some(a), Some(b)) if earlier(a, b) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        });
        let Some((first, others)) = tails.split_first() else { return Vec::new() };
        return others.iter().map(|other| (**first, **other, false, 0.5)).collect();
    }
    if tails.is_empty() && heads.len() > 2 {
        // The narrowest of many heads may be a wide beginning; without another sign nothing is said.
        heads.clear();
    }
    if tails.len().min(heads.len()) > MOST_BOTH {
        return Vec::new();
    }
    let mut all = Vec::new();
    for tail in &tails {
        for head in heads.iter().filter(|head| head.node != tail.node) {
            let unsure = if tails.len() > 1 && heads.len() > 1 { 0.4 } else { 0.0 };
            all.push((**tail, **head, true, sure(tail, head) - unsure));
        }
    }
    all
}

/// The ends, each with its own head only: on a short line both ends see the same one, and it belongs to the end towards
/// which it narrows; if it narrows towards neither more than towards the other, to none.
fn own_heads(net: &[&End]) -> Vec<End> {
    let of_another = |end: &End| {
        net.iter().filter(|other| other.node.is_some() && other.node != end.node).any(|other| {
            let (right, down) = (other.place.0 - end.place.0, other.place.1 - end.place.1);
            let apart = (right as f32).hypot(down as f32);
            if apart < SHORTEST {
                return true;
            }
            let same = other.head > 0.0 && (apart - end.head_at - other.head_at).abs() < 5.0;
            // Near one end, it is that one's; near the middle, the side tells towards which it narrows.
            let near_one = end.head_at.min(other.head_at) < 0.3 * apart;
            if same && !near_one { other.taper > end.taper - TAPERS_APART } else { apart < 2.0 * end.head_at }
        })
    };
    net.iter().map(|end| if of_another(end) { End { head: 0.0, ..**end } } else { **end }).collect()
}

/// Ends of one net that lie at one node close together are one end; a head among them makes it a head.
fn one_each<'a>(net: &[&'a End]) -> Vec<&'a End> {
    let mut all: Vec<&'a End> = Vec::new();
    for end in net.iter().filter(|end| end.node.is_some()) {
        let near = |other: &End| {
            other.node == end.node && (other.place.0 - end.place.0).abs() + (other.place.1 - end.place.1).abs() <= 24
        };
        match all.iter_mut().find(|other| near(other)) {
            Some(other) if end.head > other.head => *other = end,
            Some(_) => {}
            None => all.push(end),
        }
    }
    all
}

/// The shortest way between two vertices and the gaps along it.
fn path(strokes: &Strokes, meeting: &[Vec<usize>], from: usize, to: usize) -> (Vec<Place>, usize) {
    let mut came: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(vertex) = open.pop_front() {
        if vertex == to {
            break;
        }
        for index in meeting.get(vertex).into_iter().flatten() {
            let Some(segment) = strokes.segments.get(*index) else { continue };
            let other = if segment.ends[0] == vertex { segment.ends[1] } else { segment.ends[0] };
            if other != from && !came.contains_key(&other) {
                came.insert(other, (vertex, *index));
                open.push_back(other);
            }
        }
    }
    let mut pixels = Vec::new();
    let mut gaps = 0;
    let mut vertex = to;
    while let Some((before, index)) = came.get(&vertex) {
        if let Some(segment) = strokes.segments.get(*index) {
            gaps += usize::from(segment.gap);
            if segment.ends[1] == vertex {
                pixels.extend(segment.path.iter().rev());
            } else {
                pixels.extend(&segment.path);
            }
        }
        vertex = *before;
        if vertex == from {
            break;
        }
    }
    pixels.reverse();
    (pixels, gaps)
}

/// A crossing of thick lines looks like two meetings with a short line between: they become one.
fn join_crossings(strokes: &mut Strokes) {
    let degrees = strokes.degrees();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    strokes.segments.retain(|segment| {
        let [a, b] = segment.ends;
        let both = |vertex: usize| degrees.get(vertex).is_some_and(|degree| *degree >= 3);
        let short = segment.path.len() <= ONE_CROSSING && both(a) && both(b) && a != b;
        if short {
            merged.push((a, b));
        }
        !short
    });
    for (a, b) in merged {
        for segment in &mut strokes.segments {
            for end in &mut segment.ends {
                if *end == b {
                    *end = a;
                }
            }
        }
    }
}

/// Takes the net apart where two straight lines cross, if every part that results has a beginning and an end.
fn part_crossings(strokes: &mut Strokes, ends: &[End]) {
    let crossings: Vec<(usize, Vec<usize>)> =
        strokes.meeting().into_iter().enumerate().filter(|(_, lines)| lines.len() == 4).collect();
    for (vertex, lines) in crossings {
        let Some(pairs) = opposite(strokes, vertex, &lines) else { continue };
        let mut parted = strokes.clone();
        parted.vertices.push(strokes.vertices.get(vertex).copied().unwrap_or_default());
        let other = parted.vertices.len() - 1;
        for index in pairs[1] {
            if let Some(segment) = parted.segments.get_mut(index) {
                move_end(segment, vertex, other);
            }
        }
        if makes_sense(&parted, ends, vertex) && makes_sense(&parted, ends, other) {
            *strokes = parted;
        }
    }
}

fn move_end(segment: &mut Segment, from: usize, to: usize) {
    for end in &mut segment.ends {
        if *end == from {
            *end = to;
            return;
        }
    }
}

/// Four lines at a vertex as two pairs that go straight on; `None` if they do not.
fn opposite(strokes: &Strokes, vertex: usize, lines: &[usize]) -> Option<[[usize; 2]; 2]> {
    let away: Vec<(f32, f32)> = lines
        .iter()
        .filter_map(|index| {
            let segment = strokes.segments.get(*index)?;
            let (x, y) = *strokes.vertices.get(vertex)?;
            let place = if segment.ends[0] == vertex {
                segment.path.get(10).or(segment.path.last())
            } else {
                segment.path.iter().rev().nth(10).or(segment.path.first())
            }?;
            let (right, down) = ((place.0 - x) as f32, (place.1 - y) as f32);
            let length = right.hypot(down).max(1.0);
            Some((right / length, down / length))
        })
        .collect();
    let (first, others) = away.split_first()?;
    let straight = |a: &(f32, f32), b: &(f32, f32)| a.0 * b.0 + a.1 * b.1 < -0.85;
    let partner = others.iter().position(|other| straight(first, other))? + 1;
    let rest: Vec<usize> = (1..lines.len()).filter(|at| *at != partner).collect();
    let [a, b] = rest.as_slice() else { return None };
    straight(away.get(*a)?, away.get(*b)?).then_some(())?;
    Some([[*lines.first()?, *lines.get(partner)?], [*lines.get(*a)?, *lines.get(*b)?]])
}

/// Whether the net of a vertex has a node where it begins and another with a head.
fn makes_sense(strokes: &Strokes, ends: &[End], vertex: usize) -> bool {
    let parts = strokes.parts();
    let own: Vec<&End> = ends.iter().filter(|end| parts.get(end.vertex) == parts.get(vertex)).collect();
    let nodes = one_each(&own);
    nodes.iter().any(|end| end.head > 0.0) && nodes.iter().any(|end| end.head == 0.0)
}
