//! okta-lint: a static linter for Okta configuration.
//!
//! It reads what a team keeps about its Okta org and says what needs a custom
//! authorization server, what is on the wrong one, and what does not work.
//!
//! The modules stand in the order of the life of a file; none knows anything
//! to its right, and `tests/architecture.rs` holds them to it:
//!
//! ```text
//! source ─ syntax ─ consumer ─ terraform ─┐
//!    └──── export ────────────────────────┴─ model ─ resolve ─ needs ─ lint ─ finding ─ output ─ cli
//! ```
//!
//! `docs/architecture.md` tells the rest.

pub mod capability;
pub mod cli;
pub mod config;
pub mod consumer;
pub mod discover;
pub mod export;
pub mod finding;
pub mod lint;
pub mod lints;
pub mod model;
pub mod needs;
pub mod output;
pub mod resolve;
pub mod source;
pub mod syntax;
pub mod terraform;
