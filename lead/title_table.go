package lead

import "strings"

// TitleRow is a rank with the words in titles that stand for it.
type TitleRow struct {
	Rank  int
	Words []string // as they are compared: lower case, NFKC
}

// TitleTable is the table from which Rank reads, the highest rank first.
func TitleTable() []TitleRow {
	rows := make([]TitleRow, len(titleKeys))
	for i, t := range titleKeys {
		rows[i] = TitleRow{t.rank, strings.Fields(t.keys)}
		for j, word := range rows[i].Words {
			rows[i].Words[j] = strings.ReplaceAll(word, "_", " ")
		}
	}
	return rows
}
