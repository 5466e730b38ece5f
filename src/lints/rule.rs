//! Access rules: too wide, never reached, or for nobody.

use std::collections::BTreeMap;

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{Entry, Place, Rule, Set, Setting, Status};
use crate::needs::{LiveRule, any_scope, covers, everyone, is_custom_scope, is_for_machines, lists_no_scope};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "any-scope-rule", Warning, BrokenServer, Check::Org(any),
        capability: ApiAuthorization, yields_to: &["all-clients-m2m-any-scope"]
    ),
    lint!("no-scope-rule", Info, BrokenServer, Check::Org(none), capability: ApiAuthorization),
    lint!("shadowed-rule", Warning, BrokenServer, Check::Org(shadowed), capability: ApiAuthorization),
    lint!("ignored-exclusion", Warning, BrokenServer, Check::Org(exclusion), capability: ApiAuthorization),
    lint!("equal-priorities", Warning, BrokenServer, Check::Org(priorities), capability: ApiAuthorization),
    lint!("rule-without-people", Info, BrokenServer, Check::Org(without_people), capability: ApiAuthorization),
];

/// A rule for any scope on a server that tells several scopes apart.
fn any(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for live in reach.rules() {
        let server = org.server(live.server);
        let own = server.scopes.items.iter().filter(|it| is_custom_scope(it));
        // Those that certainly are there first.
        let (there, perhaps): (Vec<_>, Vec<_>) = own.partition(|it| it.entry.certain);
        let own: Vec<Place> = there.into_iter().chain(perhaps).map(|it| it.name.at).collect();
        let (Some(at), [first, second, ..]) = (any_scope(live.rule), own.as_slice()) else { continue };
        // The rule that Okta made is nobody's decision.
        let certainty = Certainty::definite_if(live.policy.system.known() == Some(&false));
        let message = format!(
            "rule `{}` hands out every scope of server `{}`, those yet to be made too",
            live.rule.title(),
            server.title()
        );
        cx.report(certainty, at, "any scope", message)
            .label(*first, "this one")
            .label(*second, "and this one")
            .help("list the scopes that the clients of this rule need")
            .on(&live.rule.entry);
    }
}

/// A rule without scopes.
fn none(cx: &mut Cx<'_>) {
    let reach = cx.reach;
    for live in reach.rules() {
        let scopes = &live.rule.scopes;
        if !lists_no_scope(live.rule) {
            continue;
        }
        let message = format!("rule `{}` names no scope, so it fits no useful request", live.rule.title());
        cx.report(Possible, scopes.at, "no scope", message)
            .help("list the scopes that it hands out: an empty list means none, not any")
            .on(&live.rule.entry);
    }
}

/// A rule that an earlier one leaves nothing to.
fn shadowed(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (_, rules) in reach.by_server() {
        for later in rules {
            let earlier = rules.iter().find(|it| it.rule.entry.certain && covers(org, **it, *later));
            let Some(earlier) = earlier else { continue };
            report_shadowed(cx, *earlier, *later);
        }
    }
}

fn report_shadowed(cx: &mut Cx<'_>, earlier: LiveRule<'_>, later: LiveRule<'_>) {
    let same_policy = std::ptr::eq(earlier.policy, later.policy);
    let title = |it: LiveRule<'_>| {
        let owner = if same_policy { String::new() } else { format!(" of policy `{}`", it.policy.title()) };
        format!("rule `{}`{owner}", it.rule.title())
    };
    let first = match title(earlier) {
        alike if alike == title(later) => "an earlier one of that name".to_owned(),
        other => other,
    };
    let message = format!("{} never applies: {first} takes each of its requests first", title(later));
    let (before, after) = if same_policy {
        (&earlier.rule.priority, &later.rule.priority)
    } else {
        (&earlier.policy.priority, &later.policy.priority)
    };
    let number = |it: &Setting<i64>| it.known().copied().unwrap_or_default();
    cx.report(Definite, later.rule.entry.at, "never reached", message)
        .label(earlier.rule.entry.at, "takes the same requests")
        .label(before.at, format!("tried first, at {}", number(before)))
        .label(after.at, format!("tried later, at {}", number(after)))
        .help(
            "give the narrower one the smaller number, which is tried first, narrow the wider one, or remove this \
             one: the first rule that fits decides, and the lifetimes and the hook of a later one never count",
        )
        .on(&later.rule.entry);
}

/// Exclusions beside everyone.
fn exclusion(cx: &mut Cx<'_>) {
    let reach = cx.reach;
    // Client credentials have no people to exclude.
    for live in reach.rules().filter(|it| !is_for_machines(it.rule)) {
        let people = &live.rule.people;
        let Some(at) = everyone(live.rule) else { continue };
        let groups = people.excluded_groups.known().into_iter().flatten();
        let mut excluded = groups.chain(people.excluded_users.known().into_iter().flatten());
        let Some(first) = excluded.next() else { continue };
        let message =
            format!("rule `{}` excludes people, which Okta ignores under Everyone", live.rule.title());
        let mut report = cx.report(Definite, first.at, "excluded, to no effect", message);
        report = report.label(at, "everyone is included");
        for more in excluded {
            report = report.label(more.at, "to no effect either");
        }
        report
            .help("include the groups that may ask, instead of everyone: exclusions then count")
            .on(&live.rule.entry);
    }
}

/// Two active policies of a server, or two active rules of a policy, with one priority.
fn priorities(cx: &mut Cx<'_>) {
    let org = cx.org;
    // Okta itself never answers two equal ones.
    if org.origin.root == 0 {
        return;
    }
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        let whose = format!("server `{}`", server.title());
        let policies = ranks(&server.policies, |it| (&it.entry, &it.status, &it.priority, it.title()));
        report_ranks(cx, "policies", &whose, policies);
        for policy in server.policies.items.iter().filter(|it| !it.status.is_inactive()) {
            let whose = format!("policy `{}`", policy.title());
            let rules = ranks(&policy.rules, |it| (&it.entry, &it.status, &it.priority, it.title()));
            report_ranks(cx, "rules", &whose, rules);
        }
    }
}

/// An object with its name and the place of its priority.
type Ranked<'a> = (&'a Entry, &'a str, Place);

/// What takes part, by priority.
fn ranks<'a, T>(
    set: &'a Set<T>,
    parts: impl Fn(&'a T) -> (&'a Entry, &'a Setting<Status>, &'a Setting<i64>, &'a str),
) -> BTreeMap<i64, Vec<Ranked<'a>>> {
    let mut ranks: BTreeMap<i64, Vec<Ranked<'a>>> = BTreeMap::new();
    for (entry, status, priority, title) in set.items.iter().map(parts) {
        if let (Some(rank), false, true) = (priority.known(), status.is_inactive(), entry.certain) {
            ranks.entry(*rank).or_default().push((entry, title, priority.at));
        }
    }
    ranks
}

fn report_ranks(cx: &mut Cx<'_>, what: &str, whose: &str, ranks: BTreeMap<i64, Vec<Ranked<'_>>>) {
    for (rank, ranked) in ranks {
        let [(_, first, first_at), (entry, second, at), rest @ ..] = ranked.as_slice() else { continue };
        let message = format!("{what} `{first}` and `{second}` of {whose} have the same priority {rank}");
        let mut report = cx.report(Definite, *at, format!("`{second}`"), message);
        report = report.label(*first_at, format!("`{first}`"));
        for (_, title, at) in rest {
            report = report.label(*at, format!("`{title}`"));
        }
        report
            .help(format!(
                "give each a number of its own: Okta renumbers equal ones, and which of the {what} is tried \
                 first then depends on the order in which they were made"
            ))
            .on(entry);
    }
}

/// A rule for users that takes in nobody.
fn without_people(cx: &mut Cx<'_>) {
    let reach = cx.reach;
    for live in reach.rules() {
        let people = &live.rule.people;
        let no_group = people.groups.is_unset() || people.groups.known().is_some_and(Vec::is_empty);
        let users = if people.users.is_unset() { Some(Vec::new()) } else { people.users.all_known() };
        // What is known as a name of everybody among groups is no id of a user.
        let no_user = users.is_some_and(|it| it.iter().all(|it| *it == "EVERYONE"));
        if !no_group || !no_user || !takes_users(live.rule) {
            continue;
        }
        let everybody = people.users.place_of(&"EVERYONE".to_owned());
        let message =
            format!("rule `{}` is for users, and names neither a group nor a user", live.rule.title());
        cx.report(Possible, live.rule.entry.at, "nobody is named", message)
            .label_if(everybody, "the name of a group, among users")
            .label_if(live.rule.grant_types.known().map(|_| live.rule.grant_types.at), "grants of users")
            .help("include the groups that may ask, or EVERYONE for all who are assigned to the app")
            .on(&live.rule.entry);
    }
}

/// Whether a rule certainly admits a grant that a person takes part in.
fn takes_users(rule: &Rule) -> bool {
    rule.grant_types.all_known().is_some_and(|it| !it.is_empty()) && !is_for_machines(rule)
}
