//! A truth in words, ready for a template, with the label of everything that was put there.
//!
//! Comes in: a truth, chance, what a layout has room for. Goes out: values for a template, what they say. Must never
//! know: markup.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::columns::Column;
use super::layouts::Layout;
use super::random::Random;
use super::truth::{Chart, ChartForm, Hole, Limit, Paper, Step, Truth};
use super::words::{self, Manner};
use crate::demo::flowchart;
use crate::model::Element;

/// A label with its value.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    /// The element, for services that name fields instead of labels.
    pub(super) element: &'static str,
    pub(super) label: String,
    pub(super) value: String,
}

/// A section: heading and lines.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Section {
    pub(super) label: String,
    pub(super) lines: Vec<String>,
}

/// A cell of a table.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) href: String,
}

/// A table under a heading.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Table {
    pub(super) label: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// The first words of each row.
    pub(super) names: Vec<String>,
    /// What stands there instead of rows.
    pub(super) instead: String,
}

/// The process.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Process {
    pub(super) table: Table,
    pub(super) steps: Vec<StepWords>,
    pub(super) sentence: String,
}

/// A step in words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StepWords {
    pub(super) name: String,
    pub(super) limit: String,
    pub(super) department: String,
}

/// A flowchart in words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ChartWords {
    label: String,
    form: &'static str,
    title: String,
    steps: Vec<StepWords>,
    svg: String,
    pub(super) url: String,
}

/// A number with its unit, for pages that put them into elements of their own.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Split {
    label: String,
    number: String,
    unit: String,
}

/// A guide for templates.
#[derive(Debug, Clone, Serialize)]
pub(super) struct View {
    pub(super) title: String,
    pub(super) info: Vec<Row>,
    pub(super) limits: Vec<Row>,
    pub(super) place: Vec<Row>,
    pub(super) fee: Vec<Row>,
    pub(super) conditions: Option<Section>,
    pub(super) basis: Option<Section>,
    pub(super) materials: Option<Table>,
    pub(super) process: Option<Process>,
    pub(super) chart: Option<ChartWords>,
    pub(super) strip: Vec<Split>,
}

/// A view and what it says, by the names of elements.
pub(super) struct Spoken {
    pub(super) view: View,
    pub(super) says: Map<String, Value>,
}

/// Where the files of a page stand.
pub(super) struct Addresses<'a> {
    /// The form of a material, by row: `b` blank, `s` sample.
    pub(super) form: &'a dyn Fn(usize, char) -> String,
    pub(super) chart: String,
}

/// Puts a truth into words.
pub(super) fn speak(truth: &Truth, layout: &Layout, addresses: &Addresses<'_>, random: &mut Random) -> Spoken {
    let manner = Manner::of(random);
    let mut speaker = Speaker { truth, layout, manner, random, says: Map::new(), unsaid: BTreeSet::new() };
    let view = View {
        title: truth.title().to_owned(),
        info: speaker.rows(INFO),
        limits: speaker.rows(LIMITS),
        place: speaker.rows(PLACE),
        fee: speaker.rows(FEE),
        conditions: speaker.section(Element::Conditions),
        basis: speaker.section(Element::LegalBasis),
        materials: speaker.materials(addresses),
        process: speaker.process(),
        chart: speaker.chart(addresses),
        strip: speaker.strip(),
    };
    speaker.says.insert(Element::ItemName.as_str().to_owned(), json!(truth.title()));
    if truth.holes.contains_key(&Element::Fee) && truth.text(Element::FeeStandard).is_some() {
        // A tariff says that there is a fee, whatever stands under 是否收费.
        speaker.says.remove(Element::Fee.as_str());
        speaker.unsaid.insert(Element::Fee);
    }
    speaker.silence();
    Spoken { view, says: speaker.says }
}

const INFO: &[Element] = &[
    Element::ItemCode,
    Element::ItemType,
    Element::Department,
    Element::AcceptingBody,
    Element::JointBodies,
    Element::ExerciseLevel,
    Element::ServiceObject,
    Element::HandlingKind,
    Element::HandlingForm,
    Element::ServiceRange,
    Element::QuantityLimit,
    Element::Appointment,
    Element::OnlinePayment,
    Element::Result,
    Element::ResultDelivery,
];
const LIMITS: &[Element] = &[
    Element::StatutoryLimit,
    Element::PromisedLimit,
    Element::Visits,
    Element::VisitReason,
    Element::OnlineDepth,
    Element::Courier,
];
const PLACE: &[Element] = &[Element::Place, Element::Hours, Element::ConsultPhone, Element::ComplaintPhone];
const FEE: &[Element] = &[Element::Fee, Element::FeeStandard, Element::FeeBasis];

struct Speaker<'a> {
    truth: &'a Truth,
    layout: &'a Layout,
    manner: Manner,
    random: &'a mut Random,
    says: Map<String, Value>,
    /// What stands there and is not labelled.
    unsaid: BTreeSet<Element>,
}

impl Speaker<'_> {
    fn say(&mut self, element: Element, expected: Value) {
        self.says.insert(element.as_str().to_owned(), expected);
    }

    fn rows(&mut self, elements: &[Element]) -> Vec<Row> {
        elements.iter().filter_map(|element| self.row(*element)).collect()
    }

    fn row(&mut self, element: Element) -> Option<Row> {
        if self.layout.lacks.contains(&element) {
            return None;
        }
        let label = words::label(element, self.random).to_owned();
        let key = element.as_str();
        if let Some(hole) = self.truth.holes.get(&element).cloned() {
            let value = self.hole(element, &hole)?;
            return Some(Row { element: key, label, value });
        }
        if label == "业务办理项编码" {
            // The same code under the name of another element.
            self.unsaid.insert(Element::HandlingItemCode);
        }
        if let Some(row) = self.unit_in_label(element, &label) {
            return Some(row);
        }
        let value = self.value(element)?;
        Some(Row { element: key, value: self.label_repeated(element, &label, value), label })
    }

    /// Some pages put the unit into the label: 承诺办结时限（工作日）, 5.
    fn unit_in_label(&mut self, element: Element, label: &str) -> Option<Row> {
        let limit = match element {
            Element::StatutoryLimit => self.truth.statutory,
            Element::PromisedLimit => self.truth.promised,
            _ => return None,
        };
        let Limit::Working(tenths) = limit else { return None };
        if self.layout.service.is_some() || !self.random.chance(6) {
            return None;
        }
        self.say(element, json!(words::labelled(limit)));
        Some(Row {
            element: element.as_str(),
            label: format!("{label}（工作日）"),
            value: format!("{}", f64::from(tenths) / 10.0),
        })
    }

    /// Some pages repeat the label inside the value.
    fn label_repeated(&mut self, element: Element, label: &str, value: String) -> String {
        if element == Element::Place && self.random.chance(20) {
            let with = format!("{label}：{value}");
            self.say(element, json!({"any": [value, with]}));
            return with;
        }
        value
    }

    /// What a hole looks like; `None` if nothing is there at all. Notes what the label says.
    fn hole(&mut self, element: Element, hole: &Hole) -> Option<String> {
        match hole {
            Hole::Blank => {
                self.say(element, json!({"state": "blank"}));
                Some(String::new())
            }
            Hole::Placeholder(words) => {
                self.say(element, json!({"state": "placeholder"}));
                Some((*words).to_owned())
            }
            // Nobody can tell what will stand there: not labelled.
            Hole::Unrendered => {
                self.unsaid.insert(element);
                Some(format!("{{{{item.{}}}}}", element.as_str()))
            }
            Hole::Missing => {
                self.say(element, Value::Null);
                None
            }
        }
    }

    fn value(&mut self, element: Element) -> Option<String> {
        let truth = self.truth;
        let (words, expected) = match element {
            Element::StatutoryLimit => (self.limit(element, truth.statutory), json!(words::labelled(truth.statutory))),
            Element::PromisedLimit => (self.limit(element, truth.promised), json!(words::labelled(truth.promised))),
            // 最多到现场2次 beside 全程网办 would be no contradiction.
            Element::Visits if truth.text(Element::OnlineDepth).is_some_and(|depth| depth.contains("全程")) => {
                (format!("{}次", truth.visits), json!(truth.visits))
            }
            Element::Visits => (self.manner.visits(truth.visits), json!(truth.visits)),
            Element::Courier => (self.manner.flag(element, truth.courier).to_owned(), json!(truth.courier)),
            Element::Fee => (self.manner.flag(element, truth.fee).to_owned(), json!(truth.fee)),
            _ => {
                let words = truth.texts.get(&element)?.clone();
                // 电话：020-12345: a label inside the value may be read as part of it or not.
                let expected = match words.split_once(['：', ':']) {
                    Some((label, rest)) if label.contains("电话") && label.chars().count() <= 6 => {
                        json!({"any": [words, rest]})
                    }
                    _ => json!(words),
                };
                (words, expected)
            }
        };
        if words == "无" {
            // A value or a stand-in: a fair reader may take it for either, so it is not labelled.
            self.unsaid.insert(element);
        } else {
            self.say(element, expected);
        }
        Some(words)
    }

    fn limit(&mut self, element: Element, limit: Limit) -> String {
        self.manner.long_limit(limit, element, self.random)
    }

    fn section(&mut self, element: Element) -> Option<Section> {
        let label = words::label(element, self.random).to_owned();
        if let Some(hole) = self.truth.holes.get(&element).cloned() {
            let line = self.hole(element, &hole)?;
            return Some(Section { label, lines: vec![line] });
        }
        let words = self.truth.texts.get(&element)?;
        self.says.insert(element.as_str().to_owned(), json!(words));
        Some(Section { label, lines: words.lines().map(ToOwned::to_owned).collect() })
    }

    fn materials(&mut self, addresses: &Addresses<'_>) -> Option<Table> {
        let label = words::label(Element::Materials, self.random).to_owned();
        if let Some(hole) = self.truth.holes.get(&Element::Materials).cloned() {
            let instead = self.hole(Element::Materials, &hole)?;
            return Some(Table { label, head: Vec::new(), rows: Vec::new(), names: Vec::new(), instead });
        }
        let columns = self.columns();
        let truth = self.truth;
        let mut rows = Vec::new();
        for (n, paper) in truth.materials.iter().enumerate() {
            rows.push(columns.iter().map(|column| self.cell(*column, n, paper, addresses)).collect());
        }
        let names = |pick: fn(&Paper) -> bool| -> Value {
            json!(truth.materials.iter().filter(|paper| pick(paper)).map(|paper| &paper.name).collect::<Vec<_>>())
        };
        self.say(Element::Materials, names(|_| true));
        self.says.insert("blank_forms".to_owned(), names(|paper| paper.blank.is_some()));
        self.says.insert("sample_forms".to_owned(), names(|paper| paper.sample.is_some()));
        let head = columns.iter().map(|column| self.random.pick(column.heads()).to_owned()).collect();
        let names = truth.materials.iter().map(|paper| paper.name.clone()).collect();
        Some(Table { label, head, rows, names, instead: String::new() })
    }

    fn columns(&mut self) -> Vec<Column> {
        let mut columns = Vec::new();
        if self.random.chance(70) {
            columns.push(Column::Number);
        }
        columns.push(Column::Name);
        for column in [Column::Form, Column::Need, Column::Copies, Column::Source] {
            if self.random.chance(60) {
                columns.push(column);
            }
        }
        columns.extend([Column::Blank, Column::Sample]);
        columns
    }

    fn cell(&mut self, column: Column, n: usize, paper: &Paper, addresses: &Addresses<'_>) -> Cell {
        let plain = |text: &str| Cell { text: text.to_owned(), href: String::new() };
        let link = |offered: bool, kind: char, words: &str| {
            if offered {
                Cell { text: words.to_owned(), href: (addresses.form)(n, kind) }
            } else {
                plain(self.layout.none)
            }
        };
        match column {
            Column::Number => plain(&(n + 1).to_string()),
            Column::Name => plain(&paper.name),
            Column::Form => plain(self.random.pick(&["纸质", "电子", "纸质或电子", "原件"])),
            Column::Need => plain(self.random.pick(&["必要", "必要", "非必要"])),
            Column::Copies => plain("1"),
            Column::Source => plain("申请人自备"),
            Column::Blank => link(paper.blank.is_some(), 'b', self.layout.blank_link),
            Column::Sample => link(paper.sample.is_some(), 's', self.layout.sample_link),
        }
    }

    fn process(&mut self) -> Option<Process> {
        let label = words::label(Element::Process, self.random).to_owned();
        let mut table = Table { label, head: Vec::new(), rows: Vec::new(), names: Vec::new(), instead: String::new() };
        if let Some(hole) = self.truth.holes.get(&Element::Process).cloned() {
            table.instead = self.hole(Element::Process, &hole)?;
            return Some(Process { table, steps: Vec::new(), sentence: String::new() });
        }
        let truth = self.truth;
        self.say(Element::Process, json!(truth.steps.iter().map(|step| &step.name).collect::<Vec<_>>()));
        let steps = self.steps(&truth.steps);
        let limits = truth.steps.iter().any(|step| step.limit.is_some());
        table.head = ["环节名称", "办理时限", "办理部门"]
            .into_iter()
            .filter(|head| limits || *head != "办理时限")
            .map(Into::into)
            .collect();
        let cell = |text: &str| Cell { text: text.to_owned(), href: String::new() };
        table.rows = steps
            .iter()
            .map(|step| {
                let mut row = vec![cell(&step.name)];
                row.extend(limits.then(|| cell(&step.limit)));
                row.push(cell(&step.department));
                row
            })
            .collect();
        let sentence = steps.iter().map(|step| {
            if step.limit.is_empty() { step.name.clone() } else { format!("{}（{}）", step.name, step.limit) }
        });
        let sentence = sentence.collect::<Vec<_>>().join(self.random.pick(&["→", "——", " → ", "->"]));
        Some(Process { table, steps, sentence })
    }

    fn steps(&mut self, steps: &[Step]) -> Vec<StepWords> {
        let words = steps.iter().map(|step| StepWords {
            name: step.name.clone(),
            limit: step.limit.map(|limit| self.step_limit(limit)).unwrap_or_default(),
            department: step.department.clone(),
        });
        words.collect()
    }

    fn step_limit(&mut self, limit: Limit) -> String {
        if limit == Limit::Immediate {
            "即时".to_owned()
        } else {
            self.manner.limit(limit, self.random).replace('（', "(").replace('）', ")")
        }
    }

    fn chart(&mut self, addresses: &Addresses<'_>) -> Option<ChartWords> {
        let label = words::label(Element::Flowchart, self.random).to_owned();
        let Some(Chart { form, title, steps }) = &self.truth.chart else {
            self.say(Element::Flowchart, Value::Null);
            return None;
        };
        let word = match form {
            ChartForm::Html => "html",
            ChartForm::Svg => "svg",
            ChartForm::Table => "table",
            ChartForm::Image => "image",
            ChartForm::Document => "document",
        };
        self.say(Element::Flowchart, json!(word));
        let steps = self.steps(steps);
        let lines: Vec<(String, String, String)> =
            steps.iter().map(|step| (step.name.clone(), step.department.clone(), step.limit.clone())).collect();
        let svg = if *form == ChartForm::Svg { flowchart::svg(title, &lines) } else { String::new() };
        let url = if matches!(form, ChartForm::Image | ChartForm::Document) {
            addresses.chart.clone()
        } else {
            String::new()
        };
        Some(ChartWords { label, form: word, title: title.clone(), steps, svg, url })
    }

    fn strip(&mut self) -> Vec<Split> {
        if !self.layout.has_strip() {
            return Vec::new();
        }
        let truth = self.truth;
        let mut strip = Vec::new();
        for (element, limit) in [(Element::StatutoryLimit, truth.statutory), (Element::PromisedLimit, truth.promised)] {
            let (number, unit) = match limit {
                Limit::Working(tenths) => (tenths / 10, "工作日"),
                Limit::Natural(tenths) => (tenths / 10, "自然日"),
                Limit::Immediate | Limit::None => {
                    let number = if limit == Limit::None { "无法定时限" } else { "即办" };
                    strip.extend(self.split(element, number.to_owned(), "", json!(words::labelled(limit))));
                    continue;
                }
            };
            strip.extend(self.split(element, number.to_string(), unit, json!(words::labelled(limit))));
        }
        strip.extend(self.split(Element::Visits, truth.visits.to_string(), "次", json!(truth.visits)));
        strip
    }

    fn split(&mut self, element: Element, number: String, unit: &str, expected: Value) -> Option<Split> {
        let label = words::label(element, self.random).to_owned();
        let (number, unit) = if let Some(hole) = self.truth.holes.get(&element).cloned() {
            (self.hole(element, &hole)?, "")
        } else {
            self.say(element, expected);
            (number, unit)
        };
        Some(Split { label, number, unit: unit.to_owned() })
    }

    /// What was not put on the page is not stated there.
    fn silence(&mut self) {
        for element in Element::ALL.iter().filter(|element| !self.layout.adds.contains(element)) {
            if !self.unsaid.contains(element) {
                self.says.entry(element.as_str().to_owned()).or_insert(Value::Null);
            }
        }
    }
}
