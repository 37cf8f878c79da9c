//! Values of single elements: states, yes and no, counts, depth, codes.
//!
//! Comes in: the words of one field. Goes out: typed readings. Must never know: which layout the words came from.

use crate::extract::lexicon;
use crate::extract::text::{number, squeeze};
use crate::extract::time_limit;
use crate::model::guide::{DepthScale, OnlineDepth, Span};
use crate::model::{Element, Located, Reading, TimeLimit};

/// Turns the words of an element into a value, keeping its state and place.
fn map<T>(reading: &Reading<String>, read: impl FnOnce(&str) -> Option<T>) -> Reading<T> {
    match reading {
        Reading::Stated(located) => match read(&located.value) {
            Some(value) => Reading::Stated(Located { value, at: located.at.clone(), raw: located.raw.clone() }),
            None => Reading::Unreadable { at: located.at.clone(), raw: located.raw.clone() },
        },
        Reading::Blank { at, label } => Reading::Blank { at: at.clone(), label: label.clone() },
        Reading::Placeholder { at, raw } => Reading::Placeholder { at: at.clone(), raw: raw.clone() },
        Reading::Unreadable { at, raw } => Reading::Unreadable { at: at.clone(), raw: raw.clone() },
        Reading::Absent => Reading::Absent,
    }
}

/// A time limit.
pub(super) fn limit(reading: &Reading<String>, element: Element) -> Reading<TimeLimit> {
    map(reading, |text| {
        let none = element == Element::StatutoryLimit && matches!(squeeze(text).trim_end_matches('。'), "无" | "没有");
        if none { Some(TimeLimit::plain(Span::NoLimit)) } else { time_limit::parse(text) }
    })
}

/// Visits in person.
pub(super) fn visits(reading: &Reading<String>) -> Reading<u32> {
    map(reading, visits_of)
}

fn visits_of(text: &str) -> Option<u32> {
    let chars: Vec<char> = squeeze(text).chars().collect();
    let key: String = chars.iter().collect();
    if ["无需到现场", "无需到场", "不用跑", "零跑动", "无须到现场", "不需要到现场", "不见面", "零跑腿", "无需现场"]
        .iter()
        .any(|word| key.contains(word))
    {
        return Some(0);
    }
    let mut found: Vec<u32> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let Some((hundredths, used)) = number(&chars[at..]) else {
            at += 1;
            continue;
        };
        let counted = matches!(chars.get(at + used), Some('次' | '趟'));
        let alone = used == chars.len();
        at += used;
        if (counted || alone) && hundredths.is_multiple_of(100) {
            found.push(hundredths / 100);
        }
    }
    // Two different counts (网上0次，窗口1次) are no single number.
    let first = *found.first()?;
    (found.iter().all(|count| *count == first) && first <= 20).then_some(first)
}

/// Whether there is a fee.
pub(super) fn fee(reading: &Reading<String>) -> Reading<bool> {
    map(reading, fee_of)
}

fn fee_of(text: &str) -> Option<bool> {
    let key = squeeze(text);
    let key = key.trim_end_matches(['。', '.', ';']);
    match key {
        "是" | "1" | "收费" | "有" | "需要" | "收取" => return Some(true),
        "否" | "0" | "0元" | "无" | "没有" | "免费" | "零收费" | "不收取" | "不需要" | "免收" => {
            return Some(false);
        }
        _ => {}
    }
    let priced = price(key);
    if ["不收费", "不收取", "免费", "免收", "无收费", "无需收费", "零收费", "暂停征收", "停征"]
        .iter()
        .any(|word| key.contains(word))
        && !priced
    {
        return Some(false);
    }
    if priced || key.starts_with('是') || key.starts_with("收费") {
        return Some(true);
    }
    (key.starts_with('否') || key.starts_with('无') && key.chars().count() <= 6).then_some(false)
}

/// Whether an amount of money above nothing stands in the text.
fn price(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (0..chars.len()).any(|at| {
        let Some((hundredths, used)) = number(&chars[at..]) else { return false };
        hundredths > 0
            && matches!(chars.get(at + used), Some('元' | '万' | '角'))
            && !(at > 0 && chars[at - 1].is_ascii_digit())
    })
}

/// Whether the fee scale names a price, for pages that do not say whether there is a fee.
pub(super) fn fee_from_scale(reading: &Reading<String>) -> Reading<bool> {
    match map(reading, fee_of) {
        stated @ Reading::Stated(_) => stated,
        _ => Reading::Absent,
    }
}

/// Yes or no about posting.
pub(super) fn courier(reading: &Reading<String>) -> Reading<bool> {
    map(reading, |text| {
        let key = squeeze(text);
        let key = key.trim_end_matches(['。', '.']);
        match key {
            "是" | "1" | "支持" | "提供" | "有" => Some(true),
            "否" | "0" | "不支持" | "不提供" | "无" | "没有" => Some(false),
            _ if key.starts_with('不') || key.starts_with('否') || key.contains("不支持") => Some(false),
            _ if key.starts_with('是')
                || ["支持", "快递", "邮寄", "EMS", "寄递", "送达"].iter().any(|word| key.contains(word)) =>
            {
                Some(true)
            }
            _ => None,
        }
    })
}

/// Online depth with its scale.
pub(super) fn depth(reading: &Reading<String>) -> Reading<OnlineDepth> {
    map(reading, |text| Some(depth_of(text)))
}

fn depth_of(text: &str) -> OnlineDepth {
    let key = squeeze(text).to_uppercase();
    let level = [
        (4, ["IV级", "四级", "4级"]),
        (3, ["III级", "三级", "3级"]),
        (2, ["II级", "二级", "2级"]),
        (1, ["I级", "一级", "1级"]),
    ]
    .iter()
    .find(|(_, words)| words.iter().any(|word| key.contains(word)))
    .map(|(level, _)| *level)
    .or(match key.as_str() {
        "IV" => Some(4),
        "III" => Some(3),
        "II" => Some(2),
        "I" => Some(1),
        _ => None,
    });
    let says = |words: &[&str]| words.iter().any(|word| key.contains(word));
    let scale = if level.is_some() {
        DepthScale::Levels
    } else if says(&[
        "互联网咨询",
        "互联网收件",
        "互联网预审",
        "互联网受理",
        "互联网办理",
        "结果信息反馈",
        "电子证照反馈",
    ]) {
        DepthScale::National
    } else if says(&[
        "全程网办",
        "在线预审",
        "事项公开",
        "在线申办",
        "在线办理",
        "全程网上办理",
        "全流程网办",
        "网上预审",
        "信息公开",
    ]) {
        DepthScale::Provincial
    } else {
        DepthScale::Unknown
    };
    OnlineDepth { raw: text.to_owned(), scale, level }
}

/// An item code: digits and capital letters, at least six with a digit among them.
pub(super) fn code(reading: &Reading<String>) -> Option<Located<String>> {
    let located = reading.stated()?;
    let value: String =
        squeeze(&located.value).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let other = squeeze(&located.value).chars().filter(|c| crate::extract::text::is_han(*c)).count();
    let plausible =
        value.len() >= 6 && value.len() <= 64 && value.bytes().any(|byte| byte.is_ascii_digit()) && other == 0;
    plausible.then(|| Located { value, at: located.at.clone(), raw: located.raw.clone() })
}

/// The state of one field's words for an element.
pub(super) fn state(element: Element, field: &super::fields::Field<'_>) -> Reading<String> {
    let text = field.content.text();
    let at = field.content.at.clone();
    if field.is_blank() {
        return Reading::Blank { at: field.label_at.clone(), label: field.label.clone() };
    }
    if text.is_empty() {
        // A picture in the place of words: only our weakness that we cannot read it.
        let raw = field
            .content
            .media
            .iter()
            .find_map(|node| node.attr("alt").or_else(|| node.attr("src")))
            .unwrap_or_default();
        return Reading::Unreadable { at, raw: raw.to_owned() };
    }
    if lexicon::is_unrendered(&text) {
        return Reading::Unreadable { at, raw: text };
    }
    let value = field.means.map_or_else(|| text.clone(), str::to_owned);
    if lexicon::is_placeholder(element, &value) {
        return Reading::Placeholder { at, raw: text };
    }
    Reading::Stated(Located { raw: text, value, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Locator;

    fn reading(text: &str) -> Reading<String> {
        Reading::Stated(Located { value: text.to_owned(), at: Locator::Whole, raw: text.to_owned() })
    }

    #[test]
    fn visits_are_read_in_every_wording_and_two_counts_are_none() {
        for (text, count) in [
            ("0", 0),
            ("0次", 0),
            ("1 次", 1),
            ("最多到现场2次", 2),
            ("一次", 1),
            ("零次", 0),
            ("无需到现场办理", 0),
            ("不超过1次", 1),
        ] {
            assert_eq!(visits(&reading(text)).value(), Some(&count), "{text}");
        }
        for text in ["网上0次，窗口1次", "详见说明", "工作日", "0755-1234567"] {
            assert_eq!(visits(&reading(text)).value(), None, "{text}");
        }
    }

    #[test]
    fn a_fee_is_yes_no_or_follows_from_a_price() {
        for text in ["是", "1", "收费", "首次申请160元/本", "是（160元）"] {
            assert_eq!(fee(&reading(text)).value(), Some(&true), "{text}");
        }
        for text in ["否", "0", "不收费", "无", "免费", "0元", "本事项不收取任何费用"] {
            assert_eq!(fee(&reading(text)).value(), Some(&false), "{text}");
        }
    }

    #[test]
    fn depth_keeps_its_words_and_its_scale() {
        let read = |text: &str| depth(&reading(text)).value().cloned().expect("a depth");
        assert_eq!((read("Ⅳ级").level, read("Ⅳ级").scale), (Some(4), DepthScale::Levels));
        assert_eq!(read("全程网办（Ⅳ级）").level, Some(4));
        assert_eq!(read("III级").level, Some(3));
        assert_eq!(read("互联网受理").scale, DepthScale::National);
        assert_eq!(read("全程网办").scale, DepthScale::Provincial);
        assert_eq!(read("无").scale, DepthScale::Unknown);
    }

    #[test]
    fn courier_has_three_words_for_two_states() {
        for (text, yes) in [("是", true), ("支持", true), ("否", false), ("不支持", false), ("邮政速递", true)]
        {
            let found = courier(&reading(text)).value().copied();
            assert_eq!(found, if text == "邮政速递" { None } else { Some(yes) }, "{text}");
        }
    }

    #[test]
    fn codes_keep_digits_and_capitals_only() {
        let read = |text: &str| code(&reading(text)).map(|located| located.value);
        assert_eq!(read("11440000006939756B2440101007000").as_deref(), Some("11440000006939756B2440101007000"));
        assert_eq!(read("511A0138-511602 000").as_deref(), Some("511A0138511602000"));
        assert_eq!(read("行政许可"), None);
    }
}
