//! extract.

pub mod dom;
pub mod guide;
pub mod lexicon;
pub mod text;
pub mod time_limit;
