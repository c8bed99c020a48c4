package check

import (
	"slices"
	"time"

	"hearback/mailbox/guard"
)

// factsOf puts what a line says is known into the guard's terms.
func (l line) factsOf() guard.Facts {
	s, o := l.Setup, l.Outbound
	f := guard.Facts{
		// The list of staff is in the line itself, so it is known even where the
		// case's data are not: mail between staff is not held up.
		Complete: s.Available == nil || *s.Available, StaffKnown: true,
		CaseRef: o.CaseRef, StaffDomains: s.StaffDomains, DomainsOnly: true,
		Author: &guard.Author{Mailbox: guard.FoldMailbox(bare(o.From)), Active: true, MaySee: true},
	}
	var others []guard.Child
	known := o.CaseRef == ""
	for _, k := range s.Children {
		child := guard.Child{CaseRef: k.Ref, Name: k.Name, DOB: k.DOB, UPN: k.UPN, NHS: k.NHS}
		if k.Ref == o.CaseRef && o.CaseRef != "" {
			f.Child, known, f.LookedAfter = child, true, k.LookedAfter
			for what, on := range k.Due {
				f.Dates = append(f.Dates, guard.LegalDate{What: guard.Due(what), On: day(on)})
			}
			continue
		}
		others = append(others, child)
	}
	f.Complete = f.Complete && known
	f.Others = guard.IndexChildren(others)
	for _, p := range s.People {
		mb := guard.FoldMailbox(bare(p.Email))
		if p.Role == "staff" {
			f.Staff = append(f.Staff, guard.Colleague{Mailbox: mb, Name: p.Name, OfCase: true})
			if mb == f.Author.Mailbox {
				f.Author.Name = p.Name
			}
			continue
		}
		q := guard.Person{
			Name: p.Name, Kind: guard.Kind(p.Role), Postal: p.Postal, Barred: p.NoContact, Hidden: p.Confidential,
			Addresses: []guard.Contact{{Email: bare(p.Email), Confidential: p.Confidential, Bounced: p.Bounced}},
		}
		for _, ref := range p.LinkedTo {
			pr := guard.PRNo
			if p.PR {
				pr = guard.PRYes
			}
			q.Links = append(q.Links, guard.Link{CaseRef: ref, PR: pr, NoContact: p.NoContact, AddressHidden: p.Confidential, Relation: p.Relation, NoPlan: p.NoPlan})
		}
		if p.Relation == "social worker" && slices.Contains(p.LinkedTo, o.CaseRef) {
			f.SocialWorkers = append(f.SocialWorkers, mb)
		}
		f.People = append(f.People, q)
	}
	f.Today = day(s.Today)
	l.directory(&f)
	l.thread(&f)
	return f
}

// day is a local date; the zero time when it is none.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (l line) directory(f *guard.Facts) {
	for _, g := range l.Setup.Groups {
		f.Directory.Groups = append(f.Directory.Groups, guard.Group{Mailbox: bare(g.Email), Members: g.Members})
	}
	for _, w := range l.Setup.Forwards {
		f.Directory.Forwards = append(f.Directory.Forwards, guard.Forward{Mailbox: bare(w.Email), To: w.To})
	}
	for _, u := range l.Setup.Unresolved {
		f.Directory.Unresolved = append(f.Directory.Unresolved, bare(u))
	}
}

// thread sorts what was said before: notes are private; what came in is its
// writer's; a reply went to everybody outside who is on the case.
func (l line) thread(f *guard.Facts) {
	var onCase []string
	for _, p := range f.People {
		if slices.ContainsFunc(p.Links, func(k guard.Link) bool { return k.CaseRef == f.CaseRef }) {
			onCase = append(onCase, guard.FoldMailbox(p.Addresses[0].Email))
		}
	}
	for _, t := range l.Setup.Thread {
		switch t.Kind {
		case "inbound":
			f.Seen = append(f.Seen, guard.Seen{Mailbox: guard.FoldMailbox(bare(t.From)), Text: t.Text, Wrote: true})
		case "reply":
			for _, mb := range onCase {
				f.Seen = append(f.Seen, guard.Seen{Mailbox: mb, Text: t.Text})
			}
		default: // a note, and whatever else it may be: private
			f.Private = append(f.Private, guard.Private{Author: l.nameOf(t.From), Text: t.Text, MessageID: t.MessageID})
		}
	}
}

func (l line) nameOf(email string) string {
	for _, p := range l.Setup.People {
		if guard.FoldMailbox(bare(p.Email)) == guard.FoldMailbox(bare(email)) {
			return p.Name
		}
	}
	return ""
}

// bare is the address within a string that may show a name; what cannot be read
// stays as it is and matches nobody.
func bare(s string) string {
	if a, err := guard.ParseAddress(s); err == nil {
		return a.String()
	}
	return s
}
