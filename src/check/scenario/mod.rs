//! Checks of scenarios (场景): is the chain of errands shown as one, and how many visits does it take?

pub mod guidance;
pub mod visits;
