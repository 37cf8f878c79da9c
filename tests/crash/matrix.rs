//! The matrix: each point, killed, resumed, compared with a run that nobody disturbed.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use portal_probe::crash::Point;
use portal_probe::demo::Arrival;

use crate::probe::{Left, Portals, ensure, killed, left, said, same, smallest_gap};

const INTERVAL: Duration = Duration::from_millis(5);

/// What is visited for which points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    /// Cities that are read from their answers.
    Pages,
    /// A city that only scripts build.
    Scripts,
    /// A city whose flowcharts are pictures.
    Pictures,
}

/// How often in all each point is tried, and whether whole cities are visited.
struct Form {
    times: u32,
    whole: bool,
}

impl Form {
    fn asked_for() -> Self {
        match std::env::var("CRASH_MATRIX_TIMES").ok().and_then(|times| times.parse().ok()) {
            Some(times) => Self { times, whole: true },
            None => Self { times: 1, whole: false },
        }
    }
}

/// The points of each world, and when they are first tried: in the middle of the work.
fn points(world: World) -> Vec<(Point, u32)> {
    let all = Point::ALL.into_iter().map(|point| {
        let first = match point {
            Point::EvidenceWritten
            | Point::EvidenceTorn
            | Point::BeforeChain
            | Point::Settled
            | Point::LinksOffered => 40,
            Point::HeadReceived | Point::BodyBegun | Point::BodyComplete | Point::BeforeSend => 30,
            Point::LeaseCommitted | Point::BeforeEvidenceSync | Point::AfterEvidenceSync => 25,
            Point::BeforeCommit | Point::AfterCommit => 20,
            Point::RenderingArchived | Point::ChartArchived | Point::FileRotated => 2,
            Point::RunRegistered
            | Point::ContextWritten
            | Point::FollowedUp
            | Point::CoverageWritten
            | Point::ObservationsWritten
            | Point::CityCommitted
            | Point::NightOver
            | Point::IndexWritten
            | Point::ObservationsPublished
            | Point::LedgerPublished
            | Point::SummaryPublished
            | Point::ReportPublished
            | Point::ManifestWritten
            | Point::LatestLinked
            | Point::Resumed => 1,
        };
        let of = match point {
            Point::RenderingArchived => World::Scripts,
            Point::ChartArchived => World::Pictures,
            _ => World::Pages,
        };
        (of, (point, first))
    });
    all.filter(|(of, _)| *of == world).map(|(_, point)| point).collect()
}

fn portals(world: World, form: &Form, name: &str) -> Portals {
    // A budget of requests would be shared out between two server groups by chance, so none is short.
    let limits: &[&str] = if form.whole { &[] } else { &["check.link_sample=5"] };
    let (cities, more): (&[&str], &[&str]) = match world {
        World::Pages if form.whole => (&["110000", "310000"], &["evidence.rotate=100KiB"]),
        World::Pages => (&["110000"], &["evidence.rotate=100KiB"]),
        World::Scripts => (&["510100"], &["render.enabled=true", "render.screenshots_per_city=1"]),
        World::Pictures => (&["330100"], &["chart.enabled=true"]),
    };
    let sets: Vec<&str> = limits.iter().chain(more).copied().collect();
    Portals::start(name, cities, INTERVAL, &sets)
}

/// A run that nobody disturbed.
struct Undisturbed {
    left: Left,
    asked: BTreeMap<String, usize>,
}

fn asked(arrivals: &[Arrival]) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for arrival in arrivals {
        let words = format!("{} {} {}", arrival.method, arrival.address, arrival.path_and_query);
        *asked.entry(words).or_default() += 1;
    }
    asked
}

fn undisturbed(portals: &Portals) -> Undisturbed {
    let before = portals.arrived();
    let output = portals.run("undisturbed", &["--name", "night"], None);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let left = left(&portals.out("undisturbed/latest"));
    assert!(left.exchanges.len() > 60 && left.observations.len() > 50, "there is something to lose");
    Undisturbed { left, asked: asked(&portals.since(before)) }
}

/// Kills the program at one point, resumes it, and says what is not as it would have been.
fn tried(portals: &Portals, whole: &Undisturbed, (point, count): (Point, u32), number: u32) -> Result<(), String> {
    let out = format!("{}-{number}", point.name());
    let before = portals.arrived();
    let at = format!("{}:{count}", point.name());
    let mut kills = 1;
    if point == Point::Resumed {
        let first = portals.run(&out, &["--name", "night"], Some(&format!("evidence_written:{}", 20 + number)));
        ensure(killed(&first), || format!("was not killed first: {}", said(&first)))?;
        let second = portals.run(&out, &["--resume"], Some("resumed:1"));
        ensure(killed(&second), || format!("was not killed: {}", said(&second)))?;
        kills += 1;
    } else {
        let first = portals.run(&out, &["--name", "night"], Some(&at));
        ensure(killed(&first), || format!("was not killed at {at}: {:?} {}", first.status, said(&first)))?;
        if number % 2 == 1 {
            // It dies again in the same way, if it comes there again.
            kills += u32::from(killed(&portals.run(&out, &["--resume"], Some(&at))));
        }
    }
    let mut output = portals.run(&out, &["--resume"], None);
    if said(&output).contains("is complete") {
        // Its second death was later than its last word.
        output.status = std::process::ExitStatus::default();
    }
    ensure(output.status.code() == Some(0), || format!("was not resumed: {}", said(&output)))?;
    let run = portals.out(&out).join("latest");
    let verified = Command::new(env!("CARGO_BIN_EXE_portal-probe")).arg("verify").arg(&run).output();
    let verified = verified.map_err(|error| error.to_string())?;
    ensure(verified.status.success(), || format!("does not verify: {}", said(&verified)))?;
    let now = left(&run);
    same(&whole.left, &now)?;
    let arrivals = portals.since(before);
    let again = asked(&arrivals);
    let lost: Vec<&String> = whole.asked.keys().filter(|request| !again.contains_key(*request)).collect();
    ensure(lost.is_empty(), || format!("never asked: {lost:?}"))?;
    let groups = arrivals.iter().map(|arrival| &arrival.group).collect::<std::collections::BTreeSet<_>>().len();
    let (made, needed): (usize, usize) = (again.values().sum(), whole.asked.values().sum());
    let most = needed + groups * kills as usize;
    ensure(made <= most, || format!("{made} requests, where {needed} are needed and {most} may have been made"))?;
    let gap = smallest_gap(&arrivals).unwrap_or_default();
    ensure(gap + Duration::from_millis(1) >= INTERVAL, || format!("two requests only {gap:?} apart"))?;
    if std::env::var_os("CRASH_MATRIX_KEEP").is_none() {
        let _ = std::fs::remove_dir_all(portals.out(&out));
    }
    Ok(())
}

/// Tries these points one after the other.
fn try_all(world: World, share: (usize, usize)) {
    let form = Form::asked_for();
    let portals = portals(world, &form, &format!("{world:?}-{}", share.0));
    let whole = undisturbed(&portals);
    let mut wrong = Vec::new();
    let points: Vec<(Point, u32)> =
        points(world).into_iter().enumerate().filter(|(at, _)| at % share.1 == share.0).map(|(_, one)| one).collect();
    for (point, first) in points {
        for number in 0..form.times {
            // Later and later in the night; what happens once happens once.
            let count = if first > 5 { first + 19 * number } else { first };
            if let Err(why) = tried(&portals, &whole, (point, count), number) {
                wrong.push(format!("{} ({count}): {why}", point.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    portals.stop();
}

#[test]
fn killed_at_any_point_a_resumed_run_is_as_if_nothing_had_happened_first_half() {
    try_all(World::Pages, (0, 2));
}

#[test]
fn killed_at_any_point_a_resumed_run_is_as_if_nothing_had_happened_second_half() {
    try_all(World::Pages, (1, 2));
}

#[test]
fn a_rendering_is_neither_lost_nor_doubled() {
    try_all(World::Scripts, (0, 1));
}

#[test]
fn the_reading_of_a_picture_is_neither_lost_nor_doubled() {
    try_all(World::Pictures, (0, 1));
}
