//! The modules know only what stands to their left: this test reads their
//! `use` lines.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What each module may know besides itself.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("capability", &[]),
    ("discover", &["source"]),
    ("finding", &["source"]),
    ("model", &["source"]),
    ("syntax", &["source", "finding"]),
    ("export", &["source", "finding", "model", "syntax"]),
    ("consumer", &["source", "model", "syntax"]),
    ("terraform", &["source", "consumer", "finding", "model", "syntax"]),
    ("resolve", &["model", "finding"]),
    ("needs", &["capability", "finding", "model"]),
    ("lint", &["capability", "finding", "model", "needs", "source"]),
    ("lints", &["capability", "finding", "lint", "model", "needs"]),
    ("config", &["capability", "discover", "finding", "lint", "source", "syntax"]),
    ("output", &["capability", "config", "finding", "lint", "lints", "source"]),
    (
        "cli",
        &[
            "capability",
            "config",
            "consumer",
            "discover",
            "export",
            "finding",
            "lint",
            "lints",
            "model",
            "needs",
            "output",
            "resolve",
            "source",
            "syntax",
            "terraform",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Files of Rust, with the module that each belongs to.
fn files() -> Vec<(String, PathBuf)> {
    fn visit(folder: &Path, top: Option<&str>, found: &mut Vec<(String, PathBuf)>) {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").path()).collect();
        entries.sort();
        for path in entries {
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let module = top.map_or(stem, str::to_owned);
            if path.is_dir() {
                visit(&path, Some(&module), found);
            } else {
                found.push((module, path));
            }
        }
    }
    let mut found = Vec::new();
    visit(&common::repository().join("src"), None, &mut found);
    found
}

/// The modules that a file names, in `use` lines and in paths.
fn named(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|it| !it.trim_start().starts_with("//"));
    let mut names = BTreeSet::new();
    for line in code {
        for after in line.split("crate::").skip(1) {
            let group = after.strip_prefix('{').map_or(after, |it| it.split('}').next().unwrap_or(it));
            let parts = if after.starts_with('{') { group.split(',').collect() } else { vec![group] };
            for part in parts {
                let name: String =
                    part.trim().chars().take_while(|it| it.is_ascii_lowercase() || *it == '_').collect();
                if !name.is_empty() {
                    names.insert(name);
                }
            }
        }
    }
    names
}

#[test]
fn no_module_knows_what_stands_to_its_right() {
    for (module, path) in files() {
        let rule = MAY_KNOW.iter().find(|it| it.0 == module);
        let (_, allowed) = rule.unwrap_or_else(|| panic!("`{module}` has no line in the table"));
        let text = common::read(&path);
        for name in named(&text) {
            let known = MAY_KNOW.iter().any(|it| it.0 == name);
            let fine = name == module || allowed.contains(&name.as_str()) || !known;
            assert!(fine, "{} knows `{name}`", path.display());
        }
    }
}

#[test]
fn the_table_itself_has_no_cycle() {
    for (index, (module, allowed)) in MAY_KNOW.iter().enumerate() {
        for name in *allowed {
            let at = MAY_KNOW.iter().position(|it| it.0 == *name).expect("a module");
            assert!(at < index, "`{module}` stands before `{name}`, which it knows");
        }
    }
}

#[test]
fn the_reading_of_use_lines_finds_what_it_should() {
    let text = "use crate::{model, finding};\nuse crate::source::Span;\n// use crate::cli;\nlet x = crate::needs::of();";
    let found: Vec<String> = named(text).into_iter().collect();
    assert_eq!(found, ["finding", "model", "needs", "source"]);
}

#[test]
fn only_the_edges_touch_files_and_streams() {
    for (module, path) in files() {
        let text = common::read(&path);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let reads = code.contains("std::fs") || code.contains("File::open");
        assert!(!reads || module == "source", "{} reads files", path.display());
        let prints = code.contains("io::stdout") || code.contains("println!");
        assert!(!prints || module == "cli", "{} prints", path.display());
    }
}

/// What `deny.toml` bans is not in the lock file, also where `cargo deny` is not
/// installed.
#[test]
fn no_banned_crate_is_in_the_tree() {
    let deny = common::read(&common::repository().join("deny.toml"));
    let lock = common::read(&common::repository().join("Cargo.lock"));
    let banned: Vec<&str> =
        deny.lines().filter_map(|it| it.split("crate = \"").nth(1)?.split('"').next()).collect();
    assert!(banned.len() > 10, "the list was read");
    for name in banned {
        assert!(!lock.contains(&format!("name = \"{name}\"\n")), "{name}");
    }
}

#[test]
fn files_stay_short() {
    for (_, path) in files() {
        let lines = common::read(&path).lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}
