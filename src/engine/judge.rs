//! From a city's dossier to its observations: pure, the same in a live night and in a replay.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::check;
use crate::model::{Calendar, ChannelKind, CityDossier, Observation, Request, Scenario, Target};
use crate::observe;

/// Everything besides the exchanges that the observations depend on. Archived with the night, so that a replay
/// judges by what was in force then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunContext {
    /// Run id.
    pub run: String,
    /// Program version.
    pub version: String,
    /// Cities visited, sorted by code.
    pub targets: Vec<Target>,
    /// Scenarios.
    pub scenarios: Vec<Scenario>,
    /// Working-day calendar.
    pub calendar: Calendar,
    /// Limits and lists of the checks.
    pub check: check::Settings,
    /// Ceilings of the reader.
    pub read: crate::extract::Settings,
}

/// Judges one city.
#[must_use]
pub fn judge(context: &RunContext, dossier: &mut CityDossier) -> Vec<Observation> {
    dossier.sort();
    let checks =
        check::Context { scenarios: &context.scenarios, calendar: &context.calendar, settings: &context.check };
    let joined = check::joined(dossier);
    let statements = check::run(&joined, &checks);
    observe::observe(&context.run, &joined, statements)
}

/// The links of a city to be asked for only to know whether they are dead, each with a request it was found through.
#[must_use]
pub fn link_sample(context: &RunContext, dossier: &CityDossier) -> Vec<(Request, Url)> {
    let checks =
        check::Context { scenarios: &context.scenarios, calendar: &context.calendar, settings: &context.check };
    // The sample is chosen from what the judgement will see.
    let joined = check::joined(dossier);
    let dossier = &joined;
    let view = check::view::View::new(dossier, &checks);
    let portals = dossier.target.web_channels().filter(|channel| channel.kind == ChannelKind::Portal);
    portals
        .filter_map(|channel| Some((dossier.of_channel(&channel.id).find(|page| page.is_reading())?, channel)))
        .flat_map(|(page, channel)| {
            check::site::dead_links::sample(&view, channel).into_iter().map(|url| (page.request.clone(), url))
        })
        .collect()
}
