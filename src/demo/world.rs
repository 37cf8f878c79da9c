//! The world file as values: which city carries which state.
//!
//! Comes in: `fixtures/world/world.toml`, compiled in. Goes out: a [`World`]. Must never know: pages or sockets.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::city::Timeliness;
pub(crate) use super::city::{ChartForm, Defect, Family, GuideKey, Paging};
pub use super::city::{DefectKind, Expectation, Guidance, SimulatedCity, TopicState};

use super::content::SEGMENTS;

const WORLD: &str = include_str!("../../fixtures/world/world.toml");

/// A set of simulated cities and the page families they use.
#[derive(Debug, Clone)]
pub struct World {
    families: Arc<BTreeMap<String, Family>>,
    cities: Vec<SimulatedCity>,
}

/// A change of one city, for tests that prove that observations come from pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Another promised limit in working days, on both channels; `segment` counts from 0 in walking order.
    PromisedLimit {
        /// Segment number.
        segment: usize,
        /// Working days.
        days: u32,
    },
    /// Other stated visits.
    Visits {
        /// Segment number.
        segment: usize,
        /// Visits.
        visits: u32,
    },
    /// No sample form anywhere.
    NoSampleForms,
    /// No scenario guidance anywhere.
    NoGuidance,
    /// Another state of the topic on the mobile site.
    Topic(TopicState),
    /// Consultations answered in time or not.
    ConsultationOnTime(bool),
    /// Complaints answered in time or not.
    ComplaintOnTime(bool),
    /// All planted faults removed.
    NoDefects,
    /// Another page family for the portal.
    Portal(&'static str),
    /// Another page family for the mobile site.
    Mobile(&'static str),
    /// One more planted fault that belongs to no guide.
    Planted(DefectKind),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorldFile {
    segments: [String; 6],
    family: BTreeMap<String, Family>,
    city: Vec<SimulatedCity>,
}

impl World {
    /// The world of the file.
    ///
    /// # Panics
    /// If the embedded file is not valid, which the tests exclude.
    #[must_use]
    pub fn load() -> Self {
        let file: WorldFile = toml::from_str(WORLD).expect("the embedded world file is valid");
        debug_assert_eq!(file.segments, SEGMENTS, "the file's segments are those of the code");
        let mut cities = file.city;
        for (index, city) in cities.iter_mut().enumerate() {
            city.index = index;
            city.base = index;
        }
        Self { families: Arc::new(file.family), cities }
    }

    /// The cities.
    #[must_use]
    pub fn cities(&self) -> &[SimulatedCity] {
        &self.cities
    }

    /// `n` cities: the same pages again and again under new codes, names and addresses, each with a politeness
    /// group of its own repetition. For measuring how the crawler grows; at most 3,600 are meant.
    #[must_use]
    pub fn scaled(&self, n: usize) -> Self {
        let cities = (0..n)
            .map(|index| {
                let base = index % self.cities.len();
                let round = index / self.cities.len();
                let mut city = self.cities[base].clone();
                city.index = index;
                city.base = base;
                if round > 0 {
                    // Codes from 900000 on are not assigned to any division.
                    city.code = format!("9{index:05}");
                    city.name = format!("{}·{}", self.cities[base].name, round + 1);
                    city.group = city.group.map(|group| format!("{group}-{}", round + 1));
                }
                city
            })
            .collect();
        Self { families: Arc::clone(&self.families), cities }
    }

    /// The first `n` cities only, for short runs.
    #[must_use]
    pub fn first(&self, n: usize) -> Self {
        Self { families: Arc::clone(&self.families), cities: self.cities.iter().take(n).cloned().collect() }
    }

    /// The same world without servers that are slow or fail at first: for measuring the crawler, not the servers.
    #[must_use]
    pub fn prompt(mut self) -> Self {
        let hinders = |kind: DefectKind| {
            matches!(kind, DefectKind::Slow | DefectKind::UnavailableOnce | DefectKind::GuideFailsOnce)
        };
        for city in &mut self.cities {
            city.defects.retain(|defect| !hinders(defect.kind));
        }
        self
    }

    /// The same world with one city changed. A code that is not in the world changes nothing.
    #[must_use]
    pub fn with_change(mut self, code: &str, change: Change) -> Self {
        let Some(city) = self.cities.iter_mut().find(|city| city.code == code) else { return self };
        match change {
            Change::PromisedLimit { segment, days } => {
                city.promised_changes.insert(segment, days);
            }
            Change::Visits { segment, visits } => {
                if let Some(stated) = city.visits.get_mut(segment) {
                    *stated = visits;
                }
            }
            Change::NoSampleForms => city.samples = false,
            Change::NoGuidance => city.guidance = Guidance::None,
            Change::Topic(topic) => city.topic = topic,
            Change::ConsultationOnTime(on_time) => city.consultation = timeliness(on_time),
            Change::ComplaintOnTime(on_time) => city.complaint = timeliness(on_time),
            Change::NoDefects => city.defects.clear(),
            Change::Portal(family) => family.clone_into(&mut city.portal),
            Change::Mobile(family) => family.clone_into(&mut city.mobile),
            Change::Planted(kind) => city.defects.push(Defect { kind, segment: None }),
        }
        self
    }

    pub(crate) fn family(&self, name: &str) -> &Family {
        &self.families[name]
    }

    /// The city of the file whose pages `city` shows, with changes.
    pub(crate) fn base_of(&self, city: &SimulatedCity) -> &SimulatedCity {
        &self.cities[city.base]
    }
}

fn timeliness(on_time: bool) -> Timeliness {
    if on_time { Timeliness::OnTime } else { Timeliness::Late }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn count(test: impl Fn(&SimulatedCity) -> bool) -> usize {
        World::load().cities().iter().filter(|city| test(city)).count()
    }

    #[test]
    fn the_counts_of_the_assessment_come_out() {
        assert_eq!(count(|_| true), 36);
        assert_eq!(count(|city| city.guidance == Guidance::None), 14);
        assert_eq!(count(|city| !city.samples), 9);
        assert_eq!(count(|city| city.same_guides), 10);
        assert_eq!(count(SimulatedCity::has_mobile_site), 34);
        assert_eq!(count(|city| city.channels.len() >= 2), 28);
        assert_eq!(count(|city| city.topic == TopicState::Current), 27);
        assert_eq!(count(SimulatedCity::consultation_on_time), 22);
        assert_eq!(count(SimulatedCity::complaint_on_time), 11);
    }

    #[test]
    fn the_visits_by_region_come_out_and_only_hangzhou_has_none() {
        let world = World::load();
        let mut regions: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        for city in world.cities() {
            let entry = regions.entry(&city.region).or_default();
            entry.0 += city.visits.iter().sum::<u32>();
            entry.1 += 1;
        }
        let want = [
            ("华北", (6, 5)),
            ("华东", (16, 10)),
            ("华中", (5, 3)),
            ("东北", (7, 4)),
            ("西南", (10, 5)),
            ("华南", (9, 4)),
            ("西北", (13, 5)),
        ];
        assert_eq!(regions, BTreeMap::from(want));
        let zero: Vec<&str> =
            world.cities().iter().filter(|c| c.visits.iter().sum::<u32>() == 0).map(|c| c.code.as_str()).collect();
        assert_eq!(zero, ["330100"]);
    }

    #[test]
    fn every_family_in_use_is_described_and_at_least_eight_portal_families_are_in_use() {
        let world = World::load();
        let portals: std::collections::BTreeSet<&str> = world.cities().iter().map(|c| c.portal.as_str()).collect();
        assert!(portals.len() >= 8);
        for city in world.cities() {
            assert!(!world.family(&city.portal).mobile, "{}", city.code);
            assert!(world.family(&city.mobile).mobile, "{}", city.code);
        }
    }

    #[test]
    fn a_scaled_world_has_distinct_codes_and_addresses() {
        let world = World::load().scaled(3600);
        let codes: std::collections::BTreeSet<&str> = world.cities().iter().map(|c| c.code.as_str()).collect();
        let addresses: std::collections::BTreeSet<Ipv4Addr> =
            world.cities().iter().flat_map(|c| [c.portal_address(), c.mobile_address()]).collect();
        assert_eq!((codes.len(), addresses.len()), (3600, 7200));
        assert!(addresses.iter().all(Ipv4Addr::is_loopback));
    }

    #[test]
    fn a_change_touches_one_city_only() {
        let before = World::load();
        let after = World::load().with_change("110000", Change::NoSampleForms);
        let differing = before.cities().iter().zip(after.cities()).filter(|(a, b)| a.samples != b.samples).count();
        assert_eq!(differing, 1);
    }
}
