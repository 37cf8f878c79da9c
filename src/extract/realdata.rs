//! Tests on real pages that nobody on this project wrote.
//!
//! The folder is named by `PORTAL_PROBE_REALDATA`, default `../shared/realdata`; without it these tests show nothing
//! and say nothing wrong. What belongs to guides is tested with the guide reader.

use std::path::PathBuf;

use url::Url;

use super::testing::input;
use super::{Settings, extract};
use crate::model::extraction::{Extraction, FileFormat, LinkRole, Proof};
use crate::model::interaction::Topic;
use crate::model::target::ChannelKind;
use crate::model::{Hop, PageKind};

/// The folder, if it is there.
pub(super) fn folder() -> Option<PathBuf> {
    let named =
        std::env::var_os("PORTAL_PROBE_REALDATA").map_or_else(|| PathBuf::from("../shared/realdata"), PathBuf::from);
    named.is_dir().then_some(named)
}

/// A file of the folder, read as if it had been fetched; `None` without the folder.
fn read(file: &str) -> Option<Extraction> {
    let body = std::fs::read(folder()?.join(file)).expect("the folder holds this file");
    let url = Url::parse("http://h.test/x/y/list.html").expect("a valid address");
    Some(extract(&input(&url, &[], &body), &Settings::default()))
}

#[test]
fn a_gbk_list_of_nested_tables_gives_its_dated_entries() {
    let Some(page) = read("xinxiang/xxgk_zxgk1_list_gbk.html") else { return };
    assert_eq!(
        (page.kind, page.charset.used.as_str(), page.charset.from.as_str()),
        (PageKind::News, "gb18030", "meta")
    );
    assert_eq!((page.links.len(), page.dated.len()), (20, 20));
    assert_eq!(page.dated[0].date.to_string(), "2017-12-20");
    assert!(page.dated[0].title.contains("畜牧局"));
}

#[test]
fn an_old_piece_of_news_is_news() {
    let Some(page) = read("xinxiang/news_detail_saved.html") else { return };
    assert_eq!((page.kind, page.dated.len()), (PageKind::News, 1));
    assert_eq!(page.dated[0].date.to_string(), "2017-12-04");
    assert_eq!(page.site.site_name.map(|name| name.value).as_deref(), Some("新乡市人民政府"));
    assert!(page.mobile.is_empty() && page.scenarios.is_empty() && page.replies.is_none());
}

#[test]
fn a_list_of_handlers_gives_thirty_guides_and_its_further_pages() {
    let Some(page) = read("sichuan/item_tags_list_fragment_chengdu.html") else { return };
    assert_eq!(page.kind, PageKind::GuideList);
    let guides: Vec<_> = page.links.iter().filter(|link| link.role == LinkRole::Page).collect();
    assert_eq!(guides.len(), 30);
    assert!(guides.iter().all(|link| link.url.query().is_some_and(|query| query.contains("itemCode="))));
    assert!(guides[0].text.starts_with("其他印刷品印刷设立审批"));
    assert_eq!(page.links.iter().filter(|link| link.role == LinkRole::Paging).count(), 25);
}

#[test]
fn the_mobile_pages_of_a_police_portal_are_read() {
    let Some(list) = read("linyi-h5/tab.html") else { return };
    assert_eq!(list.kind, PageKind::GuideList);
    let named = list.links.iter().filter(|link| link.url.path().contains("/huzheng/") && !link.text.is_empty()).count();
    assert_eq!(named, 48);
    let Some(entries) = read("linyi-h5/LIST.html") else { return };
    // Its buttons lead nowhere (`#`), and one link stands in a comment.
    assert!(entries.entries.is_empty());
    assert_eq!(entries.links.len(), 5);
}

#[test]
fn pages_that_are_neither_guides_nor_letters_stay_silent() {
    for file in ["pingtan/2申报指引.html", "pingtan/4办件公示.html", "pingtan/5政策法规.html", "pingtan/6下载专区.html"]
    {
        let Some(page) = read(file) else { return };
        assert!(page.guide.is_none() && page.replies.is_none() && page.scenarios.is_empty(), "{file}");
        assert!(page.mobile.is_empty(), "{file}");
        assert!(
            page.links.iter().any(|link| link.hop == Hop::Embed && link.url.path().ends_with("/foot.html")),
            "{file}"
        );
        assert!(!matches!(page.kind, PageKind::LoginWall | PageKind::EmptyShell | PageKind::SoftNotFound), "{file}");
    }
}

#[test]
fn a_filter_of_types_and_stages_is_a_choice_of_situations() {
    let Some(page) = read("pingtan/3办事指南.html") else { return };
    assert!(page.scenarios.iter().any(|guidance| guidance.here));
}

#[test]
fn a_cms_page_gives_identity_channels_and_its_flowchart() {
    let Some(page) = read("pingtan-gov/81590_流程图.page.excerpt.html") else { return };
    assert_eq!(page.kind, PageKind::News);
    assert_eq!(page.site.site_id_code.map(|code| code.value).as_deref(), Some("3590000001"));
    let has = |kind, proof| page.mobile.iter().any(|claim| claim.kind == kind && claim.proof == proof);
    assert!(has(ChannelKind::App, Proof::Image) && has(ChannelKind::App, Proof::Link));
    assert!(has(ChannelKind::WechatOfficial, Proof::Image));
    assert!(page.mobile.iter().all(|claim| !claim.raw.contains("当前页面") && !claim.raw.contains("平潭通")));
    assert!(page.links.iter().any(|link| link.role == LinkRole::Flowchart && link.url.path().contains("/W020231116")));
    let topics: Vec<Topic> = page.entries.iter().map(|entry| entry.topic).collect();
    assert_eq!(topics, [Topic::Consultation, Topic::Complaint]);
}

#[test]
fn a_template_before_its_scripts_ran_is_an_empty_shell() {
    let Some(page) = read("yulin/personaleventdetail_unrendered.txt") else { return };
    assert_eq!(page.kind, PageKind::EmptyShell);
}

#[test]
fn real_files_open() {
    for (file, format) in [
        ("pingtan/flow/1.svg", FileFormat::Svg),
        ("pingtan/flow/1.png", FileFormat::Png),
        ("longgang/flow/qytz.png", FileFormat::Png),
        ("pingtan/forms/办事指南（新设）.docx", FileFormat::Docx),
        ("pingtan/forms/职工基本医疗保险参保登记表（空表）.xlsx", FileFormat::Xlsx),
    ] {
        let Some(page) = read(file) else { return };
        let facts = page.file.expect("a file");
        assert_eq!((facts.format, facts.opens), (format, true), "{file}");
    }
}
