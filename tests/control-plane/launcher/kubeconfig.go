package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
)

// A way into a cluster: a context of a kubeconfig.
type access struct{ context, server, user, token string }

// Writes a kubeconfig, of which the first context is current. JSON is YAML.
func writeKubeconfig(path string, ca *authority, ways []access) error {
	var clusters, people, contexts []object
	for _, way := range ways {
		clusters = append(clusters, object{"name": way.context, "cluster": object{
			"server": way.server, "certificate-authority-data": base64.StdEncoding.EncodeToString(ca.pem)}})
		people = append(people, object{"name": way.context, "user": object{"token": way.token}})
		contexts = append(contexts, object{"name": way.context, "context": object{"cluster": way.context, "user": way.context}})
	}
	text, err := json.MarshalIndent(object{
		"apiVersion": "v1", "kind": "Config", "current-context": ways[0].context,
		"clusters": clusters, "users": people, "contexts": contexts,
	}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}
