package api

import (
	"net/http"
	"testing"
)

func TestMakeReadChangeDeleteRestore(t *testing.T) {
	engines(t, func(b *bed) {
		b.post("/leads", map[string]any{"email": "t@kizashi.example", "phone": "内線123"}).problem(http.StatusUnprocessableEntity, "lead.bad_phone", "phone")
		made := b.post("/leads", map[string]any{
			"email": "Taro@Kizashi.example", "name": "山田 太郎", "company": map[string]any{"name": "株式会社兆し"},
			"title": "営業部長", "favourite": "茶", "age": 42, "tags": []string{"展示会"},
		}).want(http.StatusCreated)
		who := made.text("id")
		if made.text("action") != "new" || made.text("email") != "taro@kizashi.example" || made.text("company", "name") != "株式会社兆し" {
			b.Errorf("%s", made.body)
		}
		if made.text("properties", "favourite") != "茶" || made.text("properties", "age") != "42" {
			b.Errorf("unknown fields are lost: %s", made.body)
		}
		b.post("/leads", map[string]any{"email": "taro@kizashi.example", "department": "営業部"}).want(http.StatusOK)
		read := b.get("/leads/" + who).want(http.StatusOK)
		if read.text("department") != "営業部" || read.text("name") != "山田 太郎" || read.text("temperature") != "cold" {
			b.Errorf("%s", read.body)
		}
		for _, sort := range []string{"created_at", "-created_at", "-engagement", "name", "-priority"} {
			if n := len(b.get("/leads?sort=" + sort).want(http.StatusOK).items()); n != 1 {
				b.Errorf("by %s: %d", sort, n)
			}
		}
		seen := read.text("updated_at")
		changed := b.send("admin", http.MethodPatch, "/leads/"+who, map[string]any{"seen": seen, "title": nil, "name": "山田 次郎"}).want(http.StatusOK)
		if changed.text("title") != "" || changed.text("name") != "山田 次郎" || changed.text("department") != "営業部" {
			b.Errorf("%s", changed.body)
		}
		b.send("admin", http.MethodDelete, "/leads/"+who, nil).want(http.StatusNoContent)
		b.get("/leads/"+who).problem(http.StatusNotFound, "lead.not_found")
		if n := len(b.get("/leads").items()); n != 0 {
			b.Errorf("a deleted lead is listed: %d", n)
		}
		b.post("/leads/"+who+"/restore", nil).want(http.StatusOK)
		if n := len(b.get("/leads").items()); n != 1 {
			b.Errorf("a restored lead is not listed: %d", n)
		}
	})
}
