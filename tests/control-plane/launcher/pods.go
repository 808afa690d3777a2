package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"
)

// How often something that was missing is looked for again.
const retry = 2 * time.Second

// The pods that wait for something that is not there, by uid.
type waitingPods struct {
	mutex sync.Mutex
	pods  map[string]object
}

// Follows the pods that are on nodes. What happens to one pod is taken up in the order in which it happened; no pod waits
// for another, as it would not on nodes of its own.
func (k *kubelet) follow(ctx context.Context) {
	waiting := &waitingPods{pods: map[string]object{}}
	looks, news := newLanes(), newLanes()
	look := func(pod object) {
		uid := text(pod, "metadata", "uid")
		looks.do(uid, func() {
			fine := k.look(ctx, pod)
			waiting.mutex.Lock()
			defer waiting.mutex.Unlock()
			if fine {
				delete(waiting.pods, uid)
			} else {
				waiting.pods[uid] = pod
			}
		})
	}
	go k.cluster.api.follow(ctx, "/api/v1/pods", func(before, after object) {
		if after == nil {
			k.logs.forget(key(before))
			uid := text(before, "metadata", "uid")
			looks.do(uid, func() {
				waiting.mutex.Lock()
				defer waiting.mutex.Unlock()
				delete(waiting.pods, uid)
			})
			return
		}
		if text(after, "spec", "nodeName") == "" {
			return
		}
		after["kind"] = "Pod"
		// Who sees the state may ask for the log at once.
		k.keepLogs(before, after)
		look(after)
		// Events may come a little later; what a pod waits for may not.
		news.do(text(after, "metadata", "uid"), func() { k.tellChanges(ctx, before, after) })
	})
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(retry):
			}
			waiting.mutex.Lock()
			again := []object{}
			for _, pod := range waiting.pods {
				again = append(again, pod)
			}
			waiting.mutex.Unlock()
			for _, pod := range again {
				look(pod)
			}
		}
	}()
}

func key(pod object) string {
	return text(pod, "metadata", "namespace") + "/" + text(pod, "metadata", "name")
}

// Whether everything is there that a pod mounts, and that the containers whose turn it is read; tells the stages
// what they wait for. A pod that lacks something is looked at again.
func (k *kubelet) look(ctx context.Context, pod object) bool {
	phase := text(pod, "status", "phase")
	if text(pod, "status", "startTime") == "" || text(pod, "metadata", "deletionTimestamp") != "" || phase == "Succeeded" || phase == "Failed" {
		return true
	}
	status := object{}
	fine := true
	if text(condition(pod, "PodReadyToStartContainers"), "status") != "True" && text(pod, "status", "podIP") == "" {
		if problem := k.unmounted(ctx, pod); problem != "" {
			k.cluster.api.tell(ctx, pod, "", "kubelet", text(pod, "spec", "nodeName"), "Warning", "FailedMount", problem)
			return false
		}
		status["conditions"] = []object{{"type": "PodReadyToStartContainers", "status": "True",
			"lastTransitionTime": time.Now().UTC().Format(time.RFC3339)}}
	}
	open := true
	for _, lists := range [][2]string{{"initContainers", "initContainerStatuses"}, {"containers", "containerStatuses"}} {
		statuses := items(pod, "status", lists[1])
		changed := []any{}
		differs := false
		for index, item := range items(pod, "spec", lists[0]) {
			if index >= len(statuses) {
				return true
			}
			container := statuses[index].(object)
			reason := text(container, "state", "waiting", "reason")
			if open && at(container, "state", "waiting") != nil && reason != "CrashLoopBackOff" {
				problem := k.unreadable(ctx, text(pod, "metadata", "namespace"), item)
				wanted := container
				if problem != "" {
					fine = false
					wanted = with(container, "state", object{"waiting": object{"reason": "CreateContainerConfigError", "message": problem}})
				} else if reason == "CreateContainerConfigError" {
					wanted = with(container, "state", object{"waiting": object{"reason": "ContainerCreating"}})
				}
				if text(wanted, "state", "waiting", "reason") != reason {
					differs = true
				}
				container = wanted
			}
			changed = append(changed, container)
			if lists[0] == "initContainers" && !isDone(item, container) {
				open = false
			}
		}
		if differs {
			status[lists[1]] = changed
		}
	}
	if len(status) == 0 {
		return fine
	}
	err := k.cluster.api.patch(ctx, "/api/v1/namespaces/"+text(pod, "metadata", "namespace")+"/pods/"+text(pod, "metadata", "name")+"/status",
		strategicPatch, object{"metadata": object{"uid": text(pod, "metadata", "uid"), "resourceVersion": text(pod, "metadata", "resourceVersion")}, "status": status})
	if err != nil && codeOf(err) != http.StatusNotFound && codeOf(err) != http.StatusConflict && ctx.Err() == nil {
		log.Printf("status of %s: %v", key(pod), err)
	}
	return fine
}

// Whether an init container lets the next one start.
func isDone(spec any, status object) bool {
	if text(spec, "restartPolicy") == "Always" {
		return isTrue(status, "started") && at(status, "state", "running") != nil
	}
	ended := at(status, "state", "terminated")
	return ended != nil && number(ended, "exitCode") == 0
}

func with(fields object, name string, value any) object {
	copied := object{}
	for key, field := range fields {
		copied[key] = field
	}
	copied[name] = value
	return copied
}

func condition(pod object, kind string) object {
	for _, item := range items(pod, "status", "conditions") {
		if text(item, "type") == kind {
			return item.(object)
		}
	}
	return nil
}

// What a secret or config map is called in messages, and where it is.
type source struct{ word, title, plural string }

var (
	secrets    = source{"secret", "Secret", "secrets"}
	configMaps = source{"configmap", "ConfigMap", "configmaps"}
)

// Reads a secret or a config map; nil where there is none.
func (k *kubelet) read(ctx context.Context, namespace string, from source, name string) object {
	var found object
	if err := k.cluster.api.get(ctx, "/api/v1/namespaces/"+namespace+"/"+from.plural+"/"+name, &found); err != nil {
		return nil
	}
	return found
}

func holds(found object, key string) bool {
	return at(found, "data", key) != nil || at(found, "binaryData", key) != nil
}

// What keeps a container's environment from being read, in a kubelet's words.
func (k *kubelet) unreadable(ctx context.Context, namespace string, container any) string {
	for _, item := range items(container, "envFrom") {
		for field, from := range map[string]source{"secretRef": secrets, "configMapRef": configMaps} {
			reference := at(item, field)
			if reference != nil && !isTrue(reference, "optional") && k.read(ctx, namespace, from, text(reference, "name")) == nil {
				return fmt.Sprintf("%s %q not found", from.word, text(reference, "name"))
			}
		}
	}
	for _, item := range items(container, "env") {
		for field, from := range map[string]source{"secretKeyRef": secrets, "configMapKeyRef": configMaps} {
			reference := at(item, "valueFrom", field)
			if reference == nil || isTrue(reference, "optional") {
				continue
			}
			name := text(reference, "name")
			found := k.read(ctx, namespace, from, name)
			if found == nil {
				return fmt.Sprintf("%s %q not found", from.word, name)
			}
			if !holds(found, text(reference, "key")) {
				return fmt.Sprintf("couldn't find key %s in %s %s/%s", text(reference, "key"), from.title, namespace, name)
			}
		}
	}
	return ""
}

// What keeps a pod's volumes from being mounted, in a kubelet's words.
func (k *kubelet) unmounted(ctx context.Context, pod object) string {
	namespace := text(pod, "metadata", "namespace")
	for _, volume := range items(pod, "spec", "volumes") {
		sources := []any{volume}
		sources = append(sources, items(volume, "projected", "sources")...)
		for _, item := range sources {
			for _, kind := range []struct {
				field, name string
				from        source
			}{{"secret", "secretName", secrets}, {"secret", "name", secrets}, {"configMap", "name", configMaps}} {
				wanted := at(item, kind.field)
				name := text(wanted, kind.name)
				if name == "" || isTrue(wanted, "optional") {
					continue
				}
				problem := ""
				found := k.read(ctx, namespace, kind.from, name)
				if found == nil {
					problem = fmt.Sprintf("%s %q not found", kind.from.word, name)
				}
				for _, entry := range items(wanted, "items") {
					if found != nil && problem == "" && !holds(found, text(entry, "key")) {
						problem = "references non-existent secret key: " + text(entry, "key")
						if kind.from == configMaps {
							problem = "configmap references non-existent config key: " + text(entry, "key")
						}
					}
				}
				if problem != "" {
					return fmt.Sprintf("MountVolume.SetUp failed for volume %q : %s", text(volume, "name"), problem)
				}
			}
		}
	}
	return ""
}

// The containers of a pod: field of the spec, its spec, its status now and its status before.
func containers(before, after object, visit func(field string, spec any, was, is object)) {
	for _, lists := range [][2]string{{"initContainers", "initContainerStatuses"}, {"containers", "containerStatuses"}} {
		find := func(pod object, name string) object {
			for _, item := range items(pod, "status", lists[1]) {
				if text(item, "name") == name {
					return item.(object)
				}
			}
			return nil
		}
		for _, spec := range items(after, "spec", lists[0]) {
			name := text(spec, "name")
			if is := find(after, name); is != nil {
				visit(fmt.Sprintf("spec.%s{%s}", lists[0], name), spec, find(before, name), is)
			}
		}
	}
}

// Whether an instance of a container has been started since.
func hasStarted(was, is object) bool {
	id := text(is, "containerID")
	return id != "" && id != text(was, "containerID")
}

// The instance that has ended since; nil where none has.
func hasEnded(was, is object) any {
	for _, end := range []any{at(is, "state", "terminated"), at(is, "lastState", "terminated")} {
		id := text(end, "containerID")
		if end != nil && id != text(at(was, "state", "terminated"), "containerID") && id != text(at(was, "lastState", "terminated"), "containerID") {
			return end
		}
	}
	return nil
}

// Writes what a container writes: what its known command echoes, and the planted last words of one that crashes.
func (k *kubelet) keepLogs(before, after object) {
	containers(before, after, func(_ string, spec any, was, is object) {
		name := text(spec, "name")
		if hasEnded(was, is) != nil && was != nil {
			if isNamed(after, "crash", name) {
				k.logs.write(key(after), name, note(after, "crash-log"))
			}
			k.logs.end(key(after), name)
		}
		if text(is, "state", "waiting", "reason") == "CrashLoopBackOff" {
			k.logs.rest(key(after), name)
		}
		if hasStarted(was, is) {
			k.logs.start(key(after), name)
			k.logs.write(key(after), name, echoed(spec))
		}
	})
}

func note(pod object, word string) string {
	return text(pod, "metadata", "annotations", "sandbox.infra.dev/"+word)
}

// Whether a planted fault is for a container.
func isNamed(pod object, word, container string) bool {
	for name := range strings.SplitSeq(note(pod, word), ",") {
		if strings.TrimSpace(name) == container {
			return true
		}
	}
	return false
}

// What the `echo`s of a container's command write.
func echoed(container any) string {
	words := []string{}
	for _, field := range []string{"command", "args"} {
		for _, word := range items(container, field) {
			words = append(words, fmt.Sprint(word))
		}
	}
	if len(words) == 3 && strings.HasSuffix(words[0], "sh") && strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "c") {
		words = words[2:]
	}
	written := []string{}
	script := strings.ReplaceAll(strings.Join(words, " "), "&&", ";")
	for statement := range strings.FieldsFuncSeq(script, func(r rune) bool { return r == ';' || r == '\n' }) {
		statement = strings.TrimSpace(statement)
		said, found := strings.CutPrefix(strings.TrimPrefix(statement, "/bin/"), "echo")
		if strings.HasPrefix(statement, "exit") {
			break
		}
		if found && !strings.ContainsAny(said, "$>|`") {
			written = append(written, strings.Trim(strings.Join(strings.Fields(said), " "), `"'`))
		}
	}
	return strings.Join(written, "\n")
}

// Tells the events that a kubelet tells when containers go from one state to another.
func (k *kubelet) tellChanges(ctx context.Context, before, after object) {
	node := text(after, "spec", "nodeName")
	who := fmt.Sprintf("%s_%s(%s)", text(after, "metadata", "name"), text(after, "metadata", "namespace"), text(after, "metadata", "uid"))
	containers(before, after, func(field string, spec any, was, is object) {
		name, image := text(spec, "name"), text(spec, "image")
		tell := func(kind, reason, format string, values ...any) {
			k.cluster.api.tell(ctx, after, field, "kubelet", node, kind, reason, fmt.Sprintf(format, values...))
		}
		if hasStarted(was, is) {
			if number(is, "restartCount") == 0 {
				tell("Normal", "Pulling", "Pulling image \"%s\"", image)
				tell("Normal", "Pulled", "Successfully pulled image \"%s\" in 1s (1s including waiting). Image size: 52428800 bytes.", image)
			} else {
				tell("Normal", "Pulled", "Container image \"%s\" already present on machine", image)
			}
			tell("Normal", "Created", "Created container: %s", name)
			tell("Normal", "Started", "Started container %s", name)
		}
		if text(after, "metadata", "deletionTimestamp") != "" && (before == nil || text(before, "metadata", "deletionTimestamp") == "") && at(is, "state", "running") != nil {
			tell("Normal", "Killing", "Stopping container %s", name)
		}
		reason, message := text(is, "state", "waiting", "reason"), text(is, "state", "waiting", "message")
		if reason != "" && (reason != text(was, "state", "waiting", "reason") || message != text(was, "state", "waiting", "message")) {
			switch reason {
			case "ErrImagePull":
				tell("Normal", "Pulling", "Pulling image \"%s\"", image)
				tell("Warning", "Failed", "Failed to pull image \"%s\": %s", image, message)
				tell("Warning", "Failed", "Error: ErrImagePull")
			case "ImagePullBackOff":
				tell("Normal", "BackOff", "Back-off pulling image \"%s\"", image)
				tell("Warning", "Failed", "Error: ImagePullBackOff")
			case "CrashLoopBackOff":
				tell("Warning", "BackOff", "Back-off restarting failed container %s in pod %s", name, who)
			case "CreateContainerConfigError":
				tell("Warning", "Failed", "Error: %s", message)
			}
		}
		slow := note(after, "slow-start") != ""
		word, probe := "Readiness", at(spec, "readinessProbe")
		if slow && at(spec, "startupProbe") != nil {
			word, probe = "Startup", at(spec, "startupProbe")
		}
		if (slow || isNamed(after, "never-ready", name)) && hasStarted(was, is) && probe != nil && !isTrue(is, "ready") {
			tell("Warning", "Unhealthy", "%s probe failed: %s", word, failure(probe, text(after, "status", "podIP")))
		}
		if end := hasEnded(was, is); end != nil && word == "Startup" && number(end, "exitCode") == 137 {
			tell("Normal", "Killing", "Container %s failed startup probe, will be restarted", name)
		}
	})
}

// What an attempt of a probe fails with, in a kubelet's words.
func failure(probe any, address string) string {
	switch {
	case at(probe, "httpGet") != nil:
		return "HTTP probe failed with statuscode: 503"
	case at(probe, "tcpSocket") != nil:
		return fmt.Sprintf("dial tcp %s:%v: connect: connection refused", address, at(probe, "tcpSocket", "port"))
	case at(probe, "grpc") != nil:
		return fmt.Sprintf("timeout: failed to connect service \"%s:%v\" within 1s: context deadline exceeded", address, at(probe, "grpc", "port"))
	}
	words := []string{}
	for _, word := range items(probe, "exec", "command") {
		words = append(words, fmt.Sprint(word))
	}
	return strings.Join(words, " ") + ": exit status 1"
}
