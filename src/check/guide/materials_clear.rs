//! `guide.materials_clear`: does the list of materials name what is to be brought?

use serde_json::json;

use crate::check::judgement::{INFERRED, Judgement, READ, Sheet, Words};
use crate::check::view::View;
use crate::check::wording::{fold, says_none, split_parentheses};
use crate::check::{Check, Test};
use crate::model::property::Unit;
use crate::model::{Property, PropertyId, Reading, Reason, Severity, SubjectKind, Verdict};

/// The check.
pub const CHECK: Check = Check {
    property: Property {
        id: PropertyId("guide.materials_clear"),
        subject: SubjectKind::Guide,
        unit: Some(Unit::Count),
        title_zh: "申请材料表述明确",
        title_en: "the materials are named",
        passed_when: "no entry of the materials is a catch-all such as 其他材料",
        rationale: "A catch-all entry lets the counter ask for more, and the visitor comes a second time.",
        basis: &[
            "国办函〔2017〕115号: 13 % of the guides inspected had vague materials",
            "行政许可法 Art. 30: the list of all materials must be published",
        ],
    },
    version: 1,
    test: Test::Guide(|view, subject| Sheet::judged(view, subject, judge)),
};

fn judge(view: &View<'_>, sheet: &Sheet<'_>) -> Verdict {
    let materials = match &sheet.guide.materials {
        Reading::Stated(materials) => materials,
        Reading::Placeholder { at, raw } if says_none(raw) => {
            return Verdict::inapplicable(None).citing(sheet.page.cite(at, raw));
        }
        _ => return Verdict::cant_tell(Reason::Unreadable),
    };
    let mut judgement = Judgement::new(view);
    judgement.rests_on(READ);
    judgement.cite(sheet.page, &materials.at, &materials.raw);
    let mut count = 0;
    for material in materials.value.iter().filter(|material| is_vague(&material.name)) {
        count += 1;
        let index = judgement.cite(sheet.page, &material.at, &material.name);
        judgement.accuse(words(&material.name), INFERRED, &[&material.name], vec![index]);
    }
    if materials.value.is_empty() {
        judgement.doubt(Reason::Unreadable);
    }
    judgement.finish(json!(count))
}

fn words(name: &str) -> Words {
    Words {
        kind: "vague",
        severity: Severity::Warning,
        zh: format!("申请材料“{name}”没有说明具体是哪些材料。"),
        en: format!("The material “{name}” does not say what is to be brought."),
        remedy_zh: "逐项列明材料名称；确有分情形要求的，写明每种情形所需材料。".into(),
        remedy_en: "Name each material; where it depends on the case, name the materials of each case.".into(),
    }
}

/// Words that name nothing in particular. A name that consists of them alone is a catch-all.
const FILLERS: &[&str] = &[
    "其他",
    "其它",
    "相关",
    "有关",
    "相应",
    "必要",
    "所需",
    "需要",
    "需",
    "应当",
    "应",
    "要求",
    "规定",
    "提供",
    "提交",
    "补充",
    "的",
    "法律法规",
    "行政法规",
    "法律",
    "法规",
    "规章",
    "规范性文件",
    "国务院",
    "决定",
    "以及",
    "及",
    "和",
    "或者",
    "或",
    "与",
    "依法",
    "依据",
    "根据",
    "按照",
    "按",
    "认为",
    "登记机关",
    "审批部门",
    "审批机关",
    "主管部门",
    "受理机关",
    "行政机关",
    "部门",
    "机关",
    "窗口",
    "实际情况",
    "情况",
    "情形",
    "申请人",
    "申请",
    "办理",
    "等",
    "各类",
    "所有",
    "一切",
    "证明",
    "材料",
    "资料",
    "文件",
    "证件",
    "手续",
    "要件",
    "还",
    "有",
    ",",
    ".",
    ";",
    "/",
];

/// At least one of these makes a run of fillers a catch-all; 申请材料 alone may be a heading that slipped in.
const MARKERS: &[&str] = &["其他", "其它", "相关", "有关", "相应", "必要", "所需", "规定", "认为", "实际情况", "各类"];

const NOUNS: &[&str] = &["材料", "资料", "文件", "证明", "证件", "手续", "要件"];

/// Endings of things that can be held in the hand: a parenthesis that names one makes a catch-all definite.
const DEFINITE: &[char] = &['证', '书', '表', '照', '单', '册', '函', '约', '程', '议', '告', '据', '同'];

/// Whether a material's name leaves open what is to be brought.
pub(crate) fn is_vague(name: &str) -> bool {
    let folded = without_titles(&fold(name));
    let (outside, inside) = split_parentheses(&folded);
    let outside = outside.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-'));
    let named = inside
        .split([',', ';', '.', '/', '或', '及', '和'])
        .any(|part| part.chars().count() >= 3 && part.ends_with(DEFINITE));
    if named || outside.is_empty() {
        return false;
    }
    if only_fillers(outside) {
        return has(outside, MARKERS) && has(outside, NOUNS);
    }
    let tail_of = |word: &str| outside.rfind(word).map(|at| (&outside[..at], &outside[at + word.len()..]));
    // 身份证、户口本等材料, 营业执照等相关证明材料; but not 同等材料.
    if let Some((before, tail)) = tail_of("等")
        && !tail.is_empty()
        && !before.ends_with(['同', '平', '均', '初', '中', '高', '优', '上', '对'])
        && only_fillers(tail)
        && has(tail, &["材料", "资料", "文件", "证件"])
    {
        return true;
    }
    // 营业执照及其他相关材料; 房屋租赁合同及相关证明 stays, because 证明 then belongs to what is named.
    ["及", "和", "以及", ",", "或"].iter().filter_map(|word| tail_of(word)).any(|(_, tail)| {
        let open = has(tail, &["其他", "其它"]) && has(tail, NOUNS);
        let related = has(tail, &["相关", "有关"]) && has(tail, &["材料", "资料"]);
        only_fillers(tail) && (open || related)
    })
}

fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Drops what stands between 《 and 》: a title is a name, whatever words it has.
fn without_titles(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '《' => {
                depth += 1;
                // A mark that no filler matches: something is named here.
                out.push('《');
            }
            '》' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ => out.push(c),
        }
    }
    out
}

/// Whether a text is made of fillers alone.
fn only_fillers(text: &str) -> bool {
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for (at, _) in text.char_indices() {
        if reachable[at] {
            for filler in FILLERS.iter().filter(|filler| text[at..].starts_with(**filler)) {
                reachable[at + filler.len()] = true;
            }
        }
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::guide_testing::{Night, guide, material, placeholder, stated, unreadable};
    use crate::model::{Outcome, ServiceGuide};

    fn with(names: &[&str]) -> ServiceGuide {
        let materials = names.iter().map(|name| material(name)).collect();
        ServiceGuide { materials: stated(materials, "申请材料"), ..guide("公司设立登记") }
    }

    #[test]
    fn catch_alls_are_found_in_their_many_forms() {
        for name in [
            "其他材料",
            "其它相关材料",
            "5、法律法规规定的其他材料",
            "法律、行政法规和国务院决定规定应当提交的其他文件",
            "登记机关认为需要提交的其他材料",
            "相关证明材料",
            "有关文件（原件及复印件）",
            "身份证、户口本等材料",
            "营业执照等相关证明材料",
            "营业执照及其他相关材料",
        ] {
            assert!(is_vague(name), "{name}");
        }
    }

    #[test]
    fn definite_names_that_hold_such_words_are_not_accused() {
        for name in [
            "其他组织法人资格证明",
            "《其他材料清单》",
            "关于其他应收款的审计报告",
            "申请材料",
            "证明材料",
            "法定代表人身份证明",
            "房屋租赁合同及相关证明",
            "其他材料（授权委托书）",
            "同等材料",
            "安全等级证明材料",
            "《相关材料真实性承诺书》及身份证",
            "与本项目有关的环境影响报告",
        ] {
            assert!(!is_vague(name), "{name}");
        }
    }

    #[test]
    fn a_vague_entry_fails_with_its_words_and_the_count() {
        let verdict = Night::of_guide(&CHECK, with(&["公司章程", "其他相关材料"]));
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Failed, json!(1)));
        assert_eq!(verdict.findings[0].quotes, ["其他相关材料"]);
    }

    #[test]
    fn clear_materials_pass_with_zero() {
        let verdict = Night::of_guide(&CHECK, with(&["公司章程", "住所使用证明"]));
        assert_eq!((verdict.outcome, verdict.value), (Outcome::Passed, json!(0)));
    }

    #[test]
    fn materials_that_could_not_be_read_cannot_be_told() {
        let guide = ServiceGuide { materials: unreadable("见图"), ..guide("公司设立登记") };
        let verdict = Night::of_guide(&CHECK, guide);
        assert_eq!((verdict.outcome, verdict.reason), (Outcome::CantTell, Some(Reason::Unreadable)));
    }

    #[test]
    fn an_errand_without_materials_has_none_to_be_vague() {
        let guide = ServiceGuide { materials: placeholder("无需"), ..guide("公司设立登记") };
        assert_eq!(Night::of_guide(&CHECK, guide).outcome, Outcome::Inapplicable);
    }
}
