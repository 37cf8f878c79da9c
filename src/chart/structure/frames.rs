//! Frames, lanes and tables (泳道, 表格): long straight lines that begin and end at other such lines.
//!
//! An arrow's line can be as long, but it begins or ends at a box. Comes in: a mask of ink. Goes out: the lines of frames.
//! Must never know: words and boxes.

use super::morphology::{Along, bridged, long_runs};
use super::rect::Rect;
use crate::chart::blobs::{Blobs, Neighbours};
use crate::chart::plane::Plane;

/// A line of a frame is at least this share of the sheet's side.
const LEAST_SHARE: f32 = 0.22;

/// And at least this many heights of the print.
const LEAST_PRINTS: f32 = 7.0;

/// Lines thicker than this are bars of colour.
const MOST_THICK: i32 = 9;

/// Two lines meet if they come this close; frames may have rounded corners.
const MEETS: i32 = 9;

/// More lines than this are hatching.
const MOST_LINES: usize = 400;

/// The lines of frames.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frames {
    /// Those along rows, from the top.
    pub(crate) rows: Vec<Rect>,
    /// Those along columns, from the left.
    pub(crate) columns: Vec<Rect>,
}

impl Frames {
    /// Of a mask of ink that holds the outlines of boxes too.
    pub(crate) fn of(ink: &Plane<bool>, print: f32) -> Self {
        let mut all = Self { rows: straight(ink, Along::Rows, print), columns: straight(ink, Along::Columns, print) };
        if all.rows.len() + all.columns.len() > MOST_LINES {
            return Self::default();
        }
        loop {
            let before = all.rows.len() + all.columns.len();
            let (width, height) = (ink.width(), ink.height());
            let columns = all.columns.clone();
            all.rows.retain(|row| {
                let met = |x: i32| {
                    x <= MEETS
                        || x >= width - MEETS
                        || columns.iter().any(|column| {
                            (column.left - MEETS..=column.right + MEETS).contains(&x)
                                && (column.top - MEETS..=column.bottom + MEETS).contains(&row.top)
                        })
                };
                met(row.left) && met(row.right)
            });
            let rows = all.rows.clone();
            all.columns.retain(|column| {
                let met = |y: i32| {
                    y <= MEETS
                        || y >= height - MEETS
                        || rows.iter().any(|row| {
                            (row.top - MEETS..=row.bottom + MEETS).contains(&y)
                                && (row.left - MEETS..=row.right + MEETS).contains(&column.left)
                        })
                };
                met(column.top) && met(column.bottom)
            });
            if all.rows.len() + all.columns.len() == before {
                return all;
            }
        }
    }

    /// Takes the lines out of a mask.
    pub(crate) fn erase(&self, ink: &mut Plane<bool>) {
        for line in self.rows.iter().chain(&self.columns) {
            let line = line.widened(1);
            ink.fill((line.left, line.top), (line.right, line.bottom), false);
        }
    }
}

/// The long straight lines of a mask.
fn straight(ink: &Plane<bool>, along: Along, print: f32) -> Vec<Rect> {
    let side = match along {
        Along::Rows => ink.width(),
        Along::Columns => ink.height(),
    };
    let least = (LEAST_SHARE * side as f32).max(LEAST_PRINTS * print) as i32;
    let long = long_runs(&bridged(ink, along, (0.5 * print) as i32), along, least);
    let blobs = Blobs::of(&long, Neighbours::Eight);
    let mut all: Vec<Rect> =
        blobs.all.iter().map(Rect::from).filter(|rect| rect.height().min(rect.width()) <= MOST_THICK).collect();
    all.sort_by_key(|rect| match along {
        Along::Rows => (rect.top, rect.left),
        Along::Columns => (rect.left, rect.top),
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_found_and_a_long_arrow_inside_it_is_none() {
        let mut ink = Plane::new(400, 300);
        for y in [20, 60, 280] {
            ink.fill((20, y), (380, y + 1), true);
        }
        for x in [20, 200, 380] {
            ink.fill((x, 20), (x + 1, 281), true);
        }
        // An arrow's line, ending at boxes that are not drawn here.
        ink.fill((100, 90), (101, 250), true);
        let frames = Frames::of(&ink, 18.0);
        assert_eq!((frames.rows.len(), frames.columns.len()), (3, 3));
        frames.erase(&mut ink);
        assert!(ink.at(100, 200) && !ink.at(200, 150) && !ink.at(300, 60));
    }

    #[test]
    fn lines_that_turn_once_are_no_frame() {
        let mut ink = Plane::new(400, 300);
        ink.fill((50, 40), (51, 260), true);
        ink.fill((50, 260), (350, 261), true);
        let frames = Frames::of(&ink, 18.0);
        assert!(frames.rows.is_empty() && frames.columns.is_empty());
    }
}
