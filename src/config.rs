//! `okta-lint.toml`: as written, spanned, and as meant.
//!
//! Everything in it is optional. An unknown key or name is an error with its
//! place and the nearest right word: a setting that is silently ignored is
//! worse than none.

mod allow;

pub use allow::AllowTable;

use crate::capability::Licence;
use crate::discover;
use crate::finding::Level;
use crate::lint::Lint;
use crate::source::{FileId, Sources, Span};
use crate::syntax::{Key, Node, Value, toml};

/// The names under which the configuration is found, first one first.
pub const FILE_NAMES: [&str; 2] = [".okta-lint.toml", "okta-lint.toml"];

/// What the configuration means.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// `[org] licences`: what is held; `None` if nothing is said.
    pub licences: Option<Vec<Licence>>,
    /// `[org] complete`: nothing of the org is kept elsewhere.
    pub complete: bool,
    /// `[lints]`: levels by name.
    pub levels: Vec<(&'static str, Threshold)>,
    /// `[[allow]]`.
    pub allow: Vec<AllowTable>,
    /// `[[client]]`.
    pub clients: Vec<ClientTable>,
    /// `exclude`: patterns of paths that are not read.
    pub exclude: Vec<String>,
    /// `fail-on`.
    pub fail_on: Option<Threshold>,
}

/// A level, or none at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threshold {
    /// `off` or `never`.
    #[default]
    Off,
    /// A level.
    At(Level),
}

impl Threshold {
    /// Whether `level` is at or above it.
    pub fn is_reached(self, level: Level) -> bool {
        matches!(self, Self::At(least) if level >= least)
    }

    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "error" => Self::At(Level::Error),
            "warning" => Self::At(Level::Warning),
            "info" => Self::At(Level::Info),
            "off" | "never" => Self::Off,
            _ => return None,
        })
    }
}

/// A `[[client]]` table.
#[derive(Clone, Debug)]
pub struct ClientTable {
    /// `name`: a pattern for the labels of apps.
    pub name: (String, Span),
    /// `server`.
    pub server: Option<(String, Span)>,
    /// `scopes`.
    pub scopes: Vec<(String, Span)>,
    /// `validates-locally`.
    pub validates_locally: Option<(bool, Span)>,
    /// `audience`.
    pub audience: Option<(String, Span)>,
    /// `access-token-claims`.
    pub access_token_claims: Vec<(String, Span)>,
    /// `integration`.
    pub integration: Option<(bool, Span)>,
}

/// The keys of a `[[client]]` table.
const CLIENT_KEYS: [&str; 7] =
    ["name", "server", "scopes", "validates-locally", "audience", "access-token-claims", "integration"];

/// A mistake in the configuration: the user's, and it ends the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What is right.
    pub help: Option<String>,
}

impl Config {
    /// Reads a configuration. `lints` are the names that `[lints]` may hold.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn parse(
        sources: &Sources,
        file: FileId,
        lints: &'static [&'static Lint],
    ) -> Result<Self, Vec<Mistake>> {
        let parsed = toml::parse(sources, file);
        if let Some(finding) = parsed.findings.first() {
            let message = finding.message.clone();
            return Err(vec![Mistake { span: finding.primary(), message, help: None }]);
        }
        let mut reader = Reader { lints, mistakes: Vec::new() };
        let config = parsed.root.map(|root| reader.config(&root)).unwrap_or_default();
        if reader.mistakes.is_empty() { Ok(config) } else { Err(reader.mistakes) }
    }

    /// The level of a finding of `lint` that would be `level`.
    pub fn level(&self, lint: &str, level: Level) -> Threshold {
        let set = self.levels.iter().find(|(name, _)| *name == lint);
        set.map_or(Threshold::At(level), |(_, level)| *level)
    }
}

/// Reads the tree, and collects what is wrong.
struct Reader {
    lints: &'static [&'static Lint],
    mistakes: Vec<Mistake>,
}

impl Reader {
    fn config(&mut self, root: &Node) -> Config {
        let mut config = Config::default();
        for (key, node) in root.entries() {
            match key.text.as_str() {
                "org" => self.org(node, &mut config),
                "lints" => config.levels = self.levels(node),
                "allow" => config.allow = self.allow(node),
                "client" => config.clients = self.clients(node),
                "exclude" => config.exclude = self.patterns(node),
                "fail-on" => config.fail_on = self.threshold(node, &["error", "warning", "info", "never"]),
                _ => self.unknown(key, &["org", "lints", "allow", "client", "exclude", "fail-on"]),
            }
        }
        config
    }

    fn patterns(&mut self, node: &Node) -> Vec<String> {
        let patterns = self.strings(node);
        for (pattern, span) in &patterns {
            if let Some(words) = discover::mistake_in(pattern) {
                self.mistake(*span, format!("not a pattern: {words}"), None);
            }
        }
        patterns.into_iter().map(|it| it.0).collect()
    }

    fn org(&mut self, node: &Node, config: &mut Config) {
        for (key, node) in self.table(node) {
            match key.text.as_str() {
                "licences" => config.licences = Some(self.licences(node)),
                "complete" => config.complete = self.boolean(node).unwrap_or_default(),
                _ => self.unknown(key, &["licences", "complete"]),
            }
        }
    }

    fn licences(&mut self, node: &Node) -> Vec<Licence> {
        let names = Licence::ALL.map(Licence::name);
        let mut held = Vec::new();
        for (name, span) in self.strings(node) {
            match Licence::named(&name) {
                Some(licence) => held.push(licence),
                None => self.unknown_name("licence", &name, span, &names),
            }
        }
        held
    }

    fn levels(&mut self, node: &Node) -> Vec<(&'static str, Threshold)> {
        let lints = self.lints;
        let mut levels = Vec::new();
        for (key, node) in self.table(node) {
            let Some(lint) = lints.iter().find(|it| it.name == key.text) else {
                let names: Vec<&str> = lints.iter().map(|it| it.name).collect();
                self.unknown_name("lint", &key.text, key.span, &names);
                continue;
            };
            if !lint.is_optional() {
                let message =
                    format!("`{}` cannot be set: what could not be read is always an error", lint.name);
                self.mistake(key.span, message, None);
                continue;
            }
            let level = self.threshold(node, &["error", "warning", "info", "off"]);
            levels.extend(level.map(|it| (lint.name, it)));
        }
        levels
    }

    /// One of some words for a level.
    fn threshold(&mut self, node: &Node, words: &[&str]) -> Option<Threshold> {
        let (word, span) = self.string(node)?;
        if words.contains(&word.as_str()) {
            return Threshold::named(&word);
        }
        self.unknown_name("level", &word, span, words);
        None
    }

    fn clients(&mut self, node: &Node) -> Vec<ClientTable> {
        let Value::Array(tables) = &node.value else {
            self.mistake(
                node.span,
                "expected an array of tables".to_owned(),
                Some("write `[[client]]`".to_owned()),
            );
            return Vec::new();
        };
        tables.iter().filter_map(|it| self.client(it)).collect()
    }

    fn client(&mut self, node: &Node) -> Option<ClientTable> {
        let mut name = None;
        let mut table = ClientTable {
            name: (String::new(), node.span),
            server: None,
            scopes: Vec::new(),
            validates_locally: None,
            audience: None,
            access_token_claims: Vec::new(),
            integration: None,
        };
        for (key, value) in self.table(node) {
            match key.text.as_str() {
                "name" => name = self.string(value),
                "server" => table.server = self.string(value),
                "scopes" => table.scopes = self.strings(value),
                "validates-locally" => table.validates_locally = self.spanned_boolean(value),
                "audience" => table.audience = self.string(value),
                "access-token-claims" => table.access_token_claims = self.strings(value),
                "integration" => table.integration = self.spanned_boolean(value),
                _ => self.unknown(key, &CLIENT_KEYS),
            }
        }
        let Some(name) = name else {
            let help = "add `name`, a pattern for the labels of apps, such as \"orders-*\"".to_owned();
            self.mistake(node.span, "a client without a name".to_owned(), Some(help));
            return None;
        };
        if let Err(error) = globset::Glob::new(&name.0) {
            let help = "in a pattern `?` stands for any one character, a bracket too".to_owned();
            self.mistake(name.1, format!("not a pattern: {}", error.kind()), Some(help));
        }
        table.name = name;
        Some(table)
    }

    fn table<'n>(&mut self, node: &'n Node) -> &'n [(Key, Node)] {
        if !matches!(node.value, Value::Object(_)) {
            self.expected("a table", node);
        }
        node.entries()
    }

    fn string(&mut self, node: &Node) -> Option<(String, Span)> {
        if node.as_str().is_none() {
            self.expected("a string", node);
        }
        node.as_str().map(|it| (it.to_owned(), node.span))
    }

    fn strings(&mut self, node: &Node) -> Vec<(String, Span)> {
        let Value::Array(items) = &node.value else {
            self.expected("an array of strings", node);
            return Vec::new();
        };
        items.iter().filter_map(|it| self.string(it)).collect()
    }

    fn spanned_boolean(&mut self, node: &Node) -> Option<(bool, Span)> {
        self.boolean(node).map(|it| (it, node.span))
    }

    fn boolean(&mut self, node: &Node) -> Option<bool> {
        if let Value::Bool(it) = node.value {
            Some(it)
        } else {
            self.expected("`true` or `false`", node);
            None
        }
    }

    fn expected(&mut self, what: &str, node: &Node) {
        self.mistake(node.span, format!("expected {what}, found {}", node.kind()), None);
    }

    fn unknown(&mut self, key: &Key, known: &[&str]) {
        self.unknown_name("key", &key.text, key.span, known);
    }

    fn unknown_name(&mut self, what: &str, name: &str, span: Span, known: &[&str]) {
        let help = crate::lint::suggest(name, known.iter().copied());
        self.mistake(span, format!("unknown {what} `{name}`"), Some(help));
    }

    fn mistake(&mut self, span: Span, message: String, help: Option<String>) {
        self.mistakes.push(Mistake { span, message, help });
    }
}
