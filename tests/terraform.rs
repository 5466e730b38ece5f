//! Terraform's JSON syntax and its spelling in TOML: one language, one reader.

mod common;

use common::{Output, folder, run, text};

/// A server with a policy for one app, to build on.
const SERVER: &str = r#"
[resource.okta_app_oauth.portal]
label          = "Portal"
type           = "web"
grant_types    = ["authorization_code"]
response_types = ["code"]
redirect_uris  = ["https://portal.example.com/callback"]
[resource.okta_auth_server.api]
name      = "orders"
audiences = ["api://orders"]
[resource.okta_auth_server_policy.p]
auth_server_id   = "${okta_auth_server.api.id}"
name             = "apps"
description      = "d"
priority         = 1
client_whitelist = ["${okta_app_oauth.portal.client_id}"]
"#;

fn toml(body: &str) -> Output {
    let org = folder(&[("main.okta.toml", body), ("okta-lint.toml", "[org]\ncomplete = true\n")]);
    run(org.path(), &["check", ".", "--format", "json"])
}

fn json(body: &str) -> Output {
    let org = folder(&[("main.tf.json", body), ("okta-lint.toml", "[org]\ncomplete = true\n")]);
    run(org.path(), &["check", ".", "--format", "json"])
}

/// A rule of the policy above for everyone, with these arguments.
fn rule(arguments: &str) -> String {
    let scopes = if arguments.contains("scope_whitelist") { "" } else { "scope_whitelist = [\"openid\"]\n" };
    format!(
        "{SERVER}[resource.okta_auth_server_policy_rule.r]\nauth_server_id = \"${{okta_auth_server.api.id}}\"\n\
         policy_id = \"${{okta_auth_server_policy.p.id}}\"\nname = \"users\"\npriority = 1\n\
         grant_type_whitelist = [\"authorization_code\"]\ngroup_whitelist = [\"EVERYONE\"]\n{scopes}{arguments}\n"
    )
}

fn messages(output: &Output) -> Vec<String> {
    output.findings().iter().map(|it| text(&it["message"])).collect()
}

#[test]
fn numbers_may_be_strings() {
    for lifetime in ["15", "\"15\"", "\"${15}\"", "\"${local.l}\"", "\"${var.l}\""] {
        let body = rule(&format!("access_token_lifetime_minutes = {lifetime}"));
        let body = format!("{body}\n[locals]\nl = 15\n[variable.l]\ndefault = \"15\"\n");
        assert!(toml(&body).lints().contains(&"token-lifetime".to_owned()), "{lifetime}");
    }
}

#[test]
fn what_is_not_evaluated_is_unknown_and_silent() {
    for lifetime in [
        "\"${var.none}\"",
        "\"${var.none ? 5 : 10}\"",
        "\"${terraform.workspace == \\\"prod\\\" ? 5 : 10}\"",
        "\"${length(timestamp())}\"",
        "\"${module.m.lifetime}\"",
        "\"${data.okta_x.y.z}\"",
        "\"%{ if var.none }15%{ endif }\"",
    ] {
        let body = rule(&format!("access_token_lifetime_minutes = {lifetime}"));
        let body = format!("{body}\n[variable.none]\n[module.m]\nsource = \"example/m/okta\"\n");
        let output = toml(&body);
        assert!(output.lints().is_empty(), "{lifetime}: {}", output.stdout);
    }
}

#[test]
fn what_is_evaluated_is_known() {
    for lifetime in ["\"${max(5, 10)}\"", "\"${local.a ? 5 : 10}\"", "\"%{ if true }15%{ endif }\""] {
        let body = rule(&format!("access_token_lifetime_minutes = {lifetime}"));
        let output = toml(&format!("{body}\n[locals]\na = true\n"));
        assert!(output.lints().contains(&"token-lifetime".to_owned()), "{lifetime}: {}", output.stdout);
    }
}

#[test]
fn a_cycle_is_said_and_ends() {
    let body = rule("access_token_lifetime_minutes = \"${local.a}\"");
    let output = toml(&format!("{body}\n[locals]\na = \"${{local.b}}\"\nb = \"${{local.a}}\"\n"));
    assert!(messages(&output).iter().any(|it| it.contains("leads back to itself")), "{}", output.stdout);
    assert!(!output.lints().contains(&"token-lifetime".to_owned()), "{}", output.stdout);
}

/// Each local doubles the one before: a few lines, and more than fits in memory.
#[test]
fn what_grows_without_end_has_a_limit() {
    for first in ["\"xxxxxxxxxx\"", "[1, 2]"] {
        let double =
            if first.starts_with('"') { "${local.aN}${local.aN}" } else { "${concat(local.aN, local.aN)}" };
        let mut body = format!(
            "[resource.okta_auth_server.a]\nname = \"${{local.a40}}\"\naudiences = [\"x\"]\n[locals]\na0 = {first}\n"
        );
        for n in 1..=40 {
            body.extend([format!("a{n} = \"{}\"\n", double.replace('N', &(n - 1).to_string()))]);
        }
        let org = folder(&[("main.okta.toml", &body)]);
        let output = run(org.path(), &["check", "."]);
        assert!(output.stdout.contains("larger than the limit"), "{}", output.stdout);
    }
}

#[test]
fn templates_of_known_parts_are_known() {
    let body = format!(
        "{SERVER}[locals]\nprefix = \"orders\"\n[resource.okta_auth_server_scope.s]\n\
         auth_server_id = \"${{okta_auth_server.api.id}}\"\nname = \"${{local.prefix}}:read\"\n"
    );
    let output = toml(&body);
    assert!(output.lints().contains(&"custom-scope".to_owned()), "{}", output.stdout);
    let body = body.replace("${local.prefix}:read", "$${source.login}");
    assert!(toml(&body).code < 2);
}

#[test]
fn a_value_is_shown_where_it_is_written_and_where_it_is_used() {
    let body = format!(
        "{}\n[variable.minutes]\ndefault = 15\n",
        rule("access_token_lifetime_minutes = \"${var.minutes}\"")
    );
    let finding =
        toml(&body).findings().into_iter().find(|it| it["lint"] == "token-lifetime").expect("a finding");
    let slice = |label: &serde_json::Value| {
        let offset = |end: &str| {
            usize::try_from(label[end]["offset"].as_u64().unwrap_or_default()).unwrap_or_default()
        };
        body[offset("start")..offset("end")].to_owned()
    };
    assert_eq!(slice(&finding["labels"][0]), "15");
    assert_eq!(slice(&finding["labels"][1]), "var.minutes");
    assert_eq!(finding["labels"][1]["text"], "used here as `var.minutes`");
}

#[test]
fn an_element_of_a_list_went_the_way_of_the_list() {
    let body = format!(
        "{}\n[variable.scopes]\ndefault = [\"openid\", \"okta.users.read\"]\n",
        rule("scope_whitelist = \"${var.scopes}\"")
    );
    let output = toml(&body);
    let finding = output.findings().into_iter().find(|it| it["lint"] == "okta-scope-on-custom-server");
    let labels = &finding.expect("a finding")["labels"];
    assert_eq!(labels[0]["text"], "only the org server issues it", "{}", output.stdout);
    assert_eq!(labels[1]["text"], "used here as `var.scopes`", "{}", output.stdout);
}

#[test]
fn a_sensitive_default_is_unknown() {
    let body = format!(
        "{}\n[variable.minutes]\nsensitive = true\ndefault = 15\n",
        rule("access_token_lifetime_minutes = \"${var.minutes}\"")
    );
    assert!(toml(&body).lints().is_empty());
}

#[test]
fn a_scope_may_be_named_by_reference_and_not_by_id() {
    let scope = "[resource.okta_auth_server_scope.read]\nauth_server_id = \"${okta_auth_server.api.id}\"\nname = \"orders:read\"\n";
    let by_name = format!("{}{scope}", rule("scope_whitelist = [\"${okta_auth_server_scope.read.name}\"]"));
    assert_eq!(toml(&by_name).lints(), ["custom-scope"]);
    let by_id = format!("{}{scope}", rule("scope_whitelist = [\"${okta_auth_server_scope.read.id}\"]"));
    let output = toml(&by_id);
    assert_eq!(output.lints(), ["unknown-scope", "custom-scope"]);
    assert!(text(&output.findings()[0]["help"]).contains("not their ids"));
}

#[test]
fn plain_text_that_looks_like_an_address_is_a_mistake() {
    let output =
        toml(&SERVER.replace("\"${okta_app_oauth.portal.client_id}\"", "\"okta_app_oauth.portal.id\""));
    let said = messages(&output).iter().any(|it| it.contains("plain text here, not a reference"));
    assert!(said, "{}", output.stdout);
}

#[test]
fn what_terraform_refuses_is_said() {
    for (body, words) in [
        (
            "[resource.okta_auth_server.a]\nname = \"a\"\naudiences = \"api://a\"\n",
            "expected a list of strings",
        ),
        ("[resource.okta_auth_server.\"my.a\"]\nname = \"a\"\n", "no name that Terraform accepts"),
        (
            "[[resource.okta_auth_server.a]]\nname = \"a\"\n[[resource.okta_auth_server.a]]\nname = \"b\"\n",
            "declared twice",
        ),
        ("[resource.okta_auth_server.a]\nfor_each = [\"x\"]\nname = \"a\"\n", "expected a map or a set"),
        (
            "[resource.okta_auth_server.a]\nname = \"a\"\n[resource.okta_auth_server.a]\nname = \"b\"\n",
            "`resource.okta_auth_server.a` is declared twice",
        ),
        (
            "[resource.okta_app_oauth.a]\nlabel = \"a\"\ntype = \"web\"\n[[resource.okta_app_oauth.a.groups_claim]]\nname = \"g\"\n[[resource.okta_app_oauth.a.groups_claim]]\nname = \"h\"\n",
            "one at most",
        ),
        ("[[resource.okta_inline_hook.h.channel]]\nuri = \"https://example.com\"\n", "expected one table"),
    ] {
        let output = toml(body);
        assert!(messages(&output).iter().any(|it| it.contains(words)), "{words}: {}", output.stdout);
    }
}

#[test]
fn arrays_stand_at_every_level_and_keys_repeat() {
    let server = r#""okta_auth_server":{"api":{"name":"orders","audiences":["api://orders"]}}"#;
    let scope = r#""okta_auth_server_scope":{"s":{"auth_server_id":"${okta_auth_server.api.id}","name":"orders:read"}}"#;
    for text in [
        format!(r#"{{"resource":{{{server},{scope}}}}}"#),
        format!(r#"{{"resource":{{{server}}},"resource":{{{scope}}}}}"#),
        format!(r#"[{{"resource":[{{{server}}}]}},{{"resource":[{{{scope}}}]}}]"#),
        format!(
            r#"{{"//":"note","resource":{{{server},"okta_auth_server_scope":[{{"s":[{{"//":"x","auth_server_id":"${{okta_auth_server.api.id}}","name":"orders:read"}}]}}]}}}}"#
        ),
    ] {
        assert_eq!(json(&text).lints(), ["server-without-policy", "custom-scope"], "{text}");
    }
}

#[test]
fn an_instance_that_may_not_be_there_proves_nothing() {
    let scope = |meta: &str| {
        format!(
            "{SERVER}[resource.okta_auth_server_scope.s]\n{meta}\nauth_server_id = \"${{okta_auth_server.api.id}}\"\nname = \"orders:read\"\n"
        )
    };
    let level = |meta: &str| {
        let findings = toml(&scope(meta)).findings();
        findings.iter().find(|it| it["lint"] == "custom-scope").map(|it| text(&it["certainty"]))
    };
    assert_eq!(level("").as_deref(), Some("definite"));
    assert_eq!(level("count = 2").as_deref(), Some("definite"));
    assert_eq!(level("count = 0"), None);
    assert_eq!(level("count = \"${var.x ? 1 : 0}\"").as_deref(), Some("possible"));
    assert_eq!(level("for_each = \"${toset(var.x)}\"").as_deref(), Some("possible"));
    assert_eq!(level("for_each = { a = 1 }").as_deref(), Some("definite"));
}

#[test]
fn two_providers_are_two_orgs() {
    let body = "[[provider.okta]]\norg_name = \"a\"\n[[provider.okta]]\nalias = \"b\"\norg_name = \"b\"\n\
        [resource.okta_inline_hook.h]\nname = \"h\"\nversion = \"1\"\ntype = \"com.okta.oauth2.tokens.transform\"\n\
        [resource.okta_auth_server.api]\nprovider = \"okta.b\"\nname = \"orders\"\naudiences = [\"x\"]\n";
    // The hook's org has no server at all; the server's org has no policy.
    assert_eq!(toml(body).lints(), ["unreachable-token-hook", "server-without-policy"]);
}

#[test]
fn absence_is_possible_at_most_where_the_rest_may_stand_elsewhere() {
    let body = "[resource.okta_auth_server.api]\nname = \"orders\"\naudiences = [\"api://orders\"]\n";
    let certainty = |files: &[(&str, &str)]| {
        let org = folder(files);
        let findings = run(org.path(), &["check", ".", "--format", "json"]).findings();
        findings.first().map(|it| text(&it["certainty"]))
    };
    assert_eq!(certainty(&[("a.okta.toml", body)]).as_deref(), Some("possible"));
    let opaque = format!("{body}[module.policies]\nsource = \"./policies\"\n");
    assert_eq!(certainty(&[("a.okta.toml", &opaque)]), None);
    let data = "[data.okta_auth_server.api]\nname = \"orders\"\n[resource.okta_inline_hook.x]\nname = \"x\"\ntype = \"com.okta.import.transform\"\n";
    assert_eq!(certainty(&[("a.okta.toml", data)]), None);
}

#[test]
fn terraform_of_others_is_not_looked_at() {
    let org = folder(&[
        ("aws/main.tf.json", r#"{"resource":{"aws_s3_bucket":{"logs":{"bucket":"logs"}}}}"#),
        ("gcp/main.tf.json", "{ broken"),
    ]);
    assert_eq!(run(org.path(), &["check", "."]).code, 3);
}

#[test]
fn the_files_of_a_folder_are_one_root() {
    let org = folder(&[
        ("servers.okta.toml", SERVER),
        ("apps.tf.json", r#"{"locals":{"name":"orders:read"}}"#),
        (
            "scopes.tf.toml",
            "[resource.okta_auth_server_scope.s]\nauth_server_id = \"${okta_auth_server.api.id}\"\nname = \"${local.name}\"\n",
        ),
        ("variables.toml", "[variable.unused]\ndefault = 1\n"),
        ("Cargo.toml", "[package]\nname = \"okta_app\"\n"),
    ]);
    let output = run(org.path(), &["check", ".", "--format", "json"]);
    assert!(output.lints().contains(&"custom-scope".to_owned()), "{}", output.stdout);
    assert_eq!(output.json()["summary"]["files"], 4, "Cargo.toml is nobody's Terraform");
}

const SERVICE: &str = "[resource.okta_app_oauth.sync]\nlabel = \"sync\"\ntype = \"service\"\n";

#[test]
fn grants_of_unknown_scopes_may_be_any() {
    let grant = "[resource.okta_app_oauth_api_scope.s]\napp_id = \"${okta_app_oauth.sync.id}\"\n\
        issuer = \"https://example.okta.com\"\nscopes = \"${var.scopes}\"\n[variable.scopes]\n";
    let key =
        "token_endpoint_auth_method = \"private_key_jwt\"\njwks_uri = \"https://sync.example.com/keys\"\n";
    assert_eq!(toml(&format!("{SERVICE}{key}")).lints(), ["m2m-without-scope"]);
    let output = toml(&format!("{SERVICE}{key}{grant}"));
    assert!(output.lints().is_empty(), "{}", output.stdout);
}

#[test]
fn a_literal_id_may_be_that_of_a_new_hook() {
    let hook = "[resource.okta_inline_hook.h]\nname = \"h\"\nversion = \"1\"\ntype = \"com.okta.oauth2.tokens.transform\"\n";
    let body = rule("inline_hook_id = \"cal1a2b3c4d5e6f7g8h9\"");
    assert_eq!(toml(&body).lints(), ["dangling-hook"]);
    assert!(!toml(&format!("{body}{hook}")).lints().contains(&"dangling-hook".to_owned()));
}

#[test]
fn a_broken_file_proves_no_absence() {
    let body = "[resource.okta_auth_server.api]\nname = \"orders\"\naudiences = [\"api://orders\"]\n";
    let org = folder(&[
        ("a.okta.toml", body),
        ("b.okta.toml", "[resource.okta_auth_server_policy.p]\nname = \"x"),
        ("okta-lint.toml", "[org]\ncomplete = true\n"),
    ]);
    assert_eq!(run(org.path(), &["check", ".", "--format", "json"]).lints(), ["syntax-error"]);
}

/// A server with one of everything whose need or defect turns on its status.
fn with_status(of: &str) -> String {
    let status = |name: &str| if name == of { "status = \"${var.n}\"\n" } else { "" };
    format!(
        "[variable.n]\n\
         [resource.okta_auth_server.s]\nname = \"s\"\naudiences = [\"x\"]\n{}\
         [resource.okta_auth_server_scope.c]\nauth_server_id = \"${{okta_auth_server.s.id}}\"\nname = \"a:b\"\n\
         [resource.okta_auth_server_policy.p]\nauth_server_id = \"${{okta_auth_server.s.id}}\"\nname = \"p\"\n\
         description = \"d\"\npriority = 1\nclient_whitelist = [\"ALL_CLIENTS\"]\n{}\
         [resource.okta_auth_server_policy_rule.r]\nauth_server_id = \"${{okta_auth_server.s.id}}\"\n\
         policy_id = \"${{okta_auth_server_policy.p.id}}\"\nname = \"r\"\npriority = 1\n\
         grant_type_whitelist = [\"client_credentials\"]\nscope_whitelist = [\"okta.users.read\"]\n\
         access_token_lifetime_minutes = 5\n{}",
        status("server"),
        status("policy"),
        status("rule"),
    )
}

#[test]
fn what_may_be_inactive_proves_nothing() {
    let definite = |output: &Output, lint: &str| {
        let certain = |it: &serde_json::Value| it["lint"] == lint && it["certainty"] == "definite";
        output.findings().iter().any(certain)
    };
    for lint in ["okta-scope-on-custom-server", "token-lifetime", "machine-to-machine"] {
        assert!(definite(&toml(&with_status("nothing")), lint), "{lint}");
        for of in ["server", "policy", "rule"] {
            assert!(!definite(&toml(&with_status(of)), lint), "{lint}: {of}");
        }
    }
}

/// What `terraform plan -generate-config-out` writes: every id is a literal, and
/// may be that of any resource.
#[test]
fn a_literal_id_may_be_that_of_a_resource() {
    let body = "[resource.okta_auth_server.a]\nname = \"a\"\naudiences = [\"x\"]\n\
        [resource.okta_auth_server_policy.p]\nauth_server_id = \"aus123\"\nname = \"p\"\ndescription = \"d\"\n\
        priority = 1\nclient_whitelist = [\"0oa123\"]\n\
        [resource.okta_auth_server_policy_rule.r]\nauth_server_id = \"aus123\"\npolicy_id = \"00p123\"\n\
        name = \"r\"\npriority = 1\ngrant_type_whitelist = [\"client_credentials\"]\nscope_whitelist = [\"a:b\"]\n";
    for lint in ["server-without-policy", "policy-without-rule", "unknown-scope"] {
        assert!(!toml(body).lints().contains(&lint.to_owned()), "{lint}");
    }
}

/// By its data source, by its resource, by its alias: there is one.
#[test]
fn the_default_server_has_many_names() {
    let scope = |label: &str, server: &str| {
        format!(
            "resource \"okta_auth_server_scope\" \"{label}\" {{\n  auth_server_id = {server}\n  name = \"{label}:read\"\n}}\n"
        )
    };
    let names = ["data.okta_auth_server.d.id", "\"default\"", "okta_auth_server_default.x.id"];
    let scopes: String = ["a", "b", "c"].iter().zip(names).map(|(label, it)| scope(label, it)).collect();
    let main = format!(
        "data \"okta_auth_server\" \"d\" {{\n  name = \"default\"\n}}\n\
         resource \"okta_auth_server_default\" \"x\" {{\n  audiences = [\"api://default\"]\n}}\n{scopes}"
    );
    let org = folder(&[("main.tf", &main)]);
    let output = run(org.path(), &["check", ".", "--format", "json"]);
    assert_eq!(output.json()["summary"]["servers"], 1, "{}", output.stdout);
    let marked: usize = output.findings().iter().map(|it| it["labels"].as_array().map_or(0, Vec::len)).sum();
    assert!(marked >= 3, "{}", output.stdout);
}

#[test]
fn a_possible_finding_never_fails_a_run() {
    let config = "[lints]\nserver-without-policy = \"error\"\n";
    let server = "[resource.okta_auth_server.a]\nname = \"a\"\naudiences = [\"x\"]\n";
    let org = folder(&[("main.okta.toml", server), ("okta-lint.toml", config)]);
    let output = run(org.path(), &["check", ".", "--format", "json"]);
    assert_eq!((output.code, output.lints()), (0, vec!["server-without-policy".to_owned()]));
}
