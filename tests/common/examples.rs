//! The examples of the pages.

#![allow(dead_code, reason = "each test uses a part of it")]

use super::common;

/// What a fence is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bad,
    Good,
    Silent,
}

/// All fences under one heading.
#[derive(Debug)]
pub struct Example {
    pub heading: String,
    pub kind: Kind,
    /// Name and text.
    pub files: Vec<(String, String)>,
    /// Of each file that is no configuration of okta-lint.
    pub languages: Vec<String>,
}

/// The examples of a page.
pub fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut heading = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            line.clone_into(&mut heading);
            continue;
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|it| *it != "```").collect();
        let words: Vec<&str> = info.split_whitespace().collect();
        let kind = match words.get(1) {
            Some(&"bad") => Kind::Bad,
            Some(&"good") => Kind::Good,
            Some(&"silent") => Kind::Silent,
            _ => continue,
        };
        let named = words.iter().find_map(|it| it.strip_prefix("file="));
        let usual = match words[0] {
            "toml" => "main.okta.toml",
            "hcl" => "main.tf",
            _ => "",
        };
        let name = named.unwrap_or(usual);
        assert!(!name.is_empty(), "a fence of {} needs file=NAME: {heading}", words[0]);
        let file = (name.to_owned(), format!("{}\n", body.join("\n")));
        match examples.last_mut() {
            Some(last) if last.heading == heading => last.files.push(file),
            _ => examples.push(Example {
                heading: heading.clone(),
                kind,
                files: vec![file],
                languages: Vec::new(),
            }),
        }
        let is_config = name.ends_with("okta-lint.toml");
        if let (Some(last), false) = (examples.last_mut(), is_config) {
            last.languages.push(words[0].to_owned());
        }
    }
    examples
}

impl Example {
    /// A folder with its files, as `changed` makes them.
    pub fn folder(&self, changed: impl Fn(&(String, String)) -> (String, String)) -> tempfile::TempDir {
        let files: Vec<(String, String)> = self.files.iter().map(changed).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        common::folder(&files)
    }
}

/// A file of Terraform in TOML as `.tf.json`; any other as it is.
pub fn in_json_syntax((name, body): &(String, String)) -> (String, String) {
    if !name.ends_with(".okta.toml") {
        return (name.clone(), body.clone());
    }
    let table: toml::Table = body.parse().expect("TOML");
    let json = serde_json::to_string_pretty(&table).expect("JSON");
    (name.replace(".okta.toml", ".tf.json"), json)
}
