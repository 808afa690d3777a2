#!/bin/sh
# Deletes the pods of the namespace that ended more than DAYS days ago, whether they completed or failed.
set -eu
before=$(date -u -d "@$(($(date +%s) - DAYS * 86400))" +%Y-%m-%dT%H:%M:%SZ)
kubectl get pods --output json |
    jq -r --arg before "$before" '.items[]
        | select(.status.phase == "Succeeded" or .status.phase == "Failed")
        | select(([.status.containerStatuses[]?.state.terminated.finishedAt // empty] | max // .metadata.creationTimestamp) < $before)
        | .metadata.name' |
    xargs -r kubectl delete pod --ignore-not-found
