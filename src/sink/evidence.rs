//! `evidence/*.warc.gz` and `evidence/index.cdxj`: what was asked and what came back.
//!
//! What may hold personal data as it came (filled samples, forms: everything that guides attach) is kept apart in files of
//! its own, which can be removed while the chain and the digests stay. [`in_order`] reads all of them in the order written.
//!
//! Each exchange is one write to the file, so a crash leaves at most one torn set of records at its end; it is cut off
//! when the folder is opened again.

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::model::request::KeptPayload;
use crate::model::{Capture, Digest, Purpose, Response};
use crate::observe::{TOOL, TOOL_VERSION};
use crate::seal::ChainEnd;
use crate::warc::{
    self, IndexLine, Night, Place, Reader, Restorer, Sender, WarcRecord, context_record, conversion_record,
    coverage_record, records_of, rendering_records, valid_prefix, warcinfo,
};

use super::chain_file::ChainFile;
use super::part_file::PartFile;
use super::{OutputSettings, Record, RunFolder, Sink, SinkError, in_order, run_folder};

/// Folder within the run folder.
pub const FOLDER: &str = "evidence";

/// The index within [`FOLDER`].
pub const INDEX: &str = "index.cdxj";

/// Ending of the names of evidence files.
pub(super) const ENDING: &str = ".warc.gz";

/// What the names of files that are kept apart have before their number.
const APART: &str = "apart-";

/// Writes evidence.
#[derive(Debug)]
pub struct EvidenceSink {
    folder: PathBuf,
    run: String,
    sender: Sender,
    limit: u64,
    started: Timestamp,
    /// The files that stay.
    shared: Series,
    /// The files that can be removed.
    apart: Series,
    lines: Vec<IndexLine>,
    index: PartFile,
    chain: ChainFile,
    /// Where the last exchange's answer stands.
    last: Option<KeptPayload>,
}

/// Files of one kind, one after the other.
#[derive(Debug)]
struct Series {
    word: &'static str,
    current: Option<Current>,
    /// Number of the next file.
    next: usize,
}

#[derive(Debug)]
struct Current {
    file: File,
    name: String,
    offset: u64,
}

impl EvidenceSink {
    /// Opens the first file and the index. What an interrupted run left is kept, but for a torn end.
    ///
    /// # Errors
    /// When a file cannot be opened, or what is there is damaged elsewhere than at its end.
    pub fn open(folder: &RunFolder, settings: &OutputSettings) -> Result<Self, SinkError> {
        let path = folder.file(FOLDER);
        let mut lines = Vec::new();
        let left = files(&path)?;
        for file in &left {
            cut_torn_tail(file)?;
            each_capture(file, |capture, place| lines.extend(IndexLine::of(&capture, &place)))?;
        }
        let run = folder.run();
        let apart = left.iter().filter(|path| is_apart(run, path)).count();
        let mut sink = Self {
            index: PartFile::create(path.join(INDEX))?,
            chain: ChainFile::open(folder)?,
            folder: path,
            run: folder.run().to_owned(),
            sender: settings.sender.clone(),
            limit: settings.evidence_file_bytes.max(1),
            started: settings.started,
            shared: Series { word: "", current: None, next: left.len() - apart + 1 },
            apart: Series { word: APART, current: None, next: apart + 1 },
            lines,
            last: None,
        };
        sink.begin_file(Keep::Shared)?;
        Ok(sink)
    }

    /// Where the answer of the last exchange stands; `None` if it gave none.
    pub fn last_answer(&mut self) -> Option<KeptPayload> {
        self.last.take()
    }

    /// Brings the chain through the records to the disk, and says what it came to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn chain_end(&self) -> Result<ChainEnd, SinkError> {
        self.chain.finish()
    }

    fn series(&mut self, keep: Keep) -> &mut Series {
        match keep {
            Keep::Shared => &mut self.shared,
            Keep::Apart => &mut self.apart,
        }
    }

    fn begin_file(&mut self, keep: Keep) -> Result<(), SinkError> {
        self.end_file(keep)?;
        let (folder, run) = (self.folder.clone(), self.run.clone());
        let series = self.series(keep);
        let name = format!("{TOOL}-{run}-{}{:05}{ENDING}", series.word, series.next);
        let path = folder.join(&name);
        let file = File::create_new(&path).map_err(SinkError::file("open", &path))?;
        series.next += 1;
        let head = warcinfo(&run, &format!("{TOOL}/{TOOL_VERSION}"), &name, self.started);
        self.series(keep).current = Some(Current { file, name, offset: 0 });
        self.write(&[head], keep).map(|_| ())
    }

    fn end_file(&mut self, keep: Keep) -> Result<(), SinkError> {
        let Some(current) = self.series(keep).current.take() else { return Ok(()) };
        current.file.sync_all().map_err(SinkError::file("write", &self.folder.join(current.name)))
    }

    /// Writes a set of records with one call and gives the place of the first one.
    fn write(&mut self, records: &[WarcRecord], keep: Keep) -> Result<Option<Place>, SinkError> {
        let limit = self.limit;
        if self.series(keep).current.as_ref().is_none_or(|current| current.offset >= limit) {
            self.begin_file(keep)?;
        }
        let Self { folder, chain, shared, apart, .. } = self;
        let series = if keep == Keep::Apart { apart } else { shared };
        let Some(current) = &mut series.current else { return Ok(None) };
        let members: Vec<Vec<u8>> = records.iter().map(WarcRecord::member).collect();
        let place = members.first().map(|first| Place {
            file: current.name.clone(),
            offset: current.offset,
            length: first.len() as u64,
            member: Digest::of(first),
        });
        let set = members.concat();
        let path = folder.join(&current.name);
        current.file.write_all(&set).map_err(SinkError::file("write", &path))?;
        chain.append((&current.name, current.offset), records, &members)?;
        current.offset += set.len() as u64;
        Ok(place)
    }
}

/// Whether a record stays, or is kept apart so that it can be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Shared,
    Apart,
}

impl Keep {
    /// Letters are masked before they are stored; what guides attach is stored as it came, and a filled sample may show a
    /// person's name, number or seal.
    fn of(capture: &Capture) -> Self {
        if capture.request.purpose == Purpose::Attachment { Self::Apart } else { Self::Shared }
    }
}

/// Whether this evidence file of a run is one that is kept apart.
#[must_use]
pub fn is_apart(run: &str, path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.strip_prefix(&format!("{TOOL}-{run}-{APART}")).is_some_and(|rest| rest.ends_with(ENDING))
}

/// Where an answer of this run stands; for "not changed", where the answer that still holds does.
fn kept(run: &str, capture: &Capture, place: &Place) -> Option<KeptPayload> {
    let response = capture.response()?;
    if response.status == 304 {
        return capture.revisit.clone();
    }
    Some(KeptPayload {
        run: run.to_owned(),
        file: place.file.clone(),
        offset: place.offset,
        record: capture.record.clone(),
        payload_digest: Digest::of(&response.body),
    })
}

impl Sink for EvidenceSink {
    fn accept(&mut self, record: &Record<'_>) -> Result<(), SinkError> {
        match *record {
            Record::Capture { capture, masked_from } => {
                let place = self.write(&records_of(capture, &self.sender, masked_from), Keep::of(capture))?;
                self.last = place.as_ref().and_then(|place| kept(&self.run, capture, place));
                self.lines.extend(place.and_then(|place| IndexLine::of(capture, &place)));
            }
            Record::Rendering { rendering, masked_from } => {
                self.write(&rendering_records(rendering, masked_from), Keep::Shared)?;
            }
            Record::Charted { charted, .. } => {
                self.write(&[conversion_record(charted)], Keep::Shared)?;
            }
            Record::Coverage { city, coverage, date } => {
                self.write(&[coverage_record(&self.run, city, coverage, date)], Keep::Shared)?;
            }
            Record::Context { context, date } => {
                self.write(&[context_record(&self.run, context, date)], Keep::Shared)?;
            }
            Record::Observation(_) | Record::Ledger(_) | Record::Summary(_) => {}
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SinkError> {
        self.end_file(Keep::Shared)?;
        self.end_file(Keep::Apart)?;
        self.lines.sort_unstable();
        for line in &self.lines {
            self.index.write(format!("{}\n", line.text()).as_bytes())?;
        }
        self.index.publish()
    }
}

/// Gives every record of a run's evidence, in the order in which it was written. Files that were removed under the
/// retention setting are passed over.
///
/// # Errors
/// When a file cannot be read or is damaged.
pub fn each_record(run_folder: &Path, mut take: impl FnMut(&WarcRecord)) -> Result<(), SinkError> {
    in_order::in_order(run_folder, |_, placed| {
        take(&placed.record);
        ControlFlow::Continue(())
    })
}

/// Everything that the evidence of a run says but the exchanges, which may be too many to hold at once.
///
/// # Errors
/// When a file cannot be read or is damaged.
pub fn read(run_folder: &Path) -> Result<Night, SinkError> {
    let mut restorer = Restorer::default();
    each_record(run_folder, |record| {
        restorer.accept(record);
        restorer.take_captures();
        restorer.take_renderings();
    })?;
    Ok(restorer.finish())
}

/// The index of a run.
///
/// # Errors
/// When it cannot be read or a line is not one of ours.
pub fn read_index(run_folder: &Path) -> Result<Vec<IndexLine>, SinkError> {
    let path = run_folder.join(FOLDER).join(INDEX);
    let text = fs::read_to_string(&path).map_err(SinkError::file("read", &path))?;
    let lines = text.lines().enumerate().map(|(index, line)| {
        IndexLine::parse(line).ok_or_else(|| SinkError::Content {
            path: path.clone(),
            what: format!("line {} is no index line", index + 1),
        })
    });
    lines.collect()
}

/// The file that an earlier night's answer stands in.
#[must_use]
pub fn path_of(out: &Path, kept: &KeptPayload) -> PathBuf {
    run_folder::path_of(out, &kept.run).join(FOLDER).join(&kept.file)
}

/// The answer of an earlier night that a `304` says is still true.
///
/// # Errors
/// When it cannot be read, or is not the answer that was kept.
pub fn kept_answer(out: &Path, kept: &KeptPayload) -> Result<Response, SinkError> {
    let path = path_of(out, kept);
    // The place was read from a file, and must not lead out of the folder.
    let plain = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
    if !plain(&kept.run) || !plain(&kept.file) {
        return Err(SinkError::Content { path, what: "the place is not a file of a run".to_owned() });
    }
    let mut file = File::open(&path).map_err(SinkError::file("read", &path))?;
    file.seek(SeekFrom::Start(kept.offset)).map_err(SinkError::file("read", &path))?;
    let other = |what: &str| SinkError::Content { path: path.clone(), what: what.to_owned() };
    let placed = Reader::new(BufReader::new(file)).next().ok_or_else(|| other("the kept answer is missing"))?;
    let record = placed.map_err(|damage| SinkError::Damaged { path: path.clone(), damage })?.record;
    let response = warc::answer(&record).ok_or_else(|| other("the kept record is no answer"))?;
    if record.id().as_ref() != Some(&kept.record) || Digest::of(&response.body) != kept.payload_digest {
        return Err(other("another answer stands where the kept one was"));
    }
    Ok(response)
}

/// The evidence files of a folder in their order.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, SinkError> {
    let entries = fs::read_dir(folder).map_err(SinkError::file("read the folder", folder))?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(SinkError::file("read the folder", folder))?;
    paths.retain(|path| path.to_string_lossy().ends_with(ENDING));
    paths.sort();
    Ok(paths)
}

pub(super) fn reader(path: &Path) -> Result<Reader<BufReader<File>>, SinkError> {
    let file = File::open(path).map_err(SinkError::file("read", path))?;
    Ok(Reader::new(BufReader::new(file)))
}

/// Cuts off what a crash left unfinished. The bytes are kept beside the file, in case they are more than that.
fn cut_torn_tail(path: &Path) -> Result<(), SinkError> {
    let mut file = File::options().read(true).write(true).open(path).map_err(SinkError::file("open", path))?;
    let valid = valid_prefix(BufReader::new(&file));
    let valid = valid.map_err(|damage| SinkError::Damaged { path: path.to_owned(), damage })?;
    let mut cut = || {
        if file.metadata()?.len() == valid {
            return Ok(());
        }
        file.seek(SeekFrom::Start(valid))?;
        let torn = path.with_extension("gz.torn");
        let mut kept = File::options().append(true).create(true).open(torn)?;
        std::io::copy(&mut file, &mut kept)?;
        kept.sync_all()?;
        file.set_len(valid)
    };
    cut().map_err(SinkError::file("cut the torn end of", path))
}

fn each_capture(path: &Path, mut then: impl FnMut(Capture, Place)) -> Result<(), SinkError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut restorer = Restorer::default();
    let mut answer = None;
    for placed in reader(path)? {
        let placed = placed.map_err(|damage| SinkError::Damaged { path: path.to_owned(), damage })?;
        restorer.accept(&placed.record);
        if warc::answer(&placed.record).is_some() {
            let member = digest_of(path, placed.offset, placed.length)?;
            answer = Some(Place { file: name.clone(), offset: placed.offset, length: placed.length, member });
        }
        for capture in restorer.take_captures() {
            if let Some(place) = answer.take() {
                then(capture, place);
            }
        }
    }
    Ok(())
}

fn digest_of(path: &Path, offset: u64, length: u64) -> Result<Digest, SinkError> {
    let mut bytes = Vec::new();
    let mut read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        file.take(length).read_to_end(&mut bytes)
    };
    read().map_err(SinkError::file("read", path))?;
    Ok(Digest::of(&bytes))
}
