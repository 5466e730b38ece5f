//! Token inline hooks: attached nowhere, or to something that cannot run.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Certainty::Definite;
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{Hook, Id, Place, Ref, Server, State, TOKEN_HOOK, Target};
use crate::needs::{LiveRule, dormant};

pub(super) const LINTS: &[Lint] = &[
    lint!("unreachable-token-hook", Warning, WrongServer, Check::Org(unreachable), capability: TokenInlineHook),
    lint!("dangling-hook", Error, BrokenServer, Check::Org(dangling), capability: TokenInlineHook),
    lint!("inactive-hook", Error, BrokenServer, Check::Org(inactive), capability: TokenInlineHook),
    lint!("wrong-hook-type", Error, BrokenServer, Check::Org(wrong_type), capability: TokenInlineHook),
];

/// An active token hook that no live rule runs.
fn unreachable(cx: &mut Cx<'_>) {
    let org = cx.org;
    let attached: Vec<Target<Hook>> = attachments(cx).into_iter().map(|(_, hook)| hook.target).collect();
    let is_unknown = |it: &LiveRule<'_>| matches!(it.rule.inline_hook.state, State::Unknown(_));
    let unsure =
        cx.reach.rules().any(is_unknown) || attached.iter().any(|it| matches!(it, Target::Unknown(_)));
    let Some(certainty) = cx.reach.absence().filter(|_| !unsure) else { return };
    let off = org.servers().filter(|(id, server)| dormant(*id, server).is_some());
    let asleep: BTreeSet<Id<Hook>> = off.flat_map(|(_, server)| hooks_of(server)).collect();
    for (index, hook) in org.hooks.items.iter().enumerate() {
        let is_token_hook = hook.kind.known().is_some_and(|it| it == TOKEN_HOOK);
        let id = Id::new(index);
        if !is_token_hook || !hook.status.is_active() || attached.contains(&Target::Found(id)) {
            continue;
        }
        // Where all of a server is switched off, that is the finding.
        if asleep.contains(&id) {
            continue;
        }
        let message = format!("token hook `{}` runs for no token", hook.title());
        cx.report(certainty, hook.entry.at, "no active rule runs it", message)
            .label(hook.kind.at, "runs from rules of custom servers only")
            .help(
                "name the hook in a rule of a custom server's access policy, or deactivate it; tokens of \
                 the org server never run a hook",
            )
            .on(&hook.entry);
    }
}

/// The hooks that rules of a server run, or would.
fn hooks_of(server: &Server) -> impl Iterator<Item = Id<Hook>> {
    let rules = server.policies.items.iter().flat_map(|it| &it.rules.items);
    rules.filter_map(|it| it.inline_hook.known()?.found())
}

/// Each live rule that names a hook.
fn attachments<'a>(cx: &Cx<'a>) -> Vec<(LiveRule<'a>, &'a Ref<Hook>)> {
    let reach = cx.reach;
    reach.rules().filter_map(|it| Some((*it, it.rule.inline_hook.known()?))).collect()
}

const SKIPPED: &str = "until then expect tokens without what it would add";

fn dangling(cx: &mut Cx<'_>) {
    for (live, hook) in attachments(cx) {
        if hook.target != Target::Dangling {
            continue;
        }
        let name = hook.literal().unwrap_or_default();
        let message = format!("rule `{}` runs the hook `{name}`, which does not exist", live.rule.title());
        cx.report(Definite, hook.at, "no inline hook has this id", message)
            .help(format!("name an existing hook, or remove it: {SKIPPED}"))
            .on(&live.rule.entry);
    }
}

/// A hook, and the live rules that run it.
struct Run<'a> {
    hook: &'a Hook,
    first: LiveRule<'a>,
    /// Where the first one names it.
    at: Place,
    /// Where others do.
    others: Vec<Place>,
}

impl Run<'_> {
    /// "rule `users` runs".
    fn who(&self) -> String {
        let first = self.first.rule.title();
        match self.others.len() {
            0 => format!("rule `{first}` runs"),
            1 => format!("rule `{first}` and another one run"),
            more => format!("rule `{first}` and {more} others run"),
        }
    }

    /// One finding for all rules: the hook is at fault.
    fn report(&self, cx: &mut Cx<'_>, message: String, label: &str, fault: (Place, String), help: String) {
        let mut report = cx.report(Definite, self.at, label, message);
        for at in &self.others {
            report = report.label(*at, "and here");
        }
        report.label(fault.0, fault.1).help(help).on(&self.first.rule.entry);
    }
}

/// Each hook of the input that live rules run.
fn runs<'a>(cx: &Cx<'a>) -> Vec<Run<'a>> {
    let org = cx.org;
    let mut runs: BTreeMap<Id<Hook>, Run<'a>> = BTreeMap::new();
    for (first, named) in attachments(cx) {
        let Some(id) = named.found() else { continue };
        match runs.entry(id) {
            Entry::Occupied(run) => run.into_mut().others.push(named.at),
            Entry::Vacant(none) => {
                none.insert(Run { hook: org.hook(id), first, at: named.at, others: Vec::new() });
            }
        }
    }
    runs.into_values().collect()
}

fn inactive(cx: &mut Cx<'_>) {
    for run in runs(cx) {
        // One of another type could not run if it were active.
        let is_other = run.hook.kind.known().is_some_and(|it| it != TOKEN_HOOK);
        if is_other || !run.hook.status.is_inactive() {
            continue;
        }
        let message = format!("{} the hook `{}`, which is inactive", run.who(), run.hook.title());
        let fault = (run.hook.status.at, "inactive here".to_owned());
        let help = format!("activate the hook, or remove it from the rule: {SKIPPED}");
        run.report(cx, message, "run here", fault, help);
    }
}

fn wrong_type(cx: &mut Cx<'_>) {
    for run in runs(cx) {
        let Some(kind) = run.hook.kind.known().filter(|it| *it != TOKEN_HOOK) else { continue };
        let message = format!("{} `{}`, which is no token hook", run.who(), run.hook.title());
        let fault = (run.hook.kind.at, format!("of type `{kind}`"));
        let help = format!("name a hook of type `{TOKEN_HOOK}`, the only one that a rule can run");
        run.report(cx, message, "needs a token hook", fault, help);
    }
}
