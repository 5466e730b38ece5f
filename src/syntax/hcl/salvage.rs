//! Where the top-level blocks of a file stand, when the file as a whole does
//! not parse: enough of the grammar to know what a brace belongs to.

use std::ops::Range;

/// The ranges of the top-level blocks and arguments of a text.
///
/// Strings, comments and heredocs are skipped. A closing brace too many ends
/// nothing; a missing one makes the last range reach to the end.
pub(super) fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut scanner = Scanner { text, at: 0, depth: 0 };
    let mut blocks = Vec::new();
    let mut start = 0;
    while scanner.at < text.len() {
        let before = scanner.depth;
        let was_newline = text.as_bytes()[scanner.at] == b'\n';
        scanner.step();
        let closed = before > 0 && scanner.depth == 0;
        // A block header at the start of a line, while a block is open: the
        // open one lost its brace.
        let runaway = was_newline && scanner.depth > 0 && starts_block(&text[scanner.at..]);
        if runaway || closed || (was_newline && scanner.depth == 0) {
            if !text[start..scanner.at].trim().is_empty() {
                blocks.push(start..scanner.at);
            }
            start = scanner.at;
            scanner.depth = 0;
        }
    }
    if !text[start..].trim().is_empty() {
        blocks.push(start..text.len());
    }
    blocks
}

/// The first string that does not end on its line: what a parser stumbles over
/// lines later.
pub(super) fn open_string(text: &str) -> Option<Range<usize>> {
    let mut scanner = Scanner { text, at: 0, depth: 0 };
    while scanner.at < text.len() {
        let start = scanner.at;
        scanner.step();
        let is_string = text.as_bytes()[start] == b'"';
        if is_string && text[scanner.at..].starts_with('\n') && !text[start + 1..scanner.at].ends_with('"') {
            return Some(start..scanner.at);
        }
    }
    None
}

/// Whether a line without indentation opens one of Terraform's labelled blocks.
fn starts_block(line: &str) -> bool {
    let words =
        ["resource ", "data ", "variable ", "module ", "output ", "provider ", "locals {", "terraform {"];
    words.iter().any(|it| line.starts_with(it))
}

/// Walks over tokens.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Scanner<'_> {
    /// Passes one token.
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let bytes = rest.as_bytes();
        match bytes[0] {
            b'{' | b'[' | b'(' => self.depth += 1,
            b'}' | b']' | b')' => self.depth = self.depth.saturating_sub(1),
            b'"' => return self.string(),
            b'#' => return self.until("\n", false),
            b'/' if bytes.get(1) == Some(&b'/') => return self.until("\n", false),
            b'/' if bytes.get(1) == Some(&b'*') => return self.until("*/", true),
            b'<' if bytes.get(1) == Some(&b'<') => return self.heredoc(),
            _ => {}
        }
        self.at += rest.chars().next().map_or(1, char::len_utf8);
    }

    fn until(&mut self, end: &str, inclusive: bool) {
        let rest = &self.text[self.at..];
        let more = if inclusive { end.len() } else { 0 };
        self.at += rest.find(end).map_or(rest.len(), |at| at + more);
    }

    /// A quoted string, interpolations with strings of their own included.
    fn string(&mut self) {
        let bytes = self.text.as_bytes();
        let mut nested = Vec::new();
        self.at += 1;
        while self.at < bytes.len() {
            match bytes[self.at] {
                b'\\' if nested.last() != Some(&b'{') => self.at += 1,
                b'\n' if nested.is_empty() => return,
                b'"' if nested.is_empty() => {
                    self.at += 1;
                    return;
                }
                b'"' if nested.last() == Some(&b'"') => drop(nested.pop()),
                b'"' => nested.push(b'"'),
                b'$' | b'%' if bytes.get(self.at + 1) == Some(&b'{') && nested.last() != Some(&b'{') => {
                    nested.push(b'{');
                    self.at += 1;
                }
                b'{' if nested.last() == Some(&b'{') => nested.push(b'{'),
                b'}' if nested.last() == Some(&b'{') => drop(nested.pop()),
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(bytes.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    fn heredoc(&mut self) {
        let rest = &self.text[self.at + 2..];
        let header = rest.lines().next().unwrap_or_default();
        let word = header.trim_start_matches('-').trim();
        self.at += 2 + header.len();
        if word.is_empty() || !word.chars().all(|it| it.is_alphanumeric() || it == '_') {
            return;
        }
        let mut at = self.at + 1;
        for line in self.text.get(at..).unwrap_or_default().split_inclusive('\n') {
            at += line.len();
            if line.trim() == word {
                break;
            }
        }
        self.at = at.min(self.text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        blocks(text).into_iter().map(|it| text[it].trim()).collect()
    }

    #[test]
    fn braces_in_strings_comments_and_heredocs_do_not_count() {
        let text = "a { b = \"}${x(\"}\")}\" } # }\n/* } */\nc {\n d = <<E\n}\nE\n}\n";
        assert_eq!(pieces(text), ["a { b = \"}${x(\"}\")}\" }", "# }", "/* } */", "c {\n d = <<E\n}\nE\n}"]);
    }

    #[test]
    fn a_string_without_an_end_is_found() {
        let open = |text: &str| open_string(text).map(|it| text[it].to_owned());
        assert_eq!(open("a = \"x\"\nb = \"y\nc = \"z\"\n").as_deref(), Some("\"y"));
        assert_eq!(open("a = \"x\"\n# it's \"so\nb = <<E\n\"\nE\nc = \"${f(\"d\")}\"\n"), None);
        assert_eq!(open("a = \"\"\n"), None);
    }

    #[test]
    fn a_missing_brace_ends_at_the_next_block() {
        let text = "resource \"a\" \"b\" {\n  x = 1\n\nresource \"c\" \"d\" {\n}\n";
        assert_eq!(pieces(text), ["resource \"a\" \"b\" {\n  x = 1", "resource \"c\" \"d\" {\n}"]);
    }
}
