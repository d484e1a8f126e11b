package app

import (
	"io"
	"net/http"
	"time"
)

// Bounds of what is read of a body that nobody wants.
const (
	lingerBytes = 32 << 20
	lingerTime  = 5 * time.Second
	// The HTTP server itself reads on for so many bytes.
	lingerServer = 256 << 10
)

// linger reads a large body to its end after it was refused. Most senders write everything before they
// look for an answer; to hang up on them would show them a broken connection, not what is wrong (413, 401).
func linger(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := r.Body // handlers put bounds around it
		next.ServeHTTP(w, r)
		small := r.ContentLength >= 0 && r.ContentLength <= lingerServer
		if small || r.Header.Get("Expect") != "" { // who asks beforehand sends nothing after a no
			return
		}
		if http.NewResponseController(w).SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, body, lingerBytes) // whatever comes: the answer has been given
		}
	})
}
