//! Masking of personal data, before anything is stored or shown.
//!
//! Masked: mobile numbers, identity card numbers, names that follow a form of address, and query values that look
//! like tokens. Office telephone numbers (with an area code) are public and stay.

use url::Url;

/// At most this many characters of a page are quoted in a record: enough to recognise the place, not a copy of it.
pub const EXCERPT_CHARS: usize = 200;

/// A URL that is safe to show: user information and token-like query values are masked by `Display`.
#[derive(Debug, Clone, Copy)]
pub struct SafeUrl<'a>(pub &'a Url);

impl std::fmt::Display for SafeUrl<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut url = self.0.clone();
        // Setting the user part fails only for addresses that cannot have one, and those have none to hide.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        if url.query().is_some() {
            let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            url.query_pairs_mut()
                .clear()
                .extend_pairs(pairs.iter().map(|(key, value)| (key.as_str(), mask_value(key, value))));
        }
        f.write_str(&mask(url.as_str()))
    }
}

fn mask_value<'a>(key: &str, value: &'a str) -> &'a str {
    let key = key.to_ascii_lowercase();
    let secret = ["token", "session", "ticket", "passwd", "password", "secret", "sign", "auth", "idcard", "sfz"];
    if secret.iter().any(|word| key.contains(word)) { "***" } else { value }
}

/// Masks mobile numbers and identity card numbers in a text; everything else stays.
#[must_use]
pub fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        if !chars[i].is_ascii_digit() {
            out.push(chars[i]);
            i += 1;
            continue;
        }
        let end = (i..chars.len()).find(|&j| !chars[j].is_ascii_digit()).unwrap_or(chars.len());
        let letter_before = i > 0 && chars[i - 1].is_ascii_alphabetic();
        let x_after = chars.get(end).is_some_and(|c| matches!(c, 'X' | 'x'))
            && !chars.get(end + 1).is_some_and(char::is_ascii_alphanumeric);
        let letter_after = chars.get(end).is_some_and(char::is_ascii_alphabetic) && !x_after;
        let digits: String = chars[i..end].iter().collect();
        if letter_before || letter_after {
            out.push_str(&digits);
        } else if is_mobile(&digits) {
            out.push_str(&digits[..3]);
            out.push_str("****");
            out.push_str(&digits[7..]);
        } else if is_identity_card(&digits, x_after) {
            out.push_str(&digits[..6]);
            out.push_str("************");
            i = end + usize::from(x_after);
            continue;
        } else {
            out.push_str(&digits);
        }
        i = end;
    }
    out
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
}

/// An identity card number has 17 digits and a check character; its digits 7–14 are a date of birth.
fn is_identity_card(digits: &str, x_after: bool) -> bool {
    if digits.len() + usize::from(x_after) != 18 {
        return false;
    }
    let (year, month, day) = (&digits[6..10], &digits[10..12], &digits[12..14]);
    ("1900".."2100").contains(&year) && ("01"..="12").contains(&month) && ("01"..="31").contains(&day)
}

/// Masks what [`mask`] masks, and names in letters: `张某某先生`, `网友：李四`, `来信人 王五`.
#[must_use]
pub fn mask_letter(text: &str) -> String {
    let masked = mask(text);
    mask_name_after(&mask_name_before(&masked))
}

/// Words after which a letter shows a person's name.
pub const LABELS: [&str; 10] =
    ["来信人", "咨询人", "投诉人", "姓名", "联系人", "网友", "留言人", "申请人姓名", "回复人", "经办人"];
const ADDRESSES: [&str; 6] = ["先生", "女士", "小姐", "同志", "市民", "老师"];

/// `来信人：张三` → `来信人：张**`.
fn mask_name_after(text: &str) -> String {
    let mut out = text.to_owned();
    for label in LABELS {
        let mut from = 0;
        while let Some(found) = out[from..].find(label) {
            let after = from + found + label.len();
            let gap: usize = out[after..]
                .chars()
                .take_while(|c| matches!(c, '：' | ':' | ' ' | '\u{3000}'))
                .map(char::len_utf8)
                .sum();
            let start = after + gap;
            let name: Vec<char> = out[start..].chars().take_while(|c| is_han(*c)).take(4).collect();
            if gap > 0 && (2..=4).contains(&name.len()) {
                let bytes: usize = name.iter().map(|c| c.len_utf8()).sum();
                let masked = std::iter::once(name[0]).chain(name[1..].iter().map(|_| '*')).collect::<String>();
                out.replace_range(start..start + bytes, &masked);
            }
            from = start.min(out.len());
        }
    }
    out
}

/// Common surnames, so that `本市先生` is not taken for a name.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";

/// `张三丰先生` → `张**先生`.
fn mask_name_before(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for address in ADDRESSES {
        let word: Vec<char> = address.chars().collect();
        for i in 0..chars.len().saturating_sub(word.len() - 1) {
            if chars[i..i + word.len()] != word[..] {
                continue;
            }
            for length in [3usize, 2, 1] {
                let Some(start) = i.checked_sub(length) else { continue };
                if SURNAMES.contains(chars[start]) && chars[start..i].iter().all(|c| is_han(*c)) {
                    for c in &mut chars[start + 1..i] {
                        *c = '*';
                    }
                    break;
                }
            }
        }
    }
    chars.into_iter().collect()
}

/// Last characters of column titles that begin like a surname (方式, 金额, 任务 …); no given name ends so.
const TITLE_ENDINGS: &str = "人号式态型位门额务围序间题";

/// Whether the whole text looks like a person's name: two to four characters that begin with a common surname.
#[must_use]
pub fn looks_like_name(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (2..=4).contains(&chars.len())
        && SURNAMES.contains(chars[0])
        && chars.iter().all(|c| is_han(*c))
        && !TITLE_ENDINGS.contains(chars[chars.len() - 1])
}

/// Masks all but the first character of a name: `张三丰` → `张**`.
#[must_use]
pub fn mask_name(name: &str) -> String {
    name.chars().enumerate().map(|(index, c)| if index == 0 { c } else { '*' }).collect()
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// White space folded, personal data masked, cut at [`EXCERPT_CHARS`].
#[must_use]
pub fn excerpt(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let masked = mask_letter(&folded);
    if masked.chars().count() <= EXCERPT_CHARS {
        return masked;
    }
    let mut cut: String = masked.chars().take(EXCERPT_CHARS - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobile_and_identity_numbers_are_masked() {
        assert_eq!(mask("电话13812345678。"), "电话138****5678。");
        assert_eq!(mask("身份证11010519491231002X"), "身份证110105************");
        assert_eq!(mask("号440106199001011234"), "号440106************");
    }

    #[test]
    fn office_numbers_and_item_codes_stay() {
        for text in ["020-12345", "0571-85023456", "12440100741854396C3442014055017", "2026-11-23", "010-65139999转1"]
        {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn names_are_masked_where_a_label_or_an_address_shows_them() {
        assert_eq!(mask_letter("来信人：张三丰 2020-03-30"), "来信人：张** 2020-03-30");
        assert_eq!(mask_letter("王小明先生您好"), "王**先生您好");
        assert_eq!(mask_letter("李女士反映"), "李女士反映");
        assert_eq!(mask_letter("申请人姓名及联系方式"), "申请人姓名及联系方式");
    }

    #[test]
    fn tokens_do_not_show_in_addresses() {
        let url = Url::parse("http://u:p@h.test/a?token=abc&id=7&tel=13812345678").expect("a valid address");
        assert_eq!(SafeUrl(&url).to_string(), "http://h.test/a?token=***&id=7&tel=138****5678");
    }

    #[test]
    fn an_excerpt_is_short_and_folded() {
        assert_eq!(excerpt(" a \n b "), "a b");
        assert_eq!(excerpt(&"字".repeat(300)).chars().count(), EXCERPT_CHARS);
    }
}
