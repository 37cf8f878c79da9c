//! Flowchart pictures (流程图) with what was read of them, and copies of the pictures beside the report.
//!
//! Only bytes of the raster forms that the reader takes are copied, under a name and an ending of ours: a browser that
//! opens such a file shows a picture and nothing else. A drawing in SVG is never copied, because opened by itself it is a
//! document that may run scripts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::model::charted::ChartedPicture;
use crate::model::request::KeptPayload;
use crate::model::{Digest, Observation, RecordId};
use crate::warc::Restorer;

use super::SinkError;
use super::chart_choice::CHART_PROPERTIES;

/// Where pictures lie, within the folder of the pages that show them.
const PICTURES: &str = "pictures";

/// A picture with what was read of it.
#[derive(Debug)]
pub(super) struct ReadPicture {
    pub(super) charted: ChartedPicture,
    /// Where its bytes stand.
    place: Option<KeptPayload>,
}

/// Pictures by the record of the answer that brought them.
#[derive(Debug, Default)]
pub(in crate::sink) struct Charts {
    by_record: BTreeMap<RecordId, ReadPicture>,
}

impl Charts {
    /// A picture was read.
    pub(super) fn keep(&mut self, charted: &ChartedPicture, place: Option<KeptPayload>) {
        self.by_record.insert(charted.of.clone(), ReadPicture { charted: charted.clone(), place });
    }

    /// The picture that a record holds.
    pub(super) fn of(&self, record: &RecordId) -> Option<&ReadPicture> {
        self.by_record.get(record)
    }

    /// The pictures that these observations are about, from the evidence of a run.
    pub(super) fn of_run<'a>(
        run_folder: &Path,
        run: &str,
        observations: impl Iterator<Item = &'a Observation>,
    ) -> Result<Self, SinkError> {
        let about = observations.filter(|seen| CHART_PROPERTIES.contains(&seen.property.as_str()));
        let cited: BTreeSet<&RecordId> = about.flat_map(|seen| &seen.evidence).map(|cite| &cite.record).collect();
        let lines = super::super::evidence::read_index(run_folder)?;
        let places = lines.iter().filter_map(|line| Some((RecordId(line.fields.record.clone()), line.place(run)?)));
        let mut places: BTreeMap<RecordId, KeptPayload> = places.filter(|(record, _)| cited.contains(record)).collect();
        let mut charts = Self::default();
        let mut restorer = Restorer::default();
        super::super::evidence::each_record(run_folder, |record| {
            restorer.accept(record);
            restorer.take_captures();
            restorer.take_renderings();
            for charted in restorer.take_charted().iter().filter(|charted| cited.contains(&charted.of)) {
                charts.keep(charted, places.remove(&charted.of));
            }
        })?;
        Ok(charts)
    }
}

impl ReadPicture {
    /// Puts a copy of the picture beside the pages in `folder` and gives its place there; `None` if the bytes cannot be
    /// had any more or are none of the forms that are shown.
    pub(super) fn copy(&self, out: &Path, folder: &Path) -> Result<Option<String>, SinkError> {
        // What the reader could not decode, a browser shall not try.
        let reading = &self.charted.reading;
        // Of a chart that is cut into several pictures no single one is what the boxes lie on.
        let is_shown = reading.chart.is_some() && reading.tiles.is_empty();
        let Some(place) = self.place.as_ref().filter(|_| is_shown) else { return Ok(None) };
        // An earlier night's evidence may have been removed since; the report then has one picture less.
        let Ok(response) = super::super::evidence::kept_answer(out, place) else { return Ok(None) };
        let Some(ending) = ending(&response.body) else { return Ok(None) };
        let name = format!("{PICTURES}/{}.{ending}", Digest::of(&response.body).short(32));
        let path: PathBuf = folder.join(&name);
        if !path.exists() {
            let parent = folder.join(PICTURES);
            fs::create_dir_all(&parent).map_err(SinkError::file("make the folder", &parent))?;
            fs::write(&path, &response.body).map_err(SinkError::file("write", &path))?;
        }
        Ok(Some(name))
    }
}

/// The ending for a raster picture, by its first bytes; `None` for everything else.
fn ending(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        [b'B', b'M', ..] => Some("bmp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_raster_pictures_get_an_ending() {
        assert_eq!(ending(b"\x89PNG\r\n\x1a\n...."), Some("png"));
        assert_eq!(ending(b"\xff\xd8\xff\xe0"), Some("jpg"));
        assert_eq!(ending(b"GIF89a"), Some("gif"));
        assert_eq!(ending(b"RIFF\x01\x02\x03\x04WEBPVP8 "), Some("webp"));
        assert_eq!(ending(b"BM\x01"), Some("bmp"));
        for other in
            [&b"<svg xmlns='http://www.w3.org/2000/svg'><script>"[..], b"<html>", b"%PDF-1.4", b"RIFF\x01", b""]
        {
            assert_eq!(ending(other), None);
        }
    }
}
