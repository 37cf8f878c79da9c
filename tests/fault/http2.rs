//! Just enough of an HTTP/2 server (RFC 9113) to answer every request with a small page.

use std::io;

use openssl::ssl::{AlpnError, Ssl, SslAcceptor, SslAcceptorBuilder, select_next_proto};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const PREFACE_BYTES: usize = 24;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const ACKNOWLEDGED: u8 = 1;
const END_OF_STREAM: u8 = 1;
const END_OF_HEADERS: u8 = 4;
/// `:status: 200`, entry 8 of the table that both sides know.
const STATUS_200: &[u8] = &[0x88];

/// Makes the acceptor agree on HTTP/2 and nothing else.
pub(crate) fn only(builder: &mut SslAcceptorBuilder) {
    builder.set_alpn_select_callback(|_, offered| select_next_proto(b"\x02h2", offered).ok_or(AlpnError::NOACK));
}

/// Serves connections on a free port of 127.0.0.1, which is returned.
pub(crate) async fn serve(acceptor: SslAcceptor) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
    let port = listener.local_addr().expect("a bound listener has an address").port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let ssl = Ssl::new(acceptor.context()).expect("a connection");
            tokio::spawn(converse(ssl, tcp));
        }
    });
    port
}

async fn converse(ssl: Ssl, tcp: TcpStream) -> io::Result<()> {
    let mut stream = tokio_openssl::SslStream::new(ssl, tcp)?;
    std::pin::Pin::new(&mut stream).accept().await.map_err(io::Error::other)?;
    stream.read_exact(&mut [0; PREFACE_BYTES]).await?;
    stream.write_all(&frame(SETTINGS, 0, [0; 4], b"")).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [a, b, c, kind, flags, identity @ ..] = head;
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        stream.read_exact(&mut vec![0; length]).await?;
        if kind == SETTINGS && flags & ACKNOWLEDGED == 0 {
            stream.write_all(&frame(SETTINGS, ACKNOWLEDGED, [0; 4], b"")).await?;
        }
        if kind == HEADERS {
            stream.write_all(&frame(HEADERS, END_OF_HEADERS, identity, STATUS_200)).await?;
            stream.write_all(&frame(DATA, END_OF_STREAM, identity, b"read")).await?;
        }
    }
}

fn frame(kind: u8, flags: u8, identity: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short frame");
    let mut frame = vec![0, 0, length, kind, flags];
    frame.extend_from_slice(&identity);
    frame.extend_from_slice(payload);
    frame
}
