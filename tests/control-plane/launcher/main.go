// The launcher starts real Kubernetes control planes for tests, watches over them while a command runs, and
// takes them down again.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

const usage = `Runs a command beside a real Kubernetes control plane.

  tests/control-plane/run [OPTIONS] COMMAND…   starts one, runs the command, takes it down
  tests/control-plane/up [OPTIONS]             starts one that stays, prints what to export
  tests/control-plane/down                     takes it down

Options:
  --clusters N            so many control planes (default 1)
  --without-controllers   etcd and API server alone

The command finds KUBECONFIG and INFRA_TEST_CONTROL_PLANE in its environment. README.md tells more.
`

// Says something to the user, beside what the command says.
func say(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "control-plane: "+format+"\n", values...)
}

// What was asked for.
type request struct {
	home, cache, verb  string
	clusters           int
	withoutControllers bool
	// Chooses so many ports; freePorts where nothing else is said.
	choose  func(int) ([]int, error)
	command []string
}

func parse(arguments []string) (request, error) {
	var asked request
	outer := flag.NewFlagSet("launcher", flag.ContinueOnError)
	outer.Usage = func() {}
	outer.StringVar(&asked.home, "home", "", "")
	outer.StringVar(&asked.cache, "cache", "", "")
	if err := outer.Parse(arguments); err != nil {
		return asked, err
	}
	if outer.NArg() == 0 {
		return asked, flag.ErrHelp
	}
	asked.verb = outer.Arg(0)
	inner := flag.NewFlagSet(asked.verb, flag.ContinueOnError)
	inner.Usage = func() {}
	inner.SetOutput(new(strings.Builder))
	inner.IntVar(&asked.clusters, "clusters", 1, "")
	inner.BoolVar(&asked.withoutControllers, "without-controllers", false, "")
	if err := inner.Parse(outer.Args()[1:]); err != nil {
		return asked, err
	}
	asked.command = inner.Args()
	switch {
	case asked.clusters < 1 || asked.clusters > 4:
		return asked, fmt.Errorf("`--clusters` takes a number from 1 to 4")
	case asked.verb == "run" && len(asked.command) == 0:
		return asked, fmt.Errorf("`run` wants a command, such as `tests/control-plane/run cargo test`")
	case asked.verb != "run" && len(asked.command) > 0:
		return asked, fmt.Errorf("`%s` takes no command, found `%s`", asked.verb, asked.command[0])
	}
	return asked, nil
}

func main() {
	asked, err := parse(os.Args[1:])
	if err == flag.ErrHelp {
		fmt.Print(usage)
		return
	}
	if err != nil {
		say("%v; `--help` tells more", err)
		os.Exit(2)
	}
	code := 0
	switch asked.verb {
	case "run":
		code, err = runCommand(asked)
	case "up":
		err = up(asked)
	case "hold":
		err = hold(asked)
	case "down":
		err = down(asked)
	default:
		err = fmt.Errorf("there is no `%s`; there are `run`, `up` and `down`", asked.verb)
	}
	if err != nil {
		say("%v", err)
		if code == 0 {
			code = 1
		}
	}
	os.Exit(code)
}
