//! Checks of service guides (办事指南): are they there, complete, clear, consistent.

pub mod blank_form;
pub mod channel_consistency;
pub mod elements;
pub mod findability;
pub mod flowchart;
pub mod flowchart_consistency;
pub mod found;
pub mod materials_clear;
pub mod sample_form;
pub mod self_consistency;
pub mod time_limits;

mod alignment;
mod contradictions;
mod counterparts;
mod forms;
mod other_item;
mod pairs;
