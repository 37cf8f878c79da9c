//! Flowcharts as pictures and drawings.
//!
//! Comes in: steps. Goes out: SVG text or PNG bytes. Must never know: cities or pages.

use std::fmt::Write;
use std::io::Cursor;
use std::sync::LazyLock;

use image::{ImageFormat, Luma, imageops};

use crate::drawing::{Fonts, Format};

const BOX_WIDTH: u32 = 240;
const BOX_HEIGHT: u32 = 72;
const GAP: u32 = 36;
const MARGIN: u32 = 24;

/// A step as it is drawn: name, department, limit.
pub(crate) type Drawn = (String, String, String);

/// An SVG drawing: a box a step, an arrow between, and three lines of words in each box.
pub(crate) fn svg(title: &str, steps: &[Drawn]) -> String {
    draw(title, steps, 0)
}

/// The drawing; with its title in words above the first box, if there is height for it.
fn draw(title: &str, steps: &[Drawn], heading: u32) -> String {
    let width = BOX_WIDTH + 2 * MARGIN;
    let height = top(steps.len()) + MARGIN + heading;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"16\"><title>{title}</title><defs><marker id=\"arrow\" markerWidth=\"8\" \
         markerHeight=\"8\" refX=\"6\" refY=\"3\" orient=\"auto\"><path d=\"M0 0 L6 3 L0 6 z\"/></marker></defs>"
    );
    let middle = width / 2;
    if heading > 0 {
        let _ = write!(out, "<text x=\"{middle}\" y=\"{heading}\" text-anchor=\"middle\">{title}</text>");
    }
    for (index, (name, department, limit)) in steps.iter().enumerate() {
        let y = top(index) + heading;
        let _ = write!(
            out,
            "<g class=\"step\"><rect x=\"{MARGIN}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"6\" \
             fill=\"#f4f8ff\" stroke=\"#3a6ea5\"/><text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{name}</text>\
             <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" font-size=\"12\">承办：{department}</text>\
             <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" font-size=\"12\">时限：{limit}</text></g>",
            y + 22,
            y + 42,
            y + 60,
        );
        if index + 1 < steps.len() {
            let (from, to) = (y + BOX_HEIGHT, y + BOX_HEIGHT + GAP);
            let _ = write!(
                out,
                "<path class=\"arrow\" d=\"M{middle} {from} L{middle} {to}\" stroke=\"#3a6ea5\" \
                 marker-end=\"url(#arrow)\"/>"
            );
        }
    }
    out.push_str("</svg>");
    out
}

fn top(index: usize) -> u32 {
    MARGIN + u32::try_from(index).unwrap_or(0) * (BOX_HEIGHT + GAP)
}

/// Where Debian's packages put the fonts that pictures are painted with (`scripts/setup.sh` installs them).
const FONTS: [&str; 2] =
    ["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/truetype/arphic/uming.ttc"];

/// Pixels a unit of the drawing.
const SCALE: f32 = 1.5;

/// Height of the title above the first box.
const HEADING: u32 = 28;

/// The fonts, if they are installed.
static PAINTER: LazyLock<Option<Fonts>> = LazyLock::new(|| {
    let files: Option<Vec<Vec<u8>>> = FONTS.iter().map(|file| std::fs::read(file).ok()).collect();
    Fonts::new(files?).ok()
});

/// A PNG picture of the drawing with its title. Without fonts the boxes are empty, and the picture cannot be compared.
pub(crate) fn png(title: &str, steps: &[Drawn]) -> Vec<u8> {
    let drawing = draw(title, steps, HEADING);
    match PAINTER.as_ref().and_then(|fonts| fonts.paint(&drawing, SCALE).ok()) {
        Some(pixels) => Format::Png.encode(&pixels),
        None => picture(&steps.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>()),
    }
}

/// A PNG picture: one empty box a step, joined by arrows. It carries no words, so it can be opened but not compared.
pub(crate) fn picture(names: &[&str]) -> Vec<u8> {
    let width = BOX_WIDTH + 2 * MARGIN;
    let height = top(names.len()) + MARGIN;
    let mut picture = image::GrayImage::from_pixel(width, height, Luma([255]));
    for (index, name) in names.iter().enumerate() {
        let y = top(index);
        outline(&mut picture, MARGIN, y);
        // A bar whose length follows the name stands for the words, so that charts differ from each other.
        let bar = u32::try_from(name.chars().count()).unwrap_or(1) * 24;
        fill(&mut picture, (MARGIN + 16, y + 30), (bar, 10));
        if index + 1 < names.len() {
            fill(&mut picture, (width / 2 - 1, y + BOX_HEIGHT), (3, GAP));
        }
    }
    encode(&picture)
}

fn outline(picture: &mut image::GrayImage, x: u32, y: u32) {
    fill(picture, (x, y), (BOX_WIDTH, 2));
    fill(picture, (x, y + BOX_HEIGHT - 2), (BOX_WIDTH, 2));
    fill(picture, (x, y), (2, BOX_HEIGHT));
    fill(picture, (x + BOX_WIDTH - 2, y), (2, BOX_HEIGHT));
}

fn fill(picture: &mut image::GrayImage, at: (u32, u32), size: (u32, u32)) {
    let ink = image::GrayImage::from_pixel(size.0.max(1), size.1.max(1), Luma([40]));
    imageops::replace(picture, &ink, i64::from(at.0), i64::from(at.1));
}

/// PNG bytes of a grey picture.
pub(crate) fn encode(picture: &image::GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("writing a picture to memory cannot fail");
    bytes.into_inner()
}
