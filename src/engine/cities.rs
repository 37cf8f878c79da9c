//! The part of the night's loop that has to do with a city's visit: how it begins, and how it ends in records.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::EngineError;
use super::judge::judge;
use super::night::{Done, Judged, Loop, Scope};
use super::own_network;
use super::renderings::accused;
use super::seeds::{Seed, profile, seeds};
use super::wishes::Wish;
use crate::crash::{self, Point};
use crate::frontier::Offer;
use crate::model::extraction::LinkRole;
use crate::model::{
    Channel, CityCode, CityDossier, Coverage, Hop, Lane, Method, Observation, Purpose, RecordId, SkipReason, Target,
};
use crate::state::AckKind;
use crate::telemetry;
use crate::warc::CityCoverage;
use crate::warc::exchange::COVERAGE_URN;

impl Loop {
    /// Begins as many cities as may be under way: offers what every visit begins with.
    pub(super) fn begin_cities(&mut self) {
        let night = Arc::clone(&self.night);
        while self.begun - self.cities_done < night.config.cities_at_once && !self.is_ending() {
            let Some(target) = night.context.targets.get(self.begun) else { return };
            self.begun += 1;
            self.open_dossier(target);
            for channel in target.web_channels() {
                for seed in seeds(target, channel, &night.config.visit, night.scope) {
                    self.offer_seed(target, channel, seed);
                }
            }
        }
    }

    pub(super) fn open_dossier(&mut self, target: &Target) {
        self.dossiers.insert(target.city.code.clone(), CityDossier::new(target.clone()));
    }

    fn offer_seed(&mut self, target: &Target, channel: &Channel, seed: Seed) {
        let now = self.now();
        // Only what is read again the next night is asked for conditionally.
        let read = matches!(seed.purpose, Purpose::Entry { .. } | Purpose::Page);
        let offer = Offer {
            target: target.city.code.clone(),
            channel: channel.id.clone(),
            validators: self.kept.validators(&seed.url).filter(|_| read),
            url: seed.url,
            method: Method::Get,
            body: None,
            purpose: seed.purpose,
            via: None,
            hop: Hop::Prerequisite,
            anchor: String::new(),
            role: LinkRole::Page,
            profile: profile(channel.kind),
            lane: Lane::Strict,
            not_before: if seed.after.is_zero() { Duration::ZERO } else { now + seed.after },
        };
        self.frontier.offer(offer, now);
    }

    /// Cities with nothing left to ask or to read: first their follow-ups, then their judgement.
    pub(super) fn finish_drained(&mut self) -> Result<(), EngineError> {
        self.idle.extend(self.frontier.drained());
        if self.is_finishing() {
            return Ok(());
        }
        if self.report.interrupted {
            // Cities that were not begun have their rows in the ledger too.
            let night = Arc::clone(&self.night);
            night.context.targets[self.begun..].iter().for_each(|target| self.open_dossier(target));
            self.begun = night.context.targets.len();
            self.idle.extend(self.dossiers.keys().cloned());
        }
        for city in std::mem::take(&mut self.idle) {
            if !self.dossiers.contains_key(&city) || !self.frontier.is_idle(&city) {
                // Not begun, judged already, or it has something to ask again and will be reported when that is done.
                continue;
            }
            if self.reading.get(&city).is_some_and(|count| *count > 0)
                || self.render_later(&city)
                || self.chart_later(&city)
            {
                self.idle.insert(city);
            } else if !self.follow_up_once(&city) {
                self.judge_city(&city)?;
            }
        }
        Ok(())
    }

    /// Offers the sample of links, once a city; answers whether there is something to ask now.
    fn follow_up_once(&mut self, city: &CityCode) -> bool {
        if self.night.scope == Scope::OnePage || self.is_ending() || self.followed_up.contains(city) {
            return false;
        }
        self.follow_up(city);
        self.done(AckKind::FollowUp, city, None);
        crash::reached(Point::FollowedUp);
        !self.frontier.is_idle(city)
    }

    /// Offers the sample of a city's links.
    pub(super) fn follow_up(&mut self, city: &CityCode) {
        self.followed_up.insert(city.clone());
        let Some(dossier) = self.dossiers.get_mut(city) else { return };
        dossier.coverage = self.frontier.coverage(city);
        dossier.sort();
        for (request, url) in super::judge::link_sample(&self.night.context, dossier) {
            let (purpose, hop, role) = (Purpose::LinkCheck, Hop::Link, LinkRole::Page);
            let wish = Wish { url, query: None, purpose, hop, role, anchor: String::new() };
            self.offer(&request, wish);
        }
    }

    /// Judges a city, after another look at our own network if its failures could be ours.
    fn judge_city(&mut self, city: &CityCode) -> Result<(), EngineError> {
        let addresses = self.night.config.visit.control_urls.clone();
        let doubtful = self.dossiers.get(city).is_some_and(own_network::could_be_ours);
        if addresses.is_empty() || !doubtful || !self.probed.insert(city.clone()) {
            return self.conclude(city, self.own_network);
        }
        let (fetcher, clock, city) = (Arc::clone(&self.fetcher), self.night.clock, city.clone());
        let questions = own_network::questions(&addresses, &mut self.record_ids);
        self.tasks.spawn(async move {
            let probe = own_network::probe(&fetcher, clock, questions).await;
            Done::Probed { city, probe }
        });
        Ok(())
    }

    pub(super) fn conclude(&mut self, city: &CityCode, own_network: Option<bool>) -> Result<(), EngineError> {
        let Some(mut dossier) = self.dossiers.remove(city) else { return Ok(()) };
        dossier.coverage = self.frontier.coverage(city);
        let interrupted = self.report.interrupted;
        dossier.coverage.values_mut().for_each(|coverage| count_unasked(coverage, interrupted));
        dossier.own_network = own_network;
        self.frontier.close(city);
        let coverage = CityCoverage { channels: dossier.coverage.clone(), own_network: dossier.own_network };
        self.output.coverage(city, &coverage, self.night.clock.civil())?;
        crash::reached(Point::CoverageWritten);
        self.done(AckKind::Coverage, city, Some(&RecordId(format!("{COVERAGE_URN}{city}"))));
        self.judge_beside(city, dossier);
        Ok(())
    }

    /// Judges a city whose visit has ended.
    pub(super) fn judge_beside(&mut self, city: &CityCode, mut dossier: CityDossier) {
        let requests = dossier.coverage.values().map(|coverage| coverage.requests).sum();
        let (night, city) = (Arc::clone(&self.night), city.clone());
        self.tasks.spawn_blocking(move || {
            let started = Instant::now();
            let observations = judge(&night.context, &mut dossier);
            let accused = accused(&dossier, &observations);
            Done::Judged { city, judged: Judged { requests, observations, accused }, took: started.elapsed() }
        });
    }

    /// A city's records go out.
    pub(super) fn record(
        &mut self,
        city: &CityCode,
        requests: u64,
        observations: Vec<Observation>,
    ) -> Result<(), EngineError> {
        telemetry::city_done(city, requests, observations.len());
        self.count_city(city, &observations);
        let writing = Instant::now();
        self.output.observations(observations)?;
        self.report.stopwatch.write += writing.elapsed();
        crash::reached(Point::ObservationsWritten);
        self.done(AckKind::City, city, None);
        Ok(())
    }

    /// A city is done: what was remembered of it is let go, and the next one begins.
    pub(super) fn count_city(&mut self, city: &CityCode, observations: &[Observation]) {
        self.rendering.iter_mut().for_each(|desk| desk.forget(city));
        self.charts.iter_mut().for_each(|desk| desk.forget(city));
        self.record_ids.forget(city);
        self.cities_done += 1;
        self.begin_cities();
        for finding in observations.iter().flat_map(|observation| &observation.findings) {
            *self.report.findings.entry(finding.severity).or_default() += 1;
        }
    }
}

/// What Ctrl-C or a server that sent us away left unasked still waited when the visit ended. After Ctrl-C at least one
/// address did, so that no check takes a visit that was cut short for a search of everything in reach.
fn count_unasked(coverage: &mut Coverage, interrupted: bool) {
    let skipped = |reason| coverage.skipped.get(&reason).copied().unwrap_or_default();
    let unasked = skipped(SkipReason::Interrupted) + skipped(SkipReason::BackedOff) + skipped(SkipReason::Stopped);
    coverage.waiting = (coverage.waiting + unasked).max(u64::from(interrupted));
}
