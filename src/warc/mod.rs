//! WARC/1.1, the evidence: captures ↔ records ↔ bytes.
//!
//! Comes in: captures to be archived, or the bytes of an archive. Goes out: the records of a capture, and the captures
//! of an archive, equal to those that were written. Must never know: files, the clock, the network, or what a page means.
//!
//! One exchange becomes a *set* of records that ends with its `metadata` record; [`reader::valid_prefix`] relies on that
//! order to cut a torn tail between sets, never inside one.

pub mod cdxj;
pub mod conversion;
pub mod exchange;
mod http_block;
mod markup;
pub mod mask;
pub mod reader;
pub mod record;
pub mod rendering;
pub mod restore;

pub use cdxj::{IndexLine, Place};
pub use conversion::conversion_record;
pub use exchange::{CityCoverage, Sender, context_record, coverage_record, records_of, warcinfo};
pub use mask::{Masked, masked};
pub use reader::{Damage, DamageKind, Placed, Reader, valid_prefix};
pub use record::{RecordType, WarcRecord};
pub use rendering::rendering_records;
pub use restore::{Night, Problem, Restorer, answer, captures, night};
