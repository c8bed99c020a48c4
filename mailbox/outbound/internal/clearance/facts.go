package clearance

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"hearback/mailbox/guard"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// factsOf puts what was read about the case, and about the letter's author and
// what it answers, into the guard's terms. What does not fit together leaves
// the facts incomplete, and incomplete facts block.
func (m *Mint) factsOf(claim *tickets.Claim, gf *tickets.GuardFacts, standing string) guard.Facts {
	f := guard.Facts{PartiesOnly: true, Standing: standing}
	if gf == nil {
		return f
	}
	o := claim.Letter
	f.Version = gf.Version
	f.StaffDomains = gf.StaffDomains
	f.OwnMailboxes = gf.OwnMailboxes
	refs := caseRefs(gf)
	if gf.Case != nil {
		f.CaseRef, f.Child = refs(gf.Case.ID), child(*gf.Case)
	}
	f.Today = m.now().In(sla.London())
	f.People = people(gf, refs, claim.Letter.Purpose, f.Today.Format(time.DateOnly))
	record(&f, gf)
	if o.Purpose == tickets.PurposeReply {
		// An acknowledgement says that we have a letter and who will answer: whoever
		// wrote gets it, or they would wait unseen.
		youngPerson(&f, gf)
	}
	for _, d := range o.Deliveries {
		f.OwnCopies = append(f.OwnCopies, register.FoldMailbox(d.Email))
	}
	for _, s := range gf.Staff {
		if s.Active {
			f.Staff = append(f.Staff, guard.Colleague{Mailbox: s.Mailbox, Name: s.Name, OfCase: maySee(s, gf, claim)})
		}
	}
	if a := gf.Author; a != nil && claim.Author != nil && claim.Author.ID == a.ID {
		// As the account stands now: it may have been shut since the letter was claimed.
		actor := access.Actor{StaffID: a.ID, Role: access.Role(a.Role)}
		f.Author = &guard.Author{
			Mailbox: a.Mailbox, Name: a.Name, Active: a.Active,
			MaySee: maySee(*a, gf, claim) && actor.May(access.SendReply),
		}
	}
	for _, p := range gf.Private {
		f.Private = append(f.Private, guard.Private{Author: p.Author, At: p.At, Text: p.Text.ForStaff()})
	}
	for _, s := range gf.Seen {
		f.Seen = append(f.Seen, guard.Seen{Mailbox: s.Mailbox, Text: s.Text, Wrote: s.Wrote})
	}
	if m := gf.Answers; m != nil && claim.Answers != nil {
		f.Answered = &guard.Answered{Mailbox: m.FromMailbox, Name: m.FromName, Subject: m.Subject, Text: m.ReplyText}
		if !m.Unconfirmed && m.Direction == tickets.In {
			f.Seen = append(f.Seen, guard.Seen{Mailbox: m.FromMailbox, Text: m.ReplyText, Wrote: true})
		}
	}
	f.Others = m.children.of(gf)
	f.Known = m.known.of(gf)
	f.Directory = directory(gf)
	if owner := o.Fields[tickets.FieldOwner]; owner != "" {
		f.PublicNames = append(f.PublicNames, owner)
	}
	lists, err := m.council.of(gf.Lists)
	f.Lists, f.LevelOf = lists, levels(gf.Levels, f.Today)
	// The mailbox that the letter leaves from is one of ours, and the case is the
	// letter's: otherwise these are facts about something else.
	f.Complete = err == nil && slices.ContainsFunc(gf.OwnMailboxes, func(m string) bool {
		return register.FoldMailbox(m) == register.FoldMailbox(claim.Mailbox.Address)
	}) && (o.CaseID == 0) == (gf.Case == nil) && (gf.Case == nil || gf.Case.ID == o.CaseID)
	return f
}

// outdated says that a claim is not what the database holds any more: the letter,
// its enquiry or what it answers was changed by somebody since it was claimed.
// The claim has to be taken anew.
func outdated(claim *tickets.Claim, gf *tickets.GuardFacts) error {
	if gf == nil {
		return errors.New("no facts")
	}
	o := claim.Letter
	if n := gf.Letter; n != nil {
		if !reflect.DeepEqual(content(o), content(*n)) {
			return errors.New("the letter was changed since it was claimed")
		}
	}
	switch t, p, m := claim.Ticket, gf.Place, claim.Answers; {
	case o.ID != 0 && gf.Letter == nil:
		return errors.New("the letter is not there")
	case t != nil && p != nil && (p.TicketID != t.ID || p.CaseID != t.CaseID):
		return errors.New("the enquiry was moved since the letter was claimed")
	case m != nil && gf.Answers != nil && (m.ID != gf.Answers.ID || m.TicketID != gf.Answers.TicketID || m.Unconfirmed != gf.Answers.Unconfirmed):
		return errors.New("what the letter answers was moved since it was claimed")
	}
	return nil
}

// content is what a letter is made from, and what was said about it.
func content(o tickets.Outgoing) tickets.Outgoing {
	return tickets.Outgoing{
		TicketID: o.TicketID, CaseID: o.CaseID, MailboxID: o.MailboxID, Purpose: o.Purpose, AuthorID: o.AuthorID, Subject: o.Subject,
		Body: o.Body, Template: o.Template, Fields: o.Fields, AnswersID: o.AnswersID, QuoteAnswer: o.QuoteAnswer,
		Confirmed: o.Confirmed, Digest: o.Digest, CancelledBy: o.CancelledBy,
	}
}

// caseRefs names cases by reference where it is known.
func caseRefs(gf *tickets.GuardFacts) func(int64) string {
	known := map[int64]string{}
	for _, c := range gf.OtherChildren {
		known[c.ID] = c.Ref
	}
	if gf.Case != nil {
		known[gf.Case.ID] = gf.Case.Ref
	}
	return func(id int64) string {
		if ref := known[id]; ref != "" {
			return ref
		}
		return fmt.Sprintf("#%d", id)
	}
}

// children keeps the index of the whole register under the version at which it
// was read: thousands of names are not folded again for every letter. Every
// change of the register changes the version in its transaction.
type children struct {
	mu      sync.Mutex
	version int64
	size    int
	index   *guard.Children
}

func (c *children) of(gf *tickets.GuardFacts) *guard.Children {
	size := len(gf.OtherChildren)
	if gf.Case != nil {
		size += 1 + len(gf.Aliases)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.index != nil && c.version == gf.Version && c.size == size {
		return c.index
	}
	all := make([]guard.Child, 0, size)
	for _, x := range gf.OtherChildren {
		all = append(all, child(x))
	}
	if gf.Case != nil {
		// The child of this letter's case is another child to the next letter.
		all = append(all, child(*gf.Case))
		for _, a := range gf.Aliases {
			all = append(all, guard.Child{CaseRef: gf.Case.Ref, Name: a.Name, DOB: gf.Case.DOB})
		}
	}
	c.index, c.version, c.size = guard.IndexChildren(all), gf.Version, size
	return c.index
}

// known keeps the index of all mailboxes of the register in the same way.
type known struct {
	mu      sync.Mutex
	version int64
	index   *guard.Mailboxes
}

func (k *known) of(gf *tickets.GuardFacts) *guard.Mailboxes {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.index != nil && k.version == gf.Version {
		return k.index
	}
	all := make([]guard.KnownMailbox, 0, len(gf.Mailboxes))
	for _, x := range gf.Mailboxes {
		all = append(all, guard.KnownMailbox{Email: x.Email, Name: x.Name})
	}
	k.index, k.version = guard.IndexMailboxes(all), gf.Version
	return k.index
}

// directory is the council's directory in the guard's terms. A list without any
// member says nothing about who is behind it.
func directory(gf *tickets.GuardFacts) guard.Directory {
	var d guard.Directory
	for _, g := range gf.Groups {
		if len(g.Members) == 0 {
			d.Unresolved = append(d.Unresolved, g.Mailbox)
			continue
		}
		d.Groups = append(d.Groups, guard.Group{Mailbox: g.Mailbox, Members: g.Members})
	}
	to := map[string][]string{}
	for _, f := range gf.Forwards {
		to[f.Mailbox] = append(to[f.Mailbox], f.To)
	}
	for _, mailbox := range slices.Sorted(maps.Keys(to)) {
		d.Forwards = append(d.Forwards, guard.Forward{Mailbox: mailbox, To: to[mailbox]})
	}
	return d
}

func child(c register.Case) guard.Child {
	return guard.Child{CaseRef: c.Ref, Name: c.ChildName, DOB: c.DOB, UPN: c.UPN, NHS: c.NHS, School: c.School}
}

// people joins the parties of the case with the people recorded with one of the
// mailboxes, one entry a person with all links.
func people(gf *tickets.GuardFacts, refs func(int64) string, purpose tickets.Purpose, today string) []guard.Person {
	var out []guard.Person
	at := map[int64]int{}
	for _, p := range slices.Concat(gf.Parties, gf.Elsewhere) {
		i, ok := at[p.Person.ID]
		if !ok {
			i = len(out)
			at[p.Person.ID] = i
			out = append(out, guard.Person{Name: p.Person.Name, Kind: guard.Kind(p.Person.Kind), Postal: postal(gf, p.Person.ID)})
		}
		q := &out[i]
		for _, a := range p.Addresses {
			c := guard.Contact{Email: a.Email, Confidential: a.Confidential, Bounced: a.Bounced, AddedAt: a.CreatedAt}
			if a.VerifiedAt != nil {
				c.CheckedAt = *a.VerifiedAt
			}
			same := func(o guard.Contact) bool {
				return o.Email == c.Email && o.Confidential == c.Confidential && o.Bounced == c.Bounced
			}
			if !slices.ContainsFunc(q.Addresses, same) {
				q.Addresses = append(q.Addresses, c)
			}
		}
		if p.Link.CaseID == 0 {
			continue
		}
		l := guard.Link{
			CaseRef: refs(p.Link.CaseID), Relation: string(p.Link.Relation), PR: guard.PR(p.Link.PR),
			NoContact: p.Link.NoContact, AddressHidden: p.Link.AddressHidden, NoPlan: noPlan(gf, p, today),
		}
		if !restrict(gf, p, &l) {
			continue
		}
		represent(gf, p, purpose, &l)
		if !slices.Contains(q.Links, l) {
			q.Links = append(q.Links, l)
		}
	}
	return out
}

// restrict applies the restrictions on a person that the marks of a link do not
// say. false: to this letter the person is nobody on the case.
func restrict(gf *tickets.GuardFacts, p register.Party, l *guard.Link) bool {
	for _, r := range gf.Restrictions {
		if r.CaseID != p.Link.CaseID || r.EndedAt != nil {
			continue
		}
		switch {
		case r.Kind == register.SchoolProtected && r.Hides(p.Person.ID):
			l.SchoolHidden = true
		case r.PersonID == p.Person.ID && (r.Kind == register.NoInformation || r.Kind == register.OtherRestriction):
			// Told nothing: as somebody without parental responsibility, who may have an
			// acknowledgement; anybody else has no part in the case.
			if p.Person.Kind != register.KindParent {
				return false
			}
			l.PR = guard.PRNo
		}
	}
	return true
}

// represent says who speaks for a party, and what authority a representative has.
func represent(gf *tickets.GuardFacts, p register.Party, purpose tickets.Purpose, l *guard.Link) {
	if gf.Case == nil || p.Link.CaseID != gf.Case.ID || purpose != tickets.PurposeReply {
		return // whoever wrote gets their acknowledgement
	}
	if p.Person.Kind == register.KindParent {
		switch gf.Arrangement {
		case register.ArrangeParentCopied, register.ArrangeParent:
			l.Told = guard.ToldYes
		case register.ArrangeYoungOnly, register.ArrangeRepresentative:
			l.Told = guard.ToldNo
		}
	}
	if p.Link.Representative {
		l.Speaks = &guard.Authority{}
	}
	for _, r := range gf.Representations {
		switch {
		case r.PersonID == p.Person.ID:
			ends, err := time.ParseInLocation(time.DateOnly, r.ExpiresOn, sla.London())
			if l.Speaks == nil || !l.Speaks.Signed || err != nil || !l.Speaks.Ends.IsZero() && ends.After(l.Speaks.Ends) {
				l.Speaks = &guard.Authority{Signed: r.Document != "", Ends: ends}
			}
		case r.ForPerson == p.Person.ID:
			for _, q := range gf.Parties {
				if q.Person.ID == r.PersonID && len(q.Addresses) > 0 {
					l.Represented = register.FoldMailbox(q.Addresses[0].Email)
				}
			}
		}
	}
}

// youngPerson says whether the child decides for themself on the day of the letter.
func youngPerson(f *guard.Facts, gf *tickets.GuardFacts) {
	if gf.Case == nil {
		return
	}
	from, ok := register.YoungPersonFrom(gf.Case.DOB)
	if !ok || from > f.Today.Format(time.DateOnly) || gf.Arrangement == register.ArrangeParent {
		return
	}
	f.DecidesAlone = true
	if since, err := time.ParseInLocation(time.DateOnly, from, sla.London()); err == nil {
		f.DecidesSince = since
	}
}

// postal is the protected postal address of a person.
func postal(gf *tickets.GuardFacts, person int64) string {
	for _, p := range gf.Protected {
		if p.PersonID == person && p.Kind == register.FactAddress && strings.Contains(p.Value, ",") {
			return p.Value
		}
	}
	return ""
}

// maySee reports whether a member of staff works on the case of the letter, or,
// where there is no case yet, with cases at all, or, for a notice about the
// program itself, looks after it.
func maySee(s register.Staff, gf *tickets.GuardFacts, claim *tickets.Claim) bool {
	a, c := access.Actor{StaffID: s.ID, Role: access.Role(s.Role)}, gf.Case
	if !s.Active {
		return false
	}
	if c == nil && gf.Place == nil && claim.Letter.TicketID == 0 && claim.Letter.Purpose == tickets.PurposeNotice {
		return a.May(access.ReadSystem) // a notice about the program: of no family, for those who run it
	}
	if c == nil {
		return a.SeesCases()
	}
	f := access.CaseFacts{
		OfTeam: s.TeamID == c.TeamID, Own: s.ID == c.OfficerID || s.ID == c.FallbackID || slices.Contains(gf.LetIn, s.ID),
		Restricted: c.Restricted, Appeal: strings.EqualFold(c.Stage, "appeal"), Flagged: gf.Flagged,
	}
	if t := gf.Place; t != nil {
		f.Own = f.Own || s.ID == t.OwnerID
		f.OfTeam = f.OfTeam || s.TeamID == t.TeamID
	}
	return a.Sees(f)
}
