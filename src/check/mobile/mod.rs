//! Properties of the mobile channels (移动端).

pub mod channels;
pub mod depth;
pub mod friendly;
pub mod reachable;
pub mod topic;
