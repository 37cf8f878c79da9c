//! The part of the night's loop that has to do with flowcharts that are pictures: which are read, when, and what becomes
//! of it.
//!
//! A picture takes seconds of a processor. So it is read beside the loop, at most `chart.workers` at once, when its city
//! has nothing left to ask; other cities go on meanwhile. Nothing is read twice: readings are kept across nights.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;
use url::Url;

use super::EngineError;
use super::chart_reader::ChartReader;
use super::kept::Kept;
use super::night::{Done, Loop};
use crate::config;
use crate::crash::{self, Point};
use crate::extract;
use crate::model::charted::{ChartReading, ChartedPicture};
use crate::model::extraction::FileFormat;
use crate::model::request::KeptPayload;
use crate::model::{CityCode, CityDossier, Digest, PageRecord, RecordId};
use crate::sink::chart_cache::ChartCache;
use crate::state::AckKind;
use crate::telemetry;
use crate::warc::record::derived_id;

/// What reads pictures, and what has been read.
pub(super) struct ChartDesk {
    reader: Arc<ChartReader>,
    workers: Arc<Semaphore>,
    /// Where the pictures of each city stand in the evidence.
    places: BTreeMap<CityCode, BTreeMap<RecordId, KeptPayload>>,
    /// Pictures that are read, were read, or could not be.
    tried: BTreeMap<CityCode, BTreeSet<RecordId>>,
}

/// A picture to be read.
struct Order {
    city: CityCode,
    page: PageRecord,
    digest: String,
    place: KeptPayload,
    /// The pictures that the chart is cut into, this one among them, and whether they stand in a row.
    tiles: Option<(Vec<(String, KeptPayload)>, bool)>,
}

/// A picture that was read.
pub(super) struct ChartedJob {
    city: CityCode,
    place: KeptPayload,
    charted: Option<ChartedPicture>,
    took: Duration,
    from_cache: bool,
}

impl ChartDesk {
    /// Opens the models; without them the night goes on, reads drawings alone, and says once what would help.
    pub(super) fn open(settings: &config::Charts, out: &Path) -> Option<Self> {
        if !settings.enabled {
            return None;
        }
        let reader = match ChartReader::open(settings, Some(ChartCache::of(out))) {
            Ok(reader) => reader,
            Err(error) => {
                telemetry::no_models(&error);
                ChartReader::of_drawings(settings, Some(ChartCache::of(out)))
            }
        };
        Some(Self {
            reader: Arc::new(reader),
            workers: Arc::new(Semaphore::new(settings.workers)),
            places: BTreeMap::new(),
            tried: BTreeMap::new(),
        })
    }

    /// A picture stands in the evidence.
    pub(super) fn archived(&mut self, page: &PageRecord, place: KeptPayload) {
        if picture(page).is_some() {
            self.places.entry(page.request.target.clone()).or_default().insert(page.record.clone(), place);
        }
    }

    /// The flowcharts of a city that are pictures and have not been tried.
    fn orders(&mut self, dossier: &CityDossier) -> Vec<Order> {
        let city = &dossier.target.city.code;
        let Some(places) = self.places.get(city) else { return Vec::new() };
        let tried = self.tried.entry(city.clone()).or_default();
        let joined = crate::check::joined(dossier);
        let guides = joined.pages.iter().filter_map(|page| page.extraction.as_ref()?.guide.as_deref());
        let charts = guides.filter_map(|guide| guide.flowchart.value());
        let mut orders = Vec::new();
        let standing = |url: &Url| {
            let page = dossier.answer(url)?;
            Some((picture(page)?.to_owned(), places.get(&page.record)?.clone()))
        };
        for (chart, page) in charts.filter_map(|chart| Some((chart, dossier.answer(chart.url.as_ref()?)?))) {
            let (Some(digest), Some(place)) = (picture(page), places.get(&page.record)) else { continue };
            if !self.reader.reads_pictures() && !is_pdf(page) {
                continue;
            }
            if tried.insert(page.record.clone()) {
                let (digest, place) = (digest.to_owned(), place.clone());
                // A tile that did not come leaves the first one to be read by itself: it may go on elsewhere.
                let tiles = chart.tiles.as_ref().and_then(|tiles| {
                    Some((tiles.urls.iter().map(standing).collect::<Option<Vec<_>>>()?, tiles.in_a_row))
                });
                orders.push(Order { city: city.clone(), page: page.clone(), digest, place, tiles });
            }
        }
        orders
    }

    /// A picture was read before the run was resumed; where it stands in the evidence.
    pub(super) fn read_before(&mut self, city: &CityCode, of: &RecordId) -> Option<KeptPayload> {
        self.tried.entry(city.clone()).or_default().insert(of.clone());
        self.places.get(city)?.get(of).cloned()
    }

    /// A city is done with; what was remembered of it is let go.
    pub(super) fn forget(&mut self, city: &CityCode) {
        self.places.remove(city);
        self.tried.remove(city);
    }
}

/// The digest of a picture that is read by its pixels, or of a PDF.
fn picture(page: &PageRecord) -> Option<&str> {
    let file = page.extraction.as_ref()?.file.as_ref()?;
    let is_raster = file.format.is_picture() && file.format != FileFormat::Svg;
    ((is_raster || is_pdf(page)) && file.opens).then_some(file.digest.as_str())
}

fn is_pdf(page: &PageRecord) -> bool {
    let file = page.extraction.as_ref().and_then(|extraction| extraction.file.as_ref());
    file.is_some_and(|file| file.format == FileFormat::Pdf)
}

/// What was read of a picture, now or in an earlier night; `None` if its bytes cannot be read back.
fn read(
    reader: &ChartReader,
    order: &Order,
    kept: &Kept,
    settings: &extract::Settings,
) -> Option<(ChartReading, bool)> {
    if let Some(read) = order.tiles.as_ref().and_then(|tiles| read_tiles(reader, tiles, kept, settings)) {
        return Some(read);
    }
    if let Some(reading) = reader.kept(&order.digest) {
        return Some((reading, true));
    }
    let bytes = bytes(&order.place, kept, settings)?;
    let reading = match reader.read(&bytes) {
        Some(reading) => reading,
        None if reader.reads_pictures() => reader.no_picture(),
        // A scanned page is read in a night that has models.
        None => return None,
    };
    if let Err(error) = reader.keep(&order.digest, &reading) {
        telemetry::chart_not_kept(&error);
    }
    Some((reading, false))
}

/// What was read of the pictures that a chart is cut into; `None` if they cannot be had or do not fit together.
fn read_tiles(
    reader: &ChartReader,
    (tiles, in_a_row): &(Vec<(String, KeptPayload)>, bool),
    kept: &Kept,
    settings: &extract::Settings,
) -> Option<(ChartReading, bool)> {
    let key = tiles_key(tiles.iter().map(|(digest, _)| digest.as_str()), *in_a_row);
    if let Some(reading) = reader.kept(&key) {
        return Some((reading, true));
    }
    let read = |(digest, place): &(String, KeptPayload)| Some((digest.clone(), bytes(place, kept, settings)?.to_vec()));
    let tiles: Vec<(String, Vec<u8>)> = tiles.iter().map(read).collect::<Option<_>>()?;
    let reading = reader.read_tiles(&tiles, *in_a_row)?;
    if let Err(error) = reader.keep(&key, &reading) {
        telemetry::chart_not_kept(&error);
    }
    Some((reading, false))
}

/// Under which name the reading of several pictures is kept.
fn tiles_key<'a>(digests: impl Iterator<Item = &'a str>, in_a_row: bool) -> String {
    let said = digests.chain([if in_a_row { "row" } else { "column" }]).collect::<Vec<_>>().join(" ");
    Digest::of(said.as_bytes()).to_string()
}

/// The plain bytes of an answer in the evidence.
fn bytes(place: &KeptPayload, kept: &Kept, settings: &extract::Settings) -> Option<Bytes> {
    let response = kept.response(place)?;
    Some(extract::decoded(&response.headers, &response.body, settings))
}

impl Loop {
    /// Reads the flowcharts of a city that has nothing else to ask; answers whether there are any.
    pub(super) fn chart_later(&mut self, city: &CityCode) -> bool {
        if self.is_ending() {
            return false;
        }
        let (Some(desk), Some(dossier)) = (&mut self.charts, self.dossiers.get_mut(city)) else { return false };
        dossier.sort();
        let orders = desk.orders(dossier);
        let found = !orders.is_empty();
        for order in orders {
            *self.reading.entry(city.clone()).or_default() += 1;
            let (reader, workers) = (Arc::clone(&desk.reader), Arc::clone(&desk.workers));
            let (night, kept) = (Arc::clone(&self.night), Arc::clone(&self.kept));
            self.tasks.spawn(async move {
                // The semaphore is never closed.
                let _permit = workers.acquire_owned().await;
                let work = tokio::task::spawn_blocking(move || {
                    let started = Instant::now();
                    let read = read(&reader, &order, &kept, &night.context.read);
                    let from_cache = read.as_ref().is_some_and(|(_, from_cache)| *from_cache);
                    let charted = read.map(|(reading, _)| ChartedPicture {
                        record: derived_id(&order.page.record.0, "chart"),
                        of: order.page.record.clone(),
                        url: order.page.request.url.clone(),
                        date: night.clock.civil(),
                        reading,
                    });
                    Box::new(ChartedJob {
                        city: order.city,
                        place: order.place,
                        charted,
                        took: started.elapsed(),
                        from_cache,
                    })
                });
                work.await.map_or(Done::Nothing, Done::Charted)
            });
        }
        found
    }

    /// Writes the evidence of a reading, and files it beside its picture.
    pub(super) fn keep_chart(&mut self, job: ChartedJob) -> Result<(), EngineError> {
        let ChartedJob { city, place, charted, took, from_cache } = job;
        if let Some(count) = self.reading.get_mut(&city) {
            *count -= 1;
        }
        let Some(charted) = charted else { return Ok(()) };
        self.report.charts += 1;
        self.report.charts_from_cache += u64::from(from_cache);
        self.report.stopwatch.chart += took;
        self.output.charted(&city, &charted, &place)?;
        crash::reached(Point::ChartArchived);
        self.done(AckKind::Chart, &city, Some(&charted.record));
        self.attach(&city, charted);
        Ok(())
    }

    /// Files a reading beside its picture.
    pub(super) fn attach(&mut self, city: &CityCode, charted: ChartedPicture) {
        let Some(dossier) = self.dossiers.get_mut(city) else { return };
        let drawn = Arc::new(extract::guide::drawn(charted.reading));
        for page in dossier.pages.iter_mut().filter(|page| page.record == charted.of) {
            page.drawn = Some(Arc::clone(&drawn));
        }
    }
}
