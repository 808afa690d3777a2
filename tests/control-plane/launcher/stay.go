package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A control plane that stays, one per checkout. A process of its own holds it; that process holds the lock on
// a file in the cache folder, in which stands where everything is.
type staying struct {
	Pid         int
	Environment []string
}

// The file of this checkout.
func (r request) stayingFile() string {
	hash := sha256.Sum256([]byte(r.home))
	return filepath.Join(r.cache, "up-"+hex.EncodeToString(hash[:])[:12])
}

// What stays up in this checkout; nil when nothing does.
func (r request) staying() (*staying, error) {
	lock, err := lockFile(r.stayingFile(), nil)
	if err == nil {
		lock.Close()
		return nil, nil
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	content, err := os.ReadFile(r.stayingFile())
	if err != nil {
		return nil, err
	}
	found := new(staying)
	if json.Unmarshal(content, found) != nil {
		return nil, fmt.Errorf("a control plane of this checkout is just being started")
	}
	return found, nil
}

// Starts a control plane that stays, and prints what to export.
func up(asked request) error {
	found, err := asked.staying()
	if err != nil {
		return err
	}
	if found != nil {
		say("a control plane of this checkout is up already (process %d)", found.Pid)
		printExports(found)
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	arguments := []string{"-home", asked.home, "-cache", asked.cache, "hold", fmt.Sprintf("--clusters=%d", asked.clusters)}
	if asked.withoutControllers {
		arguments = append(arguments, "--without-controllers")
	}
	command := exec.Command(self, arguments...)
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	progress, err := command.StderrPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	// What it says until it is ready is said here; after that it has nobody to talk to.
	lines := bufio.NewScanner(progress)
	for lines.Scan() {
		if lines.Text() == isUp {
			if found, err = asked.staying(); err != nil || found == nil {
				return fmt.Errorf("the control plane ended as soon as it was up (%v)", err)
			}
			printExports(found)
			return nil
		}
		fmt.Fprintln(os.Stderr, lines.Text())
	}
	command.Wait()
	return fmt.Errorf("the control plane did not come up")
}

const isUp = "up"

func printExports(found *staying) {
	for _, variable := range found.Environment {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Printf("export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
}

// Holds a control plane until it is told to end.
func hold(asked request) error {
	lock, err := lockFile(asked.stayingFile(), nil)
	if err != nil {
		return fmt.Errorf("a control plane of this checkout is up or being started: %w", err)
	}
	defer lock.Close()
	defer os.Remove(asked.stayingFile())
	if err := lock.Truncate(0); err != nil {
		return err
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, stopSignals...)
	// Once it is up, nobody reads what it says.
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-signals
		cancel()
	}()
	s, err := start(ctx, asked)
	if err != nil {
		return err
	}
	content, err := json.Marshal(staying{os.Getpid(), s.environment()})
	if err == nil {
		_, err = lock.WriteAt(content, 0)
	}
	if err != nil {
		s.stop()
		return s.remove(err)
	}
	fmt.Fprintln(os.Stderr, isUp)
	var failure error
	select {
	case <-ctx.Done():
	case part := <-s.ended:
		failure = part.obituary()
	}
	s.stop()
	return s.remove(failure)
}

// Ends what stays.
func down(asked request) error {
	found, err := asked.staying()
	if err != nil {
		return err
	}
	if found == nil {
		say("no control plane of this checkout is up")
		return nil
	}
	if err := syscall.Kill(found.Pid, syscall.SIGTERM); err != nil {
		return err
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if still, err := asked.staying(); err == nil && still == nil {
			os.Remove(asked.stayingFile())
			return nil
		}
	}
	return fmt.Errorf("process %d was told to end and did not within 20 s", found.Pid)
}
