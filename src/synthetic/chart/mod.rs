//! Pairs of guides and drawn charts (图文一致性样本): one story told twice, alike or with one difference, and what must
//! be read and found.
//!
//! Comes in: fonts, a seed, a number. Goes out: a page, its chart and their labels. Must never know: the reader, the
//! checks, the evaluation. What a label says comes from what was drawn, never from a reading.

mod canvas;
mod difference;
mod errand;
mod layout;
mod look;
mod page;
mod pair;
mod plan;
mod story;
mod theme;

use serde_json::{Map, Value, json};

use crate::drawing::{Fonts, PaintError, Projection, printed, to_svg, worn};
use crate::model::Digest;
use crate::model::chart::{Chart, Edge, Node, NodeKind};
use difference::{Breakage, Class, Pair};
use layout::Layout;
use look::{LOOKS, Look, Medium};
use page::Shown;
use plan::{Kind, Plan};

use super::random::Random;

/// Version of the label files of charts.
const SCHEMA: &str = "portal-probe.chart-labels/1";

/// A pair of guide and chart.
#[derive(Debug, Clone)]
pub struct ChartPair {
    /// Its label.
    pub label: Value,
    /// The bytes of the page and its files, each with a name for a folder.
    pub files: Vec<(String, Vec<u8>)>,
    /// The look and the difference, for counting.
    pub look: &'static str,
    /// The difference.
    pub difference: &'static str,
}

/// Looks of charts, at least one, in the order in which they are drawn.
#[derive(Debug, Clone)]
pub struct ChartLooks(Vec<&'static Look>);

impl ChartLooks {
    /// Those of these names, or all if none is named. The order of the names does not matter.
    ///
    /// # Errors
    /// When a name is none of a look; the error names those there are.
    pub fn named(names: &[String]) -> Result<Self, UnknownLook> {
        if let Some(unknown) = names.iter().find(|name| LOOKS.iter().all(|look| look.name != name.as_str())) {
            let known = LOOKS.iter().map(|look| look.name).collect::<Vec<_>>().join(", ");
            return Err(UnknownLook { name: unknown.clone(), known });
        }
        let is_wanted = |look: &&Look| names.is_empty() || names.iter().any(|name| name == look.name);
        Ok(Self(LOOKS.iter().filter(is_wanted).collect()))
    }
}

/// A name that no look has.
#[derive(Debug, thiserror::Error)]
#[error("no look is called `{name}`; there are {known}")]
pub struct UnknownLook {
    name: String,
    known: String,
}

/// The pair of this number; the same seed, number and looks give the same bytes.
///
/// # Errors
/// When a chart cannot be painted.
pub fn chart_pair(fonts: &Fonts, (seed, number): (u64, usize), looks: &ChartLooks) -> Result<ChartPair, PaintError> {
    let mut random = Random::new(seed ^ 0xc4a7, number as u64);
    // Looks in turn, so that each gets its share of every difference.
    let count = looks.0.len();
    let look = looks.0[number % count];
    let (pair, difference) = pair::make(look, number / count + number % count, &mut random);
    let mut writer = Writer::new(format!("charts/{seed}/{number:05}"));
    let shown = writer.charts(fonts, (&pair, look), &mut random)?;
    let form = page::form(&pair.text, &mut random);
    let html = page::page(&pair, form, &shown, &mut random);
    writer.put("guide.html", html.into_bytes(), json!({"role": "portal", "kind": "guide"}));
    let faults = faults(&pair, difference.finds);
    let label = json!({
        "look": look.name,
        "hard": look.hard,
        "readable": look.readable,
        "difference": difference.name,
        "class": match difference.class {
            Class::Consistent => "consistent",
            Class::Planted => "planted",
            Class::Legitimate => "legitimate",
        },
        "charts": writer.charts,
        "case": {"id": writer.id, "group": look.name, "note": difference.name, "pages": writer.pages, "faults": faults},
    });
    Ok(ChartPair { label, files: writer.files, look: look.name, difference: difference.name })
}

/// The label file around the labels of pairs.
#[must_use]
pub fn chart_labels(seed: u64, labels: &[Value]) -> Value {
    let note =
        format!("{} pairs, seed {seed}: errands, texts and charts of our own; not pages of any portal", labels.len());
    json!({"schema": SCHEMA, "note": note, "cases": labels})
}

/// What must be found, and what may be found besides.
fn faults(pair: &Pair, finds: Option<(&'static str, &'static str)>) -> Vec<Value> {
    let Some((property, kind)) = finds else { return Vec::new() };
    let mut faults = vec![json!({"page": "portal", "property": property, "kind": kind})];
    if kind == "step_missing_in_chart" && pair.chart.limits && !pair.text.limits {
        // The days of the step are missing in the sum, too.
        faults.push(json!({"page": "portal", "property": property, "kind": "time_limit_differs", "optional": true}));
    }
    if pair.chart_title.is_some() {
        // The chart of another errand also has other steps, limits and departments.
        let also = "step_missing_in_chart|step_missing_in_text|order_differs|time_limit_differs|department_differs";
        faults.push(json!({"page": "portal", "property": property, "kind": also, "optional": true}));
    }
    faults
}

struct Writer {
    id: String,
    pages: Map<String, Value>,
    files: Vec<(String, Vec<u8>)>,
    charts: Vec<Value>,
}

impl Writer {
    fn new(id: String) -> Self {
        Self { id, pages: Map::new(), files: Vec::new(), charts: Vec::new() }
    }

    /// Files bytes under their digest, and gives the digest.
    fn put(&mut self, name: &str, bytes: Vec<u8>, mut page: Value) -> String {
        let digest = Digest::of(&bytes).short(64).to_owned();
        page["urls"] = json!([format!("http://127.0.0.1/{}/{name}", self.id)]);
        let extension = name.rsplit('.').next().unwrap_or("bin");
        self.files.push((format!("{}.{extension}", &digest[..20]), bytes));
        self.pages.insert(digest.clone(), page);
        digest
    }

    fn charts(
        &mut self,
        fonts: &Fonts,
        (pair, look): (&Pair, &Look),
        random: &mut Random,
    ) -> Result<Shown, PaintError> {
        let theme = (look.theme)(random);
        let layouts: Vec<&Layout> =
            look.layouts.iter().filter(|layout| pair.parallel.is_empty() || layout.forks).collect();
        let layout = random.pick(&layouts);
        let mut names = Vec::new();
        for (number, plan) in plan::plans(pair, random).iter().enumerate() {
            let scene = layout.scene(plan, &theme);
            let svg = to_svg(&scene);
            let size = |length: f32| crate::drawing::pixels(length);
            let of_drawing = || printed(&scene, Projection::IDENTITY, (size(scene.width), size(scene.height)));
            match look.medium {
                Medium::Html => {
                    self.chart(None, layout.name, &json!(of_boxes(plan)), &json!([]));
                    return Ok(Shown::Boxes(page::boxes(plan, random)));
                }
                Medium::SvgInline => {
                    let truth = of_drawing();
                    self.chart(None, layout.name, &json!(truth.chart), &json!(truth.other));
                    return Ok(Shown::Drawing(svg));
                }
                Medium::SvgFile | Medium::Pdf | Medium::Picture(_) => {}
            }
            let (bytes, extension, kind, truth) = if let Medium::Picture(format) = look.medium {
                let format = format(random);
                let copy = worn(
                    fonts.paint(&svg, look.scale)?,
                    look.scale,
                    &(look.wear)(random),
                    random.below(1 << 30) as u64,
                );
                let truth = printed(&scene, copy.map, (copy.pixels.width(), copy.pixels.height()));
                (format.encode(&copy.pixels), format.extension(), format.media_type(), truth)
            } else if matches!(look.medium, Medium::Pdf) {
                (fonts.page(&svg, random.chance(50))?, "pdf", "application/pdf", of_drawing())
            } else {
                (svg.into_bytes(), "svg", "image/svg+xml", of_drawing())
            };
            let name = format!("chart{}.{extension}", number + 1);
            let page = json!({"role": "attachment", "content_type": kind});
            if let Some(breakage) = pair.broken {
                self.broken(&name, breakage);
            } else {
                let digest = self.put(&name, bytes, page);
                self.chart(Some(&digest), layout.name, &json!(truth.chart), &json!(truth.other));
            }
            names.push(name);
        }
        Ok(Shown::Files(names))
    }

    fn chart(&mut self, page: Option<&str>, layout: &str, chart: &Value, other: &Value) {
        self.charts.push(json!({"page": page, "layout": layout, "chart": chart, "other": other}));
    }

    /// A file that does not open.
    fn broken(&mut self, name: &str, breakage: Breakage) {
        let apology = "<html><head><title>提示</title></head><body>您访问的页面不存在或已被删除</body></html>";
        let (status, kind, bytes) = match breakage {
            Breakage::NotFound => (404, "text/html", apology.as_bytes().to_vec()),
            Breakage::ErrorPage => (200, "text/html", apology.as_bytes().to_vec()),
            Breakage::Empty => (200, "image/png", Vec::new()),
        };
        self.put(name, bytes, json!({"role": "attachment", "status": status, "content_type": kind}));
    }
}

/// What must be read of boxes of HTML: their words and their order, without places.
fn of_boxes(plan: &Plan) -> Chart {
    let items = plan.items.iter().filter(|item| item.kind != Kind::Gate);
    let node = |item: &plan::Item| Node {
        text: item.name.clone(),
        kind: NodeKind::Step,
        area: crate::model::chart::Area::default(),
        confidence: 1.0,
        lane: None,
        notes: Vec::new(),
    };
    let nodes: Vec<Node> = items.map(node).collect();
    let edges = (1..nodes.len()).map(|to| Edge {
        from: to - 1,
        to,
        directed: true,
        dashed: false,
        label: None,
        confidence: 1.0,
    });
    Chart { edges: edges.collect(), nodes, confidence: 1.0, ..Chart::default() }
}

#[cfg(test)]
mod tests;
