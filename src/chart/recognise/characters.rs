//! The characters a recognition model knows, from the notes in its file.
//!
//! An ONNX file is a protocol buffer; its field 14 holds pairs of key and value, and the key `character` has one character
//! a line. Comes in: the file's bytes. Goes out: characters by class number. Must never know: the network itself.

/// Field of the notes in an ONNX model (`metadata_props`).
const NOTES: u64 = 14;

/// The characters by class number: nothing first (the pause), then the list, then the space.
pub(super) fn listed(model: &[u8]) -> Vec<String> {
    let mut all = vec![String::new()];
    for note in fields(model).filter(|field| field.number == NOTES).map(|field| field.bytes) {
        let mut parts = fields(note);
        let (Some(key), Some(value)) = (parts.next(), parts.next()) else { continue };
        if key.bytes == b"character" {
            all.extend(String::from_utf8_lossy(value.bytes).lines().map(str::to_owned));
        }
    }
    all.push(" ".to_owned());
    all
}

/// A field that holds bytes.
struct Field<'a> {
    number: u64,
    bytes: &'a [u8],
}

/// The fields of a message that hold bytes, as far as it can be read.
fn fields(mut rest: &[u8]) -> impl Iterator<Item = Field<'_>> {
    std::iter::from_fn(move || {
        loop {
            let key = number(&mut rest)?;
            match key & 7 {
                0 => {
                    number(&mut rest)?;
                }
                1 => rest = rest.get(8..)?,
                5 => rest = rest.get(4..)?,
                2 => {
                    let length = usize::try_from(number(&mut rest)?).ok()?;
                    let (bytes, after) = rest.split_at_checked(length)?;
                    rest = after;
                    return Some(Field { number: key >> 3, bytes });
                }
                _ => return None,
            }
        }
    })
}

/// A number of seven bits a byte, lowest first.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut all = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        all |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(all);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_field(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(bytes.len()).expect("short")], bytes].concat()
    }

    #[test]
    fn the_list_stands_between_the_pause_and_the_space() {
        let note = [bytes_field(1, b"character"), bytes_field(2, "受\n理\n".as_bytes())].concat();
        let other = [bytes_field(1, b"author"), bytes_field(2, b"x")].concat();
        let model = [vec![0x08, 0x96, 0x01], bytes_field(14, &other), bytes_field(14, &note)].concat();
        assert_eq!(listed(&model), ["", "受", "理", " "]);
    }

    #[test]
    fn a_file_that_ends_early_gives_what_came_before() {
        let note = [bytes_field(1, b"character"), bytes_field(2, "受".as_bytes())].concat();
        let mut model = bytes_field(14, &note);
        model.extend([14 << 3 | 2, 200, 1]);
        assert_eq!(listed(&model), ["", "受", " "]);
        assert_eq!(listed(&[0xff; 20]), ["", " "]);
    }
}
