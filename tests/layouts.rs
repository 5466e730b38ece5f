//! One small org in each way that people keep exports: the findings stay the
//! same, and what a layout cannot prove is not claimed.

mod common;

use common::{Output, folder, run};

const SERVER: &str = r#"{"id":"aus1orders0000000001","name":"orders","status":"ACTIVE","audiences":["api://orders"],
 "issuer":"https://example.okta.com/oauth2/aus1orders0000000001","credentials":{"signing":{"rotationMode":"AUTO"}}}"#;

fn links(path: &str) -> String {
    format!(r#""_links":{{"self":{{"href":"https://example.okta.com/api/v1/authorizationServers/{path}"}}}}"#)
}

fn scope() -> String {
    let links = links("aus1orders0000000001/scopes/scp1");
    format!(
        r#"{{"id":"scp1","name":"orders:read","system":false,"consent":"IMPLICIT","metadataPublish":"NO_CLIENTS",{links}}}"#
    )
}

fn policy() -> String {
    let links = links("aus1orders0000000001/policies/00p1apps000000000001");
    format!(
        r#"{{"id":"00p1apps000000000001","type":"OAUTH_AUTHORIZATION_POLICY","name":"apps","status":"ACTIVE","system":false,
        "priority":1,"conditions":{{"clients":{{"include":["0oa1portal00000000001"]}}}},{links}}}"#
    )
}

fn rule() -> String {
    let links = links("aus1orders0000000001/policies/00p1apps000000000001/rules/0pr1");
    format!(
        r#"{{"id":"0pr1","type":"RESOURCE_ACCESS","name":"users","status":"ACTIVE","priority":1,
        "conditions":{{"grantTypes":{{"include":["authorization_code"]}},"scopes":{{"include":["orders:raed"]}}}},
        "actions":{{"token":{{"accessTokenLifetimeMinutes":15}}}},{links}}}"#
    )
}

/// What can be said of the parts, wherever they lie.
const NEEDS: [&str; 2] = ["custom-scope", "token-lifetime"];

fn check(files: &[(&str, String)]) -> Output {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let org = folder(&files);
    let output = run(org.path(), &["check", ".", "--format", "json"]);
    assert!(output.code < 2, "{}", output.stderr);
    output
}

fn lints(files: &[(&str, String)]) -> Vec<String> {
    let mut found = check(files).lints();
    found.sort();
    found
}

#[test]
fn a_tree_of_the_api_is_whole() {
    let tree = [
        ("authorizationServers.json", format!("[{SERVER}]")),
        ("authorizationServers/aus1orders0000000001/scopes.json", format!("[{}]", scope())),
        ("authorizationServers/aus1orders0000000001/policies.json", format!("[{}]", policy())),
        (
            "authorizationServers/aus1orders0000000001/policies/00p1apps000000000001/rules.json",
            format!("[{}]", rule()),
        ),
    ];
    // Lists are whole, so the misspelt scope certainly does not exist.
    assert_eq!(lints(&tree), ["custom-scope", "token-lifetime", "unknown-scope"]);
}

#[test]
fn the_prefix_of_the_api_changes_nothing() {
    let tree = [
        ("org/api/v1/authorizationServers.json", format!("[{SERVER}]")),
        ("org/api/v1/authorizationServers/aus1orders0000000001/policies.json", "[]".to_owned()),
    ];
    assert_eq!(lints(&tree), ["server-without-policy"]);
}

#[test]
fn a_flat_pile_finds_its_parents_by_links_and_claims_no_absence() {
    let pile = [
        ("one.json", SERVER.to_owned()),
        ("two.json", format!("[{}]", scope())),
        ("three.json", format!("[{}, {}]", policy(), rule())),
    ];
    assert_eq!(lints(&pile), NEEDS);
}

#[test]
fn several_values_in_one_file_are_read() {
    let appended = format!("[{SERVER}]\n[{}]\n{}\n{}", scope(), policy(), rule());
    assert_eq!(lints(&[("all.json", appended)]), NEEDS);
}

#[test]
fn wrappers_and_bundles_are_read() {
    let bundle = format!(
        r#"{{"authorizationServers":[{SERVER}],"detailsByAuthorizationServerId":{{"aus1orders0000000001":{{
        "scopes":[{}],"claims":[],"policies":[{}],"rulesByPolicyId":{{"00p1apps000000000001":[{}]}}}}}}}}"#,
        scope(),
        policy(),
        rule()
    );
    assert_eq!(lints(&[("backup.json", bundle)]), ["custom-scope", "token-lifetime", "unknown-scope"]);
}

#[test]
fn a_bundle_by_ids_needs_no_links() {
    let bare = |object: String| format!("{}}}", object.split(",\"_links\"").next().unwrap_or_default());
    let bundle = format!(
        r#"{{"servers":[{SERVER}],"scopesByAuthorizationServerId":{{"aus1orders0000000001":{{"scopes":[{}]}}}}}}"#,
        bare(scope())
    );
    assert_eq!(lints(&[("backup.json", bundle)]), ["custom-scope"]);
}

#[test]
fn lines_of_json_and_index_files_are_read() {
    let lines = format!("{}\n{}\n", SERVER.replace('\n', " "), scope().replace('\n', " "));
    assert_eq!(lints(&[("all.ndjson", lines)]), ["custom-scope"]);
    let index = [
        ("authorizationServers/index.json", format!("[{SERVER}]")),
        ("authorizationServers/aus1orders0000000001/policies/index.json", "[]".to_owned()),
    ];
    assert_eq!(lints(&index), ["server-without-policy"]);
}

#[test]
fn desired_state_bundles_are_read() {
    let bundle = format!(r#"{{"auth_server":[{SERVER}],"scopes":[{}]}}"#, scope());
    assert_eq!(lints(&[("okta.json", bundle)]), ["custom-scope"]);
}

#[test]
fn a_full_page_is_not_taken_for_the_whole_list() {
    let app = |index: usize| {
        format!(
            r#"{{"id":"0oa{index:017}","name":"oidc_client","label":"app {index}","status":"ACTIVE","signOnMode":"OPENID_CONNECT",
            "credentials":{{"oauthClient":{{"client_id":"0oa{index:017}","token_endpoint_auth_method":"none"}}}},
            "settings":{{"oauthClient":{{"grant_types":["authorization_code"],"application_type":"browser"}}}}}}"#
        )
    };
    let page = |from: usize, count: usize| {
        let apps: Vec<String> = (from..from + count).map(app).collect();
        format!("[{}]", apps.join(","))
    };
    let clients = |files: &[(&str, String)]| check(files).json()["summary"]["clients"].as_u64();
    // Pages that overlap are one list.
    let pages =
        [("apps.json", page(0, 200)), ("apps.2.json", page(190, 30)), ("apps-page3.json", page(220, 5))];
    assert_eq!(clients(&pages), Some(225));
}

#[test]
fn two_exports_in_one_tree_are_two_orgs() {
    let refused = r#"{"errorCode":"E0000015","errorSummary":"You do not have permission to access the feature you are requesting"}"#;
    let both = [
        ("prod/authorizationServers.json", refused.to_owned()),
        ("prod/apps.json", "[]".to_owned()),
        ("dev/authorizationServers.json", format!("[{SERVER}]")),
        ("dev/authorizationServers/aus1orders0000000001/scopes.json", format!("[{}]", scope())),
    ];
    let output = check(&both);
    assert_eq!(output.lints(), ["custom-scope"]);
    // What prod lacks says nothing of dev.
    assert_eq!(common::text(&output.findings()[0]["level"]), "warning");
}

#[test]
fn apps_without_oauth_settings_are_no_mistake() {
    let apps = r#"[{"id":"0oa1","name":"saasure","label":"Okta Admin Console","status":"ACTIVE","signOnMode":"OPENID_CONNECT",
        "credentials":{"userNameTemplate":{}},"settings":{"app":{}}},
        {"id":"0oa2","name":"exampledesk","label":"Example Desk","status":"ACTIVE","signOnMode":"OPENID_CONNECT"},
        {"id":"0oa3","name":"exampledesk_saml","label":"Payroll","status":"ACTIVE","signOnMode":"SAML_2_0"}]"#;
    let output = check(&[("apps.json", apps.to_owned())]);
    assert!(output.lints().is_empty(), "{}", output.stdout);
    assert_eq!(output.json()["summary"]["clients"], 1, "the one of the integration network");
}

#[test]
fn objects_of_other_kinds_are_counted_and_named() {
    let org = folder(&[
        ("apps.json", "[]"),
        (
            "export.json",
            r#"{"users":[{"id":"00u1","status":"ACTIVE"},{"id":"00u2","status":"ACTIVE"}],"apps":[]}"#,
        ),
        ("inlineHooks.json", r#"{"errorCode":"E0000007","errorSummary":"Not found"}"#),
        ("zones.json", r#"[{"id":"nzo1","name":"office","type":"IP"}]"#),
    ]);
    let output = run(org.path(), &["check", "."]);
    assert_eq!(output.code, 0, "{}", output.stdout);
    let words: Vec<&str> = output.stdout.split_whitespace().collect();
    let summary = words.join(" ");
    assert!(summary.contains("objects of `users` (2)"), "{summary}");
    assert!(summary.contains("objects of `zones` (1)"), "{summary}");
    assert!(summary.contains("error answers (E0000007 Not found) (1)"), "{summary}");
}

#[test]
fn an_error_where_a_list_belongs_is_no_clean_run() {
    let output = check(&[(
        "apps.json",
        r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#.to_owned(),
    )]);
    assert_eq!((output.code, output.lints()), (1, vec!["unreadable-file".to_owned()]));
    assert!(output.stdout.contains("Invalid token provided"), "{}", output.stdout);
}

const SERVERS: &str = r#"[{"id":"aus1","name":"orders","status":"ACTIVE","audiences":["api://x"],
  "issuer":"https://example.okta.com/oauth2/aus1"}]"#;

/// Trimmed answers, as `jq 'map({id,name})'` leaves them.
#[test]
fn a_list_with_elements_that_are_not_recognised_is_not_whole() {
    let output = check(&[
        ("authorizationServers.json", SERVERS.to_owned()),
        (
            "authorizationServers/aus1/policies.json",
            r#"[{"id":"p1","name":"p1","status":"ACTIVE"}]"#.to_owned(),
        ),
    ]);
    assert!(output.lints().is_empty(), "{}", output.stdout);
}

#[test]
fn ids_count_within_their_parent() {
    let servers = SERVERS.replace("}]", r#"},{"id":"aus2","name":"stock","status":"ACTIVE","audiences":["api://y"],"issuer":"https://example.okta.com/oauth2/aus2"}]"#);
    let policy = r#"[{"id":"p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","conditions":{"clients":{"include":["0oa5b0kx3qYw8ZtVr5d7"]}}}]"#;
    let rule = |scope: &str| {
        format!(
            r#"[{{"id":"r1","type":"RESOURCE_ACCESS","name":"r","status":"ACTIVE","conditions":{{"people":{{"groups":{{"include":["EVERYONE"]}}}},"grantTypes":{{"include":["authorization_code"]}},"scopes":{{"include":["{scope}"]}}}}}}]"#
        )
    };
    let scope = |name: &str| {
        format!(r#"[{{"id":"s1","name":"{name}","system":false,"metadataPublish":"ALL_CLIENTS"}}]"#)
    };
    let output = check(&[
        ("authorizationServers.json", servers),
        ("authorizationServers/aus1/policies.json", policy.to_owned()),
        ("authorizationServers/aus2/policies.json", policy.to_owned()),
        ("authorizationServers/aus1/policies/p1/rules.json", rule("a:one")),
        ("authorizationServers/aus2/policies/p1/rules.json", rule("a:two")),
        ("authorizationServers/aus1/scopes.json", scope("a:one")),
        ("authorizationServers/aus2/scopes.json", scope("a:two")),
    ]);
    let errors: Vec<String> = output.lints().into_iter().filter(|it| it != "custom-scope").collect();
    assert!(errors.is_empty(), "{}", output.stdout);
}

#[test]
fn what_a_script_put_into_a_server_is_read() {
    let server = SERVERS.replace(r#""name":"orders""#, r#""name":"orders","policies":[]"#);
    let output = check(&[("authorizationServers.json", server)]);
    assert_eq!(output.lints(), ["server-without-policy"], "{}", output.stdout);
}

#[test]
fn a_broken_line_hides_no_other() {
    let app = r#"{"id":"0oa1","name":"oidc_client","label":"batch","status":"ACTIVE","signOnMode":"OPENID_CONNECT","credentials":{"oauthClient":{}},"settings":{"oauthClient":{"application_type":"service","grant_types":["client_credentials"]}}}"#;
    let output = check(&[("apps.ndjson", format!("{{broken\n{app}\n"))]);
    assert_eq!(output.lints(), ["syntax-error", "machine-to-machine"], "{}", output.stdout);
}

#[test]
fn a_description_of_the_api_is_not_an_export() {
    let text = r#"{"openapi":"3.0.3","components":{"examples":{"apps":[{"id":"0oa1","label":"x","signOnMode":"OPENID_CONNECT"}]}}}"#;
    let org = folder(&[("management.json", text)]);
    assert_eq!(run(org.path(), &["check", "."]).code, 3);
}

#[test]
fn what_a_user_consented_to_is_no_grant_of_the_app() {
    let app = r#"[{"id":"0oa1","name":"oidc_client","label":"portal","status":"ACTIVE","signOnMode":"OPENID_CONNECT",
        "settings":{"oauthClient":{"grant_types":["authorization_code"],"application_type":"web"}}}]"#;
    let grant = |source: &str| {
        format!(
            r#"[{{"id":"oag1","status":"ACTIVE","issuer":"https://example.okta.com/oauth2/aus1","clientId":"0oa1",
            "scopeId":"okta.users.read","source":"{source}"}}]"#
        )
    };
    let files = |source: &str| [("apps.json", app.to_owned()), ("apps/0oa1/grants.json", grant(source))];
    assert_eq!(lints(&files("ADMIN")), ["grant-issuer-not-org"]);
    assert!(lints(&files("END_USER")).is_empty());
}

#[test]
fn what_is_not_recognised_in_a_list_makes_that_list_incomplete() {
    let with =
        |object: &str, more: &str| format!("{},{more}}}", object.strip_suffix('}').expect("an object"));
    let found = |policies: &str| {
        let server = with(SERVER, &format!("\"default\":false,\"policies\":[{policies}]"));
        let folder = folder(&[("authorizationServers.json", &format!("[{server}]"))]);
        run(folder.path(), &["check", ".", "--format", "json"]).lints()
    };
    let inactive = policy().replace("\"ACTIVE\"", "\"INACTIVE\"");
    let with_rules = with(&inactive, "\"rules\":[]");
    let lint = "server-without-policy".to_owned();
    assert!(found("").contains(&lint));
    for policy in [&inactive, &with_rules] {
        assert!(found(policy).contains(&lint), "{policy}");
        for other in ["null", "5", "\"x\"", "{}", "{\"a\":1}"] {
            assert!(!found(&format!("{other},{policy}")).contains(&lint), "{other}");
            assert!(!found(&format!("{policy},{other}")).contains(&lint), "{other}");
        }
    }
}
