//! The chain: one line a record, in the order in which records were written, each bound to all before it.
//!
//! The first line of the file names the run and the root of the night before. Its digest is where the chain begins:
//! `link(n) = SHA-256(link(n-1) ⏎ facts(n))`, where a link is written as `sha256:…` and the facts are the line's JSON
//! without its link. The tree is over the whole lines, so a root that fits fits the order and every link, too.

use serde::{Deserialize, Serialize};

use super::merkle::Tree;
use crate::model::{Digest, RecordId};

/// Version of the chain.
pub const SCHEMA: &str = "portal-probe.chain/1";

/// The first line of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// [`SCHEMA`].
    pub schema: String,
    /// Run id.
    pub run: String,
    /// The complete night before, in the same output folder.
    pub previous: Option<Earlier>,
}

/// A night that a chain goes on from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Run id.
    pub run: String,
    /// Its root.
    pub root: Digest,
}

impl ChainHead {
    /// The head of a new chain.
    #[must_use]
    pub fn new(run: &str, previous: Option<Earlier>) -> Self {
        Self { schema: SCHEMA.to_owned(), run: run.to_owned(), previous }
    }

    /// The line as it stands in the file, without its line feed.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("plain data with text keys is always JSON")
    }

    /// A head read back; `None` if it is not one of ours, letter for letter.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let head: Self = serde_json::from_str(line).ok()?;
        (head.schema == SCHEMA && head.text() == line).then_some(head)
    }
}

/// A record that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// File name within the `evidence` folder.
    pub file: String,
    /// Offset of its gzip member.
    pub offset: u64,
    /// Length of its gzip member.
    pub length: u64,
    /// The record.
    pub record: RecordId,
    /// Digest of the gzip member.
    pub digest: Digest,
}

/// One line of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainLine {
    /// 1 for the first record.
    pub number: u64,
    /// File name within the `evidence` folder.
    pub file: String,
    /// Offset of the record's gzip member.
    pub offset: u64,
    /// Length of the record's gzip member.
    pub length: u64,
    /// The record.
    pub record: RecordId,
    /// Digest of the gzip member.
    pub digest: Digest,
    /// This line bound to all before it.
    pub link: Digest,
}

/// The facts of a line, in the order in which they are written.
#[derive(Serialize)]
struct Facts<'a> {
    number: u64,
    file: &'a str,
    offset: u64,
    length: u64,
    record: &'a RecordId,
    digest: &'a Digest,
}

impl ChainLine {
    /// The line as it stands in the file, without its line feed.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("plain data with text keys is always JSON")
    }

    /// A line read back; `None` if it is not one of ours, letter for letter.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let parsed: Self = serde_json::from_str(line).ok()?;
        let proper = Digest::parse(parsed.digest.as_str()).is_some() && Digest::parse(parsed.link.as_str()).is_some();
        (proper && parsed.text() == line).then_some(parsed)
    }

    /// The link that this line must have after `before`.
    #[must_use]
    pub fn link_after(&self, before: &Digest) -> Digest {
        link(before, &self.facts())
    }

    /// Where the record ends in its file.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.length)
    }

    /// The record that the line speaks of.
    #[must_use]
    pub fn written(&self) -> Written {
        Written {
            file: self.file.clone(),
            offset: self.offset,
            length: self.length,
            record: self.record.clone(),
            digest: self.digest.clone(),
        }
    }

    fn facts(&self) -> Facts<'_> {
        let Self { number, file, offset, length, record, digest, link: _ } = self;
        Facts { number: *number, file, offset: *offset, length: *length, record, digest }
    }
}

fn link(before: &Digest, facts: &Facts<'_>) -> Digest {
    let facts = serde_json::to_string(facts).expect("plain data with text keys is always JSON");
    Digest::of(format!("{before}\n{facts}").as_bytes())
}

/// What a chain came to; it stands in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainEnd {
    /// Number of records.
    pub records: u64,
    /// The last link; without a record, the digest of the first line.
    pub head: Digest,
    /// Root of the tree over the lines.
    pub root: Digest,
    /// The complete night before.
    pub previous: Option<Earlier>,
}

/// A chain that is being written or checked.
#[derive(Debug, Clone)]
pub struct Chain {
    previous: Option<Earlier>,
    link: Digest,
    tree: Tree,
}

impl Chain {
    /// A chain without records.
    #[must_use]
    pub fn new(head: &ChainHead) -> Self {
        Self { previous: head.previous.clone(), link: Digest::of(head.text().as_bytes()), tree: Tree::default() }
    }

    /// Takes the next record, and gives its line.
    pub fn push(&mut self, written: Written) -> ChainLine {
        let Written { file, offset, length, record, digest } = written;
        let number = self.tree.size() + 1;
        let facts = Facts { number, file: &file, offset, length, record: &record, digest: &digest };
        self.link = link(&self.link, &facts);
        let line = ChainLine { number, file, offset, length, record, digest, link: self.link.clone() };
        self.tree.push(line.text().as_bytes());
        line
    }

    /// The last link.
    #[must_use]
    pub fn link(&self) -> &Digest {
        &self.link
    }

    /// What it has come to.
    #[must_use]
    pub fn end(&self) -> ChainEnd {
        ChainEnd {
            records: self.tree.size(),
            head: self.link.clone(),
            root: Digest::from_bytes(self.tree.root()),
            previous: self.previous.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(offset: u64) -> Written {
        Written {
            file: "a.warc.gz".into(),
            offset,
            length: 7,
            record: RecordId(format!("urn:uuid:{offset}")),
            digest: Digest::of(b"member"),
        }
    }

    #[test]
    fn a_link_is_the_digest_of_the_one_before_and_of_the_lines_text_without_its_link() {
        let head = ChainHead::new("night", None);
        let line = Chain::new(&head).push(written(0));
        let text = line.text();
        let facts = format!("{}}}", text.split(",\"link\"").next().expect("there is a link"));
        let start = Digest::of(br#"{"schema":"portal-probe.chain/1","run":"night","previous":null}"#);
        assert_eq!(line.link, Digest::of(format!("{start}\n{facts}").as_bytes()));
        assert_eq!(ChainLine::parse(&text), Some(line));
    }

    #[test]
    fn the_chain_depends_on_run_night_before_order_and_every_fact() {
        let end = |head: &ChainHead, records: &[Written]| {
            let mut chain = Chain::new(head);
            for one in records {
                chain.push(one.clone());
            }
            (chain.end().head, chain.end().root)
        };
        let head = ChainHead::new("night", None);
        let earlier = Earlier { run: "before".into(), root: Digest::of(b"root") };
        let (a, b) = (written(0), written(7));
        let ends = [
            end(&head, &[a.clone(), b.clone()]),
            end(&head, &[b.clone(), a.clone()]),
            end(&head, std::slice::from_ref(&a)),
            end(&ChainHead::new("other", None), &[a.clone(), b.clone()]),
            end(&ChainHead::new("night", Some(earlier)), &[a.clone(), b.clone()]),
            end(&head, &[Written { length: 8, ..a.clone() }, b.clone()]),
            end(&head, &[Written { digest: Digest::of(b"x"), ..a.clone() }, b.clone()]),
            end(&head, &[Written { record: b.record.clone(), ..a.clone() }, b.clone()]),
            end(&head, &[Written { file: "b".into(), ..a }, b]),
        ];
        for (at, one) in ends.iter().enumerate() {
            assert!(ends[..at].iter().all(|other| other.0 != one.0 && other.1 != one.1), "{at}");
        }
    }

    #[test]
    fn a_line_that_is_spelled_in_another_way_is_none_of_ours() {
        let text = Chain::new(&ChainHead::new("night", None)).push(written(0)).text();
        for other in [text.replace(":7", ": 7"), text.replace("sha256:", "SHA256:"), format!("{text} "), "{}".into()] {
            assert_eq!(ChainLine::parse(&other), None, "{other}");
        }
    }
}
