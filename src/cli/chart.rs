//! `chart`: one flowchart, from a file, as a graph in plain words; to see what is read of a chart, and why not.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;

use super::{ConfigArguments, Ended, Failure, note, print};
use crate::chart::{self, Form};
use crate::config;
use crate::engine::chart_reader::ChartReader;
use crate::model::chart::{Chart, Edge, Node, NodeKind};
use crate::weights;

/// Arguments of `chart`.
#[derive(Debug, clap::Args)]
pub(super) struct ChartArguments {
    #[command(flatten)]
    configuration: ConfigArguments,
    /// Picture (png, jpeg, gif, webp, bmp), SVG, BPMN or PDF.
    file: PathBuf,
    /// For machines: the graph as JSON.
    #[arg(long)]
    json: bool,
    /// Write an SVG that shows what was read over the picture.
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
}

pub(super) fn run(arguments: &ChartArguments) -> Result<Ended, Failure> {
    let config = arguments.configuration.load(&[])?;
    let file = &arguments.file;
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    if bytes.starts_with(b"%PDF-") {
        return pdf(&bytes, &config.chart, arguments);
    }
    let models = match Form::of(&bytes) {
        Form::Picture => Some(weights::open(config.chart.models.as_deref(), config.chart.threads)?),
        Form::Svg | Form::Bpmn => None,
    };
    let reading = chart::read(&bytes, models.as_ref(), &config.chart.reading)
        .with_context(|| format!("{} was not read", file.display()))?;
    if let Some(path) = &arguments.overlay {
        let drawing = chart::overlay(&reading.chart, Form::of(&bytes).media(&bytes), &bytes);
        std::fs::write(path, drawing).with_context(|| format!("cannot write {}", path.display()))?;
        note(&format!("overlay: {}", path.display()));
    }
    if arguments.json {
        return print(&serde_json::to_string_pretty(&reading.chart)?);
    }
    print(words(&reading.chart, reading.refusal.map(|why| why.to_string())).trim_end())
}

/// The chart among the pages of a PDF.
fn pdf(bytes: &[u8], settings: &config::Charts, arguments: &ChartArguments) -> Result<Ended, Failure> {
    if arguments.overlay.is_some() {
        let error = anyhow::anyhow!("nothing is drawn over the pages of a PDF; leave --overlay out");
        return Err(Failure::Configuration(error));
    }
    let reader = ChartReader::open(settings, None).unwrap_or_else(|missing| {
        note(&format!("pages that are pictures are not read: {missing}"));
        ChartReader::of_drawings(settings, None)
    });
    let file = arguments.file.display();
    let reading = reader.read(bytes).with_context(|| format!("{file} has pages that are pictures"))?;
    let Some(chart) = reading.chart else {
        let why = reading.refusal.unwrap_or_default();
        return Err(anyhow::anyhow!("{file} was not read: {why}").into());
    };
    if arguments.json {
        return print(&serde_json::to_string_pretty(&chart)?);
    }
    print(words(&chart, reading.refusal).trim_end())
}

/// The reading, one line a thing.
fn words(chart: &Chart, refusal: Option<String>) -> String {
    let Chart { size, title, nodes, edges, lanes, words, confidence, smallest_print, page } = chart;
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    match refusal {
        None => line("读得清楚 readable".to_owned()),
        Some(why) => line(format!("读不清楚 unreadable: {why}; nothing may rest on it")),
    }
    let print = smallest_print.map_or(String::new(), |pixels| format!(", smallest print {pixels} px"));
    line(format!("{} × {}, confidence {confidence:.3}{print}", size.0, size.1));
    if let Some(page) = page {
        line(format!("页 page: {page}"));
    }
    if let Some(title) = title {
        line(format!("标题 title: {}", title.text));
    }
    for (number, lane) in lanes.iter().enumerate() {
        line(format!("泳道 lane {number}: {}", lane.title));
    }
    for (number, node) in nodes.iter().enumerate() {
        line(node_words(number, node));
    }
    for edge in edges {
        line(edge_words(edge, nodes));
    }
    for remark in words {
        line(format!("其他 other words: {}", remark.text));
    }
    out
}

fn node_words(number: usize, node: &Node) -> String {
    let kind = match node.kind {
        NodeKind::Terminal => "起止",
        NodeKind::Step => "环节",
        NodeKind::Decision => "判断",
        NodeKind::Borderless => "无框",
    };
    let lane = node.lane.map_or(String::new(), |lane| format!(" [lane {lane}]"));
    let notes: Vec<&str> = node.notes.iter().flat_map(|note| [" ‖ ", note.text.as_str()]).collect();
    let text = if node.text.is_empty() { "（无字）" } else { &node.text };
    format!("{kind} node {number}: {text}{}{lane} ({:.2})", notes.concat(), node.confidence)
}

fn edge_words(edge: &Edge, nodes: &[Node]) -> String {
    let name = |node: usize| {
        let text: String = nodes.get(node).map(|node| node.text.chars().take(12).collect()).unwrap_or_default();
        format!("{node} {text}")
    };
    let line = match (edge.directed, edge.dashed) {
        (true, false) => "→",
        (true, true) => "⇢",
        (false, _) => "—",
    };
    let label = edge.label.as_ref().map_or(String::new(), |label| format!(" 〔{label}〕"));
    format!("连线 edge: {} {line} {}{label} ({:.2})", name(edge.from), name(edge.to), edge.confidence)
}
