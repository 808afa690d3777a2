package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What the containers of all pods have written.
type podLogs struct {
	mutex sync.Mutex
	// By pod (namespace/name) and container.
	containers map[string]map[string]*containerLog
	changed    chan struct{}
}

type containerLog struct{ previous, current *instanceLog }

// What one instance of a container has written.
type instanceLog struct {
	lines []logLine
	ended bool
}

type logLine struct {
	time time.Time
	text string
}

func newPodLogs() *podLogs {
	return &podLogs{containers: map[string]map[string]*containerLog{}, changed: make(chan struct{})}
}

// Changes a container's log and tells those who follow.
func (l *podLogs) change(pod, container string, change func(log *containerLog)) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.containers[pod] == nil {
		l.containers[pod] = map[string]*containerLog{}
	}
	if l.containers[pod][container] == nil {
		l.containers[pod][container] = &containerLog{}
	}
	change(l.containers[pod][container])
	close(l.changed)
	l.changed = make(chan struct{})
}

// A new instance starts: what was current becomes previous.
func (l *podLogs) start(pod, container string) {
	l.change(pod, container, func(log *containerLog) {
		if log.current != nil {
			log.current.ended = true
			log.previous = log.current
		}
		log.current = &instanceLog{}
	})
}

// Writes lines into the log of the running instance.
func (l *podLogs) write(pod, container, text string) {
	if text = strings.TrimRight(text, "\n"); text == "" {
		return
	}
	l.change(pod, container, func(log *containerLog) {
		if log.current == nil {
			log.current = &instanceLog{}
		}
		for line := range strings.SplitSeq(text, "\n") {
			log.current.lines = append(log.current.lines, logLine{time.Now(), line})
		}
	})
}

// The running instance has ended.
func (l *podLogs) end(pod, container string) {
	l.change(pod, container, func(log *containerLog) {
		if log.current != nil {
			log.current.ended = true
		}
	})
}

// The next instance is not started yet: the one that has ended is the previous one already.
func (l *podLogs) rest(pod, container string) {
	l.change(pod, container, func(log *containerLog) { log.previous = log.current })
}

func (l *podLogs) forget(pod string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	delete(l.containers, pod)
}

// The lines of an instance from a place on, whether it has ended, and a channel that is closed when that changes.
func (l *podLogs) read(pod, container string, previous bool, from int) (lines []logLine, ended, found bool, changed <-chan struct{}) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	log := l.containers[pod][container]
	if log == nil {
		return nil, true, false, l.changed
	}
	instance := log.current
	if previous {
		instance = log.previous
	}
	if instance == nil {
		return nil, true, false, l.changed
	}
	return instance.lines[from:], instance.ended, true, l.changed
}

// Answers the API server's question for a container's log, as a kubelet does.
func (l *podLogs) serve(response http.ResponseWriter, request *http.Request) {
	pod := request.PathValue("namespace") + "/" + request.PathValue("pod")
	container := request.PathValue("container")
	query := request.URL.Query()
	previous, follows := query.Get("previous") == "true", query.Get("follow") == "true"
	lines, ended, found, changed := l.read(pod, container, previous, 0)
	if !found {
		if previous {
			http.Error(response, fmt.Sprintf("previous terminated container %q in pod %q not found", container, request.PathValue("pod")), http.StatusBadRequest)
		}
		return
	}
	read := len(lines)
	if since, err := time.Parse(time.RFC3339, query.Get("sinceTime")); err == nil {
		lines = after(lines, since)
	}
	if seconds, err := strconv.Atoi(query.Get("sinceSeconds")); err == nil {
		lines = after(lines, time.Now().Add(-time.Duration(seconds)*time.Second))
	}
	if count, err := strconv.Atoi(query.Get("tailLines")); err == nil && count < len(lines) {
		lines = lines[len(lines)-count:]
	}
	limit := -1
	if bytes, err := strconv.Atoi(query.Get("limitBytes")); err == nil {
		limit = bytes
	}
	for {
		for _, line := range lines {
			text := line.text + "\n"
			if query.Get("timestamps") == "true" {
				text = line.time.UTC().Format(time.RFC3339Nano) + " " + text
			}
			if limit >= 0 && len(text) > limit {
				text = text[:limit]
			}
			if _, err := response.Write([]byte(text)); err != nil {
				return
			}
			if limit >= 0 {
				if limit -= len(text); limit == 0 {
					return
				}
			}
		}
		if !follows || ended {
			return
		}
		http.NewResponseController(response).Flush()
		select {
		case <-request.Context().Done():
			return
		case <-changed:
		}
		lines, ended, found, changed = l.read(pod, container, previous, read)
		if !found {
			return
		}
		read += len(lines)
	}
}

func after(lines []logLine, since time.Time) []logLine {
	for index, line := range lines {
		if line.time.After(since) {
			return lines[index:]
		}
	}
	return nil
}
