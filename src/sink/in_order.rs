//! The evidence of a run in the order in which it was written, whichever file a record went to: the chain keeps it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

use super::{SinkError, audit, evidence};
use crate::warc::{Placed, Reader};

/// Gives every record with the name of its file until `take` has enough. Records that the chain does not know, as a crash
/// may leave them, come last, file by file; files that are not there are passed over.
pub(super) fn in_order(
    run_folder: &Path,
    mut take: impl FnMut(&str, &Placed) -> ControlFlow<()>,
) -> Result<(), SinkError> {
    let mut open: BTreeMap<String, Reader<BufReader<File>>> = BTreeMap::new();
    for path in evidence::files(&run_folder.join(evidence::FOLDER))? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        open.insert(name, evidence::reader(&path)?);
    }
    let mut give = |name: &str, reader: &mut Reader<BufReader<File>>| match reader.next() {
        None => Ok(None),
        Some(Ok(placed)) => Ok(Some(take(name, &placed))),
        Some(Err(damage)) => {
            let path = run_folder.join(evidence::FOLDER).join(name);
            Err(SinkError::Damaged { path, damage })
        }
    };
    // A chain whose first line is torn knows of no record.
    let lines = audit::read_chain(run_folder).ok().flatten().map(|chain| chain.lines).unwrap_or_default();
    for line in lines {
        let Some(reader) = open.get_mut(&line.file) else { continue };
        if give(&line.file, reader)?.is_some_and(|flow| flow.is_break()) {
            return Ok(());
        }
    }
    for (name, reader) in &mut open {
        while let Some(flow) = give(name, reader)? {
            if flow.is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}
