//! What a city says of each errand: figures, addresses, steps, materials, with the planted faults put in.
//!
//! Comes in: a city and an errand. Goes out: a [`GuideContent`] for each channel. Must never know: markup.

use super::attachments::Format;
use super::codes::codes;
use super::errands::{ERRANDS, Errand};
use super::world::{DefectKind, SimulatedCity};

/// Segment ids of 企业开办 in walking order; the first six errands are these.
pub const SEGMENTS: [&str; 6] = ["registration", "seal", "invoice", "social-insurance", "housing-fund", "bank-account"];

/// Which channel a guide stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Side {
    /// The portal.
    Portal,
    /// The mobile site.
    Mobile,
}

/// A time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// On the spot.
    Immediate,
    /// Tenths of a working day.
    Tenths(u32),
    /// No statutory limit.
    None,
}

impl Limit {
    fn days(days: u32) -> Self {
        if days == 0 { Self::Immediate } else { Self::Tenths(days * 10) }
    }

    /// The number as people write it: `3`, `0.5`.
    pub(crate) fn number(self) -> Option<String> {
        match self {
            Self::Immediate | Self::None => None,
            Self::Tenths(tenths) if tenths % 10 == 0 => Some((tenths / 10).to_string()),
            Self::Tenths(tenths) => Some(format!("{}.{}", tenths / 10, tenths % 10)),
        }
    }
}

/// A step of the process.
#[derive(Debug, Clone)]
pub(crate) struct StepContent {
    /// Name.
    pub(crate) name: String,
    /// Limit.
    pub(crate) limit: Limit,
    /// Section or window in charge.
    pub(crate) department: String,
    /// What is done.
    pub(crate) task: &'static str,
    /// What comes of it.
    pub(crate) outcome: &'static str,
}

/// A material.
#[derive(Debug, Clone)]
pub(crate) struct MaterialContent {
    /// Name.
    pub(crate) name: &'static str,
    /// Whether it is a form.
    pub(crate) is_form: bool,
    /// Whether a filled sample is offered.
    pub(crate) has_sample: bool,
    /// Source.
    pub(crate) source: &'static str,
    /// Shape.
    pub(crate) shape: &'static str,
    /// File name of the blank form.
    pub(crate) blank_file: String,
    /// File name of the sample.
    pub(crate) sample_file: String,
}

/// A guide without markup.
#[derive(Debug, Clone)]
pub(crate) struct GuideContent {
    /// Position among the errands.
    pub(crate) number: usize,
    /// Title.
    pub(crate) title: String,
    /// 31-digit item code.
    pub(crate) code: String,
    /// 12-digit catalogue code.
    pub(crate) base_code: String,
    /// 事项类型.
    pub(crate) item_type: &'static str,
    /// 实施主体.
    pub(crate) department: String,
    /// 设定依据.
    pub(crate) legal_basis: &'static str,
    /// 服务对象.
    pub(crate) object: &'static str,
    /// 办件类型.
    pub(crate) handling_kind: &'static str,
    /// 办理形式.
    pub(crate) handling_form: &'static str,
    /// 网上办理深度.
    pub(crate) depth: &'static str,
    /// 受理条件.
    pub(crate) conditions: &'static [&'static str],
    /// Statutory limit.
    pub(crate) statutory: Limit,
    /// Promised limit.
    pub(crate) promised: Limit,
    /// Visits.
    pub(crate) visits: u32,
    /// Whether documents are posted.
    pub(crate) courier: bool,
    /// Whether there is a fee.
    pub(crate) fee: bool,
    /// Tariff.
    pub(crate) tariff: Option<&'static str>,
    /// Basis of the fee.
    pub(crate) fee_basis: Option<&'static str>,
    /// Place; `None` = labeled but empty.
    pub(crate) place: Option<String>,
    /// Hours.
    pub(crate) hours: &'static str,
    /// Consultation.
    pub(crate) consult: String,
    /// Complaint; `None` = not even labeled.
    pub(crate) complaint: Option<String>,
    /// Result.
    pub(crate) result: &'static str,
    /// Materials.
    pub(crate) materials: Vec<MaterialContent>,
    /// Steps in the text.
    pub(crate) steps: Vec<StepContent>,
    /// Title of the flowchart.
    pub(crate) chart_title: String,
    /// Steps in the flowchart.
    pub(crate) chart: Vec<StepContent>,
}

/// All guides of one side of a city. Mobile sites have the six errands only.
pub(crate) fn guides(city: &SimulatedCity, side: Side) -> Vec<GuideContent> {
    let count = match side {
        Side::Portal => ERRANDS.len(),
        Side::Mobile => SEGMENTS.len(),
    };
    (0..count).map(|number| guide(city, number, side)).collect()
}

/// One guide.
pub(crate) fn guide(city: &SimulatedCity, number: usize, side: Side) -> GuideContent {
    let errand = &ERRANDS[number];
    let visits = city.visits.get(number).copied().unwrap_or(u32::from(number.is_multiple_of(2)));
    let planted = |kind| side == Side::Portal && city.segment_has(kind, errand.slug);
    let promised = promised(city, errand, number, side);
    let statutory = match errand.slug {
        // Some cities say that the law sets no limit for opening an account.
        "bank-account" if city.base % 5 == 2 => Limit::None,
        _ => Limit::days(errand.statutory),
    };
    let steps = steps(errand, promised, planted(DefectKind::StepSum));
    let chart = chart(city, errand, &steps, &planted);
    let chart_title = if planted(DefectKind::ChartOtherItem) { ERRANDS[8].titles[1] } else { title(city, errand) };
    let window_only = planted(DefectKind::WindowOnlyWithoutVisit);
    let courier = match side {
        Side::Portal => has_courier(city, number, visits) && !window_only,
        Side::Mobile => has_courier(city, number, visits) && !courier_differs(city, number),
    };
    let (code, base_code) = codes(city, errand, number);
    GuideContent {
        number,
        title: title(city, errand).to_owned(),
        code,
        base_code,
        item_type: errand.item_type.0,
        department: department(city, errand),
        legal_basis: errand.legal_basis,
        object: errand.object,
        handling_kind: if promised == Limit::Immediate || planted(DefectKind::ImmediateWithDays) {
            "即办件"
        } else {
            "承诺件"
        },
        handling_form: handling_form(visits, window_only),
        // A guide that knows only the window does not claim to be handled online.
        depth: depth(city, if window_only { 1 } else { visits }),
        conditions: errand.conditions,
        statutory,
        promised,
        visits,
        courier,
        fee: errand.fee.is_some(),
        tariff: if planted(DefectKind::FeeNoWithTariff) {
            Some("每枚公章180元")
        } else {
            errand.fee.map(|fee| fee.0)
        },
        fee_basis: errand.fee.map(|fee| fee.1),
        place: (!planted(DefectKind::BlankPlace)).then(|| place(city, number)),
        hours: if planted(DefectKind::PlaceholderHours) {
            "详见附件"
        } else {
            "工作日上午9:00-12:00，下午13:30-17:00"
        },
        consult: phone(city, 5600, number),
        complaint: (!planted(DefectKind::AbsentComplaintPhone)).then(|| phone(city, 5700, number)),
        result: errand.result,
        materials: materials(city, errand, number, planted(DefectKind::OtherMaterials)),
        steps,
        chart_title: chart_title.to_owned(),
        chart,
    }
}

fn title(city: &SimulatedCity, errand: &Errand) -> &'static str {
    errand.titles[city.base % 3]
}

fn department(city: &SimulatedCity, errand: &Errand) -> String {
    if errand.department == "税务局" {
        format!("国家税务总局{}税务局", city.name)
    } else {
        format!("{}{}", city.name, errand.department)
    }
}

/// The promised limit. Cities whose channels disagree state two days more on the mobile page of one or two errands.
fn promised(city: &SimulatedCity, errand: &Errand, number: usize, side: Side) -> Limit {
    if let Some(days) = city.promised_changes.get(&number) {
        return Limit::days(*days);
    }
    if city.segment_has(DefectKind::PromisedOverStatutory, errand.slug) {
        return Limit::days(errand.statutory + 2);
    }
    if city.segment_has(DefectKind::ImmediateWithDays, errand.slug) {
        return Limit::days(3);
    }
    let days = errand.promised[(city.base / 3) % 3];
    let more = if side == Side::Mobile && limit_differs(city, number) { 2 } else { 0 };
    Limit::days(days + more)
}

fn limit_differs(city: &SimulatedCity, number: usize) -> bool {
    // The errands named here have a statutory limit far above the promised one, so that the difference is the only
    // thing wrong with the mobile page.
    !city.same_guides && (number == [0, 3, 4][city.base % 3] || (city.base.is_multiple_of(2) && number == 0))
}

fn courier_differs(city: &SimulatedCity, number: usize) -> bool {
    !city.same_guides && number == 5 && city.base % 2 == 1
}

fn has_courier(city: &SimulatedCity, number: usize, visits: u32) -> bool {
    visits == 0 || (city.base + number).is_multiple_of(3)
}

fn handling_form(visits: u32, window_only: bool) -> &'static str {
    match (window_only, visits) {
        (true, _) => "窗口办理",
        (false, 0) => "网上办理,快递申请",
        (false, _) => "窗口办理,网上办理",
    }
}

/// Each city uses one of the three scales that cannot be converted into each other.
fn depth(city: &SimulatedCity, visits: u32) -> &'static str {
    match (city.base % 3, visits) {
        (0, 0) => "全程网办",
        (0, _) => "在线预审",
        (1, 0) => "Ⅳ级",
        (1, _) => "Ⅲ级",
        (_, 0) => "互联网办理",
        (_, _) => "互联网预审",
    }
}

fn place(city: &SimulatedCity, number: usize) -> String {
    format!("{}政务服务中心{}楼{}号窗口", city.name, number % 3 + 1, number * 3 + 11)
}

/// An office number: the area code, a block that no exchange uses, and a running number.
fn phone(city: &SimulatedCity, block: usize, number: usize) -> String {
    format!("{}-{}{:04}", city.area_code, block + city.base, 1000 + number * 7)
}

fn steps(errand: &Errand, promised: Limit, wrong_sum: bool) -> Vec<StepContent> {
    let limits: [Limit; 3] = match promised {
        Limit::Immediate | Limit::None => [Limit::Immediate; 3],
        Limit::Tenths(10) => [Limit::Immediate, Limit::Tenths(5), Limit::Tenths(5)],
        Limit::Tenths(20) => [Limit::Immediate, Limit::Tenths(10), Limit::Tenths(10)],
        Limit::Tenths(tenths) => {
            [Limit::Tenths(10), Limit::Tenths(tenths - 20 + if wrong_sum { 20 } else { 0 }), Limit::Tenths(10)]
        }
    };
    let window = "综合服务窗口".to_owned();
    let section = errand.section.to_owned();
    vec![
        StepContent {
            name: "受理".into(),
            limit: limits[0],
            department: window.clone(),
            task: "核对材料是否齐全、是否符合法定形式，齐全的出具受理通知书",
            outcome: "受理通知书",
        },
        StepContent {
            name: "审查".into(),
            limit: limits[1],
            department: section.clone(),
            task: "对材料内容进行书面审查，提出审查意见",
            outcome: "审查意见",
        },
        StepContent {
            name: "决定".into(),
            limit: limits[2],
            department: section,
            task: "根据审查意见作出准予或者不予的决定",
            outcome: "决定文书",
        },
        StepContent {
            name: "送达".into(),
            limit: Limit::Immediate,
            department: window,
            task: "通知申请人领取或者按约定方式送出结果",
            outcome: errand.result,
        },
    ]
}

fn chart(
    city: &SimulatedCity,
    errand: &Errand,
    steps: &[StepContent],
    planted: &impl Fn(DefectKind) -> bool,
) -> Vec<StepContent> {
    if planted(DefectKind::ChartOtherItem) {
        return other_chart(city);
    }
    let mut chart = steps.to_vec();
    if planted(DefectKind::ChartStepMissing) {
        chart.retain(|step| step.name != "审查");
    }
    if planted(DefectKind::ChartOrder) {
        chart.swap(1, 2);
    }
    if planted(DefectKind::ChartLimit) {
        chart[1].limit = Limit::Tenths(50);
    }
    if planted(DefectKind::ChartDepartment) {
        chart[1].department = "政策法规科".into();
    }
    if planted(DefectKind::ChartExtraStep) {
        let site_visit = StepContent {
            name: "现场勘验".into(),
            limit: Limit::Tenths(20),
            department: errand.section.into(),
            task: "到现场核对实际状况",
            outcome: "勘验记录",
        };
        chart.insert(2, site_visit);
    }
    // Other words for the same steps are no contradiction; one clean city uses them.
    if city.code == "430100" {
        chart[1].name = "审核".into();
        chart[3].name = "办结送达".into();
    }
    chart
}

/// The chart of a food permit, with steps of its own.
fn other_chart(_city: &SimulatedCity) -> Vec<StepContent> {
    let names = ["网上申请", "现场核查", "检验检测", "制证"];
    names
        .iter()
        .map(|name| StepContent {
            name: (*name).into(),
            limit: Limit::Tenths(20),
            department: "食品经营科".into(),
            task: "按食品经营许可程序办理",
            outcome: "食品经营许可证",
        })
        .collect()
}

fn materials(city: &SimulatedCity, errand: &Errand, number: usize, vague: bool) -> Vec<MaterialContent> {
    let mut list: Vec<MaterialContent> = errand
        .materials
        .iter()
        .enumerate()
        .map(|(row, paper)| MaterialContent {
            name: paper.name,
            is_form: paper.is_form,
            has_sample: paper.is_form && city.samples,
            source: paper.source,
            shape: paper.shape,
            blank_file: file_name(city, errand, number, row, 'b'),
            sample_file: file_name(city, errand, number, row, 's'),
        })
        .collect();
    if vague {
        list.push(MaterialContent {
            name: "其他材料",
            is_form: false,
            has_sample: false,
            source: "申请人自备",
            shape: "原件",
            blank_file: String::new(),
            sample_file: String::new(),
        });
    }
    list
}

fn file_name(city: &SimulatedCity, errand: &Errand, number: usize, row: usize, kind: char) -> String {
    let broken = city.segment_has(DefectKind::FormIsErrorPage, errand.slug) && kind == 'b';
    let extension = if broken { "doc" } else { Format::of_errand(number).extension() };
    format!("{}{}{kind}.{extension}", 101 + number, row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::World;

    fn city(code: &str) -> SimulatedCity {
        World::load().cities().iter().find(|city| city.code == code).expect("the city is in the world").clone()
    }

    #[test]
    fn item_codes_have_31_characters_and_are_unique() {
        let world = World::load();
        let codes: Vec<String> =
            world.cities().iter().flat_map(|city| guides(city, Side::Portal)).map(|guide| guide.code).collect();
        assert!(codes.iter().all(|code| code.len() == 31));
        let unique: std::collections::BTreeSet<&String> = codes.iter().collect();
        assert_eq!(unique.len(), codes.len());
    }

    #[test]
    fn steps_add_up_and_promises_keep_the_law_unless_planted_otherwise() {
        for city in World::load().cities() {
            for side in [Side::Portal, Side::Mobile] {
                for guide in guides(city, side) {
                    let planted = city.defects.iter().any(|d| d.segment.as_deref() == Some(ERRANDS[guide.number].slug));
                    if planted {
                        continue;
                    }
                    let tenths = |limit: Limit| if let Limit::Tenths(tenths) = limit { tenths } else { 0 };
                    let sum: u32 = guide.steps.iter().map(|step| tenths(step.limit)).sum();
                    assert_eq!(sum, tenths(guide.promised), "{} {}", city.name, guide.title);
                    assert!(guide.statutory == Limit::None || tenths(guide.promised) <= tenths(guide.statutory));
                }
            }
        }
    }

    #[test]
    fn both_channels_agree_in_ten_cities_and_differ_in_the_others() {
        let key = |guide: &GuideContent| format!("{:?} {} {:?}", guide.promised, guide.courier, guide.steps);
        let mut same = 0;
        for city in World::load().cities().iter().filter(|city| city.has_mobile_site()) {
            let agree = (0..6).all(|n| key(&guide(city, n, Side::Portal)) == key(&guide(city, n, Side::Mobile)));
            assert_eq!(agree, city.same_guides, "{}", city.name);
            same += usize::from(agree);
        }
        assert_eq!(same, 10);
    }

    #[test]
    fn a_planted_fault_stands_in_its_guide_and_nowhere_else() {
        let nanjing = city("320100");
        assert!(guide(&nanjing, 0, Side::Portal).chart.iter().all(|step| step.name != "审查"));
        assert!(guide(&nanjing, 3, Side::Portal).chart.iter().any(|step| step.name == "审查"));
        let hangzhou = city("330100");
        assert!(guide(&hangzhou, 0, Side::Portal).chart.iter().any(|step| step.name == "审查"));
    }

    #[test]
    fn no_visit_means_online_with_a_courier() {
        for city in World::load().cities().iter().filter(|city| city.defects.is_empty()) {
            for guide in guides(city, Side::Portal).iter().filter(|guide| guide.visits == 0) {
                assert!(guide.courier && guide.handling_form.contains("网上办理"), "{} {}", city.name, guide.title);
            }
        }
    }
}
