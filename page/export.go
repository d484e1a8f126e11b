package page

import (
	"io"
	"net/http"
	"time"
)

// ExportTime is how long the writing of a file may take: longer than a page, for it may hold all leads.
const ExportTime = 30 * time.Minute

// partTime is how long the browser may take for one piece of a file.
const partTime = time.Minute

// paced gives the browser partTime for each piece: who takes none for so long is gone.
type paced struct{ http.ResponseWriter }

// Paced is where a file is written that the browser may take long to receive.
func (r *Request) Paced() io.Writer { return paced{r.W} }

// Write also says until when the browser must have taken the piece.
func (p paced) Write(b []byte) (int, error) {
	_ = http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Now().Add(partTime)) // where it cannot be set, there is none
	return p.ResponseWriter.Write(b)
}
