package api

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/imports"
	"kizashi/sheet"
)

// uploadTime is how long a file may take to arrive.
const uploadTime = 15 * time.Minute

// maxMapping bounds the mapping in a form, bytes.
const maxMapping = 1 << 20

// upload is a request whose body is a file.
type upload struct {
	Name      string `query:"name" maxLength:"255" doc:"Of the file; a form tells it by itself." example:"名刺.csv"`
	Basis     string `query:"basis" enum:"consent,card,business,published" doc:"On which mail may be sent to these people."`
	Overwrite bool   `query:"overwrite" doc:"What the file says replaces what is known; else it fills what is empty."`
	Mapping   string `query:"mapping" maxLength:"100000" doc:"JSON: columns that mean something else than what they are taken for; the others stay. Without field and property a column is left out." example:"[{\"index\":2,\"field\":\"email\"}]"`

	Sheet     string `query:"sheet" maxLength:"100" doc:"Of a workbook: the sheet to read; else the one that most likely holds the contacts. A preview lists them."`
	HeaderRow int    `query:"header_row" minimum:"-1" maximum:"1000" doc:"The row with the column names, from 1; 0: it is found; -1: there is none."`

	Limit int `query:"limit" minimum:"0" doc:"Of a preview: about how many rows to look at; 0: all."`

	body  io.Reader
	media string
}

// Resolve keeps the body for the handler to read as it comes.
func (u *upload) Resolve(ctx huma.Context) []error {
	_ = ctx.SetReadDeadline(time.Now().Add(uploadTime)) // where there is none to set, there is none to move
	u.body, u.media = ctx.BodyReader(), ctx.Header("Content-Type")
	return nil
}

// file finds the file in the body. The field mapping of a form stands before it.
func (u *upload) file() (name string, from io.Reader, err error) {
	media, parameters, err := mime.ParseMediaType(u.media)
	if err != nil || media != "multipart/form-data" {
		name = u.Name
		if name == "" {
			name = "upload"
		}
		return name, u.body, nil
	}
	form := multipart.NewReader(u.body, parameters["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", nil, fault.New(fault.Malformed, "api.no_file", nil).At("file").Because(err)
		}
		switch {
		case part.FileName() != "" && u.Name != "":
			return u.Name, part, nil
		case part.FileName() != "":
			return part.FileName(), part, nil
		case part.FormName() == "mapping":
			raw, err := io.ReadAll(io.LimitReader(part, maxMapping))
			if err != nil {
				return "", nil, fault.New(fault.Malformed, "api.cut_off", nil).Because(err)
			}
			u.Mapping = string(raw)
		}
	}
}

// chosenColumn is what a person says of a column.
type chosenColumn struct {
	Index    int    `json:"index"`
	Field    string `json:"field"`
	Property string `json:"property"`
}

// mapping is what the columns of a stored file mean, with what the caller says of them.
func (u *upload) mapping(m *imports.Importer, f imports.File) (sheet.Mapping, error) {
	guess, err := m.Mapping(f, sheet.Options{Sheet: u.Sheet, HeaderRow: u.HeaderRow})
	if err != nil || u.Mapping == "" {
		return guess, err
	}
	var chosen []chosenColumn
	if err := unmarshal([]byte(u.Mapping), &chosen); err != nil {
		return guess, at("mapping", err)
	}
	mapping, err := guess.With(each(chosen, func(c chosenColumn) sheet.Column {
		return sheet.Column{Index: c.Index, Field: sheet.Field(c.Field), Property: c.Property}
	}))
	return mapping, at("mapping", err)
}

func (s *service) createImport(ctx context.Context, in *upload) (*output[importJSON], error) {
	name, from, err := in.file()
	if err != nil {
		return nil, err
	}
	stored, err := s.Importer.Store(name, from)
	if err != nil {
		return nil, err
	}
	mapping, err := in.mapping(s.Importer, stored)
	if err != nil {
		return nil, err
	}
	start := &imports.Start{File: stored, Basis: in.Basis, Mapping: mapping, Overwrite: in.Overwrite}
	if err := s.run(ctx, start); err != nil {
		return nil, err
	}
	return s.getImport(ctx, &One{number{start.Import}})
}

// previewJSON is what an import would do.
type previewJSON struct {
	Sheet     string              `json:"sheet" doc:"The one that was read; empty for text."`
	HeaderRow int                 `json:"header_row" doc:"The row with the column names; 0: there is none."`
	Sheets    []sheet.Tab         `json:"sheets" doc:"The sheets of a workbook that hold something."`
	Columns   []previewColumnJSON `json:"columns"`
	Rows      int                 `json:"rows"`
	New       int                 `json:"new"`
	Updated   int                 `json:"updated"`
	Merged    int                 `json:"merged"`
	Same      int                 `json:"same"`
	RefusedN  int                 `json:"refused_rows"`
	Refused   []refusalJSON       `json:"refused" doc:"The first refused rows."`
	Unowned   int                 `json:"unowned" doc:"Rows that name an owner without an account."`
	Strangers map[string]int      `json:"strangers" doc:"The owners without an account, and their rows."`
	Partial   bool                `json:"partial" doc:"Only the first rows were looked at, as limit asked."`
}

type previewColumnJSON struct {
	ColumnJSON
	Samples    []string `json:"samples"`
	Confidence float64  `json:"confidence" doc:"0 to 1: how sure the field is."`
	Reason     string   `json:"reason" doc:"Why it is taken for that, in the language of Accept-Language."`
}

func (s *service) previewImport(ctx context.Context, in *upload) (*output[previewJSON], error) {
	name, from, err := in.file()
	if err != nil {
		return nil, err
	}
	file, err := imports.Aside(name, from)
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Path)
	mapping, err := in.mapping(s.Importer, file)
	if err != nil {
		return nil, err
	}
	plan := imports.Plan{Mapping: mapping, Basis: in.Basis, Overwrite: in.Overwrite, Limit: in.Limit}
	p, err := s.Importer.Preview(ctx, file, plan, func(imports.Progress) {})
	if err != nil {
		return nil, err
	}
	return answer(previewJSON{
		Sheet: p.Sheet, HeaderRow: p.HeaderRow, Sheets: append([]sheet.Tab{}, p.Tabs...),
		Rows: p.Counts.Rows, New: p.Counts.New, Updated: p.Counts.Updated, Merged: p.Counts.Merged, Same: p.Counts.Same,
		RefusedN: p.Counts.Refused, Refused: showRefusals(ctx, p.Refused),
		Unowned: p.Counts.Unowned, Strangers: p.Strangers, Partial: p.Partial,
		Columns: each(p.Columns, func(c imports.PreviewColumn) previewColumnJSON {
			why := i18n.T(speech(ctx), c.Reason.Key(), fault.Args{"by": c.By})
			return previewColumnJSON{showColumn(c.Column), c.Samples, c.Confidence, why}
		}),
	}), nil
}
