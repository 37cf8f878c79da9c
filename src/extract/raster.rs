//! The one door to the picture decoders: dimensions, whether a picture opens, and QR codes in it.
//!
//! Comes in: bytes of a picture. Goes out: plain facts. Must never know: what the picture is for.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, ImageReader, Limits};

use super::Settings;
use crate::model::{Issue, Locator};

/// Longer sides are scaled down before codes are searched: a code that a phone can read is not lost by it.
const QR_SIDE: u32 = 1200;

/// A picture with more codes than this is a sheet of stickers.
const MAX_CODES: usize = 16;

/// What was seen of a picture.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Picture {
    /// Width and height.
    pub(super) pixels: Option<(u32, u32)>,
    /// Texts of QR codes.
    pub(super) qr: Vec<String>,
    /// The decoder reads it to the end; true also for a picture too large to be decoded here.
    pub(super) opens: bool,
}

/// Reads a picture.
pub(super) fn read(bytes: &[u8], settings: &Settings, issues: &mut Vec<Issue>) -> Picture {
    let Some(pixels) = dimensions(bytes) else { return Picture::default() };
    let (width, height) = pixels;
    if u64::from(width) * u64::from(height) > settings.max_pixels {
        issues.push(Issue {
            kind: "picture_too_large".to_owned(),
            detail: format!("{width} by {height} pixels; not decoded"),
            at: Locator::Whole,
        });
        return Picture { pixels: Some(pixels), qr: Vec::new(), opens: true };
    }
    let Some(image) = decode(bytes, settings) else {
        return Picture { pixels: Some(pixels), ..Picture::default() };
    };
    Picture { pixels: Some(pixels), qr: codes(&image), opens: true }
}

fn reader(bytes: &[u8]) -> Option<ImageReader<Cursor<&[u8]>>> {
    ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()
}

fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    // Decoders are large foreign code that is fed with foreign bytes.
    catch_unwind(AssertUnwindSafe(|| reader(bytes)?.into_dimensions().ok())).ok().flatten()
}

fn decode(bytes: &[u8], settings: &Settings) -> Option<DynamicImage> {
    catch_unwind(AssertUnwindSafe(|| {
        let mut reader = reader(bytes)?;
        let mut limits = Limits::default();
        // Four channels of two bytes are the widest pixel of the formats we read; twice that for the decoder's copies.
        limits.max_alloc = Some(settings.max_pixels.saturating_mul(16));
        reader.limits(limits);
        reader.decode().ok()
    }))
    .ok()
    .flatten()
}

/// Texts of the QR codes in a picture.
fn codes(image: &DynamicImage) -> Vec<String> {
    let (width, height) = (image.width(), image.height());
    let small = if width.max(height) > QR_SIDE { image.thumbnail(QR_SIDE, QR_SIDE) } else { image.clone() };
    let gray = on_white(&small);
    catch_unwind(AssertUnwindSafe(|| {
        let (width, height) = (gray.width() as usize, gray.height() as usize);
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            let at = |value: usize| u32::try_from(value).unwrap_or(0);
            gray.get_pixel(at(x), at(y)).0[0]
        });
        let grids = prepared.detect_grids();
        grids.iter().take(MAX_CODES).filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
    }))
    .unwrap_or_default()
}

/// Gray values with transparent pixels shown on white, as pages show them.
fn on_white(image: &DynamicImage) -> image::GrayImage {
    let mut gray = image.to_luma8();
    if image.color().has_alpha() {
        let with_alpha = image.to_luma_alpha8();
        for (pixel, source) in gray.pixels_mut().zip(with_alpha.pixels()) {
            let [value, alpha] = source.0.map(u32::from);
            pixel.0[0] = u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255);
        }
    }
    gray
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(image: &image::GrayImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Png).expect("writing to memory");
        bytes.into_inner()
    }

    fn code(text: &str) -> Vec<u8> {
        let code = qrcode::QrCode::new(text).expect("a short text");
        let side = u32::try_from(code.width()).expect("a small number");
        let modules = code.to_colors();
        let image = image::GrayImage::from_fn((side + 8) * 4, (side + 8) * 4, |x, y| {
            let (x, y) = ((x / 4).wrapping_sub(4), (y / 4).wrapping_sub(4));
            let dark = x < side && y < side && modules[(y * side + x) as usize] == qrcode::Color::Dark;
            image::Luma([if dark { 0 } else { 255 }])
        });
        png(&image)
    }

    #[test]
    fn a_code_is_decoded() {
        let picture = read(&code("https://h.test/app"), &Settings::default(), &mut Vec::new());
        assert_eq!(picture.qr, ["https://h.test/app"]);
        assert!(picture.opens && picture.pixels.is_some());
    }

    #[test]
    fn a_picture_without_code_is_silent_and_a_cut_one_does_not_open() {
        let plain = png(&image::GrayImage::from_pixel(60, 40, image::Luma([200])));
        let picture = read(&plain, &Settings::default(), &mut Vec::new());
        assert_eq!(picture, Picture { pixels: Some((60, 40)), qr: Vec::new(), opens: true });
        let whole = code("https://h.test/app");
        assert!(!read(&whole[..whole.len() / 2], &Settings::default(), &mut Vec::new()).opens);
        assert!(!read(b"\x89PNG\r\n\x1a\nrubbish", &Settings::default(), &mut Vec::new()).opens);
    }

    #[test]
    fn a_picture_beyond_the_ceiling_is_measured_and_not_decoded() {
        let mut issues = Vec::new();
        let settings = Settings { max_pixels: 100, ..Settings::default() };
        let picture = read(&code("x"), &settings, &mut issues);
        assert!(picture.qr.is_empty() && picture.opens);
        assert_eq!(issues[0].kind, "picture_too_large");
    }
}
