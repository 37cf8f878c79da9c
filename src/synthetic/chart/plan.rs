//! What a chart shows, before anything has a place: items with their facts and the ways out of them.
//!
//! Comes in: a pair. Goes out: a plan. Must never know: places, colours.

use super::difference::Pair;
use super::story::{Act, Step, Story};
use crate::synthetic::random::Random;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 开始, 结束, and the applicant's own first step in some looks.
    End,
    /// A step.
    Step,
    /// A question with two answers.
    Gate,
}

/// A way out of an item that leaves the way: refusal, return for completion.
#[derive(Debug, Clone)]
pub(super) struct Exit {
    /// Words of the box it leads to.
    pub(super) words: String,
    /// Words on the arrow.
    pub(super) label: Option<&'static str>,
    /// Whether another arrow leads from there back to the item before.
    pub(super) back: bool,
}

/// An item of the way.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// What it is.
    pub(super) kind: Kind,
    /// Its name, or its question.
    pub(super) name: String,
    /// What is done there, for charts that explain.
    pub(super) says: Option<String>,
    /// What is done there, for tables, which always explain.
    pub(super) detail: String,
    /// Who does it.
    pub(super) body: Option<String>,
    /// How long it takes.
    pub(super) limit: Option<String>,
    /// The lane that it belongs to.
    pub(super) lane: String,
    /// Ways out.
    pub(super) exits: Vec<Exit>,
    /// Boxes side by side in its place.
    pub(super) parallel: Vec<String>,
    /// Words on the arrow to the next item.
    pub(super) label: Option<&'static str>,
}

/// A chart to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Its heading.
    pub(super) title: Option<String>,
    /// The way from the first to the last item.
    pub(super) items: Vec<Item>,
    /// Words below.
    pub(super) remarks: Vec<String>,
    /// Names of the papers, for looks that list them.
    pub(super) papers: Vec<&'static str>,
}

/// The charts of a pair: one, or two where it goes on in a second picture.
pub(super) fn plans(pair: &Pair, random: &mut Random) -> Vec<Plan> {
    let title = title(pair, random);
    let ends = random.chance(35);
    let mut items = items(&pair.chart, pair.branches, random);
    if let Some(place) = pair.chart.place(Act::Review).filter(|_| !pair.parallel.is_empty()) {
        let name = pair.chart.steps.get(place).map(|step| step.name.clone());
        if let Some(item) = items.iter_mut().find(|item| Some(&item.name) == name.as_ref()) {
            item.parallel.clone_from(&pair.parallel);
        }
    }
    if ends {
        items.insert(0, end("开始", &items));
        items.push(end("结束", &items));
    }
    let authority = format!("{}{}", pair.city, pair.errand.authority);
    let remarks = if random.chance(30) {
        vec![format!("承办机构：{authority}"), "监督电话：12345".to_owned()]
    } else {
        Vec::new()
    };
    let whole = Plan { title: Some(title.clone()), items, remarks, papers: pair.errand.papers.clone() };
    let Some(at) = pair.continued else { return vec![whole] };
    let mut first = whole.clone();
    let rest = first.items.split_off((at + usize::from(ends)).min(first.items.len()));
    first.remarks.clear();
    vec![first, Plan { title: Some(format!("{title}（续）")), items: rest, ..whole }]
}

/// What the chart calls itself.
fn title(pair: &Pair, random: &mut Random) -> String {
    let item = pair.chart_title.clone().unwrap_or_else(|| pair.errand.title.to_owned());
    match random.below(5) {
        0 => format!("{item}办理流程图"),
        1 => format!("《{item}》流程图"),
        2 => format!("{item}业务流程图"),
        3 => format!("{item}工作流程图"),
        _ => format!("{item}流程图"),
    }
}

fn end(name: &str, items: &[Item]) -> Item {
    let lane = items.first().map(|item| item.lane.clone()).unwrap_or_default();
    Item { kind: Kind::End, lane, ..item(name.to_owned()) }
}

fn item(name: String) -> Item {
    Item {
        kind: Kind::Step,
        name,
        says: None,
        detail: String::new(),
        body: None,
        limit: None,
        lane: String::new(),
        exits: Vec::new(),
        parallel: Vec::new(),
        label: None,
    }
}

fn items(story: &Story, branches: bool, random: &mut Random) -> Vec<Item> {
    let mut items: Vec<Item> = story.steps.iter().map(|step| told(story, step)).collect();
    if !branches {
        return items;
    }
    let accept = story.place(Act::Accept);
    let gated = random.chance(55);
    if let Some(place) = accept.filter(|place| *place > 0) {
        let refused = Exit {
            words: random
                .pick(&["不予受理，出具不予受理通知书", "不予受理，书面说明理由", "不属于职权范围的，不予受理"])
                .to_owned(),
            label: Some(random.pick(&["不受理", "不属于职权范围", "否"])),
            back: false,
        };
        let returned = Exit {
            words: random.pick(&["一次性告知需要补正的全部内容", "退回补正材料", "出具补正通知书"]).to_owned(),
            label: Some(random.pick(&["材料不全", "需补正", "不齐全"])),
            back: random.chance(60),
        };
        let exits = if random.chance(60) { vec![returned, refused] } else { vec![returned] };
        if gated {
            let lane = items.get(place).map(|item| item.lane.clone()).unwrap_or_default();
            let question = random.pick(&["材料是否齐全、符合法定形式", "是否符合受理条件", "申请材料是否齐全"]);
            let gate = Item {
                kind: Kind::Gate,
                lane,
                exits,
                label: Some(random.pick(&["是", "齐全"])),
                ..item(question.to_owned())
            };
            items.insert(place, gate);
        } else if let Some(item) = items.get_mut(place) {
            item.exits = exits;
        }
    }
    if let Some(item) = items.iter_mut().find(|item| item.name.ends_with("决定")).filter(|_| random.chance(50)) {
        item.exits.push(Exit {
            words: random.pick(&["不予许可，说明理由并告知复议权利", "不予许可，书面告知申请人"]).to_owned(),
            label: Some(random.pick(&["不予许可", "不符合条件"])),
            back: false,
        });
        item.label = Some("准予许可");
    }
    items
}

fn told(story: &Story, step: &Step) -> Item {
    Item {
        detail: step.says.clone(),
        says: story.explains.then(|| step.says.clone()),
        body: story.body(step),
        limit: story.limit(step),
        lane: story.body(step).unwrap_or_else(|| step.section.clone()),
        ..item(step.name.clone())
    }
}
