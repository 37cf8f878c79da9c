//! Widths, numbering, numerals: the small grammar of Chinese official text.
//!
//! Comes in: words as they stand. Goes out: words made comparable, and where an enumeration splits. Must never know:
//! HTML, labels, portals.

use unicode_normalization::UnicodeNormalization;

/// One character at its usual width: full-width letters, digits and punctuation become ASCII, one for one, so that
/// positions stay valid in the original.
#[must_use]
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '〇' => '零',
        _ => c,
    }
}

/// Compatibility form (NFKC) without any white space: for comparing, never for showing.
#[must_use]
pub fn squeeze(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{feff}')).collect()
}

/// Whether the character is a Han character.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}

/// How an item of an enumeration is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkStyle {
    /// `1.` `1、` `1）` or `1` and a blank.
    Digit,
    /// `（1）`.
    DigitInBrackets,
    /// `一、`.
    Han,
    /// `（一）`.
    HanInBrackets,
    /// `①`.
    Circled,
    /// `第一步`, `步骤一`.
    Step,
    /// A bullet, without a number.
    Bullet,
}

/// The mark before an item of an enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its style.
    pub style: MarkStyle,
    /// Its number; 0 for bullets.
    pub ordinal: u32,
}

/// The mark at the beginning of `text`, and what follows it.
#[must_use]
pub fn numbering(text: &str) -> Option<(Mark, &str)> {
    let text = text.trim_start();
    let chars: Vec<char> = text.chars().take(12).map(narrow).collect();
    let (mark, used) = mark_at(&chars)?;
    let rest = text.char_indices().nth(used).map_or("", |(at, _)| &text[at..]);
    Some((mark, rest.trim_start()))
}

fn mark_at(chars: &[char]) -> Option<(Mark, usize)> {
    let mark = |style, ordinal, used| Some((Mark { style, ordinal }, used));
    let first = *chars.first()?;
    if matches!(first, '·' | '•' | '■' | '◆' | '▶' | '●' | '○' | '★' | '☆' | '▪' | '◇' | '□' | '►' | '*')
    {
        return mark(MarkStyle::Bullet, 0, 1);
    }
    if ('①'..='⑳').contains(&first) {
        return mark(MarkStyle::Circled, u32::from(first) - u32::from('①') + 1, 1);
    }
    if first == '第' || (first == '步' && chars.get(1) == Some(&'骤')) {
        let start = if first == '第' { 1 } else { 2 };
        let (value, used) = whole_number(chars.get(start..)?)?;
        let mut end = start + used;
        if first == '第' {
            if chars.get(end) != Some(&'步') {
                return None;
            }
            end += 1;
        }
        let closed = chars.get(end).is_none_or(|c| matches!(c, ':' | '、' | '.' | ',' | ' ' | '-'));
        return mark(MarkStyle::Step, value, if closed { (end + 1).min(chars.len()) } else { end });
    }
    let open = usize::from(first == '(');
    let (value, used) = whole_number(chars.get(open..)?)?;
    let han = !chars[open].is_ascii_digit();
    let end = open + used;
    let next = chars.get(end).copied();
    if open == 1 {
        let style = if han { MarkStyle::HanInBrackets } else { MarkStyle::DigitInBrackets };
        return (next == Some(')'))
            .then_some(())
            .and_then(|()| mark(style, value, end + 1 + usize::from(chars.get(end + 1) == Some(&'、'))));
    }
    let after = chars.get(end + 1).copied();
    let closed = match next? {
        '、' | ')' => true,
        '.' => !after.is_some_and(|c| c.is_ascii_digit()),
        ' ' => !han && after.is_some_and(is_han),
        _ => false,
    };
    // `20、` may begin an enumeration, `2019.` is a year.
    (closed && value < 100).then_some(())?;
    mark(if han { MarkStyle::Han } else { MarkStyle::Digit }, value, end + 1)
}

/// The mark `4.` of `4.6个月内照片` where the item before was `3.`: by itself that begins with a number.
fn next_before_digit(chars: &[char], before: Mark) -> Option<Mark> {
    let ordinal = before.ordinal.checked_add(1).filter(|_| before.style == MarkStyle::Digit)?;
    let digits: Vec<char> = ordinal.to_string().chars().collect();
    let rest = chars.strip_prefix(digits.as_slice())?;
    let follows = rest.first() == Some(&'.') && rest.get(1).is_some_and(char::is_ascii_digit);
    follows.then_some(Mark { style: MarkStyle::Digit, ordinal })
}

/// The item `4.6个月内照片` after an item numbered 3: its mark, and `6个月内照片`.
#[must_use]
pub fn numbering_after(text: &str, before: Mark) -> Option<(Mark, &str)> {
    let text = text.trim_start();
    let chars: Vec<char> = text.chars().take(12).map(narrow).collect();
    let mark = next_before_digit(&chars, before)?;
    let used = mark.ordinal.to_string().chars().count() + 1;
    let rest = text.char_indices().nth(used).map_or("", |(at, _)| &text[at..]);
    Some((mark, rest))
}

/// `text` without a mark of an enumeration before it.
#[must_use]
pub fn without_numbering(text: &str) -> &str {
    numbering(text).map_or(text, |(_, rest)| rest)
}

/// Splits a running text at the marks of its enumeration (`（一）… （二）…`); one part if it has none.
///
/// Only marks that continue the first one's style and count split, so that `《…》（2014年第7号）` does not.
#[must_use]
pub fn split_enumeration(text: &str) -> Vec<String> {
    let positions: Vec<(usize, char)> = text.char_indices().map(|(at, c)| (at, narrow(c))).collect();
    let chars: Vec<char> = positions.iter().map(|(_, c)| *c).collect();
    let mut cuts: Vec<usize> = Vec::new();
    let mut last: Option<Mark> = None;
    for index in 0..chars.len() {
        let at_border = index == 0
            || matches!(chars[index - 1], ' ' | ';' | '。' | '.' | ',' | '、' | ':' | ')' | '\n')
            || matches!(chars[index], '(' | '①'..='⑳');
        if !at_border {
            continue;
        }
        let window = &chars[index..chars.len().min(index + 12)];
        let after_item = index > 0 && matches!(chars[index - 1], ';' | '。' | '\n');
        let expected = || last.filter(|_| after_item).and_then(|before| next_before_digit(window, before));
        let Some(mark) = mark_at(window).map(|(mark, _)| mark).or_else(expected) else { continue };
        let continues = last.map_or(mark.ordinal == 1, |before| {
            before.style == mark.style && mark.ordinal == before.ordinal.saturating_add(1)
        });
        if continues && mark.style != MarkStyle::Bullet {
            cuts.push(positions[index].0);
            last = Some(mark);
        }
    }
    if cuts.len() < 2 {
        return vec![text.trim().to_owned()];
    }
    let mut parts = Vec::with_capacity(cuts.len() + 1);
    parts.push(text[..cuts[0]].trim().to_owned());
    for (index, cut) in cuts.iter().enumerate() {
        let end = cuts.get(index + 1).copied().unwrap_or(text.len());
        parts.push(text[*cut..end].trim().to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A whole number at the beginning: Arabic or Chinese; with the number of characters used.
#[must_use]
pub fn whole_number(chars: &[char]) -> Option<(u32, usize)> {
    let (hundredths, used) = number(chars)?;
    hundredths.is_multiple_of(100).then_some((hundredths / 100, used))
}

/// A number at the beginning, in hundredths: `0.5`, `20`, `二十`, `廿`, `半`; with the number of characters used.
#[must_use]
pub fn number(chars: &[char]) -> Option<(u32, usize)> {
    let digits = chars.iter().take_while(|c| narrow(**c).is_ascii_digit()).count();
    if digits > 0 {
        let whole: u32 = chars[..digits].iter().map(|c| narrow(*c)).collect::<String>().parse().ok()?;
        let mut hundredths = whole.checked_mul(100)?;
        let mut used = digits;
        let fraction: Vec<u32> = match chars.get(digits).map(|c| narrow(*c)) {
            Some('.') => chars[digits + 1..].iter().map_while(|c| narrow(*c).to_digit(10)).collect(),
            _ => Vec::new(),
        };
        if !fraction.is_empty() {
            let tenths = fraction[0] * 10 + fraction.get(1).copied().unwrap_or(0);
            hundredths = hundredths.checked_add(tenths)?;
            used += 1 + fraction.len();
        }
        return Some((hundredths, used));
    }
    if chars.first() == Some(&'半') {
        return Some((50, 1));
    }
    han_number(chars)
}

fn han_number(chars: &[char]) -> Option<(u32, usize)> {
    let (mut total, mut digit, mut used) = (0u32, None::<u32>, 0usize);
    for c in chars.iter().map(|c| narrow(*c)) {
        let value = match c {
            '零' => 0,
            '一' | '壹' => 1,
            '二' | '两' | '贰' => 2,
            '三' | '叁' => 3,
            '四' | '肆' => 4,
            '五' | '伍' => 5,
            '六' | '陆' => 6,
            '七' | '柒' => 7,
            '八' | '捌' => 8,
            '九' | '玖' => 9,
            '廿' => {
                total = total.checked_add(20)?;
                used += 1;
                continue;
            }
            '卅' => {
                total = total.checked_add(30)?;
                used += 1;
                continue;
            }
            '十' | '拾' | '百' | '佰' | '千' => {
                let scale = match c {
                    '十' | '拾' => 10,
                    '百' | '佰' => 100,
                    _ => 1000,
                };
                total = total.checked_add(digit.take().unwrap_or(1).checked_mul(scale)?)?;
                used += 1;
                continue;
            }
            _ => break,
        };
        // Two digits in a row without a scale (一二) are no number of days.
        if digit.is_some_and(|before| before != 0) {
            return None;
        }
        digit = Some(value);
        used += 1;
    }
    let total = total.checked_add(digit.unwrap_or(0))?;
    (used > 0).then(|| total.checked_mul(100)).flatten().map(|hundredths| (hundredths, used))
}

/// `text` without the punctuation and brackets around it.
#[must_use]
pub fn trim_punctuation(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '，' | ','
                    | '。'
                    | '.'
                    | '；'
                    | ';'
                    | '、'
                    | '：'
                    | ':'
                    | '（'
                    | '）'
                    | '('
                    | ')'
                    | '【'
                    | '】'
                    | '—'
                    | '-'
                    | '|'
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_every_style_are_taken_off() {
        for (text, rest) in [
            ("一、受理条件", "受理条件"),
            ("（二）申请", "申请"),
            ("1.身份证", "身份证"),
            ("3、照片", "照片"),
            ("（4）照片", "照片"),
            ("1　申请单位网上申请", "申请单位网上申请"),
            ("②户口簿", "户口簿"),
            ("第一步：申请", "申请"),
            ("· 公告", "公告"),
        ] {
            assert_eq!(without_numbering(text), rest, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for text in ["0.5个工作日", "2019.10", "一般项目", "第三十二条", "5个工作日", "（不含公示）", "十分钟"]
        {
            assert_eq!(without_numbering(text), text, "{text}");
        }
    }

    #[test]
    fn an_enumeration_in_one_text_is_split_and_years_in_brackets_do_not_split_it() {
        let parts = split_enumeration("材料：（一）照片。（二）《办法》（2014年第7号）要求的表。（三）身份证");
        assert_eq!(parts, ["材料：", "（一）照片。", "（二）《办法》（2014年第7号）要求的表。", "（三）身份证"]);
        assert_eq!(split_enumeration("身份证、户口簿"), ["身份证、户口簿"]);
    }

    #[test]
    fn numbers_are_read_in_both_scripts() {
        let read = |text: &str| number(&text.chars().collect::<Vec<_>>());
        assert_eq!(read("二十"), Some((2000, 2)));
        assert_eq!(read("十五日"), Some((1500, 2)));
        assert_eq!(read("廿"), Some((2000, 1)));
        assert_eq!(read("一百二十天"), Some((12_000, 4)));
        assert_eq!(read("0.5个"), Some((50, 3)));
        assert_eq!(read("２０个"), Some((2000, 2)));
        assert_eq!(read("半"), Some((50, 1)));
        assert_eq!(read("一二"), None);
        assert_eq!(read("工作"), None);
        assert_eq!(read("99999999999"), None);
    }
}
