package main

import "sync"

// Work that is done in order for each key, and side by side for different ones.
type lanes struct {
	mutex sync.Mutex
	// What is still to be done; a key is there while somebody works for it.
	work map[string][]func()
}

func newLanes() *lanes { return &lanes{work: map[string][]func(){}} }

func (l *lanes) do(key string, work func()) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	before, busy := l.work[key]
	l.work[key] = append(before, work)
	if !busy {
		go l.run(key)
	}
}

func (l *lanes) run(key string) {
	for {
		l.mutex.Lock()
		work := l.work[key]
		if len(work) == 0 {
			delete(l.work, key)
			l.mutex.Unlock()
			return
		}
		l.work[key] = work[1:]
		l.mutex.Unlock()
		work[0]()
	}
}
