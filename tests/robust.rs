//! Bad input: each a clear finding or message with its place, and the other
//! files still linted.

mod common;

use common::{Output, folder, repository, run, text, write};

/// A server whose missing policy is found whatever happens elsewhere.
const SERVERS: &str = r#"[{"id":"aus1orders0000000001","name":"orders","status":"ACTIVE","default":false,
  "audiences":["api://orders"],"issuer":"https://example.okta.com/oauth2/aus1orders0000000001",
  "credentials":{"signing":{}}}]"#;

/// Runs over a sound export with one bad file in it.
fn beside(name: &str, content: &[u8]) -> Output {
    let org = folder(&[
        ("authorizationServers.json", SERVERS),
        ("authorizationServers/aus1orders0000000001/policies.json", "[]"),
    ]);
    write(org.path(), name, content);
    run(org.path(), &["check", ".", "--format", "json"])
}

/// Asserts one finding about the bad file, at its place, beside the other one.
fn expect(output: &Output, lint: &str, words: &str, line: u64) {
    assert_eq!(output.code, 1, "{}", output.stderr);
    let findings = output.findings();
    let found: Vec<_> = findings.iter().filter(|it| text(&it["lint"]) == lint).collect();
    assert_eq!(found.len(), 1, "{}", output.stdout);
    let message = text(&found[0]["message"]);
    assert!(message.contains(words), "{message}");
    assert_eq!(found[0]["labels"][0]["start"]["line"], line, "{}", output.stdout);
    assert!(output.lints().contains(&"server-without-policy".to_owned()), "the other files are linted");
}

#[test]
fn a_truncated_export_is_an_error_and_what_it_holds_is_used() {
    let text = "[\n {\"signOnMode\": \"OPENID_CONNECT\", \"label\": \"a\"},\n {\"signOn";
    expect(&beside("apps.json", text.as_bytes()), "syntax-error", "the file ends too early", 3);
}

#[test]
fn a_value_of_another_type_is_an_error_with_its_place() {
    let text = r#"[{"id":"0oa1","name":"oidc_client","label":"a","status":"ACTIVE","signOnMode":"OPENID_CONNECT",
      "settings":{"oauthClient":{"grant_types":"authorization_code"}}}]"#;
    expect(&beside("apps.json", text.as_bytes()), "wrong-type", "expected an array, found a string", 2);
}

#[test]
fn a_long_value_of_another_type_is_shown_by_its_start() {
    let long = "ä".repeat(500);
    let text = format!(
        "[{{\"id\":\"0oa1\",\"name\":\"oidc_client\",\"label\":\"a\",\"signOnMode\":\"OPENID_CONNECT\",\"settings\":{{\"oauthClient\":{{\"grant_types\":\"x{long}\"}}}}}}]"
    );
    expect(&beside("apps.json", text.as_bytes()), "wrong-type", "expected an array, found a string", 1);
    let org = folder(&[("apps.json", &text)]);
    let drawn = run(org.path(), &["check", "."]);
    assert_eq!(drawn.code, 1, "{}", drawn.stderr);
}

#[test]
fn an_object_of_another_shape_is_an_error_with_its_place() {
    let text =
        "[{\"id\":\"0oa1\",\"label\":\"a\",\"signOnMode\":\"OPENID_CONNECT\",\n\"settings\":\"none\"}]";
    expect(&beside("apps.json", text.as_bytes()), "wrong-type", "another shape", 2);
}

#[test]
fn bytes_that_are_not_utf8_are_an_error_with_their_place() {
    expect(&beside("apps.json", b"[\n\"\xff\xfe\"]"), "unreadable-file", "not UTF-8: byte 3", 2);
}

#[test]
fn utf16_is_named() {
    expect(&beside("apps.json", b"\xff\xfe[\0]\0"), "unreadable-file", "UTF-16", 1);
}

#[test]
fn a_byte_order_mark_and_crlf_are_fine() {
    let text = "\u{feff}[\r\n{\"id\":\"0oa1\",\"label\":\"a\",\"signOnMode\":\"OPENID_CONNECT\",\r\n\"status\":7}]\r\n";
    expect(&beside("apps.json", text.as_bytes()), "wrong-type", "expected a string, found a number", 3);
    let toml = "\u{feff}[resource.okta_auth_server.a]\r\nname = [\"a\"]\r\n";
    expect(&beside("a.okta.toml", toml.as_bytes()), "wrong-type", "expected a string, found a list", 2);
}

#[test]
fn ten_thousand_brackets_are_refused_in_each_language() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    expect(&beside("apps.json", deep.as_bytes()), "syntax-error", "nest deeper than", 1);
    let resources = format!("{{\"resource\":{{\"okta_app_oauth\":{deep}}}}}");
    expect(&beside("deep.tf.json", resources.as_bytes()), "syntax-error", "nest deeper than", 1);
    expect(&beside("deep.okta.toml", format!("a = {deep}").as_bytes()), "syntax-error", "not valid TOML", 1);
    let template = format!(
        "[locals]\nokta_x = \"${{{}1{}}}\"\n[resource.okta_app_oauth.a]\nlabel=\"${{local.okta_x}}\"",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    assert_eq!(beside("deep.okta.toml", template.as_bytes()).code, 1, "an unknown value, and no abort");
}

#[test]
fn an_empty_file_is_an_error_where_an_answer_belongs() {
    expect(&beside("apps.json", b""), "syntax-error", "the file is empty", 1);
    expect(&beside("inlineHooks.json", b" \n"), "syntax-error", "the file is empty", 1);
}

#[test]
fn a_file_that_is_no_json_is_an_error_if_it_should_be() {
    expect(&beside("apps.json", b"<html>Sign in</html>"), "syntax-error", "not valid JSON", 1);
    // Somebody else's file is somebody else's matter.
    assert_eq!(beside("tsconfig.json", b"{ // comment\n}").lints(), ["server-without-policy"]);
}

#[test]
fn a_named_file_is_always_judged() {
    let here = folder(&[("notes.json", "nothing")]);
    let output = run(here.path(), &["check", "notes.json", "--format", "json"]);
    assert_eq!((output.code, output.lints()), (1, vec!["syntax-error".to_owned()]));
}

#[test]
fn a_lone_surrogate_and_a_repeated_key_are_errors() {
    let text = r#"[{"id":"0oa1","label":"\ud800","signOnMode":"OPENID_CONNECT"}]"#;
    let output = beside("apps.json", text.as_bytes());
    assert!(output.lints().contains(&"syntax-error".to_owned()), "{}", output.stdout);
    let text = r#"[{"id":"0oa1","id":"0oa2","label":"a","signOnMode":"OPENID_CONNECT"}]"#;
    let output = beside("apps.json", text.as_bytes());
    assert!(output.lints().contains(&"wrong-type".to_owned()), "{}", output.stdout);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_is_said_and_passed_over() {
    let org = folder(&[
        ("org/authorizationServers.json", SERVERS),
        ("org/authorizationServers/aus1orders0000000001/policies.json", "[]"),
    ]);
    std::os::unix::fs::symlink(org.path().join("org"), org.path().join("org/again")).expect("a link");
    let output = run(org.path(), &["check", "org", "--format", "json"]);
    assert_eq!(output.lints(), ["server-without-policy"]);
    assert!(output.stderr.contains("org/again: passed over: links back to org"), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let org = folder(&[("in/apps.json", "[]"), ("out/apps.json", "[ broken")]);
    std::os::unix::fs::symlink(org.path().join("out"), org.path().join("in/more")).expect("a link");
    let output = run(org.path(), &["check", "in"]);
    assert_eq!(output.code, 0, "{}", output.stdout);
    assert!(output.stderr.contains("links out of the folder"), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_not_waited_for() {
    let org = folder(&[("apps.json", "[]")]);
    let made = std::process::Command::new("mkfifo").arg(org.path().join("x.json")).status();
    assert!(made.is_ok_and(|it| it.success()), "mkfifo is there");
    assert_eq!(run(org.path(), &["check", "."]).code, 0);
}

#[test]
fn a_file_of_several_names_is_read_once() {
    let org = folder(&[("a/authorizationServers.json", SERVERS), ("b/note", "")]);
    let output = run(org.path(), &["check", "a", "b/../a", "./a", "--format", "json"]);
    assert_eq!(output.json()["summary"]["servers"], 1, "{}", output.stdout);
}

#[test]
fn what_a_terminal_would_obey_never_reaches_it() {
    let text = "[{\"id\":\"aus2\",\"name\":\"a\\u001b[31m\\u202eb\",\"status\":\"ACTIVE\",\"audiences\":[\"x\"],\"issuer\":\"y\"}]";
    let org =
        folder(&[("authorizationServers.json", text), ("authorizationServers/aus2/policies.json", "[]")]);
    for format in ["human", "concise"] {
        let output = run(org.path(), &["check", ".", "--format", format]).stdout;
        assert!(output.contains("server `a"), "{output}");
        assert!(!output.contains(['\u{1b}', '\u{202e}']), "{output}");
    }
}

#[test]
fn no_output_shows_a_secret() {
    let toml = concat!(
        "[variable.key]\nsensitive = true\ndefault = \"hunter2-variable\"\n",
        "[resource.okta_inline_hook.h]\nname = \"h\"\nversion = \"1.0.0\"\ntype = \"com.okta.oauth2.tokens.transform\"\n",
        "auth.key = \"Authorization\"\nauth.value = \"hunter2-header\"\n",
        "[resource.okta_app_oauth.a]\nclient_basic_secret = \"hunter2-client\"\nlabel = [\"${var.key}\"]\n",
    );
    let org = folder(&[("main.okta.toml", toml), ("okta-lint.toml", "[org]\ncomplete = true\n")]);
    for format in ["human", "concise", "json"] {
        let output = run(org.path(), &["check", ".", "--format", format]);
        assert_eq!(output.code, 1);
        assert!(!output.stdout.contains("hunter2"), "{}", output.stdout);
    }
    let shown = run(org.path(), &["check", "."]).stdout;
    assert!(shown.contains("client_basic_secret = \"**************\""), "{shown}");
}

#[test]
fn a_finding_far_into_one_line_is_drawn_short() {
    let filler = "x".repeat(200_000);
    let text = format!(
        r#"[{{"description":"{filler}","id":"aus2","name":"orders","status":"ACTIVE","audiences":["x"],"issuer":"y"}}]"#
    );
    let org =
        folder(&[("authorizationServers.json", &text), ("authorizationServers/aus2/policies.json", "[]")]);
    let output = run(org.path(), &["check", "."]);
    assert!(output.stdout.contains("authorizationServers.json:1:200039"), "{}", output.stdout);
    assert!(output.stdout.lines().all(|it| it.chars().count() <= 80), "{}", output.stdout);
}

#[test]
fn no_cut_of_a_fixture_makes_it_panic() {
    let source = repository().join("fixtures/acme");
    for name in ["export/apps.json", "export/inlineHooks.json", "toml/servers.okta.toml"] {
        let whole = std::fs::read(source.join(name)).expect("a fixture");
        for step in 0..40 {
            let cut = whole.len() * step / 40;
            let org = folder(&[]);
            write(org.path(), name, &whole[..cut]);
            let output = run(org.path(), &["check", ".", "--allow-empty"]);
            assert!(output.code < 2, "{name} cut at {cut}: {}", output.stderr);
        }
    }
}
