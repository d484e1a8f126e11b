package pg

import (
	"io"
	"os/exec"
	"syscall"
)

// reaperScript outlives the test process. Its standard input ends when that process lets go of
// the pipe or dies, in any way; then it stops the server, frozen or not, and removes the folder. The wait is
// bounded: a server that became a zombie of another parent never seems to end.
const reaperScript = `
trap '' INT TERM HUP
read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && {
	kill -QUIT "$pid" 2>/dev/null
	kill -CONT $(cat "/proc/$pid/task/$pid/children" 2>/dev/null) "$pid" 2>/dev/null
}
for _ in $(seq 200); do
	kill -0 "$pid" 2>/dev/null || break
	sleep 0.05
done
rm -rf "$1"
`

// reaper cleans up after a process that may not get to do so: a test binary ends by os.Exit,
// a panic or a signal.
type reaper struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

func startReaper(dir string) (*reaper, error) {
	cmd := exec.Command("/bin/sh", "-c", reaperScript, "reaper", dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return &reaper{cmd, pipe}, cmd.Start()
}

// release lets the reaper do its work and waits for it; again does nothing.
func (r *reaper) release() {
	_ = r.pipe.Close()
	_ = r.cmd.Wait() // the only failure left is a folder that stays in the temporary files
}
