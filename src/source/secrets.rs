//! Where secrets stand in a text, judged by the names beside them.
//!
//! Exports, plans and hand-written Terraform carry secrets in clear. No finding
//! points at one, but the lines around a finding may hold one, so every excerpt
//! is masked. The search looks at the bytes near the excerpt only, whatever the
//! size of the file.

use std::ops::Range;

/// How far before an excerpt a secret that reaches into it may start, in bytes.
const REACH: usize = 1 << 15;

/// Names whose value is a secret, without quotes. Compared without case.
const NAMES: [&str; 17] = [
    "client_secret",
    "clientsecret",
    "client_basic_secret",
    "client_basic_secret_wo",
    "secret",
    "password",
    "private_key",
    "privatekey",
    "api_token",
    "apitoken",
    "access_token",
    "refresh_token_value",
    "channel_json",
    "auth.value",
    "shared_secret",
    "sharedsecret",
    "hmac_key",
];

/// Private parts of a JSON Web Key (RFC 7518 §6): short names, so the value
/// must be long to count.
const KEY_PARTS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// What may stand before a token in a header value.
const SCHEMES: [&str; 3] = ["SSWS ", "Bearer ", "Basic "];

/// The secrets of `text` that overlap `range`, and those `declared` to be.
pub(super) fn within(text: &str, range: &Range<usize>, declared: &[Range<usize>]) -> Vec<Range<usize>> {
    let start = super::floor_boundary(text, range.start.saturating_sub(REACH));
    let end = super::floor_boundary(text, (range.end + REACH).min(text.len()));
    let mut found: Vec<Range<usize>> = find(&text[start..end])
        .into_iter()
        .map(|it| it.start + start..it.end + start)
        .chain(declared.iter().cloned())
        .collect();
    found.retain(|it| it.start < range.end && range.start < it.end);
    found
}

/// All secrets of a text.
fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in memchr::memchr2_iter(b'=', b':', text.as_bytes()) {
        let Some(name) = name_before(text, at) else { continue };
        let Some(value) = value_after(text, at + 1) else { continue };
        if is_secret(text, name, &value) {
            found.push(value);
        }
    }
    for scheme in SCHEMES {
        for at in memchr::memmem::find_iter(text.as_bytes(), scheme) {
            let start = at + scheme.len();
            let token = text[start..].find(|it: char| !is_token(it)).unwrap_or(text.len() - start);
            if token >= 8 {
                found.push(start..start + token);
            }
        }
    }
    found
}

fn is_token(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '~' | '+' | '/' | '=' | '%')
}

fn is_secret(text: &str, name: Range<usize>, value: &Range<usize>) -> bool {
    let word = text[name.clone()].to_ascii_lowercase();
    let literal = !text[value.clone()].starts_with("${");
    (NAMES.contains(&word.as_str())
        || (KEY_PARTS.contains(&word.as_str()) && value.len() >= 24)
        || (word == "value" && beside_a_key(text, name.start)))
        && literal
}

/// The name that ends before a `=` or `:`, without quotes.
fn name_before(text: &str, at: usize) -> Option<Range<usize>> {
    let head = text[..at].trim_end_matches([' ', '\t']);
    let head = head.strip_suffix(['"', '\'']).unwrap_or(head);
    let part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-');
    let length = head.bytes().rev().take_while(|&it| part(char::from(it))).count();
    (length > 0 && length <= 40).then(|| head.len() - length..head.len())
}

/// The literal that follows a `=` or `:`, without its quotes.
fn value_after(text: &str, at: usize) -> Option<Range<usize>> {
    let body = &text[at..];
    let skipped = body.len() - body.trim_start_matches([' ', '\t', '\n', '\r']).len();
    let start = at + skipped;
    let body = &text[start..];
    for quote in ["\"\"\"", "'''"] {
        if let Some(inner) = body.strip_prefix(quote) {
            let length = inner.find(quote).unwrap_or(inner.len());
            return Some(start + 3..start + 3 + length);
        }
    }
    if let Some(marker) = body.strip_prefix("<<") {
        let word = marker.trim_start_matches('-').lines().next()?.trim();
        let first = body.find('\n')? + 1;
        let length = body[first..].find(&format!("{word}\n")).unwrap_or(body.len() - first);
        return Some(start + first..start + first + length);
    }
    let quote = body.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let length = closing(&body[1..], quote)?;
    (length > 0).then_some(start + 1..start + 1 + length)
}

/// Where the closing quote of a string stands.
fn closing(body: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in body.char_indices() {
        match character {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            it if it == quote => return Some(at),
            _ => {}
        }
    }
    Some(body.len())
}

/// Whether a `value` stands in one object or table with a `key`, as in the
/// headers and the authentication of an inline hook.
fn beside_a_key(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let stop = |it: &u8| matches!(it, b'{' | b'}');
    let before = bytes[..at].iter().rposition(stop).map_or(0, |it| it + 1);
    let after = bytes[at..].iter().position(stop).map_or(bytes.len(), |it| at + it);
    let object = &text[before..after];
    // A TOML table ends at the next header.
    let at = at - before;
    let from = object[..at].rfind("\n[").unwrap_or(0);
    let to = object[at..].find("\n[").map_or(object.len(), |it| at + it);
    let table = &object[from..to];
    memchr::memmem::find_iter(table.as_bytes(), "key").any(|found| {
        let word = |it: Option<&u8>| it.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_');
        let outside = table.as_bytes();
        !word(found.checked_sub(1).and_then(|it| outside.get(it))) && !word(outside.get(found + 3))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|it| &text[it]).collect()
    }

    #[test]
    fn secrets_are_found_by_name_in_each_language() {
        assert_eq!(masked(r#"{"client_secret": "s3\"cret"}"#), [r#"s3\"cret"#]);
        assert_eq!(masked("client_basic_secret = \"abc\"\n"), ["abc"]);
        assert_eq!(masked("private_key = '''\nA\nB\n'''\n"), ["\nA\nB\n"]);
        assert_eq!(masked("private_key = <<EOT\nA\nB\nEOT\n"), ["A\nB\n"]);
        assert_eq!(masked("auth.value = \"abc\""), ["abc"]);
    }

    #[test]
    fn a_value_beside_a_key_is_a_secret_and_a_claim_is_not() {
        assert_eq!(masked(r#"{"type":"HEADER","key":"Authorization","value":"abc"}"#), ["abc"]);
        assert_eq!(masked("[a.auth]\nkey = \"k\"\nvalue = \"abc\"\n[b]\nx = 1"), ["abc"]);
        assert_eq!(masked(r#"{"name":"groups","value":".*"}"#), [""; 0]);
        assert_eq!(masked("[c]\nname = \"n\"\nvalue = \"v\"\n[d]\nkey = \"k\""), [""; 0]);
    }

    #[test]
    fn key_parts_and_tokens_are_found() {
        let part = "x".repeat(43);
        assert_eq!(masked(&format!(r#"{{"d": "{part}", "p": "short"}}"#)), [part.as_str()]);
        assert_eq!(masked("authorization: SSWS 00abcdefghij"), ["00abcdefghij"]);
    }

    #[test]
    fn a_reference_is_no_secret() {
        assert_eq!(masked(r#"client_secret = "${var.s}""#), [""; 0]);
    }
}
