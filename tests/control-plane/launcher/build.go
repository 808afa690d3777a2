package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A program that is built from a Go module beside the launcher.
type program struct {
	module, pkg, name string
}

var programs = []program{
	{"kubernetes", "go.etcd.io/etcd/server/v3", "etcd"},
	{"kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", "kube-apiserver"},
	{"kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager", "kube-controller-manager"},
	{"kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler", "kube-scheduler"},
	{"kubernetes", "k8s.io/kubernetes/cmd/kubectl", "kubectl"},
	{"kwok", "sigs.k8s.io/kwok/cmd/kwok", "kwok"},
	{"helm", "helm.sh/helm/v4/cmd/helm", "helm"},
}

// The version that the programs carry is the one of the module that they are built from.
func ldflags(home string) (string, error) {
	text, err := os.ReadFile(filepath.Join(home, "kubernetes", "go.mod"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) >= 2 && words[0] == "k8s.io/kubernetes" {
			version := words[1]
			parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
			const at = "k8s.io/component-base/version."
			return fmt.Sprintf("-s -w -X %[1]sgitVersion=%[2]s -X %[1]sgitMajor=%[3]s -X %[1]sgitMinor=%[4]s -X %[1]sgitTreeState=clean",
				at, version, parts[0], parts[1]), nil
		}
	}
	return "", fmt.Errorf("`kubernetes/go.mod` names no version of k8s.io/kubernetes")
}

// The folder of the built programs is named after everything that goes into them.
func programsFolder(home, cache, flags string) (string, error) {
	hash := sha256.New()
	for _, module := range []string{"kubernetes", "kwok", "helm"} {
		for _, file := range []string{"go.mod", "go.sum"} {
			text, err := os.ReadFile(filepath.Join(home, module, file))
			if err != nil {
				return "", err
			}
			hash.Write(text)
		}
	}
	fmt.Fprint(hash, flags, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return filepath.Join(cache, "bin-"+hex.EncodeToString(hash.Sum(nil))[:16]), nil
}

// Builds what is missing and gives the folder of the programs.
func build(home, cache string) (string, error) {
	flags, err := ldflags(home)
	if err != nil {
		return "", err
	}
	folder, err := programsFolder(home, cache, flags)
	if err != nil {
		return "", err
	}
	if isBuilt(folder) {
		return folder, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	// One run builds, the others wait for it.
	lock, err := lockFile(filepath.Join(cache, "build.lock"), func() {
		say("another run builds the control plane, waiting for it")
	})
	if err != nil {
		return "", err
	}
	defer lock.Close()
	for _, program := range programs {
		target := filepath.Join(folder, program.name)
		if _, err := os.Stat(target); err == nil {
			continue
		}
		begun := time.Now()
		say("building %s (once; from nothing all of them take a few minutes)", program.name)
		unfinished := target + ".unfinished"
		command := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", flags, "-o", unfinished, program.pkg)
		command.Dir = filepath.Join(home, program.module)
		command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTOOLCHAIN=local", "GOWORK=off", "GOFLAGS=")
		output := &tail{limit: 20}
		command.Stdout, command.Stderr = output, output
		if err := runBound(command); err != nil {
			os.Remove(unfinished)
			return "", fmt.Errorf("%s could not be built (%v); the last lines of the build:\n%s", program.name, err, output)
		}
		if err := os.Rename(unfinished, target); err != nil {
			return "", err
		}
		say("built %s in %.0f s", program.name, time.Since(begun).Seconds())
	}
	return folder, nil
}

func isBuilt(folder string) bool {
	for _, program := range programs {
		if _, err := os.Stat(filepath.Join(folder, program.name)); err != nil {
			return false
		}
	}
	return true
}

// Locks a file, telling when that takes waiting. Closing the file, or the end of the process, unlocks it.
func lockFile(path string, waits func()) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		return file, nil
	}
	if waits == nil {
		file.Close()
		return nil, fmt.Errorf("`%s` is locked", path)
	}
	waits()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Keeps the last lines of what is written to it.
type tail struct {
	limit int
	lines []string
	rest  string
}

func (t *tail) Write(text []byte) (int, error) {
	t.rest += string(text)
	for {
		line, rest, found := strings.Cut(t.rest, "\n")
		if !found {
			return len(text), nil
		}
		t.rest = rest
		t.lines = append(t.lines, line)
		if len(t.lines) > t.limit {
			t.lines = t.lines[1:]
		}
	}
}

func (t *tail) String() string {
	lines := t.lines
	if t.rest != "" {
		lines = append(lines[:len(lines):len(lines)], t.rest)
	}
	if len(lines) == 0 {
		return "  (nothing)"
	}
	return "  " + strings.Join(lines, "\n  ")
}

// The last lines of a file.
func lastLines(path string, limit int) string {
	file, err := os.Open(path)
	if err != nil {
		return "  (" + err.Error() + ")"
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > 64<<10 {
		file.Seek(-64<<10, io.SeekEnd)
	}
	kept := &tail{limit: limit}
	io.Copy(kept, file)
	return kept.String()
}
