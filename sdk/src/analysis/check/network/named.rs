//! Services that a workload is told of by name and port.

use crate::analysis::check::look::{Look, Workload};
use crate::environment::{items, namespace};
use crate::object::Object;
use serde_json::Value;

/// A service that stands in a workload's settings.
pub(super) struct Named {
    /// Its position.
    pub(super) service: usize,
    /// The port that stands there.
    pub(super) port: u16,
    /// Where in the workload.
    pub(super) path: String,
}

/// The services that a workload is told of, each with its port, once.
pub(super) fn services(
    look: &Look<'_>,
    workload: &Workload<'_>,
    services: &[(usize, &Object)],
) -> Vec<Named> {
    let home = namespace(workload.object);
    let mut found: Vec<Named> = Vec::new();
    for (path, text) in texts(look, workload) {
        for (position, service) in services {
            for port in ports(&text, &service.id.name, namespace(service), home) {
                let known = found
                    .iter()
                    .any(|one| (one.service, one.port) == (*position, port));
                if !known {
                    found.push(Named {
                        service: *position,
                        port,
                        path: path.clone(),
                    });
                }
            }
        }
    }
    found
}

/// What a workload is told, with the paths where it is.
fn texts(look: &Look<'_>, workload: &Workload<'_>) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for container in workload.containers() {
        for list in ["command", "args"] {
            for (index, word) in items(&container.value[list]).iter().enumerate() {
                let text = word.as_str().unwrap_or_default().to_owned();
                texts.push((format!("{}.{list}[{index}]", container.path), text));
            }
        }
        for (index, variable) in items(&container.value["env"]).iter().enumerate() {
            let path = format!("{}.env[{index}]", container.path);
            if let Some(text) = variable["value"].as_str() {
                texts.push((path, text.to_owned()));
            } else if let Some(text) = by_key(look, workload, &variable["valueFrom"]) {
                texts.push((path, text));
            }
        }
    }
    texts
}

/// The text under a key of a config map or secret of the environment; of a secret, what of it is
/// written out.
fn by_key(look: &Look<'_>, workload: &Workload<'_>, from: &Value) -> Option<String> {
    let home = namespace(workload.object);
    let object = |kind: &'static str, name: &Value| {
        let position = look.view.index.get(("", kind, home, name.as_str()?))?;
        Some(&look.view.objects[position])
    };
    if let Some(key) = from["configMapKeyRef"]["key"].as_str() {
        let map = object("ConfigMap", &from["configMapKeyRef"]["name"])?;
        return map.value["data"][key].as_str().map(str::to_owned);
    }
    let key = from["secretKeyRef"]["key"].as_str()?;
    let secret = object("Secret", &from["secretKeyRef"]["name"])?;
    let parts = secret
        .secrets
        .get(key)?
        .sources()
        .into_iter()
        .map(|part| match part {
            crate::object::SecretPart::Text(text) => text.as_str(),
            _ => "?",
        });
    Some(parts.collect())
}

/// The ports that stand after a service's name: `app:80`, `app.shop.svc:80`, `http://app/`.
fn ports(text: &str, service: &str, its_home: &str, home: &str) -> Vec<u16> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices(service) {
        let (before, after) = (&text[..start], &text[start + service.len()..]);
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if before.ends_with(inside) {
            continue;
        }
        let (namespace, rest) = match after.strip_prefix('.') {
            Some(domain) => {
                let end = domain.find(|c: char| !inside(c)).unwrap_or(domain.len());
                let namespace = domain[..end].split('.').next().unwrap_or_default();
                (namespace, &domain[end..])
            }
            None => (home, after),
        };
        if namespace != its_home {
            continue;
        }
        if let Some(rest) = rest.strip_prefix(':') {
            let digits = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            found.extend(rest[..digits].parse::<u16>());
        } else if !rest.starts_with(inside) {
            let secure = before.ends_with("https://");
            let plain = before.ends_with("http://");
            found.extend(secure.then_some(443).or(plain.then_some(80)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::ports;

    #[test]
    fn ports_after_names() {
        for (text, expected) in [
            ("http://app:3000/api", vec![3000]),
            ("postgres://u:p@app:5432/db", vec![5432]),
            ("http://app.shop:80", vec![80]),
            ("http://app.shop.svc.cluster.local:80", vec![80]),
            ("http://app.other:80", vec![]),
            ("http://app/x", vec![80]),
            ("https://app", vec![443]),
            ("fetch('http://app:1/a').then('http://app:2')", vec![1, 2]),
            ("my-app:80", vec![]),
            ("app-service:80", vec![]),
            ("app.example.com:80", vec![]),
            ("the app: 80", vec![]),
            ("app", vec![]),
        ] {
            assert_eq!(ports(text, "app", "shop", "shop"), expected, "{text}");
        }
    }
}
