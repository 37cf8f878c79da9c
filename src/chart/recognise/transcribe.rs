//! The words of a line (文字识别): the line cut out, set upright, read from left to right.
//!
//! Comes in: a picture and rectangles. Goes out: words with how surely they were read and where each character stands. Must
//! never know: what the words mean.

use super::network::{Engine, Lane};
use super::quad::Quad;
use crate::chart::picture::{Colour, Picture};

/// Height that the network reads.
const HEIGHT: u32 = 48;

/// Lines are filled up with grey to a multiple of this, which is what the network makes one place of.
const PLACE: usize = 8;

/// Shortest line that is read.
const LEAST_WIDTH: f32 = 32.0;

/// A line read less surely than this is read again if it is short.
const SURE: f32 = 0.95;

/// Width that short lines are then filled up to.
const FILLED: usize = 320;

/// Longest line that is read; longer ones are pressed together.
const MOST_WIDTH: f32 = 3200.0;

/// A rectangle this much higher than wide holds words that are turned or stand below each other.
const UPRIGHT: f32 = 1.5;

/// What was read of a line.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Reading {
    /// The words.
    pub(super) text: String,
    /// Mean likelihood of its characters, 0 to 1.
    pub(super) score: f32,
    /// For each character, how far along the line it stands, 0 to 1.
    pub(super) places: Vec<f32>,
}

/// Reads each line. `None` if the engine fails.
pub(super) fn lines(engine: &Engine<'_>, picture: &Picture, quads: &[Quad]) -> Option<Vec<Reading>> {
    let mut strips: Vec<(usize, Picture)> = Vec::new();
    for (line, quad) in quads.iter().enumerate() {
        let cut = cut_out(picture, quad);
        if cut.height() as f32 >= UPRIGHT * cut.width() as f32 {
            strips.push((line, turned(&cut)));
            strips.extend(laid_down(&cut).map(|laid| (line, laid)));
        } else {
            strips.push((line, cut));
        }
    }
    let strips: Vec<(usize, Picture)> = strips.into_iter().map(|(line, cut)| (line, at_reading_height(&cut))).collect();
    let mut readings = vec![Reading::default(); quads.len()];
    for ((line, _), reading) in strips.iter().zip(engine.shared(&strips, |lane, (_, cut)| surest(lane, cut))) {
        let reading = reading?;
        if let Some(best) = readings.get_mut(*line).filter(|best| reading.score > best.score) {
            *best = reading;
        }
    }
    Some(readings)
}

/// The pixels of a rectangle, turned upright, each mixed from the four around its place.
fn cut_out(picture: &Picture, quad: &Quad) -> Picture {
    let (width, height) = (quad.width().round().max(1.0), quad.height().round().max(1.0));
    let [a, b, c, d] = quad.0;
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for row in 0..height as u32 {
        let down = (row as f32 + 0.5) / height;
        for column in 0..width as u32 {
            let right = (column as f32 + 0.5) / width;
            let mix = |upper: f32, upper_right: f32, lower_right: f32, lower: f32| {
                (upper * (1.0 - right) + upper_right * right) * (1.0 - down)
                    + (lower * (1.0 - right) + lower_right * right) * down
            };
            pixels.push(picture.mixed(mix(a.0, b.0, c.0, d.0) - 0.5, mix(a.1, b.1, c.1, d.1) - 0.5));
        }
    }
    Picture::from_pixels(width as u32, height as u32, pixels)
}

/// Turned by a quarter, as words that run upwards are.
fn turned(cut: &Picture) -> Picture {
    let (width, height) = (cut.height() as i32, cut.width() as i32);
    let mut pixels = Vec::new();
    for y in 0..height {
        pixels.extend((0..width).map(|x| cut.pixels().at(height - 1 - y, x)));
    }
    Picture::from_pixels(width as u32, height as u32, pixels)
}

/// Characters that stand below each other, side by side: the strip is cut where rows hold nothing but paper.
fn laid_down(cut: &Picture) -> Option<Picture> {
    let pixels = cut.pixels();
    let busy: Vec<bool> = (0..pixels.height())
        .map(|y| {
            let row = pixels.row(y);
            let light = |pixel: &Colour| pixel.iter().map(|part| i32::from(*part)).sum::<i32>();
            let (least, most) = row.iter().map(light).fold((i32::MAX, 0), |(a, b), v| (a.min(v), b.max(v)));
            most - least > 150
        })
        .collect();
    let mut cells: Vec<(i32, i32)> = Vec::new();
    for (y, _) in busy.iter().enumerate().filter(|(_, busy)| **busy) {
        let y = y as i32;
        match cells.last_mut() {
            // A character may have a gap inside, but is never higher than the strip is wide.
            Some((from, to)) if y - *to <= 1 || (y - *from < pixels.width() * 3 / 5) => *to = y,
            _ => cells.push((y, y)),
        }
    }
    if cells.len() < 2 || cells.len() > 60 {
        return None;
    }
    let side = pixels.width();
    let paper = pixels.at(0, 0);
    let mut laid = vec![paper; (side * side) as usize * cells.len()];
    let width = side * cells.len() as i32;
    for (cell, (from, to)) in (0..).zip(&cells) {
        let shift = (side - (to - from + 1)) / 2;
        for y in (*from).max(*to - side + 1)..=*to {
            for x in 0..side {
                let place = (y - from + shift).clamp(0, side - 1) * width + cell * side + x;
                if let Some(pixel) = laid.get_mut(place as usize) {
                    *pixel = pixels.at(x, y);
                }
            }
        }
    }
    Some(Picture::from_pixels(width as u32, side as u32, laid))
}

fn at_reading_height(cut: &Picture) -> Picture {
    let width = HEIGHT as f32 * cut.width() as f32 / cut.height().max(1) as f32;
    cut.resized(width.ceil().clamp(LEAST_WIDTH, MOST_WIDTH) as u32, HEIGHT)
}

/// Reads one line; a short one that was read unsurely once more, filled up with grey, as the network saw short lines when
/// it was trained. To fill up every line would cost much and gain little.
fn surest(lane: &Lane<'_>, cut: &Picture) -> Option<Reading> {
    let first = read(lane, cut, 0)?;
    if first.score >= SURE || cut.width() as usize >= FILLED {
        return Some(first);
    }
    let again = read(lane, cut, FILLED)?;
    Some(if again.score > first.score { again } else { first })
}

/// Reads one line. Lines that are read together must be filled up to one width, and the network takes as long for grey
/// as for words: one by one they cost half.
fn read(lane: &Lane<'_>, cut: &Picture, least: usize) -> Option<Reading> {
    let width = (cut.width() as usize).max(least).next_multiple_of(PLACE);
    let mut numbers = Vec::with_capacity(3 * HEIGHT as usize * width);
    for channel in [2, 1, 0] {
        for y in 0..HEIGHT as i32 {
            let row = cut.pixels().row(y);
            numbers.extend(row.iter().map(|pixel| f32::from(pixel[channel]) / 127.5 - 1.0));
            numbers.extend(std::iter::repeat_n(0.0, width.saturating_sub(row.len())));
        }
    }
    let (places, classes, likely) = lane.recognise((width, HEIGHT as usize), numbers)?;
    let share = cut.width() as f32 / width as f32;
    Some(reading(likely.chunks_exact(classes.max(1)), lane.characters(), places as f32 * share))
}

/// Takes the likeliest class at each place; a class that goes on is one character, class 0 is a pause.
fn reading<'a>(places: impl Iterator<Item = &'a [f32]>, characters: &[String], length: f32) -> Reading {
    let mut all = Reading::default();
    let mut before = 0;
    let mut count = 0.0;
    for (place, likely) in places.enumerate() {
        let start = (0, f32::MIN);
        let (class, share) = likely
            .iter()
            .enumerate()
            .fold(start, |best, (class, share)| if *share > best.1 { (class, *share) } else { best });
        if class != 0 && class != before {
            if let Some(character) = characters.get(class) {
                all.text.push_str(character);
                let along = ((place as f32 + 0.5) / length.max(1.0)).clamp(0.0, 1.0);
                all.places.extend(character.chars().map(|_| along));
            }
            all.score += share;
            count += 1.0;
        }
        before = class;
    }
    all.score = if count > 0.0 { all.score / count } else { 0.0 };
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_goes_on_is_one_character_and_a_pause_parts_two() {
        let characters: Vec<String> = ["", "受", "理"].map(str::to_owned).to_vec();
        let rows: [&[f32]; 6] = [
            &[0.0, 0.9, 0.1],
            &[0.1, 0.8, 0.1],
            &[0.9, 0.1, 0.0],
            &[0.0, 0.7, 0.3],
            &[0.0, 0.1, 0.9],
            &[1.0, 0.0, 0.0],
        ];
        let read = reading(rows.into_iter(), &characters, 6.0);
        assert_eq!(read.text, "受受理");
        assert!((read.score - (0.9 + 0.7 + 0.9) / 3.0).abs() < 1e-6);
        assert_eq!(read.places.len(), 3);
        assert!(read.places.is_sorted());
    }

    #[test]
    fn a_line_is_cut_out_upright() {
        // A picture whose red grows to the right, its green downwards.
        let pixels = (0..40).flat_map(|y| (0..60).map(move |x| [x * 4, y * 4, 0])).collect();
        let picture = Picture::from_pixels(60, 40, pixels);
        let cut = cut_out(&picture, &Quad::upright((10.0, 10.0), (30.0, 20.0)));
        assert_eq!((cut.width(), cut.height()), (20, 10));
        assert_eq!((cut.pixels().at(0, 0), cut.pixels().at(19, 9)), ([40, 40, 0], [116, 76, 0]));
        let beyond = cut_out(&picture, &Quad::upright((-5.0, -5.0), (5.0, 5.0)));
        assert_eq!(beyond.pixels().at(0, 0), [0, 0, 0]);
    }

    #[test]
    fn characters_below_each_other_are_laid_side_by_side() {
        let mut pixels = vec![[255; 3]; 20 * 70];
        for (from, to) in [(2, 16), (26, 40), (50, 64)] {
            for y in from..to {
                for x in 4..16 {
                    pixels[y * 20 + x] = [0; 3];
                }
            }
        }
        let laid = laid_down(&Picture::from_pixels(20, 70, pixels)).expect("three characters");
        assert_eq!((laid.width(), laid.height()), (60, 20));
        assert_eq!(laid.pixels().at(10, 10), [0; 3]);
        assert_eq!(laid.pixels().at(50, 10), [0; 3]);
        assert_eq!(laid.pixels().at(20, 10), [255; 3]);
    }
}
