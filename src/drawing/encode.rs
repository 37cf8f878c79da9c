//! Pixels as the bytes of a picture file.

use std::io::Cursor;

use image::codecs::bmp::BmpEncoder;
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbImage};

use super::pixels::Pixels;

/// The format of a picture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG of this quality, 1 to 100.
    Jpeg(u8),
    /// GIF, 256 colours.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// A JPEG of this quality as the page of a PDF.
    ScannedPdf(u8),
}

impl Format {
    /// The usual end of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg(_) => "jpg",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::ScannedPdf(_) => "pdf",
        }
    }

    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg(_) => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::ScannedPdf(_) => "application/pdf",
        }
    }

    /// The bytes of a picture.
    ///
    /// # Panics
    /// Never for pictures that [`Pixels`] can hold in GIF's 65,535 pixels a side.
    #[must_use]
    pub fn encode(self, pixels: &Pixels) -> Vec<u8> {
        if let Self::ScannedPdf(quality) = self {
            let jpeg = Self::Jpeg(quality).encode(pixels);
            return super::pdf::of_jpeg(&jpeg, (pixels.width(), pixels.height()));
        }
        let mut bytes = Cursor::new(Vec::new());
        let (width, height, rgb) = (pixels.width(), pixels.height(), ExtendedColorType::Rgb8);
        let written = match self {
            Self::Png => PngEncoder::new(&mut bytes).write_image(pixels.rgb(), width, height, rgb),
            Self::Jpeg(quality) | Self::ScannedPdf(quality) => {
                JpegEncoder::new_with_quality(&mut bytes, quality).write_image(pixels.rgb(), width, height, rgb)
            }
            Self::Bmp => BmpEncoder::new(&mut bytes).write_image(pixels.rgb(), width, height, rgb),
            Self::Gif => {
                let picture = RgbImage::from_raw(width, height, pixels.rgb().to_vec())
                    .expect("pixels hold three bytes for each pixel");
                let frame = image::DynamicImage::ImageRgb8(picture).into_rgba8();
                GifEncoder::new_with_speed(&mut bytes, 20).encode_frame(image::Frame::new(frame))
            }
        };
        written.expect("writing a picture to memory cannot fail");
        bytes.into_inner()
    }
}
