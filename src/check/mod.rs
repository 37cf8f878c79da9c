//! Judging: entities in, verdicts out. One file a property, one line a property in [`CHECKS`].
//!
//! Comes in: a city's dossier, the scenarios, the calendar and the settings. Goes out: statements. Must never know:
//! clock, network, files, or how a page was read.
//!
//! Three rules that no check may break: not measured is not absent; no finding without evidence; the same evidence
//! gives the same statements.

pub mod guide;
pub mod handling;
pub mod interaction;
pub mod mobile;
pub mod scenario;
pub mod site;
pub mod view;

mod calibration;
mod clipped;
mod join;
mod judgement;
mod papers;
mod phones;
mod phrasing;
mod process;
mod spans;
mod whereabouts;
mod wording;

#[cfg(test)]
mod guide_testing;
#[cfg(test)]
mod normalising_tests;
#[cfg(test)]
mod testing;

use serde::{Deserialize, Serialize};

use crate::model::observation::Statement;
use crate::model::{
    Calendar, Channel, ChannelKind, CityDossier, Element, Property, Scenario, Subject, SubjectKind, Verdict,
};
pub use join::joined;
use view::{GuideSubject, ReplySubject, View};

/// What the checks need besides the dossier.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The scenarios of the catalogue.
    pub scenarios: &'a [Scenario],
    /// The working-day calendar.
    pub calendar: &'a Calendar,
    /// Limits and lists from the configuration.
    pub settings: &'a Settings,
}

/// Limits and lists of the checks (`[check]` in `config.toml`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Elements that every guide must state.
    pub required_elements: Vec<Element>,
    /// Most clicks from the entry to a guide.
    pub max_clicks: u32,
    /// Longest median time of the entry page, in milliseconds.
    pub response_time_ms: f64,
    /// Largest share of failed entry attempts (0.05 by 国办秘函〔2019〕19号).
    pub max_failure_ratio: f64,
    /// Something newer than this must be on the home page, in days.
    pub freshness_days: u32,
    /// Replies must come within this many working days.
    pub reply_working_days: u32,
    /// A letter open for longer than this many days is overdue.
    pub overdue_days: u32,
    /// Size of the stable sample for dead links, per channel.
    pub link_sample: usize,
    /// Seed of the stable sample.
    pub seed: u64,
    /// A certificate must be valid for at least this many days more.
    pub certificate_days: i64,
    /// Widest fixed width that fits a phone, in CSS pixels.
    pub phone_width: u32,
    /// Topics that mobile channels must disclose.
    pub topics: Vec<Topic>,
    /// A topic's newest entry must be newer than this, in days.
    pub topic_days: u32,
    /// Least confidence at which a reading may lead to `failed`.
    pub min_confidence: f64,
    /// Guides must stand within this rank of the site's own search.
    pub search_rank: usize,
}

/// A topic of the day (疫情防控 in 2020).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Stable id.
    pub id: String,
    /// Name in Chinese.
    pub name: String,
    /// Words that show an entry is about it.
    pub words: Vec<String>,
}

/// One check: a property and the function that judges it. A check is a value, not a type.
#[derive(Clone, Copy)]
pub struct Check {
    /// The property, with its rationale and basis.
    pub property: Property,
    /// Raised when the judgement changes.
    pub version: u32,
    /// The judgement.
    pub test: Test,
}

/// What a check looks at. The runner names the subject, so a check cannot mislabel itself.
#[derive(Clone, Copy)]
pub enum Test {
    /// The whole city.
    City(fn(&View<'_>) -> Verdict),
    /// Each web channel.
    Channel(fn(&View<'_>, &Channel) -> Verdict),
    /// Each portal for computers.
    PortalChannel(fn(&View<'_>, &Channel) -> Verdict),
    /// Each mobile web channel.
    MobileChannel(fn(&View<'_>, &Channel) -> Verdict),
    /// Each segment of each scenario on each web channel: is its guide there?
    Segment(fn(&View<'_>, &GuideSubject<'_>) -> Verdict),
    /// Each guide that was read, and each segment whose guide was not.
    Guide(fn(&View<'_>, &GuideSubject<'_>) -> Verdict),
    /// As [`Test::Guide`], on portals only: a comparison of two channels is stated once.
    PortalGuide(fn(&View<'_>, &GuideSubject<'_>) -> Verdict),
    /// Each scenario.
    Scenario(fn(&View<'_>, &Scenario) -> Verdict),
    /// The letters of one topic on one web channel.
    Replies(fn(&View<'_>, &ReplySubject<'_>) -> Verdict),
}

/// Runs every check over one city.
#[must_use]
pub fn run(dossier: &CityDossier, context: &Context<'_>) -> Vec<Statement> {
    let view = View::new(dossier, context);
    CHECKS.iter().flat_map(|check| run_one(check, &view)).collect()
}

fn run_one(check: &Check, view: &View<'_>) -> Vec<Statement> {
    let channels = || view.dossier.target.web_channels();
    let state = |channel: Option<&Channel>, subject: Subject, dialect: Option<String>, verdict: Verdict| Statement {
        property: check.property.id,
        unit: check.property.unit,
        version: check.version,
        channel: channel.map(|channel| channel.id.clone()),
        subject,
        dialect,
        verdict,
    };
    match check.test {
        Test::City(judge) => vec![state(None, city_subject(view), None, judge(view))],
        Test::Channel(judge) => channels()
            .map(|channel| state(Some(channel), channel_subject(channel), None, judge(view, channel)))
            .collect(),
        Test::PortalChannel(judge) => channels()
            .filter(|channel| channel.kind == ChannelKind::Portal)
            .map(|channel| state(Some(channel), channel_subject(channel), None, judge(view, channel)))
            .collect(),
        Test::MobileChannel(judge) => channels()
            .filter(|channel| channel.kind == ChannelKind::MobileWeb)
            .map(|channel| state(Some(channel), channel_subject(channel), None, judge(view, channel)))
            .collect(),
        Test::Segment(judge) => view
            .segments
            .iter()
            .map(|subject| {
                state(Some(subject.channel), subject.segment_subject(), subject.dialect(), judge(view, subject))
            })
            .collect(),
        Test::Guide(judge) => view
            .guides
            .iter()
            .map(|subject| state(Some(subject.channel), subject.subject(), subject.dialect(), judge(view, subject)))
            .collect(),
        Test::PortalGuide(judge) => view
            .guides
            .iter()
            .filter(|subject| subject.channel.kind == crate::model::ChannelKind::Portal)
            .map(|subject| state(Some(subject.channel), subject.subject(), subject.dialect(), judge(view, subject)))
            .collect(),
        Test::Scenario(judge) => view
            .context
            .scenarios
            .iter()
            .map(|scenario| state(None, scenario_subject(scenario), None, judge(view, scenario)))
            .collect(),
        Test::Replies(judge) => view
            .replies(check.property.id)
            .iter()
            .map(|subject| state(Some(subject.channel), subject.subject(), None, judge(view, subject)))
            .collect(),
    }
}

fn city_subject(view: &View<'_>) -> Subject {
    let city = &view.dossier.target.city;
    Subject {
        kind: SubjectKind::City,
        key: city.code.0.clone(),
        name: city.name.clone(),
        url: None,
        scenario: None,
        segment: None,
    }
}

fn channel_subject(channel: &Channel) -> Subject {
    Subject {
        kind: SubjectKind::Channel,
        key: channel.id.0.clone(),
        name: channel.name.clone().unwrap_or_else(|| channel.id.0.clone()),
        url: channel.seeds.first().map(ToString::to_string),
        scenario: None,
        segment: None,
    }
}

fn scenario_subject(scenario: &Scenario) -> Subject {
    Subject {
        kind: SubjectKind::Scenario,
        key: scenario.id.clone(),
        name: scenario.name.clone(),
        url: None,
        scenario: Some(scenario.id.clone()),
        segment: None,
    }
}

/// Every check, in the order of the contract. A new property is one file and one line here.
pub const CHECKS: &[Check] = &[
    site::reachable::CHECK,
    site::response_time::CHECK,
    site::tls::CHECK,
    site::ipv6::CHECK,
    site::dead_links::CHECK,
    site::search::CHECK,
    site::identity::CHECK,
    site::freshness::CHECK,
    guide::found::CHECK,
    guide::findability::CHECK,
    guide::elements::CHECK,
    guide::materials_clear::CHECK,
    guide::blank_form::CHECK,
    guide::sample_form::CHECK,
    guide::flowchart::CHECK,
    guide::flowchart_consistency::CHECK,
    guide::time_limits::CHECK,
    guide::self_consistency::CHECK,
    guide::channel_consistency::CHECK,
    handling::visits::CHECK,
    handling::online_depth::CHECK,
    handling::delivery::CHECK,
    scenario::guidance::CHECK,
    scenario::visits::CHECK,
    interaction::consultation_channel::CHECK,
    interaction::complaint_channel::CHECK,
    interaction::consultation_timeliness::CHECK,
    interaction::complaint_timeliness::CHECK,
    mobile::channels::CHECK,
    mobile::reachable::CHECK,
    mobile::friendly::CHECK,
    mobile::depth::CHECK,
    mobile::topic::CHECK,
];
