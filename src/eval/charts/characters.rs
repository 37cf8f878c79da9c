//! Character error rate of a chart: each printed piece of words against what was read where it stands.

use super::counts::Characters;
use super::geometry::{edits, inside, letters};
use crate::model::chart::{Area, Chart, Words};

/// Least share of what was read that must lie in a printed piece to be taken for it.
const LEAST_INSIDE: f64 = 0.3;

/// A piece of words with its place.
struct Piece<'a> {
    text: &'a str,
    area: Area,
}

/// Compares every piece of words. What was read where words on arrows, numbers in circles or watermarks stand is not
/// counted; what was read where nothing stands counts as inserted.
pub(super) fn score(truth: &Chart, other: &[Words], read: &Chart) -> Characters {
    let there = pieces(truth);
    let free = other.iter().map(|words| Piece { text: &words.text, area: words.area });
    let places: Vec<(bool, Piece<'_>)> =
        there.into_iter().map(|piece| (true, piece)).chain(free.map(|piece| (false, piece))).collect();
    let mut found: Vec<Vec<&Piece<'_>>> = places.iter().map(|_| Vec::new()).collect();
    let seen = pieces(read);
    let mut astray: Vec<&Piece<'_>> = Vec::new();
    for piece in &seen {
        let best = places
            .iter()
            .enumerate()
            .map(|(number, (_, place))| (number, inside(piece.area, place.area).max(inside(place.area, piece.area))))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .filter(|(_, share)| *share >= LEAST_INSIDE);
        match best.and_then(|(number, _)| found.get_mut(number)) {
            Some(pieces) => pieces.push(piece),
            None => astray.push(piece),
        }
    }
    let mut sum = Characters::default();
    for ((counted, place), mut pieces) in places.iter().zip(found) {
        if *counted {
            pieces.sort_by_key(|piece| (piece.area.y, piece.area.x));
            let text: String = pieces.iter().map(|piece| piece.text).collect();
            sum.add(compared(place.text, &text));
        }
    }
    sum.add(headings(truth, read, &mut astray));
    for piece in astray {
        sum.errors += letters(piece.text).len() as u64;
    }
    sum
}

/// All pieces with a place of their own.
fn pieces(chart: &Chart) -> Vec<Piece<'_>> {
    let nodes = chart.nodes.iter().map(|node| Piece { text: &node.text, area: node.area });
    let beside = chart.nodes.iter().flat_map(|node| &node.notes);
    let words =
        beside.chain(&chart.title).chain(&chart.words).map(|words| Piece { text: &words.text, area: words.area });
    nodes.chain(words).collect()
}

/// The headings of lanes, whose areas are those of the lanes: each against the likest heading, or the likest words that
/// belong to no other place.
fn headings(truth: &Chart, read: &Chart, astray: &mut Vec<&Piece<'_>>) -> Characters {
    let mut sum = Characters::default();
    let mut titles: Vec<&str> = read.lanes.iter().map(|lane| lane.title.as_str()).collect();
    for lane in &truth.lanes {
        let cost = |text: &str| compared(&lane.title, text).errors;
        let title = (0..titles.len()).min_by_key(|number| titles.get(*number).map(|text| cost(text)));
        let loose = (0..astray.len()).min_by_key(|number| astray.get(*number).map(|piece| cost(piece.text)));
        let of_title = title.and_then(|number| titles.get(number)).map(|text| cost(text));
        let of_loose = loose.and_then(|number| astray.get(number)).map(|piece| cost(piece.text));
        let whole = cost("");
        match (title.zip(of_title), loose.zip(of_loose)) {
            (Some((number, cost)), loose) if cost < whole && loose.is_none_or(|(_, other)| cost <= other) => {
                sum.add(compared(&lane.title, titles.remove(number)));
            }
            (_, Some((number, cost))) if cost < whole => sum.add(compared(&lane.title, astray.remove(number).text)),
            _ => sum.add(compared(&lane.title, "")),
        }
    }
    for title in titles {
        sum.errors += letters(title).len() as u64;
    }
    sum
}

fn compared(truth: &str, read: &str) -> Characters {
    let (truth, read) = (letters(truth), letters(read));
    Characters { errors: edits(&truth, &read) as u64, there: truth.len() as u64 }
}
