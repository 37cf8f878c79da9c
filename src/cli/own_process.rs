//! What this process used, from the kernel's own account.
//!
//! Comes in: nothing. Goes out: memory and processor time, 0 where the kernel keeps no account. Must never know: what
//! they were used for.

/// Ticks a second in which Linux tells processes their processor time, on every architecture we know.
const TICKS: f64 = 100.0;

/// Most memory that was resident at once, in MiB.
pub(super) fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    let kib: f64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0.0);
    kib / 1024.0
}

/// Seconds that processors worked for this process.
pub(super) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name in brackets may hold blanks; user and system time are the 12th and 13th word after it.
    let (_, after) = stat.rsplit_once(')').unwrap_or_default();
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_runs_has_memory_and_its_time_never_falls() {
        assert!(peak_mib() > 1.0);
        let before = cpu_seconds();
        assert!(cpu_seconds() >= before);
    }
}
