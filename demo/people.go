package demo

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"kizashi/company"
	"kizashi/lead"
)

// readNames reads a table of names: text, kana, romaji, weight.
func readNames(table string) []name {
	var list []name
	for line := range strings.Lines(strings.TrimSpace(table)) {
		column := strings.Fields(line)
		weight, err := strconv.Atoi(column[3])
		if err != nil {
			panic("demo: " + line)
		}
		list = append(list, name{column[0], column[1], column[2], weight})
	}
	return list
}

// pick draws an index by weight; total is the sum of all weights.
func pick[T any](r *rand.Rand, list []T, weight func(*T) int) *T {
	total := 0
	for i := range list {
		total += weight(&list[i])
	}
	n := r.IntN(total)
	for i := range list {
		if n -= weight(&list[i]); n < 0 {
			return &list[i]
		}
	}
	panic("demo: weights do not add up")
}

func nameWeight(n *name) int                 { return n.weight }
func textWeight(w *weighted) int             { return w.weight }
func draw(r *rand.Rand, l []weighted) string { return pick(r, l, textWeight).text }

// cast makes the people and companies of a seed. Each is a function of its number, so that a million
// of them need no memory.
type cast struct {
	seed      uint64
	companies int
	tails     [][]tail // for each head, all tails in an order of their own
}

// tail is the end of a company's name, and its industry.
type tail struct {
	part
	letter string
}

// newCast has enough companies for so many leads: about three people of each.
func newCast(seed uint64, leads int) *cast {
	c := &cast{seed: seed, companies: max(min(leads/3, 200_000), 20)}
	for head := range heads {
		c.tails = append(c.tails, shuffledTails(c.stream(streamTails, head)))
	}
	return c
}

// shuffledTails draws all tails, those of frequent trades mostly first.
func shuffledTails(r *rand.Rand) []tail {
	type ticket struct {
		tail
		wait float64
	}
	var tickets []ticket
	for _, t := range trades {
		for _, p := range t.tails {
			tickets = append(tickets, ticket{tail{p, t.letter}, r.ExpFloat64() * float64(len(t.tails)) / float64(t.weight)})
		}
	}
	slices.SortFunc(tickets, func(a, b ticket) int { return cmp.Compare(a.wait, b.wait) })
	list := make([]tail, len(tickets))
	for i := range tickets {
		list[i] = tickets[i].tail
	}
	return list
}

// The streams of random numbers: what is drawn for one purpose does not move what is drawn for another.
const (
	streamCompany = iota + 1
	streamPerson
	streamPlan
	streamTails
)

func (c *cast) stream(purpose uint64, n int) *rand.Rand {
	return rand.New(rand.NewPCG(c.seed<<3|purpose, uint64(n)))
}

// firm is one company.
type firm struct {
	name, domain, industry string
	size                   int
	place                  int  // index of prefectures
	filter                 bool // its mail filter opens the links of every mail
}

// The sizes of companies: log-normal around medianSize, between the smallest and the largest.
const (
	medianSize   = 180
	spreadOfSize = 1.5
	smallestSize = 10
	largestSize  = 20_000
)

func (c *cast) firm(n int) firm {
	r := c.stream(streamCompany, n)
	// Head, tail and region follow from the number, so that no two companies share a name.
	head, round := heads[n%len(heads)], n/len(heads)
	tails := c.tails[n%len(heads)]
	end, round := tails[round%len(tails)], round/len(tails)
	f := firm{industry: end.letter, place: place(r), filter: r.IntN(12) == 0}
	size := math.Exp(math.Log(medianSize) + spreadOfSize*r.NormFloat64())
	f.size = int(min(max(size, smallestSize), largestSize))
	stem, domain := head.text+end.text, head.domain+"-"+end.domain
	if round > 0 {
		region := regions[(round-1)%len(regions)]
		stem, domain = stem+region.text, domain+"-"+region.domain
	}
	if more := (round - 1) / len(regions); more > 0 {
		stem, domain = fmt.Sprintf("%s第%d", stem, more+1), fmt.Sprintf("%s%d", domain, more+1)
	}
	f.name, f.domain = withForm(r, stem), domain+".example"
	return f
}

func place(r *rand.Rand) int {
	total := 0
	for i := range prefectures {
		total += prefectures[i].weight
	}
	n := r.IntN(total)
	for i := range prefectures {
		if n -= prefectures[i].weight; n < 0 {
			return i
		}
	}
	return 0
}

// withForm puts the legal form in front or behind, as companies do about equally often.
func withForm(r *rand.Rand, stem string) string {
	switch n := r.IntN(100); {
	case n < 52:
		return "株式会社" + stem
	case n < 94:
		return stem + "株式会社"
	case n < 97:
		return "合同会社" + stem
	}
	return stem + "有限会社"
}

// someone is one person.
type someone struct {
	number int
	fields lead.Fields
	firm   firm
}

func (c *cast) person(n int) someone {
	r := c.stream(streamPerson, n)
	employer := r.IntN(c.companies)
	f := c.firm(employer)
	if other := r.IntN(c.companies); r.IntN(3) == 0 { // larger companies have more people who look around
		if g := c.firm(other); g.size > f.size {
			f = g
		}
	}
	family, given := pick(r, familyNames, nameWeight), pick(r, givenNames, nameWeight)
	at := prefectures[f.place]
	p := someone{number: n, firm: f, fields: lead.Fields{
		LastName: family.text, FirstName: given.text, Kana: family.kana + " " + given.kana,
		Email:      address(r, family, given, n) + "@" + f.domain,
		Department: draw(r, departments), Title: draw(r, titles), Prefecture: at.name,
		Company: company.Fields{Name: f.name, Domain: f.domain, Industry: f.industry, Size: fmt.Sprintf("%d名", f.size)},
	}}
	// Numbers whose exchange begins with 0 are given to nobody in Japan.
	p.fields.Phone = at.code + "0" + fmt.Sprintf("%07d", r.IntN(10_000_000))[:9-len(at.code)]
	if r.IntN(5) == 0 {
		p.fields.Mobile = fmt.Sprintf("0900%07d", n%10_000_000)
	}
	return p
}

// address is the part before the @: mostly family name and initial, numbered so that two people of
// one name do not share it.
func address(r *rand.Rand, family, given *name, n int) string {
	number := strconv.FormatInt(int64(n), 36)
	switch r.IntN(3) {
	case 0:
		return family.romaji + "." + given.romaji[:1] + number
	case 1:
		return given.romaji + "." + family.romaji + number
	}
	return given.romaji[:1] + "-" + family.romaji + number
}

// visitor is the browser of a person before anybody knows who it is.
func visitor(n int) string { return fmt.Sprintf("demo-visitor-%d", n) }
