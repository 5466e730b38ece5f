//! Each lint at its edges: what makes it speak, what keeps it silent, and how
//! sure it is. A file for each file of `src/lints` that has more of them than
//! its pages show.

#[path = "../common/mod.rs"]
mod common;

#[path = "../common/snippets.rs"]
mod snippets;

mod audience;
mod claim;
mod client;
mod consent;
mod consumer;
mod cost;
mod exchange;
mod grant;
mod groups;
mod hook;
mod machine;
mod once;
mod policy;
mod rules;
mod scope;
mod signing;

use common::{Output, folder, run, text};

const NONE: [&str; 0] = [];
const DEFINITE: [&str; 1] = ["definite"];
const POSSIBLE: [&str; 1] = ["possible"];

fn check(files: &[(&str, &str)]) -> Output {
    let folder = folder(files);
    run(folder.path(), &["check", ".", "--allow-empty", "--format", "json"])
}

/// The certainty of each finding of a lint in some files.
fn found_in(files: &[(&str, &str)], lint: &str) -> Vec<String> {
    let findings = check(files).findings();
    findings.iter().filter(|it| it["lint"] == lint).map(|it| text(&it["certainty"])).collect()
}

/// The certainty of each finding of a lint in a root that is all there is of the org.
fn found(body: &str, lint: &str) -> Vec<String> {
    found_in(&[("main.tf", body), ("okta-lint.toml", "[org]\ncomplete = true\n")], lint)
}

/// A claim of the server of the snippets.
fn claim(name: &str, arguments: &str) -> String {
    format!(
        "resource \"okta_auth_server_claim\" \"{name}\" {{\n  auth_server_id = okta_auth_server.orders.id\n  \
         name = \"{name}\"\n{arguments}\n}}\n"
    )
}
