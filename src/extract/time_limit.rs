//! Time limits (办结时限) in every wording that guides use.
//!
//! Comes in: the words of a cell or sentence. Goes out: a [`TimeLimit`], or nothing if the words do not say one for
//! sure. Must never know: which label the words stood under.

use super::text::{narrow, number, trim_punctuation};
use crate::model::guide::Span;
use crate::model::{TimeLimit, TimeUnit};

/// Beyond this length a text with several different amounts is a legal sentence about many things, not a limit.
const LONGEST_WITH_SEVERAL: usize = 80;

/// Units as they are written, longest first, so that 工作日 is not read as 日.
const UNITS: &[(&str, TimeUnit, u32)] = &[
    ("个工作日", TimeUnit::WorkingDay, 1),
    ("工作日", TimeUnit::WorkingDay, 1),
    ("(个工作日)", TimeUnit::WorkingDay, 1),
    ("(工作日)", TimeUnit::WorkingDay, 1),
    ("个工作天", TimeUnit::WorkingDay, 1),
    ("个自然日", TimeUnit::Day, 1),
    ("自然日", TimeUnit::Day, 1),
    ("(自然日)", TimeUnit::Day, 1),
    ("(日历日)", TimeUnit::Day, 1),
    ("个日历日", TimeUnit::Day, 1),
    ("日历日", TimeUnit::Day, 1),
    ("个日历天", TimeUnit::Day, 1),
    ("日历天", TimeUnit::Day, 1),
    ("个小时", TimeUnit::Hour, 1),
    ("小时", TimeUnit::Hour, 1),
    ("(小时)", TimeUnit::Hour, 1),
    ("分钟", TimeUnit::Minute, 1),
    ("(分钟)", TimeUnit::Minute, 1),
    ("个月", TimeUnit::Month, 1),
    ("(月)", TimeUnit::Month, 1),
    ("个星期", TimeUnit::Day, 7),
    ("星期", TimeUnit::Day, 7),
    ("周", TimeUnit::Day, 7),
    ("年", TimeUnit::Month, 12),
    ("个日", TimeUnit::Day, 1),
    ("(天)", TimeUnit::Day, 1),
    ("(日)", TimeUnit::Day, 1),
    ("天", TimeUnit::Day, 1),
    ("日", TimeUnit::Day, 1),
];

/// A unit whose last character was lost (一般项目6个工作): read as working days, which [`is_mended`] tells.
const CUT_UNITS: [&str; 2] = ["个工作", "工作"];

/// Words that say something does not count.
const EXCLUDING: [&str; 9] = ["不含", "不包括", "不包含", "不计算", "不计入", "不计", "不算", "除外", "扣除"];

/// Words that say there is no limit.
const NO_LIMIT: [&str; 15] = [
    "无法定时限",
    "无法定办结时限",
    "无法定期限",
    "无法定办结期限",
    "无承诺时限",
    "无办理时限",
    "无时限",
    "无期限",
    "不计时限",
    "不设时限",
    "不限时",
    "无时间限制",
    "未规定",
    "无规定",
    "没有规定",
];

/// Words for "on the spot"; the flag says that the word is enough by itself.
const IMMEDIATE: [(&str, bool); 10] = [
    ("即办", true),
    ("即时", true),
    ("立等可取", true),
    ("随到随办", true),
    ("即来即办", true),
    ("马上办", true),
    ("即审即办", true),
    ("当场", false),
    ("现场", false),
    ("立即", false),
];

/// Reads a time limit. `None` if the words state none, or more than one without saying which is which.
#[must_use]
pub fn parse(text: &str) -> Option<TimeLimit> {
    read(text).map(|(limit, _)| limit)
}

/// Whether reading the limit needed a repair of a unit cut short, which deserves a note.
#[must_use]
pub fn is_mended(text: &str) -> bool {
    read(text).is_some_and(|(_, mended)| mended)
}

/// Whether the words are nothing but a unit (个工作日), as where number and unit stand in two cells.
#[must_use]
pub fn is_bare_unit(text: &str) -> bool {
    let text: String = text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
    UNITS.iter().any(|(word, _, _)| text.trim_matches(['(', ')']) == word.trim_matches(['(', ')']))
}

/// Whether the words are nothing but a number, whose unit must stand elsewhere.
#[must_use]
pub fn is_bare_number(text: &str) -> bool {
    let chars: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    number(&chars).is_some_and(|(_, used)| used == chars.len())
}

/// One amount found in the text.
struct Amount {
    start: usize,
    end: usize,
    span: Span,
}

fn read(text: &str) -> Option<(TimeLimit, bool)> {
    let original: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut chars: Vec<char> = original.iter().map(|c| narrow(*c)).collect();
    let excludes = take_exclusions(&original, &mut chars);
    let (mut amounts, mended) = amounts(&chars);
    add_immediate(&chars, &mut amounts);
    if amounts.is_empty() {
        let all: String = original.iter().map(|c| narrow(*c)).collect();
        let none = NO_LIMIT.iter().any(|word| all.contains(word));
        return none.then(|| (TimeLimit::plain(Span::NoLimit), false));
    }
    let longest = amounts.iter().max_by_key(|amount| weight(amount.span))?.span;
    let different = amounts.iter().any(|amount| amount.span != longest);
    if !different {
        return Some((TimeLimit { span: longest, excludes, cases: Vec::new() }, mended));
    }
    if chars.len() > LONGEST_WITH_SEVERAL {
        return None;
    }
    let cases = cases(&original, &amounts);
    // At most the first amount, the general case, may stand without words.
    let unnamed = amounts.len() - cases.len();
    let first_unnamed = case_words(&original, &amounts, 0).is_empty();
    (unnamed == 0 || (unnamed == 1 && first_unnamed)).then_some((TimeLimit { span: longest, excludes, cases }, mended))
}

/// Rough length for finding the longest; never used as a conversion.
fn weight(span: Span) -> u64 {
    match span {
        Span::Immediate | Span::NoLimit => 0,
        Span::Amount { hundredths, unit } => {
            let minutes: u64 = match unit {
                TimeUnit::Minute => 1,
                TimeUnit::Hour => 60,
                TimeUnit::Day => 24 * 60,
                // A working day takes about seven fifths of a calendar day.
                TimeUnit::WorkingDay => 24 * 60 * 7 / 5,
                TimeUnit::Month => 30 * 24 * 60,
            };
            u64::from(hundredths) * minutes
        }
    }
}

/// Blanks out what does not count and returns its words.
fn take_exclusions(original: &[char], chars: &mut [char]) -> Vec<String> {
    let mut excludes = Vec::new();
    while let Some((at, marker)) = first_of(chars, &EXCLUDING) {
        if starts_with(&chars[at..], "不计时限") && !chars.iter().any(char::is_ascii_digit) {
            break;
        }
        let trailing = matches!(marker, "除外");
        let border = |c: char| matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | '。' | '\u{0}');
        let start = if trailing || !has_amount(&chars[clause_start(chars, at, border)..at]) {
            clause_start(chars, at, border)
        } else {
            at
        };
        // Commas inside a bracket belong to the exclusion; outside they end it.
        let inside = chars[..at].iter().rev().find(|c| matches!(c, '(' | ')')) == Some(&'(');
        let end = (at..chars.len())
            .find(|index| if inside { chars[*index] == ')' } else { border(chars[*index]) })
            .unwrap_or(chars.len());
        let words: String = original[start..end].iter().collect();
        let words = trim_punctuation(&words).to_owned();
        if !words.is_empty() {
            excludes.push(words);
        }
        chars[start..end].fill('\u{0}');
    }
    excludes
}

fn clause_start(chars: &[char], at: usize, border: impl Fn(char) -> bool) -> usize {
    (0..at).rev().find(|index| border(chars[*index])).map_or(0, |index| index + 1)
}

fn has_amount(chars: &[char]) -> bool {
    !amounts(chars).0.is_empty()
}

fn first_of<'w>(chars: &[char], words: &[&'w str]) -> Option<(usize, &'w str)> {
    (0..chars.len()).find_map(|at| words.iter().find(|word| starts_with(&chars[at..], word)).map(|word| (at, *word)))
}

fn starts_with(chars: &[char], word: &str) -> bool {
    let mut rest = chars.iter();
    word.chars().all(|c| rest.next() == Some(&c))
}

/// All amounts with a unit, and whether a unit had to be mended.
fn amounts(chars: &[char]) -> (Vec<Amount>, bool) {
    let (mut found, mut mended, mut at) = (Vec::new(), false, 0);
    while at < chars.len() {
        let Some((mut value, used)) = number(&chars[at..]) else {
            at += 1;
            continue;
        };
        let before = at.checked_sub(1).map(|index| chars[index]);
        let start = at;
        at += used;
        // 第三十二条, 每月15日: ordinals and dates, not amounts.
        if matches!(before, Some('第' | '月' | '〔' | '[')) {
            continue;
        }
        // 3至5个工作日: the longer end binds.
        if chars.get(at).is_some_and(|c| matches!(c, '-' | '~' | '至' | '到' | '—' | '～'))
            && let Some((upper, more)) = number(chars.get(at + 1..).unwrap_or_default())
        {
            value = value.max(upper);
            at += 1 + more;
        }
        let Some((unit, factor, length, cut)) = unit_at(&chars[at..], value) else { continue };
        let rest = &chars[at + length..];
        // 2020年1月1日 and 5月1日 are dates.
        let date = (unit == TimeUnit::Month
            && factor == 12
            && number(rest).is_some_and(|(_, used)| rest.get(used) == Some(&'月')))
            || (factor == 12 && value >= 190_000);
        at += length;
        if date {
            continue;
        }
        if let Some(hundredths) = value.checked_mul(factor) {
            mended |= cut;
            found.push(Amount { start, end: at, span: Span::Amount { hundredths, unit } });
        }
    }
    (found.into_iter().filter(|amount| !is_extension(chars, amount)).collect(), mended)
}

/// 可延长10个工作日: what may be added is not the limit.
fn is_extension(chars: &[char], amount: &Amount) -> bool {
    let from = amount.start.saturating_sub(8);
    let before: String = chars[from..amount.start].iter().collect();
    before.rsplit([',', ';', '。', '(']).next().is_some_and(|clause| clause.contains("延长") || clause.contains("延期"))
}

/// The unit at the beginning: unit, factor, length in characters, and whether its end was cut off.
fn unit_at(chars: &[char], value: u32) -> Option<(TimeUnit, u32, usize, bool)> {
    if let Some((word, unit, factor)) = UNITS.iter().find(|(word, _, _)| starts_with(chars, word)) {
        return Some((*unit, *factor, word.chars().count(), false));
    }
    // `3月内` is three months, `3月1日` a date.
    if chars.first() == Some(&'月')
        && value <= 2400
        && chars.get(1).is_none_or(|c| matches!(c, '内' | ')' | ',' | '。'))
    {
        return Some((TimeUnit::Month, 1, 1, false));
    }
    let word = CUT_UNITS.iter().find(|word| starts_with(chars, word))?;
    let length = word.chars().count();
    chars.get(length).is_none_or(|c| matches!(c, ')' | '(' | ',' | ';' | '。' | '\u{0}')).then_some((
        TimeUnit::WorkingDay,
        1,
        length,
        true,
    ))
}

fn add_immediate(chars: &[char], amounts: &mut Vec<Amount>) {
    let alone = amounts.is_empty();
    let mut at = 0;
    while at < chars.len() {
        let Some((word, enough)) = IMMEDIATE.iter().find(|(word, _)| starts_with(&chars[at..], word)) else {
            at += 1;
            continue;
        };
        let length = word.chars().count();
        let rest = &chars[at + length..];
        let settled = ["办结", "办理", "办", "完成", "给予办理", "发证", "出证", "取证", "领取", "作出"]
            .iter()
            .any(|verb| starts_with(rest, verb));
        let ends = rest.iter().all(|c| matches!(c, '。' | ')' | ';' | '件' | '\u{0}'));
        let counts = settled || (alone && (ends || *enough));
        let overlaps = amounts.iter().any(|amount| amount.start <= at && at < amount.end);
        if counts && !overlaps {
            amounts.push(Amount { start: at, end: at + length, span: Span::Immediate });
        }
        at += length;
    }
    amounts.sort_by_key(|amount| amount.start);
}

/// The cases that have words of their own.
fn cases(original: &[char], amounts: &[Amount]) -> Vec<(String, Span)> {
    (0..amounts.len())
        .map(|index| (case_words(original, amounts, index), amounts[index].span))
        .filter(|(words, _)| !words.is_empty())
        .collect()
}

/// The words that name the case of one amount: what stands between it and the amount before.
fn case_words(original: &[char], amounts: &[Amount], index: usize) -> String {
    let from = index.checked_sub(1).map_or(0, |before| amounts[before].end);
    let words: String = original.get(from..amounts[index].start).unwrap_or_default().iter().collect();
    let mut words = trim_punctuation(&words);
    for ending in ["不超过", "时限为", "办结时限", "为", "在", "需", "：", ":", "的"] {
        words = trim_punctuation(words.strip_suffix(ending).unwrap_or(words));
    }
    for beginning in ["内办结", "内完成", "内", "办结", "办理", "件", "或者", "或"] {
        words = trim_punctuation(words.strip_prefix(beginning).unwrap_or(words));
    }
    if words.chars().count() < 2 { String::new() } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(hundredths: u32, unit: TimeUnit) -> Span {
        Span::Amount { hundredths, unit }
    }

    #[test]
    fn plain_limits_are_read_in_every_wording() {
        for (text, hundredths, unit) in [
            ("7(工作日)", 700, TimeUnit::WorkingDay),
            ("7（工作日）", 700, TimeUnit::WorkingDay),
            ("90(自然日)", 9000, TimeUnit::Day),
            ("5个工作日", 500, TimeUnit::WorkingDay),
            ("２０ 工作日", 2000, TimeUnit::WorkingDay),
            ("二十个工作日", 2000, TimeUnit::WorkingDay),
            ("廿个工作日", 2000, TimeUnit::WorkingDay),
            ("0.5个工作日", 50, TimeUnit::WorkingDay),
            ("半个工作日", 50, TimeUnit::WorkingDay),
            ("3小时", 300, TimeUnit::Hour),
            ("30分钟", 3000, TimeUnit::Minute),
            ("30日内", 3000, TimeUnit::Day),
            ("三十日", 3000, TimeUnit::Day),
            ("一个月", 100, TimeUnit::Month),
            ("3月内", 300, TimeUnit::Month),
            ("一年", 1200, TimeUnit::Month),
            ("按照规定7日内", 700, TimeUnit::Day),
            ("符合法定形式之日起1个工作日", 100, TimeUnit::WorkingDay),
            ("自受理之日起5个工作日内办结", 500, TimeUnit::WorkingDay),
            ("本事项承诺办结时限为20个工作日", 2000, TimeUnit::WorkingDay),
            ("依据第三十二条，20日内办结", 2000, TimeUnit::Day),
            ("3至5个工作日", 500, TimeUnit::WorkingDay),
            ("20个工作日，特殊情况可延长10个工作日", 2000, TimeUnit::WorkingDay),
            ("一般项目6个工作", 600, TimeUnit::WorkingDay),
        ] {
            assert_eq!(parse(text), Some(TimeLimit::plain(amount(hundredths, unit))), "{text}");
        }
    }

    #[test]
    fn on_the_spot_and_no_limit_are_told_apart() {
        for text in ["即办", "即办件", "当场办结", "即时", "即时办结", "当场", "立等可取", "材料齐全的，当场办结"]
        {
            assert_eq!(parse(text), Some(TimeLimit::plain(Span::Immediate)), "{text}");
        }
        for text in ["无法定时限", "不计时限", "（不计时限）", "无法定办结时限"] {
            assert_eq!(parse(text), Some(TimeLimit::plain(Span::NoLimit)), "{text}");
        }
    }

    #[test]
    fn what_does_not_count_is_kept_as_words() {
        let limit = parse("25个工作日（不含公示时间）").expect("a limit");
        assert_eq!(limit.span, amount(2500, TimeUnit::WorkingDay));
        assert_eq!(limit.excludes, ["不含公示时间"]);
        let limit = parse("10个工作日，不包括听证、招标、现场核查5个工作日").expect("a limit");
        assert_eq!(limit.span, amount(1000, TimeUnit::WorkingDay));
        assert_eq!(limit.excludes, ["不包括听证、招标、现场核查5个工作日"]);
        let limit = parse("15个工作日不含专家评审（评审不超过20日）").map(|limit| limit.span);
        assert!(limit.is_none() || limit == Some(amount(1500, TimeUnit::WorkingDay)), "{limit:?}");
    }

    #[test]
    fn limits_by_case_keep_their_words_and_the_longest_counts() {
        for text in ["（一般项目6个工作日）（重要建设项目12个工作日）", "一般项目6个工作日，重要建设项目12个工作日"]
        {
            let limit = parse(text).expect("a limit");
            assert_eq!(limit.span, amount(1200, TimeUnit::WorkingDay), "{text}");
            assert_eq!(
                limit.cases,
                [
                    ("一般项目".to_owned(), amount(600, TimeUnit::WorkingDay)),
                    ("重要建设项目".to_owned(), amount(1200, TimeUnit::WorkingDay)),
                ],
                "{text}"
            );
        }
        let limit = parse("5个工作日（网上办理3个工作日）").expect("a limit");
        assert_eq!(limit.span, amount(500, TimeUnit::WorkingDay));
        assert_eq!(limit.cases, [("网上办理".to_owned(), amount(300, TimeUnit::WorkingDay))]);
        let limit = parse("变更登记当场办结，新设登记3个工作日").expect("a limit");
        assert_eq!(limit.span, amount(300, TimeUnit::WorkingDay));
        assert_eq!(limit.cases.len(), 2);
    }

    #[test]
    fn what_states_no_limit_gives_none() {
        for text in [
            "",
            "无",
            "-",
            "7",
            "工作日",
            "按规定",
            "详见附件",
            "《行政许可法》第四十二条",
            "2020年5月1日",
            "5月1日起施行",
            "每月15日",
            "当场受理",
            "5个工作日3个工作日",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        let law = "行政机关应当自受理之日起二十日内作出决定，不能作出决定的，经批准另行安排，并在三十日内告知；需要听证的，应当在听证前七日通知申请人，申请人在五日内提出，行政机关在四十五日内组织";
        assert_eq!(parse(law), None);
    }

    #[test]
    fn a_unit_cut_short_is_mended_and_said_to_be() {
        assert!(is_mended("一般项目6个工作"));
        assert!(!is_mended("6个工作日"));
        assert!(is_bare_unit("个工作日") && is_bare_unit("（工作日）") && !is_bare_unit("5个工作日"));
        assert!(is_bare_number("7") && is_bare_number("二十") && !is_bare_number("7日"));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }

        #[test]
        fn parsing_never_panics_on_words_of_its_own(parts in proptest::collection::vec(
            prop_oneof![Just("不含"), Just("（"), Just("）"), Just("即办"), Just("3"), Just("十"), Just("个工作日"), Just("年"),
                Just("月"), Just("日"), Just("至"), Just("不计时限"), Just("，"), Just("4294967295"), Just("第"), Just(".")], 0..12)) {
            let _ = parse(&parts.concat());
        }
    }
}
