package pg

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func start(t *testing.T, options ...func(*Server)) *Server {
	t.Helper()
	if _, err := Programs(); err != nil {
		t.Skip(err)
	}
	s, err := New(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// ask runs statements and gives the one value that the last of them returns.
func ask(t *testing.T, s *Server, statements ...string) (value string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	last := len(statements) - 1
	for _, sql := range statements[:last] {
		if _, err := c.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.QueryRow(ctx, statements[last]).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestDataOutlivesEveryModeOfStop(t *testing.T) {
	s := start(t, Durable)
	ask(t, s, `CREATE TABLE note (n int)`, `SELECT ''`)
	for i, m := range []Mode{Fast, Immediate, Crash} {
		ask(t, s, `INSERT INTO note VALUES (1)`, `SELECT ''`)
		if err := s.Stop(m); err != nil {
			t.Fatal(err)
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, s, `SELECT count(*)::text FROM note`); got != strconv.Itoa(i+1) {
			t.Errorf("after mode %d: %s rows, want %d", m, got, i+1)
		}
	}
}

func TestAFrozenServerGoesOnWhenThawed(t *testing.T) {
	s := start(t)
	c, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if err := s.Freeze(); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() { _, err := c.Exec(context.Background(), `SELECT 1`); answered <- err }()
	for _, pid := range append(childrenOf(s.process.Pid), s.process.Pid) {
		for state(pid) != "T" {
			runtime.Gosched()
		}
	}
	select {
	case err := <-answered:
		t.Fatalf("a frozen server answered: %v", err)
	default:
	}
	if err := s.Thaw(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := s.Freeze(); err != nil { // and is left so: Close ends it
		t.Fatal(err)
	}
}

// state is the letter of what a process does: T if it is stopped.
func state(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(raw), ") ")
	return after[:min(1, len(after))]
}

func TestServerIsDurableOnlyWhenAsked(t *testing.T) {
	if got := ask(t, start(t), `SHOW fsync`); got != "off" {
		t.Errorf("plain server: fsync %s", got)
	}
}

// A test process that dies must leave neither a server nor files behind.
func TestNothingStaysWhenTheProcessIsKilled(t *testing.T) {
	if os.Getenv("KIZASHI_TEST_HANG") != "" {
		hang(t)
	}
	if _, err := Programs(); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "KIZASHI_TEST_HANG=yes")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var server, reaper int
	var dir string
	if _, err := fmt.Fscan(out, &server, &reaper, &dir); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed, as meant
	for !gone(reaper) || !gone(server) {
		runtime.Gosched()
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", dir, err)
	}
}

// hang is the process to be killed: it tells what runs and waits for its end.
func hang(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(s.process.Pid, s.reaper.cmd.Process.Pid, s.dir)
	select {}
}
