//! No layout lets words run over each other or arrows through boxes.

use super::super::look::LOOKS;
use super::super::{pair, plan};
use super::*;
use crate::drawing::{Connector, Figure, Rect, Role, Shape, width_of};
use crate::synthetic::random::Random;

/// Many plans with everything that plans can have.
fn scenes() -> Vec<(&'static str, Scene)> {
    let mut scenes = Vec::new();
    for number in 0..240 {
        let mut random = Random::new(11, number as u64);
        let look = &LOOKS[number % LOOKS.len()];
        let (pair, _) = pair::make(look, number / 7, &mut random);
        let theme = (look.theme)(&mut random);
        for plan in plan::plans(&pair, &mut random) {
            for layout in LAYOUTS {
                scenes.push((layout.name, layout.scene(&plan, &theme)));
            }
        }
    }
    scenes
}

fn has_words(figure: &Figure) -> bool {
    !figure.lines.is_empty()
}

#[test]
fn figures_with_words_do_not_overlap_and_lie_on_the_paper() {
    for (name, scene) in scenes() {
        let figures: Vec<&Figure> = scene.figures.iter().filter(|figure| has_words(figure)).collect();
        for (n, figure) in figures.iter().enumerate() {
            let Rect { x, y, .. } = figure.rect;
            let inside =
                x >= 0.0 && y >= 0.0 && figure.rect.right() <= scene.width && figure.rect.bottom() <= scene.height;
            assert!(inside, "{name}: {:?} on {} × {}", figure, scene.width, scene.height);
            // Cells of a table share their edges.
            let within = Rect { x: x + 0.1, y: y + 0.1, w: figure.rect.w - 0.2, h: figure.rect.h - 0.2 };
            for other in &figures[n + 1..] {
                assert!(!within.overlaps(other.rect), "{name}: {figure:?} over {other:?}");
            }
        }
    }
}

#[test]
fn words_fit_into_their_figures() {
    for (name, scene) in scenes() {
        for figure in scene.figures.iter().filter(|figure| !matches!(figure.role, Role::Lane(_))) {
            let room = if figure.shape == Shape::Diamond { figure.rect.w * 0.8 } else { figure.rect.w + 1.0 };
            for line in &figure.lines {
                assert!(width_of(&line.text, line.size) <= room, "{name}: {line:?} in {:?}", figure.rect);
            }
            let height: f32 = figure.lines.iter().map(|line| line.size * crate::drawing::LINE_HEIGHT).sum();
            assert!(height <= figure.rect.h + 1.0, "{name}: {figure:?}");
        }
    }
}

/// The points along a connector, a unit apart, without those near its ends.
fn inner_points(connector: &Connector) -> Vec<(f32, f32)> {
    let mut points = Vec::new();
    for piece in connector.path.windows(2) {
        let [(ax, ay), (bx, by)] = piece else { continue };
        let length = (bx - ax).hypot(by - ay);
        let mut along = 0.0;
        while along < length {
            let part = along / length;
            points.push((ax + (bx - ax) * part, ay + (by - ay) * part));
            along += 1.0;
        }
    }
    points
}

#[test]
fn arrows_run_through_no_box_and_end_at_their_figures() {
    for (name, scene) in scenes() {
        for connector in &scene.connectors {
            let hit = |rect: Rect, (x, y): (f32, f32)| {
                x > rect.x + 1.5 && x < rect.right() - 1.5 && y > rect.y + 1.5 && y < rect.bottom() - 1.5
            };
            for (number, figure) in scene.figures.iter().enumerate().filter(|(_, figure)| has_words(figure)) {
                // A diamond's rectangle is larger than the diamond.
                if figure.shape == Shape::Diamond && (number == connector.from || number == connector.to) {
                    continue;
                }
                let through = inner_points(connector).into_iter().find(|point| hit(figure.rect, *point));
                assert!(through.is_none(), "{name}: {connector:?} through {figure:?}");
            }
            let (from, to) = (scene.figures[connector.from].rect, scene.figures[connector.to].rect);
            let near = |rect: Rect, (x, y): (f32, f32)| {
                x > rect.x - 90.0 && x < rect.right() + 90.0 && y > rect.y - 40.0 && y < rect.bottom() + 40.0
            };
            let (first, last) = (connector.path[0], connector.path[connector.path.len() - 1]);
            assert!(near(from, first) && near(to, last), "{name}: {connector:?}");
        }
    }
}

#[test]
fn words_on_arrows_stand_clear_of_boxes() {
    for (name, scene) in scenes() {
        for label in scene.connectors.iter().filter_map(|connector| connector.label.as_ref()) {
            let size = label.line.size;
            let rect = Rect::around(label.at, width_of(&label.line.text, size) * 0.95, size * 0.9);
            let over = scene.figures.iter().find(|figure| has_words(figure) && figure.rect.overlaps(rect));
            assert!(over.is_none(), "{name}: {label:?} over {over:?}");
        }
    }
}
