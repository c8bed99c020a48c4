package caseload

import (
	"fmt"
	"slices"
	"strings"

	"hearback/tickets/register"
)

func (b *builder) person(d *draft, r *Record, p *PersonRecord) {
	x, fresh := b.find(d, r, p)
	if x == nil {
		return
	}
	who := func(c Change) Change {
		c.Row, c.CaseRef, c.Person, c.Who = r.Row, r.Ref, x.key, p.Name
		return c
	}
	f := b.known(x.key)
	if p.ExternalRef != "" && b.refs[p.ExternalRef] == "" {
		b.do(who(Change{Action: SetPersonRef, To: p.ExternalRef}))
		b.refs[p.ExternalRef], f.ref = x.key, p.ExternalRef
	}
	if !fresh {
		b.link(x, f, p, who)
	}
	b.contact(f, p, who)
	b.restriction(d, x, p, who)
}

// find is who a row speaks of: by the case system's number, else somebody on this
// case with the mailbox and the name, else with the name and the relation alone.
// Somebody on another case is the same person only with both mailbox and name: a
// mailbox may be shared. fresh: the link is new and says already what the row
// says. Nobody, when it cannot be told; then there is a problem.
func (b *builder) find(d *draft, r *Record, p *PersonRecord) (x *personDraft, fresh bool) {
	if key := b.refs[p.ExternalRef]; p.ExternalRef != "" && key != "" {
		// A number that is given to somebody else would hand them what belongs to the first.
		if !sameName(b.known(key).name, p.Name) {
			b.problem(r.Row, PersonRef, Error, "The number %s belongs to somebody with another name. If they changed it, change it on the case.", p.ExternalRef)
			return nil, false
		}
		return b.join(d, r, p, key)
	}
	var found []*personDraft
	for _, x := range d.people {
		f := b.known(x.key)
		if !b.mayBe(f, p) {
			continue
		}
		mail := slices.ContainsFunc(p.Emails, func(e string) bool { return f.has(register.FoldMailbox(e)) })
		if mail || len(p.Emails) == 0 || len(f.boxes) == 0 || p.Relation == "" || strings.EqualFold(string(x.link.Relation), p.Relation) {
			found = append(found, x)
		}
	}
	switch len(found) {
	case 1:
		return found[0], false
	case 0:
	default:
		b.problem(r.Row, PersonName, Error, "There are %d people called %s on case %s. Give the person's number.", len(found), p.Name, r.Ref)
		return nil, false
	}
	switch keys := b.elsewhere(p); len(keys) {
	case 1:
		return b.join(d, r, p, keys[0])
	case 0:
		return b.join(d, r, p, b.add(r, p))
	default:
		b.problem(r.Row, PersonName, Error, "There is more than one %s with this address. Give the person's number, or merge them.", p.Name)
		return nil, false
	}
}

// mayBe: the name is the same, and no two numbers say that they are two people.
func (b *builder) mayBe(f *folk, p *PersonRecord) bool {
	return sameName(f.name, p.Name) && (f.ref == "" || p.ExternalRef == "" || f.ref == p.ExternalRef)
}

// elsewhere lists people of that name with one of the mailboxes, on any case.
func (b *builder) elsewhere(p *PersonRecord) []string {
	var keys []string
	for _, e := range p.Emails {
		box := register.FoldMailbox(e)
		for _, id := range b.w.ByMail[box] {
			keys = append(keys, PersonKey(id))
		}
		keys = append(keys, b.mails[box]...)
	}
	slices.Sort(keys)
	return slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return !b.mayBe(b.known(key), p) })
}

// add is a new person.
func (b *builder) add(r *Record, p *PersonRecord) string {
	b.added++
	key := fmt.Sprintf("new:%d", b.added)
	b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: AddPerson, Person: key, Who: p.Name, To: p.Name, PersonKind: p.Kind})
	b.folk[key] = &folk{name: p.Name, kind: p.Kind}
	for _, e := range p.Emails {
		box := register.FoldMailbox(e)
		b.mails[box] = append(b.mails[box], key)
	}
	return key
}

func (f *folk) has(mailbox string) bool {
	return slices.ContainsFunc(f.boxes, func(a register.Address) bool { return a.Mailbox == mailbox })
}

// sameName compares without capitals, signs and titles.
func sameName(a, b string) bool { return plain(untitled(a)) == plain(untitled(b)) }

func untitled(name string) string {
	words := strings.Fields(name)
	for len(words) > 1 {
		switch strings.ToLower(strings.Trim(words[0], ".")) {
		case "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "rev":
			words = words[1:]
			continue
		}
		break
	}
	return strings.Join(words, " ")
}

// join puts somebody on the case, with no more than the row says. Who is on it
// already stays as they are.
func (b *builder) join(d *draft, r *Record, p *PersonRecord, key string) (x *personDraft, fresh bool) {
	for _, x := range d.people {
		if x.key == key {
			return x, false
		}
	}
	l := register.Link{
		Relation: register.Relation(p.Relation), PR: p.PR, PRSource: p.PRSource, PRCheckedOn: p.PROn, MayBeTold: p.Told,
		AddressHidden: p.secret() && *p.Secret, Representative: slices.Contains([]string{"solicitor", "advocate"}, p.Relation),
	}
	if l.PR == "" {
		l.PR = register.PRNotChecked
	}
	if l.Relation == "" {
		l.Relation = register.Relation(p.Kind)
	}
	more := b.toldMore("", p.Told, b.known(key).kind)
	if more {
		l.MayBeTold = ""
	}
	said := l // what the plan holds is not what later rows change
	b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: AddLink, Person: key, Who: p.Name, To: string(l.Relation), Link: &said})
	x = &personDraft{key: key, link: l}
	d.people = append(d.people, x)
	// Asked for now as on every night from now on.
	return x, !more
}

// secret reports whether the row says anything of the address; a protected
// address is one in either column.
func (p *PersonRecord) secret() bool {
	if p.Restriction == register.AddressProtected {
		yes := true
		p.Secret = &yes
	}
	return p.Secret != nil
}

// toldMore reports whether a person would be told more than what is recorded, or,
// when nothing is, more than their part in the case gives.
func (b *builder) toldMore(from, to string, kind register.PersonKind) bool {
	if to == "" {
		return false
	}
	from = strings.ToLower(from)
	if from == "" {
		switch kind {
		case register.KindParent, register.KindYoungPerson:
			from = "all"
		case register.KindSchool:
			from = "school matters only"
		case register.KindProfessional:
			from = "advice"
		default:
			from = "nothing"
		}
	}
	return slices.Index(toldWords(), to) > slices.Index(toldWords(), from)
}

// link tightens what is recorded of somebody on the case.
func (b *builder) link(x *personDraft, f *folk, p *PersonRecord, who func(Change) Change) {
	l := &x.link
	if p.Relation != "" && !strings.EqualFold(string(l.Relation), p.Relation) {
		b.do(who(Change{Action: SetLink, Field: "relation", From: string(l.Relation), To: p.Relation}))
		l.Relation = register.Relation(p.Relation)
	}
	switch {
	case p.PR == "" || p.PR == l.PR, p.PR == register.PRNotChecked:
		// A check that was made is not unmade by a system that knows nothing of it.
	default:
		c := who(Change{Action: SetLink, Field: "pr", From: string(l.PR), To: string(p.PR), Source: p.PRSource, On: p.PROn})
		if l.PR == register.PRNo {
			c.Waits = "It would give parental responsibility to somebody who is recorded without it."
		}
		b.do(c)
		if c.Waits == "" {
			l.PR = p.PR
		}
	}
	if p.Told != "" && p.Told != strings.ToLower(l.MayBeTold) {
		c := who(Change{Action: SetLink, Field: "may_be_told", From: l.MayBeTold, To: p.Told})
		if b.toldMore(l.MayBeTold, p.Told, f.kind) {
			c.Waits = "It would let them be told more."
		}
		b.do(c)
		if c.Waits == "" {
			l.MayBeTold = p.Told
		}
	}
	if p.secret() && *p.Secret != l.AddressHidden {
		c := who(Change{Action: SetLink, Field: "address_protected", From: yesNo(l.AddressHidden), To: yesNo(*p.Secret)})
		if !*p.Secret {
			c.Waits = "It would show a protected address."
		}
		b.do(c)
		if c.Waits == "" {
			l.AddressHidden = *p.Secret
		}
	}
}

// contact adds addresses and numbers. They start unverified, and nothing is taken away.
func (b *builder) contact(f *folk, p *PersonRecord, who func(Change) Change) {
	secret := p.secret() && *p.Secret
	for _, e := range p.Emails {
		box := register.FoldMailbox(e)
		if f.has(box) {
			continue
		}
		b.do(who(Change{Action: AddAddress, To: e, Secret: secret}))
		f.boxes = append(slices.Clone(f.boxes), register.Address{Email: e, Mailbox: box})
	}
	for _, t := range p.Phones {
		if slices.ContainsFunc(f.phones, func(k register.Phone) bool { return Digits(k.Number) == Digits(t) }) {
			continue
		}
		b.do(who(Change{Action: AddPhone, To: t, Secret: secret}))
		f.phones = append(slices.Clone(f.phones), register.Phone{Number: t, Digits: Digits(t)})
	}
	if p.Postal == "" && p.Postcode == "" {
		return
	}
	place := register.Postal{Lines: p.Postal, Postcode: p.Postcode, Confidential: secret}
	if slices.ContainsFunc(f.places, func(k register.Postal) bool {
		return plain(k.Lines) == plain(place.Lines) && plain(k.Postcode) == plain(place.Postcode)
	}) {
		return
	}
	b.do(who(Change{Action: AddPostal, To: p.Postcode, Postal: &place}))
	f.places = append(slices.Clone(f.places), place)
}

func (b *builder) restriction(d *draft, x *personDraft, p *PersonRecord, who func(Change) Change) {
	id := personID(x.key)
	if p.NoRestriction {
		for _, k := range d.known.Restrictions {
			if id != 0 && k.PersonID == id && k.EndedAt == nil {
				b.do(who(Change{Action: EndRestriction, From: string(k.Kind), Restriction: &k, Waits: "It would lift a restriction. Two people decide on that, on the case."}))
			}
		}
		return
	}
	if p.Restriction == "" {
		return
	}
	n := register.Restriction{
		CaseID: d.known.Case.ID, PersonID: id, Kind: p.Restriction, Source: p.RestrictBy, Document: p.RestrictDoc,
		StartsOn: p.RestrictFrom, ReviewBy: p.RestrictEnd,
	}
	if n.StartsOn == "" {
		n.StartsOn = b.w.Today
	}
	c := who(Change{Action: AddRestriction, To: string(n.Kind), Restriction: &n})
	once := c.CaseRef + "|" + x.key + "|" + string(n.Kind) + "|" + n.Document + "|" + n.StartsOn
	switch {
	case id != 0 && slices.ContainsFunc(d.known.Restrictions, func(k register.Restriction) bool { return sameRestriction(k, n) }), b.said[once]:
		return
	case id != 0 && slices.ContainsFunc(b.w.Ended[n.CaseID], func(k register.Restriction) bool { return endedAlready(k, n, p.RestrictFrom) }):
		b.problem(c.Row, Restrict, Warning, "Two people have ended this restriction in hearback. Is the case system right? If so, enter it again on the case.")
		return
	}
	b.said[once] = true
	b.do(c)
	switch n.Kind { // as the marks will be, so that a later row is measured against them
	case register.AddressProtected:
		x.link.AddressHidden = true
	case register.NoContact, register.IndirectOnly, register.Supervised:
		x.link.NoContact = true
	}
}

// endedAlready reports whether a restriction of the extract is, without a doubt,
// one that two people have ended. Without its date or document there is a doubt,
// and it counts again.
func endedAlready(ended, n register.Restriction, from string) bool {
	return ended.Kind == n.Kind && ended.PersonID == n.PersonID &&
		(from != "" && from == ended.StartsOn || n.Document != "" && n.Document == ended.Document)
}
