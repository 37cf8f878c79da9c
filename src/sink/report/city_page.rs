//! What a city's page shows: its findings with the words that prove them, every observation, and what was not visited.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value as View, context};

use crate::model::finding::Cite;
use crate::model::{ChannelId, Coverage, Finding, Locator, Observation, Outcome, Property, Severity, SubjectKind};

use super::chart_choice::{Choice, Count};
use super::index_page::megabytes;
use super::pictures::Pictures;
use super::{CityPage, both, words};

/// The data of a city's page.
pub(super) fn view(properties: &[Property], page: &CityPage<'_>) -> View {
    let CityPage { city, observations, coverage, pictures, compared } = *page;
    let mut findings: Vec<(&Observation, &Finding)> =
        observations.iter().flat_map(|seen| seen.findings.iter().map(move |finding| (seen, finding))).collect();
    findings.sort_by(|(a, x), (b, y)| {
        y.severity
            .cmp(&x.severity)
            .then_with(|| (&a.property, &a.subject, &a.id).cmp(&(&b.property, &b.subject, &b.id)))
    });
    let tally = Outcome::ALL.map(|outcome| {
        let count = observations.iter().filter(|seen| seen.outcome == outcome).count();
        context! { class => outcome.as_str(), sign => words::sign(outcome), words => both(words::outcome(outcome)), count }
    });
    let channels = coverage.map(|coverage| {
        coverage.channels.iter().map(|(id, channel)| channel_view(id.as_str(), channel)).collect::<Vec<_>>()
    });
    context! {
        name => city.name, code => city.code.as_str(), region => city.region,
        tally,
        findings => findings.into_iter().map(|(seen, finding)| finding_view(properties, page, seen, finding)).collect::<Vec<_>>(),
        groups => properties.iter().map(|property| group(property, observations, compared)).collect::<Vec<_>>(),
        pictures => shown(pictures, observations),
        channels => channels.unwrap_or_default(),
        charts => compared.pages.iter().map(super::chart_page::entry).collect::<Vec<_>>(),
        chart_counts => compared.counts.iter().map(chart_count).collect::<Vec<_>>(),
    }
}

fn chart_count(count: &Count) -> View {
    let Count { outcome, most, of } = *count;
    context! { class => outcome.as_str(), sign => words::sign(outcome), words => both(words::outcome(outcome)), most, of }
}

/// Every picture of a page that an observation rests on, entry pages first.
fn shown(pictures: &Pictures, observations: &[Observation]) -> Vec<View> {
    let mut seen: BTreeMap<&str, (bool, &str, &str)> = BTreeMap::new();
    for observation in observations {
        let channel = observation.channel.as_ref().map_or("", ChannelId::as_str);
        for cite in &observation.evidence {
            let Some(file) = pictures.of(&cite.record) else { continue };
            let is_guide = observation.subject.kind == SubjectKind::Guide;
            let known = seen.entry(file).or_insert((true, channel, cite.target_uri.as_str()));
            known.0 &= is_guide;
        }
    }
    let mut seen: Vec<_> = seen.into_iter().collect();
    seen.sort_by_key(|(file, (is_guide, channel, address))| (*is_guide, *channel, *address, *file));
    seen.into_iter().map(|(file, (_, channel, address))| context! { file, channel, address }).collect()
}

fn finding_view(properties: &[Property], page: &CityPage<'_>, seen: &Observation, finding: &Finding) -> View {
    let property = properties.iter().find(|property| property.id.as_str() == seen.property);
    let class = match finding.severity {
        Severity::Notice => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let cited = || finding.at.iter().filter_map(|index| seen.evidence.get(*index));
    let pictures: BTreeSet<&str> = cited().filter_map(|cite| page.pictures.of(&cite.record)).collect();
    context! {
        class, severity => both(words::severity(finding.severity)),
        property => seen.property, title => property.map_or("", |property| property.title_zh),
        subject => seen.subject.name, channel => seen.channel.as_ref().map(ChannelId::as_str),
        zh => finding.message_zh, en => finding.message_en,
        remedy_zh => finding.remedy_zh, remedy_en => finding.remedy_en,
        quotes => finding.quotes,
        evidence => cited().map(evidence).collect::<Vec<_>>(),
        pictures => pictures.into_iter().collect::<Vec<_>>(),
        chart_page => page.compared.page_of(seen),
    }
}

pub(super) fn evidence(cite: &Cite) -> View {
    let place = match &cite.locator {
        Locator::Selector(path) | Locator::JsonPointer(path) | Locator::Document(path) | Locator::Fragment(path) => {
            path.clone()
        }
        Locator::Header(name) => format!("header {name}"),
        Locator::Whole | Locator::Part(..) | Locator::Rendered(_) => String::new(),
    };
    context! {
        address => cite.target_uri.as_str(), record => cite.record.0, date => crate::observe::beijing(cite.date),
        digest => cite.payload_digest.as_ref().map(ToString::to_string), place, excerpt => cite.excerpt,
    }
}

fn group(property: &Property, observations: &[Observation], compared: &Choice<'_>) -> View {
    let mut of_property: Vec<&Observation> =
        observations.iter().filter(|seen| seen.property == property.id.as_str()).collect();
    of_property.sort_by_key(|seen| (&seen.channel, &seen.subject, &seen.id));
    context! {
        id => property.id.as_str(), zh => property.title_zh, en => property.title_en, passed_when => property.passed_when,
        observations => of_property.into_iter().map(|seen| observation(seen, compared)).collect::<Vec<_>>(),
    }
}

fn observation(seen: &Observation, compared: &Choice<'_>) -> View {
    let value = if seen.value.is_null() { String::new() } else { seen.value.to_string() };
    context! {
        class => seen.outcome.as_str(), sign => words::sign(seen.outcome), words => both(words::outcome(seen.outcome)),
        reason => seen.reason.map(|reason| both(words::reason(reason))),
        subject => seen.subject.name, address => seen.subject.url,
        channel => seen.channel.as_ref().map(ChannelId::as_str),
        chart_page => compared.page_of(seen),
        value, unit => seen.unit, confidence => format!("{:.2}", seen.confidence),
        evidence => seen.evidence.iter().map(evidence).collect::<Vec<_>>(),
    }
}

fn channel_view(id: &str, channel: &Coverage) -> View {
    let skipped = channel.skipped.iter().map(|(reason, count)| context! { words => both(words::skip(*reason)), count });
    context! {
        id, requests => channel.requests, bytes => megabytes(channel.bytes), waiting => channel.waiting,
        skipped => skipped.collect::<Vec<_>>(),
        budget => channel.budget.map(|reason| both(words::skip(reason))),
        disallowed => channel.robots_disallowed.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }
}
