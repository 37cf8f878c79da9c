//! `check`: one guide, from an address or a file, in plain words.

use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use url::Url;

use super::{CheckArguments, Ended, Failure, night, note, print};
use crate::catalogue;
use crate::config::Config;
use crate::engine::beside;
use crate::engine::chart_reader::ChartReader;
use crate::engine::clock::Clock;
use crate::engine::judge::RunContext;
use crate::engine::night::{Night, Scope};
use crate::engine::single::{self, Given, Page};
use crate::model::{ChannelKind, Element, Extraction, FailureKind, Observation, Outcome, Purpose};
use crate::sink::evidence;
use crate::warc::Restorer;

pub(super) fn run(arguments: &CheckArguments) -> Result<Ended, Failure> {
    let config = arguments.configuration.load(&[])?;
    let mut places = vec![(ChannelKind::Portal, arguments.place.as_str())];
    places.extend(arguments.mobile.as_deref().map(|place| (ChannelKind::MobileWeb, place)));
    let web = |place: &str| place.starts_with("http://") || place.starts_with("https://");
    let (readings, observations) = match places.iter().filter(|(_, place)| web(place)).count() {
        0 => from_files(&places, &config)?,
        n if n == places.len() => (Vec::new(), from_addresses(&places, config)?),
        _ => {
            let error = anyhow::anyhow!("give two addresses or two files, not one of each");
            return Err(Failure::Configuration(error));
        }
    };
    if arguments.json {
        let lines: Result<Vec<String>, _> = observations.iter().map(serde_json::to_string).collect();
        return print(&lines?.join("\n"));
    }
    for reading in &readings {
        print(&reading_words(reading.as_ref()))?;
    }
    print(&words(&observations))
}

fn from_files(
    places: &[(ChannelKind, &str)],
    config: &Config,
) -> Result<(Vec<Option<Extraction>>, Vec<Observation>), Failure> {
    let mut pages = Vec::new();
    for (channel, place) in places {
        let path = Path::new(place);
        let body = std::fs::read(path).with_context(|| format!("cannot read {place}"))?;
        let absolute = path.canonicalize().with_context(|| format!("cannot find {place}"))?;
        let url = Url::from_file_path(&absolute).map_err(|()| anyhow::anyhow!("{place} has no file address"))?;
        pages.push(Page { channel: *channel, url, body });
    }
    let clock = Clock::system();
    let seeds: Vec<(ChannelKind, Url)> = pages.iter().map(|page| (page.channel, page.url.clone())).collect();
    let context = guide_context(&seeds, config, &clock);
    let mut given: Vec<Given> = pages.iter().map(Given::page).collect();
    let charts = beside::charts(&context, &given, || reader(config));
    let count = given.len();
    given.extend(charts);
    let (mut readings, observations) = single::judge_given(&context, &given, Timestamp::now());
    readings.truncate(count);
    Ok((readings, observations))
}

/// What reads flowcharts that are pictures; without it they are unreadable, as in a night.
fn reader(config: &Config) -> Option<ChartReader> {
    let settings = config.chart.enabled.then_some(&config.chart)?;
    match ChartReader::open(settings, None) {
        Ok(reader) => Some(reader),
        Err(missing) => {
            note(&format!("flowcharts that are pictures are not read: {missing}"));
            Some(ChartReader::of_drawings(settings, None))
        }
    }
}

fn from_addresses(places: &[(ChannelKind, &str)], mut config: Config) -> Result<Vec<Observation>, Failure> {
    let mut seeds = Vec::new();
    for (channel, place) in places {
        let url = Url::parse(place).with_context(|| format!("`{place}` is not an address"))?;
        seeds.push((*channel, url));
    }
    // Someone waits for the answer: a robots.txt that cannot be had now is said at once instead of asked for again later.
    config.frontier.robots_attempts = 1;
    let clock = Clock::system();
    let context = guide_context(&seeds, &config, &clock);
    let out = std::env::temp_dir().join(format!("portal-probe-check-{}", context.run));
    let night = Night { config, context, clock, out, progress: false, scope: Scope::OnePage };
    let report = night::visit(night)?;
    note(&format!("evidence: {}", report.folder.join("evidence").display()));
    for line in unanswered(&report.folder)? {
        note(&line);
    }
    if report.interrupted {
        return Err(anyhow::anyhow!("interrupted before the page was read").into());
    }
    Ok(crate::sink::observations::read(&report.folder)?)
}

/// What was asked for and did not come, with what could be done about it.
fn unanswered(run: &Path) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    let mut restorer = Restorer::default();
    evidence::each_record(run, |record| {
        restorer.accept(record);
        for capture in restorer.take_captures() {
            let url = &capture.request.url;
            lines.extend(capture.failure().map(|failure| {
                let hint = if failure.kind == FailureKind::RefusedByGuard {
                    "\nhint: addresses of one's own network are visited only when allowed: --set \
                     'guard.allow=[\"NETWORK/BITS\"]'"
                } else {
                    ""
                };
                format!("{url} could not be read: {}{hint}", failure.detail)
            }));
            let status = capture.response().map(|response| response.status);
            if capture.request.purpose == Purpose::Page {
                lines.extend(status.filter(|status| *status >= 400).map(|status| format!("{url} answered {status}")));
            }
        }
    })?;
    Ok(lines)
}

fn guide_context(seeds: &[(ChannelKind, Url)], config: &Config, clock: &Clock) -> RunContext {
    night::context(vec![single::nobody(seeds)], catalogue::builtin(), config, clock)
}

/// What was read of a file, label by label.
fn reading_words(extraction: Option<&Extraction>) -> String {
    let Some(extraction) = extraction else { return "无法读取 · the page could not be read\n".to_owned() };
    let mut lines = vec![format!(
        "页面类型 · page kind: {:?} ({}), 编码 · charset: {}",
        extraction.kind, extraction.kind_because, extraction.charset.used
    )];
    if let Some(guide) = &extraction.guide {
        for element in Element::ALL {
            if let Some(reading) = guide.elements.get(element) {
                let shown: String = reading.raw().unwrap_or("").chars().take(60).collect();
                lines.push(format!("  {:<11} {} {shown}", reading.state(), element.zh()));
            }
        }
    }
    lines.join("\n") + "\n"
}

fn words(observations: &[Observation]) -> String {
    let mut lines = Vec::new();
    let about_guide = |observation: &&Observation| {
        (observation.property.starts_with("guide.") || observation.property.starts_with("handling."))
            && observation.subject.url.is_some()
    };
    for observation in observations.iter().filter(about_guide) {
        let (sign, zh) = match observation.outcome {
            Outcome::Passed => ("✓", "符合"),
            Outcome::Failed => ("✗", "不符合"),
            Outcome::CantTell => ("?", "无法判断"),
            Outcome::Inapplicable => ("–", "不适用"),
            Outcome::Untested => ("·", "未测"),
        };
        let reason = observation.reason.map_or_else(String::new, |reason| format!(" ({})", reason.as_str()));
        lines.push(format!("{sign} {:<30} {zh} · {}{reason}", observation.property, observation.outcome.as_str()));
        for finding in &observation.findings {
            lines.push(format!("    {} · {}", finding.message_zh, finding.message_en));
            for quote in &finding.quotes {
                lines.push(format!("      「{quote}」"));
            }
            lines.push(format!("      → {} · {}", finding.remedy_zh, finding.remedy_en));
        }
    }
    if lines.is_empty() {
        lines.push("没有读到办事指南 · no guide was read on this page".to_owned());
    }
    lines.join("\n")
}
