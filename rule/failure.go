package rule

// Failure is a rule that could not be evaluated, and what stopped it.
type Failure struct {
	Rule  *Rule
	Cause any // what it panicked with
}

// recovered keeps a failure of r in the facts. It must be deferred itself, or there is nothing to recover.
func (f *Facts) recovered(r *Rule) {
	if cause := recover(); cause != nil {
		f.Failed = append(f.Failed, Failure{r, cause})
	}
}
