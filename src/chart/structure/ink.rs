//! Ink outside boxes and words: lines and heads of arrows (墨迹).
//!
//! Comes in: tones and regions. Goes out: a mask. Must never know: which boxes the lines join.

use super::rect::Rect;
use super::regions::Regions;
use super::shape::{Spans, hull_size};
use super::tone::Tone;
use crate::chart::blobs::{Blobs, Neighbours};
use crate::chart::plane::Plane;

/// The ink of a sheet, words left out.
pub(crate) fn of(tone: &Tone, regions: &Regions, print: f32) -> Plane<bool> {
    let (noise, contrast) = (tone.noise as f32, regions.contrast);
    let line = 18.0_f32.max(noise * 5.0).max(0.13 * contrast) as u8;
    let area = 30.0_f32.max(noise * 6.0).max(0.45 * contrast) as i32;
    let thick = tone.paper.with(&tone.dark, |paper, dark| i32::from(paper) - i32::from(dark) > area);
    let mut ink = tone.line.with(&thick, |value, thick| thick || value > line);
    let strong = tone.line.map(|value| f32::from(value) > super::walls::STRONG * contrast);
    let kept = strong.with(&tone.marked, |strong, marked| strong || !marked);
    ink = ink.with(&kept, |ink, kept| ink && kept);
    drop_words(&mut ink, &regions.words);
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
