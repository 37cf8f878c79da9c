//! Words that readers of pictures found in drawn charts, ours and other programs', scored alike (文字识别对比).
//!
//! Comes in: labels, and for each reader the words with their places by the digest of the picture. Goes out: a table.
//! Must never know: files, and how words were found. Only words are compared, so that programs that know nothing of
//! boxes and arrows can be set beside ours; the rule is that of the character error rate of whole charts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::characters;
use super::counts::Characters;
use super::labels::{ChartCase, ChartLabels, DrawnChart};
use crate::eval::Half;
use crate::model::chart::{Area, Chart, Words};

/// Version of the files of words.
pub const SCHEMA: &str = "portal-probe.words/1";

/// What one reader found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundWords {
    /// [`SCHEMA`].
    pub schema: String,
    /// Name and version of the reader.
    pub reader: String,
    /// How many threads it was allowed.
    pub threads: usize,
    /// Most memory that was resident at once, in MiB.
    pub peak_mib: f64,
    /// What it found, by the SHA-256 of the picture.
    pub pictures: BTreeMap<String, FoundPicture>,
}

/// What was found in one picture, from its bytes to its words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundPicture {
    /// Time that passed.
    pub seconds: f64,
    /// Time that processors worked.
    pub cpu_seconds: f64,
    /// The words; none if the reader failed.
    pub words: Vec<Word>,
}

/// Words that stand together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The words.
    pub text: String,
    /// Place, in pixels of the picture.
    pub area: Area,
}

/// How well a reader did on charts of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Row {
    /// How many charts.
    pub charts: u32,
    /// Characters.
    pub characters: Characters,
    /// Time that passed.
    pub seconds: f64,
    /// Time that processors worked.
    pub cpu_seconds: f64,
}

/// Reads a file of words.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<FoundWords, String> {
    let found: FoundWords = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if found.schema == SCHEMA { Ok(found) } else { Err(format!("schema `{}` is not `{SCHEMA}`", found.schema)) }
}

/// The charts of a half that are files, with their pairs.
pub fn charts(set: &ChartLabels, half: Half) -> impl Iterator<Item = (&ChartCase, &DrawnChart, &str)> {
    let cases = set.cases.iter().filter(move |case| half.holds(&case.case.id));
    cases.flat_map(|case| case.charts.iter().filter_map(move |chart| Some((case, chart, chart.page.as_deref()?))))
}

/// Scores each reader on the charts that any of them was given: what a reader left out, it missed.
#[must_use]
pub fn score(set: &ChartLabels, half: Half, readers: &[FoundWords]) -> Vec<BTreeMap<&'static str, Row>> {
    let given: BTreeSet<&String> = readers.iter().flat_map(|reader| reader.pictures.keys()).collect();
    let score_one = |reader: &FoundWords| {
        let mut rows: BTreeMap<&'static str, Row> = BTreeMap::new();
        for (case, chart, digest) in charts(set, half).filter(|(_, _, digest)| given.contains(&(*digest).to_owned())) {
            let found = reader.pictures.get(digest).cloned().unwrap_or_default();
            let words = found.words.into_iter().map(|word| Words { text: word.text, area: word.area, confidence: 1.0 });
            let read = Chart { words: words.collect(), ..Chart::default() };
            for class in [class(case), ALL] {
                let row = rows.entry(class).or_default();
                row.charts += 1;
                row.characters.add(characters::score(&chart.chart, &chart.other, &read));
                row.seconds += found.seconds;
                row.cpu_seconds += found.cpu_seconds;
            }
        }
        rows
    };
    readers.iter().map(score_one).collect()
}

/// All charts together.
const ALL: &str = "(all)";

fn class(case: &ChartCase) -> &'static str {
    match (case.readable, case.hard) {
        (false, _) => "(unreadable)",
        (true, true) => "(hard)",
        (true, false) => "(normal)",
    }
}

/// The table, one line a reader and class; the last two columns say how many times the first reader's time a reader took.
#[must_use]
pub fn table(set: &ChartLabels, half: Half, readers: &[FoundWords]) -> String {
    let mut out = format!(
        "{:<28} {:>7} {:<13} {:>6} {:>8} {:>10} {:>12} {:>9} {:>7} {:>7}\n",
        "reader", "threads", "charts", "", "CER", "s/chart", "CPU s/chart", "peak MiB", "× s", "× CPU"
    );
    let scored = score(set, half, readers);
    for (reader, rows) in readers.iter().zip(&scored) {
        for (class, row) in rows {
            let first = scored.first().and_then(|rows| rows.get(class)).copied().unwrap_or_default();
            let rate = row.characters.rate().map_or("-".to_owned(), |rate| format!("{:.2} %", 100.0 * rate));
            let charts = f64::from(row.charts);
            let _ = writeln!(
                out,
                "{:<28} {:>7} {class:<13} {:>6} {rate:>8} {:>10.3} {:>12.3} {:>9.0} {:>7.2} {:>7.2}",
                reader.reader,
                reader.threads,
                row.charts,
                row.seconds / charts,
                row.cpu_seconds / charts,
                reader.peak_mib,
                row.seconds / first.seconds.max(f64::EPSILON),
                row.cpu_seconds / first.cpu_seconds.max(f64::EPSILON),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::charts::labels;
    use serde_json::json;

    fn labels() -> ChartLabels {
        let digest = |letter: &str| letter.repeat(64);
        let case = |letter: &str, hard: bool| {
            let chart = json!({"size": [300, 200], "title": null, "edges": [], "lanes": [], "words": [],
                "nodes": [{"text": "窗口受理", "kind": "step", "area": {"x": 10, "y": 10, "width": 120, "height": 40},
                    "confidence": 1.0, "lane": null, "notes": []}], "confidence": 1.0, "smallest_print": 14});
            json!({"look": "word", "hard": hard, "readable": true, "difference": "none", "class": "consistent",
                "charts": [{"page": digest(letter), "layout": "vertical", "chart": chart}],
                "case": {"id": letter, "pages": {digest(letter): {"role": "attachment"}},
                    "faults": []}})
        };
        let set = json!({"schema": labels::SCHEMA, "cases": [case("a", false), case("b", true), case("c", true)]});
        labels::parse("labels.json", &set.to_string()).expect("labels of this format")
    }

    fn found(words: &[(&str, &[(&str, u32)])]) -> FoundWords {
        let picture = |pieces: &[(&str, u32)]| FoundPicture {
            seconds: 0.5,
            cpu_seconds: 0.25,
            words: pieces
                .iter()
                .map(|(text, x)| Word { text: (*text).to_owned(), area: Area { x: *x, y: 15, width: 40, height: 20 } })
                .collect(),
        };
        let pictures = words.iter().map(|(letter, pieces)| (letter.repeat(64), picture(pieces))).collect();
        FoundWords { schema: SCHEMA.to_owned(), reader: "one".to_owned(), threads: 1, peak_mib: 9.0, pictures }
    }

    #[test]
    fn words_are_compared_at_their_places_and_a_picture_left_out_is_missed() {
        let (set, all) = (labels(), Half::All);
        let one = found(&[("a", &[("窗口", 15), ("受理", 60)]), ("b", &[("窗口爱理", 15)])]);
        let other = found(&[("a", &[("窗口受理", 15), ("别处", 250)])]);
        let rows = score(&set, all, &[one, other]);
        let errors = |reader: usize, class| rows[reader].get(class).map(|row| (row.charts, row.characters.errors));
        assert_eq!(errors(0, "(normal)"), Some((1, 0)));
        assert_eq!(errors(0, "(hard)"), Some((1, 1)));
        assert_eq!(errors(1, "(normal)"), Some((1, 2)), "words where nothing stands are insertions");
        assert_eq!(errors(1, "(hard)"), Some((1, 4)), "what it left out");
        assert_eq!(errors(1, ALL), Some((2, 6)), "nobody was given the third chart");
    }

    #[test]
    fn a_file_of_another_version_is_refused_and_our_own_is_read_again() {
        let own = found(&[("a", &[("受理", 1)])]);
        let text = serde_json::to_string(&own).expect("plain data");
        assert_eq!(parse(&text), Ok(own));
        assert!(parse(&text.replace("words/1", "words/9")).is_err_and(|said| said.contains("words/9")));
        assert!(parse("{}").is_err());
    }

    #[test]
    fn the_table_says_how_many_times_the_first_readers_time_each_took() {
        let slow = |mut found: FoundWords| {
            for picture in found.pictures.values_mut() {
                picture.seconds *= 3.0;
            }
            found
        };
        let one = found(&[("a", &[("窗口受理", 15)])]);
        let text = table(&labels(), Half::All, &[one.clone(), slow(one)]);
        let last = text.lines().last().expect("a table");
        assert!(last.contains("0.00 %") && last.contains("1.500") && last.contains("3.00"), "{text}");
    }
}
