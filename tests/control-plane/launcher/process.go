package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// Every process is started by one thread that never ends: the kernel kills a child when the thread that
// started it is gone (see bind), and threads of Go come and go.
var starts = make(chan func())

func init() {
	go func() {
		runtime.LockOSThread()
		for start := range starts {
			start()
		}
	}()
}

// Starts a command that ends when this process does, even when it is killed.
func startBound(command *exec.Cmd) error {
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	bind(command.SysProcAttr)
	result := make(chan error)
	starts <- func() { result <- command.Start() }
	return <-result
}

// Runs a command that ends when this process does.
func runBound(command *exec.Cmd) error {
	if err := startBound(command); err != nil {
		return err
	}
	return command.Wait()
}

// A running part of the control plane.
type component struct {
	name, log string
	command   *exec.Cmd
	ended     chan struct{}
	result    error
}

// Starts a part in a process group of its own, so that Ctrl-C does not reach it before the launcher.
func startComponent(logs, name, path string, arguments ...string) (*component, error) {
	log := filepath.Join(logs, name+".log")
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	command := exec.Command(path, arguments...)
	command.Stdout, command.Stderr = file, file
	command.Dir = logs
	command.Env = componentEnvironment()
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := startBound(command); err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", name, err)
	}
	part := &component{name: name, log: log, command: command, ended: make(chan struct{})}
	go func() {
		part.result = command.Wait()
		close(part.ended)
	}()
	return part, nil
}

// Parts see nothing of the caller's environment but what finding programs and folders takes.
func componentEnvironment() []string {
	environment := []string{}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG"} {
		if value, found := os.LookupEnv(name); found {
			environment = append(environment, name+"="+value)
		}
	}
	return environment
}

// Why a part that ended did so, with the last lines of its log.
func (c *component) obituary() error {
	how := "exit status 0"
	if c.result != nil {
		how = c.result.Error()
	}
	return fmt.Errorf("%s ended (%s); the last lines of its log:\n%s", c.name, how, lastLines(c.log, 12))
}

// Asks a part to end, and ends it when it takes its time. Nothing in it is worth waiting for.
func (c *component) stop(patience time.Duration) {
	group := -c.command.Process.Pid
	syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-c.ended:
	case <-time.After(patience):
	}
	// What the part has started goes with it.
	syscall.Kill(group, syscall.SIGKILL)
	<-c.ended
}
