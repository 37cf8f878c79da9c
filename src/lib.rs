//! portal-probe reads cities' online government service portals (政务服务网) and records what it saw, with proof.
//!
//! Data flows one way; each value is made from the one before it:
//!
//! ```text
//!  targets/*.toml ─► catalogue ─► Target
//!                                   │ seeds
//!                                   ▼
//!    ┌───────────────────────► frontier ──Ticket──► fetch ──Capture──┬────► sink (WARC)
//!    │        Link            (what, when,          (one ticket,     │
//!    │                         whom, whether)        one capture)    ▼
//!    └──────────────────────────────────────────────────────── extract ──Extraction──► dossier
//!                                                                                         │
//!                                   sink (JSONL, ledger, summary, report) ◄── observe ◄── check
//! ```
//!
//! The modules in reading order: [`model`] is the vocabulary; [`frontier`], [`extract`], [`chart`], [`check`],
//! [`observe`], [`warc`] and [`seal`] are the pure core, without clock, network, files or logging; [`catalogue`], [`config`], [`fetch`],
//! [`sink`], [`state`], [`stamp`] and [`telemetry`] touch the world; [`engine`] composes them; [`eval`] scores them
//! against labels; [`demo`] is 36 simulated cities; [`drawing`] draws flowcharts for [`synthetic`] and [`demo`].

pub mod model;

pub mod frontier;

pub mod extract;

pub mod chart;

pub mod check;

pub mod observe;

pub mod warc;

pub mod seal;

pub mod eval;

pub mod catalogue;

pub mod weights;

pub mod config;

pub mod fetch;

pub mod render;

pub mod sink;

pub mod stamp;

pub mod state;

pub mod crash;

pub mod telemetry;

pub mod engine;

pub mod demo;

pub mod drawing;

pub mod synthetic;

pub mod cli;
