//! Terraform as teams write it: modules, environments, overrides, and files
//! that do not parse, each run as a user would run it.

mod common;

use common::{Output, folder, run, run_with, text};

const SERVER: &str = r#"
variable "name" { type = string }
variable "scopes" {
  type    = list(string)
  default = []
}

resource "okta_auth_server" "this" {
  name      = var.name
  audiences = ["https://api.example.com/${var.name}"]
}

resource "okta_auth_server_scope" "this" {
  for_each       = toset(var.scopes)
  auth_server_id = okta_auth_server.this.id
  name           = each.value
}
"#;

fn check(files: &[(&str, &str)], more: &[&str]) -> Output {
    let folder = folder(files);
    run(folder.path(), &[&["check", ".", "--format", "json"], more].concat())
}

/// The findings of one lint, as `PATH:LINE certainty`, in order.
fn places(output: &Output, lint: &str) -> Vec<String> {
    let of_lint = output.findings().into_iter().filter(|it| it["lint"] == lint);
    of_lint
        .map(|it| {
            let label = &it["labels"][0];
            format!("{}:{} {}", text(&label["path"]), label["start"]["line"], text(&it["certainty"]))
        })
        .collect()
}

fn messages(output: &Output) -> Vec<String> {
    output.findings().iter().map(|it| text(&it["message"])).collect()
}

#[test]
fn nested_modules_lead_to_the_literal_and_name_the_way() {
    let root = r#"
module "apis" {
  source = "./modules/apis"
  apis = {
    orders = { scopes = ["orders:read"] }
    empty  = {}
  }
}
"#;
    let apis = r#"
variable "apis" { type = map(object({ scopes = optional(list(string), []) })) }

module "server" {
  source   = "../server"
  for_each = var.apis
  name     = each.key
  scopes   = each.value.scopes
}
"#;
    let files = [("main.tf", root), ("modules/apis/main.tf", apis), ("modules/server/main.tf", SERVER)];
    let output = check(&files, &[]);
    assert_eq!(places(&output, "custom-scope"), ["main.tf:5 definite"]);
    let findings = output.findings();
    let scope = findings.iter().find(|it| it["lint"] == "custom-scope").expect("a finding");
    assert_eq!(
        scope["resource"], "module.apis.module.server[\"orders\"].okta_auth_server.this",
        "the server's address is Terraform's"
    );
    let words: Vec<String> =
        scope["labels"].as_array().expect("labels").iter().map(|it| text(&it["text"])).collect();
    assert!(words.contains(&"passed to module `server` here".to_owned()), "{words:?}");
    assert!(words.contains(&"used here as `var.scopes`".to_owned()), "{words:?}");
}

#[test]
fn the_key_of_a_map_is_marked_where_it_is_written() {
    let root = r#"
resource "okta_auth_server" "api" {
  name      = "api"
  audiences = ["https://api.example.com"]
}

resource "okta_auth_server_scope" "all" {
  for_each = {
    "orders:read"  = "See orders"
    "orders:write" = "Change orders"
  }
  auth_server_id = okta_auth_server.api.id
  name           = each.key
  description    = each.value
}
"#;
    let output = check(&[("main.tf", root)], &[]);
    assert_eq!(places(&output, "custom-scope"), ["main.tf:9 definite"]);
    let findings = output.findings();
    let labels =
        findings.iter().find(|it| it["lint"] == "custom-scope").expect("a finding")["labels"].clone();
    let marked: Vec<(u64, u64)> = labels
        .as_array()
        .expect("labels")
        .iter()
        .filter(|it| it["text"] == "custom scope")
        .map(|it| (it["start"]["line"].as_u64().unwrap_or(0), it["start"]["column"].as_u64().unwrap_or(0)))
        .collect();
    assert_eq!(marked, [(9, 5), (10, 5)]);
}

#[test]
fn count_of_zero_is_nothing_and_an_unknown_count_is_possible() {
    let with = |count: &str| {
        let root = format!(
            "variable \"on\" {{ type = bool }}\nmodule \"server\" {{\n  source = \"./server\"\n  count = {count}\n  \
             name = \"orders\"\n  scopes = [\"orders:read\"]\n}}\n"
        );
        check(&[("main.tf", &root), ("server/main.tf", SERVER)], &[])
    };
    assert_eq!(places(&with("0"), "custom-scope"), [""; 0]);
    assert_eq!(places(&with("1"), "custom-scope"), ["main.tf:6 definite"]);
    assert_eq!(places(&with("var.on ? 1 : 0"), "custom-scope"), ["main.tf:6 possible"]);
}

#[test]
fn each_environment_is_evaluated_and_named() {
    let root = "variable \"scopes\" { type = list(string) }\nmodule \"server\" {\n  source = \"./server\"\n  \
                name = \"orders\"\n  scopes = var.scopes\n}\n";
    let files = [
        ("main.tf", root),
        ("server/main.tf", SERVER),
        ("env/dev.tfvars", "scopes = []\n"),
        ("env/prod.tfvars", "scopes = [\"orders:read\"]\n"),
    ];
    let output = check(&files, &[]);
    assert_eq!(places(&output, "custom-scope"), ["env/prod.tfvars:1 definite"]);
    let all = messages(&output);
    assert!(all.iter().any(|it| it.ends_with("(with `env/prod.tfvars`)")), "{all:?}");
    // What is so with each of them is said once.
    let policies: Vec<&String> = all.iter().filter(|it| it.contains("no active access policy")).collect();
    assert_eq!(policies.len(), 1, "{policies:?}");
    assert!(policies[0].ends_with("(with `env/dev.tfvars`, `env/prod.tfvars`)"), "{policies:?}");

    let dev = check(&files, &["--var-file", "env/dev.tfvars"]);
    assert_eq!(places(&dev, "custom-scope"), [""; 0]);
    let given = check(&files, &["--var-file", "env/dev.tfvars", "--var", "scopes=[\"a:b\"]"]);
    assert_eq!(places(&given, "custom-scope").len(), 1, "{}", given.stdout);
}

#[test]
fn files_of_variables_have_the_precedence_of_terraform() {
    let root = "variable \"scope\" { default = \"d:d\" }\nmodule \"server\" {\n  source = \"./server\"\n  \
                name = \"orders\"\n  scopes = [var.scope]\n}\n";
    let mut files = vec![("main.tf", root), ("server/main.tf", SERVER)];
    let first = |files: &[(&str, &str)]| places(&check(files, &[]), "custom-scope");
    assert_eq!(first(&files), ["main.tf:1 definite"]);
    files.push(("terraform.tfvars", "scope = \"a:a\"\n"));
    assert_eq!(first(&files), ["terraform.tfvars:1 definite"]);
    files.push(("terraform.tfvars.json", "{\"scope\": \"b:b\"}\n"));
    assert_eq!(first(&files), ["terraform.tfvars.json:1 definite"]);
    files.push(("a.auto.tfvars", "scope = \"c:c\"\n"));
    assert_eq!(first(&files), ["a.auto.tfvars:1 definite"]);
    files.push(("b.auto.tfvars.json", "{\"scope\": \"e:e\"}\n"));
    assert_eq!(first(&files), ["b.auto.tfvars.json:1 definite"]);
}

#[test]
fn a_module_that_nobody_calls_is_read_with_its_defaults() {
    let library = SERVER.replace("default = []", "default = [\"orders:read\"]");
    let output = check(&[("modules/server/main.tf", &library)], &[]);
    assert_eq!(places(&output, "custom-scope"), ["modules/server/main.tf:5 possible"]);
    // Whoever calls it may declare what this one lacks.
    assert_eq!(places(&output, "server-without-policy"), [""; 0]);
    // It is one from within too.
    let folder = folder(&[("modules/server/main.tf", library.as_str())]);
    let output = run(&folder.path().join("modules/server"), &["check", ".", "--format", "json"]);
    assert_eq!(places(&output, "custom-scope"), ["main.tf:5 possible"]);
}

#[test]
fn a_remote_module_may_hold_what_is_not_here() {
    let server = "resource \"okta_auth_server\" \"orders\" {\n  name = \"orders\"\n  audiences = [\"api://orders\"]\n}\n";
    let remote =
        format!("{server}module \"policies\" {{\n  source = \"example/policies/okta\"\n  server = 1\n}}\n");
    let lone = check(&[("main.tf", server)], &[]);
    assert_eq!(places(&lone, "server-without-policy").len(), 1, "{}", lone.stdout);
    let output = check(&[("main.tf", &remote)], &[]);
    assert_eq!(places(&output, "server-without-policy"), [""; 0]);
}

#[test]
fn an_override_replaces_what_it_names() {
    let main = "resource \"okta_auth_server\" \"api\" {\n  name = \"api\"\n  audiences = [\"api://a\"]\n}\n\
                resource \"okta_auth_server_scope\" \"s\" {\n  auth_server_id = okta_auth_server.api.id\n  \
                name = \"openid\"\n}\n";
    let over = "resource \"okta_auth_server_scope\" \"s\" {\n  name = \"orders:read\"\n}\n";
    assert_eq!(places(&check(&[("main.tf", main)], &[]), "custom-scope"), [""; 0]);
    let output = check(&[("main.tf", main), ("local_override.tf", over)], &[]);
    assert_eq!(places(&output, "custom-scope"), ["local_override.tf:2 definite"]);
}

#[test]
fn a_broken_block_leaves_its_neighbours_alone() {
    let broken = format!("{}\nresource \"okta_group\" \"broken\" {{\n  name = = 1\n}}\n", SERVER.trim());
    let call = "module \"server\" {\n  source = \"./server\"\n  name = \"orders\"\n  scopes = [\"orders:read\"]\n}\n";
    let output = check(&[("main.tf", call), ("server/main.tf", &broken)], &[]);
    assert_eq!(places(&output, "syntax-error"), ["server/main.tf:18 definite"]);
    assert_eq!(places(&output, "custom-scope"), ["main.tf:4 definite"]);
    // The broken block may be what seems to be missing.
    assert_eq!(places(&output, "server-without-policy"), [""; 0]);
}

#[test]
fn old_syntax_is_read() {
    let old = r#"
resource okta_app_oauth job {
  label          = "Job"
  type           = "service"
  grant_types    = ["client_credentials"]
  response_types = ["token"]
}

resource "okta_auth_server" "api" {
  name      = "api"
  audiences = ["api://a"]
}

resource "okta_auth_server_scope" "read" {
  auth_server_id = "${okta_auth_server.api.id}"
  name           = "${format("%s:%s", "orders", "read")}"
}

resource "okta_oauth_app" "old" {
  label          = "Old"
  type           = "service"
  grant_types    = ["client_credentials"]
  response_types = ["token"]
}
"#;
    let output = check(&[("main.tf", old)], &[]);
    assert_eq!(places(&output, "custom-scope").len(), 1, "{}", output.stdout);
    let machines = places(&output, "machine-to-machine");
    let clients = output.json()["summary"]["clients"].clone();
    assert_eq!(clients, 2, "{machines:?}");
}

#[test]
fn data_files_outside_the_project_are_read_when_it_is_allowed_only() {
    let outer = folder(&[("shared/scopes.json", "[\"orders:read\"]"), ("project/.git/HEAD", "")]);
    let call = "module \"server\" {\n  source = \"./server\"\n  name = \"orders\"\n  \
                scopes = jsondecode(file(\"../shared/scopes.json\"))\n}\n";
    common::write(outer.path(), "project/main.tf", call.as_bytes());
    common::write(outer.path(), "project/server/main.tf", SERVER.as_bytes());
    let project = outer.path().join("project");
    let closed = run(&project, &["check", ".", "--format", "json"]);
    assert_eq!(places(&closed, "custom-scope"), [""; 0]);
    let open = run(&project, &["check", ".", "--format", "json", "--allow-read", "../shared"]);
    let found = places(&open, "custom-scope");
    assert!(found.len() == 1 && found[0].ends_with("shared/scopes.json:1 definite"), "{found:?}");
}

#[test]
fn provider_aliases_are_orgs_of_their_own() {
    let root = r#"
provider "okta" {
  org_name = "one"
}
provider "okta" {
  alias    = "two"
  org_name = "two"
}
resource "okta_auth_server" "a" {
  name      = "a"
  audiences = ["api://a"]
}
module "server" {
  source    = "./server"
  providers = { okta = okta.two }
  name      = "orders"
  scopes    = ["orders:read"]
}
"#;
    let output = check(&[("main.tf", root), ("server/main.tf", SERVER)], &[]);
    assert_eq!(places(&output, "custom-scope"), ["main.tf:17 definite"]);
    assert_eq!(output.json()["summary"]["servers"], 2);
}

#[cfg(unix)]
#[test]
fn a_linked_file_belongs_to_each_folder_that_links_it() {
    let folder = folder(&[
        ("shared/server.tf", SERVER),
        ("dev/terraform.tfvars", "name = \"dev\"\nscopes = [\"dev:read\"]\n"),
        ("prod/terraform.tfvars", "name = \"prod\"\nscopes = [\"prod:read\"]\n"),
    ]);
    for environment in ["dev", "prod"] {
        let link = folder.path().join(environment).join("server.tf");
        std::os::unix::fs::symlink("../shared/server.tf", link).expect("a link");
    }
    let output = run(folder.path(), &["check", ".", "--format", "json"]);
    assert_eq!(
        places(&output, "custom-scope"),
        ["dev/terraform.tfvars:2 definite", "prod/terraform.tfvars:2 definite"]
    );
}

#[test]
fn terragrunt_is_said_to_be_left_alone() {
    let grunt = "terraform {\n  source = \"../modules//server\"\n}\ninputs = {\n  scopes = [\"a:b\"]\n}\n";
    let folder = folder(&[("modules/server/main.tf", SERVER), ("live/terragrunt.hcl", grunt)]);
    let output = run(folder.path(), &["check", "."]);
    let all = format!("{}{}", output.stdout, output.stderr);
    assert!(all.to_lowercase().contains("terragrunt"), "{all}");
}

#[test]
fn a_plan_leaves_out_what_is_deleted_and_masks_what_is_secret() {
    let plan = r#"{
      "format_version": "1.2", "terraform_version": "1.9.0",
      "planned_values": {"root_module": {"resources": [
        {"address": "okta_auth_server.api", "mode": "managed", "type": "okta_auth_server", "name": "api",
         "provider_name": "registry.example.com/okta/okta",
         "values": {"name": "api", "audiences": ["api://a"], "status": "ACTIVE"}},
        {"address": "okta_auth_server_scope.read", "mode": "managed", "type": "okta_auth_server_scope",
         "name": "read", "provider_name": "registry.example.com/okta/okta",
         "values": {"name": "orders:read", "description": "hook_token = \"hunter2hunter2\""}}
      ]}},
      "resource_changes": [
        {"address": "okta_auth_server.api", "mode": "managed", "type": "okta_auth_server", "name": "api",
         "change": {"actions": ["create"], "before": null,
                    "after": {"name": "api", "audiences": ["api://a"], "status": "ACTIVE"},
                    "after_unknown": {"id": true}}},
        {"address": "okta_auth_server_scope.read", "mode": "managed", "type": "okta_auth_server_scope",
         "name": "read",
         "change": {"actions": ["create"], "before": null,
                    "after": {"name": "orders:read"}, "after_unknown": {"id": true, "auth_server_id": true}}},
        {"address": "okta_auth_server_scope.gone", "mode": "managed", "type": "okta_auth_server_scope",
         "name": "gone",
         "change": {"actions": ["delete"], "before": {"name": "gone:gone", "auth_server_id": "aus1"},
                    "after": null, "after_unknown": {}}}
      ],
      "configuration": {"root_module": {"resources": [
        {"address": "okta_auth_server.api", "mode": "managed", "type": "okta_auth_server", "name": "api",
         "provider_config_key": "okta", "expressions": {}},
        {"address": "okta_auth_server_scope.read", "mode": "managed", "type": "okta_auth_server_scope",
         "name": "read", "provider_config_key": "okta",
         "expressions": {"auth_server_id": {"references": ["okta_auth_server.api.id", "okta_auth_server.api"]}}}
      ]}}
    }"#;
    let folder = folder(&[("plan.json", plan)]);
    let output = run(folder.path(), &["check", "plan.json", "--format", "json"]);
    assert_eq!(places(&output, "custom-scope").len(), 1, "{}", output.stdout);
    assert!(!output.stdout.contains("gone"), "{}", output.stdout);
    let human = run(folder.path(), &["check", "plan.json"]);
    assert!(!human.stdout.contains("hunter2"), "{}", human.stdout);
    let stdin = run_with(folder.path(), &["check", "-", "--format", "json"], Some(plan));
    assert_eq!(places(&stdin, "custom-scope").len(), 1, "{}{}", stdin.stdout, stdin.stderr);
}

/// Where elements or keys are not known, neither are positions, the values that
/// a later key may replace, nor how many there are in a group.
#[test]
fn what_may_come_before_or_replace_leaves_nothing_certain() {
    let head = "variable \"u\" {}\nvariable \"l\" {\n  type = list(string)\n}\nvariable \"m\" {\n  type = map(string)\n}\n\
        resource \"okta_auth_server\" \"s\" {\n  name = \"s\"\n  audiences = [\"api://s\"]\n}\n\
        resource \"okta_auth_server_policy\" \"p\" {\n  auth_server_id = okta_auth_server.s.id\n  name = \"p\"\n  description = \"d\"\n  priority = 1\n  client_whitelist = [\"ALL_CLIENTS\"]\n}\n\
        resource \"okta_auth_server_policy_rule\" \"r\" {\n  auth_server_id = okta_auth_server.s.id\n  policy_id = okta_auth_server_policy.p.id\n  name = \"r\"\n  priority = 1\n  grant_type_whitelist = [\"authorization_code\"]\n  group_whitelist = [\"EVERYONE\"]\n  scope_whitelist = [\"openid\"]\n";
    let refuses = |minutes: &str| {
        let body = format!("{head}  access_token_lifetime_minutes = {minutes}\n}}\n");
        let org = folder(&[("main.tf", &body)]);
        let output = run(org.path(), &["check", ".", "--format", "json"]);
        output.lints().iter().any(|it| it == "lifetime-out-of-range")
    };
    // 9000 is refused, 60 and what is not known are not.
    for known in [
        "{ a = 9000, b = 60 }.a",
        "[for i, x in [9000] : x + i][0]",
        "tolist(toset([9000]))[0]",
        "{ (var.u) = 60, a = 9000 }.a",
    ] {
        assert!(refuses(known), "{known}");
    }
    for unknown in [
        "{ a = 9000, (var.u) = 60 }.a",
        "merge({ a = 9000, (var.u) = 60 }, {}).a",
        "lookup({ a = 9000, (var.u) = 60 }, \"a\", 60)",
        "tonumber(tolist(toset([var.u, \"9000\"]))[0])",
        "tonumber([for x in toset([var.u, \"9000\"]) : x][0])",
        "tonumber(element(tolist(toset([\"9000\", var.u])), 0))",
        "toset([var.u, \"a\"]) == toset([\"a\"]) ? 60 : 9000",
        "[for i, x in concat(var.l, [\"x\"]) : i == 0 ? 9000 : 60 if x == \"x\"][0]",
        "{ for i, x in concat(var.l, [\"9000\"]) : \"r${i}\" => tonumber(x) }[\"r0\"]",
        "[for i, k in keys(merge(var.m, { zz = 1 })) : i == 0 ? 9000 : 60 if k == \"zz\"][0]",
        "length({ for x in [\"bad\", var.u] : x => 1... }[\"bad\"]) == 1 ? 9000 : 60",
        "try({ for x in [\"bad\", var.u] : x => 1... }[\"bad\"][1], 0) == 0 ? 9000 : 60",
    ] {
        assert!(!refuses(unknown), "{unknown}");
    }
}

#[test]
fn an_issuer_is_handed_down_to_a_module_that_never_names_okta() {
    let root = r#"
variable "okta_domain" {}
module "api" {
  source = "./modules/api"
  issuer = "https://${var.okta_domain}/oauth2/default"
}
"#;
    let middle =
        "variable \"issuer\" {}\nmodule \"gateway\" {\n  source = \"../gateway\"\n  issuer = var.issuer\n}\n";
    let gateway = r#"
variable "issuer" {}
resource "aws_apigatewayv2_authorizer" "it" {
  jwt_configuration {
    audience = ["api://orders"]
    issuer   = var.issuer
  }
}
"#;
    let mesh = r#"
variable "issuer" {}
resource "kubernetes_manifest" "it" {
  manifest = yamldecode(<<-YAML
    spec:
      jwtRules:
        - issuer: ${var.issuer}
          audiences: [api://orders]
  YAML
  )
}
"#;
    for takes in [gateway, mesh] {
        let files = [("main.tf", root), ("modules/api/main.tf", middle), ("modules/gateway/main.tf", takes)];
        let lints = check(&files, &["--allow-empty"]).lints();
        assert_eq!(lints, ["local-token-validation", "own-audience"], "{takes}");
    }
    let nothing = "variable \"issuer\" {}\nresource \"aws_s3_bucket\" \"it\" {\n  bucket = var.issuer\n}\n";
    let files = [("main.tf", root), ("modules/api/main.tf", middle), ("modules/gateway/main.tf", nothing)];
    assert_eq!(check(&files, &["--allow-empty"]).json()["summary"]["files"], 1, "the others are not parsed");
}
