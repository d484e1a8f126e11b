package imports

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"kizashi/fault"
)

// What our disk does is not the sender's connection, though the errors look alike; and the other way round.
func TestDiskAndSenderAreToldApart(t *testing.T) {
	refused := func(err error) error { return &fs.PathError{Op: "write", Path: "new-1", Err: err} }
	for _, c := range []struct {
		err  error
		key  string
		kind fault.Kind
	}{
		{ofDisk(refused(syscall.ENOSPC)), "db.full", fault.Busy},
		{ofDisk(refused(syscall.EDQUOT)), "db.full", fault.Busy},
		{ofDisk(refused(syscall.EROFS)), "db.read_only", fault.Busy},
		{ofDisk(refused(syscall.EACCES)), "db.read_only", fault.Busy},
		{ofDisk(refused(syscall.EIO)), "imports.disk", fault.Busy},
		{stored(t, iotest.ErrReader(io.ErrUnexpectedEOF)), "imports.cut_off", fault.Malformed},
		{stored(t, iotest.ErrReader(os.ErrDeadlineExceeded)), "imports.cut_off", fault.Malformed},
		{stored(t, iotest.TimeoutReader(strings.NewReader(strings.Repeat("x", 1<<20)))), "imports.cut_off", fault.Malformed},
	} {
		var known *fault.Error
		if !errors.As(c.err, &known) || known.Key != c.key || known.Kind != c.kind {
			t.Errorf("%v, want %s", c.err, c.key)
		}
		if known != nil && known.Kind == fault.Busy && known.Wait() == 0 {
			t.Errorf("%v does not say when to come back", c.err)
		}
	}
}

// stored is what Store says of a file; nothing may be left of it.
func stored(t *testing.T, from io.Reader) error {
	t.Helper()
	m := &Importer{Data: t.TempDir()}
	_, err := m.Store("list.csv", from)
	left, bad := os.ReadDir(m.Data + "/" + folder)
	if bad != nil || len(left) > 0 {
		t.Errorf("%v %v is left", bad, left)
	}
	return err
}
