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
use std::sync::Arc;

use jiff::Timestamp;

use crate::crash::{self, Point};
use crate::model::request::KeptPayload;
use crate::model::{Capture, Digest, Purpose, Response};
use crate::observe::{TOOL, TOOL_VERSION};
use crate::seal::ChainEnd;
use crate::warc::{
    self, IndexLine, Night, Place, Reader, Restorer, Sender, WarcRecord, context_record, conversion_record,
    coverage_record, records_of, rendering_records, valid_prefix, warcinfo,
};

use super::chain_file::ChainFile;
use super::part_file::{PartFile, sync_folder_of};
use super::{OutputSettings, Record, RunFolder, Sink, SinkError, chain_file, in_order, run_folder};

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
    /// `None` while a run that is resumed is read.
    chain: Option<ChainFile>,
    /// Where the last exchange's answer stands.
    last: Option<KeptPayload>,
    /// Bytes written by this process.
    written: u64,
}

/// Files of one kind, one after the other.
#[derive(Debug)]
struct Series {
    word: &'static str,
    current: Option<Current>,
    /// Number of the next file.
    next: usize,
    /// Whether something was written that was not brought to the disk.
    unsynced: bool,
}

#[derive(Debug)]
struct Current {
    file: Arc<File>,
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
        let mut sink = Self::waiting(folder, settings)?;
        sink.lines = lines;
        sink.chain = Some(ChainFile::open(folder)?);
        (sink.shared.next, sink.apart.next) = (left.len() - apart + 1, apart + 1);
        sink.begin_file(Keep::Shared)?;
        Ok(sink)
    }

    /// Opens the index for a run that is resumed, and writes nothing before [`EvidenceSink::go_on`].
    ///
    /// # Errors
    /// When the index cannot be opened.
    pub fn waiting(folder: &RunFolder, settings: &OutputSettings) -> Result<Self, SinkError> {
        let path = folder.file(FOLDER);
        let series = |word| Series { word, current: None, next: 1, unsynced: false };
        Ok(Self {
            index: PartFile::create(path.join(INDEX))?,
            chain: None,
            folder: path,
            run: folder.run().to_owned(),
            sender: settings.sender.clone(),
            limit: settings.evidence_file_bytes.max(1),
            started: settings.started,
            shared: series(""),
            apart: series(APART),
            lines: Vec::new(),
            last: None,
            written: 0,
        })
    }

    /// Takes in an exchange that stands in the evidence already; gives the place of its answer.
    pub fn restored(&mut self, capture: &Capture, answer: Option<&Place>) -> Option<KeptPayload> {
        let place = answer?;
        self.lines.extend(IndexLine::of(capture, place));
        kept(&self.run, capture, place)
    }

    /// Cuts off what stands behind the first `records` of the chain, and begins a new file.
    ///
    /// # Errors
    /// When a file cannot be cut or opened.
    pub fn go_on(&mut self, folder: &RunFolder, records: u64) -> Result<(), SinkError> {
        let ends = chain_file::ends(folder.path(), records)?;
        for path in files(&self.folder)? {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let end = ends.get(&name).copied().unwrap_or_default();
            cut(&path, end, !is_apart(&self.run, &path))?;
            if end == 0 {
                fs::remove_file(&path).map_err(SinkError::file("remove", &path))?;
            }
        }
        let left = files(&self.folder)?;
        let apart = left.iter().filter(|path| is_apart(&self.run, path)).count();
        (self.shared.next, self.apart.next) = (left.len() - apart + 1, apart + 1);
        self.chain = Some(ChainFile::open(folder)?);
        self.begin_file(Keep::Shared)
    }

    /// How many records the evidence holds.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.chain.as_ref().map_or(0, ChainFile::records)
    }

    /// Bytes written since this was opened.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The files that hold what was not brought to the disk yet: the evidence first, then its chain.
    ///
    /// # Errors
    /// When a file cannot be opened a second time.
    pub fn unsynced(&mut self) -> Result<Vec<(PathBuf, Arc<File>)>, SinkError> {
        let folder = &self.folder;
        let series = [&mut self.shared, &mut self.apart].into_iter().filter_map(|series| {
            let current = series.current.as_ref().filter(|_| std::mem::take(&mut series.unsynced))?;
            Some((folder.join(&current.name), Arc::clone(&current.file)))
        });
        let mut files: Vec<(PathBuf, Arc<File>)> = series.collect();
        if let Some(chain) = self.chain.as_ref().filter(|_| !files.is_empty()) {
            files.push(chain.handle()?);
        }
        Ok(files)
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
        match &self.chain {
            Some(chain) => chain.finish(),
            None => {
                Err(SinkError::Content { path: self.folder.clone(), what: "it was not opened for writing".to_owned() })
            }
        }
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
        let file = Arc::new(File::create_new(&path).map_err(SinkError::file("open", &path))?);
        // The name itself must reach the disk, too.
        sync_folder_of(&path)?;
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
            crash::reached(Point::FileRotated);
        }
        let Self { folder, chain, shared, apart, written, .. } = self;
        let series = if keep == Keep::Apart { apart } else { shared };
        series.unsynced = true;
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
        if crash::is_due(Point::EvidenceTorn) {
            let _ = (&*current.file).write_all(&set[..set.len() / 2]);
            crash::die();
        }
        (&*current.file).write_all(&set).map_err(SinkError::file("write", &path))?;
        crash::reached(Point::BeforeChain);
        if let Some(chain) = chain {
            chain.append((&current.name, current.offset), records, &members)?;
        }
        current.offset += set.len() as u64;
        *written += set.len() as u64;
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

/// Cuts a file off. With `keep` the bytes are kept beside it: they are evidence of requests that were made, and are asked
/// again. What may hold personal data as it came is not: it could not be removed with the rest.
fn cut(path: &Path, at: u64, keep: bool) -> Result<(), SinkError> {
    let cut = || {
        let mut file = File::options().read(true).write(true).open(path)?;
        if file.metadata()?.len() <= at {
            return Ok(());
        }
        if keep {
            file.seek(SeekFrom::Start(at))?;
            let mut kept = File::options().append(true).create(true).open(path.with_extension("gz.torn"))?;
            std::io::copy(&mut file, &mut kept)?;
            kept.sync_all()?;
        }
        file.set_len(at)?;
        file.sync_all()
    };
    cut().map_err(SinkError::file("cut the end of", path))
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
