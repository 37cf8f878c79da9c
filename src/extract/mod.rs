//! extract.

pub mod dom;
