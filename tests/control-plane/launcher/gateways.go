package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// Plays the controller of gateways, as far as its users see it: classes are accepted, gateways of a class that is
// there get an address when their certificates are there, and routes are told whether they are taken and whether what
// they name is there. No request is ever sent through them.
type doors struct {
	api   *client
	mutex sync.Mutex
	// By namespace and name.
	classes, gateways, routes map[string]object
}

const (
	gatewayGroup = "gateway.networking.k8s.io"
	gatewayPath  = "/apis/" + gatewayGroup + "/v1/"
)

func startDoors(ctx context.Context, api *client) {
	d := &doors{api: api, classes: map[string]object{}, gateways: map[string]object{}, routes: map[string]object{}}
	follow := func(path string, kept map[string]object) {
		go api.follow(ctx, path, func(before, after object) {
			d.mutex.Lock()
			defer d.mutex.Unlock()
			if kept != nil && after == nil {
				delete(kept, key(before))
			} else if kept != nil {
				kept[key(after)] = after
			}
			d.look(ctx)
		})
	}
	follow(gatewayPath+"gatewayclasses", d.classes)
	follow(gatewayPath+"gateways", d.gateways)
	follow(gatewayPath+"httproutes", d.routes)
	follow("/apis/"+gatewayGroup+"/v1beta1/referencegrants", nil)
	// What gateways and routes name may come later.
	follow("/api/v1/secrets?fieldSelector=type%3Dkubernetes.io%2Ftls", nil)
	follow("/api/v1/services", nil)
}

// Looks at everything again: there is never much of it.
func (d *doors) look(ctx context.Context) {
	for _, class := range d.classes {
		status := copied(at(class, "status"))
		judge(status, class, "Accepted", "True", "Accepted", "every class is served")
		d.tell(ctx, "gatewayclasses", class, status)
	}
	for _, gateway := range d.gateways {
		if d.classes["/"+text(gateway, "spec", "gatewayClassName")] != nil {
			d.tell(ctx, "gateways", gateway, d.gateway(ctx, gateway))
		}
	}
	for _, route := range d.routes {
		parents := []any{}
		for _, parent := range items(route, "spec", "parentRefs") {
			gateway := d.gateways[home(parent, route)+"/"+text(parent, "name")]
			if class := d.classes["/"+text(gateway, "spec", "gatewayClassName")]; gateway != nil && class != nil {
				parents = append(parents, d.parent(ctx, route, parent, gateway, class))
			}
		}
		if len(parents) > 0 || len(items(route, "status", "parents")) > 0 {
			d.tell(ctx, "httproutes", route, object{"parents": parents})
		}
	}
}

func (d *doors) gateway(ctx context.Context, gateway object) object {
	status := copied(at(gateway, "status"))
	listeners, broken := []any{}, ""
	for _, listener := range items(gateway, "spec", "listeners") {
		said := object{"name": text(listener, "name"), "attachedRoutes": 0,
			"supportedKinds": []any{object{"group": gatewayGroup, "kind": "HTTPRoute"}}}
		for _, before := range items(gateway, "status", "listeners") {
			if text(before, "name") == text(listener, "name") {
				said["conditions"] = at(before, "conditions")
			}
		}
		said["attachedRoutes"] = d.attached(gateway, text(listener, "name"))
		resolved, message := "True", "all references are resolved"
		reason, programmed := "ResolvedRefs", "Programmed"
		for _, secret := range items(listener, "tls", "certificateRefs") {
			if why, found := d.missing(ctx, gateway, "Secret", "secrets", secret); why != "" {
				resolved, reason, message, programmed, broken = "False", why, found, "Invalid", found
				if why == "NotFound" {
					reason = "InvalidCertificateRef"
				}
			}
		}
		judge(said, gateway, "Accepted", "True", "Accepted", "the listener is accepted")
		judge(said, gateway, "Programmed", resolved, programmed, message)
		judge(said, gateway, "ResolvedRefs", resolved, reason, message)
		listeners = append(listeners, said)
	}
	status["listeners"] = listeners
	if broken != "" {
		judge(status, gateway, "Accepted", "True", "ListenersNotValid", "a listener is not valid")
		judge(status, gateway, "Programmed", "False", "Invalid", broken)
		return status
	}
	status["addresses"] = []any{object{"type": "IPAddress", "value": "203.0.113.11"}}
	judge(status, gateway, "Accepted", "True", "Accepted", "the gateway is accepted")
	judge(status, gateway, "Programmed", "True", "Programmed", "the gateway is programmed")
	return status
}

// What a gateway says of a route.
func (d *doors) parent(ctx context.Context, route object, parent any, gateway, class object) object {
	said := object{"parentRef": parent, "controllerName": text(class, "spec", "controllerName")}
	for _, before := range items(route, "status", "parents") {
		if reflect.DeepEqual(at(before, "parentRef"), parent) {
			said["conditions"] = at(before, "conditions")
		}
	}
	if reason, message := d.refused(ctx, route, parent, gateway); reason != "" {
		judge(said, route, "Accepted", "False", reason, message)
	} else {
		judge(said, route, "Accepted", "True", "Accepted", "the route is accepted")
	}
	for _, rule := range items(route, "spec", "rules") {
		for _, backend := range items(rule, "backendRefs") {
			if reason, message := d.missing(ctx, route, "Service", "services", backend); reason != "" {
				if reason == "NotFound" {
					reason = "BackendNotFound"
				}
				judge(said, route, "ResolvedRefs", "False", reason, message)
				return said
			}
		}
	}
	judge(said, route, "ResolvedRefs", "True", "ResolvedRefs", "all references are resolved")
	return said
}

// Why a gateway does not take a route.
func (d *doors) refused(ctx context.Context, route object, parent any, gateway object) (string, string) {
	named, allowed := false, false
	for _, listener := range items(gateway, "spec", "listeners") {
		section := text(parent, "sectionName")
		if section != "" && section != text(listener, "name") || !strings.HasPrefix(text(listener, "protocol"), "HTTP") {
			continue
		}
		named = true
		if !d.takes(ctx, listener, route, gateway) {
			continue
		}
		allowed = true
		hosts := items(route, "spec", "hostnames")
		own := text(listener, "hostname")
		if own == "" || len(hosts) == 0 || slices.ContainsFunc(hosts, func(host any) bool { return meet(own, fmt.Sprint(host)) }) {
			return "", ""
		}
	}
	switch {
	case !named:
		return "NoMatchingParent", "the gateway has no such listener"
	case !allowed:
		return "NotAllowedByListeners", "no listener takes routes of this namespace"
	default:
		return "NoMatchingListenerHostname", "no listener is for one of its hosts"
	}
}

func (d *doors) takes(ctx context.Context, listener any, route, gateway object) bool {
	own := text(route, "metadata", "namespace")
	switch text(listener, "allowedRoutes", "namespaces", "from") {
	case "All":
		return true
	case "Selector":
		var namespace object
		if d.api.get(ctx, "/api/v1/namespaces/"+own, &namespace) != nil {
			return false
		}
		wanted, _ := at(listener, "allowedRoutes", "namespaces", "selector", "matchLabels").(object)
		for label, value := range wanted {
			if at(namespace, "metadata", "labels", label) != value {
				return false
			}
		}
		return true
	default:
		return own == text(gateway, "metadata", "namespace")
	}
}

// Whether requests may be for both hosts.
func meet(one, other string) bool {
	covers := func(star, host string) bool {
		rest, isStar := strings.CutPrefix(star, "*")
		return isStar && strings.HasSuffix(host, rest) && len(host) > len(rest)
	}
	return one == other || covers(one, other) || covers(other, one)
}

// Why something that is named cannot be used: it is not there, or where it is nothing allows it.
func (d *doors) missing(ctx context.Context, from object, kind, plural string, reference any) (string, string) {
	namespace, name := home(reference, from), text(reference, "name")
	if own := text(from, "metadata", "namespace"); own != namespace && !d.granted(ctx, from, kind, namespace, name) {
		return "RefNotPermitted", fmt.Sprintf("nothing in namespace %s allows it to name %s %s", namespace, strings.ToLower(kind), name)
	}
	err := d.api.get(ctx, "/api/v1/namespaces/"+namespace+"/"+plural+"/"+name, nil)
	if codeOf(err) == http.StatusNotFound {
		return "NotFound", fmt.Sprintf("%s %s/%s not found", strings.ToLower(kind), namespace, name)
	}
	return "", ""
}

func (d *doors) granted(ctx context.Context, from object, kind, namespace, name string) bool {
	var grants struct{ Items []object }
	if d.api.get(ctx, "/apis/"+gatewayGroup+"/v1beta1/namespaces/"+namespace+"/referencegrants", &grants) != nil {
		return false
	}
	own := "HTTPRoute"
	if kind == "Secret" {
		own = "Gateway"
	}
	for _, grant := range grants.Items {
		may := slices.ContainsFunc(items(grant, "spec", "from"), func(one any) bool {
			return text(one, "group") == gatewayGroup && text(one, "kind") == own && text(one, "namespace") == text(from, "metadata", "namespace")
		})
		named := slices.ContainsFunc(items(grant, "spec", "to"), func(one any) bool {
			only := text(one, "name")
			return text(one, "group") == "" && text(one, "kind") == kind && (only == "" || only == name)
		})
		if may && named {
			return true
		}
	}
	return false
}

// How many routes a listener has taken.
func (d *doors) attached(gateway object, listener string) int {
	count := 0
	for _, route := range d.routes {
		for _, parent := range items(route, "status", "parents") {
			reference := at(parent, "parentRef")
			section := text(reference, "sectionName")
			accepted := slices.ContainsFunc(items(parent, "conditions"), func(one any) bool {
				return text(one, "type") == "Accepted" && text(one, "status") == "True"
			})
			if accepted && home(reference, route)+"/"+text(reference, "name") == key(gateway) && (section == "" || section == listener) {
				count++
				break
			}
		}
	}
	return count
}

func home(reference any, of object) string {
	if namespace := text(reference, "namespace"); namespace != "" {
		return namespace
	}
	return text(of, "metadata", "namespace")
}

// A map that can be changed, with the same values.
func copied(value any) object {
	copy := object{}
	from, _ := value.(object)
	for name, value := range from {
		copy[name] = value
	}
	return copy
}

// Sets a condition; its time moves with its status only.
func judge(holder, about object, kind, status, reason, message string) {
	said := object{"type": kind, "status": status, "reason": reason, "message": message,
		"observedGeneration": at(about, "metadata", "generation"),
		"lastTransitionTime": time.Now().UTC().Format(time.RFC3339)}
	conditions := []any{}
	for _, before := range items(holder, "conditions") {
		if text(before, "type") != kind {
			conditions = append(conditions, before)
		} else if text(before, "status") == status {
			said["lastTransitionTime"] = at(before, "lastTransitionTime")
		}
	}
	conditions = append(conditions, said)
	slices.SortFunc(conditions, func(a, b any) int { return strings.Compare(text(a, "type"), text(b, "type")) })
	holder["conditions"] = conditions
}

// Writes a status that is another than what is there.
func (d *doors) tell(ctx context.Context, plural string, about, status object) {
	if fmt.Sprint(at(about, "status")) == fmt.Sprint(status) || text(about, "metadata", "deletionTimestamp") != "" {
		return
	}
	path := gatewayPath + plural + "/" + text(about, "metadata", "name")
	if namespace := text(about, "metadata", "namespace"); namespace != "" {
		path = gatewayPath + "namespaces/" + namespace + "/" + plural + "/" + text(about, "metadata", "name")
	}
	err := d.api.patch(ctx, path+"/status", mergePatch, object{"status": status})
	if err != nil && codeOf(err) != http.StatusNotFound && ctx.Err() == nil {
		log.Printf("gateways: %v", err)
	}
}
