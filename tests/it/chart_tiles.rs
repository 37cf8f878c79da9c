//! Flowcharts that are cut into several pictures (切片). Needs the models that `sh scripts/setup.sh` fetches.

use std::path::Path;

use image::{DynamicImage, GenericImageView};

use crate::support::Folder;

/// Our own drawing: four boxes below each other.
const WATER: &[u8] = include_bytes!("../../fixtures/charts/water.png");

/// A guide to the same errand whose text has a step more than the chart.
const GUIDE: &str = "<html><head><meta charset=utf-8><title>取水许可</title></head><body><h1>取水许可</h1><dl>\
    <dt>事项名称</dt><dd>取水许可</dd><dt>实施主体</dt><dd>临江县水利局</dd><dt>法定办结时限</dt><dd>45个工作日</dd>\
    <dt>承诺办结时限</dt><dd>19个工作日</dd><dt>到办事现场次数</dt><dd>1次</dd><dt>受理条件</dt><dd>需要取水</dd>\
    <dt>办理地点</dt><dd>县政务服务大厅二楼</dd><dt>是否收费</dt><dd>否</dd>\
    <dt>办理流程</dt><dd>申请→受理（2个工作日）→审查（10个工作日）→现场勘验（4个工作日）→决定（3个工作日）</dd>\
    <dt>办理流程图</dt><dd>PICTURES</dd></dl></body></html>";

/// A row in the middle of the first arrow: a little ink, and boxes above and below it.
fn within_an_arrow(picture: &DynamicImage) -> u32 {
    let dark =
        |y: u32| (0..picture.width()).filter(|x| picture.get_pixel(*x, y).0[..3].iter().all(|c| *c < 128)).count();
    let rows: Vec<usize> = (0..picture.height()).map(dark).collect();
    let first_box = rows.iter().position(|ink| *ink > 100).expect("the edge of a box");
    let neck = |y: &usize| (y - 6..y + 6).all(|near| (1..=8).contains(&rows[near]));
    let row = (first_box + 10..rows.len() - 6).find(neck).expect("an arrow between two boxes");
    u32::try_from(row).expect("a small picture")
}

/// What `check` says of the comparison for a guide with these pictures.
fn compared(folder: &Path, pictures: &[(&str, DynamicImage)], markup: &str) -> String {
    for (name, picture) in pictures {
        picture.save(folder.join(name)).expect("a picture is written");
    }
    std::fs::write(folder.join("guide.html"), GUIDE.replace("PICTURES", markup)).expect("a page");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_portal-probe"))
        .arg("check")
        .arg(folder.join("guide.html"))
        .output()
        .expect("the program runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = printed.lines().find(|line| line.contains("guide.flowchart_consistency")).map(str::to_owned);
    line.unwrap_or_else(|| panic!("{printed}"))
}

#[test]
fn tiles_are_read_as_the_one_chart_they_were_cut_from_and_other_pictures_are_not() {
    let picture = image::load_from_memory(WATER).expect("our own picture");
    let (width, height) = picture.dimensions();
    let cut = within_an_arrow(&picture);
    let (upper, lower) = (picture.crop_imm(0, 0, width, cut), picture.crop_imm(0, cut, width, height - cut));
    let folder = Folder::new("tiles");

    let whole = compared(&folder.0, &[("lct.png", picture.clone())], "<img src=lct.png>");
    assert!(whole.starts_with('✗'), "the step that the chart lacks is found in one picture: {whole}");
    let two =
        "<img src=lct1.png usemap=#m><br><map name=m><area shape=rect coords=0,0,9,9 href=#></map><img src=lct2.png>";
    let tiled = compared(&folder.0, &[("lct1.png", upper.clone()), ("lct2.png", lower.clone())], two);
    assert!(tiled.starts_with('✗'), "and in two that are tiles of it: {tiled}");

    // The same picture twice: two charts, of which the first may go on in the second.
    let apart = compared(&folder.0, &[("lct1.png", picture.clone()), ("lct2.png", picture)], two);
    assert!(apart.contains("cant_tell (not_comparable)"), "{apart}");
    // A tile that is not there.
    std::fs::remove_file(folder.0.join("lct2.png")).expect("our own file");
    let missing = compared(&folder.0, &[("lct1.png", upper)], two);
    assert!(missing.contains("cant_tell"), "{missing}");
}
