//! The table of signatures as text: the built-in one, and an operator's laid over it.
//!
//! Comes in: TOML. Goes out: the table, or an error with file, line, key and what would be right. Must never know:
//! where the text came from.

use serde::Deserialize;
use toml::Spanned;

use super::{Blocks, Gateway, Signature, fold};

/// The built-in table, and its documentation.
pub const BUILTIN: &str = include_str!("../../../blocks.toml");

/// What is wrong with a table, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BlocksError(String);

/// A file of signatures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Whether the built-in table stays beneath.
    #[serde(default = "yes")]
    extend: bool,
    /// Built-in signatures and gateways that are left out.
    #[serde(default)]
    without: Vec<Spanned<String>>,
    #[serde(default)]
    signature: Vec<Spanned<Signature>>,
    #[serde(default)]
    gateway: Vec<Spanned<Gateway>>,
}

fn yes() -> bool {
    true
}

impl Blocks {
    /// The built-in table.
    ///
    /// # Panics
    /// Never: a test reads the built-in table.
    #[must_use]
    pub fn builtin() -> Self {
        overlay("blocks.toml (built in)", BUILTIN, Self::none()).expect("the built-in table is read by a test")
    }

    fn none() -> Self {
        Self { signatures: Vec::new(), gateways: Vec::new() }
    }
}

/// Lays a file over a table: an id that is known is replaced where it stands, new ones come first.
///
/// # Errors
/// The first fault, with file, line and what would be right.
pub fn overlay(name: &str, text: &str, base: Blocks) -> Result<Blocks, BlocksError> {
    let fault = |offset: usize, message: &str| {
        let line = text.get(..offset).unwrap_or(text).matches('\n').count();
        let words = text.lines().nth(line).unwrap_or_default().trim();
        BlocksError(format!("{name}:{}: `{words}`: {message}", line + 1))
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let hint = "hint: the head of `blocks.toml` names every key; `portal-probe explain blocks` prints the table";
        fault(offset, &format!("{}\n{hint}", error.message()))
    })?;
    let mut blocks = if file.extend { base } else { Blocks::none() };
    for id in &file.without {
        let known = blocks.signatures.len() + blocks.gateways.len();
        blocks.signatures.retain(|signature| signature.id != *id.get_ref());
        blocks.gateways.retain(|gateway| gateway.id != *id.get_ref());
        if blocks.signatures.len() + blocks.gateways.len() == known {
            return Err(fault(id.span().start, "no signature and no gateway has this id"));
        }
    }
    let mut ids: Vec<&str> = Vec::new();
    for spanned in &file.signature {
        check(spanned.get_ref(), &ids).map_err(|message| fault(spanned.span().start, &message))?;
        ids.push(&spanned.get_ref().id);
    }
    for spanned in &file.gateway {
        spanned.get_ref().check(&ids).map_err(|message| fault(spanned.span().start, &message))?;
        ids.push(&spanned.get_ref().id);
    }
    let signatures = file.signature.into_iter().map(|spanned| folded(spanned.into_inner())).collect();
    blocks.signatures = merged(blocks.signatures, signatures, |signature| &signature.id);
    let gateways = file.gateway.into_iter().map(Spanned::into_inner).collect();
    blocks.gateways = merged(blocks.gateways, gateways, |gateway| &gateway.id);
    Ok(blocks)
}

fn merged<T>(mut base: Vec<T>, given: Vec<T>, id: impl Fn(&T) -> &String) -> Vec<T> {
    let mut first = Vec::new();
    for one in given {
        match base.iter_mut().find(|known| id(known) == id(&one)) {
            Some(known) => *known = one,
            None => first.push(one),
        }
    }
    first.extend(base);
    first
}

/// Statuses that a signature may rest on alone: no page of a site that works has them.
const TELLING: std::ops::RangeInclusive<u16> = 400..=599;

/// A page with more characters than this is not only an obstacle.
pub(in crate::extract) const LONGEST: usize = 4_000;

fn check(signature: &Signature, known: &[&str]) -> Result<(), String> {
    let Signature { id, status, text, title, source, source_all, .. } = signature;
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err(format!("the id `{id}` may hold small letters, digits and `-` only"));
    }
    if known.contains(&id.as_str()) {
        return Err(format!("the id `{id}` stands twice in this file"));
    }
    let words = [text, title, source, source_all];
    if words.iter().any(|list| list.iter().any(|word| fold(word).is_empty())) {
        return Err(format!("`{id}` has an empty word, which every page would match; remove it"));
    }
    let by_status = !status.is_empty() && status.iter().all(|status| TELLING.contains(status));
    let looks = words.iter().any(|list| !list.is_empty()) || !signature.path.is_empty() || signature.password;
    if !looks && !by_status {
        return Err(format!(
            "`{id}` would match pages that work; give `text`, `title`, `source`, `path`, `password`, or statuses from 400"
        ));
    }
    if looks && !by_status && signature.max_text.is_none() {
        return Err(format!("`{id}` needs `max_text`: a long page that holds these words only talks about them"));
    }
    if signature.max_text.is_some_and(|most| most > LONGEST) {
        return Err(format!("`max_text` of `{id}` is more than {LONGEST}; so long a page is no mere obstacle"));
    }
    let most = text.len() + title.len() + source.len();
    if signature.min_matches.is_some_and(|least| least > most) {
        return Err(format!("`min_matches` of `{id}` is more than its {most} words; it could never match"));
    }
    Ok(())
}

/// With its words in the form in which they are compared.
fn folded(mut signature: Signature) -> Signature {
    let Signature { text, title, source, source_all, .. } = &mut signature;
    for word in [text, title, source, source_all].into_iter().flatten() {
        *word = fold(word);
    }
    signature
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(text: &str) -> Result<Blocks, String> {
        overlay("mine.toml", text, Blocks::builtin()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_built_in_table_is_whole_and_says_where_each_signature_comes_from() {
        let blocks = Blocks::builtin();
        assert!(blocks.signatures.len() >= 30 && blocks.gateways.len() >= 2);
        assert!(blocks.signatures.iter().all(|signature| !signature.note.is_empty()));
    }

    #[test]
    fn the_table_survives_the_archive() {
        let archived = serde_json::to_string(&Blocks::builtin()).expect("serialisable");
        assert_eq!(serde_json::from_str::<Blocks>(&archived).expect("readable"), Blocks::builtin());
    }

    #[test]
    fn a_file_adds_first_replaces_in_place_and_leaves_out() {
        let mine = "without = ['login-title']\n[[signature]]\nid = 'ours'\nkind = 'block'\ntext = ['天网 恢恢']\n\
                    max_text = 100\n[[signature]]\nid = 'slider'\nkind = 'challenge'\ntext = ['滑']\nmax_text = 50\n";
        let (before, after) = (Blocks::builtin(), laid(mine).expect("a good file"));
        assert_eq!(after.signatures.len(), before.signatures.len());
        assert_eq!((after.signatures[0].id.as_str(), after.signatures[0].text[0].as_str()), ("ours", "天网恢恢"));
        let place = |blocks: &Blocks| blocks.signatures.iter().position(|one| one.id == "slider");
        assert_eq!(place(&after), place(&before).map(|at| at + 1));
        assert!(after.signatures.iter().all(|one| one.id != "login-title"));
        let alone = laid(&format!("extend = false\n{}", mine.replace("without = ['login-title']\n", "")));
        assert_eq!(alone.expect("a good file").signatures.len(), 2);
    }

    #[test]
    fn faults_name_file_line_key_and_remedy() {
        let head = "[[signature]]\nid = 'a'\nkind = 'block'\n";
        let table = [
            ("[[signature]]\nid = 'a'\nkind = 'wall'\n", "mine.toml:3: `kind = 'wall'`: unknown variant `wall`"),
            (&format!("{head}max_txt = 3\n"), "mine.toml:4: `max_txt = 3`: unknown field `max_txt`"),
            (&format!("{head}max_text = '3'\n"), "mine.toml:4: `max_text = '3'`: invalid type"),
            (&format!("{head}\n\ntext = ['x'\n"), "mine.toml:"),
            (head, "mine.toml:1: `[[signature]]`: `a` would match pages that work; give `text`"),
            (&format!("{head}status = [200]\n"), "`a` would match pages that work"),
            (&format!("{head}text = ['拦截']\n"), "`a` needs `max_text`"),
            (&format!("{head}text = ['x']\nmax_text = 5000\n"), "`max_text` of `a` is more than 4000"),
            (&format!("{head}text = [' ']\nmax_text = 9\n"), "`a` has an empty word"),
            (&format!("{head}text = ['x']\nmax_text = 9\nmin_matches = 2\n"), "could never match"),
            (
                &format!("{head}status = [403]\n{head}status = [403]\n"),
                "mine.toml:5: `[[signature]]`: the id `a` stands twice",
            ),
            ("without = ['nobody']\n", "mine.toml:1: `without = ['nobody']`: no signature"),
            ("[[signature]]\nid = 'Ä b'\nkind = 'block'\nstatus = [403]\n", "small letters, digits"),
        ];
        for (text, expected) in table {
            let fault = laid(text).expect_err(text);
            assert!(fault.contains(expected), "{fault}\n{expected}");
            assert!(fault.starts_with("mine.toml:"), "{fault}");
        }
    }
}
