//! The README shows what the program really prints.

mod common;

use common::{expect_file, folder, repository, run};

/// The first fence of a language, its content, and where it starts and ends.
fn fence<'a>(page: &'a str, language: &str) -> (&'a str, std::ops::Range<usize>) {
    let open = format!("```{language}\n");
    let start = page.find(&open).expect("a fence") + open.len();
    // An empty fence ends where it starts.
    let end = start - 1 + page[start - 1..].find("\n```").expect("its end") + 1;
    (&page[start..end], start..end)
}

#[test]
fn the_first_example_is_real() {
    let path = repository().join("README.md");
    let page = common::read(&path);
    let (config, _) = fence(&page, "toml");
    let org = folder(&[("orders.okta.toml", config)]);
    let output = run(org.path(), &["check", "."]);
    assert_eq!(output.code, 1);
    let (_, place) = fence(&page, "text");
    let shown = format!("$ okta-lint check .\n{}", output.stdout);
    expect_file(&path, &format!("{}{}{}", &page[..place.start], shown, &page[place.end..]));
}

#[test]
fn the_help_in_the_documentation_is_real() {
    let path = repository().join("docs/usage.md");
    let page = common::read(&path);
    let (_, place) = fence(&page, "text");
    assert!(page[place.end..].contains("## What is read"), "the rest of the page is there");
    let help = run(&repository(), &["check", "--help"]).stdout;
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    expect_file(&path, &format!("{}{}\n{}", &page[..place.start], help.join("\n"), &page[place.end..]));
}

#[test]
fn the_readme_shows_a_finding_before_it_says_anything_else() {
    let page = common::read(&repository().join("README.md"));
    let first = page.find("```toml").expect("a configuration");
    assert!(first < 400, "the configuration stands at byte {first}");
}
