//! Fields: a label, its content, and the layout that joined them.
//!
//! Comes in: a page. Goes out: every field of every layout, in document order. Must never know: what values mean.

use super::page::{Content, Page};
use super::tables::Grid;
use super::{anchors, inline, labels, strip, tables, tabs};
use crate::extract::dom::Node;
use crate::extract::lexicon::{Label, Meaning};
use crate::model::{Element, Locator, Reading};

/// A guide has some two hundred fields at most; a page with more of one layout is something else, and hostile at worst.
pub(super) const MOST_FIELDS: usize = 400;

/// How label and content were joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Layout {
    /// Cells of a row, or a cell above another.
    Cells,
    /// `dt` and `dd`.
    Definition,
    /// A heading and what follows it.
    Heading,
    /// A label element and its siblings.
    Siblings,
    /// A number above its label.
    Card,
    /// The name of a tab and its panel.
    Tab,
    /// `label：value` in one text.
    Inline,
    /// Data in a script.
    Script,
    /// A link to a place in the page and that place.
    Anchor,
    /// A strip of values without labels.
    Position,
}

impl Layout {
    /// How surely the content belongs to the label; higher is surer.
    pub(super) fn strength(self) -> u8 {
        match self {
            Self::Cells | Self::Definition | Self::Heading | Self::Siblings | Self::Card | Self::Tab => 3,
            Self::Inline | Self::Script => 2,
            Self::Anchor => 1,
            Self::Position => 0,
        }
    }
}

/// A label with its content.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Field<'a> {
    /// What the label means.
    pub(in crate::extract) meaning: Meaning,
    /// The label's words.
    pub(in crate::extract) label: String,
    /// The unit that stands in the label.
    pub(in crate::extract) unit: Option<String>,
    /// Where the label stands.
    pub(in crate::extract) label_at: Locator,
    /// The content.
    pub(in crate::extract) content: Content<'a>,
    /// What the content means, where only the page's family knows.
    pub(in crate::extract) means: Option<&'static str>,
    /// How they were joined.
    pub(in crate::extract) layout: Layout,
    /// The element that the label is, if it is one.
    pub(in crate::extract) node: Option<Node<'a>>,
}

impl<'a> Field<'a> {
    /// Joins a label element and its content; the label repeated at the beginning of the content is taken off.
    pub(super) fn new(node: Node<'a>, label: &Label, mut content: Content<'a>, layout: Layout) -> Self {
        take_off_label(&mut content.lines, label.meaning);
        if content.at == Locator::Whole {
            let first = content.roots.first().copied();
            let holder = if content.loose_text { node.parent() } else { first };
            content.at = holder.unwrap_or(node).locator();
        }
        Self {
            meaning: label.meaning,
            label: node.text(),
            unit: label.unit.clone(),
            label_at: node.locator(),
            content,
            means: None,
            layout,
            node: Some(node),
        }
    }

    /// Whether nothing stands in the place of the value.
    pub(in crate::extract) fn is_blank(&self) -> bool {
        self.content.is_empty()
    }
}

/// `办理地点：广州市…` under 办理地点: takes off what only repeats the label.
fn take_off_label(lines: &mut Vec<String>, meaning: Meaning) {
    let same = |words: &str| {
        crate::extract::lexicon::label(words).is_some_and(|found| {
            found.meaning == meaning || (meaning.element().is_some() && found.meaning.element() == meaning.element())
        })
    };
    if let Some(first) = lines.first_mut() {
        *first = first.trim_start_matches([':', '：']).trim_start().to_owned();
        if same(first) {
            first.clear();
        } else if let Some((head, rest)) = first.split_once(['：', ':'])
            && same(head)
        {
            *first = rest.trim_start().to_owned();
        }
    }
    lines.retain(|line| !line.is_empty());
}

/// Everything found on the page.
pub(in crate::extract) struct Found<'a> {
    /// Fields in document order within each layout.
    pub(in crate::extract) fields: Vec<Field<'a>>,
    /// Tables of materials and steps.
    pub(in crate::extract) grids: Vec<Grid<'a>>,
    /// Elements that stand in a picture, if anywhere.
    pub(in crate::extract) pictured: Option<Pictured>,
}

/// A picture in the place of a guide's words.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Pictured {
    /// What a visitor finds in it, as far as we know.
    pub(in crate::extract) elements: &'static [Element],
    /// Where it stands.
    pub(in crate::extract) at: Locator,
    /// Its name.
    pub(in crate::extract) raw: String,
}

impl Pictured {
    /// What the picture makes of an element that is stated nowhere else.
    pub(super) fn reading<T>(&self, element: Element) -> Reading<T> {
        if self.elements.contains(&element) {
            Reading::Unreadable { at: self.at.clone(), raw: self.raw.clone() }
        } else {
            Reading::Absent
        }
    }
}

/// Collects the fields of every layout that stands in HTML.
pub(super) fn collect<'a>(page: &mut Page<'a>) -> Found<'a> {
    let tables = tables::read(page);
    let mut fields = tables::fields(page, &tables);
    fields.extend(tabs::fields(page));
    fields.extend(labels::fields(page));
    fields.extend(anchors::fields(page));
    let mut inline = inline::fields(page);
    drop_step_limits(&mut fields, &mut inline, &tables.grids);
    fields.extend(inline);
    if !fields.iter().any(|field| matches!(field.meaning.element(), Some(Element::Visits | Element::PromisedLimit))) {
        fields.extend(strip::fields(page));
    }
    // A form to fill in (a search box on a list page) states nothing.
    fields.retain(|field| !(field.content.is_input() && field.content.lines.is_empty()));
    Found { fields, grids: tables.grids, pictured: None }
}

/// 办理时限 within a step is the step's limit, not the guide's.
fn drop_step_limits<'a>(fields: &mut Vec<Field<'a>>, inline: &mut Vec<Field<'a>>, grids: &[Grid<'a>]) {
    let mut inside = std::collections::BTreeSet::new();
    for field in fields.iter() {
        let process = matches!(
            field.meaning,
            Meaning::Element(Element::Process | Element::Flowchart | Element::Faq)
                | Meaning::Flow(_)
                | Meaning::SpecialSteps
        );
        if process {
            inside.extend(field.content.keys.iter().copied());
        }
    }
    for grid in grids.iter().filter(|grid| grid.is_steps()) {
        inside.extend(grid.table.descendants().map(Node::key));
    }
    let is_step_limit = |field: &Field<'_>| {
        matches!(field.meaning, Meaning::Weak(Element::PromisedLimit))
            && field.node.is_some_and(|node| inside.contains(&node.key()))
    };
    fields.retain(|field| !is_step_limit(field));
    inline.retain(|field| !is_step_limit(field));
}
