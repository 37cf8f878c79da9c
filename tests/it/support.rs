//! Nights for tests: simulated cities on a free port, a folder of their own, the demo's settings.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use portal_probe::catalogue::{self, Catalogue};
use portal_probe::config::{self, Config};
use portal_probe::demo::{Arrival, Simulation, World};
use portal_probe::engine::clock::Clock;
use portal_probe::engine::judge::RunContext;
use portal_probe::engine::night::{self, Night, NightReport, Scope};
use portal_probe::engine::single;
use portal_probe::extract::dialect;
use portal_probe::model::{ChannelKind, Observation, Target};
use url::Url;

/// The day the simulated cities live on.
pub(crate) const DAY: &str = "2020-04-10T20:00:00+08:00";

/// Smallest gap in test nights: long enough to be told from scheduling noise, short enough for a test.
pub(crate) const INTERVAL: std::time::Duration = std::time::Duration::from_millis(8);

/// A folder of its own for each test; removed when the test passed, kept for a look when it did not.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("portal-probe-test-{}-{number}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// The demo's settings with the tests' interval; `sets` win.
pub(crate) fn config(sets: &[&str]) -> Config {
    let presets = [
        "guard.allow=[\"127.32.0.0/11\"]".to_owned(),
        format!("politeness.min_interval={}ms", INTERVAL.as_millis()),
        "politeness.latency_factor=0".to_owned(),
        "politeness.backoff_base=50ms".to_owned(),
        "politeness.robots_retry=100ms".to_owned(),
        "visit.entry_spacing=50ms".to_owned(),
        // Rendering has its own tests; where a test here wants it, it says so.
        "render.enabled=false".to_owned(),
        // So does the reading of pictures, which takes seconds a picture.
        "chart.enabled=false".to_owned(),
    ];
    let sets: Vec<String> = presets.into_iter().chain(sets.iter().map(ToString::to_string)).collect();
    config::parse(None, &sets).expect("a valid configuration")
}

pub(crate) fn context(run: &str, targets: Vec<Target>, catalogue: Catalogue, config: &Config) -> RunContext {
    RunContext {
        run: run.to_owned(),
        version: "test".to_owned(),
        targets,
        scenarios: catalogue.scenarios,
        calendar: catalogue.calendar,
        check: config.check.clone(),
        read: config.read.clone(),
    }
}

/// What a single page is judged by, with the defaults.
pub(crate) fn single_page(page: &Url) -> RunContext {
    static DEFAULTS: LazyLock<RunContext> = LazyLock::new(|| {
        let config = config::parse(None, &[]).expect("the defaults are valid");
        context("single", Vec::new(), catalogue::builtin(), &config)
    });
    RunContext { targets: vec![single::nobody(&[(ChannelKind::Portal, page.clone())])], ..DEFAULTS.clone() }
}

/// What a test night gave.
pub(crate) struct Seen {
    /// Held so that the night's files live as long as the test looks at them.
    _folder: Folder,
    pub(crate) report: NightReport,
    pub(crate) observations: Vec<Observation>,
    pub(crate) arrivals: Vec<Arrival>,
}

/// One night over these cities (all if none are named) of a simulated world.
pub(crate) async fn night(name: &str, world: World, cities: &[&str], sets: &[&str]) -> Seen {
    let folder = Folder::new(name);
    let simulation = Simulation::start(world, 0).await.expect("free loopback addresses");
    let report = visit(&folder, &simulation, "test-run", cities, sets).await;
    let observations = portal_probe::sink::observations::read(&report.folder).expect("readable observations");
    let arrivals = simulation.log();
    simulation.stop().await;
    Seen { _folder: folder, report, observations, arrivals }
}

/// One night against a running simulation.
pub(crate) async fn visit(
    folder: &Folder,
    simulation: &Simulation,
    run: &str,
    cities: &[&str],
    sets: &[&str],
) -> NightReport {
    let config = config(sets);
    let catalogue =
        catalogue::from_texts(&simulation.catalogue(), &dialect::ids()).expect("a valid simulated catalogue");
    let targets: Vec<Target> = catalogue
        .targets
        .iter()
        .filter(|target| cities.is_empty() || cities.contains(&target.city.code.as_str()))
        .cloned()
        .collect();
    let clock = Clock::starting_at(DAY.parse().expect("a valid time"));
    let context = context(run, targets, catalogue, &config);
    let night = Night { config, context, clock, out: folder.0.clone(), progress: false, scope: Scope::Night };
    night::run(night, std::future::pending()).await.expect("a whole night")
}
