package arch

import (
	"slices"
	"testing"
	"testing/fstest"
)

func TestStatementsAreFollowed(t *testing.T) {
	for body, want := range map[string][]string{
		"const cols = `a, b`\nfunc f() { tx.Row(ctx, `SELECT ` + cols + ` FROM t`) }":                              {"SELECT a, b FROM t"},
		"func f() { q := `A`\nif x { q = `B` }\ntx.Exec(ctx, q) }":                                                 {"A", "B"},
		"func f() { q := `A`\nq = `B`\ntx.Exec(ctx, q) }":                                                          {"B"},
		"func f() { q := `A`\nq += more()\ntx.Exec(ctx, q) }":                                                      nil,
		"func f() { for _, q := range []string{`A`, `B`} { tx.Exec(ctx, q, 1) } }":                                 {"A", "B"},
		"func f() { read(ctx, `x`) }\nfunc read(c C, rest string) { tx.Each(ctx, `A ` + rest) }":                   {"A x"},
		"func f() { in, arg := tx.In(`$1`, ids)\ntx.Many(ctx, `A WHERE id` + in, arg) }":                           {"A WHERE id{postgres: = ANY($1::bigint[])}{sqlite: IN (SELECT value FROM json_each($1))}"},
		"func f() { q, arg := pick()\ntx.Query(ctx, q, arg) }\nfunc pick() (string, int) { return `A`, 1 }":        {"A"},
		"func f() { tx.Exec(ctx, fmt.Sprintf(`A %d`, 1)) }":                                                        nil,
		"func f() { read(ctx, `x`)\nread(ctx, any()) }\nfunc read(c C, rest string) { tx.Each(ctx, `A ` + rest) }": {"A x", ""},
	} {
		h, err := Read(fstest.MapFS{"lead/lead.go": {Data: []byte(doc + body)}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range Statements(h) {
			got = append(got, s.Texts...)
			if len(s.Texts) == 0 && len(want) > 0 {
				got = append(got, "")
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot %q, want %q", body, got, want)
		}
	}
}

func TestAConstantOfAnotherPackageIsFollowed(t *testing.T) {
	h, err := Read(fstest.MapFS{
		"fold/fold.go":   {Data: []byte("package fold\nconst Columns = `a` + `, b`")},
		"report/list.go": {Data: []byte("package report\nimport \"kizashi/fold\"\nfunc f() { tx.Row(ctx, `SELECT ` + fold.Columns) }")},
	})
	if err != nil {
		t.Fatal(err)
	}
	all := Statements(h)
	if len(all) != 1 || all[0].Place != "report/list.go:3" || !slices.Equal(all[0].Texts, []string{"SELECT a, b"}) {
		t.Errorf("%q", all)
	}
}
