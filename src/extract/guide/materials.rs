//! Materials (申请材料): tables with any order of columns, lists, and numbered texts.
//!
//! Comes in: grids and fields. Goes out: materials with where each stood and which forms are offered. Must never know:
//! whether a material is demanded rightly.

use url::Url;

use super::fields::{Field, Found};
use super::forms;
use super::page::Content;
use super::tables::Grid;
use crate::extract::dom::{Node, fold};
use crate::extract::lexicon::{self, Column, FormKind, Meaning};
use crate::extract::text::{numbering, numbering_after, split_enumeration, squeeze, without_numbering};
use crate::model::guide::FormOffer;
use crate::model::{Element, Located, Locator, Material, Reading};

/// Longest words kept of a whole list.
const LONGEST_RAW: usize = 600;

/// Reads the materials of a page.
pub(super) fn read(found: &Found<'_>, base: &Url) -> Reading<Vec<Material>> {
    let mut reading = from_grids(found, base);
    if reading.value().is_none_or(Vec::is_empty) {
        let listed = from_fields(found, base);
        if !listed.is_absent() && (reading.is_absent() || listed.value().is_some()) {
            reading = listed;
        }
    }
    if let Reading::Stated(located) = &mut reading {
        attach_sections(&mut located.value, found, base);
    }
    reading
}

fn from_grids(found: &Found<'_>, base: &Url) -> Reading<Vec<Material>> {
    let grids: Vec<&Grid<'_>> = found.grids.iter().filter(|grid| grid.is_materials()).collect();
    let Some(first) = grids.first() else { return Reading::Absent };
    let materials: Vec<Material> = grids
        .iter()
        .flat_map(|grid| grid.rows.iter().filter_map(|(row, cells)| from_row(grid, *row, cells, base)))
        .collect();
    let at = first.table.locator();
    if let Some(unrendered) = materials.iter().find(|material| lexicon::is_unrendered(&material.name)) {
        return Reading::Unreadable { at, raw: unrendered.name.clone() };
    }
    if materials.is_empty() {
        return Reading::Blank { at, label: first.head(Column::MaterialName).unwrap_or_default() };
    }
    Reading::Stated(Located { raw: names(&materials), value: materials, at })
}

/// The names in one text.
pub(super) fn names(materials: &[Material]) -> String {
    let names: Vec<&str> = materials.iter().map(|material| material.name.as_str()).collect();
    names.join("；").chars().take(LONGEST_RAW).collect()
}

fn from_row(grid: &Grid<'_>, row: Node<'_>, cells: &[Option<Node<'_>>], base: &Url) -> Option<Material> {
    let name_cell = grid.cell(cells, Column::MaterialName)?;
    let name = bare_name(name_cell, base);
    // A cell over the whole row heads a group (情形一); stand-ins are no materials.
    let spans_all = cells.len() > 1 && cells.iter().all(|cell| *cell == Some(name_cell));
    if spans_all || lexicon::is_placeholder(Element::Place, &name) || !lexicon::columns(&name).is_empty() {
        return None;
    }
    let text = |column: Column| grid.cell(cells, column).map(Node::text).filter(|text| !text.is_empty());
    let (mut blank_form, mut sample_form) = (FormOffer::Absent, FormOffer::Absent);
    for (at, column) in grid.columns.iter().enumerate() {
        let Some(cell) = cells.get(at).copied().flatten() else { continue };
        match column {
            Some(Column::BlankForm) => blank_form = forms::offer(cell, FormKind::Blank, base),
            Some(Column::SampleForm) => sample_form = forms::offer(cell, FormKind::Sample, base),
            Some(Column::AnyForm) => {
                let head = grid.heads.get(at).copied().flatten().map(Node::text).unwrap_or_default();
                let (blank, sample) = forms::offers_of_any(cell, &head, base);
                keep_better(&mut blank_form, blank);
                keep_better(&mut sample_form, sample);
            }
            _ => {}
        }
    }
    for candidate in forms::candidates(name_cell, base).into_iter().filter(|candidate| candidate.kind.is_some()) {
        let slot = if candidate.kind == Some(FormKind::Sample) { &mut sample_form } else { &mut blank_form };
        keep_better(slot, as_offer(candidate));
    }
    Some(Material {
        name,
        at: row.locator(),
        necessity: text(Column::Necessity),
        form: text(Column::Form),
        copies: text(Column::Copies),
        source: text(Column::Source),
        blank_form,
        sample_form,
    })
}

fn as_offer(candidate: forms::Candidate) -> FormOffer {
    match candidate.destination {
        forms::Destination::Url(url) => FormOffer::Link { url, text: candidate.text },
        forms::Destination::Script(raw) => FormOffer::Unfollowable { raw },
    }
}

fn keep_better(slot: &mut FormOffer, offer: FormOffer) {
    let rank = |offer: &FormOffer| match offer {
        FormOffer::Absent => 0,
        FormOffer::Nothing { .. } => 1,
        FormOffer::Unfollowable { .. } => 2,
        FormOffer::Link { .. } => 3,
    };
    if rank(&offer) > rank(slot) {
        *slot = offer;
    }
}

/// A material's name without the badges and the words of the downloads that stand beside it.
fn bare_name(node: Node<'_>, base: &Url) -> String {
    let mut name = node.text();
    for badge in node.descendants().filter(|inner| is_badge(*inner)) {
        let words = badge.text();
        if words.chars().count() < name.chars().count()
            && let Some(start) = name.rfind(&words)
        {
            name.replace_range(start..start + words.len(), "");
        }
    }
    for candidate in forms::candidates(node, base) {
        let is_download = candidate.kind.is_some() || squeeze(&candidate.text).contains("下载");
        if is_download && candidate.text.chars().count() < name.chars().count() {
            name = name.replacen(&candidate.text, "", 1);
        }
    }
    clean(&name)
}

/// An element beside the name that says something about the material, not what it is called.
fn is_badge(node: Node<'_>) -> bool {
    matches!(node.name(), "span" | "i" | "em" | "b" | "font" | "label" | "sup" | "small")
        && node.short_text(LONGEST_BADGE).is_some_and(|words| lexicon::is_material_badge(&words))
}

/// The longest words of a badge.
const LONGEST_BADGE: usize = 10;

fn clean(name: &str) -> String {
    fold(without_numbering(name)).trim_end_matches(['；', ';', '。', '，', ',']).trim().to_owned()
}

fn from_fields(found: &Found<'_>, base: &Url) -> Reading<Vec<Material>> {
    let mut fields: Vec<&Field<'_>> =
        found.fields.iter().filter(|field| field.meaning == Meaning::Element(Element::Materials)).collect();
    fields.sort_by_key(|field| std::cmp::Reverse(field.layout.strength()));
    let mut best = Reading::Absent;
    for field in fields {
        let holds_grid = field.content.media.iter().any(|node| found.grids.iter().any(|grid| grid.table == *node));
        if holds_grid {
            continue;
        }
        let reading = from_field(field, base);
        if reading.value().is_some() {
            return reading;
        }
        if rank(&reading) > rank(&best) {
            best = reading;
        }
    }
    best
}

fn rank(reading: &Reading<Vec<Material>>) -> u8 {
    match reading {
        Reading::Absent => 0,
        Reading::Blank { .. } => 1,
        Reading::Placeholder { .. } => 2,
        Reading::Unreadable { .. } => 3,
        Reading::Stated(_) => 4,
    }
}

fn from_field(field: &Field<'_>, base: &Url) -> Reading<Vec<Material>> {
    let at = field.content.at.clone();
    let raw: String = field.content.text().chars().take(LONGEST_RAW).collect();
    if field.is_blank() {
        return Reading::Blank { at: field.label_at.clone(), label: field.label.clone() };
    }
    if raw.is_empty() || lexicon::is_unrendered(&raw) {
        return Reading::Unreadable { at, raw };
    }
    if lexicon::is_placeholder(Element::Materials, &raw) {
        return Reading::Placeholder { at, raw };
    }
    if matches!(squeeze(&raw).trim_end_matches('。'), "无" | "无需材料" | "不需要" | "无需提供材料" | "免提交")
    {
        return Reading::Stated(Located { value: Vec::new(), at, raw });
    }
    let materials = from_content(&field.content, base);
    Reading::Stated(Located { value: materials, at, raw })
}

/// A line of a list, with the element it stands in.
struct Item<'a> {
    text: String,
    node: Option<Node<'a>>,
    /// The element holds nothing but this line: its links are this material's.
    sole: bool,
}

fn from_content(content: &Content<'_>, base: &Url) -> Vec<Material> {
    let items = merge_continuations(marks_set_apart(items(content)));
    items
        .into_iter()
        .filter_map(|item| {
            let mut name = clean(&item.text);
            let mut blank_form = FormOffer::Absent;
            let mut sample_form = FormOffer::Absent;
            let links = item.node.filter(|_| item.sole).map(|node| forms::candidates(node, base)).unwrap_or_default();
            for candidate in links {
                if candidate.kind.is_some() || squeeze(&candidate.text).contains("下载") {
                    name = clean(&name.replacen(&candidate.text, "", 1));
                } else if !candidate.is_file() {
                    continue;
                }
                let slot = if candidate.kind == Some(FormKind::Sample) { &mut sample_form } else { &mut blank_form };
                keep_better(slot, as_offer(candidate));
            }
            let name = name.trim_end_matches(['（', '(', '）', ')', '[', ']', '【', '】']).to_owned();
            let at = item.node.map_or_else(|| content.at.clone(), Node::locator);
            (!name.is_empty()).then(|| plain(name, at, blank_form, sample_form))
        })
        .collect()
}

fn plain(name: String, at: Locator, blank_form: FormOffer, sample_form: FormOffer) -> Material {
    Material { name, at, necessity: None, form: None, copies: None, source: None, blank_form, sample_form }
}

/// List items if there are any, else blocks, else lines.
fn items<'a>(content: &Content<'a>) -> Vec<Item<'a>> {
    let inside = |node: &Node<'a>| content.keys.contains(&node.key());
    let all = || content.roots.iter().flat_map(|root| std::iter::once(*root).chain(root.descendants())).filter(inside);
    let leaf = |node: &Node<'a>| !node.children().any(|child| child.is_block() && child.name() != "br");
    let mut nodes: Vec<Node<'a>> = all().filter(|node| node.name() == "li").collect();
    if nodes.is_empty() {
        nodes = all()
            .filter(|node| node.is_block() && node.name() != "br" && leaf(node) && !node.text().is_empty())
            .collect();
    }
    let in_nodes: usize = nodes.iter().map(|node| squeeze(&node.text()).chars().count()).sum();
    let in_lines: usize = content.lines.iter().map(|line| squeeze(line).chars().count()).sum();
    // Text outside the blocks would be lost: then the lines are the better source.
    if nodes.is_empty() || in_nodes < in_lines {
        let node = content.roots.first().copied().filter(|_| content.roots.len() == 1);
        let only = content.lines.len() == 1;
        return content
            .lines
            .iter()
            .flat_map(|line| split_enumeration(line))
            .map(|text| Item { text, node, sole: only })
            .collect();
    }
    nodes
        .into_iter()
        .flat_map(|node| {
            let lines: Vec<String> = node.lines().iter().flat_map(|line| split_enumeration(line)).collect();
            let only = lines.len() == 1;
            lines.into_iter().map(move |text| Item { text, node: Some(node), sole: only })
        })
        .collect()
}

/// `3.照片` and then `4.6个月内…`: the mark is parted from a number that the item begins with.
fn marks_set_apart(mut items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let mut last = None;
    for item in &mut items {
        let own = numbering(&item.text).map(|(mark, _)| mark);
        let after = last.filter(|_| own.is_none()).and_then(|before| numbering_after(&item.text, before));
        let after = after.map(|(mark, rest)| (mark, format!("{}. {rest}", mark.ordinal)));
        last = own.or(after.as_ref().map(|(mark, _)| *mark));
        if let Some((_, text)) = after {
            item.text = text;
        }
    }
    items
}

/// Where the list is numbered, a line without a number continues the one before; an introduction before it is dropped.
fn merge_continuations(items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let numbered = items.iter().filter(|item| numbering(&item.text).is_some()).count();
    let in_list = items.iter().any(|item| item.node.is_some_and(|node| node.name() == "li"));
    if numbered < 2 || in_list {
        return items.into_iter().filter(|item| !is_introduction(&item.text)).collect();
    }
    let mut merged: Vec<Item<'_>> = Vec::new();
    for item in items {
        if numbering(&item.text).is_some() {
            merged.push(item);
        } else if let Some(last) = merged.last_mut()
            && !is_introduction(&item.text)
        {
            last.text.push_str(&item.text);
        }
    }
    merged
}

fn is_introduction(text: &str) -> bool {
    text.ends_with(['：', ':']) || lexicon::label(text).is_some()
}

fn attach_sections(materials: &mut [Material], found: &Found<'_>, base: &Url) {
    for field in &found.fields {
        let Meaning::Forms(kind) = field.meaning else { continue };
        let links = field.content.media.iter().filter(|node| node.name() == "a" || node.attr("onclick").is_some());
        let files: Vec<forms::Candidate> = links.flat_map(|node| forms::candidates(*node, base)).collect();
        forms::attach(materials, files, kind);
    }
}
