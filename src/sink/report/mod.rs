//! `report/index.html` and one page a city: static, opened from the disk, without a script and without another host.
//!
//! Comes in: the records of a run. Goes out: HTML. Must never know: how an observation was made. All values are escaped
//! by the template engine, and the page's policy allows nothing but its own style, so that words taken from a portal
//! stay words.

mod city_page;
mod index_page;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use minijinja::{Environment, Value as View};
use sha2::{Digest as _, Sha256};

use crate::model::{City, CityCode, Observation, Property};
use crate::observe::{Ledger, Summary};
use crate::warc::CityCoverage;

use super::part_file::PartFile;
use super::{OutputSettings, Record, RunFolder, Sink, SinkError};

/// Folder within the run folder.
pub const FOLDER: &str = "report";

const STYLE: &str = include_str!("style.css");
const LAYOUT: &str = include_str!("layout.html.j2");
const MACROS: &str = include_str!("macros.html.j2");
const INDEX: &str = include_str!("index.html.j2");
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
    /// The observations.
    pub observations: &'a [Observation],
    /// What the frontier did.
    pub coverage: &'a BTreeMap<CityCode, CityCoverage>,
    /// The ledger.
    pub ledger: &'a Ledger,
    /// The assessment table.
    pub summary: &'a Summary,
}

/// The pages of a report: file name and HTML.
///
/// # Errors
/// When a template is faulty, which a test rules out for the templates we ship.
pub fn render(contents: &Contents<'_>) -> Result<Vec<(String, String)>, minijinja::Error> {
    let mut templates = Environment::new();
    templates.add_template("layout.html", LAYOUT)?;
    templates.add_template("macros.html", MACROS)?;
    templates.add_template("index.html", INDEX)?;
    templates.add_template("city.html", CITY)?;
    let digest = data_encoding::BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    templates.add_global("style", View::from_safe_string(STYLE.to_owned()));
    templates.add_global("style_digest", View::from_safe_string(digest));
    templates.add_global("run", contents.run);
    templates.add_global("version", crate::observe::TOOL_VERSION);

    let mut by_city: BTreeMap<&CityCode, Vec<&Observation>> = BTreeMap::new();
    for observation in contents.observations {
        by_city.entry(&observation.city.code).or_default().push(observation);
    }
    let index = templates.get_template("index.html")?;
    let mut pages = vec![("index.html".to_owned(), index.render(index_page::view(contents, &by_city))?)];
    let template = templates.get_template("city.html")?;
    for city in contents.cities {
        let observations = by_city.get(&city.code).map(Vec::as_slice).unwrap_or_default();
        let page = template.render(city_page::view(contents, city, observations))?;
        pages.push((page_name(&city.code), page));
    }
    Ok(pages)
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

/// Writes the report.
#[derive(Debug)]
pub struct ReportSink {
    folder: std::path::PathBuf,
    index: PartFile,
    run: String,
    cities: Vec<City>,
    properties: Vec<Property>,
    observations: Vec<Observation>,
    coverage: BTreeMap<CityCode, CityCoverage>,
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
            folder: path,
            run: folder.run().to_owned(),
            cities: settings.cities.clone(),
            properties: settings.properties.clone(),
            observations: Vec::new(),
            coverage: BTreeMap::new(),
            ledger: None,
            summary: None,
        })
    }
}

impl Sink for ReportSink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        match *record {
            Record::Observation(observation) => self.observations.push(observation.clone()),
            Record::Coverage { city, coverage, .. } => {
                self.coverage.insert(city.clone(), coverage.clone());
            }
            Record::Ledger(ledger) => self.ledger = Some(ledger.clone()),
            Record::Summary(summary) => self.summary = Some(summary.clone()),
            Record::Capture { .. } | Record::Context { .. } => {}
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SinkError> {
        self.observations.sort_by(|a, b| a.id.cmp(&b.id));
        let ledger = self.ledger.take().unwrap_or_else(|| Ledger::of(&[], &[], &[]));
        let summary = self.summary.take().unwrap_or_else(|| Summary::of(&[], &[]));
        let contents = Contents {
            run: &self.run,
            cities: &self.cities,
            properties: &self.properties,
            observations: &self.observations,
            coverage: &self.coverage,
            ledger: &ledger,
            summary: &summary,
        };
        let pages = render(&contents).map_err(|error| content_error(&self.folder, &error))?;
        let mut index = self.index;
        for (name, page) in &pages {
            if name == "index.html" {
                index.write(page.as_bytes())?;
            } else {
                let path = self.folder.join(name);
                fs::write(&path, page).map_err(SinkError::file("write", &path))?;
            }
        }
        index.publish()
    }
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
    let contents = Contents {
        run,
        cities: &cities,
        properties,
        observations: &observations,
        coverage: &coverage,
        ledger: &ledger,
        summary: &summary,
    };
    let folder = run_folder.join(FOLDER);
    fs::create_dir_all(&folder).map_err(SinkError::file("make the folder", &folder))?;
    for (name, page) in render(&contents).map_err(|error| content_error(&folder, &error))? {
        let path = folder.join(name);
        fs::write(&path, page).map_err(SinkError::file("write", &path))?;
    }
    Ok(())
}

fn content_error(folder: &Path, error: &minijinja::Error) -> SinkError {
    SinkError::Content { path: folder.to_owned(), what: format!("the report cannot be made: {error:#}") }
}
