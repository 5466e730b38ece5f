//! Claims: of no token, under a name that is taken, or of too many groups.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{Claim, ClaimType, Entry, GroupFilter, Place, Server, Setting, ValueType};
use crate::needs::{
    Answer, LiveRule, ScopeKind, admits_scope, is_for_machines, is_other_sub, lists_no_scope, rules_absence,
};

use super::scope::is_told_missing;

pub(super) const LINTS: &[Lint] = &[
    lint!("claim-never-emitted", Warning, BrokenServer, Check::Org(never_emitted), capability: CustomClaims),
    lint!("reserved-claim-name", Error, BrokenServer, Check::Org(reserved), capability: CustomClaims),
    lint!("unbounded-groups-claim", Info, BrokenServer, Check::Org(unbounded), capability: CustomClaims),
    lint!("groups-filter-as-text", Error, BrokenServer, Check::Org(filter_as_text), capability: CustomClaims),
    lint!(
        "claim-expression-dialect", Error, WrongServer, Check::Org(dialect),
        capability: FederatedClaims
    ),
];

/// Each active claim of one's own on a server that takes part.
fn own_claims<'a>(cx: &Cx<'a>) -> impl Iterator<Item = (&'a Server, &'a Claim)> + use<'a> {
    let servers = cx.org.servers.items.iter().filter(|it| !it.status.is_inactive());
    servers.flat_map(|server| {
        let own = |it: &&Claim| !it.status.is_inactive() && it.system.known() == Some(&false);
        server.claims.items.iter().filter(own).map(move |claim| (server, claim))
    })
}

fn title(claim: &Claim) -> &str {
    claim.name.known().map_or(&claim.entry.resource, |it| it)
}

/// A claim whose scopes no rule hands out, or an ID token's where no user comes.
fn never_emitted(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (id, rules) in reach.by_server() {
        let server = org.server(id);
        let Some(certainty) = rules_absence(server) else { continue };
        let users: Vec<_> = rules.iter().filter(|it| !is_for_machines(it.rule)).copied().collect();
        let own = |it: &&Claim| !it.status.is_inactive() && it.system.known() == Some(&false);
        for claim in server.claims.items.iter().filter(own) {
            let of_users = claim.claim_type.known() == Some(&ClaimType::Identity);
            if of_users && users.is_empty() {
                report_no_id_token(cx, certainty, server, claim, rules[0]);
            } else if let Some(scopes) = withheld(claim, if of_users { &users } else { rules }) {
                // Whether a rule has to list the scopes of OpenID Connect, Okta's pages do not agree.
                let is_oidc = |(name, _): (&String, Place)| ScopeKind::of(name) == ScopeKind::Oidc;
                let settled = !claim.scopes.known_items().any(is_oidc);
                let certainty = certainty.min(Certainty::definite_if(settled));
                let told = claim.scopes.known_items().any(|it| is_told_missing(server, it.0));
                let unfinished = certainty == Possible && rules.iter().any(|it| lists_no_scope(it.rule));
                if told || unfinished {
                    continue;
                }
                report_withheld(cx, certainty, server, claim, &scopes);
            }
        }
    }
}

/// The scopes of a claim, if no rule hands out any of them.
fn withheld(claim: &Claim, rules: &[LiveRule<'_>]) -> Option<Vec<Place>> {
    let scopes = claim.scopes.all_known().filter(|it| !it.is_empty())?;
    let nowhere = |name: &&String| rules.iter().all(|it| admits_scope(it.rule, name) == Answer::No);
    let none = scopes.iter().all(nowhere);
    none.then(|| claim.scopes.known_items().map(|(_, at)| at).collect())
}

fn report_withheld(cx: &mut Cx<'_>, certainty: Certainty, server: &Server, claim: &Claim, scopes: &[Place]) {
    let whose = match claim.claim_type.known() {
        Some(ClaimType::Identity) => "rule for users",
        _ => "rule",
    };
    let message = format!(
        "claim `{}` of server `{}` is in no token: no {whose} hands out a scope that releases it",
        title(claim),
        server.title()
    );
    let mut report = cx.report(certainty, claim.entry.at, "never in a token", message);
    for at in scopes {
        report = report.label(*at, format!("in no {whose}"));
    }
    report
        .help(format!(
            "list one of these scopes in a {whose}, or empty the claim's list of scopes: it is then in any token"
        ))
        .on(&claim.entry);
}

fn report_no_id_token(
    cx: &mut Cx<'_>,
    certainty: Certainty,
    server: &Server,
    claim: &Claim,
    rule: LiveRule<'_>,
) {
    let message = format!(
        "claim `{}` is for ID tokens, of which server `{}` issues none",
        title(claim),
        server.title()
    );
    cx.report(certainty, claim.claim_type.at, "in ID tokens only", message)
        .label(rule.rule.grant_types.at, "client credentials give none")
        .help("set its type to RESOURCE for access tokens, or remove it")
        .on(&claim.entry);
}

/// Names that both kinds of token, or access tokens, have by themselves, and no
/// page of Okta's uses otherwise (support article "List of reserved claim names").
const RESERVED: [&str; 9] = ["iss", "jti", "ver", "token_type", "exp", "iat", "cid", "uid", "scp"];

/// Names of the same article for access tokens, without those that guides of
/// Okta's give to claims: `groups`, `scope`.
const RESERVED_IN_ACCESS: [&str; 6] = ["acr", "amr", "as_uri", "rpt", "rsi", "username"];

/// And for ID tokens.
const RESERVED_IN_ID: [&str; 21] = [
    "aid",
    "app_id",
    "app_type",
    "at_hash",
    "aud",
    "auth_time",
    "c_hash",
    "client_id",
    "client_ip",
    "cnf",
    "did",
    "dst",
    "idp",
    "idp_iss",
    "mac_key",
    "may_act",
    "nonce",
    "oid",
    "orig",
    "sid",
    "user_ip",
];

/// A claim under a name that Okta keeps for itself.
fn reserved(cx: &mut Cx<'_>) {
    for (_, claim) in own_claims(cx) {
        let Some(name) = claim.name.known().map(String::as_str) else { continue };
        let (certainty, token) = match claim.claim_type.known() {
            _ if RESERVED.contains(&name) => (Definite, "every token"),
            Some(ClaimType::Resource) if RESERVED_IN_ACCESS.contains(&name) => (Possible, "access tokens"),
            Some(ClaimType::Identity) if RESERVED_IN_ID.contains(&name) => (Possible, "ID tokens"),
            _ => continue,
        };
        let message = format!("claim `{name}` has a name that Okta keeps for itself in {token}");
        cx.report(certainty, claim.name.at, "reserved", message)
            .help(format!("give the claim another name, such as `app_{name}`, and read that one in the API"))
            .on(&claim.entry);
    }
    second_sub(cx);
}

/// A `sub` that is made where Okta has made one. An imported one looks the same
/// until a state holds it; generators write Okta's own value.
fn second_sub(cx: &mut Cx<'_>) {
    let servers = cx.org.servers.items.iter().filter(|it| !it.status.is_inactive());
    for claim in servers.flat_map(|it| &it.claims.items).filter(|it| !it.status.is_inactive()) {
        let is_made = claim.entry.resource.contains("okta_auth_server_claim.") && claim.id.known().is_none();
        let is_sub = claim.name.known().is_some_and(|it| it == "sub");
        let is_access = claim.claim_type.known() == Some(&ClaimType::Resource);
        if !(is_made && is_sub && is_access && is_other_sub(claim)) {
            continue;
        }
        let message = "claim `sub` of access tokens is there already on each server, made by Okta".to_owned();
        cx.report(Possible, claim.name.at, "a second one is refused", message)
            .label(claim.value.at, "the value it is to have")
            .help(
                "set the value with `okta_auth_server_claim_default`, which edits the one that is there; if this \
                 one was imported, all is well",
            )
            .on(&claim.entry);
    }
}

/// A filter that lets every group in.
fn unbounded(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (_, claim) in own_claims(cx) {
        if claim.value_type.known() != Some(&ValueType::Groups) {
            continue;
        }
        let Some((at, label)) = lets_all_in(&claim.filter, &claim.value) else { continue };
        report_unbounded(cx, at, label, title(claim), &claim.entry);
    }
    for app in org.apps.items.iter().filter(|it| !it.status.is_inactive()) {
        let Some(claim) = app.groups_claim.known() else { continue };
        if claim.value_type.known() != Some(&ValueType::Groups) {
            continue;
        }
        let Some((at, label)) = lets_all_in(&claim.filter, &claim.value) else { continue };
        report_unbounded(cx, at, label, claim.name.known().map_or("groups", |it| it), &app.entry);
    }
}

/// Where a filter of groups lets all of them in.
fn lets_all_in(filter: &Setting<GroupFilter>, value: &Setting<String>) -> Option<(Place, &'static str)> {
    let text = value.known()?.trim();
    let all = match filter.known()? {
        GroupFilter::Regex => matches!(text, ".*" | "^.*" | ".*$" | "^.*$" | ".+" | "^.+$" | "(.*)"),
        GroupFilter::StartsWith | GroupFilter::Contains => text.is_empty(),
        GroupFilter::Equals => false,
    };
    all.then_some((value.at, "fits every group"))
}

fn report_unbounded(cx: &mut Cx<'_>, at: Place, label: &str, claim: &str, entry: &Entry) {
    let message = format!("claim `{claim}` holds every group of a user");
    cx.report(Possible, at, label, message)
        .help(
            "filter by a prefix that the app's groups share: above 100 groups the request for a token fails, \
             and each app reads the names of all groups",
        )
        .on(entry);
}

/// The words of the Admin Console's filter, pasted as its value.
fn filter_as_text(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (_, claim) in own_claims(cx) {
        if claim.value_type.known() == Some(&ValueType::Groups) {
            report_words(cx, title(claim), &claim.value, &claim.filter, &claim.entry);
        }
    }
    for app in org.apps.items.iter().filter(|it| !it.status.is_inactive()) {
        let Some(claim) = app.groups_claim.known() else { continue };
        if claim.value_type.known() == Some(&ValueType::Groups) {
            let name = claim.name.known().map_or("groups", |it| it);
            report_words(cx, name, &claim.value, &claim.filter, &app.entry);
        }
    }
}

fn report_words(
    cx: &mut Cx<'_>,
    claim: &str,
    value: &Setting<String>,
    filter: &Setting<GroupFilter>,
    entry: &Entry,
) {
    let Some(text) = value.known() else { return };
    let (certainty, label, message) = if let Some((words, kind)) = words_of_a_filter(text) {
        // A group may be called "Contains PII".
        let other = filter.known().is_some_and(|it| *it != kind);
        let message = format!("claim `{claim}` filters groups by the words \"{words}\"");
        (Certainty::definite_if(!other), "the words of a filter", message)
    } else if text == "*" && filter.known() == Some(&GroupFilter::Regex) {
        let message = format!("claim `{claim}` filters groups by `*`, which is no regular expression");
        (Definite, "no regular expression", message)
    } else {
        return;
    };
    cx.report(certainty, value.at, label, message)
        .help(
            "write the pattern alone, such as `warehouse-`, and the kind of filter by itself: STARTS_WITH, \
             EQUALS, CONTAINS or REGEX",
        )
        .on(entry);
}

/// The words of a filter at the start of a value, as the Admin Console shows it,
/// and the kind of filter that they stand for.
fn words_of_a_filter(text: &str) -> Option<(&'static str, GroupFilter)> {
    let text = text.trim().to_lowercase().replace('_', " ");
    let text = text.strip_prefix("groups:").unwrap_or(&text).trim_start();
    WORDS.into_iter().find(|it| text.strip_prefix(it.0).is_some_and(|it| it.starts_with([' ', ':'])))
}

/// How the Admin Console says kinds of filter.
const WORDS: [(&str, GroupFilter); 4] = [
    ("matches regex", GroupFilter::Regex),
    ("starts with", GroupFilter::StartsWith),
    ("contains", GroupFilter::Contains),
    ("equals", GroupFilter::Equals),
];

/// An expression that only federated claims understand.
fn dialect(cx: &mut Cx<'_>) {
    for (_, claim) in own_claims(cx) {
        if claim.value_type.known().is_some_and(|it| *it != ValueType::Expression) {
            continue;
        }
        let Some(text) = claim.value.known() else { continue };
        let (certainty, what) = match () {
            () if text.contains("appuser.entitlements") => (Definite, "appuser.entitlements"),
            () if text.contains("device.profile.") => (Possible, "device.profile"),
            () if text.contains("user.profile.") => (Possible, "user.profile"),
            () => continue,
        };
        let message = format!("claim `{}` uses `{what}`, which claims of a server do not have", title(claim));
        cx.report(certainty, claim.value.at, "of federated claims only", message)
            .help(match what {
                "user.profile" => "write `user.department` for `user.profile.department`: the expressions of a \
                                   server's claims have attributes at once",
                "device.profile" => "leave it out: the expressions of a server's claims do not see the device",
                _ => "make it a federated claim of the app, which reaches ID tokens, or keep what is needed in a \
                      profile attribute and use `appuser.`",
            })
            .on(&claim.entry);
    }
}
