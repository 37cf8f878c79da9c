//! The assessment table as plain text for a terminal, aligned although Chinese characters are two columns wide.

use std::fmt::Write;

use crate::model::CityCode;

use super::summary::Summary;

/// The counts of the table: key, words in Chinese and in English.
pub const INDICATORS: [(&str, &str, &str); 8] = [
    ("without_scenario_guidance", "未提供场景引导", "no scenario guidance"),
    ("without_sample_forms", "未提供示例样表", "no sample forms"),
    ("channels_fully_same", "电脑端与移动端完全一致", "portal and mobile fully the same"),
    ("with_mobile_channel", "开通移动服务渠道", "with a mobile channel"),
    ("with_two_mobile_kinds", "开通两类以上移动渠道", "with two mobile kinds or more"),
    ("with_topic_on_mobile", "移动端公开专题信息", "topic disclosed on mobile"),
    ("consultation_within_5", "咨询 5 个工作日内答复", "consultation answered within 5 working days"),
    ("complaint_within_5", "投诉 5 个工作日内答复", "complaint answered within 5 working days"),
];

impl Summary {
    /// The count under one of the keys of [`INDICATORS`].
    #[must_use]
    pub fn count(&self, key: &str) -> Option<usize> {
        Some(match key {
            "without_scenario_guidance" => self.without_scenario_guidance,
            "without_sample_forms" => self.without_sample_forms,
            "channels_fully_same" => self.channels_fully_same,
            "with_mobile_channel" => self.with_mobile_channel,
            "with_two_mobile_kinds" => self.with_two_mobile_kinds,
            "with_topic_on_mobile" => self.with_topic_on_mobile,
            "consultation_within_5" => self.consultation_within_5,
            "complaint_within_5" => self.complaint_within_5,
            _ => return None,
        })
    }
}

/// The table, each line ended by a line feed.
#[must_use]
pub fn render(summary: &Summary) -> String {
    let mut rows =
        vec![["指标".to_owned(), "indicator".to_owned(), format!("of {}", summary.cities), "not measured".to_owned()]];
    for (key, zh, en) in INDICATORS {
        let count = summary.count(key).unwrap_or_default();
        rows.push([zh.to_owned(), en.to_owned(), count.to_string(), summary.not_measured(key).to_string()]);
    }
    let mean = summary.visits.mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.2}"));
    let gap = summary.not_measured("visits").to_string();
    rows.push([
        "平均到现场次数".to_owned(),
        format!("visits in person, {} in all", summary.visits.sum),
        mean,
        gap.clone(),
    ]);
    let zero = summary.zero_visit_cities.len().to_string();
    rows.push(["零跑动城市".to_owned(), "cities without any visit".to_owned(), zero, gap]);

    let mut text = aligned(&rows);
    let regions: Vec<String> = summary
        .visits
        .by_region
        .iter()
        .map(|(region, mean)| mean.map_or_else(|| format!("{region} –"), |mean| format!("{region} {mean:.2}")))
        .collect();
    if !regions.is_empty() {
        let _ = writeln!(text, "\n各地区平均到现场次数 visits by region: {}", regions.join("  "));
    }
    if !summary.zero_visit_cities.is_empty() {
        let codes: Vec<&str> = summary.zero_visit_cities.iter().map(CityCode::as_str).collect();
        let _ = writeln!(text, "零跑动城市 zero visits: {}", codes.join(" "));
    }
    text
}

/// Two columns of words to the left, two of numbers to the right, with a rule under the first row.
fn aligned(rows: &[[String; 4]]) -> String {
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or_default();
    let widths: [usize; 4] = std::array::from_fn(widest);
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[column] - width(cell));
            let gap = if column == 0 { "" } else { "  " };
            let _ =
                if column < 2 { write!(text, "{gap}{cell}{padding}") } else { write!(text, "{gap}{padding}{cell}") };
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
        if index == 0 {
            text.push_str(&"─".repeat(widths.iter().sum::<usize>() + 6));
            text.push('\n');
        }
    }
    text
}

/// Columns that a terminal gives to a text: two for wide and full-width characters (Unicode `EastAsianWidth` W and F).
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{33ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{a000}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_are_two_columns_wide() {
        assert_eq!(width("咨询 5 个"), 9);
        assert_eq!(width("–a1"), 3);
    }

    #[test]
    fn numbers_stand_under_each_other() {
        let text = render(&Summary::of(&[], &[]));
        let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), 1 + 1 + INDICATORS.len() + 2);
        let ends: Vec<usize> = lines.iter().map(|line| width(line)).collect();
        assert!(ends.iter().all(|end| *end == ends[0]), "{text}");
    }

    #[test]
    fn every_indicator_is_a_key_of_the_summary() {
        let summary = Summary::of(&[], &[]);
        for (key, ..) in INDICATORS {
            assert_eq!(summary.count(key), Some(0));
            assert!(summary.not_measured.contains_key(key), "{key}");
        }
        assert_eq!(summary.count("other"), None);
    }
}
