//! Cookies, one jar a target: no city ever sees what another one set.
//!
//! Comes in: `Set-Cookie` headers of an answer. Goes out: the `Cookie` header of the next request of the same target.
//! Must never know: anything of the exchange but target, address and these headers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use reqwest::cookie::{CookieStore, Jar};
use url::Url;

use crate::model::{CityCode, Response};

/// A longer `Cookie` header is not sent: common servers answer more than 8 KiB of one header with an error, which
/// would then look like the portal's fault.
const LONGEST_HEADER: usize = 8 * 1024;

/// The jars.
#[derive(Default)]
pub(super) struct Cookies {
    jars: Mutex<BTreeMap<CityCode, Arc<Jar>>>,
}

impl Cookies {
    /// The `Cookie` header for a request of `target` to `url`, if its jar has any.
    pub(super) fn header(&self, target: &CityCode, url: &Url) -> Option<HeaderValue> {
        self.jar(target).cookies(url).filter(|value| value.len() <= LONGEST_HEADER)
    }

    /// Keeps what the answer from `url` set.
    pub(super) fn keep(&self, target: &CityCode, url: &Url, answer: &Response) {
        let set: Vec<HeaderValue> = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
            .filter_map(|(_, value)| HeaderValue::from_bytes(value).ok())
            .collect();
        if !set.is_empty() {
            self.jar(target).set_cookies(&mut set.iter(), url);
        }
    }

    fn jar(&self, target: &CityCode) -> Arc<Jar> {
        let mut jars = self.jars.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(jars.entry(target.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(cookie: &str) -> Response {
        Response {
            status: 200,
            version: "HTTP/1.1".into(),
            headers: vec![("set-cookie".into(), cookie.as_bytes().to_vec())],
            body: bytes::Bytes::new(),
            truncated: None,
        }
    }

    #[test]
    fn a_cookie_comes_back_to_its_server_for_its_target_only() {
        let cookies = Cookies::default();
        let (hangzhou, guangzhou) = (CityCode("330100".into()), CityCode("440100".into()));
        let url = Url::parse("http://shared.example/a/").expect("a URL");
        let other = Url::parse("http://other.example/").expect("a URL");
        cookies.keep(&hangzhou, &url, &setting("JSESSIONID=1; Path=/"));

        assert_eq!(cookies.header(&hangzhou, &url), Some(HeaderValue::from_static("JSESSIONID=1")));
        assert_eq!(cookies.header(&guangzhou, &url), None);
        assert_eq!(cookies.header(&hangzhou, &other), None);
    }

    #[test]
    fn a_jar_grown_too_large_is_not_sent() {
        let cookies = Cookies::default();
        let city = CityCode("330100".into());
        let url = Url::parse("http://shared.example/").expect("a URL");
        for number in 0..3 {
            cookies.keep(&city, &url, &setting(&format!("c{number}={}", "x".repeat(3_000))));
            assert_eq!(cookies.header(&city, &url).is_some(), number < 2, "{number}");
        }
    }
}
