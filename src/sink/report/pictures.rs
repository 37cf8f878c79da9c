//! Pictures of pages, where a browser can open them beside the report; the evidence has them too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::model::{Digest, RecordId, Rendering};

use super::SinkError;

/// Where pictures lie, within the report's folder.
const FOLDER: &str = "screenshots";

/// Pictures by the record of the page that they show.
#[derive(Debug, Default)]
pub(in crate::sink) struct Pictures {
    by_page: BTreeMap<RecordId, String>,
    /// The page that a rendered document was made from.
    page_of: BTreeMap<RecordId, RecordId>,
}

impl Pictures {
    /// Keeps the picture of a rendering, if it has one.
    pub(super) fn keep(&mut self, report: &Path, rendering: &Rendering) -> Result<(), SinkError> {
        let Ok(page) = &rendering.outcome else { return Ok(()) };
        if !page.html.is_empty() {
            self.page_of.insert(rendering.document.clone(), rendering.of.clone());
        }
        let Some(picture) = &page.screenshot else { return Ok(()) };
        let folder = report.join(FOLDER);
        fs::create_dir_all(&folder).map_err(SinkError::file("make the folder", &folder))?;
        let place = format!("{FOLDER}/{}.png", Digest::of(picture).short(32));
        let path = report.join(&place);
        fs::write(&path, picture).map_err(SinkError::file("write", &path))?;
        self.by_page.insert(rendering.of.clone(), place);
        Ok(())
    }

    /// The picture of the page that a finding cites: the page's answer, or the document rendered from it.
    pub(super) fn of(&self, record: &RecordId) -> Option<&str> {
        let page = self.page_of.get(record).unwrap_or(record);
        self.by_page.get(page).map(String::as_str)
    }
}
