//! Pages that show nothing to be judged: blocked, behind a login, not rendered, damaged. No finding may rest on them.

use super::random::Random;

/// One such page.
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// The reason, in the words of the records.
    pub(super) reason: &'static str,
    /// The kind of page; empty where several kinds are as good.
    pub(super) kind: &'static str,
}

/// One of the kinds, about a guide of this title.
pub(super) fn page(title: &str, random: &mut Random) -> Page {
    let html = |status: u16, body: String, reason: &'static str, kind: &'static str| Page {
        status,
        body: body.into_bytes(),
        reason,
        kind,
    };
    match random.below(7) {
        0 => html(403, block_page(), "blocked", "challenge"),
        1 => html(412, script_shell(), "blocked", "challenge"),
        2 => html(200, slider(), "blocked", "challenge"),
        3 => html(200, login(), "login_required", "login_wall"),
        4 => html(200, skeleton(title), "not_rendered", "empty_shell"),
        5 => html(200, shell(), "not_rendered", "empty_shell"),
        _ => Page { status: 200, body: noise(random), reason: "unreadable", kind: "" },
    }
}

fn block_page() -> String {
    "<html><head><title>403 Forbidden</title></head><body><h1>访问被拒绝</h1>\
     <p>您的访问请求可能对网站造成安全威胁，已被管理员设置拦截。</p><p>事件编号：a8f3</p></body></html>"
        .to_owned()
}

fn script_shell() -> String {
    "<html><head><meta charset=\"utf-8\"></head><body><script>var _$0x=['c2V0','Y29v'];(function(a,b){\
     document.cookie='acw_sc__v2='+a+b;location.reload();})(_$0x[0],_$0x[1]);</script></body></html>"
        .to_owned()
}

fn slider() -> String {
    "<html><head><meta charset=\"utf-8\"><title>安全验证</title></head><body><div class=\"verify\">\
     <p>为了您的访问安全，请按住滑块，拖动到最右边完成验证</p><div class=\"slider\"></div></div></body></html>"
        .to_owned()
}

fn login() -> String {
    "<html><head><meta charset=\"utf-8\"><title>统一身份认证</title></head><body><h2>用户登录</h2>\
     <form action=\"/sso/login\" method=\"post\"><input name=\"account\" placeholder=\"请输入账号\">\
     <input type=\"password\" name=\"pwd\" placeholder=\"请输入密码\"><button>登录</button></form>\
     <p>请登录后查看</p></body></html>"
        .to_owned()
}

/// Every label, no value: what a skeleton shows before its scripts ran.
fn skeleton(title: &str) -> String {
    let labels = [
        "实施主体",
        "办件类型",
        "服务对象",
        "法定办结时限",
        "承诺办结时限",
        "到办事现场次数",
        "办理地点",
        "办理时间",
        "咨询方式",
        "监督投诉方式",
        "是否收费",
        "设定依据",
        "受理条件",
        "申请材料",
        "办理流程",
    ];
    let rows: Vec<String> = labels
        .iter()
        .map(|label| format!("<tr><td class=\"ewb-td-label\">{label}</td><td><span></span></td></tr>"))
        .collect();
    format!(
        "<html><head><meta charset=\"utf-8\"><title>办事指南</title></head><body><div id=\"taskname\"></div>\
         <table>{}</table><script src=\"/js/taskdetail.js\"></script><script>loadTask('{}');</script></body></html>",
        rows.concat(),
        title.len()
    )
}

fn shell() -> String {
    "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>政务服务网</title><script src=\"/static/js/chunk-vendors.js\">\
     </script></head><body><noscript>We're sorry but this site doesn't work properly without JavaScript enabled.\
     </noscript><div id=\"app\"></div><script src=\"/static/js/app.js\"></script></body></html>"
        .to_owned()
}

/// Bytes that are no text in any encoding.
fn noise(random: &mut Random) -> Vec<u8> {
    (0..4_000).map(|_| u8::try_from(random.below(256)).unwrap_or(0)).collect()
}
