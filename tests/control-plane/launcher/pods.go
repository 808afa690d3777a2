package main

import (
	"context"
	"log"
	"time"
)

// Follows the pods that are on nodes.
func (k *kubelet) follow(ctx context.Context) {
	go k.cluster.api.follow(ctx, "/api/v1/pods", func(before, after object) {
		if after == nil {
			k.logs.forget(key(before))
			return
		}
		if text(after, "spec", "nodeName") == "" {
			return
		}
		k.tell(ctx, before, after)
		k.look(ctx, after)
	})
}

func key(pod object) string {
	return text(pod, "metadata", "namespace") + "/" + text(pod, "metadata", "name")
}

func path(pod object) string {
	return "/api/v1/namespaces/" + text(pod, "metadata", "namespace") + "/pods/" + text(pod, "metadata", "name")
}

// Says that a pod may start, once everything that it mounts is there.
func (k *kubelet) look(ctx context.Context, pod object) {
	if text(pod, "status", "startTime") == "" || text(pod, "metadata", "deletionTimestamp") != "" ||
		text(condition(pod, "PodReadyToStartContainers"), "status") == "True" || text(pod, "status", "podIP") != "" {
		return
	}
	k.patchStatus(ctx, pod, object{"conditions": []object{{
		"type": "PodReadyToStartContainers", "status": "True", "lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
	}}})
}

func condition(pod object, kind string) object {
	for _, item := range items(pod, "status", "conditions") {
		if text(item, "type") == kind {
			return item.(object)
		}
	}
	return nil
}

func (k *kubelet) patchStatus(ctx context.Context, pod object, status object) {
	err := k.cluster.api.patch(ctx, path(pod)+"/status", strategicPatch, object{
		"metadata": object{"uid": text(pod, "metadata", "uid")}, "status": status})
	if err != nil && codeOf(err) != 404 && ctx.Err() == nil {
		log.Printf("status of %s: %v", key(pod), err)
	}
}


func (k *kubelet) tell(ctx context.Context, before, after object) {}
