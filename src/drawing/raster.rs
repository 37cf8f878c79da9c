//! SVG text to pixels, with fonts that the caller hands in. The only door to the rasteriser.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use super::numbers::{real, whole};
use super::pixels::Pixels;
use super::scene::Color;

/// A side of a picture has no more pixels than this.
const MOST_PIXELS: f32 = 6000.0;

/// Families that stand for each face, the preferred first.
const HEI: &[&str] = &["WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK SC"];
const SONG: &[&str] = &["AR PL UMing CN", "Noto Serif CJK SC"];

/// Why fonts cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("no font of the families {0}; `make setup` installs one")]
pub struct FontError(String);

/// Why a drawing could not be painted.
#[derive(Debug, thiserror::Error)]
pub enum PaintError {
    /// It is no SVG that we can read.
    #[error("not a drawing: {0}")]
    Svg(String),
    /// It has no pixel or too many.
    #[error("a picture of {0} × {1} pixels cannot be painted")]
    Size(u32, u32),
}

/// Fonts with Chinese characters.
#[derive(Debug, Clone)]
pub struct Fonts {
    database: Arc<Database>,
}

impl Fonts {
    /// Fonts from the bytes of font files (TrueType, also collections).
    ///
    /// # Errors
    /// When one of the two faces, one without and one with serifs, is in none of them.
    pub fn new(files: Vec<Vec<u8>>) -> Result<Self, FontError> {
        let mut database = Database::new();
        for file in files {
            database.load_font_data(file);
        }
        let family = |wanted: &[&'static str]| {
            let there =
                |name: &&&str| database.faces().any(|face| face.families.iter().any(|(family, _)| family == **name));
            wanted.iter().find(there).copied().ok_or_else(|| FontError(wanted.join(", ")))
        };
        let (hei, song) = (family(HEI)?, family(SONG)?);
        database.set_sans_serif_family(hei);
        database.set_serif_family(song);
        Ok(Self { database: Arc::new(database) })
    }

    /// No fonts: forms are painted, words are not.
    #[cfg(test)]
    pub(super) fn for_forms() -> Self {
        Self { database: Arc::new(Database::new()) }
    }

    /// SVG text as a PDF of one page, one unit a point; words come whole or letter by letter.
    ///
    /// # Errors
    /// When the text is no SVG, or a font cannot be embedded.
    pub fn page(&self, svg: &str, together: bool) -> Result<Vec<u8>, PaintError> {
        let options = Options { fontdb: Arc::clone(&self.database), ..Options::default() };
        let tree = Tree::from_str(svg, &options).map_err(|error| PaintError::Svg(error.to_string()))?;
        super::pdf::of_tree(&tree, together)
    }

    /// Paints SVG text at this scale on white.
    ///
    /// # Errors
    /// When the text is no SVG, or the picture would have no pixel or too many.
    pub fn paint(&self, svg: &str, scale: f32) -> Result<Pixels, PaintError> {
        let options = Options { fontdb: Arc::clone(&self.database), ..Options::default() };
        let tree = Tree::from_str(svg, &options).map_err(|error| PaintError::Svg(error.to_string()))?;
        let side = |length: f32| whole((length * scale).ceil().min(MOST_PIXELS + 1.0));
        let (width, height) = (side(tree.size().width()), side(tree.size().height()));
        let mut map = Pixmap::new(width, height)
            .filter(|_| real(width.max(height)) <= MOST_PIXELS)
            .ok_or(PaintError::Size(width, height))?;
        map.fill(resvg::tiny_skia::Color::WHITE);
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut map.as_mut());
        let mut pixels = Pixels::plain(width, height, Color(255, 255, 255));
        // The paper is opaque, so colours are not premultiplied by anything.
        for (out, pixel) in pixels.rgb_mut().chunks_exact_mut(3).zip(map.data().chunks_exact(4)) {
            out.copy_from_slice(&pixel[..3]);
        }
        Ok(pixels)
    }
}
