//! "Not found" with status 200: a page that says that there is nothing at its address.
//!
//! Comes in: text and title of a page. Goes out: whether it says so. Must never know: what the host's own "not found"
//! page looks like; the checks compare that.

use super::words::{any, width};

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
    fn soft_not_found_says_so_early_and_briefly() {
        assert!(says_not_found("抱歉，您访问的页面不存在或已下线", "提示"));
        assert!(says_not_found("未找到匹配的信息", ""));
        assert!(!says_not_found(&format!("{}页面不存在", "办事".repeat(900)), "设立登记"));
        assert!(!says_not_found("设立登记办事指南", "设立登记"));
    }
}
