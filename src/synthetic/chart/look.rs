//! The looks that charts have on portals: who drew them, with what, and what a copy went through.
//!
//! Comes in: chance. Goes out: a theme, a layout, wear, a format. Must never know: what the chart says.

use super::layout::{CHEVRONS, COLUMNS, COMB, HORIZONTAL, ICONS, LANES, Layout, SNAKE, TABLE, TREE, VERTICAL};
use super::theme::{BLACK, DARK, Skin, Theme, WHITE, line, outlined, plain, tinted};
use crate::drawing::{Color, Face, Fill, Format, Head, Shape, Wear};
use crate::synthetic::random::Random;

/// How a chart comes to the visitor.
#[derive(Debug, Clone, Copy)]
pub(super) enum Medium {
    /// A picture.
    Picture(fn(&mut Random) -> Format),
    /// A drawing in a file of its own.
    SvgFile,
    /// A drawing on the page of a PDF.
    Pdf,
    /// A drawing in the page.
    SvgInline,
    /// Boxes made of HTML elements.
    Html,
}

/// A look.
#[derive(Debug)]
pub(super) struct Look {
    /// Name in labels and tables.
    pub(super) name: &'static str,
    /// Whether its print is so bad that more mistakes are expected.
    pub(super) hard: bool,
    /// Whether a person can read it; where not, only silence is right.
    pub(super) readable: bool,
    /// How it comes.
    pub(super) medium: Medium,
    /// Its layouts.
    pub(super) layouts: &'static [Layout],
    /// How it is drawn.
    pub(super) theme: fn(&mut Random) -> Theme,
    /// Pixels a unit: scanners and telephones see more than a screen shows.
    pub(super) scale: f32,
    /// What a copy went through.
    pub(super) wear: fn(&mut Random) -> Vec<Wear>,
}

const PICTURE: Look = Look {
    name: "",
    hard: false,
    readable: true,
    medium: Medium::Picture(|_| Format::Png),
    layouts: &[VERTICAL],
    theme: |_| plain(Face::Hei),
    scale: 1.0,
    wear: |_| Vec::new(),
};

/// Every look.
pub(super) const LOOKS: &[Look] = &[
    // The charts that the two most usual portal programs draw of a process entered in a form.
    Look { name: "epoint", layouts: &[VERTICAL, HORIZONTAL], theme: epoint, ..PICTURE },
    Look { name: "inspur", layouts: &[SNAKE, HORIZONTAL], theme: inspur, ..PICTURE },
    Look { name: "visio", layouts: &[VERTICAL, LANES, COLUMNS], theme: visio, ..PICTURE },
    Look { name: "word", layouts: &[VERTICAL, COLUMNS], theme: word, medium: Medium::Picture(jpeg), ..PICTURE },
    Look {
        name: "scanned",
        hard: true,
        layouts: &[VERTICAL, COMB],
        theme: word,
        scale: 1.4,
        wear: scan,
        medium: Medium::Picture(poor_jpeg),
        ..PICTURE
    },
    Look {
        name: "photo",
        hard: true,
        layouts: &[VERTICAL, TABLE],
        theme: word,
        scale: 1.4,
        wear: photo,
        medium: Medium::Picture(jpeg),
        ..PICTURE
    },
    Look {
        name: "tiny",
        hard: true,
        layouts: &[VERTICAL, HORIZONTAL, SNAKE],
        theme: epoint,
        wear: |random| vec![Wear::Shrink(between(random, 0.66, 0.78))],
        medium: Medium::Picture(jpeg),
        ..PICTURE
    },
    Look { name: "watermark", layouts: &[VERTICAL, SNAKE], theme: watermark, medium: Medium::Picture(jpeg), ..PICTURE },
    Look { name: "gradient", layouts: &[VERTICAL, SNAKE, TREE], theme: gradient, ..PICTURE },
    Look { name: "lanes", layouts: &[LANES], theme: lanes, ..PICTURE },
    Look { name: "table", layouts: &[TABLE], theme: word, medium: Medium::Picture(jpeg), ..PICTURE },
    Look { name: "tree", layouts: &[TREE], theme: tree, medium: Medium::Picture(gif), ..PICTURE },
    Look { name: "columns", layouts: &[COLUMNS], theme: inspur, ..PICTURE },
    Look { name: "comb", layouts: &[COMB], theme: word, ..PICTURE },
    Look { name: "icons", layouts: &[ICONS], theme: icons, ..PICTURE },
    Look { name: "chevrons", layouts: &[CHEVRONS], theme: icons, ..PICTURE },
    Look {
        name: "fax",
        hard: true,
        layouts: &[VERTICAL, COMB],
        theme: word,
        scale: 1.8,
        wear: |random| vec![Wear::Blur(0.5), Wear::Noise(6.0), Wear::Threshold(random.pick(&[140, 160, 175]))],
        medium: Medium::Picture(|random| random.pick(&[Format::Gif, Format::Bmp])),
        ..PICTURE
    },
    Look {
        name: "thumbnail",
        hard: true,
        readable: false,
        layouts: &[VERTICAL, COMB],
        theme: word,
        wear: |random| vec![Wear::Shrink(between(random, 0.3, 0.38))],
        medium: Medium::Picture(poor_jpeg),
        ..PICTURE
    },
    Look {
        name: "svg_file",
        layouts: &[VERTICAL, SNAKE, HORIZONTAL],
        theme: drawn,
        medium: Medium::SvgFile,
        ..PICTURE
    },
    Look { name: "svg_inline", layouts: &[VERTICAL, LANES], theme: drawn, medium: Medium::SvgInline, ..PICTURE },
    Look { name: "html", layouts: &[VERTICAL], theme: drawn, medium: Medium::Html, ..PICTURE },
    Look { name: "pdf", layouts: &[VERTICAL, SNAKE, COLUMNS], theme: drawn, medium: Medium::Pdf, ..PICTURE },
    Look {
        name: "pdf_scan",
        hard: true,
        layouts: &[VERTICAL, COMB],
        theme: word,
        scale: 1.4,
        wear: scan,
        medium: Medium::Picture(|random| Format::ScannedPdf(random.pick(&[50, 60, 75]))),
        ..PICTURE
    },
];

/// A number between two.
fn between(random: &mut Random, low: f32, high: f32) -> f32 {
    let part = f32::from(u16::try_from(random.below(1001)).unwrap_or(0)) / 1000.0;
    low + (high - low) * part
}

fn jpeg(random: &mut Random) -> Format {
    Format::Jpeg(random.pick(&[60, 75, 85]))
}

fn poor_jpeg(random: &mut Random) -> Format {
    Format::Jpeg(random.pick(&[40, 50, 60]))
}

fn gif(_: &mut Random) -> Format {
    Format::Gif
}

const BLUE: (Color, Color) = (Color(58, 110, 165), Color(236, 244, 253));
const GREEN: (Color, Color) = (Color(44, 138, 87), Color(232, 243, 236));
const RED: (Color, Color) = (Color(178, 59, 59), Color(253, 238, 238));
const ORANGE: (Color, Color) = (Color(201, 122, 26), Color(255, 246, 231));

fn epoint(random: &mut Random) -> Theme {
    let (deep, pale) = random.pick(&[BLUE, GREEN]);
    Theme {
        size: random.pick(&[14.0, 15.0, 16.0]),
        inline_limits: random.chance(40),
        ..tinted(deep, pale, Shape::Rounded(random.pick(&[4.0, 8.0, 12.0])))
    }
}

fn inspur(random: &mut Random) -> Theme {
    let (deep, pale) = random.pick(&[BLUE, RED, ORANGE]);
    let mut theme = tinted(deep, pale, Shape::Box);
    theme.head = random.pick(&[Head::Filled, Head::Open, Head::Block]);
    if theme.head == Head::Block {
        theme.arrow.width = 4.0;
        // Thick arrows leave no room for boxes beside the way.
        theme.arrow.color = pale_of(deep);
    }
    theme
}

/// A lighter shade of a colour.
fn pale_of(Color(r, g, b): Color) -> Color {
    let lighter = |channel: u8| channel.saturating_add((255 - channel) / 3);
    Color(lighter(r), lighter(g), lighter(b))
}

fn visio(random: &mut Random) -> Theme {
    let fill = random.pick(&[Color(255, 255, 255), Color(232, 238, 247), Color(255, 250, 225)]);
    let pen = line(Color(40, 40, 40), 1.0);
    let shadow = random.chance(40);
    let of = |shape: Shape| Skin { shadow, ..outlined(shape, Fill::Plain(fill), pen, BLACK) };
    Theme {
        step: of(Shape::Box),
        end: of(random.pick(&[Shape::Stadium, Shape::Ellipse])),
        gate: of(Shape::Diamond),
        side: of(random.pick(&[Shape::Box, Shape::Slanted])),
        arrow: pen,
        size: random.pick(&[13.0, 14.0]),
        ..plain(random.pick(&[Face::Song, Face::Hei]))
    }
}

fn word(random: &mut Random) -> Theme {
    Theme {
        size: random.pick(&[15.0, 16.0]),
        inline_limits: random.chance(50),
        head: random.pick(&[Head::Filled, Head::Open]),
        ..plain(Face::Song)
    }
}

fn watermark(random: &mut Random) -> Theme {
    let text = random.pick(&["政务服务网", "行政审批局", "仅供参考"]);
    Theme { watermark: Some((text, between(random, 0.16, 0.28))), ..epoint(random) }
}

fn gradient(random: &mut Random) -> Theme {
    let (deep, pale) = random.pick(&[BLUE, GREEN, ORANGE]);
    let pen = line(deep, 1.0);
    let shade = Fill::Gradient(WHITE, pale_of(pale_of(deep)));
    let of = |shape: Shape, fill: Fill| Skin { shadow: true, ..outlined(shape, fill, pen, BLACK) };
    Theme {
        step: of(Shape::Rounded(6.0), shade),
        end: Skin { ink: WHITE, ..of(Shape::Rounded(6.0), Fill::Gradient(pale_of(deep), deep)) },
        gate: of(Shape::Diamond, Fill::Gradient(WHITE, Color(255, 226, 150))),
        side: of(Shape::Rounded(6.0), Fill::Gradient(WHITE, Color(250, 210, 205))),
        arrow: line(random.pick(&[deep, Color(128, 128, 128)]), 1.6),
        paper: if random.chance(40) { Fill::Gradient(WHITE, pale) } else { Fill::Plain(WHITE) },
        bold: random.chance(50),
        ..plain(Face::Hei)
    }
}

fn lanes(random: &mut Random) -> Theme {
    let (deep, pale) = random.pick(&[BLUE, GREEN, (Color(70, 70, 70), Color(242, 242, 242))]);
    let mut theme = tinted(deep, WHITE, Shape::Box);
    theme.side.fill = Fill::Plain(pale);
    theme.size = 14.0;
    theme
}

fn tree(random: &mut Random) -> Theme {
    // Thin grey combs between boxes without much contrast.
    let gray = random.pick(&[Color(150, 150, 150), Color(120, 120, 120)]);
    Theme { arrow: line(gray, 1.0), ..gradient(random) }
}

fn icons(random: &mut Random) -> Theme {
    let (deep, _) = random.pick(&[BLUE, GREEN, ORANGE]);
    let mut theme = tinted(deep, WHITE, Shape::Box);
    theme.arrow = line(pale_of(deep), 2.0);
    theme.head = random.pick(&[Head::None, Head::Filled]);
    theme.size = 14.0;
    theme
}

fn drawn(random: &mut Random) -> Theme {
    let mut theme = if random.chance(50) { epoint(random) } else { visio(random) };
    theme.markers = random.chance(50);
    theme.ink = DARK;
    theme
}

fn scan(random: &mut Random) -> Vec<Wear> {
    let paper = random.pick(&[Color(247, 246, 242), Color(236, 234, 226), Color(250, 250, 250)]);
    let turn = between(random, -1.8, 1.8);
    vec![
        Wear::Tint(paper, Color(38, 36, 40)),
        Wear::Turn(turn, paper),
        Wear::Blur(between(random, 0.4, 0.75)),
        Wear::Shade(between(random, 4.0, 22.0)),
        Wear::Noise(between(random, 4.0, 9.0)),
    ]
}

fn photo(random: &mut Random) -> Vec<Wear> {
    let sign = if random.chance(50) { 1.0 } else { -1.0 };
    let tilt = sign * between(random, 0.04, 0.12);
    vec![
        Wear::Tint(Color(240, 238, 230), Color(48, 46, 52)),
        Wear::Tilt(tilt, Color(120, 96, 72)),
        Wear::Blur(between(random, 0.5, 0.8)),
        Wear::Shade(between(random, 25.0, 60.0)),
        Wear::Noise(between(random, 3.0, 6.0)),
    ]
}
