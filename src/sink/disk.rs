//! Room on the disk: how much there is, and whether a run may go on.
//!
//! A run that fills the disk loses more than itself. So it stops in order while there is still room for its last words.

use std::path::Path;

/// Bytes that this user can still write to the disk of `path`; `None` if the system does not say.
#[must_use]
pub fn free(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What a run has used, and what it still wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// Bytes of evidence written by this process.
    pub written: u64,
    /// Exchanges made by this process.
    pub exchanges: u64,
    /// Requests that wait now.
    pub waiting: u64,
}

/// Whether there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// For everything that waits now.
    Enough,
    /// By the bytes of an exchange so far, what waits needs about so many bytes, and there are fewer.
    Short {
        /// Bytes that are projected.
        wanted: u64,
    },
    /// Only for the last words.
    Full,
}

/// Judges the room: `reserve` is what must stay free.
#[must_use]
pub fn room(free: u64, reserve: u64, used: Use) -> Room {
    let Some(left) = free.checked_sub(reserve).filter(|left| *left > 0) else { return Room::Full };
    let each = used.written / used.exchanges.max(1);
    let wanted = each.saturating_mul(used.waiting);
    if wanted > left { Room::Short { wanted } } else { Room::Enough }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_warned_by_what_waits_and_stopped_by_the_reserve() {
        let used = |waiting| Use { written: 10_000, exchanges: 10, waiting };
        assert_eq!(room(100_000, 50_000, used(50)), Room::Enough);
        assert_eq!(room(100_000, 50_000, used(51)), Room::Short { wanted: 51_000 });
        assert_eq!(room(50_000, 50_000, used(0)), Room::Full);
        assert_eq!(room(0, 50_000, used(0)), Room::Full);
        assert_eq!(room(u64::MAX, 0, Use { written: 0, exchanges: 0, waiting: u64::MAX }), Room::Enough);
    }

    #[test]
    fn the_disk_of_a_folder_has_room_and_one_that_is_not_there_has_none_to_tell() {
        assert!(free(&std::env::temp_dir()).is_some_and(|free| free > 0));
        assert_eq!(free(Path::new("/nowhere/at/all")), None);
    }
}
