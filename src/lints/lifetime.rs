//! Lifetimes of tokens: refused, or very long.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{ApplicationType, GrantType, Member, Place, RefreshTokenRotation, Rule, Setting};
use crate::needs::{Answer, LiveRule, Naming, admits_grant, admits_scope, any_scope, naming};

pub(super) const LINTS: &[Lint] = &[
    lint!("lifetime-out-of-range", Error, BrokenServer, Check::Org(range), capability: TokenLifetimes),
    lint!("long-lived-token", Warning, BrokenServer, Check::Org(long), capability: TokenLifetimes),
];

/// The lifetimes of access tokens that Okta takes, in minutes: five minutes to
/// a day (Management API, `accessTokenLifetimeMinutes`).
const ACCESS: std::ops::RangeInclusive<i64> = 5..=1_440;

/// The idle windows of refresh tokens that Okta takes, in minutes: up to five
/// years. The API's reference says ten at least, the provider's five.
const WINDOW: std::ops::RangeInclusive<i64> = 10..=2_628_000;
const PROVIDER_WINDOW: i64 = 5;

/// Okta's defaults, in minutes.
const DEFAULT_ACCESS: i64 = 60;
const DEFAULT_WINDOW: i64 = 10_080;

/// From here on an access token that needs no user, or has any scope, is long: half a day.
const LONG: i64 = 720;

/// Lifetimes that Okta refuses.
fn range(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    // The provider compares the lifetimes; the API is not known to.
    let compared = if org.origin.root > 0 { Definite } else { Possible };
    for live in reach.rules() {
        let found = outside(live.rule).or_else(|| out_of_order(live.rule, compared));
        let Some(Violation { certainty, value, label, why, help }) = found else { continue };
        let message = format!("rule `{}` sets {why}", live.rule.title());
        cx.report(certainty, value.at, label, message).help(help).on(&live.rule.entry);
    }
}

/// A lifetime that is refused.
struct Violation<'a> {
    certainty: Certainty,
    value: &'a Setting<i64>,
    label: String,
    why: String,
    help: &'static str,
}

/// A lifetime that Okta's range does not hold.
fn outside(rule: &Rule) -> Option<Violation<'_>> {
    let refused = |value, what: &str, minutes: i64, help| Violation {
        certainty: Definite,
        value,
        label: format!("{minutes} minutes"),
        why: format!("{what} that Okta refuses: {minutes} minutes"),
        help,
    };
    let access = &rule.access_token_lifetime;
    if let Some(&minutes) = access.known().filter(|it| !ACCESS.contains(it)) {
        let help = "write 5 to 1440 minutes: a day at most";
        return Some(refused(access, "a lifetime of access tokens", minutes, help));
    }
    let refresh = &rule.refresh_token_lifetime;
    if let Some(&minutes) = refresh.known().filter(|it| **it < 0) {
        let help = "write 0 for unlimited, or at least the lifetime of access tokens";
        return Some(refused(refresh, "a lifetime of refresh tokens", minutes, help));
    }
    let window = &rule.refresh_token_window;
    let &minutes = window.known().filter(|it| !WINDOW.contains(it))?;
    let help = "write 10 to 2628000 minutes: five years at most";
    let violation = refused(window, "an idle window of refresh tokens", minutes, help);
    let accepted_by_one = (PROVIDER_WINDOW..*WINDOW.start()).contains(&minutes);
    Some(Violation { certainty: if accepted_by_one { Possible } else { Definite }, ..violation })
}

/// Lifetimes that contradict each other, where refresh tokens expire.
fn out_of_order(rule: &Rule, compared: Certainty) -> Option<Violation<'_>> {
    let value = &rule.refresh_token_lifetime;
    let refresh = *value.known().filter(|it| **it > 0)?;
    let access = rule.access_token_lifetime.or_default(DEFAULT_ACCESS)?;
    if refresh < access {
        return Some(Violation {
            certainty: Definite,
            value,
            label: format!("{refresh} minutes"),
            why: format!("refresh tokens that end before access tokens: {refresh} and {access} minutes"),
            help: "let refresh tokens live at least as long as access tokens, or write 0 for unlimited",
        });
    }
    let window = rule.refresh_token_window.or_default(DEFAULT_WINDOW)?;
    let why = match () {
        () if window < access => format!("shorter than access tokens of {access}"),
        () if window > refresh => format!("longer than refresh tokens of {refresh}"),
        () => return None,
    };
    // Whose default does not fit has to be written.
    let (value, label) = if rule.refresh_token_window.is_unset() {
        (value, format!("the idle window is {window} by default"))
    } else {
        (&rule.refresh_token_window, format!("{window} minutes"))
    };
    Some(Violation {
        certainty: compared,
        value,
        label,
        why: format!("an idle window of {window} minutes, {why}"),
        help: "set `refresh_token_window_minutes`, in the API `refreshTokenWindowMinutes`, to a value from the \
               lifetime of access tokens up to that of refresh tokens",
    })
}

/// Tokens that live long where that is dangerous.
fn long(cx: &mut Cx<'_>) {
    let reach = cx.reach;
    for live in reach.rules() {
        long_access_token(cx, live);
        endless_refresh_token(cx, *live);
    }
}

fn long_access_token(cx: &mut Cx<'_>, live: &LiveRule<'_>) {
    let lifetime = &live.rule.access_token_lifetime;
    let Some(minutes) = lifetime.known().filter(|it| **it >= LONG && ACCESS.contains(it)) else { return };
    let machine = live.rule.grant_types.place_of(&GrantType::ClientCredentials);
    let (at, label, whose) = match (machine, any_scope(live.rule)) {
        (Some(at), _) => (at, "issued without a user", "tokens without a user"),
        (None, Some(at)) => (at, "with any scope", "tokens with any scope"),
        (None, None) => return,
    };
    let message =
        format!("rule `{}` issues {whose} that are good for {} hours", live.rule.title(), minutes / 60);
    cx.report(Definite, lifetime.at, format!("{minutes} minutes"), message)
        .label(at, label)
        .help(
            "shorten it: an API that checks tokens by itself takes a stolen one until it expires, and \
             revoking it changes nothing",
        )
        .on(&live.rule.entry);
}

/// Refresh tokens without an end for an app in the browser.
fn endless_refresh_token(cx: &mut Cx<'_>, live: LiveRule<'_>) {
    let lifetime = &live.rule.refresh_token_lifetime;
    if lifetime.or_default(0) != Some(0) || admits_scope(live.rule, "offline_access") != Answer::Yes {
        return;
    }
    if admits_grant(live.rule, &GrantType::AuthorizationCode) != Answer::Yes {
        return;
    }
    let Some((title, at, named)) = browser_app(cx, live) else { return };
    // An answer always has the 0, whoever chose it.
    let certainty = Certainty::definite_if(!lifetime.is_unset() && cx.org.origin.root > 0);
    let label = if lifetime.is_unset() { "unlimited by default" } else { "unlimited" };
    let message = format!(
        "rule `{}` gives browser app `{title}` refresh tokens that are good as long as they are used",
        live.rule.title()
    );
    cx.report(certainty, lifetime.at, label, message)
        .label(at, "runs in the browser")
        .label(named, "named here")
        .help(
            "set `refresh_token_lifetime_minutes`, in the API `refreshTokenLifetimeMinutes`, to such as 43200, no \
             shorter than the idle window; or rotate the refresh tokens of the app",
        )
        .on(&live.rule.entry);
}

/// An app in the browser that redeems refresh tokens, the same one each time, and
/// that the policy names.
fn browser_app<'a>(cx: &Cx<'a>, live: LiveRule<'_>) -> Option<(&'a str, Place, Place)> {
    let org = cx.org;
    let members = live.policy.clients.known()?;
    members.iter().find_map(|member| {
        let Member::Client(reference) = member else { return None };
        let id = reference.found()?;
        let app = org.app(id);
        let client = app.client.as_ref().filter(|_| !app.status.is_inactive())?;
        client.grant_types.place_of(&GrantType::RefreshToken)?;
        let rotates = client.refresh_token_rotation.known() == Some(&RefreshTokenRotation::Rotate);
        let browser = client.application_type.known() == Some(&ApplicationType::Browser) && !rotates;
        let Naming::ByName(named) = naming(live.policy, id) else { return None };
        browser.then(|| (app.title(), client.application_type.at, named))
    })
}
