//! Flowcharts as pictures and drawings.
//!
//! Comes in: steps. Goes out: SVG text or PNG bytes. Must never know: cities or pages.

use std::fmt::Write;
use std::io::Cursor;

use image::{ImageFormat, Luma, imageops};

use super::content::StepContent;

const BOX_WIDTH: u32 = 240;
const BOX_HEIGHT: u32 = 72;
const GAP: u32 = 36;
const MARGIN: u32 = 24;

/// An SVG drawing: a box a step, an arrow between, and three lines of words in each box.
pub(crate) fn svg(title: &str, steps: &[(String, String, String)]) -> String {
    let width = BOX_WIDTH + 2 * MARGIN;
    let height = top(steps.len()) + MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"><title>{title}</title><defs><marker id=\"arrow\" markerWidth=\"8\" \
         markerHeight=\"8\" refX=\"6\" refY=\"3\" orient=\"auto\"><path d=\"M0 0 L6 3 L0 6 z\"/></marker></defs>"
    );
    for (index, (name, department, limit)) in steps.iter().enumerate() {
        let y = top(index);
        let middle = width / 2;
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

/// A PNG picture of these steps.
pub(crate) fn png(steps: &[StepContent]) -> Vec<u8> {
    let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    picture(&names)
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
