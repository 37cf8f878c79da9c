//! Real items (事项) whose values are poured into layouts, and the demo's own errands in their place.
//!
//! Comes in: one JSON object a line, as the public collection of a province's items has them. Goes out: items. Must
//! never know: layouts, labels.

use serde_json::Value;

use super::truth::Limit;
use crate::demo::errands::ERRANDS;

/// The values of one item. What the item does not state is empty.
#[derive(Debug, Clone)]
pub struct Item {
    pub(super) title: String,
    pub(super) code: String,
    pub(super) department: String,
    pub(super) kind: String,
    pub(super) object: String,
    pub(super) level: String,
    pub(super) conditions: String,
    pub(super) basis: String,
    pub(super) place: String,
    pub(super) consult: String,
    pub(super) complaint: String,
    pub(super) statutory: Limit,
    pub(super) promised: Limit,
    pub(super) visits: u32,
    pub(super) courier: bool,
    pub(super) materials: Vec<String>,
}

/// Why items could not be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ItemError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// Items from one JSON object a line.
///
/// # Errors
/// When a line is no JSON object with a title and a code.
pub fn parse(text: &str) -> Result<Vec<Item>, ItemError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(n, line)| item(line).map_err(|what| ItemError { line: n + 1, what })).collect()
}

fn item(line: &str) -> Result<Item, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let word = |field: &str| value[field].as_str().unwrap_or_default().trim().to_owned();
    let list = |field: &str| -> Vec<String> {
        let names = value[field].as_array().into_iter().flatten().filter_map(Value::as_str);
        names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    };
    let (title, code) = (word("TASK_NAME"), word("TASK_CODE"));
    if title.is_empty() || code.is_empty() {
        return Err("no `TASK_NAME` or no `TASK_CODE`".to_owned());
    }
    let stated = |field: &str| Some(word(field)).filter(|word| word != "无").unwrap_or_default();
    Ok(Item {
        title,
        code,
        department: word("DEPT_NAME"),
        kind: word("matter_type"),
        object: list("service_object_name").join("、"),
        level: word("district"),
        conditions: stated("accept_standard"),
        basis: String::new(),
        place: stated("handle_location"),
        consult: stated("consult_phone"),
        complaint: stated("complain_phone"),
        statutory: limit(&word("handle_time")),
        promised: limit(&word("handle_time_limit")),
        visits: word("visit_number").parse().unwrap_or(0),
        courier: word("courier_service") == "是",
        materials: list("material_intro"),
    })
}

/// `7(工作日)`, `90(自然日)`, `无`.
fn limit(text: &str) -> Limit {
    let Some((number, unit)) = text.split_once('(') else { return Limit::None };
    match (number.parse::<u32>(), unit) {
        (Ok(days), "工作日)") => Limit::Working(days * 10),
        (Ok(days), "自然日)") => Limit::Natural(days * 10),
        _ => Limit::None,
    }
}

/// The errands of the simulated cities as items, so that the evaluation runs without any other file.
#[must_use]
pub fn of_the_demo() -> Vec<Item> {
    let mut items = Vec::new();
    for (n, errand) in ERRANDS.iter().enumerate() {
        for (m, title) in errand.titles.iter().enumerate() {
            let days = |days: u32| if days == 0 { Limit::Immediate } else { Limit::Working(days * 10) };
            items.push(Item {
                title: (*title).to_owned(),
                code: format!("113301000024{:03}X2330{:03}{:03}{:03}00", n * 7 + m, n + 100, m, n),
                department: format!("示例市{}", errand.department),
                kind: errand.item_type.0.to_owned(),
                object: errand.object.to_owned(),
                level: "市级".to_owned(),
                conditions: errand.conditions.join("\n"),
                basis: errand.legal_basis.to_owned(),
                place: format!("办理地点：示例市中心区人民路{}号政务服务中心{}楼", n * 3 + 1, m + 1),
                consult: format!("0571-8700{:04}", n * 31 + m),
                complaint: format!("0571-8711{:04}", n * 17 + m),
                statutory: days(errand.statutory),
                promised: days(errand.promised[m]),
                visits: u32::try_from((n + m) % 3).unwrap_or(0),
                courier: (n + m) % 2 == 0,
                materials: errand.materials.iter().map(|paper| paper.name.to_owned()).collect(),
            });
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_an_item_and_a_bad_line_its_number() {
        let line = r#"{"TASK_NAME":"提价申报","TASK_CODE":"1144","DEPT_NAME":"发展改革委","handle_time":"30(工作日)",
            "handle_time_limit":"无","visit_number":"1","courier_service":"是","material_intro":["申请报告"]}"#
            .replace('\n', "");
        let items = parse(&line).expect("an item");
        assert_eq!((items[0].statutory, items[0].promised), (Limit::Working(300), Limit::None));
        assert_eq!((items[0].visits, items[0].courier), (1, true));
        let error = parse(&format!("{line}\n{{}}")).expect_err("no title").to_string();
        assert!(error.starts_with("line 2"), "{error}");
    }

    #[test]
    fn the_demo_s_errands_are_items_with_codes_of_31_characters() {
        let items = of_the_demo();
        assert_eq!(items.len(), 42);
        assert!(items.iter().all(|item| item.code.len() == 31), "{}", items[0].code);
    }
}
