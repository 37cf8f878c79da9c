//! The sheet that boxes and arrows are looked for on: the picture set upright, its print of a workable size.
//!
//! Comes in: a picture and its lines of words. Goes out: both, straightened and enlarged, without watermarks, and the way
//! back to places in the picture. Must never know: boxes and arrows.

use super::rect::Rect;
use super::walls::is_lone_mark;
use crate::chart::picture::Picture;
use crate::chart::recognise::Line;
use crate::chart::recognise::quad::{Point, Quad, distance};
use crate::model::chart::Area;

/// Print lower than this is enlarged.
const LOW_PRINT: f32 = 16.0;

/// Print higher than this is made smaller.
const HIGH_PRINT: f32 = 32.0;

/// The height that print is brought to.
const GOOD_PRINT: f32 = 22.0;

/// No picture is enlarged more than this.
const MOST_ENLARGED: f32 = 3.0;

/// Most pixels of a sheet; larger ones are made smaller.
const MOST_PIXELS: f32 = 9_000_000.0;

/// A sheet turned by less than this, in degrees, is straight.
const STRAIGHT: f32 = 0.25;

/// A sheet turned by more than this is left alone: it was meant to be so.
const MOST_TURNED: f32 = 12.0;

/// Words turned against the others by more than this are a watermark (水印).
const ODD: f32 = 8.0;

/// Paper that is added on all sides: a box at the very edge is then enclosed too.
const MARGIN: i32 = 8;

/// Labels of one letter.
pub(crate) const LABELS: [char; 10] = ['是', '否', '有', '无', '能', '不', 'Y', 'N', 'y', 'n'];

/// The sheet.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// The pixels.
    pub(crate) picture: Picture,
    /// The lines of words, as places on the sheet.
    pub(crate) lines: Vec<Line>,
    /// Where watermarks (水印) are printed over the chart.
    pub(crate) marks: Vec<Quad>,
    /// Height of the middle one of the lines.
    pub(crate) print: f32,
    back: Back,
}

/// The way from the sheet to the picture.
#[derive(Debug, Clone, Copy)]
struct Back {
    scale: f32,
    turned: f32,
    middle: Point,
}

impl Back {
    fn place(&self, (x, y): Point) -> Point {
        let (x, y) = around(self.middle, (x, y), self.turned);
        ((x - MARGIN as f32) / self.scale, (y - MARGIN as f32) / self.scale)
    }
}

impl Sheet {
    /// Prepares a picture and its lines. `None` if no line is left.
    pub(crate) fn of(picture: &Picture, lines: &[Line]) -> Option<Self> {
        let lines = without_heads(lines);
        let (mut lines, mut marks) = without_watermarks(&lines);
        let scale = scale(picture, middle(lines.iter().map(Line::print))?);
        let (width, height) = (picture.width() as f32 * scale, picture.height() as f32 * scale);
        let sheet = picture.resized(width.round() as u32, height.round() as u32);
        for quad in lines.iter_mut().map(|line| &mut line.quad).chain(&mut marks) {
            *quad = quad.moved(|(x, y)| (x * scale + MARGIN as f32, y * scale + MARGIN as f32));
        }
        let (mut sheet, (width, height)) =
            (with_margin(&sheet), (width + 2.0 * MARGIN as f32, height + 2.0 * MARGIN as f32));
        let middle_place = (width / 2.0, height / 2.0);
        let mut turned = lean(&lines);
        if !(STRAIGHT..=MOST_TURNED).contains(&turned.abs()) {
            turned = 0.0;
        }
        if turned != 0.0 {
            sheet = upright(&sheet, middle_place, turned);
            for quad in lines.iter_mut().map(|line| &mut line.quad).chain(&mut marks) {
                *quad = quad.moved(|place| around(middle_place, place, -turned));
            }
        }
        let print = middle(lines.iter().map(Line::print))?;
        Some(Self { picture: sheet, lines, marks, print, back: Back { scale, turned, middle: middle_place } })
    }

    /// A rectangle on the sheet as a place in the picture.
    pub(crate) fn area(&self, (left, top): Point, (right, bottom): Point) -> Area {
        Quad::upright((left, top), (right, bottom)).moved(|place| self.back.place(place)).area()
    }
}

/// A place turned around another, by degrees clockwise.
fn around(middle: Point, (x, y): Point, degrees: f32) -> Point {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (right, down) = (x - middle.0, y - middle.1);
    (middle.0 + right * cos - down * sin, middle.1 + right * sin + down * cos)
}

/// The middle one of values.
fn middle(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut all: Vec<f32> = values.collect();
    all.sort_by(f32::total_cmp);
    all.get(all.len() / 2).copied()
}

/// Words at an odd angle, and the same words anywhere else, are printed over the chart. Gives the others, and where those
/// at an odd angle stand.
fn without_watermarks(lines: &[Line]) -> (Vec<Line>, Vec<Quad>) {
    let long = |line: &&Line| line.quad.width() > 30.0;
    // A watermark that is printed many times may have more lines than the chart, but it does not stand nearly upright.
    let near = |line: &&Line| line.quad.angle().abs() <= MOST_TURNED;
    let upright = middle(lines.iter().filter(long).filter(near).map(|line| line.quad.angle()));
    let any = || middle(lines.iter().filter(long).map(|line| line.quad.angle()));
    let Some(straight) = upright.or_else(any) else { return (lines.to_vec(), Vec::new()) };
    let odd = |line: &Line| {
        line.letters() >= 2
            && line.quad.width() > 1.3 * line.quad.height()
            && (line.quad.angle() - straight).abs() > ODD
    };
    let marks: Vec<&str> = lines.iter().filter(|line| odd(line)).map(|line| line.text.as_str()).collect();
    let places = lines.iter().filter(|line| odd(line)).map(|line| line.quad).collect();
    let kept = lines.iter().filter(|line| !odd(line) && !marks.contains(&line.text.as_str())).cloned().collect();
    (kept, places)
}

/// Heads of arrows are often read as one letter. One letter is a word only as a label that is known, or where it goes on
/// from a line close above or beside it.
fn without_heads(lines: &[Line]) -> Vec<Line> {
    let goes_on = |line: &Line| {
        let rect = Rect::around(&line.quad);
        lines.iter().any(|other| {
            let above = Rect::around(&other.quad);
            let height = rect.height().max(above.height());
            above != rect
                && above.top <= rect.top + height / 3
                && rect.gap_down(&above).max(rect.gap_across(&above)) < height / 2
                && rect.gap_down(&above).min(rect.gap_across(&above)) < 0
                && rect.height() * 3 > above.height() * 2
        })
    };
    lines
        .iter()
        .filter(|line| line.letters() > 1 || is_lone_mark(&line.text) || line.text.contains(LABELS) || goes_on(line))
        .cloned()
        .collect()
}

/// The picture with paper around it, in the colour that most of its edge has.
fn with_margin(picture: &Picture) -> Picture {
    let pixels = picture.pixels();
    let (width, height) = (pixels.width(), pixels.height());
    let along = (0..width).flat_map(|x| [pixels.at(x, 0), pixels.at(x, height - 1)]);
    let edge: Vec<[u8; 3]> =
        along.chain((0..height).flat_map(|y| [pixels.at(0, y), pixels.at(width - 1, y)])).collect();
    let paper: [u8; 3] = std::array::from_fn(|part| super::tone::middle(edge.iter().map(|colour| colour[part])));
    let mut all = vec![paper; ((width + 2 * MARGIN) * (height + 2 * MARGIN)) as usize];
    let rows = all.chunks_exact_mut((width + 2 * MARGIN) as usize).skip(MARGIN as usize);
    for (row, y) in rows.zip(0..height) {
        for (pixel, from) in row.iter_mut().skip(MARGIN as usize).zip(pixels.row(y)) {
            *pixel = *from;
        }
    }
    Picture::from_pixels((width + 2 * MARGIN) as u32, (height + 2 * MARGIN) as u32, all)
}

fn scale(picture: &Picture, print: f32) -> f32 {
    let wanted = if (LOW_PRINT..=HIGH_PRINT).contains(&print) { 1.0 } else { GOOD_PRINT / print.max(1.0) };
    let ceiling = (MOST_PIXELS / (picture.width().max(1) as f32 * picture.height().max(1) as f32)).sqrt();
    wanted.min(MOST_ENLARGED).min(ceiling)
}

/// How far the sheet is turned: the middle angle, long lines counting more.
fn lean(lines: &[Line]) -> f32 {
    let mut angles: Vec<(f32, f32)> = lines
        .iter()
        .filter(|line| line.quad.width() > 2.0 * line.quad.height())
        .map(|line| (line.quad.angle(), distance(line.quad.0[0], line.quad.0[1])))
        .collect();
    angles.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: f32 = angles.iter().map(|(_, length)| length).sum();
    let mut before = 0.0;
    let found = angles.iter().find(|(_, length)| {
        before += length;
        2.0 * before >= all
    });
    found.map_or(0.0, |(angle, _)| *angle)
}

/// The sheet turned back; what comes in at the edges has the colour of the nearest pixel.
fn upright(sheet: &Picture, middle: Point, turned: f32) -> Picture {
    let mut pixels = Vec::with_capacity(sheet.width() as usize * sheet.height() as usize);
    for y in 0..sheet.height() {
        for x in 0..sheet.width() {
            let (from_x, from_y) = around(middle, (x as f32, y as f32), turned);
            pixels.push(sheet.mixed(from_x, from_y));
        }
    }
    Picture::from_pixels(sheet.width(), sheet.height(), pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, left: f32, top: f32, turned: f32) -> Line {
        let flat = Quad::upright((left, top), (left + 100.0, top + 20.0));
        let quad = flat.moved(|place| around((200.0, 200.0), place, turned));
        Line { quad, text: text.to_owned(), score: 1.0, places: Vec::new() }
    }

    fn white() -> Picture {
        Picture::from_pixels(400, 400, vec![[255; 3]; 160_000])
    }

    #[test]
    fn a_turned_sheet_is_set_upright_and_places_go_back() {
        let lines = [line("受理", 50.0, 50.0, 2.0), line("审查", 250.0, 300.0, 2.0)];
        let sheet = Sheet::of(&white(), &lines).expect("two lines");
        assert!(sheet.lines.iter().all(|line| line.quad.angle().abs() < 0.01));
        let ((left, top), (right, bottom)) = sheet.lines[0].quad.bounds();
        assert_eq!((left.round(), top.round(), right.round(), bottom.round()), (58.0, 58.0, 158.0, 78.0));
        let area = sheet.area((left, top), (right, bottom));
        let expected = lines[0].quad.area();
        assert!(area.x.abs_diff(expected.x) <= 1 && area.y.abs_diff(expected.y) <= 1, "{area:?} {expected:?}");
    }

    #[test]
    fn watermarks_go_with_every_copy_of_their_words() {
        let lines = [
            line("受理", 50.0, 50.0, 0.0),
            line("审查", 50.0, 150.0, 0.0),
            line("政务", 200.0, 200.0, 25.0),
            line("政务", 50.0, 250.0, 0.0),
        ];
        let left: Vec<String> = without_watermarks(&lines).0.into_iter().map(|line| line.text).collect();
        assert_eq!(left, ["受理", "审查"]);
    }

    #[test]
    fn a_watermark_with_more_lines_than_the_chart_is_still_the_watermark() {
        let marks = (0..9).map(|at| line("仅供参考", 40.0 * at as f32, 300.0, -25.0));
        let lines: Vec<Line> =
            [line("受理", 50.0, 50.0, 1.0), line("审查", 50.0, 150.0, 1.0)].into_iter().chain(marks).collect();
        let left: Vec<String> = without_watermarks(&lines).0.into_iter().map(|line| line.text).collect();
        assert_eq!(left, ["受理", "审查"]);
    }

    #[test]
    fn small_print_is_enlarged() {
        let small = Line { quad: Quad::upright((10.0, 10.0), (60.0, 20.0)), ..line("受理", 0.0, 0.0, 0.0) };
        let sheet = Sheet::of(&white(), &[small]).expect("a line");
        assert_eq!((sheet.print.round(), sheet.picture.width()), (22.0, 896));
    }
}
