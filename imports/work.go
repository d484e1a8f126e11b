package imports

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kizashi/db"
	"kizashi/id"
	"kizashi/lead"
	"kizashi/member"
	"kizashi/sheet"
)

// owners are the accounts by what a file may call them: mail address, or name in any spelling.
type owners map[string]id.ID

// readOwners reads the accounts that may sign in. A name that two of them bear names nobody.
func readOwners(ctx context.Context, tx *db.Tx) (owners, error) {
	accounts, err := member.Accounts(ctx, tx)
	o := owners{}
	for _, a := range accounts {
		if a.DisabledAt != 0 {
			continue
		}
		o[member.NormalEmail(a.Email)] = a.ID
		key := lead.NameKey(a.Name)
		if _, twice := o[key]; twice {
			o[key] = 0
			continue
		}
		o[key] = a.ID
	}
	return o, err
}

// find is the account that a cell names, 0 if there is none. "山田 太郎 <yamada@…>" is found by the address.
func (o owners) find(cell string) id.ID {
	if _, rest, ok := strings.Cut(cell, "<"); ok {
		if address, _, closed := strings.Cut(rest, ">"); closed {
			cell = address
		}
	}
	if found := o[member.NormalEmail(cell)]; found != 0 {
		return found
	}
	return o[lead.NameKey(cell)]
}

// work reads who looks after the lead and how far they are. What it understands is no property any more;
// unowned tells that the owner is unknown.
func (r *reader) work(f *lead.Fields) (unowned bool) {
	if cell := r.values[sheet.Owner]; cell != "" {
		f.Owner = r.owners.find(cell)
		unowned = f.Owner == 0
	}
	f.Status = statusOf(r.values[sheet.WorkStatus])
	for _, c := range r.columns {
		if c.Field == sheet.Owner && f.Owner != 0 || c.Field == sheet.WorkStatus && f.Status != "" {
			delete(f.Props, propertyName(c))
		}
	}
	return unowned
}

// statusWords are what lists say for each work status, without spaces and in lower case. The order
// decides where a cell holds several: 対応完了 before 対応中.
//
// Source: domain reference 2.2 and the lead states of HubSpot and Salesforce.
var statusWords = []struct {
	status string
	words  []string
}{
	{lead.Untouched, []string{"未着手", "未対応", "未接触", "未架電", "未フォロー", "新規", "new", "open", "untouched", "notstarted", "notcontacted", "open-notcontacted"}},
	{lead.MeetingSet, []string{"面談設定", "面談予定", "商談設定", "商談予定", "アポ獲得", "アポ済", "アポ取得", "アポイント", "訪問予定", "商談中", "商談化", "meeting_set", "meetingset", "meetingscheduled", "opendeal", "appointment"}},
	{lead.Done, []string{"対応完了", "対応済", "完了", "終了", "クローズ", "done", "closed", "completed", "converted", "closed-converted", "closed-notconverted", "unqualified"}},
	{lead.OnHold, []string{"保留", "ペンディング", "時期尚早", "後日", "休眠", "on_hold", "onhold", "pending", "badtiming", "nurture", "nurturing"}},
	{lead.Trying, []string{"架電中", "架電済", "不通", "不在", "留守", "留守電", "再架電", "コール中", "アプローチ中", "フォロー中", "対応中", "着手", "trying", "attemptedtocontact", "attempted", "inprogress", "working", "working-contacted"}},
	{lead.Talked, []string{"接触済", "接触", "会話済", "ヒアリング済", "ヒアリング", "通話", "連絡済", "接続済", "talked", "connected", "contacted"}},
}

// statusOf reads a work status: the very word, else a word that the cell begins with; "" for none.
func statusOf(cell string) string {
	key := strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(cell)), ""))
	if key == "" {
		return ""
	}
	found := ""
	for _, row := range statusWords {
		for _, w := range row.words {
			switch {
			case key == w:
				return row.status
			case found == "" && strings.HasPrefix(key, w) && w[0] >= 0x80: // 架電中(3回目); Latin words begin others
				found = row.status
			}
		}
	}
	return found
}

// heard is what a row says for an item of the hearing sheet.
type heard struct{ item, value string }

// hearing reads the answers that a file may hold.
func (r *reader) hearing() (list []heard) {
	for _, f := range []struct {
		field sheet.Field
		item  string
	}{{sheet.Budget, "budget"}, {sheet.Timing, "timing"}} {
		if v := r.values[f.field]; v != "" && !nothing[strings.ToLower(norm.NFKC.String(v))] {
			list = append(list, heard{f.item, v})
		}
	}
	return list
}

// nothing are answers by which nothing is known.
var nothing = map[string]bool{"-": true, "--": true, "未定": true, "不明": true, "未確認": true, "未回答": true, "未": true, "n/a": true, "none": true, "unknown": true, "なし": true, "無し": true}
