//! Pages and items that nobody on this project wrote: what is read of each, and of what each is accused.
//!
//! The folder is named by `PORTAL_PROBE_REALDATA`, default `../shared/realdata`. Its bytes are not part of the project;
//! the labels are (`labels/real`), by the digest of each file. Without the folder there is nothing to say.

use std::path::{Path, PathBuf};

use portal_probe::engine::evaluation::{self, Pages};
use portal_probe::engine::single::{self, Page};
use portal_probe::eval::{Half, Shown};
use portal_probe::extract::time_limit;
use portal_probe::model::guide::Span;
use portal_probe::model::{ChannelKind, Extraction, TimeUnit};
use serde_json::Value;
use url::Url;

use crate::support;

pub(crate) fn folder() -> Option<PathBuf> {
    let path =
        std::env::var_os("PORTAL_PROBE_REALDATA").map_or_else(|| PathBuf::from("../shared/realdata"), PathBuf::from);
    path.is_dir().then_some(path)
}

fn judge(body: Vec<u8>) -> Extraction {
    let url = Url::parse("http://127.0.0.1/x/y/page.html").expect("a valid address");
    let context = support::single_page(&url);
    let pages = [Page { channel: ChannelKind::Portal, url, body }];
    let date = support::DAY.parse().expect("a valid time");
    let (mut extractions, _) = single::judge_pages(&context, &pages, date);
    extractions.swap_remove(0).expect("a page that is read")
}

/// Kinds of pages that are misread: a menu of an app, a list of policies, a list of news.
const MISREAD_KINDS: usize = 3;

#[test]
fn every_labelled_real_page_is_read_as_a_person_reads_it_and_accused_of_nothing_that_is_not_so() {
    let Some(folder) = folder() else { return };
    let labels = Path::new(env!("CARGO_MANIFEST_DIR")).join("labels/real");
    let sets = evaluation::read_labels(&labels).expect("labels of our format");
    let pages = Pages::below(&[folder]).expect("a readable folder");
    let context = support::single_page(&Url::parse("http://127.0.0.1/").expect("a valid address"));
    let report = evaluation::evaluate(&sets, Half::All, &pages, &context);
    assert!(report.cases() > 50 && report.not_measured().is_empty(), "{:?}", report.not_measured());
    let misses = report.misses(Shown::All);
    let (kinds, others) =
        misses.iter().filter(|miss| miss.kind != "cant_tell").partition::<Vec<&&_>, _>(|miss| miss.of == "page_kind");
    assert!(others.is_empty(), "{others:#?}");
    assert!(kinds.len() <= MISREAD_KINDS, "{kinds:#?}");
    assert_eq!(report.failed_on_unmeasurable(), 0);
    let findings = report.findings();
    assert!(findings.right >= 8 && findings.wrong == 0, "{findings:?}");
}

fn items(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("guangdong-items/items.ndjson")).expect("the items are there");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn word<'a>(item: &'a Value, field: &str) -> &'a str {
    item[field].as_str().unwrap_or_default()
}

/// Number and unit of a limit as this platform writes it, by a reader of its own.
fn plain_limit(text: &str) -> Option<(u32, TimeUnit)> {
    let (number, unit) = text.split_once('(')?;
    let unit = match unit {
        "工作日)" => TimeUnit::WorkingDay,
        "自然日)" => TimeUnit::Day,
        _ => return None,
    };
    Some((number.parse().ok()?, unit))
}

#[test]
fn every_limit_of_a_province_is_read_and_none_is_misread() {
    let Some(folder) = folder() else { return };
    let items = items(&folder);
    let (mut stated, mut read) = (0, 0);
    for text in items.iter().flat_map(|item| [word(item, "handle_time"), word(item, "handle_time_limit")]) {
        let limit = time_limit::parse(text);
        let Some((number, unit)) = plain_limit(text) else {
            // 无 is no number of days, whatever else it may be.
            let amount = limit.is_some_and(|limit| matches!(limit.span, Span::Amount { .. }));
            assert!(text == "无" && !amount, "{text}");
            continue;
        };
        stated += 1;
        let Some(limit) = limit else { continue };
        assert_eq!(limit.span, Span::Amount { hundredths: number * 100, unit }, "{text}");
        read += 1;
    }
    assert!(stated > 1_500, "{stated}");
    assert_eq!(read, stated);
}

/// A page that says what an item says.
fn page_of(item: &Value) -> String {
    let rows: Vec<String> = [
        ("事项名称", "matter_name"),
        ("事项类型", "matter_type"),
        ("法定办结时限", "handle_time"),
        ("承诺办结时限", "handle_time_limit"),
        ("到办事现场次数", "visit_number"),
        ("是否支持物流快递", "courier_service"),
        ("办理地点", "handle_location"),
        ("咨询电话", "consult_phone"),
        ("投诉电话", "complain_phone"),
    ]
    .iter()
    .map(|(label, field)| format!("<tr><th>{label}</th><td>{}</td></tr>", word(item, field)))
    .collect();
    let rows = rows.concat();
    format!("<!DOCTYPE html><meta charset=utf-8><title>{0}</title><table>{rows}</table>", word(item, "matter_name"))
}

#[test]
fn visits_and_posting_of_a_province_are_read_and_none_is_misread() {
    let Some(folder) = folder() else { return };
    let items = items(&folder);
    // Every twelfth, and all that ask for a visit: those are few.
    let sample = items.iter().enumerate().filter(|(n, item)| n % 12 == 0 || word(item, "visit_number") != "0");
    let (mut all, mut visits, mut courier) = (0, 0, 0);
    for (_, item) in sample {
        let extraction = judge(page_of(item).into_bytes());
        let guide = extraction.guide.expect("a guide");
        all += 1;
        assert_eq!(guide.title.value().map(String::as_str), Some(word(item, "matter_name").trim()));
        if let Some(read) = guide.visits.value() {
            assert_eq!(read.to_string(), word(item, "visit_number"));
            visits += 1;
        }
        if let Some(read) = guide.courier.value() {
            assert_eq!(*read, word(item, "courier_service") == "是");
            courier += 1;
        }
        for (limit, field) in [(&guide.statutory, "handle_time"), (&guide.promised, "handle_time_limit")] {
            let read = match limit.value().map(|limit| limit.span) {
                Some(Span::Amount { hundredths, unit }) => Some((hundredths / 100, unit)),
                _ => None,
            };
            assert_eq!(read, plain_limit(word(item, field)), "{field}");
        }
    }
    assert!(all > 120, "{all}");
    assert_eq!((visits, courier), (all, all));
}

/// A page of a list of letters: number, title, days, agency.
fn letters_page(rows: &[[&str; 4]]) -> String {
    let cells = |row: &[&str; 4]| {
        let [number, asked, answered, agency] = row;
        [
            "<tr><td>",
            number,
            "</td><td>关于办事的来信</td><td>",
            asked,
            "</td><td>",
            answered,
            "</td><td>",
            agency,
            "</td></tr>",
        ]
        .concat()
    };
    let lines: String = rows.iter().map(cells).collect();
    format!(
        "<!DOCTYPE html><meta charset=utf-8><title>市长信箱</title><h1>市长信箱</h1><table><tr><th>信件编号</th>\
         <th>信件标题</th><th>来信时间</th><th>回复时间</th><th>回复单位</th></tr>{lines}</table>"
    )
}

#[test]
fn the_days_of_every_letter_to_a_mayor_are_read_and_a_row_without_days_is_counted_as_unread() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read_to_string(folder.join("shangluo/reply_dates.csv")).expect("the dates are there");
    let rows: Vec<[&str; 4]> =
        text.lines().skip(1).filter_map(|line| line.split(',').take(4).collect::<Vec<_>>().try_into().ok()).collect();
    assert!(rows.len() > 1_100, "{}", rows.len());
    for page in rows.chunks(100) {
        let list = judge(letters_page(page).into_bytes()).replies.expect("a list of letters");
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let read: Vec<[String; 3]> =
            list.letters.iter().map(|letter| [letter.key.clone(), day(letter.asked), day(letter.answered)]).collect();
        let dated = page.iter().filter(|[_, asked, answered, _]| !(asked.is_empty() && answered.is_empty()));
        let stand: Vec<[String; 3]> =
            dated.map(|[number, asked, answered, _]| [*number, *asked, *answered].map(str::to_owned)).collect();
        assert_eq!(read, stand);
        assert_eq!(list.unreadable, page.len() - stand.len());
    }
}
