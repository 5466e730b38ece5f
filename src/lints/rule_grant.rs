//! Grant types of access rules: refused, for people that are not there, or of
//! no client.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, Client, GrantType, GroupRef, Id, Member, Org, Place, Policy, Rule, Target};
use crate::needs::{Answer, LiveRule, Reach, admits_grant, agents_absence, is_for_machines, rules_absence};

pub(super) const LINTS: &[Lint] = &[
    lint!("refresh-token-in-rule", Error, BrokenServer, Check::Org(refresh), capability: ApiAuthorization),
    lint!("m2m-rule-with-people", Warning, BrokenServer, Check::Org(people), capability: MachineToMachine),
    lint!("grant-nobody-has", Warning, BrokenServer, Check::Org(nobody), capability: ApiAuthorization),
    lint!("grant-not-admitted", Error, BrokenServer, Check::Org(not_admitted), capability: ApiAuthorization),
];

/// `refresh_token` as a grant of a rule.
fn refresh(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    // What Okta answers it has accepted, whatever the documentation says.
    let certainty = if org.origin.root > 0 { Definite } else { Possible };
    for live in reach.rules() {
        let Some(at) = live.rule.grant_types.place_of(&GrantType::RefreshToken) else { continue };
        let message =
            format!("rule `{}` lists `refresh_token`, which is no grant of a rule", live.rule.title());
        cx.report(certainty, at, "a grant of apps only", message)
            .help(
                "remove it here: give the app the grant, and list `offline_access` among the scopes of the \
                 rule",
            )
            .on(&live.rule.entry);
    }
}

/// People in a rule for client credentials.
fn people(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for live in reach.rules() {
        let Some(grant) = live.rule.grant_types.place_of(&GrantType::ClientCredentials) else { continue };
        let Some((certainty, at)) = restricted_to(live.rule) else { continue };
        let asker = if is_for_machines(live.rule) {
            None
        } else {
            match asker(org, reach, *live) {
                Some(app) => Some(app),
                None => continue,
            }
        };
        let message = match asker {
            None => format!(
                "rule `{}` is for client credentials, which have no user, and names people",
                live.rule.title()
            ),
            Some(app) => format!(
                "rule `{}` names people, and client `{}` comes without a user",
                live.rule.title(),
                app.title()
            ),
        };
        let mut report = cx.report(certainty, at, "no user is one of these", message);
        report = report.label(grant, "comes without a user");
        if let Some(client) = asker.and_then(|it| it.client.as_ref()) {
            report = report.label_if(client.grant_types.place_of(&GrantType::ClientCredentials), "its grant");
        }
        report
            .help(
                "name EVERYONE in the rule for client credentials, and restrict people in another rule: \
                 Okta's support knows such rules as rules that never match",
            )
            .on(&live.rule.entry);
    }
}

/// A group or user that a rule is restricted to. A group of which the id alone is
/// known may be Everyone.
fn restricted_to(rule: &Rule) -> Option<(Certainty, Place)> {
    let known = |it: &GroupRef| match it {
        GroupRef::Other(at, _) | GroupRef::Id(at, _) => Some(*at),
        GroupRef::Everyone(_) | GroupRef::Unknown(_) => None,
    };
    let groups = match &rule.people.groups {
        it if it.is_unset() => Vec::new(),
        it => it.known()?.iter().map(known).collect::<Option<Vec<_>>>()?,
    };
    let users = match &rule.people.users {
        it if it.is_unset() => Vec::new(),
        it if it.all_known()?.into_iter().any(|it| it == "EVERYONE") => Vec::new(),
        it => it.known_items().map(|(_, at)| at).collect(),
    };
    let at = groups.into_iter().chain(users).next()?;
    let by_id =
        rule.people.groups.known().is_some_and(|it| it.iter().any(|it| matches!(it, GroupRef::Id(..))));
    Some((Certainty::definite_if(!by_id), at))
}

/// A client that a mixed rule's policy names, that has client credentials, and
/// that no other rule lets in with them.
fn asker<'a>(org: &'a Org, reach: &Reach<'_>, live: LiveRule<'_>) -> Option<&'a App> {
    let has = |id: &Id<App>| {
        let client = org.app(*id).client.as_deref();
        client.is_some_and(|it| it.grant_types.place_of(&GrantType::ClientCredentials).is_some())
    };
    let only_here = |id: &Id<App>| {
        let mut others = reach.of(*id).filter(|it| !std::ptr::eq(it.live.rule, live.rule));
        others.all(|it| admits_grant(it.live.rule, &GrantType::ClientCredentials) == Answer::No)
    };
    live.policy
        .named()
        .filter(has)
        .find(only_here)
        .map(|id| org.app(id))
        .filter(|it| !it.status.is_inactive())
}

/// A grant of a rule that none of the clients has which its policy names.
fn nobody(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for live in reach.rules() {
        let Some(clients) = clients(org, live.policy) else { continue };
        let unused = unused(org, &clients, live.rule);
        let Some(((first, at, certainty), rest)) = unused.split_first() else { continue };
        // Where no client of it is admitted at all, that is the finding.
        let refused = |(id, client): &(Id<App>, &Client)| reach.refused(*id, client, live.server).is_some();
        let is_told = rules_absence(org.server(live.server)) == Some(Definite);
        if is_told && is_idle(&unused, live.rule) && clients.iter().all(refused) {
            continue;
        }
        let certainty = rest.iter().fold(*certainty, |all, it| all.max(it.2));
        let message = format!(
            "rule `{}` admits `{}`, a grant that no client of policy `{}` has",
            live.rule.title(),
            first.name(),
            live.policy.title()
        );
        let mut report = cx.report(certainty, *at, "no client has this", message);
        for (_, at, _) in rest {
            report = report.label(*at, "nor this");
        }
        for (_, client) in &clients {
            report = report.label(client.grant_types.at, "what a client of it has");
        }
        let help = match (certainty, is_idle(&unused, live.rule)) {
            (Possible, _) => {
                "remove the grant from the rule, unless an AI agent is bound to a client of the policy: it comes \
                 with assertions of its own"
            }
            (Definite, true) => {
                "give the grant to the client that is to use it, or let the rule admit one that its clients have: \
                 as it is, it fits no request of theirs"
            }
            (Definite, false) => "remove the grant from the rule, or give it to the client that is to use it",
        };
        report.help(help).on(&live.rule.entry);
    }
}

/// The grants of a rule that none of some clients has, each with how sure that is.
/// Those that are surer come first.
fn unused<'r>(
    org: &Org,
    clients: &[(Id<App>, &Client)],
    rule: &'r Rule,
) -> Vec<(&'r GrantType, Place, Certainty)> {
    let nobody_has = |it: &GrantType| {
        *it != GrantType::RefreshToken && clients.iter().all(|(_, client)| client.grant_types.lacks(it))
    };
    let sure = |it: &GrantType| match it {
        GrantType::JwtBearer => agents_absence(org),
        _ => Some(Definite),
    };
    let grants = rule.grant_types.known_items().filter(|(it, _)| nobody_has(it));
    let mut unused: Vec<_> = grants.filter_map(|(it, at)| Some((it, at, sure(it)?))).collect();
    unused.sort_by_key(|it| Reverse(it.2));
    unused
}

/// Whether a rule has no other grants than these.
fn is_idle(unused: &[(&GrantType, Place, Certainty)], rule: &Rule) -> bool {
    rule.grant_types.all_known().is_some_and(|it| it.len() == unused.len())
}

/// The clients that a policy names, if all are known and there are any.
fn clients<'a>(org: &'a Org, policy: &Policy) -> Option<Vec<(Id<App>, &'a Client)>> {
    let members = policy.clients.known().filter(|it| !it.is_empty())?;
    let client = |it: &Member| {
        let id = it.app()?;
        let app = org.app(id);
        Some((id, app.client.as_deref().filter(|_| app.entry.certain)?))
    };
    members.iter().map(client).collect()
}

/// A client that a server names, and of whose grants its rules admit none.
fn not_admitted(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    let for_nobody = reach.rules().filter(|it| fits_nobody(org, it)).map(|it| std::ptr::from_ref(it.rule));
    let for_nobody: BTreeSet<*const Rule> = for_nobody.collect();
    for (id, server) in org.servers().filter(|(_, it)| !it.status.is_inactive()) {
        let Some(certainty) = rules_absence(server) else { continue };
        for policy in server.policies.items.iter().filter(|it| it.status.is_active()) {
            for member in policy.clients.known().into_iter().flatten() {
                let Member::Client(client) = member else { continue };
                let Target::Found(app) = client.target else { continue };
                let own: Vec<_> = reach.at(app, id).map(|it| it.live).collect();
                let Some(agents) = without_agent(org, &own) else { continue };
                let certainty = certainty.min(agents);
                // A rule that fits nobody is certain, and says the same.
                if certainty == Possible
                    && own.iter().all(|it| for_nobody.contains(&std::ptr::from_ref(it.rule)))
                {
                    continue;
                }
                report_not_admitted(cx, certainty, app, client.at, &own);
            }
        }
    }
}
/// How sure it is that no agent comes under the id of a client, where rules admit
/// what agents come with; `None` if one does.
fn without_agent(org: &Org, rules: &[LiveRule<'_>]) -> Option<Certainty> {
    let for_agents = rules.iter().any(|it| !it.rule.grant_types.lacks(&GrantType::JwtBearer));
    if for_agents { agents_absence(org) } else { Some(Definite) }
}

/// Whether none of the clients that its policy names has a grant of a rule.
fn fits_nobody(org: &Org, live: &LiveRule<'_>) -> bool {
    let Some(clients) = clients(org, live.policy) else { return false };
    let unused = unused(org, &clients, live.rule);
    is_idle(&unused, live.rule) && unused.first().is_some_and(|it| it.2 == Definite)
}

fn report_not_admitted(
    cx: &mut Cx<'_>,
    certainty: Certainty,
    id: Id<App>,
    named: Place,
    rules: &[LiveRule<'_>],
) {
    let (app, Some(server)) = (cx.org.app(id), rules.first().map(|it| it.server)) else { return };
    let Some(client) = app.client.as_ref().filter(|_| !app.status.is_inactive()) else { return };
    let Some(asked) = cx.reach.refused(id, client, server) else { return };
    let server = cx.org.server(server);
    let names: Vec<String> = asked.iter().map(|it| format!("`{}`", it.name())).collect();
    let message =
        format!("no rule of server `{}` admits a grant that client `{}` has", server.title(), app.title());
    let mut report = cx.report(certainty, named, "named here", message).rests_on(&server.entry);
    report = report.label(client.grant_types.at, "its grants");
    for live in rules {
        report = report.label(live.rule.grant_types.at, "other grants here");
    }
    report
        .help(format!(
            "admit {} in a rule, or remove the client from the policy: until then it gets \"Policy \
             evaluation failed for this request\"",
            names.join(" or ")
        ))
        .on(&app.entry);
}
