package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	serviceRange   = "10.96.0.0/16"
	serviceAddress = "10.96.0.1"
	// Where the API server says it is: an endpoint may not be a loopback address. Nobody connects there.
	advertised = "192.0.2.1"
	// The type of address under which the API server finds the kubelets.
	kubeletAddressType = "ExternalDNS"
)

// One control plane.
type cluster struct {
	// Its context; files of the second one end in -2.
	context, suffix string
	programs, home  string
	folder, logs    string
	ca              *authority
	tokens          map[string]string
	server          string
	ports           ports
	api             *client
	choose          func(int) ([]int, error)
	parts           []*component
	kubelet         *kubelet
}

type ports struct{ etcd, peer, api, controllers, scheduler, kwok, kubelet int }

// Free ports of the loopback. Somebody else may take one before it is used; then the start is tried again.
func freePorts(count int) ([]int, error) {
	found := make([]int, count)
	for i := range found {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("no free port on the loopback: %w", err)
		}
		defer listener.Close()
		found[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return found, nil
}

// The users, their groups, and the file in which they are told to the API server.
var users = []struct{ name, groups string }{
	{"control-plane-admin", "system:masters"},
	{"control-plane-restricted", ""},
	{"control-plane-launcher", "system:masters"},
	{"control-plane-nodes", "system:masters"},
	{"system:kube-controller-manager", ""},
	{"system:kube-scheduler", ""},
}

func newCluster(folder, programs, home string, ca *authority, index int) (*cluster, error) {
	c := &cluster{choose: freePorts, context: "control-plane", programs: programs, home: home, folder: folder, ca: ca,
		logs: filepath.Join(folder, "logs"), tokens: map[string]string{}}
	if index > 0 {
		c.suffix = fmt.Sprintf("-%d", index+1)
		c.context += c.suffix
	}
	lines := []string{}
	for _, user := range users {
		secret := make([]byte, 16)
		rand.Read(secret)
		c.tokens[user.name] = hex.EncodeToString(secret)
		lines = append(lines, fmt.Sprintf("%s,%s,%s,%q", c.tokens[user.name], user.name, user.name, user.groups))
	}
	if err := os.WriteFile(c.file("tokens.csv"), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	return c, os.WriteFile(c.file("audit-policy.json"), []byte(auditPolicy), 0o600)
}

// Everything that users and the service accounts of tests send, and nothing of what the control plane says to itself.
const auditPolicy = `{
  "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
  "rules": [
    {"level": "Metadata", "users": ["control-plane-admin", "control-plane-restricted"]},
    {"level": "None", "userGroups": ["system:serviceaccounts:kube-system"]},
    {"level": "Metadata", "userGroups": ["system:serviceaccounts"]},
    {"level": "None"}
  ]
}
`

// A file of this cluster in the run's folder: `audit.log`, of the second one `audit-2.log`.
func (c *cluster) file(name string) string {
	extension := filepath.Ext(name)
	return filepath.Join(c.folder, strings.TrimSuffix(name, extension)+c.suffix+extension)
}

// Starts the control plane, again with other ports when one of them was taken meanwhile.
func (c *cluster) start(ctx context.Context, controllers bool) error {
	for attempt := 1; ; attempt++ {
		err := c.startOnce(ctx, controllers)
		if err == nil || ctx.Err() != nil {
			return err
		}
		taken := c.takenPort()
		c.stop()
		if taken == "" || attempt == 3 {
			return err
		}
		say("%s found its port taken by another program, starting again with others", taken)
		os.RemoveAll(c.file("etcd"))
	}
}

// The part that ended because its port was taken, if one did.
func (c *cluster) takenPort() string {
	for _, part := range c.parts {
		select {
		case <-part.ended:
			if strings.Contains(lastLines(part.log, 40), "address already in use") {
				return part.name
			}
		default:
		}
	}
	return ""
}

func (c *cluster) startOnce(ctx context.Context, controllers bool) error {
	free, err := c.choose(7)
	if err != nil {
		return err
	}
	c.ports = ports{free[0], free[1], free[2], free[3], free[4], free[5], free[6]}
	c.server = fmt.Sprintf("https://127.0.0.1:%d", c.ports.api)
	c.api = newClient(c.server, c.tokens["control-plane-launcher"], c.ca.trust())
	c.parts = nil
	if err := c.startAPI(); err != nil {
		return err
	}
	if err := c.until(ctx, "the API server", func() error { return c.api.get(ctx, "/readyz", nil) }); err != nil {
		return err
	}
	if err := c.provide(ctx); err != nil {
		return err
	}
	if !controllers {
		return nil
	}
	return c.startControllers(ctx)
}

func (c *cluster) startAPI() error {
	etcd := fmt.Sprintf("https://127.0.0.1:%d", c.ports.etcd)
	peer := fmt.Sprintf("http://127.0.0.1:%d", c.ports.peer)
	if err := c.startPart("etcd",
		"--name=etcd", "--data-dir="+c.file("etcd"),
		"--listen-client-urls="+etcd, "--advertise-client-urls="+etcd,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=etcd="+peer,
		"--cert-file="+c.ca.path("server.crt"), "--key-file="+c.ca.path("server.key"),
		"--client-cert-auth", "--trusted-ca-file="+c.ca.path("ca.crt"),
		// What it holds is not worth a wait for the disk.
		"--unsafe-no-fsync", "--log-level=warn"); err != nil {
		return err
	}
	return c.startPart("kube-apiserver",
		"--etcd-servers="+etcd, "--etcd-cafile="+c.ca.path("ca.crt"),
		"--etcd-certfile="+c.ca.path("client.crt"), "--etcd-keyfile="+c.ca.path("client.key"),
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.ports.api), "--advertise-address="+advertised,
		"--tls-cert-file="+c.ca.path("server.crt"), "--tls-private-key-file="+c.ca.path("server.key"),
		"--client-ca-file="+c.ca.path("ca.crt"), "--token-auth-file="+c.file("tokens.csv"),
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file="+c.ca.path("accounts.pub"), "--service-account-signing-key-file="+c.ca.path("accounts.key"),
		"--service-cluster-ip-range="+serviceRange, "--allow-privileged=true",
		"--kubelet-preferred-address-types="+kubeletAddressType, "--kubelet-certificate-authority="+c.ca.path("ca.crt"),
		"--kubelet-client-certificate="+c.ca.path("client.crt"), "--kubelet-client-key="+c.ca.path("client.key"),
		"--audit-policy-file="+c.file("audit-policy.json"), "--audit-log-path="+c.file("audit.log"),
		"--profiling=false", "--v=0")
}

func (c *cluster) startControllers(ctx context.Context) error {
	managers, err := c.kubeconfig("system:kube-controller-manager")
	if err != nil {
		return err
	}
	schedulers, err := c.kubeconfig("system:kube-scheduler")
	if err != nil {
		return err
	}
	if err := c.startPart("kube-controller-manager",
		"--kubeconfig="+managers, "--use-service-account-credentials", "--leader-elect=false",
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.ports.controllers),
		"--tls-cert-file="+c.ca.path("server.crt"), "--tls-private-key-file="+c.ca.path("server.key"),
		"--service-account-private-key-file="+c.ca.path("accounts.key"), "--root-ca-file="+c.ca.path("ca.crt"),
		"--cluster-signing-cert-file="+c.ca.path("ca.crt"), "--cluster-signing-key-file="+c.ca.path("ca.key"),
		// Their usual limit, twenty requests a second, would be what tests wait for.
		"--kube-api-qps=500", "--kube-api-burst=1000", "--profiling=false"); err != nil {
		return err
	}
	if err := c.startPart("kube-scheduler",
		"--kubeconfig="+schedulers, "--leader-elect=false",
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.ports.scheduler),
		"--tls-cert-file="+c.ca.path("server.crt"), "--tls-private-key-file="+c.ca.path("server.key"),
		// Their usual limit, twenty requests a second, would be what tests wait for.
		"--kube-api-qps=500", "--kube-api-burst=1000", "--profiling=false"); err != nil {
		return err
	}
	if err := c.startNodes(); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		port int
	}{{"kube-controller-manager", c.ports.controllers}, {"kube-scheduler", c.ports.scheduler}} {
		address := fmt.Sprintf("https://127.0.0.1:%d/healthz", part.port)
		if err := c.until(ctx, part.name, func() error { return c.isHealthy(ctx, address) }); err != nil {
			return err
		}
	}
	if err := c.until(ctx, "the service account of the namespace `default`", func() error {
		return c.api.get(ctx, "/api/v1/namespaces/default/serviceaccounts/default", nil)
	}); err != nil {
		return err
	}
	return c.until(ctx, "a ready node", func() error { return c.nodesAreReady(ctx) })
}

func (c *cluster) isHealthy(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := c.api.http.Do(request)
	if err != nil {
		return err
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s", response.Status)
	}
	return nil
}

func (c *cluster) startPart(name string, arguments ...string) error {
	part, err := startComponent(c.logs, name+c.suffix, filepath.Join(c.programs, name), arguments...)
	if err != nil {
		return err
	}
	c.parts = append(c.parts, part)
	return nil
}

// How long a part may take until it is there. A start takes seconds; a machine may be busy.
const startPatience = 90 * time.Second

// Waits until something is there, or a part has ended.
func (c *cluster) until(ctx context.Context, what string, is func() error) error {
	deadline := time.Now().Add(startPatience)
	for {
		err := is()
		if err == nil {
			return nil
		}
		if dead := c.dead(); dead != nil {
			return dead.obituary()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("waited %v for %s: %w", startPatience, what, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// A part that has ended, if one has.
func (c *cluster) dead() *component {
	for _, part := range c.parts {
		select {
		case <-part.ended:
			return part
		default:
		}
	}
	return nil
}

// Tells when a part ends.
func (c *cluster) watchOver(ended chan<- *component) {
	for _, part := range c.parts {
		go func() {
			<-part.ended
			ended <- part
		}()
	}
}

// Ends all parts: those that write first, what they write to last.
func (c *cluster) stop() {
	if c.kubelet != nil {
		c.kubelet.stop()
		c.kubelet = nil
	}
	var others sync.WaitGroup
	for _, part := range c.parts {
		if strings.HasPrefix(part.name, "etcd") {
			continue
		}
		others.Add(1)
		go func() {
			defer others.Done()
			part.stop(500 * time.Millisecond)
		}()
	}
	others.Wait()
	for _, part := range c.parts {
		part.stop(500 * time.Millisecond)
	}
}

// Writes the kubeconfig of one of the parts.
func (c *cluster) kubeconfig(user string) (string, error) {
	path := c.file(strings.ReplaceAll(user, ":", "-") + ".kubeconfig")
	return path, writeKubeconfig(path, c.ca, []access{{c.context, c.server, user, c.tokens[user]}})
}
