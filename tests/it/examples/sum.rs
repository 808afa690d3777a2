//! What workloads ask for together: the totals of a document's resource table.

use super::example::{Objects, text};
use super::field::at;
use infra_sdk::types::Quantity;
use serde_json::Value;

/// A sum over pods.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sum {
    /// `requests.cpu`, `limits.memory`, …, or `storage`: what its claims ask for.
    what: String,
    /// `Kind/name` of each workload, and of claims that stand alone.
    of: Vec<String>,
    /// How many pods of each: as many as an autoscaler leaves at `least` or lets come at `most`, or
    /// as the workload says where it has none; or so many.
    #[serde(default)]
    pods: Pods,
}

#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Pods {
    #[default]
    Least,
    Most,
    #[serde(untagged)]
    Number(i64),
}

impl Sum {
    /// As a quantity.
    pub(super) fn over(&self, objects: &Objects) -> Result<Value, String> {
        let mut milli = 0;
        for name in &self.of {
            let objects = objects.by_name();
            let object = objects
                .get(name)
                .ok_or_else(|| format!("there is no `{name}`"))?;
            milli += self.pods(object, &objects)? * self.of_one(object)?;
        }
        Ok(printed(milli).into())
    }

    fn pods(
        &self,
        object: &Value,
        objects: &std::collections::BTreeMap<String, &Value>,
    ) -> Result<i128, String> {
        let field = match self.pods {
            Pods::Number(number) => return Ok(number.into()),
            Pods::Least => "spec.minReplicas",
            Pods::Most => "spec.maxReplicas",
        };
        if text(&object["kind"]) == "PersistentVolumeClaim" {
            return Ok(1);
        }
        let target = |scaler: &Value| {
            let target = &scaler["spec"]["scaleTargetRef"];
            target["kind"] == object["kind"]
                && target["name"] == object["metadata"]["name"]
                && scaler["metadata"]["namespace"] == object["metadata"]["namespace"]
        };
        let scaler = objects
            .values()
            .find(|one| one["kind"] == "HorizontalPodAutoscaler" && target(one));
        let count = scaler.map_or_else(|| at(object, "spec.replicas"), |scaler| at(scaler, field));
        match (count, text(&object["kind"])) {
            (Some(count), _) => Ok(count.as_i64().unwrap_or_default().into()),
            (None, "Deployment" | "StatefulSet") => Ok(1),
            (None, kind) => Err(format!("say how many `pods` a {kind} has")),
        }
    }

    /// What one pod asks for, in thousandths.
    fn of_one(&self, object: &Value) -> Result<i128, String> {
        if self.what == "storage" {
            let claims = at(object, "spec.volumeClaimTemplates").and_then(Value::as_array);
            let claims = claims.map_or_else(|| vec![object], |claims| claims.iter().collect());
            let size = |claim: &&Value| milli(at(claim, "spec.resources.requests.storage"));
            return Ok(claims.iter().map(size).sum());
        }
        let pod = at(object, "spec.template.spec").ok_or("it is no workload")?;
        let amount = |container: &Value| milli(at(&container["resources"], &self.what));
        let containers = |list: &str| pod[list].as_array().cloned().unwrap_or_default();
        // Init containers run one after the other, before the others; side containers stay.
        let (mut running, mut peak) = (0, 0);
        for container in containers("initContainers") {
            if container["restartPolicy"] == "Always" {
                running += amount(&container);
            } else {
                peak = peak.max(running + amount(&container));
            }
        }
        running += containers("containers").iter().map(amount).sum::<i128>();
        Ok(running.max(peak))
    }
}

fn milli(value: Option<&Value>) -> i128 {
    let quantity = value.and_then(super::field::quantity);
    quantity.map_or(0, |quantity: Quantity| quantity.amount().as_milli().into())
}

fn printed(milli: i128) -> String {
    if milli % 1000 == 0 {
        (milli / 1000).to_string()
    } else {
        format!("{milli}m")
    }
}
