//! What a lint is, and how all of them run.
//!
//! A lint is a page (`lints/NAME.md`), a row and a plain function. The function
//! sees the model and a [`Cx`], never a path or another lint's findings; it
//! cannot fail.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::capability::{self, Licence};
use crate::finding::{Certainty, Finding, Label, Level};
use crate::model::{Entry, Org, Place};
use crate::needs::{Licences, Needs, Reach, Stance, Subject};
use crate::source::Span;

/// The largest number of labels of one finding.
const MAX_LABELS: usize = 8;

/// A lint.
#[derive(Debug)]
pub struct Lint {
    /// Its name: the defect, so that "allow NAME" reads as English.
    pub name: &'static str,
    /// Its level when a finding is definite.
    pub level: Level,
    /// The part of the catalogue.
    pub group: Group,
    /// The release it came with.
    pub since: &'static str,
    /// The row of the matrix it is about, if it is about one.
    pub capability: Option<capability::Id>,
    /// What finds it.
    pub check: Check,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// Lints that say the same of the same characters, only better: where one
    /// of them fires there, this one is silent.
    pub yields_to: &'static [&'static str],
}

impl Lint {
    /// The first sentence of its page: what is reported.
    pub fn summary(&self) -> &'static str {
        let mut lines = self.page.lines().map(str::trim);
        lines.find(|it| !it.is_empty() && !it.starts_with(['#', '>'])).unwrap_or_default()
    }

    /// Okta's page on the subject: the first link of its references.
    pub fn reference(&self) -> Option<&'static str> {
        let references = self.page.split("## References").nth(1)?;
        let link = &references[references.find("https://")?..];
        link.split([')', '>', ' ', '\n']).next()
    }

    /// Whether it may be switched off: what could not be read never may.
    pub fn is_optional(&self) -> bool {
        !matches!(self.check, Check::Input)
    }
}

/// A part of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Something that only a custom authorization server has is in use.
    NeedsCustomServer,
    /// Something is on the wrong server, or on none.
    WrongServer,
    /// A custom server costs and is not needed.
    Cost,
    /// A custom server does not work, or gives away too much.
    BrokenServer,
    /// The client itself.
    Client,
    /// What the configuration of okta-lint allows.
    Allowed,
    /// The input.
    Input,
}

impl Group {
    /// A heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::NeedsCustomServer => "Needs a custom server",
            Self::WrongServer => "On the wrong server, or on none",
            Self::Cost => "Cost",
            Self::BrokenServer => "A custom server that does not work, or gives away too much",
            Self::Client => "The client itself",
            Self::Allowed => "What okta-lint.toml allows",
            Self::Input => "Input that cannot be used",
        }
    }
}

/// What finds a lint's findings.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Runs once for each org.
    Org(fn(&mut Cx<'_>)),
    /// Reports each need for the lint's capability.
    Need(NeedText),
    /// The reader of the input finds it; it cannot be switched off.
    Input,
    /// Who compares a run with the configuration finds it.
    Run,
}

/// The words about a need.
#[derive(Clone, Copy, Debug)]
pub struct NeedText {
    /// The message, from who needs it: "server `orders`".
    pub message: fn(&str) -> String,
    /// What to do instead of buying the licence: an imperative.
    pub instead: &'static str,
}

/// Declares a lint, with its page.
macro_rules! lint {
    ($name:literal, $level:ident, $group:ident, $check:expr $(, capability: $capability:ident)? $(, yields_to: $yields:expr)?) => {
        $crate::lint::Lint {
            name: $name,
            level: $crate::finding::Level::$level,
            group: $crate::lint::Group::$group,
            since: "0.1.0",
            capability: lint!(@option $($capability)?),
            check: $check,
            page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/lints/", $name, ".md")),
            yields_to: lint!(@list $($yields)?),
        }
    };
    (@option) => { None };
    (@option $capability:ident) => { Some($crate::capability::Id::$capability) };
    (@list) => { &[] };
    (@list $yields:expr) => { $yields };
}
pub(crate) use lint;

/// What a lint sees.
#[derive(Debug)]
pub struct Cx<'a> {
    /// The org.
    pub org: &'a Org,
    /// Its needs.
    pub needs: &'a Needs,
    /// Which rules a client reaches.
    pub reach: &'a Reach<'a>,
    /// Where the org stands with licences.
    pub licences: &'a Licences,
    lint: &'static Lint,
    findings: &'a mut Vec<Finding>,
}

impl Cx<'_> {
    /// Whether the org is known to have no API Access Management, and so may have
    /// no custom server.
    pub fn is_unlicensed(&self) -> bool {
        match &self.licences.held {
            Some(held) => !held.contains(&Licence::ApiAccessManagement),
            None => self.org.unlicensed.is_some(),
        }
    }

    /// Starts a finding at the place that must change.
    pub fn report(
        &mut self,
        certainty: Certainty,
        at: Place,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Report<'_> {
        let level = match certainty {
            Certainty::Definite => self.lint.level,
            Certainty::Possible => Level::Info,
        };
        let labels = vec![Label::new(at.span, label)];
        let finding = Finding {
            lint: self.lint.name,
            level,
            certainty,
            capability: self.lint.capability.map(capability::Id::name),
            message: message.into(),
            help: None,
            resource: None,
            labels,
        };
        let trails = trail(self.org, at).collect();
        let doubtful = self.org.is_doubtful(at);
        Report { org: self.org, findings: self.findings, finding, trails, doubtful }
    }
}

/// The steps that a value took, as labels.
fn trail(org: &Org, at: Place) -> impl Iterator<Item = Label> + '_ {
    org.trails.steps(at.trail).into_iter().map(|it| Label::new(it.span, it.text.clone()))
}

/// A finding in the making; [`Report::on`] reports it.
#[derive(Debug)]
#[must_use = "a finding is reported by `on`"]
pub struct Report<'a> {
    org: &'a Org,
    findings: &'a mut Vec<Finding>,
    finding: Finding,
    /// How evaluated values got to where they are used.
    trails: Vec<Label>,
    /// Whether it rests on something that may have no instance.
    doubtful: bool,
}

impl Report<'_> {
    /// Another place that belongs to it.
    pub fn label(mut self, at: Place, text: impl Into<String>) -> Self {
        if self.finding.labels.iter().all(|it| it.span != at.span) {
            self.finding.labels.push(Label::new(at.span, text));
            self.trails.extend(trail(self.org, at));
            self.doubtful |= self.org.is_doubtful(at);
        }
        self
    }

    /// Another place, if there is one.
    pub fn label_if(self, at: Option<Place>, text: impl Into<String>) -> Self {
        match at {
            Some(at) => self.label(at, text),
            None => self,
        }
    }

    /// Another object that it rests on without a place to show.
    pub fn rests_on(mut self, entry: &Entry) -> Self {
        self.doubtful |= !entry.certain || self.org.is_doubtful(entry.at);
        self
    }

    /// What to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.finding.help = Some(help.into());
        self
    }

    /// Another level than the lint's. What may have no instance stays an info.
    pub fn level(mut self, level: Level) -> Self {
        self.finding.level = level;
        self
    }

    /// Reports it, about an object.
    pub fn on(mut self, entry: &Entry) {
        // What may have no instance, or rests on what may have none, is no more
        // than possible.
        if !entry.certain || self.doubtful {
            self.finding.certainty = Certainty::Possible;
            self.finding.level = Level::Info;
        }
        self.named(Some(entry.resource.clone()));
    }

    /// Reports it, about what is called so.
    fn named(mut self, resource: Option<String>) {
        self.finding.resource = resource;
        limit(&mut self.finding);
        for step in self.trails.into_iter().take(MAX_LABELS) {
            if self.finding.labels.iter().all(|it| it.span != step.span) {
                self.finding.labels.push(step);
            }
        }
        self.finding.labels[1..].sort_by_key(|it| it.span);
        self.findings.push(self.finding);
    }
}

/// Shows the first eight labels, and counts the rest.
fn limit(finding: &mut Finding) {
    let hidden = finding.labels.len().saturating_sub(MAX_LABELS);
    if hidden > 0 {
        finding.labels.truncate(MAX_LABELS);
        finding.message = format!("{} (and {hidden} more like these)", finding.message);
    }
}

/// Runs `lints` over an org, side by side; what they find stands in their order.
pub fn run(lints: &[&'static Lint], org: &Org, licences: &Licences) -> Vec<Finding> {
    let reach = Reach::new(org);
    let needs = Needs::of(org, &reach);
    let check = |&lint: &&'static Lint| {
        let mut findings = Vec::new();
        let mut cx = Cx { org, needs: &needs, reach: &reach, licences, lint, findings: &mut findings };
        match lint.check {
            Check::Org(check) => check(&mut cx),
            Check::Need(text) => report_needs(&mut cx, text),
            Check::Input | Check::Run => {}
        }
        findings
    };
    let found: Vec<Vec<Finding>> = lints.par_iter().map(check).collect();
    let mut findings = found.into_iter().flatten().collect();
    drop_the_less_exact(lints, &mut findings);
    findings
}

/// One literal, one finding: where several lints rest on the same characters, of
/// one object, keeps the more certain one, and of equally certain ones the most
/// exact.
fn drop_the_less_exact(lints: &[&'static Lint], findings: &mut Vec<Finding>) {
    let place = |it: &Finding| (it.primary(), it.resource.clone());
    let mut fired: BTreeMap<(Span, Option<String>, &str), Certainty> = BTreeMap::new();
    for finding in findings.iter() {
        let (at, resource) = place(finding);
        let best = fired.entry((at, resource, finding.lint)).or_insert(finding.certainty);
        *best = finding.certainty.max(*best);
    }
    findings.retain(|finding| {
        let certainty = finding.certainty;
        let (at, resource) = place(finding);
        let other = |name: &'static str| fired.get(&(at, resource.clone(), name)).copied();
        let lint = lints.iter().find(|it| it.name == finding.lint);
        let yields_to = lint.map_or(&[][..], |it| it.yields_to);
        let outdone = yields_to.iter().any(|name| other(name).is_some_and(|it| it >= certainty));
        let yielded = lints.iter().filter(|it| it.yields_to.contains(&finding.lint));
        let outweighed = yielded.into_iter().any(|it| other(it.name).is_some_and(|it| it > certainty));
        !outdone && !outweighed
    });
    let mut seen: BTreeSet<(Span, &str, String, Option<String>)> = BTreeSet::new();
    findings.retain(|it| seen.insert((it.primary(), it.lint, it.message.clone(), it.resource.clone())));
}

/// Of findings of one lint on one literal, keeps those about the first object, and
/// counts the others: a literal of a module is that of every object that the
/// module makes.
pub fn count_alike(findings: &mut Vec<Finding>) {
    let key = |it: &Finding| (it.primary(), it.lint, it.certainty);
    // The first object, and all of them.
    let mut objects: BTreeMap<_, (Option<String>, BTreeSet<Option<String>>)> = BTreeMap::new();
    for finding in findings.iter() {
        let resource = || finding.resource.clone();
        objects.entry(key(finding)).or_insert_with(|| (resource(), BTreeSet::new())).1.insert(resource());
    }
    findings.retain_mut(|finding| {
        let (first, all) = &objects[&key(finding)];
        let more = match all.len() - 1 {
            0 => return true,
            1 => "another object".to_owned(),
            more => format!("{more} more objects"),
        };
        finding.message = format!("{} (and {more} made from the same text)", finding.message);
        finding.resource == *first
    });
}

/// One finding for each need of the lint's capability that no licence covers.
fn report_needs(cx: &mut Cx<'_>, text: NeedText) {
    let Some(capability) = cx.lint.capability else { return };
    let (org, needs) = (cx.org, cx.needs);
    for need in needs.for_capability(capability) {
        let missing = cx.licences.not_held(capability.row().licences);
        if missing.is_empty() {
            continue;
        }
        // The export itself may say that the licence is missing.
        let refused = org.unlicensed.filter(|_| cx.licences.held.is_none());
        let is_missing =
            refused.is_some() || missing.iter().any(|&it| cx.licences.stance(it) == Stance::Missing);
        let first = &need.evidence[0];
        let message = (text.message)(&subject(org, need.subject));
        let message = match need.certainty {
            Certainty::Definite => message,
            Certainty::Possible => format!("perhaps {message}"),
        };
        let mut report = cx.report(need.certainty, first.at, first.text.clone(), message);
        if need.certainty == Certainty::Definite {
            report.finding.level = if is_missing { Level::Error } else { Level::Warning };
        }
        for more in &need.evidence[1..] {
            report = report.label(more.at, more.text.clone());
        }
        if let Some(span) = refused {
            report = report.label(Place::here(span), "the org has no API Access Management");
        }
        report.help(licence_help(&missing, is_missing, text.instead)).named(resource(org, need.subject));
    }
}

/// What to do about a need: decide, and record the decision.
fn licence_help(missing: &[Licence], is_missing: bool, instead: &str) -> String {
    let titles: Vec<&str> = missing.iter().map(|it| it.title()).collect();
    let titles = titles.join(" and ");
    if is_missing {
        return format!("{instead}, or license {titles} and add it to `licences` in okta-lint.toml");
    }
    let names: Vec<String> = missing.iter().map(|it| format!("\"{}\"", it.name())).collect();
    let names = names.join(", ");
    format!(
        "if the org has {titles}, record it in okta-lint.toml under `[org]`: \
         licences = [{names}]; if not, {instead}"
    )
}

/// Who needs something, for a message.
fn subject(org: &Org, subject: Subject) -> String {
    match subject {
        Subject::Client(id) => format!("client `{}`", org.app(id).title()),
        Subject::Server(id) => format!("server `{}`", org.server(id).title()),
        Subject::Consumer(index) => org.consumers[index].title(),
        Subject::Org => "the org".to_owned(),
    }
}

fn resource(org: &Org, subject: Subject) -> Option<String> {
    Some(match subject {
        Subject::Client(id) => org.app(id).entry.resource.clone(),
        Subject::Server(id) => org.server(id).entry.resource.clone(),
        Subject::Consumer(index) => org.consumers[index].resource.clone(),
        Subject::Org => return None,
    })
}

/// "did you mean", or the legal words, nearest first and eight at most.
pub fn suggest<'n>(wrong: &str, known: impl Iterator<Item = &'n str>) -> String {
    let mut known: Vec<&str> = known.collect();
    let wrong = &wrong.to_lowercase();
    known.sort_by_cached_key(|it| (strsim::damerau_levenshtein(wrong, it), *it));
    known.dedup();
    let near = known.first().filter(|it| strsim::damerau_levenshtein(wrong, it) <= wrong.len().max(3) / 3);
    if let Some(near) = near {
        format!("did you mean `{near}`?")
    } else {
        let shown: Vec<String> = known.iter().take(8).map(|it| format!("`{it}`")).collect();
        let more = if known.len() > 8 { ", …" } else { "" };
        format!("known are {}{more}", shown.join(", "))
    }
}
