//! The command line: a contract.

mod allow;
mod consumers;
mod load;
mod pipeline;
mod project;
mod stated;
mod variants;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::capability::{self, Licence};
use crate::config::Threshold;
use crate::finding::Level;
use crate::output::{self, Format, Style};
use crate::{lint, lints};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above the level that fails.
    Clean,
    /// At least one finding at or above it.
    Findings,
    /// The run could not be carried out.
    Failed,
    /// A folder without any configuration of Okta.
    Nothing,
}

impl Exit {
    /// The exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
            Self::Nothing => 3,
        }
    }
}

/// A static linter for Okta configuration: what needs a custom authorization
/// server, what is on the wrong one, and what does not work.
#[derive(Debug, Parser)]
#[command(name = "okta-lint", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lint files and folders
    Check(Box<CheckArgs>),
    /// Print the page of a lint or of a capability
    Explain {
        /// A name from `okta-lint lints` or `okta-lint capabilities`
        name: String,
    },
    /// Print the table of lints
    Lints,
    /// Print the matrix: what each kind of authorization server can do
    Capabilities,
}

/// What `check` is asked for.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Args, Debug)]
struct CheckArgs {
    /// Files and folders; `-` is standard input. A file is looked at with the
    /// project around it, and only its findings are reported
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    /// How the report is written [env: `OKTA_LINT_FORMAT`]
    #[arg(long, value_enum, help_heading = "Output")]
    format: Option<FormatArg>,

    /// When colours are used
    #[arg(long, value_enum, default_value_t = When::Auto, help_heading = "Output")]
    color: When,

    /// When names of lints link to Okta's documentation
    #[arg(long, value_enum, default_value_t = When::Auto, help_heading = "Output")]
    hyperlinks: When,

    /// The lowest level that makes the run fail [default: warning]
    #[arg(long, value_enum, help_heading = "Findings")]
    fail_on: Option<FailOn>,

    /// Report only these lints, separated by commas, and what could not be read; repeatable
    #[arg(long, value_name = "LINT", help_heading = "Findings", value_delimiter = ',', value_parser = lint_names(), hide_possible_values = true)]
    select: Vec<String>,

    /// Leave this lint out; repeatable
    #[arg(long, value_name = "LINT", help_heading = "Findings", value_parser = lint_names(), hide_possible_values = true)]
    ignore: Vec<String>,

    /// A licence that the org holds; repeatable. The licences not named are missing
    #[arg(long, value_name = "NAME", help_heading = "Findings", value_parser = licence_names())]
    licence: Vec<String>,

    /// Nothing of the org is kept elsewhere: what Terraform does not declare
    /// here does not exist. Lists of an export say themselves what they hold
    #[arg(long, help_heading = "Findings")]
    complete: bool,

    /// The configuration to use, instead of the nearest `okta-lint.toml`
    /// [env: `OKTA_LINT_CONFIG`]
    #[arg(long, value_name = "FILE", help_heading = "Input", conflicts_with = "no_config")]
    config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long, help_heading = "Input")]
    no_config: bool,

    /// A pattern of paths that are not read, as in a `.gitignore`; repeatable
    #[arg(long, value_name = "PATTERN", help_heading = "Input")]
    exclude: Vec<String>,

    /// Read what `.gitignore` files leave out
    #[arg(long, help_heading = "Input")]
    no_gitignore: bool,

    /// The file that standard input stands for
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    stdin_filename: Option<PathBuf>,

    /// A file of values for the variables of Terraform roots, instead of those
    /// that lie beside them; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Terraform")]
    var_file: Vec<PathBuf>,

    /// A value for a variable of Terraform roots; repeatable
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Terraform")]
    var: Vec<String>,

    /// The Terraform root that plans and states were made from: findings point
    /// into it
    #[arg(long, value_name = "FOLDER", help_heading = "Terraform")]
    source: Option<PathBuf>,

    /// A folder outside the project that modules and data files may be read
    /// from; repeatable
    #[arg(long, value_name = "FOLDER", help_heading = "Terraform")]
    allow_read: Vec<PathBuf>,

    /// Succeed where there is no configuration of Okta
    #[arg(long, help_heading = "Input")]
    allow_empty: bool,
}

impl CheckArgs {
    /// Fills in what environment variables say. An empty one is as good as none:
    /// CI systems set those.
    ///
    /// # Errors
    /// A sentence about a value that is none of the legal ones.
    fn take_environment(&mut self) -> Result<(), String> {
        let variable = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
        if let (None, Some(name)) = (self.format, variable("OKTA_LINT_FORMAT")) {
            let names = FormatArg::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let names: Vec<String> = names.map(|it| it.get_name().to_owned()).collect();
            let wrong = |_| {
                let suggestion = lint::suggest(&name, names.iter().map(String::as_str));
                format!("OKTA_LINT_FORMAT: there is no format `{name}`: {suggestion}")
            };
            self.format = Some(FormatArg::from_str(&name, false).map_err(wrong)?);
        }
        if self.config.is_none() && !self.no_config {
            self.config = variable("OKTA_LINT_CONFIG").map(PathBuf::from);
        }
        Ok(())
    }
}

fn lint_names() -> PossibleValuesParser {
    PossibleValuesParser::new(lints::all().iter().map(|it| it.name))
}

fn licence_names() -> PossibleValuesParser {
    PossibleValuesParser::new(Licence::ALL.map(Licence::name))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    /// Each finding drawn on its source
    Human,
    /// A line for each finding
    Concise,
    /// One JSON document
    Json,
}

impl From<FormatArg> for Format {
    fn from(it: FormatArg) -> Self {
        match it {
            FormatArg::Human => Self::Human,
            FormatArg::Concise => Self::Concise,
            FormatArg::Json => Self::Json,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// On a terminal
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    fn threshold(self) -> Threshold {
        match self {
            Self::Error => Threshold::At(Level::Error),
            Self::Warning => Threshold::At(Level::Warning),
            Self::Info => Threshold::At(Level::Info),
            Self::Never => Threshold::Off,
        }
    }
}

/// Parses the arguments of the process and carries them out.
pub fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help to standard output and mistakes to standard error.
            let _ = error.print();
            return if error.use_stderr() { Exit::Failed } else { Exit::Clean };
        }
    };
    match cli.command {
        Command::Check(mut args) => match args.take_environment() {
            Ok(()) => check(&args),
            Err(words) => {
                say(&words);
                Exit::Failed
            }
        },
        Command::Explain { name } => explain(&name),
        Command::Lints => print(&output::lints()),
        Command::Capabilities => print(&output::capabilities()),
    }
}

/// What is said after a panic, which is never the user's fault.
pub fn our_fault() -> Exit {
    say("okta-lint broke: this is a bug in okta-lint, not in your configuration. Please report it.");
    Exit::Failed
}

fn check(args: &CheckArgs) -> Exit {
    let run = match pipeline::run(args) {
        Ok(run) => run,
        Err(error) => {
            say(&error.text(style_for(args, io::stderr().is_terminal())));
            return Exit::Failed;
        }
    };
    for note in &run.notes {
        say(note);
    }
    if run.is_empty && !args.allow_empty {
        say("no configuration of Okta was found; --allow-empty makes this a success");
        for (name, count) in &run.summary.unread {
            say(&format!("not looked at: {name} ({count})"));
        }
        return Exit::Nothing;
    }
    let report = output::Report { sources: &run.sources, findings: &run.findings, summary: &run.summary };
    let style = style_for(args, io::stdout().is_terminal());
    let format = args.format.map_or(Format::Human, Format::from);
    if let Err(error) = output::write(&mut io::stdout().lock(), &report, format, style)
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        say(&format!("the report could not be written: {error}"));
        return Exit::Failed;
    }
    let fails = |it: &crate::finding::Finding| run.fail_on.is_reached(it.level);
    if run.findings.iter().any(fails) { Exit::Findings } else { Exit::Clean }
}

/// How a stream is written to.
fn style_for(args: &CheckArgs, is_terminal: bool) -> Style {
    let decide = |when: When, auto: bool| match when {
        When::Auto => auto,
        When::Always => true,
        When::Never => false,
    };
    let color = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let links = is_terminal && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
    let width = terminal_size::terminal_size_of(io::stdout()).map_or(80, |(width, _)| usize::from(width.0));
    Style {
        color: decide(args.color, is_terminal && color),
        unicode: is_terminal,
        links: decide(args.hyperlinks, links),
        width: if is_terminal { width.clamp(40, 120) } else { 80 },
    }
}

fn explain(name: &str) -> Exit {
    // A need is often called like the row that it is a need of: then both are told.
    let page = lints::named(name).map(|it| it.page.to_owned());
    let row = capability::Id::named(name).map(|it| output::explain_capability(it.row()));
    let found: Vec<String> = page.into_iter().chain(row).collect();
    if !found.is_empty() {
        return print(&found.join("\n---\n\n"));
    }
    let names = lints::all().iter().map(|it| it.name).chain(capability::MATRIX.iter().map(|it| it.id.name()));
    say(&format!("there is no lint or capability `{name}`: {}", lint::suggest(name, names)));
    Exit::Failed
}

fn print(text: &str) -> Exit {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Exit::Failed,
        _ => Exit::Clean,
    }
}

/// A sentence on standard error.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}
