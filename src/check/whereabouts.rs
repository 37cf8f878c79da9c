//! Where and when: addresses and office hours, compared beneath their spelling.
//!
//! Comes in: words as they stand. Goes out: whether two of them agree. Must never know: which pages they came from.

use std::collections::BTreeSet;

use super::wording::{Agreement, abbreviates, core, fold, mostly_shared, spaced, without_region};

/// Addresses (地点).
pub(crate) fn same_place(a: &str, b: &str) -> Agreement {
    let (a, b) = (place(a), place(b));
    if a.is_empty() || b.is_empty() {
        return Agreement::Unclear;
    }
    let (units_a, units_b) = (numbered(&a), numbered(&b));
    let clash = ['号', '楼', '室', '座', '栋', '幢', '窗'].iter().any(|unit| {
        let of = |units: &BTreeSet<(char, String)>| -> BTreeSet<String> {
            units.iter().filter(|(known, _)| known == unit).map(|(_, number)| number.clone()).collect()
        };
        let (left, right) = (of(&units_a), of(&units_b));
        !left.is_empty() && !right.is_empty() && left.is_disjoint(&right)
    });
    // The numbers come first: 2号 is 12号 with a character left out.
    if clash {
        Agreement::Differs
    } else if abbreviates(&a, &b) {
        Agreement::Same
    } else if mostly_shared(without_region(&a, &b).0, without_region(&a, &b).1) {
        Agreement::Unclear
    } else {
        Agreement::Differs
    }
}

/// Labels that stand before an address, often more than one.
const LABELS: [&str; 9] =
    ["办理地点", "办公地址", "受理地点", "办公地点", "办理地址", "窗口地址", "详细地址", "地址", "地点"];

/// An address without its label and punctuation, floors in figures.
pub(crate) fn place(text: &str) -> String {
    let folded = core(text).replace("首层", "1楼").replace('层', "楼");
    let mut bare = folded.as_str();
    while let Some(rest) = LABELS.iter().find_map(|label| bare.strip_prefix(label)) {
        bare = rest;
    }
    let chars: Vec<char> = bare.chars().collect();
    let counts = |c: char| "一二三四五六七八九十".contains(c);
    let mut out = String::new();
    let mut i = 0;
    while i < chars.len() {
        let end = (i..chars.len()).find(|&j| !counts(chars[j])).unwrap_or(chars.len());
        let unit = chars.get(end).is_some_and(|c| "楼层号室座栋幢".contains(*c));
        if end > i && unit && end - i <= 3 {
            out.push_str(&numeral(&chars[i..end]).to_string());
            i = end;
        } else {
            out.push(chars[i]);
            i += 1;
        }
    }
    out
}

/// A Chinese numeral up to 99.
fn numeral(chars: &[char]) -> u32 {
    let digit = |c: char| "零一二三四五六七八九".chars().position(|d| d == c).and_then(|at| u32::try_from(at).ok());
    match chars.iter().position(|c| *c == '十') {
        None => chars.iter().filter_map(|c| digit(*c)).fold(0, |sum, d| sum * 10 + d),
        Some(ten) => {
            let tens = if ten == 0 { 1 } else { digit(chars[ten - 1]).unwrap_or(1) };
            tens * 10 + chars.get(ten + 1).and_then(|c| digit(*c)).unwrap_or(0)
        }
    }
}

/// Numbers or single letters with the unit that follows them.
fn numbered(text: &str) -> BTreeSet<(char, String)> {
    let mut out = BTreeSet::new();
    let mut run = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_alphanumeric() {
            run.push(c);
        } else if !run.is_empty() {
            // 3号窗口 is the number of a window and not of a house.
            let of_window = c == '号' && chars.peek() == Some(&'窗');
            out.insert((if of_window { '窗' } else { c }, std::mem::take(&mut run)));
        }
    }
    out
}

/// Office hours (办理时间).
pub(crate) fn same_hours(a: &str, b: &str) -> Agreement {
    if core(a) == core(b) {
        return Agreement::Same;
    }
    let (times_a, times_b) = (times(a), times(b));
    let (days_a, days_b) = (days(a), days(b));
    if let (Some(left), Some(right)) = (&days_a, &days_b)
        && left != right
    {
        return Agreement::Differs;
    }
    match (times_a.is_empty(), times_b.is_empty()) {
        (false, false) if times_a == times_b => Agreement::Same,
        (false, false) if times_a.is_subset(&times_b) || times_b.is_subset(&times_a) => Agreement::Partly,
        (false, false) => Agreement::Differs,
        (true, true) if days_a.is_some() && days_a == days_b => Agreement::Same,
        (true, true) => Agreement::Unclear,
        _ => Agreement::Partly,
    }
}

/// Clock times in minutes after midnight.
fn times(text: &str) -> BTreeSet<u32> {
    let chars: Vec<char> = spaced(text).chars().collect();
    let mut out = BTreeSet::new();
    let mut afternoon = false;
    let mut i = 0;
    while i < chars.len() {
        match chars[i] {
            '下' | '晚' => afternoon = true,
            '上' => afternoon = false,
            _ => {}
        }
        let end = (i..chars.len()).find(|&j| !chars[j].is_ascii_digit()).unwrap_or(chars.len());
        if end == i {
            i += 1;
            continue;
        }
        let mark = chars.get(end).copied();
        if matches!(mark, Some(':' | '点' | '时')) && end - i <= 2 {
            let hour = number(&chars[i..end]);
            let last = (end + 1..chars.len()).find(|&j| !chars[j].is_ascii_digit()).unwrap_or(chars.len());
            let minute = if chars.get(end + 1) == Some(&'半') { 30 } else { number(&chars[end + 1..last]) };
            // 9:00-12:00 2:00-5:00: after noon comes the afternoon, whether it is said or not.
            afternoon |= hour < 8 && out.iter().any(|time| (11 * 60..=13 * 60).contains(time));
            let hour = if afternoon && hour < 12 { hour + 12 } else { hour };
            out.insert(hour * 60 + minute);
            i = last.max(end + 1);
        } else {
            i = end;
        }
    }
    out
}

fn number(chars: &[char]) -> u32 {
    chars.iter().filter_map(|c| c.to_digit(10)).fold(0, |sum, d| (sum * 10 + d) % 100_000)
}

/// Days of the week, Monday = 1; `None` if the text names none.
fn days(text: &str) -> Option<BTreeSet<u32>> {
    let folded = fold(text).replace("星期", "周").replace("礼拜", "周").replace("法定工作日", "工作日");
    let chars: Vec<char> = folded.chars().collect();
    let day = |c: char| {
        "一二三四五六".chars().position(|d| d == c).map(|at| at + 1).or((c == '日' || c == '天').then_some(7))
    };
    let mut out = BTreeSet::new();
    for i in 0..chars.len() {
        if chars[i] != '周' {
            continue;
        }
        let Some(first) = chars.get(i + 1).and_then(|c| day(*c)) else { continue };
        let tail: String = chars[i + 2..].iter().take(3).collect();
        let to = tail.strip_prefix('-').or_else(|| tail.strip_prefix('到'));
        let last = to.and_then(|to| to.trim_start_matches('周').chars().next()).and_then(day).unwrap_or(first);
        out.extend((first..=last).filter_map(|day| u32::try_from(day).ok()));
    }
    if out.is_empty() && folded.contains("工作日") {
        out.extend(1..=5);
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_written_shorter_is_the_same() {
        assert_eq!(
            same_place("办理地点：杭州市解放东路18号市民中心G座二楼", "解放东路18号市民中心G座2楼"),
            Agreement::Same
        );
        assert_eq!(same_place("杭州市解放东路18号2楼", "杭州市解放东路18号 2 楼"), Agreement::Same);
        assert_eq!(same_place("地点：办理地点：解放东路18号首层", "解放东路18号一层"), Agreement::Same);
    }

    #[test]
    fn another_floor_or_street_differs() {
        assert_eq!(same_place("解放东路18号2楼", "解放东路18号3楼"), Agreement::Differs);
        assert_eq!(same_place("解放东路2号", "解放东路12号"), Agreement::Differs);
        assert_eq!(same_place("解放东路18号", "文一西路500号"), Agreement::Differs);
        assert_eq!(same_place("解放东路18号1号窗口", "解放东路18号3号窗口"), Agreement::Differs);
    }

    #[test]
    fn hours_are_compared_as_times_and_days() {
        let portal = "周一至周五 上午9:00-12:00，下午1:30-5:00";
        assert_eq!(same_hours(portal, "星期一到星期五 9：00－12：00 13：30－17：00"), Agreement::Same);
        assert_eq!(same_hours("工作日9:00-17:00", "周一至周五9点至17点"), Agreement::Same);
        assert_eq!(same_hours("9:00-12:00，2:00-5:00", "上午9时至12时，下午14:00—17:00"), Agreement::Same);
        assert_eq!(same_hours("工作日9:00-17:00", "工作日9:00-16:30"), Agreement::Differs);
        assert_eq!(same_hours("周一至周五9:00-17:00", "周一至周六9:00-17:00"), Agreement::Differs);
        assert_eq!(same_hours("工作日", "工作日9:00-16:30"), Agreement::Partly);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_comparison_panic(a in "[0-9:点时半周星期一二三四五六日天十至到\\-() 号楼座A-Z上下午、；元]{0,24}", b in ".{0,24}") {
            for (left, right) in [(&a, &b), (&b, &a), (&a, &a)] {
                same_place(left, right);
                same_hours(left, right);
                crate::check::guide::materials_clear::is_vague(left);
                crate::check::process::acts_of(left);
            }
        }
    }
}
