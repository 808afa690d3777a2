//! The same environment at another size: staging at a fifth of production.

use super::{Environment, Graph};
use crate::object::Ref;
use crate::resource::{RelationKind, Resource};
use crate::types::Share;
use std::collections::BTreeSet;

impl Environment {
    /// The environment at a share of its size: replicas, the bounds of autoscalers, what containers
    /// request and may use, and the sizes of volumes, each rounded up and never less than one. How
    /// many pods a disruption budget lets go follows. Resources that stay as they are
    /// ([`unscaled`](crate::resource::Described::unscaled)) keep their autoscalers and disruption
    /// budgets too. Quotas, limit ranges and patches stay, and resources that are added later.
    ///
    /// ```
    /// use infra_sdk::environment::Environment;
    /// use infra_sdk::resource::Deployment;
    /// use infra_sdk::resource::prelude::*;
    ///
    /// let api = Deployment::new("api".parse()?).image("api:1.4.2".parse()?).replicas(20);
    /// let staging = Environment::new("staging").add(api).scaled("20%".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scaled(mut self, share: Share) -> Self {
        let graph = Graph::of(&self);
        let unscaled: BTreeSet<Ref> = self
            .resources
            .iter()
            .filter(|resource| resource.keeps_size())
            .map(|resource| graph.normal(&resource.reference()).into_owned())
            .collect();
        for resource in &mut self.resources {
            if !resource.keeps_size()
                && !follows(&**resource, &graph, &unscaled)
                && let Some(scaled) = resource.scaled(share)
            {
                *resource = scaled;
            }
        }
        self.shares.push(share);
        self
    }

    /// What was made of its size, in words: `20%`.
    pub(super) fn share_in_words(&self) -> Option<String> {
        let shares: Vec<String> = self.shares.iter().rev().map(Share::to_string).collect();
        (!shares.is_empty()).then(|| shares.join(" of "))
    }
}

/// Whether it says how many pods one of these has, or must keep.
fn follows(resource: &dyn Resource, graph: &Graph, others: &BTreeSet<Ref>) -> bool {
    resource.relations().iter().any(|relation| {
        matches!(
            relation.kind,
            RelationKind::Scales { .. } | RelationKind::Selects
        ) && relation
            .to
            .reference()
            .is_some_and(|to| others.contains(&*graph.normal(to)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::pod::{ClaimTemplate, Container, EmptyDir};
    use crate::resource::prelude::*;
    use crate::resource::{
        Autoscaler, CronJob, Deployment, DisruptionBudget, Job, MetricTarget, RawObject,
        StatefulSet, VolumeClaim,
    };
    use serde_json::{Value, json};
    use std::{fmt::Debug, str::FromStr};

    fn p<T: FromStr<Err: Debug>>(text: &str) -> T {
        text.parse().expect(text)
    }

    /// The objects at a fifth, by `kind/name`.
    fn at_a_fifth(environment: Environment) -> impl Fn(&str) -> Value {
        let rendered = environment.scaled(p("20%")).render().expect("right");
        assert_eq!(rendered.scaled.as_deref(), Some("20%"));
        move |id: &str| {
            let mut objects = rendered.objects.iter();
            let object = objects.find(|object| object.id.short() == id);
            object.map_or(Value::Null, |object| object.value.clone())
        }
    }

    fn sized<W: HasContainer>(workload: W) -> W {
        workload
            .image(p("app:1"))
            .requests([("cpu", p("1")), ("memory", p("4Gi"))])
            .limits([("cpu", p("2")), ("memory", p("4Gi"))])
    }

    const SMALL: &str =
        r#"{"limits":{"cpu":"400m","memory":"820Mi"},"requests":{"cpu":"200m","memory":"820Mi"}}"#;

    #[test]
    fn everything_that_has_a_size_is_scaled() {
        let api = sized(Deployment::new(p("api")).replicas(9))
            .volume(p("/tmp"), EmptyDir::new().size_limit(p("1Gi")))
            .container(sized(Container::new(p("logs"))))
            .init(sized(Container::new(p("migrate"))))
            .sidecar(sized(Container::new(p("proxy"))));
        let worker = sized(Deployment::new(p("worker")));
        let db = sized(StatefulSet::new(p("db")).replicas(3))
            .run_as_user(70)
            .volume(p("/data"), ClaimTemplate::new(p("data"), p("100Gi")))
            .volume(
                p("/scratch"),
                ClaimTemplate::new(p("scratch"), p("10Gi")).ephemeral(),
            );
        let environment = Environment::new("staging")
            .add(DisruptionBudget::new(&api).min_available(p("5")))
            .add(api)
            .add(
                Autoscaler::new(&worker)
                    .replicas(5, 20)
                    .cpu(70)
                    .resource("memory", MetricTarget::Average(p("1Gi"))),
            )
            .add(worker)
            .add(db)
            .add(sized(Job::new(p("load"))).parallelism(10).completions(100))
            .add(sized(CronJob::new(p("nightly"), p("@daily"))))
            .add(VolumeClaim::new(p("uploads"), p("50Gi")));
        let at = at_a_fifth(environment);

        let api = &at("deployment/api")["spec"];
        assert_eq!(api["replicas"], 2);
        let pod = &api["template"]["spec"];
        for container in [
            "/containers/0",
            "/containers/1",
            "/initContainers/0",
            "/initContainers/1",
        ] {
            let resources = &pod.pointer(container).expect(container)["resources"];
            assert_eq!(resources.to_string(), SMALL, "{container}");
        }
        assert_eq!(pod["volumes"][0]["emptyDir"]["sizeLimit"], "205Mi");
        // More than one pod as before, and one of two may go.
        assert_eq!(at("poddisruptionbudget/api")["spec"]["minAvailable"], 1);

        let autoscaler = &at("horizontalpodautoscaler/worker")["spec"];
        assert_eq!(autoscaler["minReplicas"], 1);
        assert_eq!(autoscaler["maxReplicas"], 4);
        assert_eq!(
            autoscaler["metrics"][0]["resource"]["target"]["averageUtilization"],
            70
        );
        assert_eq!(
            autoscaler["metrics"][1]["resource"]["target"]["averageValue"],
            "205Mi"
        );
        // One pod at the least: nothing that could be guarded.
        assert_eq!(at("poddisruptionbudget/worker"), Value::Null);

        let db = &at("statefulset/db")["spec"];
        assert_eq!(db["replicas"], 1);
        let size = |claim: &Value| claim["spec"]["resources"]["requests"]["storage"].clone();
        assert_eq!(size(&db["volumeClaimTemplates"][0]), "20Gi");
        let scratch = &db["template"]["spec"]["volumes"][0]["ephemeral"];
        assert_eq!(size(&scratch["volumeClaimTemplate"]), "2Gi");
        assert_eq!(size(&at("persistentvolumeclaim/uploads")), "10Gi");

        let load = &at("job/load")["spec"];
        assert_eq!(
            (&load["parallelism"], &load["completions"]),
            (&json!(2), &json!(100))
        );
        let nightly = at("cronjob/nightly");
        let container = "/spec/jobTemplate/spec/template/spec/containers/0";
        let container = nightly.pointer(container).expect("its container");
        assert_eq!(container["resources"].to_string(), SMALL);
    }

    #[test]
    fn what_is_unscaled_keeps_its_size_and_what_follows_it() {
        let api = sized(Deployment::new(p("api"))).unscaled();
        let environment = Environment::new("staging")
            .add(Autoscaler::new(&api).replicas(5, 20).cpu(70))
            .add(api)
            .add(VolumeClaim::new(p("data"), p("50Gi")).unscaled())
            // A copy of what was is as large as that.
            .add(VolumeClaim::new(p("restored"), p("50Gi")).from_claim(p("data")));
        let at = at_a_fifth(environment);
        assert_eq!(at("horizontalpodautoscaler/api")["spec"]["maxReplicas"], 20);
        let container = "/spec/template/spec/containers/0/resources/requests/cpu";
        assert_eq!(at("deployment/api").pointer(container), Some(&json!("1")));
        for claim in ["data", "restored"] {
            let claim = at(&format!("persistentvolumeclaim/{claim}"));
            let size = claim.pointer("/spec/resources/requests/storage");
            assert_eq!(size, Some(&json!("50Gi")));
        }
    }

    #[test]
    fn an_object_as_it_is_is_scaled_like_its_builder() {
        let text = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      initContainers: [{name: init, image: 'a:1', resources: {requests: {cpu: 1}}}]
      containers: [{name: db, image: 'a:1', resources: {requests: {memory: 4Gi}, limits: {memory: 4Gi}}}]
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 100Gi}}}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: db}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}, minReplicas: 3, maxReplicas: 12, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: uploads}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 50Gi}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db}
spec: {minAvailable: 2, selector: {matchLabels: {app: db}}}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
spec: {replicas: 10}
";
        let mut environment = Environment::new("staging");
        for object in RawObject::from_yaml(text).expect("objects") {
            environment = environment.add(object);
        }
        let at = at_a_fifth(environment);
        let db = &at("statefulset/db")["spec"];
        assert_eq!(db["replicas"], 1);
        let pod = &db["template"]["spec"];
        assert_eq!(
            pod["initContainers"][0]["resources"]["requests"]["cpu"],
            "200m"
        );
        let resources = &pod["containers"][0]["resources"];
        assert_eq!(
            resources,
            &json!({ "requests": { "memory": "820Mi" }, "limits": { "memory": "820Mi" } })
        );
        let size = "/spec/resources/requests/storage";
        assert_eq!(
            db["volumeClaimTemplates"][0].pointer(size),
            Some(&json!("20Gi"))
        );
        assert_eq!(
            at("persistentvolumeclaim/uploads").pointer(size),
            Some(&json!("10Gi"))
        );
        let autoscaler = &at("horizontalpodautoscaler/db")["spec"];
        assert_eq!(
            (&autoscaler["minReplicas"], &autoscaler["maxReplicas"]),
            (&json!(1), &json!(3))
        );
        assert_eq!(at("poddisruptionbudget/db")["spec"]["minAvailable"], 0);
        // What it means in a kind of others nobody here knows.
        assert_eq!(at("widget/w")["spec"]["replicas"], 10);
    }

    #[test]
    fn twice_is_the_share_of_a_share() {
        let app = sized(Deployment::new(p("app")).replicas(20));
        let environment = Environment::new("e").add(app);
        let twice = environment.scaled(p("50%")).scaled(p("20%"));
        let rendered = twice.render().expect("right");
        assert_eq!(rendered.scaled.as_deref(), Some("20% of 50%"));
        let app = rendered
            .objects
            .iter()
            .find(|object| object.id.kind == "Deployment");
        assert_eq!(app.expect("the deployment").value["spec"]["replicas"], 2);
    }

    /// Builders are found by what they hold, so that a new one cannot be forgotten.
    #[test]
    fn every_builder_with_a_size_takes_part() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/resource");
        let mut with_a_size = 0;
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("readable");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let has_a_size = [
                "\nworkload!(",
                "    pod: PodSettings",
                "    size: Quantity",
                "    replicas: Option",
                "    min_available: Option",
            ];
            let is_builder = code.contains("\nimpl Resource for ");
            if is_builder && has_a_size.iter().any(|field| code.contains(field)) {
                with_a_size += 1;
                assert!(
                    code.contains("    scaled!();"),
                    "{} takes no part",
                    path.display()
                );
            }
        }
        assert!(with_a_size >= 6, "only {with_a_size} builders were found");
    }
}
