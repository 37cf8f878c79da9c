//! The one table of words: what a label, a column name, a data field or a stand-in means.
//!
//! Comes in: the words of a small piece of a page. Goes out: what they name, if they name anything as a whole; never
//! by a substring of a sentence. Must never know: HTML, layouts.

mod words;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::text::{squeeze, without_numbering};
use words::{
    BORDERS, COLUMNS, ELEMENTS, FIELD_NAMES, FORMS, MATERIAL_BADGES, NONE_IS_AN_ANSWER, NOTES, OTHER_LIMITS,
    PLACEHOLDERS, SPECIAL_STEPS, STEP_WORDS, UNIT_LABELS, WEAK,
};

use crate::model::Element;

/// Labels longer than this do not exist; longer text is never looked up.
pub const LONGEST_LABEL: usize = 24;

/// Which of the two flows a guide may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// At the counter (窗口办理流程).
    Window,
    /// Online (网上办理流程).
    Online,
}

/// Which kind of form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// Blank form (空白表格).
    Blank,
    /// Filled sample (示例样表).
    Sample,
}

/// What a label means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// An element of the guide.
    Element(Element),
    /// An element, but by a word that other things also use: it counts only if no better word is on the page.
    Weak(Element),
    /// The process, one of two flows.
    Flow(Flow),
    /// A note to a time limit (承诺时限说明): a sentence, not the limit.
    Note(Element),
    /// The unit of a time limit in a field of its own.
    Unit(Element),
    /// A limit that is neither statutory nor promised.
    OtherLimit,
    /// Special steps (特殊环节).
    SpecialSteps,
    /// A section that lists forms.
    Forms(FormKind),
    /// A section or a label outside our elements: a border, nothing more.
    Border,
}

impl Meaning {
    /// The element that the label speaks of, strongly or weakly.
    #[must_use]
    pub fn element(self) -> Option<Element> {
        match self {
            Self::Element(element) | Self::Weak(element) => Some(element),
            Self::Flow(_) => Some(Element::Process),
            Self::Note(_) | Self::Unit(_) | Self::OtherLimit | Self::SpecialSteps | Self::Forms(_) | Self::Border => {
                None
            }
        }
    }
}

/// A label as it was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What it means.
    pub meaning: Meaning,
    /// The unit that stands in it, as in 承诺办结时限（工作日）.
    pub unit: Option<String>,
    /// Whether a colon followed.
    pub colon: bool,
}

/// A column of a materials or steps table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Row number (序号).
    Index,
    /// Name of the material.
    MaterialName,
    /// Necessity.
    Necessity,
    /// Form or type.
    Form,
    /// Copies.
    Copies,
    /// Source.
    Source,
    /// Blank form.
    BlankForm,
    /// Sample form.
    SampleForm,
    /// Blank form and sample in one column, or downloads in general.
    AnyForm,
    /// Another known column of a materials table.
    MaterialOther,
    /// Name of the step.
    StepName,
    /// Time limit of the step.
    StepLimit,
    /// Which department does the step.
    StepDepartment,
    /// Which post does the step, where departments have a column of their own.
    StepPerson,
    /// Whether the step counts towards the statutory limit.
    StepCounts,
    /// Another known column of a steps table.
    StepOther,
}

/// What the words mean as a label, whole; `None` for anything else.
#[must_use]
pub fn label(text: &str) -> Option<Label> {
    if text.is_empty() || text.chars().count() > LONGEST_LABEL {
        return None;
    }
    let (key, colon) = fold_label(text);
    if key.is_empty() {
        return None;
    }
    if let Some(meaning) = lookup(&key) {
        return Some(Label { meaning, unit: None, colon });
    }
    // 承诺办结时限（工作日）: the unit stands in the label; （必填）, （共3项） and the like carry nothing.
    let (core, bracket) = key.strip_suffix(')').and_then(|head| head.rsplit_once('('))?;
    let meaning = lookup(core)?;
    let unit = super::time_limit::is_bare_unit(bracket).then(|| bracket.to_owned());
    Some(Label { meaning, unit, colon })
}

/// A label made comparable: width, blanks, numbering, brackets around it, colons; and whether it had a colon.
fn fold_label(text: &str) -> (String, bool) {
    let bare = without_numbering(text.trim());
    let squeezed = squeeze(bare);
    let colon = squeezed.ends_with(':');
    let is_decoration =
        |c: char| matches!(c, ':' | '*' | '【' | '】' | '[' | ']' | '★' | '■' | '|' | '>' | '<' | '。' | '-' | '—');
    // `办理条件 —` is a label with a stroke in the place of its value; `—办理条件—` is a label with decoration.
    let has_stroke = bare.rsplit_once(char::is_whitespace).is_some_and(|(head, last)| {
        last.chars().all(|c| matches!(c, '-' | '—' | '－' | '/' | '*')) && !head.starts_with(['-', '—'])
    }) || (bare.ends_with('—') && !bare.starts_with(['-', '—']));
    let key = if has_stroke { squeezed.as_str() } else { squeezed.trim_matches(is_decoration) };
    // A stroke beside the words is no part of them; within them it joins two.
    let key = if has_stroke { key.to_owned() } else { key.replace(['/', '、', '\u{b7}'], "") };
    (key, colon)
}

fn lookup(key: &str) -> Option<Meaning> {
    if let Some(meaning) = lookup_exactly(key) {
        return Some(meaning);
    }
    // 受理条件说明, 收费情况信息: an ending that adds nothing. Notes to limits were found before.
    ["说明", "信息", "情况", "一览"].iter().find_map(|ending| key.strip_suffix(ending).and_then(lookup_exactly))
}

fn lookup_exactly(key: &str) -> Option<Meaning> {
    LABELS.get(key).copied()
}

/// Every label with its meaning; where two tables know a word, the one named first here wins.
static LABELS: LazyLock<BTreeMap<&'static str, Meaning>> = LazyLock::new(|| {
    let mut labels = BTreeMap::new();
    let mut add = |words: &'static str, meaning: Meaning| {
        for word in words.split_whitespace() {
            labels.entry(word).or_insert(meaning);
        }
    };
    add("窗口办理流程 线下办理流程 现场办理流程 窗口流程 线下流程 窗口办理程序", Meaning::Flow(Flow::Window));
    add("网上办理流程 在线办理流程 线上办理流程 网办流程 线上流程 网上办理程序", Meaning::Flow(Flow::Online));
    for (element, words) in NOTES {
        add(words, Meaning::Note(*element));
    }
    for (element, words) in UNIT_LABELS {
        add(words, Meaning::Unit(*element));
    }
    for (element, words) in ELEMENTS {
        add(words, Meaning::Element(*element));
    }
    for (element, words) in WEAK {
        add(words, Meaning::Weak(*element));
    }
    add(OTHER_LIMITS, Meaning::OtherLimit);
    add(SPECIAL_STEPS, Meaning::SpecialSteps);
    for (kind, words) in FORMS {
        add(words, Meaning::Forms(*kind));
    }
    add(BORDERS, Meaning::Border);
    labels
});

/// Whether `key` is one of the words.
fn is_one_of(words: &str, key: &str) -> bool {
    words.split_whitespace().any(|word| word == key)
}

/// The columns that a header cell may name; a name such as 说明 belongs to both kinds of table.
#[must_use]
pub fn columns(text: &str) -> Vec<Column> {
    if text.chars().count() > LONGEST_LABEL {
        return Vec::new();
    }
    let squeezed = squeeze(text);
    let key = squeezed.trim_matches([':', '*']);
    let core = key.strip_suffix(')').and_then(|head| head.rsplit_once('(')).map_or(key, |(core, _)| core);
    COLUMNS
        .iter()
        .filter(|(_, words)| is_one_of(words, key) || is_one_of(words, core))
        .map(|(column, _)| *column)
        .collect()
}

/// What a data field's name means: a Chinese label, or a name of the national tables and their vendors' variants.
#[must_use]
pub fn field_name(name: &str) -> Option<Meaning> {
    if name.chars().any(super::text::is_han) {
        return label(name).map(|label| label.meaning);
    }
    let key: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    FIELD_NAMES.iter().find(|(_, names)| is_one_of(names, &key)).map(|(meaning, _)| *meaning)
}

/// Whether the words only stand in for a value of this element.
#[must_use]
pub fn is_placeholder(element: Element, text: &str) -> bool {
    let key = squeeze(text);
    let key = key.trim_end_matches(['。', '.', ';']);
    if matches!(key, "无" | "没有") {
        return !none_is_an_answer(element);
    }
    key.is_empty()
        || is_one_of(PLACEHOLDERS, key)
        || key.chars().all(|c| matches!(c, '-' | '—' | '/' | '*' | '.' | '_' | '…' | '?'))
        // 详见《…》附件, （详见附件）
        || (key.chars().count() <= 12 && key.contains("附件") && key.contains('见'))
}

/// Whether the words stand in for the process because it is drawn elsewhere (详见流程图).
#[must_use]
pub fn points_to_flowchart(text: &str) -> bool {
    let key = squeeze(text);
    let key = key.trim_end_matches(['。', '.']);
    key.chars().count() <= 14
        && [
            "见流程图",
            "见附图",
            "查看流程图",
            "见办理流程图",
            "下载流程图",
            "见审批流程图",
            "见下图",
            "如下图",
            "见图",
        ]
        .iter()
        .any(|word| key.contains(word))
}

/// Whether the words are left over from a template that a script should have filled, or say that data is on its way.
#[must_use]
pub fn is_unrendered(text: &str) -> bool {
    let key = squeeze(text);
    let short = key.chars().count() <= 12;
    (key.contains("{{") && key.contains("}}"))
        || (key.contains("${") && key.contains('}'))
        || key.contains("<%=")
        || (short
            && ["加载中", "数据加载", "正在加载", "Loading", "loading", "请稍候", "请稍等"]
                .iter()
                .any(|word| key.contains(word)))
}

/// Whether the words are only a badge beside a material's name (已关联电子证照, 容缺 …).
#[must_use]
pub fn is_material_badge(text: &str) -> bool {
    let key = squeeze(text);
    is_one_of(MATERIAL_BADGES, key.trim_matches(['(', ')', '[', ']', '【', '】', '*']))
}

/// Whether "none" (无) is an answer to what this element says, and not a stand-in.
#[must_use]
pub fn none_is_an_answer(element: Element) -> bool {
    NONE_IS_AN_ANSWER.iter().any(|(known, _)| *known == element)
}

/// Whether the text names an action of handling (受理, 审查, 决定 …).
#[must_use]
pub fn names_a_step(text: &str) -> bool {
    STEP_WORDS.split_whitespace().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Element as E;

    fn meaning(text: &str) -> Option<Meaning> {
        label(text).map(|label| label.meaning)
    }

    #[test]
    fn labels_are_known_in_every_dress() {
        for text in [
            "承诺办结时限",
            "承诺办结时限：",
            "三、承诺办结时限",
            "【承诺办结时限】",
            "承诺 办结 时限:",
            "（一）承诺期限",
            "承诺时限（必填）",
            "１．承诺办结期限",
        ] {
            assert_eq!(meaning(text), Some(Meaning::Element(E::PromisedLimit)), "{text}");
        }
        assert_eq!(meaning("—受理条件—"), Some(Meaning::Element(E::Conditions)));
        assert_eq!((meaning("受理条件 —"), meaning("受理条件 -")), (None, None));
        assert_eq!(meaning("申请条件及说明"), Some(Meaning::Element(E::Conditions)));
        assert_eq!(meaning("必须现场办理原因说明"), Some(Meaning::Element(E::VisitReason)));
        assert_eq!(meaning("办理流程及时限"), Some(Meaning::Element(E::Process)));
        assert_eq!((meaning("办理地点 —"), meaning("办理地点 /")), (None, None));
        assert_eq!(meaning("—办理地点—"), Some(Meaning::Element(E::Place)));
        assert_eq!(meaning("办理地点/时间"), Some(Meaning::Border));
        assert_eq!(label("承诺办结时限（工作日）").and_then(|label| label.unit).as_deref(), Some("工作日"));
    }

    #[test]
    fn every_usual_name_of_an_element_is_a_label_of_it() {
        for element in Element::ALL {
            assert_eq!(meaning(element.zh()), Some(Meaning::Element(*element)), "{}", element.zh());
        }
    }

    #[test]
    fn traps_and_notes_are_not_the_limits() {
        for text in ["特殊环节时限", "所需时限", "预审时限", "投诉处理时限"] {
            assert_eq!(meaning(text), Some(Meaning::OtherLimit), "{text}");
        }
        assert_eq!(meaning("承诺时限说明"), Some(Meaning::Note(E::PromisedLimit)));
        assert_eq!(meaning("办理时限"), Some(Meaning::Weak(E::PromisedLimit)));
    }

    #[test]
    fn a_sentence_that_contains_a_label_is_none() {
        for text in
            ["请按办理流程提交", "申请材料应当齐全", "承诺办结时限为20个工作日", "咨询电话：0591-1", "", "：", "办理"]
        {
            assert_eq!(meaning(text), None, "{text}");
        }
    }

    #[test]
    fn no_word_has_two_meanings_in_one_table() {
        let mut words: Vec<&str> =
            ELEMENTS.iter().chain(WEAK).flat_map(|(_, words)| words.split_whitespace()).collect();
        words.extend(OTHER_LIMITS.split_whitespace().chain(SPECIAL_STEPS.split_whitespace()));
        words.extend(FORMS.iter().flat_map(|(_, words)| words.split_whitespace()));
        words.sort_unstable();
        let doubled: Vec<_> = words.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(doubled.is_empty(), "{doubled:?}");
    }

    #[test]
    fn columns_are_known_by_their_names_even_when_broken_or_annotated() {
        assert_eq!(columns("是否需 电子材料"), [Column::MaterialOther]);
        assert_eq!(columns("纸质材料 份数"), [Column::Copies]);
        assert_eq!(columns("份数（份）"), [Column::Copies]);
        assert_eq!(columns("是否计算在法定办结时限内"), [Column::StepCounts]);
        assert!(columns("适龄儿童入学登记").is_empty());
    }

    #[test]
    fn data_fields_are_known_by_national_and_vendor_names() {
        assert_eq!(field_name("promiseDay"), Some(Meaning::Element(E::PromisedLimit)));
        assert_eq!(field_name("PROMISE_DAY"), Some(Meaning::Element(E::PromisedLimit)));
        assert_eq!(field_name("anticipateType"), Some(Meaning::Unit(E::StatutoryLimit)));
        assert_eq!(field_name("承诺时限"), Some(Meaning::Element(E::PromisedLimit)));
        assert_eq!(field_name("rowGuid"), None);
    }

    #[test]
    fn none_is_an_answer_for_some_elements_and_a_stand_in_for_others() {
        assert!(!is_placeholder(E::FeeStandard, "无"));
        assert!(!is_placeholder(E::QuantityLimit, "无"));
        assert!(is_placeholder(E::Place, "无"));
        assert!(is_placeholder(E::ConsultPhone, "无"));
        for text in ["-", "/", "详见附件", "（详见附件）", "暂无", "——", "……", ""] {
            assert!(is_placeholder(E::FeeStandard, text), "{text}");
        }
        for text in ["0", "否", "窗口领取", "附件1：申请表", "0591-12345"] {
            assert!(!is_placeholder(E::Place, text), "{text}");
        }
    }

    #[test]
    fn unrendered_values_and_pointers_to_a_flowchart_are_known() {
        assert!(is_unrendered("{{item.place}}") && is_unrendered("数据加载中..."));
        assert!(
            !is_unrendered("工作日 9:00") && points_to_flowchart("详见流程图") && !points_to_flowchart("受理→决定")
        );
    }
}
