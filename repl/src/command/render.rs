//! `infra render`: the objects that a script describes.

use super::output_dir;
use crate::args::{Output, Render};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::Loaded;
use crate::ui::Ui;
use infra_sdk::types::yaml;
use serde_json::{Value, json};
use std::path::Path;

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
    let objects = environments
        .iter()
        .flat_map(|environment| &environment.objects)
        .map(|object| &object.value);
    match args.output {
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
            }
            ui.out(&text);
        }
    }
    // The process ends here and its memory with it: taking thousands of objects apart is time lost.
    std::mem::forget(loaded);
    Ok(Exit::Done)
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
