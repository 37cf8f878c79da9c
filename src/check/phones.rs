//! Telephone numbers (电话) beneath their spelling: area code, number, extension.
//!
//! Comes in: words as they stand. Goes out: the numbers in them, and whether two texts give the same. Must never know:
//! which pages they came from.

use std::collections::BTreeSet;

use super::wording::{Agreement, core, spaced};

/// One telephone number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Phone {
    /// Area code with its zero; empty if the text leaves it out.
    area: String,
    /// The number itself.
    number: String,
    /// What to dial afterwards; empty if the text leaves it out.
    extension: String,
}

impl Phone {
    /// The same line, as far as both say: an area code or an extension that one side leaves out is no difference.
    fn is(&self, other: &Self) -> bool {
        let agree = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
        self.number == other.number && agree(&self.area, &other.area) && agree(&self.extension, &other.extension)
    }
}

/// Whether two texts give the same numbers, in any order.
pub(crate) fn same_phones(a: &str, b: &str) -> Agreement {
    let (left, right) = (phones(a), phones(b));
    if left.is_empty() || right.is_empty() {
        return if core(a) == core(b) { Agreement::Same } else { Agreement::Unclear };
    }
    let known = |one: &BTreeSet<Phone>, other: &BTreeSet<Phone>| {
        one.iter().filter(|phone| other.iter().any(|known| phone.is(known))).count()
    };
    let (left_known, right_known) = (known(&left, &right), known(&right, &left));
    if left_known == left.len() && right_known == right.len() {
        Agreement::Same
    } else if left_known > 0 {
        Agreement::Partly
    } else {
        Agreement::Differs
    }
}

/// The numbers in a text. A number has at least five digits (12345).
pub(crate) fn phones(text: &str) -> BTreeSet<Phone> {
    let mut folded = spaced(text);
    for (words, mark) in
        [("+86", ""), ("转", "-"), ("分机号", "-"), ("分机", "-"), ("ext.", "-"), ("ext", "-"), ("按", "-")]
    {
        folded = folded.replace(words, mark);
    }
    let mut out = BTreeSet::new();
    for run in folded.split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '(' | ')'))) {
        let groups: Vec<&str> = run.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        read_run(&groups, &mut out);
    }
    out
}

/// Reads groups of digits that hang together: `0571-8502-3456-1`, `400-810-0000`, `83163328-9`.
fn read_run(groups: &[&str], out: &mut BTreeSet<Phone>) {
    let mut at = 0;
    while at < groups.len() {
        let mut phone = Phone { area: String::new(), number: String::new(), extension: String::new() };
        if groups[at].starts_with('0') && (3..=4).contains(&groups[at].len()) {
            groups[at].clone_into(&mut phone.area);
            at += 1;
        }
        let free = matches!(groups.get(at), Some(&"400" | &"800"));
        while let Some(group) = groups.get(at) {
            let whole = if free { 10 } else { 7 };
            // 8502-3456 is one number, 850234-56 a number and what to dial afterwards.
            let joins = phone.number.is_empty()
                || (phone.number.len() < whole && (free || (phone.number.len() <= 4 && group.len() == 4)));
            if !joins {
                break;
            }
            phone.number.push_str(group);
            at += 1;
        }
        while let Some(group) = groups.get(at).filter(|group| group.len() < 5 && !group.starts_with('0')) {
            phone.extension.push_str(group);
            at += 1;
        }
        // Written together: 057185023456.
        if phone.area.is_empty() && phone.number.starts_with('0') && phone.number.len() >= 10 {
            let short = phone.number.starts_with("01") || phone.number.starts_with("02");
            let number = phone.number.split_off(if short { 3 } else { 4 });
            phone.area = std::mem::replace(&mut phone.number, number);
        }
        if phone.number.len() >= 5 {
            out.insert(phone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_phone_in_other_clothes_is_the_same() {
        for (a, b) in [
            ("（0571）85023456", "0571-85023456"),
            ("85023456", "0571－85023456转1"),
            ("020-12333-9-3", "020-12333"),
            ("020-12333-9-3", "020-12333转93"),
            ("12345", "0571-12345"),
            ("0571-85023456 12345", "12345；0571 - 85023456"),
            ("400-810-0000", "4008100000"),
            ("0571-8502-3456", "0571 85023456"),
            ("057185023456", "(0571)85023456"),
            ("+86-571-85023456", "571-85023456"),
            ("020-38356454转2", "电话：020-38356454分机2"),
            ("020-83133283、020-83134746", "020-83134746 / 83133283"),
        ] {
            assert_eq!(same_phones(a, b), Agreement::Same, "{a} {b}");
        }
    }

    #[test]
    fn another_number_area_or_extension_differs() {
        for (a, b) in [
            ("0571-85023456", "0571-85023457"),
            ("0571-85023456", "0574-85023456"),
            ("020-38356454转1", "020-38356454转2"),
            ("020-12345", "0571-85012345"),
            ("400-810-0000", "400-810-0001"),
        ] {
            assert_eq!(same_phones(a, b), Agreement::Differs, "{a} {b}");
        }
        assert_eq!(same_phones("0571-85023456、12345", "12345"), Agreement::Partly);
        assert_eq!(same_phones("见官网", "0571-85023457"), Agreement::Unclear);
    }
}
