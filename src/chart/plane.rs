//! A plane of cells: the pictures and masks that reading a chart works on.
//!
//! Comes in: sizes and values. Goes out: values; outside the plane there is the default, and writing there does nothing,
//! so that no arithmetic on places can panic. Must never know: what the cells mean.

/// A rectangle of cells, row by row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Plane<T> {
    width: usize,
    height: usize,
    cells: Vec<T>,
}

impl<T: Copy + Default> Plane<T> {
    /// All cells hold the default.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, cells: vec![T::default(); width * height] }
    }

    /// Takes cells row by row; what is missing at the end is the default.
    pub(crate) fn from_cells(width: usize, height: usize, mut cells: Vec<T>) -> Self {
        cells.resize(width * height, T::default());
        Self { width, height, cells }
    }

    /// Width in cells.
    pub(crate) fn width(&self) -> i32 {
        self.width as i32
    }

    /// Height in cells.
    pub(crate) fn height(&self) -> i32 {
        self.height as i32
    }

    /// The cell, or the default outside.
    pub(crate) fn at(&self, x: i32, y: i32) -> T {
        if x < 0 || y < 0 || x as usize >= self.width {
            return T::default();
        }
        self.cells.get(y as usize * self.width + x as usize).copied().unwrap_or_default()
    }

    /// Writes a cell; outside, nothing.
    pub(crate) fn set(&mut self, x: i32, y: i32, value: T) {
        if x < 0 || y < 0 || x as usize >= self.width {
            return;
        }
        if let Some(cell) = self.cells.get_mut(y as usize * self.width + x as usize) {
            *cell = value;
        }
    }

    /// The cells row by row.
    pub(crate) fn cells(&self) -> &[T] {
        &self.cells
    }

    /// The cells row by row, to be written.
    pub(crate) fn cells_mut(&mut self) -> &mut [T] {
        &mut self.cells
    }

    /// A row, empty outside.
    pub(crate) fn row(&self, y: i32) -> &[T] {
        if y < 0 || self.width == 0 {
            return &[];
        }
        self.cells.chunks_exact(self.width).nth(y as usize).unwrap_or_default()
    }

    /// The same plane with each value changed.
    pub(crate) fn map<U: Copy + Default>(&self, change: impl Fn(T) -> U) -> Plane<U> {
        Plane { width: self.width, height: self.height, cells: self.cells.iter().map(|cell| change(*cell)).collect() }
    }

    /// Both planes joined cell by cell; they must be of one size.
    pub(crate) fn with<U: Copy, V: Copy + Default>(&self, other: &Plane<U>, join: impl Fn(T, U) -> V) -> Plane<V> {
        let cells = self.cells.iter().zip(&other.cells).map(|(a, b)| join(*a, *b)).collect();
        Plane::from_cells(self.width, self.height, cells)
    }

    /// Writes a rectangle, borders included, as far as it lies inside.
    pub(crate) fn fill(&mut self, (left, top): (i32, i32), (right, bottom): (i32, i32), value: T) {
        for y in top.max(0)..=bottom.min(self.height() - 1) {
            for x in left.max(0)..=right.min(self.width() - 1) {
                self.set(x, y, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_outside_hold_the_default_and_take_nothing() {
        let mut plane: Plane<u8> = Plane::new(3, 2);
        plane.set(5, 0, 1);
        plane.set(-1, 1, 1);
        plane.set(0, 2, 1);
        plane.set(2, 1, 7);
        assert_eq!(plane.cells(), [0, 0, 0, 0, 0, 7]);
        assert_eq!((plane.at(2, 1), plane.at(3, 0), plane.at(0, -1), plane.at(0, 9)), (7, 0, 0, 0));
        assert_eq!(plane.row(1), [0, 0, 7]);
        assert!(plane.row(2).is_empty());
    }

    #[test]
    fn a_rectangle_is_cut_at_the_edges() {
        let mut plane: Plane<u8> = Plane::new(3, 3);
        plane.fill((1, 1), (9, 9), 1);
        assert_eq!(plane.cells(), [0, 0, 0, 0, 1, 1, 0, 1, 1]);
    }
}
