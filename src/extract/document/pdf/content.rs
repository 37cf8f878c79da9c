//! Follows the instructions of a page: where which characters are shown, and which lines are drawn.
//!
//! Comes in: a page. Goes out: runs of text with their places, ruled lines, and the number of pictures. Colours, clipping
//! and visibility are not followed.

use std::rc::Rc;

use super::super::limits;
use super::file::{File, Page};
use super::font::{Font, Fonts};
use super::ink::Ink;
use super::lexer::{Dict, Lexer, Object, Token};
use super::matrix::Matrix;
use super::rules::Rule;
use super::sketch::Sketch;

/// What an instruction costs of the work that a file is worth.
const INSTRUCTION: usize = 16;

/// Forms that show forms.
const FORM_DEPTH: usize = 8;

/// States that are saved and not restored.
const SAVED: usize = 256;

/// Text that was shown in one go.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    /// Left end.
    pub(super) x: f64,
    /// Right end.
    pub(super) end: f64,
    /// Base line; larger is higher.
    pub(super) y: f64,
    /// Height of the characters.
    pub(super) size: f64,
    /// The characters.
    pub(super) text: String,
}

/// A line is no thicker than this, and no shorter.
const THICKEST: f64 = 3.0;
const SHORTEST: f64 = 5.0;

/// Ruled lines that are kept of a page; more are a drawing.
const MOST_RULES: usize = 20_000;

/// What a page shows.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Texts in the order of showing.
    pub(super) runs: Vec<Run>,
    /// Ruled lines.
    pub(super) rules: Vec<Rule>,
    /// Pictures.
    pub(super) pictures: u32,
    /// Some characters could not be decoded, or something was left out.
    pub(super) unknown: bool,
}

/// The state that instructions change.
#[derive(Debug, Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    leading: f64,
    character_gap: f64,
    word_gap: f64,
    stretch: f64,
    rise: f64,
    ink: Ink,
}

/// Shows a page.
pub(super) fn show(file: &mut File<'_>, page: &Page, fonts: &mut Fonts) -> Shown {
    play(file, page, fonts, (Matrix::SAME, None)).0
}

/// Shows a page as a reader turns it, from its lower left corner, and what is drawn on it besides words. Words that are
/// not painted are left out.
pub(super) fn drawn(file: &mut File<'_>, page: &Page, fonts: &mut Fonts) -> (Shown, Sketch) {
    let (shown, sketch) = play(file, page, fonts, (page.sheet.view(), Some(Sketch::default())));
    (shown, sketch.unwrap_or_default())
}

fn play(
    file: &mut File<'_>,
    page: &Page,
    fonts: &mut Fonts,
    (view, sketch): (Matrix, Option<Sketch>),
) -> (Shown, Option<Sketch>) {
    let mut bytes = Vec::new();
    for number in page.contents.iter().take(limits::PAGES) {
        if let Some((_, part)) = file.stream(*number) {
            bytes.extend(part);
            bytes.push(b'\n');
        }
    }
    let state = State {
        page: view,
        font: None,
        size: 0.0,
        leading: 0.0,
        character_gap: 0.0,
        word_gap: 0.0,
        stretch: 1.0,
        rise: 0.0,
        ink: Ink::default(),
    };
    let mut player = Player { file, fonts, shown: Shown::default(), sketch, characters: 0 };
    player.play(&bytes, &page.resources, state, 0);
    (player.shown, player.sketch)
}

struct Player<'a, 'b> {
    file: &'a mut File<'b>,
    fonts: &'a mut Fonts,
    shown: Shown,
    /// What is drawn, if anybody asks for it.
    sketch: Option<Sketch>,
    characters: usize,
}

/// Lines and boxes that are drawn but not yet painted, in the page's own places.
#[derive(Debug, Default)]
struct Path {
    /// Strokes from place to place.
    strokes: Vec<((f64, f64), (f64, f64))>,
    /// Outlines, each as its box.
    boxes: Vec<((f64, f64), (f64, f64))>,
    start: (f64, f64),
    here: (f64, f64),
}

impl Path {
    fn begin(&mut self, place: (f64, f64)) {
        self.start = place;
        self.here = place;
        self.boxes.push((place, place));
    }

    fn line(&mut self, to: (f64, f64)) {
        if self.strokes.len() < MOST_RULES {
            self.strokes.push((self.here, to));
        }
        if let Some((low, high)) = self.boxes.last_mut() {
            *low = (low.0.min(to.0), low.1.min(to.1));
            *high = (high.0.max(to.0), high.1.max(to.1));
        }
        self.here = to;
    }

    fn close(&mut self) {
        self.line(self.start);
    }
}

/// Where text is put next.
#[derive(Debug, Clone, Copy)]
struct Pen {
    text: Matrix,
    line: Matrix,
}

impl Player<'_, '_> {
    fn play(&mut self, bytes: &[u8], resources: &Dict, mut state: State, depth: usize) {
        let mut saved: Vec<State> = Vec::new();
        let mut path = Path::default();
        let mut pen = Pen { text: Matrix::SAME, line: Matrix::SAME };
        let mut lexer = Lexer::new(bytes, 0);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(token) = lexer.next() {
            let word = match token {
                Token::Object(object) => {
                    if operands.len() < 64 {
                        operands.push(object);
                    }
                    continue;
                }
                Token::Word(word) => word,
            };
            if !self.file.spend(INSTRUCTION) || self.characters > limits::TEXT {
                self.shown.unknown = true;
                return;
            }
            match word.as_slice() {
                b"q" if saved.len() < SAVED => saved.push(state.clone()),
                b"Q" => {
                    if let Some(earlier) = saved.pop() {
                        state = earlier;
                    }
                }
                b"cm" => {
                    if let Some(matrix) = matrix(&operands) {
                        state.page = matrix.then(state.page);
                    }
                }
                b"Do" => {
                    if let Some(Object::Name(name)) = operands.first() {
                        self.thing(resources, name, &state, depth);
                    }
                }
                b"BI" => {
                    self.shown.pictures = self.shown.pictures.saturating_add(1);
                    if let Some(sketch) = &mut self.sketch {
                        sketch.picture(None, state.page);
                    }
                    skip_picture(&mut lexer, bytes);
                }
                b"Tf" => {
                    if let [Object::Name(name), size] = operands.as_slice() {
                        state.font = self.fonts.get(self.file, resources, name);
                        state.size = size.number().unwrap_or(0.0);
                    }
                }
                word => {
                    if let Some(sketch) = &mut self.sketch {
                        sketch.follow(word, &operands, state.page, &mut state.ink);
                        state.ink.look_up(self.file, resources, word, &operands);
                    }
                    if !self.drawn(word, &operands, &mut path, state.page) {
                        self.text(word, &operands, &mut state, &mut pen);
                    }
                }
            }
            operands.clear();
        }
    }

    /// Instructions about lines; says whether it was one. Curves are no ruled lines.
    fn drawn(&mut self, word: &[u8], operands: &[Object], path: &mut Path, page: Matrix) -> bool {
        let number = |index: usize| operands.get(index).and_then(Object::number).unwrap_or(0.0);
        match word {
            b"m" => path.begin(page.place(number(0), number(1))),
            b"l" => path.line(page.place(number(0), number(1))),
            b"h" => path.close(),
            b"re" => {
                let (x, y, width, height) = (number(0), number(1), number(2), number(3));
                path.begin(page.place(x, y));
                path.line(page.place(x + width, y));
                path.line(page.place(x + width, y + height));
                path.line(page.place(x, y + height));
                path.close();
            }
            b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" => {
                if matches!(word, b"s" | b"b" | b"b*") {
                    path.close();
                }
                for (from, to) in std::mem::take(path).strokes {
                    self.rule(from, to);
                }
            }
            b"f" | b"F" | b"f*" => {
                for (low, high) in std::mem::take(path).boxes {
                    self.rule(low, high);
                }
            }
            b"n" => *path = Path::default(),
            _ => return false,
        }
        true
    }

    /// Keeps a line that lies or stands.
    fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        let (x, y) = (from.0.min(to.0), from.1.min(to.1));
        let (width, height) = ((from.0 - to.0).abs(), (from.1 - to.1).abs());
        let is_line = width.min(height) <= THICKEST && width.max(height) >= SHORTEST;
        if is_line
            && [x, y, width, height].iter().all(|number| number.is_finite())
            && self.shown.rules.len() < MOST_RULES
        {
            self.shown.rules.push(Rule { x, y, width, height });
        }
    }

    /// Instructions about text.
    fn text(&mut self, word: &[u8], operands: &[Object], state: &mut State, pen: &mut Pen) {
        let number = |index: usize| operands.get(index).and_then(Object::number).unwrap_or(0.0);
        match word {
            b"BT" => *pen = Pen { text: Matrix::SAME, line: Matrix::SAME },
            b"Tc" => state.character_gap = number(0),
            b"Tw" => state.word_gap = number(0),
            b"Tz" => state.stretch = number(0) / 100.0,
            b"TL" => state.leading = number(0),
            b"Ts" => state.rise = number(0),
            b"Td" => move_line(pen, number(0), number(1)),
            b"TD" => {
                state.leading = -number(1);
                move_line(pen, number(0), number(1));
            }
            b"Tm" => {
                if let Some(matrix) = matrix(operands) {
                    *pen = Pen { text: matrix, line: matrix };
                }
            }
            b"T*" => move_line(pen, 0.0, -state.leading),
            b"Tj" => self.put_first(operands, state, pen),
            b"'" => {
                move_line(pen, 0.0, -state.leading);
                self.put_first(operands, state, pen);
            }
            b"\"" => {
                state.word_gap = number(0);
                state.character_gap = number(1);
                move_line(pen, 0.0, -state.leading);
                self.put_first(operands.get(2..).unwrap_or_default(), state, pen);
            }
            b"TJ" => {
                for part in operands.first().and_then(Object::array).unwrap_or_default() {
                    match part {
                        Object::Text(bytes) => self.put(bytes, state, pen),
                        Object::Number(back) => {
                            let shift = -back / 1000.0 * state.size * state.stretch;
                            pen.text = Matrix::shift(shift, 0.0).then(pen.text);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn put_first(&mut self, operands: &[Object], state: &State, pen: &mut Pen) {
        if let Some(Object::Text(bytes)) = operands.first() {
            self.put(bytes, state, pen);
        }
    }

    /// Shows a text and moves the pen behind it.
    fn put(&mut self, bytes: &[u8], state: &State, pen: &mut Pen) {
        let Some(font) = &state.font else {
            self.shown.unknown |= !bytes.is_empty();
            return;
        };
        if self.sketch.is_some() && state.ink.is_unpainted() {
            return;
        }
        let place = |pen: &Pen| Matrix::shift(0.0, state.rise).then(pen.text).then(state.page).0;
        let start = place(pen);
        let mut text = String::new();
        for glyph in font.glyphs(bytes) {
            self.characters += 1;
            match glyph.text {
                Some(words) => text.push_str(&words),
                None => self.shown.unknown = true,
            }
            let gap = state.character_gap + if glyph.is_blank { state.word_gap } else { 0.0 };
            let advance = (glyph.width / 1000.0 * state.size + gap) * state.stretch;
            pen.text = Matrix::shift(advance, 0.0).then(pen.text);
        }
        let end = place(pen);
        let size = (state.size * start[3]).abs().max((state.size * start[1]).abs());
        let sound = [start[4], start[5], end[4], size].iter().all(|number| number.is_finite());
        if let Some(sketch) = &mut self.sketch
            && !text.trim().is_empty()
        {
            sketch.words(&text, [start[0], start[1], start[2], start[3]], sound);
        }
        if sound && !text.is_empty() && size > 0.0 {
            self.shown.runs.push(Run { x: start[4], end: end[4].max(start[4]), y: start[5], size, text });
        }
    }

    /// A picture, or a form with instructions of its own.
    fn thing(&mut self, resources: &Dict, name: &[u8], state: &State, depth: usize) {
        let Some(Object::Dict(things)) = self.file.value(resources, "XObject") else { return };
        let entry = things.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        let Some(Object::Reference(number)) = entry else { return };
        let Some(Object::Dict(dict)) = self.file.object(number) else { return };
        if dict.get("Subtype").and_then(Object::name) != Some(b"Form") {
            self.shown.pictures = self.shown.pictures.saturating_add(1);
            if let Some(sketch) = &mut self.sketch {
                sketch.picture(Some(number), state.page);
            }
            return;
        }
        if depth >= FORM_DEPTH {
            self.shown.unknown = true;
            return;
        }
        let Some((_, bytes)) = self.file.stream(number) else { return };
        let own = match self.file.value(&dict, "Resources") {
            Some(Object::Dict(own)) => own,
            _ => resources.clone(),
        };
        let mut state = state.clone();
        if let Some(matrix) = dict.get("Matrix").and_then(Object::array).and_then(matrix) {
            state.page = matrix.then(state.page);
        }
        self.play(&bytes, &own, state, depth + 1);
    }
}

fn move_line(pen: &mut Pen, x: f64, y: f64) {
    pen.line = Matrix::shift(x, y).then(pen.line);
    pen.text = pen.line;
}

fn matrix(operands: &[Object]) -> Option<Matrix> {
    let mut numbers = [0.0; 6];
    for (index, number) in numbers.iter_mut().enumerate() {
        *number = operands.get(index)?.number()?;
    }
    Some(Matrix(numbers))
}

/// Passes over a picture that stands among the instructions.
fn skip_picture(lexer: &mut Lexer<'_>, bytes: &[u8]) {
    while let Some(token) = lexer.next() {
        if token == Token::Word(b"ID".to_vec()) {
            break;
        }
    }
    let rest = bytes.get(lexer.at..).unwrap_or_default();
    let end = rest
        .windows(4)
        .position(|four| four[0].is_ascii_whitespace() && &four[1..3] == b"EI" && four[3].is_ascii_whitespace());
    lexer.at += end.map_or(rest.len(), |end| end + 3);
}
