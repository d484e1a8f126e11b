package score

import (
	"testing"

	"kizashi/i18n"
	"kizashi/rule"
)

// P21: properties of known events are said in words; a sender's own stands for itself, in quotes.
func TestPropertiesInWords(t *testing.T) {
	for source, want := range map[string][2]string{
		`event.url.contains("/price")`:                      {"ページの URLが「/price」を含む", "page URL contains “/price”"},
		`event.number("watched_percent") >= 50`:             {"視聴した割合(%)が50以上である", "part watched (%) is 50 or more"},
		`event.wants_contact in ["true", "1", "yes", "はい"]`: {"「話を聞きたい」への回答が「はい」である", "answer to “I want to talk” is “yes”"},
		`event.result in ["connected_interest"]`:            {"活動の結果が通話できた(関心あり)である", "result of the activity is Talked, interested"},
		`known(event["plan name"])`:                         {"「plan name」が分かっている", "“plan name” is known"},
		`lead.industry in ["E", "G"]`:                       {"業種が製造業または情報通信業である", "industry is Manufacturing or Information and communications"},
		`lead.rank >= 5 && lead.size > 9`:                   {"役職ランクが5(部長)以上で、従業員数が9より大きい", "title rank is 5 (Director) or more and employees is above 9"},
		`event.number("seats") > 3`:                         {"「seats」が3より大きい", "“seats” is above 3"},
	} {
		r, err := rule.Parse(EventSchema(), source)
		if err != nil {
			t.Fatal(err)
		}
		if ja, en := r.Sentence(i18n.Japanese), r.Sentence(i18n.English); ja != want[0] || en != want[1] {
			t.Errorf("%s: %s / %s", source, ja, en)
		}
	}
}
