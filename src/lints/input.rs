//! Input that cannot be used. The readers find these, and nothing switches them off.

use crate::lint::{Check, Lint, lint};

pub(super) const LINTS: &[Lint] = &[
    lint!("syntax-error", Error, Input, Check::Input),
    lint!("unreadable-file", Error, Input, Check::Input),
    lint!("wrong-type", Error, Input, Check::Input),
];
