package imports

import (
	"errors"
	"net/http"
	"testing"

	"kizashi/fault"
)

// A body that is too large is called that, not a connection that was cut.
func TestLargeBodyIsCalledThat(t *testing.T) {
	cut := fault.New(fault.Malformed, "imports.cut_off", nil)
	for want, err := range map[string]error{
		"imports.cut_off": cut, "fault.too_large": cut.Because(&http.MaxBytesError{Limit: 1}),
	} {
		var known *fault.Error
		if got := received(err); !errors.As(got, &known) || known.Key != want {
			t.Errorf("%v reads as %v, want %s", err, got, want)
		}
	}
}
