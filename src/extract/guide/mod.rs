//! Placeholder with the agreed signature; the guide reader itself is built elsewhere.

use url::Url;

use super::dom::Dom;
use crate::model::{Issue, ServiceGuide, Step};

/// What was read of a guide.
#[derive(Debug, Clone, PartialEq)]
pub struct GuideReading {
    /// The guide.
    pub guide: ServiceGuide,
    /// How sure we are that the page is a guide, 0–1.
    pub confidence: f64,
    /// What could not be read.
    pub issues: Vec<Issue>,
    /// Labels with a value beside them.
    pub labels_with_value: usize,
    /// Labels without a value.
    pub labels_blank: usize,
}

/// Reads a guide.
#[must_use]
pub fn read(_dom: &Dom, _base: &Url) -> Option<GuideReading> {
    None
}

/// Reads a guide that is a JSON document.
#[must_use]
pub fn read_json(_value: &serde_json::Value, _base: &Url) -> Option<GuideReading> {
    None
}

/// Steps of a flowchart drawn in SVG.
#[must_use]
pub fn svg_steps(_svg: &str) -> Vec<Step> {
    Vec::new()
}
