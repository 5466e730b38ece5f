//! Files of `name = value` lines: properties of Java, environments.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Branch, Tree};
use crate::model::Place;
use crate::source::{FileId, Span};

/// Who reads the file, and so what separates, continues and quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Java: `=` or `:`, a backslash at the end continues a line.
    Properties,
    /// A shell or dotenv: `=`, and quotes that may span lines.
    Environment,
}

/// The entries of a file. A value in quotes stands for what is in them, and of
/// several of a name the last counts.
pub(super) fn tree(file: FileId, text: &str, dialect: Dialect) -> Tree {
    let mut entries = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = start + dialect.entry_len(&text[start..]);
        let entry = &text[start..end];
        if let Some((name, value)) = dialect.split(entry) {
            let from = start + (value.as_ptr() as usize - entry.as_ptr() as usize);
            let at = Place::here(Span::new(file, from, from + value.len()));
            let value = Branch::Text(dialect.decoded(value).into_owned());
            entries.push((name.to_owned(), Tree { at, value }));
        }
        start = end;
    }
    let mut seen = HashSet::new();
    entries.reverse();
    entries.retain(|it: &(String, Tree)| seen.insert(it.0.clone()));
    entries.reverse();
    let whole = Place::here(Span::new(file, 0, text.len()));
    Tree { at: whole, value: Branch::Map(entries) }
}

impl Dialect {
    /// How far the entry reaches that a text begins with, its line break included.
    fn entry_len(self, text: &str) -> usize {
        let first = line_len(text);
        if is_comment(text) {
            return first;
        }
        match self {
            Self::Properties => {
                let mut len = first;
                while is_continued(&text[..len]) && len < text.len() {
                    len += line_len(&text[len..]);
                }
                len
            }
            Self::Environment => {
                let opened = text[..first].split_once('=').map(|it| it.1.trim_start());
                let Some(quote) = opened.and_then(|it| it.chars().next()).filter(|it| is_quote(*it)) else {
                    return first;
                };
                let from = first - opened.map_or(0, str::len) + 1;
                let close = text[from..].find(quote).map(|it| from + it + 1);
                close.map_or(first, |it| it + line_len(&text[it..]))
            }
        }
    }

    /// The name and the value of an entry, as written.
    fn split(self, entry: &str) -> Option<(&str, &str)> {
        if is_comment(entry) {
            return None;
        }
        let (name, value) = match self {
            Self::Properties => entry.split_once(['=', ':'])?,
            Self::Environment => entry.split_once('=')?,
        };
        let name = name.trim().trim_start_matches("export ").trim();
        let value = value.trim();
        let parts = value.strip_prefix(is_quote).and_then(|it| it.split_once(&value[..1]));
        let quoted =
            parts.filter(|it| it.1.trim_start().len() < it.1.len() || it.1.is_empty()).map(|it| it.0);
        // A comment at the end of the line.
        let plain = || value.split(" #").next().unwrap_or_default().trim().trim_matches(is_quote);
        Some((name, quoted.unwrap_or_else(plain)))
    }

    /// A value as its reader has it. Java writes `https\://`.
    fn decoded(self, value: &str) -> Cow<'_, str> {
        if self == Self::Environment || !value.contains('\\') {
            return Cow::Borrowed(value);
        }
        // One at the end of the file continues nothing.
        let mut lines = value.strip_suffix('\\').filter(|it| !it.ends_with('\\')).unwrap_or(value).lines();
        let mut whole = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            whole.pop();
            whole.push_str(line.trim_start());
        }
        Cow::Owned(whole.replace("\\:", ":").replace("\\=", "="))
    }
}

fn is_quote(it: char) -> bool {
    matches!(it, '"' | '\'')
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', '!'])
}

fn line_len(text: &str) -> usize {
    text.find('\n').map_or(text.len(), |it| it + 1)
}

/// Whether a line ends with a backslash that is not itself escaped.
fn is_continued(lines: &str) -> bool {
    let line = lines.trim_end_matches(['\n', '\r']);
    let backslashes = line.bytes().rev().take_while(|it| *it == b'\\').count();
    lines.ends_with('\n') && backslashes % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, dialect: Dialect) -> Vec<(String, String, String)> {
        let tree = tree(FileId::default(), text, dialect);
        let of = |(name, it): &(String, Tree)| {
            let span = it.at.span;
            let shown = text[span.start as usize..span.end as usize].to_owned();
            (name.clone(), it.text().unwrap_or_default().to_owned(), shown)
        };
        tree.entries().iter().map(of).collect()
    }

    fn pairs(text: &str, dialect: Dialect) -> Vec<(String, String)> {
        read(text, dialect).into_iter().map(|(name, value, _)| (name, value)).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_backslash_continues_a_line_of_properties() {
        let text = "# no \\\nscopes = openid,\\\r\n    orders:read\nissuer: https\\://acme.okta.com\nlast=c:\\\\\nend=\\";
        let all = pairs(text, Dialect::Properties);
        let expected = [
            pair("scopes", "openid,orders:read"),
            pair("issuer", "https://acme.okta.com"),
            pair("last", "c:\\\\"),
            pair("end", ""),
        ];
        assert_eq!(all, expected);
        assert_eq!(read(text, Dialect::Properties)[1].2, "https\\://acme.okta.com");
    }

    #[test]
    fn quotes_of_an_environment_span_lines() {
        let text = "export KEY=\"-----BEGIN\nISSUER=inside\n-----END\" # the key\nISSUER='https://a' # note\nAUDIENCE=it's # theirs\nEMPTY=\nGLUED=\"a\"b\nOPEN=\'x\n!no=1";
        let expected = [
            pair("KEY", "-----BEGIN\nISSUER=inside\n-----END"),
            pair("ISSUER", "https://a"),
            pair("AUDIENCE", "it's"),
            pair("EMPTY", ""),
            pair("GLUED", "a\"b"),
            pair("OPEN", "x"),
        ];
        assert_eq!(pairs(text, Dialect::Environment), expected);
        assert_eq!(read(text, Dialect::Environment)[1].2, "https://a");
    }

    #[test]
    fn the_last_of_a_name_counts() {
        assert_eq!(pairs("A=1\nB=2\nA=3\n", Dialect::Environment), [pair("B", "2"), pair("A", "3")]);
    }
}
