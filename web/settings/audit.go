package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"kizashi/act"
	"kizashi/db"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/member"
	"kizashi/page"
	file "kizashi/sheet"
)

// audit is who did what, when.
type audit struct {
	menu
	Who      string
	Command  string
	From     string // "2026-11-24"
	Until    string
	People   []member.Account
	Commands []string
	Entries  []entry
	Next     id.ID // where the next page goes on; 0 on the last one
}

// entry is a row of the log in words.
type entry struct {
	act.Entry
	Words string
	Link  string // to what it is about; "" if there is no page for it
	Parts []string
}

const auditPage = page.Of[audit]("settings/audit.html")

const (
	shownEntries  = 50
	exportEntries = 1000 // a page of the export
)

// commands are those that people look for, in the order of the list to choose from.
var commands = []string{
	"setting.set", "setting.revert", "setting.set_sso_secret", "setting.set_own_capacity", "member.invite", "member.accept", "member.add_user", "member.change_user",
	"member.disable_user", "member.enable_user", "member.revoke_invitation", "member.add_team", "member.rename_team", "member.remove_team",
	"member.join_team", "member.add_key", "member.revoke_key", "member.set_password", "member.set_totp", "member.drop_totp",
	"member.add_passkey", "member.remove_passkey", "member.sign_in", "member.sign_out", "lead.create", "lead.change", "lead.delete", "lead.restore", "lead.disclose", "lead.erase",
	"lead.merge", "lead.unmerge", "lead.export", "lead.tag", "company.change", "company.merge", "imports.start", "imports.undo",
	"bulk.start", "bulk.undo", "segment.save", "segment.delete", "model.publish", "consent.record", "stage.move", "stage.accept", "stage.return",
	"task.log", "task.add", "task.done", "job.cancel", "job.retry",
}

func readAudit(r *page.Request) (v audit, q act.EntryQuery, err error) {
	query := r.URL.Query()
	v = audit{menu: menu{"audit"}, Who: query.Get("who"), Command: query.Get("command"), From: query.Get("from"),
		Until: query.Get("until"), Commands: commands}
	q = act.EntryQuery{Command: v.Command, From: dayOf(r, v.From, 0), Until: dayOf(r, v.Until, 1)}
	q.Who, _ = id.Parse(v.Who)                 // what is no id asks for everybody
	q.Before, _ = id.Parse(query.Get("after")) // and for the first page
	err = r.Read(func(ctx context.Context, tx *db.Tx) (err error) {
		v.People, err = member.Accounts(ctx, tx)
		return err
	})
	return v, q, err
}

// dayOf is the beginning of a day or of one some days later, ms UTC; 0 for what is no day.
func dayOf(r *page.Request, text string, later int) int64 {
	t, err := time.ParseInLocation(time.DateOnly, text, r.Zone())
	if err != nil {
		return 0
	}
	return t.AddDate(0, 0, later).UnixMilli()
}

func showAudit(r *page.Request) error {
	v, q, err := readAudit(r)
	if err != nil {
		return err
	}
	q.Limit = shownEntries + 1
	entries, err := find(r.Context(), r, q)
	if err != nil {
		return err
	}
	if len(entries) > shownEntries {
		entries = entries[:shownEntries]
		v.Next = entries[shownEntries-1].ID
	}
	for _, e := range entries {
		v.Entries = append(v.Entries, describe(r.Lang, e))
	}
	return auditPage.Show(r, v)
}

func find(ctx context.Context, r *page.Request, q act.EntryQuery) (entries []act.Entry, err error) {
	err = r.ReadBy(ctx, nil, func(ctx context.Context, tx *db.Tx) (err error) {
		entries, err = act.Entries(ctx, tx, q)
		return err
	})
	return entries, err
}

// describe is an entry in words; that of a setting names it and leads to its section.
func describe(lang i18n.Lang, e act.Entry) entry {
	row := entry{e, say(lang, e.Command), link(e), parts(e.Detail)}
	var of struct{ Name string }
	if !strings.HasPrefix(e.Command, "setting.") || json.Unmarshal([]byte(e.Detail), &of) != nil {
		return row
	}
	if key := "settings.value." + of.Name; i18n.Has(key) {
		row.Words += ": " + i18n.T(lang, key, nil)
	}
	if form, ok := forms[of.Name]; ok {
		row.Link = "/settings/" + form.Page
	}
	return row
}

// Export is the address of the same entries as a file.
func (a audit) Export(f *page.Frame) string {
	_, query, _ := strings.Cut(f.With(), "?")
	return "/settings/audit.csv?" + query
}

// say is a command in words, or its name where it has none.
func say(lang i18n.Lang, command string) string {
	if key := "settings.command." + command; i18n.Has(key) {
		return i18n.T(lang, key, nil)
	}
	return command
}

// pages are where the targets of commands are shown, by the noun.
var pages = map[string]string{
	"lead": "/leads/", "stage": "/leads/", "task": "/leads/", "consent": "/leads/", "company": "/companies/", "segment": "/segments/",
	"imports": "/imports/",
}

func link(e act.Entry) string {
	noun, _, _ := strings.Cut(e.Command, ".")
	switch {
	case e.Target == 0:
		return ""
	case strings.HasSuffix(e.Command, "_user"):
		return "/settings/people/" + e.Target.String()
	case pages[noun] == "":
		return ""
	}
	return pages[noun] + e.Target.String()
}

// parts are the fields of a command that say something, "role: admin".
func parts(detail string) (list []string) {
	var fields map[string]any
	if json.Unmarshal([]byte(detail), &fields) != nil {
		return nil
	}
	for name, value := range fields {
		if text := plain(value); text != "" {
			list = append(list, name+": "+text)
		}
	}
	slices.Sort(list)
	return list
}

// plain is a value for people; what is empty says nothing.
func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool, float64:
		return fmt.Sprint(v)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}

// exportAudit writes the entries asked for as CSV, page by page.
func exportAudit(r *page.Request) error {
	_, q, err := readAudit(r)
	if err != nil {
		return err
	}
	name := "audit-" + time.UnixMilli(r.Now).In(r.Zone()).Format("20060102-1504") + ".csv"
	r.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	r.W.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if err := writeAudit(r, q); err != nil {
		slog.Error("export of the audit log", "error", err) // the answer has begun: it breaks off, so that nobody takes it for whole
		panic(http.ErrAbortHandler)
	}
	return nil
}

func writeAudit(r *page.Request, q act.EntryQuery) error {
	var header []string
	for _, name := range []string{"at", "who", "role", "what", "target", "detail"} {
		header = append(header, i18n.T(r.Lang, "settings.audit."+name, nil))
	}
	out, err := file.NewWriter(r.Paced(), file.CSV, header)
	if err != nil {
		return err
	}
	ctx, end := context.WithTimeout(r.Context(), page.ExportTime)
	defer end()
	q.Before, q.Limit = 0, exportEntries
	for {
		entries, err := find(ctx, r, q)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := out.Row(cells(r, e)); err != nil {
				return err
			}
		}
		if len(entries) < exportEntries {
			return out.Close()
		}
		q.Before = entries[len(entries)-1].ID
	}
}

func cells(r *page.Request, e act.Entry) []string {
	target := ""
	if e.Target != 0 {
		target = e.Target.String()
	}
	return []string{time.UnixMilli(e.At).In(r.Zone()).Format(time.DateTime), e.WhoName, string(e.Role), say(r.Lang, e.Command), target, e.Detail}
}
