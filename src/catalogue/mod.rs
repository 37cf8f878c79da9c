//! The target catalogue: whom we visit, what we look for, and which days are working days.
//!
//! Comes in: a folder of files that people write. Goes out: targets, scenarios and a calendar, or every mistake in every
//! file with its line and what would be right. Must never know: any stage. Nothing is fetched here.
//!
//! ```text
//! targets/<province>/<city>.toml      one city each
//! targets/scenarios/*.toml            chains of errands; without this folder the shipped ones
//! targets/calendar/holidays.csv       the holiday notices; without this file the shipped ones
//! ```

mod calendar;
mod scenario;
mod source;
mod target;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use calendar::parse_calendar;
pub use scenario::parse_scenario;
pub use source::Problem;
pub use target::{REGIONS, parse_target};

use crate::model::{Calendar, Scenario, Target};

/// Everything the catalogue says.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The cities, by code.
    pub targets: Vec<Target>,
    /// The scenarios, by id.
    pub scenarios: Vec<Scenario>,
    /// The working-day calendar.
    pub calendar: Calendar,
}

/// Every mistake in the catalogue, by file and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueErrors(pub Vec<Problem>);

impl std::fmt::Display for CatalogueErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for CatalogueErrors {}

/// The folder of the scenarios within the catalogue.
const SCENARIOS: &str = "scenarios";
/// The folder of the calendar within the catalogue.
const CALENDAR: &str = "calendar";
/// The calendar's file within its folder.
const HOLIDAYS: &str = "holidays.csv";

const SHIPPED_SCENARIOS: [(&str, &str); 1] =
    [("enterprise-start.toml", include_str!("../../targets/scenarios/enterprise-start.toml"))];
const SHIPPED_CALENDAR: &str = include_str!("../../targets/calendar/holidays.csv");

/// The shipped scenarios and calendar, without any target: for the demo and for checking single pages.
///
/// # Panics
///
/// Never: the shipped files are part of the program, and a test reads them.
#[must_use]
pub fn builtin() -> Catalogue {
    let scenarios = SHIPPED_SCENARIOS
        .iter()
        .map(|(file, text)| parse_scenario(text, file).expect("the shipped scenarios are read by a test"))
        .collect();
    let calendar = parse_calendar(SHIPPED_CALENDAR, HOLIDAYS).expect("the shipped calendar is read by a test");
    Catalogue { targets: Vec::new(), scenarios, calendar }
}

/// Reads a catalogue. `dialects` are the ids of the page families that a channel may name.
///
/// # Errors
///
/// Every mistake in every file, so that one look is enough to put them all right.
pub fn load(dir: &Path, dialects: &[&str]) -> Result<Catalogue, CatalogueErrors> {
    let mut problems = Vec::new();
    let mut targets = Vec::new();
    for path in target_files(dir, &mut problems) {
        read(&path, &mut problems, |text, file| {
            parse_target(text, file, dialects).map(|target| targets.push((file.to_owned(), target)))
        });
    }
    let mut scenarios = Vec::new();
    for path in toml_files(&dir.join(SCENARIOS), &mut problems) {
        read(&path, &mut problems, |text, file| {
            parse_scenario(text, file).map(|scenario| scenarios.push((file.to_owned(), scenario)))
        });
    }
    let mut calendar = None;
    let holidays = dir.join(CALENDAR).join(HOLIDAYS);
    if holidays.exists() {
        read(&holidays, &mut problems, |text, file| parse_calendar(text, file).map(|read| calendar = Some(read)));
    }
    if targets.is_empty() && problems.is_empty() {
        problems.push(Problem {
            hint: Some("write one file per city: `<province>/<city>.toml`".to_owned()),
            ..Problem::of_file(&dir.display().to_string(), "no target files")
        });
    }
    problems.extend(said_twice(&targets, "code", |target| target.city.code.as_str()));
    problems.extend(said_twice(&scenarios, "id", |scenario| scenario.id.as_str()));
    if !problems.is_empty() {
        problems.sort_by(|a, b| (&a.file, a.line, &a.key).cmp(&(&b.file, b.line, &b.key)));
        return Err(CatalogueErrors(problems));
    }
    let shipped = builtin();
    let mut targets: Vec<Target> = targets.into_iter().map(|(_, target)| target).collect();
    targets.sort_by(|a, b| a.city.code.cmp(&b.city.code));
    let mut scenarios: Vec<Scenario> = scenarios.into_iter().map(|(_, scenario)| scenario).collect();
    scenarios.sort_by(|a, b| a.id.cmp(&b.id));
    if scenarios.is_empty() {
        scenarios = shipped.scenarios;
    }
    Ok(Catalogue { targets, scenarios, calendar: calendar.unwrap_or(shipped.calendar) })
}

/// Reads a catalogue of targets from texts in memory, each with its file name; scenarios and calendar are the shipped
/// ones.
///
/// # Errors
///
/// As [`load`].
pub fn from_texts(texts: &[(String, String)], dialects: &[&str]) -> Result<Catalogue, CatalogueErrors> {
    let mut problems = Vec::new();
    let mut targets = Vec::new();
    for (file, text) in texts {
        match parse_target(text, file, dialects) {
            Ok(target) => targets.push((file.clone(), target)),
            Err(CatalogueErrors(found)) => problems.extend(found),
        }
    }
    problems.extend(said_twice(&targets, "code", |target| target.city.code.as_str()));
    if !problems.is_empty() {
        return Err(CatalogueErrors(problems));
    }
    let mut targets: Vec<Target> = targets.into_iter().map(|(_, target)| target).collect();
    targets.sort_by(|a, b| a.city.code.cmp(&b.city.code));
    Ok(Catalogue { targets, ..builtin() })
}

/// The file of a city in a catalogue folder; `dialects` as for [`load`].
#[must_use]
pub fn file_of(dir: &Path, code: &str, dialects: &[&str]) -> Option<PathBuf> {
    target_files(dir, &mut Vec::new()).into_iter().find(|path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        parse_target(&text, &path.display().to_string(), dialects).is_ok_and(|target| target.city.code.as_str() == code)
    })
}

fn read(path: &Path, problems: &mut Vec<Problem>, parse: impl FnOnce(&str, &str) -> Result<(), CatalogueErrors>) {
    let file = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => {
            if let Err(CatalogueErrors(found)) = parse(text.strip_prefix('\u{feff}').unwrap_or(&text), &file) {
                problems.extend(found);
            }
        }
        Err(error) => problems.push(Problem::of_file(&file, &format!("cannot be read: {error}"))),
    }
}

/// The target files: those in the folder itself and in the folders of the provinces.
fn target_files(dir: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut files = toml_files(dir, problems);
    if !dir.is_dir() {
        problems.push(Problem::of_file(&dir.display().to_string(), "there is no such folder"));
        return files;
    }
    for folder in entries(dir, problems).into_iter().filter(|path| path.is_dir()) {
        let reserved = folder.file_name().is_some_and(|name| name == SCENARIOS || name == CALENDAR);
        if !reserved {
            files.extend(toml_files(&folder, problems));
        }
    }
    files
}

fn toml_files(dir: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let is_toml = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|extension| extension == "toml");
    if dir.is_dir() { entries(dir, problems).into_iter().filter(is_toml).collect() } else { Vec::new() }
}

/// The entries of a folder in the order of their names, the same on every machine.
fn entries(dir: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(dir).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<PathBuf>>>()
    });
    match listed {
        Ok(mut paths) => {
            paths.sort();
            paths
        }
        Err(error) => {
            problems.push(Problem::of_file(&dir.display().to_string(), &format!("cannot be read: {error}")));
            Vec::new()
        }
    }
}

/// One problem for each value that must be unique and is not.
fn said_twice<T>(read: &[(String, T)], key: &str, of: impl Fn(&T) -> &str) -> Vec<Problem> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for (file, entity) in read {
        let value = of(entity);
        if let Some(known) = first.get(value) {
            problems.push(Problem {
                key: Some(key.to_owned()),
                hint: Some(format!("it stands in `{known}` too; keep one of them")),
                ..Problem::of_file(file, &format!("`{value}` is used twice"))
            });
        } else {
            first.insert(value, file);
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChannelKind;

    fn shipped() -> Catalogue {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets");
        load(&dir, &["generic"]).unwrap_or_else(|errors| panic!("the shipped catalogue is sound: {errors}"))
    }

    #[test]
    fn the_shipped_catalogue_has_the_36_cities_none_of_them_verified() {
        let Catalogue { targets, scenarios, .. } = shipped();
        assert_eq!(targets.len(), 36);
        assert!(targets.iter().all(|target| target.verified.is_none() && !target.source.is_empty()));
        assert!(targets.iter().all(|target| target.channels[0].kind == ChannelKind::Portal));
        let by_region = |region: &str| targets.iter().filter(|target| target.city.region == region).count();
        assert_eq!(REGIONS.map(by_region), [5, 4, 10, 3, 4, 5, 5]);
        assert_eq!(scenarios[0].segments.len(), 6);
        assert!(scenarios[0].segments.iter().all(|segment| segment.required));
    }

    #[test]
    fn cities_of_one_platform_share_one_clock() {
        let targets = shipped().targets;
        let group = |code: &str| {
            let target = targets.iter().find(|target| target.city.code.as_str() == code).expect("the city is there");
            target.channels[0].politeness_group.clone()
        };
        for (one, other) in [("330100", "330200"), ("440100", "440300"), ("350100", "350200")] {
            assert!(group(one).is_some());
            assert_eq!(group(one), group(other));
        }
    }

    #[test]
    fn the_words_of_the_scenario_tell_its_errands_apart() {
        let scenario = builtin().scenarios.remove(0);
        let named = |title: &str| -> Vec<&str> {
            scenario.segments.iter().filter(|segment| segment.names(title)).map(|segment| segment.id.as_str()).collect()
        };
        for (title, id) in [
            ("有限责任公司设立登记", "registration"),
            ("公章刻制备案", "seal"),
            ("发票申领", "invoice"),
            ("增值税税控系统专用设备初始发行", "invoice"),
            ("企业社会保险登记", "social-insurance"),
            ("员工参保登记", "social-insurance"),
            ("住房公积金缴存登记", "housing-fund"),
            ("企业银行预约开户", "bank-account"),
            ("内资公司设立登记", "registration"),
            ("发票申领（首次）", "invoice"),
            ("社会保险登记（单位参保）", "social-insurance"),
            ("单位结算账户银行预约开户", "bank-account"),
        ] {
            assert_eq!(named(title), [id], "{title}");
        }
        for title in [
            "公司注销登记",
            "公司变更登记",
            "发票缴销",
            "社会保险登记变更",
            "住房公积金提取",
            "营业执照遗失补领",
            "社会团体设立登记",
            "公司登记档案查询",
        ] {
            assert!(named(title).is_empty(), "{title}");
        }
    }

    #[test]
    fn a_folder_without_scenarios_and_calendar_uses_the_shipped_ones() {
        let dir = scratch("own");
        std::fs::create_dir_all(dir.join("p")).expect("a scratch folder");
        std::fs::write(dir.join("p/c.toml"), CITY).expect("a scratch file");
        let catalogue = load(&dir, &["generic"]).expect("a sound catalogue");
        assert_eq!(catalogue.scenarios, builtin().scenarios);
        assert_eq!(catalogue.calendar, builtin().calendar);
        assert_eq!(catalogue.targets[0].province, "p");
    }

    #[test]
    fn all_mistakes_of_all_files_are_told_at_once() {
        let dir = scratch("wrong");
        std::fs::create_dir_all(dir.join("p")).expect("a scratch folder");
        std::fs::create_dir_all(dir.join(SCENARIOS)).expect("a scratch folder");
        std::fs::write(dir.join("p/a.toml"), CITY).expect("a scratch file");
        std::fs::write(dir.join("p/b.toml"), CITY).expect("a scratch file");
        std::fs::write(dir.join("p/c.toml"), CITY.replace("华东", "华冬").replace("330100", "1"))
            .expect("a scratch file");
        std::fs::write(dir.join("scenarios/s.toml"), "id = \"s\"\n").expect("a scratch file");
        let text = load(&dir, &["generic"]).expect_err("mistakes").to_string();
        for part in
            ["c.toml:1: `code`", "c.toml:3: `region`", "b.toml: `code`: `330100` is used twice", "s.toml:1: `name`"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let text = load(Path::new("/no/such/folder"), &[]).expect_err("an error").to_string();
        assert_eq!(text, "/no/such/folder: there is no such folder");
    }

    const CITY: &str = "code = \"330100\"\nname = \"杭州市\"\nregion = \"华东\"\n[[channel]]\nkind = \"portal\"\nseeds = [\"http://127.0.0.2/\"]\n";

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("portal-probe-catalogue-{}-{name}", std::process::id()));
        if dir.exists() {
            std::fs::remove_dir_all(&dir).expect("an old scratch folder can go");
        }
        dir
    }
}
