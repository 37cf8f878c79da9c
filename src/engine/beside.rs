//! Files that lie beside a guide that was saved as a file: for now the files of its flowchart (流程图).
//!
//! Comes in: pages given by hand. Goes out: the files that their charts name, read as in a night. Only what lies in the
//! page's own folder or below it is opened: a page from elsewhere must not choose files of this machine.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use url::Url;

use super::chart_reader::ChartReader;
use super::judge::RunContext;
use super::single::{self, Given, Page};
use crate::model::charted::ChartReading;
use crate::model::{Digest, Purpose, Tiles};

/// A file larger than this is no chart that anybody reads.
const MOST_BYTES: u64 = 32 << 20;

/// The charts that lie beside these pages, each with what was read of it. `open` is asked for a reader only if there is
/// something to read; without one the charts are there and unreadable.
#[must_use]
pub fn charts(context: &RunContext, pages: &[Given], open: impl FnOnce() -> Option<ChartReader>) -> Vec<Given> {
    let (readings, _) = single::judge_given(context, pages, Timestamp::UNIX_EPOCH);
    let mut found: Vec<Given> = Vec::new();
    let mut cut: Vec<(Url, Tiles)> = Vec::new();
    for (page, extraction) in pages.iter().zip(readings) {
        let Some(guide) = extraction.and_then(|read| read.guide) else { continue };
        let Some(chart) = guide.flowchart.value() else { continue };
        let Some(first) = chart.url.clone() else { continue };
        let tiles = chart.tiles.iter().flat_map(|tiles| &tiles.urls).filter(|tile| **tile != first);
        for url in std::iter::once(&first).chain(tiles) {
            let is_known = pages.iter().chain(&found).any(|given| given.url == *url && given.channel == page.channel);
            let Some(body) = beside(&page.url, url).filter(|_| !is_known) else { continue };
            let file = Given::page(&Page { channel: page.channel, url: url.clone(), body });
            found.push(Given { purpose: Purpose::Attachment, ..file });
        }
        cut.extend(chart.tiles.clone().map(|tiles| (first, tiles)));
    }
    let reader = if found.is_empty() { None } else { open() };
    let together: Vec<Option<ChartReading>> =
        found.iter().map(|file| read_tiles(reader.as_ref()?, &file.url, &cut, &found)).collect();
    for (chart, together) in found.iter_mut().zip(together) {
        chart.chart = together.or_else(|| reader.as_ref()?.read(&chart.body));
    }
    found
}

/// What was read of the pictures of which this one is the first.
fn read_tiles(reader: &ChartReader, first: &Url, cut: &[(Url, Tiles)], found: &[Given]) -> Option<ChartReading> {
    let (_, tiles) = cut.iter().find(|(of, _)| of == first)?;
    let file = |url: &Url| found.iter().find(|file| file.url == *url);
    let bytes = |url: &Url| file(url).map(|file| (Digest::of(&file.body).to_string(), file.body.clone()));
    reader.read_tiles(&tiles.urls.iter().map(bytes).collect::<Option<Vec<_>>>()?, tiles.in_a_row)
}

/// The bytes of a file in the folder of a page, or below it.
fn beside(page: &Url, file: &Url) -> Option<Vec<u8>> {
    let whole = |url: &Url| -> Option<PathBuf> { url.to_file_path().ok()?.canonicalize().ok() };
    let (page, path) = (whole(page)?, whole(file)?);
    let is_beside = page.parent().is_some_and(|folder: &Path| path.starts_with(folder));
    let facts = fs::metadata(&path).ok().filter(|facts| is_beside && facts.is_file() && facts.len() <= MOST_BYTES)?;
    let bytes = fs::read(&path).ok()?;
    (bytes.len() as u64 == facts.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_in_the_folder_of_the_page_or_below_it_are_opened() {
        let folder = std::env::temp_dir().join(format!("portal-probe-beside-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("saved/guide_files")).expect("a folder");
        for name in ["saved/guide.html", "saved/chart.png", "saved/guide_files/chart.png", "secret.png"] {
            fs::write(folder.join(name), name).expect("a file");
        }
        std::os::unix::fs::symlink(folder.join("secret.png"), folder.join("saved/link.png")).expect("a link");
        let url = |name: &str| Url::from_file_path(folder.join(name)).expect("an absolute path");
        let page = url("saved/guide.html");
        assert_eq!(beside(&page, &url("saved/chart.png")).as_deref(), Some(&b"saved/chart.png"[..]));
        assert!(beside(&page, &url("saved/guide_files/chart.png")).is_some());
        assert_eq!(beside(&page, &url("secret.png")), None);
        assert_eq!(beside(&page, &url("saved/link.png")), None, "a link leads out of the folder");
        assert_eq!(beside(&page, &url("saved/guide_files")), None);
        assert_eq!(beside(&page, &Url::parse("http://127.0.0.1/chart.png").expect("an address")), None);
        fs::remove_dir_all(&folder).expect("a folder to remove");
    }
}
