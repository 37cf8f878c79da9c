//! `report/index.html`, one page a city, and pages that show flowchart and text side by side (图文对照): static, opened from the disk, without a script and without another host.
//!
//! Comes in: the records of a run. Goes out: HTML. Must never know: how an observation was made. All values are escaped
//! by the template engine, and the page's policy allows nothing but its own style, so that words taken from a portal
//! stay words.

mod chart_choice;
mod chart_marks;
mod chart_page;
mod charts;
mod city_page;
mod handbook;
mod index_page;
mod pictures;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use minijinja::{Environment, Value as View};
use sha2::{Digest as _, Sha256};

use crate::model::{City, CityCode, Observation, Property, Severity};
use crate::observe::{Ledger, Summary};
use crate::warc::CityCoverage;

use super::part_file::PartFile;
use super::{OutputSettings, Record, RunFolder, Sink, SinkError};
use chart_choice::Choice;
use charts::Charts;
use pictures::Pictures;

/// Folder within the run folder.
pub const FOLDER: &str = "report";

/// Folder of the pages that show chart and text side by side, within [`FOLDER`].
const CHARTS: &str = "charts";

const STYLE: &str = include_str!("style.css");
const LAYOUT: &str = include_str!("layout.html.j2");
const MACROS: &str = include_str!("macros.html.j2");
const INDEX: &str = include_str!("index.html.j2");
const CHART: &str = include_str!("chart.html.j2");
const HANDBOOK: &str = include_str!("handbook.html.j2");
const CITY: &str = include_str!("city.html.j2");

/// Everything a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Contents<'a> {
    /// Run id.
    pub run: &'a str,
    /// Cities in the order of the run.
    pub cities: &'a [City],
    /// Properties in the order of the registry.
    pub properties: &'a [Property],
    /// What the observations come to, by city.
    pub tallies: &'a BTreeMap<CityCode, Tally>,
    /// What the frontier did.
    pub coverage: &'a BTreeMap<CityCode, CityCoverage>,
    /// The ledger.
    pub ledger: &'a Ledger,
    /// The assessment table.
    pub summary: &'a Summary,
}

/// What a city's observations come to, for the entry page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many there are.
    pub observations: usize,
    /// Findings by weight.
    pub findings: BTreeMap<Severity, usize>,
    /// First moment at which evidence was captured.
    pub first: Option<String>,
    /// Last moment.
    pub last: Option<String>,
}

impl Tally {
    fn add(&mut self, observation: &Observation) {
        self.observations += 1;
        for finding in &observation.findings {
            *self.findings.entry(finding.severity).or_default() += 1;
        }
        if !observation.evidence.is_empty() {
            let at = &observation.observed_at;
            self.first = Some(self.first.take().map_or_else(|| at.clone(), |first| first.min(at.clone())));
            self.last = Some(self.last.take().map_or_else(|| at.clone(), |last| last.max(at.clone())));
        }
    }
}

type Rendered = Result<String, minijinja::Error>;

/// The templates with what every page shows.
fn templates(run: &str) -> Result<Environment<'static>, minijinja::Error> {
    let mut templates = Environment::new();
    templates.add_template("layout.html", LAYOUT)?;
    templates.add_template("macros.html", MACROS)?;
    templates.add_template("index.html", INDEX)?;
    templates.add_template("city.html", CITY)?;
    templates.add_template("chart.html", CHART)?;
    templates.add_template("handbook.html", HANDBOOK)?;
    let digest = data_encoding::BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    templates.add_global("style", View::from_safe_string(STYLE.to_owned()));
    templates.add_global("style_digest", View::from_safe_string(digest));
    templates.add_global("run", run.to_owned());
    templates.add_global("version", crate::observe::TOOL_VERSION);
    Ok(templates)
}

/// The entry page.
fn render_index(templates: &Environment<'_>, contents: &Contents<'_>) -> Rendered {
    templates.get_template("index.html")?.render(index_page::view(contents))
}

/// A city's page from all its observations.
fn render_city(templates: &Environment<'_>, properties: &[Property], city: &CityPage<'_>) -> Rendered {
    templates.get_template("city.html")?.render(city_page::view(properties, city))
}

/// What a city's page is made of.
#[derive(Debug, Clone, Copy)]
struct CityPage<'a> {
    /// The city.
    city: &'a City,
    /// Its observations, sorted by id.
    observations: &'a [Observation],
    /// What the frontier did there.
    coverage: Option<&'a CityCoverage>,
    /// Pictures of pages.
    pictures: &'a Pictures,
    /// Guides whose chart and text are shown side by side.
    compared: &'a Choice<'a>,
}

/// The file of a city's page. Codes are digits; anything else must not lead out of the folder.
fn page_name(code: &CityCode) -> String {
    let safe: String = code.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{safe}.html")
}

/// Words in both languages.
fn both((zh, en): (&'static str, &'static str)) -> View {
    minijinja::context! { zh, en }
}

/// Writes the report: a city's page as soon as its observations have come, the entry page at the end. The observations
/// of a city must come together; only one city's are held.
#[derive(Debug)]
pub struct ReportSink {
    folder: PathBuf,
    index: PartFile,
    templates: Environment<'static>,
    run: String,
    cities: Vec<City>,
    properties: Vec<Property>,
    current: Vec<Observation>,
    tallies: BTreeMap<CityCode, Tally>,
    coverage: BTreeMap<CityCode, CityCoverage>,
    pictures: Pictures,
    /// Where the runs lie.
    out: PathBuf,
    /// Readings of pictures of the cities that are not written yet.
    charts: BTreeMap<CityCode, Charts>,
    ledger: Option<Ledger>,
    summary: Option<Summary>,
}

impl ReportSink {
    /// Opens the report.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &RunFolder, settings: &OutputSettings) -> Result<Self, SinkError> {
        let path = folder.file(FOLDER);
        Ok(Self {
            index: PartFile::create(path.join("index.html"))?,
            templates: templates(folder.run()).map_err(|error| content_error(&path, &error))?,
            folder: path,
            run: folder.run().to_owned(),
            cities: settings.cities.clone(),
            properties: settings.properties.clone(),
            current: Vec::new(),
            tallies: BTreeMap::new(),
            coverage: BTreeMap::new(),
            pictures: Pictures::default(),
            out: folder.out().to_owned(),
            charts: BTreeMap::new(),
            ledger: None,
            summary: None,
        })
    }

    /// Writes the page of the city whose observations are held.
    fn write_current(&mut self) -> Result<(), SinkError> {
        let Some(city) = self.current.first().map(|observation| observation.city.clone()) else { return Ok(()) };
        let mut observations = std::mem::take(&mut self.current);
        observations.sort_by(|a, b| a.id.cmp(&b.id));
        self.write_city(&city, &observations)
    }

    fn write_city(&mut self, city: &City, observations: &[Observation]) -> Result<(), SinkError> {
        let coverage = self.coverage.get(&city.code);
        let charts = self.charts.remove(&city.code).unwrap_or_default();
        let compared = chart_choice::chosen(&city.code, observations, &charts);
        write_charts(&self.templates, (&self.out, &self.folder), city, &compared)?;
        let page = CityPage { city, observations, coverage, pictures: &self.pictures, compared: &compared };
        let html = render_city(&self.templates, &self.properties, &page);
        write_page(&self.folder, &page_name(&city.code), html)
    }
}

impl Sink for ReportSink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        match *record {
            Record::Observation(observation) => {
                if self.current.first().is_some_and(|held| held.city.code != observation.city.code) {
                    self.write_current()?;
                }
                self.tallies.entry(observation.city.code.clone()).or_default().add(observation);
                self.current.push(observation.clone());
            }
            Record::Coverage { city, coverage, .. } => {
                self.coverage.insert(city.clone(), coverage.clone());
            }
            Record::Ledger(ledger) => self.ledger = Some(ledger.clone()),
            Record::Summary(summary) => self.summary = Some(summary.clone()),
            Record::Rendering { rendering, .. } => {
                self.pictures.keep(&self.folder, rendering)?;
            }
            Record::Charted { city, charted, picture } => {
                self.charts.entry(city.clone()).or_default().keep(charted, Some(picture.clone()));
            }
            Record::Capture { .. } | Record::Context { .. } => {}
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SinkError> {
        self.write_current()?;
        let silent: Vec<City> =
            self.cities.iter().filter(|city| !self.tallies.contains_key(&city.code)).cloned().collect();
        for city in &silent {
            self.write_city(city, &[])?;
        }
        let ledger = self.ledger.take().unwrap_or_else(|| Ledger::of(&[], &[], &[]));
        let summary = self.summary.take().unwrap_or_else(|| Summary::of(&[], &[]));
        let contents = Contents {
            run: &self.run,
            cities: &self.cities,
            properties: &self.properties,
            tallies: &self.tallies,
            coverage: &self.coverage,
            ledger: &ledger,
            summary: &summary,
        };
        let page = render_index(&self.templates, &contents).map_err(|error| content_error(&self.folder, &error))?;
        let mut index = self.index;
        index.write(page.as_bytes())?;
        index.publish()
    }
}

/// Writes the pages of a city that show chart and text side by side, each with a copy of its picture.
fn write_charts(
    templates: &Environment<'_>,
    (out, report): (&Path, &Path),
    city: &City,
    compared: &Choice<'_>,
) -> Result<(), SinkError> {
    if compared.pages.is_empty() {
        return Ok(());
    }
    let folder = report.join(CHARTS);
    fs::create_dir_all(&folder).map_err(SinkError::file("make the folder", &folder))?;
    if !folder.join(handbook::FILE).exists() {
        let template = templates.get_template("handbook.html");
        write_page(&folder, handbook::FILE, template.and_then(|template| template.render(handbook::view())))?;
    }
    for page in &compared.pages {
        let file = page.picture.map(|picture| picture.copy(out, &folder)).transpose()?.flatten();
        let template = templates.get_template("chart.html");
        let html = template.and_then(|template| template.render(chart_page::view(city, page, file.as_deref())));
        write_page(&folder, &page.file, html)?;
    }
    Ok(())
}

fn write_page(folder: &Path, name: &str, html: Rendered) -> Result<(), SinkError> {
    let path = folder.join(name);
    let html = html.map_err(|error| content_error(folder, &error))?;
    fs::write(&path, html).map_err(SinkError::file("write", &path))
}

/// Writes the report of a finished run again, from what its folder holds.
///
/// # Errors
/// When the folder lacks a file or the report cannot be written.
pub fn rewrite(run_folder: &Path, run: &str, properties: &[Property]) -> Result<(), SinkError> {
    let observations = super::observations::read(run_folder)?;
    let (ledger, summary) = (super::ledger::read(run_folder)?, super::summary::read(run_folder)?);
    let coverage = super::evidence::read(run_folder)?.coverage;
    let cities = crate::observe::cities_of(&observations);
    let folder = run_folder.join(FOLDER);
    fs::create_dir_all(&folder).map_err(SinkError::file("make the folder", &folder))?;
    let templates = templates(run).map_err(|error| content_error(&folder, &error))?;
    let mut by_city: BTreeMap<CityCode, Vec<Observation>> = BTreeMap::new();
    let mut tallies: BTreeMap<CityCode, Tally> = BTreeMap::new();
    for observation in observations {
        tallies.entry(observation.city.code.clone()).or_default().add(&observation);
        by_city.entry(observation.city.code.clone()).or_default().push(observation);
    }
    let pictures = pictures_of(run_folder, &folder)?;
    let charts = Charts::of_run(run_folder, run, by_city.values().flatten())?;
    // Pictures that have not changed lie in the evidence of earlier nights.
    let whole = run_folder.canonicalize().map_err(SinkError::file("find", run_folder))?;
    let out = whole.parent().and_then(Path::parent).unwrap_or(run_folder);
    for city in &cities {
        let observations = by_city.get(&city.code).map(Vec::as_slice).unwrap_or_default();
        let compared = chart_choice::chosen(&city.code, observations, &charts);
        write_charts(&templates, (out, &folder), city, &compared)?;
        let coverage = coverage.get(&city.code);
        let page = CityPage { city, observations, coverage, pictures: &pictures, compared: &compared };
        write_page(&folder, &page_name(&city.code), render_city(&templates, properties, &page))?;
    }
    let contents = Contents {
        run,
        cities: &cities,
        properties,
        tallies: &tallies,
        coverage: &coverage,
        ledger: &ledger,
        summary: &summary,
    };
    write_page(&folder, "index.html", render_index(&templates, &contents))
}

/// Pictures that the report shows, from the evidence of a run.
fn pictures_of(run_folder: &Path, folder: &Path) -> Result<Pictures, SinkError> {
    let mut restorer = crate::warc::Restorer::default();
    let (mut pictures, mut fault) = (Pictures::default(), None);
    super::evidence::each_record(run_folder, |record| {
        restorer.accept(record);
        restorer.take_captures();
        for rendering in restorer.take_renderings() {
            fault = pictures.keep(folder, &rendering).err().or(fault.take());
        }
    })?;
    fault.map_or(Ok(pictures), Err)
}

fn content_error(folder: &Path, error: &minijinja::Error) -> SinkError {
    SinkError::Content { path: folder.to_owned(), what: format!("the report cannot be made: {error:#}") }
}

#[cfg(test)]
mod chart_tests;
