//! The words and signs of the report for the closed vocabularies of the record.

use crate::model::{Outcome, Reason, Severity, SkipReason};

/// A sign beside the color, so that the report can be read without colors.
pub(super) fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✓",
        Outcome::Failed => "✕",
        Outcome::CantTell => "?",
        Outcome::Inapplicable => "–",
        Outcome::Untested => "○",
    }
}

pub(super) fn outcome(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Passed => ("符合", "passed"),
        Outcome::Failed => ("不符合", "failed"),
        Outcome::CantTell => ("无法判断", "cannot tell"),
        Outcome::Inapplicable => ("不适用", "inapplicable"),
        Outcome::Untested => ("未检测", "untested"),
    }
}

pub(super) fn severity(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Notice => ("提示", "notice"),
        Severity::Warning => ("不便", "warning"),
        Severity::Error => ("误导", "error"),
    }
}

pub(super) fn reason(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Unreachable => ("无法访问", "unreachable"),
        Reason::Blocked => ("访问被拦截", "blocked"),
        Reason::LoginRequired => ("需要登录", "login required"),
        Reason::NotRendered => ("内容由脚本生成，未渲染", "not rendered"),
        Reason::Unreadable => ("内容无法识读", "unreadable"),
        Reason::NotComparable => ("两端无法比对", "not comparable"),
        Reason::NotDiscovered => ("未发现", "not discovered"),
        Reason::RobotsDisallowed => ("robots.txt 不允许", "disallowed by robots.txt"),
        Reason::BudgetExhausted => ("访问预算用尽", "budget exhausted"),
        Reason::RightCensored => ("期限未满", "too early to say"),
        Reason::OwnNetwork => ("本方网络故障", "our own network was down"),
        Reason::CalendarMissing => ("工作日历未覆盖", "calendar does not cover the dates"),
    }
}

/// Why chart and text could not be compared to the end.
pub(super) fn no_comparison(reason: Option<Reason>) -> (&'static str, &'static str) {
    match reason {
        Some(Reason::Unreadable) => (
            "流程图或其中部分方框未能可靠识读；没有识读清楚的内容不作为不一致的依据。",
            "The chart, or some of its boxes, could not be read surely; what was not read is held against nobody.",
        ),
        Some(Reason::NotComparable) => (
            "两边都已读出，但流程图可能另有续页，或者箭头、分支、步骤用语不足以确认对应关系，因此不下结论。",
            "Both sides were read, but the chart may go on elsewhere, or arrows, branches or words are not sure enough to \
             say which steps belong together.",
        ),
        _ => ("比对所需的一方没有取得或没有识读。", "One of the two sides was not fetched or not read."),
    }
}

/// What the two quotes of a difference between chart and text are, if its kind is known.
pub(super) fn sides(kind: &str) -> Option<[(&'static str, &'static str); 2]> {
    let (text, chart) = (("文字说明", "text"), ("流程图", "chart"));
    match kind {
        "time_limit_differs" | "department_differs" | "order_differs" => Some([text, chart]),
        "step_missing_in_chart" => Some([("文字中的步骤", "step of the text"), ("流程图的步骤", "steps of the chart")]),
        "step_missing_in_text" => Some([("流程图中的步骤", "step of the chart"), ("文字的步骤", "steps of the text")]),
        "other_item" => Some([("流程图标题", "the chart’s heading"), ("事项名称", "the guide’s item")]),
        _ => None,
    }
}

pub(super) fn skip(reason: SkipReason) -> (&'static str, &'static str) {
    match reason {
        SkipReason::OutOfScope => ("范围之外", "out of scope"),
        SkipReason::Scheme => ("非网页地址", "not http(s)"),
        SkipReason::RobotsDisallowed => ("robots.txt 不允许", "disallowed by robots.txt"),
        SkipReason::RobotsUnavailable => ("robots.txt 暂不可得", "robots.txt unavailable"),
        SkipReason::TooDeep => ("层级过深", "too deep"),
        SkipReason::Trap => ("疑似爬虫陷阱", "looks like a trap"),
        SkipReason::RedirectLimit => ("跳转过多", "too many redirects"),
        SkipReason::ForbiddenVerb => ("地址含操作动词", "forbidden verb"),
        SkipReason::UndeclaredQuery => ("未声明的查询", "undeclared query"),
        SkipReason::BudgetRequests => ("请求预算用尽", "request budget"),
        SkipReason::BudgetBytes => ("流量预算用尽", "byte budget"),
        SkipReason::BudgetTime => ("时间预算用尽", "time budget"),
        SkipReason::BackedOff => ("服务器要求暂缓", "backed off"),
        SkipReason::Interrupted => ("运行中止", "interrupted"),
        SkipReason::Stopped => ("运营方已叫停该主机", "host stopped by the operator"),
    }
}

/// The family of a property, the part of its id before the point.
pub(super) fn family(prefix: &str) -> (&'static str, &'static str) {
    match prefix {
        "site" => ("网站", "site"),
        "guide" => ("办事指南", "guide"),
        "handling" => ("办理", "handling"),
        "scenario" => ("场景", "scenario"),
        "interaction" => ("互动", "interaction"),
        "mobile" => ("移动端", "mobile"),
        _ => ("其他", "other"),
    }
}
