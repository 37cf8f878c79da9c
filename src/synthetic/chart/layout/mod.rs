//! Where a plan's items are put: from the top, from the left, in rows, in lanes, in a table, as a tree.
//!
//! Comes in: a plan, a theme. Goes out: a scene. Must never know: what a look does with it afterwards.

mod columns;
mod comb;
mod horizontal;
mod icons;
mod lanes;
mod snake;
mod table;
mod tree;
mod vertical;

use super::plan::{Kind, Plan};
use super::theme::Theme;
use crate::drawing::Scene;

/// A layout.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Name in labels.
    pub(super) name: &'static str,
    /// Whether it has room for questions and ways out.
    pub(super) branches: bool,
    /// Whether it can draw boxes side by side.
    pub(super) forks: bool,
    place: fn(&Plan, &Theme) -> Scene,
}

impl Layout {
    /// Places a plan; what the layout has no room for is left out, as who draws such a chart leaves it out.
    pub(super) fn scene(&self, plan: &Plan, theme: &Theme) -> Scene {
        if self.branches { (self.place)(plan, theme) } else { (self.place)(&straight(plan), theme) }
    }
}

/// The way alone.
fn straight(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.items.retain(|item| item.kind != Kind::Gate);
    for item in &mut plan.items {
        item.exits.clear();
        item.label = None;
    }
    plan
}

pub(super) const VERTICAL: Layout = Layout { name: "vertical", branches: true, forks: true, place: vertical::place };
pub(super) const HORIZONTAL: Layout =
    Layout { name: "horizontal", branches: true, forks: false, place: horizontal::place };
pub(super) const SNAKE: Layout = Layout { name: "snake", branches: false, forks: false, place: snake::place };
pub(super) const LANES: Layout = Layout { name: "lanes", branches: true, forks: false, place: lanes::place };
pub(super) const TABLE: Layout = Layout { name: "table", branches: false, forks: false, place: table::place };
pub(super) const TREE: Layout = Layout { name: "tree", branches: true, forks: false, place: tree::place };
pub(super) const COLUMNS: Layout = Layout { name: "columns", branches: false, forks: false, place: columns::place };
pub(super) const COMB: Layout = Layout { name: "comb", branches: true, forks: false, place: comb::place };
pub(super) const ICONS: Layout = Layout { name: "icons", branches: false, forks: false, place: icons::circles };
pub(super) const CHEVRONS: Layout = Layout { name: "chevrons", branches: false, forks: false, place: icons::chevrons };

/// Every layout, for tests.
#[cfg(test)]
pub(super) const LAYOUTS: &[Layout] =
    &[VERTICAL, HORIZONTAL, SNAKE, LANES, TABLE, TREE, COLUMNS, COMB, ICONS, CHEVRONS];

#[cfg(test)]
mod tests;
