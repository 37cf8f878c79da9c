//! Materials, forms, steps and flowcharts.

use url::Url;

use super::{GuideReading, read};
use crate::extract::dom::Dom;
use crate::model::guide::{FlowchartKind, FormOffer};
use crate::model::{Element, Material, Reading, Step, TimeLimit};

fn base() -> Url {
    Url::parse("https://portal.example/guide/1.html").expect("a valid address")
}

fn reading(html: &str) -> GuideReading {
    read(&Dom::parse(html), &base()).expect("a trace of a guide")
}

fn materials(html: &str) -> Vec<Material> {
    let found = reading(html).guide.materials;
    found.value().cloned().unwrap_or_else(|| panic!("materials, not {found:?}"))
}

fn steps(html: &str) -> Vec<Step> {
    let found = reading(html).guide.steps;
    found.value().cloned().unwrap_or_else(|| panic!("steps, not {found:?}"))
}

fn names(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|step| step.name.as_str()).collect()
}

fn material_names(materials: &[Material]) -> Vec<&str> {
    materials.iter().map(|material| material.name.as_str()).collect()
}

fn days(step: &Step) -> Option<f64> {
    step.limit.as_ref().and_then(TimeLimit::working_days)
}

fn link(offer: &FormOffer) -> Option<&str> {
    match offer {
        FormOffer::Link { url, .. } => Some(url.path()),
        _ => None,
    }
}

#[test]
fn a_materials_table_is_read_by_its_columns_in_any_order() {
    let found = materials(
        "<table><tr><th>序号</th><th>来源渠道</th><th>材料名称</th><th>材料<br>必要性</th><th>材料形式</th><th>纸质材料<br>份数</th><th>空白表格</th><th>示例样表</th></tr>
         <tr><td>1</td><td>申请人自备</td><td>公司登记（备案）申请书</td><td>必要</td><td>纸质/电子</td><td>1</td><td><a href='/f/a.doc'>空白表格</a></td><td><a href='../s/a.doc'>示例样表</a></td></tr>
         <tr><td>2</td><td></td><td>身份证</td><td>非必要</td><td>原件</td><td>1</td><td>-</td><td><a href='javascript:void(0)' onclick=\"down('x1')\">下载</a></td></tr>
         <tr><td colspan=8>情形二</td></tr></table>",
    );
    assert_eq!(material_names(&found), ["公司登记（备案）申请书", "身份证"]);
    assert_eq!(found[0].source.as_deref(), Some("申请人自备"));
    assert_eq!(found[0].necessity.as_deref(), Some("必要"));
    assert_eq!((found[0].form.as_deref(), found[0].copies.as_deref()), (Some("纸质/电子"), Some("1")));
    assert_eq!((link(&found[0].blank_form), link(&found[0].sample_form)), (Some("/f/a.doc"), Some("/s/a.doc")));
    assert_eq!(found[1].blank_form, FormOffer::Nothing { raw: "-".to_owned() });
    assert!(matches!(found[1].sample_form, FormOffer::Unfollowable { .. }));
    assert_eq!(found[1].source, None);
}

#[test]
fn without_a_column_or_label_a_form_is_absent_and_not_nothing() {
    let found = materials("<table><tr><td>材料名称</td><td>份数</td></tr><tr><td>身份证</td><td>1</td></tr></table>");
    assert_eq!((&found[0].blank_form, &found[0].sample_form), (&FormOffer::Absent, &FormOffer::Absent));
}

#[test]
fn one_column_for_both_kinds_of_forms_is_told_apart_by_words_and_file_names() {
    let found = materials(
        "<table><tr><th>材料名称</th><th>空表/样表</th></tr>
         <tr><td>甲表</td><td><a href='/1.doc'>空表</a> <a href='/2.doc'>样表</a></td></tr>
         <tr><td>乙表</td><td><a href='/乙（样表）.xlsx'>下载</a></td></tr><tr><td>丙证</td><td>无</td></tr>
         <tr><td>丁表</td><td><a href='/3.doc'>下载</a></td></tr></table>",
    );
    assert_eq!((link(&found[0].blank_form), link(&found[0].sample_form)), (Some("/1.doc"), Some("/2.doc")));
    assert!(link(&found[1].sample_form).is_some() && matches!(found[1].blank_form, FormOffer::Nothing { .. }));
    assert!(matches!(
        (&found[2].blank_form, &found[2].sample_form),
        (FormOffer::Nothing { .. }, FormOffer::Nothing { .. })
    ));
    assert!(link(&found[3].blank_form).is_some(), "{:?}", found[3]);
    assert!(
        matches!(found[3].sample_form, FormOffer::Unfollowable { .. }),
        "it could be either: never said to be missing"
    );
}

#[test]
fn a_script_that_says_its_address_is_followed_and_others_are_not() {
    let found = materials(
        "<table><tr><th>材料名称</th><th>空白表格</th><th>示例样表</th></tr>
         <tr><td>甲</td><td><a href='javascript:;' onclick=\"window.open('/f/1.doc')\">下载</a></td><td><span onclick=\"get(1)\">查看</span></td></tr>
         <tr><td>乙</td><td><a href='#' onclick=\"location.href='/f?id='+id\">下载</a></td><td><img src='/sample/b.png'></td></tr></table>",
    );
    assert_eq!(link(&found[0].blank_form), Some("/f/1.doc"));
    assert!(matches!(found[0].sample_form, FormOffer::Unfollowable { .. }));
    assert!(matches!(found[1].blank_form, FormOffer::Unfollowable { .. }));
    assert_eq!(link(&found[1].sample_form), Some("/sample/b.png"));
}

#[test]
fn materials_in_one_big_table_between_other_rows() {
    let html = "<table><tr><th>办理地点</th><td colspan=3>大厅</td></tr><tr><th colspan=4>申请材料</th></tr>
        <tr><td>序号</td><td>材料名称</td><td>份数</td><td>样表</td></tr><tr><td>1</td><td>申请书</td><td>1</td><td></td></tr><tr><td>2</td><td>章程</td><td>1</td><td>/</td></tr>
        <tr><th colspan=4>办理流程</th></tr><tr><td colspan=4>申请→受理→决定</td></tr><tr><th>咨询电话</th><td colspan=3>12345</td></tr></table>";
    let guide = reading(html).guide;
    assert_eq!(guide.materials.value().map(|found| material_names(found).join(" ")).as_deref(), Some("申请书 章程"));
    assert_eq!(guide.steps.value().map(|found| names(found).join(" ")).as_deref(), Some("申请 受理 决定"));
    assert_eq!((guide.text(Element::Place), guide.text(Element::ConsultPhone)), (Some("大厅"), Some("12345")));
}

#[test]
fn materials_as_lists_paragraphs_and_running_enumerations() {
    for html in [
        "<h3>申请材料</h3><ol><li>申请书</li><li>身份证；</li><li>照片</li></ol>",
        "<h5>需要申请材料</h5><p>1.申请书；</p><p>2.身份证；</p><p>3.照片。</p>",
        "<div class=list><p>申请材料</p><div>（一）申请书<br>（二）身份证<br>（三）照片</div></div>",
        "<p>申请材料：（一）申请书。（二）身份证。（三）照片</p>",
        "<table><tr><th>提交材料</th><td>1、申请书 2、身份证 3、照片</td></tr></table>",
        "<table><tr><th>提交材料</th><td>请携带以下材料：<br>1、申请书<br>2、身份证<br>3、照片</td></tr></table>",
    ] {
        assert_eq!(material_names(&materials(html)), ["申请书", "身份证", "照片"], "{html}");
    }
}

#[test]
fn no_material_needed_is_an_answer_and_a_stand_in_is_none() {
    assert!(materials("<table><tr><th>申请材料</th><td>无</td></tr></table>").is_empty());
    assert!(matches!(
        reading("<table><tr><th>申请材料</th><td>详见附件</td></tr></table>").guide.materials,
        Reading::Placeholder { .. }
    ));
    assert!(matches!(
        reading("<table><tr><th>申请材料</th><td></td></tr></table>").guide.materials,
        Reading::Blank { .. }
    ));
}

#[test]
fn forms_in_a_section_of_their_own_are_attached_by_name() {
    let table = "<h3>申请材料</h3><table><tr><th>材料名称</th><th>份数</th></tr><tr><td>公司登记申请书</td><td>1</td></tr><tr><td>身份证</td><td>1</td></tr></table>";
    let found = materials(&format!(
        "{table}<h3>样表下载</h3><p><a href='/s/1.doc'>公司登记申请书（样表）.doc</a></p><h3>表格下载</h3><p><a href='/b/1.doc'>1.公司登记申请书</a></p>"
    ));
    assert_eq!((link(&found[0].sample_form), link(&found[0].blank_form)), (Some("/s/1.doc"), Some("/b/1.doc")));
    assert_eq!(found[1].sample_form, FormOffer::Absent);
    let found = materials(&format!("{table}<h3>样表下载</h3><p><a href='/s/9.zip'>全部样表打包</a></p>"));
    assert!(
        matches!(found[0].sample_form, FormOffer::Unfollowable { .. }),
        "which form it is cannot be told, so none is missing"
    );
}

#[test]
fn links_beside_a_listed_material_are_its_forms() {
    let found = materials(
        "<h3>申请材料</h3><ul><li>申请书 <a href='/b.doc'>空表下载</a> <a href='/s.doc'>样表下载</a></li><li>《办法》要求的<a href='/law.html'>章程</a></li></ul>",
    );
    assert_eq!(material_names(&found), ["申请书", "《办法》要求的章程"]);
    assert_eq!((link(&found[0].blank_form), link(&found[0].sample_form)), (Some("/b.doc"), Some("/s.doc")));
    assert_eq!(found[1].blank_form, FormOffer::Absent);
}

#[test]
fn a_steps_table_gives_limits_and_departments() {
    let found = steps(
        "<h3>办理流程</h3><table><tr><th>环节名称</th><th>办理内容</th><th>办理时限</th><th>责任部门</th><th>办理结果</th></tr>
         <tr><td>1.受理</td><td>收件</td><td>0.5个工作日</td><td>登记科</td><td>受理单</td></tr><tr><td>审查</td><td></td><td>2个工作日</td><td>-</td><td></td></tr>
         <tr><td>决定</td><td></td><td>即办</td><td>登记科</td><td></td></tr></table>",
    );
    assert_eq!(names(&found), ["受理", "审查", "决定"]);
    assert_eq!(found.iter().map(days).collect::<Vec<_>>(), [Some(0.5), Some(2.0), Some(0.0)]);
    assert_eq!((found[0].department.as_deref(), found[1].department.as_deref()), (Some("登记科"), None));
    let found = steps(
        "<table><tr><td>办理环节</td><td>办理时限（工作日）</td></tr><tr><td>受理</td><td>1</td></tr><tr><td>决定</td><td>2</td></tr></table>",
    );
    assert_eq!(found.iter().map(days).collect::<Vec<_>>(), [Some(1.0), Some(2.0)]);
}

#[test]
fn a_steps_table_that_runs_sideways() {
    let found = steps(
        "<h3>办理流程</h3><table><tr><td>环节</td><td>受理</td><td>审查</td><td>决定</td></tr><tr><td>时限</td><td>1个工作日</td><td>2个工作日</td><td>1个工作日</td></tr></table>",
    );
    assert_eq!(names(&found), ["受理", "审查", "决定"]);
    assert_eq!(days(&found[1]), Some(2.0));
}

#[test]
fn special_steps_are_marked_and_their_limits_kept_apart() {
    let html = "<h3>特殊环节</h3><table><tr><th>环节名称</th><th>所需时限</th><th>法定依据</th><th>是否收费</th><th>是否计算在法定办结时限内</th></tr>
        <tr><td>专家评审</td><td>10个工作日</td><td></td><td>否</td><td>否</td></tr></table><h3>办理流程</h3><p>申请→受理→决定</p>";
    let guide = reading(html).guide;
    let found = guide.steps.value().expect("steps");
    assert_eq!(names(found), ["申请", "受理", "决定", "专家评审"]);
    assert_eq!(found.iter().map(|step| step.outside_limit).collect::<Vec<_>>(), [false, false, false, true]);
    assert_eq!(guide.other_limits.len(), 1);
    assert_eq!(guide.promised, Reading::Absent);
}

#[test]
fn a_number_at_the_beginning_of_an_item_does_not_hide_its_mark() {
    let names = |html: &str| materials(html).into_iter().map(|material| material.name).collect::<Vec<_>>();
    let expected = ["申请表", "身份证", "6个月内照片", "户口簿"];
    let lines = "<h3>申请材料</h3><div><p>1.申请表；</p><p>2.身份证；</p><p>3.6个月内照片；</p><p>4.户口簿</p></div>";
    assert_eq!(names(lines), expected);
    assert_eq!(names("<h3>申请材料</h3><p>1.申请表；2.身份证；3.6个月内照片；4.户口簿</p>"), expected);
    // A number that does not continue the count is a number, and one within a sentence is none of its marks.
    let size = "<h3>申请材料</h3><p>1.申请表；2.照片，3.5厘米宽；3.户口簿</p>";
    assert_eq!(names(size), ["申请表", "照片，3.5厘米宽", "户口簿"]);
}

#[test]
fn a_heading_about_fees_over_a_price_states_the_fee_and_one_over_nothing_is_blank() {
    let fee = |rows: &str| {
        reading(&format!(
            "<h2>办理地点</h2><p>一楼</p><h2>收费信息</h2><table><tr><th>收费标准</th><td>{rows}</td></tr></table>"
        ))
        .guide
    };
    let priced = fee("每证10元");
    assert_eq!(priced.fee.value(), Some(&true));
    assert!(!matches!(priced.element(Element::Fee), Reading::Blank { .. }));
    assert!(fee("").fee.value().is_none());
}

#[test]
fn arrows_of_every_kind_make_steps() {
    for chain in [
        "申请→受理→审查→决定→送达",
        "申请->受理->审查->决定->送达",
        "申请 ⇒ 受理 ⇒ 审查 ⇒ 决定 ⇒ 送达",
        "申请—>受理—>审查—>决定—>送达",
        "申请➜受理➜审查➜决定➜送达",
        "申请 —— 受理 —— 审查 —— 决定 —— 送达",
        "办理流程：申请→受理→审查→决定→送达。",
    ] {
        let found = steps(&format!("<table><tr><th>办理流程</th><td>{chain}</td></tr></table>"));
        assert_eq!(names(&found), ["申请", "受理", "审查", "决定", "送达"], "{chain}");
    }
    let found = steps(
        "<h3>办理流程</h3><p>申请→受理（1个工作日，综合窗口）→专家评审（10个工作日，不计入承诺时限）→决定 2个工作日</p>",
    );
    assert_eq!(names(&found), ["申请", "受理", "专家评审", "决定"]);
    assert_eq!(found.iter().map(days).collect::<Vec<_>>(), [None, Some(1.0), Some(10.0), Some(2.0)]);
    assert_eq!(found[1].department.as_deref(), Some("综合窗口"));
    assert!(found[2].outside_limit && !found[3].outside_limit);
}

#[test]
fn lists_and_numbered_lines_make_steps_and_points_within_them_do_not() {
    let found = steps("<h3>办理流程</h3><ol><li>申请：网上提交</li><li>受理（登记科）</li><li>发证</li></ol>");
    assert_eq!(names(&found), ["申请", "受理", "发证"]);
    let found = steps(
        "<h3>办事流程</h3><div><p>一、受理。窗口收件，材料包括：（1）申请书；（2）章程。</p><p>二、审查。3个工作日内完成。</p><p>三、办结</p></div>",
    );
    assert_eq!(names(&found), ["受理", "审查", "办结"]);
    assert_eq!(days(&found[1]), Some(3.0));
    let found = steps("<h3>办理流程</h3><div><p>申请</p><p>↓</p><p>受理</p><p>↓</p><p>办结</p></div>");
    assert_eq!(names(&found), ["申请", "受理", "办结"]);
}

#[test]
fn running_text_gives_steps_with_a_note_that_they_are_a_guess() {
    let reading = reading(
        "<h5>办理流程及时限</h5><p>申请人通过互联网提交材料，派出所于3个工作日内预审，通过的，派出所受理，办结后反馈申请人。</p>",
    );
    assert!(reading.issues.iter().any(|issue| issue.kind == "steps_from_prose"));
    assert!(reading.guide.steps.value().is_some_and(|steps| steps.len() >= 3));
    assert_eq!(reading.guide.promised, Reading::Absent);
}

#[test]
fn of_two_flows_the_one_at_the_counter_is_taken_and_the_other_noted() {
    let html = "<h3>网上办理流程</h3><p>登录→申报→预审→办结</p><h3>窗口办理流程</h3><p>取号→受理→办结</p>";
    let reading = reading(html);
    assert_eq!(reading.guide.steps.value().map(|found| names(found).join(" ")).as_deref(), Some("取号 受理 办结"));
    let second: Vec<&str> =
        reading.issues.iter().filter(|issue| issue.kind == "second_flow").map(|issue| issue.detail.as_str()).collect();
    assert_eq!(second, ["登录 → 申报 → 预审 → 办结"]);
}

#[test]
fn a_process_that_points_to_the_chart_is_a_stand_in() {
    let guide = reading("<table><tr><th>办理流程</th><td>详见流程图</td></tr><tr><th>流程图</th><td><img src='/img/a.png'></td></tr></table>").guide;
    assert!(matches!(guide.steps, Reading::Placeholder { .. }));
    assert_eq!(guide.flowchart.value().map(|chart| chart.kind), Some(FlowchartKind::Image));
}

#[test]
fn charts_are_found_in_every_form() {
    let rest = "<table><tr><th>办理地点</th><td>大厅</td></tr></table>";
    for (html, kind, path) in [
        ("<h3>流程图</h3><p><img src='/upload/8f3a.jpg'></p>", FlowchartKind::Image, Some("/upload/8f3a.jpg")),
        ("<p><img src='/u/1.png' alt='公司设立办理流程图'></p>", FlowchartKind::Image, Some("/u/1.png")),
        ("<p><img src='/u/lct2.png'></p>", FlowchartKind::Image, Some("/u/lct2.png")),
        (
            "<p><img src='/u/%E6%B5%81%E7%A8%8B%E5%9B%BE.png'></p>",
            FlowchartKind::Image,
            Some("/u/%E6%B5%81%E7%A8%8B%E5%9B%BE.png"),
        ),
        ("<p><a href='/f/lc.pdf'>点击下载流程图</a></p>", FlowchartKind::Document, Some("/f/lc.pdf")),
        (
            "<h3>办理流程</h3><p>申请→决定 <a id=more href='/pic/lc.svg'>查看流程图</a></p>",
            FlowchartKind::Svg,
            Some("/pic/lc.svg"),
        ),
        (
            "<h3>办理流程图</h3><object data='/f/lc.svg' type='image/svg+xml'></object>",
            FlowchartKind::Svg,
            Some("/f/lc.svg"),
        ),
        (
            "<h3>流程图</h3><div class=flow><div class=flow-step>申请</div><div class=arrow>↓</div><div class=flow-step>受理<span>（1个工作日）</span></div></div>",
            FlowchartKind::Html,
            None,
        ),
        (
            "<h3>流程图</h3><table><tr><th>步骤</th><th>时限</th></tr><tr><td>申请</td><td>-</td></tr><tr><td>受理</td><td>1个工作日</td></tr></table>",
            FlowchartKind::Table,
            None,
        ),
        ("<h3>流程图</h3><svg><text x=1 y=10>申请</text><text x=1 y=50>受理</text></svg>", FlowchartKind::Svg, None),
        (
            "<h3>办理流程</h3><div><img src='/upload/77.png' width=800></div>",
            FlowchartKind::Image,
            Some("/upload/77.png"),
        ),
    ] {
        let guide = reading(&format!("{html}{rest}")).guide;
        let chart = guide.flowchart.value().unwrap_or_else(|| panic!("{html}: {:?}", guide.flowchart));
        assert_eq!((chart.kind, chart.url.as_ref().map(Url::path)), (kind, path), "{html}");
        if matches!(kind, FlowchartKind::Html | FlowchartKind::Table) || chart.url.is_none() {
            assert_eq!(names(&chart.steps), ["申请", "受理"], "{html}");
        }
    }
}

#[test]
fn a_chart_beside_the_process_is_not_a_second_process() {
    for chart in [
        "<table><tr><th>步骤</th><th>承办</th><th>时限</th></tr><tr><td>收件</td><td>窗口</td><td>3个工作日</td></tr><tr><td>发证</td><td>窗口</td><td>即时</td></tr></table>",
        "<div class=flow-chart><p class=flow-title>某办理流程图</p><div class='box flow-node'><b>收件</b><br><span>承办：窗口</span><br><span>时限：3个工作日</span></div>
         <div class=arrow>→</div><div class='box flow-node'><b>发证</b><br><span>承办：窗口</span><br><span>时限：即时</span></div></div>",
    ] {
        let html = format!("<table><tr><td>办理流程</td><td>申请→受理（1工作日）→决定</td></tr><tr><td>流程图</td><td>{chart}</td></tr></table><p><a href='/apply'>我要申办</a></p>");
        let reading = reading(&html);
        let text = reading.guide.steps.value().expect("steps");
        assert_eq!(names(text), ["申请", "受理", "决定"]);
        let drawn = &reading.guide.flowchart.value().expect("a chart").steps;
        assert_eq!(names(drawn), ["收件", "发证"]);
        assert_eq!((days(&drawn[0]), drawn[0].department.as_deref()), (Some(3.0), Some("窗口")));
        assert!(reading.issues.iter().all(|issue| issue.kind != "second_flow"), "{:?}", reading.issues);
    }
}

#[test]
fn a_link_to_apply_beside_the_chart_is_not_the_chart() {
    let html = "<h4>流程图</h4><div class=lct><div class=step>申请</div><div class=step>受理</div></div><div class=bottom><a href='/apply'>我要申办</a></div>";
    assert_eq!(reading(html).guide.flowchart.value().map(|chart| chart.kind), Some(FlowchartKind::Html));
    let html = "<h4>流程图</h4><div></div><div class=bottom><a href='/apply'>我要申办</a></div>";
    assert_eq!(reading(html).guide.flowchart.state(), "blank");
}

#[test]
fn a_chart_that_data_names_is_found_by_its_address() {
    let html =
        |value: &str| format!(r#"<script>var state={{"guide":{{"办理地点":"大厅","办理流程图":"{value}"}}}}</script>"#);
    let chart = reading(&html("/chart?doc_id=8.svg")).guide.flowchart;
    assert_eq!(chart.value().map(|chart| chart.kind), Some(FlowchartKind::Svg));
    assert_eq!(reading(&html("")).guide.flowchart.state(), "blank");
}

#[test]
fn icons_logos_and_names_of_tabs_are_no_charts() {
    let rest = "<table><tr><th>办理地点</th><td>大厅</td></tr></table>";
    for html in [
        "<img src='/img/icon-liucheng.png' alt='流程图'>",
        "<img src='/img/l.png' alt='流程图' width=24 height=24>",
        "<a href='#md7'>流程图</a>",
        "<img src='/logo.png'><img src='/u/photo.jpg'>",
        "<a href='/list.html'>办理流程</a>",
        "<svg width=16><path d='M0 0'/></svg>",
    ] {
        let guide = reading(&format!("{html}{rest}")).guide;
        assert_eq!(guide.flowchart, Reading::Absent, "{html}");
    }
}

#[test]
fn a_chart_label_with_nothing_a_stand_in_or_a_script_keeps_its_state() {
    let state = |cell: &str| {
        reading(&format!("<table><tr><th>流程图</th><td>{cell}</td></tr></table>")).guide.flowchart.state()
    };
    assert_eq!(state(""), "blank");
    assert_eq!(state("无"), "placeholder");
    assert_eq!(state("-"), "placeholder");
    assert_eq!(state("<a href='javascript:void(0)' onclick='show(3)'>查看</a>"), "unreadable");
    assert_eq!(state("<a href='/lc.png'>查看</a>"), "stated");
}

#[test]
fn the_process_that_is_only_a_picture_is_unreadable_and_never_blank() {
    let guide = reading("<h3>办理流程</h3><div><img src='/upload/77.png'></div><h3>办理地点</h3><p>大厅</p>").guide;
    assert!(matches!(guide.steps, Reading::Unreadable { .. }));
    assert!(matches!(guide.element(Element::Process), Reading::Unreadable { .. }));
}
