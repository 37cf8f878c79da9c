//! Blank forms (空白表格) and filled samples (示例样表) of a guide's materials: what is offered and what opens.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

use super::pairs::{self, Pair};
use crate::check::judgement::{INFERRED, Judgement, READ, SEEN, Sheet, Words};
use crate::check::view::{FileState, GuideSubject, View};
use crate::check::wording::{core, fold, says_none, split_parentheses};
use crate::model::dossier::PageRecord;
use crate::model::extraction::{FileFacts, LinkRole};
use crate::model::guide::FormOffer;
use crate::model::{FillState, Link, Locator, Material, Reading, Reason, Severity, Verdict};

/// Which of the two a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Blank,
    Sample,
}

impl Form {
    fn key(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Sample => "sample",
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Self::Blank => "空白表格",
            Self::Sample => "示例样表",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::Blank => "blank form",
            Self::Sample => "filled sample",
        }
    }

    fn role(self) -> LinkRole {
        match self {
            Self::Blank => LinkRole::BlankForm,
            Self::Sample => LinkRole::SampleForm,
        }
    }

    fn of(self, material: &Material) -> &FormOffer {
        match self {
            Self::Blank => &material.blank_form,
            Self::Sample => &material.sample_form,
        }
    }
}

/// What became of one material's form.
enum State<'a> {
    /// A file that opens, and whether it is filled in for certain.
    Offered(&'a PageRecord, bool),
    /// The sample is the blank form again, or the blank form the sample: both files, as far as they were opened.
    Again(Same<'a>),
    /// Nothing is offered, and how certainly.
    Nothing(f64),
    Broken(&'a PageRecord),
    Unfollowable,
    Unknown(Reason),
}

/// A blank form and a sample that are one and the same.
struct Same<'a> {
    files: Vec<(&'a PageRecord, &'a FileFacts)>,
    /// The same by its words, not by address or bytes.
    by_words: bool,
    /// It is filled in: then there is no blank form.
    filled: bool,
}

impl State<'_> {
    fn word(&self) -> &'static str {
        match self {
            Self::Offered(..) => "offered",
            Self::Again(same) if same.filled => "sample_again",
            Self::Again(_) => "blank_again",
            Self::Nothing(_) => "nothing",
            Self::Broken(_) => "broken",
            Self::Unfollowable => "unfollowable",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// The verdict on the blank forms or the samples of a guide.
pub(super) fn judge(view: &View<'_>, subject: &GuideSubject<'_>, form: Form) -> Verdict {
    let sheet = match Sheet::open(view, subject) {
        Ok(sheet) => sheet,
        Err(verdict) => return verdict,
    };
    let materials = match &sheet.guide.materials {
        Reading::Stated(materials) if !materials.value.is_empty() => &materials.value,
        Reading::Placeholder { at, raw } if says_none(raw) => {
            return Verdict::inapplicable(None).citing(sheet.page.cite(at, raw));
        }
        _ => return Verdict::cant_tell(Reason::Unreadable),
    };
    let forms = forms_among(materials, form);
    if forms.is_empty() {
        return Verdict::inapplicable(None).citing(sheet.page.cite_whole());
    }
    let loose = loose_links(&sheet, materials);
    let mut judgement = Judgement::new(view);
    let mut rows = Vec::new();
    let mut samples = 0;
    for material in &forms {
        let state = state(view, &sheet, material, (form, &loose));
        let sample = match form {
            Form::Sample => state.word(),
            Form::Blank => self::state(view, &sheet, material, (Form::Sample, &loose)).word(),
        };
        samples += usize::from(sample == "offered");
        let mut row = json!({"name": material.name, form.key(): state.word()});
        if form == Form::Blank && matches!(state, State::Offered(_, true)) {
            // Worth knowing, and no accusation: forms with examples written into them exist.
            row["looks"] = json!("filled");
        }
        rows.push(row);
        report(&mut judgement, &sheet, material, (form, state));
    }
    let value: Value = json!({"materials": rows, "forms": forms.len(), "samples": samples});
    judgement.finish(value)
}

fn report(judgement: &mut Judgement, sheet: &Sheet<'_>, material: &Material, (form, state): (Form, State<'_>)) {
    let row = judgement.cite(sheet.page, &material.at, &material.name);
    match &state {
        State::Offered(page, _) => {
            judgement.cite_whole(page);
        }
        State::Nothing(confidence) => {
            judgement.accuse(words(form, material, &state), *confidence, &[&material.name], vec![row]);
        }
        State::Broken(page) => {
            let file = judgement.cite_whole(page);
            judgement.accuse(words(form, material, &state), SEEN, &[&material.name], vec![row, file]);
        }
        State::Again(same) => {
            let mut at = vec![row];
            let mut quotes = vec![material.name.as_str()];
            for (page, facts) in &same.files {
                // The first line of both: headings are no personal data.
                let heading = facts.document.as_ref().and_then(|document| document.text.lines().next());
                quotes.extend(heading);
                at.push(match heading {
                    Some(words) => judgement.cite(page, &Locator::Whole, words),
                    None => judgement.cite_whole(page),
                });
            }
            let confidence = if same.by_words || same.filled { INFERRED } else { READ };
            judgement.accuse(words(form, material, &state), confidence, &quotes, at);
        }
        State::Unfollowable => judgement.doubt(Reason::Unreadable),
        State::Unknown(reason) => judgement.doubt(*reason),
    }
}

fn words(form: Form, material: &Material, state: &State<'_>) -> Words {
    let (name, zh, en) = (&material.name, form.zh(), form.en());
    let (kind, zh_says, en_says) = match state {
        State::Broken(_) => (
            "broken",
            format!("材料“{name}”的{zh}链接打不开或不是可用的文件。"),
            format!("The {en} of the material “{name}” does not open, or is not a usable file."),
        ),
        State::Again(same) if same.filled => (
            "sample_again",
            format!("材料“{name}”的空白表格就是已填写的示例样表，没有可供填写的空表。"),
            format!("The blank form of the material “{name}” is the filled sample again; there is none to fill in."),
        ),
        State::Again(same) if same.by_words => (
            "blank_again",
            format!("材料“{name}”的示例样表与空白表格内容相同，没有填写示例。"),
            format!(
                "The filled sample of the material “{name}” has the same content as the blank form; nothing is filled in."
            ),
        ),
        State::Again(_) => (
            "blank_again",
            format!("材料“{name}”的示例样表就是空白表格，没有填写示例。"),
            format!("The filled sample of the material “{name}” is the blank form again."),
        ),
        _ => ("missing", format!("材料“{name}”没有提供{zh}。"), format!("The material “{name}” offers no {en}.")),
    };
    Words {
        kind,
        severity: Severity::Warning,
        zh: zh_says,
        en: en_says,
        remedy_zh: format!("上传可下载的{zh}，并核对链接内容。"),
        remedy_en: format!("Upload a {en} that can be downloaded, and check what the link opens."),
    }
}

/// Links that look like forms but belong to no row, by kind: they may belong to any.
struct Loose<'a> {
    blank: Vec<&'a Link>,
    sample: Vec<&'a Link>,
}

fn loose_links<'a>(sheet: &Sheet<'a>, materials: &[Material]) -> Loose<'a> {
    let taken: BTreeSet<&Url> = materials
        .iter()
        .flat_map(|material| [&material.blank_form, &material.sample_form])
        .filter_map(|offer| match offer {
            FormOffer::Link { url, .. } => Some(url),
            FormOffer::Nothing { .. } | FormOffer::Unfollowable { .. } | FormOffer::Absent => None,
        })
        .collect();
    let of = |role: LinkRole| {
        let links = sheet.extraction.links.iter();
        links.filter(|link| link.role == role && !taken.contains(&link.url)).collect()
    };
    Loose { blank: of(LinkRole::BlankForm), sample: of(LinkRole::SampleForm) }
}

fn state<'a>(view: &View<'a>, sheet: &Sheet<'_>, material: &Material, (form, loose): (Form, &Loose<'_>)) -> State<'a> {
    let links = if form.role() == LinkRole::BlankForm { &loose.blank } else { &loose.sample };
    let named = links.iter().find(|link| core(&link.text).contains(&core(&split_parentheses(&fold(&material.name)).0)));
    let (url, text) = match (form.of(material), named) {
        (FormOffer::Link { url, text }, _) => (url, text),
        (FormOffer::Unfollowable { .. }, _) => return State::Unfollowable,
        (FormOffer::Nothing { .. } | FormOffer::Absent, Some(link)) => (&link.url, &link.text),
        // Somewhere on the page there are forms of which we do not know whose they are.
        (FormOffer::Nothing { .. } | FormOffer::Absent, None) if !links.is_empty() => {
            return State::Unknown(Reason::Unreadable);
        }
        // The cell that was cut stands last on the page, and what it held is not known.
        (FormOffer::Nothing { .. }, None) if sheet.is_cut() => return State::Unknown(Reason::Unreadable),
        (FormOffer::Nothing { .. }, None) => return State::Nothing(SEEN),
        (FormOffer::Absent, None) => {
            return match sheet.absence() {
                // A guide that is a file has its forms beside it, on the page that offers them all.
                Ok(_) if sheet.is_document() => State::Unknown(Reason::Unreadable),
                Ok(confidence) => elsewhere(view, sheet).map_or(State::Nothing(confidence), State::Unknown),
                Err(reason) => State::Unknown(reason),
            };
        }
    };
    let file = view.file(url);
    if let Some(again) = again(view, material, (form, url, text), file) {
        return again;
    }
    match file {
        FileState::Opens(page, facts) => State::Offered(page, is_filled(facts)),
        FileState::Broken(page) => State::Broken(page),
        FileState::Unknown(reason) => State::Unknown(reason),
    }
}

/// The forms of a list, each once: a guide of several errands repeats the materials that they share.
fn forms_among(materials: &[Material], form: Form) -> Vec<&Material> {
    let mut forms: Vec<&Material> = Vec::new();
    for material in materials.iter().filter(|material| is_form(material, form)) {
        let same = |known: &&Material| {
            (&known.name, &known.blank_form, &known.sample_form)
                == (&material.name, &material.blank_form, &material.sample_form)
        };
        if !forms.iter().any(same) {
            forms.push(material);
        }
    }
    forms
}

/// Links under these words lead to where forms are fetched (下载专区) or filled in on the screen (申报): a guide whose
/// list has no place for forms may keep them there.
const FORMS_ELSEWHERE: &[&str] = &[
    "下载专区",
    "下载中心",
    "下载区",
    "资料下载",
    "表格下载",
    "表单下载",
    "附件下载",
    "办事表格",
    "样表",
    "申报",
    "在线申请",
    "网上申请",
    "我要申请",
    "在线填",
    "网上填",
    "在线办理",
    "网上办理",
    "我要办理",
    "立即办理",
];

/// Longer than this and a link is a title that happens to hold such words.
const BUTTON: usize = 10;

/// Why forms that this page has no place for may still be offered: on a page that it leads to.
fn elsewhere(view: &View<'_>, sheet: &Sheet<'_>) -> Option<Reason> {
    let leads = |link: &&Link| {
        let text = fold(&link.text);
        text.chars().count() <= BUTTON && FORMS_ELSEWHERE.iter().any(|word| text.contains(word))
    };
    let link = sheet.extraction.links.iter().find(leads)?;
    // Read or not: what stands there belongs to many guides, and we did not match it with this one.
    Some(match view.dossier.answer(&link.url) {
        None => view.why_unread(&link.url),
        Some(page) => view.page_barrier(page).unwrap_or(Reason::Unreadable),
    })
}

/// Whether the blank form and the sample are one and the same: the same address, the same bytes, or the same words.
///
/// It is said once: of the sample where nothing is filled in, of the blank form where it is.
fn again<'a>(
    view: &View<'a>,
    material: &Material,
    (form, url, text): (Form, &Url, &str),
    file: FileState<'a>,
) -> Option<State<'a>> {
    let other = match form {
        Form::Sample => &material.blank_form,
        Form::Blank => &material.sample_form,
    };
    let FormOffer::Link { url: other, text: other_text } = other else { return None };
    let both = |text: &str| text.contains('空') && text.contains('样');
    let says_both = both(text) || both(other_text);
    let (mine, theirs) = match (file, view.file(other)) {
        (FileState::Opens(page, mine), FileState::Opens(other_page, theirs)) => ((page, mine), (other_page, theirs)),
        // Nothing was opened, and one address cannot be both.
        (FileState::Unknown(_), _) if form == Form::Sample && url == other => {
            let same = Same { files: Vec::new(), by_words: false, filled: false };
            return Some(if says_both { State::Unknown(Reason::NotComparable) } else { State::Again(same) });
        }
        _ => return None,
    };
    let (blank, sample) = if form == Form::Sample { (theirs, mine) } else { (mine, theirs) };
    let filled = match pairs::compare(blank.1, sample.1) {
        Pair::Different => return None,
        Pair::Blank => false,
        Pair::Filled => true,
        // That the form opens is certain; what the sample is, is not.
        Pair::Unclear if form == Form::Blank => return None,
        Pair::Unclear => return Some(State::Unknown(Reason::NotComparable)),
    };
    if filled != (form == Form::Blank) {
        return None;
    }
    // One file may hold both where a link says so.
    if says_both {
        return Some(State::Unknown(Reason::NotComparable));
    }
    let by_words = blank.1.digest != sample.1.digest;
    Some(State::Again(Same { files: vec![blank, sample], by_words, filled }))
}

/// A form is said to look filled in only where little speaks against it.
const CERTAINLY: u8 = 90;

fn is_filled(facts: &FileFacts) -> bool {
    facts
        .document
        .as_ref()
        .is_some_and(|document| document.filling.state == FillState::Filled && document.filling.certainty >= CERTAINLY)
}

/// Whether a material is a form that the applicant fills in: it says so, or it offers one.
fn is_form(material: &Material, form: Form) -> bool {
    let offers = |offer: &FormOffer| matches!(offer, FormOffer::Link { .. } | FormOffer::Unfollowable { .. });
    // A sample of something that is no form (a photograph of an identity card) does not call for a blank form.
    offers(&material.blank_form)
        || (form == Form::Sample && offers(&material.sample_form))
        || (named_form(&material.name) && !from_elsewhere(material))
}

/// Names of forms end like this.
const ENDINGS: &[&str] = &["申请书", "登记书", "承诺书", "申报书", "声明书", "备案书", "告知承诺书", "保证书"];

/// Papers that end in 表 and are no forms of the authority: accounts, instruments, reports of others.
const NOT_FORMS: &[&str] = &[
    "代表",
    "仪表",
    "报表",
    "负债表",
    "利润表",
    "损益表",
    "流量表",
    "年表",
    "图表",
    "影响报告表",
    "手表",
    "电表",
    "水表",
];

fn named_form(name: &str) -> bool {
    let folded: String = fold(name).chars().filter(|c| !matches!(c, '《' | '》' | '"' | '“' | '”' | '.')).collect();
    let outside = split_parentheses(&folded).0;
    let outside = ["一式两份", "一式二份", "一式三份", "一式四份", "原件"]
        .iter()
        .fold(outside.as_str(), |name, suffix| name.trim_end_matches(suffix).trim_end_matches(','));
    let table = outside.ends_with('表') && !NOT_FORMS.iter().any(|ending| outside.ends_with(ending));
    (table || ENDINGS.iter().any(|ending| outside.ends_with(ending))) && !folded.contains("复印件")
}

/// Issued by an authority, a copy of something that exists, or filled in on the screen: no file is needed.
fn from_elsewhere(material: &Material) -> bool {
    let source = material.source.as_deref().unwrap_or_default();
    let form = material.form.as_deref().unwrap_or_default();
    let issued = ["核发", "政府部门", "出具", "其他部门", "中介"].iter().any(|word| source.contains(word));
    let on_screen = ["在线填", "网上填", "电子表单", "系统生成", "免提交"].iter().any(|word| {
        form.contains(word) || source.contains(word) || material.necessity.as_deref().unwrap_or_default().contains(word)
    });
    issued || on_screen || (form.contains("复印件") && !form.contains("原件"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_known_by_the_end_of_their_names() {
        for name in
            ["公司登记（备案）申请书", "《企业住所登记表》", "信息确认表（原件）", "诚信承诺书", "参保登记表一式两份"]
        {
            assert!(named_form(name), "{name}");
        }
        for name in ["法定代表人身份证", "法定代表", "资产负债表", "财务报表", "营业执照", "登记表复印件", "公司章程"]
        {
            assert!(!named_form(name), "{name}");
        }
    }
}
