//! What can be typed after `infra`. Doc comments here are the help text.

use clap::{Args, Parser, Subcommand, ValueEnum};
use infra_sdk::engine::FieldTarget;
use std::path::PathBuf;

/// Plan, apply and operate what runs on Kubernetes, in scripts.
#[derive(Debug, Parser)]
#[command(
    name = "infra",
    version,
    max_term_width = 100,
    subcommand_value_name = "COMMAND",
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    /// Print results and errors alone, no progress
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Tell each request to the cluster as it is answered: method, path, status and time, never a
    /// body
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// The cluster of a session, which is what a command line without a command opens.
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what would change, ask, apply it and wait until everything is ready; or run a
    /// procedure of the script
    Run(Run),
    /// Show what `run` would change, and change nothing
    Plan(Plan),
    /// Print the objects that a script describes; needs no cluster
    Render(Render),
    /// Find what will not work and what will be regretted, in a script, a YAML file or a folder of
    /// them; needs no cluster
    Check(Check),
    /// List the checks of `check`, or explain one
    Checks(Checks),
    /// Open a session: try lines of a script, look at the cluster and operate it
    Repl(Repl),
    /// Delete what an environment owns, except what holds data
    Destroy(Destroy),
    /// Show what an environment owns, and why something is not ready
    Status(Status),
    /// List the environments, parameters and procedures of a script
    List(List),
    /// Explain what scripts can call: all of it, or one by its name, by the field of Kubernetes that
    /// it sets, or by words
    Doc(Doc),
    /// Write a small environment that runs in the sandbox at once
    Init(Init),
    /// Print what a shell reads to complete the words of this command
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write a script that gives the objects of YAML files, or of a namespace of a cluster
    Import(Import),
    /// The clusters that live in this machine's state folder
    #[command(subcommand)]
    Sandbox(Sandbox),
}

/// Which script, and what goes into it.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Script {
    /// The script
    pub(crate) file: PathBuf,
    /// One of the script's environments, instead of all; can be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Vec<String>,
    /// Read values of the script's parameters from a file, YAML or JSON; a later file and `--set`
    /// win
    #[arg(long, value_name = "FILE")]
    pub(crate) params: Vec<PathBuf>,
    /// Set a parameter of the script; it has the type of the parameter's default. NAME.KEY sets a
    /// key of a map
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// Read variables that the script may use from a file of NAME=VALUE lines; variables of the
    /// caller's environment win
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Vec<PathBuf>,
}

/// Which cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct Target {
    /// Use the sandbox, a cluster inside this process that is kept between runs
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "default",
        conflicts_with_all = ["context", "kubeconfig", "request_timeout", "impersonate"]
    )]
    pub(crate) sandbox: Option<String>,
    /// The context of the kubeconfig [default: its current context]
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// The kubeconfig [default: the files of KUBECONFIG, else ~/.kube/config, else the service
    /// account of the pod that this runs in]
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// How long the API server may be silent after a request [default: 70s]
    #[arg(long, value_name = "DURATION")]
    pub(crate) request_timeout: Option<String>,
    /// Act as this user, if the own rights allow it; a service account is
    /// `system:serviceaccount:NAMESPACE:NAME`
    #[arg(long = "as", value_name = "USER")]
    pub(crate) impersonate: Option<String>,
    /// Act as a member of this group too; can be given several times
    #[arg(long = "as-group", value_name = "GROUP", requires = "impersonate")]
    pub(crate) impersonate_groups: Vec<String>,
    /// The namespace that the environment must be for: the script decides, and another is an error.
    /// Of `import`, the namespace that is read
    #[arg(long, short, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
}

/// Which part of an environment.
#[derive(Debug, Default, Args)]
pub(crate) struct Part {
    /// Look at this object alone, and leave all others as they are; can be given several times
    #[arg(long, value_name = "[NAMESPACE/]KIND/NAME", conflicts_with_all = ["delete", "no_prune"])]
    pub(crate) only: Vec<String>,
    /// Set this field although something else sets it too, and take it from that
    #[arg(long, value_name = "[NAMESPACE/]KIND/NAME:FIELD")]
    pub(crate) take: Vec<FieldTarget>,
    /// Leave this field to what else sets it
    #[arg(long = "yield", value_name = "[NAMESPACE/]KIND/NAME:FIELD")]
    pub(crate) yields: Vec<FieldTarget>,
    /// Set this field together with what else sets it, as long as both set the same
    #[arg(long, value_name = "[NAMESPACE/]KIND/NAME:FIELD")]
    pub(crate) share: Vec<FieldTarget>,
    /// Keep what is no longer wanted; what `--delete` names goes all the same
    #[arg(long)]
    pub(crate) no_prune: bool,
}

/// How changes are made.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Delete this too, although it is kept otherwise
    #[arg(long, value_name = "[NAMESPACE/]KIND/NAME")]
    pub(crate) delete: Vec<String>,
    /// Show every change and make none
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not wait until everything is ready, or gone; what others need to be ready is waited for
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// How long to wait until everything is ready, or gone
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    pub(crate) timeout: String,
    /// How results are printed
    #[arg(long, short, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) script: Script,
    /// A procedure of the script to run instead, with its arguments
    #[arg(value_name = "PROCEDURE")]
    pub(crate) procedure: Option<String>,
    /// The procedure's arguments
    #[arg(value_name = "ARGS")]
    pub(crate) args: Vec<String>,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) part: Part,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

#[derive(Debug, Default, Args)]
pub(crate) struct Repl {
    /// A script whose constants, functions and environments the session begins with
    pub(crate) file: Option<PathBuf>,
    /// Read values of the script's parameters from a file, YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) params: Vec<PathBuf>,
    /// Set a parameter of the script
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// Read variables that lines may use from a file of NAME=VALUE lines
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) script: Script,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) part: Part,
    /// Plan to delete this too, although it is kept otherwise
    #[arg(long, value_name = "[NAMESPACE/]KIND/NAME")]
    pub(crate) delete: Vec<String>,
    /// End with exit code 3 when changes are planned
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// How results are printed
    #[arg(long, short, value_enum, default_value_t = PlanOutput::Text)]
    pub(crate) output: PlanOutput,
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    #[command(flatten)]
    pub(crate) script: Script,
    /// Print the values of secrets in clear, base64-encoded as Kubernetes has them; what only the
    /// cluster knows stays out
    #[arg(long, conflicts_with = "output_dir")]
    pub(crate) show_secrets: bool,
    /// How the objects are printed
    #[arg(long, short, value_enum, default_value_t = Output::Yaml)]
    pub(crate) output: Output,
    /// Write one file for each object instead, and a kustomization.yaml, into a folder of this one
    /// for each environment; files of an earlier time that nothing describes any more are removed
    #[arg(long, value_name = "DIR", conflicts_with = "output")]
    pub(crate) output_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder, which is made where it is not there
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    /// The name of the environment, and of its script [default: the folder's]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The image of its application
    #[arg(long, value_name = "IMAGE")]
    pub(crate) image: Option<String>,
    /// The port that the application listens on
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// Which shell.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Shell {
    /// `infra completions bash > ~/.local/share/bash-completion/completions/infra`
    Bash,
    /// `infra completions zsh > "${fpath[1]}/_infra"`
    Zsh,
    /// `infra completions fish > ~/.config/fish/completions/infra.fish`
    Fish,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) script: Script,
    /// Show what was accepted too, with the reasons
    #[arg(long)]
    pub(crate) accepted: bool,
    /// Show each of the findings that are only worth knowing, too
    #[arg(long)]
    pub(crate) info: bool,
    /// How findings are printed
    #[arg(long, short, value_enum, default_value_t = CheckOutput::Text)]
    pub(crate) output: CheckOutput,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckOutput {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, as code hosts show it beside the lines
    Sarif,
}

#[derive(Debug, Args)]
pub(crate) struct Checks {
    /// A check: what it finds, why that matters, what to do
    pub(crate) id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Doc {
    /// `replicas`, `deployment.replicas`, `spec.replicas`, or words that are told of it
    pub(crate) words: Vec<String>,
    /// Write definition files for editors into a folder instead
    #[arg(long, value_name = "DIR", conflicts_with_all = ["words", "output"])]
    pub(crate) definitions: Option<PathBuf>,
    /// How results are printed
    #[arg(long, short, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Destroy {
    #[command(flatten)]
    pub(crate) script: Script,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) script: Script,
    #[command(flatten)]
    pub(crate) target: Target,
    /// How results are printed
    #[arg(long, short, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) script: Script,
    /// How results are printed
    #[arg(long, short, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files of YAML or JSON, with one object or many, or folders of them; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Of a cluster only the objects with these labels
    #[arg(long, short = 'l', value_name = "KEY=VALUE", requires = "namespace")]
    pub(crate) selector: Option<String>,
    /// The environment's name [default: its namespace]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Write the script to a file that is not there yet, instead of printing it
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Sandbox {
    /// List the sandboxes
    List,
    /// Forget a sandbox and everything in it
    Reset {
        /// The sandbox
        #[arg(default_value = "default")]
        name: String,
    },
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanOutput {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// YAML
    Yaml,
    /// For a pull request
    Markdown,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// YAML
    Yaml,
}
