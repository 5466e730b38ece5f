//! Inline hooks.

use super::{Entry, Setting, Status};

/// The one type of inline hook that a token can trigger.
pub const TOKEN_HOOK: &str = "com.okta.oauth2.tokens.transform";

/// An inline hook.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Place and name.
    pub entry: Entry,
    /// `id`.
    pub id: Setting<String>,
    /// `name`.
    pub name: Setting<String>,
    /// `type`, such as [`TOKEN_HOOK`].
    pub kind: Setting<String>,
    /// `status`.
    pub status: Setting<Status>,
}

impl Hook {
    /// What people call it.
    pub fn title(&self) -> &str {
        self.name.known().map_or(&self.entry.resource, |it| it)
    }
}
