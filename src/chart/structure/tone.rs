//! How light a sheet is: smoothed, its changes, its paper, its noise.
//!
//! Comes in: a picture. Goes out: planes of numbers from 0 to 255. Must never know: words and boxes.

use crate::chart::picture::{Colour, Picture};
use crate::chart::plane::Plane;

/// Side of the squares whose middle value stands for the paper around them.
const SQUARE: i32 = 16;

/// Half the side of the window that the middle value is taken from: wider than any line of a chart is thick.
const WINDOW: i32 = 32;

/// Half the side of the window within which a line must be darker than both its sides.
const LINE_REACH: i32 = 8;

/// A sheet whose middle change is less than this, and few of whose places change slightly, is a drawing without noise.
const CLEAN: i32 = 3;

/// The tones of a sheet.
#[derive(Debug)]
pub(crate) struct Tone {
    /// The darkest of the three colours: ink of any colour is dark here.
    pub(crate) dark: Plane<u8>,
    /// How fast the colours change at each place.
    pub(crate) change: Plane<u8>,
    /// The middle value of [`Self::dark`] around each place.
    pub(crate) paper: Plane<u8>,
    /// By how much each place is darker than what surrounds it within a line's reach.
    pub(crate) line: Plane<u8>,
    /// Whether a place lies in a watermark: only strong ink counts there.
    pub(crate) marked: Plane<bool>,
    /// How far the ink of a watermark stands out; 0 without one. Copies of it that were not read as words lie anywhere.
    pub(crate) mark: u8,
    /// The middle value of the changes: 0 for a clean drawing, several for a scan.
    pub(crate) noise: i32,
}

impl Tone {
    /// Of a picture.
    pub(crate) fn of(picture: &Picture) -> Self {
        let smooth = smoothed(picture.pixels());
        let mut change = changes(&smooth);
        let noise = i32::from(middle(change.cells().iter().copied()));
        let slight = change.cells().iter().filter(|value| (1..9).contains(*value)).count();
        let calm = change.cells().iter().filter(|value| **value < 9).count();
        let clean = noise < CLEAN && slight * 8 < calm;
        if clean {
            // Without noise nothing needs to be smoothed, and thin outlines stay thin.
            change = changes(picture.pixels());
        }
        let dark = smooth.map(|colour| colour.into_iter().min().unwrap_or_default());
        let sharp = picture.pixels().map(|colour| colour.into_iter().min().unwrap_or_default());
        let line = lines(if clean { &sharp } else { &dark });
        let paper = papers(&dark);
        let marked = dark.map(|_| false);
        Self { dark, change, paper, line, marked, mark: 0, noise }
    }
}

/// Each colour mixed with its eight neighbours.
fn smoothed(pixels: &Plane<Colour>) -> Plane<Colour> {
    let (width, height) = (pixels.width(), pixels.height());
    let mut all = pixels.clone();
    let mut across = pixels.clone();
    let mix = |a: Colour, b: Colour, c: Colour| -> Colour {
        std::array::from_fn(|part| ((u16::from(a[part]) + 2 * u16::from(b[part]) + u16::from(c[part]) + 2) / 4) as u8)
    };
    for y in 0..height {
        for x in 0..width {
            let at = |x: i32| pixels.at(x.clamp(0, width - 1), y);
            across.set(x, y, mix(at(x - 1), at(x), at(x + 1)));
        }
    }
    for y in 0..height {
        for x in 0..width {
            let at = |y: i32| across.at(x, y.clamp(0, height - 1));
            all.set(x, y, mix(at(y - 1), at(y), at(y + 1)));
        }
    }
    all
}

/// The greatest difference between opposite neighbours, over the colours (Sobel's weights).
fn changes(pixels: &Plane<Colour>) -> Plane<u8> {
    let (width, height) = (pixels.width(), pixels.height());
    let mut all = Plane::new(width as usize, height as usize);
    for y in 0..height {
        for x in 0..width {
            let at =
                |right: i32, down: i32| pixels.at((x + right).clamp(0, width - 1), (y + down).clamp(0, height - 1));
            let (nw, n, ne, w, e) = (at(-1, -1), at(0, -1), at(1, -1), at(-1, 0), at(1, 0));
            let (sw, s, se) = (at(-1, 1), at(0, 1), at(1, 1));
            let mut most = 0;
            for part in 0..3 {
                let of = |colour: Colour| i32::from(colour[part]);
                let across = of(ne) + 2 * of(e) + of(se) - of(nw) - 2 * of(w) - of(sw);
                let down = of(sw) + 2 * of(s) + of(se) - of(nw) - 2 * of(n) - of(ne);
                most = most.max(across.abs()).max(down.abs());
            }
            all.set(x, y, (most / 4).min(255) as u8);
        }
    }
    all
}

/// The middle one of values.
pub(crate) fn middle(values: impl Iterator<Item = u8>) -> u8 {
    share(values, 0.5)
}

/// The value below which a share of all values lies.
pub(crate) fn share(values: impl Iterator<Item = u8>, part: f32) -> u8 {
    let mut counts = [0_u32; 256];
    let mut all = 0_u32;
    for value in values {
        counts[usize::from(value)] += 1;
        all += 1;
    }
    let wanted = (all as f32 * part) as u32;
    let mut before = 0;
    let found = counts.iter().position(|count| {
        before += count;
        before > wanted
    });
    found.unwrap_or(255) as u8
}

/// The middle value around each place, from a coarse grid, mixed between its points.
fn papers(dark: &Plane<u8>) -> Plane<u8> {
    let (columns, rows) = (dark.width() / SQUARE + 2, dark.height() / SQUARE + 2);
    let mut grid = Plane::new(columns as usize, rows as usize);
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = ((column * SQUARE).min(dark.width() - 1), (row * SQUARE).min(dark.height() - 1));
            let values = ((y - WINDOW).max(0)..(y + WINDOW).min(dark.height())).step_by(2).flat_map(|y| {
                ((x - WINDOW).max(0)..(x + WINDOW).min(dark.width())).step_by(2).map(move |x| dark.at(x, y))
            });
            grid.set(column, row, middle(values));
        }
    }
    let mut all = Plane::new(dark.width() as usize, dark.height() as usize);
    for y in 0..dark.height() {
        for x in 0..dark.width() {
            let (column, row, right, down) = (x / SQUARE, y / SQUARE, x % SQUARE, y % SQUARE);
            let at = |column: i32, row: i32| i32::from(grid.at(column, row));
            let upper = at(column, row) * (SQUARE - right) + at(column + 1, row) * right;
            let lower = at(column, row + 1) * (SQUARE - right) + at(column + 1, row + 1) * right;
            all.set(x, y, ((upper * (SQUARE - down) + lower * down) / (SQUARE * SQUARE)) as u8);
        }
    }
    all
}

/// By how much each place is darker than what a line's reach around it would make of it (a black hat).
fn lines(dark: &Plane<u8>) -> Plane<u8> {
    let most = extremes(&extremes(dark, true, false), true, true);
    let filled = extremes(&extremes(&most, false, false), false, true);
    filled.with(dark, u8::saturating_sub)
}

/// The greatest or least value within a line's reach, along rows or columns.
fn extremes(plane: &Plane<u8>, greatest: bool, columns: bool) -> Plane<u8> {
    let (lines, length) = if columns { (plane.width(), plane.height()) } else { (plane.height(), plane.width()) };
    let at = |line: i32, place: i32| if columns { plane.at(line, place) } else { plane.at(place, line) };
    let mut all = Plane::new(plane.width() as usize, plane.height() as usize);
    for line in 0..lines {
        // The candidates for the window's extreme, each beating all after it.
        let mut window: std::collections::VecDeque<(i32, u8)> = std::collections::VecDeque::new();
        for place in 0..length + LINE_REACH {
            if place < length {
                let value = at(line, place);
                while window.back().is_some_and(|(_, other)| if greatest { *other <= value } else { *other >= value }) {
                    window.pop_back();
                }
                window.push_back((place, value));
            }
            let target = place - LINE_REACH;
            while window.front().is_some_and(|(from, _)| *from < target - LINE_REACH) {
                window.pop_front();
            }
            if let Some((_, value)) = window.front().filter(|_| target >= 0) {
                if columns { all.set(line, target, *value) } else { all.set(target, line, *value) }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thin_line_stands_out_and_a_slope_does_not() {
        let pixels = (0..60).flat_map(|y| (0..80).map(move |x| if y == 30 { [90; 3] } else { [255 - x; 3] })).collect();
        let tone = Tone::of(&Picture::from_pixels(80, 60, pixels));
        assert!(tone.line.at(20, 30) > 60);
        assert!(tone.line.at(20, 20) < 10);
    }

    #[test]
    fn the_paper_is_what_most_of_the_surroundings_are() {
        let pixels =
            (0..100).flat_map(|_| (0..100).map(move |x| if x % 10 == 0 { [0; 3] } else { [240; 3] })).collect();
        let tone = Tone::of(&Picture::from_pixels(100, 100, pixels));
        assert!(tone.paper.at(50, 50) > 200);
    }
}
