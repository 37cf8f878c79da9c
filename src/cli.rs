//! The command line: arguments to engine, results to standard output, everything else to standard error.
//!
//! Exit codes: 0 done; 1 done, and findings at or above `--fail-on`; 2 an operation failed; 3 configuration or
//! catalogue error; 4 another run holds the output folder; 130 interrupted, or its window is over: resumable.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::model::Severity;

mod bench;
mod bench_charts;
mod bench_render;
mod chart;
mod check;
mod demo;
mod eval;
mod eval_charts;
mod eval_words;
mod evidence;
mod explain;
mod night;
mod own_process;
mod stamping;
mod targets;
mod view;

/// What went wrong, and the exit code it leads to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file, the network stack or another resource failed: exit 2.
    Operation(anyhow::Error),
    /// Configuration or catalogue: exit 3.
    Configuration(anyhow::Error),
    /// Another run holds the output folder: exit 4.
    Held(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Operation(error.into())
    }
}

/// How a command that worked ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Exit 0.
    Done,
    /// Exit 1.
    WithFindings,
    /// Exit 130.
    Interrupted,
}

/// Reads cities' online government service portals and records what it saw, with proof.
#[derive(Debug, Parser)]
#[command(name = "portal-probe", version, about, max_term_width = 100)]
struct Arguments {
    /// Say more on standard error (-v info, -vv debug, -vvv trace).
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start 36 simulated cities on loopback, run one whole night against them, print the assessment table.
    Demo(DemoArguments),
    /// Run one night over the catalogue.
    Run(RunArguments),
    /// Read and judge one guide, from an address or a file; findings in plain words.
    Check(CheckArguments),
    /// Read one flowchart (picture, SVG or BPMN) from a file: boxes, arrows, lanes, and whether anything may rest on it.
    Chart(chart::ChartArguments),
    /// Score readings and findings against labels, with confidence intervals and every miss.
    Eval(eval::EvalArguments),
    /// Compute a run's observations again from its evidence, without network, on standard output.
    Replay {
        /// The run folder.
        run: PathBuf,
    },
    /// Check every digest, link, signature and time-stamp of a run, or a proof of one record, and say what is broken.
    Verify(evidence::VerifyArguments),
    /// Print the proof of one record, which can be checked without the run folder (`verify PROOF`).
    Prove {
        /// The run folder.
        run: PathBuf,
        /// The record's id, as observations cite it, or its number in the chain.
        record: String,
    },
    /// Remove what a run keeps apart because it may show personal data; what was removed, when and why stays on record.
    Purge(evidence::PurgeArguments),
    /// Print the public key that the nights of an output folder are signed with; it is made if there is none.
    Key(evidence::KeyArguments),
    /// Write a run's HTML report anew.
    Report {
        /// The run folder.
        run: PathBuf,
    },
    /// Print a run's assessment table.
    Summary {
        /// The run folder.
        run: PathBuf,
        /// For machines: the content of summary.json.
        #[arg(long)]
        json: bool,
    },
    /// Work with the catalogue.
    #[command(subcommand)]
    Targets(TargetsCommand),
    /// Print what a property means, why it matters and what it is based on; without a name, all of them. `explain
    /// blocks` prints the signatures of pages that stand in the way.
    Explain {
        #[command(flatten)]
        configuration: ConfigArguments,
        /// Property id, for example `guide.time_limits`, or `blocks`.
        property: Option<String>,
    },
    /// Print the JSON Schema of the observation record.
    Schema,
    /// Print every configuration key with its default and meaning.
    Config,
    /// Measure throughput, growth and politeness on loopback.
    Bench(BenchArguments),
    /// Start the simulated portals alone and write their catalogue, for `run --targets` from another terminal.
    Simulate {
        /// How many cities; beyond 36 they repeat.
        #[arg(long, default_value_t = 36)]
        cities: usize,
        /// Port; 0 takes any free one.
        #[arg(long, default_value_t = 8036)]
        port: u16,
        /// Folder for the catalogue.
        #[arg(long, value_name = "DIR", default_value = "simulated-targets")]
        catalogue: PathBuf,
        /// Without the servers that are slow or fail at first.
        #[arg(long)]
        prompt: bool,
    },
    /// Print shell completions.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff).
    Man,
}

/// Options that choose a configuration.
#[derive(Debug, clap::Args)]
struct ConfigArguments {
    /// Configuration file; keys it leaves out keep their defaults (`portal-probe config`).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One key, for example `politeness.min_interval=5s`; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, clap::Args)]
struct DemoArguments {
    #[command(flatten)]
    configuration: ConfigArguments,
    /// Output folder.
    #[arg(long, value_name = "DIR", default_value = "demo-out")]
    out: PathBuf,
    /// Port of the simulated portals; 0 takes any free one.
    #[arg(long, default_value_t = 8036)]
    port: u16,
    /// Only these cities.
    #[arg(long, value_name = "CODE")]
    city: Vec<String>,
    /// Exit with 1 when there are findings of this severity or above.
    #[arg(long, value_enum)]
    fail_on: Option<SeverityArgument>,
    /// Keep the simulated portals running after the night, to look at them in a browser, until Ctrl-C.
    #[arg(long)]
    stay: bool,
}

#[derive(Debug, clap::Args)]
struct RunArguments {
    #[command(flatten)]
    configuration: ConfigArguments,
    /// Catalogue folder.
    #[arg(long, value_name = "DIR", default_value = "targets")]
    targets: PathBuf,
    /// Output folder.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Only these cities.
    #[arg(long, value_name = "CODE")]
    city: Vec<String>,
    /// Visit cities whose addresses nobody has opened by hand.
    #[arg(long)]
    allow_unverified: bool,
    /// Go on with the newest run of the output folder, which died or was stopped, with the options it was begun with.
    /// What was acknowledged is not asked again, and no server is asked sooner than it would have been.
    #[arg(long)]
    resume: bool,
    /// Name of the run and of its folder [default: when it began, and four digits].
    #[arg(long, value_name = "RUN", conflicts_with = "resume")]
    name: Option<String>,
    /// Exit with 1 when there are findings of this severity or above.
    #[arg(long, value_enum)]
    fail_on: Option<SeverityArgument>,
}

#[derive(Debug, clap::Args)]
struct CheckArguments {
    #[command(flatten)]
    configuration: ConfigArguments,
    /// Address (http, https) or file of the guide.
    place: String,
    /// Address or file of the same guide on the mobile site, to compare.
    #[arg(long, value_name = "URL-or-FILE")]
    mobile: Option<String>,
    /// For machines: observations, one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct BenchArguments {
    /// Cities of each measured size; may be repeated.
    #[arg(long, value_name = "N", default_values_t = [36_usize, 360, 3600])]
    cities: Vec<usize>,
    /// Leave out the polite night.
    #[arg(long)]
    no_polite: bool,
    /// Cities of the nights that show what durability costs [default: the first size].
    #[arg(long, value_name = "N")]
    durability: Option<usize>,
    /// Measure rendering instead: so many pages in a row, with one tab and with two.
    #[arg(long, value_name = "PAGES")]
    render: Option<u32>,
    /// Measure reading flowcharts instead: so many drawn ones, with one worker and with two, then all of them again.
    #[arg(long, value_name = "CHARTS")]
    charts: Option<usize>,
    /// Inner use: read the pictures in FOLDER with so many workers and print the figures.
    #[arg(long, hide = true, requires = "measure")]
    chart_workers: Option<usize>,
    /// Inner use: measure one night over FOLDER/targets and print the figures.
    #[arg(long, hide = true)]
    measure: Option<PathBuf>,
    /// Inner use: the measured night keeps no journal.
    #[arg(long, hide = true)]
    not_durable: bool,
    /// Inner use: gap between requests of the measured night.
    #[arg(long, hide = true, default_value_t = 0)]
    interval_ms: u64,
}

#[derive(Debug, Subcommand)]
enum TargetsCommand {
    /// List the cities of the catalogue.
    List {
        /// Catalogue folder.
        #[arg(long, value_name = "DIR", default_value = "targets")]
        targets: PathBuf,
    },
    /// Check the catalogue and say what is wrong, with file and line.
    Lint {
        /// Catalogue folder.
        #[arg(long, value_name = "DIR", default_value = "targets")]
        targets: PathBuf,
    },
    /// Record that you opened a city's portal by hand today and its addresses are right.
    Verify {
        /// City code.
        code: String,
        /// Catalogue folder.
        #[arg(long, value_name = "DIR", default_value = "targets")]
        targets: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SeverityArgument {
    Notice,
    Warning,
    Error,
}

impl From<SeverityArgument> for Severity {
    fn from(argument: SeverityArgument) -> Self {
        match argument {
            SeverityArgument::Notice => Self::Notice,
            SeverityArgument::Warning => Self::Warning,
            SeverityArgument::Error => Self::Error,
        }
    }
}

/// Runs the program on these arguments.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for and go to standard output; everything else is a mistake on the line.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 3 } else { 0 });
        }
    };
    crate::telemetry::start(arguments.verbose);
    match dispatch(arguments.command) {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::WithFindings) => ExitCode::from(1),
        Ok(Ended::Interrupted) => ExitCode::from(130),
        Err(failure) => {
            let (code, error) = match failure {
                Failure::Operation(error) => (2, error),
                Failure::Configuration(error) => (3, error),
                Failure::Held(error) => (4, error),
            };
            note(&format!("error: {}", chain(&error)));
            ExitCode::from(code)
        }
    }
}

/// An error and its causes. Many of ours name their cause in their own words, with a hint after it; it is not said twice.
fn chain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn dispatch(command: Command) -> Result<Ended, Failure> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Run(arguments) => night::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Chart(arguments) => chart::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Replay { run } => view::replay(&run),
        Command::Verify(arguments) => evidence::verify(&arguments),
        Command::Prove { run, record } => evidence::prove(&run, &record),
        Command::Purge(arguments) => evidence::purge(&arguments),
        Command::Key(arguments) => evidence::key(&arguments),
        Command::Report { run } => view::report(&run),
        Command::Summary { run, json } => view::summary(&run, json),
        Command::Targets(command) => targets::run(command),
        Command::Explain { property, configuration } => explain::run(property.as_deref(), &configuration),
        Command::Schema => print(include_str!("../schemas/observation.schema.json")),
        Command::Config => print(crate::config::DEFAULTS),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Simulate { cities, port, catalogue, prompt } => bench::simulate((cities, prompt), port, &catalogue),
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "portal-probe", &mut out);
            print(&String::from_utf8_lossy(&out))
        }
        Command::Man => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut out)?;
            print(&String::from_utf8_lossy(&out))
        }
    }
}

/// Data for standard output. A reader that closes early, such as `head`, is no error.
fn print(text: &str) -> Result<Ended, Failure> {
    let mut out = std::io::stdout().lock();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{newline}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Ended::Done),
    }
}

/// A line for people on standard error.
fn note(text: &str) {
    // Nothing can be done when standard error itself is gone.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

impl ConfigArguments {
    fn load(&self, presets: &[String]) -> Result<crate::config::Config, Failure> {
        let sets: Vec<String> = presets.iter().chain(&self.set).cloned().collect();
        crate::config::load(self.config.as_deref(), &sets).map_err(|error| Failure::Configuration(error.into()))
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    // Readers are pure work: more of them than cores only take turns, and hold their pages in memory meanwhile.
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(cores.max(2)).build()?)
}
