//! Walls, and words taken out of them (轮廓与文字): where outlines, lines and edges of colour stand.
//!
//! Comes in: a sheet, its tones and its lines of words. Goes out: masks, and lines whose rectangles fit their words. Must
//! never know: regions.

use super::morphology::grown;
use super::rect::Rect;
use super::sheet::Sheet;
use super::tone::{Tone, middle, share};
use crate::chart::blobs::{Blobs, Neighbours};
use crate::chart::plane::Plane;
use crate::chart::recognise::Line;
use crate::chart::recognise::quad::Quad;

/// In a watermark, only what is darker than this share of the words' contrast is ink of the chart.
pub(crate) const STRONG: f32 = 0.45;

/// Strokes cover a small part of what they are printed on; almost all of a watermark's are lighter than this share of it.
const MARK_INK: f32 = 0.95;

/// The ground of a line of words is looked for this far around it.
const RIM: i32 = 3;

/// Takes out what looks like lines but comes from print: what stands between light letters on dark ground, and
/// watermarks, of which only what is as dark as true ink is kept.
pub(crate) fn forget_prints(tone: &mut Tone, sheet: &Sheet) {
    for line in &sheet.lines {
        let rect = Rect::around(&line.quad);
        let values: Vec<u8> = places_in(&rect, &tone.dark).map(|(x, y)| tone.dark.at(x, y)).collect();
        let at = |part: f32| i32::from(share(values.iter().copied(), part));
        // Bold letters cover more than half of a tight rectangle, so the ground is looked for around it too.
        let rim = rect.widened(RIM);
        let ring = places_in(&rim, &tone.dark).filter(|(x, y)| !rect.holds((*x as f32, *y as f32)));
        let ground = i32::from(middle(ring.map(|(x, y)| tone.dark.at(x, y))));
        // Dark ground, and more that is lighter than it than that is darker.
        let is_light = |ground: i32| ground < 140 && at(0.97) - ground > 2 * (ground - at(0.03)) + 30;
        if is_light(at(0.5)) || is_light(ground) {
            let around = rect.widened(9);
            tone.line.fill((rect.left, around.top), (rect.right, around.bottom), 0);
        }
    }
    let mut prints: Vec<u8> = Vec::new();
    for quad in &sheet.marks {
        let rect = Rect::around(&quad.widened(2.0));
        let inside: Vec<(i32, i32)> =
            places_in(&rect, &tone.dark).filter(|(x, y)| quad.widened(3.0).holds((*x as f32, *y as f32))).collect();
        for (x, y) in inside {
            tone.marked.set(x, y, true);
            prints.push(tone.line.at(x, y));
        }
    }
    tone.mark = if prints.is_empty() { 0 } else { share(prints.into_iter(), MARK_INK) };
}

/// The places of a rectangle that lie on the sheet.
fn places_in<T: Copy + Default>(rect: &Rect, plane: &Plane<T>) -> impl Iterator<Item = (i32, i32)> + use<T> {
    let (left, right) = (rect.left.max(0), rect.right.min(plane.width() - 1));
    (rect.top.max(0)..=rect.bottom.min(plane.height() - 1)).flat_map(move |y| (left..=right).map(move |x| (x, y)))
}

/// The middle one of the lines' differences between ink and paper.
pub(crate) fn contrast(sheet: &Sheet, tone: &Tone) -> f32 {
    let differences = sheet.lines.iter().filter_map(|line| {
        let rect = Rect::around(&line.quad);
        (rect.size() > 20).then(|| {
            let values: Vec<u8> = places_in(&rect, &tone.dark).map(|(x, y)| tone.dark.at(x, y)).collect();
            share(values.iter().copied(), 0.97).saturating_sub(share(values.iter().copied(), 0.03))
        })
    });
    f32::from(middle(differences)).clamp(40.0, 250.0)
}

/// Where the colour changes or the ink of a line stands.
pub(crate) fn barrier(tone: &Tone, contrast: f32) -> Plane<bool> {
    let change = 10.0_f32.max(tone.noise as f32 * 4.5).max(0.15 * contrast) as u8;
    let ink = ink(tone, contrast);
    let wall = tone.change.with(&tone.line, |value, line| value > change || line > ink);
    let strong = tone.line.map(|line| f32::from(line) > STRONG * contrast);
    let kept = strong.with(&tone.marked, |strong, marked| strong || !marked);
    wall.with(&kept, |wall, kept| wall && kept)
}

/// What a line's darkness must exceed.
fn ink(tone: &Tone, contrast: f32) -> u8 {
    22.0_f32.max(tone.noise as f32 * 5.0).max(0.2 * contrast) as u8
}

/// Without signs that stand alone, as in gateways (网关): pieces of ink that lie wholly in a line of one letter. The head of
/// an arrow is read as a letter too, but hangs on its line.
pub(crate) fn without_signs(barrier: &Plane<bool>, tone: &Tone, contrast: f32, lines: &[Line]) -> Plane<bool> {
    let signs: Vec<Rect> =
        lines.iter().filter(|line| is_lone_mark(&line.text)).map(|line| Rect::around(&line.quad).widened(2)).collect();
    if signs.is_empty() {
        return barrier.clone();
    }
    let least = ink(tone, contrast);
    let ink = tone.line.map(|line| line > least);
    let pieces = Blobs::of(&ink, Neighbours::Eight);
    let inside = |blob: Rect| signs.iter().any(|sign| sign.with(&blob) == *sign);
    let own: Vec<bool> = std::iter::once(false).chain(pieces.all.iter().map(|blob| inside(blob.into()))).collect();
    let of_signs = |wanted: bool| {
        pieces.labels.map(|piece| piece != 0 && own.get(piece as usize).copied().unwrap_or(false) == wanted)
    };
    let (signs, others) = (grown(&of_signs(true), 2), grown(&of_signs(false), 1));
    let gone = signs.with(&others, |sign, other| sign && !other);
    barrier.with(&gone, |wall, gone| wall && !gone)
}

/// Words, without pieces of wall that reach out of them: outlines close by, frames and arrows that pass through.
pub(crate) fn letters(barrier: &Plane<bool>, words: &Plane<bool>, lines: &[Line]) -> Plane<bool> {
    let mut whole: Plane<bool> = Plane::new(words.width() as usize, words.height() as usize);
    for line in lines {
        // Detected rectangles may be a little too small for their words; an outline goes on far beyond.
        let rect = Rect::around(&line.quad);
        let rect = rect.widened((rect.height() / 6).max(1));
        whole.fill((rect.left, rect.top), (rect.right, rect.bottom), true);
    }
    let pieces = Blobs::of(barrier, Neighbours::Eight);
    let mut outside = vec![0_u32; pieces.all.len() + 1];
    for (piece, inside) in pieces.labels.cells().iter().zip(whole.cells()) {
        if let Some(count) = outside.get_mut(*piece as usize).filter(|_| !inside) {
            *count += 1;
        }
    }
    let reaches_out =
        pieces.labels.map(|piece| piece != 0 && outside.get(piece as usize).is_some_and(|count| *count > 3));
    words.with(&reaches_out, |word, out| word && !out)
}

/// A line with its rectangle cut to its words: detected rectangles are larger, and may reach over the outline of the box.
pub(crate) fn trimmed(line: &Line, barrier: &Plane<bool>) -> Line {
    let rect = Rect::around(&line.quad);
    let (width, height) = (rect.width() as f32, rect.height() as f32);
    let (Some(first), Some(last)) = (line.places.first(), line.places.last()) else { return line.clone() };
    if height > width {
        return line.clone();
    }
    let at = |share: f32| rect.left + (share * width) as i32;
    let some = (0.15 * height) as i32;
    let busy = |y: i32| (at(*first) - some..=at(*last) + some).any(|x| barrier.at(x, y));
    // From the middle outwards, over gaps as there are inside characters.
    let gap = (0.12 * height).max(2.0) as i32;
    let reach = |sign: i32| {
        let middle = rect.centre().1 as i32;
        let mut edge = middle;
        let mut y = middle;
        while (y - edge).abs() <= gap.max(if edge == middle { rect.height() / 4 } else { 0 })
            && y >= rect.top
            && y <= rect.bottom
        {
            if busy(y) {
                edge = y;
            }
            y += sign;
        }
        edge
    };
    let (top, bottom) = (reach(-1), reach(1));
    if bottom - top < rect.height() / 4 {
        return line.clone();
    }
    // The outermost characters are as wide as the line is high, and their places lie somewhere in them.
    let letter = (bottom - top + 1) as f32;
    let side = |from: i32, sign: i32| {
        let mut edge = from;
        let mut x = edge;
        while (x - edge).abs() <= (0.16 * letter).max(2.0) as i32 && (x - from).abs() < (1.3 * letter) as i32 {
            if (top..=bottom).any(|y| barrier.at(x, y)) {
                edge = x;
            }
            x += sign;
        }
        edge
    };
    let (left, right) = (rect.left.max(side(at(*first), -1)), rect.right.min(side(at(*last), 1)));
    let (wide, start) = (((right - left) as f32 / width).max(f32::EPSILON), (left - rect.left) as f32 / width);
    Line {
        quad: Quad::upright((left as f32, top as f32), (right as f32, bottom as f32)),
        places: line.places.iter().map(|place| (place - start) / wide).collect(),
        ..line.clone()
    }
}

/// Where words stand. Detected rectangles are somewhat larger than the words; arrow heads are often read as one letter.
pub(crate) fn word_mask<T: Copy + Default>(lines: &[Line], like: &Plane<T>) -> Plane<bool> {
    let mut mask = Plane::new(like.width() as usize, like.height() as usize);
    for line in lines.iter().filter(|line| !is_lone_mark(&line.text)) {
        let rect = Rect::around(&line.quad).widened(1);
        mask.fill((rect.left, rect.top), (rect.right, rect.bottom), true);
    }
    mask
}

/// One letter that is no Chinese character.
pub(crate) fn is_lone_mark(text: &str) -> bool {
    let mut letters = text.chars().filter(|letter| !letter.is_whitespace());
    let first = letters.next();
    letters.next().is_none() && first.is_none_or(|letter| !('\u{4e00}'..='\u{9fff}').contains(&letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, quad: Quad) -> Line {
        let count = text.chars().count();
        let places = (0..count).map(|at| (at as f32 + 0.5) / count as f32).collect();
        Line { quad, text: text.to_owned(), score: 1.0, places }
    }

    #[test]
    fn a_rectangle_is_cut_to_its_words_and_leaves_the_outline_alone() {
        let mut barrier = Plane::new(120, 60);
        // An outline, and two characters inside it.
        for x in [20, 79] {
            barrier.fill((x, 10), (x, 50), true);
        }
        barrier.fill((30, 22), (46, 38), true);
        barrier.fill((52, 22), (68, 38), true);
        let whole = line("受理", Quad::upright((18.0, 14.0), (82.0, 46.0)));
        let rect = Rect::around(&trimmed(&whole, &barrier).quad);
        assert!(rect.left > 20 && rect.right < 79, "{rect:?}");
        assert!((20..=22).contains(&rect.top) && (38..=40).contains(&rect.bottom), "{rect:?}");
    }

    #[test]
    fn a_wall_that_runs_through_words_stays() {
        let mut barrier = Plane::new(120, 60);
        barrier.fill((50, 0), (51, 59), true);
        barrier.fill((30, 22), (40, 38), true);
        let lines = [line("受理审查", Quad::upright((20.0, 18.0), (100.0, 42.0)))];
        let words = word_mask(&lines, &barrier);
        let letters = letters(&barrier, &words, &lines);
        assert!(letters.at(35, 30) && !letters.at(50, 30) && words.at(50, 30));
    }

    #[test]
    fn one_letter_that_is_no_chinese_character_is_a_mark() {
        assert!(is_lone_mark("X") && is_lone_mark(" + ") && is_lone_mark(""));
        assert!(!is_lone_mark("是") && !is_lone_mark("AB"));
    }
}
