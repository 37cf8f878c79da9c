//! Answers meant for scripts: JSON, JSONP, JSON inside a JSON string, and literals that only look like JSON.
//!
//! Comes in: text. Goes out: a value, its links, its letters. Must never know: which service gave it.

use jiff::civil::Date;
use serde_json::Value;
use url::Url;

use super::page::resolve;
use super::pseudo_json;
use super::replies::{is_open_words, row_topic};
use super::roles;
use super::script_links::looks_like_address;
use super::{dates, dom};
use crate::model::digest::Digest;
use crate::model::extraction::LinkRole;
use crate::model::redact;
use crate::model::{Hop, Link, Locator, Reply, ReplyList};

/// Values looked at in one answer; a hostile one could have millions.
const MAX_VALUES: usize = 100_000;

/// Keys that hold the words of an entry, best first.
const TITLES: [&str; 14] = [
    "title",
    "taskname",
    "itemname",
    "name",
    "mattername",
    "subject",
    "task_name",
    "item_name",
    "shortname",
    "text",
    "label",
    "lettertitle",
    "qltitle",
    "directoryname",
];

const ASKED: [&str; 12] = [
    "writedate",
    "dateline",
    "asktime",
    "askdate",
    "zxsj",
    "submittime",
    "rqsttime",
    "questiontime",
    "createtime",
    "createdate",
    "lettertime",
    "tssj",
];
const ANSWERED: [&str; 11] = [
    "replytime",
    "replydate",
    "answertime",
    "answerdate",
    "answerdateline",
    "hfsj",
    "feedbacktime",
    "handletime",
    "dealtime",
    "finishtime",
    "answeredtime",
];
const AGENCIES: [&str; 8] =
    ["orgnames", "orgname", "deptname", "answerorganization", "replydept", "handleunit", "department", "ouname"];
const STATES: [&str; 6] = ["status", "state", "stateinfo", "statusname", "dealstatus", "handlestatus"];
const KEYS: [&str; 7] = ["originalid", "tid", "id", "letterid", "caseno", "rowguid", "number"];

/// A value as JSON writes it, else as scripts do.
fn literal(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| pseudo_json::parse(text))
}

/// Whether these bytes are an object as a server answers scripts with.
pub(super) fn is_object(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).ok().and_then(parse).is_some_and(|value| value.is_object())
}

/// The JSON value of a text: plain, wrapped in a call, or quoted once more.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches('\u{feff}').trim_end_matches(';').trim_end();
    let value = match text.chars().next()? {
        '{' | '[' | '"' => literal(text)?,
        c if c.is_ascii_alphabetic() || c == '_' || c == '$' => {
            let (name, rest) = text.split_once('(')?;
            let is_name = name.trim().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.'));
            let inner = rest.trim_end().strip_suffix(')')?.trim();
            if !is_name || !inner.starts_with(['{', '[', '"']) {
                return None;
            }
            literal(inner)?
        }
        _ => return None,
    };
    match value {
        Value::String(inner) => match literal(inner.trim())? {
            value @ (Value::Object(_) | Value::Array(_)) => Some(value),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        },
        value @ (Value::Object(_) | Value::Array(_)) => Some(value),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Visits every value with its pointer, in document order, up to the ceiling.
fn visit<'a>(root: &'a Value, mut look: impl FnMut(&str, &'a Value)) {
    let mut stack = vec![(String::new(), root)];
    let mut seen = 0;
    while let Some((pointer, value)) = stack.pop() {
        seen += 1;
        if seen > MAX_VALUES {
            return;
        }
        look(&pointer, value);
        match value {
            Value::Array(items) => {
                stack.extend(items.iter().enumerate().rev().map(|(index, item)| (format!("{pointer}/{index}"), item)));
            }
            Value::Object(map) => {
                let mut below: Vec<_> = map
                    .iter()
                    .map(|(key, item)| (format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), item))
                    .collect();
                below.reverse();
                stack.extend(below);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// All words of an answer, for its length and shape.
pub(super) fn text(root: &Value) -> String {
    let mut words = Vec::new();
    visit(root, |_, value| {
        if let Value::String(text) = value {
            words.push(dom::fold(text));
        }
    });
    words.join(" ")
}

/// Addresses under keys that name one, with the words beside them.
pub(super) fn links(root: &Value, base: &Url, max: usize) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    visit(root, |pointer, value| {
        let Value::Object(map) = value else { return };
        for (key, value) in map {
            let Value::String(address) = value else { continue };
            let lower = key.to_ascii_lowercase();
            let named =
                lower.ends_with("url") || matches!(lower.as_str(), "href" | "link" | "linkaddr" | "address_url");
            let skipped = ["img", "pic", "icon", "logo", "image", "login"].iter().any(|word| lower.contains(word));
            if !named || skipped || links.len() >= max || !looks_like_address(address) {
                continue;
            }
            let Some(url) = resolve(base, address) else { continue };
            let words = field(map, &TITLES).unwrap_or_default();
            let role = if roles::has_file_extension(address) { LinkRole::File } else { LinkRole::Page };
            if !links.iter().rev().take(50).any(|known| known.url == url) {
                let at = Locator::JsonPointer(format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")));
                links.push(Link { url, text: words, hop: Hop::Link, role, at, query: None });
            }
        }
    });
    links
}

/// The first of these lower-case keys that has a value, as text.
fn field(map: &serde_json::Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|wanted| {
        map.iter().find(|(key, _)| key.to_ascii_lowercase() == *wanted).and_then(|(_, value)| match value {
            Value::String(text) if !text.trim().is_empty() => Some(dom::fold(text)),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        })
    })
}

/// Letters in an answer: at least two objects that say when was asked and when was answered.
pub(super) fn letters(root: &Value, base: &Url, today: Date) -> Option<ReplyList> {
    let mut list = ReplyList { topic: None, letters: Vec::new(), unreadable: 0, at: Locator::Whole };
    let mut parent: Option<String> = None;
    visit(root, |pointer, value| {
        let Value::Object(map) = value else { return };
        let has = |keys: &[&str]| map.keys().any(|key| keys.contains(&key.to_ascii_lowercase().as_str()));
        if !has(&ASKED) || !has(&ANSWERED) || !has(&TITLES) {
            return;
        }
        parent.get_or_insert_with(|| pointer.rsplit_once('/').map_or(String::new(), |(up, _)| up.to_owned()));
        match letter(map, pointer, base, today) {
            Some(letter) => list.letters.push(letter),
            None => list.unreadable += 1,
        }
    });
    list.at = Locator::JsonPointer(parent?);
    (list.letters.len() >= 2).then_some(list)
}

fn letter(map: &serde_json::Map<String, Value>, pointer: &str, base: &Url, today: Date) -> Option<Reply> {
    let (asked_raw, answered_raw) = (field(map, &ASKED).unwrap_or_default(), field(map, &ANSWERED).unwrap_or_default());
    let asked = dates::of_cell(&asked_raw, today);
    let answered = dates::of_cell(&answered_raw, today);
    if asked.is_none() && answered.is_none() {
        return None;
    }
    let title = redact::excerpt(&field(map, &TITLES).unwrap_or_default());
    let state = field(map, &STATES).unwrap_or_default();
    let url = field(map, &["url", "linkurl", "href", "detailurl"]).and_then(|address| resolve(base, &address));
    let raw = format!("{asked_raw} {answered_raw}").trim().to_owned();
    let key = field(map, &KEYS)
        .unwrap_or_else(|| Digest::of_parts([title.as_str(), raw.as_str(), pointer]).short(16).to_owned());
    Some(Reply {
        key,
        topic: field(map, &["lettertypename", "typename", "type"]).and_then(|words| row_topic(&words)),
        title,
        asked,
        answered,
        open: answered.is_none() && is_open_words(&state),
        agency: field(map, &AGENCIES),
        url,
        at: Locator::JsonPointer(pointer.to_owned()),
        raw,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("http://h.test/api/list").expect("a valid address")
    }

    #[test]
    fn plain_wrapped_and_quoted_json_is_read_and_other_text_is_not() {
        for text in [r#"{"a":1}"#, r#"cb_1({"a":1});"#, r#""{\"a\":1}""#, "\u{feff}[{}]", "{'a':1}", "cb([{a:'b',}])"] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in ["<html>", "hello(world)", "{'a':b}", "12", "\"x\"", "", "f({)"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn links_come_with_words_and_pointer() {
        let value = parse(
            r#"{"data":{"list":[{"taskName":"设立登记","taskUrl":"/g/1.html","logoUrl":"/x.png"},{"url":"no"}]}}"#,
        )
        .expect("valid JSON");
        let links = links(&value, &base(), 10);
        assert_eq!(links.len(), 1);
        assert_eq!((links[0].url.as_str(), links[0].text.as_str()), ("http://h.test/g/1.html", "设立登记"));
        assert_eq!(links[0].at, Locator::JsonPointer("/data/list/0/taskUrl".to_owned()));
    }

    #[test]
    fn letters_with_epoch_seconds_are_read() {
        let today = "2026-11-23".parse().expect("a date");
        let value = parse(
            r#"[{"tid":7,"subject":"关于社保","dateline":1585684800,"answerDateline":1585857600,"answerOrganization":"人社局"},
               {"tid":8,"subject":"关于路灯","dateline":1585684800,"answerDateline":null,"stateInfo":"办理中"}]"#,
        )
        .expect("valid JSON");
        let list = letters(&value, &base(), today).expect("a list of letters");
        assert_eq!(list.letters[0].asked.map(|date| date.to_string()).as_deref(), Some("2020-04-01"));
        assert_eq!(list.letters[0].answered.map(|date| date.to_string()).as_deref(), Some("2020-04-03"));
        assert!(list.letters[1].open && !list.letters[0].open);
        let news = parse(r#"[{"title":"a","createTime":"2020-04-01"},{"title":"b","createTime":"2020-04-02"}]"#);
        assert!(letters(&news.expect("valid JSON"), &base(), today).is_none());
    }
}
