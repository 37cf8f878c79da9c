//! What the world file says a night must find, and what it may find besides: nothing.

use portal_probe::demo::{Guidance, SimulatedCity, TopicState, World};
use portal_probe::model::{Observation, Outcome};

/// Every planted fault that no observation reports as the world file expects.
pub(crate) fn missed(world: &World, observations: &[Observation]) -> Vec<String> {
    let mut missed = Vec::new();
    for city in world.cities() {
        for expected in &city.expect {
            let met = observations.iter().any(|observation| {
                observation.city.code.as_str() == city.code
                    && observation.property == expected.property
                    && expected
                        .segment
                        .as_deref()
                        .is_none_or(|segment| observation.subject.segment.as_deref() == Some(segment))
                    && observation.outcome.as_str() == expected.outcome
                    && expected
                        .finding
                        .as_deref()
                        .is_none_or(|kind| observation.findings.iter().any(|finding| finding.kind == kind))
            });
            if !met {
                missed.push(format!("{} {expected:?}", city.name));
            }
        }
    }
    missed
}

/// Every `failed` that the world file does not explain.
pub(crate) fn surprises(world: &World, observations: &[Observation]) -> Vec<String> {
    observations
        .iter()
        .filter(|observation| observation.outcome == Outcome::Failed)
        .filter(|observation| {
            let city = world.cities().iter().find(|city| city.code == observation.city.code.as_str());
            !city.is_some_and(|city| explains(city, observation))
        })
        .map(|observation| {
            let findings: Vec<String> =
                observation.findings.iter().map(|finding| format!("{} {:?}", finding.kind, finding.quotes)).collect();
            let channel = observation.channel.as_ref().map_or("", |channel| channel.as_str());
            format!(
                "{} {channel} {} {}: {findings:?}",
                observation.city.name, observation.property, observation.subject.name
            )
        })
        .collect()
}

fn explains(city: &SimulatedCity, observation: &Observation) -> bool {
    let segment = observation.subject.segment.as_deref();
    let expected = city.expect.iter().any(|expected| {
        expected.property == observation.property
            && expected.outcome == "failed"
            && (expected.segment.is_none() || expected.segment.as_deref() == segment)
    });
    expected
        || match observation.property.as_str() {
            "scenario.guidance" => city.guidance == Guidance::None,
            "guide.sample_form" => !city.samples,
            "guide.channel_consistency" => !city.same_guides,
            "interaction.consultation_timeliness" => !city.consultation_on_time(),
            "interaction.complaint_timeliness" => !city.complaint_on_time(),
            "mobile.topic" => city.topic != TopicState::Current,
            "mobile.depth" => city.depth.len() < 3,
            "mobile.channels" | "mobile.reachable" => !city.has_mobile_site(),
            // Some errands are handled without posting anything; the guides say so.
            "handling.delivery" => observation.value == serde_json::json!(false),
            _ => false,
        }
}

/// Names and numbers that the letters carry, as they would stand in a file.
pub(crate) fn personal_data() -> Vec<Vec<u8>> {
    let names = ["张明远", "李晓芸", "王建国", "陈思涵", "赵立新", "周雨桐"];
    names
        .iter()
        .flat_map(|name| [name.as_bytes().to_vec(), encoding_rs::GB18030.encode(name).0.into_owned()])
        .chain([b"1381000".to_vec()])
        .collect()
}
