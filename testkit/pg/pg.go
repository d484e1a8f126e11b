// Package pg runs a PostgreSQL server of its own for tests: on a free port of the loopback,
// in a temporary folder, never as root, and gone with the process that started it.
package pg

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// User is the superuser of every test server; it needs no password on the loopback.
const User = "kizashi"

// Variable names the environment variable with the server to use instead of an own one, as a URL
// of any database on it. tools/withpg sets it, so that all packages of a test run share a server.
const Variable = "KIZASHI_TEST_POSTGRES"

// startLimit bounds the wait for a server that recovers from a crash on a busy machine.
const startLimit = 60 * time.Second

// Server is one PostgreSQL that a test may stop and start again on the same port and data.
type Server struct {
	bin     string // folder of the server's programs
	dir     string // holds data/ and log, removed by Close
	port    int
	durable bool
	owner   *syscall.Credential // nil: run as ourselves
	reaper  *reaper

	process *os.Process
	exited  chan struct{} // closed when the process has ended
}

// Durable makes the server wait for the disk at every commit, as in production. Without it a
// crash of the machine loses data, a crash of the server does not.
func Durable(s *Server) { s.durable = true }

// New makes an empty server and starts it. Close it, also after an error of Stop or Start.
func New(options ...func(*Server)) (*Server, error) {
	bin, err := Programs()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	for _, o := range options {
		o(s)
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.startOnFreePort(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// prepare makes the folder, the reaper that will remove it, and an empty data directory.
func (s *Server) prepare() (err error) {
	if s.owner, err = unprivileged(); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "kizashi-pg-"); err != nil {
		return err
	}
	if s.reaper, err = startReaper(s.dir); err != nil {
		os.RemoveAll(s.dir)
		return err
	}
	if s.owner != nil {
		err = os.Chown(s.dir, int(s.owner.Uid), int(s.owner.Gid))
	}
	if err == nil {
		err = s.initdb()
	}
	if err != nil {
		s.Close()
	}
	return err
}

func (s *Server) initdb() error {
	out, err := s.command("initdb", "-D", s.data(), "-U", User, "--auth=trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb in %s: %w\n%s", s.dir, err, out)
	}
	return nil
}

// startOnFreePort tries again when another process took the port between finding and using it.
func (s *Server) startOnFreePort() (err error) {
	for range 5 {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.Start(); err == nil || !strings.Contains(err.Error(), "could not bind") {
			return err
		}
	}
	return err
}

// Start starts a stopped server and waits until it takes connections.
func (s *Server) Start() error {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := s.command("postgres", append([]string{"-D", s.data()}, s.settings()...)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // the log tells more than its exit status
		close(exited)
	}()
	s.process, s.exited = cmd.Process, exited
	return s.untilReady()
}

func (s *Server) settings() []string {
	on := strconv.FormatBool(s.durable)
	var args []string
	for _, set := range []string{
		"port=" + strconv.Itoa(s.port),
		"listen_addresses=127.0.0.1",
		"unix_socket_directories=",
		"max_connections=300",
		"fsync=" + on,
		"full_page_writes=" + on,
		"client_min_messages=warning",
	} {
		args = append(args, "-c", set)
	}
	return args
}

// untilReady watches the line of the lock file in which the server states its readiness:
// a connection that is tried too early would fill the log with refusals.
func (s *Server) untilReady() error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(startLimit)
	for {
		select {
		case <-s.exited:
			return fmt.Errorf("PostgreSQL ended while starting:\n%s", s.logTail())
		case <-limit:
			return fmt.Errorf("PostgreSQL not ready after %s:\n%s", startLimit, s.logTail())
		case <-tick.C:
			if s.ready() {
				return nil
			}
		}
	}
}

func (s *Server) ready() bool {
	raw, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	lines := strings.Split(string(raw), "\n")
	const pidLine, statusLine = 0, 7
	return err == nil && len(lines) > statusLine &&
		lines[pidLine] == strconv.Itoa(s.process.Pid) &&
		strings.TrimSpace(lines[statusLine]) == "ready"
}

// URL is the address of a database of this server; "postgres" is always there.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", User, s.port, database)
}

// Close stops the server, if it runs, and removes its data.
func (s *Server) Close() {
	s.reaper.release()
	if s.exited != nil {
		<-s.exited
	}
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }
func (s *Server) log() string  { return filepath.Join(s.dir, "log") }

func (s *Server) logTail() string {
	raw, err := os.ReadFile(s.log())
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-4000):])
}

// command is a program of the server, run by its owner in a process group of its own, so that
// Ctrl-C in a terminal reaches the tests but not the database under them.
func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.owner}
	return cmd
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
