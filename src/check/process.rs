//! The steps of a process folded to the acts that every process has: 申请, 受理, 审查, 决定, 制证, 送达.
//!
//! Comes in: names of steps as they stand. Goes out: acts, and whether one side's wording covers an act of the other.
//! Must never know: pages, charts, time limits.

/// An act of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Act {
    /// 申请.
    Apply,
    /// 收件.
    Receive,
    /// 预审.
    Precheck,
    /// 受理.
    Accept,
    /// 审查, 审核.
    Review,
    /// 现场勘验.
    Inspection,
    /// 听证.
    Hearing,
    /// 检验, 检测, 检疫, 鉴定.
    Testing,
    /// 专家评审.
    Experts,
    /// 公示, 公告.
    Publication,
    /// 招标, 拍卖.
    Auction,
    /// 缴费.
    Payment,
    /// 决定, 核准.
    Decide,
    /// 审批: reviewing and deciding in one word.
    Approve,
    /// 制证.
    Make,
    /// 发证, 颁证: what is issued was decided and made.
    Issue,
    /// 送达, 领取.
    Deliver,
    /// 办结: deciding, making and delivering in one word.
    Conclude,
}

impl Act {
    /// The word of the record.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Receive => "receive",
            Self::Precheck => "precheck",
            Self::Accept => "accept",
            Self::Review => "review",
            Self::Inspection => "inspection",
            Self::Hearing => "hearing",
            Self::Testing => "testing",
            Self::Experts => "experts",
            Self::Publication => "publication",
            Self::Auction => "auction",
            Self::Payment => "payment",
            Self::Decide => "decide",
            Self::Approve => "approve",
            Self::Make => "make",
            Self::Issue => "issue",
            Self::Deliver => "deliver",
            Self::Conclude => "conclude",
        }
    }

    /// Special steps (特别环节), which happen in some cases only and often lie outside the limit.
    pub(crate) fn is_special(self) -> bool {
        matches!(
            self,
            Self::Inspection
                | Self::Hearing
                | Self::Testing
                | Self::Experts
                | Self::Publication
                | Self::Auction
                | Self::Payment
        )
    }

    /// Whether a step's days are part of the promised limit wherever a guide counts its steps.
    pub(crate) fn counts_towards_limit(self) -> bool {
        matches!(
            self,
            Self::Accept | Self::Review | Self::Decide | Self::Approve | Self::Make | Self::Issue | Self::Conclude
        )
    }

    /// Place in the usual order; acts of one rank, special acts and acts in parallel have no order among themselves.
    pub(crate) fn rank(self) -> Option<u8> {
        match self {
            Self::Apply => Some(0),
            Self::Accept => Some(1),
            Self::Review => Some(2),
            Self::Decide => Some(3),
            Self::Deliver | Self::Issue | Self::Make => Some(4),
            // 收件 and 预审 may stand on either side of 受理; 审批 and 办结 span several acts.
            Self::Receive
            | Self::Precheck
            | Self::Approve
            | Self::Conclude
            | Self::Inspection
            | Self::Hearing
            | Self::Testing
            | Self::Experts
            | Self::Publication
            | Self::Auction
            | Self::Payment => None,
        }
    }
}

/// Words and their acts; where words overlap the longer one wins.
const LEXICON: &[(&str, Act)] = &[
    ("网上申请", Act::Apply),
    ("申请", Act::Apply),
    ("申报", Act::Apply),
    ("提交", Act::Apply),
    ("递交", Act::Apply),
    ("预约", Act::Apply),
    ("登录", Act::Apply),
    ("填报", Act::Apply),
    ("收件", Act::Receive),
    ("接件", Act::Receive),
    ("收取材料", Act::Receive),
    ("接收材料", Act::Receive),
    ("预审", Act::Precheck),
    ("预受理", Act::Accept),
    ("受理", Act::Accept),
    ("形式审查", Act::Review),
    ("初审", Act::Review),
    ("复审", Act::Review),
    ("复核", Act::Review),
    ("审核", Act::Review),
    ("审查", Act::Review),
    ("审验", Act::Review),
    ("核查", Act::Review),
    ("现场勘验", Act::Inspection),
    ("现场勘查", Act::Inspection),
    ("现场踏勘", Act::Inspection),
    ("现场核查", Act::Inspection),
    ("现场检查", Act::Inspection),
    ("现场审查", Act::Inspection),
    ("实地核查", Act::Inspection),
    ("实地勘查", Act::Inspection),
    ("勘验", Act::Inspection),
    ("踏勘", Act::Inspection),
    ("听证", Act::Hearing),
    ("检验", Act::Testing),
    ("检测", Act::Testing),
    ("检疫", Act::Testing),
    ("鉴定", Act::Testing),
    ("专家评审", Act::Experts),
    ("专家论证", Act::Experts),
    ("技术评审", Act::Experts),
    ("评审", Act::Experts),
    ("公示", Act::Publication),
    ("公告", Act::Publication),
    ("招标", Act::Auction),
    ("拍卖", Act::Auction),
    ("缴费", Act::Payment),
    ("缴款", Act::Payment),
    ("决定", Act::Decide),
    ("批准", Act::Decide),
    ("核定", Act::Decide),
    ("签发", Act::Decide),
    ("审定", Act::Decide),
    ("核准", Act::Approve),
    ("审批", Act::Approve),
    ("制证", Act::Make),
    ("打证", Act::Make),
    ("出证", Act::Issue),
    ("制作", Act::Make),
    ("办结", Act::Conclude),
    ("颁证", Act::Issue),
    ("颁发", Act::Issue),
    ("核发", Act::Issue),
    ("发证", Act::Issue),
    ("发放", Act::Deliver),
    ("领取", Act::Deliver),
    ("领证", Act::Deliver),
    ("取件", Act::Deliver),
    ("取证", Act::Deliver),
    ("送达", Act::Deliver),
    ("邮寄", Act::Deliver),
    ("寄送", Act::Deliver),
];

/// Words of branches and terminals, which many charts rightly leave out.
const NOT_A_STEP: [&str; 17] = [
    "不予",
    "补正",
    "补齐",
    "退回",
    "退件",
    "不符合",
    "不受理",
    "驳回",
    "告知",
    "是否",
    "开始",
    "结束",
    "终止",
    "中止",
    "归档",
    "不通过",
    "救济",
];

/// Whether this is a branch (补正, 不予受理) or a terminal, not a step of the way.
pub(crate) fn is_branch(name: &str) -> bool {
    // 作出准予或不予许可的决定 is the step itself, however it ends.
    let refusal = |word: &str| ["决定", "准予", "审批", "审定"].iter().any(|act| before(name, act, word));
    // 决定符合条件的准予许可、不符合的说明理由 likewise.
    let ends_either_way = |word: &str| match word {
        "不予" => refusal(word),
        "不符合" => before(name, "准予", word) || before(name, "符合条件", word),
        _ => false,
    };
    NOT_A_STEP.iter().any(|word| name.contains(word) && !ends_either_way(word))
}

/// Whether the first word stands in a text before the second.
fn before(text: &str, first: &str, second: &str) -> bool {
    text.find(first).is_some_and(|at| text.find(second).is_some_and(|other| at < other))
}

/// What follows a word of an act in the name of an office: 受理窗口, 审批科, 审核人员.
const OFFICES: [&str; 9] = ["窗口", "大厅", "人员", "中心", "科", "处", "股", "局", "室"];

/// Whether words speak of an act at all, be it in a question or a branch: then it is not missing. The name of an office
/// (受理窗口) speaks of none.
pub(crate) fn speaks_of(words: &str, act: Act) -> bool {
    let folded: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let in_office = |word: &Spoken| {
        let rest = folded.get(word.end..).unwrap_or_default();
        OFFICES.iter().any(|office| rest.starts_with(office))
    };
    spoken(&folded).iter().any(|word| word.act == act && !in_office(word))
}

/// What follows a word of an act and makes it the name of a thing: 申请材料, 受理窗口, 审核人员.
const THINGS: [&str; 14] =
    ["材料", "资料", "人员", "人", "书", "表", "单位", "窗口", "通知", "条件", "机关", "系统", "部门", "事项"];

/// A name longer than this explains its act.
const LONGEST_NAME: usize = 8;

/// Words before the act that a name begins with: 作出决定, 由窗口受理.
const LONGEST_LEAD: usize = 4;

/// An act with the place of its word in a text, in bytes.
#[derive(Debug, Clone, Copy)]
struct Spoken {
    start: usize,
    end: usize,
    act: Act,
}

/// The acts in a step's name, in the order of the words; each once. Empty for a branch and for unknown words.
///
/// A long name that begins with its act goes on to explain it, and an explanation names other acts: 审查对申请材料提出意见.
pub(crate) fn acts_of(name: &str) -> Vec<Act> {
    if is_branch(name) {
        return Vec::new();
    }
    let folded: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let all = spoken(&folded);
    let is_thing = |word: &Spoken| {
        let rest = folded.get(word.end..).unwrap_or_default();
        // 领取证书, 制作通知书: what is handed over is a thing, handing it over is an act.
        !matches!(word.act, Act::Deliver | Act::Make | Act::Issue) && THINGS.iter().any(|thing| rest.starts_with(thing))
    };
    let mut words: Vec<Spoken> = all.iter().filter(|word| !is_thing(word)).copied().collect();
    if words.is_empty() {
        words = all;
    }
    if folded.chars().count() > LONGEST_NAME
        && words.first().is_some_and(|first| folded[..first.start].chars().count() <= LONGEST_LEAD)
    {
        let joined = |pair: &[Spoken]| {
            let between = folded.get(pair[0].end..pair[1].start).unwrap_or_default();
            between.is_empty() || ["与", "和", "及", "、", "并", "/", "或"].contains(&between)
        };
        let count = 1 + words.windows(2).take_while(|pair| joined(pair)).count();
        words.truncate(count);
    }
    let mut acts = Vec::new();
    for word in words {
        if !acts.contains(&word.act) {
            acts.push(word.act);
        }
    }
    acts
}

/// Forms of characters that a reader of pictures takes for each other, each as long as the other.
const FORMS: [(char, char); 6] = [('決', '决'), ('審', '审'), ('證', '证'), ('辦', '办'), ('領', '领'), ('達', '达')];

/// Every word of an act in a text without blanks; where words overlap the longer one wins.
fn spoken(text: &str) -> Vec<Spoken> {
    let usual = |c: char| FORMS.iter().find(|(form, _)| *form == c).map_or(c, |(_, usual)| *usual);
    let folded: String = text.chars().map(usual).collect();
    let folded = folded.as_str();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(first) = folded[at..].chars().next() {
        let longest =
            LEXICON.iter().filter(|(word, _)| folded[at..].starts_with(word)).max_by_key(|(word, _)| word.len());
        if let Some((word, act)) = longest {
            all.push(Spoken { start: at, end: at + word.len(), act: *act });
            at += word.len();
        } else {
            at += first.len_utf8();
        }
    }
    all
}

/// Whether a side leaves out `missing`, an act of the other side, only in its wording: merged, split, or drawn coarser.
pub(crate) fn covers(side: &[Act], other: &[Act], missing: Act) -> bool {
    let has = |acts: &[Act]| acts.iter().any(|act| side.contains(act));
    match missing {
        // 申报 → 审核 against 受理 → 审核: one way in under two names.
        Act::Accept => {
            has(&[Act::Receive, Act::Precheck])
                || (has(&[Act::Apply]) && !other.contains(&Act::Apply))
                || !has(&[Act::Apply, Act::Review, Act::Approve])
        }
        Act::Review => has(&[Act::Approve]) || coarse(side),
        Act::Decide => has(&[Act::Approve, Act::Conclude, Act::Issue]) || coarse(side),
        Act::Approve => has(&[Act::Review, Act::Decide, Act::Conclude]),
        Act::Make => has(&[Act::Deliver, Act::Issue, Act::Conclude, Act::Decide, Act::Approve]),
        // 受理, 审查, 决定 is a complete process by GB/T 36114-2018.
        Act::Deliver | Act::Issue | Act::Conclude => {
            has(&[Act::Make, Act::Deliver, Act::Issue, Act::Conclude, Act::Decide, Act::Approve])
        }
        // The applicant's own act is often left out of a process that begins with 受理; special steps are judged by
        // whether they count.
        Act::Apply
        | Act::Receive
        | Act::Precheck
        | Act::Inspection
        | Act::Hearing
        | Act::Testing
        | Act::Experts
        | Act::Publication
        | Act::Auction
        | Act::Payment => true,
    }
}

/// A side that only says that something comes in and something goes out is drawn coarser than any comparison needs.
fn coarse(side: &[Act]) -> bool {
    !side.iter().any(|act| matches!(act, Act::Review | Act::Decide | Act::Approve))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_fold_to_one_act() {
        for name in ["初审", "复审", "材料审核", "书面审查"] {
            assert_eq!(acts_of(name), [Act::Review], "{name}");
        }
        assert_eq!(acts_of("领取与送达"), [Act::Deliver]);
        assert_eq!(acts_of("现场核查"), [Act::Inspection]);
    }

    #[test]
    fn two_acts_in_one_name_are_two_and_branches_are_none() {
        assert_eq!(acts_of("审查与决定"), [Act::Review, Act::Decide]);
        assert!(acts_of("不予受理").is_empty());
        assert!(acts_of("一次性告知补正").is_empty());
        assert!(acts_of("刻制印章").is_empty());
    }

    #[test]
    fn what_explains_an_act_and_what_it_is_done_to_are_no_acts() {
        assert_eq!(acts_of("审查对申请材料的实质内容提出意见"), [Act::Review]);
        assert_eq!(acts_of("领取结果向申请人交付节能审查意见"), [Act::Deliver]);
        assert_eq!(acts_of("作出决定由负责人签署审批意见"), [Act::Decide]);
        assert_eq!(acts_of("受理人员审查申请材料"), [Act::Review]);
        assert_eq!(acts_of("申请人申请"), [Act::Apply]);
        assert_eq!(acts_of("作出決定"), [Act::Decide]);
        assert_eq!(acts_of("窗口受理并审查当事人的申请"), [Act::Accept, Act::Review]);
        // Where nothing else is said, the thing stands for the act.
        assert_eq!(acts_of("受理材料"), [Act::Accept]);
        assert_eq!(acts_of("领取证书"), [Act::Deliver]);
    }

    #[test]
    fn words_speak_of_an_act_and_names_of_offices_do_not() {
        assert!(speaks_of("是否受理？", Act::Accept) && speaks_of("不予受理", Act::Accept));
        assert!(!speaks_of("综合受理窗口", Act::Accept) && !speaks_of("行政审批科", Act::Approve));
        assert!(!speaks_of("现场核查", Act::Review), "a visit is another step than reviewing");
    }

    #[test]
    fn a_decision_that_may_end_either_way_is_a_step_and_a_refusal_is_none() {
        assert_eq!(acts_of("作出准予或不予许可的决定"), [Act::Decide]);
        assert_eq!(acts_of("决定，不予许可的书面说明理由"), [Act::Decide]);
        assert_eq!(acts_of("决定符合条件的准予许可、不符合的说明理由"), [Act::Decide]);
        for branch in ["不予受理", "不予许可决定", "退回补正材料", "不符合条件的退回", "审查不通过"]
        {
            assert!(acts_of(branch).is_empty(), "{branch}");
        }
    }

    #[test]
    fn coarser_grain_covers_and_a_real_gap_does_not() {
        let coarse = [Act::Accept, Act::Conclude];
        for act in [Act::Review, Act::Decide, Act::Make, Act::Deliver, Act::Apply] {
            assert!(covers(&coarse, &[Act::Apply], act), "{act:?}");
        }
        let gap = [Act::Apply, Act::Accept, Act::Decide, Act::Deliver];
        assert!(!covers(&gap, &[], Act::Review));
        assert!(!covers(&[Act::Apply, Act::Review, Act::Decide], &[Act::Apply], Act::Accept));
    }
}
