package letter

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"

	"hearback/mailbox/guard"
)

// Body is what a body says once its transfer encoding and its parts are undone.
type Body struct {
	Text, HTML string
	Files      []guard.File
	// Broken says what could not be read; "" when everything could.
	Broken string
}

// DecodeField decodes the encoded words of a header field (RFC 2047) and unfolds
// it; what cannot be decoded stays as it is.
func DecodeField(s string) string {
	for _, fold := range []string{"\r\n ", "\r\n\t", "\n ", "\n\t"} {
		s = strings.ReplaceAll(s, fold, " ")
	}
	return decode(s)
}

// DecodeBody undoes the transfer encoding and the structure that Content-Type
// and Content-Transfer-Encoding name. A body whose encoding is not what the
// header says is read as it stands, beside whatever of it could be decoded: the
// guard compares both.
func DecodeBody(contentType, encoding, body string) Body {
	cte := strings.ToLower(strings.TrimSpace(encoding))
	if contentType == "" && cte == "" {
		return Body{Text: body}
	}
	if contentType == "" {
		contentType = "text/plain; charset=utf-8"
	}
	if cte == "base64" && !isBase64(body) {
		return Body{Text: body, Broken: "the body is not in the base64 that its header says"}
	}
	// Characters that nothing encodes have been read as Unicode already: undoing a
	// character set again would garble them.
	plain := cte == "" || cte == "7bit" || cte == "8bit" || cte == "binary"
	head := "Content-Type: " + oneLine(contentType) + "\r\n"
	if plain && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(contentType)), "multipart/") {
		head = "Content-Type: " + strings.TrimSpace(strings.SplitN(oneLine(contentType), ";", 2)[0]) + "; charset=utf-8\r\n"
	}
	if !plain {
		head += "Content-Transfer-Encoding: " + oneLine(cte) + "\r\n"
	}
	raw := []byte(head + "\r\n" + strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n"))
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return Body{Text: body, Broken: "the body cannot be read"}
	}
	var l guard.Letter
	if err := readParts(context.Background(), e, &l, new(Reader)); err != nil {
		return Body{Text: join(l.Text, body), HTML: l.HTML, Files: l.Files, Broken: "a part cannot be read"}
	}
	out := Body{Text: l.Text, HTML: l.HTML, Files: l.Files}
	if plain && out.Text == "" && out.HTML == "" && len(out.Files) > 0 {
		// A body that calls itself a file is read as text as well.
		out.Text = body
	}
	if !utf8.ValidString(out.Text) || !utf8.ValidString(out.HTML) {
		out.Broken = "the text is not UTF-8"
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func isBase64(s string) bool {
	_, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.Join(strings.Fields(s), ""))))
	return err == nil
}
