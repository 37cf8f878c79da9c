//! Upright rectangles of whole pixels, edges included.
//!
//! Comes in: edges. Goes out: how rectangles lie to each other. Must never know: what they frame.

use crate::chart::blobs::Blob;
use crate::chart::recognise::quad::{Point, Quad};

/// An upright rectangle, its edges included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) right: i32,
    pub(crate) bottom: i32,
}

impl Rect {
    /// Around a turned rectangle.
    pub(crate) fn around(quad: &Quad) -> Self {
        let ((left, top), (right, bottom)) = quad.bounds();
        Self { left: left as i32, top: top as i32, right: right as i32, bottom: bottom as i32 }
    }

    /// Columns covered.
    pub(crate) fn width(&self) -> i32 {
        self.right - self.left + 1
    }

    /// Rows covered.
    pub(crate) fn height(&self) -> i32 {
        self.bottom - self.top + 1
    }

    /// The middle.
    pub(crate) fn centre(&self) -> Point {
        ((self.left + self.right) as f32 / 2.0, (self.top + self.bottom) as f32 / 2.0)
    }

    /// Pixels covered.
    pub(crate) fn size(&self) -> i64 {
        i64::from(self.width().max(0)) * i64::from(self.height().max(0))
    }

    /// Whether a place lies inside.
    pub(crate) fn holds(&self, (x, y): Point) -> bool {
        self.left as f32 <= x && x <= self.right as f32 && self.top as f32 <= y && y <= self.bottom as f32
    }

    /// Widened on all sides.
    pub(crate) fn widened(&self, margin: i32) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    /// The smallest one around both.
    pub(crate) fn with(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Columns between the two; negative where they stand above each other.
    pub(crate) fn gap_across(&self, other: &Self) -> i32 {
        self.left.max(other.left) - self.right.min(other.right) - 1
    }

    /// Rows between the two; negative where they stand beside each other.
    pub(crate) fn gap_down(&self, other: &Self) -> i32 {
        self.top.max(other.top) - self.bottom.min(other.bottom) - 1
    }

    /// How far a place is from the rectangle; 0 inside.
    pub(crate) fn distance(&self, (x, y): Point) -> f32 {
        let across = (self.left as f32 - x).max(x - self.right as f32).max(0.0);
        let down = (self.top as f32 - y).max(y - self.bottom as f32).max(0.0);
        across.hypot(down)
    }
}

impl From<&Blob> for Rect {
    fn from(blob: &Blob) -> Self {
        Self { left: blob.left, top: blob.top, right: blob.right, bottom: blob.bottom }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_counted_in_whole_pixels() {
        let a = Rect { left: 0, top: 0, right: 9, bottom: 9 };
        let b = Rect { left: 12, top: 5, right: 20, bottom: 30 };
        assert_eq!((a.gap_across(&b), a.gap_down(&b)), (2, -5));
        assert!((a.distance((13.0, 13.0)) - 4.0_f32.hypot(4.0)).abs() < 1e-6);
        assert_eq!((a.size(), a.with(&b).width()), (100, 21));
    }
}
