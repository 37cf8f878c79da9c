//! Masks made thicker and thinner, and how deep a cell lies in a mask.
//!
//! Comes in: masks. Goes out: masks and depths. Must never know: what they show.

use crate::chart::plane::Plane;

/// A direction along rows or along columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Along {
    /// From the left to the right.
    Rows,
    /// From the top to the bottom.
    Columns,
}

/// Runs of cells that are on: line, first and last place.
fn runs(mask: &Plane<bool>, along: Along, wanted: bool) -> Vec<(i32, i32, i32)> {
    let (lines, length) = match along {
        Along::Rows => (mask.height(), mask.width()),
        Along::Columns => (mask.width(), mask.height()),
    };
    let mut all = Vec::new();
    for line in 0..lines {
        let mut start = None;
        for place in 0..=length {
            let on = place < length
                && wanted
                    == match along {
                        Along::Rows => mask.at(place, line),
                        Along::Columns => mask.at(line, place),
                    };
            match (on, start) {
                (true, None) => start = Some(place),
                (false, Some(from)) => {
                    all.push((line, from, place - 1));
                    start = None;
                }
                _ => {}
            }
        }
    }
    all
}

fn draw(mask: &mut Plane<bool>, along: Along, (line, from, to): (i32, i32, i32), value: bool) {
    match along {
        Along::Rows => mask.fill((from, line), (to, line), value),
        Along::Columns => mask.fill((line, from), (line, to), value),
    }
}

/// Only the runs of at least this length.
pub(crate) fn long_runs(mask: &Plane<bool>, along: Along, least: i32) -> Plane<bool> {
    let mut all = Plane::new(mask.width() as usize, mask.height() as usize);
    for run in runs(mask, along, true) {
        if run.2 - run.1 + 1 >= least {
            draw(&mut all, along, run, true);
        }
    }
    all
}

/// Gaps of at most this length between two cells that are on are filled.
pub(crate) fn bridged(mask: &Plane<bool>, along: Along, most: i32) -> Plane<bool> {
    let length = match along {
        Along::Rows => mask.width(),
        Along::Columns => mask.height(),
    };
    let mut all = mask.clone();
    for run in runs(mask, along, false) {
        if run.2 - run.1 < most && run.1 > 0 && run.2 < length - 1 {
            draw(&mut all, along, run, true);
        }
    }
    all
}

/// Every cell lends itself to all within `reach` columns and rows.
pub(crate) fn grown(mask: &Plane<bool>, reach: i32) -> Plane<bool> {
    let mut wide = mask.clone();
    for (line, from, to) in runs(mask, Along::Rows, true) {
        draw(&mut wide, Along::Rows, (line, from - reach, to + reach), true);
    }
    let mut all = wide.clone();
    for (line, from, to) in runs(&wide, Along::Columns, true) {
        draw(&mut all, Along::Columns, (line, from - reach, to + reach), true);
    }
    all
}

/// Only cells all of whose neighbours within `reach` are on; what lies outside counts as on.
pub(crate) fn shrunk(mask: &Plane<bool>, reach: i32) -> Plane<bool> {
    grown(&mask.map(|on| !on), reach).map(|on| !on)
}

/// Gaps narrower than `2 * reach` are filled.
pub(crate) fn closed(mask: &Plane<bool>, reach: i32) -> Plane<bool> {
    shrunk(&grown(mask, reach), reach)
}

/// How far each cell lies inside the mask, in thirds of a cell: 3 at its edge. Steps to the side count 3, to a corner 4.
pub(crate) fn depths(mask: &Plane<bool>) -> Plane<u16> {
    let (width, height) = (mask.width(), mask.height());
    let mut all = mask.map(|on| if on { u16::MAX } else { 0 });
    let behind = [((-1, 0), 3_u16), ((0, -1), 3), ((-1, -1), 4), ((1, -1), 4)];
    for forth in [true, false] {
        for step in 0..width * height {
            let place = if forth { step } else { width * height - 1 - step };
            let (x, y) = (place % width, place / width);
            let mut depth = all.at(x, y);
            if depth == 0 {
                continue;
            }
            for ((right, down), cost) in behind {
                let (right, down) = if forth { (right, down) } else { (-right, -down) };
                depth = depth.min(all.at(x + right, y + down).saturating_add(cost));
            }
            all.set(x, y, depth);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Plane<bool> {
        Plane::from_cells(text.len(), 1, text.bytes().map(|byte| byte == b'#').collect())
    }

    fn words(mask: &Plane<bool>) -> String {
        mask.cells().iter().map(|on| if *on { '#' } else { '.' }).collect()
    }

    #[test]
    fn short_runs_go_and_short_gaps_close() {
        assert_eq!(words(&long_runs(&row("##..####.#"), Along::Rows, 3)), "....####..");
        assert_eq!(words(&bridged(&row(".##..##...#."), Along::Rows, 2)), ".######...#.");
    }

    #[test]
    fn growing_and_shrinking_undo_each_other_but_for_gaps() {
        assert_eq!(words(&closed(&row("..##.##....#.."), 1)), "..#####....#..");
    }

    #[test]
    fn a_bar_is_as_deep_as_half_its_width() {
        let mut mask = Plane::new(30, 9);
        mask.fill((0, 2), (29, 6), true);
        let depth = depths(&mask);
        assert_eq!([1, 2, 3, 4, 5].map(|y| depth.at(15, y)), [0, 3, 6, 9, 6]);
    }
}
