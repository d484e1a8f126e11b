package desk

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"

	"kizashi/act"
)

// Upload sends a form with one file as a role.
func (d *Desk) Upload(role act.Role, path, field, name string, content []byte) Answer {
	d.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		d.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, d.URL+path, &body)
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept-Language", "ja")
	res, err := d.clients[role].Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		d.Fatal(err)
	}
	return Answer{res.StatusCode, res.Header, string(raw)}
}
