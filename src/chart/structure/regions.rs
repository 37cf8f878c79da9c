//! Boxes, found from the words outwards (方框): what encloses a line of words is its box, however it is drawn.
//!
//! Walls are places where the colour changes or ink stands; words are taken out of them. What is left falls into enclosed
//! regions; lines of words that share one form a node. Comes in: a sheet and its tones. Goes out: regions with their lines,
//! and the lines that stand free. Must never know: arrows.

use std::collections::BTreeMap;

use super::morphology::{Along, bridged, closed, long_runs};
use super::rect::Rect;
use super::sheet::Sheet;
use super::tone::Tone;
use super::walls::{barrier, contrast, letters, trimmed, without_signs, word_mask};
use crate::chart::blobs::{Blobs, Neighbours};
use crate::chart::plane::Plane;
use crate::chart::recognise::Line;

/// What encloses lines of words.
#[derive(Debug, Clone)]
pub(crate) struct Region {
    /// Its number among [`Regions::blobs`].
    pub(crate) number: u32,
    /// What it covers.
    pub(crate) rect: Rect,
    /// Its lines, as indices into [`Regions::lines`].
    pub(crate) lines: Vec<usize>,
}

/// A sheet taken apart.
#[derive(Debug)]
pub(crate) struct Regions {
    /// The lines of words; one that runs through several regions is cut.
    pub(crate) lines: Vec<Line>,
    /// Everything that is no wall, by enclosed region.
    pub(crate) blobs: Blobs,
    /// Regions with words in them that are no larger frames.
    pub(crate) nodes: Vec<Region>,
    /// Lines that stand in no box.
    pub(crate) free: Vec<usize>,
    /// Places where words are.
    pub(crate) words: Plane<bool>,
    /// Outlines, lines and edges of colour, words left out.
    pub(crate) wall: Plane<bool>,
    /// How much words stand out of their ground: the middle one of the lines' contrasts.
    pub(crate) contrast: f32,
}

impl Regions {
    /// Takes a sheet apart.
    pub(crate) fn of(sheet: &Sheet, tone: &Tone) -> Self {
        let contrast = contrast(sheet, tone);
        let barrier = barrier(tone, contrast);
        let whole: Vec<Line> = sheet.lines.iter().map(|line| trimmed(line, &barrier)).collect();
        let mut words = word_mask(&whole, &barrier);
        let (wall, blobs) =
            enclosed(&without_signs(&barrier, tone, contrast, &whole), &letters(&barrier, &words, &sheet.lines));
        let lines = cut_at_walls(&whole, &blobs);
        if lines.len() != whole.len() {
            words = word_mask(&lines, &barrier);
        }
        let mut all = Self { lines, blobs, nodes: Vec::new(), free: Vec::new(), words, wall, contrast };
        all.sort_lines(sheet.print);
        all
    }

    /// Gives each line to its region, and takes the regions that are no boxes out again.
    fn sort_lines(&mut self, print: f32) {
        let mut inside: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, line) in self.lines.iter().enumerate() {
            let rect = Rect::around(&line.quad);
            let roomy = self.around(&rect).filter(|number| {
                let room = self.blobs.blob(*number).map(Rect::from).unwrap_or_default();
                room.width() * 4 >= rect.width() * 3 && room.height() * 4 >= rect.height() * 3
            });
            match roomy.filter(|number| !self.is_page(*number)) {
                Some(number) => inside.entry(number).or_default().push(index),
                None => self.free.push(index),
            }
        }
        let regions: Vec<Region> = inside
            .into_iter()
            .filter_map(|(number, lines)| Some(Region { number, rect: self.blobs.blob(number)?.into(), lines }))
            .collect();
        for region in &regions {
            if self.is_box(region, &regions, print) {
                self.nodes.push(region.clone());
            } else {
                self.free.extend(&region.lines);
            }
        }
        self.free.sort_unstable();
    }

    /// The region that most of a line stands in.
    fn around(&self, rect: &Rect) -> Option<u32> {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for y in rect.top..=rect.bottom {
            for x in rect.left..=rect.right {
                *counts.entry(self.blobs.labels.at(x, y)).or_default() += 1;
            }
        }
        counts.remove(&0);
        counts.into_iter().max_by_key(|(number, count)| (*count, std::cmp::Reverse(*number))).map(|(number, _)| number)
    }

    /// The ground of the whole sheet: it reaches its edge, or covers much of it.
    pub(crate) fn is_page(&self, number: u32) -> bool {
        let Some(blob) = self.blobs.blob(number) else { return true };
        let (width, height) = (self.blobs.labels.width(), self.blobs.labels.height());
        let rect = Rect::from(blob);
        rect.left <= 1
            || rect.top <= 1
            || rect.right >= width - 2
            || rect.bottom >= height - 2
            || blob.cells as f32 > 0.45 * width as f32 * height as f32
            || (rect.width() as f32 > 0.93 * width as f32 && rect.height() as f32 > 0.93 * height as f32)
    }

    /// Whether a region is drawn around its words, rather than left over between lines or around other boxes.
    fn is_box(&self, region: &Region, others: &[Region], print: f32) -> bool {
        let Some(blob) = self.blobs.blob(region.number) else { return false };
        let holds_box = others.iter().any(|other| {
            other.number != region.number
                && region.rect.holds(other.rect.centre())
                && other.rect.size() * 4 < region.rect.size() * 3
                && other.rect.height() as f32 > 1.2 * print
                && other.lines.iter().filter_map(|line| self.lines.get(*line)).map(Line::letters).sum::<usize>() > 2
        });
        if holds_box {
            return false;
        }
        let words: Vec<Rect> =
            region.lines.iter().filter_map(|line| self.lines.get(*line)).map(|line| Rect::around(&line.quad)).collect();
        let covered: i64 = words.iter().map(Rect::size).sum();
        let share = covered as f32 / blob.cells.max(1) as f32;
        let sheet = self.blobs.labels.cells().len() as f32;
        let solid = self.solidity(region);
        let centre = |part: fn(&Rect) -> f32| words.iter().map(part).sum::<f32>() / words.len().max(1) as f32;
        let off = (
            (centre(|rect| rect.centre().0) - region.rect.centre().0).abs() > 0.18 * region.rect.width() as f32,
            (centre(|rect| rect.centre().1) - region.rect.centre().1).abs() > 0.22 * region.rect.height() as f32,
        );
        let together = words.iter().copied().reduce(|all, word| all.with(&word)).unwrap_or_default();
        let scattered = together.size() > 4 * covered;
        let huge =
            region.rect.size() as f32 > 0.12 * sheet && share < 0.12 && (scattered || off.0 || off.1 || solid < 0.9);
        let left_over = share < 0.15 && (off.0 || off.1 || solid < 0.85);
        !(huge || left_over || solid < 0.6)
    }

    /// The share of the region's rows and columns, from its first cell to its last, that would fill its convex shape: near
    /// 1 for boxes, diamonds and circles, less for what is left between other things.
    fn solidity(&self, region: &Region) -> f32 {
        let spans = super::shape::Spans::of(&self.blobs, region.number, &region.rect);
        let hull = super::shape::hull_size(&spans, &region.rect);
        spans.size() as f32 / hull.max(1.0)
    }
}

/// The walls, with words and specks taken out, and the regions between them.
fn enclosed(barrier: &Plane<bool>, letters: &Plane<bool>) -> (Plane<bool>, Blobs) {
    let bare = barrier.with(letters, |wall, letter| wall && !letter);
    let pieces = Blobs::of(&bare, Neighbours::Eight);
    let kept =
        pieces.labels.map(|number| pieces.blob(number).is_some_and(|piece| piece.width().max(piece.height()) >= 6));
    // Walls that are dashed lines are closed along their direction.
    let dashed_rows = long_runs(&bridged(&kept, Along::Rows, 8), Along::Rows, 31);
    let dashed_columns = long_runs(&bridged(&kept, Along::Columns, 8), Along::Columns, 31);
    let dashed = dashed_rows.with(&dashed_columns, |a, b| a || b);
    let wall = closed(&kept, 1).with(&dashed, |a, b| a || b);
    let blobs = Blobs::of(&wall.with(letters, |wall, letter| !wall || letter), Neighbours::Four);
    (wall, blobs)
}

/// Cuts lines that run through several regions, as words of neighbouring cells do: where the region under one character
/// is another than under the one before.
fn cut_at_walls(lines: &[Line], blobs: &Blobs) -> Vec<Line> {
    let mut all = Vec::new();
    for line in lines {
        let rect = Rect::around(&line.quad);
        let letters: Vec<char> = line.text.chars().collect();
        if letters.len() != line.places.len() || letters.len() < 2 || rect.height() > rect.width() {
            all.push(line.clone());
            continue;
        }
        let half = rect.height() / 4;
        let under: Vec<u32> = line
            .places
            .iter()
            .map(|place| {
                let x = rect.left + (place * rect.width() as f32) as i32;
                let y = rect.centre().1 as i32;
                let around = (y - half..=y + half).flat_map(|y| (x - half..=x + half).map(move |x| (x, y)));
                let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
                for (x, y) in around {
                    *counts.entry(blobs.labels.at(x, y)).or_default() += 1;
                }
                counts.remove(&0);
                counts.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(number, _)| number)
            })
            .collect();
        let at = |letter: usize| {
            rect.left + (line.places.get(letter).copied().unwrap_or_default() * rect.width() as f32) as i32
        };
        let mut from = 0;
        for letter in 1..=letters.len() {
            let changes = under.get(letter) != under.get(letter - 1) && under.get(letter) != Some(&0);
            if letter == letters.len() || (changes && !is_open(blobs, &rect, (at(letter - 1), at(letter)))) {
                all.push(part_of(line, &letters, from, letter));
                from = letter;
            }
        }
    }
    all
}

/// Whether two places of a line have one region in common above or below the words: a border between two cells goes on
/// beyond their words, the strokes of letters do not.
fn is_open(blobs: &Blobs, rect: &Rect, (one, other): (i32, i32)) -> bool {
    let reach = (rect.height() / 3).max(2);
    let rows = (rect.top - reach..rect.top).chain(rect.bottom + 1..=rect.bottom + reach);
    rows.into_iter().any(|y| {
        let region = blobs.labels.at(one, y);
        region != 0 && region == blobs.labels.at(other, y)
    })
}

/// Some of a line's characters with their share of its rectangle.
fn part_of(line: &Line, letters: &[char], from: usize, to: usize) -> Line {
    if (from, to) == (0, letters.len()) {
        return line.clone();
    }
    let between = |left: usize| -> f32 {
        let (before, after) = (left.checked_sub(1).and_then(|at| line.places.get(at)), line.places.get(left));
        match (before, after) {
            (Some(before), Some(after)) => (before + after) / 2.0,
            (None, _) => 0.0,
            (_, None) => 1.0,
        }
    };
    let (left, right) = (between(from), between(to));
    let [a, b, c, d] = line.quad.0;
    let along = |from: (f32, f32), to: (f32, f32), share: f32| {
        (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
    };
    let mut part = line.clone();
    part.quad.0 = [along(a, b, left), along(a, b, right), along(d, c, right), along(d, c, left)];
    part.text = letters.get(from..to).unwrap_or_default().iter().collect();
    let width = (right - left).max(f32::EPSILON);
    part.places = line.places.get(from..to).unwrap_or_default().iter().map(|place| (place - left) / width).collect();
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::recognise::quad::Quad;

    /// The line 受理审查 in a box of 200 by 60 that a bar parts between its second and third letter.
    fn parts(bar: (i32, i32)) -> Vec<String> {
        let mut free = Plane::new(220, 80);
        free.fill((10, 10), (209, 69), true);
        free.fill((109, bar.0), (111, bar.1), false);
        // What the bar leaves between the letters, as strokes of letters do.
        free.fill((112, 32), (112, 48), false);
        let mut blobs = Blobs::of(&free, Neighbours::Four);
        for y in 30..50 {
            for x in 113..150 {
                blobs.labels.set(x, y, 9);
            }
        }
        let quad = Quad::upright((70.0, 30.0), (150.0, 50.0));
        let line = Line { quad, text: "受理审查".to_owned(), score: 1.0, places: vec![0.125, 0.375, 0.625, 0.875] };
        cut_at_walls(&[line], &blobs).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn a_border_cuts_a_line_of_words_and_the_strokes_of_its_letters_do_not() {
        assert_eq!(parts((10, 69)), ["受理", "审查"]);
        assert_eq!(parts((30, 50)), ["受理审查"]);
    }
}
