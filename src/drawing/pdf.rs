//! SVG text to a page of a PDF, as office programs export it: forms as paths, words in fonts with their own numbers and a
//! table that says which characters those are. And a picture as a page, as scanners write it.
//!
//! The only door to the writer of PDFs.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str};
use resvg::tiny_skia::PathSegment;
use resvg::usvg::fontdb::{Database, ID};
use resvg::usvg::{Fill, FillRule, Group, Node, Paint, Path, Stroke, Text, Tree};
use subsetter::GlyphRemapper;

use super::numbers::real;
use super::raster::PaintError;

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const PICTURE: Ref = Ref::new(5);
/// Fonts take five objects each from here on.
const FIRST_FONT: i32 = 10;

const SYSTEM: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The parts of a font that a page uses.
struct Used {
    font: ID,
    glyphs: GlyphRemapper,
    /// By new number, what a glyph says.
    says: BTreeMap<u16, String>,
    /// By new number, how wide it is, in thousandths.
    widths: BTreeMap<u16, f32>,
}

/// A drawing as a page of its size; words come whole or letter by letter, as programs do either.
pub(super) fn of_tree(tree: &Tree, together: bool) -> Result<Vec<u8>, PaintError> {
    let (width, height) = (tree.size().width(), tree.size().height());
    let mut fonts: Vec<Used> = Vec::new();
    let mut content = Content::new();
    // Places count from the top in SVG.
    content.transform([1.0, 0.0, 0.0, -1.0, 0.0, height]);
    group(&mut content, tree.root(), (&mut fonts, together));
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut page = pdf.page(PAGE);
    page.parent(PAGES).media_box(Rect::new(0.0, 0.0, width, height)).contents(CONTENT);
    let mut resources = page.resources();
    let mut named = resources.fonts();
    for (number, reference) in (0..fonts.len()).zip((FIRST_FONT..).step_by(5)) {
        named.pair(Name(name(number).as_bytes()), Ref::new(reference));
    }
    named.finish();
    resources.finish();
    page.finish();
    pdf.stream(CONTENT, &content.finish());
    for (used, reference) in fonts.iter().zip((FIRST_FONT..).step_by(5)) {
        font(&mut pdf, reference, tree.fontdb(), used)?;
    }
    Ok(pdf.finish())
}

fn name(number: usize) -> String {
    format!("F{number}")
}

fn group(content: &mut Content, group: &Group, (fonts, together): (&mut Vec<Used>, bool)) {
    for node in group.children() {
        match node {
            Node::Group(inner) => self::group(content, inner, (fonts, together)),
            Node::Path(path) => form(content, path),
            Node::Text(text) => words(content, text, (fonts, together)),
            Node::Image(_) => {}
        }
    }
}

/// A colour between 0 and 1; a gradient is the middle of its ends.
fn colour(paint: &Paint) -> [f32; 3] {
    let of = |color: resvg::usvg::Color| [color.red, color.green, color.blue].map(|part| f32::from(part) / 255.0);
    match paint {
        Paint::Color(color) => of(*color),
        Paint::LinearGradient(gradient) => {
            let ends =
                [gradient.stops().first(), gradient.stops().last()].map(|stop| stop.map(|stop| of(stop.color())));
            match ends {
                [Some(a), Some(b)] => std::array::from_fn(|part| f32::midpoint(a[part], b[part])),
                _ => [1.0; 3],
            }
        }
        Paint::RadialGradient(_) | Paint::Pattern(_) => [1.0; 3],
    }
}

fn form(content: &mut Content, path: &Path) {
    content.save_state();
    let transform = path.abs_transform();
    content.transform([transform.sx, transform.ky, transform.kx, transform.sy, transform.tx, transform.ty]);
    if let Some(fill) = path.fill() {
        let [red, green, blue] = colour(fill.paint());
        content.set_fill_rgb(red, green, blue);
    }
    if let Some(stroke) = path.stroke() {
        let [red, green, blue] = colour(stroke.paint());
        content.set_stroke_rgb(red, green, blue);
        content.set_line_width(stroke.width().get());
        content.set_dash_pattern(stroke.dasharray().unwrap_or_default().iter().copied(), 0.0);
    }
    let mut here = (0.0, 0.0);
    for segment in path.data().segments() {
        match segment {
            PathSegment::MoveTo(to) => {
                content.move_to(to.x, to.y);
                here = (to.x, to.y);
            }
            PathSegment::LineTo(to) => {
                content.line_to(to.x, to.y);
                here = (to.x, to.y);
            }
            PathSegment::QuadTo(by, to) => {
                let third = |from: f32, by: f32| from + (by - from) * 2.0 / 3.0;
                let (a, b) = ((third(here.0, by.x), third(here.1, by.y)), (third(to.x, by.x), third(to.y, by.y)));
                content.cubic_to(a.0, a.1, b.0, b.1, to.x, to.y);
                here = (to.x, to.y);
            }
            PathSegment::CubicTo(a, b, to) => {
                content.cubic_to(a.x, a.y, b.x, b.y, to.x, to.y);
                here = (to.x, to.y);
            }
            PathSegment::Close => {
                content.close_path();
            }
        }
    }
    paint(content, path.fill(), path.stroke());
    content.restore_state();
}

fn paint(content: &mut Content, fill: Option<&Fill>, stroke: Option<&Stroke>) {
    let is_even = fill.is_some_and(|fill| fill.rule() == FillRule::EvenOdd);
    match (fill, stroke) {
        (Some(_), Some(_)) if is_even => content.fill_even_odd_and_stroke(),
        (Some(_), Some(_)) => content.fill_nonzero_and_stroke(),
        (Some(_), None) if is_even => content.fill_even_odd(),
        (Some(_), None) => content.fill_nonzero(),
        (None, Some(_)) => content.stroke(),
        (None, None) => content.end_path(),
    };
}

fn words(content: &mut Content, text: &Text, (fonts, together): (&mut Vec<Used>, bool)) {
    for span in text.layouted().iter().filter(|span| span.visible) {
        let size = span.font_size.get();
        // Glyphs of one font in a row, with the font's number, their own numbers and their place.
        let mut shown: Vec<(usize, Vec<u8>, (f32, f32))> = Vec::new();
        for (at, glyph) in span.positioned_glyphs.iter().enumerate() {
            let known = fonts.iter().position(|used| used.font == glyph.font);
            let number = known.unwrap_or_else(|| {
                let (glyphs, says, widths) = (GlyphRemapper::new(), BTreeMap::new(), BTreeMap::new());
                fonts.push(Used { font: glyph.font, glyphs, says, widths });
                fonts.len() - 1
            });
            let used = &mut fonts[number];
            // Glyphs of TrueType have numbers of two bytes.
            let new = used.glyphs.remap(u16::try_from(glyph.id.0).unwrap_or(0));
            used.says.entry(new).or_insert_with(|| glyph.text.clone());
            let place = |transform: resvg::tiny_skia::Transform| (transform.tx, transform.ty);
            let here = place(glyph.transform());
            let next = span.positioned_glyphs.get(at + 1).map(|next| place(next.transform()).0 - here.0);
            let usual = if glyph.text.is_ascii() { size / 2.0 } else { size };
            used.widths.entry(new).or_insert(next.unwrap_or(usual) * 1000.0 / size);
            match shown.last_mut() {
                Some((font, codes, _)) if together && *font == number => codes.extend(new.to_be_bytes()),
                _ => shown.push((number, new.to_be_bytes().to_vec(), here)),
            }
        }
        let transform = text.abs_transform();
        content.save_state();
        content.transform([transform.sx, transform.ky, transform.kx, transform.sy, transform.tx, transform.ty]);
        if let Some(fill) = &span.fill {
            let [red, green, blue] = colour(fill.paint());
            content.set_fill_rgb(red, green, blue);
        }
        content.begin_text();
        for (number, codes, (x, y)) in shown {
            content.set_font(Name(name(number).as_bytes()), size);
            content.set_text_matrix([1.0, 0.0, 0.0, -1.0, x, y]);
            content.show(Str(&codes));
        }
        content.end_text();
        content.restore_state();
    }
}

fn font(pdf: &mut Pdf, first: i32, database: &Database, used: &Used) -> Result<(), PaintError> {
    let [whole, below, descriptor, table, file] = [0, 1, 2, 3, 4].map(|offset| Ref::new(first + offset));
    let subset = database
        .with_face_data(used.font, |data, index| subsetter::subset(data, index, &used.glyphs).ok())
        .flatten()
        .ok_or_else(|| PaintError::Svg("a font that cannot be embedded".to_owned()))?;
    let base = Name(b"AAAAAA+Chart");
    pdf.type0_font(whole)
        .base_font(base)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(below)
        .to_unicode(table);
    let mut cid = pdf.cid_font(below);
    cid.subtype(CidFontType::Type2).base_font(base).system_info(SYSTEM).font_descriptor(descriptor);
    cid.default_width(1000.0).cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = cid.widths();
    for (glyph, width) in &used.widths {
        widths.consecutive(*glyph, [*width]);
    }
    widths.finish();
    cid.finish();
    pdf.font_descriptor(descriptor)
        .name(base)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(0.0, -200.0, 1000.0, 900.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(880.0)
        .stem_v(80.0)
        .font_file2(file);
    let mut says = UnicodeCmap::new(Name(b"Chart"), SYSTEM);
    for (glyph, text) in &used.says {
        says.pair_with_multiple(*glyph, text.chars());
    }
    pdf.cmap(table, &says.finish());
    pdf.stream(file, &subset);
    Ok(())
}

/// A JPEG as a page, as scanners write it: 150 pixels an inch.
pub(super) fn of_jpeg(jpeg: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let points = |pixels: u32| real(pixels) * 72.0 / 150.0;
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut page = pdf.page(PAGE);
    page.parent(PAGES).media_box(Rect::new(0.0, 0.0, points(width), points(height))).contents(CONTENT);
    page.resources().x_objects().pair(Name(b"I"), PICTURE);
    page.finish();
    let mut content = Content::new();
    content.save_state();
    content.transform([points(width), 0.0, 0.0, points(height), 0.0, 0.0]);
    content.x_object(Name(b"I"));
    content.restore_state();
    pdf.stream(CONTENT, &content.finish());
    let mut picture = pdf.image_xobject(PICTURE, jpeg);
    let side = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    picture.filter(Filter::DctDecode);
    picture.width(side(width)).height(side(height)).bits_per_component(8);
    picture.color_space().device_rgb();
    picture.finish();
    pdf.finish()
}
