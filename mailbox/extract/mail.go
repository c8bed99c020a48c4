package extract

import (
	"io"
	"strings"

	"hearback/mailbox/parse"
)

// mail reads an attached mail: its header, its text, the HTML with what is hidden
// in it, and its attachments.
func (w *work) mail(f *File, b []byte, depth int) {
	w.check()
	in := parse.Message(b, parse.Options{})
	w.add(f, KindText, "header of the mail", parse.Headers(b))
	w.add(f, KindText, "subject of the mail", in.Subject)
	for _, a := range in.Senders {
		w.add(f, KindPerson, "sender of the mail", a.Name+" "+a.Email)
	}
	w.add(f, KindText, "text of the mail", in.Text)
	f.risk("mail", "is an email, with its header")
	if h, ok := parse.HTML(b); ok {
		w.html(f, []byte(h), depth)
	}
	for _, p := range in.Parts {
		if !w.entry(f, p.Name) {
			return
		}
		r, part, err := parse.Part(b, p.Path)
		if err != nil {
			f.problem(Broken, "has an attachment that could not be read")
			continue
		}
		data, err := w.unpack(r, part.Bytes)
		if err != nil && err != io.EOF {
			unpackProblem(f, part.Name, err)
		}
		if strings.EqualFold(part.Type, "application/pkcs7-mime") || strings.EqualFold(part.Type, "application/x-pkcs7-mime") || strings.EqualFold(part.Type, "application/pgp-encrypted") {
			f.problem(Encrypted, "is encrypted")
		}
		w.nested(f, part.Name, "", data, depth+1)
		if exhausted(err) {
			return
		}
	}
}
