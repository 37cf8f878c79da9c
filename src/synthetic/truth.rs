//! What a guide is to say: the values poured, before they are put into words.
//!
//! Comes in: an item and chance. Goes out: a truth without any fault. Must never know: layouts, readings.

use std::collections::BTreeMap;

use super::item::Item;
use super::random::Random;
use crate::model::Element;

/// A time limit; amounts in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Immediate,
    Working(u32),
    Natural(u32),
    None,
}

/// What stands in the place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hole {
    /// Label without value.
    Blank,
    /// A stand-in.
    Placeholder(&'static str),
    /// A piece of template that a script should have filled.
    Unrendered,
    /// Neither label nor value.
    Missing,
}

/// What a link to a form leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    /// An empty form.
    Blank,
    /// A form with its cells filled.
    Filled,
    /// The very bytes of the blank form, under an address of their own.
    BlankAgain,
    /// The blank form once more, saved again: other bytes.
    BlankResaved,
    /// Two bytes.
    Tiny,
    /// An HTML error page in place of the file.
    ErrorPage,
}

/// A material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paper {
    pub(super) name: String,
    pub(super) blank: Option<File>,
    pub(super) sample: Option<File>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) limit: Option<Limit>,
    pub(super) department: String,
}

/// In which form the chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChartForm {
    Html,
    Svg,
    Table,
    Image,
    Document,
}

/// A flowchart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) form: ChartForm,
    pub(super) title: String,
    pub(super) steps: Vec<Step>,
}

/// A guide without words.
#[derive(Debug, Clone)]
pub(super) struct Truth {
    pub(super) texts: BTreeMap<Element, String>,
    pub(super) holes: BTreeMap<Element, Hole>,
    pub(super) statutory: Limit,
    pub(super) promised: Limit,
    pub(super) visits: u32,
    pub(super) courier: bool,
    pub(super) fee: bool,
    pub(super) materials: Vec<Paper>,
    pub(super) steps: Vec<Step>,
    pub(super) chart: Option<Chart>,
}

impl Truth {
    /// The words of a text element that is not a hole.
    pub(super) fn text(&self, element: Element) -> Option<&str> {
        if self.holes.contains_key(&element) { None } else { self.texts.get(&element).map(String::as_str) }
    }

    /// The title.
    pub(super) fn title(&self) -> &str {
        self.texts.get(&Element::ItemName).map_or("", String::as_str)
    }
}

/// The truth of an item: its own values, and others of the same kind where it has none, so that nothing contradicts.
pub(super) fn of(item: &Item, random: &mut Random) -> Truth {
    let promised = promised(item, random);
    let statutory = statutory(item, promised, random);
    // Most real items are not posted; a fault in nearly every case would drown all others.
    let courier = item.courier || random.chance(70);
    let mut texts = BTreeMap::new();
    let mut put = |element: Element, words: &str| {
        if !words.is_empty() {
            texts.insert(element, words.to_owned());
        }
    };
    put(Element::ItemName, &item.title);
    put(Element::ItemCode, &item.code);
    put(Element::Department, &item.department);
    put(Element::ItemType, &item.kind);
    put(Element::ServiceObject, &item.object);
    put(Element::ExerciseLevel, &item.level);
    put(Element::LegalBasis, if item.basis.is_empty() { random.pick(BASES) } else { &item.basis });
    put(Element::Conditions, if item.conditions.is_empty() { random.pick(CONDITIONS) } else { &item.conditions });
    put(Element::Place, &place(item, random));
    put(Element::Hours, random.pick(HOURS));
    put(Element::ConsultPhone, if item.consult.is_empty() { random.pick(PHONES) } else { &item.consult });
    put(Element::ComplaintPhone, if item.complaint.is_empty() { random.pick(PHONES) } else { &item.complaint });
    put(Element::HandlingKind, handling_kind(promised, random));
    put(Element::HandlingForm, handling_form((item.visits, courier), random));
    put(Element::OnlineDepth, random.pick(if item.visits == 0 { ONLINE } else { PARTLY_ONLINE }));
    put(Element::Result, random.pick(RESULTS));
    put(Element::ResultDelivery, random.pick(if courier { POSTED } else { FETCHED }));
    let fee = random.chance(20);
    if fee {
        let (scale, basis) = random.pick(FEES);
        put(Element::FeeStandard, scale);
        put(Element::FeeBasis, basis);
    }
    if item.visits > 0 {
        put(Element::VisitReason, random.pick(REASONS));
    }
    for (element, words, percent) in EXTRAS {
        if random.chance(*percent) {
            put(*element, words);
        }
    }
    let steps = steps(promised, &item.department, random);
    let chart =
        Chart { form: random.pick(CHARTS), title: format!("{}办理流程图", item.title), steps: steps.clone() };
    Truth {
        texts,
        holes: BTreeMap::new(),
        statutory,
        promised,
        visits: item.visits,
        courier,
        fee,
        materials: materials(item, random),
        steps,
        chart: Some(chart),
    }
}

fn promised(item: &Item, random: &mut Random) -> Limit {
    match item.promised {
        Limit::None => Limit::Working(10 * random.pick(&[1, 2, 3, 5, 7, 10, 15, 20])),
        Limit::Working(10) if random.chance(25) => Limit::Immediate,
        limit => limit,
    }
}

/// The item's own statutory limit; one that the promise keeps where the item's own is broken or none is stated.
fn statutory(item: &Item, promised: Limit, random: &mut Random) -> Limit {
    let own = match (item.statutory, promised) {
        (Limit::Working(law), Limit::Working(promise)) | (Limit::Natural(law), Limit::Natural(promise)) => {
            law >= promise
        }
        (Limit::Working(_) | Limit::None, Limit::Immediate) => true,
        _ => false,
    };
    if own {
        return item.statutory;
    }
    match promised {
        Limit::Working(tenths) => Limit::Working(tenths + 10 * random.pick(&[0, 5, 10, 20])),
        Limit::Natural(tenths) => Limit::Natural(tenths + 10 * random.pick(&[0, 10, 30])),
        Limit::Immediate | Limit::None => Limit::Working(10 * random.pick(&[1, 5, 20])),
    }
}

fn place(item: &Item, random: &mut Random) -> String {
    // A place that says that there is none would make the element arguable; another item's place is taken.
    let own = item.place.trim_start_matches("办理地点：").trim();
    if matches!(own, "" | "无") || own.contains("无线下") { random.pick(PLACES).to_owned() } else { own.to_owned() }
}

fn handling_kind(promised: Limit, random: &mut Random) -> &'static str {
    match promised {
        Limit::Immediate => "即办件",
        Limit::Working(tenths) if tenths <= 10 => random.pick(&["即办件", "承诺件"]),
        Limit::Working(_) | Limit::Natural(_) | Limit::None => "承诺件",
    }
}

fn handling_form((visits, courier): (u32, bool), random: &mut Random) -> &'static str {
    match (visits, courier) {
        (0, true) => random.pick(&["网上办理,快递申请", "窗口办理、网上办理、快递申请", "网上办理"]),
        (0, false) => random.pick(&["网上办理", "电脑端网上办理、移动端网上办理", "窗口办理,网上办理"]),
        _ => random.pick(&["窗口办理", "窗口办理、网上办理", "窗口办理,网上办理"]),
    }
}

fn steps(promised: Limit, department: &str, random: &mut Random) -> Vec<Step> {
    let names = random.pick(STEPS);
    let limits: Option<[Limit; 4]> = match promised {
        Limit::Working(10) => Some([Limit::Immediate, Limit::Working(5), Limit::Working(5), Limit::Immediate]),
        Limit::Working(20) => Some([Limit::Immediate, Limit::Working(10), Limit::Working(10), Limit::Immediate]),
        Limit::Working(tenths) if tenths >= 30 => {
            Some([Limit::Working(10), Limit::Working(tenths - 20), Limit::Working(10), Limit::Immediate])
        }
        _ => None,
    };
    let limits = limits.filter(|_| random.chance(75));
    let section = format!("{department}{}", random.pick(&["审批科", "行政许可处", "业务科"]));
    names
        .iter()
        .enumerate()
        .map(|(n, name)| Step {
            name: (*name).to_owned(),
            limit: limits.map(|limits| limits[n]),
            department: if n == 1 || n == 2 { section.clone() } else { "综合服务窗口".to_owned() },
        })
        .collect()
}

fn materials(item: &Item, random: &mut Random) -> Vec<Paper> {
    let mut names: Vec<String> = Vec::new();
    for name in item.materials.iter().filter(|name| name.chars().count() <= 60) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names.truncate(12);
    if names.is_empty() {
        let own: &[&str] = random.pick(MATERIALS);
        names = own.iter().map(ToString::to_string).collect();
    }
    names
        .into_iter()
        .map(|name| {
            let form = is_form(&name) != IsForm::No;
            Paper { name, blank: form.then_some(File::Blank), sample: form.then_some(File::Filled) }
        })
        .collect()
}

/// Whether a material is a form that the applicant fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IsForm {
    Yes,
    /// A fair reader may say either.
    Maybe,
    No,
}

/// By the name; only names that leave no doubt are `Yes`.
pub(super) fn is_form(name: &str) -> IsForm {
    let outside: String =
        name.split(['（', '(']).map(|part| part.rsplit(['）', ')']).next().unwrap_or_default()).collect();
    let name = if outside.chars().count() > 3 { outside.as_str() } else { name }.trim_end_matches(['》', '”', '〉']);
    let sure = ["申请表", "申请书", "登记表", "登记书", "备案表", "申报表", "审批表", "承诺书"];
    let never = ["证书", "身份证", "执照", "合同", "协议", "章程", "户口簿", "照片"];
    if sure.iter().any(|ending| name.ends_with(ending)) {
        IsForm::Yes
    } else if name.ends_with(['表', '书']) && !name.ends_with("证书") {
        IsForm::Maybe
    } else if never.iter().any(|word| name.contains(word)) || !name.contains(['表', '书', '单', '函', '报', '声', '申'])
    {
        IsForm::No
    } else {
        IsForm::Maybe
    }
}

const CHARTS: &[ChartForm] =
    &[ChartForm::Html, ChartForm::Svg, ChartForm::Table, ChartForm::Html, ChartForm::Image, ChartForm::Document];
const STEPS: &[[&str; 4]] = &[
    ["受理", "审查", "决定", "送达"],
    ["收件受理", "审核", "决定", "颁证送达"],
    ["受理", "初审", "复审", "办结"],
    ["申请受理", "审查", "审批", "制证"],
];
const HOURS: &[&str] = &[
    "工作日上午9:00-12:00，下午13:30-17:00",
    "周一至周五 上午8:30—12:00 下午14:00—17:30（法定节假日除外）",
    "星期一至星期五：9:00-17:00",
    "法定工作日 上午09:00至12:00，下午13:00至17:00",
    "夏令时：周一至周五8:30-12:00，15:00-18:00；冬令时：周一至周五8:30-12:00，14:30-17:30",
];
const PLACES: &[&str] = &[
    "江州市滨河区建设路18号政务服务中心二楼综合窗口",
    "江州市解放大道100号市民之家一楼A区3-5号窗口",
    "江州市高新区科技三路6号政务服务大厅",
];
const PHONES: &[&str] =
    &["0797-8391234", "020-12345", "0797-8391200转2", "(0797)8395566", "0797-8391234、0797-8391235"];
const CONDITIONS: &[&str] = &[
    "申请人具有完全民事行为能力，且在本市办理过相关登记。",
    "1.具有独立法人资格；\n2.有与业务相适应的场所和人员；\n3.近三年无重大违法记录。",
    "符合法定形式且材料齐全的，予以受理。",
];
const BASES: &[&str] = &[
    "《中华人民共和国行政许可法》第十二条",
    "《中华人民共和国价格法》第三十条；《价格违法行为行政处罚规定》第六条",
    "【法律】《中华人民共和国职业病防治法》第三十五条：对从事接触职业病危害的作业的劳动者，用人单位应当组织健康检查。",
    "《医疗机构管理条例》（国务院令第149号）第九条",
];
const ONLINE: &[&str] = &["全程网办", "Ⅳ级", "互联网办理", "全程网办（Ⅳ级）"];
const PARTLY_ONLINE: &[&str] = &["Ⅲ级", "在线预审", "Ⅱ级", "互联网预审"];
const RESULTS: &[&str] = &["许可证", "备案回执", "批复文件", "登记证书"];
const POSTED: &[&str] = &["邮寄送达", "窗口领取、邮寄送达", "快递送达"];
const FETCHED: &[&str] = &["窗口领取", "网站下载", "直接送达"];
const REASONS: &[&str] = &["需要当场核验申请人身份和原件", "需现场采集人像信息", "须由本人现场签字确认"];
const FEES: &[(&str, &str)] = &[
    ("每证10元", "《关于证照工本费收费标准的通知》"),
    ("120元/人次", "发改价格〔2017〕1186号"),
    ("首次申请160元/本；补换发160元/本", "《国家发展改革委关于收费标准的批复》"),
];
const EXTRAS: &[(Element, &str, usize)] = &[
    (Element::JointBodies, "无", 20),
    (Element::ServiceRange, "全市", 40),
    (Element::OnlinePayment, "否", 30),
    (Element::Appointment, "是", 30),
    (Element::QuantityLimit, "无数量限制", 25),
    (Element::AcceptingBody, "政务服务中心综合窗口", 20),
];
const MATERIALS: &[&[&str]] = &[
    &["业务申请表", "居民身份证", "户口簿"],
    &["备案登记表", "营业执照", "法定代表人身份证", "经营场所租赁合同"],
    &["个人申请书", "身份证件", "学历证书", "近期免冠照片"],
];
