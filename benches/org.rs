//! Whether the cost of an org grows with its size and no faster, in one run:
//! `cargo bench --bench org`.
//!
//! An org of 10,000 apps, 200 servers and 5,000 rules against one of a tenth of
//! each; `okta-lint check` is timed as a whole process, so the small org pays
//! for starting up as well. The lints are given work: rules of one server are
//! compared with each other, and clients are named in policies.

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{median, timed};

/// How often each is run; the median counts.
const RUNS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sizes = [1_000_usize, 10_000, 100_000];
    let homes = sizes.map(|apps| {
        let home = folder.path().join(apps.to_string());
        fs::create_dir(&home).expect("a folder");
        fs::write(home.join("apps.json"), self::apps(apps)).expect("a file");
        fs::write(home.join("authorizationServers.json"), servers(apps)).expect("a file");
        home
    });
    let mut times = sizes.map(|_| Vec::new());
    for _ in 0..RUNS {
        for (home, times) in homes.iter().zip(&mut times) {
            times.push(timed(|| check(home)));
        }
    }
    let medians = times.map(median);
    for ((apps, time), pair) in sizes.iter().zip(medians).zip([None, Some(0), Some(1)]) {
        println!("{apps:>7} apps, {:>5} servers, {:>6} rules: {time:>8.1?}", apps / 50, apps / 2);
        if let Some(before) = pair {
            let ratio = per_app(time, *apps) / per_app(medians[before], sizes[before]);
            println!("        time per app: {ratio:.2} times that of a tenth of it (goal: 1.3)");
        }
    }
}

fn per_app(time: Duration, apps: usize) -> f64 {
    time.as_secs_f64() / f64::from(u32::try_from(apps).unwrap_or(u32::MAX))
}

fn check(home: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okta-lint"));
    // With the licences nothing has to be drawn but what is wrong.
    let licences = ["--licence", "api-access-management", "--licence", "machine-to-machine"];
    command.current_dir(home).args(["check", "."]).args(licences);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.expect("the binary runs").code().is_some_and(|it| it < 2), "it ends as documented");
}

fn id(prefix: &str, index: usize) -> String {
    format!("{prefix}{index:017}")
}

/// Apps, every other one with client credentials.
fn apps(count: usize) -> String {
    let mut text = String::from("[");
    for index in 0..count {
        let (id, comma) = (id("0oa", index), if index == 0 { "" } else { "," });
        let (kind, grant) = if index % 2 == 0 {
            ("service", "\"client_credentials\"")
        } else {
            ("web", "\"authorization_code\",\"refresh_token\"")
        };
        let _ = write!(
            text,
            r#"{comma}{{"id":"{id}","name":"oidc_client","label":"App {index}","status":"ACTIVE","signOnMode":"OPENID_CONNECT","credentials":{{"oauthClient":{{"client_id":"{id}","token_endpoint_auth_method":"client_secret_basic"}}}},"settings":{{"oauthClient":{{"application_type":"{kind}","grant_types":[{grant}],"response_types":["code"],"redirect_uris":["https://app{index}.example.com/callback"],"consent_method":"TRUSTED"}}}}}}"#
        );
    }
    text.push(']');
    text
}

/// A server for fifty apps, with 25 rules in five policies of ten apps each.
fn servers(apps: usize) -> String {
    let servers: Vec<String> = (0..apps / 50).map(server).collect();
    format!("[{}]", servers.join(","))
}

fn server(index: usize) -> String {
    let id = id("aus", index);
    let scopes: Vec<String> = (0..10)
        .map(|it| format!(r#"{{"id":"scp{index}x{it}","name":"api{index}:s{it}","system":false}}"#))
        .collect();
    let policies: Vec<String> = (0..5).map(|it| policy(index, it)).collect();
    format!(
        r#"{{"id":"{id}","name":"api{index}","audiences":["api://a{index}"],"issuer":"https://acme.okta.com/oauth2/{id}","status":"ACTIVE","default":false,"scopes":[{}],"claims":[],"policies":[{}]}}"#,
        scopes.join(","),
        policies.join(",")
    )
}

fn policy(server: usize, index: usize) -> String {
    let clients: Vec<String> =
        (0..10).map(|it| format!("\"{}\"", id("0oa", server * 50 + index * 10 + it))).collect();
    let rules: Vec<String> = (0..5)
        .map(|it| {
            let grant = if it % 2 == 0 { "client_credentials" } else { "authorization_code" };
            format!(
                r#"{{"id":"0pr{server}x{index}x{it}","type":"RESOURCE_ACCESS","name":"r{it}","status":"ACTIVE","priority":{it},"conditions":{{"people":{{"groups":{{"include":["EVERYONE"]}}}},"grantTypes":{{"include":["{grant}"]}},"scopes":{{"include":["api{server}:s{it}","api{server}:s{}"]}}}},"actions":{{"token":{{"accessTokenLifetimeMinutes":60,"refreshTokenLifetimeMinutes":0,"refreshTokenWindowMinutes":10080}}}}}}"#,
                it + 5
            )
        })
        .collect();
    format!(
        r#"{{"id":"00p{server}x{index}","type":"OAUTH_AUTHORIZATION_POLICY","name":"p{index}","status":"ACTIVE","priority":{index},"system":false,"conditions":{{"clients":{{"include":[{}]}}}},"rules":[{}]}}"#,
        clients.join(","),
        rules.join(",")
    )
}
