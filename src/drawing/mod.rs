//! Drawn flowcharts (流程图): a scene becomes SVG, the SVG pixels, the pixels a worn copy, the copy a file.
//!
//! Comes in: a [`Scene`], fonts as bytes, what a copy went through. Goes out: SVG text, pictures, and as a
//! [`model::Chart`](crate::model::chart::Chart) what stands where on them. Must never know: files, guides, what the
//! words mean, how a chart is read. The same input gives the same bytes.

mod encode;
mod measure;
mod numbers;
mod pdf;
mod pixels;
mod projection;
mod raster;
mod scene;
mod svg;
mod truth;
mod warp;
mod wear;

pub use encode::Format;
pub use measure::{LINE_HEIGHT, width_of, wrapped};
pub use numbers::pixels;
pub use pixels::Pixels;
pub use projection::Projection;
pub use raster::{FontError, Fonts, PaintError};
pub use scene::{
    Align, Color, Connector, Face, Figure, Fill, Head, Label, Line, Path, Point, Rect, Role, Scene, Shape, Stroke,
    Watermark,
};
pub use svg::to_svg;
pub use truth::{Printed, printed};
pub use wear::{Wear, Worn, worn};

#[cfg(test)]
mod tests;
