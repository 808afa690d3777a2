//! `infra render`: the objects of a script's environments, without a cluster.

use super::output_dir;
use crate::args::{Output, Render};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::Loaded;
use crate::ui::Ui;
use infra_sdk::engine;
use infra_sdk::environment::Rendered;
use infra_sdk::types::yaml;
use serde_json::{Value, json};
use std::path::Path;

/// How much is printed at once: thousands of objects are megabytes of text.
const AT_ONCE: usize = 1 << 16;

pub(crate) fn run(ui: Ui, args: Render) -> Result<Exit, Failure> {
    let loaded = Loaded::read(ui, &args.script)?;
    let environments = loaded.expect_environments()?;
    if let Some(folder) = &args.output_dir {
        for environment in environments {
            told(
                ui,
                folder,
                &environment.name,
                &output_dir::write(folder, environment)?,
            );
        }
        return Ok(Exit::Done);
    }
    if args.show_secrets {
        let revealed = revealed(&loaded, environments)?;
        print(ui, args.output, revealed.iter());
    } else {
        let objects = environments.iter().flat_map(|one| &one.objects);
        print(ui, args.output, objects.map(|object| &object.value));
    }
    if let Some(note) = note(environments, args.show_secrets) {
        ui.err(&format!("{note}\n"));
    }
    // The process ends here and its memory with it: taking thousands of objects apart is time lost.
    std::mem::forget(loaded);
    Ok(Exit::Done)
}

fn print<'a>(ui: Ui, output: Output, objects: impl Iterator<Item = &'a Value>) {
    match output {
        Output::Json => {
            let items: Vec<&Value> = objects.collect();
            let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
            ui.out(&format!("{list:#}\n"));
        }
        Output::Text | Output::Yaml => {
            let mut text = String::new();
            for (index, object) in objects.enumerate() {
                if index > 0 {
                    text.push_str("---\n");
                }
                text.push_str(&yaml::to_string(object));
                if text.len() > AT_ONCE {
                    ui.out(&text);
                    text.clear();
                }
            }
            ui.out(&text);
        }
    }
}

fn revealed(loaded: &Loaded, environments: &[Rendered]) -> Result<Vec<Value>, Failure> {
    super::runtime()?.block_on(async {
        let mut objects = Vec::new();
        for environment in environments {
            let revealed = engine::reveal(&environment.objects, loaded.secrets.as_ref()).await;
            objects.extend(revealed.map_err(|error| loaded.engine_failure(&error))?);
        }
        Ok(objects)
    })
}

/// What stands for secrets in the output, where something does.
fn note(environments: &[Rendered], shown: bool) -> Option<String> {
    let objects = environments.iter().flat_map(|one| &one.objects);
    let texts = objects.flat_map(|object| object.secrets.values());
    let (kept, readable): (Vec<_>, Vec<_>) = texts.partition(|text| text.is_in_the_cluster());
    let (kept, readable) = (kept.len(), if shown { 0 } else { readable.len() });
    let values = match kept + readable {
        0 => return None,
        1 => "1 value of a secret".to_owned(),
        all => format!("{all} values of secrets"),
    };
    let rest = match (kept, readable) {
        (_, 0) => ", known to the cluster alone".to_owned(),
        (0, _) => "; to print it in clear: `--show-secrets`".to_owned(),
        (_, readable) => {
            format!(
                "; `--show-secrets` prints {readable} in clear, and only the cluster knows the others"
            )
        }
    };
    Some(format!("note: `(secret…)` stands for {values}{rest}"))
}

/// What was written is the result; what a person must know is an error's business.
fn told(ui: Ui, folder: &Path, environment: &str, written: &output_dir::Written) {
    let look = ui.err_look();
    let own = folder.join(environment);
    let noun = if written.objects == 1 {
        "object"
    } else {
        "objects"
    };
    ui.out(&format!(
        "wrote {} {noun} to {}\n",
        written.objects,
        own.display()
    ));
    for path in &written.removed {
        ui.out(&format!("removed {path}\n"));
    }
    for path in &written.left {
        ui.err(&format!(
            "{} {path} is no longer rendered and was changed by somebody: it is left alone\n",
            look.change("warning:")
        ));
    }
    if !written.placeholders.is_empty() {
        ui.err(&format!(
            "{} values of secrets are never written, so these are placeholders and not in \
             kustomization.yaml: {}\n{} have them made in the cluster (`external_secret(…)`), or apply them \
             with `infra run --only secret/NAME`\n",
            look.change("warning:"),
            written.placeholders.join(", "),
            look.strong("help:")
        ));
    }
}
