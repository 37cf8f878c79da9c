//! Which guides get a page that shows flowchart and text side by side (图文对照).
//!
//! Comes in: a city's observations and the pictures that were read. Goes out: one entry a guide, worst first, within
//! ceilings, so that the report of thousands of cities stays small. Must never know: how a page looks.

use std::collections::BTreeMap;

use crate::model::{CityCode, Digest, Observation, Outcome};

use super::charts::{Charts, ReadPicture};

/// Whether the chart is there, and whether it agrees with the text.
pub(super) const CHART_PROPERTIES: [&str; 2] = ["guide.flowchart", "guide.flowchart_consistency"];

/// Most pages a city for each outcome: where chart and text differ, where it could not be told, where they agree.
pub(super) const MOST_PAGES: [(Outcome, usize); 3] =
    [(Outcome::Failed, 40), (Outcome::CantTell, 10), (Outcome::Passed, 3)];

/// A guide that gets a page.
#[derive(Debug)]
pub(super) struct ChartPage<'a> {
    /// Whether chart and text agree.
    pub(super) compared: &'a Observation,
    /// The chart's picture, if it is one that was read.
    pub(super) picture: Option<&'a ReadPicture>,
    /// File name of the page.
    pub(super) file: String,
}

/// How many guides have something to show.
#[derive(Debug)]
pub(super) struct Count {
    pub(super) outcome: Outcome,
    /// Not more of them get a page.
    pub(super) most: usize,
    pub(super) of: usize,
}

/// The guides of a city that get a page, and how many there are of each outcome.
#[derive(Debug, Default)]
pub(super) struct Choice<'a> {
    /// Worst first.
    pub(super) pages: Vec<ChartPage<'a>>,
    /// By outcome.
    pub(super) counts: Vec<Count>,
}

impl Choice<'_> {
    /// The page of a guide.
    pub(super) fn page_of(&self, seen: &Observation) -> Option<&str> {
        self.pages.iter().find(|page| page.compared.id == seen.id).map(|page| page.file.as_str())
    }
}

/// Chooses the guides of a city that get a page.
pub(super) fn chosen<'a>(city: &CityCode, observations: &'a [Observation], charts: &'a Charts) -> Choice<'a> {
    let [there, agrees] = CHART_PROPERTIES;
    let guide = |seen: &'a Observation| (&seen.channel, seen.subject.key.as_str());
    // A picture is cited by the check that looks whether it opens, also where the comparison has nothing to quote of it.
    let cited = |seen: &'a Observation| seen.evidence.iter().find_map(|cite| charts.of(&cite.record));
    let mut pictures = BTreeMap::new();
    for seen in observations.iter().filter(|seen| seen.property == there) {
        if let Some(picture) = cited(seen) {
            pictures.entry(guide(seen)).or_insert(picture);
        }
    }
    let page = |compared: &'a Observation| {
        let picture = cited(compared).or_else(|| pictures.get(&guide(compared)).copied());
        ChartPage { compared, picture, file: file_name(city, compared) }
    };
    let compared = observations.iter().filter(|seen| seen.property == agrees);
    let mut shown: Vec<ChartPage<'a>> = compared.map(page).filter(has_something_to_show).collect();
    shown.sort_by_key(|page| (&page.compared.channel, &page.compared.subject, &page.compared.id));
    let mut choice = Choice::default();
    for (outcome, most) in MOST_PAGES {
        let (of_outcome, rest) = shown.into_iter().partition(|page| page.compared.outcome == outcome);
        let (of_outcome, rest): (Vec<_>, Vec<_>) = (of_outcome, rest);
        choice.counts.push(Count { outcome, most, of: of_outcome.len() });
        choice.pages.extend(of_outcome.into_iter().take(most));
        shown = rest;
    }
    choice
}

/// A difference is always shown. Where nothing is held against a guide, only a picture is worth a page: charts of words
/// are read in the guide itself.
fn has_something_to_show(page: &ChartPage<'_>) -> bool {
    page.compared.outcome == Outcome::Failed || page.picture.is_some()
}

/// The same guide has the same page every night, whatever its address says.
fn file_name(city: &CityCode, seen: &Observation) -> String {
    let channel = seen.channel.as_ref().map_or("", |channel| channel.as_str());
    let digest = Digest::of_parts([channel, seen.subject.key.as_str()]);
    let code: String = city.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{code}-{}.html", digest.short(16))
}
