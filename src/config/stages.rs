//! The settings of each stage, read from the values key by key. Adding a key means: a commented line in
//! `config.toml`, a field in the stage's `Settings`, a line here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::Values;
use crate::chart;
use crate::check;
use crate::extract;
use crate::fetch;
use crate::frontier;
use crate::render;

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which request next, and when.
    pub frontier: frontier::Settings,
    /// The exchange itself.
    pub fetch: fetch::Settings,
    /// Reading.
    pub read: extract::Settings,
    /// Rendering.
    pub render: Rendering,
    /// Flowcharts that are pictures.
    pub chart: Charts,
    /// Judging.
    pub check: check::Settings,
    /// What a visit asks for besides links.
    pub visit: Visit,
    /// How evidence is kept.
    pub evidence: Evidence,
    /// The file of hosts that are stopped; `None` is `stop-hosts` in the output folder.
    pub stop_file: Option<PathBuf>,
    /// Most exchanges at once.
    pub concurrency: usize,
    /// Most cities under way at once.
    pub cities_at_once: usize,
    /// How long a run may last; zero = until it is done.
    pub window: Duration,
    /// Bytes of the disk that must stay free.
    pub disk_reserve: u64,
    /// Whether a run can be resumed.
    pub durable: bool,
}

/// What a visit asks for besides links (`[visit]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Honest attempts at each entry page.
    pub entry_attempts: u8,
    /// Smallest gap between two of them.
    pub entry_spacing: Duration,
    /// Whether the entry is asked for over IPv6 alone.
    pub ipv6: bool,
    /// Whether the site's own search is asked.
    pub search: bool,
    /// Control addresses of our own network.
    pub control_urls: Vec<Url>,
}

/// What is rendered, and how (`[render]`).
#[derive(Debug, Clone)]
pub struct Rendering {
    /// Browser and pages.
    pub browser: render::Settings,
    /// Most pages rendered per city.
    pub pages_per_city: u32,
    /// Pages photographed per city because a finding failed there.
    pub screenshots_per_city: u32,
}

/// How flowcharts that are pictures are read (`[chart]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charts {
    /// Whether pictures are read.
    pub enabled: bool,
    /// Pictures read at once.
    pub workers: usize,
    /// Folder of the models; `None` is the one in the user's cache folder.
    pub models: Option<PathBuf>,
    /// Threads that compute one picture.
    pub threads: usize,
    /// Ceilings.
    pub reading: chart::Settings,
}

/// How evidence is kept (`[evidence]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// A WARC file is closed at this size.
    pub rotate: u64,
    /// Where the signing key lies; `None` is the output folder.
    pub key: Option<PathBuf>,
    /// The time-stamping authority; `None` = no time-stamps.
    pub tsa_url: Option<Url>,
    /// PEM file of the certificates that stand behind its stamps.
    pub tsa_certificates: Option<PathBuf>,
    /// Days after which what is kept apart is removed; `None` = never.
    pub retention_days: Option<u32>,
}

impl Config {
    /// The file of hosts that are stopped while a night runs.
    #[must_use]
    pub fn stop_file(&self, out: &Path) -> PathBuf {
        self.stop_file.clone().unwrap_or_else(|| out.join("stop-hosts"))
    }
}

pub(super) fn read(values: &mut Values) -> Config {
    let visit = Visit {
        entry_attempts: values.byte("visit.entry_attempts"),
        entry_spacing: values.duration("visit.entry_spacing"),
        ipv6: values.flag("visit.ipv6"),
        search: values.flag("visit.search"),
        control_urls: values.list("visit.control_urls", "a list of http or https addresses", |text| {
            Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
        }),
    };
    Config {
        frontier: frontier_settings(values, &visit),
        fetch: fetch_settings(values),
        read: extract::Settings {
            max_decoded: values.bytes("read.max_decoded"),
            max_ratio: values.number("read.max_ratio"),
            max_pixels: values.count("read.max_pixels"),
            max_links: values.number("read.max_links"),
            blocks: values.blocks("read.block_signatures"),
        },
        chart: Charts {
            models: Some(values.text("chart.models")).filter(|folder| folder != "cache").map(PathBuf::from),
            enabled: values.flag("chart.enabled"),
            workers: values.number("chart.workers").max(1),
            threads: values.number("chart.threads").max(1),
            reading: chart::Settings { max_pixels: values.count("chart.max_pixels") },
        },
        check: check_settings(values),
        render: rendering(values),
        visit,
        evidence: Evidence {
            rotate: values.size("evidence.rotate"),
            tsa_url: values.web_address("evidence.tsa_url"),
            tsa_certificates: values.file("evidence.tsa_certificates"),
            retention_days: Some(values.small("evidence.retention_days")).filter(|days| *days > 0),
            key: values.file("evidence.key"),
        },
        stop_file: values.file("run.stop_file"),
        concurrency: values.number("fetch.concurrency").max(1),
        cities_at_once: values.number("run.cities_at_once").max(1),
        window: values.duration("run.window"),
        disk_reserve: values.size("run.disk_reserve"),
        durable: values.flag("run.durable"),
    }
}

fn frontier_settings(values: &mut Values, visit: &Visit) -> frontier::Settings {
    frontier::Settings {
        user_agent_token: values.text("identity.robots_token"),
        seed: values.count("run.seed"),
        focus_words: values.texts("visit.focus_words"),
        min_interval: values.duration("politeness.min_interval"),
        max_delay: values.duration("politeness.max_delay"),
        latency_factor: values.factor("politeness.latency_factor"),
        max_crawl_delay: values.duration("politeness.max_crawl_delay"),
        max_retry_after: values.duration("politeness.max_retry_after"),
        backoff_base: values.duration("politeness.backoff_base"),
        jitter_ratio: values.share("politeness.jitter"),
        quiet_time: values.duration("politeness.quiet_time"),
        retries: values.byte("politeness.attempts").saturating_sub(1),
        redirect_limit: values.number("limits.max_redirects"),
        robots_ttl_closed: values.duration("politeness.robots_retry"),
        robots_attempts: values.byte("politeness.robots_attempts"),
        max_clicks: values.number("limits.max_clicks"),
        max_list_pages: values.number("limits.max_list_pages"),
        max_query_variants: values.number("limits.max_query_variants"),
        max_path_repeats: values.number("limits.max_path_repeats"),
        max_path_segments: values.number("limits.max_path_segments"),
        max_url_length: values.number("limits.max_url_length"),
        requests_per_city: values.count("limits.requests_per_city"),
        requests_reserved: values.count("limits.requests_reserved"),
        bytes_per_city: values.size("limits.bytes_per_city"),
        time_per_city: values.duration("limits.time_per_city"),
        sample_links: values.number("check.link_sample"),
        entry_attempts: visit.entry_attempts,
        entry_spacing: visit.entry_spacing,
    }
}

fn fetch_settings(values: &mut Values) -> fetch::Settings {
    fetch::Settings {
        user_agent: values.text("identity.user_agent"),
        phone_user_agent: values.text("identity.phone_user_agent"),
        connect_timeout: values.duration("fetch.connect_timeout"),
        first_byte_timeout: values.duration("fetch.first_byte_timeout"),
        body_timeout: values.duration("fetch.body_timeout"),
        total_timeout: values.duration("fetch.total_timeout"),
        max_body: values.bytes("fetch.max_body"),
        max_header_bytes: values.bytes("fetch.max_head"),
        max_header_count: values.number("fetch.max_header_lines"),
        allow: values.list("guard.allow", "a list of address ranges such as \"127.0.0.0/8\"", |text| text.parse().ok()),
        address_family: values.family("fetch.address_family"),
        extra_roots: Vec::new(),
    }
}

fn rendering(values: &mut Values) -> Rendering {
    Rendering {
        browser: render::Settings {
            enabled: values.flag("render.enabled"),
            executables: values.list("render.executables", "a list of files", |text| Some(text.into())),
            tabs: values.number("render.tabs").max(1),
            pages_per_browser: values.small("render.pages_per_browser"),
            browser_age: values.duration("render.browser_age"),
            page_budget: values.duration("render.page_budget"),
            page_work: values.duration("render.page_work"),
            page_deadline: values.duration("render.page_deadline"),
            scrolls: values.small("render.scrolls"),
            max_requests: values.small("render.max_requests"),
            max_bytes: values.size("render.max_bytes"),
            max_document: values.bytes("render.max_document"),
            max_memory: values.size("render.max_memory"),
            screenshot_height: values.small("render.screenshot_height"),
            user_agent: values.text("identity.user_agent"),
            phone_user_agent: values.text("identity.phone_user_agent"),
        },
        pages_per_city: values.small("render.pages_per_city"),
        screenshots_per_city: values.small("render.screenshots_per_city"),
    }
}

fn check_settings(values: &mut Values) -> check::Settings {
    check::Settings {
        required_elements: values.elements("check.required_elements"),
        max_clicks: values.small("check.max_clicks"),
        response_time_ms: values.duration("check.response_time").as_secs_f64() * 1000.0,
        max_failure_ratio: values.share("check.max_failure_ratio"),
        freshness_days: values.small("check.freshness_days"),
        reply_working_days: values.small("check.reply_working_days"),
        overdue_days: values.small("check.overdue_days"),
        link_sample: values.number("check.link_sample"),
        seed: values.count("run.seed"),
        certificate_days: i64::from(values.small("check.certificate_days")),
        phone_width: values.small("check.phone_width"),
        topics: values.topics("check.topics"),
        topic_days: values.small("check.topic_days"),
        min_confidence: values.share("check.min_confidence"),
        search_rank: values.number("check.search_rank"),
    }
}
