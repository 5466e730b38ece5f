//! Client credentials without a server that serves them.

use crate::common::text;
use crate::snippets::{MACHINES, SERVER, app, job, policy, rule};
use crate::{DEFINITE, NONE, POSSIBLE, check, found, found_in};

fn machine(kind: &str, arguments: &str) -> String {
    app(
        "job",
        &format!(
            "  type = \"{kind}\"\n  grant_types = [\"client_credentials\"]\n  response_types = [\"token\"]\n{arguments}"
        ),
    )
}

const GRANT: &str = "resource \"okta_app_oauth_api_scope\" \"g\" {\n  app_id = okta_app_oauth.job.id\n  issuer = \"https://acme.okta.com\"\n  scopes = [\"okta.users.read\"]\n}\n";

#[test]
fn client_credentials_take_a_rule_or_a_key_and_oktas_scopes() {
    let lint = "m2m-without-custom-server";
    let secret = "  token_endpoint_auth_method = \"client_secret_post\"";
    assert_eq!(found(&machine("service", secret), lint), DEFINITE);
    assert_eq!(found(&machine("service", ""), lint), DEFINITE, "a secret by default");
    assert_eq!(found(&machine("web", ""), lint), DEFINITE);
    assert_eq!(found(&machine("service", "  token_endpoint_auth_method = var.method"), lint), NONE);
    assert_eq!(found(&job(), lint), NONE, "it may be granted scopes of Okta's");
    assert_eq!(found(&format!("{}{GRANT}", machine("service", secret)), lint), NONE, "another finding");
    assert_eq!(found(&format!("{}{GRANT}", machine("web", secret)), lint), NONE, "another finding, too");
    let with_users = machine("web", secret)
        .replace("\"client_credentials\"", "\"authorization_code\", \"client_credentials\"");
    assert_eq!(found(&format!("{with_users}{GRANT}"), lint), DEFINITE, "the scopes are for its users");
    let public = machine("service", "  token_endpoint_auth_method = \"none\"");
    assert_eq!(found(&public, lint), DEFINITE);
    let served_all_the_same =
        format!("{public}{SERVER}{}{}", policy("okta_app_oauth.job.client_id"), rule("r", 1, MACHINES));
    assert_eq!(found(&served_all_the_same, lint), DEFINITE, "it has nothing to authenticate with");
    let served = |clients: &str, arguments: &str| {
        let rules = format!("{}{}", policy(clients), rule("r", 1, arguments));
        found(&format!("{}{SERVER}{rules}", machine("service", secret)), lint)
    };
    assert_eq!(served("okta_app_oauth.job.client_id", MACHINES), NONE);
    assert_eq!(served("\"ALL_CLIENTS\"", MACHINES), NONE);
    assert_eq!(served("var.client", MACHINES), NONE, "it may be the client");
    assert_eq!(served("\"0oa3m7x9rLw2KfJ8n5d7\"", MACHINES), NONE, "an id that it may get");
    assert_eq!(served("", MACHINES), DEFINITE, "no client");
    let users = MACHINES.replace("client_credentials", "authorization_code");
    assert_eq!(served("\"ALL_CLIENTS\"", &users), DEFINITE);
    // That of a policy that names it is told with the rules, once.
    assert_eq!(served("okta_app_oauth.job.client_id", &users), NONE);
    let body = format!(
        "{}{SERVER}{}{}",
        machine("service", secret),
        policy("okta_app_oauth.job.client_id"),
        rule("r", 1, &users)
    );
    assert_eq!(found(&body, "grant-not-admitted"), DEFINITE);
    let both = body.replace("[\"client_credentials\"]", "[\"client_credentials\", \"authorization_code\"]");
    assert_eq!(found(&both, lint), DEFINITE, "the rule is for its other grant");
    assert_eq!(found(&both, "grant-not-admitted"), NONE);
}

#[test]
fn the_text_names_the_secret_as_it_is_written() {
    let label = |arguments: &str| {
        let findings = check(&[
            ("main.tf", &machine("service", arguments)),
            ("okta-lint.toml", "[org]\ncomplete = true\n"),
        ])
        .findings();
        let it = findings.iter().find(|it| it["lint"] == "m2m-without-custom-server").expect("it is found");
        let labels = it["labels"].as_array().cloned().unwrap_or_default();
        labels.iter().any(|it| it["text"] == "authenticates with a secret by default")
    };
    assert!(label(""));
    assert!(!label("  token_endpoint_auth_method = \"client_secret_post\""));
}

#[test]
fn a_service_app_with_a_key_may_have_nothing_to_ask_for() {
    let lint = "m2m-without-scope";
    assert_eq!(found(&job(), lint), POSSIBLE);
    assert_eq!(found(&format!("{}{GRANT}", job()), lint), NONE);
    assert_eq!(found(&job().replace("\"service\"", "\"web\""), lint), NONE, "no service app");
    assert_eq!(found(&machine("service", ""), lint), NONE, "no key");
    // Nor where another root may let them in.
    let part = |body: &str| found_in(&[("main.tf", body)], lint);
    assert_eq!(part(&job()), POSSIBLE);
    assert_eq!(part(&job().replace("\"service\"", "\"web\"")), NONE);
    assert_eq!(part(&machine("service", "")), NONE);
    let served =
        format!("{}{SERVER}{}{}", job(), policy("okta_app_oauth.job.client_id"), rule("r", 1, MACHINES));
    assert_eq!(found(&served, lint), NONE);
}

#[test]
fn only_a_service_app_with_a_key_could_ask_the_org_server() {
    let licensed = "[org]\ncomplete = true\nlicences = [\"api-access-management\", \"machine-to-machine\"]\n";
    let of = |body: &str| found_in(&[("main.tf", body), ("okta-lint.toml", licensed)], "m2m-without-scope");
    assert_eq!(of(&job()), POSSIBLE);
    assert_eq!(of(&job().replace("\"service\"", "\"web\"")), NONE, "no service app");
    assert_eq!(of(&machine("service", "")), NONE, "no key");
}

#[test]
fn a_way_out_leads_out() {
    let help = |config: &str, method: &str, more: &str| {
        let body =
            format!("{}{more}", machine("service", &format!("  token_endpoint_auth_method = \"{method}\"")));
        let findings =
            check(&[("main.tf", &body), ("okta-lint.toml", &format!("[org]\ncomplete = true\n{config}"))])
                .findings();
        let told = findings.iter().find(|it| it["lint"] == "m2m-without-custom-server").expect("it is found");
        text(&told["help"]).split([';', ',', ':']).next().unwrap_or_default().to_owned()
    };
    let secret = "client_secret_post";
    assert_eq!(
        help("", secret, ""),
        "add a rule for `client_credentials` with a custom scope to a custom server"
    );
    assert_eq!(help("", "none", ""), "set `token_endpoint_auth_method` to `private_key_jwt`");
    assert_eq!(help("licences = []", secret, ""), "for Okta's own APIs");
    let with_users = machine("web", "")
        .replace("\"client_credentials\"", "\"authorization_code\", \"client_credentials\"");
    let findings =
        check(&[("main.tf", &with_users), ("okta-lint.toml", "[org]\ncomplete = true\n")]).findings();
    let told = findings.iter().find(|it| it["lint"] == "m2m-without-custom-server").expect("it is found");
    assert!(text(&told["help"]).starts_with("take the grant from it"), "{told}");
    let off = |what: &str| {
        let policy = policy("okta_app_oauth.job.client_id");
        let rule = rule("r", 1, MACHINES);
        let all = format!("{SERVER}{policy}{rule}");
        help("", secret, &all.replace(what, &format!("{what}\n  status = \"INACTIVE\"")))
    };
    assert_eq!(off("description = \"d\""), "activate what is to serve it");
    assert_eq!(off("audiences = [\"api://orders\"]"), "activate what is to serve it");
    assert_eq!(off("grant_type_whitelist = [\"client_credentials\"]"), "activate what is to serve it");
}
