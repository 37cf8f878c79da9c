//! The guide page of a pair: what a city publishes around its chart.
//!
//! Comes in: a pair, where the chart stands. Goes out: HTML. Must never know: how the chart was drawn.

use std::fmt::Write;

use super::difference::Pair;
use super::plan::{Item, Kind, Plan};
use super::story::{Bodies, Step, Story};
use crate::synthetic::random::Random;

/// How the chart stands in the page.
#[derive(Debug, Clone)]
pub(super) enum Shown {
    /// Pictures or drawings in files.
    Files(Vec<String>),
    /// A drawing in the page.
    Drawing(String),
    /// Boxes of HTML.
    Boxes(String),
}

/// How the process is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Numbered,
    Arrows,
    Prose,
    /// One paragraph of sentences.
    Sentences,
}

/// Forms that can say what this story says.
pub(super) fn form(story: &Story, random: &mut Random) -> Form {
    // Nobody writes departments into a line of arrows.
    if story.bodies == Bodies::None && !story.explains {
        random.pick(&[Form::Arrows, Form::Numbered, Form::Table])
    } else {
        random.pick(&[Form::Table, Form::Table, Form::Numbered, Form::Numbered, Form::Prose, Form::Sentences])
    }
}

/// The page.
pub(super) fn page(pair: &Pair, form: Form, shown: &Shown, random: &mut Random) -> String {
    let (errand, city) = (&pair.errand, pair.city);
    let promise = errand.promise();
    let authority = format!("{city}{}", errand.authority);
    let mut facts: Vec<(&str, String)> = vec![
        ("事项名称", errand.title.to_owned()),
        ("事项编码", format!("1136010001{:04}36XK{:04}", errand.title.chars().count() * 37, promise * 13)),
        ("实施主体", authority.clone()),
        ("事项类型", "行政许可".to_owned()),
        ("办件类型", "承诺件".to_owned()),
        ("服务对象", "自然人、企业法人".to_owned()),
        ("法定办结时限", format!("{}个工作日", promise.max(20))),
        ("承诺办结时限", format!("{promise}个工作日")),
        ("办理地点", format!("{city}政务服务中心二楼{}号窗口", 1 + random.below(30))),
        ("办理时间", "周一至周五 上午9:00-12:00，下午13:30-17:00".to_owned()),
        ("咨询电话", format!("0790-86{:05}", 10_000 + random.below(80_000))),
        ("是否收费", "否".to_owned()),
        ("到办事现场次数", "1次".to_owned()),
    ];
    facts.swap(8, 9);
    let mut out = format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{0}-办事指南</title></head><body>\n<div \
         class=\"crumbs\"><a href=\"/\">首页</a> &gt; 办事指南</div>\n<h1>{0}</h1>\n",
        errand.title
    );
    frame(&mut out, &facts, random);
    let papers: Vec<String> =
        errand.papers.iter().map(|paper| format!("<tr><td>{paper}</td><td>原件1份</td></tr>")).collect();
    let _ =
        writeln!(out, "<h2>申请材料</h2>\n<table><tr><th>材料名称</th><th>要求</th></tr>{}</table>", papers.concat());
    if let Some(online) = &pair.online {
        let _ = writeln!(out, "<h2>窗口办理流程</h2>\n{}", process(&pair.text, form));
        let _ = writeln!(out, "<h2>网上办理流程</h2>\n{}", process(online, form));
    } else {
        let heading = random.pick(&["办理流程", "办事流程", "办理程序"]);
        let _ = writeln!(out, "<h2>{heading}</h2>\n{}", process(&pair.text, form));
    }
    let _ = writeln!(out, "<h2>{}</h2>\n{}", random.pick(&["流程图", "办理流程图"]), chart(shown));
    let _ = writeln!(out, "<div class=\"foot\">主办单位：{city}人民政府办公室</div>\n</body></html>");
    out
}

/// The facts in one of three frames.
fn frame(out: &mut String, facts: &[(&str, String)], random: &mut Random) {
    let rows = |format: fn(&(&str, String)) -> String| facts.iter().map(format).collect::<Vec<String>>().concat();
    let _ = match random.below(3) {
        0 => writeln!(out, "<table>{}</table>", rows(|(k, v)| format!("<tr><th>{k}</th><td>{v}</td></tr>\n"))),
        1 => writeln!(out, "<dl>{}</dl>", rows(|(k, v)| format!("<dt>{k}</dt><dd>{v}</dd>\n"))),
        _ => writeln!(
            out,
            "<ul>{}</ul>",
            rows(|(k, v)| format!("<li><span class=\"name\">{k}：</span><span class=\"value\">{v}</span></li>\n"))
        ),
    };
}

fn chart(shown: &Shown) -> String {
    match shown {
        Shown::Files(files) => files
            .iter()
            .map(|file| format!("<p><img src=\"{file}\" alt=\"流程图\"></p>"))
            .collect::<Vec<_>>()
            .join("\n"),
        Shown::Drawing(svg) => format!("<div class=\"lct\">{svg}</div>"),
        Shown::Boxes(boxes) => boxes.clone(),
    }
}

/// The process as text.
pub(super) fn process(story: &Story, form: Form) -> String {
    match form {
        Form::Table => table(story),
        Form::Numbered => {
            let line = |(n, step): (usize, &Step)| format!("<p>{}.{}</p>", n + 1, told(story, step));
            story.steps.iter().enumerate().map(line).collect::<Vec<String>>().join("\n")
        }
        Form::Arrows => {
            let step = |step: &Step| match story.limit(step) {
                Some(limit) => format!("{}（{}）", step.name, limit.replace(['（', '）'], "")),
                None => step.name.clone(),
            };
            format!("<p>{}</p>", story.steps.iter().map(step).collect::<Vec<String>>().join("→"))
        }
        Form::Sentences => {
            let sentence = |step: &Step| {
                let limit = story.limit(step).map(|limit| format!("，时限{limit}")).unwrap_or_default();
                match story.body(step) {
                    Some(body) if body == "申请人" => format!("{body}{}", step.name),
                    Some(body) => format!("由{body}{}{limit}", step.name),
                    None => format!("{}{limit}", step.name),
                }
            };
            format!("<p>{}。</p>", story.steps.iter().map(sentence).collect::<Vec<String>>().join("；"))
        }
        Form::Prose => {
            const ORDINALS: [&str; 8] = ["一", "二", "三", "四", "五", "六", "七", "八"];
            let line = |(n, step): (usize, &Step)| {
                format!("<p>（{}）{}</p>", ORDINALS.get(n).copied().unwrap_or("九"), told(story, step))
            };
            story.steps.iter().enumerate().map(line).collect::<Vec<String>>().join("\n")
        }
    }
}

/// 受理：核对材料，齐全的出具受理通知书。责任部门：综合窗口。办理时限：1个工作日。
fn told(story: &Story, step: &Step) -> String {
    let mut words = step.name.clone();
    words.push('：');
    if story.explains {
        let _ = write!(words, "{}。", step.says);
    }
    if let Some(body) = story.body(step) {
        let _ = write!(words, "责任部门：{body}。");
    }
    if let Some(limit) = story.limit(step) {
        let _ = write!(words, "办理时限：{limit}。");
    }
    words.trim_end_matches('：').to_owned()
}

fn table(story: &Story) -> String {
    let mut head = vec!["环节名称"];
    let columns =
        [(story.explains, "办理内容"), (story.bodies != Bodies::None, "责任部门"), (story.limits, "办理时限")];
    head.extend(columns.iter().filter(|(there, _)| *there).map(|(_, name)| *name));
    let mut out = String::from("<table><tr>");
    for name in head {
        let _ = write!(out, "<th>{name}</th>");
    }
    out.push_str("</tr>\n");
    for step in &story.steps {
        let _ = write!(out, "<tr><td>{}</td>", step.name);
        if story.explains {
            let _ = write!(out, "<td>{}</td>", step.says);
        }
        if story.bodies != Bodies::None {
            let _ = write!(out, "<td>{}</td>", story.body(step).unwrap_or_default());
        }
        if story.limits {
            let _ = write!(out, "<td>{}</td>", story.limit(step).unwrap_or_else(|| "—".to_owned()));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>");
    out
}

/// A chart as boxes of HTML, in one of two ways seen.
pub(super) fn boxes(plan: &Plan, random: &mut Random) -> String {
    let title = plan.title.clone().unwrap_or_default();
    let items: Vec<&Item> = plan.items.iter().filter(|item| item.kind != Kind::Gate).collect();
    let facts = |item: &Item, tag: &str| -> String {
        let limit = item.limit.as_ref().map(|limit| format!("时限：{limit}"));
        let body = item.body.as_ref().map(|body| format!("承办：{body}"));
        let facts = [item.says.clone(), body, limit];
        facts.iter().flatten().fold(String::new(), |all, fact| format!("{all}<{tag}>{fact}</{tag}>"))
    };
    if random.chance(50) {
        let nodes: Vec<String> = items
            .iter()
            .map(|item| format!("<div class=\"node\"><strong>{}</strong>{}</div>", item.name, facts(item, "p")))
            .collect();
        let arrow = "\n<div class=\"down\">↓</div>\n";
        return format!("<div class=\"lct\"><div class=\"lct-title\">{title}</div>\n{}</div>", nodes.join(arrow));
    }
    let nodes: Vec<String> = items
        .iter()
        .map(|item| format!("<li class=\"step\"><b>{}</b>{}</li>", item.name, facts(item, "span")))
        .collect();
    format!("<div class=\"flow\"><h3>{title}</h3><ol class=\"steps\">{}</ol></div>", nodes.join("\n"))
}
