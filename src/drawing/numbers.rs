//! The few conversions between whole and broken numbers that drawing needs, each saturating.

/// A whole number of pixels as a coordinate. Exact below 16 million, far beyond any picture of ours.
#[expect(clippy::cast_precision_loss, reason = "pictures have far fewer than 2^24 pixels a side")]
pub(super) fn real(value: u32) -> f32 {
    value as f32
}

/// The pixel that a coordinate falls in; negative coordinates give 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate, and the value was made positive"
)]
pub(super) fn whole(value: f32) -> u32 {
    value.max(0.0) as u32
}

/// A length in whole pixels.
#[must_use]
pub fn pixels(length: f32) -> u32 {
    whole(length.round())
}

/// The nearest level of a colour channel.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate, and the value was clamped"
)]
pub(super) fn level(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}
