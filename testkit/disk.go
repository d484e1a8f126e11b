package testkit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// SmallDisk mounts a file system of so many bytes for this test; where that is not permitted, it skips.
func SmallDisk(t testing.TB, size int) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("kizashi-test", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skipf("a small disk cannot be mounted: %v; run as root in a container that may mount", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// Fill writes one file into a folder that leaves so many bytes of its disk free, and gives its path.
func Fill(t testing.TB, dir string, left int64) string {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	bytes := int64(disk.Bavail)*disk.Bsize - left //nolint:gosec // of a small disk
	if err := os.WriteFile(ballast, make([]byte, max(bytes, 0)), 0o600); err != nil {
		t.Fatal(err)
	}
	return ballast
}
