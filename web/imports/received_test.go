package imports

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
	"testing"

	"kizashi/fault"
)

// A full disk is not the sender's connection, though its error looks like one of the network.
func TestFullDiskIsCalledThat(t *testing.T) {
	for _, c := range []struct {
		err error
		key string
	}{
		{&fs.PathError{Op: "write", Path: "new-1", Err: syscall.ENOSPC}, "db.full"},
		{&fs.PathError{Op: "write", Path: "new-1", Err: syscall.EDQUOT}, "db.full"},
		{io.ErrUnexpectedEOF, "imports.cut_off"},
	} {
		var known *fault.Error
		if err := received(c.err); !errors.As(err, &known) || known.Key != c.key {
			t.Errorf("%v reads as %v, want %s", c.err, err, c.key)
		}
	}
}
