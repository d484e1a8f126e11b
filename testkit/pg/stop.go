package pg

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Mode is how a server goes down.
type Mode uint8

// The modes, from polite to power cut.
const (
	Fast      Mode = iota // ends the sessions, writes a checkpoint, exits: what a restart by an operator does
	Immediate             // exits at once and recovers at the next Start
	Crash                 // SIGKILL to the server and all its processes
)

// Stop ends the server and waits until nothing of it runs; Start brings it back.
func (s *Server) Stop(m Mode) error {
	switch m {
	case Fast:
		return s.signal(syscall.SIGINT)
	case Immediate:
		return s.signal(syscall.SIGQUIT)
	default:
		return s.crash()
	}
}

func (s *Server) signal(sig syscall.Signal) error {
	if err := s.process.Signal(sig); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	<-s.exited
	return nil
}

// crash kills the parent first, so that it cannot tidy up after its children, and waits for the
// children too: while one lives, the shared memory is in use and the server does not start.
func (s *Server) crash() error {
	children := childrenOf(s.process.Pid)
	if err := s.signal(syscall.SIGKILL); err != nil {
		return err
	}
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended with its parent
	}
	limit := time.Now().Add(startLimit)
	for _, pid := range children {
		for !gone(pid) {
			if time.Now().After(limit) {
				return fmt.Errorf("PostgreSQL process %d outlives SIGKILL", pid)
			}
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}

// Freeze stops the server and all its processes where they are: connections stay open, and nothing answers.
// A frozen server that is closed, or whose test ends, is thawed first.
func (s *Server) Freeze() error {
	if err := s.process.Signal(syscall.SIGSTOP); err != nil { // first, so that no process is added
		return fmt.Errorf("freeze PostgreSQL: %w", err)
	}
	for _, pid := range childrenOf(s.process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGSTOP) // it may have ended
	}
	return nil
}

// Thaw lets a frozen server go on.
func (s *Server) Thaw() error {
	for _, pid := range childrenOf(s.process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	if err := s.process.Signal(syscall.SIGCONT); err != nil {
		return fmt.Errorf("thaw PostgreSQL: %w", err)
	}
	return nil
}

func childrenOf(pid int) []int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var all []int
	for f := range strings.FieldsSeq(string(raw)) {
		if n, err := strconv.Atoi(f); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// gone tells that a process has ended; a zombie has, whatever its new parent does about it.
func gone(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, after, _ := strings.Cut(string(raw), ") ")
	return strings.HasPrefix(after, "Z") || strings.HasPrefix(after, "X")
}
