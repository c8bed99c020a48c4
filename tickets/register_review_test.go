package tickets_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// prompt finds a prompt of a case.
func prompt(r *tickets.CaseRecord, code tickets.PromptCode) *tickets.Prompt {
	for i := range r.Prompts {
		if r.Prompts[i].Code == code {
			return &r.Prompts[i]
		}
	}
	return nil
}

// notices counts the letters of a template that were ever queued about a case.
func (w *world) notices(template string) int {
	w.t.Helper()
	n := 0
	for id := int64(1); id < 200; id++ {
		o, err := w.db.OutgoingByID(context.Background(), id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		w.must(err)
		if o.Template == template {
			n++
		}
	}
	return n
}

func (w *world) reviewDue(want int, when string) {
	w.t.Helper()
	n, err := w.desk.ReviewDue(context.Background(), w.now)
	w.must(err)
	if n != want {
		w.t.Errorf("%s: %d things were told, want %d", when, n, want)
	}
}

// morning is a working day at ten in London.
func morning(day string) time.Time {
	t, _ := time.Parse("2006-01-02 15:04", day+" 10:00")
	return t
}

func TestNothingLapsesSilently(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.restrict(register.NoContact, func(r *tickets.RestrictionRequest) { r.ReviewBy = "2027-01-29" })
		agent, err := w.desk.AddPerson(ctx, actor(w.dean), tickets.AddPersonRequest{
			CaseRef: "WM-2201", Name: "Lee Agar", Kind: register.KindOther, Link: tickets.LinkRequest{Relation: "solicitor", Representative: true, MayBeTold: "nothing"},
		}, w.now)
		w.must(err)
		req := tickets.RepresentationRequest{CaseRef: "WM-2201", PersonID: agent.ID, ForPerson: w.tessa.ID, Kind: register.Solicitor, ExpiresOn: "2027-03-31"}
		_, err = w.desk.AddRepresentation(ctx, actor(w.dean), req, w.now)
		w.fails(fault.Invalid, err, "an authority without a document")
		req.Document = "signed 24 November"
		rep, err := w.desk.AddRepresentation(ctx, actor(w.dean), req, w.now)
		w.must(err)
		if told := w.record("WM-2201").Told[agent.ID]; told.Level != register.ToldAll {
			t.Errorf("with an authority: %+v", told)
		}
		w.reviewDue(0, "today")
		w.now = morning("2027-02-01")
		w.reviewDue(1, "the review date has passed")
		if n := w.notices(tickets.TemplateReview); n != 2 {
			t.Errorf("%d notices, for officer and lead", n)
		}
		w.reviewDue(0, "once")
		if p := prompt(w.record("WM-2201"), tickets.PromptReview); p == nil || !p.Alarm {
			t.Errorf("%+v", p)
		}
		if told := w.record("WM-2201").Told[w.rob.ID]; told.MayWrite {
			t.Error("the restriction lapsed with its review date")
		}
		for _, day := range []string{"2027-03-02", "2027-03-24", "2027-03-31"} { // 30 days, 7, the day
			w.now = morning(day)
			w.reviewDue(1, day)
			w.reviewDue(0, day+" again")
		}
		w.now = morning("2027-04-01")
		w.reviewDue(0, "the day after")
		r := w.record("WM-2201")
		if p := prompt(r, tickets.PromptAuthorityEnded); p == nil || !p.Alarm || r.Told[agent.ID].Level != register.ToldNothing {
			t.Errorf("%+v %+v", p, r.Told[agent.ID])
		}
		w.must(w.desk.EndRepresentation(ctx, actor(w.dean), rep.ID, w.now))
		if p := prompt(w.record("WM-2201"), tickets.PromptAuthorityEnded); p != nil {
			t.Errorf("an authority that was ended: %+v", p)
		}
		w.now = morning("2027-04-01").Add(12 * time.Hour)
		w.restrict(register.NoInformation, func(r *tickets.RestrictionRequest) { r.ReviewBy = "2027-04-01" })
		w.now = morning("2027-04-02").Add(14 * time.Hour)
		w.reviewDue(0, "at night")
	})
}

func TestYoungPersonIsAskedAbout(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		dob := "2011-01-12" // a young person from 26 June 2027
		w.must(w.desk.ChangeCase(ctx, actor(w.dean), tickets.ChangeCaseRequest{Ref: "WM-2201", DOB: &dob}, w.now))
		w.now = morning("2026-06-24")
		if prompt(w.record("WM-2201"), tickets.PromptYoungSoon) != nil {
			t.Error("more than twelve months before")
		}
		w.now = morning("2026-11-25")
		w.reviewDue(1, "within twelve months")
		if p := prompt(w.record("WM-2201"), tickets.PromptYoungSoon); p == nil || p.On != "2027-06-26" || p.Alarm {
			t.Errorf("%+v", p)
		}
		w.now = morning("2027-06-28")
		w.reviewDue(1, "at the switch")
		if p := prompt(w.record("WM-2201"), tickets.PromptYoungNow); p == nil || !p.Alarm {
			t.Errorf("%+v", p)
		}
		r := w.one(mail(tessa))
		o := w.reply(r.TicketID, w.tessa.ID)
		set := tickets.ArrangementRequest{CaseRef: "WM-2201", Value: register.ArrangeYoungOnly}
		w.fails(fault.Invalid, w.desk.SetArrangement(ctx, actor(w.dean), set, w.now), "on nobody's word")
		set.Source = "Milo, by phone"
		w.must(w.desk.SetArrangement(ctx, actor(w.dean), set, w.now))
		if s := w.letter(o.ID).Deliveries[0].State; s != tickets.Held {
			t.Errorf("what waited to go to his mother is %s", s)
		}
		if told := w.record("WM-2201").Told[w.tessa.ID]; told.Level != register.ToldNothing || prompt(w.record("WM-2201"), tickets.PromptYoungNow) != nil {
			t.Errorf("%+v", told)
		}
		set.Value = register.ArrangeParentCopied
		w.fails(fault.Invalid, w.desk.SetArrangement(ctx, actor(w.dean), set, w.now), "parents are told again without a reason")
		set.Reason = "Milo changed his mind, see call of today"
		w.must(w.desk.SetArrangement(ctx, actor(w.dean), set, w.now))
	})
}

func TestNobodyResponsibleIsAnAlarm(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.dean.Active = false
	w.must(w.db.Write(ctx, func(tx tickets.Tx) error { return tx.UpdateStaff(ctx, &w.dean) }))
	r, err := w.desk.CaseRecord(ctx, actor(w.lead), "WM-2201", w.now)
	w.must(err)
	if p := prompt(r, tickets.PromptNoOfficer); p == nil || !p.Alarm {
		t.Errorf("%+v", r.Prompts)
	}
	page, err := w.db.Cases(ctx, actor(w.lead), tickets.CaseQuery{NoOfficer: true})
	w.must(err)
	if page.Total != 2 || len(page.Items) != 2 {
		t.Errorf("%d cases that nobody answers for", page.Total)
	}
	w.must(w.desk.SetOfficer(ctx, actor(w.lead), tickets.OfficerRequest{Ref: "WM-2202", OfficerID: w.priya.ID, FallbackID: w.lead.ID}, w.now))
	if page, err = w.db.Cases(ctx, actor(w.lead), tickets.CaseQuery{NoOfficer: true}); err != nil || page.Total != 1 || page.Items[0].Ref != "WM-2201" {
		t.Errorf("%+v, %v", page, err)
	}
	w.fails(fault.Invalid, w.desk.SetOfficer(ctx, actor(w.lead), tickets.OfficerRequest{Ref: "WM-2201", OfficerID: w.dean.ID, FallbackID: w.lead.ID}, w.now), "who has left")
	if _, err := w.desk.CaseRecord(ctx, w.stranger(), "WM-2201", w.now); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

func TestStaffDomainsTakeTwo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		admin, other := actor(w.colleague("Ivo Kern", access.RoleAdmin)), actor(w.colleague("Uma Lind", access.RoleAdmin))
		configured := []string{"Westmarsh.example"}
		w.must(w.desk.RegisterStaffDomains(ctx, configured, w.now))
		for _, bad := range []string{"gov.uk", "*.westmarsh.example", "gmail.com", ""} {
			_, err := w.desk.AskStaffDomain(ctx, admin, bad, false, w.now)
			w.fails(fault.Invalid, err, bad)
		}
		_, err := w.desk.AskStaffDomain(ctx, actor(w.dean), "sen.westmarsh.example", false, w.now)
		w.fails(fault.Denied, err, "an officer")
		_, err = w.desk.AskStaffDomain(ctx, admin, "westmarsh.example", true, w.now)
		w.fails(fault.Refused, err, "the only one")
		c, err := w.desk.AskStaffDomain(ctx, admin, "SEN.westmarsh.example", false, w.now)
		w.must(err)
		w.fails(fault.Denied, w.desk.SettleStaffDomain(ctx, admin, c.ID, true, w.now), "the asker approves")
		if list, err := w.db.StaffDomains(ctx); err != nil || len(list) != 1 {
			t.Errorf("before the second person: %v, %v", list, err)
		}
		w.must(w.desk.SettleStaffDomain(ctx, other, c.ID, true, w.now))
		w.fails(fault.Conflict, w.desk.SettleStaffDomain(ctx, other, c.ID, true, w.now), "twice")
		gone, err := w.desk.AskStaffDomain(ctx, admin, "westmarsh.example", true, w.now)
		w.must(err)
		w.must(w.desk.SettleStaffDomain(ctx, actor(w.lead), gone.ID, true, w.now))
		taken, err := w.desk.AskStaffDomain(ctx, admin, "third.westmarsh.example", false, w.now)
		w.must(err)
		w.must(w.desk.SettleStaffDomain(ctx, admin, taken.ID, false, w.now)) // the asker takes it back
		before := w.version()
		for range 2 { // a restart with the same configuration
			w.must(w.desk.RegisterStaffDomains(ctx, configured, w.now))
		}
		if list, err := w.db.StaffDomains(ctx); err != nil || !slices.Equal(list, []string{"sen.westmarsh.example"}) {
			t.Errorf("after a restart: %v, %v", list, err)
		}
		if w.version() != before {
			t.Error("a restart changed the register")
		}
		if w.audited(audit.DomainAsked) != 3 || w.audited(audit.DomainChanged) != 3 {
			t.Error("the audit does not hold it")
		}
	})
}

// What the guard is told, of one case with everything.
func TestFactsForTheGuard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		a, school := actor(w.dean), "Hartfield Primary"
		w.must(w.desk.ChangeCase(ctx, a, tickets.ChangeCaseRequest{Ref: "WM-2201", School: &school}, w.now))
		w.restrict(register.AddressProtected, func(r *tickets.RestrictionRequest) { r.PersonID, r.AgainstID = w.tessa.ID, w.rob.ID })
		w.restrict(register.SchoolProtected, func(r *tickets.RestrictionRequest) { r.PersonID, r.AgainstID = 0, w.rob.ID })
		conf := w.restrict(register.InConfidence, func(r *tickets.RestrictionRequest) { r.PersonID = w.tessa.ID })
		post, err := w.desk.AddPostal(ctx, actor(w.duty), w.tessa.ID, tickets.PostalRequest{Lines: "14 Quay Street\nWestmarsh", Postcode: "wm1 1aa"}, w.now)
		w.must(err)
		if !post.Confidential || post.Postcode != "WM1 1AA" {
			t.Errorf("%+v", post)
		}
		_, err = w.desk.AddPhone(ctx, a, w.senco.ID, "01234 000333", true, w.now)
		w.must(err)
		place, err := w.desk.ProtectFact(ctx, a, tickets.ProtectRequest{CaseRef: "WM-2201", PersonID: w.tessa.ID, RestrictionID: conf.ID, Kind: register.FactPlace, Value: "the swimming club"}, w.now)
		w.must(err)
		w.fails(fault.Refused, w.desk.UnprotectFact(ctx, a, "WM-2201", place.ID, "over", w.now), "while the restriction counts")
		_, err = w.desk.AddAlias(ctx, a, "WM-2202", "Leo Ward", w.now)
		w.must(err)
		_, err = w.desk.AddAlias(ctx, a, "WM-2201", "Milo Ward", w.now)
		w.must(err)
		w.must(w.desk.LinkSibling(ctx, a, "WM-2202", "WM-2201", w.now))
		w.must(w.desk.ReplaceDirectory(ctx, access.System("import"), register.Directory{
			Groups: []register.Group{{Address: "sen-all@westmarsh.example", Members: []string{"dean@westmarsh.example", rob}}}, AsOf: w.now.AddDate(0, 0, -3),
		}, w.now))
		w.fails(fault.Invalid, w.desk.ReplaceDirectory(ctx, access.System("import"), register.Directory{}, w.now), "an empty directory")
		w.fails(fault.Denied, w.desk.ReplaceDirectory(ctx, a, register.Directory{Groups: []register.Group{{Address: "x@y.example"}}}, w.now), "an officer")
		w.one(mail(tessa))

		f, err := w.db.GuardFacts(ctx, tickets.FactsAsked{CaseID: w.milo.ID, Mailboxes: []string{rob}})
		w.must(err)
		kept := func(value string, from int64) bool {
			return slices.ContainsFunc(f.Protected, func(v tickets.ProtectedValue) bool { return v.Value == value && v.KeptFrom(from) })
		}
		for _, v := range []string{"14 Quay Street, Westmarsh", "14 Quay Street", "WM1 1AA", tessa, school, "the swimming club", "01234 000333"} {
			if !kept(v, w.rob.ID) {
				t.Errorf("%q is not kept from him: %+v", v, f.Protected)
			}
		}
		if kept(tessa, w.tessa.ID) || kept("14 Quay Street", w.tessa.ID) || kept(school, w.tessa.ID) {
			t.Error("her own address, or the school, is kept from her")
		}
		if len(f.Confidences) != 1 || f.Confidences[0].PersonID != w.tessa.ID || f.Confidences[0].Text == "" {
			t.Errorf("%+v", f.Confidences)
		}
		if len(f.Aliases) != 1 || f.Aliases[0].Name != "Milo Ward" || len(f.Siblings) != 2 || f.Siblings[1].ChildName != "Leo Ward" {
			t.Errorf("%+v %+v", f.Aliases, f.Siblings)
		}
		names := []string{}
		for _, c := range f.OtherChildren {
			names = append(names, c.ChildName)
		}
		if !slices.Contains(names, "Leo Ward") || slices.Contains(names, "Milo Ward") || slices.Contains(names, "Milo Brandt") {
			t.Errorf("%q", names)
		}
		if len(f.Groups) != 1 || len(f.Groups[0].Members) != 2 || !f.DirectoryAsOf.Equal(w.now.AddDate(0, 0, -3)) {
			t.Errorf("%+v as of %s", f.Groups, f.DirectoryAsOf)
		}
		r := w.record("WM-2201")
		if !r.DirectoryAsOf.Equal(w.now.AddDate(0, 0, -3)) {
			t.Errorf("the record: %s", r.DirectoryAsOf)
		}
	})
}

func TestSharedMailboxes(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	_, err := w.desk.AddAddress(ctx, actor(w.dean), w.rob.ID, "tessabrandt+us@mail.example", false, w.now)
	w.must(err)
	_, err = w.desk.AddAddress(ctx, actor(w.dean), w.other.ID, "senco+x@hartfield.example", false, w.now)
	w.must(err)
	r := w.record("WM-2201")
	if len(r.SharedMailboxes) != 2 || !slices.Equal(r.SharedMailboxes[0].People, []int64{w.tessa.ID, w.rob.ID}) || r.SharedMailboxes[0].Elsewhere ||
		!slices.Equal(r.SharedMailboxes[1].People, []int64{w.senco.ID}) || !r.SharedMailboxes[1].Elsewhere {
		t.Errorf("%+v", r.SharedMailboxes)
	}
}
