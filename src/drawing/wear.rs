//! What a copy of a drawing went through before it was published: scanner, telephone, photocopier, small pictures.

use super::numbers::{level, real, whole};
use super::pixels::Pixels;
use super::projection::Projection;
use super::scene::Color;
use super::warp::{shrunk, warped};

/// One thing that happens to a copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wear {
    /// Made smaller by this factor below 1.
    Shrink(f32),
    /// Turned clockwise by these degrees on paper of this colour.
    Turn(f32, Color),
    /// Taken with a telephone held aslant; 0.1 is strong. Around it lies a table of this colour.
    Tilt(f32, Color),
    /// Out of focus by this many pixels.
    Blur(f32),
    /// Grain of this strength in levels.
    Noise(f32),
    /// Light that falls off towards the lower right by this many levels.
    Shade(f32),
    /// Paper and ink become shades between these two.
    Tint(Color, Color),
    /// Pure black and white at this level, as a fax or a photocopy.
    Threshold(u8),
}

/// A copy with the map of where everything lies on it.
#[derive(Debug, Clone)]
pub struct Worn {
    /// The copy.
    pub pixels: Pixels,
    /// From places of the drawing to pixels of the copy.
    pub map: Projection,
}

/// The copy after all of this, in order; the same seed gives the same grain. `scale` is that of the painted pixels.
#[must_use]
pub fn worn(pixels: Pixels, scale: f32, wears: &[Wear], seed: u64) -> Worn {
    let mut copy = Worn { pixels, map: Projection::scaled(scale) };
    for (number, wear) in wears.iter().enumerate() {
        let grain = Grain(seed ^ (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        copy = once(copy, *wear, grain);
    }
    copy
}

fn once(copy: Worn, wear: Wear, mut grain: Grain) -> Worn {
    let Worn { mut pixels, map } = copy;
    let width = pixels.width();
    match wear {
        Wear::Shrink(factor) => {
            let small = shrunk(&pixels, factor);
            let factor = real(small.width()) / real(pixels.width());
            return Worn { pixels: small, map: map.then(Projection::scaled(factor)) };
        }
        Wear::Turn(degrees, paper) => return turned(&pixels, map, degrees, paper),
        Wear::Tilt(strength, table) => return tilted(&pixels, map, strength, table),
        Wear::Blur(radius) => pixels = blurred(&pixels, radius),
        Wear::Noise(strength) => {
            // Grain on film and sensors is about normal, and the same in all channels.
            for pixel in pixels.rgb_mut().chunks_exact_mut(3) {
                let shift = grain.normal() * strength;
                shifted(pixel, shift);
            }
        }
        Wear::Shade(depth) => {
            let far = real(pixels.width() + pixels.height());
            let places = (0..pixels.height()).flat_map(|y| (0..width).map(move |x| real(x + y)));
            for (pixel, place) in pixels.rgb_mut().chunks_exact_mut(3).zip(places) {
                shifted(pixel, -depth * place / far);
            }
        }
        Wear::Tint(paper, ink) => {
            for pixel in pixels.rgb_mut().chunks_exact_mut(3) {
                let light = luminance(pixel) / 255.0;
                let mix = |a: u8, b: u8| level(f32::from(a) * light + f32::from(b) * (1.0 - light));
                pixel.copy_from_slice(&[mix(paper.0, ink.0), mix(paper.1, ink.1), mix(paper.2, ink.2)]);
            }
        }
        Wear::Threshold(limit) => {
            for pixel in pixels.rgb_mut().chunks_exact_mut(3) {
                let white = luminance(pixel) >= f32::from(limit);
                pixel.fill(if white { 255 } else { 0 });
            }
        }
    }
    Worn { pixels, map }
}

fn shifted(pixel: &mut [u8], by: f32) {
    for channel in pixel {
        *channel = level(f32::from(*channel) + by);
    }
}

fn luminance(pixel: &[u8]) -> f32 {
    let weights = [0.299, 0.587, 0.114];
    pixel.iter().zip(weights).map(|(channel, weight)| f32::from(*channel) * weight).sum()
}

fn turned(pixels: &Pixels, map: Projection, degrees: f32, paper: Color) -> Worn {
    let (width, height) = (real(pixels.width()), real(pixels.height()));
    let (sin, cos) = degrees.to_radians().sin_cos();
    let size = (width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs());
    let turn = Projection::moved((-width / 2.0, -height / 2.0))
        .then(Projection::turned(degrees))
        .then(Projection::moved((size.0 / 2.0, size.1 / 2.0)));
    let size = (whole(size.0.ceil()), whole(size.1.ceil()));
    Worn { pixels: warped(pixels, turn, size, paper), map: map.then(turn) }
}

fn tilted(pixels: &Pixels, map: Projection, strength: f32, table: Color) -> Worn {
    let (width, height) = (real(pixels.width()), real(pixels.height()));
    let margin = 0.04 * width.min(height);
    let tilt = Projection::moved((-width / 2.0, -height / 2.0))
        .then(Projection::turned(strength * 12.0))
        .then(Projection::receding((strength * 0.7 / width, strength * 1.2 / height)));
    let corners = [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)].map(|corner| tilt.point(corner));
    let least = |of: fn(&(f32, f32)) -> f32| corners.iter().map(of).fold(f32::MAX, f32::min) - margin;
    let most = |of: fn(&(f32, f32)) -> f32| corners.iter().map(of).fold(f32::MIN, f32::max) + margin;
    let (left, top) = (least(|p| p.0), least(|p| p.1));
    let size = (whole((most(|p| p.0) - left).ceil()), whole((most(|p| p.1) - top).ceil()));
    let tilt = tilt.then(Projection::moved((-left, -top)));
    Worn { pixels: warped(pixels, tilt, size, table), map: map.then(tilt) }
}

/// Blurred along rows and then along columns by weights of the normal curve.
fn blurred(pixels: &Pixels, radius: f32) -> Pixels {
    let reach = whole((radius * 2.5).ceil()).clamp(1, 12);
    let weight = |n: u32| (-(real(n) * real(n)) / (2.0 * radius * radius).max(0.01)).exp();
    let side: Vec<(u32, f32)> = (1..=reach).map(|n| (n, weight(n))).collect();
    let total = 1.0 + 2.0 * side.iter().map(|(_, weight)| weight).sum::<f32>();
    let mean = |from: &Pixels, x: u32, y: u32, along: (u32, u32)| {
        let mut sum = rgb(from.at(x, y));
        for (n, weight) in &side {
            let (dx, dy) = (along.0 * n, along.1 * n);
            let (after, before) = (from.at(x + dx, y + dy), from.at(x.saturating_sub(dx), y.saturating_sub(dy)));
            for (sum, (a, b)) in sum.iter_mut().zip(rgb(after).into_iter().zip(rgb(before))) {
                *sum += (a + b) * weight;
            }
        }
        let [r, g, b] = sum.map(|channel| level(channel / total));
        Color(r, g, b)
    };
    let pass = |from: &Pixels, along: (u32, u32)| {
        let mut out = from.clone();
        for y in 0..from.height() {
            for x in 0..from.width() {
                out.set(x, y, mean(from, x, y, along));
            }
        }
        out
    };
    pass(&pass(pixels, (1, 0)), (0, 1))
}

fn rgb(Color(r, g, b): Color) -> [f32; 3] {
    [r, g, b].map(f32::from)
}

/// Chance for grain (`SplitMix64`).
struct Grain(u64);

impl Grain {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bits = u32::try_from((z ^ (z >> 31)) >> 40).unwrap_or(0);
        real(bits) / 16_777_216.0
    }

    /// About normal with mean 0 and deviation 1: the sum of four even draws.
    fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4).map(|_| self.next()).sum();
        (sum - 2.0) * 1.732
    }
}
