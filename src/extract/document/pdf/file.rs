//! A PDF's objects by number, found by scanning the bytes: the table of places is not trusted.
//!
//! Comes in: bytes. Goes out: objects, unpacked streams, pages with what they inherit. Must never know: text.

use std::collections::{BTreeMap, BTreeSet};

use super::super::limits;
use super::lexer::{Dict, Lexer, Object, Token, is_blank};
use super::matrix::Matrix;
use super::stream::{self, Budget};

/// Work that one file is worth: bytes passed over, more for tokens and instructions; what is read again counts again.
const WORK: usize = 128 * 1024 * 1024;

/// A reference after its name is no longer than this.
const REFERENCE: usize = 64;

/// Objects that are found.
const OBJECTS: usize = 200_000;

/// Objects that hold objects.
const HOLDERS: usize = 2_000;

/// Where an object begins.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// In the file.
    File(usize),
    /// In an unpacked stream of objects: its index, and the place in it.
    Holder(usize, usize),
}

/// A PDF.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    places: BTreeMap<u32, Place>,
    holders: Vec<Vec<u8>>,
    budget: Budget,
    work: usize,
    root: Option<u32>,
    encrypted: bool,
    cut: bool,
}

/// The paper of a page: the part that is shown, and how it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sheet {
    left: f64,
    bottom: f64,
    across: f64,
    up: f64,
    /// Quarter turns, clockwise.
    turns: u8,
}

/// A4.
const PAPER: Sheet = Sheet { left: 0.0, bottom: 0.0, across: 595.0, up: 842.0, turns: 0 };

impl Sheet {
    /// Width and height as a reader sees it.
    pub(super) fn size(&self) -> (f64, f64) {
        if self.turns.is_multiple_of(2) { (self.across, self.up) } else { (self.up, self.across) }
    }

    /// Brings the page upright into the corner.
    pub(super) fn view(&self) -> Matrix {
        let turned = match self.turns {
            1 => Matrix([0.0, -1.0, 1.0, 0.0, 0.0, self.across]),
            2 => Matrix([-1.0, 0.0, 0.0, -1.0, self.across, self.up]),
            3 => Matrix([0.0, 1.0, -1.0, 0.0, self.up, 0.0]),
            _ => Matrix::SAME,
        };
        Matrix::shift(-self.left, -self.bottom).then(turned)
    }
}

/// A page with what it inherits.
pub(super) struct Page {
    /// Fonts and other things by name.
    pub(super) resources: Dict,
    /// Streams of instructions, by number.
    pub(super) contents: Vec<u32>,
    /// Its paper.
    pub(super) sheet: Sheet,
    /// Notes, stamps and ink drawn over it, of which nothing is read.
    pub(super) drawn_over: u32,
}

impl<'a> File<'a> {
    /// Finds the objects.
    pub(super) fn open(bytes: &'a [u8]) -> Self {
        let mut file = Self {
            bytes,
            places: BTreeMap::new(),
            holders: Vec::new(),
            budget: Budget::new(bytes.len()),
            work: 0,
            root: None,
            encrypted: false,
            cut: false,
        };
        file.scan();
        file.root = last_reference(bytes, b"/Root");
        file.encrypted = last_reference(bytes, b"/Encrypt").is_some() || has_direct_encryption(bytes);
        if !file.encrypted {
            file.open_holders();
        }
        file
    }

    /// Whether its streams cannot be read without decryption.
    pub(super) fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Counts work; says whether there is any left.
    pub(super) fn spend(&mut self, work: usize) -> bool {
        self.work = self.work.saturating_add(work);
        self.cut |= self.work > WORK;
        self.work <= WORK
    }

    /// Whether something was left out.
    pub(super) fn is_cut(&self) -> bool {
        self.cut || self.budget.cut
    }

    /// Every `12 0 obj`; of several with one number the last counts.
    fn scan(&mut self) {
        let mut from = 0;
        while let Some(found) = find(&self.bytes[from..], b"obj") {
            let at = from + found;
            from = at + 3;
            if let Some(number) = number_before(&self.bytes[..at]) {
                if self.places.len() >= OBJECTS && !self.places.contains_key(&number) {
                    self.cut = true;
                    return;
                }
                self.places.insert(number, Place::File(at + 3));
            }
        }
    }

    /// Unpacks the streams that hold objects.
    fn open_holders(&mut self) {
        let mut starts: Vec<(usize, u32)> = self
            .places
            .iter()
            .filter_map(|(number, place)| match place {
                Place::File(at) => Some((*at, *number)),
                Place::Holder(..) => None,
            })
            .collect();
        starts.sort_unstable();
        let mut found = BTreeSet::new();
        let mut from = 0;
        while let Some(at) = find(&self.bytes[from..], b"/ObjStm").map(|found| from + found) {
            from = at + 7;
            let index = starts.partition_point(|(start, _)| *start <= at);
            found.extend(index.checked_sub(1).map(|index| starts[index]));
        }
        self.cut |= found.len() > HOLDERS;
        for (at, number) in found.into_iter().take(HOLDERS) {
            let Some((dict, bytes)) = self.stream(number) else { continue };
            let count = dict.get("N").and_then(Object::count).unwrap_or(0);
            let first = dict.get("First").and_then(Object::count).unwrap_or(0);
            let mut lexer = Lexer::new(&bytes, 0);
            let mut inside = Vec::new();
            for _ in 0..count.min(OBJECTS) {
                let (Some(Token::Object(number)), Some(Token::Object(offset))) = (lexer.next(), lexer.next()) else {
                    break;
                };
                if let (Some(number), Some(offset)) = (number.count(), offset.count()) {
                    inside.push((number, first.saturating_add(offset)));
                }
            }
            self.work += lexer.tokens * 8;
            let holder = self.holders.len();
            self.holders.push(bytes);
            for (number, offset) in inside {
                let Ok(number) = u32::try_from(number) else { continue };
                // An object that the file defines again further on is newer.
                let newer = matches!(self.places.get(&number), Some(Place::File(other)) if *other > at);
                if !newer && self.places.len() < OBJECTS {
                    self.places.insert(number, Place::Holder(holder, offset));
                }
            }
        }
    }

    /// An object by number, and the place behind it if it stands in the file.
    fn read(&mut self, number: u32) -> Option<(Object, usize)> {
        if self.work > WORK {
            self.cut = true;
            return None;
        }
        let (bytes, at): (&[u8], usize) = match self.places.get(&number)? {
            Place::File(at) => (self.bytes, *at),
            Place::Holder(holder, at) => (self.holders.get(*holder)?, *at),
        };
        let mut lexer = Lexer::new(bytes, at);
        let object = lexer.object();
        self.work += lexer.tokens * 8 + lexer.at.saturating_sub(at);
        Some((object?, lexer.at))
    }

    /// An object by number.
    pub(super) fn object(&mut self, number: u32) -> Option<Object> {
        self.read(number).map(|(object, _)| object)
    }

    /// What an object is, references followed.
    pub(super) fn resolved(&mut self, object: &Object) -> Option<Object> {
        let mut object = object.clone();
        for _ in 0..16 {
            match object {
                Object::Reference(number) => object = self.object(number)?,
                other => return Some(other),
            }
        }
        None
    }

    /// A value of a dictionary, references followed.
    pub(super) fn value(&mut self, dict: &Dict, name: &str) -> Option<Object> {
        let value = dict.get(name)?.clone();
        self.resolved(&value)
    }

    /// A stream: its dictionary and its bytes, unpacked.
    pub(super) fn stream(&mut self, number: u32) -> Option<(Dict, Vec<u8>)> {
        let (dict, bytes, left) = self.unpacked(number)?;
        self.cut |= !left.is_empty();
        left.is_empty().then_some((dict, bytes))
    }

    /// A stream unpacked as far as its filters are known, and the names of those that are left.
    pub(super) fn unpacked(&mut self, number: u32) -> Option<(Dict, Vec<u8>, Vec<Vec<u8>>)> {
        let (Object::Dict(dict), at) = self.read(number)? else { return None };
        let Some(Place::File(_)) = self.places.get(&number) else { return None };
        let raw = self.raw_stream(&dict, at)?;
        let filters = match self.value(&dict, "Filter").or_else(|| dict.get("F").cloned()) {
            Some(Object::Name(name)) => vec![name],
            Some(Object::Array(list)) => list.iter().filter_map(|name| name.name().map(<[u8]>::to_vec)).collect(),
            _ => Vec::new(),
        };
        let mut bytes = raw.to_vec();
        self.spend(bytes.len());
        let known = filters.iter().take(4).take_while(|filter| stream::is_known(filter)).count();
        for filter in filters.iter().take(known) {
            let Some(plain) = self.budget.undo(filter, &bytes) else {
                self.cut = true;
                return None;
            };
            bytes = plain;
        }
        Some((dict, bytes, filters.into_iter().skip(known).collect()))
    }

    fn raw_stream(&mut self, dict: &Dict, at: usize) -> Option<&'a [u8]> {
        let bytes = self.bytes;
        let word = at + find(bytes.get(at..(at + 64).min(bytes.len()))?, b"stream")?;
        let mut start = word + 6;
        start += usize::from(bytes.get(start) == Some(&b'\r'));
        start += usize::from(bytes.get(start) == Some(&b'\n'));
        let length = self.value(dict, "Length").and_then(|length| length.count());
        if let Some(end) = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= bytes.len()) {
            let after = &bytes[end..(end + 16).min(bytes.len())];
            if find(after, b"endstream").is_some_and(|gap| after[..gap].iter().all(|byte| is_blank(*byte))) {
                return Some(&bytes[start..end]);
            }
        }
        let rest = bytes.get(start..)?;
        let end = find(rest, b"endstream");
        self.work += end.unwrap_or(rest.len());
        self.cut |= end.is_none();
        Some(&rest[..end.unwrap_or(rest.len())])
    }

    /// The pages in order.
    pub(super) fn pages(&mut self) -> Vec<Page> {
        let mut pages = Vec::new();
        let tree = self.root.and_then(|root| self.object(root)).and_then(|root| root.dict()?.get("Pages").cloned());
        if let Some(Object::Reference(number)) = tree {
            self.branch(number, &mut pages);
        }
        if pages.is_empty() {
            // Without a tree every page counts, in the order of their numbers.
            let numbers: Vec<u32> = self.places.keys().copied().collect();
            for number in numbers {
                let Some(Object::Dict(dict)) = self.object(number) else { continue };
                if dict.get("Type").and_then(Object::name) == Some(b"Page") && pages.len() <= limits::PAGES {
                    let sheet = self.sheet(&dict, PAPER);
                    let page = self.page(&dict, (&Dict::default(), sheet));
                    pages.push(page);
                }
            }
        }
        pages
    }

    /// Walks the tree of pages with a stack of its own; every branch is entered once.
    fn branch(&mut self, top: u32, pages: &mut Vec<Page>) {
        let mut seen = BTreeSet::new();
        let mut open = vec![(top, Dict::default(), PAPER)];
        while let Some((number, inherited, sheet)) = open.pop() {
            if pages.len() > limits::PAGES || seen.len() > limits::PAGES * 4 || !seen.insert(number) {
                continue;
            }
            let Some(Object::Dict(dict)) = self.object(number) else { continue };
            let own = match self.value(&dict, "Resources") {
                Some(Object::Dict(own)) => own,
                _ => inherited,
            };
            let sheet = self.sheet(&dict, sheet);
            match self.value(&dict, "Kids") {
                Some(Object::Array(kids)) => {
                    let kids = references(&kids);
                    open.extend(kids.into_iter().take(limits::PAGES * 2).rev().map(|kid| (kid, own.clone(), sheet)));
                }
                _ => pages.push(self.page(&dict, (&own, sheet))),
            }
        }
    }

    /// The paper that a page or a branch of pages says, else the inherited one.
    fn sheet(&mut self, dict: &Dict, mut sheet: Sheet) -> Sheet {
        for name in ["MediaBox", "CropBox"] {
            let Some(Object::Array(list)) = self.value(dict, name) else { continue };
            let numbers: Vec<f64> = list.iter().filter_map(Object::number).collect();
            let [a, b, c, d] = *numbers.as_slice() else { continue };
            let (across, up) = ((c - a).abs(), (d - b).abs());
            // The part that is shown is no larger than the paper that inherits it.
            if [a, b, c, d].iter().all(|number| number.abs() < 1e5) && across >= 1.0 && up >= 1.0 {
                sheet = Sheet { left: a.min(c), bottom: b.min(d), across, up, ..sheet };
            }
        }
        if let Some(turn) = self.value(dict, "Rotate").and_then(|turn| turn.number()) {
            let turns = [0_u8, 1, 2, 3];
            sheet.turns = turns
                .into_iter()
                .find(|turns| (turn / 90.0 - f64::from(*turns)).rem_euclid(4.0).abs() < 0.01)
                .unwrap_or(0);
        }
        sheet
    }

    fn page(&mut self, dict: &Dict, (inherited, sheet): (&Dict, Sheet)) -> Page {
        let resources = match self.value(dict, "Resources") {
            Some(Object::Dict(own)) => own,
            _ => inherited.clone(),
        };
        let contents = match dict.get("Contents") {
            Some(Object::Reference(number)) => match self.object(*number) {
                Some(Object::Array(list)) => references(&list),
                _ => vec![*number],
            },
            Some(Object::Array(list)) => references(list),
            _ => Vec::new(),
        };
        Page { resources, contents, sheet, drawn_over: self.drawn_over(dict) }
    }

    /// Notes on a page that are neither links nor form fields.
    fn drawn_over(&mut self, page: &Dict) -> u32 {
        let Some(Object::Array(notes)) = self.value(page, "Annots") else { return 0 };
        let mut count = 0;
        for note in notes.iter().take(limits::PAGES) {
            if let Some(Object::Dict(note)) = self.resolved(note) {
                let kind = note.get("Subtype").and_then(Object::name);
                count += u32::from(!matches!(kind, None | Some(b"Link" | b"Widget" | b"Popup")));
            }
        }
        count
    }

    /// What is written into the fields of a form.
    pub(super) fn form_values(&mut self) -> Vec<String> {
        let form = self.root.and_then(|root| self.object(root)).and_then(|root| root.dict().cloned());
        let form = form.and_then(|root| self.value(&root, "AcroForm"));
        let Some(Object::Dict(form)) = form else { return Vec::new() };
        let mut open = match self.value(&form, "Fields") {
            Some(Object::Array(list)) => references(&list),
            _ => return Vec::new(),
        };
        let mut seen = BTreeSet::new();
        let mut values = Vec::new();
        while let Some(number) = open.pop() {
            if !seen.insert(number) || seen.len() > limits::BLOCKS {
                continue;
            }
            let Some(Object::Dict(field)) = self.object(number) else { continue };
            match self.value(&field, "V") {
                Some(Object::Text(text)) => values.push(document_text(&text)),
                Some(Object::Name(name)) if name != b"Off" => values.push("√".to_owned()),
                _ => {}
            }
            if let Some(Object::Array(kids)) = self.value(&field, "Kids") {
                open.extend(references(&kids));
            }
        }
        values.reverse();
        values
    }
}

fn references(list: &[Object]) -> Vec<u32> {
    list.iter().filter_map(|object| if let Object::Reference(number) = object { Some(*number) } else { None }).collect()
}

/// A text outside of pages: UTF-16 with its mark, else one byte a character.
fn document_text(bytes: &[u8]) -> String {
    match bytes.strip_prefix(b"\xfe\xff") {
        Some(wide) => encoding_rs::UTF_16BE.decode_without_bom_handling(wide).0.into_owned(),
        None => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// The number in `12 0 ` before a place.
fn number_before(bytes: &[u8]) -> Option<u32> {
    let blank = |bytes: &[u8]| bytes.iter().rev().take(REFERENCE).take_while(|byte| is_blank(**byte)).count();
    let digits = |bytes: &[u8]| bytes.iter().rev().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let bytes = &bytes[..bytes.len() - blank(bytes)];
    let generation = digits(bytes);
    let bytes = &bytes[..bytes.len() - generation];
    let gap = blank(bytes);
    let bytes = &bytes[..bytes.len() - gap];
    let length = digits(bytes);
    if generation == 0 || gap == 0 || length == 0 {
        return None;
    }
    std::str::from_utf8(&bytes[bytes.len() - length..]).ok()?.parse().ok()
}

/// The number in the last `/Name 12 0 R`.
fn last_reference(bytes: &[u8], name: &[u8]) -> Option<u32> {
    let mut found = None;
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], name).map(|found| from + found) {
        from = at + name.len();
        if !bytes.get(from).is_some_and(|byte| is_blank(*byte)) {
            continue;
        }
        let mut lexer = Lexer::new(&bytes[from..(from + REFERENCE).min(bytes.len())], 0);
        if let (Some(Token::Object(number)), Some(Token::Object(_)), Some(Token::Word(word))) =
            (lexer.next(), lexer.next(), lexer.next())
            && word == b"R"
        {
            found = number.count().and_then(|number| u32::try_from(number).ok()).or(found);
        }
    }
    found
}

/// A trailer that holds the whole dictionary of encryption.
fn has_direct_encryption(bytes: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], b"/Encrypt").map(|found| from + found) {
        from = at + 8;
        let rest = &bytes[from..];
        let blanks = rest.iter().take(16).take_while(|byte| is_blank(**byte)).count();
        if rest[blanks..].starts_with(b"<<") {
            return true;
        }
    }
    false
}

/// The first place of a word.
pub(super) fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    crate::extract::file::find(bytes, word)
}
