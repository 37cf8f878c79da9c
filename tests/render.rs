//! Rendering with a real browser: what pages may and may not do, and what is left when they are done.
//!
//! Needs Debian's `chromium-headless-shell`; `scripts/setup.sh` installs it. Everything is on loopback.

#[path = "render/bench.rs"]
mod bench;
#[path = "render/more.rs"]
mod more;
#[path = "render/nights.rs"]
mod nights;
#[path = "render/pages.rs"]
mod pages;
#[path = "render/portal.rs"]
mod portal;
