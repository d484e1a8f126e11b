package score

import (
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"kizashi/fault"
)

// What a pack may be made of. Ours are six levels deep and use neither anchors nor tags.
const (
	maxDepth  = 40     // levels of lists and mappings within each other
	maxMarks  = 100    // anchors, aliases, tags and explicit keys
	maxTokens = 50_000 // of a pack of the largest size that is no attack
)

// checkDepth refuses a text whose nesting would make the parser use memory without bound: it looks at the tokens
// before anything is parsed. The error names the line.
func checkDepth(source string) error {
	depth, marks := 0, 0
	var columns []int // where the block lists and mappings around a token begin
	tokens := lexer.Tokenize(source)
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth = max(depth-1, 0)
		case token.SequenceEntryType, token.MappingValueType:
			for len(columns) > 0 && columns[len(columns)-1] >= t.Position.Column {
				columns = columns[:len(columns)-1]
			}
			if depth == 0 {
				columns = append(columns, t.Position.Column)
			}
		case token.MappingKeyType, token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType:
			marks++
		}
		if depth+len(columns) > maxDepth || marks > maxMarks || len(tokens) > maxTokens {
			return fault.New(fault.Invalid, "score.too_deep", fault.Args{"line": t.Position.Line, "column": t.Position.Column, "max": maxDepth})
		}
	}
	return nil
}
