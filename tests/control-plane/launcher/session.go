package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const folderPrefix = "infra-control-plane-"

// A running set of control planes in its folder.
type session struct {
	folder   string
	lock     *os.File
	clusters []*cluster
	ended    chan *component
}

// Makes the folder and starts everything in it. What could be started is taken down again when something could not.
func start(ctx context.Context, asked request) (*session, error) {
	programs, err := build(asked.home, asked.cache)
	if err != nil {
		return nil, withDisk(err, asked.cache, os.TempDir())
	}
	begun := time.Now()
	sweep()
	folder, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		return nil, withDisk(err, os.TempDir())
	}
	s := &session{folder: folder, ended: make(chan *component, 32)}
	if err := s.startAll(ctx, asked, programs); err != nil {
		err = withDisk(err, folder)
		s.stop()
		return nil, s.remove(err)
	}
	for _, c := range s.clusters {
		c.watchOver(s.ended)
	}
	say("%s in %.1f s", s.describe(asked), time.Since(begun).Seconds())
	return s, nil
}

func (s *session) describe(asked request) string {
	what := "ready"
	if asked.withoutControllers {
		what = "ready without controllers"
	}
	if len(s.clusters) > 1 {
		return fmt.Sprintf("%d control planes %s", len(s.clusters), what)
	}
	return "control plane " + what
}

func (s *session) startAll(ctx context.Context, asked request, programs string) error {
	lock, err := lockFile(filepath.Join(s.folder, "lock"), nil)
	if err != nil {
		return err
	}
	s.lock = lock
	if err := os.Mkdir(filepath.Join(s.folder, "logs"), 0o700); err != nil {
		return err
	}
	ca, err := newAuthority(filepath.Join(s.folder, "pki"))
	if err != nil {
		return err
	}
	if err := errors.Join(
		ca.issue("server", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"),
		ca.issue("client"), ca.issue("webhook"), ca.signingKey("accounts"),
	); err != nil {
		return err
	}
	var group sync.WaitGroup
	failures := make([]error, asked.clusters)
	for index := range asked.clusters {
		c, err := newCluster(s.folder, programs, asked.home, ca, index)
		if err != nil {
			return err
		}
		if asked.choose != nil {
			c.choose = asked.choose
		}
		s.clusters = append(s.clusters, c)
		group.Add(1)
		go func() {
			defer group.Done()
			failures[index] = c.start(ctx, !asked.withoutControllers)
		}()
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		return err
	}
	ways := []access{}
	for _, c := range s.clusters {
		for _, way := range []struct{ context, user string }{
			{"control-plane", "control-plane-admin"}, {"control-plane-restricted", "control-plane-restricted"},
		} {
			ways = append(ways, access{way.context + c.suffix, c.server, way.user, c.tokens[way.user]})
		}
	}
	return writeKubeconfig(s.kubeconfig(), ca, ways)
}

func (s *session) kubeconfig() string { return filepath.Join(s.folder, "kubeconfig") }

// How many tests run beside each other, where nobody says it: they wait most of the time.
const testThreads = "12"

// What a command finds in its environment: its `kubectl` is the one that was built.
func (s *session) environment() []string {
	threads := os.Getenv("RUST_TEST_THREADS")
	if threads == "" {
		threads = testThreads
	}
	return []string{"RUST_TEST_THREADS=" + threads, "KUBECONFIG=" + s.kubeconfig(), "INFRA_TEST_CONTROL_PLANE=" + s.folder,
		"PATH=" + s.clusters[0].programs + string(os.PathListSeparator) + os.Getenv("PATH")}
}

func (s *session) stop() {
	var group sync.WaitGroup
	for _, c := range s.clusters {
		group.Add(1)
		go func() {
			defer group.Done()
			c.stop()
		}()
	}
	group.Wait()
}

// Removes the folder. When something went wrong the logs stay, and the error says where.
func (s *session) remove(failure error) error {
	if failure != nil {
		if kept := s.keepLogs(); kept != "" {
			failure = fmt.Errorf("%w\nlogs: %s", failure, kept)
		}
	}
	err := os.RemoveAll(s.folder)
	if s.lock != nil {
		s.lock.Close()
	}
	if failure == nil && err != nil {
		return fmt.Errorf("`%s` cannot be removed: %w", s.folder, err)
	}
	return failure
}

// Moves the logs out of the folder, and says where to.
func (s *session) keepLogs() string {
	kept, err := os.MkdirTemp("", "infra-control-plane.logs-")
	if err != nil {
		return ""
	}
	files, _ := filepath.Glob(filepath.Join(s.folder, "logs", "*.log"))
	audits, _ := filepath.Glob(filepath.Join(s.folder, "audit*.log"))
	for _, file := range append(files, audits...) {
		os.Rename(file, filepath.Join(kept, filepath.Base(file)))
	}
	return kept
}

// Removes the folders of runs that were killed: nobody holds their lock.
func sweep() {
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+"*"))
	for _, folder := range folders {
		file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(folder)
		}
		file.Close()
	}
}

// Says so when the disk is what is wrong.
func withDisk(err error, folders ...string) error {
	return withRoom(err, room, folders...)
}

// The bytes that are left on the disk of a folder, which may not be there.
func room(folder string) (uint64, error) {
	var disk syscall.Statfs_t
	for at := folder; ; at = filepath.Dir(at) {
		err := syscall.Statfs(at, &disk)
		if err == nil {
			return uint64(disk.Bavail) * uint64(disk.Bsize), nil
		}
		if !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			return 0, err
		}
	}
}

func withRoom(err error, room func(string) (uint64, error), folders ...string) error {
	if err == nil {
		return nil
	}
	for _, folder := range folders {
		left, failure := room(folder)
		if failure != nil {
			return err
		}
		left >>= 20
		if left < 16 || strings.Contains(err.Error(), "no space left on device") && left < 512 {
			return fmt.Errorf("%w\nthe disk of `%s` is full: %d MB are left", err, folder, left)
		}
	}
	return err
}
