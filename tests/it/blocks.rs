//! Pages that stand in the way: every signature finds what it should, and everything else stays silent.

use std::path::{Path, PathBuf};

use portal_probe::config;
use portal_probe::extract::blocks::Blocks;
use portal_probe::extract::{Input, Settings, extract};
use portal_probe::model::extraction::ObstacleKind;
use portal_probe::model::{ChannelKind, Extraction, PageKind, Purpose};
use url::Url;

/// An answer written down: address, status, headers, an empty line, the body.
struct Answer {
    url: Url,
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: String,
}

impl Answer {
    fn load(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (head, body) = text.split_once("\n\n").unwrap_or_else(|| panic!("{}: no empty line", path.display()));
        let mut lines = head.lines();
        let address = lines.next().and_then(|line| line.strip_prefix("GET ")).expect("an address");
        let status = lines.next().and_then(|line| line.parse().ok()).expect("a status");
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            url: Url::parse(address).expect("a valid address"),
            status,
            headers: headers.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())).collect(),
            body: body.to_owned(),
        }
    }

    fn read(&self, blocks: &Blocks) -> Extraction {
        let input = Input {
            url: &self.url,
            purpose: &Purpose::Page,
            channel: ChannelKind::Portal,
            dialect: None,
            built: false,
            query: None,
            status: self.status,
            headers: &self.headers,
            body: self.body.as_bytes(),
            date: jiff::civil::date(2020, 4, 10),
        };
        extract(&input, &Settings { blocks: blocks.clone(), ..Settings::default() })
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/blocks")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[test]
fn every_signature_has_a_page_that_it_knows_and_every_page_a_signature() {
    let blocks = Blocks::builtin();
    let mut wrong = Vec::new();
    for signature in &blocks.signatures {
        if !folder().join(&signature.id).is_dir() {
            wrong.push(format!("`{}` has no page in fixtures/blocks/{}", signature.id, signature.id));
        }
    }
    for case in entries(&folder()).iter().filter(|case| name(case) != "silent") {
        let Some(signature) = blocks.signatures.iter().find(|signature| signature.id == name(case)) else {
            wrong.push(format!("{}: no signature has this name", case.display()));
            continue;
        };
        for file in entries(case) {
            let read = Answer::load(&file).read(&blocks);
            let found = read.obstacle.as_ref().map(|obstacle| obstacle.signature.as_str());
            if found != Some(&signature.id) {
                wrong.push(format!("{}: known as {found:?}, kind {:?}", file.display(), read.kind));
            }
            let kind = if signature.kind == ObstacleKind::Login { PageKind::LoginWall } else { PageKind::Challenge };
            if read.kind != kind || !read.kind_because.contains(&format!("`{}`", signature.id)) {
                wrong.push(format!("{}: {:?} because {}", file.display(), read.kind, read.kind_because));
            }
            if read.guide.is_some() {
                wrong.push(format!("{}: read as a guide", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_words_on_a_long_page_are_only_talk() {
    let blocks = Blocks::builtin();
    let talk = format!("<p>{}</p>", "本页说明办理事项时可能遇到的提示及其含义。".repeat(220));
    let mut tried = 0;
    for signature in blocks.signatures.iter().filter(|signature| signature.status.is_empty()) {
        for file in entries(&folder().join(&signature.id)) {
            let mut answer = Answer::load(&file);
            if answer.headers.iter().any(|(_, value)| value == b"application/json") {
                continue;
            }
            answer.status = 200;
            answer.body.push_str(&talk);
            tried += 1;
            assert_eq!(answer.read(&blocks).obstacle, None, "{}", file.display());
        }
    }
    assert!(tried > 30, "{tried} pages");
}

#[test]
fn pages_that_only_look_like_obstacles_are_not() {
    let blocks = Blocks::builtin();
    let mut wrong = Vec::new();
    let silent = entries(&folder().join("silent"));
    assert!(silent.len() >= 15, "pages that tempt: {}", silent.len());
    for file in silent {
        let read = Answer::load(&file).read(&blocks);
        if read.obstacle.is_some() || matches!(read.kind, PageKind::Challenge | PageKind::LoginWall) {
            wrong.push(format!("{}: {:?}", file.display(), read.obstacle));
        }
        if name(&file).starts_with("guide") && read.kind != PageKind::Guide {
            wrong.push(format!("{}: {:?}, {}", file.display(), read.kind, read.kind_because));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_pages_stand_in_nobodys_way() {
    // The folder of real pages, if it is there (`tests/it/real_pages.rs`).
    let Some(folder) = crate::real_pages::folder() else { return };
    let blocks = Blocks::builtin();
    let mut looked_at = 0;
    let mut wrong = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if !name(&path).ends_with("html") {
                continue;
            }
            looked_at += 1;
            let body = std::fs::read(&path).expect("a readable file");
            let url = Url::parse("http://h.test/x/list.html").expect("a valid address");
            let (purpose, headers) = (Purpose::Page, Vec::new());
            let input = Input {
                url: &url,
                purpose: &purpose,
                channel: ChannelKind::Portal,
                dialect: None,
                built: false,
                query: None,
                status: 200,
                headers: &headers,
                body: &body,
                date: jiff::civil::date(2020, 4, 10),
            };
            let read = extract(&input, &Settings { blocks: blocks.clone(), ..Settings::default() });
            if let Some(obstacle) = read.obstacle {
                wrong.push(format!("{}: {obstacle:?}", path.display()));
            }
        }
    }
    assert!(looked_at > 20, "{looked_at} real pages");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_operators_file_takes_effect_without_a_new_build() {
    let folder = crate::support::Folder::new("blocks");
    let path = folder.0.join("mine.toml");
    let mine = "without = ['maintenance']\n[[signature]]\nid = 'dragon-gate'\nkind = 'challenge'\ntext = ['龙门验票']\n\
                max_text = 80\n";
    std::fs::write(&path, mine).expect("a writable folder");
    let set = format!("read.block_signatures={}", path.display());
    let read = config::parse(None, &[set]).expect("a good file").read;
    let page = |text: &str| Answer {
        url: Url::parse("https://zwfw.city.gov.cn/1").expect("a valid address"),
        status: 200,
        headers: Vec::new(),
        body: format!("<p>{text}</p>"),
    };
    let named = |blocks: &Blocks, text: &str| page(text).read(blocks).obstacle.map(|obstacle| obstacle.signature);
    assert_eq!(named(&read.blocks, "龙门 验票").as_deref(), Some("dragon-gate"));
    assert_eq!(named(&Blocks::builtin(), "龙门 验票"), None);
    assert_eq!(named(&read.blocks, "系统维护中"), None);
    // The run's context archives the table, so that a replay judges by the one that was used.
    let archived = serde_json::to_value(&read).expect("serialisable");
    let replayed: Settings = serde_json::from_value(archived).expect("readable");
    assert_eq!(replayed, read);
}

#[test]
fn a_faulty_file_is_named_with_line_key_and_remedy_before_anything_is_fetched() {
    let folder = crate::support::Folder::new("blocks-faulty");
    let path = folder.0.join("mine.toml");
    std::fs::write(&path, "[[signature]]\nid = 'x'\nkind = 'block'\ntext = ['停']\n").expect("a writable folder");
    let fault = |file: &str| {
        let set = format!("read.block_signatures={file}");
        config::parse(None, &[set]).expect_err("a faulty file").to_string()
    };
    let faulty = fault(&path.display().to_string());
    assert!(faulty.contains("mine.toml:1") && faulty.contains("`x` needs `max_text`"), "{faulty}");
    let absent = fault("/nowhere/mine.toml");
    assert!(absent.contains("`read.block_signatures`: /nowhere/mine.toml: cannot be read"), "{absent}");
}
