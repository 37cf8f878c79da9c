//! One browser: started, spoken to, ended with everything it started.
//!
//! Comes in: where it is and its limits. Goes out: a way to speak to it. Must never know: pages.

use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::unix::pipe;
use tokio::sync::mpsc;

use super::cdp::{Cdp, Event};
use super::process::{self, Group};
use super::proxy::Proxy;
use super::settings::Settings;

/// The browser listens on descriptor 3 and speaks on 4 (`--remote-debugging-pipe`). The shell puts there what it was
/// given as standard input and output, and becomes the browser: the process that was started, with the same number.
const BECOME_BROWSER: &str = r#"exec 3<&0 4>&1; exec "$0" "$@" </dev/null >/dev/null"#;

/// A browser that has not said its name by then does not work here.
const START: Duration = Duration::from_secs(30);

/// What every browser is started with, besides what depends on the machine. The headless shell dials nothing by
/// itself; the switches say so once more.
const SWITCHES: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-notifications",
    "--disable-sync",
    "--disable-http-cache",
    "--disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider,AutofillServerCommunication,WebSQL",
    "--deny-permission-prompts",
    "--dns-prefetch-disable",
    "--block-new-web-contents",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=zh-CN",
    // Names mean nothing to it, and what it would dial goes to a proxy that refuses: loopback addresses too.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--proxy-bypass-list=<-loopback>",
];

/// Why there is no browser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserError {
    /// None of the files is there.
    #[error("no browser at {}", .0.join(", "))]
    NotThere(Vec<String>),
    /// It could not be started, or did not answer.
    #[error("{path} could not be started: {why}")]
    NotStarted {
        /// The file.
        path: String,
        /// What happened.
        why: String,
    },
}

/// A running browser. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) cdp: Cdp,
    pub(super) events: mpsc::Receiver<Event>,
    group: Group,
    profile: PathBuf,
    proxy: Proxy,
    started: Instant,
    pages: u32,
}

impl Browser {
    /// Starts a browser and waits until it answers.
    pub(super) async fn start(settings: &Settings) -> Result<Self, BrowserError> {
        let path = executable(settings)?;
        let failed = |why: String| BrowserError::NotStarted { path: path.display().to_string(), why };
        let proxy = Proxy::open().await.map_err(|error| failed(error.to_string()))?;
        let profile = new_profile().map_err(|error| failed(format!("no folder for its profile: {error}")))?;
        let started = spawn(path, &profile, &proxy, settings).map_err(|error| failed(error.to_string()));
        let (cdp, events, group) = match started {
            Ok(started) => started,
            Err(error) => {
                remove(&profile);
                return Err(error);
            }
        };
        let browser = Self { cdp, events, group, profile, proxy, started: Instant::now(), pages: 0 };
        match tokio::time::timeout(START, browser.introduce()).await {
            Ok(Ok(())) => Ok(browser),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed(format!("no answer within {} s", START.as_secs()))),
        }
    }

    /// Tells the browser to hold every page, frame and worker before it runs.
    async fn introduce(&self) -> Result<(), super::cdp::CallError> {
        self.cdp.call("", "Browser.getVersion", json!({})).await?;
        let hold = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
        self.cdp.call("", "Target.setAutoAttach", hold).await?;
        Ok(())
    }

    /// Counts a page, and answers whether the browser has served long enough.
    pub(super) fn is_worn(&mut self, settings: &Settings) -> bool {
        self.pages += 1;
        self.pages >= settings.pages_per_browser || self.started.elapsed() >= settings.browser_age
    }

    /// Connections it tried by itself and that were refused, since its start.
    pub(super) fn refused(&self) -> u32 {
        self.proxy.refused()
    }

    /// Its processes.
    pub(super) fn group(&self) -> Group {
        self.group
    }

    /// Ends it, and waits until nothing of it is left.
    pub(super) async fn end(self) {
        // Dropping does the work; it blocks, so it is done where blocking is allowed.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.group.end();
        remove(&self.profile);
    }
}

/// The first of the configured files that is there.
pub(super) fn executable(settings: &Settings) -> Result<&Path, BrowserError> {
    let paths = &settings.executables;
    let listed = || paths.iter().map(|path| path.display().to_string()).collect();
    paths.iter().map(PathBuf::as_path).find(|path| path.is_file()).ok_or_else(|| BrowserError::NotThere(listed()))
}

type Started = (Cdp, mpsc::Receiver<Event>, Group);

fn spawn(path: &Path, profile: &Path, proxy: &Proxy, settings: &Settings) -> std::io::Result<Started> {
    process::adopt_orphans();
    let (to_browser, browser_reads) = pipe::pipe()?;
    let (browser_writes, from_browser) = pipe::pipe()?;
    let (browser_reads, browser_writes): (OwnedFd, OwnedFd) =
        (browser_reads.into_blocking_fd()?, browser_writes.into_blocking_fd()?);
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", BECOME_BROWSER])
        .arg(path)
        .args(SWITCHES)
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--proxy-server=http://{}", proxy.address()))
        .arg(format!("--js-flags=--max-old-space-size={}", settings.max_memory / (2 * 1024 * 1024)))
        .stdin(browser_reads)
        .stdout(browser_writes)
        .stderr(Stdio::null())
        // A group of its own, so that it can be ended with all that it starts, and Ctrl-C reaches only us.
        .process_group(0);
    if process::is_root() {
        command.arg("--no-sandbox");
    }
    let child = command.spawn()?;
    // Our copies of the browser's ends: as long as they are open, its end would not show.
    drop(command);
    let group = Group::of(child.id()).ok_or_else(|| std::io::Error::other("no process number"))?;
    let (cdp, events) = Cdp::start(to_browser, from_browser);
    Ok((cdp, events, group))
}

/// A new, empty folder that only we may look into.
fn new_profile() -> std::io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let path = std::env::temp_dir().join(format!("portal-probe-browser-{}", uuid::Uuid::now_v7()));
    std::fs::DirBuilder::new().mode(0o700).create(&path)?;
    Ok(path)
}

fn remove(profile: &Path) {
    // What cannot be removed lies in the folder for temporary files.
    let _ = std::fs::remove_dir_all(profile);
}
