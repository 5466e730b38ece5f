//! What a rule admits: the one place that evaluates access rules as Okta does.
//!
//! Okta tries the active policies of a server by priority, and of each that
//! takes the client in its active rules by priority. The first rule that fits
//! the grant, the person and *all* requested scopes decides; scopes are never
//! trimmed. Client credentials have no person. An exclusion is ignored where
//! everyone is included. (Okta: "API access management", "Policies",
//! "Configure an access policy".)

use crate::model::{GrantType, GroupRef, Member, Org, Place, Policy, Rule, State};

use super::reach::LiveRule;

/// An answer about a rule whose conditions may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Certainly not.
    No,
    /// It turns on something that is not known.
    Maybe,
    /// Certainly.
    Yes,
}

impl Answer {
    /// Both; `and` of three values.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

/// Whether a rule admits a grant type.
pub fn admits_grant(rule: &Rule, grant: &GrantType) -> Answer {
    match rule.grant_types.place_of(grant) {
        Some(_) => Answer::Yes,
        None if rule.grant_types.lacks(grant) => Answer::No,
        None => Answer::Maybe,
    }
}

/// Whether a rule hands out a scope: by name, or as any.
pub fn admits_scope(rule: &Rule, scope: &str) -> Answer {
    if rule.scopes.known_items().any(|(name, _)| name == scope || name == "*") {
        return Answer::Yes;
    }
    if rule.scopes.all_known().is_some() { Answer::No } else { Answer::Maybe }
}

/// Whether a rule certainly lists no scope: a finding of its own, and what follows
/// from it is none.
pub fn lists_no_scope(rule: &Rule) -> bool {
    rule.scopes.known().is_some_and(Vec::is_empty)
}

/// Where a rule admits any scope.
pub fn any_scope(rule: &Rule) -> Option<Place> {
    rule.scopes.place_of(&"*".to_owned())
}

/// Whether client credentials are all that a rule is for.
pub fn is_for_machines(rule: &Rule) -> bool {
    rule.grant_types.all_known().is_some_and(|it| it == [&GrantType::ClientCredentials])
}

/// Where an active client that a policy names has client credentials: one that is
/// certain, if there is any.
pub fn machine_of(org: &Org, policy: &Policy) -> Option<Place> {
    let active = policy.named().map(|id| org.app(id)).filter(|it| !it.status.is_inactive());
    let clients = active.filter_map(|it| it.client.as_deref());
    let grants = clients.filter_map(|it| it.grant_types.place_of(&GrantType::ClientCredentials));
    grants.min_by_key(|it| org.is_doubtful(*it))
}

/// Where a rule includes everyone.
pub fn everyone(rule: &Rule) -> Option<Place> {
    rule.people.groups.known()?.iter().find_map(|it| match it {
        GroupRef::Everyone(at) => Some(*at),
        GroupRef::Other(..) | GroupRef::Id(..) | GroupRef::Unknown(_) => None,
    })
}

/// Whether each request that `later` admits fits `earlier` as well, which is
/// tried before it: `later` is then never reached.
///
/// A request that asks for all that `later` hands out has to fit one earlier
/// rule as a whole, so the comparison is rule by rule.
pub fn covers(org: &Org, earlier: LiveRule<'_>, later: LiveRule<'_>) -> bool {
    is_before(earlier, later)
        && covers_clients(org, earlier.policy, later.policy)
        && covers_grants(earlier.rule, later.rule)
        && covers_scopes(earlier.rule, later.rule)
        && covers_people(earlier.rule, later.rule)
}

/// Whether one rule is certainly tried before another of the same server.
pub fn is_before(earlier: LiveRule<'_>, later: LiveRule<'_>) -> bool {
    if earlier.server != later.server {
        return false;
    }
    let (a, b) = if std::ptr::eq(earlier.policy, later.policy) {
        (&earlier.rule.priority, &later.rule.priority)
    } else {
        (&earlier.policy.priority, &later.policy.priority)
    };
    matches!((a.known(), b.known()), (Some(a), Some(b)) if a < b)
}

fn covers_clients(org: &Org, earlier: &Policy, later: &Policy) -> bool {
    if std::ptr::eq(earlier, later) {
        return true;
    }
    let Some(members) = earlier.clients.known() else { return false };
    if earlier.all_clients().is_some() {
        return true;
    }
    // One that is named by another id is a mistake of its own, and takes nobody in.
    let right = |it: &Member| it.client().filter(|it| org.misnamed(it).is_none())?.found();
    let named: Vec<_> = members.iter().filter_map(right).collect();
    later.clients.known().is_some_and(|later| {
        !later.is_empty() && later.iter().all(|it| right(it).is_some_and(|it| named.contains(&it)))
    })
}

fn covers_grants(earlier: &Rule, later: &Rule) -> bool {
    later.grant_types.all_known().is_some_and(|grants| {
        !grants.is_empty() && grants.into_iter().all(|it| admits_grant(earlier, it) == Answer::Yes)
    })
}

fn covers_scopes(earlier: &Rule, later: &Rule) -> bool {
    if any_scope(earlier).is_some() {
        return true;
    }
    later.scopes.all_known().is_some_and(|scopes| {
        !scopes.is_empty() && scopes.into_iter().all(|it| admits_scope(earlier, it) == Answer::Yes)
    })
}

/// Everyone takes in anybody; people by group and by name compare only where
/// they are the same, for client credentials too: Okta's pages do not agree on
/// whether a rule with people takes those in. One without people does. That an
/// exclusion under Everyone is ignored is said in one place only, so a rule with
/// one covers nothing.
fn covers_people(earlier: &Rule, later: &Rule) -> bool {
    let excludes = |rule: &Rule| {
        [&rule.people.excluded_groups, &rule.people.excluded_users]
            .into_iter()
            .any(|it| it.known().is_some_and(|it| !it.is_empty()) || matches!(it.state, State::Unknown(_)))
    };
    if excludes(earlier) {
        return false;
    }
    if everyone(earlier).is_some() {
        return true;
    }
    match (people(earlier), people(later)) {
        (Some(earlier), _) if earlier.is_empty() => is_for_machines(later),
        (Some(earlier), Some(later)) => !later.is_empty() && later.iter().all(|it| earlier.contains(it)),
        _ => false,
    }
}

/// The groups and users of a rule, if all are known.
fn people(rule: &Rule) -> Option<Vec<String>> {
    let mut names = Vec::new();
    if !rule.people.groups.is_unset() {
        for group in rule.people.groups.known()? {
            match group {
                GroupRef::Other(_, name) | GroupRef::Id(_, name) => names.push(format!("group {name}")),
                GroupRef::Everyone(_) => names.push("everyone".to_owned()),
                GroupRef::Unknown(_) => return None,
            }
        }
    }
    if !rule.people.users.is_unset() {
        names.extend(rule.people.users.all_known()?.into_iter().map(|it| format!("user {it}")));
    }
    Some(names)
}
