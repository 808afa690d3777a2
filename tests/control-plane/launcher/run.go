package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// How long a command may take to end after it was asked to.
const commandPatience = 10 * time.Second

var stopSignals = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}

// Starts the control planes, runs the command beside them, takes them down, and gives the command's exit code.
func runCommand(asked request) (int, error) {
	if _, err := exec.LookPath(asked.command[0]); err != nil && asked.command[0] != "kubectl" {
		return 127, fmt.Errorf("there is no command `%s`", asked.command[0])
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, stopSignals...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	started := make(chan struct{})
	var s *session
	var err error
	go func() {
		s, err = start(ctx, asked)
		close(started)
	}()
	select {
	case <-started:
	case got := <-signals:
		say("%s: taking down what was started", got)
		cancel()
		<-started
		if s != nil {
			s.stop()
			s.remove(nil)
		}
		return exitCode(got), nil
	}
	if err != nil {
		return 1, err
	}
	code, failure := s.accompany(asked.command, signals)
	s.stop()
	return code, s.remove(failure)
}

// Runs a command until it ends; ends it when a part of the control plane does, or when a signal says so.
func (s *session) accompany(words []string, signals <-chan os.Signal) (int, error) {
	// The command is looked for where it will look itself: `kubectl` is the one that was built.
	for _, variable := range s.environment() {
		name, value, _ := strings.Cut(variable, "=")
		os.Setenv(name, value)
	}
	command := exec.Command(words[0], words[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := startBound(command); err != nil {
		return 127, fmt.Errorf("the command cannot be started: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		return s.verdict(words, err)
	case part := <-s.ended:
		failure := withDisk(part.obituary(), s.folder)
		say("%s ended, the command is ended too", part.name)
		command.Process.Signal(syscall.SIGTERM)
		waitOrKill(command, ended)
		return 1, failure
	case got := <-signals:
		// Ctrl-C in a terminal reaches the command as well; a signal sent to this process alone does not.
		if got == syscall.SIGINT {
			select {
			case <-ended:
				return exitCode(got), nil
			case <-time.After(time.Second):
			}
		}
		command.Process.Signal(got)
		waitOrKill(command, ended)
		return exitCode(got), nil
	}
}

func waitOrKill(command *exec.Cmd, ended <-chan error) {
	select {
	case <-ended:
	case <-time.After(commandPatience):
		command.Process.Kill()
		<-ended
	}
}

// What the end of the command means for the caller.
func (s *session) verdict(words []string, err error) (int, error) {
	var exit *exec.ExitError
	if err == nil {
		return 0, nil
	}
	if !errors.As(err, &exit) {
		return 1, err
	}
	code := exit.ExitCode()
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	return code, fmt.Errorf("`%s` failed (%v)", strings.Join(words, " "), err)
}

func exitCode(got os.Signal) int {
	number, _ := got.(syscall.Signal)
	return 128 + int(number)
}
