//! Rows of numbered discs (步骤图标): the disc stands for the step, the words below it name the step.
//!
//! Comes in: regions, nodes, free words. Goes out: nodes that bear the names; the words that were names are taken away.
//! Must never know: arrows.

use super::boxes::Drawn;
use super::loose::Group;
use super::rect::Rect;
use super::regions::Regions;
use super::shape::{Body, Spans, hull_size};
use crate::chart::blobs::{Blobs, Neighbours};
use crate::chart::plane::Plane;
use crate::chart::recognise::Line;
use crate::model::chart::NodeKind;

/// Fewer discs than this in a row are no row of steps.
const LEAST: usize = 3;

/// Least and greatest side of a disc, in heights of the print.
const SIDES: (f32, f32) = (1.2, 4.5);

/// A disc fills about this share of its square.
const FILL: (f32, f32) = (0.72, 0.86);

/// A name stands this close below its disc, in heights of the print.
const NAME_WITHIN: f32 = 2.0;

/// The widest space between two neighbours, as a multiple of the narrowest: a disc that was not seen leaves a wider one.
const MOST_UNEVEN: f32 = 1.5;

/// A disc on the sheet.
struct Disc {
    rect: Rect,
    spans: Spans,
    /// The number in it, if it was read.
    number: Option<u32>,
}

/// Makes a node of every disc of a row and the words below it. A row is read as a whole or not at all: a step that is
/// left out would look like one that the chart lacks.
pub(crate) fn named(found: (&Regions, &Plane<bool>), nodes: &mut Vec<Drawn>, groups: &mut Vec<Group>, print: f32) {
    let (regions, ink) = found;
    for row in rows(discs(regions, ink, print)) {
        let names: Vec<usize> = row.iter().filter_map(|disc| name(&disc.rect, groups, print)).collect();
        let apart = names.iter().zip(names.iter().skip(1)).all(|(a, b)| a != b);
        if names.len() != row.len() || !apart {
            continue;
        }
        let in_row = |place: &Rect| row.iter().any(|disc| disc.rect.widened(2).holds(place.centre()));
        nodes.retain(|node| !in_row(&node.rect));
        for (disc, name) in row.iter().zip(&names) {
            let Some(group) = groups.get(*name) else { continue };
            nodes.push(Drawn {
                text: group.text.clone(),
                score: group.score,
                kind: NodeKind::Borderless,
                body: Some(Body::of(&disc.spans, &disc.rect, &regions.wall, print)),
                rect: group.rect,
                chevron: false,
                cells: Vec::new(),
            });
        }
        let mut at = 0;
        groups.retain(|group| {
            at += 1;
            !names.contains(&(at - 1)) && !in_row(&group.rect)
        });
    }
}

/// What stands out of the ground as a disc and bears a number or nothing that was read.
fn discs(regions: &Regions, ink: &Plane<bool>, print: f32) -> Vec<Disc> {
    let figures = Blobs::of(ink, Neighbours::Four);
    let disc = |number: u32, rect: Rect| {
        let (width, height) = (rect.width() as f32, rect.height() as f32);
        if !(SIDES.0 * print..SIDES.1 * print).contains(&height) || !(0.85..1.18).contains(&(width / height)) {
            return None;
        }
        let spans = Spans::of(&figures, number, &rect);
        let filled = spans.size() as f32;
        let round = (FILL.0..FILL.1).contains(&(filled / rect.size().max(1) as f32));
        if !round || filled < 0.93 * hull_size(&spans, &rect) {
            return None;
        }
        let words: Vec<&Line> =
            regions.lines.iter().filter(|line| rect.holds(Rect::around(&line.quad).centre())).collect();
        let number = match words.as_slice() {
            [] => None,
            [word] => Some(word.text.trim().parse().ok().filter(|number| *number < 100)?),
            _ => return None,
        };
        Some(Disc { rect, spans, number })
    };
    figures.numbered().filter_map(|(number, blob)| disc(number, blob.into())).collect()
}

/// Discs of one size at one height, evenly spaced, whose numbers, as far as they were read, rise from the left.
fn rows(mut discs: Vec<Disc>) -> Vec<Vec<Disc>> {
    discs.sort_by_key(|disc| disc.rect.left);
    let mut all: Vec<Vec<Disc>> = Vec::new();
    for disc in discs {
        let like = |other: &Disc| {
            let (a, b) = (&other.rect, &disc.rect);
            let side = a.height().max(b.height()) as f32;
            (a.centre().1 - b.centre().1).abs() < 0.2 * side && ((a.height() - b.height()).abs() as f32) < 0.2 * side
        };
        match all.iter_mut().find(|row| row.last().is_some_and(like)) {
            Some(row) => row.push(disc),
            None => all.push(vec![disc]),
        }
    }
    all.retain(|row| row.len() >= LEAST && is_even(row) && rises(row));
    all
}

fn is_even(row: &[Disc]) -> bool {
    let steps = row.iter().zip(row.iter().skip(1)).map(|(a, b)| b.rect.centre().0 - a.rect.centre().0);
    let (least, most) = steps.fold((f32::MAX, 0.0_f32), |(least, most), step| (least.min(step), most.max(step)));
    most <= MOST_UNEVEN * least
}

fn rises(row: &[Disc]) -> bool {
    let numbers: Vec<u32> = row.iter().filter_map(|disc| disc.number).collect();
    numbers.iter().zip(numbers.iter().skip(1)).all(|(a, b)| a < b)
}

/// The nearest words below a disc, in the middle under it.
fn name(disc: &Rect, groups: &[Group], print: f32) -> Option<usize> {
    let below = groups.iter().enumerate().filter(|(_, group)| {
        let aside = (group.rect.centre().0 - disc.centre().0).abs();
        let gap = (group.rect.top - disc.bottom) as f32;
        (-0.2 * print..NAME_WITHIN * print).contains(&gap) && aside < 0.6 * print && group.text.chars().count() > 1
    });
    below.min_by_key(|(_, group)| group.rect.top).map(|(index, _)| index)
}
