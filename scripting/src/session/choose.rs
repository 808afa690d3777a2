//! `--environment NAME`: some of a script's environments.

use super::describe::Description;
use super::script::Script;
use crate::diagnostic::{Diagnostic, did_you_mean};

impl Script {
    /// Keeps the environments of these names alone, in the script's order; no names keep all.
    ///
    /// # Errors
    /// A name that none of its environments bears.
    pub fn choose(&mut self, names: &[String]) -> Result<(), Vec<Diagnostic>> {
        let known: Vec<&str> = self
            .environments()
            .iter()
            .map(infra_sdk::environment::Environment::name)
            .collect();
        check_names(&self.name, &known, names)?;
        if !names.is_empty() {
            self.keep(|environment| names.iter().any(|name| name == environment.name()));
        }
        Ok(())
    }
}

impl Description {
    /// Keeps the environments of these names alone, as [`Script::choose`] does.
    ///
    /// # Errors
    /// A name that none of its environments bears.
    pub fn choose(&mut self, names: &[String]) -> Result<(), Vec<Diagnostic>> {
        let known: Vec<&str> = self.environments.iter().map(String::as_str).collect();
        check_names(&self.script, &known, names)?;
        if !names.is_empty() {
            self.environments.retain(|name| names.contains(name));
        }
        Ok(())
    }
}

/// Whether a script has environments of all these names.
fn check_names(script: &str, known: &[&str], names: &[String]) -> Result<(), Vec<Diagnostic>> {
    let unknown = |name: &&String| !known.contains(&name.as_str());
    let errors: Vec<Diagnostic> = names
        .iter()
        .filter(unknown)
        .map(|name| {
            let error = Diagnostic::new(format!("`{script}` has no environment `{name}`"));
            let error = match did_you_mean(name, known.iter().copied()) {
                Some(meant) => error.help(meant),
                None => error,
            };
            match known {
                [] => error.help("it has no environments at all"),
                _ => error.help(format!("its environments are `{}`", known.join("`, `"))),
            }
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
