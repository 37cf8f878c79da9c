//! Reading `Retry-After`.
//!
//! Comes in: the header as the server wrote it, and the moment it wrote it. Goes out: how long we are asked to stay
//! away, or nothing if the words mean nothing. Must never know: what is done about it.

use std::time::Duration;

use jiff::fmt::{rfc2822, strtime};
use jiff::{Timestamp, tz::TimeZone};

/// How long to stay away: whole seconds, or the time from `answered` to an HTTP date (a date in the past is no wait).
/// `None` for rubbish.
#[must_use]
pub(super) fn retry_after(header: &str, answered: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if header.is_empty() {
        return None;
    }
    if header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are still a clear wish: for ever.
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)));
    }
    let until = http_date(header)?;
    let wait = until.duration_since(answered);
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

/// A date in one of the three forms of HTTP (RFC 9110 §5.6.7).
#[must_use]
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(date) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return Some(date);
    }
    // The week day says nothing that the date does not say, and is often wrong.
    let (_, undated) = text.split_once([',', ' '])?;
    ["%d-%b-%y %H:%M:%S GMT", "%b %d %H:%M:%S %Y"].into_iter().find_map(|form| {
        let civil = strtime::parse(form, undated.trim()).ok()?.to_datetime().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_rubbish_is_not() {
        let answered: Timestamp = "1994-11-06T08:49:07Z".parse().expect("a date");
        let seconds = |n| Some(Duration::from_secs(n));
        let cases = [
            ("120", seconds(120)),
            (" 0 ", seconds(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", seconds(30)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", seconds(30)),
            ("Sun Nov  6 08:49:37 1994", seconds(30)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", seconds(0)),
            ("99999999999999999999999999", seconds(u64::MAX)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("120, 60", None),
            ("稍后", None),
            ("2 minutes", None),
        ];
        for (header, want) in cases {
            assert_eq!(retry_after(header, answered), want, "{header}");
        }
    }
}
