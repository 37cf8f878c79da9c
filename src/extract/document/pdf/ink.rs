//! How a page paints: colours, widths, dashes, and whether words are painted at all.
//!
//! Comes in: instructions. Goes out: the ink of the moment. Colours need not be exact, but dark has to stay dark.

use super::file::File;
use super::lexer::{Dict, Object};

/// A colour: red, green, blue.
pub(super) type Colour = [u8; 3];

/// What a pattern paints: most are pale.
const PATTERN: Colour = [232, 232, 232];

/// The ink of the moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ink {
    /// Colour of fillings.
    pub(super) fill: Colour,
    /// Colour of lines.
    pub(super) stroke: Colour,
    /// How much fillings hide, 0 to 1.
    pub(super) fill_strength: f64,
    /// How much lines hide, 0 to 1.
    pub(super) stroke_strength: f64,
    /// Width of lines.
    pub(super) width: f64,
    /// Whether lines are dashed.
    pub(super) dashed: bool,
    /// How words are painted.
    words: u8,
    /// One number is the share of a colour (Separation): fillings, lines.
    share: [bool; 2],
}

impl Default for Ink {
    fn default() -> Self {
        Self {
            fill: [0; 3],
            stroke: [0; 3],
            fill_strength: 1.0,
            stroke_strength: 1.0,
            width: 1.0,
            dashed: false,
            words: 0,
            share: [false; 2],
        }
    }
}

impl Ink {
    /// Whether words are shown without being painted: a layer of recognised words below a scan.
    pub(super) fn is_unpainted(&self) -> bool {
        matches!(self.words, 3 | 7)
    }

    /// Follows an instruction about ink; others are nothing to it.
    pub(super) fn follow(&mut self, word: &[u8], operands: &[Object]) {
        let numbers: Vec<f64> = operands.iter().filter_map(Object::number).collect();
        let first = numbers.first().copied();
        match word {
            b"g" | b"rg" | b"k" => (self.fill, self.share[0]) = (colour(&numbers, false), false),
            b"G" | b"RG" | b"K" => (self.stroke, self.share[1]) = (colour(&numbers, false), false),
            b"sc" | b"scn" => self.fill = if numbers.is_empty() { PATTERN } else { colour(&numbers, self.share[0]) },
            b"SC" | b"SCN" => self.stroke = if numbers.is_empty() { PATTERN } else { colour(&numbers, self.share[1]) },
            b"w" => self.width = first.unwrap_or(1.0).abs(),
            b"d" => {
                let dashes = operands.first().and_then(Object::array).unwrap_or_default();
                self.dashed = dashes.iter().any(|dash| dash.number().is_some_and(|length| length > 0.0));
            }
            // Checked: a mode is one digit.
            b"Tr" => {
                let is_near = |known: &u8, mode: f64| (f64::from(*known) - mode).abs() < 0.5;
                self.words = first.and_then(|mode| (0..8).find(|known| is_near(known, mode))).unwrap_or(0);
            }
            _ => {}
        }
    }

    /// Follows an instruction that names something among the page's resources.
    pub(super) fn look_up(&mut self, file: &mut File<'_>, resources: &Dict, word: &[u8], operands: &[Object]) {
        let Some(Object::Name(name)) = operands.first() else { return };
        let side = match word {
            b"gs" => return self.state(file, resources, name),
            b"cs" => 0,
            b"CS" => 1,
            _ => return,
        };
        let space = named(file, resources, "ColorSpace", name);
        let kind = space.as_ref().and_then(Object::array).and_then(|list| list.first()).and_then(Object::name);
        self.share[side] = matches!(kind, Some(b"Separation" | b"DeviceN"));
        *(if side == 0 { &mut self.fill } else { &mut self.stroke }) = [0; 3];
    }

    fn state(&mut self, file: &mut File<'_>, resources: &Dict, name: &[u8]) {
        let Some(Object::Dict(state)) = named(file, resources, "ExtGState", name) else { return };
        let mut number = |key: &str| file.value(&state, key).and_then(|value| value.number());
        let strength = |value: f64| value.clamp(0.0, 1.0);
        self.fill_strength = number("ca").map_or(self.fill_strength, strength);
        self.stroke_strength = number("CA").map_or(self.stroke_strength, strength);
        self.width = number("LW").map_or(self.width, f64::abs);
    }
}

/// Something among a page's resources.
fn named(file: &mut File<'_>, resources: &Dict, kind: &str, name: &[u8]) -> Option<Object> {
    let Some(Object::Dict(things)) = file.value(resources, kind) else { return None };
    let entry = things.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())?;
    file.resolved(&entry)
}

/// One number is grey or the share of a colour, three are red, green and blue, four the colours of print.
fn colour(numbers: &[f64], is_share: bool) -> Colour {
    match *numbers {
        [share] if is_share => [byte(1.0 - share); 3],
        [gray] => [byte(gray); 3],
        [red, green, blue] => [byte(red), byte(green), byte(blue)],
        [cyan, magenta, yellow, black] => {
            [cyan, magenta, yellow].map(|part| byte(1.0 - (part + black).clamp(0.0, 1.0)))
        }
        _ => [0; 3],
    }
}

/// The nearest of 256 steps.
fn byte(part: f64) -> u8 {
    let part = part.clamp(0.0, 1.0) * 255.0;
    (0..=255).min_by(|a, b| (f64::from(*a) - part).abs().total_cmp(&(f64::from(*b) - part).abs())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(word: &[u8], numbers: &[f64]) -> Ink {
        let mut ink = Ink::default();
        let operands: Vec<Object> = numbers.iter().map(|number| Object::Number(*number)).collect();
        ink.follow(word, &operands);
        ink
    }

    #[test]
    fn colours_of_every_space_come_out_as_light_and_dark() {
        assert_eq!(after(b"g", &[1.0]).fill, [255; 3]);
        assert_eq!(after(b"RG", &[1.0, 0.0, 0.5]).stroke, [255, 0, 127]);
        assert_eq!(after(b"k", &[0.0, 0.0, 0.0, 1.0]).fill, [0; 3]);
        assert_eq!(after(b"k", &[0.0, 0.0, 0.0, 0.0]).fill, [255; 3]);
        assert_eq!(after(b"sc", &[f64::NAN]).fill, [0; 3]);
        let mut share = Ink { share: [true, false], ..Ink::default() };
        share.follow(b"scn", &[Object::Number(1.0)]);
        assert_eq!(share.fill, [0; 3], "a full share of a colour is dark");
    }

    #[test]
    fn words_that_are_not_painted_are_known() {
        assert!(after(b"Tr", &[3.0]).is_unpainted() && !after(b"Tr", &[0.0]).is_unpainted());
        assert!(!after(b"Tr", &[1e300]).is_unpainted());
    }
}
