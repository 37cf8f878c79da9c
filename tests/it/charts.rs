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
    let words: String = reading.chart.words.iter().map(|words| words.text.as_str()).collect();
    for expected in
        ["取水许可办理流程图", "提交取水许可申请书", "受理（2个工作日）", "审查（10个工作日）", "准予许可或不予许可"]
    {
        assert!(words.contains(expected), "`{expected}` is not in `{words}`");
    }
}

#[test]
fn the_number_of_threads_does_not_change_the_reading() {
    assert_eq!(read(&models(1)), read(&models(3)));
}
