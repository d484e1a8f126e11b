package sheet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kizashi/fault"
	"kizashi/i18n"
)

// got is a mapping in one line: the field of each column, "-" for one that is kept under
// its own name, "_" for one that is left out.
func got(m Mapping) string {
	var out []string
	for _, c := range m.Columns {
		switch {
		case c.Field != "":
			out = append(out, string(c.Field))
		case c.Property != "":
			out = append(out, "-")
		default:
			out = append(out, "_")
		}
	}
	return strings.Join(out, " ")
}

// productHeaders are header rows as products write them, and the fields they mean.
var productHeaders = map[string]struct{ header, want string }{
	"people, Japanese": {
		"会社名,部署名,役職,氏名,フリガナ,メールアドレス,電話番号,携帯番号,郵便番号,住所,備考",
		"company department title name kana email phone mobile postal address memo"},
	"people, marks and widths": {
		"※会社名(必須),【必須】お名前,ﾌﾘｶﾞﾅ,Ｅメールアドレス *,ＴＥＬ（半角）,役 職,ご住所,E-Mail 2",
		"company name kana email phone title address email2"},
	"people, in pieces": {
		"姓,名,セイ,メイ,御社名,ご担当部署,都道府県,市区町村,番地,建物名,FAX番号,URL",
		"last_name first_name last_kana first_kana company department prefecture city address address fax url"},
	"people, readings without names": {
		"会社名,フリガナ,姓,名,カナ,カナ,電話",
		"company company_kana last_name first_name last_kana first_kana phone"},
	"reading of both": {
		"姓,名,フリガナ,会社名", "last_name first_name kana company"},
	"HubSpot, English": {
		"Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Lead Status,Job Title,Company Name,Marketing contact status,Create Date,Last Activity Date,Website URL,City,State/Region,Postal Code,Street Address,Industry,Number of Employees,Original Source,Fax Number",
		"- first_name last_name email phone mobile owner work_status title company opt_in - date url city prefecture postal address industry employees source fax"},
	"HubSpot, Japanese": {
		"レコードID,名,姓,Eメール,電話番号,携帯電話番号,コンタクト担当者,リードステータス,役職,会社名,マーケティングコンタクトステータス,作成日,最終アクティビティー日,ウェブサイトURL,市区町村,都道府県/地域,郵便番号,番地,業種,従業員数,オリジナルソース",
		"- first_name last_name email phone mobile owner work_status title company opt_in - date url city prefecture postal address industry employees source"},
	"Salesforce, English": {
		"Salutation,First Name,Last Name,Title,Company / Account,Lead Source,Email,Phone,Mobile,Street,City,State/Province,Zip/Postal Code,Country,Lead Status,Rating,Industry,No. of Employees,Lead Owner,Email Opt Out,Description,Created Date,Campaign Name",
		"- first_name last_name title company source email phone mobile address city prefecture postal - work_status rank_ab industry employees owner opt_out memo date campaign"},
	"Salesforce, Japanese": {
		"姓,名,敬称,会社名 / 取引先名,役職,部署,メール,電話,携帯,Fax,Web サイト,リード ソース,リード 状況,業種,従業員数,年間売上,リード 所有者,都道府県,市区郡,町名・番地,郵便番号,説明,メール送信除外,作成日",
		"last_name first_name - company title department email phone mobile fax url source work_status industry employees - owner prefecture city address postal memo opt_out date"},
	"Salesforce, API names": {
		"Id,LastName,FirstName,Company,Title,Email,Phone,MobilePhone,LeadSource,Status,NumberOfEmployees,PostalCode,State,City,Street,HasOptedOutOfEmail,OwnerId",
		"- last_name first_name company title email phone mobile source work_status employees postal prefecture city address opt_out -"},
	"Sansan": {
		"名刺ID,名刺交換日,会社名,部署名,役職,姓,名,氏名,e-mail,郵便番号,住所,TEL,部署TEL,直通TEL,FAX,携帯電話,URL,名刺所有者,タグ,メモ,登録日時",
		"- date company department title last_name first_name name email postal address phone - - fax mobile url owner tags memo -"},
	"Eight": {
		"会社名,部署名,役職,氏名,e-mail,郵便番号,住所,TEL会社,TEL部門,TEL直通,Fax,携帯電話,URL,名刺交換日",
		"company department title name email postal address phone - - fax mobile url date"},
	"cybozu": {
		"名前(姓),名前(名),よみ(姓),よみ(名),役職,Tel,E-mail,メモ,会社名,会社よみ,郵便番号,住所",
		"last_name first_name last_kana first_kana title phone email memo company company_kana postal address"},
	"ITトレンド": {
		"資料請求日時,資料請求製品,会社名,部署名,役職,お名前,フリガナ,メールアドレス,電話番号,従業員規模,業種,導入予定時期,ご要望",
		"date campaign company department title name kana email phone employees industry timing memo"},
	"BOXIL": {
		"リード獲得日,サービス名,企業名,氏名,メールアドレス,電話番号,部署,役職,従業員数,導入検討時期,課題",
		"date campaign company name email phone department title employees timing memo"},
	"アイミツ": {
		"発生日時,企業名,担当者名,担当者メールアドレス,担当者電話番号,従業員規模,検討状況,ご予算,導入希望時期",
		"date company name email phone employees work_status budget timing"},
	"ASPIC": {
		"ダウンロード日時,資料名,会社・団体名,ご所属部署,お役職,ご担当者様名,ご連絡先電話番号,メールアドレス,従業員数",
		"date campaign company department title name phone email employees"},
	"SATORI": {
		"カスタマーID,メールアドレス,姓,名,会社名,部署,役職,電話番号,タグ,スコア,メール配信,初回訪問日時",
		"- email last_name first_name company department title phone tags - opt_in date"},
	"BowNow": {
		"リードID,会社名,氏名,メールアドレス,電話番号,ステータス,フォーム名,初回流入元,担当者,登録日時",
		"- company name email phone work_status campaign source owner date"},
	"fair": {
		"来場日時,来場者ID,会社名,所属,役職,氏名,E-mail,会話ランク,ヒアリング内容,対応者,法人番号,資本金",
		"date - company department title name email rank_ab memo owner corporate_number capital"},
	"担当者 is the customer where no other name is": {
		"会社名,担当者,メール,電話", "company name email phone"},
	"two claims to mail": {
		"メール,メールアドレス,会社名", "email2 email company"},
	"others than the lead": {
		"氏名,メールアドレス,紹介者氏名,上司メールアドレス,請求先住所,旧姓,親会社名", "name email - - - - -"},
	"numbers of mails are no mail": {
		"氏名,メール開封数,最終メール日,メールアドレス", "name - - email"},
	"same names twice": {
		"氏名,備考,その他,その他,", "name memo - - _"},
}

// M16: leads of every product and medium come in without a hand at the columns.
func TestHeadersOfProducts(t *testing.T) {
	for name, c := range productHeaders {
		t.Run(name, func(t *testing.T) {
			m := Map(strings.Split(c.header, ","), nil)
			if diff := cmp.Diff(strings.Fields(c.want), strings.Fields(got(m))); diff != "" {
				t.Error(diff)
			}
			if err := m.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func rowsOf(lines ...string) (out [][]string) {
	for _, l := range lines {
		out = append(out, strings.Split(l, ","))
	}
	return out
}

func TestContentDecidesWithoutHeader(t *testing.T) {
	for name, c := range map[string]struct {
		rows [][]string
		want string
	}{
		"a full list": {rowsOf(
			"7000012050002,株式会社アルファ,営業本部,部長,山田 太郎,ヤマダ タロウ,yamada@a.example,03-1234-5678,090-1234-5678,160-0022,東京都新宿区1-2-3,https://a.example,2026/11/22,A",
			"1180301018771,(有)ベータ,情報システム部,課長,佐藤 花子,サトウ ハナコ,sato@b.example,0312345678,080-1111-2222,〒5300001,大阪府大阪市2-3,http://b.example,2026-11-20,B",
			"4011001098993,ガンマ合同会社,総務課,主任,鈴木 一郎,スズキ イチロウ,suzuki@c.example,+81-3-1111-2222,+81 70-1111-2222,1000001,東京都千代田区3,www.c.example,R8.11.1,C"),
			"corporate_number company department title name kana email phone mobile postal address url date rank_ab"},
		"names in two columns": {rowsOf("佐藤,太郎,a@a.example", "鈴木,花子,b@a.example", "田中,一郎,c@a.example", "四方,桜,d@a.example"), "last_name first_name email"},
		"employees":            {rowsOf("100～299名,株式会社A", "1000名以上,株式会社B", "50人,株式会社C"), "employees company"},
		"nothing to tell":      {rowsOf("りんご,1", "みかん,2"), "- -"},
		"two mails":            {rowsOf("a@a.example,x@a.example", "b@a.example,y@a.example"), "email -"},
	} {
		t.Run(name, func(t *testing.T) {
			m := Map(nil, c.rows)
			if diff := cmp.Diff(strings.Fields(c.want), strings.Fields(got(m))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestContentHelpsTheHeader(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		rows   [][]string
		want   string
		reason Reason // of the first column
	}{
		"unknown name, mails":       {"コード,X", rowsOf("1,a@a.example", "2,b@a.example"), "- email", Unknown},
		"second phone is a mobile":  {"電話,電話番号", rowsOf("090-1111-2222,03-1111-2222", "080-1111-2222,03-1111-3333"), "phone -", ByHeader},
		"連絡先 holds mails":           {"連絡先,氏名", rowsOf("a@a.example,山田太郎"), "email name", BySimilar},
		"連絡先 holds phones":          {"連絡先,氏名", rowsOf("03-1111-2222,山田太郎"), "phone name", ByHeader},
		"mail column without mails": {"メールアドレス,Eメール", rowsOf("なし,a@a.example", "未定,b@a.example"), "- email", Taken},
		"rank of the title":         {"ランク,氏名", rowsOf("部長クラス,山田太郎", "課長クラス,佐藤花子"), "rank name", BySimilar},
	} {
		t.Run(name, func(t *testing.T) {
			m := Map(strings.Split(c.header, ","), c.rows)
			if got(m) != c.want || m.Columns[0].Reason != c.reason {
				t.Errorf("got %q (%s), want %q (%s)", got(m), m.Columns[0].Reason, c.want, c.reason)
			}
		})
	}
}

// A column that only looks like something is kept as it stands: a turnover is no postal code, and how warm
// a lead is says nothing about a talk.
func TestLookalikesMeanNothing(t *testing.T) {
	m := Map([]string{"Email", "Annual Revenue", "Rating"}, [][]string{
		{"mary@cumulus.example", "1000000", "Hot"}, {"bob@cumulus.example", "2500000", "Cold"}})
	for i, want := range []Field{Email, "", ""} {
		if got := m.Columns[i].Field; got != want {
			t.Errorf("%s is %q, want %q", m.Columns[i].Header, got, want)
		}
	}
	m = Map(nil, [][]string{{"mary@cumulus.example", "〒1000001"}, {"bob@cumulus.example", "１００－０００２"}})
	if got := m.Columns[1].Field; got != Postal {
		t.Errorf("postal codes are %q", got)
	}
	if got := Map([]string{"来場者ランク"}, [][]string{{"A"}, {"B"}}).Columns[0].Field; got != RankAB {
		t.Errorf("ranks of talks are %q", got)
	}
}

func TestValuesAndProperties(t *testing.T) {
	m := Map([]string{"氏名", "住所1", "住所2", "備考", "趣味", "", "趣味"}, [][]string{{"", "", "", "", "", "x"}})
	cells := []string{" 山田太郎 ", "港区1-2", "ビル3F", "a", "釣り", "y", "碁"}
	if got := m.Value(cells, Address); got != "港区1-2 ビル3F" {
		t.Errorf("address %q", got)
	}
	if got := m.Value(cells, Name); got != "山田太郎" {
		t.Errorf("name %q", got)
	}
	if got := m.Value(cells[:1], Memo); got != "" {
		t.Errorf("memo of a short row %q", got)
	}
	want := map[string]string{"趣味": "釣り", "列6": "y", "趣味 (2)": "碁"}
	if diff := cmp.Diff(want, m.Properties(cells)); diff != "" {
		t.Error(diff)
	}
	raw, err := json.Marshal(m.Columns[0])
	if err != nil || string(raw) != `{"index":0,"header":"氏名","field":"name","confidence":1,"reason":"header","by":"氏名"}` {
		t.Errorf("%s %v", raw, err)
	}
}

func TestEditedMappingIsChecked(t *testing.T) {
	m := Mapping{Columns: []Column{
		{Index: 0, Header: "A", Field: Email}, {Index: 1, Header: "B", Field: Email}, {Index: 1, Field: "nonsense"},
		{Index: 3, Property: "p"}, {Index: 4, Property: "p"}, {Index: 5, Field: Memo}, {Index: 6, Field: Memo}, {Index: 7}, {Index: 8},
	}}
	many, ok := m.Check().(fault.Many)
	if !ok {
		t.Fatalf("%v", m.Check())
	}
	var paths []string
	for _, e := range many {
		paths = append(paths, e.Path+" "+e.Key)
		if !i18n.Has(e.Key) {
			t.Errorf("no words for %s", e.Key)
		}
	}
	want := []string{"columns[1].field sheet.field_twice", "columns[2].index sheet.column_index", "columns[2].field sheet.field_unknown", "columns[4].property sheet.property_twice"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
}

// Whatever stands in a file, every column is either a field or kept, no field is given
// twice, and the order of the columns does not matter to what is recognised by name.
func TestMapHoldsForAnyTable(t *testing.T) {
	names := strings.Fields("氏名 姓 名 会社名 メール メールアドレス 電話 携帯 フリガナ 住所1 住所2 備考 ランク 担当者 連絡先 Company Title ? 謎 謎")
	values := strings.Fields("山田太郎 a@a.example 03-1111-2222 090-1111-2222 株式会社A 部長 A 2026/1/1 xx 7000012050002")
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.SliceOfN(rapid.SampledFrom(names), 0, 12).Draw(t, "header")
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom(values), 0, 12), 0, 5).Draw(t, "rows")
		m := Map(header, rows)
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		for i, c := range m.Columns {
			if c.Index != i || c.Confidence < 0 || c.Confidence > 1 || c.Field == "" && c.Property == "" && c.Header != "" || !i18n.Has(c.Reason.Key()) {
				t.Fatalf("column %d: %+v", i, c)
			}
		}
	})
}

func TestEveryFieldHasNamesAndWords(t *testing.T) {
	for _, f := range Fields() {
		if headers[f] == "" || !i18n.Has(f.Label()) {
			t.Errorf("%s has no names or no words", f)
		}
	}
	if len(headers) != len(Fields()) {
		t.Error("a field is missing in Fields")
	}
	for _, r := range []Reason{ByHeader, BySimilar, ByContent, ByNeighbor, Doubtful, Taken, Unknown, ByPerson} {
		if !i18n.Has(r.Key()) {
			t.Errorf("no words for reason %s", r)
		}
	}
}

func TestEveryErrorHasWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"(sheet\.[a-z_]+)"`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(raw), -1) {
			if !i18n.Has(m[1]) {
				t.Errorf("%s: no words for %s", f, m[1])
			}
		}
	}
}
