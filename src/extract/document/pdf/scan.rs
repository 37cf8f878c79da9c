//! A picture of a page: as the bytes of a picture file, or as pixels.
//!
//! Comes in: an object of a picture. Goes out: the picture, or why it is none that we read. Fax codings, JBIG2 and JPEG
//! 2000 have no decoder here.

use super::file::File;
use super::lexer::{Dict, Object};

/// Most pixels that are unpacked.
const MOST_PIXELS: usize = 24_000_000;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// A picture file (JPEG).
    Encoded(Vec<u8>),
    /// Rows of pixels.
    Pixels {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
        /// Red, green and blue, row by row.
        rows: Vec<[u8; 3]>,
    },
}

/// The picture that an object is.
pub(super) fn read(file: &mut File<'_>, number: u32) -> Result<Scan, &'static str> {
    let (dict, bytes, left) = file.unpacked(number).ok_or("a picture that cannot be unpacked")?;
    if dict.get("SMask").is_some() || dict.get("Mask").is_some() {
        return Err("a picture that shines through");
    }
    match left.as_slice() {
        [] => pixels(file, &dict, bytes),
        [only] if matches!(only.as_slice(), b"DCTDecode" | b"DCT") => jpeg(file, &dict, bytes),
        [only, ..] => Err(match only.as_slice() {
            b"CCITTFaxDecode" | b"CCF" => "a picture in the coding of fax machines",
            b"JBIG2Decode" => "a picture in JBIG2",
            b"JPXDecode" => "a picture in JPEG 2000",
            _ => "a picture in an unknown coding",
        }),
    }
}

fn jpeg(file: &mut File<'_>, dict: &Dict, bytes: Vec<u8>) -> Result<Scan, &'static str> {
    if is_inverted(file, dict) {
        return Err("a JPEG whose colours are turned round");
    }
    // Its own header says how many colours it has; four are inks, which print programs write either way round.
    match components(&bytes) {
        Some(1 | 3) => Ok(Scan::Encoded(bytes)),
        Some(_) => Err("a JPEG in the colours of print"),
        None => Err("a picture that cannot be unpacked"),
    }
}

/// How many colours a JPEG has.
fn components(bytes: &[u8]) -> Option<u8> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    // Every segment is at least two bytes long, so this ends.
    loop {
        let &[0xff, mark, ..] = rest else { return None };
        if mark == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?])).max(2);
        if matches!(mark, 0xc0..=0xcf) && !matches!(mark, 0xc4 | 0xc8 | 0xcc) {
            return rest.get(9).copied();
        }
        rest = rest.get(2 + length..)?;
    }
}

fn pixels(file: &mut File<'_>, dict: &Dict, bytes: Vec<u8>) -> Result<Scan, &'static str> {
    let mut number = |name: &str| file.value(dict, name).and_then(|value| value.count());
    let (Some(width), Some(height)) = (number("Width"), number("Height")) else {
        return Err("a picture without a size");
    };
    let bits = number("BitsPerComponent").unwrap_or(1);
    let is_stencil = dict.get("ImageMask").is_some();
    let colours = if is_stencil { 1 } else { colours(file, dict).ok_or("a picture in unusual colours")? };
    let bits = if is_stencil { 1 } else { bits };
    if !(bits == 8 || (bits == 1 && colours == 1)) {
        return Err("a picture of an unusual depth");
    }
    if width == 0 || height == 0 || width.saturating_mul(height) > MOST_PIXELS {
        return Err("a picture of more pixels than are read");
    }
    let row = (width * colours * bits).div_ceil(8);
    let bytes = predicted(file, dict, bytes, (row, (colours * bits).div_ceil(8)))?;
    let is_inverted = is_inverted(file, dict);
    let sample = |value: u8| if is_inverted { 255 - value } else { value };
    let mut rows = Vec::with_capacity(width * height);
    for y in 0..height {
        let line = bytes.get(y * row..(y + 1) * row).ok_or("a picture that ends too soon")?;
        for x in 0..width {
            let value = |part: usize| match (bits, colours) {
                (1, _) => sample(if line[x / 8] >> (7 - x % 8) & 1 == 1 { 255 } else { 0 }),
                (_, 1) => sample(line[x]),
                _ => sample(line[x * 3 + part]),
            };
            rows.push([value(0), value(1), value(2)]);
        }
    }
    let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Ok(Scan::Pixels { width: side(width), height: side(height), rows })
}

/// How many numbers make a colour: 1 or 3.
fn colours(file: &mut File<'_>, dict: &Dict) -> Option<usize> {
    let space = file.value(dict, "ColorSpace")?;
    let list = space.array().unwrap_or(std::slice::from_ref(&space));
    match list.first()?.name()? {
        b"DeviceGray" | b"CalGray" | b"G" => Some(1),
        b"DeviceRGB" | b"CalRGB" | b"RGB" => Some(3),
        b"ICCBased" => {
            let profile = file.resolved(list.get(1)?)?;
            let count = profile.dict()?.get("N")?.count()?;
            matches!(count, 1 | 3).then_some(count)
        }
        _ => None,
    }
}

/// Whether black and white change places.
fn is_inverted(file: &mut File<'_>, dict: &Dict) -> bool {
    let decode = file.value(dict, "Decode");
    decode.as_ref().and_then(Object::array).and_then(<[Object]>::first).and_then(Object::number) == Some(1.0)
}

/// Undoes what makes rows easier to pack: each row is told by what differs from its neighbours.
fn predicted(
    file: &mut File<'_>,
    dict: &Dict,
    bytes: Vec<u8>,
    (row, step): (usize, usize),
) -> Result<Vec<u8>, &'static str> {
    let parameters = file.value(dict, "DecodeParms");
    let parameters = match &parameters {
        Some(Object::Array(list)) => list.first().cloned().and_then(|first| file.resolved(&first)),
        other => other.clone(),
    };
    let Some(Object::Dict(parameters)) = parameters else { return Ok(bytes) };
    match file.value(&parameters, "Predictor").and_then(|kind| kind.count()).unwrap_or(1) {
        1 => Ok(bytes),
        10..=15 => Ok(unfiltered(&bytes, row, step)),
        _ => Err("a picture packed in an unusual way"),
    }
}

/// The filters of PNG: a byte before each row says which.
fn unfiltered(bytes: &[u8], row: usize, step: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; row];
    for packed in bytes.chunks_exact(row + 1) {
        let mut line = packed[1..].to_vec();
        for at in 0..row {
            let left = if at >= step { line[at - step] } else { 0 };
            let corner = if at >= step { above[at - step] } else { 0 };
            let guess = match packed[0] {
                1 => left,
                2 => above[at],
                3 => left.midpoint(above[at]),
                4 => paeth(left, above[at], corner),
                _ => 0,
            };
            line[at] = line[at].wrapping_add(guess);
        }
        out.extend(&line);
        above = line;
    }
    out
}

/// Of three neighbours the one that is nearest to left + above - corner.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    [left, above, corner].into_iter().min_by_key(|near| (guess - i16::from(*near)).abs()).unwrap_or(left)
}
