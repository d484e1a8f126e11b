// Package setting keeps what an administrator decides for everybody: typed values as JSON, checked
// when they are set, with a default for each.
package setting

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"kizashi/act"
	"kizashi/db"
	"kizashi/fault"
)

// Changed is posted when a setting has another value now.
type Changed struct{ Name string }

// read is the JSON of a setting; "" where it was never set.
func read(ctx context.Context, tx *db.Tx, name string) (raw string, err error) {
	err = tx.Row(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return raw, err
}

// definition is what is known of a setting, whatever its type.
type definition struct {
	editor  act.Right // who may change it
	tidy    func(raw []byte) ([]byte, error)
	initial any
}

var known = map[string]definition{}

// Reader reads one setting. The value is shared between its readers: they must not change it.
type Reader[T any] func(context.Context, *db.Tx) (T, error)

// define makes a setting known; check may bring a value into its normal form.
func define[T any](name string, initial T, check func(*T) error, editor act.Right) Reader[T] {
	known[name] = definition{editor, func(raw []byte) ([]byte, error) { return tidy(raw, check) }, initial}
	type parsed struct {
		raw   string
		value T
	}
	var last atomic.Pointer[parsed] // most readers ask for what was there before
	return func(ctx context.Context, tx *db.Tx) (T, error) {
		raw, err := read(ctx, tx, name)
		if err != nil || raw == "" {
			return initial, err
		}
		if p := last.Load(); p != nil && p.raw == raw {
			return p.value, nil
		}
		p := parsed{raw: raw}
		if err := json.Unmarshal([]byte(raw), &p.value); err != nil {
			return initial, err
		}
		last.Store(&p)
		return p.value, nil
	}
}

// tidy reads, checks and writes a value anew; the errors name the place in it.
func tidy[T any](raw []byte, check func(*T) error) ([]byte, error) {
	var value T
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(&value)
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return nil, fault.New(fault.Invalid, "setting.type", fault.Args{"type": wrong.Type.Kind()}).At(join("value", wrong.Field))
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "setting.json", fault.Args{"detail": err.Error()}).At("value")
	}
	if err := check(&value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

func join(path, field string) string { return strings.TrimSuffix(path+"."+field, ".") }

// Names are the known settings.
func Names() []string { return slices.Sorted(maps.Keys(known)) }

// All are the values of all known settings, as JSON by name.
func All(ctx context.Context, tx *db.Tx) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	for name, d := range known {
		raw, err := json.Marshal(d.initial)
		if err != nil {
			return nil, err
		}
		values[name] = raw
	}
	return values, tx.Each(ctx, `SELECT name, value FROM setting`, nil, func(scan func(...any) error) error {
		var name, raw string
		err := scan(&name, &raw)
		if _, ok := known[name]; ok && raw != "" {
			values[name] = json.RawMessage(raw)
		}
		return err
	})
}
