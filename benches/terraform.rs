//! Terraform against what the machine can do, in one run:
//! `cargo bench --bench terraform`.
//!
//! Two trees. One is infrastructure with a little Okta in it, where the
//! yardstick is to read all files and look for `okta` in them with memchr; the
//! other is Okta in modules with `for_each`, where it is hcl-edit's own time to
//! parse the files. `okta-lint check` is timed as a whole process.

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]
#![allow(clippy::cast_precision_loss, reason = "sizes and ratios are shown with two digits")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{median, timed};

/// How often each is run; the median counts.
const RUNS: usize = 7;

/// Modules of the infrastructure tree, ten files each; every hundredth has Okta.
const MODULES: usize = 2_000;

/// Resources of each of those files: 50 MB in all.
const RESOURCES: usize = 9;

/// Roots of the Okta tree, and servers of each; a server is ten resources.
const ROOTS: usize = 10;
const SERVERS: usize = 20;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let infrastructure = folder.path().join("infrastructure");
    write_infrastructure(&infrastructure);
    measure(
        "infrastructure, 1 % of the modules with Okta",
        &infrastructure,
        &["check", "."],
        Some(2.0),
        scan,
    );
    let okta = folder.path().join("okta");
    write_okta(&okta);
    // With the licence there is nothing to print: what is timed is the evaluation.
    let licensed = ["check", ".", "--licence", "api-access-management"];
    measure("2,000 Okta resources in modules with for_each", &okta, &licensed, Some(5.0), parse);
    measure("the same with 599 findings drawn", &okta, &["check", "."], None, parse);
}

fn measure(name: &str, home: &Path, args: &[&str], goal: Option<f64>, yardstick: fn(&[PathBuf])) {
    let files = files(home);
    let size: u64 = files.iter().map(|it| fs::metadata(it).expect("a file").len()).sum();
    let (mut base, mut ours) = (Vec::new(), Vec::new());
    // One after the other, so that both see the same weather.
    for _ in 0..RUNS {
        base.push(timed(|| yardstick(&files)));
        ours.push(timed(|| drop(check(home, args))));
    }
    let (base, ours) = (median(base), median(ours));
    println!("{name}: {} files, {:.2} MB", files.len(), size as f64 / 1e6);
    println!("  yardstick, one thread     {base:>8.1?}");
    let goal = goal.map_or(String::new(), |it| format!(" (goal: {it})"));
    let ratio = ours.as_secs_f64() / base.as_secs_f64();
    println!("  okta-lint check, process  {ours:>8.1?}   {ratio:.2} times{goal}");
    println!("  {}", check(home, args));
}

/// Reads each file and looks for `okta` in it.
fn scan(files: &[PathBuf]) {
    let finder = memchr::memmem::Finder::new("okta");
    let found = files.iter().filter(|it| finder.find(&fs::read(it).expect("a file")).is_some()).count();
    assert!(found > 0, "some file has Okta");
}

/// Reads each file and parses it with hcl-edit.
fn parse(files: &[PathBuf]) {
    for file in files {
        let text = String::from_utf8(fs::read(file).expect("a file")).expect("UTF-8");
        drop(hcl_edit::parser::parse_body(&text).expect("HCL"));
    }
}

fn files(home: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(home).into_iter().map(|it| it.expect("an entry"));
    entries.filter(|it| it.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

fn write_infrastructure(home: &Path) {
    for module in 0..MODULES {
        let folder = home.join(format!("team-{:02}/module-{module}", module % 40));
        fs::create_dir_all(&folder).expect("a folder");
        for file in 0..10 {
            let mut text = String::new();
            for resource in 0..RESOURCES {
                write_bucket(&mut text, module, file * RESOURCES + resource);
            }
            if module % 100 == 0 && file == 0 {
                write_server(&mut text, module);
            }
            fs::write(folder.join(format!("part-{file}.tf")), text).expect("a file");
        }
    }
}

fn write_bucket(text: &mut String, module: usize, index: usize) {
    let _ = write!(
        text,
        r#"
resource "aws_s3_bucket" "data_{index}" {{
  bucket        = "${{var.prefix}}-module-{module}-data-{index}"
  force_destroy = false

  tags = {{
    Team        = "team-{team}"
    Environment = var.environment
    ManagedBy   = "terraform"
    CostCentre  = "{module}"
  }}

  lifecycle {{
    prevent_destroy = true
  }}
}}
"#,
        team = module % 40,
    );
}

fn write_server(text: &mut String, module: usize) {
    let _ = write!(
        text,
        r#"
resource "okta_auth_server" "api" {{
  name      = "module-{module}"
  audiences = ["https://api.example.com/{module}"]
}}

resource "okta_auth_server_scope" "read" {{
  auth_server_id = okta_auth_server.api.id
  name           = "module-{module}:read"
}}
"#
    );
}

const SERVER_MODULE: &str = r#"
variable "name" { type = string }
variable "audience" { type = string }
variable "scopes" { type = map(string) }
variable "claims" { type = map(object({ value = string, kind = optional(string, "RESOURCE") })) }
variable "clients" { type = list(string) }
variable "minutes" {
  type    = number
  default = 60
}

resource "okta_auth_server" "this" {
  name        = var.name
  description = "Tokens for ${var.name}"
  audiences   = [var.audience]
}

resource "okta_auth_server_scope" "this" {
  for_each       = var.scopes
  auth_server_id = okta_auth_server.this.id
  name           = each.key
  description    = each.value
}

resource "okta_auth_server_claim" "this" {
  for_each       = var.claims
  auth_server_id = okta_auth_server.this.id
  name           = each.key
  value          = each.value.value
  claim_type     = each.value.kind
}

resource "okta_auth_server_policy" "this" {
  auth_server_id   = okta_auth_server.this.id
  name             = "${var.name} clients"
  description      = "Who may call ${var.name}"
  priority         = 1
  client_whitelist = var.clients
}

resource "okta_auth_server_policy_rule" "this" {
  auth_server_id                = okta_auth_server.this.id
  policy_id                     = okta_auth_server_policy.this.id
  name                          = "People"
  priority                      = 1
  grant_type_whitelist          = ["authorization_code"]
  group_whitelist               = ["EVERYONE"]
  scope_whitelist               = concat(["openid"], keys(var.scopes))
  access_token_lifetime_minutes = var.minutes
}
"#;

const ROOT: &str = r#"
variable "servers" {
  type = map(object({
    audience = string
    scopes   = map(string)
    claims   = map(object({ value = string, kind = optional(string, "RESOURCE") }))
    clients  = list(string)
    minutes  = optional(number, 60)
  }))
}

module "server" {
  source   = "../modules/server"
  for_each = var.servers

  name     = each.key
  audience = each.value.audience
  scopes   = each.value.scopes
  claims   = each.value.claims
  clients  = each.value.clients
  minutes  = each.value.minutes
}
"#;

fn write_okta(home: &Path) {
    write(home, "modules/server/main.tf", SERVER_MODULE);
    for root in 0..ROOTS {
        write(home, &format!("root-{root}/main.tf"), ROOT);
        let mut values = String::from("servers = {\n");
        for server in 0..SERVERS {
            write_values(&mut values, root * SERVERS + server);
        }
        values.push_str("}\n");
        write(home, &format!("root-{root}/terraform.tfvars"), &values);
    }
}

fn write_values(text: &mut String, server: usize) {
    let _ = writeln!(text, "  api-{server} = {{\n    audience = \"https://api.example.com/{server}\"");
    text.push_str("    scopes = {\n");
    for verb in ["read", "write", "delete", "admin"] {
        let _ = writeln!(text, "      \"api-{server}:{verb}\" = \"May {verb} what api-{server} keeps\"");
    }
    text.push_str("    }\n    claims = {\n");
    for claim in ["tenant", "region", "plan"] {
        let _ = writeln!(text, "      {claim} = {{\n        value = \"user.{claim}\"\n      }}");
    }
    let _ =
        writeln!(text, "    }}\n    clients = [\"0oa{server:017}\"]\n    minutes = {}\n  }}", 30 + server);
}

fn write(home: &Path, name: &str, content: &str) {
    let path = home.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, content).expect("a file");
}

/// Runs a check; gives the last line of the report.
fn check(home: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_okta-lint"))
        .current_dir(home)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().last().unwrap_or_default().to_owned()
}
