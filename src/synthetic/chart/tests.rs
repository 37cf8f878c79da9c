//! Pairs are what their labels say.

use std::collections::{BTreeMap, BTreeSet};

use super::difference::DIFFERENCES;
use super::layout::LAYOUTS;
use super::story::Act;
use super::*;

fn pairs(count: usize) -> Vec<(Pair, &'static difference::Difference, &'static Look)> {
    (0..count)
        .map(|number| {
            let look = &LOOKS[number % LOOKS.len()];
            let (pair, difference) = pair::make(
                look,
                number / LOOKS.len() + number % LOOKS.len(),
                &mut Random::new(5 ^ 0xc4a7, number as u64),
            );
            (pair, difference, look)
        })
        .collect()
}

#[test]
fn there_are_at_least_twelve_looks_and_every_layout_is_used() {
    let names: BTreeSet<&str> = LOOKS.iter().map(|look| look.name).collect();
    assert!(names.len() >= 12 && names.len() == LOOKS.len());
    for layout in LAYOUTS {
        assert!(LOOKS.iter().any(|look| look.layouts.iter().any(|used| used.name == layout.name)), "{}", layout.name);
    }
}

#[test]
fn twelve_hundred_pairs_have_every_difference_many_times_and_about_half_are_faulty() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let pairs = pairs(1200);
    for (_, difference, _) in &pairs {
        *counts.entry(difference.name).or_default() += 1;
    }
    for difference in DIFFERENCES {
        assert!(counts.get(difference.name).is_some_and(|count| *count >= 12), "{}: {counts:?}", difference.name);
    }
    let of = |class: Class| pairs.iter().filter(|(_, difference, _)| difference.class == class).count();
    assert!((560..=640).contains(&of(Class::Planted)), "{counts:?}");
    assert!(of(Class::Consistent) >= 280 && of(Class::Legitimate) >= 250, "{counts:?}");
}

#[test]
fn a_consistent_pair_tells_the_same_steps_twice() {
    for (pair, ..) in pairs(400).iter().filter(|(_, difference, _)| difference.class == Class::Consistent) {
        let told = |story: &story::Story| -> Vec<(String, Option<u32>)> {
            story.steps.iter().map(|step| (step.name.clone(), step.days)).collect()
        };
        assert_eq!(told(&pair.text), told(&pair.chart), "{}", pair.errand.title);
    }
}

#[test]
fn the_steps_that_count_add_up_to_the_promise_unless_that_was_planted() {
    for (pair, difference, _) in pairs(600) {
        let sum = |story: &story::Story| -> u32 {
            story.steps.iter().filter(|step| !step.outside).filter_map(|step| step.days).sum()
        };
        let whole = |story: &story::Story| story.place(Act::Review).is_some() && story.place(Act::Accept).is_some();
        if difference.class != Class::Planted && pair.chart.limits && whole(&pair.chart) {
            assert_eq!(sum(&pair.chart), pair.errand.promise(), "{} of {}", difference.name, pair.errand.title);
        }
        if difference.name == "sum_against_promise" {
            assert_ne!(sum(&pair.chart), pair.errand.promise());
        }
    }
}

#[test]
fn each_planted_difference_is_in_the_stories() {
    for (pair, difference, _) in pairs(600) {
        let names = |story: &story::Story| -> Vec<String> { story.steps.iter().map(|s| s.name.clone()).collect() };
        let (text, chart) = (names(&pair.text), names(&pair.chart));
        match difference.name {
            "step_missing_in_chart" => assert_eq!(chart.len() + 1, text.len()),
            "step_missing_in_text" => assert_eq!(chart.len(), text.len() + 1),
            "order" => {
                assert_ne!(text, chart);
                let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<String>>();
                assert_eq!(set(&text), set(&chart));
            }
            "time_limit_of_a_step" => {
                let differ = pair.text.steps.iter().zip(&pair.chart.steps).filter(|(a, b)| a.days != b.days);
                assert_eq!(differ.count(), 1);
                assert!(pair.text.limits && pair.chart.limits);
            }
            "department" => {
                let differ = pair
                    .text
                    .steps
                    .iter()
                    .zip(&pair.chart.steps)
                    .filter(|(a, b)| pair.text.body(a) != pair.chart.body(b));
                assert_eq!(differ.count(), 1);
            }
            "other_item" => assert_eq!(pair.chart_title.as_deref(), Some(pair.other.title)),
            "chart_broken" => assert!(pair.broken.is_some()),
            _ => {}
        }
    }
}

/// Fonts as they are installed by `make setup`.
fn fonts() -> Fonts {
    let read = |path: &str| std::fs::read(path).expect("`make setup` installs the fonts");
    Fonts::new(vec![
        read("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
        read("/usr/share/fonts/truetype/arphic/uming.ttc"),
    ])
    .expect("both faces")
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_labels_name_them() {
    let (fonts, looks) = (fonts(), ChartLooks::named(&[]).expect("every look"));
    // A picture in PNG, a drawing, boxes, pages of a PDF.
    for name in ["epoint", "svg_file", "html", "pdf", "pdf_scan"] {
        let number = LOOKS.iter().position(|look| look.name == name).expect("the look");
        let pair = chart_pair(&fonts, (1, number), &looks).expect("a pair");
        let again = chart_pair(&fonts, (1, number), &looks).expect("a pair");
        assert_eq!((&pair.files, &pair.label), (&again.files, &again.label));
        for (name, bytes) in &pair.files {
            let digest = Digest::of(bytes).short(64).to_owned();
            assert!(pair.label["case"]["pages"].get(&digest).is_some(), "{name}");
        }
        assert_ne!(pair.files, chart_pair(&fonts, (2, number), &looks).expect("a pair").files);
    }
}

#[test]
fn words_are_inked_where_the_truth_of_a_picture_says() {
    let (fonts, looks) = (fonts(), ChartLooks::named(&[]).expect("every look"));
    // Turned and blurred paper, the hardest for places.
    let scanned = LOOKS.iter().position(|look| look.name == "scanned").expect("the look");
    let pair = chart_pair(&fonts, (1, scanned), &looks).expect("a pair");
    let (_, bytes) = pair.files.first().expect("the picture comes first");
    let picture = image::load_from_memory(bytes).expect("a picture").into_luma8();
    let chart: Chart = serde_json::from_value(pair.label["charts"][0]["chart"].clone()).expect("a chart");
    assert!(chart.nodes.len() >= 4);
    for node in &chart.nodes {
        let (top, bottom) = (node.area.y, node.area.y + node.area.height);
        let column = node.area.x + node.area.width / 2;
        let darkest = (top..bottom)
            .flat_map(|y| (column - 12..column + 12).map(move |x| (x, y)))
            .map(|(x, y)| picture.get_pixel(x, y).0[0])
            .min();
        assert!(darkest < Some(110), "{node:?}: {darkest:?}");
    }
}

#[test]
fn looks_are_chosen_by_name_and_the_others_keep_their_bytes() {
    let named = |names: &[&str]| ChartLooks::named(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    assert_eq!(named(&["pdf_scan", "pdf"]).map(|looks| looks.0.len()).ok(), Some(2));
    let unknown = named(&["pdf", "cuneiform"]).expect_err("no such look").to_string();
    assert!(unknown.contains("cuneiform") && unknown.contains("pdf_scan"), "{unknown}");
    // What was measured before a look was added is drawn again by naming the looks of that time.
    let former: Vec<&str> = LOOKS.iter().map(|look| look.name).filter(|name| !name.starts_with("pdf")).collect();
    let (fonts, former) = (fonts(), named(&former).expect("looks"));
    assert_eq!(former.0.len(), 21);
    let pair = chart_pair(&fonts, (1, 22), &former).expect("a pair");
    assert_eq!((pair.look, pair.label["case"]["id"].as_str()), ("inspur", Some("charts/1/00022")));
}
