package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestArguments(t *testing.T) {
	for _, c := range []struct{ given, wanted string }{
		{"run cargo test --clusters 5", "run 1 false [cargo test --clusters 5]"},
		{"run --clusters 2 --without-controllers -- true", "run 2 true [true]"},
		{"run", "`run` wants a command"},
		{"run --clusters 0 true", "from 1 to 4"},
		{"up true", "`up` takes no command, found `true`"},
		{"down", "down 1 false []"},
	} {
		asked, err := parse(strings.Fields(c.given))
		found := fmt.Sprint(asked.verb, " ", asked.clusters, " ", asked.withoutControllers, " ", asked.command)
		if err != nil {
			found = err.Error()
		}
		if !strings.Contains(found, c.wanted) {
			t.Errorf("%s: %s, wanted %s", c.given, found, c.wanted)
		}
	}
}

func TestNoLaneWaitsForAnother(t *testing.T) {
	lanes, held, done := newLanes(), make(chan struct{}), make(chan int, 3)
	lanes.do("slow", func() { <-held })
	for number := range 2 {
		lanes.do("slow", func() { done <- number })
	}
	lanes.do("quick", func() { done <- 2 })
	found := []int{<-done}
	close(held)
	if found = append(found, <-done, <-done); fmt.Sprint(found) != "[2 0 1]" {
		t.Error("out of order:", found)
	}
}

// A part that plays a program of the control plane.
func script(t *testing.T, c *cluster, name, text string) *component {
	t.Helper()
	part, err := startComponent(c.logs, name, "/bin/sh", "-c", text)
	if err != nil {
		t.Fatal(err)
	}
	c.parts = append(c.parts, part)
	t.Cleanup(func() { part.stop(time.Second) })
	return part
}

func TestAPartThatEndsIsToldWithItsLastLines(t *testing.T) {
	c := &cluster{logs: t.TempDir()}
	script(t, c, "kube-apiserver", "echo first; echo 'no such flag' >&2; exit 3")
	err := c.until(context.Background(), "the API server", func() error { return errors.New("not there") })
	if err == nil || !strings.Contains(err.Error(), "kube-apiserver ended (exit status 3)") || !strings.Contains(err.Error(), "no such flag") {
		t.Errorf("%v", err)
	}
	if name := c.takenPort(); name != "" {
		t.Errorf("no port was taken, found %s", name)
	}
}

func TestATakenPortIsSeen(t *testing.T) {
	c := &cluster{logs: t.TempDir()}
	script(t, c, "etcd", "sleep 60")
	part := script(t, c, "kwok", "echo 'listen tcp 127.0.0.1:1: bind: address already in use' >&2; exit 1")
	<-part.ended
	if name := c.takenPort(); name != "kwok" {
		t.Errorf("found %q", name)
	}
}

func TestStoppingAPartEndsWhatItStarted(t *testing.T) {
	c := &cluster{logs: t.TempDir()}
	pid := filepath.Join(c.logs, "pid")
	part := script(t, c, "etcd", "trap '' TERM; sleep 60 & echo $! > "+pid+"; wait")
	var child int
	for child == 0 {
		text, _ := os.ReadFile(pid)
		fmt.Sscan(string(text), &child)
		time.Sleep(time.Millisecond)
	}
	part.stop(10 * time.Millisecond)
	// It dies soon; then it is gone, or waits for somebody to ask how it ended.
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child))
		if syscall.Kill(child, 0) != nil || err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there", child)
		}
	}
}

func TestCertificatesAreForTheLoopback(t *testing.T) {
	ca, err := newAuthority(filepath.Join(t.TempDir(), "pki"))
	if err != nil {
		t.Fatal(err)
	}
	if err := ca.issue("webhook"); err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(decode(t, ca.path("webhook.crt")))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "127.0.0.1", net.IPv6loopback.String()} {
		if _, err := certificate.Verify(x509.VerifyOptions{DNSName: name, Roots: ca.trust().RootCAs}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func decode(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	return block.Bytes
}

func TestWhatACommandEchoes(t *testing.T) {
	for _, c := range []struct {
		command []any
		wanted  string
	}{
		{[]any{"sh", "-c", "echo 'no luck'; exit 3; echo never"}, "no luck"},
		{[]any{"echo", "one", "two"}, "one two"},
		{[]any{"sh", "-c", "echo one && echo \"two\"\nsleep 1"}, "one\ntwo"},
		{[]any{"sh", "-c", "echo $HOME"}, ""},
		{[]any{"nginx", "-g", "daemon off"}, ""},
	} {
		if found := echoed(object{"command": c.command}); found != c.wanted {
			t.Errorf("%v: %q, wanted %q", c.command, found, c.wanted)
		}
	}
}

func TestLogsOfInstances(t *testing.T) {
	logs := newPodLogs()
	logs.start("n/p", "app")
	logs.write("n/p", "app", "one\ntwo\n")
	logs.start("n/p", "app")
	logs.write("n/p", "app", "three")
	texts := func(previous bool) (found []string) {
		lines, _, _, _ := logs.read("n/p", "app", previous, 0)
		for _, line := range lines {
			found = append(found, line.text)
		}
		return found
	}
	if fmt.Sprint(texts(true), texts(false)) != "[one two] [three]" {
		t.Error(texts(true), texts(false))
	}
	logs.forget("n/p")
	if len(texts(false)) != 0 {
		t.Error("a pod that is gone has no logs")
	}
}

func TestWhatAClassCannotGive(t *testing.T) {
	class := object{"metadata": object{"annotations": object{"sandbox.infra.dev/access-modes": "ReadWriteOnce, ReadWriteOncePod"}}}
	for mode, fits := range map[string]bool{"ReadWriteOnce": true, "ReadWriteMany": false} {
		claim := object{"spec": object{"accessModes": []any{mode}}}
		if problem := unsupported(claim, class); (problem == "") != fits {
			t.Errorf("%s: %q", mode, problem)
		}
	}
}
