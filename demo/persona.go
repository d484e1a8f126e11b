package demo

import (
	"math/rand/v2"

	"kizashi/clock"
	"kizashi/event"
)

// touch is something that a person will do. What it says is made when it happens.
type touch struct {
	at     int64 // ms UTC
	person int32
	does   deed
	n      uint16 // counts the deeds of the person: part of the message's id
}

// deed is a kind of touch.
type deed uint8

// The deeds. Those before inquires are done in a browser.
const (
	viewsPage deed = iota
	viewsCase
	viewsPrice
	viewsCareers
	requestsDocument
	getsWhitePaper
	getsCaseStudy
	registersForSeminar
	subscribes
	inquires
	requestsQuote
	requestsDemo
	attendsSeminar
	leavesSeminar
	clicksMail
	filterClicksMail
	opensMail
	isCalledInVain
	isCalledInterested
	isCalledNoNeed
	givesCardA
	givesCardB
	givesCardC
	visitsBooth
	chatsAtBooth
	watchesBoothVideo
	isHandedOver // from here on nothing is logged: see works
	isTaken
	isPursued
	isWon
	isLost
)

// told is how a deed reaches the log.
type told struct {
	kind, channel string
	subjects      []string
	props         string
	known         bool // the person says who they are by it, or is known already
	class         event.Class
}

const site = "https://www.kizashi-demo.example"

var deeds = [...]told{
	viewsPage:           {kind: "page_view", channel: "web", subjects: []string{site + "/", site + "/features", site + "/blog/lead-nurturing", site + "/blog/inside-sales", site + "/seminar", site + "/company"}},
	viewsCase:           {kind: "page_view", channel: "web", subjects: []string{site + "/case/manufacturing", site + "/case/it-service", site + "/case/logistics"}},
	viewsPrice:          {kind: "page_view", channel: "web", subjects: []string{site + "/price"}},
	viewsCareers:        {kind: "page_view", channel: "web", subjects: []string{site + "/recruit", site + "/recruit/new-graduates"}},
	requestsDocument:    {kind: "document_requested", channel: "web", subjects: []string{"サービス紹介資料", "料金表つき詳細資料", "機能一覧"}, known: true},
	getsWhitePaper:      {kind: "whitepaper_downloaded", channel: "web", subjects: []string{"BtoBマーケティング実態調査", "展示会フォロー完全ガイド", "リード管理入門", "インサイドセールス立ち上げ手順書"}, known: true},
	getsCaseStudy:       {kind: "case_study_downloaded", channel: "web", subjects: []string{"製造業の導入事例集", "IT企業の導入事例集", "商社の導入事例"}, known: true},
	registersForSeminar: {kind: "seminar_registered", channel: "event", subjects: []string{"展示会後30日の動き方", "はじめてのリード育成", "営業とマーケの連携講座"}, known: true},
	attendsSeminar:      {kind: "seminar_attended", channel: "event", subjects: []string{"展示会後30日の動き方", "はじめてのリード育成", "営業とマーケの連携講座"}, props: `{"watched_percent":92}`, known: true},
	leavesSeminar:       {kind: "seminar_attended", channel: "event", subjects: []string{"はじめてのリード育成"}, props: `{"watched_percent":25}`, known: true},
	subscribes:          {kind: "newsletter_subscribed", channel: "mail", known: true},
	inquires:            {kind: "inquiry_sent", channel: "web", subjects: []string{"導入時期について相談したい", "既存システムとの連携について", "料金プランの違いを知りたい"}, known: true},
	requestsQuote:       {kind: "quote_requested", channel: "web", subjects: []string{"スタンダードプラン 20名", "エンタープライズプラン 100名", "スタンダードプラン 5名"}, known: true},
	requestsDemo:        {kind: "demo_requested", channel: "web", subjects: []string{"オンラインデモ"}, known: true},
	clicksMail:          {kind: "email_clicked", channel: "mail", subjects: []string{site + "/blog/lead-nurturing", site + "/seminar", site + "/case/manufacturing"}, known: true},
	filterClicksMail:    {kind: "email_clicked", channel: "mail", subjects: []string{site + "/seminar"}, known: true, class: event.Scanner},
	opensMail:           {kind: "email_opened", channel: "mail", known: true},
	isCalledInVain:      {kind: "call_logged", channel: "phone", props: `{"result":"no_answer"}`, known: true},
	isCalledInterested:  {kind: "call_logged", channel: "phone", props: `{"result":"connected_interest"}`, known: true},
	isCalledNoNeed:      {kind: "call_logged", channel: "phone", props: `{"result":"connected_no_need"}`, known: true},
	givesCardA:          {kind: "card_exchanged", channel: "event", subjects: []string{"営業支援EXPO"}, props: `{"rank":"A"}`, known: true},
	givesCardB:          {kind: "card_exchanged", channel: "event", subjects: []string{"営業支援EXPO"}, props: `{"rank":"B"}`, known: true},
	givesCardC:          {kind: "card_exchanged", channel: "event", subjects: []string{"営業支援EXPO"}, props: `{"rank":"C"}`, known: true},
	visitsBooth:         {kind: "booth_visited", channel: "event", subjects: []string{"オンライン展示会 ブース12"}, known: true},
	chatsAtBooth:        {kind: "booth_chatted", channel: "event", subjects: []string{"オンライン展示会 ブース12"}, known: true},
	watchesBoothVideo:   {kind: "booth_video_watched", channel: "event", subjects: []string{"3分でわかる製品紹介"}, props: `{"watched_percent":80}`, known: true},
}

// persona is why somebody is here.
type persona uint8

const (
	buyer persona = iota
	gatherer
	reader
	student
	competitor
	silent
)

// personas and how many of a hundred people have them.
var personas = [...]int{buyer: 7, gatherer: 20, reader: 25, student: 3, competitor: 2, silent: 43}

func personaOf(r *rand.Rand) persona {
	n := r.IntN(100)
	for p, weight := range personas {
		if n -= weight; n < 0 {
			return persona(p)
		}
	}
	return silent
}

// diary collects what one person will do.
type diary struct {
	r       *rand.Rand
	person  int32
	from    int64 // the midnight of the day on which the person becomes known
	touches []touch
}

// does adds a deed, days after the first one, at a time of the day at which people work.
func (d *diary) does(days int, what deed) {
	at := d.from + int64(days)*clock.Day
	// Work is done in the middle of the day, by few at weekends: a deed there mostly waits for Monday.
	if weekday := clock.Time(at + 9*clock.Hour).Weekday(); d.r.IntN(10) > 0 {
		switch weekday {
		case 6:
			at += 2 * clock.Day
		case 0:
			at += clock.Day
		}
	}
	minutes := 8*60 + 30 + (d.r.IntN(600)+d.r.IntN(600))/2 // 8:30 to 18:30, Japan
	d.touches = append(d.touches, touch{
		at: at + int64(minutes)*clock.Minute + d.r.Int64N(clock.Minute), person: d.person, does: what, n: uint16(len(d.touches)),
	})
}

func (d *diary) chance(percent int) bool { return d.r.IntN(100) < percent }

// visit is a session of some pages.
func (d *diary) visit(days int) {
	for range 1 + d.r.IntN(4) {
		d.does(days, viewsPage)
	}
	if d.chance(20) {
		d.does(days, viewsCase)
	}
}

// live writes the diary of a persona for so many days.
func (p persona) live(d *diary, source string, filter bool, days int) {
	d.arrive(source, p)
	switch p {
	case buyer:
		d.buy(d.from + int64(days)*clock.Day)
	case gatherer:
		d.gather(days)
	case reader:
		d.read(days, filter)
	case student:
		d.visit(0)
		d.does(0, getsWhitePaper)
		d.does(1+d.r.IntN(10), viewsCareers)
	case competitor:
		d.does(0, viewsPrice)
		d.does(0, getsWhitePaper)
		d.does(20+d.r.IntN(30), viewsPrice)
	}
}

// arrive is the first touch, by the source.
func (d *diary) arrive(source string, p persona) {
	switch source {
	case fromExhibition:
		card := givesCardC
		if p == buyer {
			card = givesCardA
		} else if p == gatherer && d.chance(50) {
			card = givesCardB
		}
		d.does(0, card)
	case fromSeminar:
		if p != silent {
			d.does(0, registersForSeminar)
			d.does(5, []deed{attendsSeminar, attendsSeminar, leavesSeminar}[d.r.IntN(3)])
		}
	case fromWeb, fromAd:
		if p == silent {
			d.does(0, viewsPage)
			return
		}
		for n := 1 + d.r.IntN(3); n > 0; n-- { // anonymous sessions in the days before
			d.visit(-2 * n)
		}
	}
}

// buy is the way of somebody with a project: documents, prices, a question, a quote.
func (d *diary) buy(until int64) {
	d.does(0, requestsDocument)
	day := 2 + d.r.IntN(5)
	d.visit(day)
	d.does(day, viewsCase)
	d.does(day+1, isCalledInVain)
	day += 2 + d.r.IntN(4)
	d.does(day, viewsPrice)
	if d.chance(60) {
		d.does(day+1, isCalledInterested)
	}
	day += 1 + d.r.IntN(5)
	d.does(day, viewsPrice)
	switch {
	case d.chance(35):
		d.does(day, requestsQuote)
	case d.chance(50):
		d.does(day+1, inquires)
	case d.chance(40):
		d.does(day+1, requestsDemo)
	}
	d.does(day+3, clicksMail)
	if d.chance(50) {
		d.sell(day+4+d.r.IntN(5), until)
	}
}

// gather is the way of somebody who collects information for later.
func (d *diary) gather(days int) {
	d.does(0, getsWhitePaper)
	for day := 5 + d.r.IntN(15); day < days; day += 8 + d.r.IntN(30) {
		switch d.r.IntN(8) {
		case 0:
			d.does(day, getsWhitePaper)
		case 1:
			d.does(day, getsCaseStudy)
		case 2:
			d.does(day, registersForSeminar)
			d.does(day+7, attendsSeminar)
		case 3:
			d.does(day, clicksMail)
			d.does(day, viewsCase)
		case 4:
			d.does(day, visitsBooth)
			d.does(day, watchesBoothVideo)
			if d.chance(20) {
				d.does(day, chatsAtBooth)
			}
		case 5:
			d.does(day, isCalledNoNeed)
		default:
			d.visit(day)
		}
	}
	if d.chance(4) {
		d.does(10+d.r.IntN(max(days, 20)), viewsPrice)
	}
}

// read is the way of somebody who gets the newsletter every second Tuesday.
func (d *diary) read(days int, filter bool) {
	d.does(0, subscribes)
	first := int((9 - int(clock.Time(d.from+9*clock.Hour).Weekday())) % 7)
	for day := first; day < days; day += 14 {
		if filter {
			d.does(day, filterClicksMail)
		}
		if d.chance(20) {
			d.does(day, opensMail)
		}
		if d.chance(9) {
			d.does(day, clicksMail)
			d.does(day, viewsPage)
		}
	}
}
