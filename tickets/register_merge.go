package tickets

import (
	"context"
	"slices"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// MergePeople makes one person of two who are recorded twice. Whatever either was
// not told, the one who is left is not told: of two links on a case the stricter of
// each field stays, restrictions and protected facts move, addresses keep their mark
// of confidence. It is refused when the two are kept apart, or one acts for the other.
func (d *Desk) MergePeople(ctx context.Context, a access.Actor, fromID, intoID int64, now time.Time) error {
	return d.changeRegister(ctx, a, access.ManageRegister, now, func(w *work) error {
		if fromID == intoID {
			return fault.New(fault.Invalid, "Choose two different people")
		}
		from, fromCases, all, err := w.someone(ctx, fromID)
		if err != nil {
			return err
		}
		into, intoCases, allInto, err := w.someone(ctx, intoID)
		if err != nil {
			return err
		}
		if !all || !allInto {
			return notAllSeen()
		}
		if from.Kind != into.Kind {
			return fault.New(fault.Refused, "They are recorded as different kinds of people. Put that right first")
		}
		m := merging{w: w, from: fromID, into: intoID}
		for i := range fromCases {
			if err := m.onCase(ctx, &fromCases[i]); err != nil {
				return err
			}
		}
		for i := range intoCases {
			if _, both := intoCases[i].party(fromID); both {
				continue // done above
			}
			if err := m.refuseApart(ctx, &intoCases[i]); err != nil {
				return err
			}
		}
		if err := m.wishes(ctx, fromCases, intoCases); err != nil {
			return err
		}
		if err := m.contacts(ctx, fromCases, intoCases); err != nil {
			return err
		}
		if err := w.tx.MergePeople(ctx, fromID, intoID); err != nil {
			return err
		}
		cases := slices.Clone(intoCases)
		for _, v := range fromCases {
			if !slices.ContainsFunc(cases, func(c CaseView) bool { return c.ID == v.ID }) {
				cases = append(cases, v)
			}
		}
		for i := range cases {
			if err := w.recorded(ctx, &cases[i], audit.PeopleMerged, objectOf("person", intoID), "people_merged", map[string]string{"from": objectOf("person", fromID)}); err != nil {
				return err
			}
		}
		if len(cases) == 0 {
			return w.audit(ctx, audit.PeopleMerged, objectOf("person", intoID), 0, map[string]string{"from": objectOf("person", fromID)})
		}
		return nil
	})
}

type merging struct {
	w          *work
	from, into int64
}

// onCase settles the link of the one who goes, on one case.
func (m merging) onCase(ctx context.Context, v *CaseView) error {
	if err := m.refuseApart(ctx, v); err != nil {
		return err
	}
	p, _ := v.party(m.from)
	q, both := v.party(m.into)
	if !both {
		return nil // the link moves as it is
	}
	f, err := m.w.tx.CaseFacts(ctx, v.ID)
	if err != nil {
		return err
	}
	told := []register.Told{m.w.told(v, f, p), m.w.told(v, f, q)}
	l := register.StricterLink(q.Link, p.Link, p.Person.Kind)
	// What was on paper for one of them must not be told to both.
	if after := m.after(v, f, l); register.Widens(told[0], after) || register.Widens(told[1], after) {
		l.MayBeTold, l.Representative = string(register.ToldNothing), false
	}
	if err := m.w.tx.DeleteLink(ctx, p.Link.ID); err != nil {
		return err
	}
	if l == q.Link {
		return nil
	}
	return m.w.tx.UpdateLink(ctx, &l)
}

// after is what the one who is left would be told with a link.
func (m merging) after(v *CaseView, f *register.CaseFacts, l register.Link) register.Told {
	moved := *f
	moved.Restrictions = slices.Clone(f.Restrictions)
	for i := range moved.Restrictions {
		r := &moved.Restrictions[i]
		r.PersonID, r.AgainstID = m.moved(r.PersonID), m.moved(r.AgainstID)
	}
	moved.Representations = slices.Clone(f.Representations)
	for i := range moved.Representations {
		r := &moved.Representations[i]
		r.PersonID, r.ForPerson = m.moved(r.PersonID), m.moved(r.ForPerson)
	}
	parties := slices.DeleteFunc(slices.Clone(v.Parties), func(p register.Party) bool { return p.Person.ID == m.from })
	p, _ := v.party(m.into)
	p.Link = l
	for i := range parties {
		if parties[i].Person.ID == m.into {
			parties[i] = p
		}
	}
	return moved.Told(v.Case, p, parties, localDate(m.w.now))
}

func (m merging) moved(id int64) int64 {
	if id == m.from {
		return m.into
	}
	return id
}

// refuseApart: two of whom one is protected from the other, or acts for the other,
// are two people.
func (m merging) refuseApart(ctx context.Context, v *CaseView) error {
	f, err := m.w.tx.CaseFacts(ctx, v.ID)
	if err != nil {
		return err
	}
	p, pOn := v.party(m.from)
	q, qOn := v.party(m.into)
	apart := pOn && qOn && (p.Link.AddressHidden || q.Link.AddressHidden)
	between := func(about, against int64) bool {
		other := map[int64]int64{m.from: m.into, m.into: m.from}[about]
		return other != 0 && (against == other || against == 0 && pOn && qOn)
	}
	for _, r := range f.Restrictions {
		apart = apart || r.EndedAt == nil && r.Kind.Protects() && between(r.PersonID, r.AgainstID)
	}
	for _, x := range f.Protected {
		apart = apart || between(x.PersonID, x.AgainstID)
	}
	for _, r := range f.Representations {
		apart = apart || r.EndedAt == nil && (r.PersonID == m.from && r.ForPerson == m.into || r.PersonID == m.into && r.ForPerson == m.from)
	}
	if apart {
		return fault.New(fault.Refused, "One of them is protected from the other, or acts for the other: they are recorded as two people for a reason")
	}
	return nil
}

// wishes joins how the two want to be reached: nothing that either asked for is lost.
func (m merging) wishes(ctx context.Context, lists ...[]CaseView) error {
	found := map[int64]register.Preferences{}
	for _, list := range lists {
		for _, v := range list {
			f, err := m.w.tx.CaseFacts(ctx, v.ID)
			if err != nil {
				return err
			}
			for id, p := range f.Preferences {
				found[id] = p
			}
		}
	}
	gone, ok := found[m.from]
	if !ok {
		return nil
	}
	joined := register.JoinPreferences(found[m.into], gone)
	joined.PersonID = m.into
	return m.w.tx.PutPreferences(ctx, &joined)
}

// contacts makes one of numbers and places that both have, as confidential as the
// stricter of them.
func (m merging) contacts(ctx context.Context, lists ...[]CaseView) error {
	var p, q *register.Party
	postal := map[int64][]register.Postal{}
	for _, list := range lists {
		for i := range list {
			for j := range list[i].Parties {
				switch x := &list[i].Parties[j]; x.Person.ID {
				case m.from:
					p = x
				case m.into:
					q = x
				}
			}
			f, err := m.w.tx.CaseFacts(ctx, list[i].ID)
			if err != nil {
				return err
			}
			for id, x := range f.Postal {
				postal[id] = x
			}
		}
	}
	if p == nil || q == nil {
		return nil
	}
	for _, gone := range p.Phones {
		for _, kept := range q.Phones {
			if gone.Digits != kept.Digits {
				continue
			}
			kept.Confidential, kept.Wrong = kept.Confidential || gone.Confidential, kept.Wrong || gone.Wrong
			if gone.VerifiedAt == nil || kept.Wrong {
				kept.VerifiedAt = nil
			}
			if err := m.w.tx.UpdatePhone(ctx, &kept); err != nil {
				return err
			}
			if err := m.w.tx.DeletePhone(ctx, gone.ID); err != nil {
				return err
			}
		}
	}
	for _, gone := range postal[m.from] {
		for _, kept := range postal[m.into] {
			if gone.Confidential == kept.Confidential || gone.Postcode != kept.Postcode || gone.Lines != kept.Lines {
				continue
			}
			gone.Confidential, kept.Confidential = true, true
			for _, x := range []register.Postal{gone, kept} {
				if err := m.w.tx.UpdatePostal(ctx, &x); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
