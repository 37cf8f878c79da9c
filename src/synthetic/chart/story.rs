//! How one side, the text or the chart, tells an errand's process: its steps, and which facts it gives of each.
//!
//! Comes in: an errand, chance. Goes out: a story. Must never know: the other side, pages, drawings.

use super::errand::Errand;
use crate::synthetic::random::Random;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Apply,
    Accept,
    Special,
    Review,
    Decide,
    Deliver,
}

/// How limits are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// 5个工作日.
    Working,
    /// 5工作日.
    Short,
    /// 五个工作日.
    Spelled,
    /// 5日, which leaves open which days.
    Bare,
}

/// Who is named as in charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bodies {
    /// Nobody.
    None,
    /// The authority.
    Authority,
    /// Its section, the counter, the head.
    Section,
}

/// A step.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// What it does.
    pub(super) act: Act,
    /// Its name.
    pub(super) name: String,
    /// What is done in it, in a sentence.
    pub(super) says: String,
    /// The authority in charge.
    pub(super) authority: String,
    /// The section, counter or person in charge.
    pub(super) section: String,
    /// Working days; 0 is at once.
    pub(super) days: Option<u32>,
    /// Whether its days lie outside the limit.
    pub(super) outside: bool,
}

/// One side's telling.
#[derive(Debug, Clone)]
pub(super) struct Story {
    /// Its steps in order.
    pub(super) steps: Vec<Step>,
    /// Whether it gives limits.
    pub(super) limits: bool,
    /// Whom it names.
    pub(super) bodies: Bodies,
    /// Whether it explains each step.
    pub(super) explains: bool,
    /// How it writes limits.
    pub(super) spelling: Spelling,
}

impl Story {
    /// Where the step with this act is.
    pub(super) fn place(&self, act: Act) -> Option<usize> {
        self.steps.iter().position(|step| step.act == act)
    }

    /// The step with this act.
    pub(super) fn step(&mut self, act: Act) -> Option<&mut Step> {
        self.steps.iter_mut().find(|step| step.act == act)
    }

    /// The limit of a step as it stands there, with what lies outside said so.
    pub(super) fn limit(&self, step: &Step) -> Option<String> {
        let days = step.days.filter(|_| self.limits)?;
        let words = match (days, self.spelling) {
            (0, _) => "即时".to_owned(),
            (days, Spelling::Working) => format!("{days}个工作日"),
            (days, Spelling::Short) => format!("{days}工作日"),
            (days, Spelling::Spelled) => format!("{}个工作日", spelled(days)),
            (days, Spelling::Bare) => format!("{days}日"),
        };
        Some(if step.outside { format!("{words}（不计入承诺时限）") } else { words })
    }

    /// Who is in charge of a step, if it says so.
    pub(super) fn body(&self, step: &Step) -> Option<String> {
        match self.bodies {
            Bodies::None => None,
            Bodies::Authority => Some(step.authority.clone()),
            Bodies::Section => Some(step.section.clone()),
        }
    }
}

/// A number below a hundred in characters.
fn spelled(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u32| DIGITS.get(usize::try_from(n).unwrap_or(0)).copied().unwrap_or_default();
    match (number / 10, number % 10) {
        (0, ones) => digit(ones).to_owned(),
        (1, ones) => format!("十{}", digit(ones)),
        (tens, ones) => format!("{}十{}", digit(tens), digit(ones)),
    }
}

/// The process of an errand as its own authority would tell it, every step and every fact.
pub(super) fn told(errand: &Errand, city: &str, random: &mut Random) -> Story {
    let authority = format!("{city}{}", errand.authority);
    let counter = random.pick(&["综合受理窗口", "政务服务大厅窗口", "综合窗口"]);
    let head = if errand.authority.ends_with('局') { "分管局领导" } else { "分管领导" };
    let paper = errand.papers.first().copied().unwrap_or("申请书");
    let [accept, review, decide, deliver] = errand.days;
    let handed = random.pick(&["向申请人交付", "通知申请人取得", "由窗口或邮政交付"]);
    let acts = [
        (Act::Apply, pick(APPLY, random).replace("{}", paper), "申请人", None),
        (Act::Accept, pick(ACCEPT, random), counter, Some(accept)),
        (Act::Review, pick(REVIEW, random), errand.section, Some(review)),
        (Act::Decide, pick(DECIDE, random), head, Some(decide)),
        (Act::Deliver, format!("{handed}{}", errand.outcome), counter, Some(deliver)),
    ];
    let mut steps: Vec<Step> = acts
        .into_iter()
        .map(|(act, says, section, days)| Step {
            act,
            name: random.pick(names(act)).to_owned(),
            says,
            // What the applicant does is in no authority's hands.
            authority: if act == Act::Apply { section.to_owned() } else { authority.clone() },
            section: section.to_owned(),
            days,
            outside: false,
        })
        .collect();
    if let Some(special) = &errand.special {
        let step = Step {
            act: Act::Special,
            name: special.name.to_owned(),
            says: pick(SPECIAL, random),
            authority,
            section: special.by.to_owned(),
            days: Some(special.days),
            outside: !special.counted,
        };
        steps.insert(2 + random.below(2), step);
    }
    Story { steps, limits: true, bodies: Bodies::Section, explains: true, spelling: Spelling::Working }
}

/// The usual names of an act, the most usual more than once.
fn names(act: Act) -> &'static [&'static str] {
    match act {
        Act::Apply => &["申请", "申请", "提出申请"],
        Act::Accept | Act::Special => &["受理"],
        Act::Review => &["审查", "审查", "审核"],
        Act::Decide => &["决定", "决定", "作出决定"],
        Act::Deliver => &["送达", "送达", "领取结果"],
    }
}

// No sentence speaks of the act of another step, so that a step left out leaves no trace.
const APPLY: &[&str] = &["申请人提交{}等材料", "申请人向窗口递交{}等材料", "申请人通过网上或窗口提交材料"];
const ACCEPT: &[&str] =
    &["材料齐全、符合法定形式的予以受理", "核对材料，齐全的出具受理通知书", "材料齐全的，当场出具受理通知书"];
const REVIEW: &[&str] = &["对申请材料的实质内容提出意见", "承办人员提出办理意见", "对照许可条件逐项核对并提出意见"];
const DECIDE: &[&str] = &["作出准予或者不予许可的书面结论", "符合条件的准予许可，不符合的说明理由", "由负责人签署意见"];
const SPECIAL: &[&str] = &["两名以上人员到场并形成记录", "按规定程序组织并形成书面意见", "组织进行并将情况记入案卷"];

fn pick(from: &[&str], random: &mut Random) -> String {
    random.pick(from).to_owned()
}
