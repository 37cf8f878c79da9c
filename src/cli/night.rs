//! `run`: one night over the catalogue.

use jiff::civil::Date;

use super::{Ended, Failure, RunArguments, note, print};
use crate::catalogue::{self, Catalogue};
use crate::config::Config;
use crate::engine::EngineError;
use crate::engine::clock::Clock;
use crate::engine::judge::RunContext;
use crate::engine::night::{self, Night, NightReport, Scope};
use crate::model::{Severity, Target};

pub(super) fn run(arguments: &RunArguments) -> Result<Ended, Failure> {
    let config = arguments.configuration.load(&[])?;
    let catalogue = catalogue::load(&arguments.targets, &crate::extract::dialect::ids())
        .map_err(|error| Failure::Configuration(error.into()))?;
    let targets = chosen(&catalogue.targets, &arguments.city)?;
    if !arguments.allow_unverified {
        refuse_unverified(&targets)?;
    }
    let clock = Clock::system();
    let mut context = context(targets, catalogue, &config, &clock);
    if let Some(name) = &arguments.name {
        context.run.clone_from(name);
    }
    let night = Night { config, context, clock, out: arguments.out.clone(), progress: true, scope: Scope::Night };
    let (kept, out) = (night.config.clone(), arguments.out.clone());
    let runtime = super::runtime()?;
    let report = if arguments.resume {
        runtime.block_on(night::resume(night, asked_to_stop()))
    } else {
        runtime.block_on(night::run(night, asked_to_stop()))
    };
    let report = report.map_err(failure)?;
    super::stamping::stamp(&kept, &report.folder);
    super::evidence::retain(&kept, &out);
    finish(&report, arguments.fail_on.map(Severity::from))
}

/// The cities asked for, or all.
pub(super) fn chosen(targets: &[Target], codes: &[String]) -> Result<Vec<Target>, Failure> {
    if let Some(unknown) =
        codes.iter().find(|code| !targets.iter().any(|target| target.city.code.as_str() == code.as_str()))
    {
        return Err(Failure::Configuration(anyhow::anyhow!(
            "no city `{unknown}` in the catalogue\nhint: `portal-probe targets list` names them"
        )));
    }
    Ok(targets.iter().filter(|target| codes.is_empty() || codes.contains(&target.city.code.0)).cloned().collect())
}

fn refuse_unverified(targets: &[Target]) -> Result<(), Failure> {
    let unverified: Vec<&str> =
        targets.iter().filter(|target| target.verified.is_none()).map(|target| target.city.code.as_str()).collect();
    if unverified.is_empty() {
        return Ok(());
    }
    Err(Failure::Configuration(anyhow::anyhow!(
        "nobody has opened the portals of {} of {} cities by hand: {}\nhint: look at each, then `portal-probe targets \
         verify CODE`; or `--allow-unverified`",
        unverified.len(),
        targets.len(),
        unverified.join(" ")
    )))
}

/// The context of a run that begins now.
pub(super) fn context(targets: Vec<Target>, catalogue: Catalogue, config: &Config, clock: &Clock) -> RunContext {
    RunContext {
        run: run_id(clock),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        targets,
        scenarios: catalogue.scenarios,
        calendar: catalogue.calendar,
        check: config.check.clone(),
        read: config.read.clone(),
    }
}

/// A run id that sorts by time and does not repeat: start in Asia/Shanghai, and four digits of a random number.
fn run_id(clock: &Clock) -> String {
    let start = clock.civil().to_zoned(crate::engine::reader::shanghai());
    let tail = uuid::Uuid::now_v7().simple().to_string();
    format!("{}-{}", start.strftime("%Y%m%dT%H%M%S"), &tail[tail.len() - 4..])
}

/// Runs a night until its end or Ctrl-C.
pub(super) fn visit(night: Night) -> Result<NightReport, Failure> {
    super::runtime()?.block_on(visit_until(night, ctrl_c())).map_err(failure)
}

/// Resolves when the operator presses Ctrl-C, or the system asks the program to end.
pub(super) async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return ctrl_c().await };
    tokio::select! {
        () = ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Resolves when the operator presses Ctrl-C.
pub(super) async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a signal handler the night simply runs to its end.
        std::future::pending::<()>().await;
    }
}

pub(super) async fn visit_until(night: Night, stop: impl Future<Output = ()>) -> Result<NightReport, EngineError> {
    night::run(night, stop).await
}

/// The exit code of an engine error.
pub(super) fn failure(error: EngineError) -> Failure {
    match () {
        () if error.is_held() => Failure::Held(error.into()),
        () if error.is_refusal() => Failure::Configuration(error.into()),
        () => Failure::Operation(error.into()),
    }
}

/// Prints the table and says where everything is.
pub(super) fn finish(report: &NightReport, fail_on: Option<Severity>) -> Result<Ended, Failure> {
    print(&super::view::table(&report.folder)?)?;
    note(&format!(
        "\n{} exchanges in {:.1} s\nrecords: {}\nreport:  {}",
        report.exchanges,
        report.duration.as_secs_f64(),
        report.folder.join("observations.jsonl").display(),
        report.folder.join("report/index.html").display()
    ));
    if report.interrupted {
        note("what was not asked for is missing from these figures; `run --resume` goes on with this run");
        return Ok(Ended::Interrupted);
    }
    let at_or_above =
        |least: Severity| report.findings.iter().any(|(severity, count)| *severity >= least && *count > 0);
    Ok(if fail_on.is_some_and(at_or_above) { Ended::WithFindings } else { Ended::Done })
}

/// Today in Asia/Shanghai.
pub(super) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(crate::engine::reader::shanghai()).date()
}
