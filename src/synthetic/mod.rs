//! Synthetic guides (合成指南): values of real items in the layouts of real page families, labelled by what was poured.
//!
//! Comes in: items, a seed, a number. Goes out: pages, files and their labels. Must never know: the reader, the checks,
//! the evaluation. What a label says comes from the values poured, never from a reading; the pages are marked as
//! synthetic in the labels and are generated anew each time, because the values are not ours to publish.

mod chart;
mod columns;
mod defects;
mod faults;
mod forms;
mod harmless;
mod item;
mod layouts;
mod random;
mod services;
mod truth;
mod unmeasurable;
mod view;
mod words;

pub use chart::{ChartLooks, ChartPair, UnknownLook, chart_labels, chart_pair};
pub use item::{Item, ItemError, of_the_demo, parse};

use serde_json::{Map, Value, json};

use crate::demo::attachments::{self, Format};
use crate::demo::flowchart;
use crate::model::{Digest, Element};
use defects::{DEFECTS, Truths};
use layouts::{Charset, LAYOUTS, Layout, Surroundings};
use random::Random;
use truth::{ChartForm, Hole, Truth};
use view::Addresses;

/// Everything generated.
#[derive(Debug, Clone)]
pub struct Synthesis {
    /// The label file, `portal-probe.labels/1`.
    pub labels: Value,
    /// The bytes of all pages and files, each with a name for a folder.
    pub files: Vec<(String, Vec<u8>)>,
    /// How many cases have each kind of defect.
    pub planted: Vec<(&'static str, usize)>,
}

/// Generates `count` cases; the same seed gives the same cases.
///
/// # Panics
/// When there is no item.
#[must_use]
pub fn synthesise(items: &[Item], seed: u64, count: usize) -> Synthesis {
    assert!(!items.is_empty(), "guides are poured from at least one item");
    let mut cases = Vec::new();
    let mut files = Vec::new();
    let mut planted: Vec<(&'static str, usize)> = DEFECTS.iter().map(|defect| (defect.name, 0)).collect();
    for number in 0..count {
        let case = case(items, (seed, number), &mut planted);
        cases.push(case.label);
        files.extend(case.files);
    }
    let labels = json!({
        "schema": "portal-probe.labels/1",
        "source": "synthetic",
        "note": format!("{count} cases, seed {seed}: values of real items in layouts of our own; not pages of any portal"),
        "cases": cases,
    });
    Synthesis { labels, files, planted }
}

struct Case {
    label: Value,
    files: Vec<(String, Vec<u8>)>,
}

fn case(items: &[Item], (seed, number): (u64, usize), planted: &mut [(&'static str, usize)]) -> Case {
    let mut random = Random::new(seed, number as u64);
    // Layouts in turn, so that each gets its share; every eighth case is a mobile page alone.
    let portals: Vec<&Layout> = LAYOUTS.iter().filter(|layout| !layout.mobile).collect();
    let mobiles: Vec<&Layout> = LAYOUTS.iter().filter(|layout| layout.mobile).collect();
    let item = random.choose(items);
    let truth = truth::of(item, &mut random);
    let alone_on_mobile = number % 8 == 7;
    let layout = if alone_on_mobile {
        mobiles[number / 8 % mobiles.len()]
    } else {
        portals[(number - number / 8) % portals.len()]
    };
    let pair = (!alone_on_mobile && random.chance(45)).then(|| random.pick(&mobiles));
    let mut truths = Truths { mobile: pair.map(|_| truth.clone()), portal: truth };
    let mut name = "";
    let mut arguable: &'static [&'static str] = &[];
    if number % 3 == 0 {
        name = plant(&mut truths, &mut random, planted);
    } else if random.chance(6) {
        let element = random.pick(&[Element::Place, Element::Hours, Element::ConsultPhone]);
        truths.portal.holes.insert(element, Hole::Unrendered);
    }
    if let Some(mobile) = &mut truths.mobile
        && random.chance(50)
    {
        mobile.materials.reverse();
    }
    if [Some(layout), pair].into_iter().flatten().any(|layout| layout.listed) {
        // A list has no place for forms; whether a guide must offer them elsewhere is arguable.
        arguable = &["guide.blank_form", "guide.sample_form"];
    }
    let mut writer =
        Writer { id: format!("synthetic/{seed}/{number:04}"), pages: Map::new(), files: Vec::new(), arguable };
    let other_titles: Vec<String> = (0..5).map(|_| random.choose(items).title.clone()).collect();
    if number % 16 == 5 {
        writer.unmeasurable(truths.portal.title(), &mut random);
        // Nothing can be told of the portal's page; the mobile page is whole.
        let mut faults = Vec::new();
        if let (Some(layout), Some(mobile)) = (pair, &mut truths.mobile) {
            let mobile = fitted(mobile, layout);
            writer.guide(("mobile", layout), &mobile, &other_titles, &mut random);
            faults.extend(faults::of(&Truths { portal: mobile, mobile: None }).into_iter().map(on_mobile));
        }
        return writer.case(("unmeasurable", "no page to judge"), &faults);
    }
    writer.guide(("portal", layout), &fitted(&mut truths.portal, layout), &other_titles, &mut random);
    if let (Some(layout), Some(mobile)) = (pair, &mut truths.mobile) {
        writer.guide(("mobile", layout), &fitted(mobile, layout), &other_titles, &mut random);
    }
    writer.case((layout.name, name), &faults::of(&truths))
}

fn on_mobile(mut fault: Value) -> Value {
    fault["page"] = json!("mobile");
    fault
}

/// What a layout has no place for is left out: forms in a list, a chart drawn in data.
fn fitted(truth: &mut Truth, layout: &Layout) -> Truth {
    if let Some(chart) = truth.chart.as_mut().filter(|_| !layout.drawn)
        && !matches!(chart.form, ChartForm::Image | ChartForm::Document)
    {
        chart.form = ChartForm::Image;
    }
    if layout.listed {
        for paper in &mut truth.materials {
            (paper.blank, paper.sample) = (None, None);
        }
    }
    if layout.service.is_some() {
        truth.texts.retain(|element, _| !layout.lacks.contains(element));
        // The keys of data are always there: what is missing is an empty value.
        truth.holes.values_mut().filter(|hole| **hole == Hole::Missing).for_each(|hole| *hole = Hole::Blank);
    }
    truth.clone()
}

/// Plants one defect that the guide has room for, kinds in turn.
fn plant(truths: &mut Truths, random: &mut Random, planted: &mut [(&'static str, usize)]) -> &'static str {
    // The rarest kind first, so that every kind has its share.
    let mut order: Vec<usize> = (0..DEFECTS.len()).collect();
    order.sort_by_key(|n| planted[*n].1);
    for n in order {
        let mut changed = truths.clone();
        if (DEFECTS[n].apply)(&mut changed, random).is_some() {
            *truths = changed;
            planted[n].1 += 1;
            return DEFECTS[n].name;
        }
    }
    ""
}

/// Collects the pages and files of a case.
struct Writer {
    id: String,
    pages: Map<String, Value>,
    files: Vec<(String, Vec<u8>)>,
    /// Properties that a fair reader may judge either way.
    arguable: &'static [&'static str],
}

impl Writer {
    fn url(&self, host: &str, file: &str) -> String {
        format!("http://{host}/{}/{file}", self.id)
    }

    /// Files the bytes under their digest; the same bytes at two addresses are one page.
    fn put(&mut self, bytes: Vec<u8>, extension: &str, mut page: Value) {
        let digest = Digest::of(&bytes).short(64).to_owned();
        if let Some(known) = self.pages.get_mut(&digest) {
            let urls = page["urls"].as_array().cloned().unwrap_or_default();
            if let Some(all) = known["urls"].as_array_mut() {
                all.extend(urls);
            }
            return;
        }
        self.files.push((format!("{}.{extension}", &digest[..20]), bytes));
        self.pages.insert(digest, page.take());
    }

    fn guide(&mut self, (role, layout): (&str, &Layout), truth: &Truth, related: &[String], random: &mut Random) {
        let host = if role == "mobile" { "127.0.0.2" } else { "127.0.0.1" };
        let chart_file = match truth.chart.as_ref().map(|chart| chart.form) {
            Some(ChartForm::Image) => "chart.png",
            _ => "chart.docx",
        };
        let format = forms::pick(random);
        let form = |n: usize, kind: char| format!("{role}-{n}{kind}.{}", format.extension());
        let chart = format!("{role}-{chart_file}");
        let chart =
            layout.service.map_or(chart.clone(), |service| format!("/{}", service.file(&self.id, role, &chart)));
        let addresses = Addresses { form: &form, chart };
        let spoken = view::speak(truth, layout, &addresses, random);
        let around = Surroundings {
            related: related.iter().filter(|title| *title != truth.title()).cloned().collect(),
            site: random.pick(&["江州市政务服务网", "江州政务服务", "江州市人民政府门户网站"]),
            colon: random.pick(&["", "：", ":"]),
        };
        let text = layouts::render(layout, &spoken.view, &around);
        let gbk = layout.charset == Charset::Gbk;
        let text = if gbk { text } else { harmless::vary(&text, random) };
        let bytes = if gbk { encoding_rs::GBK.encode(&text).0.into_owned() } else { text.into_bytes() };
        let url = match layout.service {
            Some(service) => format!("http://{host}/{}", service.page(&self.id, role, truth)),
            None => self.url(host, &format!("{role}.html")),
        };
        self.put(bytes, "html", json!({"role": role, "urls": [url], "kind": "guide", "says": spoken.says}));
        if let Some(service) = layout.service {
            let answer = service.answer((&self.id, role), (truth, &spoken.view), &form);
            let url = format!("http://{host}/{}", answer.path);
            let mut page = json!({"role": "data", "urls": [url], "content_type": "application/json"});
            if let Some(query) = answer.query {
                page["query"] = json!(query.text);
            }
            self.put(answer.body.to_string().into_bytes(), "json", page);
        }
        let address = |name: &str| match layout.service {
            Some(service) => format!("http://{host}/{}", service.file(&self.id, role, name)),
            None => self.url(host, name),
        };
        let files = attachments((role, format), truth, chart_file);
        let files: Vec<(String, Vec<u8>, String)> =
            files.into_iter().map(|(name, bytes)| (address(&name), bytes, name)).collect();
        for (url, bytes, name) in files {
            let extension = name.rsplit('.').next().unwrap_or_default().to_owned();
            self.put(bytes, &extension, json!({"role": "attachment", "urls": [url]}));
        }
    }

    fn unmeasurable(&mut self, title: &str, random: &mut Random) {
        let page = unmeasurable::page(title, random);
        let url = self.url("127.0.0.1", "portal.html");
        let mut label = json!({"role": "portal", "urls": [url], "status": page.status, "unmeasurable": page.reason});
        if !page.kind.is_empty() {
            label["kind"] = json!(page.kind);
        }
        self.put(page.body, "html", label);
    }

    fn case(self, (group, note): (&str, &str), faults: &[Value]) -> Case {
        let label = json!({"id": self.id, "group": group, "note": note, "pages": self.pages, "faults": faults,
            "unlabelled": self.arguable});
        Case { label, files: self.files }
    }
}

/// The files of a guide, each with its name: forms, samples and a chart that is a file.
fn attachments((role, format): (&str, Format), truth: &Truth, chart_file: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (n, paper) in truth.materials.iter().enumerate() {
        for (file, kind) in [(paper.blank, 'b'), (paper.sample, 's')] {
            let Some(file) = file else { continue };
            files.push((format!("{role}-{n}{kind}.{}", format.extension()), forms::bytes(&paper.name, file, format)));
        }
    }
    let Some(chart) = &truth.chart else { return files };
    let names: Vec<&str> = chart.steps.iter().map(|step| step.name.as_str()).collect();
    let bytes = match chart.form {
        ChartForm::Image => flowchart::picture(&names),
        ChartForm::Document => attachments::docx(&format!("{}：{}", chart.title, names.join("→")), true),
        ChartForm::Html | ChartForm::Svg | ChartForm::Table => return files,
    };
    files.push((format!("{role}-{chart_file}"), bytes));
    files
}
