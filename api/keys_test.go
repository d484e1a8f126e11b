package api

import (
	"net/http"
	"testing"

	"kizashi/act"
	"kizashi/member"
	"kizashi/takeback"
)

// A key's events are counted and taken back by API; the invented person is gone.
func TestTakeBackByAPI(t *testing.T) {
	engines(t, func(b *bed) {
		b.send(act.Track, http.MethodPost, "/events", `{"events":[{"kind":"quote_requested","email":"nobody@bogus.example"}]}`).want(http.StatusOK)
		var keys struct {
			Items []struct{ ID, Role string }
		}
		b.send(act.Admin, http.MethodGet, "/keys", nil).want(http.StatusOK).into(&keys)
		path := ""
		for _, k := range keys.Items {
			if k.Role == string(act.Track) {
				path = "/keys/" + k.ID + "/take-back"
			}
		}
		if len(keys.Items) != len(member.KeyRoles) || path == "" {
			b.Fatalf("%+v", keys)
		}
		r := b.send(act.Admin, http.MethodPost, path+"/preview", `{}`).want(http.StatusOK)
		if r.at("events") != 1.0 || r.at("gone") != 1.0 {
			b.Errorf("%s", r.body)
		}
		b.send(act.Admin, http.MethodPost, path, `{"from":"2030-01-02T00:00:00Z","until":"2030-01-01T00:00:00Z"}`).
			problem(http.StatusUnprocessableEntity, "takeback.range")
		r = b.send(act.Admin, http.MethodPost, path, `{}`).want(http.StatusAccepted)
		number := r.text("id")
		if r.text("state") != string(takeback.Running) || r.at("job", "state") != "ready" {
			b.Errorf("%s", r.body)
		}
		b.send(act.Admin, http.MethodPost, "/take-backs/"+number+"/stop", nil).want(http.StatusOK)
		b.send(act.Admin, http.MethodPost, "/take-backs/"+number+"/stop", nil).problem(http.StatusConflict, "takeback.ended")
		r = b.send(act.Admin, http.MethodGet, path, nil).want(http.StatusOK)
		if r.at("items").([]any)[0].(map[string]any)["state"] != string(takeback.Stopped) {
			b.Errorf("%s", r.body)
		}
	})
}
