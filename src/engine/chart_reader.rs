//! The reader of flowchart pictures (流程图): models, ceilings, and the readings that are kept.
//!
//! Comes in: bytes of a picture or of a PDF. Goes out: what was read, never a panic. A night, a single check and an
//! evaluation use the same one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::chart::{self, Models, Picture, Reading, Settings, Unreadable};
use crate::config;
use crate::extract::sheets::{self, Scan, Sheet};
use crate::model::charted::ChartReading;
use crate::sink::SinkError;
use crate::sink::chart_cache::ChartCache;
use crate::weights::{self, WeightsError};

/// Raised whenever the same picture is read otherwise than before.
const READER: u32 = 6;

/// Models with their settings, and a cache of what they read.
pub struct ChartReader {
    /// None: drawings are read, pictures are not.
    models: Option<Models>,
    settings: Settings,
    name: String,
    cache: Option<ChartCache>,
}

impl ChartReader {
    /// Opens the models.
    ///
    /// # Errors
    /// When they are not there or are others than the readings were measured with.
    pub fn open(settings: &config::Charts, cache: Option<ChartCache>) -> Result<Self, WeightsError> {
        let models = weights::open(settings.models.as_deref(), settings.threads)?;
        let known = |file: &chart::ModelFile| file.sha256.chars().take(12).collect::<String>();
        let name = format!("chart/{READER} {} {}", known(&chart::DETECTION), known(&chart::RECOGNITION));
        Ok(Self { models: Some(models), settings: settings.reading, name, cache })
    }

    /// A reader of drawings alone, for want of models.
    #[must_use]
    pub fn of_drawings(settings: &config::Charts, cache: Option<ChartCache>) -> Self {
        Self { models: None, settings: settings.reading, name: drawings(), cache }
    }

    /// Whether it reads pictures.
    #[must_use]
    pub fn reads_pictures(&self) -> bool {
        self.models.is_some()
    }

    /// What this reader made of a picture with this digest, if it was kept.
    #[must_use]
    pub fn kept(&self, digest: &str) -> Option<ChartReading> {
        let cache = self.cache.as_ref()?;
        cache.get(digest, &self.name).or_else(|| cache.get(digest, &drawings()))
    }

    /// Keeps a reading for another time.
    ///
    /// # Errors
    /// When it cannot be written; nothing is lost but time.
    pub fn keep(&self, digest: &str, reading: &ChartReading) -> Result<(), SinkError> {
        self.cache.as_ref().map_or(Ok(()), |cache| cache.put(digest, reading))
    }

    /// Reads a picture or a PDF; `None` if the bytes are neither, or a picture and there are no models.
    #[must_use]
    pub fn read(&self, bytes: &[u8]) -> Option<ChartReading> {
        let is_pdf = bytes.starts_with(PDF);
        let read = catch_unwind(AssertUnwindSafe(|| if is_pdf { self.pages(bytes) } else { self.picture(bytes) }));
        let failed = || (self.name.clone(), Err("the reader of charts failed".to_owned()));
        // A panic is our fault, so the chart counts as unreadable.
        let (reader, read) = read.unwrap_or_else(|_| Some(failed()))?;
        let (chart, refusal, several) = match read {
            Ok(Ok(reading)) => (Some(reading.chart), reading.refusal.map(|why| why.to_string()), false),
            Ok(Err(why)) => (None, Some(why.to_string()), matches!(why, Unreadable::SeveralPages { .. })),
            Err(why) => (None, Some(why), false),
        };
        Some(ChartReading { reader, chart, refusal, several, tiles: Vec::new() })
    }

    /// Reads a chart that was cut into these pictures, with their digests; `None` if they do not fit together, or there
    /// are no models.
    #[must_use]
    pub fn read_tiles(&self, tiles: &[(String, Vec<u8>)], in_a_row: bool) -> Option<ChartReading> {
        let models = self.models.as_ref()?;
        let most = self.settings.max_pixels / tiles.len().max(1) as u64;
        let read = catch_unwind(AssertUnwindSafe(|| {
            let decoded: Result<Vec<Picture>, _> =
                tiles.iter().map(|(_, bytes)| Picture::decode(bytes, most)).collect();
            let decoded = decoded.ok()?;
            // The page's own style may set them otherwise than its markup; their sizes tell.
            let joined = Picture::joined(&decoded, in_a_row).or_else(|_| Picture::joined(&decoded, !in_a_row)).ok()?;
            Some(chart::read_decoded(&joined, models))
        }));
        // Where the reader fails over the whole, the first picture by itself is what is left.
        let (chart, refusal) = match read.unwrap_or(None)? {
            Ok(reading) => (Some(reading.chart), reading.refusal.map(|why| why.to_string())),
            Err(why) => (None, Some(why.to_string())),
        };
        let tiles = tiles.iter().map(|(digest, _)| digest.clone()).collect();
        Some(ChartReading { reader: self.name.clone(), chart, refusal, several: false, tiles })
    }

    fn picture(&self, bytes: &[u8]) -> Option<Named> {
        match chart::read_picture(bytes, self.models.as_ref()?, &self.settings) {
            Err(Unreadable::NotAPicture) => None,
            read => Some((self.name.clone(), Ok(read))),
        }
    }

    /// The chart among the pages of a PDF.
    fn pages(&self, bytes: &[u8]) -> Option<Named> {
        let pages = match sheets::of_pdf(bytes) {
            Ok(pages) => pages,
            Err(why) => return Some((drawings(), Err(why))),
        };
        let has_scans = pages.iter().any(|page| matches!(page, Sheet::Scan(..)));
        if has_scans && self.models.is_none() {
            return None;
        }
        let name = if has_scans { self.name.clone() } else { drawings() };
        let read = pages.into_iter().map(|page| self.page(page)).collect();
        Some((name, Ok(chart::of_pages(read))))
    }

    fn page(&self, page: Sheet) -> Result<Reading, Unreadable> {
        let (scan, turns) = match page {
            Sheet::Prose => return Err(Unreadable::NoWords),
            Sheet::Drawing(svg) => {
                let chart = chart::read_svg(&svg).ok_or(Unreadable::NoWords)?;
                return Ok(Reading { chart, refusal: None });
            }
            Sheet::Scan(scan, turns) => (scan, turns),
        };
        let most = self.settings.max_pixels;
        let picture = match scan {
            Scan::Encoded(bytes) => Picture::decode(&bytes, most)?,
            Scan::Pixels { width, height, .. } if u64::from(width) * u64::from(height) > most => {
                return Err(Unreadable::TooLarge { width, height });
            }
            Scan::Pixels { width, height, rows } => Picture::from_pixels(width, height, rows),
        };
        chart::read_decoded(&picture.turned(turns), self.models.as_ref().ok_or(Unreadable::NoModels)?)
    }

    /// What is made of a file that counts as a picture and turns out to be none.
    #[must_use]
    pub fn no_picture(&self) -> ChartReading {
        let refusal = Some(Unreadable::NotAPicture.to_string());
        ChartReading { reader: self.name.clone(), refusal, ..ChartReading::default() }
    }
}

/// What was read, with the name of what read it; a text says why the file was not read at all.
type Named = (String, Result<Result<Reading, Unreadable>, String>);

/// What a PDF begins with.
const PDF: &[u8] = b"%PDF-";

/// The name under which drawings are read: they need no models, and say the same with any.
fn drawings() -> String {
    format!("chart/{READER} drawings")
}
