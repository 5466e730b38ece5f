//! What stands in a file for what is filled in later.
//!
//! Shells, Compose, Spring, Helm, Octopus and Okta's own samples each write it in
//! their way, and the file does not say which of them reads it.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::gap;

/// `${X}`, `$(X)`, `$X`, `#{X}#`, `{X}`, `{{ X }}`, `<x>`, `__X__`, `%X%` and
/// `ENC(…)`.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[$#]?\{+[^{}]*\}+#?|\$\([^()]*\)|\$\w+|<[^<>]*>|__\w+?__|%+[A-Za-z_]\w*%+|ENC\([^()]*\)")
        .expect("a regular expression")
});

/// A text with gaps in the places of its placeholders.
pub(super) fn as_gaps(text: &str) -> Cow<'_, str> {
    PLACEHOLDER.replace_all(text, gap::gap())
}

/// Whether a text has a placeholder, or the half of one that was cut out of it.
pub(super) fn is_in(text: &str) -> bool {
    PLACEHOLDER.is_match(text) || text.contains(['{', '}', '<', '>']) || text.contains("$(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_form() {
        for text in [
            "${AUD}",
            "${AUD:-x}",
            "$(AUD)",
            "$AUD",
            "#{Aud}#",
            "{ClientId}",
            "{{ .Values.aud }}",
            "<client-id>",
            "__CLIENT_ID__",
            "%%CLIENT_ID%%",
            "%AUD%",
            "ENC(abc=)",
            "api://${X}",
            "{{",
            "}}",
        ] {
            assert!(is_in(text), "{text}");
        }
        for text in
            ["api://orders", "https://api.example.com/a%20b?x=1#y", "0oa3m7x9rLw2KfJ8n5d7", "my_api", "a__b"]
        {
            assert!(!is_in(text), "{text}");
        }
    }
}
