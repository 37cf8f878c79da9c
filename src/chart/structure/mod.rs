//! Boxes, arrows, lanes and labels of a chart whose words are known (结构).
//!
//! No training and no templates: boxes are what encloses words, arrows are the ink between boxes. Comes in: a picture and
//! its lines of words. Goes out: a chart. Must never know: what the words mean.

mod arrows;
mod asides;
mod badges;
mod boxes;
mod captions;
#[cfg(test)]
mod drawn_tests;
mod ends;
mod frames;
mod ink;
mod joins;
mod lanes;
mod loose;
mod morphology;
mod rect;
mod regions;
mod shape;
mod sheet;
mod strokes;
mod tables;
mod thin;
mod tone;
mod walls;

use arrows::Link;
use boxes::Drawn;
use captions::Caption;
use ends::Ground;
use frames::Frames;
use lanes::Band;
use loose::Group;
use rect::Rect;
use regions::Regions;
use sheet::Sheet;
use strokes::Strokes;
use tone::Tone;

use super::picture::Picture;
use super::plane::Plane;
use super::recognise::Line;
use crate::model::chart::{Chart, Edge, Lane, Node, NodeKind, Words};

/// Boxes closer to each other than this share of the print's height stand side by side.
const BESIDE: f32 = 0.4;

/// An arrow points at words if it meets their side at most this far from its middle, as a share of the side.
const CENTRAL: f32 = 0.3;

/// A dashed line has at least so many gaps.
const DASHED: usize = 3;

/// Reads the structure of a picture whose words were found.
pub(super) fn read(picture: &Picture, lines: &[Line]) -> Chart {
    let size = (picture.width(), picture.height());
    let Some(sheet) = Sheet::of(picture, lines) else { return Chart { size, ..Chart::default() } };
    let mut tone = Tone::of(&sheet.picture);
    walls::forget_prints(&mut tone, &sheet);
    let regions = Regions::of(&sheet, &tone);
    let mut nodes = boxes::nodes(&regions, &regions.wall, sheet.print);
    let free: Vec<&Line> =
        regions.free.iter().filter_map(|line| regions.lines.get(*line)).filter(|line| !is_head(line)).collect();
    let mut groups = loose::groups(&free);
    let mut ink = ink::of(&tone, &regions, sheet.print);
    badges::named((&regions, &ink), &mut nodes, &mut groups, sheet.print);

    let frames = Frames::of(&ink, sheet.print);
    frames.erase(&mut ink);
    let owner = owners(&nodes, &mut ink);
    let mut strokes = Strokes::of(&ink::without_specks(&ink));
    let found = Found { ink: &ink, words: &regions.words, owner, print: sheet.print };
    let arrows = linked(&mut strokes, found, &mut nodes, &mut groups);
    Draft { sheet: &sheet, size, nodes, groups, links: arrows, frames }.finished()
}

/// Heads of arrows are often read as one letter; labels of one letter are known. A single character that is left on the
/// sheet goes on from the line above it.
fn is_head(line: &Line) -> bool {
    walls::is_lone_mark(&line.text) && !line.text.contains(sheet::LABELS)
}

/// The node at each place, from 1; its ink is taken out.
fn owners(nodes: &[Drawn], ink: &mut Plane<bool>) -> Plane<u16> {
    let mut owner = Plane::new(ink.width() as usize, ink.height() as usize);
    for (number, node) in (1..).zip(nodes) {
        if let Some(body) = &node.body {
            body.draw(&mut owner, number);
            body.draw(ink, false);
        }
    }
    owner
}

/// What links are looked for on.
struct Found<'a> {
    ink: &'a Plane<bool>,
    words: &'a Plane<bool>,
    owner: Plane<u16>,
    print: f32,
}

/// The links between nodes; free words that lines point at become nodes.
fn linked(strokes: &mut Strokes, found: Found<'_>, nodes: &mut Vec<Drawn>, groups: &mut Vec<Group>) -> Vec<Link> {
    let Found { ink, words, mut owner, print } = found;
    let mut ends = ends::ends(strokes, &Ground { ink, words: Some(words), owner: &owner, print });
    let words: Vec<Rect> = groups.iter().map(|group| group.rect).collect();
    joins::close_gaps(strokes, &mut ends, &words, print);
    let first = nodes.len();
    let mut wanted: Vec<usize> = Vec::new();
    for end in ends.iter().filter(|end| end.node.is_none()) {
        wanted.extend(pointed_words(end, &words, print));
    }
    wanted.sort_unstable();
    wanted.dedup();
    for index in &wanted {
        let Some(group) = groups.get(*index) else { continue };
        nodes.push(Drawn {
            text: group.text.clone(),
            score: group.score,
            kind: NodeKind::Borderless,
            body: None,
            rect: group.rect,
            chevron: false,
            cells: Vec::new(),
        });
        owner.fill((group.rect.left, group.rect.top), (group.rect.right, group.rect.bottom), nodes.len() as u16);
    }
    for end in ends.iter_mut().filter(|end| end.node.is_none()) {
        let group = pointed_words(end, &words, print);
        end.node = group.and_then(|group| wanted.iter().position(|index| *index == group)).map(|at| first + at);
    }
    let mut index = 0;
    groups.retain(|_| {
        index += 1;
        !wanted.contains(&(index - 1))
    });
    let rects: Vec<Rect> = nodes.iter().map(|node| node.rect).collect();
    let mut all = arrows::links(strokes, &ends, |a, b| match (rects.get(a), rects.get(b)) {
        (Some(a), Some(b)) => is_earlier(a, b, print),
        _ => a < b,
    });
    // Boxes that merely stand side by side, as cells do, have no arrow between them.
    all.retain(|link| match (nodes.get(link.from), nodes.get(link.to)) {
        (Some(a), Some(b)) => a.rect.gap_across(&b.rect).max(a.rect.gap_down(&b.rect)) as f32 > BESIDE * print,
        _ => false,
    });
    all.extend(chevrons(nodes, print));
    // Words that no arrow reached after all stay free.
    let reached = |node: usize| all.iter().any(|link| link.from == node || link.to == node);
    let lonely: Vec<usize> = (first..nodes.len()).filter(|node| !reached(*node)).collect();
    for node in lonely.iter().rev() {
        let gone = nodes.remove(*node);
        groups.push(Group { text: gone.text, rect: gone.rect, score: gone.score, print: gone.rect.height() as f32 });
        for end in all.iter_mut().flat_map(|link| [&mut link.from, &mut link.to]) {
            *end -= usize::from(*end > *node);
        }
    }
    groups.sort_by_key(|group| (group.rect.top, group.rect.left));
    all
}

/// The free words that an end points at from close by: straight at the middle of one of their sides. A label only stands
/// beside its line.
fn pointed_words(end: &ends::End, words: &[Rect], print: f32) -> Option<usize> {
    if (end.run as f32) < 0.6 * print {
        return None;
    }
    let reach = if end.head > 0.0 { 1.2 } else { 0.8 } * print;
    let (right, down) = end.outwards;
    if right != 0.0 && down != 0.0 {
        return None;
    }
    let place = |step: f32| (end.place.0 as f32 + right * step, end.place.1 as f32 + down * step);
    let central = |rect: &Rect| {
        let (x, y) = rect.centre();
        let (off, side) =
            if down == 0.0 { (end.place.1 as f32 - y, rect.height()) } else { (end.place.0 as f32 - x, rect.width()) };
        off.abs() < CENTRAL * side as f32
    };
    (0..=reach as i32).find_map(|step| words.iter().position(|rect| central(rect) && rect.holds(place(step as f32))))
}

/// Whether a node is read before another: rows from the top, each from the left.
fn is_earlier(a: &Rect, b: &Rect, print: f32) -> bool {
    let (one, other) = (a.centre(), b.centre());
    if (one.1 - other.1).abs() > 0.8 * print { one.1 < other.1 } else { one.0 < other.0 }
}

/// Chevrons in a row follow each other without arrows.
fn chevrons(nodes: &[Drawn], print: f32) -> Vec<Link> {
    let mut row: Vec<(usize, &Rect)> =
        nodes.iter().enumerate().filter(|(_, node)| node.chevron).map(|(index, node)| (index, &node.rect)).collect();
    row.sort_by_key(|(_, rect)| rect.left);
    let follows = |a: &Rect, b: &Rect| {
        (a.centre().1 - b.centre().1).abs() < 0.3 * a.height() as f32
            && (b.left - a.right) as f32 <= 1.5 * print
            && b.left > a.centre().0 as i32
    };
    row.iter()
        .zip(row.iter().skip(1))
        .filter(|((_, a), (_, b))| follows(a, b))
        .map(|((from, a), (to, _))| Link {
            from: *from,
            to: *to,
            directed: true,
            confidence: 0.8,
            path: vec![(a.right, a.centre().1 as i32)],
            gaps: 0,
        })
        .collect()
}

/// Everything that was found, still on the sheet.
struct Draft<'a> {
    sheet: &'a Sheet,
    size: (u32, u32),
    nodes: Vec<Drawn>,
    groups: Vec<Group>,
    links: Vec<Link>,
    frames: Frames,
}

impl Draft<'_> {
    /// The chart, with places in the picture.
    fn finished(mut self) -> Chart {
        let mut linked = vec![false; self.nodes.len()];
        for node in self.links.iter().flat_map(|link| [link.from, link.to]) {
            if let Some(own) = linked.get_mut(node) {
                *own = true;
            }
        }
        let things =
            lanes::Things { nodes: &self.nodes, linked: &linked, groups: &self.groups, print: self.sheet.print };
        let mut bands = lanes::lanes(&self.frames, things);
        let mut touching = false;
        if bands.is_empty() {
            bands = tables::columns(things);
            touching = !bands.is_empty();
        }
        let headings: Vec<usize> = bands.iter().filter_map(|band| band.node).collect();
        let heading_groups: Vec<usize> = bands.iter().filter_map(|band| band.group).collect();
        let mut index = 0;
        self.groups.retain(|_| {
            index += 1;
            !heading_groups.contains(&(index - 1))
        });
        let mut folded = tables::folded(&mut self.nodes, &bands, &linked, touching);
        folded.extend(asides::folded(&mut self.nodes, &mut self.links, self.sheet.print));
        // A shape without words that no line touches is an ornament.
        let kept: Vec<usize> = (0..self.nodes.len())
            .filter(|index| {
                let wordless = self.nodes.get(*index).is_some_and(|node| node.text.is_empty());
                !headings.contains(index) && !folded.contains(index) && (!wordless || linked.get(*index) == Some(&true))
            })
            .collect();
        self.renumber(&kept);
        let captions = captions::captions(&self.groups, &self.nodes, &self.links, self.sheet.print);
        self.chart(&captions, &bands)
    }

    /// Keeps some nodes, in reading order.
    fn renumber(&mut self, kept: &[usize]) {
        let mut order: Vec<(usize, Drawn)> =
            kept.iter().filter_map(|index| Some((*index, self.nodes.get(*index)?.clone()))).collect();
        // Rows are told apart from the top: a node that begins below the middle of the row's first one begins the next.
        order.sort_by_key(|(_, node)| (node.rect.centre().1 as i32, node.rect.left));
        let mut row = 0;
        let mut rows: Vec<(i32, i32, usize)> = Vec::new();
        let mut first: Option<Rect> = None;
        for (at, (_, node)) in order.iter().enumerate() {
            if first.is_none_or(|first| node.rect.centre().1 > first.centre().1 + 0.8 * self.sheet.print) {
                row += 1;
                first = Some(node.rect);
            }
            rows.push((row, node.rect.left, at));
        }
        rows.sort_unstable();
        let sorted: Vec<(usize, Drawn)> = rows.iter().filter_map(|(.., at)| order.get(*at).cloned()).collect();
        let place = |old: usize| sorted.iter().position(|(index, _)| *index == old);
        self.links = self
            .links
            .iter()
            .filter_map(|link| Some(Link { from: place(link.from)?, to: place(link.to)?, ..link.clone() }))
            .collect();
        self.links.sort_by_key(|link| (link.from, link.to));
        self.nodes = sorted.into_iter().map(|(_, node)| node).collect();
    }

    fn chart(&self, captions: &[Caption], bands: &[Band]) -> Chart {
        let of = |wanted: Caption| {
            let found = self.groups.iter().zip(captions).filter(move |(_, caption)| **caption == wanted);
            found.map(|(group, _)| self.words(group))
        };
        let nodes = self.nodes.iter().enumerate().map(|(index, node)| Node {
            text: node.text.clone(),
            kind: node.kind,
            area: self.area(&node.rect),
            confidence: node.score,
            lane: bands.iter().position(|band| band.rect.holds(node.rect.centre())),
            notes: node.cells.iter().map(|cell| self.words(cell)).chain(of(Caption::Note(index))).collect(),
        });
        let edges = self.links.iter().enumerate().map(|(index, link)| {
            let label: Vec<String> = of(Caption::Label(index)).map(|words| words.text).collect();
            Edge {
                from: link.from,
                to: link.to,
                directed: link.directed,
                dashed: link.gaps >= DASHED,
                label: (!label.is_empty()).then(|| label.join(" ")),
                confidence: link.confidence,
            }
        });
        Chart {
            size: self.size,
            title: of(Caption::Title).next(),
            nodes: nodes.collect(),
            edges: edges.collect(),
            lanes: bands.iter().map(|band| Lane { title: band.title.clone(), area: self.area(&band.rect) }).collect(),
            words: of(Caption::Remark).collect(),
            confidence: 0.0,
            smallest_print: None,
            page: None,
        }
    }

    fn words(&self, group: &Group) -> Words {
        Words { text: group.text.clone(), area: self.area(&group.rect), confidence: group.score }
    }

    fn area(&self, rect: &Rect) -> crate::model::chart::Area {
        self.sheet.area((rect.left as f32, rect.top as f32), (rect.right as f32 + 1.0, rect.bottom as f32 + 1.0))
    }
}
