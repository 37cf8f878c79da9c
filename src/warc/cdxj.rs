//! The index of an archive: one line a stored answer, sorted by a key that brings a site's pages together.
//!
//! Requests by HEAD are left out: under the same address a replay tool would show their empty body as the page.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::model::request::{KeptPayload, Validators};
use crate::model::{Capture, Digest, Method, RecordId, as_sent};

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File name within the `evidence` folder.
    pub file: String,
    /// Offset of its gzip member.
    pub offset: u64,
    /// Length of its gzip member.
    pub length: u64,
    /// Digest of the gzip member.
    pub member: Digest,
}

/// One line of the index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexLine {
    /// Key by site and path ([`surt`]).
    pub key: String,
    /// UTC, 14 digits.
    pub timestamp: String,
    /// The rest.
    pub fields: IndexFields,
}

/// The JSON of an index line. Numbers are text, as replay tools expect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexFields {
    /// Address.
    pub url: String,
    /// `POST` for the answer to a query, which is not the page that stands under the address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub method: Option<String>,
    /// The query's body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_body: Option<String>,
    /// Media type, or `warc/revisit`.
    pub mime: String,
    /// Status.
    pub status: String,
    /// Digest of the payload.
    pub digest: String,
    /// Length of the gzip member.
    pub length: String,
    /// Its offset.
    pub offset: String,
    /// Its file.
    pub filename: String,
    /// Digest of the gzip member.
    pub record_digest: String,
    /// The record.
    pub record: String,
    /// `ETag` of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub etag: Option<String>,
    /// `Last-Modified` of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_modified: Option<String>,
    /// For a revisit: run, file, offset and record of the answer that still holds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kept: Option<Kept>,
}

/// Where an answer of an earlier night stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Kept {
    /// Run id.
    pub run: String,
    /// File.
    pub file: String,
    /// Offset.
    pub offset: u64,
    /// Record.
    pub record: String,
}

impl IndexLine {
    /// The line of a capture that was stored at `place`; `None` for failures and HEAD.
    #[must_use]
    pub fn of(capture: &Capture, place: &Place) -> Option<Self> {
        let response = capture.response()?;
        let query = match capture.request.method {
            Method::Get => None,
            Method::Head => return None,
            Method::Post => capture.request.body.as_ref().map(|body| body.text.clone()),
        };
        let kept = capture.revisit.as_ref().filter(|_| response.status == 304);
        let mime = match (kept, response.header("content-type")) {
            (Some(_), _) => "warc/revisit".to_owned(),
            (None, Some(value)) => value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
            (None, None) => "application/octet-stream".to_owned(),
        };
        let digest = kept.map_or_else(|| Digest::of(&response.body), |kept| kept.payload_digest.clone());
        Some(Self {
            key: key(&capture.request.url, query.as_deref()),
            timestamp: capture.date.strftime("%Y%m%d%H%M%S").to_string(),
            fields: IndexFields {
                method: query.is_some().then(|| "POST".to_owned()),
                request_body: query,
                url: as_sent(&capture.request.url).to_string(),
                mime,
                status: response.status.to_string(),
                digest: digest.to_string(),
                length: place.length.to_string(),
                offset: place.offset.to_string(),
                filename: place.file.clone(),
                record_digest: place.member.to_string(),
                record: capture.record.to_string(),
                etag: response.header("etag"),
                last_modified: response.header("last-modified"),
                kept: kept.map(|kept| Kept {
                    run: kept.run.clone(),
                    file: kept.file.clone(),
                    offset: kept.offset,
                    record: kept.record.to_string(),
                }),
            },
        })
    }

    /// The line as it stands in the file, without its line feed.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "plain data with text keys is always JSON")]
    pub fn text(&self) -> String {
        let json = serde_json::to_string(&self.fields).expect("plain text fields are always JSON");
        format!("{} {} {json}", self.key, self.timestamp)
    }

    /// A line read back; `None` if it is not one of ours.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (key, rest) = line.split_once(' ')?;
        let (timestamp, json) = rest.split_once(' ')?;
        let fields = serde_json::from_str(json).ok()?;
        Some(Self { key: key.to_owned(), timestamp: timestamp.to_owned(), fields })
    }

    /// Where the answer stands: for "not changed", in the night that it was fetched in; `None` if that is not known.
    #[must_use]
    pub fn place(&self, run: &str) -> Option<KeptPayload> {
        let fields = &self.fields;
        let payload_digest = Digest::parse(&fields.digest)?;
        match &fields.kept {
            Some(kept) => Some(KeptPayload {
                run: kept.run.clone(),
                file: kept.file.clone(),
                offset: kept.offset,
                record: RecordId(kept.record.clone()),
                payload_digest,
            }),
            None if fields.status != "304" => Some(KeptPayload {
                run: run.to_owned(),
                file: fields.filename.clone(),
                offset: fields.offset.parse().ok()?,
                record: RecordId(fields.record.clone()),
                payload_digest,
            }),
            None => None,
        }
    }

    /// What a later night needs to ask "has it changed?"; `None` where there is no validator, or no whole answer.
    #[must_use]
    pub fn validators(&self, run: &str) -> Option<Validators> {
        let fields = &self.fields;
        if fields.method.is_some() {
            return None;
        }
        if !matches!(fields.status.as_str(), "200" | "304") || (fields.etag.is_none() && fields.last_modified.is_none())
        {
            return None;
        }
        let kept = self.place(run)?;
        Some(Validators { etag: fields.etag.clone(), last_modified: fields.last_modified.clone(), kept })
    }
}

/// The key of an answer; replay tools tell the answers to queries apart by what was sent.
fn key(url: &Url, query: Option<&str>) -> String {
    let Some(query) = query else { return surt(url) };
    let mut url = url.clone();
    url.query_pairs_mut().append_pair("__wb_method", "POST").append_pair("__wb_post_data", query);
    surt(&url)
}

/// Sort-friendly URI: labels of the host reversed, then port, path and sorted query, in lower case.
#[must_use]
pub fn surt(url: &Url) -> String {
    let host = match url.host() {
        Some(Host::Domain(name)) => name.strip_prefix("www.").unwrap_or(name).rsplit('.').collect::<Vec<_>>().join(","),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => format!("[{address}]"),
        None => String::new(),
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let mut key = format!("{host}{port}){}", url.path());
    if let Some(query) = url.query() {
        let mut pairs: Vec<&str> = query.split('&').collect();
        pairs.sort_unstable();
        key.push('?');
        key.push_str(&pairs.join("&"));
    }
    key.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_bring_a_site_together() {
        for (address, key) in [
            ("http://www.zwfw.example.cn/A/b?z=1&a=2", "cn,example,zwfw)/a/b?a=2&z=1"),
            ("https://portal.example:8443/", "example,portal:8443)/"),
            ("http://127.0.0.1:9000/x", "127.0.0.1:9000)/x"),
        ] {
            assert_eq!(surt(&Url::parse(address).expect("a valid address")), key);
        }
    }
}
