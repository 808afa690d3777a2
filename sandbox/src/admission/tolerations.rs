//! DefaultTolerationSeconds: a pod stays for five minutes on a node that fails.

use serde_json::{Value, json};

/// Adds the two tolerations that every pod has.
pub(super) fn fill(pod: &mut Value) {
    for key in [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ] {
        let tolerates = |toleration: &Value| {
            (toleration["key"] == key || toleration["key"].as_str().is_none_or(str::is_empty))
                && matches!(toleration["effect"].as_str(), None | Some("" | "NoExecute"))
        };
        let added = json!({
            "key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
        });
        match pod["spec"]["tolerations"].as_array_mut() {
            Some(tolerations) if tolerations.iter().any(tolerates) => {}
            Some(tolerations) => tolerations.push(added),
            None => pod["spec"]["tolerations"] = json!([added]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_keeps_the_tolerations_it_brings() {
        let mut pod = json!({"spec": {}});
        fill(&mut pod);
        assert_eq!(pod["spec"]["tolerations"].as_array().map(Vec::len), Some(2));
        let own = json!({"spec": {"tolerations": [{"operator": "Exists"}]}});
        let mut pod = own.clone();
        fill(&mut pod);
        assert_eq!(pod, own);
    }
}
