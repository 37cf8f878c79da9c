//! The process group of one browser: what it holds in memory, and its end.
//!
//! Comes in: the child that leads the group. Goes out: bytes held; after [`Group::end`] nothing of it is left, not even
//! a zombie. Must never know: what the processes do.

use std::path::Path;

use rustix::process::{Pid, Signal, WaitOptions};

/// A process group that a browser leads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    leader: Pid,
}

impl Group {
    /// The group led by this process; `None` if that cannot be a process.
    pub(super) fn of(leader: u32) -> Option<Self> {
        let leader = Pid::from_raw(i32::try_from(leader).ok()?)?;
        Some(Self { leader })
    }

    /// Kills every process of the group and takes in their remains. Blocks for as long as the kernel needs.
    pub(super) fn end(self) {
        // Fails only if nothing of it is left.
        let _ = rustix::process::kill_process_group(self.leader, Signal::KILL);
        loop {
            // Children of ours, and orphans of the group that came to us because we are their reaper.
            match rustix::process::waitpgid(self.leader, WaitOptions::empty()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                // None is left.
                Err(_) => return,
            }
        }
    }

    /// Bytes of memory that the group holds, what is shared counted by shares.
    pub(super) fn memory(self) -> u64 {
        members(self.leader.as_raw_nonzero().get()).map(proportional_size).sum()
    }
}

/// Orphans among our children's children come to us, so that they can be taken in; the first process of a container
/// often does not do so. Once is enough.
pub(super) fn adopt_orphans() {
    // Where the kernel does not know it, orphans go to the first process as ever.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Whether we are root, for whom the browser's sandbox does not work.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// What was started by this program, directly or not, and still is there, dead ones that nobody took in as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Family {
    /// How many processes.
    pub processes: usize,
    /// Bytes of memory that they hold, what is shared counted by shares.
    pub bytes: u64,
}

impl Family {
    /// As it is now.
    #[must_use]
    pub fn now() -> Self {
        let parents: Vec<(i32, i32)> = processes().filter_map(|process| Some((process, parent_of(process)?))).collect();
        let mut family = vec![rustix::process::getpid().as_raw_nonzero().get()];
        let mut at = 0;
        while let Some(parent) = family.get(at).copied() {
            family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(process, _)| *process));
            at += 1;
        }
        let below = &family[1..];
        Self { processes: below.len(), bytes: below.iter().map(|process| proportional_size(*process)).sum() }
    }
}

/// The processes of a group.
fn members(group: i32) -> impl Iterator<Item = i32> {
    processes().filter(move |process| stat(*process, GROUP) == Some(group))
}

fn processes() -> impl Iterator<Item = i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
}

fn parent_of(process: i32) -> Option<i32> {
    stat(process, PARENT)
}

/// Fields of `/proc/PID/stat` behind the name: the state comes first.
const PARENT: usize = 1;
const GROUP: usize = 2;

fn stat(process: i32, field: usize) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in parentheses may hold anything, parentheses too.
    let after = &stat[stat.rfind(')')? + 1..];
    after.split_whitespace().nth(field)?.parse().ok()
}

/// What a process holds: its proportional share, or what is resident where the kernel does not tell shares.
fn proportional_size(process: i32) -> u64 {
    let folder = format!("/proc/{process}");
    field(&Path::new(&folder).join("smaps_rollup"), "Pss:")
        .or_else(|| field(&Path::new(&folder).join("status"), "VmRSS:"))
        .unwrap_or(0)
}

/// A line such as `Pss:  1234 kB`, in bytes.
fn field(path: &Path, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
