package tickets_test

import (
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// told are the notices about the mailing in the outbox, by the address they go to.
func (x *round) told(template string) map[string]tickets.Outgoing {
	x.t.Helper()
	list, err := x.db.Outbox(x.ctx, access.System("test"), tickets.OutboxQuery{States: []tickets.DeliveryState{tickets.Queued}, Limit: 200})
	x.must(err)
	out := map[string]tickets.Outgoing{}
	for _, o := range list {
		if o.Template == template {
			out[o.Deliveries[0].Email] = o
		}
	}
	return out
}

func (x *round) waits(a access.Actor) int {
	x.t.Helper()
	n, err := x.db.MailingsAsked(x.ctx, a)
	x.must(err)
	return n
}

// Who is asked to approve reads a number and a link, and a count until it is settled.
func TestMailingTellsTheLead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := newMailing(w, 3)
		x.list()
		if n := x.waits(actor(w.lead)); n != 0 {
			t.Errorf("%d wait before anybody asked", n)
		}
		w.must(w.desk.AskMailing(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
		told := x.told(tickets.TemplateMailing)
		o, ok := told[w.lead.Email]
		if !ok || len(told) != 1 {
			t.Fatalf("told: %v", told)
		}
		ref := tickets.MailingRef(x.m.ID)
		if o.Purpose != tickets.PurposeNotice || o.CaseID != 0 || o.Subject != "To be approved: "+ref || o.Fields[tickets.FieldRef] != ref || !strings.HasSuffix(o.Fields[tickets.FieldLink], "/mailings/"+ref[len("Mailing "):]) || len(o.Fields) != 3 {
			t.Errorf("%+v", o)
		}
		own := actor(w.dean)
		own.Role = access.RoleLead
		elsewhere := actor(w.lead)
		elsewhere.StaffID, elsewhere.TeamIDs = 999, []int64{999}
		head := access.Actor{StaffID: 998, Role: access.RoleHead}
		for name, want := range map[string]struct {
			a access.Actor
			n int
		}{
			"the lead": {actor(w.lead), 1}, "a head of service": {head, 1}, "its author": {own, 0}, "an officer": {actor(w.priya), 0}, "another team's lead": {elsewhere, 0},
		} {
			if n := x.waits(want.a); n != want.n {
				t.Errorf("%s: %d wait", name, n)
			}
		}
		w.must(w.desk.ApproveMailing(x.ctx, actor(w.lead), x.m.ID, x.again().Digest, w.now))
		if n := x.waits(actor(w.lead)); n != 0 {
			t.Errorf("%d wait after it was approved", n)
		}
	})
}

// A lead who cannot open every family's case could not approve it: a head of service
// is told instead, and while there is none, that nobody leads.
func TestMailingTellsWhoCanApprove(t *testing.T) {
	for _, heads := range []bool{true, false} {
		w := newWorld(t)
		x := newMailing(w, 2)
		head := register.Staff{Name: "Ines Roth", Email: "ines.roth@westmarsh.example", Role: string(access.RoleHead), Active: heads, CreatedAt: noon}
		w.must(w.db.Write(x.ctx, func(tx tickets.Tx) error {
			w.must(tx.InsertStaff(x.ctx, &head))
			far := register.Team{Name: "South team"}
			w.must(tx.InsertTeam(x.ctx, &far))
			c := x.families[1]
			c.TeamID, c.OfficerID, c.FallbackID = far.ID, w.dean.ID, w.dean.ID
			return tx.UpdateCase(x.ctx, &c)
		}))
		x.list()
		w.must(w.desk.AskMailing(x.ctx, actor(w.dean), x.m.ID, 0, w.now))
		told, noLead := x.told(tickets.TemplateMailing), x.told(tickets.TemplateNoLead)
		if _, ok := told[head.Email]; ok != heads || heads != (len(told) == 1) || heads == (len(noLead) > 0) {
			t.Errorf("heads %v: told %v, no lead %v", heads, told, noLead)
		}
	}
}
