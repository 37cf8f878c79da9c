//! Dates as portals write them.
//!
//! Comes in: text and the day of capture. Goes out: civil dates and where in the text they stood. Must never know:
//! what the dates are about.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::Offset;

/// No portal shows anything older; smaller years are item codes and telephone numbers.
const FIRST_YEAR: i16 = 1990;

/// Beyond this a number of four digits is not a year on a page of ours.
const LAST_YEAR: i16 = 2099;

/// A date with the bytes of the text it stood in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The date.
    pub(super) date: Date,
    /// Where in the text, time of day included.
    pub(super) range: Range<usize>,
}

/// All dates with a year, in order: `2020-04-01`, `2020/4/1`, `2020年4月1日`, `2020.04.01 10:20`.
pub(super) fn find_all(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = digits_end(bytes, at);
        let parsed = (end - at == 4).then(|| dated_at(text, at, end)).flatten();
        match parsed {
            Some(date) => {
                at = date.range.end;
                found.push(date);
            }
            None => at = end,
        }
    }
    found
}

/// The first date with a year.
pub(super) fn first(text: &str) -> Option<Date> {
    find_all(text).into_iter().next().map(|found| found.date)
}

/// A whole cell that is a date, in any form: with year, `04-01` (the latest such day not after `today`), eight digits,
/// or seconds or milliseconds since 1970.
pub(super) fn of_cell(text: &str, today: Date) -> Option<Date> {
    first(text).or_else(|| short(text, today)).or_else(|| of_number(text.trim()))
}

/// A whole text that is a date without a year, brackets around it allowed: `04-01`, `[4月1日]`.
pub(super) fn short(text: &str, today: Date) -> Option<Date> {
    let inner =
        text.trim().trim_matches(|c: char| matches!(c, '[' | ']' | '(' | ')' | '（' | '）' | '【' | '】')).trim();
    let inner = inner.strip_suffix('日').unwrap_or(inner);
    let (month, day) = inner.split_once('-').or_else(|| inner.split_once('/')).or_else(|| inner.split_once('月'))?;
    let number = |part: &str| -> Option<i8> {
        let part = part.trim();
        ((1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let (month, day) = (number(month)?, number(day)?);
    let this_year = Date::new(today.year(), month, day).ok().filter(|date| *date <= today);
    this_year.or_else(|| Date::new(today.year() - 1, month, day).ok())
}

/// `20200401`, or seconds or milliseconds since 1970 in Chinese time.
pub(super) fn of_number(text: &str) -> Option<Date> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    match text.len() {
        8 => {
            let part = |range: Range<usize>| text.get(range).and_then(|digits| digits.parse::<i16>().ok());
            civil(part(0..4)?, part(4..6)?, part(6..8)?)
        }
        10 => of_seconds(number),
        13 => of_seconds(number / 1000),
        _ => None,
    }
}

fn of_seconds(seconds: i64) -> Option<Date> {
    let instant = jiff::Timestamp::from_second(seconds).ok()?;
    // China has had one time zone without summer time since 1992.
    let date = Offset::constant(8).to_datetime(instant).date();
    (FIRST_YEAR..=LAST_YEAR).contains(&date.year()).then_some(date)
}

fn digits_end(bytes: &[u8], from: usize) -> usize {
    (from..bytes.len()).find(|&i| !bytes[i].is_ascii_digit()).unwrap_or(bytes.len())
}

fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A date whose year stands at `start..end`.
fn dated_at(text: &str, start: usize, end: usize) -> Option<Found> {
    let year = text[start..end].parse().ok()?;
    let (separator, month_start) = separator_at(text, end, &['-', '/', '.', '年', '－', '—'])?;
    let month_end = digits_end(text.as_bytes(), month_start);
    let month = number(text, month_start, month_end)?;
    let next: &[char] = if separator == '年' { &['月'] } else { &[separator] };
    let (_, day_start) = separator_at(text, month_end, next)?;
    let day_end = digits_end(text.as_bytes(), day_start);
    let day = number(text, day_start, day_end)?;
    let date = civil(year, month, day)?;
    let mut stop = day_end;
    if text[stop..].starts_with('日') {
        stop += '日'.len_utf8();
    }
    Some(Found { date, range: start..stop + time_length(&text[stop..]) })
}

fn number(text: &str, start: usize, end: usize) -> Option<i16> {
    ((1..=2).contains(&(end - start))).then(|| text[start..end].parse().ok())?
}

/// One of the separators at `at`, blanks around it allowed, and where the next number begins.
fn separator_at(text: &str, at: usize, separators: &[char]) -> Option<(char, usize)> {
    let rest = &text[at..];
    let trimmed = rest.trim_start_matches(' ');
    let separator = trimmed.chars().next().filter(|c| separators.contains(c))?;
    let after = trimmed[separator.len_utf8()..].trim_start_matches(' ');
    Some((separator, text.len() - after.len()))
}

/// Length of a time of day such as ` 10:20:30` or `T10:20`.
fn time_length(rest: &str) -> usize {
    let trimmed = rest.trim_start_matches([' ', 'T']);
    let length = trimmed.bytes().take_while(|b| b.is_ascii_digit() || *b == b':').count();
    let time = &trimmed[..length];
    if time.contains(':') { rest.len() - trimmed.len() + length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date in a test")
    }

    #[test]
    fn every_form_with_a_year_is_read() {
        for text in [
            "2020-04-01",
            "2020/4/1",
            "2020年4月1日",
            "2020年04月01日 10:20",
            "2020.04.01 10:20",
            "发布时间：2020-04-01T10:20:30",
            "2020 - 4 - 1",
        ] {
            assert_eq!(first(text), Some(day("2020-04-01")), "{text}");
        }
    }

    #[test]
    fn two_dates_keep_their_places() {
        let text = "咨询 2020-04-01 10:20 回复 2020-04-03";
        let found = find_all(text);
        assert_eq!(found.len(), 2);
        assert_eq!(&text[found[0].range.clone()], "2020-04-01 10:20");
        assert_eq!(&text[found[1].range.clone()], "2020-04-03");
    }

    #[test]
    fn numbers_that_are_not_dates_stay_silent() {
        for text in ["0591-23121177", "2019-350128-78-01", "8:15-12:00", "2020-13-01", "〔2019〕19号", "12345", "1.2.3"]
        {
            assert_eq!(first(text), None, "{text}");
        }
        assert_eq!(of_cell("020-12345", day("2026-11-23")), None);
    }

    #[test]
    fn a_date_without_a_year_is_the_latest_such_day() {
        let today = day("2026-11-23");
        assert_eq!(short("[11-23]", today), Some(day("2026-11-23")));
        assert_eq!(short("12-01", today), Some(day("2025-12-01")));
        assert_eq!(short("4月1日", today), Some(day("2026-04-01")));
        assert_eq!(short("8:15-12:00", today), None);
        assert_eq!(short("02-30", today), None);
    }

    #[test]
    fn seconds_and_milliseconds_are_chinese_days() {
        // 2020-03-31T20:00:00Z is already the first of April in China.
        assert_eq!(of_number("1585684800"), Some(day("2020-04-01")));
        assert_eq!(of_number("1585684800000"), Some(day("2020-04-01")));
        assert_eq!(of_number("20200401"), Some(day("2020-04-01")));
        assert_eq!(of_number("13812345678"), None);
    }
}
