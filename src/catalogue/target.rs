//! One city's file.
//!
//! Comes in: its text. Goes out: a target whose channels can be visited as they stand, or every mistake.

use std::collections::BTreeMap;
use std::path::Path;

use url::Url;

use super::CatalogueErrors;
use super::source::{Section, Source, Stated, did_you_mean};
use crate::model::target::authority;
use crate::model::{Channel, ChannelId, ChannelKind, City, CityCode, Target};

/// The seven regions, north to west.
pub const REGIONS: [&str; 7] = ["华北", "东北", "华东", "华中", "华南", "西南", "西北"];

const TARGET_KEYS: [&str; 7] = ["code", "name", "province", "region", "verified", "source", "channel"];
const CHANNEL_KEYS: [&str; 6] = ["kind", "name", "seeds", "scope", "dialect", "politeness_group"];

/// Digits of a division code (行政区划代码) by GB/T 2260.
const CODE_DIGITS: usize = 6;

/// Reads one city's file. Where it names no province, the folder it stands in does; `dialects` are the ids of the page
/// families that a channel may name.
///
/// # Errors
///
/// Every mistake in the file.
pub fn parse_target(text: &str, file_name: &str, dialects: &[&str]) -> Result<Target, CatalogueErrors> {
    let (mut source, root) = Source::parse(text, file_name);
    let target = root.and_then(|root| read(&mut source, &Source::root(&root), (file_name, dialects)));
    match target {
        Some(target) if source.problems.is_empty() => Ok(target),
        _ => {
            source.problems.sort_by_key(|problem| problem.line);
            Err(CatalogueErrors(source.problems))
        }
    }
}

fn read(source: &mut Source<'_>, root: &Section<'_>, (file_name, dialects): (&str, &[&str])) -> Option<Target> {
    source.known_keys(root, &TARGET_KEYS);
    let code = source.required_text(root, "code");
    if let Some(code) = &code {
        let digits = code.value.len() == CODE_DIGITS && code.value.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            let hint = Some("GB/T 2260 codes have six digits, for example `330100`".to_owned());
            source.wrong(code.line, "code".to_owned(), format!("`{}` is not a division code", code.value), hint);
        }
    }
    let name = source.required_text(root, "name");
    let region = source.required_text(root, "region");
    if let Some(region) = region.as_ref().filter(|region| !REGIONS.contains(&region.value.as_str())) {
        let hint = Some(did_you_mean(&region.value, &REGIONS));
        source.wrong(region.line, "region".to_owned(), format!("unknown region `{}`", region.value), hint);
    }
    let province = source.text(root, "province").map(|province| province.value);
    let verified = source.date(root, "verified");
    let stated_source = source.text(root, "source").map(|source| source.value).unwrap_or_default();
    let sections = source.sections(root, "channel");
    if sections.is_empty() && !Source::has(root, "channel") {
        let hint = Some("add `[[channel]]` with `kind = \"portal\"` and its `seeds`".to_owned());
        source.wrong(1, "channel".to_owned(), "no channel".to_owned(), hint);
    }
    let mut numbers: BTreeMap<ChannelKind, usize> = BTreeMap::new();
    let channels: Vec<Channel> =
        sections.iter().filter_map(|section| channel(source, section, &mut numbers, dialects)).collect();
    Some(Target {
        city: City { code: CityCode(code?.value), name: name?.value, region: region?.value },
        province: province.unwrap_or_else(|| folder_of(file_name)),
        verified,
        source: stated_source,
        channels,
    })
}

fn folder_of(file_name: &str) -> String {
    let folder = Path::new(file_name).parent().and_then(Path::file_name);
    folder.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn channel(
    source: &mut Source<'_>,
    section: &Section<'_>,
    numbers: &mut BTreeMap<ChannelKind, usize>,
    dialects: &[&str],
) -> Option<Channel> {
    source.known_keys(section, &CHANNEL_KEYS);
    let stated_kind = source.required_text(section, "kind");
    let name = source.text(section, "name").map(|name| name.value);
    let before = source.problems.len();
    let seeds = seeds(source, section);
    let seeds_are_sound = source.problems.len() == before;
    let scope = scope(source, section, &seeds);
    let dialect = dialect(source, section, dialects);
    let politeness_group = source.text(section, "politeness_group").map(|group| group.value);
    let stated_kind = stated_kind?;
    let Some(kind) = ChannelKind::ALL.into_iter().find(|kind| kind.as_str() == stated_kind.value) else {
        let hint = Some(did_you_mean(&stated_kind.value, &ChannelKind::ALL.map(ChannelKind::as_str)));
        source.wrong(stated_kind.line, section.key("kind"), format!("unknown kind `{}`", stated_kind.value), hint);
        return None;
    };
    if kind.is_web() && !Source::has(section, "seeds") {
        let hint = Some("add `seeds = [\"https://…\"]`, the addresses where a visit starts".to_owned());
        source.wrong(
            section.line,
            section.key("seeds"),
            format!("a channel of kind `{kind}` needs seeds", kind = kind.as_str()),
            hint,
        );
    } else if kind.is_web() && seeds.is_empty() && seeds_are_sound {
        let line = source.line_of(section, "seeds");
        let hint = Some("add at least one address, for example `\"https://portal.example/\"`".to_owned());
        source.wrong(line, section.key("seeds"), "no address".to_owned(), hint);
    } else if !kind.is_web() && Source::has(section, "seeds") {
        let line = source.line_of(section, "seeds");
        let message = format!("a channel of kind `{}` has no pages to visit", kind.as_str());
        let hint = Some("remove `seeds`, or make it a channel of kind `mobile_web`".to_owned());
        source.wrong(line, section.key("seeds"), message, hint);
    }
    let number = numbers.entry(kind).or_default();
    *number += 1;
    let id = if *number == 1 { kind.as_str().to_owned() } else { format!("{}-{number}", kind.as_str()) };
    let seeds = seeds.into_iter().map(|seed| seed.value).collect();
    Some(Channel { id: ChannelId(id), kind, name, seeds, scope, dialect, politeness_group })
}

fn seeds(source: &mut Source<'_>, section: &Section<'_>) -> Vec<Stated<Url>> {
    let mut seeds: Vec<Stated<Url>> = Vec::new();
    for Stated { value, line } in source.texts(section, "seeds") {
        let key = section.key("seeds");
        let parsed = Url::parse(&value).ok().filter(Url::has_host);
        match parsed {
            None => {
                let hint = if value.contains("://") {
                    "write a whole address, for example `https://portal.example/`".to_owned()
                } else {
                    format!("did you mean `https://{value}`?")
                };
                source.wrong(line, key, format!("`{value}` is not an address"), Some(hint));
            }
            Some(url) if !matches!(url.scheme(), "http" | "https") => {
                let message = format!("`{value}` is neither http nor https");
                source.wrong(line, key, message, Some("only web pages can be visited".to_owned()));
            }
            Some(url) if !url.username().is_empty() || url.password().is_some() => {
                let message = "an address must not carry a user name or password".to_owned();
                source.wrong(line, key, message, Some("only what is public is visited".to_owned()));
            }
            Some(url) => {
                let url = crate::model::without_anchor(url);
                if seeds.iter().any(|known| known.value == url) {
                    source.wrong(line, key, format!("`{value}` stands twice"), Some("keep one of them".to_owned()));
                } else {
                    seeds.push(Stated { value: url, line });
                }
            }
        }
    }
    seeds
}

/// The hosts that may be visited: those stated, or else those of the seeds.
fn scope(source: &mut Source<'_>, section: &Section<'_>, seeds: &[Stated<Url>]) -> Vec<String> {
    if !Source::has(section, "scope") {
        let mut hosts: Vec<String> = Vec::new();
        for seed in seeds {
            let host = authority(&seed.value);
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        return hosts;
    }
    let before = source.problems.len();
    let mut hosts = Vec::new();
    for Stated { value, line } in source.texts(section, "scope") {
        match host_of(&value) {
            Ok(host) => hosts.push(host),
            Err(hint) => {
                let message = format!("`{value}` is not a host");
                source.wrong(line, section.key("scope"), message, Some(hint));
            }
        }
    }
    let well_formed = source.problems.len() == before;
    for seed in seeds.iter().filter(|_| well_formed) {
        let host = authority(&seed.value);
        if !hosts.contains(&host) {
            let line = source.line_of(section, "scope");
            let message = format!("does not contain the host of the seed `{}`", seed.value);
            source.wrong(line, section.key("scope"), message, Some(format!("add `\"{host}\"`")));
        }
    }
    hosts
}

/// `host` or `host:port` in the form that [`authority`] gives, or what would be right.
fn host_of(text: &str) -> Result<String, String> {
    if text.contains("://") {
        let host = Url::parse(text).ok().filter(Url::has_host).map(|url| authority(&url));
        return Err(host.map_or_else(|| example_host().to_owned(), |host| format!("did you mean `{host}`?")));
    }
    if text.contains(['*', '?', '#', '@', ' ']) {
        return Err(example_host().to_owned());
    }
    if let Some((host, _)) = text.split_once('/') {
        return Err(format!("did you mean `{host}`?"));
    }
    let url = Url::parse(&format!("http://{text}/")).ok().filter(Url::has_host);
    url.map(|url| authority(&url)).ok_or_else(|| example_host().to_owned())
}

fn example_host() -> &'static str {
    "write `portal.example` or `portal.example:8080`"
}

fn dialect(source: &mut Source<'_>, section: &Section<'_>, dialects: &[&str]) -> Option<String> {
    let Stated { value, line } = source.text(section, "dialect")?;
    if !dialects.contains(&value.as_str()) {
        let known = dialects.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
        let hint = Some(match did_you_mean(&value, dialects) {
            guess if guess.starts_with("one of") => guess,
            guess => format!("{guess} one of {known}"),
        });
        source.wrong(line, section.key("dialect"), format!("unknown dialect `{value}`"), hint);
        return None;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The families that the tests know.
    const KNOWN: [&str; 2] = ["generic", "epoint"];

    const HEAD: &str = "code = \"330100\"\nname = \"杭州市\"\nregion = \"华东\"\n";

    fn errors(text: &str) -> String {
        parse_target(text, "t.toml", &KNOWN).expect_err("a mistake").to_string()
    }

    #[test]
    fn a_file_as_in_the_contract_is_read() {
        let text = r#"
code     = "330100"
name     = "杭州市"
region   = "华东"
verified = 2026-11-01

[[channel]]
kind   = "portal"
name   = "浙江政务服务网·杭州"
seeds  = ["https://Portal.Example/hz/"]
scope  = ["portal.example", "static.example:8443"]
dialect = "generic"
politeness_group = "zjzwfw"

[[channel]]
kind  = "mobile_web"
seeds = ["http://portal.example:8080/hz/m/"]

[[channel]]
kind = "app"
name = "浙里办"

[[channel]]
kind = "app"
"#;
        let target = parse_target(text, "targets/浙江省/hangzhou.toml", &KNOWN).expect("a sound file");
        assert_eq!(target.province, "浙江省");
        assert_eq!(target.verified, Some(jiff::civil::date(2026, 11, 1)));
        let ids: Vec<&str> = target.channels.iter().map(|channel| channel.id.as_str()).collect();
        assert_eq!(ids, ["portal", "mobile_web", "app", "app-2"]);
        assert_eq!(target.channels[0].scope, ["portal.example", "static.example:8443"]);
        assert_eq!(target.channels[1].scope, ["portal.example:8080"]);
        assert_eq!(target.channels[0].politeness_group.as_deref(), Some("zjzwfw"));
    }

    #[test]
    fn mistakes_of_the_city_are_named_with_line_key_and_remedy() {
        let channel = "[[channel]]\nkind = \"portal\"\nseeds = [\"http://a.test/\"]\n";
        for (head, expected) in [
            (
                "code = \"33010\"\nname = \"杭州市\"\nregion = \"华东\"\n",
                "t.toml:1: `code`: `33010` is not a division code\n  hint: GB/T 2260 codes have six digits, for example `330100`",
            ),
            (
                "code = 330100\nname = \"杭州市\"\nregion = \"华东\"\n",
                "t.toml:1: `code`: must be a text, not integer\n  hint: write it as `\"…\"`",
            ),
            ("code = \"330100\"\nregion = \"华东\"\n", "t.toml:1: `name`: is missing\n  hint: add `name = \"…\"`"),
            (
                "code = \"330100\"\nname = \"杭州市\"\nregion = \"华冬\"\n",
                "t.toml:3: `region`: unknown region `华冬`\n  hint: did you mean `华东`?",
            ),
            (
                "code = \"330100\"\nname = \"\"\nregion = \"华东\"\n",
                "t.toml:2: `name`: is empty\n  hint: write a text, or leave it out",
            ),
            (
                "code = \"330100\"\nname = \"杭州市\"\nregion = \"华东\"\nverified = \"yes\"\n",
                "t.toml:4: `verified`: is not a date\n  hint: write it as `2026-11-01`, or leave the key out",
            ),
            (
                "code = \"330100\"\nname = \"杭州市\"\nregion = \"华东\"\nverfied = 2026-11-01\n",
                "t.toml:4: `verfied`: unknown key\n  hint: did you mean `verified`?",
            ),
        ] {
            assert_eq!(errors(&format!("{head}{channel}")), expected);
        }
    }

    #[test]
    fn mistakes_of_a_channel_are_named_with_line_key_and_remedy() {
        for (channel, expected) in [
            ("", "t.toml:1: `channel`: no channel\n  hint: add `[[channel]]` with `kind = \"portal\"` and its `seeds`"),
            (
                "[[channel]]\nkind = \"protal\"\nseeds = [\"http://a.test/\"]\n",
                "t.toml:5: `channel[1].kind`: unknown kind `protal`\n  hint: did you mean `portal`?",
            ),
            (
                "[[channel]]\nkind = \"portal\"\n",
                "t.toml:4: `channel[1].seeds`: a channel of kind `portal` needs seeds\n  hint: add `seeds = [\"https://…\"]`, the addresses where a visit starts",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseeds = []\n",
                "t.toml:6: `channel[1].seeds`: no address\n  hint: add at least one address, for example `\"https://portal.example/\"`",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseeds = [\"a.test/x\"]\n",
                "t.toml:6: `channel[1].seeds`: `a.test/x` is not an address\n  hint: did you mean `https://a.test/x`?",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseeds = [\"ftp://a.test/\"]\n",
                "t.toml:6: `channel[1].seeds`: `ftp://a.test/` is neither http nor https\n  hint: only web pages can be visited",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseeds = [\"http://u:p@a.test/\"]\n",
                "t.toml:6: `channel[1].seeds`: an address must not carry a user name or password\n  hint: only what is public is visited",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseeds = [\"http://a.test/\"]\nscope = [\"https://a.test/\"]\n",
                "t.toml:7: `channel[1].scope`: `https://a.test/` is not a host\n  hint: did you mean `a.test`?",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseeds = [\"http://a.test:8080/\"]\nscope = [\"a.test\"]\n",
                "t.toml:7: `channel[1].scope`: does not contain the host of the seed `http://a.test:8080/`\n  hint: add `\"a.test:8080\"`",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseeds = [\"http://a.test/\"]\ndialect = \"genric\"\n",
                "t.toml:7: `channel[1].dialect`: unknown dialect `genric`\n  hint: did you mean `generic`? one of `generic`, `epoint`",
            ),
            (
                "[[channel]]\nkind = \"app\"\nseeds = [\"http://a.test/\"]\n",
                "t.toml:6: `channel[1].seeds`: a channel of kind `app` has no pages to visit\n  hint: remove `seeds`, or make it a channel of kind `mobile_web`",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseed = [\"http://a.test/\"]\nseeds = [\"http://a.test/\"]\n",
                "t.toml:6: `channel[1].seed`: unknown key\n  hint: did you mean `seeds`?",
            ),
            (
                "[[channel]]\nkind = \"portal\"\nseeds = \"http://a.test/\"\n",
                "t.toml:6: `channel[1].seeds`: must be a list of texts, not string\n  hint: write it as `[\"…\", \"…\"]`",
            ),
            (
                "channel = \"portal\"\n",
                "t.toml:4: `channel`: must be a list of tables, not string\n  hint: write it as `[[channel]]`",
            ),
        ] {
            assert_eq!(errors(&format!("{HEAD}{channel}")), expected);
        }
    }

    #[test]
    fn broken_syntax_is_named_with_its_line() {
        let text = errors(&format!("{HEAD}source = \"unfinished\n"));
        assert!(text.starts_with("t.toml:4: not valid TOML: "), "{text}");
    }

    #[test]
    fn several_mistakes_are_told_together_in_the_order_of_their_lines() {
        let text = errors("code = \"1\"\nname = \"\"\nregion = \"北\"\n");
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("t.toml")).collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("t.toml:1: `code`") && lines[3].starts_with("t.toml:3: `region`"));
    }
}
