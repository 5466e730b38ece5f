//! Where values come from that nobody looked at, and what then may be said:
//! layers of values, files that cannot be read, Terragrunt, plans out of date.

mod common;

use common::{Output, folder, run, text};

const SERVER: &str =
    "resource \"okta_auth_server\" \"s\" {\n  name = \"x\"\n  audiences = [\"api://x\"]\n}\n";

const SCOPE: &str = "resource \"okta_auth_server_scope\" \"w\" {\n  auth_server_id = okta_auth_server.s.id\n  name = \"x:write\"\n}\n";

fn check(files: &[(&str, &str)], more: &[&str]) -> Output {
    let folder = folder(files);
    run(folder.path(), &[&["check", ".", "--format", "json"], more].concat())
}

/// The findings as `LINT certainty`, sorted.
fn found(output: &Output) -> Vec<String> {
    let line = |it: &serde_json::Value| format!("{} {}", text(&it["lint"]), text(&it["certainty"]));
    let mut all: Vec<String> = output.findings().iter().map(line).collect();
    all.sort();
    all
}

/// What a report for people says was not looked at, in one line.
fn unread(files: &[(&str, &str)], more: &[&str]) -> String {
    let folder = folder(files);
    let output = run(folder.path(), &[&["check", "."], more].concat());
    let words = output.stdout.split("not looked at:").nth(1).unwrap_or_default();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(output: &Output, finding: &str) -> bool {
    found(output).iter().any(|it| it == finding)
}

/// A server with a policy whose clients are a variable.
fn with_clients(default: &str) -> String {
    format!(
        "variable \"clients\" {{ default = {default} }}\nvariable \"env\" {{ default = \"\" }}\n{SERVER}{SCOPE}\
         resource \"okta_auth_server_policy\" \"p\" {{\n  auth_server_id = okta_auth_server.s.id\n  name = \"p\"\n  \
         description = \"p\"\n  priority = 1\n  client_whitelist = var.clients\n}}\n"
    )
}

#[test]
fn two_modules_may_use_outputs_of_each_other() {
    let root = "module \"app\" {\n  source = \"./app\"\n  server_id = module.server.id\n}\n\
                module \"server\" {\n  source = \"./server\"\n  clients = [module.app.client_id]\n}\n";
    let app = "variable \"server_id\" {}\nresource \"okta_app_oauth\" \"a\" {\n  label = \"A\"\n  type = \"web\"\n}\n\
               output \"client_id\" { value = okta_app_oauth.a.client_id }\noutput \"server_id\" { value = var.server_id }\n";
    let server = format!(
        "variable \"clients\" {{}}\n{SERVER}output \"id\" {{ value = okta_auth_server.s.id }}\noutput \"clients\" {{ value = var.clients }}\n"
    );
    let output = check(&[("main.tf", root), ("app/main.tf", app), ("server/main.tf", &server)], &[]);
    assert!(!has(&output, "syntax-error definite"), "{}", output.stdout);
    // A cycle that Terraform refuses is still said.
    let circle = "module \"a\" {\n  source = \"./m\"\n  x = module.b.x\n}\nmodule \"b\" {\n  source = \"./m\"\n  x = module.a.x\n}\n";
    let m = format!(
        "variable \"x\" {{}}\n{}output \"x\" {{ value = var.x }}\n",
        SERVER.replace("\"x\"", "var.x")
    );
    let output = check(&[("main.tf", circle), ("m/main.tf", &m)], &[]);
    assert!(has(&output, "syntax-error definite"), "{}", output.stdout);
}

#[test]
fn an_empty_hook_is_no_hook() {
    let rule = |hook: &str| {
        format!(
            "{}resource \"okta_auth_server_policy_rule\" \"r\" {{\n  auth_server_id = okta_auth_server.s.id\n  \
             policy_id = okta_auth_server_policy.p.id\n  name = \"r\"\n  priority = 1\n  \
             grant_type_whitelist = [\"authorization_code\"]\n  inline_hook_id = \"{hook}\"\n}}\n",
            with_clients("[\"0oa1\"]")
        )
    };
    let licence = ["--complete"];
    assert!(!has(&check(&[("main.tf", &rule(""))], &licence), "token-hook definite"));
    let named = check(&[("main.tf", &rule("cal6j4q1yZk8HfV9c5d7"))], &licence);
    assert!(has(&named, "dangling-hook definite"), "{:?}", found(&named));
}

#[test]
fn layers_of_values_prove_nothing_of_what_another_layer_sets() {
    let main = with_clients("[\"ALL_CLIENTS\"]");
    let files = [
        ("main.tf", main.as_str()),
        ("common.tfvars", "clients = [\"0oa1\"]\n"),
        ("dev.tfvars", "env = \"dev\"\n"),
        ("prod.tfvars", "env = \"prod\"\n"),
    ];
    assert!(!has(&check(&files, &[]), "all-clients-policy definite"));
    // Said which files are laid over one another, it is known.
    let given = ["--var-file", "prod.tfvars"];
    assert!(has(&check(&files, &given), "all-clients-policy definite"));
    // A file that sets no variable of the root is no environment.
    let backend = [("main.tf", main.as_str()), ("backend/prod.tfvars", "bucket = \"x\"\n")];
    let output = check(&backend, &[]);
    assert!(has(&output, "all-clients-policy definite"));
    assert!(!output.stdout.contains("(with"), "{}", output.stdout);
}

#[test]
fn what_terraform_reads_by_itself_is_a_way_of_its_own() {
    let main = with_clients("[]");
    let files = [
        ("main.tf", main.as_str()),
        ("terraform.tfvars", "clients = [\"ALL_CLIENTS\"]\n"),
        ("dev.tfvars", "clients = [\"0oa1\"]\n"),
    ];
    let output = check(&files, &[]);
    assert!(has(&output, "all-clients-policy definite"));
    assert!(output.stdout.contains("(with `terraform.tfvars`)"), "{}", output.stdout);
}

#[test]
fn values_that_cannot_be_read_or_are_left_out_are_unknown() {
    let main = with_clients("[\"ALL_CLIENTS\"]");
    let with = |name: &str, content: &[u8], more: &[&str]| {
        let folder = folder(&[("main.tf", main.as_str())]);
        common::write(folder.path(), name, content);
        run(folder.path(), &[&["check", ".", "--format", "json"], more].concat())
    };
    let good = b"clients = [\"0oa1\"]\n";
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(good.iter().flat_map(|it| [*it, 0])).collect();
    let utf16 = with("terraform.tfvars", &wide, &[]);
    assert!(!has(&utf16, "all-clients-policy definite"), "{:?}", found(&utf16));
    assert!(has(&utf16, "unreadable-file definite"));
    let broken = with("terraform.tfvars", b"clients = [\"0oa1\"\n", &[]);
    assert!(has(&broken, "syntax-error definite") && !has(&broken, "all-clients-policy definite"));
    let excluded = with("terraform.tfvars", good, &["--exclude", "*.tfvars"]);
    assert!(!has(&excluded, "all-clients-policy definite"), "{:?}", found(&excluded));
    // Without the file the default holds.
    let none = with("notes.txt", b"", &[]);
    assert!(has(&none, "all-clients-policy definite"));
}

#[test]
fn inputs_of_terragrunt_may_replace_defaults() {
    let main = with_clients("[\"ALL_CLIENTS\"]");
    let inputs = "inputs = {\n  clients = [\"0oa1\"]\n}\n";
    let beside = check(&[("main.tf", &main), ("terragrunt.hcl", inputs)], &[]);
    assert!(!has(&beside, "all-clients-policy definite"), "{:?}", found(&beside));
    let live = format!("terraform {{\n  source = \"../../modules//server\"\n}}\n{inputs}");
    let away = check(&[("modules/server/main.tf", &main), ("live/prod/terragrunt.hcl", &live)], &[]);
    assert!(!has(&away, "all-clients-policy definite"), "{:?}", found(&away));
}

#[test]
fn a_value_for_no_variable_is_a_mistake() {
    let main = with_clients("[]");
    let output = check(&[("main.tf", &main)], &["--var", "client=[]"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("`client`"), "{}", output.stderr);
    assert!(check(&[("main.tf", &main)], &["--var", "clients=[]"]).code < 2);
}

#[test]
fn a_file_of_opentofu_stands_for_the_one_of_terraform() {
    let files = [("main.tf", SERVER), ("main.tofu", SERVER)];
    assert!(!has(&check(&files, &[]), "syntax-error definite"));
}

#[test]
fn what_is_changed_in_okta_is_unknown() {
    let all = with_clients("[\"ALL_CLIENTS\"]");
    assert!(has(&check(&[("main.tf", &all)], &[]), "all-clients-policy definite"));
    for ignored in ["[client_whitelist]", "all"] {
        let lifecycle =
            format!("client_whitelist = var.clients\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n");
        let main = all.replace("client_whitelist = var.clients\n", &lifecycle);
        assert!(!has(&check(&[("main.tf", &main)], &[]), "all-clients-policy definite"), "{ignored}");
    }
}

#[test]
fn what_grows_without_end_is_ended_with_words() {
    let calls =
        format!("{SERVER}module \"a\" {{\n  source = \"./\"\n}}\nmodule \"b\" {{\n  source = \"./\"\n}}\n");
    let cube = format!(
        "locals {{\n  a = [for i in range(700) : [for j in range(700) : [for k in range(700) : i + j + k]]]\n}}\n{}",
        SERVER.replace("\"x\"", "\"x${local.a[0][0][0]}\"")
    );
    let sets = format!(
        "locals {{\n  a = length(setsubtract(range(90000), range(1, 90000)))\n}}\n{}",
        SERVER.replace("\"x\"", "\"x${local.a}\"")
    );
    for main in [calls, cube, sets] {
        let folder = folder(&[("main.tf", &main)]);
        let output = run(folder.path(), &["check", "."]);
        assert!(output.code < 2, "{}{}", output.stdout, output.stderr);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(said.contains("limit") || said.contains("more than"), "{said}");
    }
}

#[test]
fn files_are_listed_from_where_terraform_starts() {
    let main = format!(
        "locals {{\n  scopes = {{ for it in fileset(path.module, \"scopes/*.json\") : it => jsondecode(file(\"${{path.module}}/${{it}}\")) }}\n}}\n{SERVER}\
         resource \"okta_auth_server_scope\" \"all\" {{\n  for_each = local.scopes\n  auth_server_id = okta_auth_server.s.id\n  name = each.value.name\n}}\n"
    );
    let output = check(&[("main.tf", &main), ("scopes/read.json", "{\"name\": \"orders:read\"}")], &[]);
    assert!(has(&output, "custom-scope definite"), "{:?}", found(&output));
}

/// A plan of a server and a policy that lets these clients ask.
fn plan(clients: &str, more: &str) -> String {
    let after = format!(
        "{{\"name\": \"p\", \"description\": \"p\", \"priority\": 1, \"client_whitelist\": {clients}}}"
    );
    format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0",
  "planned_values": {{"root_module": {{"resources": [
    {{"address": "okta_auth_server.s", "mode": "managed", "type": "okta_auth_server", "name": "s",
      "values": {{"name": "x", "audiences": ["api://x"]}}}},
    {{"address": "okta_auth_server_scope.w", "mode": "managed", "type": "okta_auth_server_scope", "name": "w",
      "values": {{"name": "x:write"}}}},
    {{"address": "okta_auth_server_policy.p", "mode": "managed", "type": "okta_auth_server_policy", "name": "p",
      "values": {after}}}]}}}},
  "resource_changes": [
    {{"address": "okta_auth_server_scope.w", "mode": "managed", "type": "okta_auth_server_scope", "name": "w",
      "change": {{"actions": ["create"], "after": {{"name": "x:write"}}, "after_unknown": {{"id": true, "auth_server_id": true}}}}}},
    {{"address": "okta_auth_server.s", "mode": "managed", "type": "okta_auth_server", "name": "s",
      "change": {{"actions": ["create"], "after": {{"name": "x"}}, "after_unknown": {{"id": true}}}}}},
    {{"address": "okta_auth_server_policy.p", "mode": "managed", "type": "okta_auth_server_policy", "name": "p",
      "change": {{"actions": ["create"], "after": {after}, "after_unknown": {{"id": true, "auth_server_id": true}}}}}}{more}],
  "configuration": {{"root_module": {{"resources": [
    {{"address": "okta_auth_server.s", "type": "okta_auth_server", "name": "s", "provider_config_key": "okta", "expressions": {{}}}},
    {{"address": "okta_auth_server_scope.w", "type": "okta_auth_server_scope", "name": "w", "provider_config_key": "okta",
      "expressions": {{"auth_server_id": {{"references": ["okta_auth_server.s.id", "okta_auth_server.s"]}}}}}},
    {{"address": "okta_auth_server_policy.p", "type": "okta_auth_server_policy", "name": "p", "provider_config_key": "okta",
      "expressions": {{"auth_server_id": {{"references": ["okta_auth_server.s.id", "okta_auth_server.s"]}}}}}}]}}}}}}"#
    )
}

#[test]
fn a_plan_out_of_date_does_not_speak_for_the_configuration() {
    let (fixed, open) = (with_clients("[\"0oa1\"]"), with_clients("[\"ALL_CLIENTS\"]"));
    let stale = plan("[\"ALL_CLIENTS\"]", "");
    let output = check(&[("main.tf", &fixed), ("plan.json", &stale)], &[]);
    assert!(!has(&output, "all-clients-policy definite"), "{:?}", found(&output));
    let hidden = check(&[("main.tf", &open), ("plan.json", &plan("[\"0oa1\"]", ""))], &[]);
    assert!(has(&hidden, "all-clients-policy definite"), "{:?}", found(&hidden));
    // One that fits points into the configuration.
    let fits = check(&[("main.tf", &open), ("plan.json", &stale)], &[]);
    let finding = fits.findings().into_iter().find(|it| it["lint"] == "all-clients-policy").expect("it");
    assert_eq!(finding["labels"][0]["path"], "main.tf");
}

/// `null` is as if nobody had written it, and a plan has the provider's default there.
#[test]
fn a_plan_fits_a_configuration_that_leaves_defaults_to_the_provider() {
    let open = with_clients("[\"ALL_CLIENTS\"]");
    let written = "priority = 1\n";
    assert!(open.contains(written), "{open}");
    let plan = plan("[\"ALL_CLIENTS\"]", "");
    let words = |priority: &str| {
        let main = open.replace(written, priority);
        unread(&[("main.tf", &main), ("plan.json", &plan)], &[])
    };
    let (stale, fits) = (words("priority = 2\n"), words("priority = null\n"));
    assert!(stale.contains("do not match"), "{stale}");
    assert!(!fits.contains("do not match"), "{fits}");
    // A write-only argument is in no plan.
    let written_only = words("priority = 1\n  secret_wo = \"x\"\n");
    assert!(!written_only.contains("do not match"), "{written_only}");
    assert!(words("priority = 1\n  secret = \"x\"\n").contains("do not match"));
}

#[test]
fn what_is_left_of_a_failed_replacement_hides_nothing() {
    let deposed = r#",
    {"address": "okta_auth_server_policy.p", "deposed": "abcd1234", "mode": "managed", "type": "okta_auth_server_policy",
      "name": "p", "change": {"actions": ["delete"], "before": {"name": "p"}, "after": null, "after_unknown": {}}}"#;
    let output = check(&[("plan.json", &plan("[\"ALL_CLIENTS\"]", deposed))], &[]);
    assert!(has(&output, "all-clients-policy definite"), "{:?}", found(&output));
}

#[test]
fn a_file_is_the_same_file_from_every_folder() {
    let main = with_clients("[\"ALL_CLIENTS\"]");
    let folder = folder(&[
        (".git/HEAD", ""),
        ("tf/main.tf", main.as_str()),
        ("tf/env/p.tfvars", "clients = [\"0oa1\"]\n"),
        ("lib/main.tf", main.as_str()),
        ("prod/main.tf", "module \"m\" {\n  source = \"../lib\"\n  clients = [\"0oa1\"]\n}\n"),
    ]);
    for (from, file) in [("", "tf/main.tf"), ("tf", "main.tf"), ("tf/env", "../main.tf"), ("lib", "main.tf")]
    {
        let output = run(&folder.path().join(from), &["check", file, "--format", "json"]);
        assert!(!has(&output, "all-clients-policy definite"), "{from}: {}", output.stdout);
        assert_eq!(output.json()["summary"]["servers"], 2, "{from}");
        assert!(
            output.findings().iter().any(|it| it["labels"][0]["path"] == file),
            "{from}: {}",
            output.stdout
        );
    }
}

#[test]
fn a_root_of_nothing_but_calls_is_read_alone() {
    let folder = folder(&[
        (".git/HEAD", ""),
        ("modules/sso/main.tf", &with_clients("[]")),
        (
            "live/prod/main.tf",
            "module \"sso\" {\n  source = \"../../modules/sso\"\n  clients = [\"ALL_CLIENTS\"]\n}\n",
        ),
    ]);
    for (from, path) in [("", "live/prod"), ("live/prod", ".")] {
        let output = run(&folder.path().join(from), &["check", path, "--format", "json"]);
        assert!(has(&output, "all-clients-policy definite"), "{from}: {}{}", output.stdout, output.stderr);
    }
}

#[test]
fn a_plan_of_one_environment_leaves_the_others() {
    let main = with_clients("[]");
    let files = [
        ("main.tf", main.as_str()),
        ("env/dev.tfvars", "clients = [\"0oa1\"]\n"),
        ("env/prod.tfvars", "clients = [\"ALL_CLIENTS\"]\n"),
        ("plan.json", &plan("[\"0oa1\"]", "")),
    ];
    let output = check(&files, &[]);
    assert!(has(&output, "all-clients-policy definite"), "{:?}", found(&output));
    assert!(output.stdout.contains("(with `env/prod.tfvars`)"), "{}", output.stdout);
}

#[test]
fn a_plan_that_is_named_is_the_only_one() {
    let (good, bad) = (plan("[\"0oa1\"]", ""), plan("[\"ALL_CLIENTS\"]", ""));
    let folder = folder(&[("a.json", &good), ("b.json", &bad)]);
    let named = run(folder.path(), &["check", "a.json", "--format", "json"]);
    assert!(!has(&named, "all-clients-policy definite"), "{:?}", found(&named));
    assert!(has(&run(folder.path(), &["check", ".", "--format", "json"]), "all-clients-policy definite"));
}

#[test]
fn terragrunt_that_does_not_say_where_may_mean_any_root() {
    let main = with_clients("[\"ALL_CLIENTS\"]");
    let live =
        "terraform {\n  source = \"${get_repo_root()}//app\"\n}\ninputs = {\n  clients = [\"0oa1\"]\n}\n";
    let output = check(&[("app/main.tf", &main), ("live/prod/terragrunt.hcl", live)], &[]);
    assert!(!has(&output, "all-clients-policy definite"), "{:?}", found(&output));
}

#[test]
fn a_plan_says_itself_with_which_values_it_was_made() {
    let main = with_clients("[\"ALL_CLIENTS\"]");
    let made = plan("[\"0oa1\"]", "").replacen(
        "\"planned_values\"",
        "\"variables\": {\"clients\": {\"value\": [\"0oa1\"]}, \"env\": {\"value\": \"\"}}, \"planned_values\"",
        1,
    );
    let output = check(&[("main.tf", &main), ("plan.json", &made)], &[]);
    assert!(!has(&output, "all-clients-policy definite"), "{:?}", found(&output));
    let text = folder(&[("main.tf", &main), ("plan.json", &made)]);
    let text = run(text.path(), &["check", "."]);
    assert!(!format!("{}{}", text.stdout, text.stderr).contains("do not match"), "{}", text.stdout);
}

/// What `yamldecode` and its kin give is unknown where the file is broken or not
/// there, and that is said.
#[test]
fn data_files_that_give_nothing_are_spoken_of() {
    let scope = |value: &str| {
        format!(
            "{SERVER}resource \"okta_auth_server_scope\" \"w\" {{\n  auth_server_id = okta_auth_server.s.id\n  name = {value}\n}}\n"
        )
    };
    let main = scope("yamldecode(file(\"scopes.yaml\"))[0]");
    let missing = check(&[("main.tf", &main)], &[]);
    let words = unread(&[("main.tf", &main)], &[]);
    assert!(words.contains("data file `scopes.yaml`, which is not there"), "{words}");
    assert_eq!(found(&missing), ["server-without-policy possible"], "{}", missing.stdout);

    let broken = check(&[("main.tf", &main), ("scopes.yaml", "- orders:read\n- \"x\n")], &[]);
    assert!(has(&broken, "syntax-error possible"), "{}", broken.stdout);
    assert_eq!(broken.code, 0, "{}", broken.stdout);
    let error = broken.findings().into_iter().find(|it| it["lint"] == "syntax-error").expect("an error");
    assert_eq!(text(&error["labels"][0]["path"]), "scopes.yaml", "{error}");

    let main = scope("jsondecode(file(\"scopes.json\"))[0]");
    let broken = check(&[("main.tf", &main), ("scopes.json", "[\"orders:read\",\n")], &[]);
    assert!(has(&broken, "syntax-error definite"), "{}", broken.stdout);

    // What Terraform passes over is no mistake.
    for guarded in [
        "try(jsondecode(file(\"scopes.json\"))[0], \"x:write\")",
        "try(jsondecode(file(\"none.json\"))[0], \"x:write\")",
        "fileexists(\"none.json\") ? jsondecode(file(\"none.json\"))[0] : \"x:write\"",
    ] {
        let main = scope(guarded);
        let files = [("main.tf", main.as_str()), ("scopes.json", "[\"orders:read\",\n")];
        let output = check(&files, &[]);
        assert!(has(&output, "custom-scope definite"), "{guarded}: {}", output.stdout);
        assert!(!has(&output, "syntax-error definite"), "{guarded}: {}", output.stdout);
        assert_eq!(unread(&files, &[]), "", "{guarded}");
    }
}

/// Two roots that read one file say one thing about it.
#[test]
fn a_file_that_two_roots_read_is_spoken_of_once() {
    let root = format!(
        "{SERVER}resource \"okta_auth_server_scope\" \"w\" {{\n  auth_server_id = okta_auth_server.s.id\n  \
         name = jsondecode(file(\"../scopes.json\"))[0]\n}}\n"
    );
    let files =
        [("a/main.tf", root.as_str()), ("b/main.tf", root.as_str()), ("scopes.json", "[\"orders:read\",")];
    let output = check(&files, &[]);
    assert_eq!(
        found(&output).iter().filter(|it| *it == "syntax-error definite").count(),
        1,
        "{}",
        output.stdout
    );
    // A file of values that is broken is so for each root that is given it.
    let root = with_clients("[\"ALL_CLIENTS\"]");
    let files = [("a/main.tf", root.as_str()), ("b/main.tf", root.as_str()), ("x.tfvars", "env = \nclients")];
    let output = check(&files, &["--var-file", "x.tfvars"]);
    assert_eq!(
        found(&output).iter().filter(|it| *it == "syntax-error definite").count(),
        1,
        "{}",
        output.stdout
    );
    assert!(!has(&output, "all-clients-policy definite"), "{}", output.stdout);
}

/// Terraform reads it; what it declares is not known, and so nothing is missing.
#[test]
fn a_file_that_is_ignored_proves_no_absence() {
    let main = with_clients("[\"0oa1\"]");
    let rule = "resource \"okta_auth_server_policy_rule\" \"r\" {}\n";
    let files = [("main.tf", main.as_str()), ("rules.tf", rule)];
    let whole = check(&files[..1], &["--complete"]);
    assert!(has(&whole, "policy-without-rule definite"), "{}", whole.stdout);
    let output = check(&files, &["--complete", "--exclude", "rules.tf"]);
    assert!(!has(&output, "policy-without-rule definite"), "{}", output.stdout);
    let words = unread(&files, &["--exclude", "rules.tf"]);
    assert!(words.contains("files of Terraform that are ignored or excluded"), "{words}");
}
