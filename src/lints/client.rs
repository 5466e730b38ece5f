//! Grants and secrets that a client should not have, and keys that it lacks.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{
    ApplicationType, AuthMethod, Client, GrantType, LoginMode, Place, RefreshTokenRotation, Setting, State,
};
use crate::needs::LiveRule;

pub(super) const LINTS: &[Lint] = &[
    lint!("implicit-grant", Warning, Client, Check::Org(implicit)),
    lint!("password-grant", Warning, Client, Check::Org(password)),
    lint!("public-client-without-pkce", Error, Client, Check::Org(without_pkce)),
    lint!("secret-in-public-client", Warning, Client, Check::Org(secret)),
    lint!("key-auth-without-key", Error, WrongServer, Check::Org(without_key)),
    lint!("unrotated-browser-refresh-token", Warning, BrokenServer, Check::Org(unrotated)),
    lint!("idp-initiated-without-grant", Error, Client, Check::Org(idp_initiated)),
];

/// Access tokens in the address bar.
fn implicit(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let Some(at) = client.grant_types.place_of(&GrantType::Implicit) else { continue };
        let token = "token".to_owned();
        // Without it the grant gives an ID token only, which is another matter.
        if client.response_types.lacks(&token) {
            continue;
        }
        let gives = client.response_types.place_of(&token);
        let certainty = Certainty::definite_if(gives.is_some());
        let message = format!("client `{}` gets access tokens by the implicit grant", app.title());
        cx.report(certainty, at, "the token comes in the URL", message)
            .label_if(gives, "an access token")
            .help(
                "use `authorization_code` with PKCE, and remove `implicit` and the response type `token`: a \
                 token in a URL ends in browser histories, logs and referrers",
            )
            .on(&app.entry);
    }
    in_rules(cx, &GrantType::Implicit, |rule| {
        (
            format!("rule `{rule}` lets any client have access tokens by the implicit grant"),
            "remove `implicit` from the rule, or name the clients that cannot do without it in a policy of \
             their own",
        )
    });
}

/// Passwords that an app sees.
fn password(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let Some(at) = client.grant_types.place_of(&GrantType::Password) else { continue };
        let message = format!("client `{}` takes the passwords of its users", app.title());
        cx.report(Definite, at, "no second factor, no single sign-on", message)
            .help(
                "use `authorization_code` with PKCE, so that only Okta sees the password; what runs without a \
                 user is a `service` app of its own",
            )
            .on(&app.entry);
    }
    in_rules(cx, &GrantType::Password, |rule| {
        (
            format!("rule `{rule}` lets any client trade passwords for tokens"),
            "remove `password` from the rule, or name the clients that cannot do without it in a policy of \
             their own",
        )
    });
}

/// A grant that a rule offers to all clients. Of a policy that names its
/// clients, their own grants tell.
fn in_rules(cx: &mut Cx<'_>, grant: &GrantType, words: fn(&str) -> (String, &'static str)) {
    let reach = cx.reach;
    for LiveRule { policy, rule, .. } in reach.rules().copied() {
        let (Some(at), Some(all)) = (rule.grant_types.place_of(grant), policy.all_clients()) else {
            continue;
        };
        // The policy that Okta made is nobody's decision.
        let certainty = Certainty::definite_if(policy.system.known() == Some(&false));
        let (message, help) = words(rule.title());
        cx.report(certainty, at, "this grant", message)
            .label(all, "to every client")
            .help(help)
            .on(&rule.entry);
    }
}

/// A public client whose code anybody may redeem.
fn without_pkce(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let is_public = client.token_endpoint_auth_method.known() == Some(&AuthMethod::None);
        // Without codes there is nothing to redeem.
        let has_codes = !client.grant_types.lacks(&GrantType::AuthorizationCode);
        if !is_public || !has_codes || client.pkce_required.known() != Some(&false) {
            continue;
        }
        let message = format!("client `{}` has no secret and needs no PKCE either", app.title());
        cx.report(Definite, client.pkce_required.at, "anybody may redeem its codes", message)
            .label(client.token_endpoint_auth_method.at, "a public client")
            .help("set `pkce_required` to true: Okta asks for it where the method is `none`")
            .on(&app.entry);
    }
}

/// A secret that everybody can read.
fn secret(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let kind = client.application_type.known();
        let Some(kind) = kind.filter(|it| matches!(it, ApplicationType::Browser | ApplicationType::Native))
        else {
            continue;
        };
        let method = &client.token_endpoint_auth_method;
        let Some(AuthMethod::Secret(name)) = method.or_default(AuthMethod::DEFAULT) else { continue };
        let label = if method.is_unset() { format!("`{name}` by default") } else { "a secret".to_owned() };
        // An answer that leaves the method out is cut; the provider fills in its default.
        let certainty = Certainty::definite_if(!method.is_unset() || org.origin.root > 0);
        let message = format!("the secret of client `{}` is no secret: everybody has the app", app.title());
        cx.report(certainty, method.at, label, message)
            .label(client.application_type.at, format!("a `{}` app runs at its users'", kind.name()))
            .help("set `token_endpoint_auth_method` to `none` and `pkce_required` to true")
            .on(&app.entry);
    }
}

/// `private_key_jwt` and no public key to check with.
fn without_key(cx: &mut Cx<'_>) {
    let org = cx.org;
    // The provider wants one of the two; an answer leaves out what is empty.
    let required = org.origin.root > 0;
    for (app, client) in org.own_clients() {
        let method = &client.token_endpoint_auth_method;
        if method.known() != Some(&AuthMethod::PrivateKeyJwt) || !client.jwks_uri.is_unset() {
            continue;
        }
        let Some(inactive) = unusable(client) else { continue };
        // Without an id it is a request, whose keys may be filled in before it is sent.
        let answered = app.id.known().is_some() && !client.keys.is_unset();
        let certainty = Certainty::definite_if(required || answered);
        let message = format!("client `{}` signs with a key that Okta does not know", app.title());
        let mut report = cx.report(certainty, method.at, "no active public key is registered", message);
        for at in inactive {
            report = report.label(at, "inactive");
        }
        report
            .help("register the public key: list it under `jwks`, or give the address of a key set as `jwks_uri`")
            .on(&app.entry);
    }
}

/// The keys of a client, if it certainly has no active one.
fn unusable(client: &Client) -> Option<Vec<Place>> {
    match &client.keys.state {
        State::Unset => Some(Vec::new()),
        State::Known(keys) => {
            let is_off = |it: &Setting<_>| it.known() == Some(&crate::model::Status::Inactive);
            keys.iter().all(is_off).then(|| keys.iter().map(|it| it.at).collect())
        }
        State::Unknown(_) => None,
    }
}

/// A refresh token that stays the same, in a browser.
fn unrotated(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let is_browser = client.application_type.known() == Some(&ApplicationType::Browser);
        let Some(grant) = client.grant_types.place_of(&GrantType::RefreshToken).filter(|_| is_browser) else {
            continue;
        };
        let rotation = &client.refresh_token_rotation;
        let (certainty, label) = match &rotation.state {
            State::Known(RefreshTokenRotation::Static) => (Definite, "the same token each time"),
            State::Unset => (Possible, "rotation is off by default"),
            State::Known(_) | State::Unknown(_) => continue,
        };
        let message = format!("client `{}` keeps one refresh token in the browser", app.title());
        cx.report(certainty, rotation.at, label, message)
            .label(grant, "gives refresh tokens")
            .help(
                "rotate it: `refresh_token_rotation = \"ROTATE\"`, in the API `rotation_type`; a stolen token \
                 is then noticed at its second use",
            )
            .on(&app.entry);
    }
}

/// Sign-in that starts at Okta, for a client that cannot take part.
fn idp_initiated(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let mode = &client.idp_initiated_login.mode;
        let name = match mode.known() {
            Some(LoginMode::Spec) => "SPEC",
            Some(LoginMode::Okta) => "OKTA",
            Some(LoginMode::Disabled) | None => continue,
        };
        if let Some((at, why, help)) = cannot_start(client) {
            let message = format!("client `{}` is to start sign-in from Okta (`{name}`) {why}", app.title());
            cx.report(Definite, mode.at, "sign-in that starts at Okta", message)
                .label_if(at, "none of the grants it takes")
                .help(help)
                .on(&app.entry);
        }
    }
}

type Missing = (Option<Place>, &'static str, &'static str);

/// What sign-in from Okta lacks.
fn cannot_start(client: &Client) -> Option<Missing> {
    let code = GrantType::Other("interaction_code".to_owned());
    let grants = [GrantType::AuthorizationCode, GrantType::Implicit, code];
    if grants.iter().all(|it| client.grant_types.lacks(it)) {
        let help = "give it `authorization_code`, or switch the mode off: DISABLED";
        return Some((Some(client.grant_types.at), "without a grant for it", help));
    }
    if client.initiate_login_uri.is_unset() {
        let help = "give the address that starts the sign-in: `login_uri`, in the API `initiate_login_uri`; or \
            switch the mode off: DISABLED";
        return Some((None, "without an address to start at", help));
    }
    None
}
