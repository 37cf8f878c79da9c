//! The proof of one record: everything that is needed to check it without the run folder.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::chain::{ChainEnd, ChainLine};
use super::merkle::{self, Node};
use super::signature::PublicKey;
use crate::model::{Digest, RecordId};
use crate::warc::{Reader, WarcRecord};

/// Version of the proof.
pub const SCHEMA: &str = "portal-probe.proof/1";

/// No record of ours comes near this size.
const MEMBER_LIMIT: usize = 64 * 1024 * 1024;

/// The proof of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// [`SCHEMA`].
    pub schema: String,
    /// The record.
    pub record: RecordId,
    /// Its gzip member, as it stands in the evidence, in Base64.
    pub member: String,
    /// Its line of the chain.
    pub line: String,
    /// Number of lines in the chain.
    pub tree_size: u64,
    /// The path from the line to the root, the lowest first.
    pub path: Vec<Digest>,
    /// The manifest, letter for letter.
    pub manifest: String,
    /// Its signature, in Base64.
    pub signature: String,
    /// The time-stamp of the root (RFC 3161), in Base64.
    pub stamp: Option<String>,
}

/// What a manifest says that a proof needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sealed {
    /// Run id.
    pub run: String,
    /// When the run began.
    pub started: String,
    /// When it ended.
    pub finished: String,
    /// What its chain came to.
    pub chain: ChainEnd,
    /// The key that signed it.
    pub public_key: String,
}

/// What a proof shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What the manifest says.
    pub sealed: Sealed,
    /// The line of the chain.
    pub line: ChainLine,
    /// The record itself.
    pub record: WarcRecord,
    /// The key that signed.
    pub key: PublicKey,
    /// The time-stamp, to be checked by whoever knows the authority.
    pub stamp: Option<Vec<u8>>,
}

/// Where a proof breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is no proof, or a part is no text of its kind.
    #[error("not a proof: {0}")]
    Form(&'static str),
    /// The member is not the one that the line speaks of.
    #[error("the record's bytes are not those that its line of the chain names")]
    Member,
    /// The bytes are no WARC record, or another one.
    #[error("the record cannot be read, or is another one than the proof is of: {0}")]
    Record(String),
    /// The line is not at a place within the chain.
    #[error("the line's number does not fit the number of records in the manifest")]
    Place,
    /// The path leads elsewhere.
    #[error("the path does not lead from the line to the root in the manifest")]
    Path,
    /// The signature is not over this manifest.
    #[error("the signature is not that of the manifest's key over the manifest")]
    Signature,
    /// Signed with another key.
    #[error("signed with the key {found}, not with the expected key {expected}")]
    Key {
        /// The one it is signed with.
        found: String,
        /// The one that was expected.
        expected: String,
    },
}

/// The parts that a proof is made of.
#[derive(Debug)]
pub struct Parts<'a> {
    /// The record's gzip member.
    pub member: &'a [u8],
    /// The hashes of all lines.
    pub leaves: &'a [Node],
    /// The manifest's bytes.
    pub manifest: String,
    /// The signature's bytes.
    pub signature: &'a [u8],
    /// The time-stamp's bytes.
    pub stamp: Option<&'a [u8]>,
}

impl Proof {
    /// The proof of the record that this line speaks of.
    #[must_use]
    pub fn of(line: &ChainLine, parts: Parts<'_>) -> Self {
        let index = usize::try_from(line.number).unwrap_or(usize::MAX).saturating_sub(1);
        Self {
            schema: SCHEMA.to_owned(),
            record: line.record.clone(),
            member: BASE64.encode(parts.member),
            line: line.text(),
            tree_size: parts.leaves.len() as u64,
            path: merkle::path(parts.leaves, index).into_iter().map(Digest::from_bytes).collect(),
            manifest: parts.manifest,
            signature: BASE64.encode(parts.signature),
            stamp: parts.stamp.map(|stamp| BASE64.encode(stamp)),
        }
    }

    /// A proof read from its JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        let proof: Self = serde_json::from_str(text).map_err(|_| Flaw::Form("it has not the fields of one"))?;
        if proof.schema == SCHEMA { Ok(proof) } else { Err(Flaw::Form("it is of another version")) }
    }

    /// Checks everything but the time-stamp; with `expected`, also that this key signed.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn check(&self, expected: Option<&PublicKey>) -> Result<Shown, Flaw> {
        let base64 = |text: &str, what: &'static str| BASE64.decode(text.as_bytes()).map_err(|_| Flaw::Form(what));
        if self.member.len() > MEMBER_LIMIT {
            return Err(Flaw::Form("the record is larger than any of ours"));
        }
        let member = base64(&self.member, "the record is not Base64")?;
        let line = ChainLine::parse(&self.line).ok_or(Flaw::Form("the line is none of a chain"))?;
        if Digest::of(&member) != line.digest || member.len() as u64 != line.length {
            return Err(Flaw::Member);
        }
        let record = one_record(&member)?;
        if record.id().as_ref() != Some(&line.record) || line.record != self.record {
            return Err(Flaw::Record("its id differs".to_owned()));
        }
        let sealed: Sealed =
            serde_json::from_str(&self.manifest).map_err(|_| Flaw::Form("the manifest has no chain or no key"))?;
        if self.tree_size != sealed.chain.records || line.number == 0 {
            return Err(Flaw::Place);
        }
        let path: Vec<Node> = self.path.iter().map(Digest::bytes).collect();
        let place = (line.number - 1, sealed.chain.records);
        if !merkle::leads(merkle::leaf(self.line.as_bytes()), place, &path, &sealed.chain.root.bytes()) {
            return Err(Flaw::Path);
        }
        let key = PublicKey::from_hex(&sealed.public_key).ok_or(Flaw::Form("the manifest's key is none"))?;
        if !key.signed(self.manifest.as_bytes(), &base64(&self.signature, "the signature is not Base64")?) {
            return Err(Flaw::Signature);
        }
        if let Some(expected) = expected.filter(|expected| **expected != key) {
            return Err(Flaw::Key { found: key.hex(), expected: expected.hex() });
        }
        let stamp = self.stamp.as_deref().map(|stamp| base64(stamp, "the time-stamp is not Base64")).transpose()?;
        Ok(Shown { sealed, line, record, key, stamp })
    }
}

fn one_record(member: &[u8]) -> Result<WarcRecord, Flaw> {
    let mut reader = Reader::new(member);
    let placed = reader.next().ok_or_else(|| Flaw::Record("there is none".to_owned()))?;
    let placed = placed.map_err(|damage| Flaw::Record(damage.to_string()))?;
    match reader.next() {
        None => Ok(placed.record),
        Some(_) => Err(Flaw::Record("there is more than one".to_owned())),
    }
}
