//! The errands that every simulated portal describes: six of 企业开办 and eight others.
//!
//! Comes in: nothing. Goes out: constants. Must never know: cities. All wording is our own; the legal bases are real
//! titles of laws, the rest is invented.

/// One errand as a department would describe it, before a city adds its own figures.
pub(crate) struct Errand {
    /// Stable word; the segment id for the six errands of the scenario.
    pub(crate) slug: &'static str,
    /// Titles; a city takes one of them.
    pub(crate) titles: [&'static str; 3],
    /// Department without the city's name.
    pub(crate) department: &'static str,
    /// 事项类型 with its two digits in the catalogue code.
    pub(crate) item_type: (&'static str, &'static str),
    /// Department digits in the catalogue code.
    pub(crate) department_code: &'static str,
    /// 设定依据.
    pub(crate) legal_basis: &'static str,
    /// 受理条件.
    pub(crate) conditions: &'static [&'static str],
    /// Materials.
    pub(crate) materials: &'static [Paper],
    /// Statutory limit in working days.
    pub(crate) statutory: u32,
    /// Promised limits in working days; a city takes one of them. 0 means on the spot.
    pub(crate) promised: [u32; 3],
    /// Section in charge of the review.
    pub(crate) section: &'static str,
    /// 办理结果.
    pub(crate) result: &'static str,
    /// 服务对象.
    pub(crate) object: &'static str,
    /// A fee, where there is one: tariff and basis.
    pub(crate) fee: Option<(&'static str, &'static str)>,
}

/// One material.
pub(crate) struct Paper {
    /// Name.
    pub(crate) name: &'static str,
    /// Whether it is a form to be filled in.
    pub(crate) is_form: bool,
    /// 来源渠道.
    pub(crate) source: &'static str,
    /// 材料形式.
    pub(crate) shape: &'static str,
}

const fn form(name: &'static str) -> Paper {
    Paper { name, is_form: true, source: "申请人自备", shape: "纸质或电子" }
}

const fn paper(name: &'static str, source: &'static str) -> Paper {
    Paper { name, is_form: false, source, shape: "原件" }
}

const PERMIT: (&str, &str) = ("行政许可", "01");
const CONFIRMATION: (&str, &str) = ("行政确认", "07");
const SERVICE: (&str, &str) = ("公共服务", "20");
const COMPANY: &str = "企业法人";
const PERSON: &str = "自然人";

/// All errands; the first six are those of the scenario, in walking order.
pub(crate) const ERRANDS: [Errand; 14] = [
    Errand {
        slug: "registration",
        titles: ["内资公司设立登记", "公司设立登记", "有限责任公司设立登记"],
        department: "市场监督管理局",
        item_type: PERMIT,
        department_code: "31",
        legal_basis: "《中华人民共和国公司法》第六条；《中华人民共和国公司登记管理条例》第三条",
        conditions: &[
            "股东人数符合法定人数，并已确定法定代表人、董事、监事和经理。",
            "有符合章程规定的全体股东认缴的出资额。",
            "有经预先查询可以使用的公司名称，有公司住所。",
        ],
        materials: &[
            form("公司登记（备案）申请书"),
            paper("公司章程", "申请人自备"),
            form("住所（经营场所）登记承诺书"),
            paper("股东主体资格证明或者身份证明", "政府部门核发"),
        ],
        statutory: 15,
        promised: [2, 3, 4],
        section: "登记注册科",
        result: "营业执照",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "seal",
        titles: ["公章刻制备案", "公章刻制", "企业公章刻制备案"],
        department: "公安局",
        item_type: SERVICE,
        department_code: "09",
        legal_basis: "《印铸刻字业暂行管理规则》第六条",
        conditions: &["已经领取营业执照。", "法定代表人或者其委托的人提出申请。"],
        materials: &[form("公章刻制备案登记表"), paper("法定代表人身份证明", "政府部门核发")],
        statutory: 3,
        promised: [1, 1, 1],
        section: "治安管理科",
        result: "印章备案回执",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "invoice",
        titles: ["发票申领", "增值税发票申领", "发票申领（首次）"],
        department: "税务局",
        item_type: SERVICE,
        department_code: "60",
        legal_basis: "《中华人民共和国发票管理办法》第十五条",
        conditions: &["已经办理税务信息确认。", "已经确定发票的种类和数量。"],
        materials: &[form("纳税人领用发票票种核定申请表"), paper("经办人身份证明", "政府部门核发")],
        statutory: 5,
        promised: [0, 0, 0],
        section: "纳税服务科",
        result: "发票及税控设备",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "social-insurance",
        titles: ["社会保险登记", "企业社会保险登记", "社会保险登记（单位参保）"],
        department: "人力资源和社会保障局",
        item_type: CONFIRMATION,
        department_code: "14",
        legal_basis: "《中华人民共和国社会保险法》第五十七条、第五十八条",
        conditions: &["用人单位自成立之日起三十日内提出申请。", "已经建立职工花名册。"],
        materials: &[form("社会保险单位参保登记表"), paper("单位银行账户信息", "申请人自备")],
        statutory: 15,
        promised: [2, 1, 3],
        section: "参保登记科",
        result: "社会保险登记回执",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "housing-fund",
        titles: ["住房公积金缴存登记", "单位住房公积金缴存登记", "企业住房公积金缴存登记"],
        department: "住房公积金管理中心",
        item_type: SERVICE,
        department_code: "53",
        legal_basis: "《住房公积金管理条例》第十三条、第十四条",
        conditions: &["单位自设立之日起三十日内办理。", "已经确定缴存基数和缴存比例。"],
        materials: &[form("住房公积金单位登记申请表"), paper("经办人身份证明", "政府部门核发")],
        statutory: 10,
        promised: [1, 2, 3],
        section: "归集管理科",
        result: "单位缴存登记号",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "bank-account",
        titles: ["银行预约开户", "企业银行预约开户", "单位结算账户银行预约开户"],
        department: "金融工作局",
        item_type: SERVICE,
        department_code: "62",
        legal_basis: "《人民币银行结算账户管理办法》第二十八条",
        conditions: &["已经领取营业执照。", "已经选定开户网点和预约时段。"],
        materials: &[form("单位银行结算账户开户申请书"), paper("法定代表人身份证明", "政府部门核发")],
        statutory: 5,
        promised: [2, 2, 3],
        section: "账户服务科",
        result: "预约受理回执",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "company-change",
        titles: ["内资公司变更登记", "公司变更登记", "有限责任公司变更登记"],
        department: "市场监督管理局",
        item_type: PERMIT,
        department_code: "31",
        legal_basis: "《中华人民共和国公司登记管理条例》第二十六条",
        conditions: &["公司登记事项已经发生变化。", "有变更决议或者决定。"],
        materials: &[form("公司变更登记申请书"), paper("变更决议或者决定", "申请人自备")],
        statutory: 15,
        promised: [3, 3, 4],
        section: "登记注册科",
        result: "换发的执照",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "company-closing",
        titles: ["内资公司注销登记", "公司注销登记", "有限责任公司注销登记"],
        department: "市场监督管理局",
        item_type: PERMIT,
        department_code: "31",
        legal_basis: "《中华人民共和国公司登记管理条例》第四十二条",
        conditions: &["公司清算已经结束。", "清税手续已经办结。"],
        materials: &[form("公司注销登记申请书"), paper("清算报告", "申请人自备")],
        statutory: 15,
        promised: [3, 5, 5],
        section: "登记注册科",
        result: "准予注销通知书",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "food-permit",
        titles: ["食品经营许可新办", "食品经营许可", "食品经营许可证核发"],
        department: "市场监督管理局",
        item_type: PERMIT,
        department_code: "31",
        legal_basis: "《中华人民共和国食品安全法》第三十五条",
        conditions: &["有与经营品种和数量相适应的场所。", "有食品安全管理人员和管理制度。"],
        materials: &[form("食品经营许可申请书"), paper("场所平面布局图", "申请人自备")],
        statutory: 20,
        promised: [8, 10, 12],
        section: "食品经营科",
        result: "食品经营许可证",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "identity-card",
        titles: ["居民身份证换领", "居民身份证换领", "居民身份证办理"],
        department: "公安局",
        item_type: CONFIRMATION,
        department_code: "09",
        legal_basis: "《中华人民共和国居民身份证法》第十条、第十一条",
        conditions: &["证件有效期届满或者损坏不能辨认。", "本人到场采集指纹和相貌。"],
        materials: &[paper("居民户口簿", "政府部门核发"), paper("原居民身份证", "政府部门核发")],
        statutory: 60,
        promised: [15, 20, 20],
        section: "户政科",
        result: "居民身份证",
        object: PERSON,
        fee: Some(("换领每证20元", "发改价格规〔2019〕1931号")),
    },
    Errand {
        slug: "driving-licence",
        titles: ["机动车驾驶证期满换证", "机动车驾驶证期满换证", "机动车驾驶证期满换证"],
        department: "公安局交通警察支队",
        item_type: CONFIRMATION,
        department_code: "09",
        legal_basis: "《中华人民共和国道路交通安全法》第十九条",
        conditions: &["驾驶证有效期满前九十日内申请。", "身体条件符合规定。"],
        materials: &[paper("机动车驾驶人身体条件证明", "医疗机构出具"), paper("机动车驾驶证", "政府部门核发")],
        statutory: 5,
        promised: [1, 1, 2],
        section: "车辆管理所",
        result: "机动车驾驶证",
        object: PERSON,
        fee: Some(("每证10元", "发改价格〔2004〕2831号")),
    },
    Errand {
        slug: "insurance-change",
        titles: ["社会保险变更申报", "单位参保信息变更", "社会保险变更申报"],
        department: "人力资源和社会保障局",
        item_type: CONFIRMATION,
        department_code: "14",
        legal_basis: "《中华人民共和国社会保险法》第五十七条",
        conditions: &["参保单位的登记信息已经发生变化。"],
        materials: &[paper("变更证明文件", "政府部门核发")],
        statutory: 15,
        promised: [2, 3, 3],
        section: "参保登记科",
        result: "变更回执",
        object: COMPANY,
        fee: None,
    },
    Errand {
        slug: "fund-withdrawal",
        titles: ["购房提取住房公积金", "租房提取住房公积金", "购房提取住房公积金"],
        department: "住房公积金管理中心",
        item_type: SERVICE,
        department_code: "53",
        legal_basis: "《住房公积金管理条例》第二十四条",
        conditions: &["缴存职工购买或者租赁自住住房。", "账户状态正常。"],
        materials: &[form("住房公积金提取申请表"), paper("购房合同或者租赁备案证明", "申请人自备")],
        statutory: 3,
        promised: [1, 1, 2],
        section: "提取审核科",
        result: "提取款项到账",
        object: PERSON,
        fee: None,
    },
    Errand {
        slug: "property-transfer",
        titles: ["不动产转移登记（存量房）", "不动产转移登记", "不动产转移登记（存量房）"],
        department: "自然资源和规划局",
        item_type: CONFIRMATION,
        department_code: "15",
        legal_basis: "《不动产登记暂行条例》第十四条",
        conditions: &["不动产权属清楚，未被依法查封。", "双方已经签订转让合同。"],
        materials: &[paper("不动产权属证书", "政府部门核发"), paper("转让合同", "申请人自备")],
        statutory: 30,
        promised: [3, 5, 5],
        section: "不动产登记科",
        result: "不动产权证书",
        object: PERSON,
        fee: Some(("住宅每件80元", "发改价格规〔2016〕2559号")),
    },
];
