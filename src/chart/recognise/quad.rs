//! Points, rectangles that may be turned, and the smallest one around a set of points.
//!
//! Comes in: places. Goes out: places. Must never know: what stands there.

use crate::model::chart::Area;

/// A place: from the left, from the top.
pub(crate) type Point = (f32, f32);

/// How far two places are apart.
pub(crate) fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// A rectangle that may be turned: its corners from the upper left one, clockwise.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Quad(pub(crate) [Point; 4]);

impl Quad {
    /// An upright rectangle.
    pub(crate) fn upright((left, top): Point, (right, bottom): Point) -> Self {
        Self([(left, top), (right, top), (right, bottom), (left, bottom)])
    }

    /// Length along the words.
    pub(crate) fn width(&self) -> f32 {
        let [a, b, c, d] = self.0;
        distance(a, b).max(distance(d, c))
    }

    /// Length across the words.
    pub(crate) fn height(&self) -> f32 {
        let [a, b, c, d] = self.0;
        distance(a, d).max(distance(b, c))
    }

    /// How far the words are turned, in degrees; clockwise is positive.
    pub(crate) fn angle(&self) -> f32 {
        let [a, b, ..] = self.0;
        (b.1 - a.1).atan2(b.0 - a.0).to_degrees()
    }

    /// Upper left and lower right corner of the upright rectangle around it.
    pub(crate) fn bounds(&self) -> (Point, Point) {
        let start = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
        self.0.iter().fold(start, |(low, high), corner| {
            ((low.0.min(corner.0), low.1.min(corner.1)), (high.0.max(corner.0), high.1.max(corner.1)))
        })
    }

    /// The upright rectangle around it, in whole pixels, cut at the upper and left edge.
    pub(crate) fn area(&self) -> Area {
        let ((left, top), (right, bottom)) = self.bounds();
        let (x, y) = (left.max(0.0).round() as u32, top.max(0.0).round() as u32);
        Area {
            x,
            y,
            width: (right.max(0.0).round() as u32).saturating_sub(x),
            height: (bottom.max(0.0).round() as u32).saturating_sub(y),
        }
    }

    /// Each corner moved by a function.
    pub(crate) fn moved(&self, place: impl Fn(Point) -> Point) -> Self {
        Self(self.0.map(place))
    }

    /// Widened by `margin` on each side.
    pub(crate) fn widened(&self, margin: f32) -> Self {
        let [a, b, _, d] = self.0;
        let (width, height) = (self.width().max(f32::EPSILON), self.height().max(f32::EPSILON));
        let (along, across) =
            (((b.0 - a.0) / width, (b.1 - a.1) / width), ((d.0 - a.0) / height, (d.1 - a.1) / height));
        let steps = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        let mut corners = self.0;
        for (corner, (right, down)) in corners.iter_mut().zip(steps) {
            corner.0 += (along.0 * right + across.0 * down) * margin;
            corner.1 += (along.1 * right + across.1 * down) * margin;
        }
        Self(corners)
    }

    /// Whether a place lies inside or at most half a pixel outside.
    pub(crate) fn holds(&self, (x, y): Point) -> bool {
        let mut corners = self.0.iter().zip(self.0.iter().cycle().skip(1));
        corners.all(|(a, b)| (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) >= -0.5)
    }
}

/// The corners of the smallest convex shape around places, counter-clockwise on paper with y upwards.
pub(crate) fn hull(mut places: Vec<Point>) -> Vec<Point> {
    places.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    places.dedup();
    if places.len() < 3 {
        return places;
    }
    let mut corners: Vec<Point> = Vec::new();
    for pass in 0..2 {
        let start = corners.len();
        let order: Box<dyn Iterator<Item = &Point>> =
            if pass == 0 { Box::new(places.iter()) } else { Box::new(places.iter().rev()) };
        for place in order {
            while let [.., a, b] = corners.get(start..).unwrap_or_default() {
                if (b.0 - a.0) * (place.1 - a.1) - (b.1 - a.1) * (place.0 - a.0) > 0.0 {
                    break;
                }
                corners.pop();
            }
            corners.push(*place);
        }
        corners.pop();
    }
    corners
}

/// The smallest rectangle, turned as it must be, around places; `None` for less than three.
pub(crate) fn smallest_around(places: Vec<Point>) -> Option<Quad> {
    let corners = hull(places);
    if corners.len() < 3 {
        return None;
    }
    let mut best: Option<(f32, Quad)> = None;
    for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        let length = distance(*a, *b);
        if length < f32::EPSILON {
            continue;
        }
        let (cos, sin) = ((b.0 - a.0) / length, (b.1 - a.1) / length);
        let turned: Vec<Point> = corners.iter().map(|(x, y)| (x * cos + y * sin, y * cos - x * sin)).collect();
        let low = turned.iter().fold((f32::MAX, f32::MAX), |low, place| (low.0.min(place.0), low.1.min(place.1)));
        let high = turned.iter().fold((f32::MIN, f32::MIN), |high, place| (high.0.max(place.0), high.1.max(place.1)));
        let size = (high.0 - low.0) * (high.1 - low.1);
        if best.is_none_or(|(least, _)| size < least) {
            let quad = Quad::upright(low, high).moved(|(x, y)| (x * cos - y * sin, x * sin + y * cos));
            best = Some((size, from_upper_left(quad)));
        }
    }
    best.map(|(_, quad)| quad)
}

/// The same corners, from the upper left one, clockwise.
fn from_upper_left(quad: Quad) -> Quad {
    let mut corners = quad.0;
    corners.sort_by(|a, b| a.0.total_cmp(&b.0));
    let [a, b, c, d] = corners;
    let (upper_left, lower_left) = if a.1 < b.1 { (a, b) } else { (b, a) };
    let (upper_right, lower_right) = if c.1 < d.1 { (c, d) } else { (d, c) };
    Quad([upper_left, upper_right, lower_right, lower_left])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_rectangle_around_a_turned_line_is_turned_with_it() {
        let turn = 5.0_f32.to_radians();
        let places: Vec<Point> = (0..200)
            .flat_map(|x| (0..20).map(move |y| (f32::from(x as u8), y as f32)))
            .map(|(x, y)| (x * turn.cos() - y * turn.sin(), x * turn.sin() + y * turn.cos()))
            .collect();
        let quad = smallest_around(places).expect("many places");
        assert!((quad.width() - 199.0).abs() < 1.5 && (quad.height() - 19.0).abs() < 1.5, "{quad:?}");
        assert!(quad.holds((90.0, 15.0)));
    }

    #[test]
    fn two_places_have_no_rectangle() {
        assert_eq!(smallest_around(vec![(1.0, 1.0), (2.0, 2.0), (1.0, 1.0)]), None);
        assert_eq!(smallest_around(Vec::new()), None);
    }

    #[test]
    fn widening_moves_every_side() {
        let quad = Quad::upright((10.0, 10.0), (30.0, 20.0)).widened(2.0);
        assert_eq!(quad, Quad::upright((8.0, 8.0), (32.0, 22.0)));
        assert_eq!(quad.area(), Area { x: 8, y: 8, width: 24, height: 14 });
    }
}
