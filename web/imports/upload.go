package imports

import (
	"errors"
	"io"
	"net/http"
	"time"

	"kizashi/fault"
	"kizashi/imports"
	"kizashi/page"
	"kizashi/sheet"
)

const (
	// uploadTime is how long a file may take to arrive.
	uploadTime = 15 * time.Minute
	// around is what a form has around its file, bytes.
	around = 1 << 20
)

var fileLimits = limits{Text: int(sheet.MaxBytes >> 20), Excel: int(sheet.MaxXLSX >> 20), Rows: sheet.MaxRows}

// upload stores a file, and leads to its columns.
func (s screen) upload(r *page.Request) error {
	draft, err := s.receive(r)
	if err != nil {
		h, bad := s.readHistory(r)
		if bad != nil {
			return bad
		}
		return listPage.Again(r, h, err)
	}
	return r.Go(pageOfDraft(draft.Draft))
}

func (s screen) receive(r *page.Request) (*imports.KeepDraft, error) {
	if err := s.importer.Sweep(r.Context()); err != nil {
		return nil, err
	}
	name, from, err := incoming(r)
	if err != nil {
		return nil, err
	}
	file, err := s.importer.Store(name, from)
	if err != nil {
		return nil, received(err)
	}
	keep := &imports.KeepDraft{File: file}
	if keep.Mapping, err = s.importer.Mapping(file, sheet.Options{}); err == nil {
		err = r.Run(keep)
	}
	if err != nil {
		return nil, errors.Join(atFile(err), s.importer.Discard(r.Context(), file.Digest))
	}
	return keep, nil
}

// incoming finds the file in a form that is read as it comes.
func incoming(r *page.Request) (name string, from io.Reader, err error) {
	wire, end := http.NewResponseController(r.W), time.Now().Add(uploadTime)
	_ = wire.SetReadDeadline(end) // where there is none to set, there is none to move
	_ = wire.SetWriteDeadline(end)
	r.Body = http.MaxBytesReader(r.W, r.Body, sheet.MaxBytes+around)
	missing := fault.New(fault.Invalid, "imports.choose_file", nil).At("file")
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, missing.Because(err)
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", nil, missing.Because(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part.FileName(), part, nil
		}
	}
}

// received says of a body that is too large how large it may be.
func received(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, "fault.too_large", fault.Args{"limit": "2 GiB"}).At("file")
	}
	return atFile(err)
}

// atFile says that what is wrong is the file.
func atFile(err error) error {
	var one *fault.Error
	if errors.As(err, &one) && one.Path == "" {
		return one.At("file")
	}
	return err
}

// missing is no error where something simply is not there.
func missing(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
