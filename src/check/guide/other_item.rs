//! A flowchart that belongs to another errand (图不对事), told from its heading.
//!
//! Comes in: the heading of a chart, the guide's title. Goes out: a finding where the two cannot mean the same errand.
//! Must never know: steps. A heading names an errand in other words than the guide more often than not, so likeness is
//! never asked for; only titles without anything in common count.

use super::flowchart_consistency::words;
use crate::check::judgement::Words;
use crate::check::view::{GuideSubject, View};
use crate::check::wording::{core, mostly_shared};
use crate::model::Severity;

/// Acts on an item that exclude each other: a chart that names one of them for a guide that names another is not its
/// chart.
const ACTS_ON_ITEM: &[&str] = &["设立", "注销", "变更", "延续", "补领", "补办", "换领", "撤销", "迁移", "年检"];

/// How a title ends that names an errand.
const ERRANDS: &[&str] =
    &["登记", "许可", "备案", "审批", "核准", "核发", "申领", "认定", "确认", "缴存", "许可证", "新办", "换发", "补发"];

/// Endings that name an errand only together with a difference in what the chart says: 企业注册 may be 公司设立登记.
const ALSO_ERRANDS: &[&str] = &["证", "注册", "审查", "提取", "审核"];

/// Words that say how or for whom things are done; with them a heading names no errand: 并联审批流程图.
const MANNERS: &[&str] = &["行政", "政务", "并联", "联合", "集成", "一窗", "一件事", "综合", "通用", "事项"];

/// Fields and acts that many errands share tell as little as 许可 does.
const FIELDS: &[&str] = &["经营", "生产", "建设", "服务", "管理", "设立", "使用", "资格", "零售", "办理", "审批"];

/// More characters than this are no heading.
const LONGEST: usize = 40;

/// The finding that the chart is about another errand, only where its title leaves no doubt.
pub(super) fn by_title(view: &View<'_>, subject: &GuideSubject<'_>, heading: &str) -> Option<Words> {
    let name = errand_of(heading)?;
    let title = core(&subject.title());
    let other_act = ACTS_ON_ITEM.iter().any(|act| name.contains(act) && !title.contains(act))
        && ACTS_ON_ITEM.iter().any(|act| title.contains(act) && !name.contains(act));
    let other_segment = subject.segment.is_some_and(|own| {
        !own.names(&name)
            && !mostly_shared(&name, &title)
            && view.context.scenarios.iter().flat_map(|scenario| &scenario.segments).any(|segment| segment.names(&name))
    });
    let unlike = ends_like(heading, ERRANDS) && shares_nothing(&name, &title)
        || ends_like(heading, ALSO_ERRANDS) && own_words_share_nothing(&name, &title);
    (other_act || other_segment || unlike).then(|| finding(heading, subject))
}

/// The finding that the chart is about another errand where its title has next to nothing in common with the guide's.
/// Only for charts that also say something else than the text.
pub(super) fn by_title_and_contents(subject: &GuideSubject<'_>, heading: &str) -> Option<Words> {
    let named = ends_like(heading, ERRANDS) || ends_like(heading, ALSO_ERRANDS);
    (named && little_alike(&errand_of(heading)?, &core(&subject.title()))).then(|| finding(heading, subject))
}

/// Whether the words of a heading before 流程图 end like the name of an errand, and speak of no manner.
fn ends_like(heading: &str, errands: &[&str]) -> bool {
    let said = core(heading);
    let Some(name) = before_chart(&said) else { return false };
    let ends = ["办理", "业务", "工作"].iter().fold(name, |name, end| name.strip_suffix(end).unwrap_or(name));
    !MANNERS.iter().any(|manner| name.contains(manner)) && errands.iter().any(|errand| ends.ends_with(errand))
}

/// The words of a folded heading before 流程图, if it is short enough to be one.
fn before_chart(folded: &str) -> Option<&str> {
    folded.split_once("流程图").map(|(name, _)| name).filter(|name| name.chars().count() <= LONGEST)
}

/// The name of an errand in a chart's heading (食品经营许可办理流程图), folded; `None` if it names none.
fn errand_of(heading: &str) -> Option<String> {
    let said = core(heading);
    let name = ["业务办理", "办理", "办事", "业务", "审批", "工作", "登记办理"]
        .iter()
        .fold(before_chart(&said)?, |name, suffix| name.strip_suffix(suffix).unwrap_or(name));
    (name.chars().count() >= 4).then(|| name.to_owned())
}

/// The characters of a name, those left aside that all errands have.
fn telling(name: &str) -> Vec<char> {
    const EVERYWHERE: &str = "登记许可备案核准审批申请领认定确的证书业务企单位人事项办理新首次公司和与或";
    name.chars().filter(|c| !EVERYWHERE.contains(*c)).collect()
}

/// The telling characters of a name, fields that many errands share left aside.
fn own(name: &str) -> Vec<char> {
    telling(&FIELDS.iter().fold(name.to_owned(), |name, field| name.replace(field, "")))
}

/// Whether the name of an errand has nothing in common with the guide's title: all its telling characters differ, or
/// all of those that do not name a field.
fn shares_nothing(name: &str, title: &str) -> bool {
    let (all, of_title) = (telling(name), telling(title));
    let unlike = all.len() >= 2 && of_title.len() >= 2 && !all.iter().any(|c| of_title.contains(c));
    unlike || own_words_share_nothing(name, title)
}

/// Whether two names have words of their own, and none of them in common. Short names say the same thing in other
/// words too often to count (出生登记, 新生儿落户).
fn own_words_share_nothing(name: &str, title: &str) -> bool {
    let (name, title) = (own(name), own(title));
    name.len() >= 3 && title.len() >= 3 && !name.iter().any(|c| title.contains(c))
}

/// Whether two names have at most one telling character in common, fields that many errands share left aside.
fn little_alike(name: &str, title: &str) -> bool {
    let (name, title) = (own(name), own(title));
    let alike = name.iter().filter(|c| title.contains(c)).count();
    // One telling character is enough for a title with which a long heading has none in common (公墓建设审批).
    let enough = title.len() >= 2 || (title.len() == 1 && name.len() >= 4 && alike == 0);
    name.len() >= 2 && enough && alike <= 1
}

/// The heading alone, where the words of a chart stand behind it: what is quoted must be short enough to see.
pub(super) fn shown(heading: &str) -> &str {
    const CHART: &str = "流程图";
    heading.find(CHART).map_or(heading, |at| &heading[..at + CHART.len()])
}

fn finding(heading: &str, subject: &GuideSubject<'_>) -> Words {
    let heading = shown(heading);
    words(
        ("other_item", Severity::Error),
        format!("流程图标题为“{heading}”，与事项“{}”不符。", subject.title()),
        format!("The chart is titled “{heading}”, the guide is about “{}”.", subject.title()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_many_errands_share_make_nothing_alike_and_own_words_do() {
        for (name, title) in [
            ("危险废物经营许可", "药品经营许可零售"),
            ("户口迁移", "道路货物运输经营许可"),
            ("残疾人证", "律师事务所设立许可"),
            ("固定资产投资项目节能审查", "公墓建设审批"),
        ] {
            assert!(little_alike(name, title), "{name} / {title}");
        }
        for (name, title) in [
            ("个体户注册", "个体工商户设立登记"),
            ("驾驶证换发", "机动车驾驶证期满换证"),
            ("身份证", "居民身份证申领"),
            ("取水许可", "取水许可审批"),
        ] {
            assert!(!little_alike(name, title), "{name} / {title}");
        }
    }

    #[test]
    fn a_heading_that_names_a_manner_or_nothing_names_no_errand() {
        for heading in ["业务流程图", "办理流程", "审批流程图"] {
            assert_eq!(errand_of(heading), None, "{heading}");
        }
        assert!(!ends_like("并联审批许可流程图", ERRANDS));
        assert!(ends_like("公章刻制备案办理流程图", ERRANDS));
    }

    #[test]
    fn a_heading_is_shown_without_the_words_of_the_chart() {
        assert_eq!(shown("食品经营许可办理流程图：网上申请 → 现场核查"), "食品经营许可办理流程图");
        assert_eq!(shown("流 程 图"), "流 程 图");
    }

    #[test]
    fn names_without_anything_in_common_are_two_errands() {
        for (name, title) in [
            ("公章刻制备案", "食品经营许可"),
            // 发 tells errands apart: 核发 and 颁发 do not stand in every title.
            ("食品经营许可", "发票申领"),
            ("劳务派遣经营许可", "道路旅客运输经营许可"),
            ("生产建设项目水土保持方案", "特种设备使用登记"),
        ] {
            assert!(shares_nothing(name, title), "{name} / {title}");
        }
        for (name, title) in [
            ("食品经营许可", "食品销售许可核发"),
            ("出生登记", "新生儿落户"),
            ("企业注册", "公司设立登记"),
            ("道路货物运输经营许可", "货运车辆经营许可"),
        ] {
            assert!(!own_words_share_nothing(name, title), "{name} / {title}");
        }
        assert!(own_words_share_nothing("医师执业注册", "渔业捕捞许可"));
        assert!(!shares_nothing("企业注册", "公司登记"));
    }
}
