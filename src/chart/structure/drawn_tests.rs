//! Small charts drawn by plain code: what is read of them is known. Words are handed in as areas, without any print.

use super::read;
use crate::chart::picture::Picture;
use crate::chart::recognise::Line;
use crate::chart::recognise::quad::Quad;
use crate::model::chart::{Chart, NodeKind};

const WHITE: [u8; 3] = [255; 3];
const BLACK: [u8; 3] = [0; 3];

struct Canvas {
    width: i32,
    height: i32,
    pixels: Vec<[u8; 3]>,
    lines: Vec<Line>,
}

impl Canvas {
    fn new(width: i32, height: i32) -> Self {
        Self { width, height, pixels: vec![WHITE; (width * height) as usize], lines: Vec::new() }
    }

    fn dot(&mut self, x: i32, y: i32, colour: [u8; 3]) {
        if (0..self.width).contains(&x) && (0..self.height).contains(&y) {
            self.pixels[(y * self.width + x) as usize] = colour;
        }
    }

    fn fill(&mut self, (left, top): (i32, i32), (right, bottom): (i32, i32), colour: [u8; 3]) {
        for y in top..=bottom {
            for x in left..=right {
                self.dot(x, y, colour);
            }
        }
    }

    /// Words of 14 by 14 pixels a letter, each letter a grid of strokes, around a place.
    fn words(&mut self, text: &str, x: i32, y: i32) {
        let count = text.chars().count() as i32;
        let left = x - count * 8;
        for letter in 0..count {
            let from = left + letter * 16 + 1;
            for step in [0, 5, 10] {
                self.fill((from, y - 6 + step), (from + 12, y - 5 + step), BLACK);
                self.fill((from + step, y - 6), (from + step + 1, y + 5), BLACK);
            }
        }
        let quad =
            Quad::upright((left as f32 - 3.0, y as f32 - 10.0), ((left + count * 16) as f32 + 3.0, y as f32 + 10.0));
        let places = (0..count).map(|letter| (letter as f32 + 0.5) / count as f32).collect();
        self.lines.push(Line { quad, text: text.to_owned(), score: 0.99, places });
    }

    fn outline(&mut self, (left, top): (i32, i32), (right, bottom): (i32, i32)) {
        self.fill((left, top), (right, top + 1), BLACK);
        self.fill((left, bottom - 1), (right, bottom), BLACK);
        self.fill((left, top), (left + 1, bottom), BLACK);
        self.fill((right - 1, top), (right, bottom), BLACK);
    }

    /// A box of 120 by 40 around a place.
    fn step(&mut self, text: &str, x: i32, y: i32) {
        self.outline((x - 60, y - 20), (x + 60, y + 20));
        self.words(text, x, y);
    }

    fn diamond(&mut self, text: &str, x: i32, y: i32) {
        for down in -40..=40_i32 {
            let half = 90 * (40 - down.abs()) / 40;
            self.fill((x - half - 2, y + down), (x - half, y + down), BLACK);
            self.fill((x + half, y + down), (x + half + 2, y + down), BLACK);
        }
        self.words(text, x, y);
    }

    /// A line along rows or columns, two pixels wide.
    fn line(&mut self, (from_x, from_y): (i32, i32), (to_x, to_y): (i32, i32), colour: [u8; 3]) {
        self.fill((from_x.min(to_x), from_y.min(to_y)), (from_x.max(to_x) + 1, from_y.max(to_y) + 1), colour);
    }

    /// A head that points down with its tip at a place.
    fn head_down(&mut self, x: i32, y: i32, colour: [u8; 3]) {
        for back in 0..10 {
            self.fill((x - back / 2, y - back), (x + 1 + back / 2, y - back), colour);
        }
    }

    fn down(&mut self, x: i32, from: i32, to: i32) {
        self.line((x, from), (x, to), BLACK);
        self.head_down(x, to + 1, BLACK);
    }

    fn head_right(&mut self, x: i32, y: i32) {
        for back in 0..10 {
            self.fill((x - back, y - back / 2), (x - back, y + 1 + back / 2), BLACK);
        }
    }

    /// A disc of 36 pixels around a place.
    fn disc(&mut self, x: i32, y: i32) {
        for down in -18..=18_i32 {
            let half = f64::from(18 * 18 - down * down).sqrt() as i32;
            self.fill((x - half, y + down), (x + half, y + down), [90, 130, 180]);
        }
    }

    fn read(self) -> Chart {
        read(&Picture::from_pixels(self.width as u32, self.height as u32, self.pixels), &self.lines)
    }
}

fn arrows(chart: &Chart) -> Vec<(&str, &str, bool)> {
    let text = |node: usize| chart.nodes[node].text.as_str();
    chart.edges.iter().map(|edge| (text(edge.from), text(edge.to), edge.directed)).collect()
}

#[test]
fn boxes_below_each_other_are_joined_by_their_arrows() {
    let mut canvas = Canvas::new(260, 300);
    canvas.words("某事项流程图", 130, 20);
    for (at, text) in [(70, "申请"), (160, "受理"), (250, "审查")] {
        canvas.step(text, 130, at);
    }
    canvas.down(130, 92, 138);
    canvas.down(130, 182, 228);
    let chart = canvas.read();
    assert_eq!(arrows(&chart), [("申请", "受理", true), ("受理", "审查", true)]);
    assert_eq!(chart.title.as_ref().map(|title| title.text.as_str()), Some("某事项流程图"));
    let area = chart.nodes[1].area;
    assert!(area.x.abs_diff(70) <= 3 && area.y.abs_diff(140) <= 3, "{area:?}");
    assert!(area.width.abs_diff(121) <= 6 && area.height.abs_diff(41) <= 6, "{area:?}");
}

#[test]
fn an_arrow_upwards_is_read_upwards() {
    let mut canvas = Canvas::new(260, 200);
    canvas.step("补正", 130, 150);
    canvas.step("申请", 130, 40);
    canvas.line((130, 62), (130, 128), BLACK);
    for back in 0..10 {
        canvas.fill((130 - back / 2, 62 + back), (131 + back / 2, 62 + back), BLACK);
    }
    assert_eq!(arrows(&canvas.read()), [("补正", "申请", true)]);
}

#[test]
fn a_comb_goes_from_one_box_to_each_of_three() {
    let mut canvas = Canvas::new(460, 220);
    canvas.step("受理", 230, 40);
    canvas.line((230, 62), (230, 100), BLACK);
    canvas.line((75, 100), (386, 100), BLACK);
    for (x, text) in [(75, "不予受理"), (230, "当场办理"), (385, "补正材料")] {
        canvas.down(x, 100, 138);
        canvas.step(text, x, 160);
    }
    let chart = canvas.read();
    assert_eq!(arrows(&chart), [("受理", "不予受理", true), ("受理", "当场办理", true), ("受理", "补正材料", true)]);
}

#[test]
fn thin_grey_lines_and_filled_boxes_without_outlines_are_read_too() {
    let mut canvas = Canvas::new(260, 200);
    for (y, text) in [(40, "申请"), (150, "受理")] {
        canvas.fill((70, y - 20), (190, y + 20), [200, 210, 250]);
        canvas.words(text, 130, y);
    }
    canvas.fill((130, 61), (130, 126), [150; 3]);
    for back in 0..7 {
        canvas.fill((130 - back / 2, 127 - back), (130 + back / 2, 127 - back), [150; 3]);
    }
    assert_eq!(arrows(&canvas.read()), [("申请", "受理", true)]);
}

#[test]
fn a_diamond_is_a_decision_and_its_arrows_have_labels() {
    let mut canvas = Canvas::new(520, 260);
    canvas.diamond("是否齐全", 130, 60);
    canvas.step("受理", 130, 200);
    canvas.step("补正材料", 420, 60);
    canvas.down(130, 102, 178);
    canvas.words("是", 155, 140);
    canvas.line((223, 60), (357, 60), BLACK);
    canvas.head_right(358, 60);
    canvas.words("否", 290, 44);
    let chart = canvas.read();
    assert_eq!(chart.nodes[0].kind, NodeKind::Decision);
    let labelled: Vec<(&str, Option<&str>)> =
        chart.edges.iter().map(|edge| (chart.nodes[edge.to].text.as_str(), edge.label.as_deref())).collect();
    assert_eq!(labelled, [("补正材料", Some("否")), ("受理", Some("是"))]);
}

#[test]
fn lines_that_cross_are_two_arrows() {
    let mut canvas = Canvas::new(420, 300);
    canvas.step("窗口", 70, 150);
    canvas.step("办结", 350, 150);
    canvas.step("申请", 210, 40);
    canvas.step("受理", 210, 260);
    canvas.line((132, 150), (287, 150), BLACK);
    canvas.head_right(288, 150);
    canvas.down(210, 62, 238);
    assert_eq!(arrows(&canvas.read()), [("申请", "受理", true), ("窗口", "办结", true)]);
}

#[test]
fn a_dashed_arrow_is_one_arrow() {
    let mut canvas = Canvas::new(420, 100);
    canvas.step("受理", 70, 50);
    canvas.step("公示", 350, 50);
    for dash in 0..13 {
        canvas.line((132 + dash * 12, 50), (138 + dash * 12, 50), BLACK);
    }
    canvas.head_right(288, 50);
    let chart = canvas.read();
    assert_eq!(arrows(&chart), [("受理", "公示", true)]);
    assert!(chart.edges[0].dashed);
}

#[test]
fn a_line_without_a_head_has_no_direction() {
    let mut canvas = Canvas::new(420, 100);
    canvas.step("受理", 70, 50);
    canvas.step("公示", 350, 50);
    canvas.line((132, 50), (288, 50), BLACK);
    assert_eq!(arrows(&canvas.read()), [("受理", "公示", false)]);
}

#[test]
fn an_arrow_that_leaves_the_picture_joins_nothing() {
    let mut canvas = Canvas::new(300, 200);
    canvas.step("立项", 80, 50);
    canvas.step("审批", 80, 150);
    canvas.line((142, 50), (220, 50), BLACK);
    canvas.line((142, 150), (270, 150), BLACK);
    canvas.line((220, 50), (220, 138), BLACK);
    canvas.head_down(220, 148, BLACK);
    canvas.head_right(280, 150);
    assert_eq!(arrows(&canvas.read()), []);
}

#[test]
fn lanes_have_headings_and_nodes_stand_in_them() {
    let mut canvas = Canvas::new(420, 320);
    for x in [10, 200, 390] {
        canvas.line((x, 10), (x, 300), BLACK);
    }
    for y in [10, 44, 300] {
        canvas.line((10, y), (391, y), BLACK);
    }
    canvas.words("窗口", 105, 27);
    canvas.words("业务科室", 295, 27);
    canvas.step("受理", 105, 100);
    canvas.step("审查", 295, 220);
    canvas.line((105, 122), (105, 160), BLACK);
    canvas.line((105, 160), (295, 160), BLACK);
    canvas.down(295, 160, 198);
    let chart = canvas.read();
    let titles: Vec<&str> = chart.lanes.iter().map(|lane| lane.title.as_str()).collect();
    assert_eq!(titles, ["窗口", "业务科室"]);
    assert_eq!(arrows(&chart), [("受理", "审查", true)]);
    let lanes: Vec<Option<usize>> = chart.nodes.iter().map(|node| node.lane).collect();
    assert_eq!(lanes, [Some(0), Some(1)]);
}

#[test]
fn words_that_arrows_point_at_are_nodes_without_an_outline() {
    let mut canvas = Canvas::new(420, 80);
    canvas.words("网上申请", 60, 40);
    canvas.words("窗口受理", 300, 40);
    canvas.line((105, 40), (250, 40), BLACK);
    canvas.head_right(252, 40);
    let chart = canvas.read();
    assert_eq!(arrows(&chart), [("网上申请", "窗口受理", true)]);
    assert!(chart.nodes.iter().all(|node| node.kind == NodeKind::Borderless));
}

#[test]
fn words_beside_a_box_are_its_notes() {
    let mut canvas = Canvas::new(420, 220);
    canvas.step("申请", 100, 40);
    canvas.step("受理", 100, 160);
    canvas.down(100, 62, 138);
    canvas.words("二个工作日内", 230, 160);
    let chart = canvas.read();
    assert_eq!(chart.nodes[1].notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["二个工作日内"]);
    assert!(chart.nodes[0].notes.is_empty());
}

#[test]
fn nothing_but_noise_gives_a_chart_without_arrows() {
    let mut canvas = Canvas::new(120, 120);
    let mut state = 7_u32;
    for y in 0..120 {
        for x in 0..120 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            canvas.dot(x, y, [(state >> 24) as u8; 3]);
        }
    }
    canvas.words("申请", 60, 60);
    assert!(arrows(&canvas.read()).is_empty());
    assert!(Canvas::new(50, 50).read().nodes.is_empty());
}

#[test]
fn a_row_of_discs_takes_its_names_from_the_words_below() {
    let mut canvas = Canvas::new(620, 160);
    for (x, text) in [(100, "申请"), (300, "受理"), (500, "审批")] {
        canvas.disc(x, 40);
        canvas.words(text, x, 85);
    }
    for x in [126, 326] {
        canvas.line((x, 40), (x + 146, 40), [90, 130, 180]);
    }
    canvas.words("三个工作日", 300, 108);
    let chart = canvas.read();
    assert_eq!(arrows(&chart), [("申请", "受理", false), ("受理", "审批", false)]);
    assert_eq!(chart.nodes[1].notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["三个工作日"]);
}

#[test]
fn a_row_with_a_disc_that_has_no_name_is_no_row_of_steps() {
    let mut canvas = Canvas::new(620, 160);
    for (x, text) in [(100, "申请"), (300, "受理")] {
        canvas.disc(x, 40);
        canvas.words(text, x, 85);
    }
    canvas.disc(500, 40);
    assert!(canvas.read().nodes.iter().all(|node| node.text.is_empty()));
}

#[test]
fn a_line_with_heads_at_both_ends_claims_no_direction() {
    let mut canvas = Canvas::new(260, 200);
    canvas.step("申请", 130, 40);
    canvas.step("补正", 130, 150);
    canvas.down(130, 62, 128);
    for back in 0..10 {
        canvas.fill((130 - back / 2, 62 + back), (131 + back / 2, 62 + back), BLACK);
    }
    assert_eq!(arrows(&canvas.read()), [("申请", "补正", false)]);
}

#[test]
fn a_label_that_touches_the_head_does_not_hide_it() {
    let mut canvas = Canvas::new(420, 100);
    canvas.step("受理", 70, 50);
    canvas.step("退回", 350, 50);
    canvas.line((132, 50), (287, 50), BLACK);
    canvas.head_right(288, 50);
    canvas.words("材料不全", 255, 38);
    let chart = canvas.read();
    assert_eq!(arrows(&chart), [("受理", "退回", true)]);
    assert_eq!(chart.edges[0].label.as_deref(), Some("材料不全"));
}

#[test]
fn strokes_as_faint_as_the_watermark_join_no_boxes() {
    const FAINT: [u8; 3] = [212; 3];
    let mut canvas = Canvas::new(420, 200);
    canvas.step("申请", 130, 40);
    canvas.step("受理", 130, 150);
    // A copy of the watermark that was read, and strokes of one that was not.
    for along in 0..90 {
        for across in [0, 6, 12, 18] {
            canvas.fill((280 + along, 120 - along / 2 + across), (281 + along, 121 - along / 2 + across), FAINT);
        }
    }
    let flat = Quad::upright((280.0, 90.0), (380.0, 116.0));
    let quad = flat.moved(|(x, y)| (x, y - (x - 330.0) / 2.0));
    canvas.lines.push(Line { quad, text: "仅供参考".to_owned(), score: 0.9, places: Vec::new() });
    canvas.line((130, 62), (130, 128), FAINT);
    canvas.head_down(130, 129, FAINT);
    assert_eq!(arrows(&canvas.read()), []);
}

#[test]
fn a_stroke_far_from_both_boxes_joins_neither() {
    let mut canvas = Canvas::new(260, 200);
    canvas.step("申请", 130, 40);
    canvas.step("受理", 130, 118);
    canvas.line((130, 77), (130, 81), BLACK);
    assert_eq!(arrows(&canvas.read()), []);
}

#[test]
fn an_arrow_of_a_few_pixels_is_not_read_backwards() {
    let mut canvas = Canvas::new(320, 100);
    canvas.step("受理", 70, 50);
    canvas.step("公示", 206, 50);
    canvas.line((132, 50), (142, 50), BLACK);
    canvas.head_right(143, 50);
    let chart = canvas.read();
    assert!(arrows(&chart).iter().all(|arrow| *arrow == ("受理", "公示", arrow.2)), "{:?}", arrows(&chart));
}

/// The same chart on paper that lies askew by some degrees and is grainy, as a scanner's copy is.
fn scanned(canvas: &Canvas, degrees: f32) -> Chart {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = (canvas.width as f32 / 2.0, canvas.height as f32 / 2.0);
    let turned = |(x, y): (f32, f32), sin: f32| {
        let (right, down) = (x - middle.0, y - middle.1);
        (middle.0 + right * cos - down * sin, middle.1 + right * sin + down * cos)
    };
    let sharp = Picture::from_pixels(canvas.width as u32, canvas.height as u32, canvas.pixels.clone());
    let mut state = 11_u32;
    let mut pixels = Vec::new();
    for y in 0..canvas.height {
        for x in 0..canvas.width {
            let (from_x, from_y) = turned((x as f32, y as f32), -sin);
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (state >> 28) as u8;
            pixels.push(sharp.mixed(from_x, from_y).map(|value| value.min(240).saturating_add(grain)));
        }
    }
    let lines: Vec<Line> = canvas
        .lines
        .iter()
        .map(|line| Line { quad: line.quad.moved(|place| turned(place, sin)), ..line.clone() })
        .collect();
    read(&Picture::from_pixels(canvas.width as u32, canvas.height as u32, pixels), &lines)
}

#[test]
fn a_grainy_copy_that_lies_askew_is_read_like_the_chart() {
    for degrees in [-1.5, 1.5] {
        let mut canvas = Canvas::new(420, 340);
        canvas.step("申请", 130, 70);
        canvas.step("受理", 130, 170);
        canvas.step("补正", 310, 270);
        canvas.down(130, 92, 148);
        canvas.line((130, 192), (130, 220), BLACK);
        canvas.line((130, 220), (310, 220), BLACK);
        canvas.down(310, 220, 248);
        let expected = [("申请", "受理", true), ("受理", "补正", true)];
        assert_eq!(arrows(&scanned(&canvas, degrees)), expected, "{degrees}");
    }
}
