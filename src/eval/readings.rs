//! Readings against labels, one page at a time.

use serde_json::{Value, json};

use super::Miss;
use super::compare::{key, partners, same_words};
use super::expected::{Expected, plain};
use super::fields::{Field, Form, PAGE_KIND, field, names};
use super::labels::Page;
use super::tally::Tally;
use crate::model::guide::{FormOffer, Span, TimeUnit};
use crate::model::{Element, Extraction, FlowchartKind, Locator, PageKind, Reading, ServiceGuide};

/// The tally of one element on one page.
pub(super) struct Scored {
    pub(super) of: String,
    pub(super) tally: Tally,
}

/// What was read of one field.
struct Seen {
    state: State,
    at: Option<Locator>,
    raw: String,
}

enum State {
    Stated(Value),
    /// Nothing is stated, in which way.
    Nothing(&'static str),
    CantTell,
}

/// Scores every labelled element of a page; misses go to `out`.
pub(super) fn score(
    (case, digest): (&str, &str),
    page: &Page,
    read: Option<&Extraction>,
    out: &mut Vec<Miss>,
) -> Vec<Scored> {
    let place = format!("{} {}", page.role.as_str(), &digest[..8]);
    let mut note = Notes { case, place: &place, out };
    let mut scored = Vec::new();
    if let Some(kind) = page.kind {
        scored.push(Scored { of: PAGE_KIND.to_owned(), tally: note.kind(kind, read) });
    }
    for (name, expected) in &page.says {
        let known = field(name).expect("the labels were checked when they were read");
        scored.push(Scored { of: name.clone(), tally: note.field(name, known, expected, read) });
    }
    scored
}

struct Notes<'a> {
    case: &'a str,
    place: &'a str,
    out: &'a mut Vec<Miss>,
}

impl Notes<'_> {
    fn miss(&mut self, of: &str, kind: &'static str, (expected, read): (&str, &str), at: Option<&Locator>) {
        self.out.push(Miss {
            case: self.case.to_owned(),
            page: self.place.to_owned(),
            of: of.to_owned(),
            kind,
            expected: expected.to_owned(),
            read: read.to_owned(),
            at: at.map(words_of).unwrap_or_default(),
        });
    }

    fn kind(&mut self, expected: PageKind, read: Option<&Extraction>) -> Tally {
        let word = |kind: PageKind| json!(kind).as_str().unwrap_or_default().to_owned();
        match read {
            Some(extraction) if extraction.kind == expected => Tally { right: 1, ..Tally::default() },
            Some(extraction) => {
                let because = format!("{} ({})", word(extraction.kind), extraction.kind_because);
                self.miss(PAGE_KIND, "misread", (&word(expected), &because), None);
                Tally { wrong: 1, missed: 1, ..Tally::default() }
            }
            None => {
                self.miss(PAGE_KIND, "cant_tell", (&word(expected), "unreadable"), None);
                Tally { cant_tell: 1, ..Tally::default() }
            }
        }
    }

    fn field(&mut self, name: &str, known: Field, expected: &Expected, read: Option<&Extraction>) -> Tally {
        let seen = seen(known, read);
        match expected {
            Expected::NotStated(_) => self.nothing(name, known, expected, &seen),
            Expected::Begins(words) => {
                self.value(name, &|read| key(&plain(read)).starts_with(&key(words)), expected, &seen)
            }
            Expected::Stated(values) => match known.form() {
                Form::Names | Form::Sequence => self.names(name, known, &values[0], &seen),
                form @ (Form::Words | Form::Limit | Form::Count | Form::Flag) => {
                    self.value(name, &|read| values.iter().any(|one| same(form, one, read)), expected, &seen)
                }
            },
        }
    }

    /// Nothing is stated: every value is invented, and a state that the label names is looked at.
    fn nothing(&mut self, name: &str, known: Field, expected: &Expected, seen: &Seen) -> Tally {
        match &seen.state {
            State::Stated(value) => {
                let several = matches!(known.form(), Form::Names | Form::Sequence);
                let wrong = if several { names(value).map_or(1, |names| names.len() as u64) } else { 1 };
                if wrong == 0 {
                    return Tally::default();
                }
                self.miss(name, "invented", (&expected.words(), &plain(value)), seen.at.as_ref());
                Tally { wrong, ..Tally::default() }
            }
            State::Nothing(state) => {
                if let Expected::NotStated(Some(labelled)) = expected
                    && labelled != state
                {
                    self.miss(name, "other_state", (&expected.words(), state), seen.at.as_ref());
                }
                Tally::default()
            }
            State::CantTell => Tally::default(),
        }
    }

    fn value(&mut self, name: &str, is_so: &dyn Fn(&Value) -> bool, expected: &Expected, seen: &Seen) -> Tally {
        match &seen.state {
            State::Stated(value) if is_so(value) => Tally { right: 1, ..Tally::default() },
            State::Stated(value) => {
                let read = format!("{} 「{}」", plain(value), seen.raw);
                self.miss(name, "misread", (&expected.words(), &read), seen.at.as_ref());
                Tally { wrong: 1, missed: 1, ..Tally::default() }
            }
            State::Nothing(state) => {
                let read = format!("({state}) {}", seen.raw);
                self.miss(name, "unread", (&expected.words(), &read), seen.at.as_ref());
                Tally { missed: 1, ..Tally::default() }
            }
            State::CantTell => {
                self.miss(name, "cant_tell", (&expected.words(), &seen.raw), seen.at.as_ref());
                Tally { cant_tell: 1, ..Tally::default() }
            }
        }
    }

    fn names(&mut self, name: &str, known: Field, expected: &Value, seen: &Seen) -> Tally {
        let labelled = names(expected).unwrap_or_default();
        let read = match &seen.state {
            State::Stated(value) => names(value).unwrap_or_default(),
            State::Nothing(_) => Vec::new(),
            State::CantTell => {
                self.miss(name, "cant_tell", (&labelled.join(" | "), &seen.raw), seen.at.as_ref());
                return Tally { cant_tell: labelled.len() as u64, ..Tally::default() };
            }
        };
        let (left, right) = partners(&labelled, &read, known.form() == Form::Sequence);
        let mut tally = Tally::default();
        for (one, found) in labelled.iter().zip(&left) {
            if *found {
                tally.right += 1;
            } else {
                tally.missed += 1;
                self.miss(name, "unread", (one, &read.join(" | ")), seen.at.as_ref());
            }
        }
        for (one, _) in read.iter().zip(&right).filter(|(_, found)| !**found) {
            tally.wrong += 1;
            self.miss(name, "invented", (&labelled.join(" | "), one), seen.at.as_ref());
        }
        tally
    }
}

fn words_of(at: &Locator) -> String {
    match at {
        Locator::Selector(path)
        | Locator::JsonPointer(path)
        | Locator::Header(path)
        | Locator::Document(path)
        | Locator::Fragment(path) => path.clone(),
        Locator::Whole => "whole".to_owned(),
        Locator::Part(part, inner) => format!("part {part}: {}", words_of(inner)),
        Locator::Rendered(inner) => format!("rendered: {}", words_of(inner)),
    }
}

fn same(form: Form, expected: &Value, read: &Value) -> bool {
    match form {
        Form::Words => same_words(&plain(expected), &plain(read)),
        Form::Limit => match (limit(expected), limit(read)) {
            (Some((a, unit)), Some((b, other))) => unit == other && (a - b).abs() < 0.001,
            _ => expected == read,
        },
        Form::Count | Form::Flag => expected == read,
        Form::Names | Form::Sequence => false,
    }
}

fn limit(value: &Value) -> Option<(f64, &str)> {
    let (number, unit) = value.as_str()?.split_once(' ')?;
    Some((number.parse().ok()?, unit))
}

fn seen(known: Field, read: Option<&Extraction>) -> Seen {
    let Some(extraction) = read else { return cant_tell("the page could not be read") };
    let Some(guide) = extraction.guide.as_deref() else {
        return match extraction.kind {
            PageKind::EmptyShell | PageKind::Challenge | PageKind::LoginWall => cant_tell(&extraction.kind_because),
            _ => Seen { state: State::Nothing("absent"), at: None, raw: "the page was not read as a guide".to_owned() },
        };
    };
    match known {
        Field::BlankForms => forms(guide, |material| &material.blank_form),
        Field::SampleForms => forms(guide, |material| &material.sample_form),
        Field::Element(element) => of_element(guide, element),
    }
}

fn cant_tell(because: &str) -> Seen {
    Seen { state: State::CantTell, at: None, raw: because.to_owned() }
}

fn forms(guide: &ServiceGuide, offer: impl Fn(&crate::model::Material) -> &FormOffer) -> Seen {
    from(&guide.materials, |materials| {
        let offered = materials
            .iter()
            .filter(|material| matches!(offer(material), FormOffer::Link { .. } | FormOffer::Unfollowable { .. }));
        json!(offered.map(|material| material.name.as_str()).collect::<Vec<_>>())
    })
}

fn of_element(guide: &ServiceGuide, element: Element) -> Seen {
    match element {
        Element::ItemName => from(&guide.title, |title| json!(title)),
        Element::ItemCode => match &guide.code {
            Some(code) => {
                Seen { state: State::Stated(json!(code.value)), at: Some(code.at.clone()), raw: code.raw.clone() }
            }
            None => from(&guide.element(element), |code| json!(code)),
        },
        Element::StatutoryLimit => from(&guide.statutory, |limit| json!(span(limit.span))),
        Element::PromisedLimit => from(&guide.promised, |limit| json!(span(limit.span))),
        Element::Visits => from(&guide.visits, |visits| json!(visits)),
        Element::Fee => from(&guide.fee, |fee| json!(fee)),
        Element::Courier => from(&guide.courier, |courier| json!(courier)),
        Element::OnlineDepth => from(&guide.online_depth, |depth| json!(depth.raw)),
        Element::Materials => from(&guide.materials, |materials| {
            json!(materials.iter().map(|material| material.name.as_str()).collect::<Vec<_>>())
        }),
        // Special steps, which the page sets apart from the process, are no part of the label.
        Element::Process => from(&guide.steps, |steps| {
            let ordinary = steps.iter().filter(|step| !step.outside_limit);
            json!(ordinary.map(|step| step.name.as_str()).collect::<Vec<_>>())
        }),
        Element::Flowchart => from(&guide.flowchart, |chart| json!(chart_kind(chart.kind))),
        _ => from(&guide.element(element), |words| json!(words)),
    }
}

fn from<T>(reading: &Reading<T>, value: impl Fn(&T) -> Value) -> Seen {
    let state = match reading {
        Reading::Stated(located) => State::Stated(value(&located.value)),
        Reading::Blank { .. } | Reading::Placeholder { .. } | Reading::Absent => State::Nothing(reading.state()),
        Reading::Unreadable { .. } => State::CantTell,
    };
    Seen { state, at: reading.at().cloned(), raw: reading.raw().unwrap_or_default().to_owned() }
}

fn span(span: Span) -> String {
    match span {
        Span::Immediate => "immediate".to_owned(),
        Span::NoLimit => "no_limit".to_owned(),
        Span::Amount { hundredths, unit } => {
            let unit = match unit {
                TimeUnit::Minute => "minute",
                TimeUnit::Hour => "hour",
                TimeUnit::WorkingDay => "working_day",
                TimeUnit::Day => "day",
                TimeUnit::Month => "month",
            };
            format!("{} {unit}", f64::from(hundredths) / 100.0)
        }
    }
}

fn chart_kind(kind: FlowchartKind) -> &'static str {
    match kind {
        FlowchartKind::Image => "image",
        FlowchartKind::Svg => "svg",
        FlowchartKind::Html => "html",
        FlowchartKind::Table => "table",
        FlowchartKind::Document => "document",
    }
}
