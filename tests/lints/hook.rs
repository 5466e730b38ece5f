//! Token hooks.

use crate::snippets::{SERVER, USERS, policy, rule};
use crate::{DEFINITE, NONE, found, found_in};

const HOOK: &str = "resource \"okta_inline_hook\" \"h\" {\n  name = \"h\"\n  version = \"1.0.0\"\n  type = \"com.okta.oauth2.tokens.transform\"\n  channel = {\n    version = \"1.0.0\"\n    uri = \"https://hooks.example.com\"\n    method = \"POST\"\n  }\n}\n";

#[test]
fn a_hook_runs_where_a_rule_names_it() {
    let lint = "unreachable-token-hook";
    let with = |rules: &str| found(&format!("{HOOK}{SERVER}{}{rules}", policy("\"ALL_CLIENTS\"")), lint);
    let rule = |hook: &str| rule("r", 1, &format!("{USERS}\n  inline_hook_id = {hook}"));
    assert_eq!(with(""), DEFINITE);
    assert_eq!(with(&crate::snippets::rule("r", 1, USERS)), DEFINITE, "a rule without a hook");
    assert_eq!(with(&rule("okta_inline_hook.h.id")), NONE);
    assert_eq!(with(&rule("var.hook")), NONE, "it may be this one");
    assert_eq!(with(&rule("\"cal1a2b3c4d5e6f7g8h9\"")), NONE, "an id that may be its");
    let off = rule("okta_inline_hook.h.id").replace("name = \"r\"", "name = \"r\"\n  status = \"INACTIVE\"");
    assert_eq!(with(&off), NONE, "all of the server is switched off: another finding");
    let idle = HOOK.replace("\"h\"", "\"a\"");
    let two = format!("{idle}{HOOK}{SERVER}{}{off}", policy("\"ALL_CLIENTS\""));
    let findings = crate::check(&[("main.tf", &two)]).findings();
    let idle: Vec<_> = findings.iter().filter(|it| it["lint"] == lint).map(|it| &it["resource"]).collect();
    assert_eq!(idle, ["okta_inline_hook.a"], "the one that no rule names");
    let other = crate::snippets::rule("other", 2, USERS);
    assert_eq!(with(&format!("{off}{other}")), DEFINITE, "the rule is switched off");
    let unknown = HOOK.replace("name = \"h\"", "name = \"h\"\n  status = var.status");
    assert_eq!(found(&unknown, lint), NONE, "it may be inactive");
    let other = HOOK.replace("com.okta.oauth2.tokens.transform", "com.okta.saml.tokens.transform");
    assert_eq!(found(&other, lint), NONE, "another kind of hook");
}

#[test]
fn an_id_of_no_hook_is_dangling_where_all_hooks_are_known() {
    let hooks = r#"[{"id":"cal1a2b3c4d5e6f7g8h9","name":"h","status":"ACTIVE","type":"com.okta.oauth2.tokens.transform","version":"1.0.0","channel":{"type":"HTTP","version":"1.0.0","config":{"uri":"https://hooks.example.com","method":"POST"}}}]"#;
    let servers = |hook: &str| {
        crate::snippets::server(&format!(
            r#","policies":[{{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,
            "conditions":{{"clients":{{"include":["ALL_CLIENTS"]}}}},"rules":[{{"id":"0pr1","type":"RESOURCE_ACCESS","name":"r","status":"ACTIVE","priority":1,
            "conditions":{{"people":{{"groups":{{"include":["EVERYONE"]}}}},"grantTypes":{{"include":["authorization_code"]}},"scopes":{{"include":["openid"]}}}},
            "actions":{{"token":{{"inlineHook":{{"id":"{hook}"}}}}}}}}]}}]"#
        ))
    };
    let found = |hook: &str, lint: &str| {
        found_in(&[("inlineHooks.json", hooks), ("authorizationServers.json", &servers(hook))], lint)
    };
    assert_eq!(found("cal1a2b3c4d5e6f7g8h9", "dangling-hook"), NONE);
    assert_eq!(found("cal9z9z9z9z9z9z9z9z9", "dangling-hook"), DEFINITE);
    assert_eq!(found("cal1a2b3c4d5e6f7g8h9", "unreachable-token-hook"), NONE);
    assert_eq!(found("cal9z9z9z9z9z9z9z9z9", "unreachable-token-hook"), DEFINITE);
}

#[test]
fn a_hook_that_cannot_run_is_one_finding() {
    let rules = |count: u32| -> String {
        let hook = format!("{USERS}\n  inline_hook_id = okta_inline_hook.h.id");
        (1..=count).map(|it| rule(&format!("r{it}"), it, &hook)).collect()
    };
    let told = |hook: &str, count: u32| {
        let body = format!("{hook}{SERVER}{}{}", policy("\"ALL_CLIENTS\""), rules(count));
        let findings = crate::check(&[("main.tf", &body)]).findings();
        let of_hooks = findings.iter().filter(|it| crate::text(&it["lint"]).contains("hook"));
        let words =
            of_hooks.map(|it| format!("{}: {}", crate::text(&it["lint"]), crate::text(&it["message"])));
        words.filter(|it| !it.starts_with("token-hook") && !it.starts_with("unreachable")).collect::<Vec<_>>()
    };
    let off = HOOK.replace("name = \"h\"", "name = \"h\"\n  status = \"INACTIVE\"");
    assert_eq!(told(&off, 1), ["inactive-hook: rule `r1` runs the hook `h`, which is inactive"]);
    assert_eq!(
        told(&off, 2),
        ["inactive-hook: rule `r1` and another one run the hook `h`, which is inactive"]
    );
    assert_eq!(told(&off, 3), ["inactive-hook: rule `r1` and 2 others run the hook `h`, which is inactive"]);
    let saml = |hook: &str| hook.replace("com.okta.oauth2.tokens", "com.okta.saml.tokens");
    let wrong = ["wrong-hook-type: rule `r1` and another one run `h`, which is no token hook"];
    assert_eq!(told(&saml(HOOK), 2), wrong);
    assert_eq!(told(&saml(&off), 2), wrong, "that it is off does not matter");
}
