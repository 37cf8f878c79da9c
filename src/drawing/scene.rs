//! What is to be drawn: figures with words, and connectors between them, in user units from the top left.
//!
//! Every figure says what it is for whoever reads the drawing ([`Role`]), so that the drawing and what must be read of
//! it can never differ.

use crate::model::chart::NodeKind;

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

/// A typeface by its design; which font it is, is said by [`Fonts`](super::Fonts).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Strokes of one width, as on screens (黑体, 微软雅黑).
    Hei,
    /// Strokes with serifs, as in print (宋体).
    Song,
}

/// A point.
pub type Point = (f32, f32);

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

impl Rect {
    /// The rectangle of this size around a point.
    #[must_use]
    pub fn around((x, y): Point, w: f32, h: f32) -> Self {
        Self { x: x - w / 2.0, y: y - h / 2.0, w, h }
    }

    /// Right edge.
    #[must_use]
    pub fn right(self) -> f32 {
        self.x + self.w
    }

    /// Lower edge.
    #[must_use]
    pub fn bottom(self) -> f32 {
        self.y + self.h
    }

    /// The middle.
    #[must_use]
    pub fn middle(self) -> Point {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether two rectangles share more than an edge.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// The outline of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// A box.
    Box,
    /// A box with round corners of this radius.
    Rounded(f32),
    /// A box with round ends.
    Stadium,
    /// A diamond.
    Diamond,
    /// An ellipse.
    Ellipse,
    /// A parallelogram.
    Slanted,
    /// A thick arrow to the right with words in it.
    Chevron,
    /// No outline.
    Words,
}

/// What a figure is filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fill {
    /// Nothing: the paper shows.
    None,
    /// One colour.
    Plain(Color),
    /// From the first colour at the top to the second at the bottom.
    Gradient(Color, Color),
}

/// A line's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub color: Color,
    /// Width.
    pub width: f32,
    /// Whether it is dashed.
    pub dashed: bool,
}

/// One line of words.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The words.
    pub text: String,
    /// Height of a character.
    pub size: f32,
    /// Whether it is bold.
    pub bold: bool,
    /// Colour.
    pub color: Color,
}

/// Where lines stand in a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// In the middle.
    Middle,
    /// From the left.
    Left,
}

/// What a figure is for whoever reads the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role {
    /// A node, in the lane of this number.
    Node(NodeKind, Option<usize>),
    /// Words that belong to the node of this figure: limits, departments.
    Note(usize),
    /// The heading of the drawing.
    Title,
    /// The heading of a lane; the lane goes as far as the rectangle.
    Lane(Rect),
    /// Words that belong to nothing: remarks, legends.
    Remark,
    /// Print that nobody need read: a number in a circle, a watermark.
    Print,
    /// A form without words.
    Ornament,
}

/// A figure with its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Role.
    pub role: Role,
    /// Outline.
    pub shape: Shape,
    /// Place.
    pub rect: Rect,
    /// Filling.
    pub fill: Fill,
    /// The outline's look; none is drawn without one.
    pub outline: Option<Stroke>,
    /// Whether it throws a shadow.
    pub shadow: bool,
    /// The words.
    pub lines: Vec<Line>,
    /// Where the words stand.
    pub align: Align,
}

/// The end of a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// A filled triangle.
    Filled,
    /// Two strokes.
    Open,
    /// The whole connector is one thick arrow.
    Block,
    /// None: a line.
    None,
}

/// The way of a connector: its corners from the first to the last.
pub type Path = Vec<Point>;

/// Words on a connector.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The words.
    pub line: Line,
    /// Their middle.
    pub at: Point,
}

/// A line between two figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Connector {
    /// The figure it begins at.
    pub from: usize,
    /// The figure it ends at.
    pub to: usize,
    /// Its corners.
    pub path: Path,
    /// Look.
    pub stroke: Stroke,
    /// Its end.
    pub head: Head,
    /// Words on it.
    pub label: Option<Label>,
    /// Whether it leads from step to step; a line to a side note does not.
    pub flows: bool,
}

/// Words repeated across the drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Watermark {
    /// The words.
    pub text: String,
    /// Height of a character.
    pub size: f32,
    /// How much of the paper it hides, 0 to 1.
    pub strength: f32,
}

/// A drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// The paper.
    pub paper: Fill,
    /// Typeface of all words.
    pub face: Face,
    /// Figures, the lowest first.
    pub figures: Vec<Figure>,
    /// Connectors, drawn below the figures.
    pub connectors: Vec<Connector>,
    /// Watermark.
    pub watermark: Option<Watermark>,
    /// Whether heads are SVG markers, as drawing programs write them, instead of forms.
    pub markers: bool,
}
