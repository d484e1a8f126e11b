package lead

import (
	"strings"

	"kizashi/company"
)

// nobodysVisitor is the visitor under which an event is kept that names nobody but by a placeholder. It is
// itself a placeholder, so that no message ties it to a lead.
const nobodysVisitor = "nobody"

// placeholders are what programs send as an id when they do not know it.
var placeholders = func() map[string]bool {
	known := map[string]bool{}
	for _, text := range strings.Fields(`undefined null nil none nan n/a na false true 0 -1 guest anonymous anon unknown
		nobody user userid user_id test default empty blank void
		undefined@undefined null@null {{userid}} {{user.id}} <user_id> %userid% your_user_id xxx - _ . 匿名 ゲスト 不明 なし`) {
		known[text] = true
	}
	return known
}()

// Placeholder tells that an id is none: "undefined", "null", "0", "guest" and the like, which programs send for
// everybody they do not know. Two people with such an id have nothing in common.
func Placeholder(text string) bool {
	text = strings.ToLower(company.Tidy(text))
	return placeholders[text] || text == "[object object]" || text == "[object undefined]" ||
		text != "" && strings.Trim(text, "0-_{}. ") == ""
}

// nobody tells that a message names nobody, but for a placeholder.
func (a Asked) nobody() bool {
	named := a.Lead != 0 || a.Email != ""
	for _, text := range []string{a.User, a.Visitor} {
		named = named || company.Tidy(text) != "" && !Placeholder(text)
	}
	return !named && (Placeholder(a.User) || Placeholder(a.Visitor))
}
