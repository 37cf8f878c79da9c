//! What the operator decides about order, pace and limits.
//!
//! Comes in: the `[frontier]` table of `config.toml`, read elsewhere. Goes out: plain values. Must never know: files.

use std::time::Duration;

/// Settings of the frontier. There are no defaults here: `config.toml` is the only place for them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Our product token in robots.txt, for example `portal-probe`.
    pub user_agent_token: String,
    /// Makes jitter and samples repeatable.
    pub seed: u64,
    /// Words that name the errands we look for: the title words of the scenario's segments.
    pub focus_words: Vec<String>,

    /// Smallest gap between two requests of one politeness group, whatever the server allows.
    pub min_interval: Duration,
    /// Cap of the adaptive delay and of our own back-off. The server's own wishes have their own caps.
    pub max_delay: Duration,
    /// The gap is at least this many times the server's latency, so that a slow portal slows us. Zero switches it off.
    pub latency_factor: f64,
    /// Longest crawl-delay that a night can afford; a host that asks for more is not visited any further.
    pub max_crawl_delay: Duration,
    /// Longest `Retry-After` that is waited for; a longer one ends the night for that group (`backed_off`).
    pub max_retry_after: Duration,
    /// First back-off after 429, 503 or a transient failure; it doubles each time.
    pub backoff_base: Duration,
    /// Back-offs grow by up to this share, so that many groups do not return at one moment. 0.25 = up to a quarter.
    pub jitter_ratio: f64,
    /// After this long without 429 or 503 the back-off begins at its base again.
    pub quiet_time: Duration,

    /// How often a transient failure is asked again (2 = three attempts at most).
    pub retries: u8,
    /// Redirects in a row.
    pub redirect_limit: usize,

    /// How long a host stays closed after its robots.txt could not be had.
    pub robots_ttl_closed: Duration,
    /// How often robots.txt is asked for before the host stays closed for the night.
    pub robots_attempts: u8,

    /// Clicks from the entry; list paging does not count, it has its own limit.
    pub max_clicks: usize,
    /// List pages in a row.
    pub max_list_pages: usize,
    /// Addresses that differ only in their query, asked for per city and path.
    pub max_query_variants: usize,
    /// How often one segment may stand in a path.
    pub max_path_repeats: usize,
    /// Segments of a path.
    pub max_path_segments: usize,
    /// Characters of an address.
    pub max_url_length: usize,

    /// Requests per city and night.
    pub requests_per_city: u64,
    /// Share of `requests_per_city` that ordinary pages may not use: entries, controls, searches, attachments and the
    /// link sample are sure of it.
    pub requests_reserved: u64,
    /// Bytes of bodies per city and night.
    pub bytes_per_city: u64,
    /// Time per city and night, from its first request.
    pub time_per_city: Duration,

    /// Size of the stable sample for the dead-link check, per channel. Used by the engine with
    /// [`stable_sample`](super::stable_sample).
    pub sample_links: usize,
    /// Honest attempts at each entry page. Used by the engine; with one attempt only, a failed entry is retried.
    pub entry_attempts: u8,
    /// Smallest gap between two attempts at one entry page. Used by the engine as `not_before` of its offers.
    pub entry_spacing: Duration,
}

#[cfg(test)]
impl Settings {
    /// Settings with round numbers for tests.
    #[must_use]
    pub fn for_tests() -> Self {
        Self {
            user_agent_token: "portal-probe".into(),
            seed: 7,
            focus_words: ["设立登记", "营业执照", "公章刻制", "发票", "社会保险登记", "公积金", "银行开户"]
                .map(String::from)
                .to_vec(),
            min_interval: Duration::from_secs(2),
            max_delay: Duration::from_mins(1),
            latency_factor: 0.0,
            max_crawl_delay: Duration::from_secs(30),
            max_retry_after: Duration::from_mins(10),
            backoff_base: Duration::from_secs(10),
            jitter_ratio: 0.0,
            quiet_time: Duration::from_mins(5),
            retries: 2,
            redirect_limit: 5,
            robots_ttl_closed: Duration::from_mins(2),
            robots_attempts: 3,
            max_clicks: 6,
            max_list_pages: 50,
            max_query_variants: 100,
            max_path_repeats: 3,
            max_path_segments: 16,
            max_url_length: 1000,
            requests_per_city: 200,
            requests_reserved: 0,
            bytes_per_city: 100 << 20,
            time_per_city: Duration::from_hours(1),
            sample_links: 20,
            entry_attempts: 3,
            entry_spacing: Duration::from_mins(1),
        }
    }
}
