//! A picture moved by a projection, and a picture made smaller.

use super::numbers::{level, real, whole};
use super::pixels::Pixels;
use super::projection::Projection;
use super::scene::Color;

/// The picture as it lies after `map` on paper of this size and colour.
pub(super) fn warped(from: &Pixels, map: Projection, (width, height): (u32, u32), paper: Color) -> Pixels {
    let back = map.inverse();
    let mut out = Pixels::plain(width, height, paper);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = back.point((real(x) + 0.5, real(y) + 0.5));
            let (u, v) = (u - 0.5, v - 0.5);
            if u > -0.5 && v > -0.5 && u < real(from.width()) - 0.5 && v < real(from.height()) - 0.5 {
                out.set(x, y, between(from, u.max(0.0), v.max(0.0)));
            }
        }
    }
    out
}

/// The colour between four pixels.
fn between(from: &Pixels, u: f32, v: f32) -> Color {
    let (x, y) = (whole(u), whole(v));
    let (fx, fy) = (u - real(x), v - real(y));
    let corners = [from.at(x, y), from.at(x + 1, y), from.at(x, y + 1), from.at(x + 1, y + 1)];
    let weights = [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy];
    let mix = |channel: fn(&Color) -> u8| {
        level(corners.iter().zip(weights).map(|(corner, weight)| f32::from(channel(corner)) * weight).sum())
    };
    Color(mix(|c| c.0), mix(|c| c.1), mix(|c| c.2))
}

/// The picture made smaller by a factor below 1, each pixel the mean of what it covers.
pub(super) fn shrunk(from: &Pixels, factor: f32) -> Pixels {
    let side = |length: u32| whole((real(length) * factor).round()).max(1);
    let (width, height) = (side(from.width()), side(from.height()));
    let mut out = Pixels::plain(width, height, Color(255, 255, 255));
    let span = |n: u32, count: u32, length: u32| {
        let start = n * length / count;
        start..((n + 1) * length).div_ceil(count).max(start + 1).min(length.max(start + 1))
    };
    for y in 0..height {
        for x in 0..width {
            let (mut sum, mut count) = ([0_u32; 3], 0_u32);
            for v in span(y, height, from.height()) {
                for u in span(x, width, from.width()) {
                    let Color(r, g, b) = from.at(u, v);
                    sum = [sum[0] + u32::from(r), sum[1] + u32::from(g), sum[2] + u32::from(b)];
                    count += 1;
                }
            }
            let mean = |n: usize| level(real(sum[n]) / real(count.max(1)));
            out.set(x, y, Color(mean(0), mean(1), mean(2)));
        }
    }
    out
}
