//! The words of real portals: what they call each element, and how they write each kind of value.
//!
//! Comes in: an element or a value, chance. Goes out: one of the wordings seen. Must never know: layouts.

use super::random::Random;
use super::truth::Limit;
use crate::model::Element;

/// Labels seen for an element, the most usual first.
pub(super) fn labels(element: Element) -> &'static [&'static str] {
    match element {
        Element::ItemCode => &["实施编码", "事项编码", "业务办理项编码"],
        Element::LegalBasis => &["设定依据", "法律依据", "法定依据", "办理依据"],
        Element::HandlingForm => &["办理形式", "办理方式"],
        Element::Conditions => &["受理条件", "办理条件", "申请条件", "申请条件及说明"],
        Element::StatutoryLimit => &["法定办结时限", "法定时限", "法定期限", "法定办结期限"],
        Element::PromisedLimit => &["承诺办结时限", "承诺时限", "承诺期限", "承诺办结期限"],
        Element::Materials => &["申请材料", "办理材料", "申报材料", "提交材料", "材料清单", "材料目录", "需要申请材料"],
        Element::Process => &["办理流程", "办事流程", "办理程序", "审批程序", "办理环节"],
        Element::Flowchart => &["办理流程图", "流程图", "审批流程图"],
        Element::Fee => &["是否收费", "收费情况"],
        Element::Visits => &["到办事现场次数", "到现场次数", "到现场大厅次数", "去现场次数", "办事者到办事现场次数"],
        Element::VisitReason => &["必须现场办理原因", "必须现场办理原因说明"],
        Element::OnlineDepth => &["网上办理深度", "网办深度", "网办程度", "办理深度"],
        Element::Courier => &["是否支持物流快递", "物流快递"],
        Element::Place => &["办理地点", "受理地点"],
        Element::Hours => &["办理时间", "工作时间", "办公时间"],
        Element::ConsultPhone => &["咨询方式", "咨询电话"],
        Element::ComplaintPhone => &["监督投诉方式", "投诉电话", "监督投诉电话", "监督电话", "监督投诉渠道"],
        Element::ResultDelivery => &["结果送达", "结果获取方式", "办理结果领取方式"],
        Element::OnlinePayment => &["是否支持网上支付", "网上支付"],
        Element::Appointment => &["是否支持预约办理", "预约办理"],
        Element::AcceptingBody => &["受理机构", "受理机关"],
        _ => &[],
    }
}

/// One of the labels of an element.
pub(super) fn label(element: Element, random: &mut Random) -> &'static str {
    let labels = labels(element);
    // The usual word half of the time.
    match labels.first() {
        None => element.zh(),
        Some(first) if random.chance(50) => first,
        Some(_) => random.pick(labels),
    }
}

/// How a page writes its values; one manner a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    limit: usize,
    flags: usize,
    pub(super) numbers: usize,
    pub(super) wide: bool,
}

impl Manner {
    pub(super) fn of(random: &mut Random) -> Self {
        Self { limit: random.below(6), flags: random.below(2), numbers: random.below(4), wide: random.chance(10) }
    }

    /// A limit: the number with its unit.
    pub(super) fn limit(self, limit: Limit, random: &mut Random) -> String {
        let (tenths, unit) = match limit {
            Limit::Immediate => return random.pick(&["即办", "当场办结", "即时办结"]).to_owned(),
            Limit::None => return "无法定时限".to_owned(),
            Limit::Working(tenths) => (tenths, "工作日"),
            Limit::Natural(tenths) => (tenths, "自然日"),
        };
        let number = self.number(tenths);
        match self.limit {
            0 => format!("{number}({unit})"),
            1 => format!("{number}{unit}"),
            2 => format!("{number} 个{unit}"),
            3 => format!("{number}（{unit}）"),
            _ => format!("{number}个{unit}"),
        }
    }

    /// A limit in one of the longer ways that some pages have.
    pub(super) fn long_limit(self, limit: Limit, element: Element, random: &mut Random) -> String {
        let plain = self.limit(limit, random);
        if matches!(limit, Limit::Immediate | Limit::None) || !random.chance(20) {
            return plain;
        }
        if let (Limit::Working(tenths @ 20..), true) = (limit, random.chance(25)) {
            let half = self.limit(Limit::Working(tenths / 20 * 10), random);
            return format!("一般情形{half}，复杂情形{plain}").replace(['(', ')', '（', '）'], "");
        }
        let amount = plain.replace(['(', ')', '（', '）'], "");
        match random.below(5) {
            4 if matches!(limit, Limit::Working(_)) => spelled(limit).unwrap_or(plain),
            0 => format!("自受理之日起{amount}内"),
            1 => format!("{amount}（不含公示、听证时间）"),
            2 => format!("符合法定形式之日起{amount}"),
            _ => format!("本事项{}为{amount}", element.zh()),
        }
    }

    fn number(self, tenths: u32) -> String {
        let number = if tenths.is_multiple_of(10) {
            (tenths / 10).to_string()
        } else {
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        if self.wide { widened(&number) } else { number }
    }

    /// Yes or no, in one of the pairs seen.
    pub(super) fn flag(self, element: Element, yes: bool) -> &'static str {
        let pair = match (element, self.flags) {
            (Element::Fee, 1) => ("收费", "不收费"),
            (Element::Courier, 1) => ("支持", "不支持"),
            _ => ("是", "否"),
        };
        if yes { pair.0 } else { pair.1 }
    }

    /// A number of visits.
    pub(super) fn visits(self, visits: u32) -> String {
        match self.numbers {
            0 => visits.to_string(),
            3 if visits == 0 => "无需到现场".to_owned(),
            1 if visits > 0 => format!("最多到现场{visits}次"),
            _ => format!("{visits}次"),
        }
    }
}

/// A whole number of working days below a hundred, spelled out: 二十个工作日.
fn spelled(limit: Limit) -> Option<String> {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let Limit::Working(tenths) = limit else { return None };
    let days = usize::try_from(tenths / 10).ok().filter(|days| (1..100).contains(days) && tenths.is_multiple_of(10))?;
    let tens = match days / 10 {
        0 => String::new(),
        1 => "十".to_owned(),
        tens => format!("{}十", DIGITS[tens]),
    };
    Some(format!("{tens}{}个工作日", DIGITS[days % 10]))
}

/// Full-width digits.
pub(super) fn widened(text: &str) -> String {
    let wide = |c: char| match c {
        '0'..='9' => char::from_u32(u32::from('０') + u32::from(c) - u32::from('0')).unwrap_or(c),
        c => c,
    };
    text.chars().map(wide).collect()
}

/// What a label says of a limit.
pub(super) fn labelled(limit: Limit) -> String {
    match limit {
        Limit::Immediate => "immediate".to_owned(),
        Limit::None => "no_limit".to_owned(),
        Limit::Working(tenths) => format!("{} working_day", f64::from(tenths) / 10.0),
        Limit::Natural(tenths) => format!("{} day", f64::from(tenths) / 10.0),
    }
}
