//! extract.

pub mod dom;
pub mod lexicon;
pub mod text;
pub mod time_limit;
