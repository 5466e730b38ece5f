//! Where secrets stand in a text, judged by the names beside them.
//!
//! Exports, plans and hand-written Terraform carry secrets in clear. No finding
//! points at one, but the lines around a finding may hold one, so every excerpt
//! is masked. The search looks at the bytes near the excerpt only, whatever the
//! size of the file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, RwLock};

use super::is_secret_name;

/// How much is searched at once, in bytes, and how far before an excerpt a
/// secret that reaches into it may start.
const BLOCK: usize = 1 << 15;

/// Private parts of a JSON Web Key (RFC 7518 §6).
const KEY_PARTS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "k", "oth"];

/// Objects and tables whose `value` is a secret: the authentication and the
/// headers of an inline hook.
const CARRIERS: [&str; 4] = ["auth", "authscheme", "headers", "header"];

/// What may stand before a token in a header value.
const SCHEMES: [&str; 3] = ["SSWS ", "Bearer ", "Basic "];

/// Parameters of a URL whose value is a secret.
const PARAMETERS: [&str; 7] = ["token=", "secret=", "key=", "password=", "sig=", "code=", "signature="];

/// The secrets of one file: those declared to be, and those found so far. The
/// search goes block by block, so that a file of many findings is searched once.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    declared: RwLock<Vec<Range<usize>>>,
    blocks: RwLock<BTreeMap<usize, Arc<[Range<usize>]>>>,
}

impl Secrets {
    /// Declares that a range holds a secret, whatever stands beside it.
    pub(super) fn declare(&self, range: Range<usize>) {
        if let Ok(mut declared) = self.declared.write() {
            declared.push(range);
        }
        if let Ok(mut blocks) = self.blocks.write() {
            blocks.clear();
        }
    }

    /// The secrets of `text` that overlap `range`.
    pub(super) fn within(&self, text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
        let blocks = range.start / BLOCK..=range.end / BLOCK;
        let all = blocks.map(|it| self.block(text, it)).collect::<Vec<_>>();
        let overlaps = |it: &&Range<usize>| it.start < range.end && range.start < it.end;
        all.iter().flat_map(|it| it.iter().filter(overlaps)).cloned().collect()
    }

    fn block(&self, text: &str, block: usize) -> Arc<[Range<usize>]> {
        if let Some(known) = self.blocks.read().ok().and_then(|it| it.get(&block).cloned()) {
            return known;
        }
        let range = block * BLOCK..(block + 1) * BLOCK;
        let start = super::floor_boundary(text, range.start.saturating_sub(BLOCK));
        let end = super::floor_boundary(text, range.end + BLOCK);
        let declared = self.declared.read().map(|it| it.clone()).unwrap_or_default();
        let found = find(&text[start..end]).into_iter().map(|it| it.start + start..it.end + start);
        let overlaps = |it: &Range<usize>| it.start < range.end && range.start < it.end;
        let found: Arc<[Range<usize>]> = found.chain(declared).filter(overlaps).collect();
        if let Ok(mut blocks) = self.blocks.write() {
            blocks.insert(block, Arc::clone(&found));
        }
        found
    }
}

/// All secrets of a text.
fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in memchr::memchr2_iter(b'=', b':', text.as_bytes()) {
        if !is_operator(text, at)
            && let Some(name) = name_before(text, at)
            && is_secret(text, &name, at)
        {
            found.push(value_after(text, at + 1));
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
    for at in memchr::memmem::find_iter(text.as_bytes(), "-----BEGIN ") {
        found.extend(private_key(text, at));
    }
    for at in memchr::memmem::find_iter(text.as_bytes(), "://") {
        found.extend(parameters(text, at));
        found.extend(password(text, at));
    }
    found
}

/// The private key whose PEM header stands at `at`, however its lines are joined;
/// one without an end reaches as far as it is looked for.
fn private_key(text: &str, at: usize) -> Option<Range<usize>> {
    let header = text[at + 5..].find("-----").map(|it| at + 5 + it)?;
    let is_private = header - at < 60 && text[at..header].ends_with("PRIVATE KEY");
    let start = header + 5;
    let end = text[start..].find("-----END").map_or(text.len(), |it| start + it);
    is_private.then_some(start..end)
}

/// The password in the URL whose `://` stands at `at`.
fn password(text: &str, at: usize) -> Option<Range<usize>> {
    let start = at + 3;
    let is_end = |it: char| it.is_whitespace() || matches!(it, '"' | '\'' | '<' | '>' | '/' | '?' | '#');
    let authority = &text[start..];
    let authority = &authority[..authority.find(is_end).unwrap_or(authority.len())];
    let (user, _) = authority.rsplit_once('@')?;
    let colon = user.find(':').filter(|it| it + 1 < user.len())?;
    Some(start + colon + 1..start + user.len())
}

/// Whether the `=` at `at` is part of `==`, `!=`, `<=` or `>=`: what follows is
/// compared, not assigned.
fn is_operator(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let before = at.checked_sub(1).and_then(|it| bytes.get(it));
    let after = bytes.get(at + 1);
    bytes[at] == b'='
        && (before.is_some_and(|it| matches!(it, b'=' | b'!' | b'<' | b'>')) || after == Some(&b'='))
}

fn is_token(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '~' | '+' | '/' | '=' | '%')
}

/// The secret parameters of the URL around `at`.
fn parameters(text: &str, at: usize) -> Vec<Range<usize>> {
    let end = text[at..].find(|it: char| it.is_whitespace() || matches!(it, '"' | '\'' | '<' | '>'));
    let url = &text[at..end.map_or(text.len(), |it| at + it)];
    let Some(query) = url.find('?') else { return Vec::new() };
    let mut start = at + query + 1;
    let mut found = Vec::new();
    for part in url[query + 1..].split('&') {
        let name = part.to_ascii_lowercase();
        if let Some(equals) = name.find('=').filter(|it| PARAMETERS.iter().any(|p| name[..=*it].ends_with(p)))
        {
            found.push(start + equals + 1..start + part.len());
        }
        start += part.len() + 1;
    }
    found
}

/// Whether what follows the `=` or `:` at `at` is a secret, judged by the name
/// before it and by what the name stands in.
fn is_secret(text: &str, name: &Range<usize>, at: usize) -> bool {
    let word = text[name.clone()].to_ascii_lowercase();
    let last = word.rsplit('.').next().unwrap_or_default();
    match last {
        "value" => word == "auth.value" || word.ends_with(".auth.value") || in_carrier(text, name.start),
        "default" => in_secret_variable(text, name.start),
        // What a provider keeps for itself in a state is `private`.
        "token" | "private" => text[at + 1..].trim_start().starts_with('"'),
        _ if KEY_PARTS.contains(&last) => in_key(text, name.start, at),
        // `access_token: {` and `token: {` hold settings and no secret.
        _ => is_secret_name(&word) && (!last.ends_with("token") || !opens_object(text, at)),
    }
}

fn opens_object(text: &str, at: usize) -> bool {
    text[at + 1..].trim_start().starts_with('{')
}

/// The name that ends before a `=` or `:`, without quotes.
fn name_before(text: &str, at: usize) -> Option<Range<usize>> {
    let head = text[..at].trim_end_matches([' ', '\t']);
    let head = head.strip_suffix(['"', '\'']).unwrap_or(head);
    // JSON within a string: `\"client_secret\": …`.
    let head = head.strip_suffix('\\').unwrap_or(head);
    let part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-');
    let length = head.bytes().rev().take_while(|&it| part(char::from(it))).count();
    let start = head.len() - length;
    // `client\u005Fsecret`: the rest of the name is before an escape.
    if length >= 5 && head[..start].ends_with('\\') && head[start..].starts_with('u') {
        let before = head[..start - 1].bytes().rev().take_while(|&it| part(char::from(it))).count();
        let escaped = head[start + 5..].to_ascii_lowercase();
        if is_secret_name(&format!("{}_{escaped}", &head[start - 1 - before..start - 1])) {
            return Some(start + 5..head.len()).filter(|it| is_secret_name(&head[it.clone()]));
        }
    }
    (length > 0 && length <= 120).then_some(start..head.len())
}

/// What follows a `=` or `:`, up to the end of the value: a secret that does
/// not parse is a secret too, and a mistake on its line is when it is drawn.
fn value_after(text: &str, at: usize) -> Range<usize> {
    let body = &text[at..];
    let start = at + body.len() - body.trim_start_matches([' ', '\t', '\n', '\r']).len();
    let body = &text[start..];
    for quote in ["\"\"\"", "'''"] {
        if let Some(inner) = body.strip_prefix(quote) {
            let length = inner.find(quote).unwrap_or(inner.len());
            return start + 3..start + 3 + length;
        }
    }
    if let Some(length) = heredoc(body) {
        return start + length.start..start + length.end;
    }
    let line = body.lines().next().unwrap_or_default().len();
    match body.chars().next() {
        Some('\\') if body[1..].starts_with('"') => {
            let length = body[2..line].find("\\\"").unwrap_or(line - 2);
            start + 2..start + 2 + length
        }
        Some(quote @ ('"' | '\'')) => match closing(&body[1..], quote) {
            // A reference is no secret; a literal inside a template may be.
            Some(length) if is_reference(&body[1..=length]) => start..start,
            Some(length) => start + 1..start + 1 + length,
            None => start + 1..start + line,
        },
        Some(open @ ('[' | '{')) => start..start + balanced(body, open),
        Some(_) if is_number(&body[..line]) || is_expression(&body[..line]) => start..start,
        _ => {
            let end = body[..line].find([',', '}', '#']).unwrap_or(line);
            start..start + body[..end].trim_end().len()
        }
    }
}

/// Whether a bare word is a number: a setting, not a secret.
fn is_number(line: &str) -> bool {
    let word = line.split([',', '}', '#', ' ']).next().unwrap_or_default().trim_end();
    !word.is_empty() && word.bytes().all(|it| it.is_ascii_digit() || it == b'.')
}

/// Whether a template is one plain reference, such as `${var.secret}`.
fn is_reference(text: &str) -> bool {
    let inner = text.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    inner.is_some_and(|it| !it.contains(['"', '\'']))
}

/// Whether a bare word is a keyword or a reference of HCL, and so no secret.
fn is_expression(line: &str) -> bool {
    let line = line.trim();
    let keyword = ["null", "true", "false"].iter().any(|it| {
        line.strip_prefix(it).is_some_and(|rest| {
            rest.trim_start().is_empty() || rest.trim_start().starts_with([',', '}', '#'])
        })
    });
    let names =
        ["var.", "local.", "data.", "module.", "each.", "random_", "okta_", "aws_", "google_", "vault_"];
    keyword || (names.iter().any(|it| line.starts_with(it)) && !line.contains('"'))
}

fn heredoc(body: &str) -> Option<Range<usize>> {
    let marker = body.strip_prefix("<<")?;
    let word = marker.trim_start_matches('-').lines().next()?.trim();
    let first = body.find('\n')? + 1;
    let length = body[first..].find(&format!("{word}\n")).unwrap_or(body.len() - first);
    Some(first..first + length)
}

/// Where the closing quote of a string stands; `None` if the line ends first.
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
    None
}

/// The length of a bracketed value, or of all that follows if it does not close.
fn balanced(body: &str, open: char) -> usize {
    let close = if open == '[' { ']' } else { '}' };
    let mut depth = 0_usize;
    for (at, character) in body.char_indices() {
        if character == open {
            depth += 1;
        } else if character == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    body.len()
}

/// The text of the object or table that holds `at`, and the name it stands under.
fn enclosing(text: &str, at: usize) -> (Range<usize>, String) {
    let bytes = text.as_bytes();
    let stop = |it: &u8| matches!(it, b'{' | b'}');
    let before = bytes[..at].iter().rposition(stop).map_or(0, |it| it + 1);
    let after = bytes[at..].iter().position(stop).map_or(bytes.len(), |it| at + it);
    // A TOML table starts at a header and ends at the next one.
    let header = text[before..at].rfind("\n[").map(|it| before + it + 1);
    let header = header.or_else(|| text[before..at].starts_with('[').then_some(before));
    let end = text[at..after].find("\n[").map_or(after, |it| at + it);
    if let Some(start) = header {
        let line = text[start..].lines().next().unwrap_or_default();
        let name = line.trim_matches(|it: char| matches!(it, '[' | ']' | ' ' | '\r'));
        return (start + line.len()..end, name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase());
    }
    let opened = before > 0 && bytes[before - 1] == b'{';
    let head = if opened { &text[..before - 1] } else { "" };
    let name = head.trim_end_matches([' ', '\t', '\n', '\r', ':', '=', '"', '[', '\'']);
    let length = name.bytes().rev().take_while(|it| it.is_ascii_alphanumeric() || *it == b'_').count();
    (before..end, name[name.len() - length..].to_ascii_lowercase())
}

/// Whether a `value` stands under `auth` or `headers`, or beside a `key`. Data
/// files give claims keys too, and the expression of a claim is no secret.
fn in_carrier(text: &str, at: usize) -> bool {
    let (range, name) = enclosing(text, at);
    let beside = &text[range];
    let claim = ["valueType", "value_type", "claimType", "claim_type"];
    CARRIERS.contains(&name.as_str())
        || (has_word(beside, "key") && !claim.iter().any(|it| has_word(beside, it)))
}

/// Whether a part of a key stands in a JSON Web Key, or is long enough to be one.
fn in_key(text: &str, name: usize, at: usize) -> bool {
    let (range, _) = enclosing(text, name);
    has_word(&text[range], "kty") || value_after(text, at + 1).len() >= 24
}

/// Whether a `default` is that of a variable that is sensitive or has the name
/// of a secret.
fn in_secret_variable(text: &str, at: usize) -> bool {
    let Some(start) = text[..at].rfind("variable") else { return false };
    let head = &text[start + "variable".len()..at];
    // Nothing but the name, a brace and other arguments stands between.
    let end = text[at..].find("variable").or(text[at..].find("\n[")).map_or(text.len(), |it| at + it);
    let name: String = head
        .trim_start_matches(|it: char| !it.is_ascii_alphanumeric() && it != '\n')
        .chars()
        .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-'))
        .collect();
    let body = &text[start..end.min(start + 4096).max(at)];
    let marked = body
        .split("sensitive")
        .skip(1)
        .any(|it| it.trim_start_matches([' ', '\t', '=', ':', '"']).starts_with("true"));
    is_secret_name(&name) || marked
}

/// Whether a text holds `word` as a word.
fn has_word(text: &str, word: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), word).any(|found| {
        let part = |it: Option<&u8>| it.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_');
        let bytes = text.as_bytes();
        !part(found.checked_sub(1).and_then(|it| bytes.get(it))) && !part(bytes.get(found + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> Vec<&str> {
        find(text).into_iter().filter(|it| !it.is_empty()).map(|it| &text[it]).collect()
    }

    #[test]
    fn secrets_are_found_by_name_in_each_language() {
        assert_eq!(masked(r#"{"client_secret": "s3\"cret"}"#), [r#"s3\"cret"#]);
        assert_eq!(masked("client_basic_secret = \"abc\"\n"), ["abc"]);
        assert_eq!(masked("private_key = '''\nA\nB\n'''\n"), ["\nA\nB\n"]);
        assert_eq!(masked("private_key = <<EOT\nA\nB\nEOT\n"), ["A\nB\n"]);
        assert_eq!(masked("auth.value = \"abc\""), ["abc"]);
        assert_eq!(masked("svc.client_basic_secret = \"abc\""), ["abc"]);
        assert_eq!(masked("hook_token = \"abc\""), ["abc"]);
        assert_eq!(masked("{\"token\": \"abc\", \"private\": \"def\"}"), ["abc", "def"]);
        assert_eq!(masked("{\"token\": {\"a\": 1}, \"private\": true}"), [""; 0]);
    }

    #[test]
    fn a_private_key_is_one_whatever_its_name() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\n\\\n  MIIE\n-----END RSA PRIVATE KEY-----\n";
        assert_eq!(masked(key), ["\n\\\n  MIIE\n"]);
        assert_eq!(masked("-----BEGIN PRIVATE KEY-----\nMIIE"), ["\nMIIE"]);
        assert_eq!(masked("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"), [""; 0]);
    }

    #[test]
    fn what_does_not_parse_is_masked_too() {
        assert_eq!(masked("api_token = \"abc\nx = 1"), ["abc"]);
        assert_eq!(masked("client_secret = abc\n"), ["abc"]);
        assert_eq!(masked(r#"{"client_secret": abc, "x": 1}"#), ["abc"]);
        assert_eq!(masked(r#"{"client_secret":["abc"],"x":1}"#), [r#"["abc"]"#]);
        assert_eq!(masked(r#"{"password":{"value":"abc"},"label":1}"#), [r#"{"value":"abc"}"#]);
        assert_eq!(masked(r#"profile = "{\"client_secret\":\"abc\"}""#), ["abc"]);
        assert_eq!(masked(r#"{"client\u005Fsecret": "abc"}"#), ["abc"]);
    }

    #[test]
    fn a_value_of_authentication_is_a_secret_and_a_claim_is_not() {
        assert_eq!(masked(r#"{"type":"HEADER","key":"Authorization","value":"abc"}"#), ["abc"]);
        assert_eq!(masked("[a.auth]\nkey = \"k\"\nvalue = \"abc\"\n[b]\nx = 1"), ["abc"]);
        assert_eq!(masked("[resource.okta_inline_hook.h.auth]\nvalue = \"abc\"\n"), ["abc"]);
        assert_eq!(masked("auth = {\n  value = \"abc\"\n}\n"), ["abc"]);
        assert_eq!(masked(r#"{"name":"groups","value":".*"}"#), [""; 0]);
        assert_eq!(masked(r#"{"key":"k","valueType":"EXPRESSION","value":"user.id"}"#), [""; 0]);
        assert_eq!(masked("[c]\nname = \"n\"\nvalue = \"v\"\n[d]\nkey = \"k\""), [""; 0]);
    }

    #[test]
    fn key_parts_tokens_and_parameters_are_found() {
        let part = "x".repeat(43);
        assert_eq!(masked(&format!(r#"{{"d": "{part}", "p": "short"}}"#)), [part.as_str()]);
        assert_eq!(masked(r#"{"kty":"RSA","d":"abc","n":"pub"}"#), ["abc"]);
        assert_eq!(masked("authorization: SSWS 00abcdefghij"), ["00abcdefghij"]);
        assert_eq!(masked(r#""uri":"https://x.example/h?a=1&token=abc&b=2""#), ["abc"]);
    }

    #[test]
    fn defaults_of_secret_variables_are_found() {
        assert_eq!(masked("[variable.api_token]\ndefault = \"abc\"\n"), ["abc"]);
        assert_eq!(masked("[variable.t]\ndefault = \"abc\"\ntype = 5 5\nsensitive = true\n"), ["abc"]);
        assert_eq!(masked("variable \"api_token\" {\n  default = \"abc\"\n}\n"), ["abc"]);
        assert_eq!(masked("[variable.name]\ndefault = \"abc\"\n[variable.t]\nsensitive = true\n"), [""; 0]);
    }

    #[test]
    fn passwords_in_urls_are_found() {
        let text = "DB = \"postgres://app:hunter2@db:5432/x\"\nr: redis://:hunter3@r\nu: https://user@acme.okta.com/a:b@c\n";
        assert_eq!(masked(text), ["hunter2", "hunter3"]);
    }

    #[test]
    fn references_and_settings_are_no_secrets() {
        assert_eq!(masked(r#"client_secret = "${var.s}""#), [""; 0]);
        assert_eq!(masked("client_secret = var.s\nclient_basic_secret = null\n"), [""; 0]);
        assert_eq!(masked(r#"client_secret = "${var.x == "" ? "abc" : var.x}""#).len(), 1);
        assert_eq!(
            masked(r#"{"refresh_token": {"rotation_type": "STATIC"}, "access_token_lifetime": 5}"#),
            [""; 0]
        );
    }
}
