//! Streams of a PDF unpacked within a budget that all of them share.

use std::io::Read;

use super::super::limits;
use super::lexer::is_blank;

/// Whether a filter can be undone here; others are those of pictures.
pub(super) fn is_known(filter: &[u8]) -> bool {
    matches!(filter, b"FlateDecode" | b"Fl" | b"ASCIIHexDecode" | b"AHx" | b"ASCII85Decode" | b"A85")
}

/// How much may still be unpacked.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
    /// Something was left out.
    pub(super) cut: bool,
}

impl Budget {
    /// For a file of this length.
    pub(super) fn new(packed: usize) -> Self {
        let by_ratio = packed.saturating_mul(limits::RATIO).max(limits::RATIO_FREE);
        Self { left: limits::UNPACKED.min(by_ratio), cut: false }
    }

    /// Undoes one filter; `None` if we do not know it, or nothing comes out.
    pub(super) fn undo(&mut self, filter: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        let plain = match filter {
            b"FlateDecode" | b"Fl" => self.inflate(bytes)?,
            b"ASCIIHexDecode" | b"AHx" => hexadecimal(bytes),
            b"ASCII85Decode" | b"A85" => base_85(bytes),
            _ => return None,
        };
        if plain.len() > self.left {
            self.cut = true;
            self.left = 0;
            return None;
        }
        self.left -= plain.len();
        Some(plain)
    }

    fn inflate(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut plain = Vec::new();
        let most = u64::try_from(self.left.saturating_add(1)).unwrap_or(u64::MAX);
        let read = flate2::read::ZlibDecoder::new(bytes).take(most).read_to_end(&mut plain);
        if plain.len() > self.left {
            plain.truncate(self.left);
            self.cut = true;
        }
        // A wrong check sum at the end is common and harmless; nothing at all is not.
        (read.is_ok() || !plain.is_empty()).then_some(plain)
    }
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = bytes
        .iter()
        .take_while(|byte| **byte != b'>')
        .filter_map(|byte| char::from(*byte).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

fn base_85(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut group: Vec<u8> = Vec::new();
    for byte in bytes.iter().copied().filter(|byte| !is_blank(*byte)) {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => {
                group.push(byte - b'!');
                if group.len() == 5 {
                    decode_85(&group, &mut out);
                    group.clear();
                }
            }
            _ => {}
        }
    }
    if group.len() > 1 {
        decode_85(&group, &mut out);
    }
    out
}

fn decode_85(group: &[u8], out: &mut Vec<u8>) {
    let value = (0..5).fold(0_u32, |value, index| {
        let digit = group.get(index).copied().unwrap_or(84);
        value.wrapping_mul(85).wrapping_add(u32::from(digit))
    });
    out.extend(&value.to_be_bytes()[..group.len() - 1]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_undone_and_a_bomb_is_cut() {
        let mut budget = Budget::new(1000);
        assert_eq!(budget.undo(b"AHx", b"48 6 5>zz"), Some(b"He".to_vec()));
        assert_eq!(budget.undo(b"ASCII85Decode", b"87cURD]i,\"Ebo80~>"), Some(b"Hello World!".to_vec()));
        assert_eq!(budget.undo(b"JBIG2Decode", b"x"), None);
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packed, &vec![0; 3 * 1024 * 1024]).expect("memory");
        let packed = packed.finish().expect("memory");
        let plain = budget.undo(b"FlateDecode", &packed).expect("its beginning");
        assert!(plain.len() <= limits::RATIO_FREE && budget.cut);
        assert_eq!(budget.undo(b"FlateDecode", &packed).map_or(0, |plain| plain.len()), 0);
    }
}
