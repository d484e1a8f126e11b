package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/sheet"
)

// folder is where files are kept, below the data folder.
const folder = "imports"

// File is a stored contact file.
type File struct {
	Name   string // as the person has it, without folders
	Digest string // SHA-256 in hex: the same content is the same file
	Path   string // below the data folder, or absolute for a preview of a file that is not stored
	Bytes  int64
}

// Store keeps a file under its digest. It is there whole or not at all: written aside, made durable,
// and only then given its name. A failure of the sender is a Malformed fault, one of our disk says what is
// wrong with it.
func (m *Importer) Store(name string, from io.Reader) (File, error) {
	dir := filepath.Join(m.Data, folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return File{}, ofDisk(err)
	}
	path, digest, n, err := aside(dir, name, from)
	if err != nil {
		return File{}, err
	}
	f := File{Name: filepath.Base(name), Digest: digest, Bytes: n, Path: filepath.Join(folder, digest)}
	if err := os.Rename(path, filepath.Join(m.Data, f.Path)); err != nil {
		return File{}, ofDisk(errors.Join(err, os.Remove(path)))
	}
	return f, ofDisk(syncFolder(dir))
}

// Aside keeps a file for a preview among the temporary files of the system. Whoever asks removes it.
func Aside(name string, from io.Reader) (File, error) {
	path, digest, n, err := aside("", name, from)
	return File{Name: filepath.Base(name), Digest: digest, Bytes: n, Path: path}, err
}

// aside writes a file under a name of its own, durably. Nothing is left of it where that fails.
func aside(dir, name string, from io.Reader) (path, digest string, n int64, err error) {
	f, err := os.CreateTemp(dir, "kizashi-new-*")
	if err != nil {
		return "", "", 0, ofDisk(err)
	}
	sum, s := sha256.New(), &sender{from: io.LimitReader(from, sheet.MaxBytes+1)}
	n, err = io.Copy(io.MultiWriter(f, sum), s)
	switch {
	case s.err != nil:
		err = fault.New(fault.Malformed, "imports.cut_off", nil).At("file").Because(s.err)
	case err == nil && n > sheet.MaxBytes:
		err = fault.New(fault.TooLarge, "sheet.too_large", fault.Args{"file": name, "limit": sheet.MaxBytes >> 20}).At("file")
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", "", 0, ofDisk(errors.Join(err, os.Remove(f.Name())))
	}
	return f.Name(), hex.EncodeToString(sum.Sum(nil)), n, nil
}

// sender remembers how what somebody sends ended, so that it is told from failures of our disk, whose errors
// look alike.
type sender struct {
	from io.Reader
	err  error
}

func (s *sender) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// ofDisk gives failures of our own disk their words, and a line in the log: whoever runs the server must act.
func ofDisk(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	slog.Error("imports: the disk refused a contact file", "error", err)
	switch {
	case db.IsFull(err):
		return db.Full(err)
	case db.IsReadOnly(err):
		return fault.New(fault.Busy, "db.read_only", fault.Args{"seconds": diskPause}).Because(err)
	}
	return fault.New(fault.Busy, "imports.disk", fault.Args{"seconds": diskPause}).Because(err)
}

// diskPause is how long senders wait for somebody to mend the disk, seconds.
const diskPause = 60

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// table is an open stored file.
type table struct {
	*sheet.Reader
	file *os.File
}

// open reads a stored file as a table.
func (m *Importer) open(name, path string, opt sheet.Options) (*table, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(m.Data, path)
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "imports.file_gone", fault.Args{"file": name}).Because(err)
	}
	if err != nil {
		return nil, ofDisk(err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, ofDisk(errors.Join(err, f.Close()))
	}
	r, err := sheet.OpenWith(name, f, info.Size(), opt)
	if err != nil {
		return nil, ofDisk(errors.Join(err, f.Close()))
	}
	return &table{r, f}, nil
}

func (t *table) Close() error { return errors.Join(t.Reader.Close(), t.file.Close()) }

// Mapping opens a stored file and proposes what the columns of its table mean.
func (m *Importer) Mapping(f File, opt sheet.Options) (sheet.Mapping, error) {
	t, err := m.open(f.Name, f.Path, opt)
	if err != nil {
		return sheet.Mapping{}, err
	}
	return t.Mapping(), t.Close()
}

// NextSheet proposes what the columns mean of the sheet behind another of a workbook; NotFound if there is
// none.
func (m *Importer) NextSheet(f File, after string) (sheet.Mapping, error) {
	t, err := m.open(f.Name, f.Path, sheet.Options{Sheet: after})
	if err != nil {
		return sheet.Mapping{}, err
	}
	next := t.After(after)
	if err := t.Close(); err != nil {
		return sheet.Mapping{}, err
	}
	if next == "" {
		return sheet.Mapping{}, fault.New(fault.NotFound, "imports.no_sheet", fault.Args{"file": f.Name})
	}
	return m.Mapping(f, sheet.Options{Sheet: next})
}

// Stored finds a file again that Store has kept: a screen shows a preview of it, lets its columns be
// edited and starts the import, in several requests. NotFound if there is none.
func (m *Importer) Stored(name, digest string) (File, error) {
	f := File{Name: filepath.Base(name), Digest: digest, Path: filepath.Join(folder, digest)}
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size {
		return File{}, fault.New(fault.NotFound, "imports.file_gone", fault.Args{"file": f.Name})
	}
	info, err := os.Stat(filepath.Join(m.Data, f.Path))
	if err != nil {
		return File{}, fault.New(fault.NotFound, "imports.file_gone", fault.Args{"file": f.Name}).Because(err)
	}
	f.Bytes = info.Size()
	return f, nil
}

// leftAfter is how long a stored file waits for its import to be started, ms.
const leftAfter = clock.Day

// Sweep forgets drafts that nobody has started for a day, and removes stored files that no draft and no
// import needs any more, a day after they came.
func (m *Importer) Sweep(ctx context.Context) error {
	now := m.Engine.Door.DB.Clock.Now()
	err := m.Engine.Door.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM import_draft WHERE created_at <= $1`, now-leftAfter)
		return err
	})
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(m.Data, folder))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		info, gone := e.Info()
		if gone != nil || now-info.ModTime().UnixMilli() < leftAfter {
			continue
		}
		err = errors.Join(err, m.Discard(ctx, e.Name()))
	}
	return err
}

// Discard removes a stored file, unless a draft or an import that is not taken back needs it.
func (m *Importer) Discard(ctx context.Context, digest string) error {
	needed := 0
	err := m.Engine.Door.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT (SELECT COUNT(*) FROM import_draft WHERE digest = $1)
			+ (SELECT COUNT(*) FROM contact_import WHERE digest = $1 AND undone_at = 0)`, digest).Scan(&needed)
	})
	if err != nil || needed > 0 {
		return err
	}
	err = os.Remove(filepath.Join(m.Data, folder, filepath.Base(digest)))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return err
}
