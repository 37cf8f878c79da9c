//! The assessment table (contract §6), computed from observations alone.
//!
//! Every count stands beside the number of cities for which it could not be measured, so that a count never hides a gap.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{City, CityCode, Observation, Outcome};

/// The regions in the order of the published assessment, which is that of their mean number of visits in 2020.
pub const REGIONS: [&str; 7] = ["华北", "华东", "华中", "东北", "西南", "华南", "西北"];

/// The assessment table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Cities of the run.
    pub cities: usize,
    /// Cities that offer no scenario guidance.
    pub without_scenario_guidance: usize,
    /// Cities where no guide of the scenario offers a filled sample.
    pub without_sample_forms: usize,
    /// Cities whose portal and mobile pages say the same in every guide of the scenario.
    pub channels_fully_same: usize,
    /// Cities with at least one mobile channel.
    pub with_mobile_channel: usize,
    /// Cities with two kinds of mobile channels or more.
    pub with_two_mobile_kinds: usize,
    /// Cities that carry the configured topic on a mobile channel.
    pub with_topic_on_mobile: usize,
    /// Cities that answered every observed consultation within 5 working days.
    pub consultation_within_5: usize,
    /// Cities that answered every observed complaint within 5 working days.
    pub complaint_within_5: usize,
    /// Visits in person for the whole scenario.
    pub visits: Visits,
    /// Cities whose scenario needs no visit at all.
    pub zero_visit_cities: Vec<CityCode>,
    /// For every key above, the number of cities for which it could not be measured.
    pub not_measured: BTreeMap<String, usize>,
}

/// Visits in person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visits {
    /// Over all measured cities.
    pub sum: u64,
    /// Mean over the measured cities; none where there is none.
    pub mean: Option<f64>,
    /// Mean by region, in the order of [`REGIONS`].
    #[serde(with = "in_order")]
    pub by_region: Vec<(String, Option<f64>)>,
}

/// What one city adds to one count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    NotMeasured,
}

/// The observations of one city by property.
type ByProperty<'a> = BTreeMap<&'a str, Vec<&'a Observation>>;

/// A key of the table and the question it asks of each city.
type Question = (&'static str, fn(&ByProperty<'_>) -> Answer);

const QUESTIONS: [Question; 8] = [
    ("without_scenario_guidance", lacks_scenario_guidance),
    ("without_sample_forms", lacks_sample_forms),
    ("channels_fully_same", channels_are_same),
    ("with_mobile_channel", has_mobile_channel),
    ("with_two_mobile_kinds", has_two_mobile_kinds),
    ("with_topic_on_mobile", has_topic_on_mobile),
    ("consultation_within_5", |city| all_in_time(&of(city, "interaction.consultation_timeliness"))),
    ("complaint_within_5", |city| all_in_time(&of(city, "interaction.complaint_timeliness"))),
];

impl Summary {
    /// The table of a run over `cities`.
    #[must_use]
    pub fn of(cities: &[City], observations: &[Observation]) -> Self {
        let mut by_city: BTreeMap<&CityCode, ByProperty<'_>> = BTreeMap::new();
        for observation in observations {
            let properties = by_city.entry(&observation.city.code).or_default();
            properties.entry(&observation.property).or_default().push(observation);
        }
        let none = ByProperty::new();
        let rows: Vec<(&City, &ByProperty<'_>)> =
            cities.iter().map(|city| (city, by_city.get(&city.code).unwrap_or(&none))).collect();

        let mut counts = BTreeMap::new();
        let mut not_measured = BTreeMap::new();
        for (key, question) in QUESTIONS {
            let answers: Vec<Answer> = rows.iter().map(|(_, city)| question(city)).collect();
            let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
            counts.insert(key, count(Answer::Yes));
            not_measured.insert(key.to_owned(), count(Answer::NotMeasured));
        }
        let visits: Vec<(&City, Option<u64>)> = rows.iter().map(|(city, seen)| (*city, visits(seen))).collect();
        let unknown_visits = visits.iter().filter(|(_, sum)| sum.is_none()).count();
        not_measured.insert("cities".to_owned(), rows.iter().filter(|(_, seen)| seen.is_empty()).count());
        not_measured.insert("visits".to_owned(), unknown_visits);
        not_measured.insert("zero_visit_cities".to_owned(), unknown_visits);
        let count = |key: &str| counts.get(key).copied().unwrap_or_default();
        Self {
            cities: cities.len(),
            without_scenario_guidance: count("without_scenario_guidance"),
            without_sample_forms: count("without_sample_forms"),
            channels_fully_same: count("channels_fully_same"),
            with_mobile_channel: count("with_mobile_channel"),
            with_two_mobile_kinds: count("with_two_mobile_kinds"),
            with_topic_on_mobile: count("with_topic_on_mobile"),
            consultation_within_5: count("consultation_within_5"),
            complaint_within_5: count("complaint_within_5"),
            zero_visit_cities: zero_visit_cities(&visits),
            visits: visits_table(&visits),
            not_measured,
        }
    }

    /// For how many cities the figure under `key` could not be measured.
    #[must_use]
    pub fn not_measured(&self, key: &str) -> usize {
        self.not_measured.get(key).copied().unwrap_or_default()
    }
}

/// The cities that occur in observations, by code: what a summary of a finished run is made over.
#[must_use]
pub fn cities_of(observations: &[Observation]) -> Vec<City> {
    let cities: BTreeMap<&CityCode, &City> = observations.iter().map(|seen| (&seen.city.code, &seen.city)).collect();
    cities.into_values().cloned().collect()
}

fn of<'a>(city: &ByProperty<'a>, property: &str) -> Vec<&'a Observation> {
    city.get(property).cloned().unwrap_or_default()
}

fn has(observations: &[&Observation], outcome: Outcome) -> bool {
    observations.iter().any(|observation| observation.outcome == outcome)
}

/// Whether nothing is known, or something that could change the answer is not.
fn is_open(observations: &[&Observation]) -> bool {
    observations.is_empty() || has(observations, Outcome::CantTell) || has(observations, Outcome::Untested)
}

fn yes_if(condition: bool) -> Answer {
    if condition { Answer::Yes } else { Answer::No }
}

fn lacks_scenario_guidance(city: &ByProperty<'_>) -> Answer {
    let seen = of(city, "scenario.guidance");
    if has(&seen, Outcome::Failed) {
        Answer::Yes
    } else if is_open(&seen) {
        Answer::NotMeasured
    } else {
        Answer::No
    }
}

/// One sample anywhere is an answer, whatever else could not be read; "none at all" needs that nothing is open.
fn lacks_sample_forms(city: &ByProperty<'_>) -> Answer {
    let mut seen = of(city, "guide.sample_form");
    seen.retain(|observation| {
        let channel = observation.channel.as_ref().map_or("", |channel| channel.as_str());
        observation.subject.scenario.is_some() && (channel == "portal" || channel.starts_with("portal-"))
    });
    let samples: u64 = seen.iter().filter_map(|observation| observation.value.get("samples")?.as_u64()).sum();
    if samples > 0 {
        Answer::No
    } else if is_open(&seen) {
        Answer::NotMeasured
    } else {
        yes_if(has(&seen, Outcome::Failed))
    }
}

/// A guide that has no counterpart on the other side is not the same there.
fn channels_are_same(city: &ByProperty<'_>) -> Answer {
    let mut seen = of(city, "guide.channel_consistency");
    seen.retain(|observation| observation.subject.scenario.is_some());
    if has(&seen, Outcome::Failed) || has(&seen, Outcome::Inapplicable) {
        Answer::No
    } else if is_open(&seen) {
        Answer::NotMeasured
    } else {
        Answer::Yes
    }
}

fn has_mobile_channel(city: &ByProperty<'_>) -> Answer {
    any_passed(&of(city, "mobile.channels"))
}

fn has_two_mobile_kinds(city: &ByProperty<'_>) -> Answer {
    let seen = of(city, "mobile.channels");
    let mut kinds: Vec<&str> = seen.iter().flat_map(|observation| mobile_kinds(&observation.value)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() >= 2 && has(&seen, Outcome::Passed) {
        Answer::Yes
    } else if is_open(&seen) {
        Answer::NotMeasured
    } else {
        Answer::No
    }
}

/// The value is a list of kinds, each a word or an object with its proof.
fn mobile_kinds(value: &Value) -> Vec<&str> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().or_else(|| item.get("kind")?.as_str())).collect()
}

fn has_topic_on_mobile(city: &ByProperty<'_>) -> Answer {
    any_passed(&of(city, "mobile.topic"))
}

fn any_passed(seen: &[&Observation]) -> Answer {
    if has(seen, Outcome::Passed) {
        Answer::Yes
    } else if is_open(seen) {
        Answer::NotMeasured
    } else {
        Answer::No
    }
}

fn all_in_time(seen: &[&Observation]) -> Answer {
    if has(seen, Outcome::Failed) {
        Answer::No
    } else if is_open(seen) {
        Answer::NotMeasured
    } else {
        yes_if(has(seen, Outcome::Passed))
    }
}

/// Visits of the scenario, if they are known for every required segment.
fn visits(city: &ByProperty<'_>) -> Option<u64> {
    let seen = of(city, "scenario.visits");
    if seen.is_empty() || seen.iter().any(|observation| observation.outcome != Outcome::Passed) {
        return None;
    }
    seen.iter().map(|observation| observation.value.get("sum")?.as_u64()).sum()
}

fn zero_visit_cities(visits: &[(&City, Option<u64>)]) -> Vec<CityCode> {
    let mut codes: Vec<CityCode> =
        visits.iter().filter(|(_, sum)| *sum == Some(0)).map(|(city, _)| city.code.clone()).collect();
    codes.sort();
    codes
}

fn visits_table(visits: &[(&City, Option<u64>)]) -> Visits {
    let known = |region: Option<&str>| -> Vec<u64> {
        let cities = visits.iter().filter(|(city, _)| region.is_none_or(|region| city.region == region));
        cities.filter_map(|(_, sum)| *sum).collect()
    };
    let all = known(None);
    let mut regions: Vec<&str> = visits.iter().map(|(city, _)| city.region.as_str()).collect();
    regions.sort_by_key(|region| (REGIONS.iter().position(|known| known == region).unwrap_or(REGIONS.len()), *region));
    regions.dedup();
    let by_region = regions.into_iter().map(|region| (region.to_owned(), mean(&known(Some(region)))));
    Visits { sum: all.iter().sum(), mean: mean(&all), by_region: by_region.collect() }
}

#[expect(clippy::cast_precision_loss, reason = "visits and cities are far below 2^52")]
fn mean(values: &[u64]) -> Option<f64> {
    let sum: u64 = values.iter().sum();
    (!values.is_empty()).then(|| (sum as f64 * 100.0 / values.len() as f64).round() / 100.0)
}

/// A list of pairs as a JSON object that keeps the order of the list.
mod in_order {
    use std::fmt;

    use serde::de::{Deserializer, MapAccess, Visitor};
    use serde::ser::Serializer;

    type Pairs = Vec<(String, Option<f64>)>;

    pub(super) fn serialize<S: Serializer>(pairs: &Pairs, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }

    struct PairsVisitor;

    impl<'de> Visitor<'de> for PairsVisitor {
        type Value = Pairs;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object of regions")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::observe;
    use super::super::tests::{cite, dossier, statement};
    use super::*;
    use crate::model::{Reason, Verdict};

    fn failed(value: Value) -> Verdict {
        Verdict::failed(value).citing(cite("2026-11-23T16:00:00Z"))
    }

    fn unknown() -> Verdict {
        Verdict::cant_tell(Reason::Blocked)
    }

    /// The summary of one city of which these verdicts were passed.
    fn one(verdicts: Vec<(&'static str, Verdict)>) -> Summary {
        let city = dossier("330100", "华东");
        let statements = verdicts.into_iter().enumerate();
        let statements =
            statements.map(|(index, (property, verdict))| statement(property, &index.to_string(), verdict));
        Summary::of(std::slice::from_ref(&city.target.city), &observe("run", &city, statements.collect()))
    }

    #[test]
    fn a_city_without_observations_is_a_gap_in_every_figure() {
        let summary = one(Vec::new());
        let json = serde_json::to_value(&summary).expect("a summary is JSON");
        let object = json.as_object().expect("a summary is an object");
        for key in object.keys().filter(|key| *key != "not_measured") {
            assert_eq!(summary.not_measured(key), 1, "{key}");
        }
        assert_eq!(summary.not_measured.len(), object.len() - 1);
        assert_eq!(json["visits"], json!({"sum": 0, "mean": null, "by_region": {"华东": null}}));
    }

    #[test]
    fn what_is_not_measured_is_never_counted_as_absent() {
        let summary = one(vec![
            ("scenario.guidance", unknown()),
            ("guide.sample_form", failed(json!({"samples": 0}))),
            ("guide.sample_form", unknown()),
            ("guide.channel_consistency", Verdict::passed(Value::Null)),
            ("guide.channel_consistency", unknown()),
            ("interaction.complaint_timeliness", Verdict::passed(Value::Null)),
            ("interaction.complaint_timeliness", Verdict::cant_tell(Reason::RightCensored)),
            ("scenario.visits", unknown().with_value(json!({"sum": 2}))),
        ]);
        let counted = [summary.without_scenario_guidance, summary.without_sample_forms, summary.channels_fully_same];
        assert_eq!(counted, [0, 0, 0]);
        for key in ["without_scenario_guidance", "without_sample_forms", "channels_fully_same", "complaint_within_5"] {
            assert_eq!(summary.not_measured(key), 1, "{key}");
        }
        assert_eq!((summary.visits.sum, summary.not_measured("visits")), (0, 1));
    }

    #[test]
    fn faults_that_were_shown_are_counted() {
        let summary = one(vec![
            ("scenario.guidance", failed(Value::Null)),
            ("guide.sample_form", failed(json!({"samples": 0}))),
            ("guide.sample_form", Verdict::inapplicable(None)),
            ("guide.channel_consistency", failed(Value::Null)),
            ("mobile.channels", failed(json!([]))),
            ("mobile.topic", Verdict::inapplicable(None)),
            ("interaction.consultation_timeliness", failed(Value::Null)),
        ]);
        assert_eq!((summary.without_scenario_guidance, summary.without_sample_forms), (1, 1));
        assert_eq!((summary.channels_fully_same, summary.with_mobile_channel, summary.with_topic_on_mobile), (0, 0, 0));
        for key in ["without_sample_forms", "channels_fully_same", "with_topic_on_mobile", "consultation_within_5"] {
            assert_eq!(summary.not_measured(key), 0, "{key}");
        }
    }

    #[test]
    fn one_sample_in_one_guide_is_enough() {
        let summary = one(vec![
            ("guide.sample_form", failed(json!({"samples": 1}))),
            ("guide.sample_form", failed(json!({"samples": 0}))),
            ("guide.sample_form", unknown()),
        ]);
        assert_eq!((summary.without_sample_forms, summary.not_measured("without_sample_forms")), (0, 0));
    }

    #[test]
    fn two_kinds_are_two_different_kinds() {
        let kinds = |value| one(vec![("mobile.channels", Verdict::passed(value))]).with_two_mobile_kinds;
        assert_eq!(kinds(json!([{"kind": "app"}, {"kind": "app"}])), 0);
        assert_eq!(kinds(json!([{"kind": "app"}, {"kind": "alipay_mini"}])), 1);
        assert_eq!(kinds(json!(["app", "mobile_web"])), 1);
    }

    #[test]
    fn a_city_without_mobile_channel_is_measured_and_not_the_same() {
        let summary = one(vec![("guide.channel_consistency", Verdict::inapplicable(None))]);
        assert_eq!((summary.channels_fully_same, summary.not_measured("channels_fully_same")), (0, 0));
    }

    #[test]
    fn visits_are_summed_and_averaged_by_region_in_the_published_order() {
        let cities = [("650100", "西北", 3), ("330100", "华东", 0), ("320100", "华东", 1), ("110000", "华北", 2)];
        let mut made = Vec::new();
        for (code, region, sum) in cities {
            let verdict = Verdict::passed(json!({"sum": sum, "max": sum}));
            made.extend(observe("run", &dossier(code, region), vec![statement("scenario.visits", "s", verdict)]));
        }
        let summary = Summary::of(&cities_of(&made), &made);
        assert_eq!(summary.visits.sum, 6);
        assert_eq!(summary.visits.mean, Some(1.5));
        assert_eq!(summary.zero_visit_cities, [CityCode("330100".into())]);
        let text = serde_json::to_string(&summary).expect("a summary is JSON");
        assert!(text.contains(r#""by_region":{"华北":2.0,"华东":0.5,"西北":3.0}"#), "{text}");
        assert_eq!(serde_json::from_str::<Summary>(&text).expect("it reads back"), summary);
    }
}
