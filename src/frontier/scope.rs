//! Where a channel may be visited.
//!
//! Comes in: an address. Goes out: whether its scheme, host and path may be asked for at all. Must never know: pace,
//! budgets, robots.txt.

use url::Url;

use crate::model::target::authority;
use crate::model::{Channel, SkipReason, hash_route};

/// Words of a path that change something at the server when they are followed. A reader never asks for them.
const FORBIDDEN_VERBS: [&str; 20] = [
    "logout",
    "logoff",
    "signout",
    "tuichu",
    "delete",
    "del",
    "remove",
    "shanchu",
    "submit",
    "dosubmit",
    "tijiao",
    "save",
    "insert",
    "unsubscribe",
    "dologin",
    "logincheck",
    "checklogin",
    "loginaction",
    "loginsubmit",
    "doregister",
];

/// Query keys under which old portals name the action (`?action=delete`).
const ACTION_KEYS: [&str; 8] = ["action", "act", "method", "do", "op", "cmd", "oper", "operate"];

/// The hosts of one channel.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    hosts: Vec<String>,
}

impl Scope {
    pub(super) fn of(channel: &Channel) -> Self {
        Self { hosts: channel.scope.iter().map(|host| spelled(host)).collect() }
    }

    /// The hosts, as [`authority`] spells them.
    pub(super) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Why `url` may not be asked for, if so.
    pub(super) fn refusal(&self, url: &Url) -> Option<SkipReason> {
        if !matches!(url.scheme(), "http" | "https") {
            return Some(SkipReason::Scheme);
        }
        if !self.hosts.contains(&authority(url)) {
            return Some(SkipReason::OutOfScope);
        }
        changes_something(url).then_some(SkipReason::ForbiddenVerb)
    }
}

/// A host of the catalogue as [`authority`] would spell it: lower case, internationalised names in ASCII, default ports
/// left out.
pub(super) fn spelled(host: &str) -> String {
    let host = host.trim();
    let plain = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
    Url::parse(&format!("http://{plain}/")).map_or_else(|_| plain.to_ascii_lowercase(), |url| authority(&url))
}

fn changes_something(url: &Url) -> bool {
    let in_path = url.path().split('/').any(names_a_verb);
    let in_query = url
        .query_pairs()
        .any(|(key, value)| ACTION_KEYS.contains(&key.to_ascii_lowercase().as_str()) && names_a_verb(&value));
    // A hash route may lead to a script that changes something.
    let in_route = hash_route(url).is_some_and(|route| route.split(['/', '?', '&']).any(names_a_verb));
    in_path || in_query || in_route
}

/// Whether one of the words of a path segment is a forbidden verb. Words end at punctuation and where a capital begins
/// (`userLogout.do`), and two neighbours count as one word too (`doLogin`); `delivery` is not `del`.
fn names_a_verb(segment: &str) -> bool {
    let words = words(segment);
    let alone = words.iter().any(|word| FORBIDDEN_VERBS.contains(&word.as_str()));
    let paired = words.windows(2).any(|pair| FORBIDDEN_VERBS.contains(&pair.concat().as_str()));
    alone || paired
}

fn words(segment: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for letter in segment.chars() {
        let begins = !letter.is_ascii_alphanumeric() || (letter.is_ascii_uppercase() && after_lower);
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_ascii_alphanumeric()) {
            word.push(letter.to_ascii_lowercase());
        }
        after_lower = letter.is_ascii_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChannelId, ChannelKind};

    fn scope(hosts: &[&str]) -> Scope {
        Scope::of(&Channel {
            id: ChannelId("portal".into()),
            kind: ChannelKind::Portal,
            name: None,
            seeds: vec![],
            scope: hosts.iter().map(|host| (*host).to_owned()).collect(),
            dialect: None,
            politeness_group: None,
        })
    }

    #[test]
    fn only_the_channels_hosts_and_ports_are_in_scope() {
        let scope = scope(&["portal.example", "10.0.0.1:8083", "Ww.Example:443"]);
        let cases = [
            ("http://portal.example/a", None),
            ("https://portal.example/a", None),
            ("https://ww.example/a", None),
            ("http://10.0.0.1:8083/a", None),
            ("http://portal.example:8080/a", Some(SkipReason::OutOfScope)),
            ("http://10.0.0.1/a", Some(SkipReason::OutOfScope)),
            ("http://m.portal.example/a", Some(SkipReason::OutOfScope)),
            ("http://portal.example.evil.example/a", Some(SkipReason::OutOfScope)),
            ("ftp://portal.example/a", Some(SkipReason::Scheme)),
            ("mailto:a@portal.example", Some(SkipReason::Scheme)),
            ("javascript:void(0)", Some(SkipReason::Scheme)),
        ];
        for (text, want) in cases {
            assert_eq!(scope.refusal(&Url::parse(text).expect("absolute")), want, "{text}");
        }
    }

    #[test]
    fn verbs_that_change_something_are_refused_and_lookalikes_are_not() {
        let scope = scope(&["h"]);
        let forbidden = [
            "/logout",
            "/user/userLogout.do",
            "/item/delete?id=1",
            "/item/del.jsp",
            "/form/submit",
            "/doLogin",
            "/login_check.jsp",
            "/login/checkLogin.do",
            "/x.do?method=deleteItem",
            "/x?action=logout",
            "/#/user/logout",
        ];
        let harmless = [
            "/login.html",
            "/delivery/1.html",
            "/guide/submission.html",
            "/x?q=delete",
            "/#/guide/submission",
            "/safe/1.html",
            "/model/1",
            "/cancellation/guide.html",
        ];
        let refusal = |path: &str| scope.refusal(&Url::parse(&format!("http://h{path}")).expect("absolute"));
        for path in forbidden {
            assert_eq!(refusal(path), Some(SkipReason::ForbiddenVerb), "{path}");
        }
        for path in harmless {
            assert_eq!(refusal(path), None, "{path}");
        }
    }
}
