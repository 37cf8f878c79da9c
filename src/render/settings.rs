//! What the operator decides about rendering.
//!
//! Comes in: the `[render]` table of `config.toml`, read elsewhere. Goes out: plain values. Must never know: files.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of rendering. There are no defaults here: `config.toml` is the only place for them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether pages are rendered at all.
    pub enabled: bool,
    /// Where the browser may be; the first that is there is used.
    pub executables: Vec<PathBuf>,
    /// Browsers at once, each with one tab.
    pub tabs: usize,
    /// A browser is replaced after so many pages.
    pub pages_per_browser: u32,
    /// A browser is replaced at this age.
    pub browser_age: Duration,
    /// Time by the page's own clock, which stands still while an answer is waited for.
    pub page_budget: Duration,
    /// Time that a page may work, not counting the time it waits for answers.
    pub page_work: Duration,
    /// Time that a page may take in all.
    pub page_deadline: Duration,
    /// Rounds of scrolling down and pressing "load more".
    pub scrolls: u32,
    /// Requests that a page may make.
    pub max_requests: u32,
    /// Bytes that a page may be given.
    pub max_bytes: u64,
    /// Characters of the rendered document.
    pub max_document: usize,
    /// Memory of a browser with its page.
    pub max_memory: u64,
    /// Height of a screenshot, in CSS pixels.
    pub screenshot_height: u32,
    /// Sent on portals, and what scripts see.
    pub user_agent: String,
    /// Sent on mobile channels, and what scripts see.
    pub phone_user_agent: String,
}
