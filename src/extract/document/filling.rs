//! Blank form (空白表格) or filled sample (示例样表), by content.
//!
//! Comes in: blocks. Goes out: a judgement with its certainty and what it rests on. Must never know: what the file was
//! offered as; the pair is compared by the check.
//!
//! Places for values are counted: a short label and nothing beside it is an empty one; what only an applicant writes
//! (a name, a number of a card, a whole day, a tick) is a filled one. Words that may be either count for neither.

use super::blocks::{Block, Blocks, Cell};
use super::words::{is_tick, plain};
use crate::model::{FillState, Filling};

/// A label is no longer than this, without punctuation.
const LABEL: usize = 16;

/// So many quotes are kept.
const QUOTES: usize = 5;

/// A heading with these words begins the explanations: what follows tells how to fill in, and may hold examples.
const EXPLANATIONS: [&str; 9] =
    ["填表说明", "填写说明", "填报说明", "填表须知", "填写须知", "注意事项", "填写要求", "填表要求", "填报须知"];

/// Names that samples use for nobody in particular.
const NOBODY: [&str; 22] = [
    "张三",
    "李四",
    "王五",
    "赵六",
    "张某",
    "李某",
    "王某",
    "赵某",
    "陈某",
    "刘某",
    "某某",
    "XXX",
    "xxx",
    "×××",
    "ＸＸＸ",
    "***",
    "某公司",
    "小明",
    "小红",
    "XX公司",
    "XX市",
    "××市",
];

/// The judgement on a document.
pub(super) fn judge(blocks: &Blocks) -> Filling {
    let mut count = Count::default();
    let mut explained = false;
    for block in blocks.list() {
        match block {
            Block::Heading(_, text) | Block::Paragraph(text) => {
                for line in text.lines() {
                    explained |= begins_explanations(line);
                    if !explained {
                        count.line(line);
                    }
                }
            }
            // After explanations a further table is again a form.
            Block::Table(rows) => {
                explained = false;
                count.table(rows);
            }
        }
    }
    count.judge()
}

fn begins_explanations(line: &str) -> bool {
    let plain = plain(line);
    plain.chars().count() <= LABEL && EXPLANATIONS.iter().any(|word| plain.contains(word))
}

#[derive(Default)]
struct Count {
    empty: u32,
    filled: u32,
    /// Something stands beside a label that may be a value or another label.
    unknown: u32,
    empty_quotes: Vec<String>,
    filled_quotes: Vec<String>,
}

impl Count {
    fn empty(&mut self, label: &str) {
        self.empty += 1;
        if self.empty_quotes.len() < QUOTES {
            self.empty_quotes.push(quote(label));
        }
    }

    fn filled(&mut self, words: &str) {
        self.filled += 1;
        if self.filled_quotes.len() < QUOTES {
            self.filled_quotes.push(quote(words));
        }
    }

    fn table(&mut self, rows: &[Vec<Cell>]) {
        for row in rows {
            let mut explained = false;
            for (at, cell) in row.iter().enumerate() {
                explained |= cell.text.lines().any(begins_explanations);
                // Beside 填表说明 stand explanations.
                if explained {
                    continue;
                }
                let before = at.checked_sub(1).map(|at| row[at].text.as_str()).filter(|text| is_label(text));
                match (cell.text.trim(), before) {
                    ("", Some(label)) => self.empty(label),
                    ("", None) => {}
                    (text, before) => self.cell(text, before),
                }
            }
        }
    }

    fn cell(&mut self, text: &str, before: Option<&str>) {
        // A cell may hold lines of its own: 姓名：＿＿ 电话：＿＿.
        let (empty, filled) = (self.empty, self.filled);
        text.lines().for_each(|line| self.line(line));
        if before.is_some() && (empty, filled) == (self.empty, self.filled) && !is_label(text) {
            self.unknown += 1;
        }
    }

    /// Counts what a line says of fields in it.
    fn line(&mut self, line: &str) {
        if is_example(line) {
            return;
        }
        let ticks = line.chars().filter(|c| is_tick(*c)).count();
        let boxes = line.chars().filter(|c| matches!(c, '□' | '☐' | '○' | '◯')).count();
        if ticks > 0 && (boxes > 0 || ticks == 1) && line.chars().count() <= 120 {
            self.filled(line);
        } else if boxes > 0 {
            self.empty(line);
        }
        if let Some(words) = written(line) {
            self.filled(words);
            return;
        }
        for label in fields_left_empty(line) {
            self.empty(label);
        }
    }

    fn judge(self) -> Filling {
        let Self { empty, filled, unknown, empty_quotes, filled_quotes } = self;
        let (state, certainty) = if filled >= 3 {
            // Real samples leave many places empty; how many says how sure we are.
            let certainty = match filled {
                5.. if filled >= empty => 95,
                _ if filled * 2 >= empty => 90,
                _ => 80,
            };
            (FillState::Filled, certainty)
        } else if filled >= 1 {
            // One value may be an example that the blank form shows, or the beginning of a sample.
            (FillState::Unclear, 50)
        } else if empty >= 3 && unknown * 2 <= empty {
            (FillState::Blank, if empty >= 6 && unknown == 0 { 95 } else { 85 })
        } else {
            (FillState::Unclear, 50)
        };
        let quotes = match state {
            FillState::Filled => filled_quotes,
            FillState::Blank => empty_quotes,
            FillState::Unclear if filled > 0 => filled_quotes,
            FillState::Unclear => Vec::new(),
        };
        Filling { state, certainty, empty, filled, quotes }
    }
}

/// Quotes are masked when they are cited; they are short already here.
fn quote(words: &str) -> String {
    words.trim().chars().take(40).collect()
}

/// A sentence that explains by an example is no field: 如：张三; 例：2020年1月1日.
fn is_example(line: &str) -> bool {
    ["如：", "如:", "例：", "例:", "例如", "例如：", "比如", "格式为", "应填写", "请填写", "须填写"]
        .iter()
        .any(|word| line.contains(word))
}

fn is_label(text: &str) -> bool {
    let plain = plain(text);
    let length = plain.chars().count();
    (1..=LABEL).contains(&length)
        && written(text).is_none()
        && !text.chars().any(is_tick)
        && !plain.is_ascii()
        && !plain.chars().all(char::is_numeric)
}

/// What only an applicant writes, if the line holds it.
fn written(line: &str) -> Option<&str> {
    let says_nobody = NOBODY.iter().any(|name| line.contains(name)) && line.chars().count() <= 60;
    (says_nobody || has_card_or_mobile(line) || has_day(line)).then_some(line)
}

/// A number of 18 places that is an identity card or a credit code, a mobile number, or an account of 16 or more
/// digits; also with the masks that samples use (3301**********1234, 91330000XXXXXXXXXX).
fn has_card_or_mobile(line: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '*' || c == '×';
    line.split(|c: char| !is_part(c)).any(|word| {
        let length = word.chars().count();
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let masked = word.chars().any(|c| matches!(c, '*' | '×' | 'X' | 'x'));
        match length {
            18 => digits >= 15 || (masked && digits >= 4) || is_credit_code(word, digits),
            11 => word.starts_with('1') && (digits == 11 || (masked && digits >= 3)),
            15..=25 => digits == length,
            _ => false,
        }
    })
}

fn is_credit_code(word: &str, digits: usize) -> bool {
    digits >= 8 && word.starts_with(|c: char| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A whole day that is written out: 2020年3月30日, 2020-03-30, 2020.3.30. Legal bases have days too, in parentheses or
/// with 施行, 修订, 版: they are no field.
fn has_day(line: &str) -> bool {
    if line.chars().count() > 40
        || ["施行", "修订", "修正", "制定", "版", "监制", "起执行"].iter().any(|w| line.contains(w))
    {
        return false;
    }
    let words: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = words.as_bytes();
    (0..bytes.len()).any(|at| {
        let rest = &bytes[at..];
        let begins = at == 0 || !bytes[at - 1].is_ascii_digit();
        begins && (rest.starts_with(b"19") || rest.starts_with(b"20")) && is_day(rest)
    })
}

fn is_day(bytes: &[u8]) -> bool {
    let digits = |from: usize| bytes[from..].iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    if bytes.len() < 8 || !bytes[..4].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let separator = |from: usize, word: &str| -> Option<usize> {
        let rest = &bytes[from..];
        if rest.starts_with(word.as_bytes()) {
            return Some(word.len());
        }
        matches!(rest.first(), Some(b'-' | b'/' | b'.')).then_some(1)
    };
    let Some(year) = separator(4, "年") else { return false };
    let month = digits(4 + year);
    if month == 0 {
        return false;
    }
    let Some(after) = separator(4 + year + month, "月") else { return false };
    let at = 4 + year + month + after;
    at < bytes.len() && digits(at) > 0
}

/// Labels in a line with an empty place behind them: 姓名：＿＿＿; 电话： ; 年 月 日 without digits.
fn fields_left_empty(line: &str) -> Vec<&str> {
    let mut labels = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(['：', ':']) {
        let colon = rest[at..].chars().next().map_or(1, char::len_utf8);
        let label = rest[..at].rsplit(['_', '＿', ' ', '；', ';', '，', ',', '。', '、']).next().unwrap_or_default();
        let after = &rest[at + colon..];
        let value = after.trim_start_matches([' ', '_', '＿', '\u{3000}', '/']);
        let lined = after.trim_start().starts_with(['_', '＿']);
        let next_is_label = value.find(['：', ':']).is_some_and(|colon| plain(&value[..colon]).chars().count() <= 8);
        if is_label(label) && (value.is_empty() || (lined && next_is_label) || (lined && value.trim().is_empty())) {
            labels.push(label);
        }
        rest = after;
    }
    let dateless: String = line.chars().filter(|c| !c.is_whitespace() && *c != '_' && *c != '＿').collect();
    if labels.is_empty() && dateless.ends_with("年月日") {
        labels.push(line);
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Filling {
        let mut blocks = Blocks::default();
        blocks.heading(1, "公司登记申请表");
        blocks.table(rows.iter().map(|row| row.iter().map(|text| Cell::new(*text)).collect()).collect());
        judge(&blocks)
    }

    fn lines(lines: &[&str]) -> Filling {
        let mut blocks = Blocks::default();
        for line in lines {
            blocks.paragraph(line);
        }
        judge(&blocks)
    }

    #[test]
    fn labels_with_nothing_beside_them_are_a_blank_form() {
        let form = table(&[&["单位名称", "", "住所", ""], &["法定代表人", "", "电话", ""], &["性别", "□男 □女"]]);
        assert_eq!((form.state, form.empty, form.filled), (FillState::Blank, 5, 0));
        assert_eq!(form.quotes[0], "单位名称");
        let form = lines(&["姓名：________ 电话：________", "住址：", "日期：   年   月   日", "申请人（签章）："]);
        assert_eq!((form.state, form.filled), (FillState::Blank, 0));
    }

    #[test]
    fn names_numbers_days_and_ticks_are_a_filled_one() {
        let form = table(&[
            &["单位名称", "某某（示例）有限公司", "代码", "91330000XXXXXXXXXX"],
            &["法定代表人", "张三", "电话", "13800001234"],
            &["日期", "2020年3月30日", "性别", "☑男 □女"],
        ]);
        assert_eq!((form.state, form.filled), (FillState::Filled, 6));
        assert!(form.certainty >= 90);
    }

    #[test]
    fn a_sample_that_fills_one_field_is_not_blank() {
        let form =
            table(&[&["单位名称", "", "住所", ""], &["法定代表人", "张三", "电话", ""], &["邮编", "", "传真", ""]]);
        assert_eq!((form.state, form.filled), (FillState::Unclear, 1));
    }

    #[test]
    fn instructions_that_show_examples_do_not_fill_a_form() {
        let mut blocks = Blocks::default();
        let row = |label: &str| vec![Cell::new(label), Cell::new("")];
        blocks.table(vec![row("姓名"), row("身份证号码"), row("联系电话"), row("住址")]);
        blocks.paragraph("填表说明");
        blocks.paragraph("1. 姓名：张三；日期写作2020年3月30日，详见样表。");
        let form = judge(&blocks);
        assert_eq!((form.state, form.filled), (FillState::Blank, 0));
        let form = table(&[&["姓名", ""], &["日期", "（例：2020年1月1日）"], &["电话", ""], &["住址", ""]]);
        assert_eq!(form.filled, 0);
    }

    #[test]
    fn legal_bases_and_headers_of_columns_are_no_values() {
        let form = lines(&["根据《公司登记管理条例》（2016年2月6日修订）办理。", "本表自2020年1月1日起执行"]);
        assert_eq!((form.state, form.filled), (FillState::Unclear, 0));
        let form = table(&[&["序号", "姓名", "证件类型", "证件号码"], &["1", "", "", ""], &["2", "", "", ""]]);
        assert_eq!(form.filled, 0);
    }
}
