// Withpg runs a command with a PostgreSQL server of its own:
//
//	withpg go test ./...
//
// With -durable before the command the server writes to the disk as a real one does; without, it is for
// tests and faster. The server is stopped and removed however the command ends. If KIZASHI_TEST_POSTGRES names a
// server already, that one is used.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"kizashi/testkit/pg"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
	}
	os.Exit(code)
}

// run gives the exit code of the command; 1 with an error if it could not run at all.
func run(args []string) (int, error) {
	var options []func(*pg.Server)
	if len(args) > 0 && args[0] == "-durable" {
		options, args = append(options, pg.Durable), args[1:]
	}
	if len(args) == 0 {
		return 1, errors.New("usage: withpg [-durable] COMMAND [ARGUMENT…]")
	}
	if os.Getenv(pg.Variable) == "" {
		server, err := pg.New(options...)
		if err != nil {
			return 1, err
		}
		defer server.Close()
		if err := os.Setenv(pg.Variable, server.URL("postgres")); err != nil {
			return 1, err
		}
	}
	return command(args)
}

// command runs with our own input and output; signals are passed on, and we stay to clean up.
func command(args []string) (int, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			_ = cmd.Process.Signal(s) // it may have ended already
		}
	}()
	err := cmd.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(failed.ExitCode(), 1), nil // -1: killed by a signal
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
