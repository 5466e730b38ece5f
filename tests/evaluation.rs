//! The evaluator against the real Terraform, attribute by attribute.
//!
//! `fixtures/terraform` holds a folder for each construct and family of
//! functions. What Terraform plans for it is recorded in `tests/plans`, so the
//! comparison runs everywhere; where `terraform` is installed and the stand-in
//! provider is at hand, the record is compared with a plan made now.
//! `BLESS=1` rewrites the records.

#![allow(clippy::print_stdout, reason = "the figure and the list of the rest are for people")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use okta_lint::source::Sources;
use okta_lint::terraform::{self, Evaluated, Input, Language};
use serde_json::{Map, Value, json};

/// What a plan says, as far as it can be compared.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize, PartialEq)]
struct Plan {
    /// By address: the arguments that somebody wrote, as planned.
    resources: BTreeMap<String, Map<String, Value>>,
    outputs: Map<String, Value>,
}

/// A tally of attributes and outputs.
#[derive(Debug, Default)]
struct Tally {
    same: usize,
    /// Known to the plan and not to us.
    missed: Vec<String>,
    /// Known to both, and not the same.
    wrong: Vec<String>,
}

impl Tally {
    fn share(&self) -> f64 {
        let all = self.same + self.missed.len() + self.wrong.len();
        #[expect(clippy::cast_precision_loss, reason = "thousands at most")]
        let share = self.same as f64 / all.max(1) as f64;
        share * 100.0
    }
}

fn is_unknown(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("unknown") || map.values().any(is_unknown),
        Value::Array(items) => items.iter().any(is_unknown),
        _ => false,
    }
}

/// The folders of `fixtures/terraform`.
fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(common::repository().join("fixtures/terraform"))
        .expect("the fixtures")
        .map(|it| it.expect("an entry").path())
        .filter(|it| it.is_dir())
        .collect();
    folders.sort();
    folders
}

/// All files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|it| it.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// What okta-lint makes of a root.
fn evaluated(folder: &Path) -> Evaluated {
    let sources = Sources::default();
    let mut paths = Vec::new();
    files(folder, &mut paths);
    // What Terraform reads by itself.
    let is_values = |it: &&PathBuf| {
        let name = it.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        it.parent() == Some(folder) && (name.starts_with("terraform.tfvars") || name.contains(".auto.tfvars"))
    };
    let values: Vec<_> = paths.iter().filter(is_values).map(|it| sources.read(it).0).collect();
    let terraform: Vec<_> =
        paths.iter().filter_map(|it| Some((sources.read(it).0, Language::of(it)?))).collect();
    let reach = [folder.canonicalize().expect("a folder")];
    let input = Input { files: &terraform, values: &values, reach: &reach, ..Input::default() };
    terraform::evaluate(&sources, &input, folder)
}

/// Reads the JSON of `terraform show -json` of a plan.
fn plan(document: &Value) -> Plan {
    let mut plan = Plan::default();
    let mut unknown: BTreeMap<String, Value> = BTreeMap::new();
    for change in document["resource_changes"].as_array().into_iter().flatten() {
        unknown.insert(common::text(&change["address"]), change["change"]["after_unknown"].clone());
    }
    let configuration = &document["configuration"]["root_module"];
    module(&document["planned_values"]["root_module"], configuration, &unknown, &mut plan);
    for (name, output) in document["planned_values"]["outputs"].as_object().into_iter().flatten() {
        let value = output.get("value").cloned().unwrap_or_else(|| json!({"unknown": true}));
        plan.outputs.insert(name.clone(), value);
    }
    // An output of which the plan knows nothing is listed elsewhere.
    for (name, change) in document["output_changes"].as_object().into_iter().flatten() {
        if change["after_unknown"] != json!(false) {
            let after = merged(change.get("after").unwrap_or(&Value::Null), &change["after_unknown"]);
            plan.outputs.insert(name.clone(), after);
        }
    }
    plan
}

fn module(values: &Value, configuration: &Value, unknown: &BTreeMap<String, Value>, plan: &mut Plan) {
    for resource in values["resources"].as_array().into_iter().flatten() {
        let address = common::text(&resource["address"]);
        let local = format!("{}.{}", common::text(&resource["type"]), common::text(&resource["name"]));
        let local = if resource["mode"] == "data" { format!("data.{local}") } else { local };
        let written = configuration["resources"].as_array().into_iter().flatten();
        let written =
            written.filter(|it| it["address"] == json!(local)).find_map(|it| it["expressions"].as_object());
        let nothing = json!({});
        let unknown = unknown.get(&address).unwrap_or(&nothing);
        let mut attributes = Map::new();
        for (name, expression) in written.into_iter().flatten() {
            let value = resource["values"].get(name).unwrap_or(&Value::Null);
            // What a data source answers is the provider's knowledge.
            let references = expression["references"].as_array().into_iter().flatten();
            let of_provider = references.into_iter().any(|it| common::text(it).starts_with("data."));
            let value = if of_provider { json!({"unknown": true}) } else { merged(value, &unknown[name]) };
            attributes.insert(name.clone(), value);
        }
        // Dynamic blocks leave no trace in the configuration.
        for (name, value) in resource["values"].as_object().into_iter().flatten() {
            let is_blocks = value.as_array().is_some_and(|it| it.iter().any(Value::is_object));
            if is_blocks && !attributes.contains_key(name) {
                attributes.insert(name.clone(), merged(value, &unknown[name]));
            }
        }
        plan.resources.insert(address, attributes);
    }
    for child in values["child_modules"].as_array().into_iter().flatten() {
        let address = common::text(&child["address"]);
        let name = address.rsplit("module.").next().unwrap_or_default();
        let name = name.split('[').next().unwrap_or_default();
        module(child, &configuration["module_calls"][name]["module"], unknown, plan);
    }
}

/// A planned value with its unknown parts marked.
fn merged(value: &Value, unknown: &Value) -> Value {
    match (value, unknown) {
        (_, Value::Bool(true)) => json!({"unknown": true}),
        (Value::Array(items), Value::Array(marks)) => {
            let none = Value::Null;
            let length = items.len().max(marks.len());
            let pair = |at: usize| merged(items.get(at).unwrap_or(&none), marks.get(at).unwrap_or(&none));
            (0..length).map(pair).collect()
        }
        (Value::Object(entries), Value::Object(marks)) => {
            let names: BTreeSet<&String> = entries.keys().chain(marks.keys()).collect();
            let entry = |name: &&String| {
                let value = entries.get(*name).unwrap_or(&Value::Null);
                ((*name).clone(), merged(value, marks.get(*name).unwrap_or(&Value::Null)))
            };
            Value::Object(names.iter().map(entry).collect())
        }
        _ => value.clone(),
    }
}

/// Whether two values agree: what ours leaves unknown agrees with anything.
/// `typed` is for arguments, which the provider's schema converts.
fn agrees(ours: &Value, plan: &Value, typed: bool) -> bool {
    if is_marked(ours) || is_marked(plan) {
        return true;
    }
    match (ours, plan) {
        (Value::Array(ours), Value::Array(plan)) => {
            let open = ours.iter().any(is_marked);
            if ours.len() != plan.len() && !open {
                return false;
            }
            let in_order =
                ours.len() == plan.len() && ours.iter().zip(plan).all(|(a, b)| agrees(a, b, typed));
            // Sets have no order, and the schema says what is one.
            in_order || (typed || open) && ours.iter().all(|a| plan.iter().any(|b| agrees(a, b, typed)))
        }
        (Value::Object(ours), Value::Object(plan)) => {
            let none = Value::Null;
            let names: BTreeSet<&String> = ours.keys().chain(plan.keys()).collect();
            let open = ours.contains_key("unknown");
            names.into_iter().all(|name| {
                let (ours, plan) = (ours.get(name), plan.get(name));
                match (ours, plan) {
                    // A block has all attributes of its schema.
                    (None, Some(_)) => typed || open,
                    _ => agrees(ours.unwrap_or(&none), plan.unwrap_or(&none), typed),
                }
            })
        }
        // One nested block is a list of one, or an object, as its schema says.
        (Value::Object(_), Value::Array(items)) if typed && items.len() == 1 => {
            agrees(ours, &items[0], typed)
        }
        (Value::Array(items), Value::Object(_)) if typed && items.len() == 1 => {
            agrees(&items[0], plan, typed)
        }
        (Value::Number(a), Value::Number(b)) => near(a.as_f64(), b.as_f64()),
        _ if typed => scalar(ours) == scalar(plan),
        _ => ours == plan,
    }
}

fn is_marked(value: &Value) -> bool {
    value.as_object().is_some_and(|it| it.len() == 1 && it.contains_key("unknown"))
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= a.abs().max(b.abs()) * 1e-12,
        _ => false,
    }
}

/// A scalar as text: the schema converts numbers and booleans. Unset, empty and
/// zero are one, as providers have it.
fn scalar(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::String(text) => match text.as_str() {
            "1" => "true".to_owned(),
            "0" | "false" => String::new(),
            other => match other.parse::<f64>() {
                Ok(number) if number.abs() >= 2.0 => number.to_string(),
                _ => other.to_owned(),
            },
        },
        Value::Number(number) => match number.as_f64() {
            Some(it) if it.abs() < f64::EPSILON => String::new(),
            Some(it) if (it - 1.0).abs() < f64::EPSILON => "true".to_owned(),
            Some(it) => it.to_string(),
            None => number.to_string(),
        },
        Value::Array(items) if items.is_empty() => String::new(),
        other => other.to_string(),
    }
}

/// Compares a root, adding to the tally.
fn compare(name: &str, ours: &Evaluated, plan: &Plan, tally: &mut Tally) {
    for (address, attributes) in &plan.resources {
        // What is write-only is in no plan.
        for (attribute, planned) in attributes.iter().filter(|it| !it.0.ends_with("_wo")) {
            let place = format!("{name}: {address}.{attribute}");
            let found = ours.resources.get(address).and_then(|it| it.arguments.get(attribute));
            let is_empty = |it: &Value| scalar(it).is_empty();
            match found {
                // The provider's default.
                Some(Value::Null) => {}
                None if is_unknown(planned) || is_empty(planned) => {}
                None => tally.missed.push(format!("{place}: absent, planned {planned}")),
                Some(ours) => judge(&place, ours, planned, true, tally),
            }
        }
    }
    for (output, planned) in &plan.outputs {
        let place = format!("{name}: output {output}");
        match ours.outputs.get(output) {
            None => tally.missed.push(format!("{place}: absent")),
            Some(ours) => judge(&place, ours, planned, false, tally),
        }
    }
    // A definition that is known to have instances has those of the plan.
    for (address, resource) in &ours.resources {
        if !resource.is_some && !plan.resources.contains_key(address) && !address.contains("data.") {
            tally.wrong.push(format!("{name}: {address} is not planned"));
        }
    }
}

fn judge(place: &str, ours: &Value, planned: &Value, typed: bool, tally: &mut Tally) {
    // JSON in a string is the same whatever its white space.
    let parsed = |it: &Value| it.as_str().and_then(|it| serde_json::from_str::<Value>(it).ok());
    let same_json = || matches!((parsed(ours), parsed(planned)), (Some(a), Some(b)) if typed && a == b);
    if !agrees(ours, planned, typed) && !same_json() {
        tally.wrong.push(format!("{place}: ours {ours}, planned {planned}"));
    } else if is_unknown(ours) && !is_unknown(planned) {
        tally.missed.push(format!("{place}: ours {ours}, planned {planned}"));
    } else if !is_unknown(planned) {
        tally.same += 1;
    }
}

fn record(folder: &Path) -> PathBuf {
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    common::repository().join(format!("tests/plans/{name}.json"))
}

/// Fails on anything wrong, and on too much that is missed.
fn check(tally: &Tally, what: &str) {
    println!("{what}: {} of {} agree ({:.1} %)", tally.same, tally.same + tally.missed.len(), tally.share());
    for missed in &tally.missed {
        println!("  not known to us: {missed}");
    }
    assert!(tally.wrong.is_empty(), "{} wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
    assert!(tally.share() >= 98.0, "{:.1} % only:\n{}", tally.share(), tally.missed.join("\n"));
}

#[test]
fn recorded_plans_agree() {
    let mut tally = Tally::default();
    let mut compared = 0;
    for folder in folders() {
        let path = record(&folder);
        if !path.exists() {
            continue;
        }
        let plan: Plan = serde_json::from_str(&common::read(&path)).expect("a record");
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        compare(&name, &evaluated(&folder), &plan, &mut tally);
        compared += 1;
    }
    assert!(compared >= 60, "{compared} records");
    check(&tally, "recorded plans");
}

/// The script that plans a folder with a stand-in provider, where it and
/// `terraform` are there.
fn oracle() -> Option<PathBuf> {
    let script = common::repository().join("../shared/oracle/plan");
    let found =
        std::process::Command::new("terraform").arg("version").output().is_ok_and(|it| it.status.success());
    (script.exists() && found).then_some(script)
}

/// Plans a folder; `None` if Terraform refuses it.
fn planned(script: &Path, folder: &Path) -> Option<Plan> {
    let output = std::process::Command::new(script).arg(folder).output().expect("the script runs");
    output.status.success().then(|| plan(&serde_json::from_slice(&output.stdout).expect("JSON")))
}

/// Folders below one that hold files of Terraform.
fn modules(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(folder, &mut found);
    let is_terraform = |it: &&PathBuf| it.extension().is_some_and(|it| it == "tf");
    let mut folders: Vec<PathBuf> =
        found.iter().filter(is_terraform).filter_map(|it| it.parent().map(Path::to_path_buf)).collect();
    folders.dedup();
    folders
}

/// The configuration of a folder alone: a state beside it would fill in ids.
fn without_state(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    let mut found = Vec::new();
    files(folder, &mut found);
    for path in found.iter().filter(|it| it.extension().is_none_or(|it| it != "tfstate")) {
        let name = path.strip_prefix(folder).expect("below it").to_string_lossy().into_owned();
        common::write(copy.path(), &name, &std::fs::read(path).expect("a file"));
    }
    copy
}

/// Plans folders side by side, in their order.
fn plans(script: &Path, folders: &[PathBuf]) -> Vec<Option<Plan>> {
    let plan = |folder: &PathBuf| planned(script, without_state(folder).path());
    std::thread::scope(|scope| {
        let (even, odd): (Vec<_>, Vec<_>) = folders.iter().enumerate().partition(|it| it.0 % 2 == 0);
        let workers = [even, odd].map(|part| {
            scope.spawn(move || part.into_iter().map(|(at, it)| (at, plan(it))).collect::<Vec<_>>())
        });
        let mut plans: Vec<_> = workers.into_iter().flat_map(|it| it.join().expect("a plan")).collect();
        plans.sort_by_key(|it| it.0);
        plans.into_iter().map(|it| it.1).collect()
    })
}

#[test]
fn the_real_terraform_agrees() {
    let Some(script) = oracle() else {
        println!("skipped: terraform or the stand-in provider is not here");
        return;
    };
    let bless = std::env::var_os("BLESS").is_some();
    let own = folders();
    // The first run prepares what the others share, so it goes alone.
    let first = own.first().expect("a folder");
    assert!(planned(&script, without_state(first).path()).is_some(), "{}", first.display());
    for (folder, plan) in own.iter().zip(plans(&script, &own)) {
        let plan = plan.unwrap_or_else(|| panic!("{}: Terraform refuses it", folder.display()));
        let path = record(folder);
        let text = serde_json::to_string_pretty(&plan).expect("JSON");
        if bless || !path.exists() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(&path, format!("{text}\n")).expect("written");
        }
        let recorded: Plan = serde_json::from_str(&common::read(&path)).expect("a record");
        assert_eq!(recorded, plan, "{}: Terraform plans something else now", path.display());
    }
    let corpus = common::repository().join("../shared/corpus");
    let mut others = modules(&corpus.join("provider-examples"));
    others.extend([corpus.join("plans/rich")].into_iter().filter(|it| it.exists()));
    let mut tally = Tally::default();
    let mut compared = 0;
    for (folder, plan) in others.iter().zip(plans(&script, &others)) {
        let Some(plan) = plan else { continue };
        let folder = without_state(folder);
        compare(&folder.path().to_string_lossy(), &evaluated(folder.path()), &plan, &mut tally);
        compared += 1;
    }
    println!("{compared} of {} other folders plan", others.len());
    check(&tally, "plans made now");
}
