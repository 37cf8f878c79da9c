//! A service guide (办事指南) as it was read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::charted::DrawnProcess;
use super::locator::{Located, Locator, Reading};

/// A service guide. Every field says what stood on the page; judging is left to the checks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceGuide {
    /// Title of the errand (事项名称).
    pub title: Reading<String>,
    /// Item code, digits and capital letters only: 实施编码 (31), 业务办理项编码 (33), or an older code as it stands.
    pub code: Option<Located<String>>,
    /// The words of every element that the page shows or at least labels; an element not in the map is absent.
    pub elements: BTreeMap<Element, Reading<String>>,
    /// Statutory time limit (法定办结时限).
    pub statutory: Reading<TimeLimit>,
    /// Promised time limit (承诺办结时限).
    pub promised: Reading<TimeLimit>,
    /// Limits that are neither of the two: special steps, pre-checks, complaint handling.
    pub other_limits: Vec<Located<String>>,
    /// Visits in person (到办事现场次数).
    pub visits: Reading<u32>,
    /// Whether there is a fee (是否收费).
    pub fee: Reading<bool>,
    /// Online depth (网上办理深度), with its scale.
    pub online_depth: Reading<OnlineDepth>,
    /// Whether documents or results are posted (物流快递).
    pub courier: Reading<bool>,
    /// Materials (申请材料).
    pub materials: Reading<Vec<Material>>,
    /// The process in words (办理流程): table, list, or sentence with arrows.
    pub steps: Reading<Vec<Step>>,
    /// The flowchart (流程图).
    pub flowchart: Reading<Flowchart>,
}

impl ServiceGuide {
    /// The reading of one element; absent if the page does not label it.
    #[must_use]
    pub fn element(&self, element: Element) -> Reading<String> {
        self.elements.get(&element).cloned().unwrap_or_default()
    }

    /// The words of one element, if stated.
    #[must_use]
    pub fn text(&self, element: Element) -> Option<&str> {
        self.elements.get(&element).and_then(Reading::value).map(String::as_str)
    }
}

/// Declares [`Element`] with its names, once.
macro_rules! elements {
    ($($variant:ident, $word:literal, $zh:literal, $en:literal;)*) => {
        /// An element of a service guide that a visitor can see (要素).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Element { $(#[doc = $zh] $variant,)* }

        impl Element {
            /// Every element, in the order a guide usually has.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable word used in records and configuration.
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $word,)* } }

            /// The usual Chinese label.
            #[must_use]
            pub fn zh(self) -> &'static str { match self { $(Self::$variant => $zh,)* } }

            /// The English name.
            #[must_use]
            pub fn en(self) -> &'static str { match self { $(Self::$variant => $en,)* } }
        }
    };
}

elements! {
    ItemName, "item_name", "事项名称", "item name";
    ItemCode, "item_code", "实施编码", "implementation code";
    BaseCode, "base_code", "基本编码", "catalogue code";
    HandlingItemCode, "handling_item_code", "业务办理项编码", "handling-item code";
    ItemType, "item_type", "事项类型", "item type";
    Department, "department", "实施主体", "implementing body";
    DepartmentKind, "department_kind", "实施主体性质", "kind of implementing body";
    AcceptingBody, "accepting_body", "受理机构", "accepting body";
    JointBodies, "joint_bodies", "联办机构", "joint bodies";
    ExerciseLevel, "exercise_level", "行使层级", "level of government";
    PowerSource, "power_source", "权力来源", "source of power";
    LegalBasis, "legal_basis", "设定依据", "legal basis";
    ServiceObject, "service_object", "服务对象", "who is served";
    HandlingKind, "handling_kind", "办件类型", "kind of case";
    HandlingForm, "handling_form", "办理形式", "ways of handling";
    ServiceRange, "service_range", "通办范围", "range of service";
    Conditions, "conditions", "受理条件", "conditions";
    QuantityLimit, "quantity_limit", "数量限制", "limit of quantity";
    StatutoryLimit, "statutory_limit", "法定办结时限", "statutory time limit";
    PromisedLimit, "promised_limit", "承诺办结时限", "promised time limit";
    Materials, "materials", "申请材料", "materials";
    Process, "process", "办理流程", "process";
    Flowchart, "flowchart", "流程图", "flowchart";
    SpecialProcedure, "special_procedure", "特别程序", "special procedure";
    Fee, "fee", "是否收费", "fee";
    FeeStandard, "fee_standard", "收费标准", "fee scale";
    FeeBasis, "fee_basis", "收费依据", "basis of fee";
    OnlinePayment, "online_payment", "网上支付", "online payment";
    Visits, "visits", "到办事现场次数", "visits in person";
    VisitReason, "visit_reason", "必须现场办理原因", "why a visit is needed";
    OnlineDepth, "online_depth", "网上办理深度", "online depth";
    OnlineAddress, "online_address", "在线办理网址", "online handling address";
    Courier, "courier", "物流快递", "courier";
    Place, "place", "办理地点", "place";
    Hours, "hours", "办理时间", "office hours";
    ConsultPhone, "consult_phone", "咨询方式", "enquiry contact";
    ComplaintPhone, "complaint_phone", "监督投诉方式", "complaint contact";
    Result, "result", "办理结果", "result";
    ResultDelivery, "result_delivery", "结果送达", "delivery of the result";
    Appointment, "appointment", "预约办理", "appointment";
    HallEntry, "hall_entry", "是否进驻政务大厅", "handled in the service hall";
    Theme, "theme", "主题分类", "theme";
    Faq, "faq", "常见问题", "frequent questions";
}

/// A unit of time as guides use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// 分钟.
    Minute,
    /// 小时.
    Hour,
    /// 工作日.
    WorkingDay,
    /// 自然日, or a bare 日/天 whose kind the page does not say.
    Day,
    /// 个月.
    Month,
}

/// How long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Span {
    /// On the spot (即办, 当场, 即时).
    Immediate,
    /// An amount; hundredths, because limits such as 0.5 个工作日 exist.
    Amount {
        /// Hundredths of the unit.
        hundredths: u32,
        /// The unit.
        unit: TimeUnit,
    },
    /// The page says that there is no such limit (无法定时限, 不计时限).
    NoLimit,
}

/// A time limit as stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeLimit {
    /// The limit; the longest where several cases are given.
    pub span: Span,
    /// What is said not to count (不含公示时间 …), as it stands.
    pub excludes: Vec<String>,
    /// Limits by case (一般项目 6 个工作日, 重要项目 12 个工作日): case words and span. Empty when there is one limit.
    pub cases: Vec<(String, Span)>,
}

impl TimeLimit {
    /// A plain limit without exclusions or cases.
    #[must_use]
    pub fn plain(span: Span) -> Self {
        Self { span, excludes: Vec::new(), cases: Vec::new() }
    }

    /// The number of whole working days, if it is one.
    #[must_use]
    pub fn working_days(&self) -> Option<f64> {
        match self.span {
            Span::Amount { hundredths, unit: TimeUnit::WorkingDay } => Some(f64::from(hundredths) / 100.0),
            Span::Immediate => Some(0.0),
            Span::Amount { .. } | Span::NoLimit => None,
        }
    }
}

/// Which scale an online depth is on; the scales cannot be converted into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepthScale {
    /// Levels Ⅰ–Ⅳ.
    Levels,
    /// The eight words of the national exchange (互联网咨询 … 电子证照反馈).
    National,
    /// 全程网办 / 在线预审 / 事项公开 and the like.
    Provincial,
    /// A word we do not know.
    Unknown,
}

/// Online depth with its scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineDepth {
    /// The words as they stand.
    pub raw: String,
    /// The scale they belong to.
    pub scale: DepthScale,
    /// 1–4 where the scale has levels.
    pub level: Option<u8>,
}

/// One row of the materials (材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Name.
    pub name: String,
    /// Where the row stood.
    pub at: Locator,
    /// Necessity (必要 / 非必要 …), as it stands.
    pub necessity: Option<String>,
    /// Form (纸质 / 电子 / 原件 …), as it stands.
    pub form: Option<String>,
    /// Copies, as it stands.
    pub copies: Option<String>,
    /// Source (申请人自备 / 政府部门核发 …), as it stands.
    pub source: Option<String>,
    /// Blank form (空白表格): what the cell says and offers.
    pub blank_form: FormOffer,
    /// Filled sample (示例样表): what the cell says and offers.
    pub sample_form: FormOffer,
}

/// What a guide offers in the place of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FormOffer {
    /// A link to be opened.
    Link {
        /// Address.
        url: Url,
        /// The link's words.
        text: String,
    },
    /// The column or label is there, but nothing is offered (empty, `-`, 无).
    Nothing {
        /// The words that stand there, possibly none.
        raw: String,
    },
    /// Something is there that we cannot follow (script call).
    Unfollowable {
        /// The words or the script call.
        raw: String,
    },
    /// Neither column nor label.
    #[default]
    Absent,
}

/// One step of the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Name as it stands.
    pub name: String,
    /// Time limit of the step, if one stands there.
    pub limit: Option<TimeLimit>,
    /// Department or window in charge, if one stands there.
    pub department: Option<String>,
    /// The step is said not to count towards the limit (特殊环节, 不计入 …).
    pub outside_limit: bool,
    /// Where it stood.
    pub at: Locator,
    /// The words of the step.
    pub raw: String,
}

/// In which form a flowchart is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowchartKind {
    /// A picture.
    Image,
    /// A drawing in SVG.
    Svg,
    /// Boxes made of HTML elements.
    Html,
    /// A table of steps titled as a flowchart.
    Table,
    /// A file (PDF, Word …).
    Document,
}

/// A picture that was cut into several, which stand directly beside or below each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tiles {
    /// Their addresses, in order; at least two, the chart's own address among them.
    pub urls: Vec<Url>,
    /// Whether the page sets them beside each other rather than below each other.
    pub in_a_row: bool,
}

/// A flowchart (流程图).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flowchart {
    /// Form.
    pub kind: FlowchartKind,
    /// Address of picture, drawing or file; `None` if it stands in the page itself.
    pub url: Option<Url>,
    /// Steps read from it, in order; empty for pictures and files.
    pub steps: Vec<Step>,
    /// More pictures stand beside it: it may go on in another one (续图).
    #[serde(default)]
    pub goes_on: bool,
    /// The pictures that it is cut into (切片); `None` if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiles: Option<Tiles>,
    /// What a drawing in the page shows; `None` for what is no drawing, and for files.
    #[serde(default)]
    pub drawn: Option<Box<DrawnProcess>>,
}
