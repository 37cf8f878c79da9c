//! Pages and items that nobody on this project wrote: what is read of each, and of what each is accused.
//!
//! The folder is named by `PORTAL_PROBE_REALDATA`, default `../shared/realdata`. Its bytes are not part of the project;
//! the labels are, by the digest of each file. Without the folder there is nothing to say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use portal_probe::engine::single::{self, Page};
use portal_probe::extract::time_limit;
use portal_probe::model::guide::Span;
use portal_probe::model::{
    ChannelKind, Digest, Extraction, Observation, Outcome, PageKind, Reading, ServiceGuide, TimeLimit, TimeUnit,
};
use serde_json::Value;
use url::Url;

use crate::support;

/// What stands on a page, as a person reads it.
struct Label {
    /// SHA-256 of the file.
    file: &'static str,
    kind: PageKind,
    guide: Option<Guide>,
    /// Properties that the page alone, with nothing it leads to, fails; each accusation was checked by eye.
    failed: &'static [&'static str],
}

/// The values of a guide; `None` where the page states none.
#[derive(Debug, PartialEq)]
struct Guide {
    title: String,
    /// Working days.
    statutory: Option<u32>,
    promised: Option<u32>,
    visits: Option<u32>,
    fee: Option<bool>,
    materials: usize,
}

fn none(file: &'static str, kind: PageKind) -> Label {
    Label { file, kind, guide: None, failed: &[] }
}

/// An instruction sheet with two headings: what to bring, how it goes. Its days are those of a pre-check.
fn sheet(file: &'static str, title: &str, materials: usize) -> Label {
    let guide = Guide { title: title.to_owned(), statutory: None, promised: None, visits: None, fee: None, materials };
    Label { file, kind: PageKind::Guide, guide: Some(guide), failed: &[] }
}

/// A guide with both limits.
fn guide(file: &'static str, title: &str, limits: (u32, u32), (fee, materials): (bool, usize)) -> Label {
    let (statutory, promised) = (Some(limits.0), Some(limits.1));
    let guide = Guide { title: title.to_owned(), statutory, promised, visits: None, fee: Some(fee), materials };
    Label { file, kind: PageKind::Guide, guide: Some(guide), failed: &[] }
}

#[rustfmt::skip]
fn labels() -> Vec<Label> {
    vec![
    // It has a catch-all, no chart, and says neither by what law, where and when, nor whom to ask.
    Label {
        failed: &["guide.elements", "guide.flowchart", "guide.materials_clear"],
        ..guide("a5548ac3015c56c607d50382522979a1e91d83411ff08f3bee79f1eb34898935", "普通护照首次", (7, 7), (true, 6))
    },
    guide("d904a24dbb7bff02bc507e99abd73a61db2ff7e53e2b7f68490e357067c44af9", "政府投资房建类-立项用地规划许可阶段", (50, 25), (false, 4)),
    sheet("93b91257e57a41a9e27cf7dcdd0141c9c80e5a6506f0b01e3c3b5d1e4c93b20a", "家庭户立户或分户", 3),
    sheet("80e6023e43fbb090240ac210ff6bbb34d7c71e46d62dfb1a65fc0084f4bdbffe", "婚生随父母出生登记", 2),
    sheet("98379a16eb0d4391b0bd20651b2c16c8e089f44fedcd24972bf40d7870f52f3c", "非婚生随父母出生登记", 2),
    sheet("9ea51c8816001a1b14a71ab87da7babaa3239d380a9d06d491d4e487d223a4a1", "国（境）外出生随父母登记", 3),
    sheet("c86d96b9b4581b2aca547e31ed461d5c3ec33797a1693a59aaa5e2ead4143be5", "随祖父母、外祖父母出生登记（父母双方属现役军人、在校学生或华侨）", 2),
    sheet("ef0ef2be48dbaec74764c306807f3c328dfd32d041f79c420317eb18235e0dce", "父母死亡随其他亲属出生登记", 2),
    sheet("946e08f3a43a026b292449e95cef68fa1c6fd0f55ed9ebdc56426b7c201c99c4", "随双军人或女士官出生登记", 3),
    sheet("14762020c8d61578046a002bad2d661eb0642c57ba3bd977d116b4923f27a024", "公民收养登记", 2),
    sheet("3fb1b01be4930dcc250f79a3e079ffd68ae57bc5f9c904216d6530df45b8be41", "社会福利机构收养登记", 5),
    sheet("55f9c3aa4bea1d10a8a36b2425b530a5aae6754e1b3f69c00fa9d925884f5ed8", "士官、义务兵退出现役落户", 3),
    sheet("3b3fc2e29287261a10565ff3631a99ff4b5bcbe8f12aeab01914746628948fb4", "军队转业干部落户", 3),
    sheet("dc9833c35ce02f770559883656c4aad7b33d3b1c8f870c89294f38b3e9551c5d", "现役干部转改文职落户", 3),
    sheet("752b2ee6185ea73a3cbabe8df932bae95704ad5686e2888459a30ca9bcf4b152", "军队离退休干部（士官）落户", 3),
    sheet("b70d3e2e2e7fca18c881e16df3728dcc91989f8ec3b0a8ed73809eef96c47fd4", "退兵或开除军籍落户", 2),
    sheet("41a0645ab90b7663a3b4617dc1a45e7e10a62670dde1ee038705de491c094e6d", "回国（境）定居落户", 2),
    sheet("090cd574d9160d6667e919a9842e8ac33b113ade58e6e516b402ef141059f44b", "加入中国籍落户", 2),
    sheet("ff995709ce6d616879965bdfad650a68eea4c7ec2c3312794123ef1d8504d64f", "宣告死亡（失踪）重新出现落户", 2),
    sheet("78fcf6c30dfc2197651d3d0111bf9f3879c3f90ba2b8ba172914471398631efd", "滞站3个月以上流浪乞讨人员落户", 3),
    sheet("f68203c0ca65b1a586d4e7d74f848fe1e198b76a585d655f3ad2dd1c9bdac4e9", "死亡注销", 2),
    sheet("69aab97a68e0743b6ed1691f03e2815fa16f2bab0e815156712ee40aa5aa3005", "参军入伍注销", 2),
    sheet("18b7ec3745fa6928cd3b7c70ae906052006964c21f49a14297f5c7f8cb2e9cd8", "出国（境）定居注销", 3),
    sheet("56af4f341222a2453818837324b6ad04c0074d8b0bea4429896445a0fbbec29c", "夫妻投靠", 4),
    sheet("b0dabfef7d264c3c34997c5d56706d0352a4b7dd9fcad6db55a9cb4ffb516998", "父母投靠成年子女", 2),
    sheet("157101f09a5e9f158a75b314c762988aeb75e63ba7ffd0c3ad22d2f4150c1482", "子女投靠父母", 5),
    none("0e85cf8732df926153a0dd3c826e058c8359f65c8d16c3d3c366199895850508", PageKind::Other),
    none("f4d447421e63df04443a4c7b95feec8f76837d1025514de336642eb354fd8caf", PageKind::Other),
    none("9b6d70dfc21404659870de98af29e3f407a9f873d63debd8b82aa6231578037b", PageKind::GuideList),
    none("170d433ac22b371350f866f9bc01b7a51b96942150d9b043a3047b590f41f2c4", PageKind::Other),
    none("eb7f31ea79be943f615b22dbe2f4adfc7942f1b1127a898b06e522de406fef61", PageKind::Other),
    none("a55ea7928e262da4ca0253d69a4419b594a9c4c4b3200bc0e5311ab7922f2e96", PageKind::Other),
    none("cccb11772d098c2b79c931d7cce1897e447e0d223e1a466db9c040afc99556b9", PageKind::Other),
    none("995edd4e70664157462ce9b79dff1642a04b0f323fc4d0aeb3971ec067668515", PageKind::Other),
    none("d566a4c33c45d9f9c047260d6e3d28bd6a28ba5b654f4ad4692e46e9d8fef7c4", PageKind::News),
    none("4c60d212d29c0eea4c4a694ad74568ecf20a9c7086c00b18c6824a2ffd0c6432", PageKind::GuideList),
    none("16183bc5ef5005719947a40fe82d982642394abac86d3f2095f3838fa564ae26", PageKind::News),
    none("daf0060027edd4ea30f156a33016521027d897df64a1807aab10f6b11bd03553", PageKind::News),
    none("cc4361f50454e2a46c16eb298b8024b2b0ab12d48b1c8345d6f66a38ea6b1f4c", PageKind::EmptyShell),
    ]
}

pub(crate) fn folder() -> Option<PathBuf> {
    let path =
        std::env::var_os("PORTAL_PROBE_REALDATA").map_or_else(|| PathBuf::from("../shared/realdata"), PathBuf::from);
    path.is_dir().then_some(path)
}

/// Every file below the folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

fn judge(body: Vec<u8>) -> (Extraction, Vec<Observation>) {
    let url = Url::parse("http://127.0.0.1/x/y/page.html").expect("a valid address");
    let context = support::single_page(&url);
    let pages = [Page { channel: ChannelKind::Portal, url, body }];
    let date = support::DAY.parse().expect("a valid time");
    let (mut extractions, observations) = single::judge_pages(&context, &pages, date);
    let extraction = extractions.swap_remove(0).expect("a page that is read");
    (extraction, observations.into_iter().filter(|seen| seen.subject.url.is_some()).collect())
}

fn days(reading: &Reading<TimeLimit>) -> Option<u32> {
    match reading.value()?.span {
        Span::Amount { hundredths, unit: TimeUnit::WorkingDay } => Some(hundredths / 100),
        other => panic!("no working days: {other:?}"),
    }
}

fn values(guide: &ServiceGuide) -> Guide {
    Guide {
        title: guide.title.value().cloned().unwrap_or_default(),
        statutory: days(&guide.statutory),
        promised: days(&guide.promised),
        visits: guide.visits.value().copied(),
        fee: guide.fee.value().copied(),
        materials: guide.materials.value().map_or(0, Vec::len),
    }
}

#[test]
fn every_real_page_is_read_as_a_person_reads_it_and_accused_of_nothing_that_is_not_so() {
    let Some(folder) = folder() else { return };
    let by_digest: BTreeMap<String, Vec<u8>> = files(&folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "html" || extension == "txt"))
        .map(|path| std::fs::read(path).expect("a readable file"))
        .map(|bytes| (Digest::of(&bytes).as_str().trim_start_matches("sha256:").to_owned(), bytes))
        .collect();
    let mut wrong = Vec::new();
    for label in labels() {
        let body = by_digest.get(label.file).unwrap_or_else(|| panic!("the folder holds {}", label.file));
        let (extraction, observations) = judge(body.clone());
        let read = extraction.guide.as_deref().map(values);
        let mut failed: Vec<&str> = observations
            .iter()
            .filter(|seen| seen.outcome == Outcome::Failed)
            .map(|seen| seen.property.as_str())
            .filter(|property| property.starts_with("guide.") || property.starts_with("handling."))
            .collect();
        failed.sort_unstable();
        if (extraction.kind, &read) != (label.kind, &label.guide) || failed != label.failed {
            wrong.push(format!("{} {:?} {read:?} {failed:?}", label.file, extraction.kind));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
        let (extraction, _) = judge(page_of(item).into_bytes());
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
