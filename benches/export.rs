//! A large export against what the machine can do, in one run:
//! `cargo bench --bench export`.
//!
//! The yardstick is to read the file and walk it with `serde_json` into
//! `IgnoredAny` on one thread; `okta-lint check` is timed as a whole process.
//! Ratios count, not times: machines differ, and so do their moods.

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]
#![allow(clippy::cast_precision_loss, reason = "sizes and ratios are shown with two digits")]

mod common;
#[path = "../tests/common/generate.rs"]
mod generate;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{median, timed};

/// How often each is run; the median counts.
const RUNS: usize = 7;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, pretty) in [("pretty", true), ("minified", false)] {
        let home = folder.path().join(name);
        fs::create_dir(&home).expect("a folder");
        let file = home.join("apps.json");
        fs::write(&file, generate::apps(20_000, pretty)).expect("a file");
        measure(name, &home, &file);
    }
    small(folder.path());
    place(folder.path());
}

/// A finding at the start and one at the end of a large file cost the same.
fn place(folder: &Path) {
    let home = folder.join("place");
    fs::create_dir(&home).expect("a folder");
    let clean = generate::apps(20_000, false);
    let needy = |index: usize| {
        let label = format!("Generated client {index}\"");
        let at = clean.find(&label).expect("an app");
        let grants = at + clean[at..].find(r#""grant_types":["#).expect("its grants") + 15;
        format!("{}\"client_credentials\",{}", &clean[..grants], &clean[grants..])
    };
    let [first, last] = [needy(4), needy(19_996)].map(|content| {
        fs::write(home.join("apps.json"), content).expect("a file");
        let output = run(&home, &["check", "."]);
        assert_eq!(output.status.code(), Some(1), "there is a finding");
        median((0..RUNS).map(|_| timed(|| drop(run(&home, &["check", "."])))).collect())
    });
    let ratio = last.as_secs_f64() / first.as_secs_f64();
    println!("one finding: at the start {first:.1?}, at the end {last:.1?}, {ratio:.2} times (goal: 1)");
}

fn measure(name: &str, home: &Path, file: &Path) {
    let size = fs::metadata(file).expect("a file").len();
    let mut yardstick = Vec::new();
    let mut ours = Vec::new();
    let mut memory = 0;
    // One after the other, so that both see the same weather.
    for _ in 0..RUNS {
        yardstick.push(timed(|| walk(file)));
        ours.push(timed(|| drop(run(home, &["check", "."]))));
        // Apart from the timed run: who looks takes a core from who is looked at.
        memory = memory.max(peak(home));
    }
    let (yardstick, ours) = (median(yardstick), median(ours));
    let ratio = ours.as_secs_f64() / yardstick.as_secs_f64();
    let megabytes = size as f64 / 1e6;
    println!("{name}: {megabytes:.0} MB, 20,000 apps");
    println!("  read and walk, one thread  {yardstick:>8.1?}");
    println!("  okta-lint check, process   {ours:>8.1?}   {ratio:.2} times (goal: 2)");
    println!("  peak memory                {:>6.2} times the input (goal: 2)", memory as f64 / size as f64);
}

/// Start-up: goal 10 ms.
fn small(folder: &Path) {
    let home = folder.join("small");
    fs::create_dir(&home).expect("a folder");
    fs::write(home.join("apps.json"), generate::apps(3, true)).expect("a file");
    let version = median((0..RUNS * 3).map(|_| timed(|| drop(run(&home, &["--version"])))).collect());
    let check = median((0..RUNS * 3).map(|_| timed(|| drop(run(&home, &["check", "."])))).collect());
    println!("start: --version {version:.1?}, check of one small file {check:.1?} (goal: 10 ms)");
}

fn walk(file: &Path) {
    let bytes = fs::read(file).expect("a file");
    serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).expect("JSON");
}

/// The most memory that a check takes, in bytes.
#[expect(clippy::disallowed_methods, reason = "who looks waits, not who is looked at")]
fn peak(home: &Path) -> u64 {
    let mut child = command(home, &["check", "."]).spawn().expect("the binary starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        peak = peak.max(high_water_mark(&status).unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
    peak
}

/// The largest resident size so far, in bytes; Linux only.
fn high_water_mark(status: &str) -> Option<u64> {
    let text = String::from_utf8(fs::read(status).ok()?).ok()?;
    let line = text.lines().find(|it| it.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn run(home: &Path, args: &[&str]) -> std::process::Output {
    command(home, args).output().expect("the binary runs")
}

fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okta-lint"));
    command.current_dir(home).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
