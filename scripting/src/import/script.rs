//! The script of all proposals: constants first, each before what names it, then the environment.

use super::code::{Code, call, text};
use super::context::Context;
use infra_sdk::environment::existing_word;
use infra_sdk::object::Ref;
use infra_sdk::resource::Convention;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

/// What a script is made of.
pub(super) struct Parts<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) name: &'a str,
    /// The objects that are proposed, with their expressions.
    pub(super) proposals: &'a [(usize, Code)],
    /// What must be there and is not named by any of them.
    pub(super) existing: Vec<Ref>,
    pub(super) off: &'a BTreeSet<Convention>,
    pub(super) makes_namespace: bool,
    /// The variables that it needs.
    pub(super) variables: Vec<&'a str>,
}

/// A script's text, and the object of each of its lines.
pub(super) struct Text {
    pub(super) text: String,
    lines: Vec<Option<usize>>,
}

impl Text {
    /// The object that a line is about.
    pub(super) fn object(&self, line: u32) -> Option<usize> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        self.lines.get(index).copied().flatten()
    }

    fn push(&mut self, text: &str, object: Option<usize>) {
        let lines = text.matches('\n').count();
        self.lines.extend(std::iter::repeat_n(object, lines));
        self.text.push_str(text);
    }
}

impl Parts<'_> {
    /// The script; or an object that would have to come both before and after another.
    pub(super) fn write(&self) -> Result<Text, usize> {
        let mut script = Text {
            text: String::new(),
            lines: Vec::new(),
        };
        let head = format!("//! The environment `{}`, as it was imported.\n", self.name);
        script.push(&head, None);
        if !self.variables.is_empty() {
            script.push(&self.comment(), None);
        }
        let constants = self.constants();
        let mut last = None;
        for position in self.ordered(&constants)? {
            let (index, code) = &self.proposals[position];
            let group = group(&self.context.objects[*index].id.kind);
            let name = &self.context.constants[*index];
            let code = code.write(0, name.len() + 9);
            // Short ones of a kind stand together.
            if last != Some(group) || code.contains('\n') {
                script.push("\n", None);
            }
            last = (!code.contains('\n')).then_some(group);
            script.push(&format!("const {name} = {code};\n"), Some(*index));
        }
        script.push(
            &format!("\nenvironment({}, [\n", text(self.name).write(0, 0)),
            None,
        );
        self.list(&mut script, &constants);
        script.push(&format!("]){}\n", self.settings()), None);
        Ok(script)
    }

    fn comment(&self) -> String {
        let mut comment =
            "\n// Secrets come from variables of the caller, or of an `--env-file`:\n//  "
                .to_owned();
        let mut column = 3;
        for (index, name) in self.variables.iter().enumerate() {
            let comma = if index + 1 < self.variables.len() {
                ","
            } else {
                ""
            };
            if column + name.len() + 2 > 100 && index > 0 {
                comment.push_str("\n//  ");
                column = 3;
            }
            let _ = write!(comment, " {name}{comma}");
            column += name.len() + 2;
        }
        comment + "\n"
    }

    /// What is named by others, and workloads, which are mostly long.
    fn constants(&self) -> BTreeSet<usize> {
        let named = self.context.named.borrow();
        let workloads = self
            .proposals
            .iter()
            .map(|(index, _)| *index)
            .filter(|index| self.context.objects[*index].pod().is_some());
        workloads.chain(named.iter().copied()).collect()
    }

    /// The positions of constants, each after those that it names.
    fn ordered(&self, constants: &BTreeSet<usize>) -> Result<Vec<usize>, usize> {
        let by_name: HashMap<&str, usize> = self
            .proposals
            .iter()
            .enumerate()
            .map(|(position, (index, _))| (self.context.constants[*index].as_str(), position))
            .collect();
        let mut wanted: Vec<usize> = (0..self.proposals.len())
            .filter(|position| constants.contains(&self.proposals[*position].0))
            .collect();
        wanted.sort_by_key(|position| {
            group(&self.context.objects[self.proposals[*position].0].id.kind)
        });
        let mut order = Order {
            parts: self,
            by_name,
            states: HashMap::new(),
            done: Vec::new(),
        };
        for position in wanted {
            order.visit(position)?;
        }
        Ok(order.done)
    }

    fn list(&self, script: &mut Text, constants: &BTreeSet<usize>) {
        for existing in &self.existing {
            let word = existing_word(&existing.group, &existing.kind);
            let mut code = call("existing", [text(word), text(&existing.name)]);
            if let Some(home) = existing
                .namespace
                .as_deref()
                .filter(|home| *home != self.context.namespace)
            {
                code = code.then("namespace", [text(home)]);
            }
            script.push(&format!("    {},\n", code.write(4, 4)), None);
        }
        let mut positions: Vec<usize> = (0..self.proposals.len()).collect();
        positions.sort_by_key(|position| {
            group(&self.context.objects[self.proposals[*position].0].id.kind)
        });
        let mut line = String::new();
        for position in positions {
            let (index, code) = &self.proposals[position];
            let is_constant = constants.contains(index);
            let item = if is_constant {
                self.context.constants[*index].clone()
            } else {
                code.write(4, 4)
            };
            if !is_constant || line.len() + item.len() > 100 {
                flush(script, &mut line);
            }
            if is_constant {
                let space = if line.is_empty() { "    " } else { " " };
                let _ = write!(line, "{space}{item},");
            } else {
                script.push(&format!("    {item},\n"), Some(*index));
            }
        }
        flush(script, &mut line);
    }

    fn settings(&self) -> String {
        let mut settings = String::new();
        if self.name != self.context.namespace {
            let namespace = text(self.context.namespace).write(0, 0);
            let _ = write!(settings, ".namespace({namespace})");
        }
        if !self.makes_namespace && self.context.namespace != "default" {
            settings.push_str(".existing_namespace()");
        }
        if !self.off.is_empty() {
            let words = self.off.iter().map(|one| text(one.to_string()));
            let words = Code::Array(words.collect());
            let _ = write!(
                settings,
                "\n    // Defaults that these objects do not have: each can be turned on by taking it out."
            );
            let _ = write!(settings, "\n    .without({})", words.write(4, 13));
        }
        settings
    }
}

fn flush(script: &mut Text, line: &mut String) {
    if !line.is_empty() {
        line.push('\n');
        script.push(line, None);
        line.clear();
    }
}

/// The order in which kinds are read.
fn group(kind: &str) -> usize {
    const GROUPS: [&[&str]; 9] = [
        &["Namespace"],
        &[
            "CustomResourceDefinition",
            "PriorityClass",
            "StorageClass",
            "PersistentVolume",
        ],
        &["ResourceQuota", "LimitRange"],
        &["ConfigMap"],
        &["Secret"],
        &["PersistentVolumeClaim"],
        &[
            "ServiceAccount",
            "Role",
            "ClusterRole",
            "RoleBinding",
            "ClusterRoleBinding",
        ],
        &["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"],
        &["Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"],
    ];
    let found = GROUPS.iter().position(|kinds| kinds.contains(&kind));
    found.unwrap_or(GROUPS.len())
}

struct Order<'a> {
    parts: &'a Parts<'a>,
    by_name: HashMap<&'a str, usize>,
    /// Whether a position is done; `false` while what it names is.
    states: HashMap<usize, bool>,
    done: Vec<usize>,
}

impl Order<'_> {
    fn visit(&mut self, position: usize) -> Result<(), usize> {
        match self.states.get(&position) {
            Some(true) => return Ok(()),
            Some(false) => return Err(self.parts.proposals[position].0),
            None => {}
        }
        self.states.insert(position, false);
        let mut names = Vec::new();
        self.parts.proposals[position].1.names(&mut names);
        for name in names {
            if let Some(other) = self.by_name.get(name.as_str()) {
                self.visit(*other)?;
            }
        }
        self.states.insert(position, true);
        self.done.push(position);
        Ok(())
    }
}
