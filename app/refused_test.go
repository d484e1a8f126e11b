package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"kizashi/testkit"
	"kizashi/testkit/desk"
)

// Who writes a body to its end before reading, as many clients do, is told why it is refused: the
// connection is not torn down on the way.
func TestSendersOfTooMuchAreTold(t *testing.T) {
	d := desk.New(t, testkit.SQLiteURL(t))
	body := bytes.Repeat([]byte("x"), 8<<20)
	for path, want := range map[string]int{
		"/v1/batch":                    http.StatusRequestEntityTooLarge,
		"/v1/track":                    http.StatusRequestEntityTooLarge,
		"/api/v1/events":               http.StatusUnauthorized,
		"/api/v1/imports?name=big.csv": http.StatusUnauthorized,
		"/api/v1/nothing":              http.StatusNotFound,
	} {
		status, key := writeThenRead(t, strings.TrimPrefix(d.URL, "http://"), path, body)
		if status != want || key == "" {
			t.Errorf("%s: %d %q, want %d", path, status, key, want)
		}
	}
}

// writeThenRead sends a request with all of its body before it looks for the answer, and gives its status
// and the key of the problem.
func writeThenRead(t *testing.T, host, path string, body []byte) (status int, key string) {
	t.Helper()
	to, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = to.Close() }()
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", path, host, len(body))
	if _, err := to.Write(append([]byte(head), body...)); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(to), nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	var problem struct {
		Key string `json:"key"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&problem); err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return answer.StatusCode, problem.Key
}
