//! What a guide says about handling (业务办理): visits, online depth, delivery.

pub mod delivery;
pub mod online_depth;
pub mod visits;
