//! What a page draws besides words: forms with their ink, and pictures with their places.
//!
//! Comes in: instructions. Goes out: a sketch, within ceilings; what cannot be followed is said. Clipping is not
//! followed. Must never know: what the drawing means.

use super::ink::{Colour, Ink};
use super::lexer::Object;
use super::matrix::Matrix;

/// Corners that are kept of a page; more are a map.
const MOST_CORNERS: usize = 60_000;

/// Forms that are kept of a page.
const MOST_FORMS: usize = 12_000;

/// Pictures that are kept of a page.
const MOST_PICTURES: usize = 2_000;

/// A place on the page.
pub(super) type Place = (f64, f64);

/// A piece of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Piece {
    /// A new beginning.
    Move(Place),
    /// A straight line.
    Line(Place),
    /// A curve with its two handles.
    Curve(Place, Place, Place),
    /// Back to the beginning.
    Close,
}

/// How lines are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pen {
    /// Colour.
    pub(super) colour: Colour,
    /// How much it hides.
    pub(super) strength: f64,
    /// Width.
    pub(super) width: f64,
    /// Whether it is dashed.
    pub(super) dashed: bool,
}

/// A form.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Form {
    /// Its outline.
    pub(super) pieces: Vec<Piece>,
    /// Its filling, with how much it hides.
    pub(super) fill: Option<(Colour, f64)>,
    /// Where outlines overlap, holes are left.
    pub(super) even_odd: bool,
    /// Its outline's look.
    pub(super) pen: Option<Pen>,
}

/// A picture: the unit square is its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Its object; none for a picture among the instructions.
    pub(super) number: Option<u32>,
    /// Where it lies.
    pub(super) matrix: Matrix,
}

/// What is drawn on a page.
#[derive(Debug, Default)]
pub(super) struct Sketch {
    pieces: Vec<Piece>,
    here: Place,
    start: Place,
    corners: usize,
    /// Forms, the lowest first.
    pub(super) forms: Vec<Form>,
    /// Pictures.
    pub(super) pictures: Vec<Placed>,
    /// What cannot be followed.
    pub(super) trouble: Option<&'static str>,
}

impl Sketch {
    /// Follows an instruction about outlines and ink.
    pub(super) fn follow(&mut self, word: &[u8], operands: &[Object], page: Matrix, ink: &mut Ink) {
        ink.follow(word, operands);
        let number = |index: usize| operands.get(index).and_then(Object::number).unwrap_or(0.0);
        let place = |index: usize| page.place(number(index), number(index + 1));
        match word {
            b"m" => self.begin(place(0)),
            b"l" => self.add(Piece::Line(place(0)), place(0)),
            b"c" => self.add(Piece::Curve(place(0), place(2), place(4)), place(4)),
            b"v" => self.add(Piece::Curve(self.here, place(0), place(2)), place(2)),
            b"y" => self.add(Piece::Curve(place(0), place(2), place(2)), place(2)),
            b"h" => self.add(Piece::Close, self.start),
            b"re" => {
                let (x, y, width, height) = (number(0), number(1), number(2), number(3));
                self.begin(page.place(x, y));
                for corner in [(x + width, y), (x + width, y + height), (x, y + height)] {
                    let corner = page.place(corner.0, corner.1);
                    self.add(Piece::Line(corner), corner);
                }
                self.add(Piece::Close, self.start);
            }
            b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => self.paint(word, page, ink),
            b"n" => self.pieces.clear(),
            // Which layers a reader shows is up to the reader.
            b"BDC" if operands.first().and_then(Object::name) == Some(b"OC") => {
                self.trouble = self.trouble.or(Some("layers that may be hidden"));
            }
            _ => {}
        }
    }

    fn begin(&mut self, place: Place) {
        self.start = place;
        self.add(Piece::Move(place), place);
    }

    fn add(&mut self, piece: Piece, to: Place) {
        self.corners += 1;
        if self.corners > MOST_CORNERS {
            self.trouble = self.trouble.or(Some("more lines than a flowchart has"));
            return;
        }
        let sound = |(x, y): Place| x.is_finite() && y.is_finite() && x.abs() < 1e6 && y.abs() < 1e6;
        if sound(to) && (!matches!(piece, Piece::Curve(a, b, _) if !sound(a) || !sound(b))) {
            self.pieces.push(piece);
            self.here = to;
        }
    }

    fn paint(&mut self, word: &[u8], page: Matrix, ink: &Ink) {
        if matches!(word, b"s" | b"b" | b"b*") {
            self.add(Piece::Close, self.start);
        }
        let pieces = std::mem::take(&mut self.pieces);
        if pieces.is_empty() {
            return;
        }
        if self.forms.len() >= MOST_FORMS {
            self.trouble = self.trouble.or(Some("more forms than a flowchart has"));
            return;
        }
        let fills = !matches!(word, b"S" | b"s");
        let strokes = !matches!(word, b"f" | b"F" | b"f*");
        let m = page.0;
        let scale = (m[0] * m[3] - m[1] * m[2]).abs().sqrt();
        self.forms.push(Form {
            pieces,
            fill: fills.then_some((ink.fill, ink.fill_strength)),
            even_odd: word.ends_with(b"*"),
            pen: strokes.then_some(Pen {
                colour: ink.stroke,
                strength: ink.stroke_strength,
                // The thinnest line that a device can draw is still a line.
                width: (ink.width * scale).clamp(0.3, 100.0),
                dashed: ink.dashed,
            }),
        });
    }

    /// A picture is shown.
    pub(super) fn picture(&mut self, number: Option<u32>, matrix: Matrix) {
        if self.pictures.len() < MOST_PICTURES {
            self.pictures.push(Placed { number, matrix });
        } else {
            self.trouble = self.trouble.or(Some("more pictures than a flowchart has"));
        }
    }

    /// Words are shown, with the turning part of their transformation.
    pub(super) fn words(&mut self, text: &str, [across, up, lean, high]: [f64; 4], is_sound: bool) {
        let upright = across > 0.0 && high > 0.0 && up.abs() < 0.05 * across && lean.abs() < 0.5 * high;
        let known = |c: char| !(c.is_control() || c == char::REPLACEMENT_CHARACTER || is_private(c));
        if !upright || !is_sound {
            self.trouble = self.trouble.or(Some("words that do not stand upright"));
        } else if !text.chars().all(known) {
            self.trouble = self.trouble.or(Some("characters that only its own font knows"));
        }
    }
}

/// Characters that mean what a font wants them to.
fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xe000..=0xf8ff | 0xf_0000..)
}

impl Form {
    /// The box around it: its lower left and its upper right corner.
    pub(super) fn around(&self) -> (Place, Place) {
        let mut low = (f64::MAX, f64::MAX);
        let mut high = (f64::MIN, f64::MIN);
        let mut reach = |(x, y): Place| {
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        };
        for piece in &self.pieces {
            match *piece {
                Piece::Move(to) | Piece::Line(to) => reach(to),
                Piece::Curve(a, b, to) => [a, b, to].into_iter().for_each(&mut reach),
                Piece::Close => {}
            }
        }
        (low, high)
    }

    /// Whether it goes round something.
    pub(super) fn is_closed(&self) -> bool {
        let mut start = None;
        let mut here = None;
        for piece in &self.pieces {
            match *piece {
                Piece::Move(to) => (start, here) = (Some(to), Some(to)),
                Piece::Line(to) | Piece::Curve(_, _, to) => here = Some(to),
                Piece::Close => return true,
            }
        }
        let near = |(a, b): (Place, Place)| (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1.0;
        self.pieces.len() > 3 && (self.fill.is_some() || start.zip(here).is_some_and(near))
    }

    /// Whether it has round parts.
    pub(super) fn is_curved(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Curve(..)))
    }
}
