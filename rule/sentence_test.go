package rule

import (
	"strings"
	"testing"

	"kizashi/i18n"
)

// checkSentence finds words that are missing: a key or a placeholder that stayed.
func checkSentence(t interface{ Fatalf(string, ...any) }, r *Rule) {
	for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
		s := r.Sentence(lang)
		for _, stain := range []string{"rule.", "{", "}"} {
			if s == "" || strings.Contains(s, stain) {
				t.Fatalf("%s in %s: %q", r.Source(), lang, s)
			}
		}
	}
}

// P21: both departments can read a rule.
func TestSentence(t *testing.T) {
	for _, test := range []struct{ src, ja, en string }{
		{
			`lead.fit in ["A","B"] && count("price_view", days(14)) >= 2 && !did("inquiry_sent", days(30))`,
			"適合がAまたはBで、14日以内に「価格ページ」が2回以上あり、30日以内に「問い合わせ」がない",
			"fit is A or B and at least 2× “price page” in the last 14 days and “inquiry” did not happen in the last 30 days",
		},
		{
			`lead.temperature == "hot" || silent(weeks(1))`,
			"温度が今すぐ客であるか、1週間以上何の行動もない",
			"temperature is hot or nothing happened in the last 1 week",
		},
		{
			`(lead.rank >= 4 || lead.engagement > 70) && followed("document_requested", "inquiry_sent", days(30), days(14))`,
			"(役職ランクが4以上であるか、関心度が70より大きいか)のいずれかで、14日以内に「資料請求」から30日以内の「問い合わせ」がある",
			"(title rank is 4 or more or engagement is above 70) and “inquiry” happened within 30 days of an earlier “document request” in the last 14 days",
		},
		{
			`!(lead.customer && past(lead.planned_at)) && !("vip" in lead.tags) && known(company.industry)`,
			"(「既存顧客」に該当し、導入予定日を過ぎている)ということではなく、タグ「vip」が付いておらず、業種が分かっている",
			"not (“customer” is yes and planned date has passed) and not tagged “vip” and industry is known",
		},
		{
			`count("price_view") < 1 && lead.email.endsWith(".jp") && !lead.email.contains("info") && true`,
			"これまでに「価格ページ」がなく、メールが「.jp」で終わり、メールが「info」を含まず、全員が対象である",
			"“price page” did not happen so far and email ends with “.jp” and email does not contain “info” and everyone matches",
		},
	} {
		r := mustParse(t, test.src)
		if got := r.Sentence(i18n.Japanese); got != test.ja {
			t.Errorf("%s\n got %s\nwant %s", test.src, got, test.ja)
		}
		if got := r.Sentence(i18n.English); got != test.en {
			t.Errorf("%s\n got %s\nwant %s", test.src, got, test.en)
		}
	}
}
