//! The world file as values: which city carries which state.
//!
//! Comes in: `fixtures/world/world.toml`, compiled in. Goes out: a [`World`]. Must never know: pages or sockets.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::content::SEGMENTS;

const WORLD: &str = include_str!("../../fixtures/world/world.toml");

/// Cities per second byte of the address: the third byte runs from 1 to this.
const CITIES_PER_BLOCK: usize = 250;

/// The first address block. Far from `127.0.0.0/16`, where other programs listen.
const FIRST_BLOCK: usize = 36;

/// A set of simulated cities and the page families they use.
#[derive(Debug, Clone)]
pub struct World {
    families: Arc<BTreeMap<String, Family>>,
    cities: Vec<SimulatedCity>,
}

/// A page family: software that several cities share.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Family {
    /// Encoding of its HTML pages.
    #[serde(default = "utf8")]
    pub(crate) charset: String,
    /// Whether it is a mobile site.
    #[serde(default)]
    pub(crate) mobile: bool,
    /// How a guide's address names it.
    pub(crate) key: GuideKey,
    /// How flowcharts are drawn.
    pub(crate) chart: ChartForm,
    /// How letters are listed.
    pub(crate) letters: LetterForm,
    /// Guides on one list page.
    pub(crate) page_size: usize,
    /// Address patterns by page.
    pub(crate) paths: BTreeMap<String, String>,
}

fn utf8() -> String {
    "utf-8".into()
}

/// How a guide's address names the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GuideKey {
    /// By the item code.
    Code,
    /// By 32 hexadecimal digits.
    Uuid,
    /// By a number.
    Number,
}

/// How flowcharts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChartForm {
    /// Boxes of HTML elements.
    Html,
    /// SVG in the page.
    Svg,
    /// A table.
    Table,
    /// A PNG picture.
    Image,
    /// A linked SVG file.
    SvgFile,
}

/// How letters are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LetterForm {
    /// A table with a header.
    Table,
    /// One line a letter, dates after their labels.
    Lines,
    /// A block a letter.
    Cards,
}

/// Kinds of scenario guidance, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guidance {
    /// Several errands in one (一件事).
    Package,
    /// Questions and answers (智能导办).
    Wizard,
    /// Situations to choose from (情形).
    Situations,
    /// A topic page (主题服务).
    Topic,
    /// None.
    None,
}

/// What the mobile site says of the topic 疫情防控.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TopicState {
    /// Entries of the last days.
    Current,
    /// Entries of February only.
    Old,
    /// Nothing.
    None,
}

/// Whether published replies came within five working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Timeliness {
    /// All of them.
    OnTime,
    /// At least one came clearly late.
    Late,
}

/// A planted fault.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Defect {
    /// What is wrong.
    pub(crate) kind: DefectKind,
    /// Segment id of the guide that carries it, if it is a guide's fault.
    #[serde(default)]
    pub(crate) segment: Option<String>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DefectKind {
    /// The flowchart lacks a step of the text.
    ChartStepMissing,
    /// The flowchart has two steps in another order.
    ChartOrder,
    /// The flowchart states another limit for a step.
    ChartLimit,
    /// The flowchart names another department for a step.
    ChartDepartment,
    /// The flowchart has a step that the text lacks.
    ChartExtraStep,
    /// The flowchart belongs to another errand.
    ChartOtherItem,
    /// The promised limit is longer than the statutory one.
    PromisedOverStatutory,
    /// 办理地点 is labeled but empty.
    BlankPlace,
    /// 办理时间 says 详见附件.
    PlaceholderHours,
    /// 监督投诉方式 is not there at all.
    AbsentComplaintPhone,
    /// The materials end with 其他材料.
    OtherMaterials,
    /// The sample is the blank form again.
    SampleIsBlank,
    /// The blank form is a file of two bytes.
    TinyForm,
    /// The blank form is an HTML error page with a document's name.
    FormIsErrorPage,
    /// The home page links to pages that are gone.
    DeadLinks,
    /// "Not found" is answered with status 200.
    #[serde(rename = "soft_404")]
    Soft404,
    /// No fee, and a tariff beside it.
    FeeNoWithTariff,
    /// No visit, and the window as the only way.
    WindowOnlyWithoutVisit,
    /// The tags of the site's identity are not there.
    NoIdentityTags,
    /// The newest entry on the home page is six weeks old.
    StaleHome,
    /// The portal answers slowly.
    Slow,
    /// The steps do not add up to the promised limit.
    StepSum,
    /// 即办件 with a limit in days.
    ImmediateWithDays,
    /// The site's search never finds anything.
    SearchFindsNothing,
    /// robots.txt forbids the search.
    SearchDisallowed,
    /// The complaint entry asks to log in.
    ComplaintLogin,
    /// One page asks to move a slider.
    Challenge,
    /// One news page answers 503 the first time, with `Retry-After`.
    UnavailableOnce,
    /// One guide answers 502 the first time.
    GuideFailsOnce,
    /// A calendar without end.
    Calendar,
    /// There is no robots.txt.
    NoRobots,
    /// The header names another encoding than the page has.
    CharsetLie,
    /// The mobile pages are made for a wide screen.
    MobileFixedWidth,
}

/// What a night must say of a planted fault.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Property id.
    pub property: String,
    /// Segment id, for properties of guides.
    #[serde(default)]
    pub segment: Option<String>,
    /// Outcome word.
    pub outcome: String,
    /// Kind of a finding that must be among the findings, where the contract or the domain names one.
    #[serde(default)]
    pub finding: Option<String>,
}

/// One simulated city.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedCity {
    /// GB/T 2260 code.
    pub code: String,
    /// Name, for example `杭州市`.
    pub name: String,
    /// Province-level division.
    pub province: String,
    /// Folder in the catalogue.
    pub(crate) folder: String,
    /// Region.
    pub region: String,
    /// Telephone area code.
    pub(crate) area_code: String,
    /// Portal family.
    pub(crate) portal: String,
    /// Mobile family.
    pub(crate) mobile: String,
    /// Politeness group of the portal, if it is shared.
    #[serde(default)]
    pub(crate) group: Option<String>,
    /// Name of the app.
    pub(crate) app: String,
    /// Scenario guidance.
    pub guidance: Guidance,
    /// Whether forms have samples.
    pub samples: bool,
    /// Whether both channels say the same in all guides.
    pub same_guides: bool,
    /// Mobile kinds that the pages show.
    pub channels: Vec<String>,
    /// What the mobile site offers.
    pub(crate) depth: Vec<String>,
    /// The topic on the mobile site.
    pub topic: TopicState,
    /// Replies to consultations.
    consultation: Timeliness,
    /// Replies to complaints.
    complaint: Timeliness,
    /// Visits by segment.
    pub visits: [u32; 6],
    /// Planted faults.
    #[serde(default)]
    pub(crate) defects: Vec<Defect>,
    /// What a night must say of them.
    #[serde(default)]
    pub expect: Vec<Expectation>,
    /// Promised limits that a test has changed, by segment number.
    #[serde(skip)]
    pub(crate) promised_changes: BTreeMap<usize, u32>,
    /// Position in the world, which decides the addresses.
    #[serde(skip)]
    pub(crate) index: usize,
    /// The city of the file whose pages it shows; differs from `index` in a scaled world.
    #[serde(skip)]
    pub(crate) base: usize,
}

impl SimulatedCity {
    /// Loopback address of the portal.
    #[must_use]
    pub fn portal_address(&self) -> Ipv4Addr {
        self.address(1)
    }

    /// Loopback address of the mobile site.
    #[must_use]
    pub fn mobile_address(&self) -> Ipv4Addr {
        self.address(2)
    }

    fn address(&self, last: u8) -> Ipv4Addr {
        let block = u8::try_from(FIRST_BLOCK + self.index / CITIES_PER_BLOCK).unwrap_or(u8::MAX);
        let third = u8::try_from(self.index % CITIES_PER_BLOCK + 1).expect("at most 250 cities in a block");
        Ipv4Addr::new(127, block, third, last)
    }

    /// Whether consultations were all answered within five working days.
    #[must_use]
    pub fn consultation_on_time(&self) -> bool {
        self.consultation == Timeliness::OnTime
    }

    /// Whether complaints were all answered within five working days.
    #[must_use]
    pub fn complaint_on_time(&self) -> bool {
        self.complaint == Timeliness::OnTime
    }

    /// Whether the city has mobile pages at all.
    #[must_use]
    pub fn has_mobile_site(&self) -> bool {
        self.channels.iter().any(|kind| kind == "mobile_web")
    }

    /// Whether the city carries this fault anywhere.
    pub(crate) fn has(&self, kind: DefectKind) -> bool {
        self.defects.iter().any(|defect| defect.kind == kind)
    }

    /// Whether the guide of this segment carries this fault.
    pub(crate) fn segment_has(&self, kind: DefectKind, segment: &str) -> bool {
        self.defects.iter().any(|defect| defect.kind == kind && defect.segment.as_deref() == Some(segment))
    }

    /// Name without 市.
    pub(crate) fn short(&self) -> &str {
        self.name.trim_end_matches('市')
    }
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
