package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// Writers says which package writes each table: the noun that keeps it. Others ask that noun.
var Writers = map[string]string{
	"account": "member", "account_identity": "member", "api_key": "member", "throttle": "member", "totp": "member",
	"invitation": "member", "passkey": "member", "recovery_code": "member", "session": "member", "team": "member",
	"ticket": "member", "preference": "member",
	"setting": "setting", "audit": "act", "job": "job",
	"company": "company", "company_domain": "company", "company_merge": "company", "company_search": "company",
	"heat_mark": "fold", "target_industry": "company",
	"lead": "lead", "lead_phone": "lead", "lead_claim": "lead", "lead_merge": "lead", "lead_search": "lead",
	"identity": "lead", "duplicate": "lead", "suppression": "lead",
	"event": "event", "event_aside": "event", "event_rest": "event", "seen_message": "event", "kind": "event",
	"consent": "consent",
	"model":   "score", "segment": "segment", "segment_member": "segment", "lead_view": "segment",
	"stage_change": "stage", "handover": "stage", "hearing": "stage",
	"task": "task", "activity": "task", "notice": "task", "lead_work": "task",
	"lead_state": "fold", "lead_checkpoint": "fold", "reaction": "fold",
	"bulk": "bulk", "bulk_lead": "bulk",
	"contact_import": "imports", "import_draft": "imports", "import_row": "imports", "import_company": "imports",
	"import_refusal": "imports",
	"takeback":       "takeback", "takeback_lead": "takeback",
}

// guests are the packages that write the tables of another noun all the same, each for a reason. Package attach,
// which goes by what nouns declare, names no table.
var guests = map[string]string{
	"lead event":   "to join, merge and split people is to move what they did, and the log stands above them",
	"lead consent": "what was refused while two were one holds for both, and the ledger stands above them",
}

var writes = regexp.MustCompile(`(?:INSERT INTO|DELETE FROM|UPDATE) ([a-z_]+)`)

var creates = regexp.MustCompile(`CREATE (?:VIRTUAL )?TABLE ([a-z_]+)`)

// foreignWrites finds statements that write the table of another noun, and tables that nobody keeps.
func foreignWrites(h *House) (breaches []string) {
	for _, t := range h.Texts {
		if !strings.HasPrefix(t.Path, "db/schema/") {
			continue
		}
		for _, made := range creates.FindAllStringSubmatch(t.Body, -1) {
			if Writers[made[1]] == "" {
				breaches = append(breaches, t.Path+": nobody keeps "+made[1]+"; name its package in arch/writers.go")
			}
		}
	}
	for _, f := range h.Go {
		if product(f) {
			breaches = append(breaches, foreignWritesOf(f)...)
		}
	}
	return breaches
}

func foreignWritesOf(f GoFile) (breaches []string) {
	ast.Inspect(f.Tree, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		text, _ := strconv.Unquote(literal.Value)
		for _, write := range writes.FindAllStringSubmatch(text, -1) {
			keeper := Writers[write[1]]
			if keeper != "" && keeper != f.Folder && guests[f.Folder+" "+write[1]] == "" {
				breaches = append(breaches, f.at(literal.Pos())+" writes "+write[1]+", which package "+keeper+" keeps: ask it")
			}
		}
		return true
	})
	return breaches
}
