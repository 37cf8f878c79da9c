//! Hash routes: the part of an address that only scripts see.
//!
//! `https://portal.example/#/guide?id=7` and `…/#/guide?id=8` are one document to the server and two pages to a visitor.
//! A fragment that is no route only says where on a page to begin.

use url::Url;

/// The route in an address's fragment: `#/guide?id=7` or `#!guide`; `None` for an anchor, and for the route's root.
#[must_use]
pub fn hash_route(url: &Url) -> Option<&str> {
    let fragment = url.fragment()?;
    let route = fragment.strip_prefix('!').or_else(|| fragment.starts_with('/').then_some(fragment))?;
    (!route.trim_matches('/').is_empty()).then_some(route)
}

/// The address without an anchor; a route stays.
#[must_use]
pub fn without_anchor(mut url: Url) -> Url {
    if hash_route(&url).is_none() {
        url.set_fragment(None);
    }
    url
}

/// Where a redirect leads: a route stays with the visitor unless the redirect names another.
#[must_use]
pub fn carry_route(mut to: Url, from: &Url) -> Url {
    if to.fragment().is_none() && hash_route(from).is_some() {
        to.set_fragment(from.fragment());
    }
    to
}

/// The address as the server sees it.
#[must_use]
pub fn as_sent(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_told_from_anchors() {
        let cases = [
            ("http://h/#/guide?id=7", Some("/guide?id=7")),
            ("http://h/a#!/list", Some("/list")),
            ("http://h/a#!list", Some("list")),
            ("http://h/a#top", None),
            ("http://h/a#/", None),
            ("http://h/a#!/", None),
            ("http://h/a#", None),
            ("http://h/a", None),
        ];
        for (address, want) in cases {
            let url = Url::parse(address).expect("an address");
            assert_eq!(hash_route(&url), want, "{address}");
            assert_eq!(without_anchor(url.clone()).fragment().is_some(), want.is_some(), "{address}");
            assert_eq!(as_sent(&url).fragment(), None);
        }
    }
}
