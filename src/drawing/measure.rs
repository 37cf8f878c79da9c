//! How wide words are, without a font: Chinese characters are square, Latin ones a little wider than half.

/// Distance of two lines, as a multiple of the height of a character.
pub const LINE_HEIGHT: f32 = 1.36;

/// The width of words of this size. For Latin letters it is an upper estimate over the fonts that we draw with.
#[must_use]
pub fn width_of(text: &str, size: f32) -> f32 {
    text.chars().map(|c| if is_narrow(c) { 0.6 * size } else { size }).sum()
}

fn is_narrow(c: char) -> bool {
    u32::from(c) < 0x2000
}

/// Breaks words into lines that are no wider than this; no line begins with a closing mark or splits a number.
#[must_use]
pub fn wrapped(text: &str, size: f32, width: f32) -> Vec<String> {
    const CLOSING: &str = "，。、；：）》”！？,.;:)%";
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let fits = width_of(&line, size) + width_of(&word, size) <= width;
        if fits || line.is_empty() || word.chars().all(|c| CLOSING.contains(c)) {
            line.push_str(&word);
        } else {
            lines.push(std::mem::replace(&mut line, word));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Pieces that stay together: a run of Latin letters and digits, an opening mark with what follows, one character.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        let joins = words.last().and_then(|word| word.chars().last()).is_some_and(|last| {
            open || (is_narrow(last) && is_narrow(c) && last.is_alphanumeric() && c.is_alphanumeric())
        });
        match words.last_mut() {
            Some(word) if joins => word.push(c),
            _ => words.push(c.to_string()),
        }
        open = "（《“(".contains(c);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_begins_with_a_closing_mark_or_splits_a_number() {
        let lines = wrapped("受理（120个工作日），出具《受理通知书》。", 10.0, 50.0);
        assert_eq!(lines.concat(), "受理（120个工作日），出具《受理通知书》。");
        assert!(lines.iter().all(|line| !line.starts_with(['）', '，', '。', '》'])), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("（120")), "{lines:?}");
    }

    #[test]
    fn lines_are_no_wider_than_asked_but_for_one_closing_mark() {
        for line in wrapped("材料齐全、符合法定形式的，当场作出受理决定", 12.0, 72.0) {
            assert!(width_of(&line, 12.0) <= 84.0, "{line}");
        }
    }
}
