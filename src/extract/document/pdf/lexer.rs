//! Objects of a PDF from bytes: numbers, names, texts, lists, dictionaries, references; and the words between them.
//!
//! Comes in: bytes and a place. Goes out: tokens. Must never know: what they mean.

/// Lists in lists in dictionaries; real files stay below 20.
const DEPTH: usize = 40;

/// An object.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    /// Nothing, or a truth value, of which none matters here.
    Null,
    /// A number.
    Number(f64),
    /// A name without its slash.
    Name(Vec<u8>),
    /// A text: bytes in an encoding that only its user knows.
    Text(Vec<u8>),
    /// A list.
    Array(Vec<Object>),
    /// A dictionary.
    Dict(Dict),
    /// Another object by its number.
    Reference(u32),
}

/// A dictionary, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dict(Vec<(Vec<u8>, Object)>);

impl Dict {
    /// A value by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Object> {
        self.0.iter().find(|(key, _)| key == name.as_bytes()).map(|(_, value)| value)
    }

    /// All values with their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &Object)> {
        self.0.iter().map(|(name, value)| (name.as_slice(), value))
    }
}

impl Object {
    /// A number.
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// A number that is a place, length or count.
    pub(super) fn count(&self) -> Option<usize> {
        let number = self.number()?;
        // Checked: a count beyond 2^32 is of no use here.
        ((0.0..4_294_967_296.0).contains(&number)).then(|| format!("{number:.0}").parse().ok()).flatten()
    }

    /// A name.
    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// A list.
    pub(super) fn array(&self) -> Option<&[Object]> {
        if let Self::Array(list) = self { Some(list) } else { None }
    }

    /// A dictionary.
    pub(super) fn dict(&self) -> Option<&Dict> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }
}

/// What stands next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// An object.
    Object(Object),
    /// A word that is none: `obj`, `stream`, `Tj`.
    Word(Vec<u8>),
}

/// Reads tokens from a place on.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    /// The place.
    pub(super) at: usize,
    /// Tokens read so far.
    pub(super) tokens: usize,
}

impl<'a> Lexer<'a> {
    /// From a place on.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, tokens: 0 }
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Token> {
        self.token(0)
    }

    /// The next object; a word in its place is nothing.
    pub(super) fn object(&mut self) -> Option<Object> {
        match self.next()? {
            Token::Object(object) => Some(object),
            Token::Word(_) => Some(Object::Null),
        }
    }

    fn token(&mut self, depth: usize) -> Option<Token> {
        self.skip_blanks();
        self.tokens += 1;
        let byte = *self.bytes.get(self.at)?;
        let object = match byte {
            b'/' => Object::Name(self.name()),
            b'(' => Object::Text(self.literal()),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                self.dict(depth)
            }
            b'<' => Object::Text(self.hexadecimal()),
            b'[' => {
                self.at += 1;
                Object::Array(self.list(depth, b"]"))
            }
            b']' | b'}' | b'{' | b')' => {
                self.at += 1;
                return Some(Token::Word(vec![byte]));
            }
            b'>' => {
                self.at += if self.bytes.get(self.at + 1) == Some(&b'>') { 2 } else { 1 };
                return Some(Token::Word(b">>".to_vec()));
            }
            _ => return Some(self.word()),
        };
        Some(Token::Object(object))
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'%' => {
                    while self.bytes.get(self.at).is_some_and(|byte| !matches!(byte, b'\r' | b'\n')) {
                        self.at += 1;
                    }
                }
                byte if is_blank(*byte) => self.at += 1,
                _ => return,
            }
        }
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| !is_blank(*byte) && !is_delimiter(*byte)) {
            self.at += 1;
        }
        let word = &self.bytes[start..self.at];
        match word {
            b"null" | b"true" | b"false" => return Token::Object(Object::Null),
            _ => {}
        }
        let is_number = word.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'));
        let number = std::str::from_utf8(word).ok().filter(|_| is_number).and_then(|text| {
            // Some programs write `--5` and `1.2.3`: what can be understood of it counts.
            text.parse::<f64>().ok().or_else(|| text.trim_start_matches('-').parse().ok())
        });
        number.map_or_else(|| Token::Word(word.to_vec()), |number| Token::Object(Object::Number(number)))
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.bytes.get(self.at).filter(|byte| !is_blank(**byte) && !is_delimiter(**byte)) {
            let hex = self.bytes.get(self.at + 1..self.at + 3).filter(|_| *byte == b'#').and_then(hex_pair);
            name.push(hex.unwrap_or(*byte));
            self.at += if hex.is_some() { 3 } else { 1 };
        }
        name
    }

    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut text = Vec::new();
        let mut depth = 1;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.bytes.get(self.at).copied() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => self.at += usize::from(self.bytes.get(self.at) == Some(&b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit) = self.bytes.get(self.at).filter(|byte| matches!(byte, b'0'..=b'7')) else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                text.push(u8::try_from(value & 0xff).unwrap_or(0));
            }
            byte => text.push(byte),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            if byte.is_ascii_hexdigit() {
                digits.push(byte);
            }
        }
        if digits.len() % 2 == 1 {
            digits.push(b'0');
        }
        digits.chunks_exact(2).filter_map(hex_pair).collect()
    }

    fn list(&mut self, depth: usize, end: &[u8]) -> Vec<Object> {
        let mut list = Vec::new();
        if depth >= DEPTH {
            return list;
        }
        loop {
            match self.token(depth + 1) {
                Some(Token::Object(object)) => list.push(object),
                Some(Token::Word(word)) if word == end => break,
                Some(Token::Word(word)) if word == b"R" => {
                    list.pop();
                    let number = list.pop().and_then(|number| number.count()).and_then(|n| u32::try_from(n).ok());
                    list.push(number.map_or(Object::Null, Object::Reference));
                }
                // A list that is not closed ends with its object.
                Some(Token::Word(word)) if word == b"endobj" || word == b"stream" => {
                    self.at -= word.len();
                    break;
                }
                Some(Token::Word(_)) => {}
                None => break,
            }
        }
        list
    }

    fn dict(&mut self, depth: usize) -> Object {
        let mut pairs = Vec::new();
        let mut name = None;
        for object in self.list(depth, b">>") {
            name = match (name.take(), object) {
                (None, Object::Name(name)) => Some(name),
                (None, _) => None,
                (Some(name), value) => {
                    pairs.push((name, value));
                    None
                }
            };
        }
        Object::Dict(Dict(pairs))
    }
}

fn hex_pair(pair: &[u8]) -> Option<u8> {
    std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())
}

/// White space of a PDF.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}
