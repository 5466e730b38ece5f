//! Makes exports of any size, of the shape of real ones.

use std::fmt::Write as _;

/// An `apps.json` of `count` apps, two thirds web, some of other kinds, and
/// nothing wrong with any: what is found in them would be drawn, and timed.
pub fn apps(count: usize, pretty: bool) -> String {
    let mut text = String::with_capacity(count * 5200);
    text.push('[');
    for index in 0..count {
        if index > 0 {
            text.push(',');
        }
        app(&mut text, index);
    }
    text.push(']');
    if pretty { indented(&text) } else { text }
}

/// One app, on one line.
fn app(text: &mut String, index: usize) {
    let id = format!("0oa{index:017}");
    let rotation = r#""refresh_token":{"rotation_type":"ROTATE","leeway":0},"#;
    let key = r#""jwks":{"keys":[{"kty":"EC","crv":"P-256","kid":"one","status":"ACTIVE","x":"Zm9v","y":"YmFy"}]},"#;
    let (kind, method, grants, more) = match index % 12 {
        0 | 1 => {
            ("native", "none", r#""authorization_code","urn:ietf:params:oauth:grant-type:jwt-bearer""#, "")
        }
        2 => ("browser", "none", r#""authorization_code","refresh_token""#, rotation),
        3 => ("service", "private_key_jwt", r#""client_credentials""#, key),
        _ => ("web", "client_secret_basic", r#""authorization_code","refresh_token""#, ""),
    };
    let note = if index.is_multiple_of(4) {
        "Zuständig: Identität, Größe \\\"XL\\\""
    } else {
        "owned by the identity team"
    };
    let _ = write!(
        text,
        r#"{{"id":"{id}","orn":"orn:okta:idp:00o1a2b3c4d5e6f7g8h9:apps:oidc_client:{id}","name":"oidc_client","label":"Generated client {index}","status":"ACTIVE","lastUpdated":"2026-03-01T08:00:00.000Z","created":"2025-03-01T08:00:00.000Z","accessibility":{{"selfService":false,"errorRedirectUrl":null,"loginRedirectUrl":null}},"visibility":{{"autoLaunch":false,"autoSubmitToolbar":false,"hide":{{"iOS":true,"web":true}},"appLinks":{{"oidc_client_link":true}}}},"features":[],"signOnMode":"OPENID_CONNECT","#
    );
    let _ = write!(
        text,
        r#""credentials":{{"userNameTemplate":{{"template":"${{source.login}}","type":"BUILT_IN"}},"signing":{{"kid":"kid{index}"}},"oauthClient":{{"autoKeyRotation":true,"client_id":"{id}","token_endpoint_auth_method":"{method}","pkce_required":{}}}}},"#,
        method == "none"
    );
    let _ = write!(
        text,
        r#""settings":{{"app":{{}},"notifications":{{"vpn":{{"network":{{"connection":"DISABLED"}},"message":null,"helpUrl":null}}}},"manualProvisioning":false,"implicitAssignment":false,"emOptInStatus":"NONE","notes":{{"admin":"{note}","enduser":null}},"oauthClient":{{"client_uri":null,"logo_uri":null,"redirect_uris":["https://app{index}.example.com/callback","https://app{index}.example.com/silent"],"post_logout_redirect_uris":["https://app{index}.example.com/"],"response_types":["code"],"grant_types":[{grants}],"application_type":"{kind}",{more}"consent_method":"REQUIRED","issuer_mode":"DYNAMIC","idp_initiated_login":{{"mode":"DISABLED","default_scope":[]}},"wildcard_redirect":"DISABLED","dpop_bound_access_tokens":false,"participate_slo":false}}}},"#
    );
    links(text, &id);
    text.push('}');
}

fn links(text: &mut String, id: &str) {
    let base = format!("https://example.okta.com/api/v1/apps/{id}");
    let _ = write!(text, r#""_links":{{"#);
    for name in
        ["uploadLogo", "policies", "groups", "users", "deactivate", "profileEnrollment", "accessPolicy"]
    {
        let _ =
            write!(text, r#""{name}":{{"href":"{base}/{name}","hints":{{"allow":["GET","PUT","POST"]}}}},"#);
    }
    let _ = write!(
        text,
        r#""appLinks":[{{"name":"oidc_client_link","href":"https://example.okta.com/home/oidc_client/{id}/aln177a159h7Zf52X0g8","type":"text/html"}}],"logo":[{{"name":"medium","href":"https://static.example.com/assets/img/logos/default.png","type":"image/png"}}],"clientCredentials":[{{"name":"secrets","href":"{base}/credentials/secrets","hints":{{"allow":["GET","POST"]}}}},{{"name":"keys","href":"{base}/credentials/jwks","hints":{{"allow":["GET","POST"]}}}}]}}"#
    );
}

/// The same document with line breaks and two spaces a level.
fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3 / 2);
    let mut depth = 0;
    let mut in_string = false;
    let mut escaped = false;
    for character in text.chars() {
        if in_string {
            out.push(character);
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match character {
            '{' | '[' => {
                depth += 1;
                out.push(character);
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                in_string = character == '"';
                out.push(character);
            }
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}
