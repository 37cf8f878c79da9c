//! Pages that stand in the way: tests of humanity, block pages, maintenance, walls to log in, "not found" with 200.
//!
//! Comes in: status, text and source of a page. Goes out: the name of what stands in the way. Must never know: how to
//! get past it, for we never try.

use super::dom::{Css, Dom};
use super::words::{any, width};

/// When a signature applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Whatever the status, if the page shows fewer characters than this; longer pages only talk about it.
    Short(usize),
    /// With one of these statuses.
    Status(&'static [u16]),
}

/// What a signature looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// One of the words in the visible text or title.
    Text(&'static [&'static str]),
    /// One of the strings in the source.
    Source(&'static [&'static str]),
    /// Nothing to look for: the status says it.
    Any,
}

/// One known obstacle.
struct Signature {
    /// What it is, for `kind_because`.
    name: &'static str,
    when: When,
    sign: Sign,
}

/// Every known obstacle, most telling first.
const SIGNATURES: [Signature; 10] = [
    Signature {
        name: "script-only shell of a bot shield",
        when: When::Status(&[412, 202, 521]),
        sign: Sign::Source(&["<script"]),
    },
    Signature {
        name: "script-only shell of a bot shield",
        when: When::Short(20),
        sign: Sign::Source(&["$_ts", "_$jsvmprt", "__jsl_clearance", "acw_sc__v2", "arg1=", "r=\"m\"", "cf-chl"]),
    },
    Signature {
        name: "slider or captcha",
        when: When::Short(400),
        sign: Sign::Text(&[
            "滑动验证",
            "拖动滑块",
            "向右滑动",
            "滑块验证",
            "人机验证",
            "安全验证",
            "请完成验证",
            "请输入验证码后继续",
            "访问验证",
            "点击按钮完成验证",
            "verify you are human",
            "机器人验证",
            "请依次点击",
        ]),
    },
    Signature {
        name: "too many visits",
        when: When::Short(400),
        sign: Sign::Text(&[
            "访问过于频繁",
            "访问频率过高",
            "操作过于频繁",
            "请求过于频繁",
            "请求太频繁",
            "Too Many Requests",
        ]),
    },
    Signature {
        name: "block page",
        when: When::Short(600),
        sign: Sign::Text(&[
            "您的访问被阻断",
            "访问被拒绝",
            "请求被拦截",
            "您的请求可能存在威胁",
            "已被拦截",
            "拒绝访问",
            "网站防火墙",
            "防火墙拦截",
            "Web应用防火墙",
            "Access Denied",
            "Request Rejected",
            "禁止访问",
            "您的IP",
            "异常访问",
            "非法访问",
        ]),
    },
    Signature {
        name: "maintenance notice",
        when: When::Short(300),
        sign: Sign::Text(&[
            "系统维护中",
            "正在维护",
            "系统升级中",
            "停机维护",
            "网站维护",
            "升级维护",
            "暂停服务",
            "正在升级",
            "服务暂不可用",
        ]),
    },
    Signature { name: "the server refuses us (403)", when: When::Status(&[403]), sign: Sign::Any },
    Signature { name: "the server asks us to slow down (429)", when: When::Status(&[429]), sign: Sign::Any },
    Signature { name: "the server wants a precondition (412)", when: When::Status(&[412]), sign: Sign::Any },
    Signature { name: "the shield in front of the server answers (521)", when: When::Status(&[521]), sign: Sign::Any },
];

/// The obstacle that a page is, if it is one.
pub(super) fn obstacle(status: u16, text: &str, title: &str, source: &str) -> Option<&'static str> {
    let length = width(text);
    SIGNATURES
        .iter()
        .find(|signature| {
            let applies = match signature.when {
                When::Short(limit) => length < limit,
                When::Status(statuses) => statuses.contains(&status),
            };
            applies
                && match signature.sign {
                    Sign::Text(words) => any(text, words) || any(title, words),
                    Sign::Source(strings) => any(source, strings),
                    Sign::Any => true,
                }
        })
        .map(|signature| signature.name)
}

/// Words that ask to log in.
const LOGIN: [&str; 14] = [
    "请登录",
    "请先登录",
    "您还未登录",
    "您尚未登录",
    "未登录",
    "登录后",
    "登录已失效",
    "登录超时",
    "请您登录",
    "统一身份认证",
    "用户登录",
    "账号登录",
    "扫码登录",
    "登录失效",
];

/// A page with more links than this offers more than a login.
const WALL_LINKS: usize = 40;

/// Why a page is a wall to log in, if it is one.
pub(super) fn login_wall(dom: &Dom, status: u16, text: &str, title: &str, path: &str) -> Option<&'static str> {
    if status == 401 {
        return Some("the server wants a login (401)");
    }
    let length = width(text);
    let has_password = dom.first(&Css::new("input[type=password]")).is_some();
    let links = dom.select(&Css::new("a[href]")).len();
    let path = path.to_ascii_lowercase();
    let named = path.split(['/', '.', '?', ';']).any(|part| {
        matches!(part, "login" | "sso" | "cas" | "oauth" | "oauth2" | "signin" | "authorize" | "uc-login" | "tologin")
    });
    if has_password && links < WALL_LINKS && length < 1500 {
        Some("a password field and little else")
    } else if named && length < 1500 && (any(text, &LOGIN) || any(title, &["登录"]) || text.contains("登录")) {
        Some("the address is one for logging in")
    } else if length < 300 && (any(text, &LOGIN) || any(title, &["登录", "身份认证"])) && links < WALL_LINKS / 2 {
        Some("the page says to log in and little else")
    } else {
        None
    }
}

/// Words by which a page with status 200 says that there is nothing.
const NOT_FOUND: [&str; 40] = [
    "页面不存在",
    "网页不存在",
    "找不到页面",
    "找不到该页",
    "无法找到",
    "您访问的页面",
    "您要访问的页面",
    "没有找到您",
    "未找到匹配的信息",
    "未找到相关",
    "信息不存在",
    "内容不存在",
    "已被删除",
    "已删除或",
    "已下线",
    "页面走丢",
    "404 Not Found",
    "404错误",
    "错误404",
    "Page Not Found",
    "HTTP 404",
    "文件不存在",
    "页面找不到",
    "页面丢失",
    "事项不存在",
    "已停止服务",
    "站点已关闭",
    "网站已关停",
    "停止运行",
    "您查找的",
    "资源不存在",
    "事项已取消",
    "事项已暂停",
    "已下架",
    "已经下架",
    "尚未发布",
    "已移除或更名",
    "暂无此事项",
    "未查询到该事项",
    "未找到该事项",
];

/// Longer pages talk about something else.
const NOT_FOUND_CHARS: usize = 800;

/// Whether a page says that there is nothing at its address.
pub(super) fn says_not_found(text: &str, title: &str) -> bool {
    let by_title = any(title, &NOT_FOUND) || title.trim() == "404" || title.contains("404 ");
    let beginning: String = text.chars().take(NOT_FOUND_CHARS).collect();
    (by_title && width(text) < NOT_FOUND_CHARS * 2)
        || (width(text) < NOT_FOUND_CHARS && (any(&beginning, &NOT_FOUND) || text.trim() == "404"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn obstacles_are_recognised() {
        assert_eq!(obstacle(200, "请向右滑动完成验证", "", ""), Some("slider or captcha"));
        assert_eq!(obstacle(412, "", "", "<script>$_ts</script>"), Some("script-only shell of a bot shield"));
        assert_eq!(
            obstacle(200, "", "", "<script>window['$_ts']=1</script>"),
            Some("script-only shell of a bot shield")
        );
        assert_eq!(obstacle(403, "Forbidden", "", ""), Some("the server refuses us (403)"));
        assert_eq!(obstacle(503, "系统维护中，请稍后", "", ""), Some("maintenance notice"));
        assert_eq!(obstacle(200, "您访问过于频繁，请稍后再试", "", ""), Some("too many visits"));
    }

    #[test]
    fn long_pages_that_mention_an_obstacle_are_not_one() {
        let text = format!("{}本站不会要求滑动验证，访问被拒绝时请联系我们。", "政务服务".repeat(200));
        assert_eq!(obstacle(200, &text, "帮助", "<html>"), None);
        assert_eq!(obstacle(200, "设立登记", "设立登记", "<html>"), None);
    }

    #[test]
    fn a_login_link_does_not_make_a_wall() {
        let wall = Dom::parse("<form><input name=u><input type=password name=p></form>用户登录");
        assert!(login_wall(&wall, 200, "用户登录", "", "/x").is_some());
        let page = Dom::parse("<a href=/login>登录</a>");
        assert_eq!(login_wall(&page, 200, &"设立登记 登录 ".repeat(100), "设立登记", "/g/1"), None);
        assert!(login_wall(&page, 200, "您还未登录", "", "/g/1").is_some());
        assert!(login_wall(&page, 401, "", "", "/g/1").is_some());
    }

    #[test]
    fn soft_not_found_says_so_early_and_briefly() {
        assert!(says_not_found("抱歉，您访问的页面不存在或已下线", "提示"));
        assert!(says_not_found("未找到匹配的信息", ""));
        assert!(!says_not_found(&format!("{}页面不存在", "办事".repeat(900)), "设立登记"));
        assert!(!says_not_found("设立登记办事指南", "设立登记"));
    }
}
