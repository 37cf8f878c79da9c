//! Reading flowcharts from pictures with the real models. `make setup` fetches them; without them these tests fail.

use portal_probe::chart::{self, Models, Reading, Settings};
use portal_probe::weights;

/// Our own drawing: four boxes below each other.
const WATER: &[u8] = include_bytes!("../../fixtures/charts/water.png");

fn models(threads: usize) -> Models {
    weights::open(None, threads).expect("the models that `make setup` fetches")
}

fn read(models: &Models) -> Reading {
    chart::read_picture(WATER, models, &Settings { max_pixels: 1_000_000 }).expect("a picture with words")
}

#[test]
fn the_words_of_a_clear_picture_are_read_without_fault() {
    let reading = read(&models(2));
    assert_eq!(reading.refusal, None);
    let chart = &reading.chart;
    let words: String = chart
        .nodes
        .iter()
        .map(|node| node.text.as_str())
        .chain(chart.title.iter().map(|title| title.text.as_str()))
        .collect();
    for expected in
        ["取水许可办理流程图", "提交取水许可申请书", "受理（2个工作日）", "审查（10个工作日）", "准予许可或不予许可"]
    {
        assert!(words.contains(expected), "`{expected}` is not in `{words}`");
    }
}

#[test]
fn boxes_and_arrows_are_those_of_the_drawing() {
    let chart = read(&models(2)).chart;
    let texts: Vec<&str> = chart.nodes.iter().map(|node| node.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "申请提交取水许可申请书",
            "受理（2个工作日）水利局窗口",
            "审查（10个工作日）组织专家评审",
            "决定（3个工作日）准予许可或不予许可"
        ]
    );
    let edges: Vec<(usize, usize, bool)> = chart.edges.iter().map(|edge| (edge.from, edge.to, edge.directed)).collect();
    assert_eq!(edges, [(0, 1, true), (1, 2, true), (2, 3, true)]);
    assert_eq!(chart.title.map(|title| title.text).as_deref(), Some("取水许可办理流程图"));
}

#[test]
fn the_command_prints_the_graph_and_draws_it_over_the_picture() {
    let folder = std::env::temp_dir().join(format!("portal-probe-chart-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (picture, overlay) = (folder.join("water.png"), folder.join("overlay.svg"));
    std::fs::write(&picture, WATER).expect("written");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_portal-probe"))
        .arg("chart")
        .args([&picture, std::path::Path::new("--overlay"), &overlay])
        .output()
        .expect("the program runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(printed.contains("readable") && printed.contains("→"), "{printed}");
    let drawing = std::fs::read_to_string(&overlay).expect("the overlay");
    assert!(drawing.contains("data:image/png;base64,") && drawing.matches("<line ").count() == 3);
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// A guide whose chart is the picture beside it; its text gives the review these days.
fn guide(days: u32) -> String {
    format!(
        "<html><head><meta charset=utf-8><title>取水许可</title></head><body><h1>取水许可</h1><dl>\
         <dt>事项名称</dt><dd>取水许可</dd><dt>实施主体</dt><dd>临江县水利局</dd><dt>法定办结时限</dt><dd>20个工作日</dd>\
         <dt>承诺办结时限</dt><dd>{}个工作日</dd><dt>到办事现场次数</dt><dd>1次</dd><dt>受理条件</dt><dd>有取水需要</dd>\
         <dt>办理地点</dt><dd>县政务服务大厅二楼</dd><dt>是否收费</dt><dd>否</dd>\
         <dt>办理流程</dt><dd>申请→受理（2个工作日）→审查（{days}个工作日）→决定（3个工作日）</dd>\
         <dt>办理流程图</dt><dd><img src=\"water.png\" alt=\"取水许可办理流程图\"></dd></dl></body></html>",
        days + 5
    )
}

#[test]
fn check_reads_the_picture_beside_a_guide_and_says_without_models_that_it_cannot() {
    let folder = crate::support::Folder::new("check-chart");
    std::fs::write(folder.0.join("water.png"), WATER).expect("a picture");
    let checked = |days: u32, sets: &[&str]| {
        let page = folder.0.join("guide.html");
        std::fs::write(&page, guide(days)).expect("a page");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_portal-probe"))
            .arg("check")
            .arg(&page)
            .args(sets)
            .output()
            .expect("the program runs");
        (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (differs, _) = checked(5, &[]);
    let part = differs.split("✗ guide.flowchart_consistency").nth(1).expect("a difference");
    assert!(part.contains("「审查（5个工作日）」") && part.contains("审查（10个工作日）"), "{differs}");
    let (agrees, _) = checked(10, &[]);
    assert!(agrees.contains("✓ guide.flowchart_consistency"), "{agrees}");
    let (unread, said) = checked(5, &["--set", "chart.models=\"/nowhere/models\""]);
    let line = unread.lines().find(|line| line.contains("guide.flowchart_consistency")).expect("a line");
    assert!(line.contains("cant_tell (unreadable)"), "{unread}");
    assert!(said.contains("/nowhere/models") && said.contains("make setup"), "{said}");
}

#[test]
fn the_number_of_threads_does_not_change_the_reading() {
    assert_eq!(read(&models(1)), read(&models(3)));
}
