package task

import "kizashi/act"

// Wire says that steps and notices follow what lower nouns post.
func Wire(d *act.Door) {
	act.Handle(d, OnRewritten)
	act.Handle(d, OnOwned)
	act.Handle(d, OnOverdue)
	act.Handle(d, OnOffered)
	act.Handle(d, OnReturned)
}
