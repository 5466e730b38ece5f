//! What a configuration needs, and who reaches which rules: the facts that the
//! lints rest on.

mod common;

#[path = "common/snippets.rs"]
mod snippets;

use okta_lint::model::{Id, Org};
use okta_lint::needs::{Naming, Needs, Reach, Subject};
use okta_lint::resolve;
use okta_lint::source::Sources;
use okta_lint::terraform::{self, Input, Language};
use snippets::{MACHINES, SERVER, USERS, app, job, policy, rule};

/// The org of a root.
fn org(body: &str) -> Org {
    let folder = common::folder(&[("main.tf", body)]);
    let sources = Sources::default();
    let file = sources.read(&folder.path().join("main.tf")).0;
    let loaded = terraform::load(&sources, &Input { files: &[(file, Language::Hcl)], ..Input::default() });
    let mut org = loaded.orgs.into_iter().next().unwrap_or_default();
    resolve::resolve(&mut org);
    org
}

/// The needs of apps, or of servers, as `CAPABILITY CERTAINTY: EVIDENCE`.
fn needs(body: &str, of_apps: bool) -> Vec<String> {
    needs_of(&org(body), of_apps)
}

fn needs_of(org: &Org, of_apps: bool) -> Vec<String> {
    let all = Needs::of(org, &Reach::new(org)).all;
    let wanted = all.iter().filter(|it| matches!(it.subject, Subject::Client(_)) == of_apps);
    let line = |it: &okta_lint::needs::Need| {
        let texts: Vec<&str> = it.evidence.iter().map(|it| it.text.as_ref()).collect();
        let certainty = format!("{:?}", it.certainty).to_lowercase();
        format!("{} {certainty}: {}", it.capability.name(), texts.join(", "))
    };
    wanted.map(line).collect()
}

const NONE: [&str; 0] = [];

/// What a client with these arguments shows beside signing users in.
fn of_client(arguments: &str, more: &str) -> Vec<String> {
    let mut found = needs(&format!("{}{more}", app("portal", arguments)), true);
    found.retain(|it| !it.starts_with("basic-sso"));
    found
}

#[test]
fn a_client_shows_what_it_has() {
    assert_eq!(needs(&app("portal", ""), true), ["basic-sso definite: signs users in"]);
    assert_eq!(needs(&app("portal", "  status = \"INACTIVE\""), true), NONE);
    assert_eq!(needs(&app("portal", "  count = var.n"), true), ["basic-sso possible: signs users in"]);
    let groups = "  groups_claim {\n    type = \"FILTER\"\n    filter_type = \"EQUALS\"\n    name = \"groups\"\n    value = \"a\"\n  }";
    assert_eq!(of_client(groups, ""), ["app-profile-claims definite: a groups claim of the app"]);
    let federated = "resource \"okta_app_federated_claim\" \"c\" {\n  app_id = okta_app_oauth.portal.id\n  name = \"role\"\n  expression = \"appuser.role\"\n}\n";
    assert_eq!(of_client("", federated), ["federated-claims definite: a federated claim"]);
    let consent = "  consent_method = \"REQUIRED\"\n  tos_uri = \"https://app.example.com/tos\"";
    assert_eq!(of_client(consent, ""), ["user-consent possible: asks users for consent"]);
    assert_eq!(of_client("  consent_method = \"TRUSTED\"", ""), NONE);
    let bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let kind =
        |kind: &str| format!("  type = \"{kind}\"\n  grant_types = [\"authorization_code\", \"{bearer}\"]");
    assert_eq!(of_client(&kind("web"), ""), ["jwt-bearer-grant possible: has the JWT bearer grant"]);
    assert_eq!(of_client(&kind("native"), ""), NONE, "a habit of the Admin Console");
    let only = format!("  type = \"web\"\n  grant_types = [\"{bearer}\"]");
    assert_eq!(needs(&app("portal", &only), true), ["jwt-bearer-grant possible: has the JWT bearer grant"]);
}

#[test]
fn scopes_that_are_granted_are_told_apart() {
    let granted = |scope: &str, arguments: &str| {
        of_client(
            "",
            &format!(
                "resource \"okta_app_oauth_api_scope\" \"g\" {{\n  app_id = okta_app_oauth.portal.id\n  issuer = \"https://acme.okta.com\"\n  scopes = [\"{scope}\"]\n{arguments}\n}}\n"
            ),
        )
    };
    let okta = ["okta-api-scopes definite: a granted scope of Okta's APIs"];
    assert_eq!(granted("okta.users.read", ""), okta);
    assert_eq!(granted("ssf.manage", ""), okta);
    assert_eq!(
        granted("okta.myAccount.email.read", ""),
        ["my-account-scopes definite: a granted scope of Okta's APIs"]
    );
    assert_eq!(granted("orders:read", ""), NONE);
}

const KEYLESS: &str =
    "  type = \"service\"\n  grant_types = [\"client_credentials\"]\n  response_types = [\"token\"]\n";
const GRANT: &str = "resource \"okta_app_oauth_api_scope\" \"g\" {\n  app_id = okta_app_oauth.job.id\n  issuer = \"https://acme.okta.com\"\n  scopes = [\"okta.users.read\"]\n}\n";

#[test]
fn client_credentials_are_for_oktas_apis_or_for_ones_own() {
    let m2m = |certainty: &str, more: &str| {
        vec![format!("machine-to-machine {certainty}: the client credentials grant{more}")]
    };
    let secret = app("job", KEYLESS);
    assert_eq!(needs(&secret, true), m2m("definite", ", authenticates with a secret by default"));
    let written = app("job", &format!("{KEYLESS}  token_endpoint_auth_method = \"client_secret_post\""));
    assert_eq!(needs(&written, true), m2m("definite", ", the org server refuses a secret"));
    let web = app("job", &KEYLESS.replace("service", "web"));
    assert_eq!(needs(&web, true), m2m("definite", ", a `web` app, not a `service` app"));
    assert_eq!(needs(&job(), true), NONE, "another root may grant it scopes");
    let mut whole = org(&job());
    resolve::declare_complete(&mut whole);
    assert_eq!(needs_of(&whole, true), m2m("possible", ""), "with a key it may be for Okta's APIs");

    let api = "okta-api-scopes definite: a granted scope of Okta's APIs".to_owned();
    let with_grant = |app: &str| needs(&format!("{app}{GRANT}"), true);
    let okta = "okta-api-client-credentials definite: client credentials for Okta's APIs".to_owned();
    assert_eq!(with_grant(&job()), [api.clone(), okta]);
    assert_eq!(with_grant(&secret), vec![api.clone()], "meant for Okta's APIs, and refused there");
    assert_eq!(with_grant(&web), vec![api.clone()], "no service app: another finding");
    let admitted =
        format!("{web}{GRANT}{SERVER}{}{}", policy("okta_app_oauth.job.client_id"), rule("r", 1, MACHINES));
    let by_rule = m2m("definite", ", a rule admits it for this client").remove(0);
    assert!(needs(&admitted, true).contains(&by_rule), "a rule admits it");
    let with_users = web.replace("\"client_credentials\"", "\"authorization_code\", \"client_credentials\"");
    let refused = m2m("definite", ", a `web` app, not a `service` app").remove(0);
    assert!(with_grant(&with_users).contains(&refused), "the scopes are for its users");
    let unknown = app("job", &KEYLESS.replace("\"service\"", "var.type"));
    assert_eq!(with_grant(&unknown), [api], "it may be a service app");

    let named = |app: &str, rule: &str| {
        needs(&format!("{app}{SERVER}{}{rule}", policy("okta_app_oauth.job.client_id")), true)
    };
    let by_rule = m2m("definite", ", a rule admits it for this client");
    assert_eq!(named(&job(), &rule("r", 1, MACHINES)), by_rule);
    assert_eq!(named(&job(), &rule("r", 1, USERS)), NONE);
    let perhaps = rule("r", 1, &format!("{MACHINES}\n  count = var.n"));
    assert_eq!(named(&job(), &perhaps), NONE, "the rule may not be there");
}

#[test]
fn what_a_client_is_granted_may_not_be_known() {
    let secret = app("job", KEYLESS);
    let m2m = |scopes: &str, app: &str| {
        let grant = GRANT.replace("[\"okta.users.read\"]", scopes).replace("okta_app_oauth.job.id", app);
        let all = needs(&format!("{secret}{grant}"), true);
        let found = all.into_iter().find(|it| it.starts_with("machine-to-machine"));
        found.map(|it| it.split(':').next().unwrap_or_default().to_owned())
    };
    let (job, other) = ("okta_app_oauth.job.id", "\"0oa9z9z9z9z9z9z9z9z9\"");
    let possible = Some("machine-to-machine possible".to_owned());
    assert_eq!(m2m("[\"okta.users.read\"]", job), None, "Okta's own APIs");
    assert_eq!(m2m("uuid() == \"\" ? [\"okta.users.read\"] : []", job), possible);
    assert_eq!(m2m("[uuid()]", job), possible);
    assert_eq!(m2m("[\"okta.users.read\"]", "uuid()"), possible, "it may be this one");
    let definite = Some("machine-to-machine definite".to_owned());
    assert_eq!(m2m("[\"okta.users.read\"]", other), definite, "it is another one");
    let web = app("job", &KEYLESS.replace("service", "web"));
    let of_web = format!("{web}{}", GRANT.replace("[\"okta.users.read\"]", "[uuid()]"));
    assert!(needs(&of_web, true).iter().any(|it| it.starts_with("machine-to-machine definite")));
}

#[test]
fn an_exchange_is_on_behalf_of_a_user_where_a_rule_hands_out_a_custom_scope() {
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let client = app("job", &format!("  type = \"web\"\n  grant_types = [\"{exchange}\"]"));
    let found = |clients: &str, grant: &str, scope: &str, more: &str| {
        let arguments =
            format!("  grant_type_whitelist = [\"{grant}\"]\n  scope_whitelist = [\"{scope}\"]\n{more}");
        let rules = format!("{}{}", policy(clients), rule("r", 1, &arguments));
        needs(&format!("{client}{SERVER}{rules}"), true).concat()
    };
    let named = "okta_app_oauth.job.client_id";
    let is = |certainty: &str| format!("on-behalf-of-exchange {certainty}: has the token exchange grant");
    assert_eq!(found(named, exchange, "orders:read", ""), is("definite"));
    assert_eq!(found("\"ALL_CLIENTS\"", exchange, "orders:read", ""), is("possible"), "not by name");
    assert_eq!(found(named, "authorization_code", "orders:read", ""), is("possible"), "not the grant");
    assert_eq!(found(named, exchange, "openid", ""), is("possible"), "no scope of an API");
    assert_eq!(found(named, exchange, "orders:read", "  count = var.n"), is("possible"), "no certain rule");
}

/// What a server shows with these rules, beside its scope.
fn of_server(clients: &str, rules: &str) -> Vec<String> {
    let mut found = needs(&format!("{SERVER}{}{rules}", policy(clients)), false);
    found.retain(|it| !it.starts_with("custom-scopes"));
    found
}

#[test]
fn lifetimes_are_said_as_people_say_them() {
    let found = |access: &str, window: &str| {
        let more = format!(
            "{USERS}\n  access_token_lifetime_minutes = {access}\n  refresh_token_window_minutes = {window}"
        );
        of_server("\"ALL_CLIENTS\"", &rule("r", 1, &more)).concat()
    };
    let is = |text: &str| format!("token-lifetimes definite: {text}");
    assert_eq!(found("60", "10080"), "", "Okta's own");
    assert_eq!(found("30", "10080"), is("access token: 30 min"));
    assert_eq!(found("90", "10080"), is("access token: 90 min"));
    assert_eq!(found("120", "10080"), is("access token: 2 h"));
    assert_eq!(found("1440", "10080"), is("access token: 1 d"));
    assert_eq!(found("60", "2880"), is("refresh token when idle: 2 d"));
    assert_eq!(found("60", "1500"), is("refresh token when idle: 25 h"));
    assert_eq!(found("60", "1501"), is("refresh token when idle: 1501 min"));
}

#[test]
fn a_hook_that_cannot_run_shows_no_need() {
    let hook = |arguments: &str, kind: &str| {
        format!(
            "resource \"okta_inline_hook\" \"h\" {{\n  name = \"h\"\n  version = \"1.0.0\"\n  type = \"{kind}\"\n{arguments}\n}}\n{}",
            rule("r", 1, &format!("{USERS}\n  inline_hook_id = okta_inline_hook.h.id"))
        )
    };
    let found = |arguments: &str, kind: &str| of_server("\"ALL_CLIENTS\"", &hook(arguments, kind)).concat();
    let tokens = "com.okta.oauth2.tokens.transform";
    assert_eq!(found("", tokens), "token-inline-hook definite: runs a token hook");
    assert_eq!(found("  status = \"INACTIVE\"", tokens), "");
    assert_eq!(found("", "com.okta.saml.tokens.transform"), "");
}

#[test]
fn rules_tell_people_apart() {
    let of_group = "resource \"okta_group\" \"g\" {\n  name = \"g\"\n}\n";
    let found = |people: &str| {
        let rules = format!("{of_group}{}", rule("r", 1, &format!("{USERS}\n{people}")));
        of_server("\"ALL_CLIENTS\"", &rules).concat()
    };
    let only = "api-authorization definite: only these people";
    let group = "okta_group.g.id";
    assert_eq!(found(""), "");
    assert_eq!(found("  group_whitelist = [\"00ga1b2c3d4e5f6g7h8\"]"), "", "the id may be that of Everyone");
    assert_eq!(found(&format!("  group_whitelist = [{group}]")), only);
    assert_eq!(found(&format!("  group_whitelist = [{group}, \"EVERYONE\"]")), "", "everybody as well");
    assert_eq!(found(&format!("  group_whitelist = [{group}, var.group]")), "", "perhaps everybody");
    let everybody = "  group_whitelist = [\"EVERYONE\"]\n  user_whitelist = [\"00u1\"]";
    assert_eq!(found(everybody), "", "users beside everybody");
    assert_eq!(found("  group_whitelist = var.groups"), "");
    assert_eq!(found("  group_whitelist = []\n  user_whitelist = [\"00u1\"]"), only);
    assert_eq!(found("  group_whitelist = []\n  user_whitelist = [\"EVERYONE\"]"), "");
    let machines = rule("r", 1, &format!("{MACHINES}\n  group_whitelist = [{group}]"));
    let found = of_server("\"ALL_CLIENTS\"", &format!("{of_group}{machines}"));
    assert_eq!(found, ["machine-to-machine definite: a rule for client credentials"], "no people there");
}

#[test]
fn two_rules_that_differ_are_what_policies_are_for() {
    let found = |a: (&str, &str), b: (&str, &str), more: &str| {
        let arguments = |(grant, scope): (&str, &str)| {
            format!("  grant_type_whitelist = [{grant}]\n  scope_whitelist = [{scope}]")
        };
        let rules =
            format!("{}{}", rule("a", 1, &arguments(a)), rule("b", 2, &format!("{}\n{more}", arguments(b))));
        of_server("\"ALL_CLIENTS\"", &rules).concat()
    };
    let (code, password) = ("\"authorization_code\"", "\"password\"");
    let differ = "api-authorization definite: these scopes here, other scopes here";
    assert_eq!(found((code, "\"openid\""), (password, "\"orders:read\""), ""), differ);
    assert_eq!(found((code, "\"openid\""), (password, "\"openid\""), ""), "", "the same scopes");
    assert_eq!(found((code, "\"openid\""), (code, "\"orders:read\""), ""), "", "the same requests");
    assert_eq!(found((code, "\"openid\""), (password, ""), ""), "", "a rule without scopes");
    assert_eq!(found((code, "var.scope"), (password, "\"orders:read\""), ""), "");
    assert_eq!(found((code, "\"openid\""), ("var.grant", "\"orders:read\""), ""), "");
    let perhaps = found((code, "\"openid\""), (password, "\"orders:read\""), "  count = var.n");
    assert_eq!(perhaps, differ.replace("definite", "possible"));
}

#[test]
fn people_known_by_id_differ_where_no_id_is_shared() {
    let found = |a: &str, b: &str| {
        let rule = |name: &str, priority: u32, scope: &str, groups: &str| {
            let arguments = format!(
                "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"{scope}\"]\n  group_whitelist = [{groups}]"
            );
            rule(name, priority, &arguments)
        };
        let rules = format!("{}{}", rule("a", 1, "openid", a), rule("b", 2, "orders:read", b));
        !of_server("\"ALL_CLIENTS\"", &rules).is_empty()
    };
    let (a, b) = ("\"00ga1b2c3d4e5f6g7h8\"", "\"00gz9y8x7w6v5u4t3s2\"");
    assert!(found(a, b));
    assert!(!found(a, a));
    assert!(!found(&format!("{a}, {b}"), a), "what they share may be Everyone");
    assert!(!found(a, "\"EVERYONE\""), "it may be the id of Everyone");
    assert!(!found(a, "var.group"));
    assert!(!found(a, ""), "nobody");
    assert!(!found("", b), "nobody");
}

#[test]
fn clients_of_two_policies_differ_where_all_are_known() {
    let found = |first: &str, second: &str| {
        let more = policy(second).replace("\"apps\"", "\"more\"").replace("priority = 1", "priority = 2");
        let arguments = |scope: &str| {
            format!("  grant_type_whitelist = [\"password\"]\n  scope_whitelist = [\"{scope}\"]")
        };
        let a = rule("a", 1, &arguments("openid"));
        let b = rule("b", 1, &arguments("orders:read")).replace("policy.apps", "policy.more");
        let body = format!("{}{}{SERVER}{}{a}{more}{b}", app("portal", ""), app("shop", ""), policy(first));
        needs(&body, false).iter().any(|it| it.starts_with("api-authorization"))
    };
    let (portal, shop) = ("okta_app_oauth.portal.client_id", "okta_app_oauth.shop.client_id");
    assert!(found(portal, shop));
    assert!(found(portal, "\"ALL_CLIENTS\""));
    assert!(!found(portal, portal));
    assert!(!found(&format!("{portal}, {shop}"), &format!("{shop}, {portal}")), "in another order");
    assert!(!found(portal, "var.client"));
}

#[test]
fn a_policy_takes_a_client_in_by_name_as_one_of_all_or_perhaps() {
    let naming = |clients: &str| {
        let unknown = "variable \"client\" {\n  type = string\n}\n";
        let org = org(&format!(
            "{}{}{SERVER}{}{}{unknown}",
            app("portal", ""),
            app("shop", ""),
            policy(clients),
            rule("r", 1, USERS)
        ));
        let reach = Reach::new(&org);
        let names = [0, 1].map(|app| {
            let reached: Vec<String> = reach
                .of(Id::new(app))
                .map(|it| match it.naming {
                    Naming::ByName(_) => "by name".to_owned(),
                    Naming::AsAll(_) => "as all".to_owned(),
                    Naming::Perhaps => "perhaps".to_owned(),
                    Naming::No => "no".to_owned(),
                })
                .collect();
            reached.join(", ")
        });
        names.join(" | ")
    };
    let portal = "okta_app_oauth.portal.client_id";
    assert_eq!(naming(portal), "by name | ");
    assert_eq!(naming("\"ALL_CLIENTS\""), "as all | as all");
    assert_eq!(naming(&format!("{portal}, \"ALL_CLIENTS\"")), "by name | as all", "once, and by name");
    assert_eq!(naming("var.client"), "perhaps | perhaps");
    assert_eq!(naming("\"ALL_CLIENTS\", var.client"), "as all | as all");
    assert_eq!(naming("var.client, \"ALL_CLIENTS\""), "as all | as all");
    assert_eq!(naming(&format!("{portal}, var.client")), "by name | perhaps");
    assert_eq!(naming(""), " | ");
}

#[test]
fn a_rule_for_exchange_is_certain_with_a_custom_scope() {
    let exchange = |scope: &str, more: &str| {
        let arguments = format!(
            "  grant_type_whitelist = [\"urn:ietf:params:oauth:grant-type:token-exchange\"]\n  scope_whitelist = [{scope}]\n{more}"
        );
        of_server("\"ALL_CLIENTS\"", &rule("r", 1, &arguments)).concat()
    };
    let is = |certainty: &str| format!("on-behalf-of-exchange {certainty}: admits token exchange");
    assert_eq!(exchange("\"orders:read\"", ""), is("definite"));
    assert_eq!(exchange("\"openid\"", ""), is("possible"));
    assert_eq!(exchange("\"orders:read\"", "  count = var.n"), is("possible"));
    let native = "native-sso definite: grants `device_sso`";
    assert_eq!(exchange("\"openid\", \"device_sso\"", ""), native, "single sign-on between native apps");
}

#[test]
fn an_api_service_of_the_integration_network_uses_oktas_apis() {
    let service = "resource \"okta_api_service_integration\" \"siem\" {\n  type = \"siem\"\n  granted_scopes {\n    scope = \"okta.logs.read\"\n  }\n}\n";
    assert_eq!(
        needs(service, false),
        [
            "okta-api-scopes definite: granted to an integration",
            "integration-network definite: an API service integration"
        ]
    );
}
