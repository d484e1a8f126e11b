package company

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Place says where the legal form stands in a name: 前株 or 後株.
type Place uint8

// The places. A name with two forms has that of the first.
const (
	None   Place = iota // no legal form
	Before              // 株式会社山田製作所 (前株)
	After               // 山田製作所株式会社 (後株)
	Middle              // 山田製作所株式会社大阪支店
)

// forms are the legal forms of Japan as the register (商業登記) and the laws on
// incorporated bodies name them. Compounds come before their parts by length.
var forms = []string{
	"株式会社", "特例有限会社", "有限会社", "合同会社", "合資会社", "合名会社", "相互会社",
	"一般社団法人", "公益社団法人", "一般財団法人", "公益財団法人", "社団法人", "財団法人",
	"医療法人社団", "医療法人財団", "社会医療法人", "特定医療法人", "医療法人",
	"学校法人", "準学校法人", "社会福祉法人", "宗教法人", "更生保護法人", "職業訓練法人",
	"独立行政法人", "地方独立行政法人", "国立研究開発法人", "国立大学法人", "公立大学法人", "大学共同利用機関法人",
	"特定非営利活動法人", "認定特定非営利活動法人", "NPO法人", "認定NPO法人",
	"有限責任監査法人", "監査法人", "税理士法人", "弁護士法人", "司法書士法人", "行政書士法人", "社会保険労務士法人", "特許業務法人", "弁理士法人",
	"農事組合法人", "管理組合法人", "企業組合", "協業組合", "有限責任事業組合", "投資事業有限責任組合",
	"カブシキガイシャ", "カブシキカイシャ", "ユウゲンガイシャ", "ゴウドウガイシャ",
	"かぶしきがいしゃ", "かぶしきかいしゃ", "ゆうげんがいしゃ", "ごうどうがいしゃ",
}

// short are the bracketed short forms. (合) may be one of three forms: it has no long one.
var short = map[string]string{
	"(株)": "株式会社", "(有)": "有限会社", "(同)": "合同会社", "(資)": "合資会社", "(名)": "合名会社", "(合)": "",
	"(社)": "社団法人", "(財)": "財団法人", "(一社)": "一般社団法人", "(公社)": "公益社団法人", "(一財)": "一般財団法人", "(公財)": "公益財団法人",
	"(医)": "医療法人", "(学)": "学校法人", "(福)": "社会福祉法人", "(独)": "独立行政法人", "(宗)": "宗教法人",
	"(特非)": "特定非営利活動法人", "(NPO)": "NPO法人",
	"(カ)": "", "(ユ)": "", "(ド)": "", // as banks write them
}

// legalForms takes the forms out of a folded name.
var legalForms = stripper()

func stripper() *strings.Replacer {
	all := slices.Clone(forms)
	for s := range short {
		all = append(all, s)
	}
	// Longest first: at one place the replacer takes the first in its list.
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	pairs := make([]string, 0, 2*len(all))
	for _, form := range all {
		pairs = append(pairs, fold(form), " ")
	}
	return strings.NewReplacer(pairs...)
}

// anywhere are English forms that are left out wherever they stand as a word; atEnd are
// those that are common words or parts of names elsewhere.
var (
	anywhere = set("inc incorporated corp corporation ltd limited llc llp kk gmbh plc coltd kabushiki kaisha gaisha kabushikigaisha kabushikikaisha yugengaisha godokaisha")
	atEnd    = set("co company gk yk lp ag sa nv bv ab oy as spa srl sarl pte pty cokg holdingsinc")
)

// branches are places of business at the end of a name, longest first. Not among them:
// 本店 and 工場, which are part of the name of many companies.
var branches = []string{"営業所", "事業所", "出張所", "支店", "支社", "本社"}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// LegalForm finds the legal form in a name, in full (㈱ is 株式会社), and where it
// stands; "" and None where the name has none that is Japanese.
func LegalForm(name string) (form string, place Place) {
	name = strings.TrimSpace(fullForms.Replace(plainBrackets.Replace(name)))
	at := -1
	for _, f := range forms {
		i := strings.Index(name, f)
		if i < 0 || at >= 0 && (i > at || i == at && len(f) <= len(form)) {
			continue
		}
		at, form = i, f
	}
	if contained := at > 0; contained {
		form, at = widen(name, form, at)
	}
	switch {
	case at < 0:
		return "", None
	case at == 0:
		return form, Before
	case at+len(form) == len(name):
		return form, After
	}
	return form, Middle
}

// widen takes the longer form that the one found is the end of: 公益社団法人 for 社団法人.
func widen(name, form string, at int) (string, int) {
	for _, f := range forms {
		start := at + len(form) - len(f)
		if len(f) > len(form) && strings.HasSuffix(f, form) && start >= 0 && name[start:at+len(form)] == f {
			form, at = f, start
		}
	}
	return form, at
}

var (
	plainBrackets = strings.NewReplacer("（", "(", "）", ")", "㈱", "(株)", "㈲", "(有)", "㈳", "(社)", "㈶", "(財)", "㈻", "(学)", "㈴", "(名)", "㈾", "(資)", "㍿", "株式会社")
	fullForms     = longForms()
)

func longForms() *strings.Replacer {
	var pairs []string
	for s, long := range short {
		if long != "" {
			pairs = append(pairs, s, long)
		}
	}
	return strings.NewReplacer(pairs...)
}

// Display is the name as mails and labels must write it: the spelling is kept, but the
// legal form is never abbreviated (㈱ and (株) become 株式会社: the short form is rude in an
// address) and white space is single.
func Display(name string) string {
	long := fullForms.Replace(plainBrackets.Replace(name))
	if long == plainBrackets.Replace(name) && !strings.Contains(name, "㍿") {
		long = name // no short form: brackets stay as they were written
	}
	return norm.NFC.String(strings.Join(strings.Fields(long), " "))
}
