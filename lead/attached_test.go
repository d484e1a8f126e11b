package lead_test

// These nouns declare what hangs on a lead.
import (
	_ "kizashi/consent"
	_ "kizashi/stage"
	_ "kizashi/task"
)
