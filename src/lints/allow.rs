//! Tables of `[[allow]]` that allow nothing. Whoever compares them with the
//! findings of a run finds these.

use crate::lint::{Check, Lint, lint};

pub(super) const LINTS: &[Lint] = &[
    lint!("unused-allow", Warning, Allowed, Check::Run),
    lint!("expired-allow", Warning, Allowed, Check::Run),
];
