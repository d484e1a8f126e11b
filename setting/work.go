package setting

import (
	"kizashi/act"
	"kizashi/fault"
	"kizashi/id"
)

// Capacity is how many leads people can work on in a day (L07).
type Capacity struct {
	Usual    int            `json:"usual"`    // of everybody who is not named
	Accounts map[string]int `json:"accounts"` // by account id
}

// Of is the capacity of an account.
func (c Capacity) Of(account id.ID) int {
	if n, ok := c.Accounts[account.String()]; ok {
		return n
	}
	return c.Usual
}

// How the work is paced.
var (
	LeadCapacity = define(capacityName, Capacity{Usual: 20}, checkCapacity, act.Market)
	// UntouchedDays are the days after which an owned lead that nobody contacted is called to mind.
	UntouchedDays = define("untouched_days", 30, checkUntouched, act.Administer)
	// AnswerMinutes are the business minutes in which a hot lead is answered.
	AnswerMinutes = define("answer_minutes", 15, checkAnswer, act.Administer)
)

// FirstDayOver says that nobody wants to be reminded of what the first day brings.
var FirstDayOver = define("first_day_over", false, func(*bool) error { return nil }, act.Market)

const (
	capacityName = "lead_capacity"
	maxCapacity  = 500
)

func checkCapacity(c *Capacity) error {
	var found fault.Many
	check := func(path string, n int) {
		if n < 0 || n > maxCapacity {
			found = append(found, fault.New(fault.Invalid, "setting.capacity", fault.Args{"limit": maxCapacity}).At(path))
		}
	}
	check("value.usual", c.Usual)
	for account, n := range c.Accounts {
		if _, err := id.Parse(account); err != nil {
			found = append(found, fault.New(fault.Invalid, "setting.account", nil).At("value.accounts"))
		}
		check("value.accounts."+account, n)
	}
	return found.OrNil()
}

func checkUntouched(n *int) error { return checkRange(*n, 1, 365) }

func checkAnswer(n *int) error { return checkRange(*n, 1, 1440) }

func checkRange(n, least, most int) error {
	if n < least || n > most {
		return fault.New(fault.Invalid, "setting.range", fault.Args{"least": least, "most": most}).At("value")
	}
	return nil
}
