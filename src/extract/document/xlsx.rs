//! Excel workbooks since 2007.
//!
//! Comes in: a package. Goes out: a heading and tables for each sheet that is shown. Values are those that Excel stored;
//! formulas are not computed.

use super::Content;
use super::grid::{self, Grid};
use super::limits;
use super::package::{Package, Part};
use super::xml::{Piece, Tag, Work, walk};
use crate::model::{DocumentKind, DocumentReading};

/// Reads a workbook.
pub(super) fn read(package: &mut Package<'_>, parts: &[Part]) -> Content {
    let mut content = Content::new(DocumentKind::Xlsx);
    let mut work = Work::default();
    let Some(book) = package.read("xl/workbook.xml") else {
        return Content::barred(DocumentKind::Xlsx, DocumentReading::Broken);
    };
    let book = workbook(&book, &mut work);
    let targets = package.read("xl/_rels/workbook.xml.rels").map(|part| targets(&part, &mut work)).unwrap_or_default();
    let strings = package.read("xl/sharedStrings.xml").map(|part| strings(&part, &mut work)).unwrap_or_default();
    let dated = package.read("xl/styles.xml").map(|part| dated_styles(&part, &mut work)).unwrap_or_default();
    let ground = Ground { strings, dated, from_1904: book.from_1904 };
    content.pages = u32::try_from(book.sheets.len()).ok();
    content.part = book.sheets.len() > limits::SHEETS;
    for (index, sheet) in book.sheets.iter().take(limits::SHEETS).enumerate() {
        if sheet.hidden {
            continue;
        }
        let named = targets.iter().find(|(id, _)| *id == sheet.relation).map(|(_, target)| target.clone());
        let name = named.unwrap_or_else(|| format!("worksheets/sheet{}.xml", index + 1));
        let name = if name.starts_with('/') { name.trim_start_matches('/').to_owned() } else { format!("xl/{name}") };
        let Some(part) = package.read(&name) else {
            content.part = true;
            continue;
        };
        let mut grid = Grid::default();
        content.part |= !cells(&part, &ground, &mut grid, &mut work);
        content.part |= grid.is_cut();
        grid.finish(&mut content.blocks);
    }
    for part in parts {
        // Samples often explain or fill in by text boxes that float over the cells.
        if part.name.starts_with("xl/drawings/drawing") || part.name.starts_with("xl/comments") {
            let Some(bytes) = package.unpack(part.number, usize::MAX) else { continue };
            floating(&bytes, &mut work, &mut content);
        }
        content.pictures += u32::from(part.name.starts_with("xl/media/"));
        // Check boxes that are controls are not read.
        content.part |= part.name.starts_with("xl/ctrlProps/") || part.name.starts_with("xl/activeX/");
    }
    content.part |= package.is_cut();
    content
}

struct Sheet {
    relation: String,
    hidden: bool,
}

#[derive(Default)]
struct Workbook {
    sheets: Vec<Sheet>,
    from_1904: bool,
}

/// What all sheets share.
struct Ground {
    strings: Vec<String>,
    /// For each cell style whether it shows a day.
    dated: Vec<bool>,
    from_1904: bool,
}

fn workbook(part: &[u8], work: &mut Work) -> Workbook {
    let mut book = Workbook::default();
    walk(part, work, |piece| {
        let Piece::Start(tag) = piece else { return };
        match tag.name() {
            "sheet" if book.sheets.len() <= limits::SHEETS => book.sheets.push(Sheet {
                relation: tag.attr("id").unwrap_or_default(),
                hidden: tag.attr("state").is_some_and(|state| state != "visible"),
            }),
            "workbookPr" => book.from_1904 = tag.attr("date1904").is_some_and(|value| value == "1" || value == "true"),
            _ => {}
        }
    });
    book
}

fn targets(part: &[u8], work: &mut Work) -> Vec<(String, String)> {
    let mut targets = Vec::new();
    walk(part, work, |piece| {
        if let Piece::Start(tag) = piece
            && tag.name() == "Relationship"
            && targets.len() <= limits::SHEETS * 4
            && let (Some(id), Some(target)) = (tag.attr("Id"), tag.attr("Target"))
        {
            targets.push((id, target));
        }
    });
    targets
}

/// The shared strings. Phonetic readings (`rPh`) are no text of the cell.
fn strings(part: &[u8], work: &mut Work) -> Vec<String> {
    let mut strings = Vec::new();
    let (mut text, mut in_text, mut phonetic) = (String::new(), false, false);
    walk(part, work, |piece| match piece {
        Piece::Start(tag) => match tag.name() {
            "si" => text.clear(),
            "t" => in_text = !phonetic,
            "rPh" => phonetic = true,
            _ => {}
        },
        Piece::End("t") => in_text = false,
        Piece::End("rPh") => phonetic = false,
        Piece::End("si") => strings.push(std::mem::take(&mut text)),
        Piece::Text(words) if in_text => text.push_str(words),
        Piece::End(_) | Piece::Text(_) => {}
    });
    strings
}

/// For each cell style whether it shows a day.
fn dated_styles(part: &[u8], work: &mut Work) -> Vec<bool> {
    let mut own = Vec::new();
    let mut dated = Vec::new();
    let mut in_cells = false;
    walk(part, work, |piece| match piece {
        Piece::Start(tag) => match tag.name() {
            "numFmt" if tag.attr("formatCode").is_some_and(|code| grid::shows_day(&code)) => {
                own.extend(tag.number("numFmtId"));
            }
            "cellXfs" => in_cells = true,
            "xf" if in_cells => {
                let id = tag.number("numFmtId").unwrap_or(0);
                dated.push(grid::is_day_format(id) || own.contains(&id));
            }
            _ => {}
        },
        Piece::End("cellXfs") => in_cells = false,
        Piece::End(_) | Piece::Text(_) => {}
    });
    dated
}

/// A cell under construction.
#[derive(Default)]
struct Reading {
    place: (usize, usize),
    kind: String,
    style: usize,
    value: String,
    in_value: bool,
}

/// Reads the cells of a sheet; says whether all of it was seen.
fn cells(part: &[u8], ground: &Ground, grid: &mut Grid, work: &mut Work) -> bool {
    let mut cell = Reading::default();
    let (mut row, mut column) = (0_usize, 0_usize);
    walk(part, work, |piece| match piece {
        Piece::Start(tag) => match tag.name() {
            "row" => {
                row = tag.number("r").and_then(|number| number.checked_sub(1)).unwrap_or(row);
                column = 0;
            }
            "c" => {
                let place = tag.attr("r").and_then(|name| place(&name)).unwrap_or((row, column));
                column = place.1.saturating_add(1);
                cell = Reading { place, ..begun(&tag) };
            }
            "v" | "t" => cell.in_value = true,
            "mergeCell" => {
                if let Some((first, last)) = tag.attr("ref").as_deref().and_then(|area| area.split_once(':'))
                    && let (Some(first), Some(last)) = (place(first), place(last))
                {
                    grid.merge(first, last);
                }
            }
            _ => {}
        },
        Piece::End("v" | "t") => cell.in_value = false,
        Piece::End("c") => grid.put(cell.place, shown(&cell, ground)),
        Piece::End("row") => row = row.saturating_add(1),
        Piece::Text(text) if cell.in_value => cell.value.push_str(text),
        Piece::End(_) | Piece::Text(_) => {}
    })
}

fn begun(tag: &Tag<'_>) -> Reading {
    Reading { kind: tag.attr("t").unwrap_or_default(), style: tag.number("s").unwrap_or(0), ..Reading::default() }
}

/// `AB12` as row 11, column 27.
fn place(name: &str) -> Option<(usize, usize)> {
    let name = name.replace('$', "");
    let letters = name.chars().take_while(char::is_ascii_alphabetic).count();
    if letters == 0 || letters > 3 {
        return None;
    }
    let column = name[..letters]
        .bytes()
        .fold(0_usize, |column, letter| column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row: usize = name[letters..].parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}

fn shown(cell: &Reading, ground: &Ground) -> String {
    let value = cell.value.as_str();
    match cell.kind.as_str() {
        "s" => value.trim().parse::<usize>().ok().and_then(|at| ground.strings.get(at)).cloned().unwrap_or_default(),
        "str" | "inlineStr" => value.to_owned(),
        "b" => (if value.trim() == "1" { "TRUE" } else { "FALSE" }).to_owned(),
        "e" => String::new(),
        _ => match value.trim().parse::<f64>() {
            Ok(number) => {
                let dated = ground.dated.get(cell.style).copied().unwrap_or(false);
                let day = dated.then(|| grid::day(number, ground.from_1904)).flatten();
                day.unwrap_or_else(|| grid::number(number))
            }
            Err(_) => value.to_owned(),
        },
    }
}

/// Text boxes and notes, one paragraph each line.
fn floating(part: &[u8], work: &mut Work, content: &mut Content) {
    let (mut text, mut in_text) = (String::new(), false);
    walk(part, work, |piece| match piece {
        Piece::Start(tag) => in_text |= tag.name() == "t",
        Piece::End("t") => in_text = false,
        Piece::End("p" | "comment") => content.blocks.paragraph(&std::mem::take(&mut text)),
        Piece::Text(words) if in_text && text.len() < limits::TEXT => text.push_str(words),
        Piece::End(_) | Piece::Text(_) => {}
    });
}

#[cfg(test)]
mod tests {
    use super::super::blocks::{Block, Cell};
    use super::super::testing::{xlsx, zipped};
    use super::*;

    fn read(bytes: &[u8]) -> Content {
        let mut package = Package::open(bytes).expect("a whole archive");
        let parts = package.parts();
        super::read(&mut package, &parts)
    }

    #[test]
    fn cells_of_every_kind_stand_in_their_places() {
        let sheet = "<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='inlineStr'><is><t>张三</t></is></c></row>\
            <row r='3'><c r='A3' t='str'><v>公式</v></c><c r='B3'><v>3</v></c><c r='C3' s='1'><v>43920</v></c></row>\
            </sheetData>";
        let strings = "<sst><si><r><t>姓</t></r><r><t>名</t></r><rPh><t>xing</t></rPh></si></sst>";
        let styles = "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>";
        let content = read(&xlsx(&[sheet], strings, styles));
        let rows = vec![
            vec![Cell::new("姓名"), Cell::new("张三"), Cell::new("")],
            vec![Cell::new("公式"), Cell::new("3"), Cell::new("2020年3月30日")],
        ];
        assert_eq!(content.blocks.list(), [Block::Table(rows)]);
        assert_eq!((content.pages, content.part), (Some(1), false));
    }

    #[test]
    fn hidden_sheets_are_not_shown_and_text_boxes_are() {
        let book = "<workbook><sheets><sheet r:id='a' state='hidden'/><sheet r:id='b'/></sheets></workbook>";
        let relations = "<R><Relationship Id='a' Target='worksheets/one.xml'/>\
            <Relationship Id='b' Target='/xl/worksheets/two.xml'/></R>";
        let sheet = |text: &str| format!("<row><c t='inlineStr'><is><t>{text}</t></is></c></row>");
        let (one, two) = (sheet("藏"), sheet("示"));
        let drawing = "<xdr:txBody><a:p><a:r><a:t>此处填张三</a:t></a:r></a:p></xdr:txBody>";
        let content = read(&zipped(&[
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
            ("xl/worksheets/one.xml", one.as_bytes()),
            ("xl/worksheets/two.xml", two.as_bytes()),
            ("xl/drawings/drawing1.xml", drawing.as_bytes()),
        ]));
        assert_eq!(content.blocks.lines().collect::<Vec<_>>(), ["示", "此处填张三"]);
    }

    #[test]
    fn places_that_no_sheet_has_are_left_out() {
        assert_eq!(place("AB12"), Some((11, 27)));
        assert_eq!((place("A0"), place("12"), place("ABCD1")), (None, None, None));
        let far = "<row><c r='XFD1048576'><v>1</v></c><c r='A1'><v>2</v></c></row>";
        let content = read(&xlsx(&[far], "<sst/>", "<styleSheet/>"));
        assert!(content.part);
        assert_eq!(content.blocks.lines().collect::<Vec<_>>(), ["2"]);
    }
}
