//! An example: its folder, its scripts, its objects.

use crate::support::{Infra, repository};
use infra_sdk::types::yaml;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A folder of `examples` with an environment.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) name: String,
}

impl Example {
    /// Every one.
    pub(super) fn all() -> Vec<Self> {
        let mut names: Vec<String> = std::fs::read_dir(repository().join("examples"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().join("production.rhai").is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert!(!names.is_empty());
        names.into_iter().map(|name| Self { name }).collect()
    }

    /// One of them.
    pub(super) fn named(name: &str) -> Self {
        let mut all = Self::all();
        let place = all.iter().position(|one| one.name == name).expect(name);
        all.swap_remove(place)
    }

    pub(super) fn folder(&self) -> PathBuf {
        repository().join("examples").join(&self.name)
    }

    /// The files of its folder whose names end so, with their texts.
    pub(super) fn files(&self, extensions: &[&str]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let extension = path.extension().unwrap_or_default().to_string_lossy();
                if path.is_dir() {
                    folders.push(path);
                } else if extensions.contains(&&*extension) {
                    let name = path.strip_prefix(self.folder()).unwrap();
                    let text = std::fs::read_to_string(&path).unwrap();
                    found.push((name.display().to_string(), text));
                }
            }
        }
        found.sort();
        found
    }

    /// A file of data beside its script; nothing where it has none.
    pub(super) fn rows<T: DeserializeOwned>(&self, file: &str) -> Option<Vec<T>> {
        let text = std::fs::read_to_string(self.folder().join(file)).ok()?;
        let table = yaml::documents(&text)
            .unwrap_or_else(|error| panic!("{}/{file}: {error:?}", self.name))
            .remove(0);
        let Value::Array(rows) = table else {
            panic!("{}/{file} is no list", self.name);
        };
        let row = |row: Value| {
            serde_json::from_value(row.clone())
                .unwrap_or_else(|error| panic!("{}/{file}: {error}\n{row:#}", self.name))
        };
        Some(rows.into_iter().map(row).collect())
    }

    /// What the command is told of it, wherever its folder is the current one.
    pub(super) fn arguments(&self) -> String {
        let mut arguments = "production.rhai".to_owned();
        if self.folder().join("sample.env").is_file() {
            arguments.push_str(" --env-file sample.env");
        }
        arguments
    }

    /// The environment that is compared with the document's manifests: the first one, where there
    /// are several.
    pub(super) fn first_environment(&self) -> Option<String> {
        let infra = Infra::new().with_copy_of(&format!("examples/{}", self.name));
        let listed = infra
            .run("list production.rhai --output json")
            .ends_with(0)
            .stdout;
        let listed: Value = serde_json::from_str(&listed).unwrap();
        let environments = listed["script"]["environments"].as_array().unwrap();
        let first = text(&environments[0]).to_owned();
        (environments.len() > 1).then_some(first)
    }

    /// What `infra render --output json` prints, for one of its environments or for all.
    pub(super) fn printed(&self, environment: Option<&str>, set: &[String]) -> String {
        let infra = Infra::new().with_copy_of(&format!("examples/{}", self.name));
        let environment =
            environment.map_or_else(String::new, |name| format!(" --environment {name}"));
        let set = options(set);
        let line = format!(
            "render {} --output json{environment}{set}",
            self.arguments()
        );
        infra.run(&line).ends_with(0).stdout
    }

    /// Its objects, for one of its environments or for all.
    pub(super) fn objects(&self, environment: Option<&str>, set: &[String]) -> Objects {
        let list: Value = serde_json::from_str(&self.printed(environment, set)).unwrap();
        Objects(list["items"].as_array().unwrap().clone())
    }
}

/// Parameters as the command line sets them.
pub(super) fn options(set: &[String]) -> String {
    set.iter().flat_map(|one| [" --set ", one]).collect()
}

/// The objects of an environment.
#[derive(Debug)]
pub(super) struct Objects(pub(super) Vec<Value>);

impl Objects {
    /// By `Kind/name`, or by `namespace/Kind/name` where there are several of that kind and name.
    pub(super) fn by_name(&self) -> BTreeMap<String, &Value> {
        let short = |object: &Value| {
            format!(
                "{}/{}",
                text(&object["kind"]),
                text(&object["metadata"]["name"])
            )
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for object in &self.0 {
            *counts.entry(short(object)).or_default() += 1;
        }
        let mut named = BTreeMap::new();
        for object in &self.0 {
            let mut name = short(object);
            if counts[&name] > 1 {
                name = format!("{}/{name}", text(&object["metadata"]["namespace"]));
            }
            let before = named.insert(name.clone(), object);
            assert!(before.is_none(), "{name} stands twice");
        }
        named
    }
}

/// A text; empty for anything else.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
