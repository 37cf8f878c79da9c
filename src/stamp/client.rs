//! One exchange with the authority: a POST that is bounded in time and size, follows nothing and keeps nothing.

use std::pin::Pin;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use openssl::ssl::{SslConnector, SslMethod};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;
use url::Url;

use super::StampError;

/// The whole exchange. A night that is over does not wait long.
const LIMIT: Duration = Duration::from_secs(20);

/// Answers with all certificates are some kilobytes.
const MOST: usize = 256 * 1024;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Sends a request to the authority and gives its answer, unchecked.
///
/// # Errors
/// When the address is none, or there is no answer in time.
pub async fn ask(url: &Url, request: Vec<u8>) -> Result<Vec<u8>, StampError> {
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(StampError::Address(url.to_string()));
    }
    let failed = |why: String| StampError::Exchange { url: crate::model::SafeUrl(url).to_string(), why };
    match tokio::time::timeout(LIMIT, exchange(url, request)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed(format!("nothing within {} s", LIMIT.as_secs()))),
    }
}

async fn exchange(url: &Url, request: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let tcp = TcpStream::connect((host, url.port_or_known_default().unwrap_or(80))).await?;
    if url.scheme() == "http" {
        return post(TokioIo::new(tcp), url, request).await;
    }
    // The system's own roots: this authority is one that the operator chose.
    let ssl = SslConnector::builder(SslMethod::tls_client())?.build().configure()?.into_ssl(host)?;
    let mut tls = SslStream::new(ssl, tcp)?;
    Pin::new(&mut tls).connect().await?;
    post(TokioIo::new(tls), url, request).await
}

async fn post<S>(stream: S, url: &Url, request: Vec<u8>) -> Result<Vec<u8>, Fault>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let message = hyper::Request::post(target)
        .header("host", crate::model::target::authority(url))
        .header("content-type", "application/timestamp-query")
        .header("accept", "application/timestamp-reply")
        .header("content-length", request.len())
        .body(Full::new(Bytes::from(request)))?;
    let answer = async {
        let answer = sender.send_request(message).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), MOST).collect().await?.to_bytes();
        Ok::<_, Fault>((status, body))
    };
    let (answer, ()) = tokio::join!(answer, async {
        // An error here is one of the answer, too.
        let _ = connection.await;
    });
    let (status, body) = answer?;
    if status == 200 { Ok(body.to_vec()) } else { Err(format!("status {status}").into()) }
}
