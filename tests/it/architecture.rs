//! The architecture as absences: which module may name which, and through which file a library may be reached.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each module with the modules of ours that it may name. What is not listed is forbidden.
const EDGES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("frontier", &["model"]),
    // Drawings in pages are read like pictures of charts.
    ("extract", &["model", "chart"]),
    ("chart", &["model"]),
    ("check", &["model"]),
    ("observe", &["model"]),
    ("warc", &["model"]),
    ("seal", &["model", "warc"]),
    ("eval", &["model"]),
    ("catalogue", &["model"]),
    ("weights", &["chart"]),
    ("fetch", &["model", "frontier", "crash"]),
    ("render", &["model"]),
    ("sink", &["model", "warc", "observe", "seal", "crash"]),
    ("stamp", &["model"]),
    ("state", &["crash"]),
    // Where a test may end the program; knows nothing, and nothing of the core knows it.
    ("crash", &[]),
    ("config", &["model", "frontier", "fetch", "render", "extract", "chart", "check", "sink"]),
    ("telemetry", &["model"]),
    ("drawing", &["model"]),
    ("demo", &["model", "drawing"]),
    ("synthetic", &["model", "demo", "drawing"]),
    (
        "engine",
        &[
            "model",
            "frontier",
            "extract",
            "chart",
            "check",
            "observe",
            "warc",
            "weights",
            "fetch",
            "render",
            "sink",
            "state",
            "config",
            "telemetry",
            "catalogue",
            "eval",
            "crash",
        ],
    ),
    (
        "cli",
        &[
            "model",
            "frontier",
            "extract",
            "chart",
            "check",
            "observe",
            "warc",
            "weights",
            "seal",
            "stamp",
            "sink",
            "config",
            "telemetry",
            "catalogue",
            "engine",
            "demo",
            "eval",
            "synthetic",
            "drawing",
            "fetch",
            "render",
        ],
    ),
];

/// Each library with the only places that may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("reqwest", &["fetch/"]),
    ("rustls", &["fetch/"]),
    ("openssl", &["fetch/", "stamp/"]),
    ("hyper", &["fetch/", "stamp/client.rs"]),
    ("hickory_resolver", &["fetch/"]),
    ("governor", &["fetch/"]),
    ("rustix", &["render/process.rs", "sink/disk.rs", "state/moment.rs", "crash.rs"]),
    ("rusqlite", &["state/"]),
    ("robotxt", &["frontier/"]),
    ("ed25519_dalek", &["seal/signature.rs"]),
    ("getrandom", &["sink/key_file.rs", "sink/mod.rs"]),
    ("scraper", &["extract/dom.rs"]),
    ("rqrr", &["extract/raster.rs"]),
    ("quick_xml", &["extract/document/xml.rs"]),
    ("cfb", &["extract/document/ole.rs", "demo/"]),
    ("zip", &["extract/document/package.rs", "demo/"]),
    ("image", &["extract/raster.rs", "chart/picture.rs", "demo/", "drawing/encode.rs"]),
    ("resvg", &["drawing/raster.rs", "drawing/pdf.rs", "chart/svg.rs"]),
    ("pdf_writer", &["drawing/pdf.rs"]),
    ("subsetter", &["drawing/pdf.rs"]),
    ("roxmltree", &["chart/svg.rs", "chart/bpmn.rs"]),
    ("rten", &["chart/recognise/network.rs"]),
    ("clap", &["cli.rs", "cli/"]),
    ("anyhow", &["cli.rs", "cli/", "main.rs"]),
    ("toml", &["config.rs", "config/", "catalogue.rs", "catalogue/", "demo/", "extract/blocks/"]),
    ("tracing", &["telemetry.rs"]),
    ("indicatif", &["telemetry.rs"]),
    ("axum", &["demo/"]),
    ("qrcode", &["demo/"]),
    ("minijinja", &["demo/", "synthetic/", "sink/"]),
    ("tokio", &["fetch/", "stamp/client.rs", "render/", "engine/", "demo/", "cli.rs", "cli/", "main.rs"]),
];

/// What the pure core must not name, besides the libraries above.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net::Tcp",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "std::process",
    // Threads that end with the call, as computing has (`thread::scope`), are no clock and no environment.
    "thread::sleep",
    "thread::spawn",
];

/// The pure modules.
const PURE: &[&str] = &["model", "frontier", "extract", "chart", "check", "observe", "warc", "seal", "eval", "drawing"];

/// Every source file with its code: comments and the `#[cfg(test)]` module at its end left out.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    files
        .into_iter()
        .filter(|path| {
            // Modules that exist only under `cfg(test)`.
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let inside_tests = path.components().any(|part| part.as_os_str().to_string_lossy().contains("test"));
            !name.contains("test") && name != "realdata.rs" && !inside_tests
        })
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).expect("a readable source file");
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let lines: Vec<&str> = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
            (name, lines.join("\n"))
        })
        .collect()
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

fn module(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

/// The words that follow `crate::` in the code.
fn named(code: &str) -> BTreeSet<String> {
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn modules_name_only_the_modules_they_may() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let module = module(&file);
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{file}: module `{module}` is not in the table"));
            continue;
        };
        for name in named(&code) {
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{file}: `{module}` must not name `{name}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn libraries_are_reached_through_their_doors() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        for (library, doors) in DOORS {
            let used = code.contains(&format!(" {library}::"))
                || code.contains(&format!("({library}::"))
                || code.contains(&format!("<{library}::"));
            if used && !doors.iter().any(|door| file.starts_with(door)) {
                wrong.push(format!("{file}: `{library}` is reached only through {doors:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_has_no_clock_no_files_and_no_environment() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        if PURE.contains(&module(&file)) {
            for word in IMPURE.iter().chain(&["tracing::", "tokio::"]) {
                if code.contains(word) {
                    wrong.push(format!("{file}: `{word}` in the pure core"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_row_in_the_table() {
    let modules: BTreeSet<String> = sources().iter().map(|(file, _)| module(file).to_owned()).collect();
    let expected: BTreeSet<String> =
        EDGES.iter().map(|(name, _)| (*name).to_owned()).chain(["lib".into(), "main".into()]).collect();
    assert_eq!(modules, expected);
}
