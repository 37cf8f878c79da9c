//! Lines as wide as one pixel (骨架): what remains of ink when its edges are taken away again and again (Zhang and Suen 1984).
//!
//! Comes in: a mask. Goes out: a mask. Must never know: what the lines join.

use crate::chart::plane::Plane;

/// The neighbours of a cell, from the upper one, clockwise.
pub(crate) const AROUND: [(i32, i32); 8] = [(0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1)];

/// Ink thicker than twice this many pixels stays thick: it is an area, not a line.
const MOST_ROUNDS: usize = 24;

/// The middle lines of a mask.
pub(crate) fn thinned(mask: &Plane<bool>) -> Plane<bool> {
    let mut all = mask.clone();
    let mut left: Vec<(i32, i32)> = Vec::new();
    for y in 0..mask.height() {
        left.extend((0..mask.width()).filter(|x| mask.at(*x, y)).map(|x| (x, y)));
    }
    for _ in 0..MOST_ROUNDS {
        let before = left.len();
        for second in [false, true] {
            let gone: Vec<(i32, i32)> = left.iter().copied().filter(|place| is_edge(&all, *place, second)).collect();
            for (x, y) in gone {
                all.set(x, y, false);
            }
            left.retain(|(x, y)| all.at(*x, *y));
        }
        if left.len() == before {
            break;
        }
    }
    all
}

/// Whether a cell may go in this half of a round without cutting a line or shortening its end.
fn is_edge(mask: &Plane<bool>, (x, y): (i32, i32), second: bool) -> bool {
    let near = AROUND.map(|(right, down)| mask.at(x + right, y + down));
    let count = near.iter().filter(|on| **on).count();
    let starts = near.iter().zip(near.iter().cycle().skip(1)).filter(|(a, b)| !**a && **b).count();
    let [up, _, right, _, down, _, left, _] = near;
    // Two opposite sides of a line are thinned in turn.
    let open = if second { !(up && left && (right || down)) } else { !(right && down && (up || left)) };
    (2..=6).contains(&count) && starts == 1 && open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_becomes_a_line_along_its_middle() {
        let mut mask = Plane::new(60, 20);
        mask.fill((5, 8), (54, 12), true);
        let thin = thinned(&mask);
        let on: Vec<(i32, i32)> =
            (0..20).flat_map(|y| (0..60).map(move |x| (x, y))).filter(|(x, y)| thin.at(*x, *y)).collect();
        assert!(on.iter().all(|(_, y)| (9..=11).contains(y)), "{on:?}");
        assert!(on.len() >= 40 && on.len() <= 52, "{}", on.len());
    }
}
