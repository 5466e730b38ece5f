//! The command line as a contract: exit codes, streams, formats, configuration.

mod common;

use common::{folder, repository, run, run_with, text};
use serde_json::json;

/// An export with one clean client.
const CLEAN: &str = r#"[{"id":"0oa1portal00000000001","name":"oidc_client","label":"portal","status":"ACTIVE",
  "signOnMode":"OPENID_CONNECT",
  "credentials":{"oauthClient":{"client_id":"0oa1portal00000000001","token_endpoint_auth_method":"client_secret_basic"}},
  "settings":{"oauthClient":{"grant_types":["authorization_code"],"application_type":"web"}}}]"#;

/// The same client with client credentials: a need, whatever else there is.
fn machine() -> String {
    CLEAN.replace(r#"["authorization_code"]"#, r#"["authorization_code","client_credentials"]"#)
}

#[test]
fn exit_codes_are_0_1_2_3() {
    let clean = folder(&[("apps.json", CLEAN)]);
    assert_eq!(run(clean.path(), &["check"]).code, 0);

    let needy = folder(&[("apps.json", &machine())]);
    assert_eq!(run(needy.path(), &["check", "."]).code, 1);

    let missing = run(clean.path(), &["check", "nowhere"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("nowhere: no such file or folder"), "{}", missing.stderr);
    assert_eq!(run(clean.path(), &["check", "--no-such-flag"]).code, 2);

    let empty = folder(&[("package.json", "{\"name\": \"x\"}")]);
    assert_eq!(run(empty.path(), &["check", "."]).code, 3);
    assert_eq!(run(empty.path(), &["check", ".", "--allow-empty"]).code, 0);
    // A gate must not pass because it looked at nothing; hooks that name all
    // kinds of files say so.
    common::write(empty.path(), "script.py", b"import json\n");
    assert_eq!(run(empty.path(), &["check", "script.py"]).code, 3);
    assert_eq!(run(empty.path(), &["check", "package.json"]).code, 3);
    assert_eq!(run(empty.path(), &["check", "script.py", "--allow-empty"]).code, 0);
    // A file of another name is read if it speaks of Okta.
    common::write(empty.path(), "apps.txt", machine().as_bytes());
    assert_eq!(run(empty.path(), &["check", "apps.txt"]).code, 3);
    let org = machine().replace("\"label\"", "\"orn\":\"orn:okta:idp:x\",\"label\"");
    common::write(empty.path(), "apps.txt", org.as_bytes());
    assert_eq!(run(empty.path(), &["check", "apps.txt"]).code, 1);
}

#[test]
fn the_exit_code_does_not_depend_on_the_format() {
    let needy = folder(&[("apps.json", &machine())]);
    for format in ["human", "concise", "json"] {
        assert_eq!(run(needy.path(), &["check", ".", "--format", format]).code, 1, "{format}");
    }
}

#[test]
fn fail_on_decides_what_fails() {
    let needy = folder(&[("apps.json", &machine())]);
    for (level, code) in [("info", 1), ("warning", 1), ("error", 0), ("never", 0)] {
        assert_eq!(run(needy.path(), &["check", ".", "--fail-on", level]).code, code, "{level}");
    }
    let config = folder(&[("apps.json", &machine()), ("okta-lint.toml", "fail-on = \"error\"\n")]);
    assert_eq!(run(config.path(), &["check", "."]).code, 0);
    assert_eq!(run(config.path(), &["check", ".", "--fail-on", "warning"]).code, 1);
}

#[test]
fn licences_decide_the_level_of_a_need() {
    let needy = folder(&[("apps.json", &machine())]);
    let level = |args: &[&str]| {
        let args = [&["check", ".", "--format", "json", "--select", "machine-to-machine"], args].concat();
        run(needy.path(), &args).findings().first().map(|it| text(&it["level"]))
    };
    assert_eq!(level(&[]).as_deref(), Some("warning"));
    assert_eq!(level(&["--licence", "api-access-management"]).as_deref(), Some("error"));
    let both = ["--licence", "api-access-management", "--licence", "machine-to-machine"];
    assert_eq!(level(&both), None);
}

#[test]
fn an_answer_e0000015_says_that_the_licence_is_missing() {
    let refused = r#"{"errorCode":"E0000015","errorSummary":"You do not have permission to access the feature you are requesting","errorCauses":[]}"#;
    let org = folder(&[("apps.json", &machine()), ("authorizationServers.json", refused)]);
    let output = run(org.path(), &["check", ".", "--format", "json"]);
    let finding = &output.findings()[0];
    // There is no custom server at all, so the client gets no token anywhere.
    assert_eq!(text(&finding["lint"]), "m2m-without-custom-server");
    assert_eq!(text(&finding["level"]), "error");
    let other = folder(&[("apps.json", CLEAN), ("mappings.json", refused)]);
    assert_eq!(run(other.path(), &["check", "."]).code, 0);
}

#[test]
fn json_has_every_key_always() {
    let needy = folder(&[("apps.json", &machine())]);
    let report = run(needy.path(), &["check", ".", "--format", "json"]).json();
    assert_eq!(report["schema_version"], json!(1));
    assert_eq!(report["tool"], json!({"name": "okta-lint", "version": env!("CARGO_PKG_VERSION")}));
    let keys = |it: &serde_json::Value| it.as_object().map(|it| it.keys().cloned().collect::<Vec<_>>());
    let summary = ["files", "unreadable", "clients", "servers", "error", "warning", "info", "suppressed"];
    assert_eq!(keys(&report["summary"]), Some(sorted(&summary)));
    let finding = &report["findings"][0];
    let wanted =
        ["lint", "level", "certainty", "capability", "message", "help", "resource", "fingerprint", "labels"];
    assert_eq!(keys(finding), Some(sorted(&wanted)));
    let label = &finding["labels"][0];
    assert_eq!(keys(label), Some(sorted(&["path", "start", "end", "text", "primary"])));
    assert_eq!(label["primary"], json!(true));
    let offset =
        label["start"]["offset"].as_u64().and_then(|it| usize::try_from(it).ok()).expect("an offset");
    assert!(machine()[offset..].starts_with("\"client_credentials\""));
}

fn sorted(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_clean_run_has_the_same_shape() {
    let clean = folder(&[("apps.json", CLEAN)]);
    let report = run(clean.path(), &["check", ".", "--format", "json"]).json();
    assert_eq!(report["findings"], json!([]));
    assert_eq!(report["summary"]["clients"], json!(1));
}

#[test]
fn fingerprints_survive_edits_elsewhere() {
    let print = |content: &str| {
        let org = folder(&[("apps.json", content)]);
        text(&run(org.path(), &["check", ".", "--format", "json"]).findings()[0]["fingerprint"])
    };
    let before = print(&machine());
    assert_eq!(before.len(), 32);
    assert_eq!(before, print(&format!("\n\n{}", machine().replace("\"status\":\"ACTIVE\",", ""))));
    assert_ne!(before, print(&machine().replace("portal\",\"status", "shop\",\"status")));
}

#[test]
fn concise_is_a_line_for_each_finding() {
    let needy = folder(&[("apps.json", &machine())]);
    let output = run(needy.path(), &["check", ".", "--format", "concise"]);
    let first = output.stdout.lines().next().unwrap_or_default();
    assert!(first.starts_with("apps.json:4:66: warning[machine-to-machine] client `portal`"), "{first}");
}

#[test]
fn piped_output_is_plain_and_80_columns_wide() {
    let org = repository().join("fixtures/acme");
    let output = run(&org, &["check", "."]);
    assert!(!output.stdout.contains('\u{1b}'), "no colour, no hyperlink");
    // A path is never cut: it must stay one that an editor can open.
    let is_path = |line: &str| line.trim_start().starts_with(",-[");
    for line in output.stdout.lines().filter(|it| !is_path(it)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let colored = run(&org, &["check", ".", "--color", "always", "--hyperlinks", "always"]);
    assert!(colored.stdout.contains("\u{1b}]8;;https://"), "the name of a lint is a link");
}

#[test]
fn standard_input_stands_for_a_file() {
    let empty = folder(&[]);
    let output = run_with(empty.path(), &["check", "-", "--format", "json"], Some(&machine()));
    assert_eq!(output.lints(), ["machine-to-machine"]);
    assert_eq!(text(&output.findings()[0]["labels"][0]["path"]), "<stdin>");

    // Nothing at all is a broken pipe upstream, not a clean org.
    assert_eq!(run_with(empty.path(), &["check", "-"], None).code, 1);

    // With a name it takes the place of that file in its project.
    let org = folder(&[("apps.json", CLEAN), ("okta-lint.toml", "")]);
    let args = ["check", "-", "--stdin-filename", "apps.json", "--format", "json"];
    assert_eq!(run_with(org.path(), &args, Some(&machine())).lints(), ["machine-to-machine"]);
    assert_eq!(run_with(org.path(), &args, Some(CLEAN)).code, 0);
}

#[test]
fn a_file_argument_filters_the_report_not_the_reading() {
    let toml = "[resource.okta_auth_server.a]\nname = \"a\"\naudiences = [\"api://a\"]\n";
    let rule = "[resource.okta_auth_server_scope.s]\nauth_server_id = \"${okta_auth_server.a.id}\"\nname = \"a:read\"\n";
    let org = folder(&[("a.okta.toml", toml), ("b.okta.toml", rule), ("okta-lint.toml", "")]);
    let all = run(org.path(), &["check", ".", "--format", "json"]).lints();
    assert_eq!(all, ["server-without-policy", "custom-scope"]);
    let one = run(org.path(), &["check", "b.okta.toml", "--format", "json"]);
    assert_eq!(one.lints(), ["custom-scope"]);
    let shown = run(org.path(), &["check", "b.okta.toml"]).stdout;
    assert!(shown.contains("server `a`"), "the other file is read: {shown}");
    assert!(shown.contains("not shown: 1 finding in other files"), "{shown}");
}

#[test]
fn mistakes_in_the_configuration_are_shown_with_the_right_word() {
    for (config, words) in [
        ("[lint]\n", "did you mean `lints`?"),
        ("[lints]\ncustom-scop = \"off\"\n", "did you mean `custom-scope`?"),
        ("[lints]\ncustom-scope = \"of\"\n", "did you mean `off`?"),
        ("[lints]\nsyntax-error = \"off\"\n", "cannot be set"),
        ("[org]\nlicences = [\"api-acess-management\"]\n", "did you mean `api-access-management`?"),
        ("[org]\ncompleet = true\n", "did you mean `complete`?"),
        ("[[client]]\nnaem = \"x\"\n", "did you mean `name`?"),
        ("[[client]]\nserver = \"org\"\n", "a client without a name"),
        ("[org\n", "not valid TOML"),
        ("exclude = [\"a[\"]\n", "not a pattern"),
    ] {
        let org = folder(&[("apps.json", CLEAN), ("okta-lint.toml", config)]);
        let output = run(org.path(), &["check", "."]);
        assert_eq!(output.code, 2, "{config}");
        assert!(output.stderr.contains(words), "{config}: {}", output.stderr);
        assert!(output.stderr.contains("okta-lint.toml:"), "{config}: {}", output.stderr);
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn levels_are_set_by_name_and_what_is_off_is_counted() {
    let config = "[lints]\nmachine-to-machine = \"off\"\n";
    let org = folder(&[("apps.json", &machine()), ("okta-lint.toml", config)]);
    let output = run(org.path(), &["check", "."]);
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("switched off or allowed: 1 finding"), "{}", output.stdout);
    let config = "[lints]\nmachine-to-machine = \"error\"\n";
    let org = folder(&[("apps.json", &machine()), ("okta-lint.toml", config)]);
    assert_eq!(text(&run(org.path(), &["check", ".", "--format", "json"]).findings()[0]["level"]), "error");
}

#[test]
fn explain_knows_lints_and_capabilities() {
    let here = folder(&[]);
    assert!(run(here.path(), &["explain", "custom-scope"]).stdout.starts_with("# custom-scope\n"));
    let both = run(here.path(), &["explain", "native-sso"]).stdout;
    assert!(both.contains("## Fix") && both.contains("row X1"), "a lint and a row of one name");
    assert!(run(here.path(), &["explain", "custom-scopes"]).stdout.contains("row S7"));
    let wrong = run(here.path(), &["explain", "custom-scop"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean `custom-scope`?"), "{}", wrong.stderr);
}

#[test]
fn the_tables_are_printed() {
    let here = folder(&[]);
    let lints = run(here.path(), &["lints"]).stdout;
    for lint in okta_lint::lints::all() {
        assert!(lints.contains(lint.name), "{}", lint.name);
    }
    let matrix = run(here.path(), &["capabilities"]).stdout;
    for row in &okta_lint::capability::MATRIX {
        assert!(matrix.contains(row.id.name()), "{}", row.title);
    }
}

#[test]
fn gitignore_and_exclude_are_obeyed() {
    let org = folder(&[(".gitignore", "old/\n"), ("old/apps.json", &machine()), ("apps.json", CLEAN)]);
    assert_eq!(run(org.path(), &["check", "."]).code, 0);
    assert_eq!(run(org.path(), &["check", ".", "--no-gitignore"]).code, 1);
    assert_eq!(run(org.path(), &["check", ".", "--no-gitignore", "--exclude", "old/**"]).code, 0);
}

#[test]
fn what_is_not_read_is_said() {
    let users = r#"[{"id":"00u1","status":"ACTIVE","profile":{}}]"#;
    let org = folder(&[("apps.json", CLEAN), ("users.json", users), ("terragrunt.hcl", "inputs = {}\n")]);
    let output = run(org.path(), &["check", "."]);
    assert!(output.stdout.contains("inputs of Terragrunt (1)"), "{}", output.stdout);
    assert!(output.stdout.contains("objects of `users` (1)"), "{}", output.stdout);
}

#[test]
fn a_server_that_certainly_does_not_exist_is_a_mistake() {
    let servers = r#"[{"id":"aus1","name":"orders","status":"INACTIVE","audiences":["api://x"],"issuer":"https://x.okta.com/oauth2/aus1"}]"#;
    let config = "[[client]]\nname = \"x\"\nserver = \"ordrs\"\n";
    let org = folder(&[("authorizationServers.json", servers), ("okta-lint.toml", config)]);
    let output = run(org.path(), &["check", "."]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("did you mean `orders`?"), "{}", output.stderr);
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    let org = folder(&[("apps.json", CLEAN)]);
    for args in [
        &["check", "--stdin-filename", "a.json"][..],
        &["check", "-", "--stdin-filename", "."],
        &["check", "--exclude", "a["],
    ] {
        assert_eq!(run(org.path(), args).code, 2, "{args:?}");
    }
}

#[test]
fn a_text_without_a_name_stands_alone() {
    let server = "[resource.okta_auth_server.a]\nname = \"a\"\naudiences = [\"x\"]\n";
    let org = folder(&[("main.okta.toml", server)]);
    let output = run_with(org.path(), &["check", "-", "--format", "json"], Some(server));
    assert_eq!(output.lints(), ["server-without-policy"]);
}

#[cfg(unix)]
#[test]
fn a_named_file_is_reported_under_its_name() {
    let org = folder(&[("z/apps.json", &machine())]);
    std::os::unix::fs::symlink("apps.json", org.path().join("z/alias.json")).expect("a link");
    for name in ["z/apps.json", "z/alias.json"] {
        let output = run(org.path(), &["check", name, "--format", "json"]);
        assert_eq!(text(&output.findings()[0]["labels"][0]["path"]), name);
    }
}

#[test]
fn a_fingerprint_does_not_depend_on_where_one_stands() {
    let org = folder(&[("org/apps.json", &machine()), ("okta-lint.toml", "")]);
    let print = |folder: &str, path: &str| {
        let output = run(&org.path().join(folder), &["check", path, "--format", "json"]);
        text(&output.findings()[0]["fingerprint"])
    };
    assert_eq!(print("", "."), print("org", ".."));
    assert_eq!(print("", "."), print("", "org/../org"));
}

/// What `curl` writes: all labels stand on one line.
#[test]
fn a_line_of_several_labels_keeps_to_80_columns() {
    let app =
        CLEAN.replace(['\n', ' '], "").replace(r#"["authorization_code"]"#, r#"["client_credentials"]"#);
    let org = folder(&[("apps.json", &app), ("authorizationServers.json", "[]")]);
    let output = run(org.path(), &["check", "."]);
    assert!(output.stdout.contains("m2m-without-custom-server"), "{}", output.stdout);
    for line in output.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}\n{}", output.stdout);
    }
    assert!(!output.stdout.contains("……"), "{}", output.stdout);
}

#[test]
fn what_is_allowed_is_counted_and_what_allows_nothing_is_said() {
    let server = "[resource.okta_auth_server.a]\nname = \"a\"\naudiences = [\"api://a\"]\n\
        [resource.okta_auth_server_scope.s]\nauth_server_id = \"${okta_auth_server.a.id}\"\nname = \"a:read\"\n";
    let with = |allow: &str, paths: &[&str]| {
        let org = folder(&[("live/a.okta.toml", server), ("okta-lint.toml", allow)]);
        let args: Vec<&str> =
            ["check"].into_iter().chain(paths.iter().copied()).chain(["--format", "json"]).collect();
        let output = run(org.path(), &args);
        let lints: Vec<String> =
            output.lints().into_iter().filter(|it| it != "server-without-policy").collect();
        (lints, output.json()["summary"]["suppressed"].as_u64().unwrap_or_default(), output.stderr)
    };
    let table = |more: &str| format!("[[allow]]\nlint = \"custom-scope\"\nreason = \"ordered\"\n{more}\n");
    let allowed = (Vec::new(), 1, String::new());
    assert_eq!(with(&table("path = \"live/**\""), &["."]), allowed);
    assert_eq!(with(&table("resource = \"okta_auth_server.*\""), &["."]), allowed);
    assert_eq!(with(&table("path = \"live/**\"\nexpires = \"2099-01-01\""), &["."]), allowed);
    assert_eq!(with(&table("path = \"test/**\""), &["."]).0, ["custom-scope", "unused-allow"]);
    assert_eq!(
        with(&table("path = \"live/**\"\nexpires = \"2020-01-01\""), &["."]).0,
        ["custom-scope", "expired-allow"]
    );
    // A part of the project does not show what the rest needs.
    assert_eq!(with(&table("path = \"test/**\""), &["live/a.okta.toml"]).0, ["custom-scope"]);
}

#[test]
fn what_is_allowed_is_named_as_findings_name_it() {
    let apps = r#"resource "okta_app_oauth" "a" {
        for_each    = toset(["x", "y"])
        label       = each.key
        type        = "web"
        grant_types = ["password"]
    }
"#;
    let export = r#"[{"id":"0oa1","name":"oidc_client","label":"[PROD] Portal","status":"ACTIVE","signOnMode":"OPENID_CONNECT",
        "credentials":{"oauthClient":{"client_id":"0oa1","token_endpoint_auth_method":"client_secret_basic"}},
        "settings":{"oauthClient":{"application_type":"web","grant_types":["password"]}}}]"#;
    let allowed = |file: (&str, &str), name: &str| {
        let allow = format!("[[allow]]\nlint = \"password-grant\"\nreason = \"old\"\nresource = '{name}'\n");
        let folder = folder(&[file, ("okta-lint.toml", &allow)]);
        let output = run(folder.path(), &["check", ".", "--format", "json"]);
        output.json()["summary"]["suppressed"].as_u64().unwrap_or_default()
    };
    // The second one stays, although the words about it are the same.
    let counted =
        apps.replace("for_each    = toset([\"x\", \"y\"])", "count = 2").replace("each.key", "\"Portal\"");
    assert_eq!(allowed(("main.tf", &counted), "okta_app_oauth.a[0]"), 1);
    assert_eq!(allowed(("main.tf", &counted), "okta_app_oauth.a[1]"), 1);
    assert_eq!(allowed(("main.tf", &counted), "okta_app_oauth.a"), 2);
    let terraform = ("main.tf", apps);
    assert_eq!(allowed(terraform, "okta_app_oauth.a"), 2, "each instance of the block");
    assert_eq!(allowed(terraform, "okta_app_oauth.a[\"x\"]"), 1, "brackets are no pattern");
    assert_eq!(allowed(terraform, "okta_app_oauth.*"), 2);
    assert_eq!(allowed(terraform, "okta_app_oauth"), 0);
    assert_eq!(allowed(("apps.json", export), "app:[PROD] Portal"), 1);
    assert_eq!(allowed(("apps.json", export), "app:*"), 1);
}

#[test]
fn an_allowance_is_complete() {
    for (table, words) in [
        ("reason = \"x\"\npath = \"*\"", "add `lint`"),
        ("lint = \"custom-scope\"\npath = \"*\"", "add `reason`"),
        ("lint = \"custom-scope\"\nreason = \"x\"", "add `resource` or `path`"),
        ("lint = \"custom-scop\"\nreason = \"x\"\npath = \"*\"", "did you mean `custom-scope`?"),
        ("lint = \"syntax-error\"\nreason = \"x\"\npath = \"*\"", "cannot be allowed"),
        ("lint = \"custom-scope\"\nreason = \"x\"\npath = \"*\"\nexpires = \"next year\"", "is no date"),
        ("lint = \"custom-scope\"\nreason = \"x\"\npath = \"a[\"", "not a pattern"),
        ("lint = \"custom-scope\"\nreason = \"x\"\nfile = \"a\"", "unknown key `file`"),
    ] {
        let org = folder(&[("apps.json", CLEAN), ("okta-lint.toml", &format!("[[allow]]\n{table}\n"))]);
        let output = run(org.path(), &["check", "."]);
        assert_eq!(output.code, 2, "{table}");
        assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
    }
}

#[test]
fn what_is_compared_is_no_secret() {
    let body = "variable \"minutes\" {\n  default = 1500\n}\nlocals {\n  lifetime = var.minutes\n}\nresource \"okta_auth_server_policy_rule\" \"r\" {\n  auth_server_id = \"aus1\"\n  policy_id = \"00p1\"\n  name = \"r\"\n  priority = 1\n  grant_type_whitelist = [\"authorization_code\"]\n  access_token_lifetime_minutes = local.secret == \"x\" ? local.lifetime : local.lifetime\n}\n";
    let org = folder(&[("main.tf", body)]);
    let shown = run(org.path(), &["check", "."]).stdout;
    assert!(!shown.contains("***"), "{shown}");
}
