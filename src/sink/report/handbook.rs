//! The handbook of the comparison (`docs/flowchart-check.*`) as a page of the report, so that who reads a finding has it
//! at hand without a network.
//!
//! It knows only what these two documents use: headings, lists, paragraphs.

use minijinja::{Value as View, context};

/// Chinese first, as in the whole report.
const TEXTS: [(&str, &str); 2] = [
    ("zh-CN", include_str!("../../../docs/flowchart-check.zh.md")),
    ("en", include_str!("../../../docs/flowchart-check.md")),
];

/// File name, beside the pages that lead to it.
pub(super) const FILE: &str = "handbook.html";

/// The data of the page.
pub(super) fn view() -> View {
    let text = |(lang, text): (&'static str, &'static str)| {
        let blocks = text.lines().filter_map(block).collect::<Vec<_>>();
        context! { lang, blocks }
    };
    context! { texts => TEXTS.map(text) }
}

/// A line as a block of the page; each paragraph of the documents is one line.
fn block(line: &str) -> Option<View> {
    let (kind, words) = ["## ", "# ", "- "]
        .into_iter()
        .find_map(|mark| Some((mark.trim_end(), line.strip_prefix(mark)?)))
        .unwrap_or(("", line));
    // The line that leads from one language to the other has no use here.
    let leads_over = ["English: [", "中文：["].iter().any(|start| line.starts_with(start));
    (!words.trim().is_empty() && !leads_over).then(|| context! { kind, words => plain(words) })
}

/// `[words](place)` → `words`, and no signs for code: places of the source tree lead nowhere from a report.
fn plain(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((words, place)) = after.split_once("](") else { break };
        let Some((_, behind)) = place.split_once(')') else { break };
        out.push_str(before);
        out.push_str(words);
        rest = behind;
    }
    out.push_str(rest);
    out.replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_documents_are_made_of_what_is_known_here() {
        for (lang, text) in TEXTS {
            assert!(text.starts_with("# "), "{lang}");
            for line in text.lines() {
                let unknown = ["|", "```", "> ", "  ", "### ", "1. "].iter().any(|start| line.starts_with(start));
                assert!(!unknown && !line.contains("**"), "{lang}: {line}");
                assert!(!plain(line).contains("]("), "{lang}: {line}");
            }
        }
    }

    #[test]
    fn links_and_code_become_words() {
        assert_eq!(plain("见 [charts.md](charts.md) 和 `check`。"), "见 charts.md 和 check。");
        assert_eq!(plain("a [b] c"), "a [b] c");
    }
}
