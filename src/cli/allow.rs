//! Findings that `[[allow]]` accepts, and tables that accept nothing any more.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};
use globset::{Glob, GlobMatcher};

use crate::config::AllowTable;
use crate::finding::{Certainty, Finding, Label, Level};
use crate::lints;

/// The lint for a table that no finding needs.
const UNUSED: &str = "unused-allow";
/// The lint for a table whose day has passed.
const EXPIRED: &str = "expired-allow";

/// What is accepted in one project.
pub(super) struct Allowed<'a> {
    tables: Vec<Table<'a>>,
    /// The folder that paths are relative to.
    folder: PathBuf,
    today: NaiveDate,
}

struct Table<'a> {
    written: &'a AllowTable,
    resource: Option<GlobMatcher>,
    path: Option<GlobMatcher>,
    fits: bool,
}

impl<'a> Allowed<'a> {
    pub(super) fn new(tables: &'a [AllowTable], folder: &Path) -> Self {
        let matcher = |it: &Option<String>| {
            let pattern = it.as_ref().and_then(|it| Glob::new(it).ok());
            pattern.map(|it| it.compile_matcher())
        };
        let tables = tables.iter().map(|written| Table {
            resource: matcher(&written.resource),
            path: matcher(&written.path),
            fits: false,
            written,
        });
        Self { tables: tables.collect(), folder: folder.to_path_buf(), today: today() }
    }

    /// Whether a finding whose first label is in `path` is accepted. The last
    /// day of a table counts.
    pub(super) fn covers(&mut self, finding: &Finding, path: &Path) -> bool {
        let path = path.strip_prefix(&self.folder).unwrap_or(path);
        let mut covered = false;
        for it in &mut self.tables {
            let resource = finding.resource.as_deref().unwrap_or_default();
            let fits = it.written.lint.0 == finding.lint
                && it.written.resource.as_ref().is_none_or(|name| {
                    is_named(resource, name) || it.resource.as_ref().is_some_and(|it| it.is_match(resource))
                })
                && it.path.as_ref().is_none_or(|it| it.is_match(path));
            it.fits |= fits;
            covered |= fits && it.written.expires.is_none_or(|(day, _)| self.today <= day);
        }
        covered
    }

    /// Findings about the tables. Of what fits nothing only a run that looks at
    /// the whole project can tell.
    pub(super) fn findings(&self, is_whole: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        for it in &self.tables {
            let (name, span) = it.written.lint;
            match it.written.expires {
                Some((day, at)) if it.fits && day < self.today => {
                    let message = format!("what is allowed of `{name}` was allowed until {day}");
                    let help = "mend what it is about, or give it a new day and say why";
                    findings.push(about(EXPIRED, Label::new(at, "this day has passed"), message, help));
                }
                _ if !it.fits && is_whole => {
                    let message = format!("no finding of `{name}` needs this");
                    let help = "remove the table; or mend `resource` (a Terraform address, or `app:Portal` and its \
                                like in an export) or `path`: `--format json` shows both of each finding";
                    findings.push(about(UNUSED, Label::new(span, "allows nothing"), message, help));
                }
                _ => {}
            }
        }
        findings
    }
}

/// Whether a resource is the one of this name: its address, or that of the block
/// which it is one instance of. Keys that are left out, of modules too, are any.
pub(super) fn is_named(resource: &str, name: &str) -> bool {
    let (mut rest, mut wanted) = (resource.chars().peekable(), name.chars().peekable());
    let mut before = ':';
    loop {
        let is_key = rest.peek() == Some(&'[') && wanted.peek() != Some(&'[');
        if is_key && (before.is_alphanumeric() || before == '_') {
            let mut quoted = false;
            before = ']';
            // A key ends with the first bracket that is not within its quotes.
            rest.by_ref().find(|it| {
                quoted ^= *it == '"';
                *it == ']' && !quoted
            });
        } else {
            match (rest.next(), wanted.next()) {
                (None, None) => return true,
                (a, b) if a == b => before = a.unwrap_or_default(),
                _ => return false,
            }
        }
    }
}

fn about(lint: &'static str, label: Label, message: String, help: &str) -> Finding {
    Finding {
        lint,
        level: lints::named(lint).map_or(Level::Warning, |it| it.level),
        certainty: Certainty::Definite,
        capability: None,
        message,
        help: Some(help.to_owned()),
        resource: None,
        labels: vec![label],
    }
}

/// The day, in UTC.
fn today() -> NaiveDate {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).map_or(NaiveDate::MAX, |it| it.date_naive())
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn a_resource_is_named_by_its_address_with_or_without_keys() {
        let instance = "module.m[\"a]\"].okta_app_oauth.x[0]";
        for name in [
            instance,
            "module.m.okta_app_oauth.x",
            "module.m[\"a]\"].okta_app_oauth.x",
            "module.m.okta_app_oauth.x[0]",
        ] {
            assert!(is_named(instance, name), "{name}");
        }
        for name in [
            "module.m[\"b\"].okta_app_oauth.x",
            "module.m.okta_app_oauth.x[1]",
            "module.m.okta_app_oauth",
            "module.m.okta_app_oauth.xy",
            "okta_app_oauth.x",
        ] {
            assert!(!is_named(instance, name), "{name}");
        }
        assert!(is_named("okta_app_oauth.x[\"a\"]", "okta_app_oauth.x"));
        assert!(is_named("module.m[\"]b\"].okta_app_oauth.x", "module.m.okta_app_oauth.x"));
        assert!(is_named("app:[PROD] Portal", "app:[PROD] Portal"));
        assert!(!is_named("app:[PROD] Portal", "app: Portal"), "no key of an instance");
    }
}
