//! Object literals as scripts write them: JSON with single quotes, bare keys, trailing commas and comments.
//!
//! Comes in: text. Goes out: the value of a literal, and where it ends. Must never know: what the value means. Nothing
//! is evaluated: a name, a call, a sum or a template is no literal, and the whole is then not read.

use serde_json::{Map, Number, Value};

/// Objects within arrays within objects; the deepest known answer has nine.
const DEEPEST: usize = 48;

/// Digits that a number keeps.
const MOST_DIGITS: usize = 19;

/// Values in one literal; a hostile one could have millions.
const MOST_VALUES: usize = 100_000;

/// The value of a text that is one literal and nothing more.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader::new(text);
    let value = reader.value(0)?;
    reader.blanks()?;
    (reader.at == text.len()).then_some(value)
}

/// The literal at the beginning of a text, and the number of bytes it takes.
pub(super) fn prefix(text: &str) -> Option<(Value, usize)> {
    let mut reader = Reader::new(text);
    let value = reader.value(0)?;
    Some((value, reader.at))
}

/// The string literal at the beginning of a text, and the number of bytes it takes.
pub(super) fn string_prefix(text: &str) -> Option<(String, usize)> {
    let mut reader = Reader::new(text);
    let quote = reader.peek().filter(|c| matches!(c, '"' | '\''))?;
    let string = reader.string(quote)?;
    Some((string, reader.at))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    left: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, left: MOST_VALUES }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        if self.peek() != Some(wanted) {
            return None;
        }
        self.at += wanted.len_utf8();
        Some(())
    }

    /// White space and comments; `None` for a comment without end.
    fn blanks(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            if let Some(comment) = trimmed.strip_prefix("//") {
                self.at += 2 + comment.find('\n').unwrap_or(comment.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                self.at += 2 + comment.find("*/")? + 2;
            } else {
                return Some(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        self.blanks()?;
        match self.peek()? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            quote @ ('"' | '\'') => self.string(quote).map(Value::String),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take('{')?;
        let mut map = Map::new();
        loop {
            self.blanks()?;
            if self.take('}').is_some() {
                return Some(Value::Object(map));
            }
            let key = match self.peek()? {
                quote @ ('"' | '\'') => self.string(quote)?,
                _ => self.name()?,
            };
            self.blanks()?;
            self.take(':')?;
            let value = self.value(depth + 1)?;
            map.insert(key, value);
            self.separator('}')?;
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.take('[')?;
        let mut items = Vec::new();
        loop {
            self.blanks()?;
            if self.take(']').is_some() {
                return Some(Value::Array(items));
            }
            items.push(self.value(depth + 1)?);
            self.separator(']')?;
        }
    }

    /// A comma, or the end that follows without one.
    fn separator(&mut self, end: char) -> Option<()> {
        self.blanks()?;
        if self.peek() == Some(end) { Some(()) } else { self.take(',') }
    }

    /// A key without quotes.
    fn name(&mut self) -> Option<String> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
        self.at += end;
        (end > 0).then(|| rest[..end].to_owned())
    }

    /// A number, or one of the few words that are values.
    fn word(&mut self) -> Option<Value> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_' | '$')))
            .unwrap_or(rest.len());
        let word = &rest[..end];
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" | "undefined" | "NaN" => Value::Null,
            // An item code of 31 digits is no number that anybody counts with, and as a number it would lose digits.
            code if code.len() > MOST_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) => {
                Value::String(code.to_owned())
            }
            _ => Value::Number(number(word)?),
        };
        self.at += end;
        Some(value)
    }

    fn string(&mut self, quote: char) -> Option<String> {
        self.take(quote)?;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let stop = rest.find([quote, '\\', '\n'])?;
            out.push_str(&rest[..stop]);
            self.at += stop;
            match self.peek()? {
                '\\' => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                // A line feed inside a literal is a mistake that browsers refuse; so do we.
                '\n' => return None,
                _ => {
                    self.at += quote.len_utf8();
                    return Some(out);
                }
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Option<()> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        match c {
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'b' | 'f' | 'v' | '0' => out.push(' '),
            'x' => out.push(char::from_u32(self.digits(2)?)?),
            'u' => {
                let first = self.digits(4)?;
                out.push(self.character(first)?);
            }
            // The literal goes on in the next line.
            '\n' => {}
            other => out.push(other),
        }
        Some(())
    }

    /// The character of a code unit, which may be the first half of a pair.
    fn character(&mut self, first: u32) -> Option<char> {
        if !(0xd800..0xdc00).contains(&first) {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if !self.rest().starts_with("\\u") {
            return Some(char::REPLACEMENT_CHARACTER);
        }
        self.at += 2;
        let second = self.digits(4)?;
        let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400);
        Some(
            low.and_then(|low| char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low))
                .unwrap_or(char::REPLACEMENT_CHARACTER),
        )
    }

    fn digits(&mut self, count: usize) -> Option<u32> {
        let digits = self.rest().get(..count)?;
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        self.at += count;
        Some(value)
    }
}

/// A number as JSON knows it, and those that begin or end with the point.
fn number(word: &str) -> Option<Number> {
    if let Ok(number) = serde_json::from_str::<Number>(word) {
        return Some(number);
    }
    let plain = word.strip_prefix('+').unwrap_or(word);
    let is_number = plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    plain.parse::<f64>().ok().filter(|_| is_number).and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn literals_of_scripts_are_read_as_what_they_mean() {
        for (text, value) in [
            (
                "{page:{pageNo:'1',totalCount:'12'},result:[{letterTitle:'关于“社保”',writeDate:'2020-04-01'}]}",
                {
                    json!({"page": {"pageNo": "1", "totalCount": "12"},
                       "result": [{"letterTitle": "关于“社保”", "writeDate": "2020-04-01"}]})
                },
            ),
            ("[{'a':1,},{\"b\":-2.5,c:true},]", json!([{"a": 1}, {"b": -2.5, "c": true}])),
            ("{ // note\n a: null, /* b: 1, */ 名称: undefined }", json!({"a": null, "名称": null})),
            (r"['it\'s', 'a\/b\u4e2d\x41', '\ud83d\ude00', .5]", json!(["it's", "a/b中A", "😀", 0.5])),
            ("[]", json!([])),
            ("{c:1144000000693975682440101007000}", json!({"c": "1144000000693975682440101007000"})),
        ] {
            assert_eq!(parse(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_would_have_to_be_run_is_not_read() {
        for text in [
            "{a:b}",
            "{a:f()}",
            "['x'+y]",
            "{a:1}}",
            "[1 2]",
            "{a:'open}",
            "[,]",
            "{a 1}",
            "`x`",
            "",
            "{a:/*",
            "['a\nb']",
            "[0x12]",
            "[--1]",
            "{get a(){}}",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_literal_ends_where_the_script_goes_on() {
        assert_eq!(prefix("[{'a':'1'}];\nvar b = 2"), Some((json!([{"a": "1"}]), 11)));
        assert_eq!(string_prefix(r#"'{"a":"\'"}')"#), Some((r#"{"a":"'"}"#.to_owned(), 12)));
    }

    #[test]
    fn depth_has_a_ceiling() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(DEEPEST)).is_some());
        assert!(parse(&nested(100_000)).is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}", noise in r#"[\[\]{}:,'"\\ua-f0-9/*\n-]{0,60}"#) {
            let _ = parse(&text);
            let _ = parse(&noise);
            let _ = string_prefix(&noise);
        }

        #[test]
        fn whatever_json_means_it_means_too(text in r#"[a-z中文"\\\n]{0,20}"#, n in any::<i64>()) {
            let value = json!({"a": [text, n, null, true, {"b": 0.25}]});
            prop_assert_eq!(parse(&value.to_string()), Some(value));
        }
    }
}
