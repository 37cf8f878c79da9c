//! A scene under construction: items become figures of the theme's skins, ways become connectors.

use super::plan::{Exit, Item, Kind};
use super::theme::{Skin, Theme};
use crate::drawing::{
    Align, Color, Connector, Figure, Fill, Head, LINE_HEIGHT, Label, Line, Path, Point, Rect, Role, Scene, Shape,
    Watermark, width_of, wrapped,
};
use crate::model::chart::NodeKind;

/// Space between the words of a figure and its outline.
const PADDING: f32 = 10.0;
/// Space around the drawing.
pub(super) const MARGIN: f32 = 24.0;

/// A scene under construction.
pub(super) struct Canvas<'a> {
    pub(super) theme: &'a Theme,
    figures: Vec<Figure>,
    connectors: Vec<Connector>,
    width: f32,
}

/// Words with the room that they need.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) lines: Vec<Line>,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(theme: &'a Theme, width: f32) -> Self {
        Self { theme, figures: Vec::new(), connectors: Vec::new(), width }
    }

    /// Writes the heading, if there is one; gives the height at which the drawing may begin.
    pub(super) fn title(&mut self, title: Option<&str>) -> f32 {
        let Some(title) = title else { return MARGIN };
        let mut size = self.theme.title;
        // Long headings are set smaller, as people do, before they are broken.
        while width_of(title, size) > self.width - 2.0 * MARGIN && size > self.theme.size {
            size -= 1.0;
        }
        let lines = typeset(title, (size, self.width - 2.0 * MARGIN), (self.theme.bold, self.theme.ink));
        let block = block(lines);
        let rect = Rect::around((self.width / 2.0, MARGIN + block.height / 2.0), block.width, block.height);
        self.words(Role::Title, rect, block.lines, Align::Middle);
        MARGIN + block.height + 18.0
    }

    /// The skin of an item.
    pub(super) fn skin(&self, kind: Kind) -> Skin {
        match kind {
            Kind::End => self.theme.end,
            Kind::Step => self.theme.step,
            Kind::Gate => self.theme.gate,
        }
    }

    /// The words of an item in a box of this width; facts only if they stand inside.
    pub(super) fn item(&self, item: &Item, width: f32, facts: bool) -> Block {
        let (theme, ink) = (self.theme, self.skin(item.kind).ink);
        if item.kind == Kind::Gate {
            return diamond(typeset(&item.name, (theme.size - 1.0, width * 0.52), (false, ink)), width);
        }
        let inside = width - 2.0 * PADDING;
        let limit = item.limit.as_deref().filter(|_| facts);
        let name = match limit.filter(|_| theme.inline_limits) {
            Some(limit) if limit.contains('（') => format!("{} {limit}", item.name),
            Some(limit) => format!("{}（{limit}）", item.name),
            None => item.name.clone(),
        };
        let mut lines = typeset(&name, (theme.size, inside), (theme.bold, ink));
        let small = theme.size - if theme.bold { 1.0 } else { 0.0 };
        let mut add = |text: &str| lines.extend(typeset(text, (small, inside), (false, ink)));
        if let Some(says) = &item.says {
            add(says);
        }
        if let Some(body) = item.body.as_deref().filter(|_| facts) {
            add(&format!("承办：{body}"));
        }
        if let Some(limit) = limit.filter(|_| !theme.inline_limits) {
            add(&format!("时限：{limit}"));
        }
        let block = block(lines);
        Block { width, height: block.height + 2.0 * PADDING, ..block }
    }

    /// The words of a box beside the way.
    pub(super) fn exit(&self, exit: &Exit, width: f32) -> Block {
        let ink = self.theme.side.ink;
        let block = block(typeset(&exit.words, (self.theme.size - 1.0, width - 2.0 * PADDING), (false, ink)));
        Block { width, height: block.height + 2.0 * PADDING, ..block }
    }

    /// Puts a figure down; gives its number.
    pub(super) fn put(&mut self, role: Role, skin: Skin, at: Point, block: Block) -> usize {
        self.figures.push(Figure {
            role,
            shape: skin.shape,
            rect: Rect::around(at, block.width, block.height),
            fill: skin.fill,
            outline: skin.outline,
            shadow: skin.shadow,
            lines: block.lines,
            align: Align::Middle,
        });
        self.figures.len() - 1
    }

    /// Puts an item down as a node.
    pub(super) fn node(&mut self, item: &Item, at: Point, block: Block, lane: Option<usize>) -> usize {
        let skin = self.skin(item.kind);
        self.put(Role::Node(kind_of(skin.shape), lane), skin, at, block)
    }

    /// Puts a box beside the way down as a node.
    pub(super) fn side(&mut self, at: Point, block: Block, lane: Option<usize>) -> usize {
        let skin = self.theme.side;
        self.put(Role::Node(kind_of(skin.shape), lane), skin, at, block)
    }

    /// Words without an outline.
    pub(super) fn words(&mut self, role: Role, rect: Rect, lines: Vec<Line>, align: Align) -> usize {
        self.figures.push(Figure {
            role,
            shape: Shape::Words,
            rect,
            fill: Fill::None,
            outline: None,
            shadow: false,
            lines,
            align,
        });
        self.figures.len() - 1
    }

    /// A form without words, below everything.
    pub(super) fn ornament(&mut self, skin: Skin, rect: Rect) {
        self.figures.push(Figure {
            role: Role::Ornament,
            shape: skin.shape,
            rect,
            fill: skin.fill,
            outline: skin.outline,
            shadow: false,
            lines: Vec::new(),
            align: Align::Middle,
        });
    }

    /// Where a figure lies.
    pub(super) fn rect(&self, number: usize) -> Rect {
        self.figures.get(number).map_or(Rect { x: 0.0, y: 0.0, w: 0.0, h: 0.0 }, |figure| figure.rect)
    }

    /// An arrow along these corners, with words in the middle of its last piece.
    pub(super) fn arrow(&mut self, (from, to): (usize, usize), path: Path, label: Option<&str>) {
        let label = label.and_then(|text| self.label(text, &path));
        let (stroke, head) = (self.theme.arrow, self.theme.head);
        self.connectors.push(Connector { from, to, path, stroke, head, label, flows: true });
    }

    /// A line from a box to its note.
    pub(super) fn tie(&mut self, (from, to): (usize, usize), path: Path) {
        let stroke = self.theme.note.outline.unwrap_or(self.theme.arrow);
        self.connectors.push(Connector { from, to, path, stroke, head: Head::None, label: None, flows: false });
    }

    fn label(&self, text: &str, path: &Path) -> Option<Label> {
        let [.., (ax, ay), (bx, by)] = path.as_slice() else { return None };
        let size = self.theme.size - 2.0;
        let line = Line { text: text.to_owned(), size, bold: false, color: self.theme.ink };
        let (mx, my) = (f32::midpoint(*ax, *bx), f32::midpoint(*ay, *by));
        let across = (ax - bx).abs() > (ay - by).abs();
        let at = if across { (mx, my - 0.85 * size) } else { (mx + width_of(text, size) / 2.0 + 7.0, my) };
        Some(Label { line, at })
    }

    /// Writes remarks below `bottom`, one beside the other, and gives the finished scene.
    pub(super) fn finish(mut self, remarks: &[String], bottom: f32) -> Scene {
        let mut height = bottom + MARGIN;
        let size = self.theme.size - 2.0;
        let mut x = MARGIN;
        for remark in remarks {
            let line = Line { text: remark.clone(), size, bold: false, color: self.theme.ink };
            let width = width_of(remark, size);
            if x > MARGIN && x + width > self.width - MARGIN {
                (x, height) = (MARGIN, height + size * LINE_HEIGHT + 4.0);
            }
            let rect = Rect { x, y: height, w: width, h: size * LINE_HEIGHT };
            self.words(Role::Remark, rect, vec![line], Align::Left);
            x += width + 40.0;
        }
        if !remarks.is_empty() {
            height += size * LINE_HEIGHT + MARGIN;
        }
        let size = self.theme.size + 5.0;
        let watermark =
            self.theme.watermark.map(|(text, strength)| Watermark { text: text.to_owned(), size, strength });
        Scene {
            width: self.width.ceil(),
            height: height.ceil(),
            paper: self.theme.paper,
            face: self.theme.face,
            figures: self.figures,
            connectors: self.connectors,
            watermark,
            markers: self.theme.markers,
        }
    }
}

/// Words as lines no wider than this.
pub(super) fn typeset(text: &str, (size, width): (f32, f32), (bold, color): (bool, Color)) -> Vec<Line> {
    wrapped(text, size, width).into_iter().map(|text| Line { text, size, bold, color }).collect()
}

/// Lines with the room that they need.
pub(super) fn block(lines: Vec<Line>) -> Block {
    let width = lines.iter().map(|line| width_of(&line.text, line.size)).fold(0.0, f32::max);
    let height = lines.iter().map(|line| line.size * LINE_HEIGHT).sum();
    Block { lines, width, height }
}

/// A diamond around lines: as wide as asked, as high as its words need where the sides come close.
fn diamond(lines: Vec<Line>, width: f32) -> Block {
    let inner = block(lines);
    // A rectangle w × h fits into a diamond W × H if w / W + h / H ≤ 1.
    let room = (1.0 - (inner.width + 8.0) / width).max(0.25);
    Block { width, height: (inner.height + 6.0) / room, ..inner }
}

/// How a shape is read.
pub(super) fn kind_of(shape: Shape) -> NodeKind {
    match shape {
        Shape::Diamond => NodeKind::Decision,
        Shape::Stadium | Shape::Ellipse => NodeKind::Terminal,
        Shape::Words => NodeKind::Borderless,
        Shape::Box | Shape::Rounded(_) | Shape::Slanted | Shape::Chevron => NodeKind::Step,
    }
}
