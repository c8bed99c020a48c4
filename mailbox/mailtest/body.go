package mailtest

import (
	"encoding/base64"
	"fmt"
	"html"
	"mime/quotedprintable"
	"strings"
)

// body writes the fields that say how the body is built, and the body.
func (d *draft) body() {
	o := d.g.options
	// Drawn in any case, so that the rate changes nothing else about the mails.
	roll, size, count := d.g.noise.Float64(), d.g.noise.IntN(max(1, o.AttachmentMax-o.AttachmentMin+1)), 1+d.g.noise.IntN(3)
	if roll >= o.Attachments || d.Kind == KindAutoReply {
		d.textPart(d.text + d.quote())
		return
	}
	boundary := d.boundary()
	fmt.Fprintf(&d.raw, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary)
	d.textPart(d.text + d.quote())
	size += o.AttachmentMin
	for i := range count {
		fmt.Fprintf(&d.raw, "\r\n--%s\r\n", boundary)
		d.attach(i, size/count)
	}
	fmt.Fprintf(&d.raw, "\r\n--%s--\r\n", boundary)
}

func (d *draft) boundary() string { return fmt.Sprintf("=_%016x", d.g.rand.Uint64()) }

// textPart writes the text in the mail's form, as the whole body or as its first part.
func (d *draft) textPart(text string) {
	switch d.Form {
	case "alternative":
		boundary := d.boundary()
		fmt.Fprintf(&d.raw, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary)
		d.part("text/plain", "quoted-printable", text)
		fmt.Fprintf(&d.raw, "\r\n--%s\r\n", boundary)
		d.part("text/html", "base64", asHTML(text))
		fmt.Fprintf(&d.raw, "\r\n--%s--\r\n", boundary)
	case "html":
		d.part("text/html", "base64", asHTML(text))
	case "plain-base64":
		d.part("text/plain", "base64", text)
	case "plain-8bit":
		d.part("text/plain", "8bit", text)
	default:
		d.part("text/plain", "quoted-printable", text)
	}
}

// part writes one part's fields and content.
func (d *draft) part(mediaType, encoding, text string) {
	fmt.Fprintf(&d.raw, "Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n", mediaType, d.Charset, encoding)
	content := []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	if d.Charset == "iso-8859-1" {
		content = toLatin1(string(content))
	}
	switch encoding {
	case "base64":
		d.base64(content)
	case "quoted-printable":
		w := quotedprintable.NewWriter(&d.raw)
		// Writing to a buffer does not fail.
		_, _ = w.Write(content)
		_ = w.Close()
	default:
		d.raw.Write(content)
	}
	d.raw.WriteString("\r\n")
}

// base64 writes lines of 76 characters (RFC 2045 section 6.8).
func (d *draft) base64(content []byte) {
	const line = 57 // bytes that make 76 characters
	var encoded [76]byte
	for len(content) > 0 {
		n := min(line, len(content))
		base64.StdEncoding.Encode(encoded[:], content[:n])
		d.raw.Write(encoded[:base64.StdEncoding.EncodedLen(n)])
		d.raw.WriteString("\r\n")
		content = content[n:]
	}
}

// kinds of files that families send, with the first bytes of each format.
type file struct {
	name, mediaType, magic string
}

func files() []file {
	return []file{
		{"School report", "application/pdf", "%PDF-1.7\n"},
		{"Letter from paediatrician", "application/pdf", "%PDF-1.4\n"},
		{"Übergangsplan – notes", "application/pdf", "%PDF-1.7\n"},
		{"IMG_20260", "image/jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00"},
		{"Screenshot", "image/png", "\x89PNG\r\n\x1a\n"},
	}
}

// attach writes a file of the given size: the right beginning, then noise, which no
// compression makes smaller than a photograph.
func (d *draft) attach(i, size int) {
	f := files()[d.g.noise.IntN(len(files()))]
	extension := map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[f.mediaType]
	name := fmt.Sprintf("%s %d%s", f.name, d.N*10+i, extension)
	content := make([]byte, max(size, len(f.magic)))
	for at := copy(content, f.magic); at < len(content); {
		word := d.g.noise.Uint64()
		for range 8 {
			if at == len(content) {
				break
			}
			content[at] = byte(word)
			word >>= 8
			at++
		}
	}
	fmt.Fprintf(&d.raw, "Content-Type: %s\r\nContent-Disposition: attachment; %s\r\nContent-Transfer-Encoding: base64\r\n\r\n",
		f.mediaType, filename(name))
	d.base64(content)
	d.Attachments = append(d.Attachments, Attachment{Name: name, Type: f.mediaType, Bytes: len(content)})
}

// filename writes a file's name: quoted, or percent-encoded when it is not ASCII (RFC 2231).
func filename(name string) string {
	var encoded strings.Builder
	ascii := true
	for _, c := range []byte(name) {
		switch {
		case c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("-._", c) >= 0:
			encoded.WriteByte(c)
		default:
			ascii = ascii && c < 0x80
			fmt.Fprintf(&encoded, "%%%02X", c)
		}
	}
	if ascii {
		return `filename="` + name + `"`
	}
	return "filename*=utf-8''" + encoded.String()
}

// quote is what stands below a reply: the mail that is answered, in the manner of one
// of three widespread programs.
func (d *draft) quote() string {
	if d.answers == nil || d.Kind == KindAutoReply {
		return ""
	}
	excerpt := d.answers.excerpt
	if d.Charset == "iso-8859-1" && !latin1(excerpt) {
		return ""
	}
	at := d.answers.Received.In(zone(d.answers.Received))
	quoted := "> " + strings.ReplaceAll(wrap(excerpt, 70), "\n", "\n> ")
	switch d.g.rand.IntN(3) {
	case 0:
		return fmt.Sprintf("\n\nOn %s, SEN Team <%s> wrote:\n%s\n", at.Format("Mon, 2 Jan 2006 at 15:04"), d.g.options.Mailbox, quoted)
	case 1:
		return fmt.Sprintf("\n\n________________________________\nFrom: SEN Team <%s>\nSent: %s\nTo: %s\nSubject: %s\n\n%s\n",
			d.g.options.Mailbox, at.Format("02 January 2006 15:04"), d.From, d.answers.subjectFor(d.Charset), wrap(excerpt, 70))
	default:
		return fmt.Sprintf("\n\n> On %s, SEN Team <%s> wrote:\n>\n%s\n", at.Format("2 Jan 2006, at 15:04"), d.g.options.Mailbox, quoted)
	}
}

// subjectFor gives the subject if the charset has its characters.
func (p *past) subjectFor(charset string) string {
	if charset == "iso-8859-1" && !latin1(p.Subject) {
		return "your enquiry"
	}
	return p.Subject
}

func asHTML(text string) string {
	paragraphs := strings.Split(html.EscapeString(text), "\n\n")
	var b strings.Builder
	b.WriteString("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>\n")
	for _, p := range paragraphs {
		b.WriteString("<p>" + strings.ReplaceAll(p, "\n", "<br>\n") + "</p>\n")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// toLatin1 encodes s, all of whose characters ISO 8859-1 has.
func toLatin1(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, c := range s {
		out = append(out, byte(c))
	}
	return out
}
