package task

import (
	"context"
	"encoding/json"
	"strconv"

	"kizashi/act"
	"kizashi/clock"
	"kizashi/db"
	"kizashi/fault"
	"kizashi/id"
	"kizashi/member"
)

// floodQuiet is how long nobody is told of a key's flood again, ms.
const floodQuiet = 6 * clock.Hour

// TellFlood takes back the alarms about people who turned out to be part of a flood, and tells administrators and
// marketing which key they came with. since is when the first of them came, ms UTC.
func TellFlood(ctx context.Context, tx *db.Tx, key id.ID, since int64, leads []id.ID) error {
	if err := stopClock(ctx, tx, leads); err != nil {
		return err
	}
	in, arg := tx.In("$1", leads)
	_, err := tx.Exec(ctx, `DELETE FROM notice WHERE read_at = 0 AND kind IN ('hot', 'late') AND lead <> 0 AND lead`+in, arg)
	if err != nil {
		return err
	}
	told, err := toldOfFlood(ctx, tx, key)
	if err != nil || told {
		return err
	}
	name, err := member.KeyOf(ctx, tx, key)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	s, err := readStaff(ctx, tx)
	if err != nil {
		return err
	}
	args, _ := json.Marshal(map[string]string{ // texts only: cannot fail
		"key": key.String(), "name": name.Name, "since": strconv.FormatInt(since, 10)})
	var rows [][]any
	for _, account := range append(s[act.Admin], s[act.Marketing]...) {
		rows = append(rows, []any{int64(tx.NewID()), int64(account), NoticeFlood, int64(0), string(args), tx.Now})
	}
	return write(ctx, tx, rows)
}

// toldOfFlood tells whether somebody was told of a flood of the key lately.
func toldOfFlood(ctx context.Context, tx *db.Tx, key id.ID) (told bool, err error) {
	err = tx.Each(ctx, `SELECT args FROM notice WHERE kind = $1 AND at > $2`, []any{NoticeFlood, tx.Now - floodQuiet},
		func(scan func(...any) error) error {
			var raw string
			var args map[string]string
			if err := scan(&raw); err != nil {
				return err
			}
			told = told || json.Unmarshal([]byte(raw), &args) == nil && args["key"] == key.String()
			return nil
		})
	return told, err
}
