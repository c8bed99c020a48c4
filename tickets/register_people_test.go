package tickets_test

import (
	"context"
	"slices"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

func TestCases(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		add := tickets.AddCaseRequest{Ref: "wm-2300", ChildName: " Ida  Sol ", DOB: "2016-02-29", NHS: "999 000 0018", OfficerID: w.dean.ID, FallbackID: w.lead.ID}
		_, err := w.desk.AddCase(ctx, actor(w.duty), add, w.now)
		w.fails(fault.Denied, err, "business support opens a case")
		c, err := w.desk.AddCase(ctx, actor(w.dean), add, w.now)
		w.must(err)
		if c.Ref != "WM-2300" || c.ChildName != "Ida Sol" || c.NHS != "9990000018" || c.TeamID != w.team.ID || !c.Open {
			t.Errorf("%+v", c)
		}
		_, err = w.desk.AddCase(ctx, actor(w.dean), add, w.now)
		w.fails(fault.Conflict, err, "the same reference")
		for name, change := range map[string]func(*tickets.AddCaseRequest){
			"no officer":     func(r *tickets.AddCaseRequest) { r.OfficerID = 0 },
			"no fall-back":   func(r *tickets.AddCaseRequest) { r.FallbackID = 0 },
			"the same twice": func(r *tickets.AddCaseRequest) { r.FallbackID = r.OfficerID },
			"bad NHS number": func(r *tickets.AddCaseRequest) { r.NHS = "9990000019" },
			"bad UPN":        func(r *tickets.AddCaseRequest) { r.UPN = "A990123456789" },
			"born tomorrow":  func(r *tickets.AddCaseRequest) { r.DOB = "2026-11-25" },
			"no name":        func(r *tickets.AddCaseRequest) { r.ChildName = " " },
			"reference":      func(r *tickets.AddCaseRequest) { r.Ref = "WM 2301" },
		} {
			r := add
			r.Ref = "WM-2301"
			change(&r)
			_, err := w.desk.AddCase(ctx, actor(w.dean), r, w.now)
			w.fails(fault.Invalid, err, name)
		}
		yes, no := true, false
		w.must(w.desk.ChangeCase(ctx, actor(w.dean), tickets.ChangeCaseRequest{Ref: c.Ref, Restricted: &yes}, w.now))
		w.fails(fault.Denied, w.desk.ChangeCase(ctx, actor(w.dean), tickets.ChangeCaseRequest{Ref: c.Ref, Restricted: &no, Reason: "over"}, w.now), "an officer opens a restricted case")
		w.fails(fault.Invalid, w.desk.ChangeCase(ctx, actor(w.lead), tickets.ChangeCaseRequest{Ref: c.Ref, Restricted: &no}, w.now), "without a reason")
		w.fails(fault.NotFound, w.desk.ChangeCase(ctx, actor(w.priya), tickets.ChangeCaseRequest{Ref: c.Ref, Restricted: &no}, w.now), "who is not cleared")
		w.must(w.desk.ChangeCase(ctx, actor(w.lead), tickets.ChangeCaseRequest{Ref: c.Ref, Restricted: &no, Reason: "over"}, w.now))
		w.fails(fault.Refused, w.desk.SetOfficer(ctx, actor(w.lead), tickets.OfficerRequest{Ref: c.Ref, OfficerID: w.duty.ID, FallbackID: w.lead.ID}, w.now), "business support as officer")
		w.must(w.desk.SetOfficer(ctx, actor(w.lead), tickets.OfficerRequest{Ref: c.Ref, OfficerID: w.priya.ID, FallbackID: w.dean.ID}, w.now))
		r := w.record(c.Ref)
		if r.Case.OfficerID != w.priya.ID || r.Case.FallbackID != w.dean.ID || len(r.Reasons) != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func TestPeopleAndLinks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		p, err := w.desk.AddPerson(ctx, actor(w.duty), tickets.AddPersonRequest{
			CaseRef: "WM-2201", Name: "Nan Brandt", Kind: register.KindParent, Link: tickets.LinkRequest{Relation: "grandmother"},
			Email: "Nan@mail.example", Phone: "+44 1234 000777",
		}, w.now)
		w.must(err)
		x := w.partyIn(w.milo.ID, p.ID)
		if x.Link.PR != register.PRNotChecked || x.Addresses[0].VerifiedAt != nil || x.Phones[0].Digits != "01234000777" {
			t.Errorf("%+v", x)
		}
		_, err = w.desk.AddAddress(ctx, actor(w.duty), p.ID, "nan@mail.example", false, w.now)
		w.fails(fault.Conflict, err, "the same address")
		_, err = w.desk.AddAddress(ctx, actor(w.duty), p.ID, sen, false, w.now)
		w.fails(fault.Refused, err, "our own mailbox")
		_, err = w.desk.AddAddress(ctx, actor(w.duty), p.ID, "nan@mail.example\r\nBcc: x@y.example", false, w.now)
		w.fails(fault.Invalid, err, "a header in an address")
		_, err = w.desk.AddAddress(ctx, w.stranger(), p.ID, "nan2@mail.example", false, w.now)
		w.fails(fault.NotFound, err, "a stranger")

		link := tickets.ChangeLinkRequest{CaseRef: "WM-2201", PersonID: p.ID, Link: tickets.LinkRequest{Relation: "grandmother", PR: register.PRNo, PRSource: "mother says"}}
		w.fails(fault.Denied, w.desk.ChangeLink(ctx, actor(w.duty), link, w.now), "business support changes a link")
		w.must(w.desk.ChangeLink(ctx, actor(w.dean), link, w.now))
		link.Link = tickets.LinkRequest{Relation: "grandmother", PR: register.PRYes, PRSource: "order of 3 March"}
		w.fails(fault.Invalid, w.desk.ChangeLink(ctx, actor(w.dean), link, w.now), "a no becomes a yes without a reason")
		link.Reason = "Special guardianship order seen"
		w.must(w.desk.ChangeLink(ctx, actor(w.dean), link, w.now))
		if r := w.record("WM-2201"); len(r.Reasons) != 1 || r.Reasons[0].Words != link.Reason || r.Told[p.ID].Level != register.ToldAll {
			t.Errorf("%+v %+v", r.Reasons, r.Told[p.ID])
		}
		w.must(w.desk.VerifyAddress(ctx, actor(w.dean), x.Addresses[0].ID, "replied", w.now))
		w.fails(fault.Invalid, w.desk.VerifyAddress(ctx, actor(w.dean), x.Addresses[0].ID, "guessed", w.now), "how")
		w.must(w.desk.MarkAddress(ctx, actor(w.duty), x.Addresses[0].ID, true, "", w.now))
		w.fails(fault.Denied, w.desk.MarkAddress(ctx, actor(w.duty), x.Addresses[0].ID, false, "said so", w.now), "business support uncovers")
		w.fails(fault.Invalid, w.desk.MarkAddress(ctx, actor(w.dean), x.Addresses[0].ID, false, "", w.now), "without a reason")
		w.must(w.desk.MarkAddress(ctx, actor(w.dean), x.Addresses[0].ID, false, "said so", w.now))
		w.must(w.desk.LinkPerson(ctx, actor(w.dean), "WM-2202", p.ID, tickets.LinkRequest{Relation: "neighbour"}, w.now))
		w.fails(fault.Conflict, w.desk.LinkPerson(ctx, actor(w.dean), "WM-2202", p.ID, tickets.LinkRequest{Relation: "neighbour"}, w.now), "twice")
		w.fails(fault.Invalid, w.desk.UnlinkPerson(ctx, actor(w.dean), "WM-2202", p.ID, "", w.now), "no reason")
		w.must(w.desk.UnlinkPerson(ctx, actor(w.dean), "WM-2202", p.ID, "wrong child", w.now))
		if r := w.record("WM-2202"); len(r.Reasons) != 1 || slices.ContainsFunc(r.Case.Parties, func(q register.Party) bool { return q.Person.ID == p.ID }) {
			t.Errorf("%+v", r)
		}
	})
}

// Who must not be reached stays recognisable.
func TestRestrictionsKeepWhatTheyStandOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		a := w.partyIn(w.milo.ID, w.rob.ID).Addresses[0]
		f, err := w.desk.AddPhone(ctx, actor(w.dean), w.rob.ID, "01234 000888", false, w.now)
		w.must(err)
		x := w.restrict(register.NoInformation)
		w.fails(fault.Refused, w.desk.RemoveAddress(ctx, actor(w.lead), a.ID, "old", w.now), "his address")
		w.fails(fault.Refused, w.desk.RemovePhone(ctx, actor(w.lead), f.ID, "old", w.now), "his number")
		w.fails(fault.Refused, w.desk.UnlinkPerson(ctx, actor(w.lead), "WM-2201", w.rob.ID, "gone", w.now), "his link")
		w.must(w.desk.RequestEndRestriction(ctx, actor(w.dean), x.ID, "over", w.now))
		w.must(w.desk.ApproveEndRestriction(ctx, actor(w.lead), x.ID, w.now))
		w.must(w.desk.RemoveAddress(ctx, actor(w.dean), a.ID, "old", w.now))
		w.must(w.desk.RemovePhone(ctx, actor(w.dean), f.ID, "old", w.now))
	})
}

func TestMergePeople(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		twin, err := w.desk.AddPerson(ctx, actor(w.dean), tickets.AddPersonRequest{
			CaseRef: "WM-2201", Name: "Robert Brandt", Kind: register.KindParent,
			Link: tickets.LinkRequest{Relation: "father", PR: register.PRNo, PRSource: "order"}, Email: "rob.b@work.example",
		}, w.now)
		w.must(err)
		shared, err := w.desk.AddAddress(ctx, actor(w.dean), twin.ID, rob, true, w.now)
		w.must(err)
		w.must(w.desk.LinkPerson(ctx, actor(w.dean), "WM-2202", twin.ID, tickets.LinkRequest{Relation: "uncle"}, w.now))
		w.must(w.desk.VerifyAddress(ctx, actor(w.dean), w.partyIn(w.milo.ID, w.rob.ID).Addresses[0].ID, "replied", w.now))
		w.must(w.desk.SetPreferences(ctx, actor(w.dean), register.Preferences{PersonID: twin.ID, LargePrint: 18, Words: "rings after six", NoGeneral: true}, w.now))
		x, err := w.desk.AddRestriction(ctx, actor(w.dean), tickets.RestrictionRequest{
			CaseRef: "WM-2202", PersonID: twin.ID, Kind: register.NoContact, Source: register.SourcePolice, Document: "ref", ReviewBy: "2027-01-01",
		}, w.now)
		w.must(err)
		w.fails(fault.Invalid, w.desk.MergePeople(ctx, actor(w.dean), twin.ID, twin.ID, w.now), "with himself")
		w.fails(fault.Refused, w.desk.MergePeople(ctx, actor(w.dean), twin.ID, w.senco.ID, w.now), "a parent and a school")
		w.fails(fault.NotFound, w.desk.MergePeople(ctx, w.stranger(), twin.ID, w.rob.ID, w.now), "a stranger")
		yes := true
		w.must(w.desk.ChangeCase(ctx, actor(w.dean), tickets.ChangeCaseRequest{Ref: "WM-2202", Restricted: &yes}, w.now))
		w.fails(fault.Denied, w.desk.MergePeople(ctx, actor(w.priya), twin.ID, w.rob.ID, w.now), "who may not know all of their cases")
		w.must(w.desk.MergePeople(ctx, actor(w.lead), twin.ID, w.rob.ID, w.now))

		p := w.partyIn(w.milo.ID, w.rob.ID)
		if p.Link.PR != register.PRNo || len(p.Addresses) != 2 {
			t.Errorf("%+v", p)
		}
		for _, a := range p.Addresses {
			if a.Mailbox == shared.Mailbox && (!a.Confidential || a.VerifiedAt != nil) {
				t.Errorf("the address of both: %+v", a)
			}
		}
		if l := w.partyIn(w.leo.ID, w.rob.ID).Link; !l.NoContact {
			t.Errorf("the restricted link: %+v", l)
		}
		r, err := w.desk.CaseRecord(ctx, actor(w.lead), "WM-2202", w.now)
		w.must(err)
		if r.Facts.Restrictions[0].ID != x.ID || r.Facts.Restrictions[0].PersonID != w.rob.ID || r.Facts.Preferences[w.rob.ID].LargePrint != 18 || !r.Facts.Preferences[w.rob.ID].NoGeneral {
			t.Errorf("%+v", r.Facts)
		}
		_, err = w.db.PersonByID(ctx, twin.ID)
		w.fails(fault.NotFound, err, "the twin")
	})
}

// Two of whom one hides from the other are two people.
func TestMergeRefusesThoseKeptApart(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.restrict(register.AddressProtected, func(r *tickets.RestrictionRequest) { r.PersonID, r.AgainstID = w.tessa.ID, w.rob.ID })
	w.fails(fault.Refused, w.desk.MergePeople(ctx, actor(w.lead), w.rob.ID, w.tessa.ID, w.now), "him into her")
	w.fails(fault.Refused, w.desk.MergePeople(ctx, actor(w.lead), w.tessa.ID, w.rob.ID, w.now), "her into him")
}

func TestNotOnlyPeopleMayChangeTheRegister(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for _, role := range []access.Role{access.RoleAuditor, access.RoleAdmin, access.RoleDataProtection} {
		a := actor(w.lead)
		a.Role = role
		_, err := w.desk.AddAlias(ctx, a, "WM-2201", "Milo Ward", w.now)
		w.fails(fault.Denied, err, string(role))
		_, err = w.desk.AddPerson(ctx, a, tickets.AddPersonRequest{CaseRef: "WM-2201", Name: "X Y", Kind: register.KindOther}, w.now)
		w.fails(fault.Denied, err, string(role))
	}
	narrow := actor(w.lead)
	narrow.Scopes = []access.Permission{access.ReadCases}
	_, err := w.desk.AddAlias(ctx, narrow, "WM-2201", "Milo Ward", w.now)
	w.fails(fault.Denied, err, "a token that only reads")
}
