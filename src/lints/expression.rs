//! Expressions of claims: what they name, and whether it is there.

use crate::finding::Certainty::Possible;
use crate::lint::{Check, Cx, Lint, lint, suggest};
use crate::model::{Claim, ClaimType, GrantType, Server, ValueType};
use crate::needs::{Answer, LiveRule, admits_scope, is_for_machines, machine_of};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "unknown-expression-object", Info, BrokenServer, Check::Org(unknown_object),
        capability: CustomClaims
    ),
    lint!("user-expression-for-m2m", Info, Client, Check::Org(user_for_machines), capability: MachineToMachine),
];

/// What an expression of a server's claim may start with: the objects, and the
/// classes of functions (Okta: "Okta Expression Language").
const OBJECTS: [&str; 14] = [
    "user",
    "appuser",
    "app",
    "org",
    "access",
    "session",
    "idpuser",
    "String",
    "Arrays",
    "Convert",
    "Iso3166Convert",
    "Groups",
    "Time",
    "Manager",
];

/// Objects of the other dialect, which another lint knows.
const OTHER_DIALECT: [&str; 2] = ["device", "security"];

/// The active claims of one's own that an expression makes.
fn expressions(server: &Server) -> impl Iterator<Item = (&Claim, &str)> {
    let active = server.claims.items.iter().filter(|it| !it.status.is_inactive());
    active
        .filter(|it| it.system.known() == Some(&false))
        .filter(|it| it.value_type.or_default(ValueType::Expression) == Some(ValueType::Expression))
        .filter_map(|it| Some((it, it.value.known()?.as_str())))
}

/// An expression about something that Okta does not know.
fn unknown_object(cx: &mut Cx<'_>) {
    let org = cx.org;
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        for (claim, text) in expressions(server) {
            let is_known = |it: &&str| OBJECTS.contains(it) || OTHER_DIALECT.contains(it);
            let Some(unknown) = objects(text).into_iter().find(|it| !is_known(it)) else { continue };
            let title = claim.name.known().map_or(claim.entry.resource.as_str(), |it| it);
            let message =
                format!("the expression of claim `{title}` asks `{unknown}`, which is no object of Okta's");
            let near = suggest(unknown, OBJECTS.into_iter());
            cx.report(Possible, claim.value.at, "of an object that is not known", message)
                .help(format!(
                    "{}{} in the claims of a server an app is not named: its attributes are those of `appuser`",
                    near,
                    if near.ends_with('?') { "" } else { ";" },
                ))
                .on(&claim.entry);
        }
    }
}

/// What stands before the first dot of each path of an expression.
fn objects(text: &str) -> Vec<&str> {
    let mut objects = Vec::new();
    let mut quote = None;
    let mut start = None;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None if character.is_alphanumeric() || character == '_' => {
                if start.is_none() && before != '.' && !before.is_alphanumeric() && before != '_' {
                    start = Some(at);
                }
            }
            None => {
                let word = start.take().map(|from| &text[from..at]).filter(|_| character == '.');
                objects.extend(word.filter(|it| it.starts_with(|it: char| it.is_alphabetic())));
            }
        }
        before = character;
    }
    objects
}

/// An attribute of a user, where no user comes.
fn user_for_machines(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (id, rules) in reach.by_server() {
        let takes = |it: &&LiveRule<'_>| {
            let grant = it.rule.grant_types.place_of(&GrantType::ClientCredentials);
            is_for_machines(it.rule) || (grant.is_some() && machine_of(org, it.policy).is_some())
        };
        let Some(machines) = rules.iter().find(takes) else { continue };
        let found: Vec<&Claim> = expressions(org.server(id))
            .filter(|(claim, text)| is_of_user(text) && emits(machines, claim))
            .map(|(claim, _)| claim)
            .collect();
        let Some((first, rest)) = found.split_first() else { continue };
        let server = org.server(id);
        let message = format!(
            "a claim of server `{}` is about the user, and client credentials come without one",
            server.title()
        );
        let mut report = cx.report(Possible, first.value.at, "of a user", message);
        for claim in rest {
            report = report.label(claim.value.at, "and this");
        }
        report
            .label(machines.rule.grant_types.at, "comes without a user")
            .help(
                "write what a machine gets, as Okta does for `sub`: `(user != null) ? user.department : \"\"`; or \
                 release the claim by a scope that machines do not ask for",
            )
            .on(&first.entry);
    }
}

/// Whether an expression reads the user and never asks whether there is one.
fn is_of_user(text: &str) -> bool {
    objects(text).iter().any(|it| ["user", "appuser"].contains(it)) && !text.contains("null")
}

/// Whether a rule gives out access tokens with a claim.
fn emits(live: &LiveRule<'_>, claim: &Claim) -> bool {
    if claim.claim_type.known() != Some(&ClaimType::Resource) {
        return false;
    }
    let any = claim.scopes.is_unset() || claim.scopes.known().is_some_and(Vec::is_empty);
    any || claim.scopes.known_items().any(|(name, _)| admits_scope(live.rule, name) == Answer::Yes)
}

#[cfg(test)]
mod tests {
    use super::objects;

    #[test]
    fn objects_stand_before_the_first_dot() {
        for (text, found) in [
            ("user.department", vec!["user"]),
            ("String.toUpperCase(user.city)", vec!["String", "user"]),
            ("(appuser != null) ? appuser.userName : app.clientId", vec!["appuser", "app"]),
            ("users.email + '@example.com'", vec!["users"]),
            ("\"a.b\" + user.email", vec!["user"]),
            ("user.address.city", vec!["user"]),
            ("getFilteredGroups({\"00g.x\"}, \"group.name\", 100)", vec![]),
            ("1.5", vec![]),
            ("hasDirectoryUser()", vec![]),
        ] {
            assert_eq!(objects(text), found, "{text}");
        }
    }
}
