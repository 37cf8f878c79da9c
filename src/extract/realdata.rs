//! Tests on real pages.
