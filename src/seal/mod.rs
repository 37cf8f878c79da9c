//! What proves that a night's evidence is as it was written: a chain through its records, a tree over the chain, a
//! signature, and the proof of one record.
//!
//! Comes in: the bytes that were written. Goes out: links, roots, paths, and whether they fit. Must never know: files,
//! the clock, the network, or what a record says of a portal.
//!
//! Everything can be done again by hand with `sha256sum` and `openssl` (docs/evidence.md), so the forms are plain: digests
//! are hexadecimal text, a line of the chain is hashed as the text that stands in the file.

pub mod chain;
pub mod merkle;
pub mod proof;
pub mod signature;

pub use chain::{Chain, ChainEnd, ChainHead, ChainLine, Earlier, Written};
pub use merkle::Tree;
pub use proof::{Flaw, Proof, Shown};
pub use signature::{PublicKey, SecretKey};
