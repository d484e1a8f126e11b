package today

import (
	"testing"

	"kizashi/i18n"
	"kizashi/task"
)

// T08: who waits too long is named once, not as newly hot, too; all notices are read together.
func TestTheMoreUrgentNewsStand(t *testing.T) {
	list, told := tell([]task.Notice{
		{ID: 4, Kind: task.NoticeLate, Lead: 7}, {ID: 3, Kind: task.NoticeHot, Lead: 7},
		{ID: 2, Kind: task.NoticeHot, Lead: 8}, {ID: 1, Kind: task.NoticeHot, Lead: 8},
	}, i18n.Japanese)
	if len(list) != 2 || list[0].Kind != task.NoticeLate || list[0].Lead != 7 || list[1].Lead != 8 || len(told) != 4 {
		t.Errorf("%+v, read %v", list, told)
	}
}
