//! A picture in memory: rows of red, green and blue.

use super::scene::Color;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    /// Red, green and blue of each pixel, row by row.
    rgb: Vec<u8>,
}

impl Pixels {
    /// A picture of one colour; at least one pixel.
    #[must_use]
    pub fn plain(width: u32, height: u32, Color(r, g, b): Color) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let count = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
        Self { width, height, rgb: [r, g, b].repeat(count) }
    }

    /// Width.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Red, green and blue of each pixel, row by row.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    pub(super) fn rgb_mut(&mut self) -> &mut [u8] {
        &mut self.rgb
    }

    /// The colour at a place; places beyond the edge show what is at the edge.
    #[must_use]
    pub fn at(&self, x: u32, y: u32) -> Color {
        let start = self.start(x.min(self.width - 1), y.min(self.height - 1));
        match self.rgb.get(start..start + 3) {
            Some(&[red, green, blue]) => Color(red, green, blue),
            _ => Color(255, 255, 255),
        }
    }

    pub(super) fn set(&mut self, x: u32, y: u32, Color(red, green, blue): Color) {
        let start = self.start(x, y);
        if let Some(pixel) = self.rgb.get_mut(start..start + 3) {
            pixel.copy_from_slice(&[red, green, blue]);
        }
    }

    fn start(&self, x: u32, y: u32) -> usize {
        usize::try_from((u64::from(y) * u64::from(self.width) + u64::from(x)) * 3).unwrap_or(usize::MAX - 3)
    }
}
