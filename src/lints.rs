//! The catalogue: one file a subject, with the rows and the functions of its lints.

mod allow;
mod audience;
mod claim;
mod client;
mod consent;
mod consumer;
mod cost;
mod exchange;
mod expression;
mod grant;
mod groups;
mod hook;
mod input;
mod lifetime;
mod machine;
mod need;
mod policy;
mod redirect;
mod rule;
mod rule_grant;
mod rule_scope;
mod scope;
mod signing;

use std::sync::LazyLock;

use crate::lint::Lint;

/// The subjects.
const SUBJECTS: [&[Lint]; 23] = [
    need::LINTS,
    scope::LINTS,
    machine::LINTS,
    grant::LINTS,
    groups::LINTS,
    consent::LINTS,
    hook::LINTS,
    policy::LINTS,
    rule::LINTS,
    rule_grant::LINTS,
    rule_scope::LINTS,
    audience::LINTS,
    signing::LINTS,
    consumer::LINTS,
    cost::LINTS,
    exchange::LINTS,
    expression::LINTS,
    lifetime::LINTS,
    claim::LINTS,
    redirect::LINTS,
    client::LINTS,
    allow::LINTS,
    input::LINTS,
];

/// All lints, by name.
pub fn all() -> &'static [&'static Lint] {
    static ALL: LazyLock<Vec<&'static Lint>> = LazyLock::new(|| {
        let mut lints: Vec<&'static Lint> = SUBJECTS.into_iter().flatten().collect();
        lints.sort_by_key(|it| it.name);
        lints
    });
    &ALL
}

/// The lint of a name.
pub fn named(name: &str) -> Option<&'static Lint> {
    all().iter().find(|it| it.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_name_the_defect() {
        for pair in all().windows(2) {
            assert_ne!(pair[0].name, pair[1].name);
        }
        // There these words tell the defect: a rule with no scope, a server in use.
        let defects = ["no-scope-rule", "client-in-no-policy", "inactive-server-in-use"];
        for lint in all().iter().filter(|it| !defects.contains(&it.name)) {
            let words: Vec<&str> = lint.name.split('-').collect();
            for banned in ["no", "require", "use", "disallow", "avoid", "must"] {
                assert!(!words.contains(&banned), "{} names a remedy", lint.name);
            }
        }
    }

    #[test]
    fn whatever_a_lint_yields_to_exists() {
        for lint in all() {
            for other in lint.yields_to {
                assert!(named(other).is_some(), "{} yields to {other}", lint.name);
            }
        }
    }

    #[test]
    fn each_page_has_a_summary_and_a_reference() {
        for lint in all() {
            assert!(lint.summary().ends_with('.'), "{}: {}", lint.name, lint.summary());
            assert!(lint.reference().is_some() || !lint.is_optional(), "{}", lint.name);
        }
    }
}
