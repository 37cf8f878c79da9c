//! One pair: an errand told twice, with the difference whose turn it is.

use super::difference::{Class, DIFFERENCES, Difference, Pair};
use super::errand::errands;
use super::look::{Look, Medium};
use super::story::{Bodies, Spelling, told};
use crate::synthetic::random::Random;

/// Cities that do not exist.
const CITIES: &[&str] = &["江州市", "云台市", "临川县", "安平市", "南陵市", "青石市"];

/// Makes a pair of a look. Of each twelve, three are consistent, six have a planted difference, three a legitimate one.
pub(super) fn make(look: &Look, turn: usize, random: &mut Random) -> (Pair, &'static Difference) {
    let class = match turn % 12 {
        0 | 4 | 8 => Class::Consistent,
        2 | 6 | 10 => Class::Legitimate,
        _ => Class::Planted,
    };
    let kinds: Vec<&'static Difference> =
        DIFFERENCES.iter().filter(|kind| kind.class == class && fits(kind, look)).collect();
    // Kinds in turn; looks are out of step with each other, so that each kind meets each look.
    let first = turn / 2 + look.name.len();
    for offset in 0..kinds.len() {
        let kind = kinds[(first + offset) % kinds.len()];
        for _ in 0..8 {
            if let Some(pair) = kind.made(&alike(random), random) {
                return (pair, kind);
            }
        }
    }
    (alike(random), &DIFFERENCES[0])
}

/// Whether a look can show a difference: only a file can fail to open or go on in another, boxes of HTML have no
/// branches.
fn fits(kind: &Difference, look: &Look) -> bool {
    let file = matches!(look.medium, Medium::Picture(_) | Medium::SvgFile | Medium::Pdf);
    match kind.name {
        "chart_broken" | "continued" => file,
        "parallel" => !matches!(look.medium, Medium::Html) && look.layouts.iter().any(|layout| layout.forks),
        "branches_only_in_chart" => !matches!(look.medium, Medium::Html),
        _ => true,
    }
}

/// Both sides tell the same.
fn alike(random: &mut Random) -> Pair {
    let errand = random.choose(errands());
    let mut other = random.choose(errands());
    while other.title == errand.title {
        other = random.choose(errands());
    }
    let city = random.pick(CITIES);
    let mut text = told(errand, city, random);
    text.limits = random.chance(75);
    text.bodies = random.pick(&[Bodies::None, Bodies::Section, Bodies::Section, Bodies::Authority]);
    text.explains = random.chance(65);
    text.spelling = random.pick(&[Spelling::Working, Spelling::Working, Spelling::Short]);
    let mut chart = text.clone();
    chart.explains = random.chance(50);
    Pair {
        errand: errand.clone(),
        other: other.clone(),
        city,
        text,
        online: None,
        chart,
        chart_title: None,
        branches: random.chance(55),
        parallel: Vec::new(),
        continued: None,
        broken: None,
    }
}
