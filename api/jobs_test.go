package api

import (
	"net/http"
	"testing"

	"kizashi/act"
	"kizashi/db"
	"kizashi/job"
	"kizashi/setting"
)

// Work that has stopped is tried again by who may, and only then.
func TestRetryJob(t *testing.T) { // S18
	engines(t, func(b *bed) {
		var stopped string
		b.write(func(tx *db.Tx) error {
			number, err := job.Add(t.Context(), tx, job.Spec{Kind: "nobody does this"})
			if err != nil {
				return err
			}
			stopped = "/jobs/" + number.String()
			_, err = tx.Exec(t.Context(), `UPDATE job SET state = 'failed' WHERE id = $1`, number)
			return err
		})
		if got := b.get(stopped).want(http.StatusOK).text("state"); got != "failed" {
			b.Fatal(got)
		}
		b.send(act.Inside, http.MethodPost, stopped+"/retry", nil).want(http.StatusForbidden)
		if got := b.send(act.Marketing, http.MethodPost, stopped+"/retry", nil).want(http.StatusOK).text("state"); got != "ready" {
			b.Error(got)
		}
		b.send(act.Marketing, http.MethodPost, stopped+"/retry", nil).want(http.StatusConflict)
		b.post("/jobs/"+nobody+"/retry", nil).want(http.StatusNotFound)
	})
}

// Who comes by the API is asked for in the lists of domains.
func TestListedDomainsByAPI(t *testing.T) { // P19
	engines(t, func(b *bed) {
		for name, list := range map[string]string{"own_domains": `["aozora.example"]`, "competitors": `["kuro.example"]`} {
			if err := b.door.Run(t.Context(), act.Product, &setting.Set{Setting: name, Value: []byte(list)}); err != nil {
				t.Fatal(err)
			}
		}
		for mail, want := range map[string]string{"a@aozora.example": "own", "b@kuro.example": "competitor", "c@acme.example": ""} {
			who := b.newLead(map[string]any{"email": mail})
			if got := b.get("/leads/" + who).text("excluded"); got != want {
				b.Errorf("%s: %q, want %q", mail, got, want)
			}
		}
	})
}
