//! Charts drawn in SVG: the words as they are written, the drawing as a picture (矢量流程图).
//!
//! Words need no recognition. Boxes and arrows are drawn into a picture without words and read like any picture: paths,
//! markers, groups and styles of a dozen editors then need no rule each. Comes in: text. Goes out: a chart, in user units.
//! Must never know: files and fonts.

use std::panic::{AssertUnwindSafe, catch_unwind};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};
use roxmltree::{Document, Node as Element, ParsingOptions};

use super::picture::Picture;
use super::recognise::Line;
use super::recognise::quad::Quad;
use super::structure;
use crate::model::chart::{Area, Chart};

/// A drawing with more elements than this is no flowchart.
const MOST_ELEMENTS: u32 = 50_000;

/// A drawing with more lines of words than this is no flowchart.
const MOST_WORDS: usize = 1500;

/// More things that are drawn again than this are no flowchart.
const MOST_AGAIN: usize = 500;

/// The drawing is made so large that its print has this height.
const PRINT: f32 = 22.0;

/// Most pixels it is drawn with.
const MOST_PIXELS: f32 = 9_000_000.0;

/// Height of print that says nothing of its own, as in CSS.
const USUAL_PRINT: f32 = 16.0;

/// Reads a drawing; `None` if the text is no SVG or has no words.
#[must_use]
pub fn read_svg(text: &str) -> Option<Chart> {
    let options = ParsingOptions { nodes_limit: MOST_ELEMENTS, allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    let words = written(&document);
    let mut prints: Vec<f32> = words.iter().map(|words| words.print).collect();
    prints.sort_by(f32::total_cmp);
    let print = *prints.get(prints.len() / 2)?;
    if multiplies(&document) {
        return None;
    }
    // The drawing library is large foreign code that is fed with foreign text.
    let (picture, scale, size) = catch_unwind(AssertUnwindSafe(|| drawn(text, print))).ok().flatten()?;
    let lines: Vec<Line> = words.iter().map(|words| words.line(scale)).collect();
    let mut chart = structure::read(&picture, &lines);
    in_user_units(&mut chart, scale);
    chart.size = size;
    chart.confidence = 1.0;
    Some(chart)
}

/// The drawing without its words, how much it was enlarged, and its size in user units.
fn drawn(text: &str, print: f32) -> Option<(Picture, f32, (u32, u32))> {
    // Nothing is fetched and no file is opened for a drawing.
    let nothing = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let tree = Tree::from_str(text, &Options { image_href_resolver: nothing, ..Options::default() }).ok()?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = (PRINT / print).clamp(0.1, 6.0).min((MOST_PIXELS / (width * height)).sqrt());
    let mut drawn = Pixmap::new((width * scale).ceil() as u32, (height * scale).ceil() as u32)?;
    drawn.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut drawn.as_mut());
    let pixels = drawn.pixels().iter().map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let picture = Picture::from_pixels(drawn.width(), drawn.height(), pixels);
    Some((picture, scale, (width.round() as u32, height.round() as u32)))
}

/// Whether something that is drawn again holds something that is drawn again: a few such levels draw without end.
fn multiplies(document: &Document<'_>) -> bool {
    let again: Vec<Element<'_, '_>> = document.descendants().filter(|node| node.tag_name().name() == "use").collect();
    let drawn: Vec<&str> = again
        .iter()
        .flat_map(Element::attributes)
        .filter(|attribute| attribute.name() == "href")
        .filter_map(|attribute| attribute.value().strip_prefix('#'))
        .collect();
    again
        .iter()
        .any(|node| node.ancestors().skip(1).any(|above| above.attribute("id").is_some_and(|id| drawn.contains(&id))))
        || again.len() > MOST_AGAIN
}

/// Words and where their baseline begins, in user units.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    text: String,
    left: f32,
    baseline: f32,
    print: f32,
}

impl Written {
    /// About as wide as fonts draw it: Chinese characters are as wide as high, others half.
    fn width(&self) -> f32 {
        self.text.chars().map(|letter| if letter.is_ascii() { 0.55 } else { 1.0 }).sum::<f32>() * self.print
    }

    fn line(&self, scale: f32) -> Line {
        let top = self.baseline - 0.9 * self.print;
        let quad = Quad::upright((self.left, top), (self.left + self.width(), self.baseline + 0.15 * self.print));
        let count = self.text.chars().count();
        Line {
            quad: quad.moved(|(x, y)| (x * scale, y * scale)),
            text: self.text.clone(),
            score: 1.0,
            places: (0..count).map(|letter| (letter as f32 + 0.5) / count as f32).collect(),
        }
    }
}

/// All words of a drawing.
fn written(document: &Document<'_>) -> Vec<Written> {
    let mut all = Vec::new();
    let origin = origin(&document.root_element());
    for element in document.descendants().filter(|node| node.is_element() && node.tag_name().name() == "text") {
        if all.len() >= MOST_WORDS {
            break;
        }
        if hidden(&element) {
            continue;
        }
        let mut place = (number(&element, "x").unwrap_or(0.0), number(&element, "y").unwrap_or(0.0));
        for part in element.descendants().filter(roxmltree::Node::is_text) {
            let Some(holder) = part.parent() else { continue };
            place = (number(&holder, "x").unwrap_or(place.0), number(&holder, "y").unwrap_or(place.1) + shift(&holder));
            let text = part.text().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            if text.is_empty() {
                continue;
            }
            let transform = outer(&holder).pre_concat(Transform::identity());
            let print = print(&holder);
            let mut words = Written { text, left: place.0, baseline: place.1, print };
            match style(&holder, "text-anchor").as_deref() {
                Some("middle") => words.left -= words.width() / 2.0,
                Some("end") => words.left -= words.width(),
                _ => {}
            }
            let mut corner = resvg::tiny_skia::Point::from_xy(words.left, words.baseline);
            transform.map_point(&mut corner);
            let scale = transform.get_scale().1.abs();
            (words.left, words.baseline, words.print) = (corner.x - origin.0, corner.y - origin.1, print * scale);
            if words.left.is_finite() && words.baseline.is_finite() && (1.0..500.0).contains(&words.print) {
                all.push(words);
            }
        }
    }
    all
}

/// Where the view begins.
fn origin(svg: &Element<'_, '_>) -> (f32, f32) {
    let view: Vec<f32> = svg
        .attribute("viewBox")
        .map(|view| view.split([' ', ',']).filter_map(|part| part.parse().ok()).collect())
        .unwrap_or_default();
    (view.first().copied().unwrap_or(0.0), view.get(1).copied().unwrap_or(0.0))
}

fn hidden(element: &Element<'_, '_>) -> bool {
    element.ancestors().any(|above| {
        matches!(above.tag_name().name(), "defs" | "symbol" | "marker" | "clipPath")
            || above.attribute("display") == Some("none")
            || above.attribute("visibility") == Some("hidden")
    })
}

/// Rows of one text are shifted by `dy`, in units or in heights of the print.
fn shift(element: &Element<'_, '_>) -> f32 {
    let Some(dy) = element.attribute("dy") else { return 0.0 };
    match dy.trim().strip_suffix("em") {
        Some(ems) => ems.parse::<f32>().unwrap_or(0.0) * print(element),
        None => leading(dy).unwrap_or(0.0),
    }
}

/// All transformations around an element.
fn outer(element: &Element<'_, '_>) -> Transform {
    element
        .ancestors()
        .filter_map(|above| above.attribute("transform"))
        .fold(Transform::identity(), |all, text| all.post_concat(transform(text)))
}

/// What a `transform` attribute does, first things last.
fn transform(text: &str) -> Transform {
    let mut all = Transform::identity();
    for call in text.split(')') {
        let Some((name, arguments)) = call.split_once('(') else { continue };
        let n: Vec<f32> = arguments.split([' ', ',']).filter_map(|part| part.trim().parse().ok()).collect();
        let at = |index: usize| n.get(index).copied();
        let next = match name.trim().trim_start_matches(',').trim() {
            "translate" => Transform::from_translate(at(0).unwrap_or(0.0), at(1).unwrap_or(0.0)),
            "scale" => Transform::from_scale(at(0).unwrap_or(1.0), at(1).or(at(0)).unwrap_or(1.0)),
            "matrix" if n.len() == 6 => Transform::from_row(n[0], n[1], n[2], n[3], n[4], n[5]),
            "rotate" => Transform::from_rotate_at(at(0).unwrap_or(0.0), at(1).unwrap_or(0.0), at(2).unwrap_or(0.0)),
            _ => Transform::identity(),
        };
        all = all.pre_concat(next);
    }
    all
}

/// A property of an element or of what stands around it, as an attribute or in `style`.
fn style(element: &Element<'_, '_>, name: &str) -> Option<String> {
    element.ancestors().find_map(|above| {
        let styled = above.attribute("style").and_then(|style| {
            style.split(';').filter_map(|rule| rule.split_once(':')).find(|(key, _)| key.trim() == name)
        });
        styled.map(|(_, value)| value.trim().to_owned()).or_else(|| above.attribute(name).map(str::to_owned))
    })
}

/// Height of the print, in user units.
fn print(element: &Element<'_, '_>) -> f32 {
    let given = style(element, "font-size").or_else(|| {
        // The short form: `bold 11pt Helvetica`.
        let font = style(element, "font")?;
        font.split_whitespace().find(|part| part.starts_with(|first: char| first.is_ascii_digit())).map(str::to_owned)
    });
    let Some(given) = given else { return USUAL_PRINT };
    let factor = if given.ends_with("pt") {
        4.0 / 3.0
    } else if given.ends_with("em") {
        USUAL_PRINT
    } else {
        1.0
    };
    leading(&given).map_or(USUAL_PRINT, |number| number * factor)
}

fn number(element: &Element<'_, '_>, name: &str) -> Option<f32> {
    leading(element.attribute(name)?)
}

/// The number that a text begins with.
fn leading(text: &str) -> Option<f32> {
    let text = text.trim();
    let end =
        text.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+'))).unwrap_or(text.len());
    text.get(..end)?.parse().ok().filter(|number: &f32| number.is_finite())
}

fn in_user_units(chart: &mut Chart, scale: f32) {
    let back = |area: &mut Area| {
        let unit = |pixels: u32| (pixels as f32 / scale).round() as u32;
        *area = Area { x: unit(area.x), y: unit(area.y), width: unit(area.width), height: unit(area.height) };
    };
    for node in &mut chart.nodes {
        back(&mut node.area);
        node.notes.iter_mut().for_each(|note| back(&mut note.area));
    }
    chart.lanes.iter_mut().for_each(|lane| back(&mut lane.area));
    chart.words.iter_mut().chain(&mut chart.title).for_each(|words| back(&mut words.area));
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHART: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 260 200" width="260" height="200">
        <defs><marker id="m" markerWidth="10" markerHeight="10" refX="8" refY="4" orient="auto">
        <path d="M0,0 L8,4 L0,8 z"/></marker></defs>
        <g transform="translate(30,10)"><rect width="200" height="50" fill="none" stroke="black"/>
        <text x="100" y="22" text-anchor="middle" font-size="14">申请</text>
        <text x="100" y="40" text-anchor="middle" style="font-size:14px">提交材料</text></g>
        <path d="M130 60 V 118" stroke="black" fill="none" marker-end="url(#m)"/>
        <rect x="30" y="120" width="200" height="50" fill="#ddeeff" stroke="navy"/>
        <text x="116" y="150" font-size="14">受理</text></svg>"##;

    #[test]
    fn words_are_exact_and_arrows_are_those_of_the_drawing() {
        let chart = read_svg(CHART).expect("a drawing");
        let texts: Vec<&str> = chart.nodes.iter().map(|node| node.text.as_str()).collect();
        assert_eq!(texts, ["申请提交材料", "受理"]);
        assert_eq!(
            chart.edges.iter().map(|edge| (edge.from, edge.to, edge.directed)).collect::<Vec<_>>(),
            [(0, 1, true)]
        );
        let area = chart.nodes[0].area;
        assert!(area.x.abs_diff(30) <= 2 && area.width.abs_diff(200) <= 4 && area.height.abs_diff(50) <= 4, "{area:?}");
        assert_eq!((chart.size, chart.confidence), ((260, 200), 1.0));
    }

    #[test]
    fn drawings_that_multiply_are_not_drawn() {
        let mut levels = String::new();
        for level in 0..30 {
            let again = format!("<use href=\"#l{level}\"/>");
            levels.extend(["<g id=\"l", &(level + 1).to_string(), "\">", &again, &again, "</g>"]);
        }
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><g id=\"l0\"><rect width=\"5\" height=\"5\"/></g>\
             {levels}<text y=\"8\">受理</text></svg>"
        );
        assert_eq!(read_svg(&text), None);
    }

    #[test]
    fn other_text_is_no_drawing() {
        assert_eq!(read_svg("<html><p>受理</p></html>"), None);
        assert_eq!(read_svg("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"), None);
        assert_eq!(read_svg("no markup"), None);
    }
}
