package rule

import "kizashi/i18n"

type voice struct{}

func (r *Rule) Sentence(lang i18n.Lang) string { return r.source }
