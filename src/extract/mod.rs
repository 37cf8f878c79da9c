//! extract.

pub mod dom;
pub mod text;
pub mod time_limit;
