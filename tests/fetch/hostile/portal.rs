//! A small portal that is in order, but for known mistakes of its guide; each hostile city is this one with one vice.

use std::sync::Arc;

use super::vices::Acts;
use crate::fault::{Act, Script, send};

/// The guide: its promise is longer than the law allows, and it names no telephone number. Where it was read these two
/// are found; where it was not, nobody may be accused of them.
pub(super) const GUIDE: &str = "<html><head><meta charset=utf-8><title>公章刻制备案</title></head><body>\
    <h1>公章刻制备案</h1><dl><dt>事项名称</dt><dd>公章刻制备案</dd><dt>实施主体</dt><dd>临江县公安局</dd>\
    <dt>法定办结时限</dt><dd>3个工作日</dd><dt>承诺办结时限</dt><dd>5个工作日</dd><dt>到办事现场次数</dt><dd>1次</dd>\
    <dt>受理条件</dt><dd>已领取营业执照</dd><dt>办理地点</dt><dd>县政务服务大厅二楼</dd><dt>是否收费</dt><dd>否</dd>\
    <dt>咨询电话</dt><dd></dd></dl><h2>申请材料</h2><table><tr><th>序号</th><th>材料名称</th><th>空白表格</th></tr>\
    <tr><td>1</td><td>公章刻制申请表</td><td><a href=/files/form.rtf>空白表格下载</a></td></tr></table></body></html>";

const HOME: &str = "<html><head><meta charset=utf-8><title>临江政务</title></head><body><h1>临江县政务服务网</h1>\
    <p>欢迎办事</p><a href=/guide.html>公章刻制备案办事指南</a></body></html>";

/// A form for logging in.
pub(super) const LOGIN: &str = "<html><head><meta charset=utf-8><title>用户登录</title></head><body>\
    <form action=/login method=post><input name=user><input type=password name=pass><button>登录</button></form>\
    </body></html>";

/// The form that the guide offers.
pub(super) const FORM: &str = "{\\rtf1\\ansi\\ansicpg936 \\u20844?\\u31456?\\u21051?\\u21046?\\u30003?\\u35831?\\u34920?\\par \
    \\u30003?\\u35831?\\u20154?\\u65306?________\\par }";

/// Where the vice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In every answer, that to robots.txt included.
    Everywhere,
    /// In the answer to robots.txt.
    Robots,
    /// In the entry page.
    Entry,
    /// In the guide, and in whatever else than the portal's own pages is asked for.
    Guide,
    /// In the form that the guide offers.
    Form,
}

impl Place {
    fn holds(self, path: &str) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Robots => path == "/robots.txt",
            Self::Entry => path == "/index.html",
            // What a redirect leads to belongs to the guide.
            Self::Guide => path == "/guide.html" || path.starts_with("/to/"),
            Self::Form => path == "/files/form.rtf",
        }
    }
}

/// The portal with `vice` at `place`; the vice is told the path.
pub(super) fn with_vice(place: Place, vice: Acts) -> Script {
    Arc::new(move |head| {
        let path = head.split_whitespace().nth(1).unwrap_or("/");
        if place.holds(path) { vice(path) } else { well_behaved(path) }
    })
}

/// The answer of the portal as it should be.
pub(super) fn well_behaved(path: &str) -> Vec<Act> {
    match path {
        "/" | "/index.html" => html(HOME),
        "/guide.html" => html(GUIDE),
        _ if path.starts_with("/login") => html(LOGIN),
        "/files/form.rtf" => answer("200 OK", "Content-Type: application/rtf\r\n", FORM.as_bytes()),
        _ => answer("404 Not Found", "Content-Type: text/html; charset=utf-8\r\n", b"<h1>404</h1>"),
    }
}

/// A page.
pub(super) fn html(text: &str) -> Vec<Act> {
    answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", text.as_bytes())
}

/// An answer with this status line, these header lines and this body.
pub(super) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<Act> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    vec![send(bytes)]
}
