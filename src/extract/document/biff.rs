//! The records of a workbook's stream, and the texts in them.
//!
//! Comes in: the stream. Goes out: records in order; texts that run over several records. Must never know: sheets.

use super::bytes::{place_at, u16_at, utf16};
use super::limits;

/// The record that continues the one before it.
const CONTINUE: u16 = 0x003c;

/// Records that are looked at; the largest real workbook of a form has some thousands.
const MOST_RECORDS: usize = 1_000_000;

/// One record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// What it says.
    pub(super) kind: u16,
    /// Its bytes.
    pub(super) bytes: &'a [u8],
    /// Where it begins in the stream.
    pub(super) at: usize,
}

/// The records in order.
pub(super) struct Records<'a> {
    stream: &'a [u8],
    at: usize,
    seen: usize,
    cut: bool,
}

impl<'a> Records<'a> {
    /// From the beginning of a stream.
    pub(super) fn new(stream: &'a [u8]) -> Self {
        Self { stream, at: 0, seen: 0, cut: false }
    }

    /// Whether the stream ended within a record, or had too many.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The next record, if it continues the one before.
    pub(super) fn continued(&mut self) -> Option<&'a [u8]> {
        (u16_at(self.stream, self.at) == Some(CONTINUE)).then(|| self.next()).flatten().map(|record| record.bytes)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let at = self.at;
        let (kind, length) = (u16_at(self.stream, at)?, u16_at(self.stream, at + 2)?);
        // Streams are padded with zeros.
        if kind == 0 && length == 0 {
            return None;
        }
        let end = at + 4 + usize::from(length);
        self.seen += 1;
        if end > self.stream.len() || self.seen > MOST_RECORDS {
            self.cut = true;
            return None;
        }
        self.at = end;
        Some(Record { kind, bytes: &self.stream[at + 4..end], at })
    }
}

/// The shared texts of a workbook.
#[derive(Debug, Default)]
pub(super) struct Strings {
    /// In order.
    pub(super) list: Vec<String>,
    /// Some are missing.
    pub(super) cut: bool,
}

impl Strings {
    /// Reads the table of texts with the records that continue it.
    pub(super) fn read(record: &Record<'_>, records: &mut Records<'_>) -> Self {
        let mut runs = vec![record.bytes];
        while let Some(next) = records.continued() {
            runs.push(next);
        }
        let mut strings = Self::default();
        let count = place_at(record.bytes, 4).unwrap_or(0);
        let mut cursor = Cursor { runs, run: 0, at: 8 };
        let mut bytes = 0;
        for _ in 0..count.min(limits::CELLS) {
            let Some(text) = cursor.text() else {
                strings.cut = true;
                break;
            };
            bytes += text.len();
            if bytes > limits::TEXT {
                strings.cut = true;
                break;
            }
            strings.list.push(text);
        }
        strings.cut |= count > limits::CELLS;
        strings
    }
}

/// A place in the table of texts.
struct Cursor<'a> {
    runs: Vec<&'a [u8]>,
    run: usize,
    at: usize,
}

impl Cursor<'_> {
    fn byte(&mut self) -> Option<u8> {
        while self.at >= self.runs.get(self.run)?.len() {
            self.run += 1;
            self.at = 0;
        }
        let byte = self.runs[self.run][self.at];
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        let mut left = bytes;
        while left > 0 {
            let here = self.runs.get(self.run)?.len().saturating_sub(self.at);
            if here == 0 {
                self.run += 1;
                self.at = 0;
                continue;
            }
            let step = here.min(left);
            self.at += step;
            left -= step;
        }
        Some(())
    }

    /// A text: length, flags, counts of formats, characters. Where its characters run over the border of a record, the
    /// next one begins with new flags.
    fn text(&mut self) -> Option<String> {
        let mut left = usize::from(self.number()?);
        let flags = self.byte()?;
        let formats = if flags & 8 == 0 { 0 } else { usize::from(self.number()?) };
        let extension =
            if flags & 4 == 0 { 0 } else { usize::from(self.number()?) + usize::from(self.number()?) * 0x1_0000 };
        let mut wide = flags & 1 != 0;
        let mut out = String::new();
        while left > 0 {
            let run = self.runs.get(self.run)?;
            let here = run.len().saturating_sub(self.at);
            if here == 0 {
                self.run += 1;
                self.at = 1;
                wide = self.runs.get(self.run)?.first()? & 1 != 0;
                continue;
            }
            let width = if wide { 2 } else { 1 };
            let characters = (here / width).min(left);
            if characters == 0 {
                return None;
            }
            let bytes = &run[self.at..self.at + characters * width];
            out.push_str(&characters_of(bytes, wide));
            self.at += bytes.len();
            left -= characters;
        }
        self.skip(formats * 4 + extension)?;
        Some(out)
    }
}

fn characters_of(bytes: &[u8], wide: bool) -> String {
    if wide { utf16(bytes) } else { bytes.iter().map(|byte| char::from(*byte)).collect() }
}

/// Characters that follow a byte of flags.
pub(super) fn flagged_characters(bytes: &[u8], count: usize) -> String {
    let Some((flags, rest)) = bytes.split_first() else { return String::new() };
    let wide = flags & 1 != 0;
    let length = count * if wide { 2 } else { 1 };
    characters_of(&rest[..length.min(rest.len())], wide)
}

/// A text of BIFF8 with its length in two bytes.
pub(super) fn counted_string(bytes: &[u8]) -> String {
    let count = u16_at(bytes, 0).map_or(0, usize::from);
    flagged_characters(bytes.get(2..).unwrap_or_default(), count)
}

/// A text of BIFF5 with its length in one byte.
pub(super) fn short_string(bytes: &[u8]) -> String {
    let Some((count, rest)) = bytes.split_first() else { return String::new() };
    let text = &rest[..usize::from(*count).min(rest.len())];
    encoding_rs::GBK.decode_without_bom_handling(text).0.into_owned()
}
