package web

import (
	"slices"
	"strings"

	"hearback/tickets"
	"hearback/tickets/register"
	"hearback/web/view"
)

func (s *Server) emailIn(c *Ctx, t tickets.TicketView, it tickets.TimelineItem) *view.EmailIn {
	m := it.Message
	out := &view.EmailIn{
		From: it.Name, Role: it.Relation, Address: m.FromEmail, To: plainTo(m.To), At: m.ReceivedAt, Automatic: automaticWord(m),
		Body: body(m), Match: m.Reason, Sender: senderCheck(m.Auth), Enquiry: t.Ref, HasHTML: m.HasHTML, LeftOut: m.Problems,
		Junk: m.Junk, History: m.History, Machine: machine(m),
	}
	if out.From == "" {
		out.From = m.FromEmail
	}
	if m.Subject != "" && m.Subject != t.Subject {
		out.Subject = m.Subject
	}
	out.Files = s.files(c, messageURL(t.Ref, m), m)
	out.Locked = locked(out.Files)
	return out
}

// outsideMail is a letter that somebody wrote in another program: there is no
// delivery to follow and no check behind it, and the item says so.
func (s *Server) outsideMail(c *Ctx, t tickets.TicketView, it tickets.TimelineItem) *view.EmailOut {
	m := it.Message
	out := &view.EmailOut{
		By: it.Name, At: it.At, Body: body(m), Enquiry: t.Ref, Outside: true, To: plainTo(m.To), LeftOut: m.Problems,
		HasHTML: m.HasHTML, History: m.History, Files: s.files(c, messageURL(t.Ref, m), m),
	}
	if m.Subject != "" && m.Subject != t.Subject {
		out.Subject = m.Subject
	}
	out.Locked = locked(out.Files)
	return out
}

func messageURL(ref string, m *tickets.Message) string {
	return view.EnquiryURL(ref) + "/messages/" + id(m.ID)
}

func locked(files []view.File) bool {
	return slices.ContainsFunc(files, func(f view.File) bool { return f.Locked != "" })
}

// machine is what the notice of a telephone system or a printer says; nil for
// other mail.
func machine(m *tickets.Message) *view.MachineMail {
	if m.Kind != tickets.KindVoicemail && m.Kind != tickets.KindScan {
		return nil
	}
	out := &view.MachineMail{What: string(m.Kind)}
	if n := m.Machine; n != nil {
		out.Number, out.At, out.File = n.Number, n.At, n.File
		if out.File != "" {
			out.File = shownName(out.File)
		}
	}
	return out
}

// readers marks mail from an address that several people on the case have,
// when it is not known which of them wrote.
func readers(items []view.Item, said []tickets.TimelineItem, parties []register.Party) {
	whose := map[string][]string{}
	for _, p := range parties {
		for _, a := range p.Addresses {
			if !slices.Contains(whose[a.Mailbox], p.Person.Name) {
				whose[a.Mailbox] = append(whose[a.Mailbox], p.Person.Name)
			}
		}
	}
	shared := map[string][]string{}
	for _, it := range said {
		if m := it.Message; m != nil && m.Direction == tickets.In && m.PersonID == 0 && len(whose[m.FromMailbox]) > 1 {
			shared[id(m.ID)] = whose[m.FromMailbox]
		}
	}
	for i := range items {
		if items[i].In != nil {
			if who := shared[items[i].ID]; len(who) > 0 {
				items[i].In.Readers, items[i].In.Role = who, "one of "+plural(len(who), "person", "people")+" on this case"
			}
		}
	}
}

func kindOfFile(mime string) string {
	switch {
	case mime == "application/pdf":
		return "PDF"
	case strings.HasPrefix(mime, "image/"):
		return "Picture"
	case strings.Contains(mime, "word"):
		return "Word document"
	case strings.Contains(mime, "sheet"), strings.Contains(mime, "excel"):
		return "Spreadsheet"
	case mime == "message/rfc822":
		return "Attached email"
	case mime == "text/calendar":
		return "Invitation"
	case strings.HasPrefix(mime, "text/"):
		return "Text"
	}
	return mime
}
