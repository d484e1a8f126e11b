package score

import (
	"cmp"
	"slices"
	"strings"

	"kizashi/i18n"
	"kizashi/rule"
)

// properties are those of the events that have words, see KnownKind. A sender's own stand for themselves.
var properties = []rule.Field{
	{Name: "url", JA: "ページの URL", EN: "page URL"},
	{Name: "path", JA: "ページのパス", EN: "page path"},
	{Name: "title", JA: "ページの題名", EN: "page title"},
	{Name: "referrer", JA: "参照元のページ", EN: "referring page"},
	{Name: "search", JA: "URL の検索部分(? 以降)", EN: "query part of the URL"},
	{Name: "utm_source", JA: "参照元(utm_source)", EN: "source (utm_source)"},
	{Name: "utm_medium", JA: "媒体(utm_medium)", EN: "medium (utm_medium)"},
	{Name: "utm_campaign", JA: "キャンペーン(utm_campaign)", EN: "campaign (utm_campaign)"},
	{Name: "rank", JA: "名刺のランク", EN: "rank of the card", Labels: ranks()},
	{Name: "result", JA: "活動の結果", EN: "result of the activity", Labels: results()},
	{Name: "minutes", Type: rule.Int, JA: "通話・面談の分数", EN: "minutes talked"},
	{Name: "note", JA: "活動のメモ", EN: "note of the activity"},
	{Name: "watched_percent", Type: rule.Int, JA: "視聴した割合(%)", EN: "part watched (%)"},
	{Name: "wants_contact", JA: "「話を聞きたい」への回答", EN: "answer to “I want to talk”", Labels: yes()},
}

// Properties are the properties of events that have words, sorted by what people call them.
func Properties(lang i18n.Lang) []rule.Field {
	return slices.SortedFunc(slices.Values(properties), func(a, b rule.Field) int {
		return cmp.Compare(a.Label(lang), b.Label(lang))
	})
}

// yes are the ways in which forms write that a box was ticked.
func yes() map[string]rule.Label {
	labels := map[string]rule.Label{}
	for _, written := range []string{"true", "1", "yes", "はい"} {
		labels[written] = rule.Label{JA: "「はい」", EN: "“yes”"}
	}
	return labels
}

func ranks() map[string]rule.Label {
	labels := map[string]rule.Label{}
	for _, rank := range []string{"A", "B", "C", "D"} {
		labels[rank] = rule.Label{JA: rank, EN: rank}
	}
	return labels
}

// results say the codes of task.Results as Today says them.
func results() map[string]rule.Label {
	return worded("task.result.", "connected_interest", "no_answer", "absent_recall", "gatekeeper_block", "connected_decision_maker_meeting",
		"material_sent", "connected_later", "not_a_lead", "refused", "voicemail", "connected_no_need", "wrong_number", "absent_left_company")
}

// industries are the sections of the Japanese industry classification, A to T.
func industries() map[string]rule.Label {
	return worded("company.industry.", strings.Split("ABCDEFGHIJKLMNOPQRST", "")...)
}

func exclusions() map[string]rule.Label {
	return worded("lead.excluded.", "refused", "own", "competitor", "student", "other")
}

func titleRanks() map[string]rule.Label {
	return worded("lead_match.rank.", strings.Split("12345678", "")...)
}

// worded are the words of values by the keys of messages that begin alike.
func worded(beginning string, values ...string) map[string]rule.Label {
	labels := make(map[string]rule.Label, len(values))
	for _, value := range values {
		labels[value] = rule.Label{JA: i18n.T(i18n.Japanese, beginning+value, nil), EN: i18n.T(i18n.English, beginning+value, nil)}
	}
	return labels
}
