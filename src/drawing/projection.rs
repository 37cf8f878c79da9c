//! Where a place of a drawing lies on its worn copy: a projective map of the plane.

use super::scene::{Point, Rect};
use crate::model::chart::Area;

/// A projective map, as the rows of a 3 × 3 matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection([[f64; 3]; 3]);

impl Projection {
    /// Everything stays where it is.
    pub const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// Everything is larger by this factor.
    #[must_use]
    pub fn scaled(factor: f32) -> Self {
        let f = f64::from(factor);
        Self([[f, 0.0, 0.0], [0.0, f, 0.0], [0.0, 0.0, 1.0]])
    }

    /// Everything is moved.
    #[must_use]
    pub fn moved((x, y): Point) -> Self {
        Self([[1.0, 0.0, f64::from(x)], [0.0, 1.0, f64::from(y)], [0.0, 0.0, 1.0]])
    }

    /// Everything is turned clockwise around the origin by an angle in degrees.
    #[must_use]
    pub fn turned(degrees: f32) -> Self {
        let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
        Self([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    }

    /// What is farther to the right or below becomes smaller, by these amounts a pixel.
    #[must_use]
    pub fn receding((right, down): Point) -> Self {
        Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [f64::from(right), f64::from(down), 1.0]])
    }

    /// This map, and then another.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let mut product = [[0.0; 3]; 3];
        for (row, out) in next.0.iter().zip(&mut product) {
            for (column, cell) in out.iter_mut().enumerate() {
                *cell = row.iter().zip(&self.0).map(|(factor, line)| factor * line[column]).sum();
            }
        }
        Self(product)
    }

    /// The map back.
    #[must_use]
    pub fn inverse(self) -> Self {
        let m = self.0;
        // Cofactors; a map of the plane onto itself needs no division by the determinant, which only scales all nine.
        let minor = |a: usize, b: usize, c: usize, d: usize| m[a][c] * m[b][d] - m[a][d] * m[b][c];
        Self([
            [minor(1, 2, 1, 2), -minor(0, 2, 1, 2), minor(0, 1, 1, 2)],
            [-minor(1, 2, 0, 2), minor(0, 2, 0, 2), -minor(0, 1, 0, 2)],
            [minor(1, 2, 0, 1), -minor(0, 2, 0, 1), minor(0, 1, 0, 1)],
        ])
    }

    /// Where a point lies.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "pixels need no more than 24 bits")]
    pub fn point(self, (x, y): Point) -> Point {
        let (x, y) = (f64::from(x), f64::from(y));
        let [across, down, depth] = self.0.map(|row| row[0] * x + row[1] * y + row[2]);
        ((across / depth) as f32, (down / depth) as f32)
    }

    /// The upright rectangle around where a rectangle lies.
    #[must_use]
    pub fn area(self, rect: Rect) -> Area {
        let corners =
            [(rect.x, rect.y), (rect.right(), rect.y), (rect.x, rect.bottom()), (rect.right(), rect.bottom())]
                .map(|corner| self.point(corner));
        let least = |of: fn(&Point) -> f32| corners.iter().map(of).fold(f32::MAX, f32::min).max(0.0);
        let most = |of: fn(&Point) -> f32| corners.iter().map(of).fold(0.0, f32::max);
        let (left, top) = (least(|p| p.0), least(|p| p.1));
        let size = |end: f32, start: f32| super::numbers::whole((end - start).round());
        Area {
            x: super::numbers::whole(left.round()),
            y: super::numbers::whole(top.round()),
            width: size(most(|p| p.0), left),
            height: size(most(|p| p.1), top),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_and_its_inverse_leave_every_point_where_it_was() {
        let map =
            Projection::turned(2.0).then(Projection::moved((30.0, 12.0))).then(Projection::receding((1e-4, 2e-4)));
        let (x, y) = map.inverse().point(map.point((120.0, 340.0)));
        assert!((x - 120.0).abs() < 0.01 && (y - 340.0).abs() < 0.01, "{x} {y}");
    }

    #[test]
    fn an_area_is_scaled_and_moved() {
        let map = Projection::scaled(0.5).then(Projection::moved((10.0, 20.0)));
        let area = map.area(Rect { x: 100.0, y: 40.0, w: 60.0, h: 20.0 });
        assert_eq!((area.x, area.y, area.width, area.height), (60, 40, 30, 10));
    }
}
