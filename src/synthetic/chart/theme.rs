//! How a look draws each kind of item: typeface, sizes, colours, lines.

use crate::drawing::{Color, Face, Fill, Head, Shape, Stroke};

/// How one kind of figure is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Skin {
    pub(super) shape: Shape,
    pub(super) fill: Fill,
    pub(super) outline: Option<Stroke>,
    pub(super) shadow: bool,
    /// Colour of the words.
    pub(super) ink: Color,
}

/// How a chart is drawn.
#[derive(Debug, Clone)]
pub(super) struct Theme {
    pub(super) face: Face,
    /// Height of a character.
    pub(super) size: f32,
    /// Height of a character of the heading.
    pub(super) title: f32,
    /// Colour of heading, labels and remarks.
    pub(super) ink: Color,
    pub(super) paper: Fill,
    pub(super) step: Skin,
    pub(super) end: Skin,
    pub(super) gate: Skin,
    /// Boxes beside the way.
    pub(super) side: Skin,
    /// Notes beside a box.
    pub(super) note: Skin,
    pub(super) arrow: Stroke,
    pub(super) head: Head,
    /// Whether names of steps are bold.
    pub(super) bold: bool,
    /// Whether the name and its facts stand in one line: 受理（1个工作日）.
    pub(super) inline_limits: bool,
    pub(super) watermark: Option<(&'static str, f32)>,
    /// Whether heads are SVG markers.
    pub(super) markers: bool,
}

pub(super) const BLACK: Color = Color(0, 0, 0);
pub(super) const WHITE: Color = Color(255, 255, 255);
/// Words on screens are seldom quite black.
pub(super) const DARK: Color = Color(51, 51, 51);

/// A full line.
pub(super) const fn line(color: Color, width: f32) -> Stroke {
    Stroke { color, width, dashed: false }
}

/// A skin with an outline.
pub(super) const fn outlined(shape: Shape, fill: Fill, stroke: Stroke, ink: Color) -> Skin {
    Skin { shape, fill, outline: Some(stroke), shadow: false, ink }
}

/// Black on white, as an office program draws it.
pub(super) fn plain(face: Face) -> Theme {
    let pen = line(BLACK, 1.2);
    let of = |shape: Shape| outlined(shape, Fill::Plain(WHITE), pen, BLACK);
    Theme {
        face,
        size: 15.0,
        title: 21.0,
        ink: BLACK,
        paper: Fill::Plain(WHITE),
        step: of(Shape::Box),
        end: of(Shape::Stadium),
        gate: of(Shape::Diamond),
        side: of(Shape::Box),
        note: outlined(Shape::Box, Fill::None, Stroke { dashed: true, ..pen }, BLACK),
        arrow: pen,
        head: Head::Filled,
        bold: false,
        inline_limits: false,
        watermark: None,
        markers: false,
    }
}

/// One colour in three shades, as the software of portals draws it.
pub(super) fn tinted(deep: Color, pale: Color, shape: Shape) -> Theme {
    let pen = line(deep, 1.5);
    let of = |shape: Shape, fill: Color| outlined(shape, Fill::Plain(fill), pen, DARK);
    Theme {
        ink: DARK,
        step: of(shape, pale),
        end: Skin { ink: WHITE, ..of(Shape::Stadium, deep) },
        gate: of(Shape::Diamond, WHITE),
        side: of(shape, WHITE),
        note: outlined(Shape::Box, Fill::None, Stroke { dashed: true, ..line(deep, 1.0) }, DARK),
        arrow: line(deep, 1.5),
        bold: true,
        ..plain(Face::Hei)
    }
}
