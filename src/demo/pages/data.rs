//! What the scripts of script-built sites ask for: JSON, in shapes that say little without the script.
//!
//! Comes in: a site, a service, a key. Goes out: an [`Answer`], or `None` for "not found". Labels come apart from their
//! values, values by number, whole answers inside a string: as on real sites, where nothing but the page's own script
//! knows which value belongs where.

use minijinja::{Value, context};
use serde_json::{Value as Json, json};

use super::address::guide_key;
use super::portal;
use super::view::{GuideView, MaterialView, StepView};
use super::{Answer, Page, Site};
use crate::demo::content::{GuideContent, SEGMENTS};
use crate::demo::news::topic;
use crate::demo::world::DefectKind;

const JSON: &str = "application/json; charset=utf-8";

/// Rows of one answer of a list without pages.
const FEED_ROWS: usize = 4;

/// Rows of one answer of a phone's list.
const PHONE_ROWS: usize = 3;

/// Guides on the entry page of a phone: the others are found only through the list.
const PHONE_HOME: usize = 3;

/// An answer for scripts.
pub(super) fn answer(site: &Site<'_>, service: &str, key: &str) -> Option<Answer> {
    let value = match service {
        "home" => portal::data(site),
        "list" => list(site, key.parse().ok()?)?,
        "feed" => feed(site, key)?,
        "labels" => json!(dictionary(site)),
        "route" => json!({ "sign": inner(guide_of(site, key)?) }),
        "item" => json!({ "inner": inner(guide_of(site, key)?) }),
        "body" => numbered(site, key)?,
        "values" => keyed(site, key)?,
        "pairs" => in_a_string(&paired(site, key)?),
        "beat" => json!({ "ok": 1 }),
        "score" => return Some(page_as_json()),
        "phone_home" => phone_home(site),
        "phone_list" => phone_list(site, key.parse().ok()?)?,
        "phone_guide" => in_a_string(&cells(site, key)?),
        "article" => article(site, key.parse().ok()?)?,
        _ => return None,
    };
    Some(Answer::new(200, JSON, value.to_string()))
}

/// What the shell of a page is told by the server.
pub(super) fn of_shell(site: &Site<'_>, page: &Page) -> Value {
    let key = match page {
        Page::Guide(number) => site.guides.get(*number).map(|guide| guide_key(site.family, guide)),
        _ => None,
    };
    let view = site.view(0);
    context! {
        key,
        labels => labels(site),
        parts => parts(&view),
        overflow => site.city.has(DefectKind::MobileOverflow),
    }
}

/// A gateway's page of apology under the type of JSON.
fn page_as_json() -> Answer {
    let body = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center>\
                <hr><center>gateway</center></body></html>";
    Answer::new(200, JSON, body)
}

fn in_a_string(value: &Json) -> Json {
    json!({ "code": 0, "data": value.to_string() })
}

fn guide_of<'a>(site: &'a Site<'_>, key: &str) -> Option<&'a GuideContent> {
    site.guides.iter().find(|guide| guide_key(site.family, guide) == key)
}

/// A second number of the guide, which only the first call tells.
fn inner(guide: &GuideContent) -> String {
    guide.code.chars().rev().collect()
}

fn by_inner(site: &Site<'_>, key: &str) -> Option<GuideView> {
    site.guides.iter().find(|guide| inner(guide) == key).map(|guide| site.view(guide.number))
}

/// Label and value of every field, the legal basis among them.
fn fields(view: &GuideView) -> Vec<(&'static str, &str)> {
    let rows = [&view.info, &view.time, &view.fee, &view.place].into_iter().flatten();
    let rows = rows.map(|row| (row.label, row.value.as_str()));
    rows.chain([(parts(view)[0], view.basis)]).collect()
}

/// Names of the parts: legal basis, conditions, materials, process, flowchart.
fn parts(view: &GuideView) -> [&'static str; 5] {
    ["设定依据", view.conditions_label, view.materials_label, view.process_label, "流程图"]
}

/// Every label that a guide of the site has, each once, in the order of a guide.
fn labels(site: &Site<'_>) -> Vec<&'static str> {
    let mut labels: Vec<&'static str> = Vec::new();
    for guide in &site.guides {
        let view = site.view(guide.number);
        let mut last = 0;
        for (label, _) in fields(&view) {
            last = labels.iter().position(|known| *known == label).unwrap_or_else(|| {
                let at = (last + 1).min(labels.len());
                labels.insert(at, label);
                at
            });
        }
    }
    labels
}

/// The labels, and the names of the parts after them.
fn dictionary(site: &Site<'_>) -> Vec<&'static str> {
    let mut words = labels(site);
    for name in parts(&site.view(0)) {
        if !words.contains(&name) {
            words.push(name);
        }
    }
    words
}

fn materials(rows: &[MaterialView]) -> Json {
    rows.iter().map(|m| json!([m.name, m.shape, m.necessity, m.source, m.blank, m.sample, m.none])).collect()
}

fn steps(rows: &[StepView]) -> Json {
    rows.iter().map(|step| json!([step.name, step.limit, step.department, step.task])).collect()
}

fn chart(view: &GuideView) -> Json {
    let rows: Json = view.chart.steps.iter().map(|step| json!([step.name, step.department, step.limit])).collect();
    json!([view.chart.title, rows])
}

/// A guide whose values carry the number of their label in another answer.
fn numbered(site: &Site<'_>, key: &str) -> Option<Json> {
    let view = by_inner(site, key)?;
    let (labels, parts) = (dictionary(site), parts(&view));
    let number = |label: &str| labels.iter().position(|known| *known == label);
    let values: Json = fields(&view)
        .into_iter()
        .filter(|(label, _)| *label != parts[0])
        .map(|(label, value)| json!([number(label), value]))
        .collect();
    Some(json!({
        "t": view.title, "d": values, "x": parts.map(number), "b": view.basis, "c": view.conditions,
        "m": materials(&view.materials), "s": steps(&view.steps), "f": chart(&view),
    }))
}

/// A guide whose values carry the number of their cell in the page's skeleton.
fn keyed(site: &Site<'_>, key: &str) -> Option<Json> {
    let view = by_inner(site, key)?;
    let labels = labels(site);
    let values: serde_json::Map<String, Json> = fields(&view)
        .into_iter()
        .filter_map(|(label, value)| {
            let number = labels.iter().position(|known| *known == label)?;
            Some((format!("f{number}"), json!(value)))
        })
        .collect();
    Some(json!({
        "t": view.title, "v": values, "c": view.conditions,
        "m": materials(&view.materials), "s": steps(&view.steps), "g": view.chart.svg,
    }))
}

/// A guide in blocks of pairs.
fn paired(site: &Site<'_>, key: &str) -> Option<Json> {
    let view = site.view(guide_of(site, key)?.number);
    let parts = parts(&view);
    let blocks: Json =
        [("基本信息", &view.info), ("办理信息", &view.time), ("收费信息", &view.fee), ("窗口信息", &view.place)]
            .into_iter()
            .map(|(name, rows)| json!([name, rows.iter().map(|row| json!([row.label, row.value])).collect::<Json>()]))
            .collect();
    Some(json!({
        "title": view.title, "blocks": blocks, "texts": [[parts[1], view.conditions], [parts[0], [view.basis]]],
        "names": &parts[2..], "m": materials(&view.materials), "s": steps(&view.steps), "f": chart(&view),
    }))
}

/// A guide for a phone.
fn cells(site: &Site<'_>, key: &str) -> Option<Json> {
    let view = site.view(guide_of(site, key)?.number);
    let cells: Json = fields(&view).into_iter().map(|(label, value)| json!([label, value])).collect();
    Some(json!({
        "title": view.title, "cells": cells, "names": &parts(&view)[1..], "conditions": view.conditions,
        "m": materials(&view.materials), "sentence": view.sentence, "f": chart(&view),
    }))
}

fn row(site: &Site<'_>, number: usize) -> Json {
    let guide = &site.guides[number];
    json!([guide_key(site.family, guide), guide.title, guide.department, guide.item_type])
}

fn list(site: &Site<'_>, page: usize) -> Option<Json> {
    let rows: Vec<&[usize]> = portal::ORDER.chunks(site.family.page_size).collect();
    let shown: Json = rows.get(page.checked_sub(1)?)?.iter().map(|number| row(site, *number)).collect();
    Some(json!({ "page": page, "last": rows.len(), "rows": shown }))
}

/// A part of a list without pages: what comes after a cursor, and the next cursor, until there is no more.
fn feed(site: &Site<'_>, cursor: &str) -> Option<Json> {
    let start = match cursor {
        "start" => 0,
        _ => cursor.strip_prefix("after-")?.parse().ok()?,
    };
    let shown: Json = portal::ORDER.get(start..)?.iter().take(FEED_ROWS).map(|number| row(site, *number)).collect();
    let end = start + FEED_ROWS;
    let next = (end < portal::ORDER.len()).then(|| format!("after-{end}"));
    Some(json!({ "rows": shown, "next": next }))
}

fn phone_home(site: &Site<'_>) -> Json {
    let city = site.city;
    let offers = |what: &str| city.depth.iter().any(|offer| offer == what);
    let guides: Json = (0..PHONE_HOME).map(|number| row(site, number)).collect();
    let entries: Vec<Json> =
        topic(city).into_iter().enumerate().map(|(n, entry)| json!([7001 + n, entry.title, entry.date])).collect();
    json!({
        "name": format!("{}政务服务", city.short()),
        "slogan": "让办事更方便",
        "guides": guides,
        "column": (!entries.is_empty()).then_some("疫情防控"),
        "entries": entries,
        "ask": offers("interaction"),
        "handling": offers("handling"),
        "about": [
            format!("{}政务服务管理局主办，政务服务热线{}-12345。", city.name, city.area_code),
            "办理事项前请先阅读办事指南，备齐申请材料。大厅办公时间为工作日上午9:00-12:00，下午13:30-17:00，法定节假日除外。".to_owned(),
        ],
    })
}

fn phone_list(site: &Site<'_>, page: usize) -> Option<Json> {
    let start = page.checked_sub(1)? * PHONE_ROWS;
    let shown: Vec<Json> = (start..SEGMENTS.len()).take(PHONE_ROWS).map(|number| row(site, number)).collect();
    let next = (start + PHONE_ROWS < SEGMENTS.len()).then_some(page + 1);
    (!shown.is_empty()).then(|| json!({ "rows": shown, "next": next }))
}

fn article(site: &Site<'_>, key: usize) -> Option<Json> {
    let entry = topic(site.city).into_iter().nth(key.checked_sub(7001)?)?;
    Some(json!([entry.title, entry.date, entry.paragraphs]))
}

/// The data that the page of a guide asks for, in order.
#[cfg(test)]
pub(super) fn services_of_guide(site: &Site<'_>, number: usize) -> Vec<Page> {
    let key = guide_key(site.family, &site.guides[number]);
    let second = inner(&site.guides[number]);
    let of = |service: &str| match service {
        "labels" => Some(String::new()),
        "route" | "item" | "pairs" | "phone_guide" => Some(key.clone()),
        "body" | "values" => Some(second.clone()),
        _ => None,
    };
    let services = site.family.paths.keys().filter_map(|name| name.strip_prefix("api_"));
    services.filter_map(|service| Some(Page::Data(service.to_owned(), of(service)?))).collect()
}

/// Everything that scripts of the site ask for.
#[cfg(test)]
pub(super) fn every_service(site: &Site<'_>) -> Vec<Page> {
    let mut pages: Vec<Page> = (0..site.guides.len()).flat_map(|number| services_of_guide(site, number)).collect();
    let all =
        [("home", ""), ("list", "1"), ("list", "2"), ("feed", "start"), ("feed", "after-4"), ("feed", "after-12")];
    let more = [("phone_home", ""), ("phone_list", "1"), ("phone_list", "2"), ("article", "7001"), ("beat", "")];
    let offered = |service: &&(&str, &str)| site.family.paths.contains_key(&format!("api_{}", service.0));
    pages.extend(
        all.iter().chain(&more).filter(offered).map(|(service, key)| Page::Data((*service).into(), (*key).into())),
    );
    pages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::World;
    use crate::demo::content::Side;
    use crate::demo::world::Change;

    fn with<T>(family: &'static str, look: impl FnOnce(&Site<'_>) -> T) -> T {
        let mobile = family == "uni";
        let change = if mobile { Change::Mobile(family) } else { Change::Portal(family) };
        let world = World::load().with_change("330100", change);
        let city = world.cities().iter().find(|city| city.code == "330100").expect("Hangzhou");
        look(&Site::new(&world, city, if mobile { Side::Mobile } else { Side::Portal }))
    }

    fn json_of(site: &Site<'_>, service: &str, key: &str) -> Json {
        let answer = answer(site, service, key).expect("an answer");
        serde_json::from_slice(&answer.body).expect("JSON")
    }

    #[test]
    fn a_list_without_pages_gives_every_guide_once_and_ends() {
        with("feed", |site| {
            let (mut cursor, mut keys, mut parts) = ("start".to_owned(), Vec::new(), 0);
            loop {
                let part = json_of(site, "feed", &cursor);
                keys.extend(part["rows"].as_array().expect("rows").iter().map(|row| row[0].to_string()));
                parts += 1;
                let Some(next) = part["next"].as_str() else { break };
                next.clone_into(&mut cursor);
            }
            keys.sort();
            keys.dedup();
            assert_eq!((keys.len(), parts), (site.guides.len(), 4));
            assert!(answer(site, "feed", "after-99").is_none());
            assert!(answer(site, "feed", "nonsense").is_none());
        });
    }

    #[test]
    fn no_single_answer_holds_a_label_beside_its_value() {
        for (family, services) in [("hash", ["labels", "item", "body"]), ("chain", ["route", "values", "score"])] {
            with(family, |site| {
                let view = site.view(1);
                let (label, value) =
                    fields(&view).into_iter().find(|(label, _)| *label == "办理地点").expect("a place");
                for page in services_of_guide(site, 1).into_iter().chain([Page::Guide(1)]) {
                    let body = String::from_utf8(site.answer(&page).body).expect("UTF-8");
                    assert!(!(body.contains(label) && body.contains(value)), "{family} {page:?}");
                }
                assert!(services.iter().all(|service| site.family.paths.contains_key(&format!("api_{service}"))));
            });
        }
    }

    #[test]
    fn the_second_call_needs_what_the_first_tells() {
        for (family, first, field, second) in [("hash", "item", "inner", "body"), ("chain", "route", "sign", "values")]
        {
            with(family, |site| {
                let key = guide_key(site.family, &site.guides[2]);
                let told = json_of(site, first, &key);
                let told = told[field].as_str().expect("a key");
                assert_ne!(told, key);
                assert_eq!(json_of(site, second, told)["t"], json!(site.guides[2].title));
                assert!(answer(site, second, &key).is_none());
            });
        }
    }

    #[test]
    fn a_phones_list_has_more_guides_than_its_entry_page() {
        with("uni", |site| {
            let count = |value: &Json| value.as_array().map(Vec::len);
            assert_eq!(count(&json_of(site, "phone_home", "")["guides"]), Some(3));
            let (first, second) = (json_of(site, "phone_list", "1"), json_of(site, "phone_list", "2"));
            assert_eq!(
                (count(&first["rows"]), count(&second["rows"]), &second["next"]),
                (Some(3), Some(3), &Json::Null)
            );
            assert!(answer(site, "phone_list", "3").is_none());
        });
    }

    #[test]
    fn a_page_of_apology_comes_under_the_type_of_json() {
        with("chain", |site| {
            let answer = answer(site, "score", "").expect("an answer");
            assert!(answer.content_type.starts_with("application/json") && answer.body.starts_with(b"<html>"));
        });
    }
}
