//! Ink outside boxes and words: lines and heads of arrows (墨迹).
//!
//! Comes in: tones and regions. Goes out: a mask. Must never know: which boxes the lines join.

use super::rect::Rect;
use super::regions::Regions;
use super::shape::{Spans, hull_size};
use super::tone::Tone;
use crate::chart::blobs::{Blobs, Neighbours};
use crate::chart::plane::Plane;

/// Lines are darker than a watermark by this factor.
const DARKER: f32 = 1.25;

/// A head reaches this far to each side of its line, in heights of the print.
const HALF_HEAD: f32 = 0.45;

/// A line that runs through a label is longer than its letters are high by this factor.
const LINE_THROUGH: f32 = 1.5;

/// The ink of a sheet, words left out.
pub(crate) fn of(tone: &Tone, regions: &Regions, print: f32) -> Plane<bool> {
    let (noise, contrast) = (tone.noise as f32, regions.contrast);
    // Beside a watermark only what is darker than it is a line.
    let mark = (DARKER * f32::from(tone.mark)).min(super::walls::STRONG * contrast);
    let line = 18.0_f32.max(noise * 5.0).max(0.13 * contrast).max(mark) as u8;
    let area = 30.0_f32.max(noise * 6.0).max(0.45 * contrast) as i32;
    let thick = tone.paper.with(&tone.dark, |paper, dark| i32::from(paper) - i32::from(dark) > area);
    let mut ink = tone.line.with(&thick, |value, thick| thick || value > line);
    let strong = tone.line.map(|value| f32::from(value) > super::walls::STRONG * contrast);
    let kept = strong.with(&tone.marked, |strong, marked| strong || !marked);
    ink = ink.with(&kept, |ink, kept| ink && kept);
    drop_words(&mut ink, &regions.words);
    part_from_labels(&mut ink, regions, print);
    fill_hollows(&mut ink, regions, print);
    ink
}

/// Takes out what lies almost wholly in words; lines that merely pass by stay.
fn drop_words(ink: &mut Plane<bool>, words: &Plane<bool>) {
    let near = super::morphology::grown(words, 2);
    let pieces = Blobs::of(ink, Neighbours::Eight);
    let mut inside = vec![0_u32; pieces.all.len() + 1];
    for (piece, near) in pieces.labels.cells().iter().zip(near.cells()) {
        if let Some(count) = inside.get_mut(*piece as usize).filter(|_| *near) {
            *count += 1;
        }
    }
    let gone = |piece: u32| {
        pieces.blob(piece).is_some_and(|blob| {
            f64::from(inside.get(piece as usize).copied().unwrap_or(0)) >= 0.8 * f64::from(blob.cells)
        })
    };
    let gone: Vec<bool> = (0..=pieces.all.len() as u32).map(gone).collect();
    for (on, piece) in ink.cells_mut().iter_mut().zip(pieces.labels.cells()) {
        *on &= !gone.get(*piece as usize).copied().unwrap_or(false);
    }
}

/// Letters of labels that touch a line are taken out of its piece of ink; lines that run through them stay.
fn part_from_labels(ink: &mut Plane<bool>, regions: &Regions, print: f32) {
    let half = (HALF_HEAD * print) as i32;
    // Heads are often read as one letter.
    let labels = regions.free.iter().filter_map(|line| regions.lines.get(*line)).filter(|line| line.letters() > 1);
    for rect in labels.map(|line| Rect::around(&line.quad)) {
        let least = (LINE_THROUGH * rect.height().min(rect.width()) as f32) as i32;
        let run = |from: (i32, i32), (right, down): (i32, i32)| {
            (1..least).take_while(|step| ink.at(from.0 + right * step, from.1 + down * step)).count() as i32
        };
        let (mut letters, mut rows, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        for y in rect.top..=rect.bottom {
            for x in rect.left..=rect.right {
                let across = 1 + run((x, y), (1, 0)) + run((x, y), (-1, 0));
                let along = 1 + run((x, y), (0, 1)) + run((x, y), (0, -1));
                if !ink.at(x, y) {
                    continue;
                }
                if across >= least {
                    rows.push(y);
                } else if along >= least {
                    columns.push(x);
                } else {
                    letters.push((x, y));
                }
            }
        }
        // Close to such a line there may be its head.
        let near = |lines: &[i32], at: i32| lines.iter().any(|line| (line - at).abs() <= half);
        letters.retain(|(x, y)| !near(&rows, *y) && !near(&columns, *x));
        for (x, y) in letters {
            ink.set(x, y, false);
        }
    }
}

/// Heads and arrows that are drawn as outlines are filled.
fn fill_hollows(ink: &mut Plane<bool>, regions: &Regions, print: f32) {
    let tiny = (0.4 * print * print) as u32;
    let small = (5.0 * print * print) as u32;
    let nodes: Vec<(u32, Rect)> = regions.nodes.iter().map(|region| (region.number, region.rect)).collect();
    for (number, blob) in regions.blobs.numbered() {
        let rect = Rect::from(blob);
        if blob.cells < 4 || blob.cells > small || regions.is_page(number) {
            continue;
        }
        if nodes.iter().any(|(node, around)| *node == number || around.holds(rect.centre())) {
            continue;
        }
        if blob.cells > tiny {
            let spans = Spans::of(&regions.blobs, number, &rect);
            let solid = spans.size() as f32 / hull_size(&spans, &rect).max(1.0);
            if !(0.5..0.93).contains(&solid) {
                continue;
            }
        }
        for y in rect.top..=rect.bottom {
            for x in rect.left..=rect.right {
                if regions.blobs.labels.at(x, y) == number && !regions.words.at(x, y) {
                    ink.set(x, y, true);
                }
            }
        }
    }
}

/// Without pieces too small to be a dash.
pub(crate) fn without_specks(ink: &Plane<bool>) -> Plane<bool> {
    let pieces = Blobs::of(ink, Neighbours::Eight);
    pieces.labels.map(|piece| pieces.blob(piece).is_some_and(|blob| blob.width().max(blob.height()) >= 4))
}
