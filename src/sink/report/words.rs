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
