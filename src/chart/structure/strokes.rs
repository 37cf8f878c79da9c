//! Ink outside boxes as a graph of lines: where they end, meet and part (连线).
//!
//! Comes in: a mask of ink. Goes out: vertices and the paths between them. Must never know: boxes, heads, directions.

use super::morphology::depths;
use super::thin::{AROUND, thinned};
use crate::chart::blobs::{Blobs, Neighbours};
use crate::chart::plane::Plane;

/// A place of a pixel.
pub(crate) type Place = (i32, i32);

/// A drawing with more lines than this is no flowchart; its lines are not read.
const MOST_SEGMENTS: usize = 6000;

/// A line between two vertices.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    /// Its vertices.
    pub(crate) ends: [usize; 2],
    /// Its pixels from the first vertex to the second.
    pub(crate) path: Vec<Place>,
    /// Whether it is a gap that was closed rather than ink.
    pub(crate) gap: bool,
}

/// Lines and where they meet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strokes {
    /// Ends and meeting points.
    pub(crate) vertices: Vec<Place>,
    /// What joins them.
    pub(crate) segments: Vec<Segment>,
    /// How deep each pixel of ink lies, in thirds of a pixel.
    pub(crate) depth: Plane<u16>,
}

impl Strokes {
    /// Of a mask of ink.
    pub(crate) fn of(ink: &Plane<bool>) -> Self {
        let depth = depths(ink);
        let thin = thinned(ink);
        let near = |x: i32, y: i32| AROUND.iter().filter(|step| thin.at(x + step.0, y + step.1)).count();
        let mut knots = Plane::new(ink.width() as usize, ink.height() as usize);
        for y in 0..thin.height() {
            for x in 0..thin.width() {
                knots.set(x, y, thin.at(x, y) && near(x, y) > 2);
            }
        }
        let knots = Blobs::of(&knots, Neighbours::Eight);
        let mut vertices: Vec<Place> = knots
            .all
            .iter()
            .map(|blob| (i32::midpoint(blob.left, blob.right), i32::midpoint(blob.top, blob.bottom)))
            .collect();
        let simple = thin.with(&knots.labels, |on, knot| on && knot == 0);
        let paths = Blobs::of(&simple, Neighbours::Eight);
        let mut segments = Vec::new();
        if paths.all.len() > MOST_SEGMENTS {
            return Self { vertices: Vec::new(), segments, depth };
        }
        for path in paths_of(&paths) {
            let mut ends = [0; 2];
            let (Some(first), Some(last)) = (path.first().copied(), path.last().copied()) else { continue };
            let mut before = None;
            for (end, place) in ends.iter_mut().zip([first, last]) {
                let knot = knots_at(&knots, place).into_iter().find(|knot| path.len() > 1 || Some(*knot) != before);
                before = knot;
                *end = knot.map_or_else(
                    || {
                        vertices.push(place);
                        vertices.len() - 1
                    },
                    |knot| knot as usize - 1,
                );
            }
            segments.push(Segment { ends, path, gap: false });
        }
        let mut all = Self { vertices, segments, depth };
        all.prune();
        all
    }

    /// How many lines meet at each vertex.
    pub(crate) fn degrees(&self) -> Vec<usize> {
        let mut all = vec![0; self.vertices.len()];
        for end in self.segments.iter().flat_map(|segment| segment.ends) {
            if let Some(degree) = all.get_mut(end) {
                *degree += 1;
            }
        }
        all
    }

    /// The lines at each vertex.
    pub(crate) fn meeting(&self) -> Vec<Vec<usize>> {
        let mut all = vec![Vec::new(); self.vertices.len()];
        for (index, segment) in self.segments.iter().enumerate() {
            for end in segment.ends {
                if let Some(lines) = all.get_mut(end) {
                    lines.push(index);
                }
            }
        }
        all
    }

    /// The vertices by connected part.
    pub(crate) fn parts(&self) -> Vec<usize> {
        let mut part: Vec<usize> = (0..self.vertices.len()).collect();
        // The least vertex of a part stands for it; as many rounds as the longest chain, halved each time.
        loop {
            let mut changed = false;
            for segment in &self.segments {
                let [a, b] = segment.ends.map(|end| part.get(end).copied().unwrap_or(end));
                let least = a.min(b);
                for end in segment.ends {
                    if let Some(own) = part.get_mut(end).filter(|own| **own != least) {
                        *own = least;
                        changed = true;
                    }
                }
            }
            for vertex in 0..part.len() {
                let root = part.get(part.get(vertex).copied().unwrap_or(vertex)).copied().unwrap_or(vertex);
                if let Some(own) = part.get_mut(vertex) {
                    *own = root;
                }
            }
            if !changed {
                return part;
            }
        }
    }

    /// Takes away the stubs that thick ink leaves at its corners.
    fn prune(&mut self) {
        let degrees = self.degrees();
        let depth = &self.depth;
        let vertices = &self.vertices;
        let at = |vertex: usize| vertices.get(vertex).copied().unwrap_or_default();
        self.segments.retain(|segment| {
            let [a, b] = segment.ends;
            let degree = |vertex: usize| degrees.get(vertex).copied().unwrap_or(0);
            let knot = match (degree(a), degree(b)) {
                (1, 3..) => b,
                (3.., 1) => a,
                _ => return true,
            };
            let (x, y) = at(knot);
            let thick = (-1..=1)
                .flat_map(|down| (-1..=1).map(move |right| (right, down)))
                .map(|(right, down)| depth.at(x + right, y + down))
                .max()
                .unwrap_or(0);
            segment.path.len() as i32 > i32::from(thick) / 3 + 2
        });
    }
}

/// The knots beside a place.
fn knots_at(knots: &Blobs, (x, y): Place) -> Vec<u32> {
    let mut all: Vec<u32> =
        AROUND.iter().map(|(right, down)| knots.labels.at(x + right, y + down)).filter(|knot| *knot != 0).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The pixels of each path, from end to end.
fn paths_of(paths: &Blobs) -> Vec<Vec<Place>> {
    let mut pixels: Vec<Vec<Place>> = vec![Vec::new(); paths.all.len()];
    for y in 0..paths.labels.height() {
        for x in 0..paths.labels.width() {
            if let Some(own) = (paths.labels.at(x, y) as usize).checked_sub(1).and_then(|path| pixels.get_mut(path)) {
                own.push((x, y));
            }
        }
    }
    let mut walked: Plane<bool> = Plane::new(paths.labels.width() as usize, paths.labels.height() as usize);
    pixels
        .into_iter()
        .map(|own| {
            let next = |walked: &Plane<bool>, (x, y): Place| {
                let label = paths.labels.at(x, y);
                // Steps to the side come first: a corner is not cut.
                [0, 2, 4, 6, 1, 3, 5, 7].into_iter().filter_map(|step: usize| AROUND.get(step)).find_map(|step| {
                    let place = (x + step.0, y + step.1);
                    (paths.labels.at(place.0, place.1) == label && !walked.at(place.0, place.1)).then_some(place)
                })
            };
            let neighbours = |(x, y): Place| {
                let label = paths.labels.at(x, y);
                AROUND.iter().filter(|step| paths.labels.at(x + step.0, y + step.1) == label).count()
            };
            let mut path = Vec::with_capacity(own.len());
            let mut place = own.iter().copied().find(|place| neighbours(*place) <= 1).or(own.first().copied());
            while let Some(here) = place {
                walked.set(here.0, here.1, true);
                path.push(here);
                place = next(&walked, here);
            }
            path
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(strokes: &Strokes) -> usize {
        strokes.degrees().iter().filter(|degree| **degree == 1).count()
    }

    #[test]
    fn a_comb_is_one_part_with_an_end_for_each_tooth() {
        let mut ink = Plane::new(200, 100);
        ink.fill((100, 5), (101, 50), true);
        ink.fill((20, 50), (180, 51), true);
        for x in [20, 100, 179] {
            ink.fill((x, 50), (x + 1, 95), true);
        }
        let strokes = Strokes::of(&ink);
        assert_eq!(ends(&strokes), 4);
        let parts: std::collections::BTreeSet<usize> =
            strokes.segments.iter().flat_map(|segment| segment.ends).map(|end| strokes.parts()[end]).collect();
        assert_eq!(parts.len(), 1);
    }

    #[test]
    fn a_filled_head_leaves_no_stubs() {
        let mut ink = Plane::new(60, 100);
        ink.fill((30, 5), (31, 80), true);
        for row in 0..12 {
            ink.fill((30 - (11 - row) / 2, 80 + row), (31 + (11 - row) / 2, 80 + row), true);
        }
        assert_eq!(ends(&Strokes::of(&ink)), 2);
    }
}
