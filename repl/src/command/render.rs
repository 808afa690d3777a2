//! `infra render`: the objects that a script describes.

use crate::args::{Output, Render};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::script::Loaded;
use crate::ui::Ui;
use infra_sdk::types::yaml;
use serde_json::{Value, json};

pub(crate) fn run(ui: Ui, args: Render) -> Result<Exit, Failure> {
    let loaded = Loaded::read(ui, &args.script)?;
    let objects = loaded
        .expect_environments()?
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
