//! What codes stand for: the `ToUnicode` tables that fonts carry.
//!
//! Comes in: an unpacked table. Goes out: characters by code, and how many bytes codes have.

use std::collections::BTreeMap;

use super::lexer::{Lexer, Object, Token};

/// Entries of a table; the largest Chinese fonts have about 30,000 glyphs.
const ENTRIES: usize = 100_000;

/// Tokens of a table.
const TOKENS: usize = 1_000_000;

/// A table of characters.
#[derive(Debug, Clone, Default)]
pub(super) struct CMap {
    /// Ranges of codes with their length in bytes.
    spaces: Vec<(usize, u32, u32)>,
    characters: BTreeMap<u32, String>,
    /// Ranges of codes that follow each other as their characters do.
    ranges: Vec<(u32, u32, u32)>,
}

impl CMap {
    /// Reads a table.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut map = Self::default();
        let mut lexer = Lexer::new(bytes, 0);
        let mut objects: Vec<Object> = Vec::new();
        while let Some(token) = lexer.next() {
            if lexer.tokens > TOKENS {
                break;
            }
            match token {
                Token::Object(object) => objects.push(object),
                Token::Word(word) => {
                    match word.as_slice() {
                        b"endcodespacerange" => map.add_spaces(&objects),
                        b"endbfchar" => map.add_characters(&objects),
                        b"endbfrange" => map.add_ranges(&objects),
                        _ => {}
                    }
                    objects.clear();
                }
            }
        }
        map.ranges.sort_unstable();
        map
    }

    fn add_spaces(&mut self, objects: &[Object]) {
        for pair in objects.chunks_exact(2).take(64) {
            if let [Object::Text(low), Object::Text(high)] = pair
                && (1..=4).contains(&low.len())
            {
                self.spaces.push((low.len(), code(low), code(high)));
            }
        }
    }

    fn add_characters(&mut self, objects: &[Object]) {
        for pair in objects.chunks_exact(2) {
            if let [Object::Text(from), Object::Text(to)] = pair
                && self.characters.len() < ENTRIES
            {
                self.characters.insert(code(from), characters(to));
            }
        }
    }

    fn add_ranges(&mut self, objects: &[Object]) {
        for triple in objects.chunks_exact(3) {
            match triple {
                [Object::Text(first), Object::Text(last), Object::Text(to)] => {
                    let start = characters(to);
                    let mut letters = start.chars();
                    match (letters.next(), letters.next()) {
                        (Some(only), None) if self.ranges.len() < ENTRIES => {
                            self.ranges.push((code(first), code(last), u32::from(only)));
                        }
                        _ if code(first) == code(last) && self.characters.len() < ENTRIES => {
                            self.characters.insert(code(first), start);
                        }
                        _ => {}
                    }
                }
                [Object::Text(first), Object::Text(_), Object::Array(list)] => {
                    for (offset, to) in (0..).zip(list) {
                        if let Object::Text(to) = to
                            && self.characters.len() < ENTRIES
                        {
                            self.characters.insert(code(first).saturating_add(offset), characters(to));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// What a code stands for.
    pub(super) fn get(&self, code: u32) -> Option<String> {
        if let Some(text) = self.characters.get(&code) {
            return Some(text.clone());
        }
        let index = self.ranges.partition_point(|range| range.0 <= code).checked_sub(1)?;
        let (first, last, start) = self.ranges[index];
        (code <= last).then(|| char::from_u32(start.saturating_add(code - first))).flatten().map(String::from)
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.characters.is_empty() && self.ranges.is_empty()
    }

    /// Bytes of the code that stands next, if the table says so.
    pub(super) fn width(&self, bytes: &[u8]) -> Option<usize> {
        self.spaces
            .iter()
            .find(|(width, low, high)| bytes.get(..*width).is_some_and(|next| (*low..=*high).contains(&code(next))))
            .map(|(width, ..)| *width)
    }
}

/// A code of up to four bytes.
pub(super) fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, byte| (code << 8) | u32::from(*byte))
}

fn characters(bytes: &[u8]) -> String {
    if let [only] = bytes {
        return char::from(*only).to_string();
    }
    encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0.chars().filter(|c| *c != '\0').take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_lists_and_ranges_are_read() {
        let map = CMap::read(
            b"1 begincodespacerange <00><80> <8140><fefe> endcodespacerange 1 beginbfchar <0001><529E4E8B> endbfchar \
              2 beginbfrange <0010><0012><4E00> <0020><0021>[<5F20><4E09>] endbfrange",
        );
        let text: String = [1, 0x11, 0x20, 0x21].iter().filter_map(|code| map.get(*code)).collect();
        assert_eq!(text, "办事丁张三");
        assert_eq!((map.get(0x13), map.width(b"\x41\x41"), map.width(b"\xb0\xa1")), (None, Some(1), Some(2)));
    }
}
