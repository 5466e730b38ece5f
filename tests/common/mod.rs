//! Runs the built binary as a user would, with nothing of this machine's
//! environment.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run printed, and how it ended.
#[derive(Debug)]
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// The report of `--format json`.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// The findings of `--format json`.
    pub fn findings(&self) -> Vec<serde_json::Value> {
        self.json()["findings"].as_array().cloned().unwrap_or_default()
    }

    /// The lints of the findings, in order.
    pub fn lints(&self) -> Vec<String> {
        self.findings().iter().map(|it| text(&it["lint"])).collect()
    }
}

/// The text of a JSON string.
pub fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Runs okta-lint in a folder.
pub fn run(folder: &Path, args: &[&str]) -> Output {
    run_with(folder, args, None)
}

/// Runs okta-lint in a folder with something on standard input.
pub fn run_with(folder: &Path, args: &[&str], stdin: Option<&str>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_okta-lint"))
        .current_dir(folder)
        .args(args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(stdin.unwrap_or_default().as_bytes()).expect("the pipe takes it");
    drop(input);
    let output = child.wait_with_output().expect("the binary ends");
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A folder with these files, gone with the value.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        write(folder.path(), name, content.as_bytes());
    }
    folder
}

/// Writes a file and the folders it stands in.
pub fn write(folder: &Path, name: &str, content: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, content).expect("a file");
}

/// The text of a file.
pub fn read(path: &Path) -> String {
    String::from_utf8(std::fs::read(path).expect("a file")).expect("UTF-8")
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether expectations are to be rewritten instead of compared.
pub fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// Compares a file with what it should hold, or rewrites it.
pub fn expect_file(path: &Path, wanted: &str) {
    let found = std::fs::read(path).map(|it| String::from_utf8_lossy(&it).into_owned()).unwrap_or_default();
    if blessing() {
        if found != wanted {
            std::fs::write(path, wanted).expect("a file");
        }
        return;
    }
    assert!(
        found == wanted,
        "{} is out of date: BLESS=1 cargo test rewrites it\n--- wanted\n{wanted}",
        path.display()
    );
}
