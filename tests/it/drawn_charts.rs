//! Drawn charts and their guides through the whole reader: what was planted is found or not told, and no guide that is
//! in order is accused because of how its chart looks.

use std::sync::LazyLock;

use portal_probe::drawing::Fonts;
use portal_probe::engine::charts::{self, Source};
use portal_probe::engine::evaluation::Pages;
use portal_probe::eval::Half;
use portal_probe::eval::charts::{ChartLabels, Class, Report, labels};
use portal_probe::synthetic::{self, ChartPair};
use url::Url;

use crate::support;

/// There are so many looks.
const LOOKS: usize = 23;

/// One pair of each look.
static MADE: LazyLock<Vec<ChartPair>> = LazyLock::new(|| {
    let read = |path: &str| std::fs::read(path).expect("`make setup` installs the fonts");
    let files = ["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/truetype/arphic/uming.ttc"];
    let fonts = Fonts::new(files.map(read).to_vec()).expect("both faces");
    let looks = synthetic::ChartLooks::named(&[]).expect("every look");
    (0..LOOKS).map(|number| synthetic::chart_pair(&fonts, (21, number), &looks).expect("a pair")).collect()
});

fn labels_of(pairs: &[ChartPair]) -> ChartLabels {
    let labels: Vec<serde_json::Value> = pairs.iter().map(|pair| pair.label.clone()).collect();
    let text = synthetic::chart_labels(21, &labels).to_string();
    labels::parse("labels.json", &text).expect("the generator writes labels of our format")
}

fn score(pairs: &[ChartPair], set: &ChartLabels) -> Report {
    let mut pages = Pages::default();
    pairs.iter().flat_map(|pair| &pair.files).for_each(|(_, bytes)| pages.add(bytes.clone()));
    let context = support::single_page(&Url::parse("http://127.0.0.1/").expect("a valid address"));
    charts::evaluate(set, Half::All, &pages, (&context, Source::Unread))
}

#[test]
fn drawn_charts_are_scored_and_files_that_do_not_open_are_found() {
    let set = labels_of(&MADE);
    let report = score(&MADE, &set);
    assert_eq!(report.all().pairs, LOOKS as u64, "{}", report.words());
    let broken = set.cases.iter().filter(|case| case.difference == "chart_broken").count();
    let found = report.json(Half::All)["findings"]["broken"]["counts"]["right"].as_u64();
    assert!(broken > 0 && found == Some(broken as u64), "{}", report.words());
    assert_eq!(report.failed(Class::Consistent), 0, "{}", report.words());
}

#[test]
fn a_pair_whose_page_is_not_there_is_named_and_not_counted() {
    let set = labels_of(&MADE[..2]);
    let report = score(&MADE[..1], &set);
    assert_eq!(report.all().pairs, 1);
    assert!(report.words().contains("not measured: charts/21/00001"), "{}", report.words());
}

#[test]
fn labels_of_real_charts_are_of_our_format_and_a_chart_that_is_not_at_hand_is_not_measured() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("labels/real-charts/charts.json");
    let set = charts::read_labels(&file).expect("labels of our format");
    let drawn: Vec<_> = set.cases.iter().flat_map(|case| &case.charts).collect();
    assert!(drawn.len() >= 8 && drawn.iter().all(|chart| !chart.chart.nodes.is_empty()));
    let report = score(&[], &set);
    assert_eq!(report.all().pairs, 0);
    assert!(report.words().contains(&format!("{} pairs not measured", set.cases.len())), "{}", report.words());
}
