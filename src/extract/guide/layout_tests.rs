//! One test a layout: what stood there, in which state, and that the locator leads to it.

use proptest::prelude::*;
use url::Url;

use super::{GuideReading, read};
use crate::extract::dom::Dom;
use crate::model::guide::Span;
use crate::model::{Element, Locator, Reading, TimeUnit};

fn base() -> Url {
    Url::parse("https://portal.example/guide/1.html").expect("a valid address")
}

fn reading(html: &str) -> GuideReading {
    read(&Dom::parse(html), &base()).expect("a trace of a guide")
}

/// The words of the element that a locator leads to.
fn words_at(html: &str, at: &Locator) -> String {
    let dom = Dom::parse(html);
    dom.elements()
        .find(|node| node.locator() == *at)
        .map(super::super::dom::Node::text)
        .expect("the locator leads to an element")
}

/// Asserts that elements are stated with these words, and that their locators lead to the words.
fn assert_stated(html: &str, expected: &[(Element, &str)]) {
    let guide = reading(html).guide;
    for (element, words) in expected {
        let found = guide.element(*element);
        let located = found.stated().unwrap_or_else(|| panic!("{element:?} is stated, not {found:?} in {html}"));
        assert_eq!(located.value, *words, "{element:?} in {html}");
        let first = words.split(' ').next().unwrap_or_default();
        assert!(words_at(html, &located.at).contains(first), "{element:?}: {:?} in {html}", located.at);
    }
}

fn days(count: u32) -> Span {
    Span::Amount { hundredths: count * 100, unit: TimeUnit::WorkingDay }
}

fn limits(guide: &crate::model::ServiceGuide) -> (Option<Span>, Option<Span>) {
    (guide.statutory.value().map(|limit| limit.span), guide.promised.value().map(|limit| limit.span))
}

#[test]
fn rows_of_header_and_value_cells() {
    assert_stated(
        "<table><tr><th>办理地点</th><td><p>市民中心一楼</p></td></tr><tr><th>承诺办结时限：</th><td>5个工作日</td></tr></table>",
        &[(Element::Place, "市民中心一楼"), (Element::PromisedLimit, "5个工作日")],
    );
}

#[test]
fn rows_of_two_and_four_plain_cells() {
    assert_stated(
        "<table><tr><td>办件类型</td><td>承诺件</td><td>行使层级</td><td>市级</td></tr><tr><td>办理形式</td><td>窗口办理</td></tr></table>",
        &[(Element::HandlingKind, "承诺件"), (Element::ExerciseLevel, "市级"), (Element::HandlingForm, "窗口办理")],
    );
}

#[test]
fn a_label_broken_by_a_line_feed_is_still_a_label() {
    assert_stated("<table><tr><th>到办事<br>现场次数</th><td>1次</td></tr></table>", &[(Element::Visits, "1次")]);
    assert_eq!(
        reading("<table><tr><th>到办事<br>现场次数</th><td>1次</td></tr></table>").guide.visits.value(),
        Some(&1)
    );
}

#[test]
fn a_row_without_a_value_among_rows_that_have_one_is_blank() {
    let rows = |value: &str| {
        format!(
            "<div class=list><p>办理地点</p><div><p>一楼</p></div></div><div class=list><p>办理时间</p><div>{value}</div></div>"
        )
    };
    assert!(matches!(reading(&rows("<p></p>")).guide.element(Element::Hours), Reading::Blank { .. }));
    assert_stated(&rows("<p>9:00-17:00</p>"), &[(Element::Hours, "9:00-17:00")]);
    // A place that a script names and fills is no empty value, nor is a label that stands alone.
    assert!(reading(&rows("<p id=hours></p>")).guide.element(Element::Hours).is_absent());
    let alone = "<table><tr><th>办理地点</th><td>一楼</td></tr></table><div><p>办理时间</p><div><p></p></div></div>";
    assert!(reading(alone).guide.element(Element::Hours).is_absent());
    let section =
        "<div class=s><div class=tit>申请条件</div><div class=con><br></div></div><h3>办理地点</h3><p>一楼</p>";
    assert!(matches!(reading(section).guide.element(Element::Conditions), Reading::Blank { .. }));
}

#[test]
fn a_card_without_a_number_does_not_take_its_neighbour_s() {
    let cards = |number: &str| {
        format!(
            "<div class=four><div class=one><div><b>45</b><i>工作日</i></div><div class=small>法定办结时限</div></div>\
             <div class=one><div><b>{number}</b></div><div class=small>承诺办结时限</div></div></div>"
        )
    };
    assert_eq!(limits(&reading(&cards("20工作日")).guide), (Some(days(45)), Some(days(20))));
    let empty = reading(&cards("")).guide;
    assert_eq!(limits(&empty), (Some(days(45)), None));
    assert!(matches!(empty.promised, Reading::Blank { .. }), "{:?}", empty.promised);
    let stand_in = reading(&cards("/")).guide;
    assert!(matches!(stand_in.promised, Reading::Placeholder { .. }), "{:?}", stand_in.promised);
    // The first card has nothing before it that could be taken, and the next one's number is not its own either.
    let first = "<div class=four><div class=one><div><b></b></div><div class=small>法定期限</div></div>\
        <div class=one><div><b>1</b><i>工作日</i></div><div class=small>承诺办结时限</div></div></div>";
    let first = reading(first).guide;
    assert!(matches!(first.statutory, Reading::Blank { .. }), "{:?}", first.statutory);
    assert_eq!(limits(&first), (None, Some(days(1))));
}

#[test]
fn a_cell_that_heads_a_group_of_rows_is_no_label_of_the_next_cell() {
    assert_stated(
        "<table><tr><td rowspan=2>基本信息</td><td>事项类型</td><td>行政许可</td></tr><tr><td>服务对象</td><td>企业法人</td></tr></table>",
        &[(Element::ItemType, "行政许可"), (Element::ServiceObject, "企业法人")],
    );
}

#[test]
fn a_row_of_labels_above_one_row_of_values() {
    let html = "<table><tr><th>法定办结时限</th><th>承诺办结时限</th><th>到办事现场次数</th></tr><tr><td>20个工作日</td><td>3个工作日</td><td>0次</td></tr></table>";
    assert_stated(
        html,
        &[(Element::StatutoryLimit, "20个工作日"), (Element::PromisedLimit, "3个工作日"), (Element::Visits, "0次")],
    );
}

#[test]
fn a_section_row_above_its_content_row() {
    assert_stated(
        "<table><tr><th colspan=2>受理条件</th></tr><tr><td colspan=2>有合法住所</td></tr><tr><th>办理时间</th><td>工作日9:00-17:00</td></tr></table>",
        &[(Element::Conditions, "有合法住所"), (Element::Hours, "工作日9:00-17:00")],
    );
}

#[test]
fn definition_lists() {
    assert_stated(
        "<dl><dt>咨询电话</dt><dd>0755-12345</dd><dt>办理时间</dt><dd>周一至周五</dd><dd>9:00-17:00</dd></dl>",
        &[(Element::ConsultPhone, "0755-12345"), (Element::Hours, "周一至周五 9:00-17:00")],
    );
}

#[test]
fn label_paragraphs_and_value_paragraphs() {
    assert_stated(
        "<div><p>咨询电话</p><p>020-12345</p><p>投诉电话</p><p>020-12333-9-3</p></div>",
        &[(Element::ConsultPhone, "020-12345"), (Element::ComplaintPhone, "020-12333-9-3")],
    );
    assert_stated(
        "<div class=list><p>受理条件</p><div><p>年满十八周岁</p><p>有合法住所</p></div></div><div class=list><p>办理地点</p><div><p>一楼大厅</p></div></div>",
        &[(Element::Conditions, "年满十八周岁 有合法住所"), (Element::Place, "一楼大厅")],
    );
}

#[test]
fn a_stroke_beside_a_label_is_what_stands_in_the_place_of_the_value() {
    for stroke in ["—", "-", "——"] {
        let html = format!(
            "<div class=list><p>受理条件</p><div><p>{stroke}</p></div></div><div class=list><p>办理地点</p><div><p>一楼大厅</p></div></div>"
        );
        let guide = reading(&html).guide;
        assert!(matches!(guide.element(Element::Conditions), Reading::Placeholder { .. }), "{stroke}");
        assert_eq!(guide.text(Element::Place), Some("一楼大厅"));
    }
}

#[test]
fn small_headings_and_paragraphs() {
    assert_stated(
        "<div><h5>法定期限</h5><p>7个工作日</p><h5>所属科室</h5><p>登记科</p><h5>收费标准</h5><p>160元/本<br>20元/项</p></div>",
        &[(Element::StatutoryLimit, "7个工作日"), (Element::FeeStandard, "160元/本 20元/项")],
    );
}

#[test]
fn sections_with_headings_that_are_wrapped_apart_from_their_content() {
    assert_stated(
        "<div class=section1><div class=hd><h3><i></i>设定依据</h3><a href='/more'>更多</a></div><div class=con><p>《公司登记管理条例》</p></div></div>
         <div class=section2><div class=hd><h3>一、受理条件</h3></div><div class=con>申请人为企业</div></div>",
        &[(Element::LegalBasis, "《公司登记管理条例》"), (Element::Conditions, "申请人为企业")],
    );
}

#[test]
fn tabs_and_their_panels_in_the_same_order() {
    assert_stated(
        "<div class=tab><div class=hd><ul><li>基本信息</li><li>受理条件</li><li>设定依据</li></ul></div><div class=bd>
         <div><table><tr><th>办理地点</th><td>三楼</td></tr></table></div><div style='display:none'><p>材料齐全</p></div><div><p>《办法》第三条</p></div></div></div>",
        &[(Element::Place, "三楼"), (Element::Conditions, "材料齐全"), (Element::LegalBasis, "《办法》第三条")],
    );
}

#[test]
fn label_spans_with_text_or_spans_after_them() {
    assert_stated(
        "<div><p><span class=msg-label>办理地点：</span>城东路1号</p><p><span class=msg-label>办理时间</span><span>9:00-12:00</span></p>
         <p><b>咨询电话：</b>0591-1 <b>投诉电话：</b>0591-2</p></div>",
        &[(Element::Place, "城东路1号"), (Element::Hours, "9:00-12:00"), (Element::ConsultPhone, "0591-1"), (Element::ComplaintPhone, "0591-2")],
    );
}

#[test]
fn label_and_value_in_one_text_with_the_label_repeated_in_the_value() {
    assert_stated(
        "<table><tr><th>办理地点</th><td>办理地点：广州市越秀区1号</td></tr></table><ul><li>承诺时限：5个工作日</li><li>监督电话：12345</li></ul>",
        &[
            (Element::Place, "广州市越秀区1号"),
            (Element::PromisedLimit, "5个工作日"),
            (Element::ComplaintPhone, "12345"),
        ],
    );
    let html = "<p>办理程序：申请——受理——发证。受理机关：出入境大队。办理条件：本市户籍居民。</p>";
    assert_stated(html, &[(Element::AcceptingBody, "出入境大队。"), (Element::Conditions, "本市户籍居民。")]);
    assert_eq!(reading(html).guide.steps.value().map(Vec::len), Some(3));
}

#[test]
fn a_sentence_that_states_the_limit() {
    let html =
        "<h3>办理流程</h3><p>申请→受理→决定</p><p>说明：材料齐全的，本事项承诺办结时限为20个工作日，遇节假日顺延。</p>";
    assert_eq!(limits(&reading(html).guide), (None, Some(days(20))));
    let html = "<h3>办理流程</h3><p>申请→受理→决定</p><p>评估时限为10个工作日。承诺办结时限为另行公布。</p>";
    assert_eq!(reading(html).guide.promised, Reading::Absent);
}

#[test]
fn number_and_unit_in_two_elements_and_the_label_below() {
    let html = "<div class=strip><div class=card><div><span>20</span><span>工作日</span></div><p>法定办结时限</p></div>
        <div class=card><div><span>5</span><span>工作日</span></div><p>承诺办结时限</p></div><div class=card><div><span>1</span><span>次</span></div><p>到现场次数</p></div></div>";
    let guide = reading(html).guide;
    assert_eq!(limits(&guide), (Some(days(20)), Some(days(5))));
    assert_eq!(guide.visits.value(), Some(&1));
    assert_eq!(words_at(html, guide.statutory.at().expect("a place")), "20工作日");
}

#[test]
fn number_and_unit_in_two_cells_or_the_unit_in_the_label() {
    let html = "<table><tr><td>法定办结时限</td><td>20</td><td>工作日</td></tr><tr><th>承诺办结时限（工作日）</th><td>7</td></tr></table>";
    assert_eq!(limits(&reading(html).guide), (Some(days(20)), Some(days(7))));
    let html = "<table><tr><th>承诺办结时限</th><td>7</td></tr></table>";
    let reading = reading(html);
    assert!(matches!(reading.guide.promised, Reading::Unreadable { .. }), "a number without a unit is not guessed at");
    assert!(reading.issues.iter().any(|issue| issue.kind == "unparsed_time_limit"));
}

#[test]
fn a_strip_without_labels_is_read_by_position_with_little_trust() {
    let html = "<div class=bannermmid><ul><li>1次</li><li>20个工作日</li><li>5个工作日</li></ul></div><div class=section1><table><tr><td>办理地点</td><td>大厅</td></tr></table></div>";
    let reading = reading(html);
    assert_eq!(limits(&reading.guide), (Some(days(20)), Some(days(5))));
    assert_eq!(reading.guide.visits.value(), Some(&1));
    assert!(reading.issues.iter().any(|issue| issue.kind == "by_position"));
    let unlike = "<ul><li>1次</li><li>2个工作日</li><li>20个工作日</li></ul><h3>办理地点</h3><p>大厅</p>";
    assert!(super::read(&Dom::parse(unlike), &base()).is_some_and(|reading| reading.guide.promised.is_absent()));
}

#[test]
fn nested_tables_keep_their_own_values() {
    let html = "<table><tr><td width=200>左</td><td><table><tr><td>服务对象</td><td>自然人<table class=table22><tr><td>办理时间</td><td>上午</td></tr></table></td></tr>
        <tr><td>数量限制</td><td>无</td></tr></table></td></tr></table>";
    assert_stated(
        html,
        &[(Element::ServiceObject, "自然人"), (Element::Hours, "上午"), (Element::QuantityLimit, "无")],
    );
}

#[test]
fn places_in_the_page_that_links_name() {
    let html = "<ul><li><a href='#md1'>受理条件</a></li><li><a href='#md2'>申请材料</a></li></ul><div id=md1><div class=t>条件</div><p>已取得营业执照</p></div>
        <div id=md2><table><tr><td class=td-l>办理地点</td><td class=td-r>政务大厅</td></tr></table></div>";
    let guide = reading(html).guide;
    assert!(guide.text(Element::Conditions).is_some_and(|words| words.contains("已取得营业执照")));
    assert_eq!(guide.text(Element::Place), Some("政务大厅"));
}

#[test]
fn state_objects_and_data_in_scripts() {
    let html = r#"<div id=app></div><script>window.__STATE__ = {"guide":{"taskName":"公司设立登记","promiseDay":3,"promiseType":"1","anticipateDay":"15","anticipateType":"工作日",
        "limitSceneNum":0,"isFee":"0","linkWay":"0755-12345","transactAddr":"市民中心","acceptCondition":"<p>依法<b>设立</b></p>","theme":null,
        "taskMaterialList":[{"materialName":"登记申请书","isNeed":"1","formGuid":[],"exampleGuid":[{"ATTACHNAME":"样表.doc","FILEPATH":"/f/1.doc"}]}],
        "steps":[{"stepName":"受理","limit":"1个工作日"},{"stepName":"决定","department":"登记科"}]}};</script>"#;
    let guide = reading(html).guide;
    assert_eq!(guide.title.value().map(String::as_str), Some("公司设立登记"));
    assert_eq!(limits(&guide), (Some(days(15)), Some(days(3))));
    assert_eq!((guide.visits.value(), guide.fee.value()), (Some(&0), Some(&false)));
    assert_eq!(guide.text(Element::Conditions), Some("依法设立"));
    assert_eq!(
        guide.element(Element::Place).at(),
        Some(&Locator::JsonPointer("window.__STATE__#/guide/transactAddr".to_owned()))
    );
    let materials = guide.materials.value().expect("materials");
    assert!(matches!(materials[0].blank_form, crate::model::guide::FormOffer::Nothing { .. }));
    assert!(
        matches!(&materials[0].sample_form, crate::model::guide::FormOffer::Link { url, .. } if url.path() == "/f/1.doc")
    );
    assert_eq!(guide.steps.value().map(Vec::len), Some(2));
}

#[test]
fn labelled_pairs_and_chinese_keys_in_data() {
    let html = r#"<script type="application/json" id="data">{"sections":[{"title":"基本信息","items":[{"label":"办理地点","value":"一楼"},{"label":"承诺办结时限","value":"5个工作日"}]},
        {"title":"联系","items":[{"label":"咨询电话","value":""}]}],"办理时间":"工作日"}</script>"#;
    let guide = reading(html).guide;
    assert_eq!(guide.text(Element::Place), Some("一楼"));
    assert_eq!(guide.promised.value().map(|limit| limit.span), Some(days(5)));
    assert!(matches!(guide.element(Element::ConsultPhone), Reading::Blank { .. }));
    assert_eq!(guide.element(Element::Hours).at(), Some(&Locator::JsonPointer("data#/办理时间".to_owned())));
}

#[test]
fn variables_named_process_and_material() {
    let html = r#"<table id=basic-main><tr><td>办理地点</td><td>大厅</td></tr></table>
        <script>var process=[{"PHASE_APPROVE":"受理"},{"PHASE_APPROVE":"审查"}];var material=[{"M_INDEX":1,"M_NAME":"身份证"}];</script>"#;
    let guide = reading(html).guide;
    assert_eq!(guide.steps.value().map(Vec::len), Some(2));
    assert_eq!(guide.materials.value().map(|materials| materials[0].name.as_str()), Some("身份证"));
    assert_eq!(guide.materials.at(), Some(&Locator::JsonPointer("material#".to_owned())));
}

#[test]
fn column_definitions_explain_the_fields_of_data() {
    let html = r#"<h3>申请材料</h3><div id=grid></div><script>var columns=[{"field":"A","title":"材料名称"},{"field":"B","title":"示例样表"}];var material=[{"A":"章程","B":"/s.doc"}];
        var steps=[{"field":"X","title":"环节名称"},{"field":"Y","title":"办理时限"}];var process=[{"X":"受理","Y":"1个工作日"},{"X":"决定","Y":"即时"}];</script>"#;
    let guide = reading(html).guide;
    let materials = guide.materials.value().expect("materials");
    assert_eq!(materials[0].name, "章程");
    assert!(
        matches!(&materials[0].sample_form, crate::model::guide::FormOffer::Link { url, .. } if url.path() == "/s.doc")
    );
    let steps = guide.steps.value().expect("steps");
    assert_eq!(steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), ["受理", "决定"]);
    assert_eq!(steps[0].limit.as_ref().map(|limit| limit.span), Some(days(1)));
}

#[test]
fn data_that_lists_many_items_is_no_guide() {
    let html = r#"<script>var list={"items":[{"taskName":"甲","promiseDay":"1"},{"taskName":"乙","promiseDay":"2"}]}</script>"#;
    assert!(read(&Dom::parse(html), &base()).is_none());
}

#[test]
fn an_answer_that_is_data_is_read_too() {
    let value = serde_json::json!({"custom": {"taskname": "立户", "transactaddr": "派出所", "promiseday": "1"}});
    let reading = super::read_json(&value, &base()).expect("a guide");
    assert_eq!(
        reading.guide.element(Element::Place).at(),
        Some(&Locator::JsonPointer("/custom/transactaddr".to_owned()))
    );
    assert!(matches!(reading.guide.promised, Reading::Unreadable { .. }));
    assert!(super::read_json(&serde_json::json!({"ok": true}), &base()).is_none());
}

#[test]
fn states_are_told_apart() {
    let html = "<table><tr><th>办理地点</th><td></td></tr><tr><th>咨询电话</th><td>-</td></tr><tr><th>收费标准</th><td>无</td></tr><tr><th>办理时间</th><td>无</td></tr>
        <tr><th>投诉电话</th><td><img src='/tel.png' alt='电话图片'></td></tr><tr><th>受理条件</th><td>{{item.condition}}</td></tr><tr><th>法定办结时限</th><td>无</td></tr><tr><th>承诺办结时限</th><td>无</td></tr></table>";
    let reading = reading(html);
    let state = |element: Element| reading.guide.element(element).state();
    assert_eq!(state(Element::Place), "blank");
    assert_eq!(state(Element::ConsultPhone), "placeholder");
    assert_eq!(state(Element::FeeStandard), "stated");
    assert_eq!(state(Element::Hours), "placeholder");
    assert_eq!(state(Element::ComplaintPhone), "unreadable");
    assert_eq!(state(Element::Conditions), "unreadable");
    assert_eq!(state(Element::Result), "absent");
    assert_eq!(reading.guide.statutory.value().map(|limit| limit.span), Some(Span::NoLimit));
    assert_eq!(reading.guide.promised.state(), "placeholder");
    assert_eq!(reading.labels_blank, 2, "the empty cell and the template");
    assert_eq!(words_at(html, reading.guide.element(Element::Place).at().expect("the label's place")), "办理地点");
}

#[test]
fn an_empty_twin_beside_a_label_is_blank_and_a_word_alone_is_nothing() {
    let html = "<div class=row><div class=k>办理地点</div><div class=v></div></div><div class=row><div class=k>办理时间</div><div class=v>上午</div></div><div>受理条件</div>";
    let guide = reading(html).guide;
    assert_eq!(guide.element(Element::Place).state(), "blank");
    assert_eq!(guide.text(Element::Hours), Some("上午"));
    assert_eq!(guide.element(Element::Conditions), Reading::Absent);
}

#[test]
fn a_skeleton_has_many_labels_and_no_values() {
    let html = "<h3>办理地点</h3><div></div><h3>申请条件</h3><div></div><h3>申报材料</h3><table><tr><th>序号</th><th>材料名称</th></tr></table><h3>设定依据</h3><div></div>
        <p>咨询电话:</p><p>投诉电话:</p>";
    let reading = reading(html);
    assert!(reading.labels_blank >= 5 && reading.labels_with_value == 0, "{reading:#?}");
    assert_eq!(reading.guide.materials.state(), "blank");
}

#[test]
fn a_second_different_statement_is_noted_and_the_first_wins() {
    let html = "<table><tr><th>承诺办结时限</th><td>5个工作日</td></tr></table><dl><dt>承诺时限</dt><dd>7个工作日</dd></dl><table><tr><th>办理地点</th><td>一楼</td></tr></table><h3>办理地点</h3><p>一楼</p>";
    let reading = reading(html);
    assert_eq!(reading.guide.promised.value().map(|limit| limit.span), Some(days(5)));
    let twice: Vec<&str> =
        reading.issues.iter().filter(|issue| issue.kind == "stated_twice").map(|issue| issue.detail.as_str()).collect();
    assert_eq!(twice.len(), 1, "{twice:?}");
    assert!(twice[0].contains("5个工作日") && twice[0].contains("7个工作日"));
}

#[test]
fn traps_go_to_other_limits_and_never_to_the_promise() {
    let html = "<table><tr><th>法定时限</th><td>20个工作日</td></tr><tr><th>特殊环节时限</th><td>评估不超过10个工作日</td></tr><tr><th>投诉处理时限</th><td>10个工作日</td></tr></table>
        <h3>办理流程</h3><div><div class=step><p>受理</p><p>办理时限：1个工作日</p></div><div class=step><p>审查</p><p>办理时限：2个工作日</p></div></div>";
    let guide = reading(html).guide;
    assert_eq!(limits(&guide), (Some(days(20)), None));
    assert_eq!(guide.promised, Reading::Absent);
    assert_eq!(guide.other_limits.len(), 2);
    let steps = guide.steps.value().expect("steps");
    let limits: Vec<Option<f64>> =
        steps.iter().map(|step| step.limit.as_ref().and_then(crate::model::TimeLimit::working_days)).collect();
    assert_eq!(limits, [Some(1.0), Some(2.0)], "{steps:#?}");
}

#[test]
fn notes_to_limits_add_what_does_not_count() {
    let html = "<table><tr><th>承诺时限</th><td>25个工作日</td><th>承诺时限说明</th><td>不含公示时间</td></tr></table>";
    let guide = reading(html).guide;
    assert_eq!(guide.promised.value().map(|limit| limit.excludes.clone()), Some(vec!["不含公示时间".to_owned()]));
}

#[test]
fn menus_footers_and_sentences_are_no_fields() {
    for html in [
        "<ul class=menu><li><a href='/1'>办事指南</a></li><li><a href='/2'>办理流程</a></li><li><a href='/3'>申请材料</a></li></ul>",
        "<div class=footer><p>咨询电话：12345</p></div>",
        "<p>市民可以通过办事指南了解办理流程和申请材料，请按<b>申请材料</b>的要求准备。</p>",
        "<table><tr><th>事项名称</th><td><input name=q></td><th>办理部门</th><td><select><option>全部</select></td></tr></table>",
        "<table><tr><th>事项名称</th><th>实施主体</th><th>承诺时限</th></tr><tr><td>甲</td><td>局</td><td>1个工作日</td></tr><tr><td>乙</td><td>局</td><td>2个工作日</td></tr></table>",
    ] {
        let found = read(&Dom::parse(html), &base());
        assert!(found.is_none(), "{html}: {found:#?}");
    }
}

#[test]
fn lists_news_and_mentions_are_held_for_no_guides() {
    let cards = "<div><p>事项名称：甲</p><p>承诺时限：1个工作日</p><p>办理地点：一楼</p></div><div><p>事项名称：乙</p><p>承诺时限：2个工作日</p></div><div><p>事项名称：丙</p><p>承诺时限：3个工作日</p></div>";
    let news = "<head><meta name=PubDate content='2020-01-01'></head><h1>关于调整办理时间的公告</h1><p>办理时间：9:00。咨询电话：12345</p>";
    for html in [cards, news] {
        let confidence = reading(html).confidence;
        assert!(confidence < 0.5, "{confidence} {html}");
    }
    let guide = "<h2>公司设立</h2><table><tr><th>受理条件</th><td>合法</td></tr><tr><th>办理地点</th><td>大厅</td></tr><tr><th>承诺时限</th><td>1个工作日</td></tr></table>";
    assert!(reading(guide).confidence > 0.7);
}

#[test]
fn the_title_is_the_items_name_else_the_best_heading_else_the_documents() {
    let title = |html: &str| reading(html).guide.title.value().cloned();
    let rest = "<h3>办理地点</h3><p>大厅</p>";
    assert_eq!(
        title(&format!("<table><tr><th>事项名称</th><td>公司设立</td></tr></table><h1>别的</h1>{rest}")).as_deref(),
        Some("公司设立")
    );
    assert_eq!(
        title(&format!("<title>Document</title><header><h2>普通护照</h2></header>{rest}")).as_deref(),
        Some("普通护照")
    );
    assert_eq!(
        title(&format!("<title>户口迁移_某市政务服务网</title><h1>办事指南</h1>{rest}")).as_deref(),
        Some("户口迁移")
    );
    assert_eq!(title(&format!("<title>办事指南</title>{rest}")), None);
}

#[test]
fn codes_depth_fee_and_courier_are_typed() {
    let html = "<table><tr><th>实施编码</th><td>11440100741854396C3442014055017</td></tr><tr><th>网上办理深度</th><td>全程网办（Ⅳ级）</td></tr>
        <tr><th>是否收费</th><td>否</td></tr><tr><th>是否支持物流快递</th><td>不支持</td></tr></table>";
    let guide = reading(html).guide;
    assert_eq!(guide.code.as_ref().map(|code| code.value.len()), Some(31));
    assert_eq!(guide.online_depth.value().and_then(|depth| depth.level), Some(4));
    assert_eq!((guide.fee.value(), guide.courier.value()), (Some(&false), Some(&false)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn reading_never_panics_on_any_text(text in "\\PC{0,300}") {
        let _ = read(&Dom::parse(&text), &base());
    }

    #[test]
    fn reading_never_panics_on_pieces_of_guides(parts in proptest::collection::vec(prop_oneof![
        Just("<table>"), Just("</table>"), Just("<tr>"), Just("<td rowspan=3>"), Just("<th colspan=99>"), Just("<li>"), Just("<dl><dt>"), Just("<dd>"), Just("<p>"),
        Just("<div class=step>"), Just("</div>"), Just("<h3>"), Just("</h3>"), Just("<a href='#x'>"), Just("<a href='/f.doc'>"), Just("</a>"), Just("<svg><text>"), Just("</svg>"),
        Just("<rect width='9' height='9'/>"), Just("申请材料"), Just("办理流程"), Just("材料名称"), Just("环节名称"), Just("办理时限"), Just("承诺办结时限"), Just("流程图"), Just("："),
        Just("5个工作日"), Just("受理→决定"), Just("（一）"), Just("1."), Just("样表下载"), Just("<img src=lct.png>"), Just("<script>var process=[{\"name\":"), Just("</script>"), Just("空表"),
    ], 0..40)) {
        let _ = read(&Dom::parse(&parts.concat()), &base());
    }
}
