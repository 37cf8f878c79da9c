//! The words themselves: synonyms of labels, columns and data fields, stand-ins, vague wordings. Words are separated by blanks.
//!
//! Comes in: nothing. Goes out: tables. Must never know: how the words are looked up.

use super::{Column, Flow, FormKind, Meaning};
use crate::model::Element::{self, self as E};

/// Synonyms of element labels.
pub(super) const ELEMENTS: &[(Element, &str)] = &[
    (
        E::ItemName,
        "事项名称 办理事项 办理事项名称 服务事项 服务事项名称 政务服务事项名称 业务名称 \
         业务办理项名称 实施清单名称",
    ),
    (E::ItemCode, "实施编码 事项编码 事项代码 实施清单编码 事项实施编码 地方实施编码"),
    (E::BaseCode, "基本编码 基本目录编码 目录编码 地方基本编码"),
    (E::HandlingItemCode, "业务办理项编码 办理项编码 业务办理编码"),
    (E::ItemType, "事项类型 事项类别 权力类型 事项性质"),
    (E::Department, "实施主体 实施机关 实施机构 实施部门 事项实施主体 实施单位 主管部门 办理部门"),
    (E::DepartmentKind, "实施主体性质"),
    (E::AcceptingBody, "受理机构 受理机关 受理部门 受理单位 办理机构 办理单位 办理机关"),
    (E::JointBodies, "联办机构 联办部门 联合办理机构 协办机构"),
    (E::ExerciseLevel, "行使层级 权限级别 行使级别"),
    (E::PowerSource, "权力来源"),
    (E::LegalBasis, "设定依据 办理依据 法律依据 实施依据 法定依据 政策依据 法律法规依据 审批依据"),
    (E::ServiceObject, "服务对象 办理对象 申请对象 适用对象 面向对象 适用范围 服务对象类型"),
    (E::HandlingKind, "办件类型 办件类别"),
    (E::HandlingForm, "办理形式 办理方式 申请方式 受理方式 办件方式"),
    (E::ServiceRange, "通办范围 全城通办 通办区域"),
    (
        E::Conditions,
        "受理条件 办理条件 申请条件 申办条件 申请条件及说明 准予条件 许可条件 审批条件 申报条件 \
         办理要求",
    ),
    (E::QuantityLimit, "数量限制 有无数量限制"),
    (E::StatutoryLimit, "法定办结时限 法定时限 法定期限 法定办结期限 法定办理时限 法定办理期限 法定办结时间"),
    (
        E::PromisedLimit,
        "承诺办结时限 承诺时限 承诺期限 承诺办结期限 承诺办理时限 承诺办理期限 承诺办结时间 \
         承诺办件时限",
    ),
    (
        E::Materials,
        "申请材料 办理材料 申报材料 提交材料 应提交材料 需要申请材料 材料目录 材料清单 申请材料目录 \
         申请材料清单 办理材料清单 所需材料 需提交材料 申办材料 提交材料目录 需要材料 需提供材料 \
         申报材料清单 申报材料目录 材料信息 办事材料",
    ),
    (
        E::Process,
        "办理流程 办事流程 办理程序 审批程序 审批服务程序 办理环节 办理流程及时限 审批流程 服务流程 \
         业务流程 办理步骤 流程信息 办事程序 办理过程 流程说明 办理流程及环节 审批环节 受理流程 \
         申请流程",
    ),
    (
        E::Flowchart,
        "流程图 办理流程图 审批流程图 办事流程图 点击下载流程图 流程图下载 工作流程图 业务流程图 \
         办理程序图 运行流程图 权力运行流程图 外部流程图 窗口办理流程图 网上办理流程图 流程图片",
    ),
    (E::SpecialProcedure, "特别程序"),
    (E::Fee, "是否收费 收费情况 事项收费 是否收取费用 办理费用 收费信息"),
    (E::FeeStandard, "收费标准 收费项目 收费项目信息 收费标准及依据 收费标准和依据"),
    (E::FeeBasis, "收费依据 收费标准依据"),
    (E::OnlinePayment, "网上支付 是否支持网上支付 是否网上支付 网上缴费 是否支持网上缴费 支持网上支付"),
    (
        E::Visits,
        "到办事现场次数 到现场次数 到现场大厅次数 去现场次数 办事者到办事现场次数 到大厅次数 \
         跑动次数 到场次数 最多到现场次数 跑腿次数 需到现场次数 到窗口次数 办事现场次数 现场次数",
    ),
    (E::VisitReason, "必须现场办理原因 现场办理原因 必须到现场办理原因 需现场办理原因 到现场原因 见面法律依据"),
    (
        E::OnlineDepth,
        "网上办理深度 网办深度 办理深度 网办程度 网上办事深度 在线办理深度 是否网办 是否网上办理 \
         网办类型 在线办理程度 网上办理程度",
    ),
    (
        E::OnlineAddress,
        "在线办理网址 网上办理地址 网上办理网址 在线办理地址 网办地址 在线申办网址 \
         计算机端在线办理跳转地址 网上办理入口",
    ),
    (
        E::Courier,
        "物流快递 是否支持物流快递 支持物流快递   是否支持快递 是否支持邮寄 是否支持快递送达 \
           是否物流快递 是否支持寄递 寄递服务",
    ),
    (
        E::Place,
        "办理地点 办事地点 受理地点 办公地址 办理地址 窗口地址 受理地址 线下办理地点 办理窗口 \
         办事地址 办理网点 办理点 窗口办理地点",
    ),
    (E::Hours, "办理时间 工作时间 办公时间 受理时间 办事时间 对外服务时间 服务时间 上班时间"),
    (
        E::ConsultPhone,
        "咨询方式 咨询电话 咨询窗口 咨询渠道 咨询途径 咨询服务电话 咨询联系方式 业务咨询 \
         业务咨询电话 咨询热线 电话咨询",
    ),
    (
        E::ComplaintPhone,
        "监督投诉方式 监督投诉电话 投诉电话 监督电话 监督投诉渠道 监督方式 监督投诉 投诉方式 \
         投诉渠道 投诉举报电话 投诉监督电话 监督举报电话 监督投诉途径 投诉热线 监督机关 电话投诉 电话监督投诉",
    ),
    (
        E::Result,
        "办理结果 审批结果 结果名称 办理结果名称 审批结果名称 办结结果 审批证件 结果信息 结果样本 \
         审批结果类型 办理结果样本",
    ),
    (
        E::ResultDelivery,
        "结果送达 结果获取方式 办理结果领取方式 结果领取方式 送达方式 结果送达方式 领取方式 \
         办理结果送达方式 结果取件方式 结果领取 结果送达期限",
    ),
    (E::Appointment, "预约办理 是否支持预约办理 是否支持预约 网上预约 支持预约办理 是否预约办理 预约方式"),
    (
        E::HallEntry,
        "是否进驻政务大厅 进驻政务大厅 是否进驻大厅 进驻大厅情况 是否进驻政务服务大厅 \
         是否进驻政务服务中心",
    ),
    (
        E::Theme,
        "主题分类 面向自然人事项主题分类 面向法人事项主题分类 事项主题分类 面向自然人主题分类 \
         面向法人主题分类 所属主题",
    ),
    (E::Faq, "常见问题 常见问题解答 常见问答 问题解答 热点问题"),
];

/// Words that name an element only when nothing better does.
pub(super) const WEAK: &[(Element, &str)] = &[
    (E::PromisedLimit, "办理时限 办结时限 办理期限 办结期限 服务承诺 办事时限 办理所需时间"),
    (E::ConsultPhone, "联系电话 联系方式 经办电话 窗口电话 办公电话 电话"),
    (E::ItemName, "名称 事项 项目名称"),
    (E::Place, "地址 地点"),
];

/// Words for limits that are neither statutory nor promised (DOMAIN: the traps).
pub(super) const OTHER_LIMITS: &str = "特殊环节时限 所需时限 特殊环节所需时限 预审时限 网上预审时限 预受理时限 受理时限 审查时限 \
         审核时限 决定时限 送达时限 制证时限 结果送达时限 答复时限 投诉处理时限 投诉办理时限 \
         投诉答复时限 咨询答复时限 公示时限 公示期限 评估时限 听证时限 补正时限 特别程序时限 \
         中介服务时限 环节时限 延长时限 有效期限 救济时限";

/// Words for special steps.
pub(super) const SPECIAL_STEPS: &str = "特殊环节 特殊环节信息 特殊环节说明 特别环节 特殊程序环节";

/// Sections that list forms.
pub(super) const FORMS: &[(FormKind, &str)] = &[
    (
        FormKind::Sample,
        "示例样表 示例样本 样表下载 样表查询 样表 样本下载 样表示例 填写样表 样表样本 填表示例 \
         示范文本 示例下载 填报样例 样本",
    ),
    (
        FormKind::Blank,
        "空白表格 空表下载 表格下载 申请表格 空表 空白样表 空表样表下载 相关表格 表单下载 申请表下载 \
         空白表 表格文书下载 空白表格下载 文书表格",
    ),
];

/// Notes to limits.
pub(super) const NOTES: &[(Element, &str)] = &[
    (E::StatutoryLimit, "法定时限说明 法定办结时限说明 法定期限说明 法定办结期限说明"),
    (E::PromisedLimit, "承诺时限说明 承诺办结时限说明 承诺期限说明 承诺办结期限说明"),
];

/// Units of limits.
pub(super) const UNIT_LABELS: &[(Element, &str)] = &[
    (E::StatutoryLimit, "法定办结时限单位 法定时限单位 法定期限单位"),
    (E::PromisedLimit, "承诺办结时限单位 承诺时限单位 承诺期限单位"),
];

/// Labels and headings outside our elements: they end the value before them.
pub(super) const BORDERS: &str = "基本信息 事项目录 审查方式 温馨提示 简版指南 办事指南 服务指南 办理须知 注意事项 适用情形 \
         事项名称短语 日常用语 审批标准 受理标准 事项状态 事项版本 实施主体编码 委托部门 中介服务 \
         自助终端 移动端办理地址 计划生效日期 计划取消日期 行政复议 行政诉讼 法律救济 权利与义务 \
         申请人权利和义务 救济途径 许可年限 年检要求 运行系统 办理信息 咨询监督 咨询投诉 \
         办理地点时间 办理窗口名称 窗口名称 窗口编号 相关附件 附件 附件下载 相关链接 相关政策   满意度评价 好差评   \
             结果信息 扩展信息 办理信息 审批信息 其他信息 申请须知 办理结果信息 \
         用户准备 所属警钟 是否容缺 容缺受理 告知承诺 事项情形   多情形 地图导航 交通指引 \
         乘车路线 备注 智能咨询     材料下载 一次性告知 中介服务事项";

/// What portals put beside a material's name, in an element of its own.
pub(super) const MATERIAL_BADGES: &str = "已关联电子证照 关联电子证照 电子证照 可容缺 容缺 容缺材料 免提交 可免提交 必要 非必要 必须 \
         必需 共享 数据共享 告知承诺 可告知承诺 填写 填报 原件 复印件 new NEW";

/// Column names, folded.
pub(super) const COLUMNS: &[(Column, &str)] = &[
    (Column::Index, "序号 编号 NO NO."),
    (
        Column::MaterialName,
        "材料名称 申请材料名称 材料 申报材料名称 提交材料名称 申请材料 材料清单 材料名 要件名称 \
         材料目录 资料名称 所需材料",
    ),
    (Column::Necessity, "材料必要性 必要性 是否必要 是否必需 是否必须 必要性及描述 是否必交"),
    (Column::Form, "材料形式 材料类型 材料形态 形式 材料介质 提交方式 原件/复印件 材料格式 材料要求 电子/纸质"),
    (Column::Copies, "纸质材料份数 材料份数 份数 纸质份数 数量 原件份数 复印件份数 数量要求 材料数量"),
    (Column::Source, "来源渠道 材料来源 来源 出具单位 材料来源渠道 来源渠道说明 材料出具单位"),
    (Column::BlankForm, "空白表格 空表 空白样表 空白表单 空表下载 表格下载 空白表 空白模板 空白表格下载 申请表格"),
    (
        Column::SampleForm,
        "示例样表 样表 样本 示例样本 样表下载 填写样本 示例 材料样本 样例 填报样例 示范文本 填表示例 \
         样表示例 样例下载 填写示例",
    ),
    (
        Column::AnyForm,
        "附件 下载 材料下载 空表/样表 样表/空表 表样下载 附件下载 样表空表 空表样表 表格及样表 \
         表格样表下载 空白表格/示例样表 空表及样表 操作 表格",
    ),
    (
        Column::MaterialOther,
        "是否需电子材料 规格 填报须知 受理标准 是否容缺 已关联电子证照 免提交 是否免提交 \
         纸质材料规格 电子材料要求 材料说明 材料分类 备注 要求提供材料的依据 是否支持电子证照 \
         关联电子证照 电子证照 材料规格 法律依据 适用情形 说明",
    ),
    (
        Column::StepName,
        "环节名称 办理环节 环节 步骤 步骤名称 流程名称 办理步骤 节点 节点名称 审批环节 流程环节 \
         流程步骤 特殊环节 特殊环节名称 程序 阶段 环节/步骤",
    ),
    (
        Column::StepLimit,
        "办理时限 所需时限 时限 办理期限 环节时限 工作时限 承诺时限 办结时限 期限 办理时间 步骤时限 \
         所需时间 完成时限",
    ),
    (
        Column::StepDepartment,
        "办理部门 责任部门 办理机构 承办部门 办理单位 责任单位 承办单位 经办部门 承办机构 部门 责任科室 \
         责任处室 实施部门 办理窗口 责任主体 承办 负责部门 负责",
    ),
    (Column::StepPerson, "办理人员 责任人 岗位 办理人 办理岗位 承办人 岗位职责人"),
    (
        Column::StepCounts,
        "是否计算在法定办结时限内 是否计入法定办结时限 是否计入办结时限 是否计入承诺时限 \
         是否计入时限 是否计算在办结时限内 是否计算在承诺办结时限内",
    ),
    (
        Column::StepOther,
        "办理内容 审批标准 审查标准 办理结果 法定依据 是否收费 收费依据 办理说明 内容 环节内容 结果 \
         工作内容 环节说明 审查内容 步骤说明 办理要求 描述 说明 备注",
    ),
];

/// Names of data fields (national exchange tables and vendors), lower case without `_`.
pub(super) const FIELD_NAMES: &[(Meaning, &str)] = &[
    (Meaning::Element(E::ItemName), "taskname itemname mattername shixiangname"),
    (Meaning::Element(E::ItemCode), "taskcode itemcode"),
    (Meaning::Element(E::BaseCode), "catalogcode"),
    (Meaning::Element(E::HandlingItemCode), "taskhandleitem"),
    (Meaning::Element(E::ItemType), "tasktypetext tasktypename mattertype"),
    (Meaning::Element(E::Department), "deptname"),
    (Meaning::Element(E::LegalBasis), "bylaw"),
    (Meaning::Element(E::Conditions), "acceptcondition spcondition"),
    (Meaning::Element(E::Process), "handleflow"),
    (Meaning::Flow(Flow::Window), "offlineflow ckbllc"),
    (Meaning::Flow(Flow::Online), "onlineflow wsbllc"),
    (Meaning::Element(E::StatutoryLimit), "anticipateday lawlimit lawday legalperiod lawcomptime legalday"),
    (
        Meaning::Unit(E::StatutoryLimit),
        "anticipatetype anticipatedaytypetext anticipatetypetext legalperiodtype legaldaytype",
    ),
    (Meaning::Note(E::StatutoryLimit), "anticipateexplain fdblsxsm"),
    (
        Meaning::Element(E::PromisedLimit),
        "promiseday promisday promisetime promisecomptime promisedperiod xkpromiseday promisdayinfo \
         pkcommitmenttime",
    ),
    (Meaning::Unit(E::PromisedLimit), "promisetype promisetypetext promisedperiodtype agreetimeunit promisedaytype"),
    (Meaning::Note(E::PromisedLimit), "promiseexplain crbjsxsm"),
    (Meaning::Element(E::Fee), "isfee"),
    (Meaning::Element(E::FeeStandard), "feestandard"),
    (Meaning::Element(E::FeeBasis), "feebasis"),
    (Meaning::Element(E::Visits), "limitscenenum limitscenesum"),
    (Meaning::Element(E::VisitReason), "limitsceneexplain scenereason"),
    (Meaning::Element(E::OnlineDepth), "onlinehandledepth webapplydegreename wsfwsd conductdepth handledepth"),
    (Meaning::Element(E::OnlineAddress), "linkaddr onlinehandleurl"),
    (Meaning::Element(E::Courier), "isexpress"),
    (Meaning::Element(E::OnlinePayment), "ispayonline"),
    (Meaning::Element(E::Appointment), "isschedule"),
    (Meaning::Element(E::HallEntry), "isentrycenter"),
    (Meaning::Element(E::Place), "transactaddr"),
    (Meaning::Element(E::Hours), "transacttime"),
    (Meaning::Element(E::ConsultPhone), "linkway linktel asktel consultphone"),
    (Meaning::Element(E::ComplaintPhone), "superviseway supervisetel tstel complainphone"),
    (Meaning::Element(E::ServiceObject), "servertype servertypetext"),
    (Meaning::Element(E::HandlingKind), "projecttype projecttypetext"),
    (Meaning::Element(E::HandlingForm), "handletype handleform handletypetext"),
    (Meaning::Element(E::ServiceRange), "handlearea"),
    (Meaning::Element(E::QuantityLimit), "limitexplain"),
    (Meaning::Element(E::Result), "resultname"),
    (Meaning::Element(E::JointBodies), "otherdept"),
    (Meaning::Element(E::ExerciseLevel), "uselevel useleveltext"),
    (Meaning::Element(E::Materials), "taskmateriallist auditmaterial materials materiallist material"),
    (Meaning::Element(E::Flowchart), "flowchart flowcharturl ckbllct wsbllct"),
];

/// Stand-ins that are never a value.
pub(super) const PLACEHOLDERS: &str = "- -- --- — —— / // \\ * ** *** ... ...... … …… null NULL none undefined NaN N/A n/a \
         暂无 暂无数据 暂无信息 暂无内容 暂缺 待定 待补充 待完善 空 详见附件 见附件 详见附表 见附表 \
         详情见附件 无数据 无内容 无信息 略 同上 xxx XXX test 测试 未填写 未设置 待发布 更新中 \
         正在完善中 完善中 正在建设中 建设中 敬请期待 [] {}";

/// Where 无 is an answer, and why; everywhere else it stands for a missing value.
pub(super) const NONE_IS_AN_ANSWER: &[(Element, &str)] = &[
    (E::Fee, "there is no fee"),
    (E::FeeStandard, "no fee, hence no scale"),
    (E::FeeBasis, "no fee, hence no basis for one"),
    (E::StatutoryLimit, "the law sets no limit"),
    (E::QuantityLimit, "the number is not limited"),
    (E::OnlineDepth, "not handled online"),
    (E::OnlineAddress, "not handled online"),
    (E::OnlinePayment, "no online payment"),
    (E::JointBodies, "no other body takes part"),
    (E::SpecialProcedure, "no special procedure"),
    (E::VisitReason, "no visit is needed"),
    (E::Courier, "nothing is posted"),
    (E::Appointment, "no appointments"),
    (E::Result, "some services leave no document"),
    (E::Faq, "nobody has asked yet"),
    (E::Conditions, "some services are open to everybody"),
    (E::ServiceRange, "handled only where one lives"),
    (E::Materials, "some services need no material"),
];

/// Words that mark an action as a step of handling, by canonical group in order of handling (DOMAIN §9.1).
pub(super) const STEP_WORDS: &str = "申请 申报 提交 预约 登录 填报 收件 接件 取号 叫号 受理 预审 补正 初审 复审 审核 审查 核查 \
         核验 勘验 勘查 听证 检验 检测 检疫 鉴定 评审 公示 公告 踏勘 决定 审批 核准 批准 核定 签发 \
         制证 打证 出证 缴费 办结 颁证 发证 领取 领证 取件 送达 邮寄 归档 登记 备案 告知 评估 验收 \
         发放";
