//! Pages of a PDF for the reader of charts (流程图): a drawing as SVG of our own, or the one picture that a scanned page is.
//!
//! Comes in: bytes. Goes out: one sheet a page, or why a chart must not be read of this file. A page whose words cannot
//! all be decoded gives nothing: half a chart would accuse. Must never know: what a chart says.

use std::fmt::Write as _;

use super::content::{self, Run, Shown};
use super::file::{File, Page};
use super::font::Fonts;
use super::ink::Colour;
use super::matrix::Matrix;
use super::scan::{self, Scan};
use super::sketch::{Form, Piece, Placed, Sketch};

/// A file with more pages is a book with charts in it, not a chart.
const MOST_PAGES: usize = 20;

/// Pages that are pictures; each takes seconds to read.
const MOST_SCANS: usize = 4;

/// A page has more words than this only if it is prose.
const MOST_WORDS: usize = 4_000;

/// A picture that covers less of the page than this holds no words that anybody could read.
const SPECK: f64 = 0.004;

/// A scanned page, or a chart that was put into a page as a picture, covers at least this much of it.
const SCANNED: f64 = 0.25;

/// Beside such a picture stand no more characters than a heading and a page number have.
const MOST_BESIDE: usize = 60;

/// A drawing has so many boxes with words at least.
const FEWEST_BOXES: usize = 3;

/// Curved forms as small as print; so many are words drawn as forms.
const MOST_CURLS: usize = 60;

/// Words that are nearer than this share of their size belong together.
const TOGETHER: f64 = 0.35;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// Words without boxes around them: no chart.
    Prose,
    /// A drawing, as SVG in points from the upper left corner.
    Drawing(String),
    /// One picture, to be turned clockwise by so many quarters.
    Scan(Scan, u8),
}

/// The pages of a PDF, the first first.
///
/// # Errors
/// Why nothing of this file may be read as a chart, in words that continue "page 2 has".
pub fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let mut file = File::open(bytes);
    if file.is_encrypted() {
        return Err("the file asks for a password".to_owned());
    }
    let pages = file.pages();
    if pages.is_empty() || pages.len() > MOST_PAGES {
        return Err(format!("the file has {} pages; up to {MOST_PAGES} are read", pages.len()));
    }
    let mut fonts = Fonts::default();
    let mut sheets = Vec::new();
    let mut scans = 0;
    for (page, number) in pages.iter().zip(1..) {
        let sheet = sheet(&mut file, page, &mut fonts).map_err(|why| format!("page {number} has {why}"))?;
        scans += usize::from(matches!(sheet, Sheet::Scan(..)));
        if scans > MOST_SCANS {
            return Err(format!("the file has more than {MOST_SCANS} pages that are pictures"));
        }
        sheets.push(sheet);
    }
    if file.is_cut() {
        return Err("the file is damaged, or holds more than is read".to_owned());
    }
    Ok(sheets)
}

fn sheet(file: &mut File<'_>, page: &Page, fonts: &mut Fonts) -> Result<Sheet, &'static str> {
    let (shown, sketch) = content::drawn(file, page, fonts);
    let (width, height) = page.sheet.size();
    if let Some(trouble) = sketch.trouble {
        return Err(trouble);
    }
    if shown.unknown {
        return Err("characters that cannot be decoded");
    }
    if page.drawn_over > 0 {
        return Err("notes drawn over it");
    }
    let letters: usize = shown.runs.iter().map(|run| run.text.trim().chars().count()).sum();
    if letters > MOST_WORDS {
        return Ok(Sheet::Prose);
    }
    let words = lines(shown);
    let boxes = boxes_with_words(&sketch.forms, &words, (width, height));
    let share = |picture: &Placed| {
        let (low, high) = around(picture.matrix);
        let inside = |low: f64, high: f64, most: f64| (high.min(most) - low.max(0.0)).max(0.0);
        inside(low.0, high.0, width) * inside(low.1, high.1, height) / (width * height)
    };
    let pictures: Vec<&Placed> = sketch.pictures.iter().filter(|picture| share(picture) >= SPECK).collect();
    match pictures.as_slice() {
        [] => {}
        [only] if share(only) >= SCANNED && boxes < FEWEST_BOXES && letters <= MOST_BESIDE => {
            let (low, high) = around(only.matrix);
            let is_over = |run: &Run| {
                (low.0..high.0).contains(&f64::midpoint(run.x, run.end)) && (low.1..high.1).contains(&run.y)
            };
            if words.iter().any(is_over) {
                return Err("words written over a picture");
            }
            let turns = turns(only.matrix).ok_or("a picture that lies askew")?;
            let number = only.number.ok_or("a picture among its instructions")?;
            return Ok(Sheet::Scan(scan::read(file, number)?, turns));
        }
        // What stands in pictures beside a drawing, nobody would read.
        _ => return Err("pictures among its words"),
    }
    if boxes < FEWEST_BOXES {
        return Ok(Sheet::Prose);
    }
    if curls(&sketch, &words) > MOST_CURLS {
        return Err("forms that may be words");
    }
    Ok(Sheet::Drawing(svg(&sketch.forms, &words, (width, height))))
}

/// Lower left and upper right corner of a picture.
fn around(matrix: Matrix) -> ((f64, f64), (f64, f64)) {
    let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| matrix.place(x, y));
    let least = |values: [f64; 4]| values.into_iter().fold(f64::MAX, f64::min);
    let most = |values: [f64; 4]| values.into_iter().fold(f64::MIN, f64::max);
    let (x, y) = (corners.map(|corner| corner.0), corners.map(|corner| corner.1));
    ((least(x), least(y)), (most(x), most(y)))
}

/// By how many quarters a picture is turned clockwise; `None` if it is turned otherwise, leans or is mirrored.
fn turns(matrix: Matrix) -> Option<u8> {
    let [a, b, c, d, ..] = matrix.0;
    let small = |x: f64, y: f64| x.abs() < 0.02 * y.abs();
    if small(b, a) && small(c, d) {
        return match (a > 0.0, d > 0.0) {
            (true, true) => Some(0),
            (false, false) => Some(2),
            _ => None,
        };
    }
    if small(a, b) && small(d, c) {
        return match (b < 0.0, c > 0.0) {
            (true, true) => Some(1),
            (false, false) => Some(3),
            _ => None,
        };
    }
    None
}

/// Runs of one line that touch become one: programs show words letter by letter.
fn lines(shown: Shown) -> Vec<Run> {
    let mut runs = shown.runs;
    runs.retain(|run| !run.text.trim().is_empty());
    // Base lines in steps, so that small differences do not part a line.
    runs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut rows: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| (first.y - run.y).abs() < 0.3 * first.size.min(run.size)) => {
                row.push(run);
            }
            _ => rows.push(vec![run]),
        }
    }
    let mut lines: Vec<Run> = Vec::new();
    for mut row in rows {
        row.sort_by(|a, b| a.x.total_cmp(&b.x));
        let from = lines.len();
        for run in row {
            let Some(last) = lines.get_mut(from..).and_then(<[Run]>::last_mut) else {
                lines.push(run);
                continue;
            };
            let size = last.size.max(run.size);
            // Bold is sometimes made by showing a text twice.
            if run.x < last.end - size * 0.5 && last.text.ends_with(run.text.trim()) {
                continue;
            }
            if run.x - last.end < TOGETHER * size && last.size.min(run.size) > 0.6 * size {
                last.text.push_str(&run.text);
                last.end = run.end.max(last.end);
            } else {
                lines.push(run);
            }
        }
    }
    lines
}

/// How many forms go round words: boxes, but not the frame of the page.
fn boxes_with_words(forms: &[Form], words: &[Run], (width, height): (f64, f64)) -> usize {
    let mut boxes: Vec<[f64; 4]> = Vec::new();
    for form in forms.iter().filter(|form| form.is_closed()) {
        let (low, high) = form.around();
        let (across, up) = (high.0 - low.0, high.1 - low.1);
        let is_box = across >= 12.0 && up >= 8.0 && across * up < 0.5 * width * height;
        let inside =
            |run: &Run| (low.0..high.0).contains(&f64::midpoint(run.x, run.end)) && (low.1..high.1).contains(&run.y);
        let again =
            |known: &[f64; 4]| [low.0, low.1, high.0, high.1].iter().zip(known).all(|(a, b)| (a - b).abs() < 6.0);
        if is_box && !boxes.iter().any(again) && words.iter().any(inside) {
            boxes.push([low.0, low.1, high.0, high.1]);
            if boxes.len() >= FEWEST_BOXES {
                break;
            }
        }
    }
    boxes.len()
}

/// Curved forms no larger than print.
fn curls(sketch: &Sketch, words: &[Run]) -> usize {
    let mut sizes: Vec<f64> = words.iter().map(|run| run.size).collect();
    sizes.sort_by(f64::total_cmp);
    let print = sizes.get(sizes.len() / 2).copied().unwrap_or(12.0) * 1.3;
    let is_small = |form: &&Form| {
        let (low, high) = form.around();
        form.fill.is_some() && form.is_curved() && high.0 - low.0 < print && high.1 - low.1 < print
    };
    sketch.forms.iter().filter(is_small).count()
}

/// Forms and words as SVG: numbers, colours and escaped words, and nothing else.
fn svg(forms: &[Form], words: &[Run], (width, height): (f64, f64)) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.2}\" height=\"{height:.2}\" viewBox=\"0 0 {width:.2} \
         {height:.2}\">\n"
    );
    for form in forms {
        out.push_str("<path d=\"");
        let at = |(x, y): (f64, f64)| format!("{x:.2} {:.2}", height - y);
        for piece in &form.pieces {
            // Writing to a text cannot fail.
            let _ = match *piece {
                Piece::Move(to) => write!(out, "M{}", at(to)),
                Piece::Line(to) => write!(out, "L{}", at(to)),
                Piece::Curve(a, b, to) => write!(out, "C{} {} {}", at(a), at(b), at(to)),
                Piece::Close => write!(out, "Z"),
            };
        }
        out.push('"');
        let _ = match form.fill {
            Some((colour, strength)) => write!(out, " fill=\"{}\" fill-opacity=\"{strength:.2}\"", hex(colour)),
            None => write!(out, " fill=\"none\""),
        };
        if form.even_odd {
            out.push_str(" fill-rule=\"evenodd\"");
        }
        if let Some(pen) = form.pen {
            let (colour, width, strength) = (hex(pen.colour), pen.width, pen.strength);
            let _ = write!(out, " stroke=\"{colour}\" stroke-width=\"{width:.2}\" stroke-opacity=\"{strength:.2}\"");
            if pen.dashed {
                out.push_str(" stroke-dasharray=\"4 3\"");
            }
        }
        out.push_str("/>\n");
    }
    for run in words {
        let (x, y, size) = (run.x, height - run.y, run.size);
        let text = run.text.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(out, "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size:.2}\">{text}</text>");
    }
    out.push_str("</svg>\n");
    out
}

fn hex([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
