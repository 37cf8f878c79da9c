//! As much of DER as time-stamps need.

/// Tags of the values that occur.
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;

/// A value and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// With tag and length.
    pub(super) whole: &'a [u8],
}

/// The first value of `input`, and what follows it.
pub(super) fn first(input: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (&tag, &length) = (input.first()?, input.get(1)?);
    let (length, head) = match length {
        0..=0x7f => (usize::from(length), 2),
        0x81..=0x84 => {
            let bytes = input.get(2..2 + usize::from(length & 0x7f))?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), 2 + bytes.len())
        }
        _ => return None,
    };
    let end = head.checked_add(length)?;
    let whole = input.get(..end)?;
    Some((Value { tag, content: &whole[head..], whole }, &input[end..]))
}

/// The values within a sequence.
pub(super) fn values(mut content: &[u8]) -> Option<Vec<Value<'_>>> {
    let mut values = Vec::new();
    while !content.is_empty() {
        let (value, rest) = first(content)?;
        values.push(value);
        content = rest;
    }
    Some(values)
}

/// A value with this tag. Contents of ours are short.
pub(super) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).ok().filter(|length| *length < 0x80);
    let length = length.expect("requests are shorter than 128 bytes");
    [&[tag, length], content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_and_lengths_that_lead_out_are_none() {
        let (long, rest) = first(&[0x04, 0x81, 0x02, 7, 8, 9]).expect("an octet string");
        assert_eq!((long.tag, long.content, rest), (OCTETS, &[7, 8][..], &[9][..]));
        for broken in [
            &[][..],
            &[0x30],
            &[0x30, 5, 1],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x82, 1],
        ] {
            assert!(first(broken).is_none(), "{broken:?}");
        }
        assert_eq!(values(&value(INTEGER, &[1])).expect("one").len(), 1);
    }
}
