//! Lines of words in a picture: where they stand (文字检测).
//!
//! The network says for each pixel how surely it belongs to words (`DBNet`); groups of sure pixels become rectangles, which
//! are widened, because the network marks the core of a line. Comes in: a picture. Goes out: rectangles. Must never know:
//! the words.

use super::network::Engine;
use super::quad::{Point, Quad, smallest_around};
use crate::chart::blobs::{Blob, Blobs, Neighbours};
use crate::chart::picture::{Colour, Picture};
use crate::chart::plane::Plane;

/// Pixels with more than this belong to words.
const SURE: f32 = 0.3;

/// A rectangle whose pixels have less than this on average holds no words.
const LEAST_MEAN: f32 = 0.5;

/// By how much the core of a line is widened, as a share of its area over its circumference.
const WIDENED: f32 = 1.6;

/// Side of the largest part that is looked at in one run; bounds its memory.
const TILE: u32 = 1536;

/// Parts overlap by this much: a character at the edge of one part is whole in the next.
const OVERLAP: u32 = 192;

/// Most pixels that are looked at in all; larger pictures are made smaller.
const MOST_PIXELS: f32 = 24_000_000.0;

/// More lines than this are no chart.
const MOST_LINES: usize = 3000;

/// Lines lower than this in the size that was looked at are looked at again, enlarged.
const SMALL_LINE: f32 = 17.0;

/// The height that they are then enlarged to.
const GOOD_LINE: f32 = 26.0;

/// Enlarging by less than this is not worth a second look.
const LEAST_ENLARGED: f32 = 1.2;

/// No picture is enlarged more than this.
const MOST_ENLARGED: f32 = 3.5;

/// A picture of more pixels is first looked at in a smaller size: most of its print is larger than need be.
const FIRST_PIXELS: f32 = 1_000_000.0;

/// Neighbours that differ more than this in a colour are no blank paper.
const LEAST_CONTRAST: u8 = 24;

/// Margin that is left around what is not blank; the network looks at a line's surroundings too.
const MARGIN: u32 = 24;

/// The rectangles around lines of words, from the top, then from the left. `None` if the engine fails.
///
/// The network's time grows with the pixels it is given, so it gets the part that is not blank, in the smallest size in
/// which the print can be seen.
pub(super) fn lines(engine: &Engine<'_>, picture: &Picture) -> Option<Vec<Quad>> {
    let Some((corner, busy)) = busy_part(picture) else { return Some(Vec::new()) };
    let quads = in_part(engine, &busy)?;
    Some(quads.into_iter().map(|quad| quad.moved(|(x, y)| (x + corner.0 as f32, y + corner.1 as f32))).collect())
}

fn in_part(engine: &Engine<'_>, picture: &Picture) -> Option<Vec<Quad>> {
    let pixels = picture.width() as f32 * picture.height() as f32;
    let ceiling = (MOST_PIXELS / pixels).sqrt();
    let scale = (FIRST_PIXELS / pixels).sqrt().min(1.0);
    let first = at_scale(engine, picture, scale)?;
    let (Some(low), Some(typical)) = (height(&first, 5), height(&first, 2)) else {
        // Print that is lost in the smaller size may show in the picture's own.
        return if scale < 1.0 { at_scale(engine, picture, ceiling.min(1.0)) } else { Some(first) };
    };
    let wanted = if typical < SMALL_LINE { GOOD_LINE / typical } else { 1.0 };
    let larger = wanted.min(MOST_ENLARGED).min(ceiling);
    // In a picture that was made smaller the lower lines decide: a heading that is found does not help the remarks.
    let is_enough = if scale < 1.0 { low * scale >= SMALL_LINE } else { larger < LEAST_ENLARGED };
    if is_enough { Some(first) } else { at_scale(engine, picture, larger) }
}

/// The part of a picture where anything stands, and its upper left corner; `None` if the picture is blank.
fn busy_part(picture: &Picture) -> Option<((u32, u32), Picture)> {
    let pixels = picture.pixels();
    let (mut low, mut high) = ((u32::MAX, u32::MAX), (0, 0));
    let mut see = |x: u32, y: u32| {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    };
    for y in 0..picture.height() {
        let row = pixels.row(y as i32);
        let differs = |(a, b): (&Colour, &Colour)| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > LEAST_CONTRAST);
        let mut changes = row.iter().zip(row.iter().skip(1)).enumerate().filter(|(_, pair)| differs(*pair));
        if let Some((first, _)) = changes.next() {
            see(first as u32, y);
            see(changes.next_back().map_or(first, |(last, _)| last) as u32 + 1, y);
        }
    }
    if low.0 > high.0 {
        return None;
    }
    let corner = (low.0.saturating_sub(MARGIN), low.1.saturating_sub(MARGIN));
    let (right, bottom) = ((high.0 + MARGIN).min(picture.width()), (high.1 + MARGIN).min(picture.height()));
    Some((corner, picture.part(corner, (right, bottom))))
}

/// The height that one of so many lines does not reach.
fn height(quads: &[Quad], many: usize) -> Option<f32> {
    let mut heights: Vec<f32> = quads.iter().map(|quad| quad.height().min(quad.width())).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / many).copied()
}

fn at_scale(engine: &Engine<'_>, picture: &Picture, scale: f32) -> Option<Vec<Quad>> {
    let side = |length: u32| ((length as f32 * scale / 32.0).round() * 32.0).max(32.0) as u32;
    let (width, height) = (side(picture.width()), side(picture.height()));
    let map = probabilities(engine, &picture.resized(width, height))?;
    let (across, down) = (picture.width() as f32 / width as f32, picture.height() as f32 / height as f32);
    let mut quads: Vec<Quad> =
        rectangles(&map).into_iter().map(|quad| quad.moved(|(x, y)| (x * across, y * down))).collect();
    quads.retain(|quad| quad.width().min(quad.height()) >= 4.0);
    quads.sort_by(|a, b| a.0[0].1.total_cmp(&b.0[0].1).then(a.0[0].0.total_cmp(&b.0[0].0)));
    quads.truncate(MOST_LINES);
    Some(quads)
}

/// The network's answer for the whole picture, put together from parts. Each pixel is taken from the part in which it
/// stands farther from a cut.
fn probabilities(engine: &Engine<'_>, picture: &Picture) -> Option<Plane<f32>> {
    let mut whole: Plane<f32> = Plane::new(picture.width() as usize, picture.height() as usize);
    for (top, bottom) in parts(picture.height()) {
        for (left, right) in parts(picture.width()) {
            let part = engine.detect(
                (right - left) as usize,
                (bottom - top) as usize,
                numbers(picture, (left, top), (right, bottom)),
            )?;
            let inner = |cut: u32, edge: bool| if edge { cut } else { cut + OVERLAP / 2 };
            let (from_x, from_y) = (inner(left, left == 0), inner(top, top == 0));
            for y in from_y..bottom {
                for x in from_x..right {
                    whole.set(x as i32, y as i32, part.at((x - left) as i32, (y - top) as i32));
                }
            }
        }
    }
    Some(whole)
}

/// A side cut into overlapping parts, each a multiple of 32 long.
fn parts(length: u32) -> Vec<(u32, u32)> {
    let mut all = Vec::new();
    let mut from = 0;
    while from + TILE < length {
        all.push((from, from + TILE));
        from += TILE - OVERLAP;
    }
    all.push((from, length));
    all
}

/// Pixels as the network wants them: blue, green, red, from -1 to 1.
fn numbers(picture: &Picture, (left, top): (u32, u32), (right, bottom): (u32, u32)) -> Vec<f32> {
    let mut all = Vec::with_capacity(3 * (right - left) as usize * (bottom - top) as usize);
    for channel in [2, 1, 0] {
        for y in top..bottom {
            let row = picture.pixels().row(y as i32).get(left as usize..right as usize).unwrap_or_default();
            all.extend(row.iter().map(|pixel| f32::from(pixel[channel]) / 127.5 - 1.0));
        }
    }
    all
}

/// The rectangles around groups of sure pixels.
fn rectangles(map: &Plane<f32>) -> Vec<Quad> {
    let sure = map.map(|share| share > SURE);
    let blobs = Blobs::of(&grown(&sure), Neighbours::Eight);
    let mut edges: Vec<Vec<Point>> = vec![Vec::new(); blobs.all.len()];
    for (number, blob) in blobs.numbered() {
        if let Some(places) = edges.get_mut(number as usize - 1) {
            *places = outline(&blobs, number, blob);
        }
    }
    edges.into_iter().filter_map(|places| rectangle(map, places)).collect()
}

/// Each pixel lends its sureness to its right and lower neighbours; more than that would join lines that stand close.
fn grown(mask: &Plane<bool>) -> Plane<bool> {
    let mut all = mask.clone();
    for y in 0..mask.height() {
        for x in 0..mask.width() {
            if mask.at(x, y) {
                all.fill((x, y), (x + 1, y + 1), true);
            }
        }
    }
    all
}

/// The first and last cell of each row of a group.
fn outline(blobs: &Blobs, number: u32, blob: &Blob) -> Vec<Point> {
    let mut places = Vec::new();
    for y in blob.top..=blob.bottom {
        let mut inside = (blob.left..=blob.right).filter(|x| blobs.labels.at(*x, y) == number);
        if let Some(first) = inside.next() {
            places.push((first as f32, y as f32));
            places.push((inside.next_back().unwrap_or(first) as f32, y as f32));
        }
    }
    places
}

fn rectangle(map: &Plane<f32>, places: Vec<Point>) -> Option<Quad> {
    let quad = smallest_around(places)?;
    let (width, height) = (quad.width(), quad.height());
    if width.min(height) < 3.0 || mean(map, &quad) < LEAST_MEAN {
        return None;
    }
    Some(quad.widened(width * height * WIDENED / (2.0 * (width + height))))
}

/// The mean over the pixels inside a rectangle.
fn mean(map: &Plane<f32>, quad: &Quad) -> f32 {
    let ((left, top), (right, bottom)) = quad.bounds();
    let (mut sum, mut count) = (0.0, 0.0);
    for y in top.max(0.0) as i32..=(bottom as i32).min(map.height() - 1) {
        for x in left.max(0.0) as i32..=(right as i32).min(map.width() - 1) {
            if quad.holds((x as f32, y as f32)) {
                sum += map.at(x, y);
                count += 1.0;
            }
        }
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_a_side_and_overlap() {
        assert_eq!(parts(1536), [(0, 1536)]);
        let all = parts(4000);
        assert_eq!((all.first().map(|part| part.0), all.last().map(|part| part.1)), (Some(0), Some(4000)));
        for pair in all.windows(2) {
            assert_eq!(pair[0].1 - pair[1].0, OVERLAP);
        }
        assert!(all.iter().all(|(from, to)| (to - from) % 32 == 0));
    }

    #[test]
    fn blank_margins_are_left_out_and_a_blank_picture_has_no_part() {
        let mut pixels = vec![[250, 250, 240]; 300 * 200];
        assert_eq!(busy_part(&Picture::from_pixels(300, 200, pixels.clone())), None);
        for (x, y) in [(100, 80), (140, 95)] {
            pixels[y * 300 + x] = [0; 3];
        }
        let (corner, part) = busy_part(&Picture::from_pixels(300, 200, pixels)).expect("two marks");
        assert_eq!(corner, (99 - MARGIN, 80 - MARGIN));
        assert_eq!((part.width(), part.height()), (141 + 2 * MARGIN - 99, 95 + 2 * MARGIN - 80));
        assert_eq!(part.pixels().at(MARGIN as i32 + 1, MARGIN as i32), [0; 3]);
    }

    #[test]
    fn a_sure_bar_becomes_a_wider_rectangle_and_a_faint_one_none() {
        let mut map: Plane<f32> = Plane::new(200, 100);
        map.fill((20, 20), (119, 29), 0.9);
        map.fill((20, 60), (119, 69), 0.35);
        let found = rectangles(&map);
        assert_eq!(found.len(), 1);
        let ((left, top), (right, bottom)) = found[0].bounds();
        assert!(left < 15.0 && top < 15.0 && right > 124.0 && bottom > 34.0, "{found:?}");
    }
}
