package today

import (
	"slices"
	"strconv"

	"kizashi/fault"
	"kizashi/i18n"
	"kizashi/id"
	"kizashi/page"
	"kizashi/task"
)

// news are the notices of one kind, said in one sentence.
type news struct {
	Kind string
	Text string
	At   int64 // ms UTC, of the newest
	// People are those it is about, where there are several: the sentence then gives their number alone.
	People []person
	Others int    // how many more there are
	Lead   id.ID  // whom it is about, if that is one; 0 = nobody
	Key    id.ID  // the API key that it is about; 0 = none
	Since  int64  // of what came with the key, ms UTC
	From   string // Since, as a form takes it
}

// person is a lead by name.
type person struct {
	Lead          id.ID
	Name, Company string
}

// outdone are kinds of news that a later kind about the same lead says more urgently.
var outdone = map[string]string{task.NoticeHot: task.NoticeLate, task.NoticeOffered: task.NoticeOverdue}

// maxPeople is how many names one kind of news gives.
const maxPeople = 5

// tell groups notices, the newest first, by kind, and lists all of them.
func tell(notices []task.Notice, lang i18n.Lang) (list []news, told []id.ID) {
	about := map[string][]task.Notice{}
	var kinds []string
	for _, n := range notices {
		told = append(told, n.ID)
		kind := n.Kind + n.Args["key"] // each key has a sentence of its own
		same := func(o task.Notice) bool { return o.Lead == n.Lead }
		if slices.ContainsFunc(about[kind], same) || slices.ContainsFunc(about[outdone[n.Kind]], same) {
			continue // of one lead, or of nobody in particular, the newest is enough
		}
		if len(about[kind]) == 0 {
			kinds = append(kinds, kind)
		}
		about[kind] = append(about[kind], n)
	}
	for _, kind := range kinds {
		list = append(list, tellKind(about[kind], lang))
	}
	return list, told
}

// tellKind says what notices of one kind, each of another lead, have to say.
func tellKind(notices []task.Notice, lang i18n.Lang) news {
	newest := notices[0]
	said := news{Kind: newest.Kind, At: newest.At}
	if len(notices) == 1 {
		args := fault.Args{}
		for name, value := range newest.Args {
			args[name] = value
		}
		said.Lead, said.Text = newest.Lead, i18n.T(lang, task.NoticeKey(newest.Kind), args)
		said.Key, _ = id.Parse(newest.Args["key"])
		said.Since, _ = strconv.ParseInt(newest.Args["since"], 10, 64)
		return said
	}
	said.Text = i18n.T(lang, "today.news."+newest.Kind, fault.Args{"n": len(notices)})
	said.Others = max(len(notices)-maxPeople, 0)
	for _, n := range notices[:len(notices)-said.Others] {
		said.People = append(said.People, person{n.Lead, n.Args["name"], n.Args["company"]})
	}
	return said
}

// readNotices says that the person has seen the news.
func readNotices(r *page.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	c := &task.Read{}
	for _, text := range form["notice"] {
		number, err := id.Parse(text)
		if err != nil {
			return err
		}
		c.Notices = append(c.Notices, number)
	}
	if err := r.Run(c); err != nil {
		return err
	}
	return r.Go(listOf(r))
}
