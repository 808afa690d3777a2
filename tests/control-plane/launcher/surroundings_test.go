package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// With this variable the test binary is the launcher.
const asLauncher = "INFRA_TEST_AS_LAUNCHER"

func TestMain(m *testing.M) {
	if os.Getenv(asLauncher) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func control(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// A folder of programs for a PATH: those of the system that are named, and a `go` that is this script.
func programsWith(t *testing.T, script string, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skip(err)
		}
		if err := os.Symlink(path, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	if script != "" {
		if err := os.WriteFile(filepath.Join(folder, "go"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestAMachineThatCannotBuildTheLauncher(t *testing.T) {
	version := `[ "$1" = env ] && { echo %s; exit 0; }; `
	for _, c := range []struct{ script, wanted string }{
		{"", "there is no `go` on this machine; the control plane is built from source by Go 1."},
		{fmt.Sprintf(version, "go1.19.3"), "Go 1.19.3 is too old, the control plane is built by Go 1."},
		{fmt.Sprintf(version, "'go1.20 X:boringcrypto'"), "Go 1.20 is too old"},
		{"exit 1", "`go env GOVERSION` failed"},
		{fmt.Sprintf(version, "go1.99") + "echo 'main.go:1: no luck' >&2; exit 2", "main.go:1: no luck\ncontrol-plane: the launcher could not be built"},
	} {
		folder := programsWith(t, c.script, "bash", "dirname", "sed", "sort", "head", "mkdir", "rm", "mv")
		command := exec.Command(filepath.Join(folder, "bash"), filepath.Join(control(t), "launch"), "run", "true")
		command.Env = []string{"PATH=" + folder, "INFRA_CONTROL_PLANE_CACHE=" + t.TempDir()}
		output, err := command.CombinedOutput()
		if err == nil || !strings.Contains(string(output), c.wanted) {
			t.Errorf("%q: %v\n%swanted: %s", c.script, err, output, c.wanted)
		}
	}
}

func TestAProgramThatCannotBeBuilt(t *testing.T) {
	t.Setenv("PATH", programsWith(t, "echo one; echo 'etcd.go:1: two' >&2; exit 1"))
	cache := t.TempDir()
	_, err := build(control(t), cache)
	if err == nil || !strings.Contains(err.Error(), "etcd could not be built (exit status 1); the last lines of the build:\n  one\n  etcd.go:1: two") {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "bin-*", "*")); len(left) > 0 {
		t.Errorf("half a program is left: %v", left)
	}
}

func TestADiskThatIsFull(t *testing.T) {
	full := errors.New("write /x: no space left on device")
	for _, c := range []struct {
		err  error
		left uint64
		told bool
	}{
		{full, 3, true}, {full, 100, true}, {full, 5000, false},
		{errors.New("etcd ended"), 3, true}, {errors.New("etcd ended"), 100, false},
	} {
		room := func(string) (uint64, error) { return c.left << 20, nil }
		err := withRoom(c.err, room, t.TempDir())
		if told := strings.Contains(err.Error(), fmt.Sprintf("is full: %d MB are left", c.left)); told != c.told || !errors.Is(err, c.err) {
			t.Errorf("%v, %d MB: %v", c.err, c.left, err)
		}
	}
}

// A checkout of its own with the programs that are built already; where they are not, the test is left out.
func built(t *testing.T) request {
	t.Helper()
	cache := os.Getenv("INFRA_CONTROL_PLANE_CACHE")
	if cache == "" {
		root := os.Getenv("XDG_CACHE_HOME")
		if root == "" {
			root = filepath.Join(os.Getenv("HOME"), ".cache")
		}
		cache = filepath.Join(root, "infra", "control-plane")
	}
	flags, err := ldflags(control(t))
	if err != nil {
		t.Fatal(err)
	}
	folder, err := programsFolder(control(t), cache, flags)
	if err != nil {
		t.Fatal(err)
	}
	if !isBuilt(folder) {
		t.Skip("the programs are not built yet: `tests/control-plane/run true` builds them")
	}
	root := t.TempDir()
	home := filepath.Join(root, "tests", "control-plane")
	if err := os.MkdirAll(home, 0o755); err != nil {
		t.Fatal(err)
	}
	// What the examples expect of their platform stands in it: nodes too.
	for _, name := range []string{"kubernetes", "kwok", "helm", "platform", "stages", "../../examples"} {
		if err := os.Symlink(filepath.Join(control(t), name), filepath.Join(home, name)); err != nil {
			t.Fatal(err)
		}
	}
	own := t.TempDir()
	if err := os.Symlink(folder, filepath.Join(own, filepath.Base(folder))); err != nil {
		t.Fatal(err)
	}
	return request{home: home, cache: own, verb: "run", clusters: 1, withoutControllers: true}
}

func TestATakenPortIsLeftToItsOwner(t *testing.T) {
	asked := built(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := listener.Addr().(*net.TCPAddr).Port
	asked.choose = func(count int) ([]int, error) {
		found, err := freePorts(count)
		// Once for the API server's.
		if err == nil && taken != 0 {
			found[2], taken = taken, 0
		}
		return found, err
	}
	t.Setenv("TMPDIR", t.TempDir())
	s, err := start(context.Background(), asked)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		s.stop()
		if err := s.remove(nil); err != nil {
			t.Error(err)
		}
	}()
	if taken != 0 || s.clusters[0].ports.api == listener.Addr().(*net.TCPAddr).Port {
		t.Error("the port that is taken was not tried, or was used")
	}
	if err := s.clusters[0].api.get(context.Background(), "/readyz", nil); err != nil {
		t.Error(err)
	}
}

// The launcher itself, as a process of its own.
func launcher(asked request, words ...string) *exec.Cmd {
	command := exec.Command(os.Args[0], append([]string{"-home", asked.home, "-cache", asked.cache}, words...)...)
	command.Env = append(os.Environ(), asLauncher+"=1")
	return command
}

func TestAFullDiskUnderAControlPlane(t *testing.T) {
	asked := built(t)
	small := `mount -t tmpfs -o size=12m none "$0" && TMPDIR="$0" exec "$@"`
	if err := exec.Command("unshare", "-rm", "sh", "-c", small, t.TempDir(), "true").Run(); err != nil {
		t.Skipf("this machine lets nobody mount a small disk: %v", err)
	}
	inner := launcher(asked, "run", "--without-controllers", "true")
	command := exec.Command("unshare", append([]string{"-rm", "sh", "-c", small, t.TempDir()}, inner.Args...)...)
	command.Env = inner.Env
	output, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(output), "is full: ") || !strings.Contains(string(output), "etcd ended") {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestUpAndDown(t *testing.T) {
	asked := built(t)
	t.Setenv("TMPDIR", t.TempDir())
	start := launcher(asked, "up")
	start.Stderr = os.Stderr
	output, err := start.Output()
	if err != nil {
		t.Fatal(err)
	}
	found, err := asked.staying()
	if err != nil || found == nil {
		t.Fatal("it is not up", err)
	}
	nodes := exec.Command("sh", "-c", string(output)+"kubectl get nodes --output name")
	if told, err := nodes.CombinedOutput(); err != nil || !strings.Contains(string(told), "node/") {
		t.Errorf("%v\n%s", err, told)
	}
	if again, err := launcher(asked, "up").Output(); err != nil || string(again) != string(output) {
		t.Errorf("a second `up` gives the first one: %v\n%s", err, again)
	}
	if told, err := launcher(asked, "down").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, told)
	}
	for deadline := time.Now().Add(10 * time.Second); syscall.Kill(found.Pid, 0) == nil; time.Sleep(10 * time.Millisecond) {
		state, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", found.Pid))
		if strings.Contains(string(state), ") Z ") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there", found.Pid)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if still, err := asked.staying(); err != nil || still != nil {
		t.Errorf("%v %v", still, err)
	}
	if told, err := launcher(asked, "down").CombinedOutput(); err != nil || !strings.Contains(string(told), "no control plane of this checkout is up") {
		t.Errorf("%v\n%s", err, told)
	}
}
