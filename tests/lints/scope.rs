//! Scopes that are not there.

use crate::common::text;
use crate::snippets::{SERVER, app, policy, rule};
use crate::{DEFINITE, NONE, POSSIBLE, check, claim, found, found_in};

/// The configuration of a root that is all there is of the org.
const WHOLE: &str = "[org]\ncomplete = true\n";

/// The server of the snippets with a rule that names scopes.
fn naming(scopes: &str) -> String {
    let arguments =
        format!("  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [{scopes}]");
    format!("{SERVER}{}{}", policy("\"ALL_CLIENTS\""), rule("r", 1, &arguments))
}

#[test]
fn a_scope_is_unknown_where_all_scopes_are_known() {
    let lint = "unknown-scope";
    let part = |body: &str| found_in(&[("main.tf", body)], lint);
    let other = naming("\"orders:write\"");
    assert_eq!(found(&other, lint), DEFINITE);
    assert_eq!(part(&other), POSSIBLE, "another root may make it");
    assert_eq!(found(&naming("\"orders:read\""), lint), NONE);
    assert_eq!(part(&naming("\"orders.id\"")), POSSIBLE, "a name that ends like an id");
    for name in ["openid", "*", "groups", "offline_access", "device_sso"] {
        assert_eq!(found(&naming(&format!("\"{name}\"")), lint), NONE, "{name}");
    }
    assert_eq!(found(&naming("\"okta.myAccount.profile.read\""), lint), POSSIBLE);
    let unnamed = SERVER.replace("\"orders:read\"", "var.scope");
    assert_eq!(found(&other.replace(SERVER, &unnamed), lint), NONE, "it may be that one");
    let bare = &SERVER[..SERVER.find("resource \"okta_auth_server_scope\"").expect("a scope")];
    assert_eq!(found(&other.replace(SERVER, bare), lint), DEFINITE);
    assert_eq!(part(&other.replace(SERVER, bare)), NONE, "all scopes are made elsewhere");
    let of_claim = |arguments: &str| {
        let claim = claim(
            "tenant",
            &format!("  value = \"user.tenant\"\n  scopes = [\"orders:write\"]\n{arguments}"),
        );
        found(&format!("{SERVER}{claim}"), lint)
    };
    assert_eq!(of_claim(""), DEFINITE);
    assert_eq!(of_claim("  status = \"INACTIVE\""), NONE);
}

/// What is said to do about the unknown scope of a root.
fn help(body: &str) -> String {
    let findings = check(&[("main.tf", body)]).findings();
    let it = findings.iter().find(|it| it["lint"] == "unknown-scope").expect("it is found");
    text(&it["help"])
}

#[test]
fn a_near_name_is_suggested() {
    let help = |scope: &str| help(&naming(&format!("\"{scope}\"")));
    assert!(help("orders:raed").starts_with("did you mean `orders:read`?"));
    assert!(help("order:reed").starts_with("did you mean `orders:read`?"), "a fifth of it");
    assert!(help("ordr:raed").starts_with("create the scope"), "more than a fifth");
    assert!(help("orders:write").starts_with("create the scope"), "another scope of the same API");
    assert!(help("billing:write").starts_with("create the scope"));
}

#[test]
fn the_id_of_a_scope_is_not_its_name() {
    assert_eq!(found(&naming("okta_auth_server_scope.read.id"), "unknown-scope"), DEFINITE);
    assert_eq!(found(&naming("okta_auth_server_scope.read.name"), "unknown-scope"), NONE);
    let of_claim = |scope: &str| {
        let arguments =
            format!("  claim_type = \"RESOURCE\"\n  value = \"user.email\"\n  scopes = [{scope}]");
        found_in(&[("main.tf", &format!("{SERVER}{}", claim("mail", &arguments)))], "unknown-scope")
    };
    assert_eq!(of_claim("okta_auth_server_scope.read.id"), DEFINITE);
    assert_eq!(of_claim("okta_auth_server_scope.read.name"), NONE);
    assert_eq!(of_claim("var.scope"), NONE);
}

#[test]
fn each_way_to_miss_a_scope_has_its_own_way_out() {
    assert!(help(&naming("\"Orders:Read\"")).starts_with("did you mean `orders:read`?"));
    assert!(help(&naming("\"openid orders:read\"")).starts_with("list each scope by itself"));
    let of_claim = |scopes: &str| {
        let arguments = format!("  value = \"user.email\"\n  scopes = [{scopes}]");
        help(&format!("{SERVER}{}", claim("mail", &arguments)))
    };
    assert!(of_claim("\"billing\"").contains("into every token of its kind"));
    assert!(of_claim("\"billing\", \"orders:read\"").contains("or remove it here"));
}

#[test]
fn a_client_asks_for_what_its_server_has() {
    let lint = "unknown-scope";
    let answer = crate::snippets::server(
        r#","scopes":[{"id":"scp1","name":"orders:read","system":false,"consent":"IMPLICIT"}]"#,
    );
    let asking = |client: (&str, &str)| found_in(&[("authorizationServers.json", &answer), client], lint);
    let stated = |server: &str, scope: &str| {
        let table = format!(
            "[[client]]\nname = \"Portal\"\nserver = \"{server}\"\nscopes = [\"openid\", \"{scope}\"]\n"
        );
        asking(("okta-lint.toml", &table))
    };
    assert_eq!(stated("orders", "orders:read"), NONE);
    assert_eq!(stated("orders", "orders:write"), DEFINITE);
    assert_eq!(stated("org", "orders:write"), NONE, "that is another finding");
    let spring = |server: &str, scopes: &str| {
        let properties = format!(
            "okta.oauth2.issuer=https://acme.okta.com/oauth2/{server}\nokta.oauth2.client-id=0oa1\nokta.oauth2.scopes={scopes}\n"
        );
        asking(("application.properties", &properties))
    };
    let own = "aus1p8h3vNc6RsZ0y5d7";
    assert_eq!(spring(own, "openid,orders:read"), NONE);
    assert_eq!(spring(own, "openid,orders:write"), DEFINITE);
    assert_eq!(spring("aus0000000000000000x", "orders:write"), NONE, "another server");
    let asked = format!(
        "ORDERS_ISSUER=https://acme.okta.com/oauth2/{own}\nORDERS_CLIENT_ID=0oa1\nORDERS_SCOPES=orders:write\n"
    );
    assert_eq!(asking((".env", &asked)), POSSIBLE, "names only suggest it");
    let off = answer.replace("ACTIVE", "INACTIVE");
    let table = "[[client]]\nname = \"Portal\"\nserver = \"orders\"\nscopes = [\"orders:write\"]\n";
    let files = [("authorizationServers.json", off.as_str()), ("okta-lint.toml", table)];
    assert_eq!(found_in(&files, lint), NONE, "it is switched off");
    let default = answer.replace("\"default\":false", "\"default\":true");
    let at_default = |host: &str| {
        let properties = format!(
            "okta.oauth2.issuer=https://{host}/oauth2/default\nokta.oauth2.client-id=0oa1\nokta.oauth2.scopes=orders:write\n"
        );
        let files = [
            ("authorizationServers.json", default.as_str()),
            ("application.properties", properties.as_str()),
        ];
        found_in(&files, lint)
    };
    assert_eq!(at_default("acme.okta.com"), DEFINITE, "that of this org");
    assert_eq!(at_default("login.acme.com"), POSSIBLE, "it may be that of another org");
    assert_eq!(at_default("globex.okta.com"), NONE, "it is that of another org");
}

#[test]
fn a_scope_that_is_not_there_is_told_once() {
    let answer = crate::snippets::server(r#","scopes":[]"#);
    let table = "[[client]]\nname = \"Portal\"\nserver = \"orders\"\nscopes = [\"orders:write\"]\n";
    let lints = check(&[("authorizationServers.json", &answer), ("okta-lint.toml", table)]).lints();
    assert!(lints.contains(&"unknown-scope".to_owned()), "{lints:?}");
    assert!(!lints.contains(&"custom-scope".to_owned()), "{lints:?}");
}

#[test]
fn a_scope_without_a_name_may_be_the_one_that_is_named() {
    let answer = |name: &str| {
        let policy = r#"{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,"conditions":{"clients":{"include":["ALL_CLIENTS"]}},"rules":[{"id":"0pr1","type":"RESOURCE_ACCESS","name":"r","status":"ACTIVE","priority":1,"conditions":{"people":{"groups":{"include":["EVERYONE"]}},"grantTypes":{"include":["authorization_code"]},"scopes":{"include":["orders:write"]}}}]}"#;
        let scopes =
            format!(r#","scopes":[{{"id":"scp1","name":{name},"system":false}}],"policies":[{policy}]"#);
        found_in(&[("authorizationServers.json", &crate::snippets::server(&scopes))], "unknown-scope")
    };
    assert_eq!(answer("\"orders:read\""), DEFINITE);
    assert_eq!(answer("null"), NONE);
}

/// The findings of a client that states scopes, with rules that hand out others: of
/// each the scopes of its own, and how sure it is.
fn withheld(stated: &str, grants: &str, rules: &[(&str, &str)]) -> Vec<String> {
    let scope = |name: &str| {
        format!(
            "resource \"okta_auth_server_scope\" \"{name}\" {{\n  auth_server_id = okta_auth_server.orders.id\n  name = \"{name}\"\n}}\n"
        )
    };
    let write = scope("write").replace("name = \"write\"", "name = \"orders:write\"");
    let mut body = format!(
        "{SERVER}{write}{}{}{}",
        scope("groups"),
        app("portal", &format!("  grant_types = [{grants}]")),
        policy("okta_app_oauth.portal.client_id")
    );
    for (index, (grants, scopes)) in rules.iter().enumerate() {
        let arguments = format!("  grant_type_whitelist = [{grants}]\n  scope_whitelist = [{scopes}]");
        body.push_str(&rule(&format!("r{index}"), u32::try_from(index).expect("few") + 1, &arguments));
    }
    let config = format!("{WHOLE}[[client]]\nname = \"portal\"\nserver = \"orders\"\nscopes = [{stated}]\n");
    let findings = check(&[("main.tf", &body), ("okta-lint.toml", &config)]).findings();
    let told = findings.iter().filter(|it| it["lint"] == "scope-not-admitted");
    told.map(|it| format!("{} {}", text(&it["certainty"]), text(&it["message"]))).collect()
}

#[test]
fn a_rule_has_all_scopes_of_a_request() {
    let (code, read, write) = ("\"authorization_code\"", "\"orders:read\"", "\"orders:write\"");
    let both = format!("{read}, {write}");
    let of = |stated: &str, rules: &[(&str, &str)]| withheld(stated, code, rules);
    let missing = ["definite no rule of server `orders` gives client `portal` the scope `orders:write`"];
    assert_eq!(of(write, &[(code, read)]), missing);
    assert_eq!(of(&both, &[(code, read)]), missing);
    assert_eq!(of(&both, &[(code, &both)]), NONE);
    assert_eq!(of(&both, &[(code, read), (code, &both)]), NONE);
    assert_eq!(of(&both, &[(code, "\"*\"")]), NONE);
    assert_eq!(of(&both, &[(code, "uuid()")]), NONE);
    let apart = [
        "possible no rule of server `orders` gives client `portal` `orders:read` and `orders:write` at once",
    ];
    assert_eq!(of(&both, &[(code, read), (code, write)]), apart, "it may ask for each by itself");
    // Rules that are not for it give it nothing.
    let device = "\"urn:ietf:params:oauth:grant-type:device_code\"";
    assert_eq!(of(write, &[(code, read), (device, write)]), missing);
    assert_eq!(withheld(write, "\"authorization_code\", uuid()", &[(code, read), (device, write)]), NONE);
    // What others say is not said again.
    assert_eq!(of(write, &[(device, write)]), NONE, "no grant of it is admitted");
    assert_eq!(of("\"orders:delete\"", &[(code, read)]), NONE, "the server has no such scope");
    assert_eq!(of("\"openid\"", &[(code, read)]), NONE, "Okta's pages do not agree");
    let groups = ["definite no rule of server `orders` gives client `portal` the scope `groups`"];
    assert_eq!(of("\"groups\"", &[(code, read)]), groups, "no scope of OpenID Connect there");
    assert_eq!(of(write, &[(code, "")]), NONE, "a rule without scopes");
    assert_eq!(of("", &[(code, read)]), NONE);
}

#[test]
fn what_a_file_asks_for_is_one_request() {
    let policies = r#""policies":[{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,
        "conditions":{"clients":{"include":["0oa3m7x9rLw2KfJ8n5d7"]}},"rules":[RULES]}]"#;
    let scopes = r#","scopes":[{"id":"scp1","name":"orders:read","system":false},{"id":"scp2","name":"orders:write","system":false}]"#;
    let rule = |name: &str, priority: u32| {
        format!(
            r#"{{"id":"0pr{priority}","type":"RESOURCE_ACCESS","name":"r{priority}","status":"ACTIVE","priority":{priority},"conditions":{{
            "people":{{"groups":{{"include":["EVERYONE"]}}}},"grantTypes":{{"include":["authorization_code"]}},"scopes":{{"include":["{name}"]}}}}}}"#
        )
    };
    let rules = format!("{},{}", rule("orders:read", 1), rule("orders:write", 2));
    let server = crate::snippets::server(&format!("{scopes},{}", policies.replace("RULES", &rules)));
    let apps = crate::snippets::answer("web", "\"authorization_code\"", "");
    let asking = |name: &str, file: &str| {
        let files = [("apps.json", apps.as_str()), ("authorizationServers.json", &server), (name, file)];
        found_in(&files, "scope-not-admitted")
    };
    let issuer = "https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7";
    let spring = |scopes: &str| {
        asking(
            "application.properties",
            &format!(
                "okta.oauth2.issuer={issuer}\nokta.oauth2.client-id=0oa3m7x9rLw2KfJ8n5d7\nokta.oauth2.scopes={scopes}\n"
            ),
        )
    };
    assert_eq!(spring("openid,orders:read,orders:write"), DEFINITE);
    assert_eq!(spring("openid,orders:read"), NONE);
    let env = format!(
        "PORTAL_ISSUER={issuer}\nPORTAL_CLIENT_ID=0oa3m7x9rLw2KfJ8n5d7\nPORTAL_SCOPES=\"orders:read orders:write\"\n"
    );
    assert_eq!(asking(".env", &env), POSSIBLE, "names only suggest it");
}

#[test]
fn machines_that_ask_for_scopes_of_people_get_nothing() {
    let asking = |grants: &str, scopes: &str| {
        let body = app("portal", &format!("  type = \"web\"\n  grant_types = [{grants}]"));
        let table = format!("[[client]]\nname = \"portal\"\nscopes = [{scopes}]\n");
        found_in(&[("main.tf", &body), ("okta-lint.toml", &table)], "oidc-scope-for-m2m")
    };
    let machine = "\"client_credentials\"";
    assert_eq!(asking(machine, "\"orders:read\", \"openid\""), DEFINITE);
    assert_eq!(asking(machine, "\"orders:read\""), NONE);
    assert_eq!(asking("\"client_credentials\", \"authorization_code\"", "\"openid\""), NONE);
    assert_eq!(asking("uuid()", "\"openid\""), NONE);
}
