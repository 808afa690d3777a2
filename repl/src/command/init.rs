//! `infra init`: a small environment that runs in the sandbox at once, its `infra.toml`, and a
//! workflow that plans it for pull requests and runs it from the main branch.

use crate::args::Init;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ui::Ui;
use infra_sdk::types::{DnsLabel, ImageRef, in_words};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const SCRIPT: &str = include_str!("init/environment.rhai");
const PROJECT: &str = include_str!("init/infra.toml");
const WORKFLOW: &str = include_str!("init/workflow.yml");

/// What is put into the files.
struct Answers {
    name: String,
    image: String,
    port: u16,
}

pub(crate) fn run(ui: Ui, args: Init) -> Result<Exit, Failure> {
    let answers = answers(ui, &args)?;
    let script = args.dir.join(format!("{}.rhai", answers.name));
    let (top, below) = repository(&args.dir)?;
    let workflow = top.join(format!(".github/workflows/infra-{}.yml", answers.name));
    let files = [
        (args.dir.join("infra.toml"), PROJECT),
        (script.clone(), SCRIPT),
        (workflow, WORKFLOW),
    ];
    let there: Vec<String> = files
        .iter()
        .filter(|(path, _)| path.symlink_metadata().is_ok())
        .map(|(path, _)| format!("`{}`", path.display()))
        .collect();
    if !there.is_empty() {
        return Err(Failure::usage(format!(
            "{} {} there already, and nothing is overwritten",
            there.join(" and "),
            if there.len() == 1 { "is" } else { "are" }
        ))
        .help("choose another folder, or another `--name`"));
    }
    let in_workflow = below.join(format!("{}.rhai", answers.name));
    for (path, template) in &files {
        let text = template
            .replace("{{name}}", &answers.name)
            .replace("{{image}}", &answers.image)
            .replace("{{port}}", &answers.port.to_string())
            .replace("{{script}}", &in_workflow.to_string_lossy());
        write(path, &text)?;
        ui.note(&format!("wrote {}\n", path.display()));
    }
    let script = shell_word(&script.to_string_lossy());
    ui.out(&format!(
        "Try it, without a cluster:\n\n  \
         infra run {script} --sandbox --yes\n  \
         infra status {script} --sandbox\n  \
         infra plan {script} --sandbox --set replicas=3\n  \
         infra destroy {script} --sandbox --yes\n\n\
         On a cluster, name its `--context` instead of `--sandbox`.\n"
    ));
    Ok(Exit::Done)
}

/// What the command line says, else the user, else what is usual.
fn answers(ui: Ui, args: &Init) -> Result<Answers, Failure> {
    let ask = |question: &str, default: String| {
        let answer = (!args.yes).then(|| ui.ask(question, &default)).flatten();
        answer.unwrap_or(default)
    };
    let name = match &args.name {
        Some(name) => name.clone(),
        None => ask("Name of the environment", usual_name(&args.dir)),
    };
    if let Err(error) = name.parse::<DnsLabel>() {
        return Err(Failure::usage(format!("the name `{name}`: {error}")).help("`--name` sets it"));
    }
    let image = match &args.image {
        Some(image) => image.clone(),
        None => ask(
            "Image of its application",
            format!("registry.example/{name}:1.0.0"),
        ),
    };
    let plain = !image.contains(['"', '\\', '{', '}']) && !image.contains(char::is_whitespace);
    match image.parse::<ImageRef>() {
        Ok(_) if plain => {}
        Ok(_) => {
            return Err(Failure::usage(format!(
                "`{image}` is not the name of an image"
            )));
        }
        Err(error) => return Err(Failure::usage(format!("the image `{image}`: {error}"))),
    }
    let port = if let Some(port) = args.port {
        port
    } else {
        let port = ask("Port that it listens on", "8080".to_owned());
        port.parse()
            .ok()
            .ok_or_else(|| Failure::usage(format!("`{port}` is not a port")))?
    };
    if port == 0 {
        return Err(Failure::usage(
            "0 is not a port that anything can listen on",
        ));
    }
    Ok(Answers { name, image, port })
}

/// The folder's name, as far as Kubernetes takes it.
fn usual_name(dir: &Path) -> String {
    let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let folder = whole.components().next_back();
    let folder = folder.map_or_else(String::new, |part| {
        part.as_os_str().to_string_lossy().to_lowercase()
    });
    let name: String = folder
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(40)
        .collect();
    let name = name.trim_matches('-').to_owned();
    if name.parse::<DnsLabel>().is_ok() {
        name
    } else {
        "shop".to_owned()
    }
}

/// The top of the repository that a folder is in, which is where workflows are looked for, and the
/// folder as seen from there; the folder itself where it is in none.
fn repository(dir: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    let whole = std::path::absolute(dir).map_err(|error| cannot(dir, &error))?;
    let mut above = whole
        .ancestors()
        .filter(|folder| folder.join(".git").exists());
    let Some(top) = above.next() else {
        return Ok((dir.to_owned(), PathBuf::new()));
    };
    let below = whole.strip_prefix(top).unwrap_or(Path::new(""));
    let top = if below.as_os_str().is_empty() {
        dir
    } else {
        top
    };
    Ok((top.to_owned(), below.to_owned()))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let parent = path.parent().unwrap_or(path);
    if !parent.as_os_str().is_empty() {
        fs::create_dir_all(parent).map_err(|error| cannot(parent, &error))?;
    }
    // Somebody may have made it since it was looked for.
    let file = fs::File::create_new(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| cannot(path, &error))
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!(
        "cannot write `{}`: {}",
        path.display(),
        in_words(error)
    ))
}

/// A path as it is typed in a shell.
fn shell_word(path: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || "._-/+=:@%".contains(c);
    if path.chars().all(harmless) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}
