package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Starts what plays the nodes: kwok with its stages, and beside it what a kubelet does besides states.
func (c *cluster) startNodes() error {
	stages, err := c.stages()
	if err != nil {
		return err
	}
	access, err := c.kubeconfig("control-plane-nodes")
	if err != nil {
		return err
	}
	kubelet, err := startKubelet(c)
	if err != nil {
		return err
	}
	c.kubelet = kubelet
	return c.startPart("kwok",
		"--kubeconfig="+access, "--config="+stages, "--manage-all-nodes",
		"--node-lease-duration-seconds=40", "--cidr=10.244.0.0/16",
		// Where the API server asks for logs and exec; what is not answered there is passed on to kwok.
		fmt.Sprintf("--node-port=%d", c.ports.kubelet), "--server-address="+c.kwokAddress(), "--v=0")
}

// kwok answers whoever asks; an address that nobody knows is better than one that everybody knows.
func (c *cluster) kwokAddress() string {
	return fmt.Sprintf("127.0.0.1:%d", c.ports.kwok)
}

// Puts the stages into one file.
func (c *cluster) stages() (string, error) {
	files, err := filepath.Glob(filepath.Join(c.home, "stages", "*.yaml"))
	if err != nil {
		return "", err
	}
	texts := []string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		texts = append(texts, string(text))
	}
	path := c.file("stages.yaml")
	return path, os.WriteFile(path, []byte(strings.Join(texts, "\n---\n")), 0o600)
}

// Whether every node is ready and takes pods.
func (c *cluster) nodesAreReady(ctx context.Context) error {
	var nodes struct{ Items []object }
	if err := c.api.get(ctx, "/api/v1/nodes", &nodes); err != nil {
		return err
	}
	if len(nodes.Items) == 0 {
		return fmt.Errorf("there are no nodes")
	}
	for _, node := range nodes.Items {
		name := text(node, "metadata", "name")
		if number(node, "status", "daemonEndpoints", "kubeletEndpoint", "Port") != c.ports.kubelet {
			return fmt.Errorf("node `%s` was not taken up yet", name)
		}
		if taints := items(node, "spec", "taints"); len(taints) > 0 {
			return fmt.Errorf("node `%s` has taints: %v", name, taints)
		}
	}
	return nil
}
