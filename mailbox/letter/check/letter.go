package check

import (
	"slices"
	"sort"
	"strings"

	"hearback/mailbox/guard"
	"hearback/mailbox/letter"
)

// letterOf makes what the guard judges out of a letter as it stands on the wire.
func (l line) letterOf() guard.Letter {
	o := l.Outbound
	all := slices.Concat(o.To, o.Cc, o.Bcc)
	g := guard.Letter{
		Purpose: guard.PurposeReply, Envelope: all, Audience: all, To: o.To, Cc: o.Cc, Bcc: o.Bcc,
		From: []string{o.From}, Decision: o.Decision, Subject: letter.DecodeField(o.Subject), RawSubject: o.Subject,
	}
	if o.Kind == "direct_smtp" {
		g.Purpose = guard.PurposeRelay
	}
	kind, cte := "", ""
	names := make([]string, 0, len(o.Headers))
	for n := range o.Headers {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		for _, v := range o.Headers[n] {
			switch strings.ToLower(n) {
			case "content-type":
				kind = v
			case "content-transfer-encoding":
				cte = v
			case "reply-to":
				g.ReplyTo = append(g.ReplyTo, v)
			}
			g.Headers = append(g.Headers, guard.Header{Name: n, Value: letter.DecodeField(v), Raw: v})
		}
	}
	body := letter.DecodeBody(kind, cte, o.Text)
	g.Text, g.HTML, g.Files, g.Broken = body.Text, body.HTML, body.Files, body.Broken
	g.Files = append(g.Files, files(o.Attachments)...)
	if a := o.Approval; a != nil {
		// Read in the same way as the letter, so that only a real change counts.
		b := letter.DecodeBody(kind, cte, a.Text)
		g.Approval = &guard.Approval{
			By: a.By, To: a.To, Cc: a.Cc, Bcc: a.Bcc, Subject: letter.DecodeField(a.Subject),
			Text: b.Text, HTML: b.HTML, Files: append(b.Files, files(a.Attachments)...),
		}
	}
	return g
}

func files(list []attachment) []guard.File {
	var out []guard.File
	for _, a := range list {
		f := guard.File{Name: letter.DecodeField(a.Name)}
		if a.Text != nil {
			f.Text, f.Readable = *a.Text, true
		}
		out = append(out, f)
	}
	return out
}
