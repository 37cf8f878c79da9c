//! Ceilings of reading documents: what a portal serves can be made to multiply.
//!
//! Reading has no clock, so work is bounded instead of time. Each value is well above the largest real document and
//! small enough that reading stops within seconds.

/// Bytes unpacked from one document, all parts together; the decoded XML of a form of 500 rows is below 4 MB.
pub(super) const UNPACKED: usize = 48 * 1024 * 1024;

/// Unpacked bytes for each packed one, beyond the first mebibyte; XML of word processors reaches about 40.
pub(super) const RATIO: usize = 200;

/// Unpacked bytes that no ratio is asked for.
pub(super) const RATIO_FREE: usize = 1024 * 1024;

/// Files in a package or archive.
pub(super) const ENTRIES: usize = 4_096;

/// Entries of an archive that are named in the facts, and whose beginning is unpacked to know their format.
pub(super) const ENTRIES_NAMED: usize = 100;

/// Bytes of text.
pub(super) const TEXT: usize = 2 * 1024 * 1024;

/// Cells of all tables together.
pub(super) const CELLS: usize = 100_000;

/// Paragraphs, headings and tables.
pub(super) const BLOCKS: usize = 50_000;

/// Columns that a table for people can have.
pub(super) const COLUMNS: usize = 256;

/// Rows that are kept of one sheet.
pub(super) const ROWS: usize = 20_000;

/// Sheets of a workbook.
pub(super) const SHEETS: usize = 64;

/// Pages of a PDF.
pub(super) const PAGES: usize = 400;

/// Levels of XML elements; Word nests text boxes in tables in text boxes, and stays below 100.
pub(super) const DEPTH: usize = 400;

/// Pieces of XML that are looked at, all parts together.
pub(super) const XML_EVENTS: usize = 4_000_000;
