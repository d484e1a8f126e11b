package api

import (
	"context"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"kizashi/company"
	"kizashi/db"
	"kizashi/i18n"
	"kizashi/imports"
	"kizashi/lead"
	"kizashi/sheet"
)

// fieldJSON is what a column can mean.
type fieldJSON struct {
	Key  string `json:"key"`
	Name string `json:"name" doc:"In the language of Accept-Language."`
}

func (s *service) importFields(ctx context.Context, _ *struct{}) (*output[list[fieldJSON]], error) {
	return answer(list[fieldJSON]{Items: each(sheet.Fields(), func(f sheet.Field) fieldJSON {
		return fieldJSON{string(f), i18n.T(speech(ctx), f.Label(), nil)}
	})}), nil
}

// tallyJSON is a group of leads.
type tallyJSON struct {
	Key   string `json:"key"`
	Name  string `json:"name" doc:"In the language of Accept-Language; empty: unknown."`
	Leads int    `json:"leads"`
}

// holdsJSON is what the people of an import are.
type holdsJSON struct {
	Leads      int         `json:"leads"`
	Mailable   int         `json:"mailable" doc:"They have a mail address."`
	Ranks      []tallyJSON `json:"ranks" doc:"By rank of the title, the highest first; key 8 representative … 0 none."`
	Sizes      []sizeJSON  `json:"sizes" doc:"By size of the company, unknown last."`
	Industries []tallyJSON `json:"industries" doc:"By section of JSIC, the most frequent first, unknown last."`
	Duplicates int         `json:"duplicates" doc:"Open suggestions that one of them is another lead, too."`
}

type sizeJSON struct {
	From  int `json:"from" doc:"Employees; 0: unknown."`
	To    int `json:"to" doc:"0: no upper bound."`
	Leads int `json:"leads"`
}

func (s *service) holds(ctx context.Context, in *One) (*output[holdsJSON], error) {
	var h imports.Held
	err := s.read(ctx, func(tx *db.Tx) error {
		if _, err := imports.Find(ctx, tx, in.ID.ID); err != nil {
			return err
		}
		var err error
		h, err = imports.Holds(ctx, tx, in.ID.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	lang := speech(ctx)
	return answer(holdsJSON{
		Leads: h.Leads, Mailable: h.Mailable, Duplicates: h.Duplicates,
		Ranks: each(h.Ranks, func(r imports.RankHeld) tallyJSON {
			return tallyJSON{strconv.Itoa(r.Rank), i18n.T(lang, lead.RankKey(r.Rank), nil), r.Leads}
		}),
		Sizes: each(h.Sizes, func(z imports.SizeHeld) sizeJSON { return sizeJSON{z.Band.From, z.Band.To, z.Leads} }),
		Industries: each(h.Industries, func(i imports.Industry) tallyJSON {
			return tallyJSON{string(i.Industry), industryName(lang, i.Industry), i.Leads}
		}),
	}), nil
}

func industryName(lang i18n.Lang, i company.Industry) string {
	if i.Key() == "" {
		return ""
	}
	return i18n.T(lang, i.Key(), nil)
}

func (s *service) refusedFile(ctx context.Context, in *One) (*huma.StreamResponse, error) {
	var found imports.Import
	err := s.read(ctx, func(tx *db.Tx) (err error) {
		found, err = imports.Find(ctx, tx, in.ID.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	lang := speech(ctx)
	titles := [3]string{i18n.T(lang, "imports.refused_row", nil), i18n.T(lang, "imports.refused_column", nil), i18n.T(lang, "imports.refused_reason", nil)}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		h.SetStatus(http.StatusOK)
		h.SetHeader("Content-Type", "text/csv; charset=utf-8")
		h.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "refused-" + found.ID.String() + ".csv"}))
		// Once the file has begun, its end can only be cut off: the asker sees that it is not whole.
		_ = s.Importer.WriteRefused(ctx, h.BodyWriter(), found.ID, titles, func(r imports.Refusal) string {
			return i18n.T(lang, r.Reason, r.Args)
		})
	}}, nil
}
