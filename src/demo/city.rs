//! One simulated city and its page families, as the world file states them.
//!
//! Comes in: tables of the world file. Goes out: typed values and addresses. Must never know: pages or sockets.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

/// Cities per second byte of the address: the third byte runs from 1 to this.
const CITIES_PER_BLOCK: usize = 250;

/// The first address block. Far from `127.0.0.0/16`, where other programs listen.
const FIRST_BLOCK: usize = 36;

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
    /// How a list leads to its further pages.
    #[serde(default)]
    pub(crate) paging: Paging,
    /// Whether a guide that is gone is answered with a page of the family's own and status 200.
    #[serde(default)]
    pub(crate) withdrawn: bool,
    /// Pages whose HTML is a shell that scripts fill, by the names of their address patterns; `home` for the entry.
    #[serde(default)]
    pub(crate) scripted: Vec<String>,
    /// Address patterns by page.
    pub(crate) paths: BTreeMap<String, String>,
}

fn utf8() -> String {
    "utf-8".into()
}

/// How a list leads to its further pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Paging {
    /// Links with numbers.
    #[default]
    Links,
    /// `createPageHTML(pages, current, name, extension)` writes the pager; the first page has no number.
    Script,
    /// Links that call a script with the number of a page.
    Calls,
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
pub enum DefectKind {
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
    /// The sample is the blank form again, saved in another format.
    SampleIsBlankAgain,
    /// The blank form is a file of two bytes.
    TinyForm,
    /// The blank form is an HTML error page with a document's name.
    FormIsErrorPage,
    /// The home page links to pages that are gone.
    DeadLinks,
    /// The home page links to a guide that is gone, which the portal says with status 200.
    WithdrawnGuide,
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
    /// A style sheet makes the mobile entry page wider than a phone; its markup does not tell.
    MobileOverflow,
    /// A call for JSON fails the first time.
    DataFailsOnce,
    /// The guide of an errand is only a Word file.
    GuideAsFile,
    /// A page whose scripts, frames, workers and sockets call an address that is none of theirs, and never rest.
    HostileScripts,
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
    /// The province in one character, as it stands in a footer's record number.
    pub(crate) abbreviation: String,
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
    pub depth: Vec<String>,
    /// The topic on the mobile site.
    pub topic: TopicState,
    /// Replies to consultations.
    pub(super) consultation: Timeliness,
    /// Replies to complaints.
    pub(super) complaint: Timeliness,
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
