package score

import (
	"sync"

	"kizashi/rule"
)

// Ordinals of the fields that the fold fills in itself; all others come from the lead's row.
var (
	fieldTemperature = mustIndex("lead.temperature")
	fieldFit         = mustIndex("lead.fit")
	fieldStage       = mustIndex("lead.stage")
	fieldStageAt     = mustIndex("lead.stage_at")
	fieldLastAt      = mustIndex("lead.last_at")
	fieldExcluded    = mustIndex("lead.excluded")
	fieldTitle       = mustIndex("lead.title")
	fieldWakeAt      = mustIndex("lead.wake_at")
	fieldFlood       = mustIndex("lead.flood")
)

func mustIndex(name string) int {
	i := Schema().Index(name)
	if i < 0 {
		panic("score: no field " + name)
	}
	return i
}

// Schema is everything that rules about leads may ask. l is the lead, s its state, c its company.
var Schema = sync.OnceValue(func() *rule.Schema { return rule.NewSchema(fields).WithKinds(kindLabels) })

// EventSchema is what scoring rules may ask besides: properties of the event that is scored.
var EventSchema = sync.OnceValue(func() *rule.Schema { return Schema().WithEvent().WithProperties(properties) })

var fields = []rule.Field{
	{Name: "lead.temperature", Type: rule.Text, Column: "s.temperature", Values: []string{"hot", "warm", "cold"}, JA: "温度", EN: "temperature",
		Labels: map[string]rule.Label{"hot": {JA: "今すぐ客", EN: "hot"}, "warm": {JA: "そのうち客", EN: "warm"}, "cold": {JA: "コールド", EN: "cold"}}},
	{Name: "lead.fit", Type: rule.Text, Column: "s.fit", Values: []string{"A", "B", "C", "D"}, JA: "適合", EN: "fit"},
	{Name: "lead.stage", Type: rule.Text, Column: "s.stage", Values: []string{"lead", "mql", "tql", "sal", "sql", "won", "lost", "recycled", "disqualified"}, JA: "ステージ", EN: "stage",
		Labels: map[string]rule.Label{"lead": {JA: "リード", EN: "lead"}, "mql": {JA: "MQL", EN: "MQL"}, "tql": {JA: "TQL", EN: "TQL"}, "sal": {JA: "SAL", EN: "SAL"}, "sql": {JA: "SQL", EN: "SQL"},
			"won": {JA: "受注", EN: "won"}, "lost": {JA: "失注", EN: "lost"}, "recycled": {JA: "再育成", EN: "recycled"}, "disqualified": {JA: "対象外", EN: "disqualified"}}},
	{Name: "lead.engagement", Type: rule.Points, Column: "s.cools_at", JA: "エンゲージメント", EN: "engagement"},
	{Name: "lead.stage_at", Type: rule.Time, Column: "s.stage_at", JA: "ステージ変更日", EN: "stage changed"},
	{Name: "lead.last_at", Type: rule.Time, Column: "s.last_at", JA: "最後の接点", EN: "last touch"},
	{Name: "lead.created_at", Type: rule.Time, Column: "l.created_at", JA: "登録日", EN: "created"},
	{Name: "lead.wake_at", Type: rule.Time, Column: "l.wake_at", JA: "再開予定日", EN: "wake-up date"},
	{Name: "lead.name", Type: rule.Text, Column: "l.name", JA: "氏名", EN: "name"},
	{Name: "lead.email", Type: rule.Text, Column: "l.email", JA: "メール", EN: "mail"},
	{Name: "lead.phone", Type: rule.Text, Column: "l.phone", JA: "電話", EN: "phone"},
	{Name: "lead.department", Type: rule.Text, Column: "l.department", JA: "部署", EN: "department"},
	{Name: "lead.title", Type: rule.Text, Column: "l.title", JA: "役職", EN: "title"},
	{Name: "lead.rank", Type: rule.Int, Column: "l.rank", JA: "役職ランク", EN: "title rank", Labels: titleRanks()},
	{Name: "lead.prefecture", Type: rule.Text, Column: "l.prefecture", JA: "都道府県", EN: "prefecture"},
	{Name: "lead.source", Type: rule.Text, Column: "l.source", JA: "獲得経路", EN: "source"},
	{Name: "lead.status", Type: rule.Text, Column: "l.status", Values: []string{"untouched", "trying", "talked", "meeting_set", "done", "on_hold"}, JA: "対応状況", EN: "work status",
		Labels: map[string]rule.Label{"untouched": {JA: "未着手", EN: "untouched"}, "trying": {JA: "架電中", EN: "trying"}, "talked": {JA: "接触済", EN: "talked"}, "meeting_set": {JA: "面談設定", EN: "meeting set"}, "done": {JA: "対応完了", EN: "done"}, "on_hold": {JA: "保留", EN: "on hold"}}},
	{Name: "lead.excluded", Type: rule.Text, Column: "l.excluded", JA: "除外理由", EN: "exclusion", Labels: exclusions()},
	{Name: "lead.tags", Type: rule.Tags, Column: "l.tags", JA: "タグ", EN: "tags"},
	{Name: "lead.owned", Type: rule.Bool, Column: "(CASE WHEN l.owner <> 0 THEN 1 ELSE 0 END)", JA: "担当者あり", EN: "has an owner",
		Yes: rule.Label{JA: "担当者がいる", EN: "somebody owns the lead"}, No: rule.Label{JA: "担当者がいない", EN: "nobody owns the lead"}},
	{Name: "lead.corporate_mail", Type: rule.Bool, Column: "l.corporate_mail", JA: "会社のメール", EN: "corporate mail",
		Yes: rule.Label{JA: "会社のメールアドレスである", EN: "the mail address is a company's"}, No: rule.Label{JA: "会社のメールアドレスではない", EN: "the mail address is not a company's"}},
	{Name: "lead.budget_known", Type: rule.Bool, Column: "(l.bant & 1)", JA: "予算が判明", EN: "budget known",
		Yes: rule.Label{JA: "予算が分かっている", EN: "the budget is known"}, No: rule.Label{JA: "予算が分かっていない", EN: "the budget is not known"}},
	{Name: "lead.authority_known", Type: rule.Bool, Column: "((l.bant >> 1) & 1)", JA: "決裁者が判明", EN: "authority known",
		Yes: rule.Label{JA: "決裁者が分かっている", EN: "who decides is known"}, No: rule.Label{JA: "決裁者が分かっていない", EN: "who decides is not known"}},
	{Name: "lead.need_known", Type: rule.Bool, Column: "((l.bant >> 2) & 1)", JA: "ニーズが判明", EN: "need known",
		Yes: rule.Label{JA: "ニーズが分かっている", EN: "the need is known"}, No: rule.Label{JA: "ニーズが分かっていない", EN: "the need is not known"}},
	{Name: "lead.timing_known", Type: rule.Bool, Column: "((l.bant >> 3) & 1)", JA: "時期が判明", EN: "timing known",
		Yes: rule.Label{JA: "導入時期が分かっている", EN: "the timing is known"}, No: rule.Label{JA: "導入時期が分かっていない", EN: "the timing is not known"}},
	{Name: "lead.company", Type: rule.Text, Column: "c.name", JA: "会社名", EN: "company"},
	{Name: "lead.industry", Type: rule.Text, Column: "c.industry", JA: "業種", EN: "industry", Labels: industries()},
	{Name: "lead.target_industry", Type: rule.Bool, Column: "(CASE WHEN c.industry IN (SELECT code FROM target_industry) THEN 1 ELSE 0 END)", JA: "対象の業種", EN: "target industry",
		Yes: rule.Label{JA: "対象の業種である", EN: "the industry is a target"}, No: rule.Label{JA: "対象の業種ではない", EN: "the industry is not a target"}},
	{Name: "lead.size", Type: rule.Int, Column: "c.size", JA: "従業員数", EN: "employees"},
	{Name: "lead.tier", Type: rule.Int, Column: "c.tier", JA: "ターゲット階層", EN: "target tier"},
	{Name: "lead.competitor", Type: rule.Bool, Column: "c.competitor", JA: "競合", EN: "competitor",
		Yes: rule.Label{JA: "競合である", EN: "the company is a competitor"}, No: rule.Label{JA: "競合ではない", EN: "the company is not a competitor"}},
	// New fields come last: stored states hold values by place.
	{Name: "lead.unverified", Type: rule.Bool, Column: "(CASE WHEN l.unproven <> 0 THEN 1 ELSE 0 END)", JA: "未確認", EN: "unverified",
		Yes: rule.Label{JA: "未確認である", EN: "nobody has verified the lead"}, No: rule.Label{JA: "確認済みである", EN: "the lead is verified"}},
	{Name: "lead.flood", Type: rule.Bool, Column: "(CASE WHEN l.unproven = 2 THEN 1 ELSE 0 END)", JA: "短時間に多数", EN: "part of a flood",
		Yes: rule.Label{JA: "短時間に多数登録された", EN: "the lead came in a flood"}, No: rule.Label{JA: "短時間に多数登録されたものではない", EN: "the lead did not come in a flood"}},
}

// KnownKind tells whether the product has words for a kind.
func KnownKind(kind string) bool { _, known := kindLabels[kind]; return known }

var kindLabels = map[string]rule.Label{
	"page_view":                 {JA: "ページの閲覧", EN: "page view"},
	"unlisted_event":            {JA: "上限を超えた種類のイベント", EN: "event of an unlisted name"},
	"screen_view":               {JA: "画面の閲覧", EN: "screen view"},
	"price_view":                {JA: "価格ページの閲覧", EN: "price page view"},
	"case_view":                 {JA: "導入事例ページの閲覧", EN: "case study page view"},
	"careers_view":              {JA: "採用ページの閲覧", EN: "careers page view"},
	"document_requested":        {JA: "資料請求", EN: "document request"},
	"inquiry_sent":              {JA: "問い合わせ", EN: "inquiry"},
	"quote_requested":           {JA: "見積もり依頼", EN: "quote request"},
	"demo_requested":            {JA: "デモ依頼", EN: "demo request"},
	"meeting_requested":         {JA: "商談依頼", EN: "meeting request"},
	"whitepaper_downloaded":     {JA: "ホワイトペーパーのダウンロード", EN: "white paper download"},
	"case_study_downloaded":     {JA: "導入事例のダウンロード", EN: "case study download"},
	"seminar_registered":        {JA: "セミナー申込", EN: "seminar registration"},
	"seminar_attended":          {JA: "セミナー参加", EN: "seminar attendance"},
	"survey_answered":           {JA: "アンケート回答", EN: "survey answer"},
	"newsletter_subscribed":     {JA: "メルマガ登録", EN: "newsletter sign-up"},
	"email_clicked":             {JA: "メールのクリック", EN: "mail click"},
	"email_opened":              {JA: "メールの開封", EN: "mail open"},
	"call_logged":               {JA: "電話", EN: "call"},
	"mail_logged":               {JA: "個別のメール", EN: "personal mail"},
	"visit_logged":              {JA: "訪問", EN: "visit"},
	"meeting_held":              {JA: "商談", EN: "meeting"},
	"note_added":                {JA: "メモ", EN: "note"},
	"contacted":                 {JA: "こちらからの連絡", EN: "contact by us"},
	"card_exchanged":            {JA: "名刺交換", EN: "business card exchange"},
	"booth_visited":             {JA: "ブース訪問", EN: "booth visit"},
	"booth_document_downloaded": {JA: "ブース資料のダウンロード", EN: "booth document download"},
	"booth_video_watched":       {JA: "ブース動画の視聴", EN: "booth video"},
	"booth_chatted":             {JA: "ブースのチャット", EN: "booth chat"},
	"identified":                {JA: "本人の確認", EN: "identified"},
	"imported":                  {JA: "取り込み", EN: "imported"},
}
