//! The door to the picture decoders for charts: bytes into a plane of colours, within limits.
//!
//! Comes in: bytes of a png, jpeg, gif, webp or bmp, or rows of pixels. Goes out: a picture, or why there is none. Must
//! never know: what a chart is.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageReader, Limits, RgbImage};

use super::Unreadable;
use super::plane::Plane;

/// A colour: red, green, blue.
pub(crate) type Colour = [u8; 3];

/// Memory a decoder may take for each pixel that is allowed: 16-bit colours with transparency, and as much again to
/// work with.
const DECODER_BYTES_A_PIXEL: u64 = 16;

/// A decoded picture without transparency.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    pixels: Plane<Colour>,
}

impl Picture {
    /// Takes rows of pixels; missing ones are black.
    #[must_use]
    pub fn from_pixels(width: u32, height: u32, pixels: Vec<[u8; 3]>) -> Self {
        Self { pixels: Plane::from_cells(width as usize, height as usize, pixels) }
    }

    /// Decodes a picture of at most `max_pixels`.
    ///
    /// # Errors
    ///
    /// When the bytes are no picture of a known format, are damaged, or the picture is too large.
    pub fn decode(bytes: &[u8], max_pixels: u64) -> Result<Self, Unreadable> {
        // Decoders are large foreign code that is fed with foreign bytes.
        let decoded = catch_unwind(AssertUnwindSafe(|| decode(bytes, max_pixels)));
        decoded.unwrap_or(Err(Unreadable::NotAPicture))
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.pixels.width() as u32
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.pixels.height() as u32
    }

    /// The same picture turned clockwise by so many quarters.
    #[must_use]
    pub fn turned(self, quarters: u8) -> Self {
        (0..quarters % 4).fold(self, |picture, _| {
            let (width, height) = (picture.width() as i32, picture.height() as i32);
            let rows = (0..width).flat_map(|x| (0..height).rev().map(move |y| (x, y)));
            let pixels = rows.map(|(x, y)| picture.pixels.at(x, y)).collect();
            Self::from_pixels(height as u32, width as u32, pixels)
        })
    }

    /// The picture that was cut into these, beside each other or below each other.
    ///
    /// # Errors
    ///
    /// When they do not fit: other heights (in a row) or widths, or no line goes on from one to the next. Two charts
    /// that stand below each other are no tiles of one.
    pub fn joined(tiles: &[Self], in_a_row: bool) -> Result<Self, Unreadable> {
        let turned: Vec<Self>;
        let column = if in_a_row {
            // A row is a column that lies on its side.
            turned = tiles.iter().map(|tile| tile.clone().turned(1)).collect();
            &turned[..]
        } else {
            tiles
        };
        let width = column.first().ok_or(Unreadable::NoTiles)?.width();
        let fits = column.iter().all(|tile| tile.width() == width && tile.height() > 0);
        if !fits || width == 0 || !column.windows(2).all(|pair| goes_on(&pair[0], &pair[1])) {
            return Err(Unreadable::NoTiles);
        }
        let height = column.iter().map(Self::height).sum();
        let cells = column.iter().flat_map(|tile| tile.pixels.cells().iter().copied()).collect();
        Ok(Self::from_pixels(width, height, cells).turned(if in_a_row { 3 } else { 0 }))
    }

    /// The pixels.
    pub(crate) fn pixels(&self) -> &Plane<Colour> {
        &self.pixels
    }

    /// The rectangle between two corners, the lower right one excluded.
    pub(crate) fn part(&self, (left, top): (u32, u32), (right, bottom): (u32, u32)) -> Self {
        let rows = (top..bottom).filter_map(|y| self.pixels.row(y as i32).get(left as usize..right as usize));
        Self::from_pixels(right.saturating_sub(left), bottom.saturating_sub(top), rows.flatten().copied().collect())
    }

    /// The same picture in another size; every pixel of a smaller one is the mean of those it stands for.
    pub(crate) fn resized(&self, width: u32, height: u32) -> Self {
        if (width, height) == (self.width(), self.height()) {
            return self.clone();
        }
        let bytes: Vec<u8> = self.pixels.cells().as_flattened().to_vec();
        let Some(image) = RgbImage::from_raw(self.width(), self.height(), bytes) else { return Self::default() };
        let resized = imageops::resize(&image, width.max(1), height.max(1), FilterType::Triangle);
        Self::from_image(&resized)
    }

    /// The colour between four pixels; beyond the edge the picture goes on as it ends.
    pub(crate) fn mixed(&self, x: f32, y: f32) -> Colour {
        let pixels = &self.pixels;
        let (left, top) = (x.floor(), y.floor());
        let (right, down) = (x - left, y - top);
        let at = |x: f32, y: f32| {
            pixels.at((x as i32).min(pixels.width() - 1).max(0), (y as i32).min(pixels.height() - 1).max(0))
        };
        let corners = [at(left, top), at(left + 1.0, top), at(left, top + 1.0), at(left + 1.0, top + 1.0)];
        let shares = [(1.0 - right) * (1.0 - down), right * (1.0 - down), (1.0 - right) * down, right * down];
        std::array::from_fn(|channel| {
            let sum: f32 = corners.iter().zip(shares).map(|(corner, share)| f32::from(corner[channel]) * share).sum();
            sum.round() as u8
        })
    }

    fn from_image(image: &RgbImage) -> Self {
        let pixels = image.pixels().map(|pixel| pixel.0).collect();
        Self::from_pixels(image.width(), image.height(), pixels)
    }
}

/// Whether a line that ends a picture's last row goes on in the first row of the one below it. A frame around each
/// picture is no such line.
fn goes_on(above: &Picture, below: &Picture) -> bool {
    let seam = above.pixels.row(above.pixels.height() - 1).iter().zip(below.pixels.row(0));
    let is_ink = |colour: &Colour| colour.iter().map(|part| u32::from(*part)).sum::<u32>() < 3 * INK;
    let crossing = seam.filter(|(last, first)| is_ink(last) && is_ink(first)).count();
    crossing > 0 && 2 * crossing < above.pixels.width() as usize
}

/// Darker than this, in the mean of its colours, is ink.
const INK: u32 = 170;

fn decode(bytes: &[u8], max_pixels: u64) -> Result<Picture, Unreadable> {
    let open = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Unreadable::NotAPicture);
    let (width, height) = open()?.into_dimensions().map_err(|_| Unreadable::NotAPicture)?;
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(Unreadable::TooLarge { width, height });
    }
    let mut reader = open()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(max_pixels.saturating_mul(DECODER_BYTES_A_PIXEL));
    reader.limits(limits);
    let decoded = reader.decode().map_err(|_| Unreadable::NotAPicture)?;
    Ok(Picture::from_image(&on_white(decoded)))
}

/// What shines through is the paper.
fn on_white(decoded: DynamicImage) -> RgbImage {
    if !decoded.color().has_alpha() {
        return decoded.into_rgb8();
    }
    let clear = decoded.into_rgba8();
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [red, green, blue, alpha] = clear.get_pixel(x, y).0;
        let mix = |colour: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        image::Rgb([mix(red), mix(green), mix(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(pixels: &[[u8; 4]], width: u32) -> Vec<u8> {
        let bytes: Vec<u8> = pixels.as_flattened().to_vec();
        let image = image::RgbaImage::from_raw(width, pixels.len() as u32 / width, bytes).expect("as many as needed");
        let mut out = Cursor::new(Vec::new());
        image.write_to(&mut out, image::ImageFormat::Png).expect("memory takes everything");
        out.into_inner()
    }

    #[test]
    fn transparent_pixels_show_the_paper() {
        let picture = Picture::decode(&png(&[[0, 0, 0, 0], [0, 0, 0, 255]], 2), 10).expect("a picture");
        assert_eq!(picture.pixels().cells(), [[255, 255, 255], [0, 0, 0]]);
    }

    #[test]
    fn a_picture_above_the_ceiling_is_not_decoded() {
        let refused = Picture::decode(&png(&[[0, 0, 0, 255]; 12], 4), 11);
        assert_eq!(refused, Err(Unreadable::TooLarge { width: 4, height: 3 }));
    }

    #[test]
    fn tiles_fit_where_a_line_goes_on_and_nowhere_else() {
        const PAPER: Colour = [255; 3];
        const INK: Colour = [0; 3];
        let whole = Picture::from_pixels(
            4,
            4,
            [PAPER, INK, PAPER, PAPER].into_iter().cycle().take(12).chain([PAPER, INK, INK, PAPER]).collect(),
        );
        let (upper, lower) = (whole.part((0, 0), (4, 2)), whole.part((0, 2), (4, 4)));
        assert_eq!(Picture::joined(&[upper.clone(), lower.clone()], false), Ok(whole.clone()));
        let lying = whole.clone().turned(3);
        let (left, right) = (lying.part((0, 0), (2, 4)), lying.part((2, 0), (4, 4)));
        assert_eq!(Picture::joined(&[left, right], true), Ok(lying));
        let blank = Picture::from_pixels(4, 2, vec![PAPER; 8]);
        let framed = Picture::from_pixels(4, 2, vec![INK; 8]);
        for apart in [[upper.clone(), blank], [framed.clone(), framed], [upper, lower.part((0, 0), (3, 2))]] {
            assert_eq!(Picture::joined(&apart, false), Err(Unreadable::NoTiles));
        }
        assert_eq!(Picture::joined(&[], false), Err(Unreadable::NoTiles));
    }

    #[test]
    fn bytes_that_are_no_picture_are_said_to_be_none() {
        assert_eq!(Picture::decode(b"<html>not found</html>", 10), Err(Unreadable::NotAPicture));
        let mut cut = png(&[[9, 9, 9, 255]; 12], 4);
        cut.truncate(cut.len() / 2);
        assert_eq!(Picture::decode(&cut, 100), Err(Unreadable::NotAPicture));
    }

    #[test]
    fn a_picture_is_turned_by_quarters() {
        let (a, b, c) = ([1; 3], [2; 3], [3; 3]);
        let row = Picture::from_pixels(3, 1, vec![a, b, c]);
        let down = row.clone().turned(1);
        assert_eq!((down.width(), down.height(), down.pixels().cells()), (1, 3, &[a, b, c][..]));
        assert_eq!(row.clone().turned(2).pixels().cells(), [c, b, a]);
        assert_eq!(row.clone().turned(3).pixels().cells(), [c, b, a]);
        assert_eq!(row.clone().turned(4), row);
        let block = Picture::from_pixels(2, 2, vec![a, b, c, a]).turned(1);
        assert_eq!(block.pixels().cells(), [c, a, a, b], "clockwise");
    }

    #[test]
    fn a_smaller_picture_holds_means() {
        let picture = Picture::from_pixels(4, 1, vec![[0; 3], [200; 3], [0; 3], [200; 3]]);
        let small = picture.resized(1, 1);
        let [value, ..] = small.pixels().at(0, 0);
        assert!((90..=110).contains(&value), "{value}");
    }
}
