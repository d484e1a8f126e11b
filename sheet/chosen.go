package sheet

import (
	"fmt"
	"slices"
	"strconv"

	"kizashi/fault"
)

// With is the mapping with columns that a person has chosen, each named by its index: Field or Property
// says what it means, neither leaves it out. A column that had one of the chosen fields by a guess gives
// it up and keeps its own name. The error is that of Check.
func (m Mapping) With(chosen []Column) (Mapping, error) {
	all := m
	all.Columns = slices.Clone(m.Columns)
	taken, byHand := map[Field]bool{}, map[int]bool{}
	for i, c := range chosen {
		at := slices.IndexFunc(all.Columns, func(known Column) bool { return known.Index == c.Index })
		if at < 0 {
			return m, fault.New(fault.Invalid, "sheet.column_index", fault.Args{"index": c.Index}).At(fmt.Sprintf("columns[%d].index", i))
		}
		column := &all.Columns[at]
		column.Field, column.Property, column.Confidence, column.Reason, column.By = c.Field, c.Property, 1, ByPerson, ""
		if column.Field != "" {
			column.Property = ""
		}
		byHand[c.Index] = true
		if c.Field.glue() == "" {
			taken[c.Field] = c.Field != ""
		}
	}
	for i := range all.Columns {
		if c := &all.Columns[i]; !byHand[c.Index] && taken[c.Field] {
			c.By, c.Field, c.Reason, c.Property = string(c.Field), "", Taken, all.freeName(c)
		}
	}
	return all, all.Check()
}

// freeName is a name for the property of a column that no other column has.
func (m Mapping) freeName(c *Column) string {
	name := c.Header
	if name == "" {
		name = "列" + strconv.Itoa(c.Index+1)
	}
	for n := 2; slices.ContainsFunc(m.Columns, func(o Column) bool { return o.Property == name }); n++ {
		name = c.Header + " (" + strconv.Itoa(n) + ")"
	}
	return name
}
