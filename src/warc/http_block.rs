//! The HTTP message inside `request` and `response` records, and back.
//!
//! Names of the server's header fields are lower case. Fields that we add begin with a capital letter, and so do those
//! whose name we change; this is how reading can undo exactly what writing did.

use bytes::Bytes;

use crate::model::{Method, Request, Response};

use super::exchange::Sender;

/// The library that speaks HTTP removes the framing, so fields that describe it would no longer be true.
const RENAMED: &str = "X-Archive-Orig-";

/// The block of a `response` or `revisit` record, and where the payload begins in it.
pub(super) fn response_block(response: &Response, keep_length: bool) -> (Vec<u8>, usize) {
    let length = response.body.len().to_string();
    let mut has_length = keep_length;
    let version = if response.version.starts_with("HTTP/1.") { response.version.as_str() } else { "HTTP/1.1" };
    let mut block = format!("{version} {} \r\n", response.status).into_bytes();
    for (name, value) in &response.headers {
        let name = name.to_ascii_lowercase();
        let untrue = match name.as_str() {
            "transfer-encoding" => true,
            "content-length" if keep_length => false,
            "content-length" => {
                has_length |= value == length.as_bytes();
                value != length.as_bytes()
            }
            _ => false,
        };
        if untrue {
            block.extend_from_slice(RENAMED.as_bytes());
        }
        push_field(&mut block, &name, value);
    }
    if !has_length {
        push_field(&mut block, "Content-Length", length.as_bytes());
    }
    block.extend_from_slice(b"\r\n");
    let payload_at = block.len();
    block.extend_from_slice(&response.body);
    (block, payload_at)
}

fn push_field(block: &mut Vec<u8>, name: &str, value: &[u8]) {
    block.extend_from_slice(name.as_bytes());
    block.extend_from_slice(b": ");
    // A line break inside a value would end the field; HTTP forbids it, so nothing real is lost.
    block.extend(value.iter().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte }));
    block.extend_from_slice(b"\r\n");
}

/// What a response block says. `None` if it is not an HTTP message.
pub(super) fn parse_response(block: &[u8]) -> Option<Response> {
    let end = find(block, b"\r\n\r\n").map(|at| at + 2)?;
    let mut lines = block[..end].split_inclusive(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r\n"));
    let status_line = std::str::from_utf8(lines.next()??).ok()?;
    let (version, rest) = status_line.split_once(' ')?;
    let status = rest.split(' ').next()?.parse().ok()?;
    let mut headers = Vec::new();
    for line in lines {
        let line = line?;
        let at = find(line, b": ")?;
        let name = std::str::from_utf8(&line[..at]).ok()?;
        let name = name.strip_prefix(RENAMED).unwrap_or(name);
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            continue;
        }
        headers.push((name.to_owned(), line[at + 2..].to_vec()));
    }
    let body = Bytes::copy_from_slice(&block[end + 2..]);
    Some(Response { status, version: version.to_owned(), headers, body, truncated: None })
}

/// Where the payload of an HTTP block begins.
pub(super) fn payload_start(block: &[u8]) -> Option<usize> {
    find(block, b"\r\n\r\n").map(|at| at + 4)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The block of a `request` record. Cookies are never part of it.
pub(super) fn request_block(request: &Request, sender: &Sender) -> Vec<u8> {
    let url = &request.url;
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let method = match request.method {
        Method::Get | Method::Head | Method::Post => request.method.as_str(),
    };
    let mut block = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    push_field(&mut block, "host", crate::model::target::authority(url).as_bytes());
    for (name, value) in sender.headers(request.profile) {
        let name = name.to_ascii_lowercase();
        if name != "cookie" && name != "host" {
            push_field(&mut block, &name, value.as_bytes());
        }
    }
    if let Some(validators) = &request.validators {
        if let Some(etag) = &validators.etag {
            push_field(&mut block, "if-none-match", etag.as_bytes());
        }
        if let Some(date) = &validators.last_modified {
            push_field(&mut block, "if-modified-since", date.as_bytes());
        }
    }
    if let Some(body) = &request.body {
        push_field(&mut block, "content-type", body.kind.content_type().as_bytes());
        push_field(&mut block, "content-length", body.text.len().to_string().as_bytes());
    }
    block.extend_from_slice(b"\r\n");
    block.extend(request.body.iter().flat_map(|body| body.text.bytes()));
    block
}
