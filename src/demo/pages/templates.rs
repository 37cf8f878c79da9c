//! The one door to the template engine: the embedded templates of `fixtures/world`.
//!
//! Comes in: a template's name and values. Goes out: text. Must never know: cities.

use std::fmt::Write;
use std::sync::OnceLock;

use minijinja::{AutoEscape, Environment, Output, State, Value, context};

use super::Answer;

/// The style sheet of all sites.
pub(super) const STYLE: &str = include_str!("../../../fixtures/world/shared/site.css");

macro_rules! embedded {
    ($($name:literal)*) => {
        const TEMPLATES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../fixtures/world/", $name)))),*];
    };
}

embedded! {
    "gd/frame.html" "gd/home.html" "gd/list.html" "gd/guide.html"
    "gdapi/frame.html" "gdapi/home.html" "gdapi/list.html" "gdapi/guide.html"
    "epoint/frame.html" "epoint/home.html" "epoint/list.html" "epoint/guide.html"
    "sc/frame.html" "sc/home.html" "sc/list.html" "sc/guide.html" "sc/error.html"
    "tabs/frame.html" "tabs/home.html" "tabs/list.html" "tabs/guide.html"
    "gbk/frame.html" "gbk/home.html" "gbk/list.html" "gbk/guide.html"
    "gbk/inc_guide.html" "gbk/inc_news.html" "gbk/inc_banner.html"
    "spa/frame.html" "spa/home.html" "spa/list.html" "spa/guide.html" "spa/error.html"
    "h5/frame.html" "h5/home.html" "h5/list.html" "h5/guide.html" "h5/error.html"
    "cms/frame.html" "cms/home.html" "cms/list.html" "cms/guide.html" "cms/error.html"
    "sd/frame.html" "sd/home.html" "sd/list.html" "sd/guide.html" "sd/error.html"
    "bj/frame.html" "bj/home.html" "bj/list.html" "bj/guide.html" "bj/error.html"
    "icity/frame.html" "icity/home.html" "icity/list.html" "icity/guide.html" "icity/error.html"
    "cards/frame.html" "cards/home.html" "cards/list.html" "cards/guide.html"
    "shared/frame.html" "shared/home.html"
    "shared/head.html" "shared/foot.html" "shared/chart.html" "shared/pager.html"
    "shared/letters.html" "shared/letter.html" "shared/news_list.html" "shared/news.html" "shared/scenario.html"
    "shared/search.html" "shared/entry.html" "shared/account.html" "shared/challenge.html" "shared/channels.html"
    "shared/calendar.html" "shared/internal.html" "shared/assistant.html" "shared/not_found.html" "shared/search_form.html"
    "h5p/frame.html" "h5p/home.html" "h5p/list.html" "h5p/guide.html"
    "divlist/frame.html" "divlist/home.html" "divlist/list.html" "divlist/guide.html"
    "wcq/frame.html" "wcq/home.html" "wcq/list.html" "wcq/guide.html"
    "mobile/frame.html" "mobile/materials.html"
    "mobile/head.html" "mobile/column.html" "mobile/article.html" "mobile/apply.html" "mobile/ask.html"
    "mobile/download.html" "mobile/gone.html" "mobile/not_found.html"
    "hash/frame.html" "hash/shell.html" "feed/frame.html" "feed/shell.html"
    "chain/frame.html" "chain/home.html" "chain/list.html" "chain/shell.html"
    "uni/frame.html" "uni/shell.html"
}

/// Scripts and style sheets of the script-built sites, under `/static/`.
const FILES: &[(&str, &str)] = &[
    ("kit.js", include_str!("../../../fixtures/world/script/kit.js")),
    ("portal.js", include_str!("../../../fixtures/world/script/portal.js")),
    ("hash.js", include_str!("../../../fixtures/world/hash/app.js")),
    ("chain.js", include_str!("../../../fixtures/world/chain/guide.js")),
    ("chain_list.js", include_str!("../../../fixtures/world/chain/list.js")),
    ("feed.js", include_str!("../../../fixtures/world/feed/app.js")),
    ("feed.css", include_str!("../../../fixtures/world/feed/app.css")),
    ("uni.js", include_str!("../../../fixtures/world/uni/app.js")),
    ("uni.css", include_str!("../../../fixtures/world/uni/app.css")),
    ("wide.css", include_str!("../../../fixtures/world/uni/wide.css")),
];

/// A script or style sheet.
pub(super) fn file(name: &str) -> Option<Answer> {
    let (_, text) = FILES.iter().find(|(known, _)| *known == name)?;
    let is_script = name.rsplit_once('.').is_some_and(|(_, ending)| ending == "js");
    let content_type = if is_script { "text/javascript; charset=utf-8" } else { "text/css; charset=utf-8" };
    Some(Answer::new(200, content_type, *text))
}

/// A page: the template with what every page of the site shows, and with its own values.
pub(super) fn render(name: &str, common: Value, own: Value) -> String {
    let template = environment().get_template(name).expect("every template name in the source is embedded");
    let own = if own.is_undefined() {
        context! {}
    } else {
        own
    };
    template.render(context! { ..own, ..common }).expect("the embedded templates render, which the tests prove")
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| environment_of(TEMPLATES))
}

/// An engine over embedded templates, with names and sources.
pub(crate) fn environment_of(templates: &[(&'static str, &'static str)]) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_formatter(escape);
    for (name, source) in templates {
        environment.add_template(name, source).expect("the embedded templates are valid, which the tests prove");
    }
    environment
}

/// Escapes as hand-written pages do: the engine's own rule would also escape every slash of an address.
fn escape(out: &mut Output, state: &State, value: &Value) -> Result<(), minijinja::Error> {
    let plain = value.as_str().filter(|_| !value.is_safe() && state.auto_escape() == AutoEscape::Html);
    let Some(text) = plain else { return minijinja::escape_formatter(out, state, value) };
    for c in text.chars() {
        let written = match c {
            '&' => out.write_str("&amp;"),
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '"' => out.write_str("&quot;"),
            c => out.write_char(c),
        };
        written.map_err(|_| minijinja::Error::new(minijinja::ErrorKind::WriteFailure, "cannot write"))?;
    }
    Ok(())
}
