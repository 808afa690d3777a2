package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"log"
	"net/http"
	"time"
)

// Tells an event about an object. The same news again counts one up, as a real recorder does.
func (c *client) tell(ctx context.Context, about object, field, component, host, kind, reason, message string) {
	hash := fnv.New64a()
	fmt.Fprint(hash, text(about, "metadata", "uid"), field, kind, reason, message)
	namespace := text(about, "metadata", "namespace")
	if namespace == "" {
		namespace = "default"
	}
	name := fmt.Sprintf("%s.%016x", text(about, "metadata", "name"), hash.Sum64())
	path := "/api/v1/namespaces/" + namespace + "/events"
	now := time.Now().UTC().Format(time.RFC3339)
	reference := object{}
	for _, part := range []string{"name", "namespace", "uid", "resourceVersion"} {
		reference[part] = text(about, "metadata", part)
	}
	reference["kind"], reference["apiVersion"] = text(about, "kind"), "v1"
	if field != "" {
		reference["fieldPath"] = field
	}
	source := object{"component": component}
	if host != "" {
		source["host"] = host
	}
	err := c.create(ctx, path, object{
		"apiVersion": "v1", "kind": "Event", "metadata": object{"name": name, "namespace": namespace},
		"involvedObject": reference, "type": kind, "reason": reason, "message": message, "count": 1,
		"firstTimestamp": now, "lastTimestamp": now, "source": source, "reportingComponent": component, "reportingInstance": host,
	})
	if codeOf(err) == http.StatusConflict {
		var known object
		if err = c.get(ctx, path+"/"+name, &known); err == nil {
			err = c.patch(ctx, path+"/"+name, mergePatch, object{"count": number(known, "count") + 1, "lastTimestamp": now})
		}
	}
	// A namespace that is going takes no more events.
	if err != nil && ctx.Err() == nil && codeOf(err) != http.StatusForbidden && codeOf(err) != http.StatusNotFound {
		log.Printf("event %s: %v", name, err)
	}
}
