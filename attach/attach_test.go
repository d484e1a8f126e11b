package attach_test

import (
	"testing"

	"kizashi/attach"
)

// A declaration that leaves something open, or comes twice, ends the program before it does harm.
func TestDeclareRefuses(t *testing.T) {
	whole := attach.Table{Name: "task", Merge: attach.Follow, Unmade: attach.Drop, Erased: attach.Drop}
	for name, tables := range map[string][]attach.Table{
		"no name":    {{Merge: attach.Follow, Unmade: attach.Drop, Erased: attach.Drop}},
		"no merge":   {{Name: "task", Unmade: attach.Drop, Erased: attach.Drop}},
		"no fate":    {{Name: "task", Merge: attach.Follow, Erased: attach.Drop}},
		"no erasure": {{Name: "task", Merge: attach.Follow, Unmade: attach.Drop}}, "twice": {whole, whole},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it is taken")
				}
			}()
			attach.For("lead").Declare(tables...)
		})
	}
	r := attach.For("lead")
	r.Declare(whole)
	if got := r.Tables(); len(got) != 1 || got[0].Column != "lead" {
		t.Errorf("%+v", got)
	}
}
