//! Tests of reading as a whole: what holds for every payload.

use std::io::Write as _;

use proptest::prelude::*;
use url::Url;

use super::testing::{extracted, input};
use super::{Input, Settings, extract, truthful_type};
use crate::model::extraction::{Extraction, FileFormat};
use crate::model::target::ChannelKind;
use crate::model::{PageKind, Purpose};

fn url(text: &str) -> Url {
    Url::parse(text).expect("a valid address")
}

fn attachment(address: &str, body: &[u8]) -> Extraction {
    let url = url(address);
    extract(&Input { purpose: &Purpose::Attachment, ..input(&url, &[], body) }, &Settings::default())
}

#[test]
fn the_entry_is_the_home_of_its_channel() {
    let url = url("http://h.test/hz/");
    let body = b"<title>x</title><p>portal</p><a href=/login>login</a>";
    let at = |channel| {
        let entry = Purpose::Entry { attempt: 1 };
        extract(&Input { purpose: &entry, channel, ..input(&url, &[], body) }, &Settings::default()).kind
    };
    assert_eq!((at(ChannelKind::Portal), at(ChannelKind::MobileWeb)), (PageKind::Home, PageKind::MobileHome));
}

#[test]
fn a_coded_page_in_gbk_is_read_through_both() {
    let (text, _, _) = encoding_rs::GBK.encode("<meta charset=gbk><h1>公告</h1><p>抱歉，页面不存在</p>");
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(&text).expect("writing to memory");
    let body = writer.finish().expect("writing to memory");
    let headers = [("content-encoding".to_owned(), b"gzip".to_vec())];
    let page = extract(&input(&url("http://h.test/x"), &headers, &body), &Settings::default());
    assert_eq!((page.kind, page.charset.used.as_str()), (PageKind::SoftNotFound, "gb18030"));
    assert_eq!(page.title.map(|title| title.value).as_deref(), Some("公告"));
}

#[test]
fn hostile_depth_is_answered_and_not_parsed() {
    let page = extracted("http://h.test/x", &"<div>".repeat(100_000));
    assert_eq!(page.kind, PageKind::Other);
    assert_eq!(page.issues[0].kind, "nested_too_deep");
}

#[test]
fn json_is_data_and_its_links_are_found() {
    let data = extracted("http://h.test/api/l", r#"cb({"list":[{"name":"设立登记","url":"/g/1.html"}]})"#);
    assert_eq!((data.kind, data.links.len()), (PageKind::Data, 1));
    let none = extracted("http://h.test/api/l", r#"{"errCode":1,"msg":"未找到匹配的信息"}"#);
    assert_eq!(none.kind, PageKind::SoftNotFound);
    let wall = extracted("http://h.test/api/l", r#"{"code":401,"msg":"请登录"}"#);
    assert_eq!(wall.kind, PageKind::LoginWall);
}

#[test]
fn a_page_in_place_of_a_file_is_told_from_a_page_that_serves_as_one() {
    let html = "<html><body><h1>设立登记申请书（样表）</h1><p>一、基本信息：企业名称、住所、法定代表人姓名。</p></body></html>";
    let facts = |address: &str, body: &str| {
        let facts = attachment(address, body.as_bytes()).file.expect("an attachment has facts");
        (facts.format, facts.opens)
    };
    assert_eq!(facts("http://h.test/form?id=1", html), (FileFormat::Html, true));
    assert_eq!(facts("http://h.test/form.doc", html), (FileFormat::Html, false));
    assert_eq!(
        facts("http://h.test/form?id=1", "<html><body>抱歉，页面不存在</body></html>"),
        (FileFormat::Html, false)
    );
    assert_eq!(facts("http://h.test/form.doc", "ok"), (FileFormat::Tiny, false));
}

#[test]
fn pages_that_say_not_found_look_alike() {
    let shape = |address: &str, html: &str| extracted(address, html).text_shape;
    let one = shape("http://h.test/a1/x.html", "<p>没有 /a1/x.html，编号 17</p>");
    let other = shape("http://h.test/b/yy.html", "<p>没有 /b/yy.html，编号 4</p>");
    assert_eq!(one, other);
    assert_ne!(one, shape("http://h.test/c.html", "<p>设立登记</p>"));
}

#[test]
fn refusals_are_what_they_are() {
    let url = url("http://h.test/x");
    let at = |status| extract(&Input { status, ..input(&url, &[], b"<p>no</p>") }, &Settings::default()).kind;
    assert_eq!(
        (at(403), at(401), at(404), at(500)),
        (PageKind::Challenge, PageKind::LoginWall, PageKind::Other, PageKind::Other)
    );
}

/// Pieces of markup and data from which odd pages are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<table><tr><th>标题<th>咨询时间<th>回复时间".to_owned()),
        Just("<tr><td><a href=x>关于</a><td>2020-04-01<td>".to_owned()),
        Just("<a onclick=\"f('/x?y=1')\" href='javascript:'>".to_owned()),
        Just("<script>var a={\"url\":\"/x\",title:'".to_owned()),
        Just("<img src='data:image/png;base64,AAAA' class=qr alt=微信公众号>".to_owned()),
        Just("<li>来信时间：2020年".to_owned()),
        Just("createPageHTML(9,0,\"i\",\"h\")</script>".to_owned()),
        Just("<input type=hidden name=pageNo value=1>".to_owned()),
        Just("<meta name=PubDate content=2020-02-30>ICP备".to_owned()),
        Just("<svg><path/></svg><noscript><a href=//>".to_owned()),
        Just("{\"a\":[\"".to_owned()),
        "[ -~\u{4e00}-\u{4e20}<>/='\"]{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_never_panic(
        body in proptest::collection::vec(any::<u8>(), 0..2000),
        start in prop_oneof![
            Just(&b""[..]), Just(&b"\x89PNG\r\n\x1a\n"[..]), Just(&b"\xff\xd8\xff"[..]), Just(&b"PK\x03\x04"[..]),
            Just(&b"GIF89a"[..]), Just(&b"\x1f\x8b\x08"[..]), Just(&b"\xfe\xff"[..]), Just(&b"<html>"[..]), Just(&b"{"[..]),
            Just(&b"RIFF\0\0\0\0WEBPVP8 "[..]), Just(&b"BM"[..])
        ],
        names in proptest::collection::vec(prop_oneof![
            Just("content-type"), Just("content-encoding"), Just("content-disposition"), Just("x")
        ], 0..4),
        values in proptest::collection::vec(prop_oneof![
            Just(b"gzip".to_vec()), Just(b"br, deflate".to_vec()), Just(b"text/html; charset=big5".to_vec()),
            Just(b"attachment".to_vec()), proptest::collection::vec(any::<u8>(), 0..30)
        ], 4),
        status in 100_u16..600,
    ) {
        let url = url("http://h.test/a/b?c=d");
        let headers: Vec<(String, Vec<u8>)> = names.into_iter().map(str::to_owned).zip(values).collect();
        let whole = [start, &body].concat();
        let answer = Input { status, ..input(&url, &headers, &whole) };
        let first = extract(&answer, &Settings::default());
        prop_assert_eq!(first, extract(&answer, &Settings::default()));
    }

    #[test]
    fn odd_markup_never_panics(pieces in proptest::collection::vec(piece(), 0..30)) {
        let page = extracted("http://h.test/hd/list.html", &pieces.concat());
        prop_assert!(page.links.len() <= Settings::default().max_links);
    }
}

#[test]
fn the_family_that_a_target_file_names_reads_the_page() {
    let url = Url::parse("http://h.test/icity/proinfo/index?code=1").expect("a valid address");
    let html = b"<h1>\xe5\x85\xac\xe7\xab\xa0</h1>";
    let family = |dialect| extract(&Input { dialect, ..input(&url, &[], html) }, &Settings::default()).dialect;
    assert_eq!(family(None), "icity");
    assert_eq!(family(Some("epoint")), "epoint");
    assert_eq!(family(Some("generic")), "generic");
}

#[test]
fn markup_under_a_type_for_data_is_said_to_be_no_data_and_data_under_a_type_for_pages_are_read() {
    let url = Url::parse("http://h.test/api/item").expect("a valid address");
    let answered = |kind: &str, body: &[u8]| {
        let headers = [("content-type".to_owned(), kind.as_bytes().to_vec())];
        extract(&input(&url, &headers, body), &Settings::default())
    };
    let told = |read: &Extraction| read.issues.iter().any(|issue| issue.kind == "no_data");
    let error = answered("application/json;charset=UTF-8", b"<html><body><h1>HTTP Status 500</h1></body></html>");
    assert!(told(&error) && error.kind != PageKind::Data);
    let data = answered("text/html", br#"{"a": {"b": 1}}"#);
    assert!(!told(&data) && data.kind == PageKind::Data);
    assert!(!told(&answered("text/html", b"<html><body><h1>HTTP Status 500</h1></body></html>")));
}

#[test]
fn markup_is_given_to_a_browser_under_the_encoding_that_it_is_in() {
    let typed = |kind: &str, body: &[u8]| truthful_type(&[("content-type".to_owned(), kind.as_bytes().to_vec())], body);
    let (gbk, _, _) = encoding_rs::GBK.encode("<html><title>江州政务服务网</title><p>办事指南与在线办理</p></html>");
    assert_eq!(typed("text/html;charset=UTF-8", &gbk).as_deref(), Some("text/html; charset=gb18030"));
    assert_eq!(typed("text/html", "<p>办事指南</p>".as_bytes()).as_deref(), Some("text/html; charset=UTF-8"));
    assert_eq!(typed("application/json", &gbk), None, "data keep their type");
}
