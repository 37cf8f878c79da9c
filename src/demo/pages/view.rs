//! A guide in the words of a page family: labels, formats, rows.
//!
//! Comes in: a [`GuideContent`] and a family's name. Goes out: a [`GuideView`] for templates. Must never know: tags.

use serde::Serialize;

use crate::demo::content::{GuideContent, Limit, StepContent};
use crate::demo::flowchart;
use crate::demo::world::ChartForm;

/// A label with its value.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) label: &'static str,
    pub(super) value: String,
}

/// A step in words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StepView {
    pub(super) name: String,
    pub(super) limit: String,
    pub(super) department: String,
    pub(super) task: &'static str,
    pub(super) outcome: &'static str,
}

/// A material in words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct MaterialView {
    pub(super) name: &'static str,
    pub(super) source: &'static str,
    pub(super) shape: &'static str,
    pub(super) necessity: &'static str,
    pub(super) copies: &'static str,
    pub(super) is_form: bool,
    /// Address of the blank form; empty if none.
    pub(super) blank: String,
    /// Address of the sample; empty if none.
    pub(super) sample: String,
    /// What stands where nothing is offered.
    pub(super) none: &'static str,
}

/// A flowchart in words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ChartView {
    pub(super) title: String,
    pub(super) form: ChartForm,
    pub(super) steps: Vec<StepView>,
    pub(super) svg: String,
    pub(super) url: String,
}

/// A number with its unit, for pages that put them into elements of their own.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Split {
    pub(super) number: String,
    pub(super) unit: &'static str,
}

/// A guide for templates.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GuideView {
    pub(super) title: String,
    pub(super) code: String,
    pub(super) department: String,
    pub(super) url: String,
    /// Whether the family shows this guide as one picture, as some articles of a CMS do.
    pub(super) picture: bool,
    /// Codes, kinds, department.
    pub(super) info: Vec<Row>,
    /// Limits, visits, depth, posting.
    pub(super) time: Vec<Row>,
    /// Fee.
    pub(super) fee: Vec<Row>,
    /// Place, hours, telephones.
    pub(super) place: Vec<Row>,
    pub(super) conditions_label: &'static str,
    pub(super) conditions: &'static [&'static str],
    pub(super) basis: &'static str,
    pub(super) materials_label: &'static str,
    pub(super) materials: Vec<MaterialView>,
    pub(super) process_label: &'static str,
    pub(super) steps: Vec<StepView>,
    /// The steps as one sentence with arrows.
    pub(super) sentence: String,
    pub(super) chart: ChartView,
    pub(super) statutory: String,
    pub(super) promised: String,
    pub(super) visits: String,
    pub(super) statutory_split: Split,
    pub(super) promised_split: Split,
}

/// What a family calls the elements.
struct Words {
    promised: &'static str,
    statutory: &'static str,
    visits: &'static str,
    depth: &'static str,
    courier: &'static str,
    place: &'static str,
    hours: &'static str,
    consult: &'static str,
    complaint: &'static str,
    conditions: &'static str,
    materials: &'static str,
    process: &'static str,
    none: &'static str,
}

/// The words that most families use.
const USUAL: Words = Words {
    promised: "承诺办结时限",
    statutory: "法定办结时限",
    visits: "到办事现场次数",
    depth: "网上办理深度",
    courier: "是否支持物流快递",
    place: "办理地点",
    hours: "办理时间",
    consult: "咨询方式",
    complaint: "监督投诉方式",
    conditions: "受理条件",
    materials: "申请材料",
    process: "办理流程",
    none: "无",
};

fn words(family: &str) -> Words {
    match family {
        "gd" => Words { consult: "咨询电话", complaint: "投诉电话", ..USUAL },
        "tabs" => Words { promised: "承诺时限", statutory: "法定时限", process: "办事流程", ..USUAL },
        "gbk" => Words {
            promised: "承诺期限",
            statutory: "法定期限",
            consult: "咨询电话",
            complaint: "监督投诉电话",
            materials: "提交材料",
            process: "办理程序",
            ..USUAL
        },
        "h5" => Words {
            depth: "网办深度",
            conditions: "办理条件",
            consult: "咨询电话",
            complaint: "监督投诉电话",
            none: "",
            ..USUAL
        },
        "cms" => Words { conditions: "申请条件", materials: "申报材料", hours: "工作时间", ..USUAL },
        "sd" => Words { none: "-", ..USUAL },
        "bj" => Words { courier: "物流快递", ..USUAL },
        "cards" => Words { materials: "办理材料", consult: "咨询电话", complaint: "投诉电话", ..USUAL },
        "icity" => Words { consult: "咨询方式", complaint: "投诉方式", ..USUAL },
        "h5p" => Words { consult: "咨询电话", complaint: "监督投诉电话", ..USUAL },
        "divlist" => Words { promised: "承诺期限", statutory: "法定期限", ..USUAL },
        "wcq" => Words { visits: "到现场次数", ..USUAL },
        _ => USUAL,
    }
}

/// Where files and charts of a guide are to be had.
pub(super) struct Links<'a> {
    /// Address of the guide itself.
    pub(super) guide: String,
    /// Address of the chart as a file.
    pub(super) chart: String,
    /// Address of a form by its file name.
    pub(super) file: &'a dyn Fn(&str) -> String,
}

/// The guide in the words of a family.
pub(super) fn view(family: &str, form: ChartForm, guide: &GuideContent, links: Links<'_>) -> GuideView {
    let words = words(family);
    GuideView {
        title: guide.title.clone(),
        code: guide.code.clone(),
        department: guide.department.clone(),
        info: info(family, guide),
        time: time(family, guide, &words),
        fee: fee(family, guide),
        place: place(family, guide, &words),
        conditions_label: words.conditions,
        conditions: guide.conditions,
        basis: guide.legal_basis,
        materials_label: words.materials,
        materials: materials(guide, &words, links.file),
        process_label: words.process,
        sentence: sentence(family, &guide.steps),
        steps: steps(family, &guide.steps),
        chart: chart(family, form, guide, links.chart),
        url: links.guide,
        picture: is_picture(family, guide.number),
        statutory: limit(family, guide.statutory),
        promised: limit(family, guide.promised),
        visits: visits(family, guide.visits),
        statutory_split: split(guide.statutory),
        promised_split: split(guide.promised),
    }
}

/// One errand outside the chain that the CMS family shows only as a picture: its elements are there and unreadable.
pub(super) fn is_picture(family: &str, number: usize) -> bool {
    family == "cms" && number == 12
}

fn row(label: &'static str, value: impl Into<String>) -> Row {
    Row { label, value: value.into() }
}

fn info(family: &str, guide: &GuideContent) -> Vec<Row> {
    let mut rows = Vec::new();
    // The cards of the third mobile family have no room for codes.
    if family != "wcq" {
        rows.push(row("实施编码", guide.code.clone()));
        rows.push(row("基本编码", guide.base_code.clone()));
    }
    rows.extend([
        row("事项类型", guide.item_type),
        row("实施主体", guide.department.clone()),
        row("实施主体性质", "法定机关"),
        row("行使层级", "市级"),
        row("服务对象", guide.object),
        row("办件类型", guide.handling_kind),
        row("办理形式", guide.handling_form),
        row("通办范围", "全市"),
    ]);
    rows
}

fn time(family: &str, guide: &GuideContent, words: &Words) -> Vec<Row> {
    let mut rows = vec![
        row(words.statutory, limit(family, guide.statutory)),
        row(words.promised, limit(family, guide.promised)),
        row(words.visits, visits(family, guide.visits)),
    ];
    if guide.visits > 0 {
        rows.push(row("必须现场办理原因", "需要当场核验申请人身份和原件"));
    }
    rows.push(row(words.depth, guide.depth));
    rows.push(row(words.courier, yes_no(family, guide.courier, ("支持", "不支持"))));
    rows.push(row("办理结果", guide.result));
    rows.push(row("结果送达", if guide.courier { "邮寄送达" } else { "窗口领取" }));
    rows
}

fn fee(family: &str, guide: &GuideContent) -> Vec<Row> {
    let mut rows = vec![row("是否收费", yes_no(family, guide.fee, ("收费", "不收费")))];
    if let Some(tariff) = guide.tariff {
        rows.push(row("收费标准", tariff));
    }
    if let Some(basis) = guide.fee_basis {
        rows.push(row("收费依据", basis));
    }
    rows
}

fn place(family: &str, guide: &GuideContent, words: &Words) -> Vec<Row> {
    let mut place = guide.place.clone().unwrap_or_default();
    if family == "gd" && !place.is_empty() {
        // This family repeats the label inside the value.
        place = format!("{}：{place}", words.place);
    }
    let mut rows =
        vec![row(words.place, place), row(words.hours, guide.hours), row(words.consult, guide.consult.clone())];
    if let Some(complaint) = &guide.complaint {
        rows.push(row(words.complaint, complaint.clone()));
    }
    rows
}

/// 是 and 否, or the longer pair in the families that use it.
fn yes_no(family: &str, yes: bool, long: (&'static str, &'static str)) -> &'static str {
    match (family, yes) {
        ("gd" | "tabs" | "bj" | "h5p" | "wcq", true) => "是",
        ("gd" | "tabs" | "bj" | "h5p" | "wcq", false) => "否",
        (_, true) => long.0,
        (_, false) => long.1,
    }
}

/// A limit as the family writes it.
fn limit(family: &str, limit: Limit) -> String {
    let Some(number) = limit.number() else {
        return if limit == Limit::None { "无法定时限".into() } else { immediate(family).into() };
    };
    match family {
        "gd" | "divlist" => format!("{number}(工作日)"),
        "gbk" | "sd" => format!("{number}工作日"),
        "h5" => format!("{}个工作日", full_width(&number)),
        "cms" => format!("{number} 个工作日"),
        _ => format!("{number}个工作日"),
    }
}

fn immediate(family: &str) -> &'static str {
    match family {
        "sc" | "bj" => "即时办结",
        "gbk" | "h5" | "cms" | "divlist" => "当场办结",
        _ => "即办",
    }
}

fn full_width(number: &str) -> String {
    number
        .chars()
        .map(|c| {
            c.to_digit(10).and_then(|digit| char::from_u32('０' as u32 + digit)).unwrap_or(if c == '.' {
                '．'
            } else {
                c
            })
        })
        .collect()
}

fn split(limit: Limit) -> Split {
    match (limit, limit.number()) {
        (Limit::None, _) => Split { number: "无法定时限".into(), unit: "" },
        (_, None) => Split { number: "即办".into(), unit: "" },
        (_, Some(number)) => Split { number, unit: "工作日" },
    }
}

fn visits(family: &str, visits: u32) -> String {
    match family {
        "gd" | "gbk" | "spa" | "sd" | "divlist" | "cards" | "wcq" => visits.to_string(),
        "cms" if visits > 0 => format!("最多到现场{visits}次"),
        _ => format!("{visits}次"),
    }
}

fn materials(guide: &GuideContent, words: &Words, file: &dyn Fn(&str) -> String) -> Vec<MaterialView> {
    guide
        .materials
        .iter()
        .map(|material| MaterialView {
            name: material.name,
            source: material.source,
            shape: material.shape,
            necessity: "必要",
            copies: "1",
            is_form: material.is_form,
            blank: if material.is_form { file(&material.blank_file) } else { String::new() },
            sample: if material.has_sample { file(&material.sample_file) } else { String::new() },
            none: words.none,
        })
        .collect()
}

fn step_limit(family: &str, of: Limit) -> String {
    if of == Limit::Immediate { "即时".into() } else { limit(family, of) }
}

fn steps(family: &str, steps: &[StepContent]) -> Vec<StepView> {
    steps
        .iter()
        .map(|step| StepView {
            name: step.name.clone(),
            limit: step_limit(family, step.limit),
            department: step.department.clone(),
            task: step.task,
            outcome: step.outcome,
        })
        .collect()
}

fn sentence(family: &str, steps: &[StepContent]) -> String {
    let parts: Vec<String> = steps
        .iter()
        .map(|step| match step.limit {
            Limit::Immediate | Limit::None => step.name.clone(),
            Limit::Tenths(_) => format!("{}（{}）", step.name, limit(family, step.limit)),
        })
        .collect();
    parts.join("→")
}

fn chart(family: &str, form: ChartForm, guide: &GuideContent, url: String) -> ChartView {
    let lines: Vec<(String, String, String)> = guide
        .chart
        .iter()
        .map(|step| (step.name.clone(), step.department.clone(), step_limit(family, step.limit)))
        .collect();
    let title = format!("{}办理流程图", guide.chart_title);
    let svg = if form == ChartForm::Svg { flowchart::svg(&title, &lines) } else { String::new() };
    ChartView { form, svg, url, steps: steps(family, &guide.chart), title }
}
