//! Properties of public consultation (咨询) and complaint (投诉) as seen from outside, without submitting anything.

mod channel;
pub mod complaint_channel;
pub mod complaint_timeliness;
pub mod consultation_channel;
pub mod consultation_timeliness;
mod timeliness;
