//! Addresses that never end.
//!
//! Comes in: an address. Goes out: whether it looks like one of an endless series. Must never know: what stands on the
//! page. The limits are on from the first request; the count of query variants per path lives in [`Variants`].

use std::collections::BTreeMap;

use url::Url;

use super::settings::Settings;
use crate::model::target::authority;
use crate::model::{QueryBody, hash_route};

/// Words by which calendars are known in addresses, among them the pinyin of 日历 and 日程.
const CALENDAR_WORDS: [&str; 6] = ["calendar", "rili", "wannianli", "richeng", "datepicker", "schedule"];

/// Query keys for the year and for the month: together they page through a calendar.
const YEAR_KEYS: [&str; 4] = ["year", "y", "yyyy", "nian"];
const MONTH_KEYS: [&str; 5] = ["month", "mon", "m", "mm", "yue"];

/// Whether the address alone shows that it belongs to an endless series.
pub(super) fn looks_endless(url: &Url, settings: &Settings) -> bool {
    url.as_str().len() > settings.max_url_length || repeats(url, settings) || is_calendar(url)
}

fn repeats(url: &Url, settings: &Settings) -> bool {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut segments = 0;
    let route = hash_route(url).into_iter().flat_map(|route| route.trim_start_matches('/').split(['/', '?']));
    for segment in url.path().split('/').skip(1).chain(route) {
        segments += 1;
        *counts.entry(segment).or_default() += 1;
    }
    segments > settings.max_path_segments || counts.into_values().any(|count| count > settings.max_path_repeats)
}

fn is_calendar(url: &Url) -> bool {
    let (mut year, mut month, mut dated) = (false, false, false);
    for (key, value) in url.query_pairs() {
        let key = key.to_ascii_lowercase();
        year |= YEAR_KEYS.contains(&key.as_str()) && is_number(&value);
        month |= MONTH_KEYS.contains(&key.as_str()) && is_number(&value);
        dated |= begins_with_year(&value);
    }
    if year && month {
        return true;
    }
    let path = url.path().to_ascii_lowercase();
    let named = CALENDAR_WORDS.iter().any(|word| path.contains(word));
    named && (year || month || dated || path.split(['/', '-', '_', '.']).any(begins_with_year))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2031`, `2031-05`, `203105`.
fn begins_with_year(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    matches!(digits, 4 | 6 | 8) && matches!(text.get(..2), Some("19" | "20" | "21"))
}

/// How many query variants of each path were asked for.
#[derive(Debug, Default)]
pub(super) struct Variants {
    asked: BTreeMap<String, usize>,
}

impl Variants {
    /// Whether the path of `url` has had its share. Addresses without a query are not variants.
    pub(super) fn exhausted(&self, (url, body): (&Url, Option<&QueryBody>), settings: &Settings) -> bool {
        is_variant(url, body) && self.asked.get(&place(url)).is_some_and(|count| *count >= settings.max_query_variants)
    }

    /// Counts a request. Counting what is asked for, and not what is found, lets the best variants of a long list of
    /// guides have their turn.
    pub(super) fn count(&mut self, (url, body): (&Url, Option<&QueryBody>)) {
        if is_variant(url, body) {
            *self.asked.entry(place(url)).or_default() += 1;
        }
    }
}

/// An address with a query, in itself or in a body, is one of many.
fn is_variant(url: &Url, body: Option<&QueryBody>) -> bool {
    has_query(url) || body.is_some()
}

/// What the query stands behind: the path, or the path of a hash route.
fn place(url: &Url) -> String {
    let route = hash_route(url).map(|route| route.split('?').next().unwrap_or_default()).unwrap_or_default();
    format!("{}{}#{route}", authority(url), url.path())
}

fn has_query(url: &Url) -> bool {
    url.query().is_some() || hash_route(url).is_some_and(|route| route.contains('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endless(text: &str) -> bool {
        looks_endless(&Url::parse(text).expect("absolute"), &Settings::for_tests())
    }

    #[test]
    fn endless_series_are_recognised() {
        for text in [
            "http://h/cal?year=2031&month=5",
            "http://h/rl.jsp?nian=2031&yue=12",
            "http://h/calendar/2031/05",
            "http://h/rili/2031-05.html",
            "http://h/wannianli?date=2031-05-01",
            "http://h/a/b/a/b/a/b/a/b",
            "http://h/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
            "http://h/a//////b",
        ] {
            assert!(endless(text), "{text}");
        }
        assert!(endless(&format!("http://h/{}", "x".repeat(1000))));
    }

    #[test]
    fn ordinary_addresses_are_not() {
        for text in [
            "http://h/",
            "http://h/art/2020/5/12/art_123_456.html",
            "http://h/list?page=3&m=show",
            "http://h/list?year=2020",
            "http://h/calendar.html",
            "http://h/front/transition/ywTransToDetail?areaCode=510100&itemCode=1",
        ] {
            assert!(!endless(text), "{text}");
        }
    }

    #[test]
    fn a_hash_route_counts_like_a_path() {
        assert!(endless("http://h/#/a/b/a/b/a/b/a/b"));
        assert!(!endless("http://h/#/guide?id=7"));
        let mut settings = Settings::for_tests();
        settings.max_query_variants = 2;
        let url = |text: &str| Url::parse(text).expect("absolute");
        let mut variants = Variants::default();
        variants.count((&url("http://h/#/guide?id=1"), None));
        variants.count((&url("http://h/#/guide?id=2"), None));
        assert!(variants.exhausted((&url("http://h/#/guide?id=3"), None), &settings));
        assert!(!variants.exhausted((&url("http://h/#/list?id=3"), None), &settings));
    }

    #[test]
    fn variants_of_one_path_are_limited_and_others_are_not() {
        let mut settings = Settings::for_tests();
        settings.max_query_variants = 3;
        let url = |text: &str| Url::parse(text).expect("absolute");
        let mut variants = Variants::default();
        for i in 0..3 {
            assert!(!variants.exhausted((&url(&format!("http://h/a?i={i}")), None), &settings));
            variants.count((&url(&format!("http://h/a?i={i}")), None));
        }
        assert!(variants.exhausted((&url("http://h/a?i=3"), None), &settings));
        assert!(!variants.exhausted((&url("http://h/a"), None), &settings));
        assert!(!variants.exhausted((&url("http://h/b?i=3"), None), &settings));
    }
}
