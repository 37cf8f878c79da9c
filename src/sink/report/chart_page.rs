//! What the page of a guide shows that compares its flowchart with its text (图文对照): the picture with the boxes and
//! arrows that were read of it, the steps of both sides row by row, and the differences with the words of both sides.

use minijinja::{Value as View, context};

use crate::model::chart::{Area, Chart, Node, NodeKind};
use crate::model::redact::mask;
use crate::model::{ChannelId, City, Finding, Observation, Outcome, Severity};

use super::chart_choice::ChartPage;
use super::chart_marks::{Marks, Row, marks, said};
use super::{both, page_name, words};

/// A box whose words were read less surely than this is shown as unsure.
const SURE: f32 = 0.9;

/// Letters of the numbers are this part of the picture's width, but never smaller than they can be read.
const LETTERS_ACROSS: u32 = 42;
const SMALLEST_LETTERS: u32 = 12;

/// The data of the page; `file` is the copy of the picture.
pub(super) fn view(city: &City, page: &ChartPage<'_>, file: Option<&str>) -> View {
    let seen = page.compared;
    let reading = page.picture.map(|picture| &picture.charted.reading);
    let chart = reading.and_then(|reading| reading.chart.as_ref());
    let marks = marks(seen, chart);
    let process = process(page);
    // What a chart without a picture says stands in the page itself, and is quoted first.
    let drawn = seen.evidence.first().filter(|_| chart.is_none()).map(|cite| cite.excerpt.as_str());
    context! {
        city => city.name, city_page => page_name(&city.code),
        name => seen.subject.name, channel => seen.channel.as_ref().map(ChannelId::as_str),
        address => seen.subject.url,
        class => seen.outcome.as_str(), sign => words::sign(seen.outcome), words => both(words::outcome(seen.outcome)),
        reason => seen.reason.map(|reason| both(words::reason(reason))),
        because => (seen.outcome == Outcome::CantTell).then(|| both(words::no_comparison(seen.reason))),
        confidence => format!("{:.2}", seen.confidence),
        findings => seen.findings.iter().zip(1..).map(finding).collect::<Vec<_>>(),
        drawing => chart.map(|chart| drawing(chart, &marks, file)),
        picture_address => page.picture.map(|picture| picture.charted.url.as_str()),
        refusal => reading.and_then(|reading| reading.refusal.as_deref()),
        reader => reading.map(|reading| reading.reader.as_str()),
        smallest_print => chart.and_then(|chart| chart.smallest_print),
        rows => marks.rows.iter().zip(1..).map(|(row, number)| row_view(row, number, chart, (process, drawn))).collect::<Vec<_>>(),
        process, drawn,
        evidence => seen.evidence.iter().map(super::city_page::evidence).collect::<Vec<_>>(),
    }
}

/// The text's process in its own words, as far as they are quoted. The chart is quoted first, the text after it.
fn process<'a>(page: &ChartPage<'a>) -> Option<&'a str> {
    let picture = page.picture.map(|picture| &picture.charted.of);
    let mut cites = page.compared.evidence.iter().skip(1);
    cites.find(|cite| Some(&cite.record) != picture).map(|cite| cite.excerpt.as_str())
}

fn finding((finding, number): (&Finding, usize)) -> View {
    let class = match finding.severity {
        Severity::Notice => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let sides = words::sides(&finding.kind);
    let quote = |(index, quote): (usize, &String)| {
        let side = sides.as_ref().and_then(|sides| sides.get(index)).map(|side| both(*side));
        context! { side, words => quote }
    };
    context! {
        number, class, severity => both(words::severity(finding.severity)),
        zh => finding.message_zh, en => finding.message_en,
        remedy_zh => finding.remedy_zh, remedy_en => finding.remedy_en,
        quotes => finding.quotes.iter().enumerate().map(quote).collect::<Vec<_>>(),
    }
}

fn row_view(row: &Row, number: usize, chart: Option<&Chart>, (process, drawn): (Option<&str>, Option<&str>)) -> View {
    let text = row.text.iter().map(|name| {
        let words = process.and_then(|process| said(process, name));
        context! { name, words }
    });
    let steps = row.chart.iter().map(|(name, node)| {
        let node = node.and_then(|index| Some((index + 1, chart?.nodes.get(index)?)));
        let words = node.map(|(_, node)| words_of(node)).filter(|words| words != name);
        let words = words.or_else(|| drawn.and_then(|drawn| said(drawn, name)).map(str::to_owned));
        context! { name, number => node.map(|(number, _)| number), words }
    });
    context! {
        number, text => text.collect::<Vec<_>>(), chart => steps.collect::<Vec<_>>(), findings => row.findings,
    }
}

/// All words of a box and beside it.
fn words_of(node: &Node) -> String {
    let notes = node.notes.iter().map(|note| note.text.as_str());
    mask(&std::iter::once(node.text.as_str()).chain(notes).collect::<Vec<_>>().join(" · "))
}

/// Picture, boxes and arrows, in pixels of the picture.
fn drawing(chart: &Chart, marks: &Marks, file: Option<&str>) -> View {
    let (width, height) = chart.size;
    let letters = (width / LETTERS_ACROSS).max(SMALLEST_LETTERS);
    let boxes = chart.nodes.iter().enumerate().map(|(index, node)| {
        let findings = marks.boxes.get(&index).cloned().unwrap_or_default();
        let Area { x, y, width, height } = node.area;
        context! {
            number => index + 1, x, y, width, height, right => x + width, findings,
            unsure => node.confidence < SURE, confidence => format!("{:.2}", node.confidence),
            kind => both(node_kind(node.kind)), words => words_of(node),
            lane => node.lane.and_then(|lane| chart.lanes.get(lane)).map(|lane| mask(&lane.title)),
        }
    });
    let arrows = chart.edges.iter().filter_map(|edge| {
        let [(x1, y1), (x2, y2)] = chart.line(edge)?;
        let at = |place: f64| format!("{place:.1}");
        let sure = edge.directed && edge.confidence >= 0.5;
        Some(context! { x1 => at(x1), y1 => at(y1), x2 => at(x2), y2 => at(y2), directed => edge.directed, sure })
    });
    let places = marks.places.iter().map(|(area, finding)| {
        let Area { x, y, width, height } = *area;
        context! { x, y, width, height, right => x + width, finding }
    });
    context! {
        file, width, height, letters, radius => f64::from(letters) * 0.85, margin => letters,
        full_width => width + 2 * letters, full_height => height + 2 * letters,
        boxes => boxes.collect::<Vec<_>>(), arrows => arrows.collect::<Vec<_>>(), places => places.collect::<Vec<_>>(),
    }
}

fn node_kind(kind: NodeKind) -> (&'static str, &'static str) {
    match kind {
        NodeKind::Terminal => ("起止", "start or end"),
        NodeKind::Step => ("步骤", "step"),
        NodeKind::Decision => ("判断", "decision"),
        NodeKind::Borderless => ("无框文字", "words without a box"),
    }
}

/// The line of a guide in the list of its city.
pub(super) fn entry(page: &ChartPage<'_>) -> View {
    let seen: &Observation = page.compared;
    context! {
        file => page.file, name => seen.subject.name, channel => seen.channel.as_ref().map(ChannelId::as_str),
        class => seen.outcome.as_str(), sign => words::sign(seen.outcome), words => both(words::outcome(seen.outcome)),
    }
}
