//! The holiday notices (放假安排) as a table of days that are not as their weekday suggests.
//!
//! Comes in: rows `date,kind,name,year,source`; `year` is the year of the notice, which may reach back into the last
//! days of the year before. Goes out: a calendar that covers the years with a notice and refuses all others.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::CatalogueErrors;
use super::source::{Problem, did_you_mean};
use crate::model::Calendar;
use crate::model::calendar::DayKind;

const HEADER: &str = "date,kind,name,year,source";
const KINDS: [&str; 2] = ["holiday", "workday"];

/// Reads the calendar's file.
///
/// # Errors
///
/// Every mistake in the file.
pub fn parse_calendar(text: &str, file_name: &str) -> Result<Calendar, CatalogueErrors> {
    let mut problems = Vec::new();
    let mut exceptions: BTreeMap<Date, DayKind> = BTreeMap::new();
    let mut years: BTreeSet<i16> = BTreeSet::new();
    let problem = |line: usize, key: &str, message: String, hint: &str| Problem {
        file: file_name.to_owned(),
        line: Some(line),
        key: Some(key.to_owned()),
        message,
        hint: Some(hint.to_owned()),
    };
    let header = text.lines().next().unwrap_or_default().trim();
    if header != HEADER {
        problems.push(problem(1, "header", format!("`{header}` is not the header"), &format!("write `{HEADER}`")));
    }
    let rows = text.lines().enumerate().skip(1).map(|(index, row)| (index + 1, row.trim()));
    for (line, row) in rows.filter(|(_, row)| !row.is_empty()) {
        match read(row) {
            Ok((date, kind, year)) => {
                years.insert(year);
                if exceptions.insert(date, kind).is_some() {
                    problems.push(problem(line, "date", format!("`{date}` stands twice"), "keep one of them"));
                }
            }
            Err((key, message, hint)) => problems.push(problem(line, key, message, &hint)),
        }
    }
    let (Some(first), Some(last)) = (years.first().copied(), years.last().copied()) else {
        problems.push(Problem::of_file(file_name, "no rows"));
        return Err(CatalogueErrors(problems));
    };
    // A year in between without a notice would silently count as a year without holidays.
    for year in (first..=last).filter(|year| !years.contains(year)) {
        problems.push(Problem {
            hint: Some("add the rows of that year's notice".to_owned()),
            ..Problem::of_file(file_name, &format!("no rows for {year}"))
        });
    }
    match (Date::new(first, 1, 1), Date::new(last, 12, 31)) {
        (Ok(first), Ok(last)) if problems.is_empty() => Ok(Calendar::new(exceptions, first, last)),
        _ => Err(CatalogueErrors(problems)),
    }
}

/// One row, or the key that is wrong, what is wrong, and what would be right.
fn read(row: &str) -> Result<(Date, DayKind, i16), (&'static str, String, String)> {
    let cells: Vec<&str> = row.split(',').map(str::trim).collect();
    let [date, kind, _name, year, _source] = cells[..] else {
        let message = format!("{} cells instead of 5", cells.len());
        return Err(("row", message, format!("write `{HEADER}`")));
    };
    let day: Date =
        date.parse().map_err(|_| ("date", format!("`{date}` is not a date"), "write it as `2026-10-01`".to_owned()))?;
    let kind = match kind {
        "holiday" => DayKind::Holiday,
        "workday" => DayKind::Workday,
        _ => return Err(("kind", format!("unknown kind `{kind}`"), did_you_mean(kind, &KINDS))),
    };
    let notice: i16 = year
        .parse()
        .map_err(|_| ("year", format!("`{year}` is not a year"), "write the year of the notice".to_owned()))?;
    if !(notice == day.year() || notice == day.year() + 1) {
        let hint = "a notice speaks of its own year and of the last days of the year before".to_owned();
        return Err(("year", format!("the notice of {notice} does not speak of {day}"), hint));
    }
    Ok((day, kind, notice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::builtin;

    fn date(text: &str) -> Date {
        text.parse().expect("tests write valid dates")
    }

    #[test]
    fn five_working_days_end_where_the_notices_say() {
        let calendar = builtin().calendar;
        for (start, end) in [
            ("2019-12-30", "2020-01-07"),
            ("2020-04-03", "2020-04-13"),
            ("2020-01-23", "2020-02-07"),
            ("2026-09-19", "2026-09-24"),
        ] {
            assert_eq!(calendar.deadline(date(start), 5), Some(date(end)), "{start}");
            assert_eq!(calendar.working_days_between(date(start), date(end)), Some(5), "{start}");
        }
    }

    #[test]
    fn the_windows_of_2020_have_nine_working_days_each() {
        let calendar = builtin().calendar;
        for (before, last) in [("2020-03-27", "2020-04-10"), ("2019-12-27", "2020-01-10")] {
            assert_eq!(calendar.working_days_between(date(before), date(last)), Some(9), "{last}");
        }
        // The last submissions that can be fully observed in the two windows.
        assert_eq!(calendar.deadline(date("2020-01-03"), 5), Some(date("2020-01-10")));
        assert_eq!(calendar.deadline(date("2020-04-02"), 5), Some(date("2020-04-10")));
    }

    #[test]
    fn each_year_has_its_number_of_working_days() {
        let calendar = builtin().calendar;
        let counted: Vec<usize> = (2019..=2026)
            .map(|year| {
                let first = Date::new(year, 1, 1).expect("a first of January");
                first
                    .series(jiff::Span::new().days(1))
                    .take_while(|day| day.year() == year)
                    .filter(|day| calendar.is_working_day(*day) == Some(true))
                    .count()
            })
            .collect();
        assert_eq!(counted, [250, 249, 250, 249, 249, 251, 248, 248]);
    }

    #[test]
    fn a_year_without_a_notice_is_refused() {
        let calendar = builtin().calendar;
        assert_eq!(calendar.range(), (date("2019-01-01"), date("2026-12-31")));
        assert_eq!(calendar.is_working_day(date("2027-01-04")), None);
        assert_eq!(calendar.deadline(date("2026-12-30"), 5), None);
        assert_eq!(calendar.is_working_day(date("2018-12-29")), None);
    }

    #[test]
    fn mistakes_are_named_with_line_key_and_remedy() {
        for (rows, expected) in [
            (
                "2026-10-32,holiday,国庆节,2026,x\n",
                "h.csv:2: `date`: `2026-10-32` is not a date\n  hint: write it as `2026-10-01`",
            ),
            (
                "2026-10-01,holyday,国庆节,2026,x\n",
                "h.csv:2: `kind`: unknown kind `holyday`\n  hint: did you mean `holiday`?",
            ),
            (
                "2026-10-01,holiday,国庆节,2024,x\n",
                "h.csv:2: `year`: the notice of 2024 does not speak of 2026-10-01\n  hint: a notice speaks of its own year and of the last days of the year before",
            ),
            (
                "2026-10-01,holiday\n",
                "h.csv:2: `row`: 2 cells instead of 5\n  hint: write `date,kind,name,year,source`",
            ),
        ] {
            let good = "2026-10-02,holiday,国庆节,2026,x\n";
            let errors = parse_calendar(&format!("{HEADER}\n{rows}{good}"), "h.csv").expect_err("a mistake");
            assert_eq!(errors.to_string(), expected);
        }
        let twice = format!("{HEADER}\n2026-10-02,holiday,a,2026,x\n2026-10-02,holiday,a,2026,x\n");
        let errors = parse_calendar(&twice, "h.csv").expect_err("a mistake");
        assert_eq!(errors.to_string(), "h.csv:3: `date`: `2026-10-02` stands twice\n  hint: keep one of them");
        let gap = format!("{HEADER}\n2024-10-02,holiday,a,2024,x\n2026-10-02,holiday,a,2026,x\n");
        let errors = parse_calendar(&gap, "h.csv").expect_err("a mistake");
        assert_eq!(errors.to_string(), "h.csv: no rows for 2025\n  hint: add the rows of that year's notice");
    }
}
