package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// The limit of what a client can do: sends the objects of a file as server-side applies, over so many connections at
// a time, and nothing else; or reads the lists in which they are. Prints seconds and requests.
func limit(file string, width int, lists bool) error {
	c, err := administrator(os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var list struct{ Items []object }
	if err := json.Unmarshal(content, &list); err != nil {
		return err
	}
	type work struct {
		path string
		body object
	}
	ordered := [2][]work{}
	seen := map[string]bool{}
	for _, item := range list.Items {
		group, kind := text(item, "apiVersion"), text(item, "kind")
		path := "/apis/" + group
		if group == "v1" {
			path = "/api/v1"
		}
		stage := 0
		if kind != "Namespace" {
			path += "/namespaces/" + text(item, "metadata", "namespace")
			stage = 1
		}
		plural := strings.ToLower(kind) + "s"
		if kind == "NetworkPolicy" {
			plural = "networkpolicies"
		}
		path += "/" + plural
		if !lists {
			ordered[stage] = append(ordered[stage], work{path + "/" + text(item, "metadata", "name") + "?fieldManager=limit&force=true", item})
		} else if !seen[path] {
			seen[path] = true
			ordered[1] = append(ordered[1], work{path, nil})
		}
	}
	begun := time.Now()
	sent := 0
	var failure error
	for _, stage := range ordered {
		queue := make(chan work)
		var group sync.WaitGroup
		var mutex sync.Mutex
		for range width {
			group.Add(1)
			go func() {
				defer group.Done()
				for next := range queue {
					var err error
					if lists {
						err = c.get(context.Background(), next.path, nil)
					} else {
						err = c.patch(context.Background(), next.path, "application/apply-patch+yaml", next.body)
					}
					mutex.Lock()
					if sent++; err != nil {
						failure = err
					}
					mutex.Unlock()
				}
			}()
		}
		for _, next := range stage {
			queue <- next
		}
		close(queue)
		group.Wait()
	}
	fmt.Printf("%.3f %d\n", time.Since(begun).Seconds(), sent)
	return failure
}

// A client of the administrator, from the kubeconfig that the launcher wrote.
func administrator(path string) (*client, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("`limit` runs under `tests/control-plane/run`: %w", err)
	}
	var config object
	if err := json.Unmarshal(content, &config); err != nil {
		return nil, err
	}
	cluster := at(items(config, "clusters")[0], "cluster")
	authority, err := base64.StdEncoding.DecodeString(text(cluster, "certificate-authority-data"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	return newClient(text(cluster, "server"), text(items(config, "users")[0], "user", "token"), &tls.Config{RootCAs: pool}), nil
}
