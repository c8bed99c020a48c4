package caseload

import (
	"fmt"
	"slices"
	"strconv"
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
	if p.ExternalRef != "" && x.ref != p.ExternalRef {
		if x.ref != "" {
			b.problem(r.Row, PersonRef, Error, "%s has the number %s in the register.", p.Name, x.ref)
			return
		}
		b.do(who(Change{Action: SetPersonRef, To: p.ExternalRef}))
		x.ref = p.ExternalRef
		b.refs[p.ExternalRef] = x.key
	}
	if !fresh {
		b.link(x, p, who)
	}
	b.contact(x, p, who)
	b.restriction(d, r, x, p, who)
}

// find is who a row speaks of: by the case system's number, else somebody on this
// case with the mailbox and the name, else with the name and the relation alone.
// Somebody on another case is the same person only with both mailbox and name: a
// mailbox may be shared. fresh: the link is new and says already what the row says.
func (b *builder) find(d *draft, r *Record, p *PersonRecord) (x *personDraft, fresh bool) {
	if p.ExternalRef != "" {
		for _, x := range d.people {
			if x.ref == p.ExternalRef {
				return x, false
			}
		}
		if id, ok := b.w.ByRef[p.ExternalRef]; ok {
			return b.join(d, r, p, "id:"+strconv.FormatInt(id, 10), p.ExternalRef), true
		}
		if key, ok := b.refs[p.ExternalRef]; ok {
			return b.join(d, r, p, key, p.ExternalRef), true
		}
	}
	var found []*personDraft
	for _, x := range d.people {
		if x.ref != "" && p.ExternalRef != "" && x.ref != p.ExternalRef {
			continue
		}
		if !sameName(x.name, p.Name) {
			continue
		}
		mail := slices.ContainsFunc(p.Emails, func(e string) bool {
			return slices.ContainsFunc(x.party.Addresses, func(a register.Address) bool { return a.Mailbox == register.FoldMailbox(e) })
		})
		if mail || len(p.Emails) == 0 || len(x.party.Addresses) == 0 || p.Relation == "" || strings.EqualFold(string(x.party.Link.Relation), p.Relation) {
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
	for _, e := range p.Emails {
		box := register.FoldMailbox(e)
		for _, id := range b.w.ByMail[box] {
			if sameName(b.w.Names[id], p.Name) {
				return b.join(d, r, p, "id:"+strconv.FormatInt(id, 10), p.ExternalRef), true
			}
		}
		if key, ok := b.mails[box+"|"+plain(p.Name)]; ok {
			return b.join(d, r, p, key, p.ExternalRef), true
		}
	}
	b.added++
	key := fmt.Sprintf("new:%d", b.added)
	b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: AddPerson, Person: key, Who: p.Name, To: p.Name, PersonKind: p.Kind})
	if p.ExternalRef != "" {
		b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: SetPersonRef, Person: key, Who: p.Name, To: p.ExternalRef})
		b.refs[p.ExternalRef] = key
	}
	for _, e := range p.Emails {
		b.mails[register.FoldMailbox(e)+"|"+plain(p.Name)] = key
	}
	return b.join(d, r, p, key, p.ExternalRef), true
}

func sameName(a, b string) bool { return plain(a) == plain(b) }

// join puts somebody on the case, with no more than the row says.
func (b *builder) join(d *draft, r *Record, p *PersonRecord, key, ref string) *personDraft {
	l := register.Link{
		Relation: register.Relation(p.Relation), PR: p.PR, PRSource: p.PRSource, PRCheckedOn: p.PROn, MayBeTold: p.Told,
		AddressHidden: p.Secret != nil && *p.Secret, Representative: slices.Contains([]string{"solicitor", "advocate"}, p.Relation),
	}
	if l.PR == "" {
		l.PR = register.PRNotChecked
	}
	if l.Relation == "" {
		l.Relation = register.Relation(p.Kind)
	}
	b.do(Change{Row: r.Row, CaseRef: r.Ref, Action: AddLink, Person: key, Who: p.Name, To: string(l.Relation), Link: &l})
	x := &personDraft{key: key, name: p.Name, ref: ref, party: register.Party{Link: l}}
	if id, ok := strings.CutPrefix(key, "id:"); ok {
		x.party.Person.ID, _ = strconv.ParseInt(id, 10, 64)
		x.party.Addresses = b.addresses(x.party.Person.ID)
	}
	d.people = append(d.people, x)
	return x
}

// addresses of somebody who is on another case.
func (b *builder) addresses(id int64) []register.Address {
	if b.boxes == nil {
		b.boxes = map[int64][]register.Address{}
		for _, k := range b.w.Cases {
			for _, p := range k.Parties {
				b.boxes[p.Person.ID] = p.Addresses
			}
		}
	}
	return b.boxes[id]
}

// link tightens what is recorded of somebody on the case.
func (b *builder) link(x *personDraft, p *PersonRecord, who func(Change) Change) {
	l := &x.party.Link
	if p.Relation != "" && !strings.EqualFold(string(l.Relation), p.Relation) {
		b.do(who(Change{Action: SetLink, Field: "relation", From: string(l.Relation), To: p.Relation}))
		l.Relation = register.Relation(p.Relation)
	}
	switch {
	case p.PR == "" || p.PR == l.PR, p.PR == register.PRNotChecked:
		// A check that was made is not unmade by a system that knows nothing of it.
	case l.PR == register.PRNo:
		b.do(who(Change{Action: SetLink, Field: "pr", From: string(l.PR), To: string(p.PR), Waits: "It would give parental responsibility to somebody who is recorded without it."}))
	default:
		b.do(who(Change{Action: SetLink, Field: "pr", From: string(l.PR), To: string(p.PR)}))
		l.PR = p.PR
	}
	if p.Told != "" && p.Told != strings.ToLower(l.MayBeTold) {
		c := who(Change{Action: SetLink, Field: "may_be_told", From: l.MayBeTold, To: p.Told})
		if slices.Index(toldWords(), p.Told) > slices.Index(toldWords(), strings.ToLower(l.MayBeTold)) && l.MayBeTold != "" {
			c.Waits = "It would let them be told more."
		}
		if l.MayBeTold == "" && p.Told == "all" && x.party.Person.Kind != register.KindParent && x.party.Person.Kind != register.KindYoungPerson {
			c.Waits = "It would let them be told more."
		}
		b.do(c)
		if c.Waits == "" {
			l.MayBeTold = p.Told
		}
	}
	if p.Secret != nil && *p.Secret != l.AddressHidden {
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
func (b *builder) contact(x *personDraft, p *PersonRecord, who func(Change) Change) {
	for _, e := range p.Emails {
		box := register.FoldMailbox(e)
		if slices.ContainsFunc(x.party.Addresses, func(a register.Address) bool { return a.Mailbox == box }) {
			continue
		}
		b.do(who(Change{Action: AddAddress, To: e}))
		x.party.Addresses = append(slices.Clone(x.party.Addresses), register.Address{Email: e, Mailbox: box})
	}
	for _, t := range p.Phones {
		if slices.ContainsFunc(x.party.Phones, func(k register.Phone) bool { return digits(k.Number) == digits(t) }) {
			continue
		}
		b.do(who(Change{Action: AddPhone, To: t}))
		x.party.Phones = append(slices.Clone(x.party.Phones), register.Phone{Number: t, Digits: digits(t)})
	}
}

func (b *builder) restriction(d *draft, r *Record, x *personDraft, p *PersonRecord, who func(Change) Change) {
	id := x.party.Person.ID
	if p.Postal != "" || p.Postcode != "" {
		same := func(k register.Postal) bool {
			return plain(k.Lines) == plain(p.Postal) && plain(k.Postcode) == plain(p.Postcode)
		}
		if id == 0 || !slices.ContainsFunc(d.known.Postal[id], same) {
			b.do(who(Change{Action: AddPostal, To: p.Postcode, Postal: &register.Postal{PersonID: id, Lines: p.Postal, Postcode: p.Postcode, Confidential: p.Secret != nil && *p.Secret}}))
		}
	}
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
	if id != 0 && slices.ContainsFunc(d.known.Restrictions, func(k register.Restriction) bool { return sameRestriction(k, n) }) {
		return
	}
	for _, c := range b.plan.Changes { // the same line twice in one file
		if c.Action == AddRestriction && c.Person == x.key && c.CaseRef == r.Ref && sameRestriction(*c.Restriction, n) {
			return
		}
	}
	b.do(who(Change{Action: AddRestriction, To: string(n.Kind), Restriction: &n}))
}
