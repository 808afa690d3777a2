package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// What the launcher itself says to an API server: JSON over HTTP, with the standard library.
type client struct {
	server, token string
	http          *http.Client
}

func newClient(server, token string, trust *tls.Config) *client {
	transport := &http.Transport{TLSClientConfig: trust, MaxIdleConnsPerHost: 8, ForceAttemptHTTP2: true}
	return &client{server, token, &http.Client{Transport: transport}}
}

// An answer of the API server that is not what was asked for.
type apiError struct {
	code    int
	message string
}

func (e *apiError) Error() string { return fmt.Sprintf("%d: %s", e.code, e.message) }

// The code of an answer of the API server; 0 for other errors.
func codeOf(err error) int {
	var answer *apiError
	if errors.As(err, &answer) {
		return answer.code
	}
	return 0
}

const (
	mergePatch     = "application/merge-patch+json"
	strategicPatch = "application/strategic-merge-patch+json"
)

func (c *client) open(ctx context.Context, method, path, kind string, body any) (*http.Response, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, reader)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("User-Agent", "control-plane-launcher")
	if body != nil {
		request.Header.Set("Content-Type", kind)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 {
		defer response.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
		var status struct{ Message string }
		if json.Unmarshal(text, &status) != nil || status.Message == "" {
			status.Message = strings.TrimSpace(string(text))
		}
		return nil, &apiError{response.StatusCode, status.Message}
	}
	return response, nil
}

// Sends a request and reads the answer into a value.
func (c *client) do(ctx context.Context, method, path, kind string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	response, err := c.open(ctx, method, path, kind, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if into == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(into)
}

func (c *client) get(ctx context.Context, path string, into any) error {
	return c.do(ctx, http.MethodGet, path, "", nil, into)
}

func (c *client) create(ctx context.Context, path string, object any) error {
	return c.do(ctx, http.MethodPost, path, "application/json", object, nil)
}

func (c *client) patch(ctx context.Context, path, kind string, change any) error {
	return c.do(ctx, http.MethodPatch, path, kind, change, nil)
}

func (c *client) delete(ctx context.Context, path string) error {
	return c.do(ctx, http.MethodDelete, path, "", nil, nil)
}

// An object as JSON.
type object = map[string]any

// Follows a kind: lists it, watches it, and lists again when the watch is lost. Each change is told with the
// object before and the object after; nil stands for none.
func (c *client) follow(ctx context.Context, path string, tell func(before, after object)) {
	known := map[string]object{}
	for ctx.Err() == nil {
		version, err := c.list(ctx, path, known, tell)
		for err == nil {
			version, err = c.watch(ctx, path, version, known, tell)
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (c *client) list(ctx context.Context, path string, known map[string]object, tell func(before, after object)) (string, error) {
	var list struct {
		Metadata struct{ ResourceVersion string }
		Items    []object
	}
	if err := c.get(ctx, path, &list); err != nil {
		return "", err
	}
	seen := map[string]bool{}
	for _, item := range list.Items {
		uid := text(item, "metadata", "uid")
		seen[uid] = true
		before := known[uid]
		if before != nil && text(before, "metadata", "resourceVersion") == text(item, "metadata", "resourceVersion") {
			continue
		}
		known[uid] = item
		tell(before, item)
	}
	for uid, gone := range known {
		if !seen[uid] {
			delete(known, uid)
			tell(gone, nil)
		}
	}
	return list.Metadata.ResourceVersion, nil
}

func (c *client) watch(ctx context.Context, path, version string, known map[string]object, tell func(before, after object)) (string, error) {
	query := url.Values{"watch": {"1"}, "resourceVersion": {version}, "allowWatchBookmarks": {"true"}}
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	response, err := c.open(ctx, http.MethodGet, path+mark+query.Encode(), "", nil)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	decoder := json.NewDecoder(response.Body)
	for {
		var event struct {
			Type   string
			Object object
		}
		if err := decoder.Decode(&event); err == io.EOF {
			return version, nil
		} else if err != nil {
			return "", err
		}
		if event.Type == "ERROR" {
			return "", &apiError{http.StatusGone, text(event.Object, "message")}
		}
		version = text(event.Object, "metadata", "resourceVersion")
		uid := text(event.Object, "metadata", "uid")
		switch event.Type {
		case "ADDED", "MODIFIED":
			before := known[uid]
			known[uid] = event.Object
			tell(before, event.Object)
		case "DELETED":
			delete(known, uid)
			tell(event.Object, nil)
		}
	}
}

// Looks into a value; nil where there is nothing.
func at(value any, path ...string) any {
	for _, key := range path {
		fields, _ := value.(object)
		value = fields[key]
	}
	return value
}

func text(value any, path ...string) string {
	found, _ := at(value, path...).(string)
	return found
}

func items(value any, path ...string) []any {
	found, _ := at(value, path...).([]any)
	return found
}

func number(value any, path ...string) int {
	found, _ := at(value, path...).(float64)
	return int(found)
}

func isTrue(value any, path ...string) bool {
	found, _ := at(value, path...).(bool)
	return found
}
