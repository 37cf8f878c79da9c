//! Drawings from scene to file.

use super::*;
use crate::model::chart::NodeKind;

const BLACK: Color = Color(0, 0, 0);
const INK: Stroke = Stroke { color: BLACK, width: 2.0, dashed: false };

fn figure(role: Role, rect: Rect, text: &str) -> Figure {
    Figure {
        role,
        shape: Shape::Box,
        rect,
        fill: Fill::None,
        outline: Some(INK),
        shadow: false,
        lines: vec![Line { text: text.to_owned(), size: 16.0, bold: false, color: BLACK }],
        align: Align::Middle,
    }
}

/// Two boxes with an arrow from the lower to the upper one, and a limit beside the upper one.
fn scene() -> Scene {
    let node = Role::Node(NodeKind::Step, None);
    Scene {
        width: 300.0,
        height: 200.0,
        paper: Fill::Plain(Color(255, 255, 255)),
        face: Face::Hei,
        figures: vec![
            figure(node, Rect { x: 20.0, y: 130.0, w: 120.0, h: 40.0 }, "受理"),
            figure(node, Rect { x: 20.0, y: 30.0, w: 120.0, h: 40.0 }, "审查 & 决定"),
            figure(Role::Note(1), Rect { x: 180.0, y: 30.0, w: 100.0, h: 40.0 }, "5个工作日"),
        ],
        connectors: vec![Connector {
            from: 0,
            to: 1,
            path: vec![(80.0, 130.0), (80.0, 70.0)],
            stroke: INK,
            head: Head::Filled,
            label: Some(Label {
                line: Line { text: "是".into(), size: 14.0, bold: false, color: BLACK },
                at: (95.0, 100.0),
            }),
            flows: true,
        }],
        watermark: None,
        markers: false,
    }
}

fn painted(scene: &Scene) -> Pixels {
    // Forms need no font, so that these tests need none.
    let fonts = Fonts::for_forms();
    fonts.paint(&to_svg(scene), 1.0).expect("our own drawing")
}

#[test]
fn what_must_be_read_of_a_drawing_is_what_was_drawn() {
    let printed = printed(&scene(), Projection::IDENTITY, (300, 200));
    let chart = &printed.chart;
    let texts: Vec<&str> = chart.nodes.iter().map(|node| node.text.as_str()).collect();
    assert_eq!(texts, ["审查 & 决定", "受理"], "from the top");
    assert_eq!((chart.edges[0].from, chart.edges[0].to), (1, 0), "from the lower to the upper one");
    assert_eq!(chart.edges[0].label.as_deref(), Some("是"));
    assert_eq!(chart.nodes[0].notes[0].text, "5个工作日");
    assert_eq!(printed.other[0].text, "是");
    assert_eq!(chart.smallest_print, Some(16));
}

#[test]
fn a_box_is_inked_where_the_truth_says_that_it_lies() {
    let scene = scene();
    let pixels = painted(&scene);
    let printed = printed(&scene, Projection::IDENTITY, (300, 200));
    for node in &printed.chart.nodes {
        let Color(dark, ..) = pixels.at(node.area.x, node.area.y + node.area.height / 2);
        let Color(light, ..) = pixels.at(node.area.x + node.area.width / 2, node.area.y + node.area.height - 6);
        assert!(dark < 60 && light > 200, "{node:?}: outline {dark}, inside {light}");
    }
}

#[test]
fn on_a_worn_copy_boxes_lie_where_the_truth_says() {
    let scene = scene();
    let white = Color(255, 255, 255);
    let wears = [Wear::Turn(3.0, white), Wear::Tilt(0.06, white), Wear::Shrink(0.8), Wear::Shade(12.0)];
    let copy = worn(painted(&scene), 1.0, &wears, 7);
    // The middle of the box's lower edge is inked, a little above it is paper.
    let rect = scene.figures[0].rect;
    let near = |x: f32, y: f32| {
        let (x, y) = copy.map.point((x, y));
        let dark = |dx: u32, dy: u32| copy.pixels.at(numbers::whole(x) + dx - 1, numbers::whole(y) + dy - 1).0;
        (0..3).flat_map(|dx| (0..3).map(move |dy| (dx, dy))).map(|(dx, dy)| dark(dx, dy)).min()
    };
    assert!(near(rect.x + 20.0, rect.bottom()) < Some(120));
    assert!(near(rect.x + 20.0, rect.bottom() - 8.0) > Some(180));
    let truth = printed(&scene, copy.map, (copy.pixels.width(), copy.pixels.height()));
    assert_eq!(truth.chart.smallest_print, Some(12), "16 × 0.8, and a little smaller where the paper recedes");
}

#[test]
fn the_same_seed_gives_the_same_copy_and_another_seed_another() {
    let copy = |seed| worn(painted(&scene()), 1.0, &[Wear::Noise(9.0), Wear::Blur(0.8)], seed).pixels;
    assert_eq!(copy(3), copy(3));
    assert_ne!(copy(3), copy(4));
}

#[test]
fn every_format_opens_again_with_the_same_size() {
    let pixels = painted(&scene());
    for format in [Format::Png, Format::Jpeg(60), Format::Gif, Format::Bmp] {
        let picture = image::load_from_memory(&format.encode(&pixels)).expect("a picture");
        assert_eq!((picture.width(), picture.height()), (300, 200), "{format:?}");
    }
}

#[test]
fn words_are_escaped_and_a_fax_is_black_and_white() {
    assert!(to_svg(&scene()).contains("审查 &amp; 决定"));
    let fax = worn(painted(&scene()), 1.0, &[Wear::Threshold(128)], 1).pixels;
    assert!(fax.rgb().iter().all(|level| matches!(level, 0 | 255)));
}

#[test]
fn a_drawing_that_is_too_large_is_refused() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90000\" height=\"10\"/>";
    assert!(matches!(Fonts::for_forms().paint(svg, 1.0), Err(PaintError::Size(..))));
    assert!(matches!(Fonts::for_forms().paint("<html/>", 1.0), Err(PaintError::Svg(_))));
}
