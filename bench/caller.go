package bench

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// answerTime is how long a request may take before the measurement is given up.
const answerTime = 30 * time.Second

// caller is a connection that posts one request after the other. It is much cheaper than an
// http.Client, which would take most of the cores that the server is measured on.
type caller struct {
	conn    net.Conn
	answers *bufio.Reader
	auth    string
	request []byte
}

func dial(url, key string) (*caller, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return nil, err
	}
	auth := base64.StdEncoding.EncodeToString([]byte(key + ":"))
	return &caller{conn: conn, answers: bufio.NewReader(conn), auth: auth}, nil
}

// post sends a body and reads the answer; any but 200 is an error.
func (c *caller) post(path string, body []byte) error {
	c.request = fmt.Appendf(c.request[:0], "POST %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", path, c.auth, len(body))
	c.request = append(c.request, body...)
	if err := c.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return err
	}
	if _, err := c.conn.Write(c.request); err != nil {
		return err
	}
	status, err := c.answers.ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return fmt.Errorf("bench: answer %q", strings.TrimSpace(status))
	}
	return c.skip()
}

// skip reads the head of an answer and its body away.
func (c *caller) skip() error {
	length := -1
	for {
		line, err := c.answers.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("bench: an answer without its length")
	}
	_, err := io.CopyN(io.Discard, c.answers, int64(length))
	return err
}

func (c *caller) close() { _ = c.conn.Close() }
