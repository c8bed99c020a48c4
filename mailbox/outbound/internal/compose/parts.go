package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"

	"hearback/tickets"
	"hearback/tickets/fault"
)

// part is one part of a letter, with its header fields in order.
type part struct {
	fields []string // "Name: value", folded where need be
	body   func(*bytes.Buffer) error
	kind   string // of a container: "mixed", "alternative", "related"
	extra  string // further parameters of a container
	inner  []part
}

// content is what stands below the header of a copy. A letter to a family is
// plain text with the same text in HTML beside it; the sign of the council
// belongs to the HTML, and files to the whole:
//
//	mixed( alternative( plain, related( html, logo ) ), file, file )
//
// Outlook, Gmail and Apple Mail show this shape alike; containers of one part are
// left out.
func content(claim *tickets.Claim, d tickets.Delivery, text string) part {
	p := textPart("plain", text)
	if twinned(claim.Letter.Purpose) {
		l := look{points: claim.Print[d.PersonID]}
		head := claim.Head
		if len(head.Logo) > 0 && head.LogoAlt != "" {
			l.logo, l.alt, l.cid = true, head.LogoAlt, "logo."+short(head.Logo)+"@"+domain(claim)
		}
		formatted := textPart("html", twin(text, l))
		if l.logo {
			formatted = part{kind: "related", extra: `; type="text/html"`, inner: []part{formatted, logoPart(head, l.cid)}}
		}
		p = part{kind: "alternative", inner: []part{p, formatted}}
	}
	if len(claim.Letter.Files) > 0 {
		p = part{kind: "mixed", inner: []part{p}}
		for _, f := range claim.Letter.Files {
			p.inner = append(p.inner, filePart(f))
		}
	}
	return p
}

// twinned reports whose readers are families. What staff get is plain text alone.
func twinned(p tickets.Purpose) bool {
	return p == tickets.PurposeReply || p == tickets.PurposeAck || p == tickets.PurposeReceipt
}

func domain(claim *tickets.Claim) string {
	_, d, _ := strings.Cut(claim.Mailbox.Address, "@")
	return d
}

func short(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func textPart(kind, text string) part {
	return part{
		fields: []string{"Content-Type: text/" + kind + "; charset=utf-8", "Content-Transfer-Encoding: quoted-printable"},
		body: func(b *bytes.Buffer) error {
			if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
				return fault.New(fault.Invalid, "There is a character in the text that cannot be sent.")
			}
			w := quotedprintable.NewWriter(b)
			if _, err := w.Write([]byte(text)); err != nil {
				return invalid("encoding the text: %w", err)
			}
			if err := w.Close(); err != nil {
				return invalid("encoding the text: %w", err)
			}
			if !bytes.HasSuffix(b.Bytes(), []byte("\r\n")) {
				b.WriteString("\r\n")
			}
			return nil
		},
	}
}

func logoPart(head tickets.Letterhead, cid string) part {
	ext := "png"
	if head.LogoType == "image/jpeg" {
		ext = "jpg"
	}
	return part{
		fields: []string{
			"Content-Type: " + head.LogoType + `; name="logo.` + ext + `"`, "Content-Transfer-Encoding: base64",
			"Content-ID: <" + cid + ">", `Content-Disposition: inline; filename="logo.` + ext + `"`,
		},
		body: base64Body(head.Logo),
	}
}

func filePart(f tickets.LetterFile) part {
	kind := f.Type
	if !mediaType(kind) {
		kind = "application/octet-stream"
	}
	return part{
		fields: []string{
			folded("Content-Type: "+kind, nameParam("name", f.Name)), "Content-Transfer-Encoding: base64",
			folded("Content-Disposition: attachment", nameParam("filename", f.Name)),
		},
		body: func(b *bytes.Buffer) error {
			sum := sha256.Sum256(f.Content)
			if hex.EncodeToString(sum[:]) != f.SHA256 || f.SHA256 == "" {
				return fault.Wrap(fault.Invalid, "A file of this letter is not the one that was attached. Attach it again.",
					fmt.Errorf("a file of %d bytes does not have its hash", len(f.Content)))
			}
			if tickets.FileName(f.Name) != f.Name || f.Name == "" {
				return fault.New(fault.Invalid, "A file of this letter has a name that cannot be sent. Attach it again under another name.")
			}
			return base64Body(f.Content)(b)
		},
	}
}

// mediaType is type/subtype of RFC 2045 section 5.1, of characters that need no
// quoting, and none of the types that a program would take for the letter itself.
func mediaType(s string) bool {
	kind, sub, ok := strings.Cut(s, "/")
	for _, c := range kind + sub {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune(".+-", c) {
			return false
		}
	}
	return ok && kind != "" && sub != "" && kind != "multipart" && kind != "message" && kind != "text"
}

// base64Body writes lines of 76 (RFC 2045 section 6.8) without a second copy of
// the whole.
func base64Body(content []byte) func(*bytes.Buffer) error {
	return func(b *bytes.Buffer) error {
		const in = 57 // 76 characters of base64
		b.Grow(len(content)/in*78 + 80)
		var line [76]byte
		for len(content) > 0 {
			n := min(in, len(content))
			base64.StdEncoding.Encode(line[:], content[:n])
			b.Write(line[:base64.StdEncoding.EncodedLen(n)])
			b.WriteString("\r\n")
			content = content[n:]
		}
		return nil
	}
}

// write writes the fields of p, an empty line and what it holds. seed makes the
// boundaries, so that the same letter has the same bytes; "=_" stands in no
// quoted-printable and no base64 text (RFC 2045 section 6.7).
func (p part) write(b *bytes.Buffer, seed string) error {
	if p.kind == "" {
		b.WriteString(strings.Join(p.fields, "\r\n") + "\r\n\r\n")
		return p.body(b)
	}
	edge := "=_" + short([]byte(p.kind+" "+seed))
	b.WriteString("Content-Type: multipart/" + p.kind + p.extra + ";\r\n boundary=\"" + edge + "\"\r\n\r\n")
	for _, in := range p.inner {
		b.WriteString("--" + edge + "\r\n")
		if err := in.write(b, seed); err != nil {
			return err
		}
	}
	b.WriteString("--" + edge + "--\r\n")
	return nil
}
