//! The defaults of the product that are not Kubernetes' own, by name.

word_type! {
    /// A default that lowering applies and that `without(…)` turns off.
    Convention, "the name of a default" {
        /// `app.kubernetes.io/name`, `instance`, `part-of` and `managed-by` on objects and pods.
        StandardLabels = "standard_labels",
        /// `app: NAME` on the pods of jobs and cron jobs that have no other label to be found by.
        PodLabel = "pod_label",
        /// `runAsNonRoot: true`: a container whose image runs as root is refused. Not where it is privileged.
        NonRoot = "non_root",
        /// `allowPrivilegeEscalation: false`.
        NoPrivilegeEscalation = "no_privilege_escalation",
        /// `capabilities.drop: [ALL]`.
        DroppedCapabilities = "dropped_capabilities",
        /// `seccompProfile: RuntimeDefault`.
        Seccomp = "seccomp",
        /// A service account of its own for a workload that names none, named after it; without, the
        /// namespace's `default` is used.
        ServiceAccount = "service_account",
        /// `automountServiceAccountToken: false`, unless a service account is named.
        NoToken = "no_token",
        /// `dnsPolicy: ClusterFirstWithHostNet` on the node's own network: names of the cluster are found.
        HostNetworkDns = "host_network_dns",
        /// `fsGroup` is the user's group where a persistent volume is mounted and `run_as_user` set.
        FsGroup = "fs_group",
        /// Requests of 100m CPU and 128Mi memory for a container that names neither request nor limit.
        Requests = "requests",
        /// `maxUnavailable: 0` for a deployment of more than one replica.
        ZeroDowntime = "zero_downtime",
        /// A disruption budget (`maxUnavailable: 1`) for more than one replica.
        DisruptionBudget = "disruption_budget",
        /// Pods restart when a config map or secret of the environment that they read changes: its
        /// checksum stands in their template. Jobs and cron jobs have none.
        RestartOnChange = "restart_on_change",
        /// Replicas are spread over nodes and zones where that is possible.
        Spread = "spread",
    }
}
