package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The setting of an `infra.toml` that names the files of objects that the platform provides: a path or an array of paths.
var (
	platformSetting = regexp.MustCompile(`(?m)^platform\s*=\s*("[^"]+"|\[[^\]]*\])`)
	platformPath    = regexp.MustCompile(`"([^"]+)"`)
)

// The files of objects that stand in the control plane from the start: this folder's own, those that
// examples and tests share, and what single examples expect of their platform.
func platformFiles(home string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(home, "platform", "*.yaml"))
	if err != nil {
		return nil, err
	}
	shared, err := filepath.Glob(filepath.Join(home, "..", "..", "examples", "platform", "*.yaml"))
	if err != nil {
		return nil, err
	}
	files = append(files, shared...)
	projects, err := filepath.Glob(filepath.Join(home, "..", "..", "examples", "*", "infra.toml"))
	if err != nil {
		return nil, err
	}
	for _, project := range projects {
		text, err := os.ReadFile(project)
		if err != nil {
			return nil, err
		}
		for _, path := range platformPath.FindAllSubmatch(platformSetting.Find(text), -1) {
			// Several may share one.
			file := filepath.Join(filepath.Dir(project), string(path[1]))
			if !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files, nil
}

// Loads what the platform provides, and lets the second user in.
func (c *cluster) provide(ctx context.Context) error {
	files, err := platformFiles(c.home)
	if err != nil {
		return err
	}
	arguments := []string{"apply", "--server-side", "--force-conflicts", "--field-manager=platform"}
	for _, file := range files {
		arguments = append(arguments, "-f", file)
	}
	if c.kubectl(ctx, arguments...) == nil {
		return nil
	}
	// Objects of a kind that is defined beside them are known when their definition is.
	if err := c.kubectl(ctx, "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"); err != nil {
		return fmt.Errorf("the platform's definitions do not come true: %w", err)
	}
	if err := c.kubectl(ctx, arguments...); err != nil {
		return fmt.Errorf("the platform's objects cannot be loaded: %w", err)
	}
	return nil
}

// Runs kubectl as the launcher.
func (c *cluster) kubectl(ctx context.Context, arguments ...string) error {
	config, err := c.kubeconfig("control-plane-launcher")
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, filepath.Join(c.programs, "kubectl"), append([]string{"--kubeconfig=" + config}, arguments...)...)
	command.Env = componentEnvironment()
	output := &tail{limit: 20}
	command.Stdout, command.Stderr = output, output
	if err := runBound(command); err != nil {
		return fmt.Errorf("kubectl %s (%w):\n%s", strings.Join(arguments, " "), err, output)
	}
	return nil
}
