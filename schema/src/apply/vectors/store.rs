//! One object, and who writes it.

use serde_json::{Map, Value, json};

use crate::apply::{ApplyError, ApplyOptions, UpdateOptions, apply, update};
use crate::fields::FieldSet;
use crate::ty::Type;

/// An object `d/web` of some kind, as it stands after each write.
pub(super) struct Store {
    pub(super) ty: Type,
    api_version: String,
    kind: String,
    pub(super) live: Option<Value>,
    second: u32,
}

impl Store {
    pub(super) fn new(group: &str, kind: &str) -> Self {
        let ty = Type::of(group, "v1", kind).expect("known");
        let api_version = if group.is_empty() {
            "v1".into()
        } else {
            format!("{group}/v1")
        };
        Self {
            ty,
            api_version,
            kind: kind.into(),
            live: None,
            second: 0,
        }
    }

    pub(super) fn whole(&self, mut body: Value) -> Value {
        body["apiVersion"] = json!(self.api_version);
        body["kind"] = json!(self.kind);
        body["metadata"]["name"] = json!("web");
        body["metadata"]["namespace"] = json!("d");
        body
    }

    pub(super) fn run(
        &mut self,
        manager: &str,
        config: Value,
        force: bool,
    ) -> Result<bool, ApplyError> {
        self.second += 1;
        let time = format!("2026-01-01T00:00:{:02}Z", self.second);
        let config = self.whole(config);
        let options = ApplyOptions {
            manager,
            api_version: &self.api_version,
            force,
            subresource: "",
            time: &time,
            reset: &FieldSet::new(),
        };
        let applied = apply(&self.ty, self.live.as_ref(), &config, &options)?;
        let mut object = applied.object;
        object["metadata"]["uid"] = json!("u");
        self.live = Some(object);
        Ok(applied.changed)
    }

    pub(super) fn apply(&mut self, manager: &str, config: Value) {
        self.run(manager, config, false).expect("applied");
    }

    pub(super) fn force(&mut self, manager: &str, config: Value) {
        self.run(manager, config, true).expect("applied");
    }

    /// The message of a refusal. What stands there stays as it is.
    pub(super) fn refused(&mut self, manager: &str, config: Value) -> String {
        self.refusal(manager, config).to_string()
    }

    /// A refusal. What stands there stays as it is.
    pub(super) fn refusal(&mut self, manager: &str, config: Value) -> ApplyError {
        let before = self.live.clone();
        let refusal = self.run(manager, config, false).expect_err("refused");
        assert_eq!(self.live, before);
        refusal
    }

    pub(super) fn update(
        &mut self,
        manager: &str,
        subresource: &str,
        change: impl FnOnce(&mut Value),
    ) {
        self.second += 1;
        let mut new = self.live.clone().unwrap_or_else(|| self.whole(json!({})));
        change(&mut new);
        let options = UpdateOptions {
            manager,
            api_version: &self.api_version,
            subresource,
            time: &format!("2026-01-01T00:00:{:02}Z", self.second),
            reset: &FieldSet::new(),
        };
        let mut new = update(&self.ty, self.live.as_ref(), new, &options);
        new["metadata"]["uid"] = json!("u");
        self.live = Some(new);
    }

    pub(super) fn live(&self) -> &Value {
        self.live.as_ref().expect("made")
    }

    pub(super) fn at(&self, pointer: &str) -> Value {
        self.live().pointer(pointer).cloned().unwrap_or(Value::Null)
    }

    /// The whole object but for its type, name and uid, and its managers.
    pub(super) fn body(&self) -> Value {
        let mut body = self.live().clone();
        let fields = body.as_object_mut().expect("an object");
        fields.retain(|name, _| name != "apiVersion" && name != "kind");
        let metadata = fields["metadata"].as_object_mut().expect("an object");
        for name in ["name", "namespace", "uid", "managedFields"] {
            metadata.remove(name);
        }
        if metadata.is_empty() {
            fields.remove("metadata");
        }
        body
    }

    /// All managers with their fields: `a` applied, `a (Update)` wrote, `a (Update, status)` wrote
    /// through the subresource.
    pub(super) fn managers(&self) -> Value {
        let entries = self.at("/metadata/managedFields");
        let named = entries.as_array().into_iter().flatten().map(|entry| {
            let text = |field: &str| entry[field].as_str().unwrap_or_default();
            let how = [text("operation"), text("subresource")];
            let how: Vec<&str> = how
                .into_iter()
                .filter(|part| !part.is_empty() && *part != "Apply")
                .collect();
            let name = match how.as_slice() {
                [] => text("manager").to_owned(),
                how => format!("{} ({})", text("manager"), how.join(", ")),
            };
            (name, entry["fieldsV1"].clone())
        });
        Value::Object(named.collect::<Map<_, _>>())
    }

    /// The entry of one manager, and null when there is none.
    pub(super) fn entry(&self, manager: &str) -> Value {
        let entries = self.at("/metadata/managedFields");
        let found = entries
            .as_array()
            .and_then(|e| e.iter().find(|e| e["manager"] == manager));
        found.cloned().unwrap_or(Value::Null)
    }
}

/// A deployment whose pods have these containers, and nothing else.
pub(super) fn pod(containers: Value) -> Value {
    json!({"spec": {"template": {"spec": {"containers": containers}}}})
}

/// The deployment of the first vector.
pub(super) fn deployment(replicas: i64, container: Value) -> Value {
    json!({
        "metadata": {"labels": {"app": "web"}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [container]},
            },
        },
    })
}

/// Its container.
pub(super) fn container() -> Value {
    json!({"name": "app", "image": "nginx:1", "ports": [{"containerPort": 80, "name": "http"}], "resources": {}})
}

/// V1a: the deployment, applied by `infra`.
pub(super) fn first() -> Store {
    let mut store = Store::new("apps", "Deployment");
    store.apply("infra", deployment(2, container()));
    store
}
