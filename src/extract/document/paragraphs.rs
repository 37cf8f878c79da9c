//! Which paragraphs of an old Word document stand in a table, end a row, or are headings.
//!
//! Comes in: the main stream and the table stream. Goes out: properties by place in the main stream.

use super::bytes::{place_at, u16_at};

/// Pages of properties that are looked at: each describes at least one paragraph.
const MOST_PAGES: usize = 50_000;

/// What is known of a paragraph.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Properties {
    /// It stands in a table.
    pub(super) in_table: bool,
    /// Its mark ends a row.
    pub(super) ends_row: bool,
    /// Level of a heading.
    pub(super) heading: Option<u8>,
}

/// Properties of stretches of the stream, in order.
#[derive(Debug, Default)]
pub(super) struct Paragraphs {
    /// First place after the stretch, and what holds in it.
    stretches: Vec<(usize, Properties)>,
}

impl Paragraphs {
    /// Reads the properties; what cannot be followed is left out.
    pub(super) fn read(main: &[u8], table: &[u8]) -> Self {
        let mut paragraphs = Self::default();
        let (Some(at), Some(length)) = (place_at(main, 0x0102), place_at(main, 0x0106)) else { return paragraphs };
        let Some(list) = at.checked_add(length).and_then(|end| table.get(at..end)) else { return paragraphs };
        let count = list.len().saturating_sub(4) / 8;
        for index in 0..count.min(MOST_PAGES) {
            let Some(number) = place_at(list, (count + 1) * 4 + index * 4) else { break };
            let page = number.checked_mul(512).and_then(|at| main.get(at..at.checked_add(512)?));
            if let Some(page) = page {
                paragraphs.page(page);
            }
        }
        paragraphs.stretches.sort_by_key(|(end, _)| *end);
        paragraphs
    }

    /// A page of properties: places, then for each stretch where its properties stand within the page.
    fn page(&mut self, page: &[u8]) {
        let runs = usize::from(page[511]);
        for run in 0..runs {
            let Some(end) = place_at(page, (run + 1) * 4) else { return };
            let Some(offset) = page.get((runs + 1) * 4 + run * 13) else { return };
            self.stretches.push((end, properties(page, usize::from(*offset) * 2)));
        }
    }

    /// What is known of the character at a place; `None` where nothing is.
    pub(super) fn at(&self, place: usize) -> Option<Properties> {
        let index = self.stretches.partition_point(|(end, _)| *end <= place);
        self.stretches.get(index).map(|(_, properties)| *properties)
    }
}

fn properties(page: &[u8], at: usize) -> Properties {
    let mut properties = Properties::default();
    if at == 0 {
        return properties;
    }
    let (start, length) = match page.get(at) {
        Some(0) => (at + 2, page.get(at + 1).map_or(0, |words| usize::from(*words) * 2)),
        Some(words) => (at + 1, usize::from(*words) * 2 - 1),
        None => return properties,
    };
    let Some(list) = page.get(start..(start + length).min(page.len())) else { return properties };
    let style = u16_at(list, 0).unwrap_or(0);
    // The styles 1 to 9 are the built-in headings in every document.
    properties.heading = (1..=9).contains(&style).then(|| u8::try_from(style).unwrap_or(9).min(6));
    let mut rest = list.get(2..).unwrap_or_default();
    while let Some(code) = u16_at(rest, 0) {
        let operand = rest.get(2).copied();
        match (code, operand) {
            (0x2416, Some(1)) => properties.in_table = true,
            (0x2417, Some(1)) => properties.ends_row = true,
            _ => {}
        }
        let size = match code >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            // The length stands first; that of a table's definition has two bytes.
            _ if code == 0xd608 => usize::from(u16_at(rest, 2).unwrap_or(0)) + 1,
            _ => usize::from(operand.unwrap_or(0)) + 1,
        };
        rest = rest.get(2 + size..).unwrap_or_default();
    }
    properties
}
