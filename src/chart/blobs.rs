//! Connected cells of a mask: which belong together, and what each group covers.
//!
//! Comes in: a mask. Goes out: a number for each cell and a summary for each number. Must never know: what the mask shows.

use super::plane::Plane;

/// Which neighbours belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Neighbours {
    /// Those at the sides.
    Four,
    /// Those at the corners too.
    Eight,
}

/// What a group covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Blob {
    /// Least column.
    pub(crate) left: i32,
    /// Least row.
    pub(crate) top: i32,
    /// Greatest column.
    pub(crate) right: i32,
    /// Greatest row.
    pub(crate) bottom: i32,
    /// How many cells.
    pub(crate) cells: u32,
}

impl Blob {
    /// Columns covered.
    pub(crate) fn width(&self) -> i32 {
        self.right - self.left + 1
    }

    /// Rows covered.
    pub(crate) fn height(&self) -> i32 {
        self.bottom - self.top + 1
    }

    fn add(&mut self, x: i32, y: i32) {
        self.left = self.left.min(x);
        self.top = self.top.min(y);
        self.right = self.right.max(x);
        self.bottom = self.bottom.max(y);
        self.cells += 1;
    }
}

/// A mask's groups.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blobs {
    /// The number of each cell's group; 0 where the mask is off.
    pub(crate) labels: Plane<u32>,
    /// What each group covers; group 1 stands first.
    pub(crate) all: Vec<Blob>,
}

impl Blobs {
    /// The groups of cells that are on, numbered by their first cell, row by row.
    pub(crate) fn of(mask: &Plane<bool>, neighbours: Neighbours) -> Self {
        let (width, height) = (mask.width(), mask.height());
        let mut labels: Plane<u32> = Plane::new(width as usize, height as usize);
        let mut all = Vec::new();
        let mut open: Vec<(i32, i32)> = Vec::new();
        let steps: &[(i32, i32)] = match neighbours {
            Neighbours::Four => &[(1, 0), (0, 1), (-1, 0), (0, -1)],
            Neighbours::Eight => &[(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1)],
        };
        for y in 0..height {
            for x in 0..width {
                if !mask.at(x, y) || labels.at(x, y) != 0 {
                    continue;
                }
                let number = all.len() as u32 + 1;
                let mut blob = Blob { left: x, top: y, right: x, bottom: y, cells: 0 };
                labels.set(x, y, number);
                open.push((x, y));
                while let Some((x, y)) = open.pop() {
                    blob.add(x, y);
                    for (right, down) in steps {
                        let (x, y) = (x + right, y + down);
                        if mask.at(x, y) && labels.at(x, y) == 0 {
                            labels.set(x, y, number);
                            open.push((x, y));
                        }
                    }
                }
                all.push(blob);
            }
        }
        Self { labels, all }
    }

    /// What a group covers.
    pub(crate) fn blob(&self, number: u32) -> Option<&Blob> {
        self.all.get((number as usize).checked_sub(1)?)
    }

    /// The groups with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u32, &Blob)> {
        (1..).zip(&self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_join_only_where_they_are_asked_to() {
        let mask = Plane::from_cells(3, 2, vec![true, false, true, false, true, false]);
        assert_eq!(Blobs::of(&mask, Neighbours::Four).all.len(), 3);
        let eight = Blobs::of(&mask, Neighbours::Eight);
        assert_eq!(eight.all, [Blob { left: 0, top: 0, right: 2, bottom: 1, cells: 3 }]);
        assert_eq!(eight.labels.cells(), [1, 0, 1, 0, 1, 0]);
    }
}
