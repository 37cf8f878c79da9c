//! Bytes to records: one gzip member after the other, every digest checked.
//!
//! Damage is reported with the offset of the record it is in. After a wrong digest reading goes on with the next
//! record; after broken compression it cannot.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use crate::model::Digest;

use super::http_block;
use super::record::{RecordType, WarcRecord};

/// No record of ours comes near this size (bodies are cut at a few MiB); a larger one is damage or an attack.
const RECORD_LIMIT: u64 = 512 * 1024 * 1024;

/// A record and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The record.
    pub record: WarcRecord,
    /// Offset of its gzip member.
    pub offset: u64,
    /// Length of its gzip member.
    pub length: u64,
}

/// Something wrong in an archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record at byte {offset}: {kind}")]
pub struct Damage {
    /// Offset of the gzip member.
    pub offset: u64,
    /// What is wrong with it.
    pub kind: DamageKind,
}

/// What can be wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DamageKind {
    /// The file ends inside the record.
    #[error("the file ends inside the record")]
    Torn,
    /// The gzip member is altered; nothing after it can be read.
    #[error("the compressed data are altered ({0})")]
    Compression(String),
    /// The member is larger than any record of ours.
    #[error("the record is larger than {RECORD_LIMIT} bytes")]
    TooLarge,
    /// Not a WARC record.
    #[error("not a WARC record: {0}")]
    Grammar(&'static str),
    /// The block is not the one that was written.
    #[error("the block does not match its digest")]
    BlockDigest,
    /// The payload is not the one that was written.
    #[error("the payload does not match its digest")]
    PayloadDigest,
}

/// Reads records one after the other.
#[derive(Debug)]
pub struct Reader<R> {
    input: Counting<R>,
    broken: bool,
}

impl<R: BufRead> Reader<R> {
    /// A reader from the beginning of a file.
    pub fn new(input: R) -> Self {
        Self { input: Counting { inner: input, count: 0 }, broken: false }
    }

    fn member(&mut self, offset: u64) -> Result<Placed, Damage> {
        let damage = |kind| Damage { offset, kind };
        let mut plain = Vec::new();
        let mut decoder = GzDecoder::new(&mut self.input).take(RECORD_LIMIT + 1);
        if let Err(error) = decoder.read_to_end(&mut plain) {
            self.broken = true;
            return Err(damage(match error.kind() {
                io::ErrorKind::UnexpectedEof => DamageKind::Torn,
                _ => DamageKind::Compression(error.to_string()),
            }));
        }
        if plain.len() as u64 > RECORD_LIMIT {
            self.broken = true;
            return Err(damage(DamageKind::TooLarge));
        }
        let record = parse(&plain).map_err(|what| damage(DamageKind::Grammar(what)))?;
        check_digests(&record).map_err(damage)?;
        Ok(Placed { record, offset, length: self.input.count - offset })
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Placed, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let offset = self.input.count;
        match self.input.fill_buf() {
            Ok([]) => None,
            Ok(_) => Some(self.member(offset)),
            Err(error) => {
                self.broken = true;
                Some(Err(Damage { offset, kind: DamageKind::Compression(error.to_string()) }))
            }
        }
    }
}

fn parse(plain: &[u8]) -> Result<WarcRecord, &'static str> {
    let head_end = plain.windows(4).position(|window| window == b"\r\n\r\n").ok_or("the head has no end")?;
    let head = std::str::from_utf8(&plain[..head_end]).map_err(|_| "the head is not UTF-8")?;
    let mut lines = head.split("\r\n");
    if !lines.next().is_some_and(|line| line.starts_with("WARC/1.")) {
        return Err("the version line is missing");
    }
    let mut fields = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or("a field has no colon")?;
        fields.push((name.to_owned(), value.trim().to_owned()));
    }
    let block_start = head_end + 4;
    let record = WarcRecord::from_parts(fields, Vec::new());
    let length: usize =
        record.field("Content-Length").and_then(|text| text.parse().ok()).ok_or("the length is missing")?;
    let block_end = block_start.checked_add(length).ok_or("the length is absurd")?;
    if plain.get(block_end..) != Some(b"\r\n\r\n") {
        return Err("the length does not fit");
    }
    Ok(WarcRecord::from_parts(record.fields().to_vec(), plain[block_start..block_end].to_vec()))
}

/// Checks the digests that are SHA-256; other algorithms are not ours to judge.
fn check_digests(record: &WarcRecord) -> Result<(), DamageKind> {
    let matches = |field: &str, bytes: &[u8]| {
        record
            .field(field)
            .filter(|text| text.starts_with("sha256:"))
            .is_none_or(|text| text == Digest::of(bytes).as_str())
    };
    if !matches("WARC-Block-Digest", record.block()) {
        return Err(DamageKind::BlockDigest);
    }
    let payload = match record.kind() {
        Some(RecordType::Response) => http_block::payload_start(record.block()).map(|at| &record.block()[at..]),
        Some(RecordType::Resource | RecordType::Conversion) => Some(record.block()),
        // A revisit carries the digest of the earlier payload, which is not here.
        Some(RecordType::Warcinfo | RecordType::Request | RecordType::Revisit | RecordType::Metadata) | None => None,
    };
    match payload {
        Some(payload) if !matches("WARC-Payload-Digest", payload) => Err(DamageKind::PayloadDigest),
        Some(_) | None => Ok(()),
    }
}

/// The length of the part of a file that is made of whole sets of records. What follows it was torn by a crash and can
/// be cut off.
///
/// # Errors
/// When a record is damaged in another way than by the end of the file: then cutting would lose what follows it.
pub fn valid_prefix(input: impl BufRead) -> Result<u64, Damage> {
    let mut valid = 0;
    for placed in Reader::new(input) {
        match placed {
            Ok(placed) if placed.record.kind().is_none_or(RecordType::ends_a_set) => {
                valid = placed.offset + placed.length;
            }
            Ok(_) => {}
            Err(Damage { kind: DamageKind::Torn, .. }) => break,
            Err(damage) => return Err(damage),
        }
    }
    Ok(valid)
}

/// Counts the bytes taken, to know where each member begins.
#[derive(Debug)]
struct Counting<R> {
    inner: R,
    count: u64,
}

impl<R: BufRead> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counting<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.count += amount as u64;
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::record::derived_id;
    use super::*;

    fn record(kind: RecordType, block: &[u8]) -> WarcRecord {
        WarcRecord::new(kind, &derived_id("r", kind.as_str()), Timestamp::UNIX_EPOCH)
            .with_block("text/plain", block.to_vec())
    }

    #[test]
    fn records_come_back_with_their_places() {
        let records = [record(RecordType::Warcinfo, b"a"), record(RecordType::Resource, b"\r\n\r\nb\r\n\r\n")];
        let bytes: Vec<u8> = records.iter().flat_map(WarcRecord::member).collect();
        let read: Vec<Placed> = Reader::new(&bytes[..]).map(|placed| placed.expect("nothing is damaged")).collect();
        assert_eq!(read.iter().map(|placed| placed.record.clone()).collect::<Vec<_>>(), records);
        assert_eq!(read[1].offset, read[0].length);
        assert_eq!(read[1].offset + read[1].length, bytes.len() as u64);
    }

    #[test]
    fn an_altered_block_is_reported_at_its_offset_and_reading_goes_on() {
        let good = record(RecordType::Warcinfo, b"good");
        let bad = WarcRecord::from_parts(record(RecordType::Resource, b"evil").fields().to_vec(), b"soft".to_vec());
        let bytes: Vec<u8> = [&good, &bad, &good].into_iter().flat_map(WarcRecord::member).collect();
        let read: Vec<_> = Reader::new(&bytes[..]).collect();
        assert_eq!(read.len(), 3);
        let expected = Damage { offset: good.member().len() as u64, kind: DamageKind::BlockDigest };
        assert_eq!(read[1], Err(expected));
        assert!(read[2].is_ok());
    }

    #[test]
    fn a_torn_tail_is_cut_at_the_end_of_the_last_whole_set() {
        let set = [record(RecordType::Response, b"x"), record(RecordType::Metadata, b"y")];
        let whole: Vec<u8> = set.iter().flat_map(WarcRecord::member).collect();
        assert_eq!(valid_prefix(&whole[..]), Ok(whole.len() as u64));
        let mut torn = whole.clone();
        torn.extend(set[0].member());
        assert_eq!(valid_prefix(&torn[..]), Ok(whole.len() as u64), "an answer without its facts is no whole set");
        for cut in [1, 7, 30] {
            assert_eq!(valid_prefix(&torn[..torn.len() - cut]), Ok(whole.len() as u64));
        }
    }

    #[test]
    fn damage_in_the_middle_is_no_torn_tail() {
        let good = record(RecordType::Warcinfo, b"good").member();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 0xff;
        let damage = valid_prefix(&[good.clone(), bad, good.clone()].concat()[..]).expect_err("a record is altered");
        assert_eq!(damage.offset, good.len() as u64);
    }

    #[test]
    fn rubbish_is_damage_and_not_a_panic() {
        for bytes in [&b"rubbish"[..], &[0x1f, 0x8b, 8, 0], &[0x1f, 0x8b]] {
            let first = Reader::new(bytes).next().expect("there is something to read");
            assert_eq!(first.expect_err("it is no record").offset, 0);
        }
        assert!(Reader::new(&b""[..]).next().is_none());
    }
}
